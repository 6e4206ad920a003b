//! The event log while a run goes on: what happened, when, to whom, in a sentence.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::results::Event;

/// Collects events, if asked to.
pub(super) struct Log {
    start: DateTime,
    end: f64,
    wanted: bool,
    events: Vec<Event>,
}

impl Log {
    pub fn new(start: DateTime, end: f64, wanted: bool) -> Self {
        Log { start, end, wanted, events: Vec::new() }
    }

    /// Something of this kind happened to the subject at `at` [s since the run's start].
    pub fn push(&mut self, at: f64, kind: &str, subject: &str, text: String) {
        if self.wanted && at <= self.end {
            let at_text = calendar_text(self.start, at);
            self.events.push(Event { at_s: at, at: at_text, kind: kind.to_owned(), subject: subject.to_owned(), text });
        }
    }

    /// The lag of a VM, or of the fleet's worst, crossed the RPO threshold.
    pub fn breach(&mut self, at: f64, subject: &str, over: bool) {
        if !self.wanted {
            return;
        }
        let (kind, verb) = if over { ("breach_start", "passes") } else { ("breach_end", "is back under") };
        let whose = if subject == "fleet" { "The largest lag of the fleet".to_owned() } else { format!("The lag of {subject}") };
        self.push(at, kind, subject, format!("{whose} {verb} the RPO threshold."));
    }

    /// The events in order of time.
    pub fn finish(mut self) -> Vec<Event> {
        self.events.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        self.events
    }
}

/// The calendar moment `at` seconds after `start`, to the second.
pub(super) fn calendar_text(start: DateTime, at: f64) -> String {
    let moment = start.checked_add(SignedDuration::from_secs(at as i64)).unwrap_or(DateTime::MAX);
    moment.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}
