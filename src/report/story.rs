//! One machine's life in order of time: its states, steps, waits and losses from the record, merged with the lines of the event log that concern it.

use crate::format::{bytes, duration, list, plural};
use crate::report::calendar::Calendar;
use crate::report::round_trip::state_words;
use crate::report::terminal::{sentences, time_and_words};
use crate::results::{CopyResult, JourneyResult, MachineJourney, RunOutput, StateSpan, Trip};

/// Whose story, and which names in the event log concern it.
#[derive(Clone, Debug, Default)]
pub struct Whom {
    /// The machine.
    pub vm: String,
    /// Its disks.
    pub disks: Vec<String>,
    /// Process servers, appliances or cache accounts on its ways.
    pub servers: Vec<String>,
    /// Links on its ways.
    pub links: Vec<String>,
    /// What else concerns it: its replication group, loads that hit its disks.
    pub others: Vec<String>,
}

/// What is told first of what happens at one instant: the cause before what follows from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Disaster,
    Milestone,
    State,
    Step,
    Logged,
    Wait,
}

struct Told<'a> {
    calendar: &'a Calendar,
    lines: Vec<(f64, Rank, String)>,
}

/// The story as text for a terminal of `width` columns; ends with a newline.
pub fn story(output: &RunOutput, whom: &Whom, width: u16) -> String {
    let scenario = &output.results.scenario;
    let calendar = Calendar::new(&scenario.start, scenario.horizon_s);
    let mut told = Told { calendar: &calendar, lines: Vec::new() };
    if let Some(journey) = &output.results.journey {
        told.disasters(journey);
        if let Some(machine) = journey.machines.iter().find(|machine| machine.vm == whom.vm) {
            told.machine(machine);
        }
    }
    told.logged(output, whom);
    // Stable: what is alike in time and rank stays in the order of the record.
    told.lines.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut text = head(output, whom, &calendar, width);
    let mut day = String::new();
    let mut rows: Vec<(String, String)> = Vec::new();
    for (at_s, _, line) in told.lines {
        let today = calendar.day_label(at_s);
        if today != day {
            text.push_str(&time_and_words(&std::mem::take(&mut rows), width));
            text.push_str(&format!("\n{today}\n"));
            day = today;
        }
        rows.push((calendar.clock(at_s), line));
    }
    text.push_str(&time_and_words(&rows, width));
    if day.is_empty() {
        text.push_str("\nNothing happened to it in this run.\n");
    }
    text
}

fn head(output: &RunOutput, whom: &Whom, calendar: &Calendar, width: u16) -> String {
    let scenario = &output.results.scenario;
    let mut by = vec![plural(whom.disks.len() as u64, "disk", "disks")];
    by.extend(whom.servers.iter().cloned());
    by.extend(whom.links.iter().map(|link| format!("link {link}")));
    let what = format!("{} of {}", whom.vm, scenario.title);
    let run = format!(
        "{}; {} from {} {} (UTC), seed {}",
        list(&by),
        duration(scenario.horizon_s),
        calendar.weekday(0.0),
        calendar.long_date(0.0),
        scenario.seed
    );
    sentences(&[what, run], width)
}

impl Told<'_> {
    fn say(&mut self, at_s: f64, rank: Rank, line: impl Into<String>) {
        let line = line.into();
        // The log may tell what the record tells too.
        if !self.lines.iter().any(|(at, _, told)| *at == at_s && *told == line) {
            self.lines.push((at_s, rank, line));
        }
    }

    fn disasters(&mut self, journey: &JourneyResult) {
        for disaster in &journey.disasters {
            self.say(disaster.at_s, Rank::Disaster, format!("{}: {}", disaster.name, disaster.text));
            if let Some(over) = disaster.over_s {
                self.say(over, Rank::Disaster, format!("{} is over, after {}.", disaster.name, duration(over - disaster.at_s)));
            }
        }
    }

    fn machine(&mut self, machine: &MachineJourney) {
        for (index, span) in machine.states.iter().enumerate() {
            self.say(span.from_s, Rank::State, state(span, index.checked_sub(1).and_then(|before| machine.states.get(before))));
        }
        for trip in &machine.trips {
            self.trip(trip);
        }
        for wait in &machine.waits {
            self.say(wait.from_s, Rank::Wait, format!("It waits: {}", wait.text));
            match wait.to_s {
                Some(to) => self.say(to, Rank::Milestone, format!("It no longer waits ({}), after {}.", wait.key, duration(to - wait.from_s))),
                None => {
                    if let Some(end) = machine.states.last() {
                        self.say(end.to_s, Rank::Wait, format!("It waits still ({}) when the run ends.", wait.key));
                    }
                }
            }
        }
        if let Some((ended, last)) = machine.ended.as_ref().zip(machine.states.last()) {
            self.say(last.from_s, Rank::Wait, format!("Its story ends here: {ended}"));
        }
    }

    fn trip(&mut self, trip: &Trip) {
        for step in &trip.failover_steps {
            self.say(step.from_s, Rank::Step, format!("Step of the failover: {}, {}.", step.name, duration(step.to_s - step.from_s)));
        }
        if let Some(at) = trip.restored_s {
            let from = trip.point_s.map_or_else(String::new, |point| format!(" from its state of {}", self.calendar.label(point)));
            self.say(
                at,
                Rank::Milestone,
                format!(
                    "It serves at the target{from}, {} after {}; lost are {} of writes, {}.",
                    duration(at - trip.at_s),
                    if trip.cause == "planned" { "the failover began".to_owned() } else { format!("the disaster ({})", trip.cause) },
                    duration(trip.loss_s),
                    bytes(trip.loss_bytes)
                ),
            );
        } else if trip.point_s.is_none() {
            self.say(trip.at_s, Rank::Milestone, "There is no recovery point to go to.");
        }
        if let Some(at) = trip.committed_s {
            self.say(at, Rank::Milestone, "The failover is committed.");
        }
        if let Some(copy) = &trip.reprotect {
            self.copy(copy, "home", trip.exposed_away_s, trip.exposed_away_bytes);
        }
        let Some(back) = &trip.failback else { return };
        self.say(
            back.began_s,
            Rank::Milestone,
            format!("The failback begins: users lose the machine, {} are still to be sent.", bytes(back.pending_bytes)),
        );
        for step in &back.steps {
            self.say(step.from_s, Rank::Step, format!("Step of the failback: {}, {}.", step.name, duration(step.to_s - step.from_s)));
        }
        if let Some(at) = back.restored_s {
            let lost = if back.loss_bytes > 0.0 {
                format!("; lost are {} of writes, {}", duration(back.loss_s), bytes(back.loss_bytes))
            } else {
                String::new()
            };
            self.say(at, Rank::Milestone, format!("It serves at home, {} after it was shut down{lost}.", duration(at - back.began_s)));
        }
        if let Some(at) = back.committed_s {
            self.say(at, Rank::Milestone, "The failback is committed.");
        }
        if let Some(copy) = &trip.protect_again {
            self.copy(copy, "the target", trip.exposed_home_s, trip.exposed_home_bytes);
        }
    }

    /// A reprotect towards a side.
    fn copy(&mut self, copy: &CopyResult, side: &str, exposed_s: f64, exposed_bytes: f64) {
        if copy.asked_s < copy.began_s {
            self.say(copy.asked_s, Rank::Milestone, format!("Protection towards {side} is asked for."));
        }
        let compared = if copy.scanned_bytes > 0.0 { format!("{} are compared, ", bytes(copy.scanned_bytes)) } else { String::new() };
        let how = format!("The copy to {side} begins ({}): {compared}{} differ.", copy.mode, bytes(copy.differing_bytes));
        self.say(copy.began_s, Rank::Milestone, how);
        if let Some(at) = copy.in_order_s {
            let took = duration(at - copy.began_s);
            self.say(at, Rank::Milestone, format!("All disks are in order at {side}, after {took} and {} sent.", bytes(copy.sent_bytes)));
        }
        if let Some(at) = copy.protected_s {
            let was = format!("it was unprotected for {} and wrote {}", duration(exposed_s), bytes(exposed_bytes));
            self.say(at, Rank::Milestone, format!("The first recovery point at {side} is available: {was}."));
        }
    }

    /// What the log says of the machine, its disks, and what they hang on.
    fn logged(&mut self, output: &RunOutput, whom: &Whom) {
        let disasters = output.results.journey.iter().flat_map(|journey| &journey.disasters).map(|disaster| disaster.name.as_str());
        let fleet: Vec<&str> = disasters.collect();
        for event in &output.events {
            let subject = &event.subject;
            let own = *subject == whom.vm || whom.disks.contains(subject);
            let shared = [&whom.servers, &whom.links, &whom.others].iter().any(|names| names.contains(subject)) || fleet.contains(&subject.as_str());
            // The record tells disasters already.
            let twice =
                fleet.contains(&subject.as_str()) && self.lines.iter().any(|(at, rank, _)| *rank == Rank::Disaster && (at - event.at_s).abs() < 0.5);
            let told = output.results.journey.is_some() && TOLD.contains(&event.kind.as_str());
            if (own || shared) && !twice && !told {
                // "The link is cut" does not say which.
                let line = if event.text.contains(subject.as_str()) { event.text.clone() } else { format!("{subject}: {}", event.text) };
                self.say(event.at_s, Rank::Logged, line);
            }
        }
    }
}

/// Kinds of event that the record of the round trip tells better.
const TOLD: [&str; 9] = [
    "serves_at_target",
    "serves_at_home",
    "committed",
    "reprotect",
    "reprotect_blocked",
    "reverse_protected",
    "failback",
    "failback_blocked",
    "protected_again",
];

/// A change of state, and where users are if that changes.
fn state(span: &StateSpan, before: Option<&StateSpan>) -> String {
    let users = match span.runs_at.as_str() {
        "home" => "users work at home",
        "target" => "users work at the target",
        _ => "users are without it",
    };
    let words = state_words(&span.state);
    if before.is_some_and(|before| before.runs_at == span.runs_at) { format!("It is {words}.") } else { format!("It is {words}; {users}.") }
}
