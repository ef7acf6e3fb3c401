//! What was decided about every file and sheet of a data set.

use polars::prelude::StringChunked;

use super::table::{Column, Part, Phrase, Values};
use crate::load::Decision;

/// One row per file or sheet. `sentences`: what was decided, in the reader's language.
pub fn part(decisions: &[Decision], sentences: &[String]) -> Part {
    let text = |values: Vec<Option<String>>| Values::Text(values.into_iter().collect::<StringChunked>());
    let files = decisions.iter().map(|decision| Some(decision.file.clone())).collect();
    let tables = decisions.iter().map(|decision| decision.table.map(str::to_owned)).collect();
    let columns = vec![
        Column::new("file", "文件", "File", 0, text(files)),
        Column::new("table", "表", "Table", 1, text(tables)),
        Column::new("decision", "读法", "How it was read", 0, text(sentences.iter().cloned().map(Some).collect())),
    ];
    Part::new("sources", Some(Phrase::new("check.sources")), columns)
}

/// The same as one sentence each.
pub fn lines(decisions: &[Decision], sentences: &[String]) -> Vec<Phrase> {
    let line = |(decision, sentence): (&Decision, &String)| Phrase::new("source.line").with("file", &decision.file).with("what", sentence);
    decisions.iter().zip(sentences).map(line).collect()
}
