//! Colours: which one a value gets, and how it reaches the terminal.
//!
//! In: a grade or a review word. Out: ANSI codes around it. The table library measures texts without ANSI codes, so a coloured text carries
//! marks of no width until its line is laid out ([`marked`], then [`revealed`]). Colour is the caller's decision alone: no variable
//! of the environment is asked.

use anstyle::{AnsiColor, Style};

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Green,
    Cyan,
    Yellow,
    Red,
    Magenta,
}

impl Paint {
    const ALL: [Paint; 5] = [Paint::Green, Paint::Cyan, Paint::Yellow, Paint::Red, Paint::Magenta];

    /// The colour of a grade by its place, best to worst: green, cyan, plain …, yellow, red. Short scales lack the middle.
    pub fn of_grade(grade: &str, grades: &[String]) -> Option<Paint> {
        let place = grades.iter().position(|name| name == grade)?;
        let from_worst = grades.len() - 1 - place;
        match (place, from_worst) {
            (0, _) => Some(Paint::Green),
            (_, 0) => Some(Paint::Red),
            (_, 1) => Some(Paint::Yellow),
            (1, _) => Some(Paint::Cyan),
            _ => None,
        }
    }

    /// The colour of an outcome of the review.
    pub fn of_review(code: &str) -> Option<Paint> {
        match code {
            "low" => Some(Paint::Red),
            "watch" => Some(Paint::Yellow),
            "unknown" => Some(Paint::Magenta),
            _ => None,
        }
    }

    fn mark(self) -> char {
        match self {
            Paint::Green => '\u{e0021}',
            Paint::Cyan => '\u{e0022}',
            Paint::Yellow => '\u{e0023}',
            Paint::Red => '\u{e0024}',
            Paint::Magenta => '\u{e0025}',
        }
    }

    fn style(self) -> Style {
        let color = match self {
            Paint::Green => AnsiColor::Green,
            Paint::Cyan => AnsiColor::Cyan,
            Paint::Yellow => AnsiColor::Yellow,
            Paint::Red => AnsiColor::Red,
            Paint::Magenta => AnsiColor::Magenta,
        };
        color.on_default()
    }
}

const END: char = '\u{e007f}';

/// The text between marks. [`super::text::clean`] leaves no such marks in texts of others.
pub(super) fn marked(text: &str, paint: Paint) -> String {
    format!("{}{text}{END}", paint.mark())
}

/// The line with ANSI codes for marks.
pub(super) fn revealed(line: &str) -> String {
    if !line.contains(END) {
        return line.to_owned();
    }
    let mut line = line.replace(END, &anstyle::Reset.render().to_string());
    for paint in Paint::ALL {
        line = line.replace(paint.mark(), &paint.style().render().to_string());
    }
    line
}

/// A title: bold where colours are used.
pub(super) fn title(text: &str, color: bool) -> String {
    let style = if color { Style::new().bold() } else { Style::new() };
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(grades: &[&str]) -> Vec<Option<Paint>> {
        let grades: Vec<String> = grades.iter().map(|grade| (*grade).to_owned()).collect();
        grades.iter().map(|grade| Paint::of_grade(grade, &grades)).collect()
    }

    #[test]
    fn grades_run_from_green_to_red() {
        use Paint::{Cyan, Green, Red, Yellow};
        assert_eq!(scale(&["A", "B", "C"]), [Some(Green), Some(Yellow), Some(Red)]);
        assert_eq!(scale(&["A", "B", "C", "D"]), [Some(Green), Some(Cyan), Some(Yellow), Some(Red)]);
        assert_eq!(scale(&["1", "2", "3", "4", "5"]), [Some(Green), Some(Cyan), None, Some(Yellow), Some(Red)]);
        assert_eq!(scale(&["ok", "bad"]), [Some(Green), Some(Red)]);
        assert_eq!(scale(&["only"]), [Some(Green)]);
        assert_eq!(Paint::of_grade("E", &["A".to_owned()]), None);
    }

    #[test]
    fn marks_take_no_room_and_become_codes() {
        let text = marked("低效", Paint::Red);
        assert_eq!(super::super::text::width(&text), 4);
        assert_eq!(revealed(&text), "\u{1b}[31m低效\u{1b}[0m");
    }
}
