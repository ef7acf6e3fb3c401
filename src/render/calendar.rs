//! Dates as a calendar (iCalendar, RFC 5545): one all-day event per site, rule and date.
//!
//! In: the dates of a report. Out: text for calendar programs, the same for the same input: no clock, no random ids.

use std::io::{self, Write};

use icalendar::{Calendar, Component, Event, Property};

use crate::report::flags::Due;

/// Writes the calendar. `stamp`: the date asked, which stands for the time of writing.
pub fn write(name: &str, due: &[Due], stamp: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut calendar = Calendar::new();
    calendar.name(name);
    let stamp = format!("{}T000000Z", stamp.replace('-', ""));
    for date in due {
        let day = Property::new("DTSTART", date.on.replace('-', "")).add_parameter("VALUE", "DATE").done();
        let mut event = Event::new();
        event.uid(&date.id).summary(&date.summary).description(&date.description).append_property(day);
        event.add_property("DTSTAMP", &stamp);
        calendar.push(event.done());
    }
    write!(out, "{calendar}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_stands_on_its_day_and_nothing_depends_on_the_clock() {
        let due = [Due {
            on: "2026-06-30".to_owned(),
            id: "IDLE-04-P1-E1-2026-06-30@mujun".to_owned(),
            summary: "IDLE-04 fee: P1".to_owned(),
            description: "甲厂, a; b\nsecond".to_owned(),
        }];
        let written = || {
            let mut out = Vec::new();
            write("mujun", &due, "2025-12-31", &mut out).expect("a Vec takes all");
            String::from_utf8(out).expect("text in, text out")
        };
        let text = written();
        assert_eq!(text, written());
        for line in ["DTSTART;VALUE=DATE:20260630", "DTSTAMP:20251231T000000Z", "UID:IDLE-04-P1-E1-2026-06-30@mujun", "BEGIN:VEVENT"] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        assert!(text.contains("甲厂\\, a\\; b\\nsecond"), "{text}");
    }
}
