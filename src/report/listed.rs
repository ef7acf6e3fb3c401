//! `policy list`: methods, rule books and zone plans as rows, and which of them a word asks for.

use polars::prelude::StringChunked;

use super::table::{Column, Part, Phrase, Report, Values};
use crate::dictionary::Bilingual;
use crate::policy::book::Book;
use crate::policy::scheme::Scheme;
use crate::policy::{Policy, Reference};

/// One row: a method, a rule book or a zone plan.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Id.
    pub id: String,
    /// `method`, `national-rules`, `local-rules` or `zone-plan`.
    pub kind: &'static str,
    /// Title.
    pub title: Bilingual,
    /// Province and place.
    pub place: Option<Bilingual>,
    /// Administrative code of the place, or of its province.
    pub region: Option<String>,
    /// Edition.
    pub edition: Option<String>,
    /// Status word.
    pub status: &'static str,
    /// Years it was made for.
    pub years: Option<String>,
    /// How much of the document was read.
    pub read: Option<String>,
    /// The document: the first source.
    pub document: Option<String>,
}

impl Listed {
    /// A method as a row.
    pub fn of_method(policy: &Policy) -> Listed {
        Listed {
            id: policy.id.clone(),
            kind: "method",
            title: policy.title.clone(),
            place: policy.about.place.clone(),
            region: policy.region.clone().or_else(|| policy.about.province.clone()),
            edition: policy.about.edition.clone(),
            status: policy.status.as_str(),
            years: policy.years_written(),
            read: policy.sources.first().and_then(|source| source.read.clone()),
            document: document(&policy.sources),
        }
    }

    /// A book as a row.
    pub fn of_book(book: &Book) -> Listed {
        Listed {
            id: book.id.clone(),
            kind: if book.national { "national-rules" } else { "local-rules" },
            title: book.title.clone(),
            place: None,
            region: book.region.clone(),
            edition: None,
            status: book.status.as_str(),
            years: None,
            read: book.sources.first().and_then(|source| source.read.clone()),
            document: document(&book.sources),
        }
    }

    /// A zone plan as a row.
    pub fn of_plan(scheme: &Scheme) -> Listed {
        Listed {
            id: scheme.id.clone(),
            kind: "zone-plan",
            title: scheme.title.clone(),
            place: scheme.about.place.clone(),
            region: scheme.region.clone().or_else(|| scheme.about.province.clone()),
            edition: scheme.about.edition.clone(),
            status: scheme.status.as_str(),
            years: scheme.years.map(|(from, to)| format!("{from}–{to}")),
            read: scheme.sources.first().and_then(|source| source.read.clone()),
            document: document(&scheme.sources),
        }
    }

    /// Does the word stand in its id, title or place, in either language, or begin its administrative code? Zeros at the end of a code
    /// are left out: 330000 is everything in 33.
    pub fn is_of(&self, word: &str) -> bool {
        let word = word.trim().to_lowercase();
        if word.len() >= 2 && word.chars().all(|c| c.is_ascii_digit()) {
            let mut code = word.as_str();
            while code.len() > 2 && code.len().is_multiple_of(2) && code.ends_with("00") {
                code = &code[..code.len() - 2];
            }
            if self.region.as_ref().is_some_and(|region| region.starts_with(code)) {
                return true;
            }
        }
        let both = |text: &Bilingual| [text.zh.to_lowercase(), text.en.to_lowercase()];
        let texts = [self.id.to_lowercase()].into_iter().chain(both(&self.title)).chain(self.place.iter().flat_map(both));
        texts.into_iter().any(|text| text.contains(&word))
    }
}

fn document(sources: &[Reference]) -> Option<String> {
    sources.first().map(|source| source.name.clone())
}

/// The list. Titles and places stand in the language asked for, also where machines read.
pub fn list(all: &[Listed], language: &str) -> Report {
    let kind = Values::Word(all.iter().map(|row| Some(row.kind)).collect::<StringChunked>());
    let said = |both: &Bilingual| both.get(language).to_owned();
    let columns = vec![
        Column::new("id", "编号", "Id", 0, Values::texts(all, |row| Some(row.id.clone()))),
        Column::new("title", "名称", "Title", 0, Values::texts(all, |row| Some(said(&row.title)))),
        Column::new("place", "地方", "Place", 1, Values::texts(all, |row| row.place.as_ref().map(said))),
        Column::new("edition", "版本", "Edition", 4, Values::texts(all, |row| row.edition.clone())),
        Column::new("document", "文件", "Document", 5, Values::texts(all, |row| row.document.clone())),
        Column::new("read", "原文", "Read", 2, Values::texts(all, |row| row.read.clone())).named(super::policies::read_names()),
        Column::new("status", "状态", "Status", 0, Values::texts(all, |row| Some(row.status.to_owned())))
            .named(super::policies::status_names()),
        Column::new("years", "适用年度", "Years", 3, Values::texts(all, |row| row.years.clone())),
        Column::new("kind", "类别", "Kind", 1, kind),
        Column::new("region", "行政区划", "Region", 6, Values::texts(all, |row| row.region.clone())),
    ];
    let notes = if all.is_empty() {
        vec![Phrase::new("policy.list-empty")]
    } else {
        vec![Phrase::new("policy.list-note"), Phrase::new("policy.books-note")]
    };
    Report { parts: vec![Part::new("policies", None, columns)], notes, ..Report::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_finds_the_place_in_either_language_and_a_code_what_lies_below() {
        let both = |zh: &str, en: &str| Bilingual { zh: zh.to_owned(), en: en.to_owned() };
        let row = Listed {
            id: "huaian-2024".to_owned(),
            kind: "method",
            title: both("淮安市评价", "Evaluation of a city"),
            place: Some(both("江苏省淮安市", "Huai'an, Jiangsu")),
            region: Some("320800".to_owned()),
            edition: None,
            status: "in-force",
            years: None,
            read: None,
            document: None,
        };
        for word in ["江苏", "jiangsu", "HUAIAN", "city", "32", "320000", "320800", "3208"] {
            assert!(row.is_of(word), "{word}");
        }
        for word in ["浙江", "33", "330000", "320900", "2"] {
            assert_eq!(row.is_of(word), word == "2", "{word}");
        }
    }
}
