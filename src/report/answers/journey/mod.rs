//! The round trip in words: what a failover took and lost, how the data came back, when users were home, how long nobody was protected, whether the retention
//! drive held, and who stayed away.
//!
//! Questions 7, 8 and 9 of the model's list, and what leads up to them.

mod drives;
mod failover;
mod way_back;

pub use drives::fullest_first;

use crate::format::{bytes, count, duration, number, plural};
use crate::report::answers::{Answer, Line};
use crate::report::calendar::Calendar;
use crate::report::round_trip::{Crossing, crossings, some_names, stayed};
use crate::results::{DrillResult, JourneyResult, Results};

/// Failovers told at length; the tables have the rest.
const MOST: usize = 2;

/// Reasons told of machines that stayed away.
const MOST_REASONS: usize = 6;

/// An answer about the round trip.
pub struct Told {
    /// The answer.
    pub answer: Answer,
    /// Whether it is bad news.
    pub alarming: bool,
    /// A table that belongs under it: header and rows, the first column of words.
    pub table: Option<(Vec<&'static str>, Vec<Vec<String>>)>,
}

impl Told {
    fn new(key: &'static str, label: &'static str, question: &'static str, lines: Vec<String>) -> Self {
        let lines = lines.into_iter().map(Line::from).collect();
        Told { answer: Answer { key, label, question, lines }, alarming: false, table: None }
    }

    fn alarming(self, alarming: bool) -> Self {
        Told { alarming, ..self }
    }
}

/// What is to be told of the round trip; nothing if the scenario has none.
pub fn journey(results: &Results, calendar: &Calendar) -> Vec<Told> {
    let Some(journey) = &results.journey else { return Vec::new() };
    let all = crossings(journey);
    let mut told = Vec::new();
    if all.is_empty() && journey.drills.is_empty() {
        let what = if journey.disasters.is_empty() { "Nothing happened in this run" } else { "No machine was failed over in this run" };
        told.push(Told::new("failover", "Failover", "What does a failover take, and what is lost?", vec![format!("{what}.")]));
    }
    let shown = longest(&all);
    for crossing in &shown {
        told.push(failover::failover(crossing, calendar));
        if crossing.recovered().next().is_none() {
            continue;
        }
        let of = if all.len() > 1 { format!("After {}: ", calendar.label(crossing.summary.at_s)) } else { String::new() };
        told.push(way_back::reprotect(crossing, journey, calendar, &of));
        told.extend(way_back::home(crossing, calendar, &of));
        told.push(way_back::exposure(crossing, &of));
    }
    if all.len() > shown.len() {
        let more = (all.len() - shown.len()) as u64;
        let line =
            format!("{} with shorter recovery times: journey.csv has every trip of every machine.", plural(more, "more failover", "more failovers"));
        told.push(Told::new("more", "And", "What else happened?", vec![line]));
    }
    told.extend(drives::drives(journey, calendar));
    told.extend(drills(&journey.drills, calendar));
    told.extend(not_home(journey));
    told
}

/// The failovers with the longest recovery times, in order of time; nobody recovered counts as longest.
fn longest<'a, 'b>(all: &'b [Crossing<'a>]) -> Vec<&'b Crossing<'a>> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|&a, &b| rto(&all[b]).total_cmp(&rto(&all[a])));
    order.truncate(MOST);
    order.sort_unstable();
    order.into_iter().map(|index| &all[index]).collect()
}

fn rto(crossing: &Crossing<'_>) -> f64 {
    crossing.summary.rto_s.unwrap_or(f64::INFINITY)
}

fn drills(drills: &[DrillResult], calendar: &Calendar) -> Option<Told> {
    let first = drills.first()?;
    let longest = drills.iter().map(|drill| drill.ready_after_s).fold(0.0, f64::max);
    let mut lines = vec![if drills.len() == 1 {
        let what = if first.direction == "back" { "test of the way back" } else { "test failover" };
        let clean = first.cleaned_up_s.map_or("not cleaned up within the run".to_owned(), |at| format!("cleaned up {}", calendar.label(at)));
        format!(
            "One {what}, {}: {} ready after {}, {clean}.",
            calendar.label(first.at_s),
            plural(first.machines, "machine", "machines"),
            duration(longest)
        )
    } else {
        format!("{} tests, the first {}: ready after {} at most.", count(drills.len() as u64), calendar.label(first.at_s), duration(longest))
    }];
    let refused: u64 = drills.iter().map(|drill| drill.refused).sum();
    if refused > 0 {
        lines
            .push(format!("{} refused: the target has no room for them, or a policy forbids them.", plural(refused, "machine was", "machines were")));
    }
    let hours: f64 = drills.iter().map(|drill| drill.machine_hours).sum();
    let disks: f64 = drills.iter().map(|drill| drill.disk_byte_hours).sum();
    lines.push(format!("The copies ran for {} machine-hours, with disks of {}-hours provisioned.", number(hours), bytes(disks)));
    Some(Told::new("tests", "Tests", "What did the tests take?", lines))
}

/// Machines that have not come home, those with one reason together.
fn not_home(journey: &JourneyResult) -> Option<Told> {
    let stayed = stayed(journey);
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for one in &stayed {
        match reasons.iter_mut().find(|(why, _)| *why == one.why) {
            Some((_, names)) => names.push(&one.machine.vm),
            None => reasons.push((&one.why, vec![&one.machine.vm])),
        }
    }
    if reasons.is_empty() {
        return None;
    }
    let all = journey.machines.iter().filter(|machine| !machine.trips.is_empty()).count() as u64;
    let (away, all) = (count(stayed.len() as u64), plural(all, "machine", "machines"));
    let are = if stayed.len() == 1 { "is" } else { "are" };
    let mut lines = vec![format!("{away} of {all} that a failover concerned {are} not home when the run ends.")];
    lines.extend(reasons.iter().take(MOST_REASONS).map(|(why, names)| format!("{}: {why}", some_names(names))));
    if reasons.len() > MOST_REASONS {
        lines.push(format!("And {}.", plural((reasons.len() - MOST_REASONS) as u64, "more reason", "more reasons")));
    }
    Some(Told::new("not-home", "Not home", "Who has not come home, and why?", lines).alarming(true))
}
