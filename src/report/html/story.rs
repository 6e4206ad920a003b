//! What happened: how often each kind of event occurred, and the first of them in order.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::format::count;
use crate::report::calendar::Calendar;
use crate::report::html::table::Column::{Figures, Key, Words};
use crate::report::html::table::table;
use crate::results::RunOutput;

/// Events told one by one; the event log has the rest.
const MOST: usize = 25;

/// The section; nothing if no event was recorded.
pub fn section(output: &RunOutput, calendar: &Calendar) -> Markup {
    let mut kinds: BTreeMap<&str, (u64, f64)> = BTreeMap::new();
    for event in &output.events {
        kinds.entry(&event.kind).or_insert((0, event.at_s)).0 += 1;
    }
    let totals: Vec<Vec<String>> =
        kinds.iter().map(|(kind, (times, first))| vec![(*kind).to_owned(), count(*times), calendar.label(*first)]).collect();
    let told: Vec<Vec<String>> =
        output.events.iter().take(MOST).map(|event| vec![calendar.label(event.at_s), event.subject.clone(), event.text.clone()]).collect();
    html! {
        @if !told.is_empty() {
            h2 #events { "Events" }
            (table("", &[Key("Kind"), Figures("how often"), Figures("first at")], &totals))
            h3 { @if output.events.len() > MOST { "The first " (MOST) " of " (count(output.events.len() as u64)) } @else { "In order" } }
            (table("", &[Words("When (UTC)"), Words("Whom"), Words("What")], &told))
            p.remark { "All events: " a href="events.jsonl" { "events.jsonl" } "." }
        }
    }
}
