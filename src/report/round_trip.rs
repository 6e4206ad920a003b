//! The round trip by failover: which trips belong together, whose figure is the worst, what they add up to. Sums and extremes over the record's rows, nothing more.

use crate::format::{count, list};
use crate::life::state::STATES;
use crate::results::{CopyResult, DisasterResult, FailbackResult, FailoverSummary, JourneyResult, MachineJourney, Step, Trip};

/// Names shown of machines that are alike; of more, the first ones and how many more.
const NAMED: usize = 4;

/// A failover of the fleet, or of a part of it, with what came after it for each machine.
pub struct Crossing<'a> {
    /// The fleet's figures.
    pub summary: &'a FailoverSummary,
    /// What caused it; `None` for a failover on purpose.
    pub disaster: Option<&'a DisasterResult>,
    /// The machines' trips, in scenario order.
    pub trips: Vec<(&'a MachineJourney, &'a Trip)>,
}

/// All failovers with their trips, in order of time.
pub fn crossings(journey: &JourneyResult) -> Vec<Crossing<'_>> {
    let mut found: Vec<Crossing<'_>> = journey
        .failovers
        .iter()
        .map(|summary| Crossing { summary, disaster: disaster(journey, &summary.cause, summary.at_s), trips: Vec::new() })
        .collect();
    for machine in &journey.machines {
        for trip in &machine.trips {
            // A trip begins with its failover, or after it where the service takes machines one after the other.
            let of = found.iter_mut().rev().find(|of| of.summary.cause == trip.cause && of.summary.at_s <= trip.at_s + 1e-3);
            if let Some(of) = of {
                of.trips.push((machine, trip));
            }
        }
    }
    found
}

/// The disaster that a cause names: the last of that name so far.
fn disaster<'a>(journey: &'a JourneyResult, cause: &str, at_s: f64) -> Option<&'a DisasterResult> {
    journey.disasters.iter().rev().find(|disaster| disaster.name == cause && disaster.at_s <= at_s + 1e-3)
}

impl<'a> Crossing<'a> {
    /// Trips of machines that served at the target.
    pub fn recovered(&self) -> impl Iterator<Item = (&'a MachineJourney, &'a Trip)> {
        self.trips.iter().copied().filter(|(_, trip)| trip.restored_s.is_some())
    }

    /// The machine that served last, and when.
    pub fn last_restored(&self) -> Option<(&'a MachineJourney, &'a Trip, f64)> {
        let mut last: Option<(&MachineJourney, &Trip, f64)> = None;
        for (machine, trip) in self.recovered() {
            let at = trip.restored_s.unwrap_or_default();
            if last.is_none_or(|(_, _, latest)| at > latest) {
                last = Some((machine, trip, at));
            }
        }
        last
    }

    /// The figure of each machine that has it.
    pub fn of(&self, figure: impl Fn(&'a Trip) -> Option<f64>) -> Figures<'a> {
        Figures(self.trips.iter().filter_map(|(machine, trip)| figure(trip).map(|value| (value, machine.vm.as_str()))).collect())
    }

    /// Copies towards home.
    pub fn reprotects(&self) -> Copies<'a> {
        Copies(self.trips.iter().filter_map(|(machine, trip)| trip.reprotect.as_ref().map(|copy| (machine.vm.as_str(), copy))).collect())
    }

    /// Copies towards the target, once home again.
    pub fn protected_again(&self) -> Copies<'a> {
        Copies(self.trips.iter().filter_map(|(machine, trip)| trip.protect_again.as_ref().map(|copy| (machine.vm.as_str(), copy))).collect())
    }

    /// The failback with the longest downtime.
    pub fn worst_failback(&self) -> Option<(&'a MachineJourney, &'a FailbackResult, f64)> {
        let mut worst: Option<(&MachineJourney, &FailbackResult, f64)> = None;
        for (machine, trip) in &self.trips {
            if let Some((back, down)) = trip.failback.as_ref().and_then(|back| back.downtime_s.map(|down| (back, down)))
                && worst.is_none_or(|(_, _, longest)| down > longest)
            {
                worst = Some((machine, back, down));
            }
        }
        worst
    }
}

/// One figure of several machines.
pub struct Figures<'a>(Vec<(f64, &'a str)>);

impl<'a> Figures<'a> {
    /// How many have it.
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// The largest and whose it is, the first of equals.
    pub fn largest(&self) -> Option<(f64, &'a str)> {
        self.0.iter().copied().reduce(|best, next| if next.0 > best.0 { next } else { best })
    }

    /// The smallest.
    pub fn smallest(&self) -> Option<f64> {
        self.0.iter().map(|(value, _)| *value).reduce(f64::min)
    }

    /// The middle one, the lower of two.
    pub fn median(&self) -> Option<f64> {
        let mut values: Vec<f64> = self.0.iter().map(|(value, _)| *value).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len().saturating_sub(1) / 2).copied()
    }

    /// All together.
    pub fn sum(&self) -> f64 {
        self.0.iter().map(|(value, _)| value).sum()
    }
}

/// The copies of one direction, with their machines.
pub struct Copies<'a>(Vec<(&'a str, &'a CopyResult)>);

impl<'a> Copies<'a> {
    /// How many began.
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// The figure of each that has it.
    pub fn of(&self, figure: impl Fn(&CopyResult) -> Option<f64>) -> Figures<'a> {
        Figures(self.0.iter().filter_map(|(vm, copy)| figure(copy).map(|value| (value, *vm))).collect())
    }

    /// Those made in full, or by changed blocks.
    pub fn in_full(&self, full: bool) -> Copies<'a> {
        Copies(self.0.iter().copied().filter(|(_, copy)| copy.mode.starts_with("full") == full).collect())
    }

    /// Their machines.
    pub fn names(&self) -> Vec<&'a str> {
        self.0.iter().map(|(vm, _)| *vm).collect()
    }
}

/// Steps with the times between them, for which it is not the machine's turn: name (empty for a wait), from and to \[s\].
pub fn with_waits(steps: &[Step], from_s: f64) -> Vec<(&str, f64, f64)> {
    let mut told = Vec::new();
    let mut reached = from_s;
    for step in steps {
        if step.from_s > reached + 0.5 {
            told.push(("", reached, step.from_s));
        }
        told.push((step.name.as_str(), step.from_s, step.to_s));
        reached = reached.max(step.to_s);
    }
    told
}

/// A machine that is not at home, protected or about to be, when the run ends.
pub struct Stayed<'a> {
    /// Which.
    pub machine: &'a MachineJourney,
    /// Why: in the record's own words, or the state it is in.
    pub why: String,
}

/// Machines that were failed over and have not come home, in scenario order.
pub fn stayed(journey: &JourneyResult) -> Vec<Stayed<'_>> {
    let away = |machine: &&MachineJourney| {
        let last = machine.trips.last();
        // One whose failover failed, or whose target was lost, may be at home without a failback.
        let at_home = machine.states.last().is_some_and(|span| span.runs_at == "home");
        !at_home && last.is_some_and(|trip| trip.failback.as_ref().is_none_or(|back| back.restored_s.is_none()))
    };
    journey
        .machines
        .iter()
        .filter(away)
        .map(|machine| {
            let waits = machine.waits.iter().rev().find(|wait| wait.to_s.is_none());
            let state = machine.states.last().map_or("", |span| span.state.as_str());
            let why = match (&machine.ended, waits) {
                (Some(ended), _) => ended.clone(),
                (None, Some(wait)) => wait.text.clone(),
                (None, None) => format!("When the run ends it is {}.", state_words(state)),
            };
            Stayed { machine, why }
        })
        .collect()
}

/// A state of the record in words; one that `life` does not know, as it is written.
pub fn state_words(key: &str) -> String {
    let known = STATES.iter().find(|state| snake_case(&format!("{state:?}")) == key);
    known.map_or_else(|| key.replace('_', " "), ToString::to_string)
}

fn snake_case(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_uppercase() && !key.is_empty() {
            key.push('_');
        }
        key.extend(letter.to_lowercase());
    }
    key
}

/// The first of the names, and how many more.
pub fn some_names(names: &[&str]) -> String {
    let mut named: Vec<String> = names.iter().take(NAMED).map(|name| (*name).to_owned()).collect();
    if names.len() > NAMED {
        named.truncate(NAMED - 1);
        named.push(format!("{} more", count((names.len() + 1 - NAMED) as u64)));
    }
    list(&named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_told_in_the_words_of_the_lifecycle() {
        assert_eq!(state_words("at_target"), "running at the target, unprotected");
        assert_eq!(state_words("being_painted"), "being painted");
    }

    #[test]
    fn a_trip_belongs_to_the_last_failover_of_its_cause() {
        let failover = |at_s: f64| FailoverSummary { cause: "storm".to_owned(), at_s, ..FailoverSummary::default() };
        let trip = |at_s: f64| Trip { cause: "storm".to_owned(), at_s, ..Trip::default() };
        let machine = MachineJourney { trips: vec![trip(10.0), trip(25.0)], ..MachineJourney::default() };
        let journey = JourneyResult { failovers: vec![failover(10.0), failover(20.0)], machines: vec![machine], ..JourneyResult::default() };
        let found: Vec<Vec<f64>> = crossings(&journey).iter().map(|of| of.trips.iter().map(|(_, trip)| trip.at_s).collect()).collect();
        assert_eq!(found, [[10.0], [25.0]]);
    }

    #[test]
    fn times_between_steps_are_waits() {
        let step = |name: &str, from_s: f64, to_s: f64| Step { name: name.to_owned(), from_s, to_s };
        let told = [step("detect", 0.0, 60.0), step("boot", 100.0, 160.0)];
        assert_eq!(with_waits(&told, 0.0), [("detect", 0.0, 60.0), ("", 60.0, 100.0), ("boot", 100.0, 160.0)]);
    }
}
