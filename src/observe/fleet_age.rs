//! The largest age over the VMs that are observed and have a point: now - the oldest of their newest points.
//!
//! VMs that never wait move from marker to marker together and are one entry; the others are counted by the number of their newest marker. A VM without
//! any point has no age yet, and one that is not observed (an excluded gap of its record) has none for so long.

use std::sync::Arc;

use crate::observe::{AgeClock, BreachTracker, LawBuilder};

/// Something that changes a newest point, at a time that may still be to come.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// Those that go together have this marker.
    Together(u32),
    /// This unit goes on alone, from the marker of those that go together.
    Alone(u32),
    /// This unit has this marker.
    Reach(u32, u32),
}

/// The age of the fleet's worst unit.
#[derive(Clone, Debug)]
pub struct FleetAge {
    clock: AgeClock,
    /// Source times of the markers, by number \[s\].
    markers: Vec<f64>,
    /// What is to come, and when \[s\]; in order after [`pass`](Self::pass).
    coming: Vec<(f64, Change)>,
    /// Units that go together, and their newest marker.
    together: (usize, Option<u32>),
    /// Newest marker of each unit that goes alone.
    alone: Vec<Option<u32>>,
    goes_alone: Vec<bool>,
    hidden: Vec<bool>,
    observed: usize,
    /// Observed units that go alone, by number of their newest marker.
    counts: Vec<u32>,
    /// No number below has any.
    least: usize,
    /// What the clock was told last.
    shown: Option<u32>,
}

impl FleetAge {
    /// Over so many units, which all have a point of source time 0 or (not `protected`) none; `clock` has none yet.
    pub fn new(mut clock: AgeClock, units: usize, protected: bool) -> Self {
        let start = (protected && units > 0).then_some(0);
        clock.show(start.map(f64::from), 0.0);
        FleetAge {
            clock,
            markers: vec![0.0],
            coming: Vec::new(),
            together: (units, protected.then_some(0)),
            alone: vec![None; units],
            goes_alone: vec![false; units],
            hidden: vec![false; units],
            observed: units,
            counts: vec![0],
            least: 0,
            shown: start,
        }
    }

    /// The law leaves out what lies before `from` \[s\].
    pub fn begin_at(&mut self, from: f64) {
        self.clock.begin_at(from);
    }

    /// The next marker, of source time `marker` \[s\]; those that go together have it at `at` \[s\]. Nothing of before `marker` may be told after this.
    pub fn issue(&mut self, marker: f64, at: f64) {
        self.pass(marker);
        self.markers.push(marker);
        self.counts.push(0);
        if self.together.0 > 0 {
            self.coming.push((at, Change::Together(self.markers.len() as u32 - 1)));
        }
    }

    /// A unit goes alone from the marker after the last one on; it has the last one with the others, at `at` \[s\].
    pub fn part(&mut self, unit: u32, at: f64) {
        self.coming.push((at, Change::Alone(unit)));
    }

    /// A unit that goes alone has marker `number` from `at` \[s\] on.
    pub fn reach(&mut self, unit: u32, number: u32, at: f64) {
        self.coming.push((at, Change::Reach(unit, number)));
    }

    /// From `now` \[s\] on a unit, which goes alone, is not observed, or is again. Nothing of before `now` may be told after this.
    pub fn hide(&mut self, unit: u32, now: f64, hidden: bool) {
        let index = unit as usize;
        if self.hidden[index] != hidden {
            self.pass(now);
            self.count(unit, false);
            self.hidden[index] = hidden;
            self.observed = if hidden { self.observed - 1 } else { self.observed + 1 };
            self.count(unit, true);
            self.show(now);
        }
    }

    /// Ends the observation.
    pub fn close(&mut self) {
        self.pass(self.clock.end());
        self.clock.close();
    }

    /// The law so far.
    pub fn law(&self) -> &LawBuilder {
        self.clock.law()
    }

    /// From now on what the age is at these instants too, ascending \[s\].
    pub fn watch(&mut self, instants: Arc<[f64]>) {
        self.clock.watch(instants);
    }

    /// What was seen at them; NaN where nothing was observed.
    pub fn seen(&mut self) -> Vec<f64> {
        self.clock.seen()
    }

    /// Breaches of the threshold, where asked for.
    pub fn breaches(&self) -> Option<&BreachTracker> {
        self.clock.breaches()
    }

    /// Lets happen what comes up to `now` \[s\].
    fn pass(&mut self, now: f64) {
        // Mostly in order as it was told.
        self.coming.sort_by(|a, b| a.0.total_cmp(&b.0));
        let due = self.coming.partition_point(|(at, _)| *at <= now);
        let mut coming = std::mem::take(&mut self.coming);
        for &(at, change) in &coming[..due] {
            match change {
                Change::Together(number) => self.together.1 = Some(number),
                Change::Alone(unit) => {
                    self.together.0 -= 1;
                    self.goes_alone[unit as usize] = true;
                    self.alone[unit as usize] = self.together.1;
                    self.count(unit, true);
                }
                Change::Reach(unit, number) => {
                    if self.alone[unit as usize].is_none_or(|newest| number > newest) {
                        self.count(unit, false);
                        self.alone[unit as usize] = Some(number);
                        self.count(unit, true);
                    }
                }
            }
            self.show(at);
        }
        coming.drain(..due);
        self.coming = coming;
    }

    /// Counts a unit in or out, if it goes alone, is observed and has a point.
    fn count(&mut self, unit: u32, in_or_out: bool) {
        let index = unit as usize;
        let Some(newest) = self.alone[index].map(|newest| newest as usize).filter(|_| self.goes_alone[index] && !self.hidden[index]) else { return };
        if in_or_out {
            self.counts[newest] += 1;
            self.least = self.least.min(newest);
        } else {
            self.counts[newest] -= 1;
        }
    }

    /// Tells the clock the oldest of the newest markers, if it is another one.
    fn show(&mut self, at: f64) {
        while self.least < self.counts.len() && self.counts[self.least] == 0 {
            self.least += 1;
        }
        let alone = (self.least < self.counts.len()).then_some(self.least as u32);
        let together = self.together.1.filter(|_| self.together.0 > 0);
        // Any marker of one that goes alone is as old as those that go together, or older.
        let oldest = alone.or(together).filter(|_| self.observed > 0);
        if oldest != self.shown {
            self.shown = oldest;
            self.clock.show(oldest.map(|number| self.markers[number as usize]), at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Law;

    const END: f64 = 50.0;

    fn fleet(units: usize, protected: bool) -> FleetAge {
        FleetAge::new(AgeClock::new(LawBuilder::new().with_histogram(), END), units, protected)
    }

    /// The law of a quantity that goes linearly from `a` to `b` within so many seconds, piece by piece.
    fn law(pieces: &[(f64, f64, f64)]) -> (f64, f64, f64) {
        let observed: f64 = pieces.iter().map(|(dt, ..)| dt).sum();
        let area: f64 = pieces.iter().map(|(dt, a, b)| dt * (a + b) / 2.0).sum();
        (observed, area / observed, pieces.iter().map(|(_, a, b)| a.max(*b)).fold(0.0, f64::max))
    }

    fn assert_law(found: &Law, known: (f64, f64, f64)) {
        let found = (found.observed_s, found.mean, found.max);
        assert!((found.0 - known.0).abs() + (found.1 - known.1).abs() + (found.2 - known.2).abs() < 1e-9, "{found:?} against {known:?}");
    }

    #[test]
    fn has_the_age_of_its_slowest_unit() {
        // Two units; marker 1 (t = 10) reaches the first at 10 and the second at 25, marker 2 (t = 20) both at 40.
        let mut fleet = fleet(2, true);
        fleet.part(0, 0.0);
        fleet.part(1, 0.0);
        fleet.issue(10.0, 10.0);
        fleet.reach(0, 1, 10.0);
        fleet.issue(20.0, 20.0);
        fleet.reach(1, 1, 25.0);
        fleet.reach(0, 2, 40.0);
        fleet.reach(1, 2, 40.0);
        fleet.close();
        assert_law(&fleet.law().finish(), law(&[(25.0, 0.0, 25.0), (15.0, 15.0, 30.0), (10.0, 20.0, 30.0)]));
    }

    #[test]
    fn one_that_is_not_observed_counts_for_nothing_until_it_is_again() {
        // Of two units the first gets marker 1 (t = 10) at 10 with a delay of 2, the second never; it is hidden from 20 to 30.
        let mut fleet = fleet(2, true);
        fleet.part(1, 0.0);
        fleet.issue(10.0, 12.0);
        fleet.hide(1, 20.0, true);
        fleet.hide(1, 30.0, false);
        fleet.close();
        assert_law(&fleet.law().finish(), law(&[(20.0, 0.0, 20.0), (10.0, 10.0, 20.0), (20.0, 30.0, 50.0)]));
    }

    #[test]
    fn one_without_a_point_counts_from_its_first_on() {
        // The first has marker 1 (t = 10) at 12, and marker 2 (t = 20) at 20; the second has marker 1 at 30.
        let mut fleet = fleet(2, false);
        fleet.part(0, 0.0);
        fleet.part(1, 0.0);
        fleet.issue(10.0, 10.0);
        fleet.reach(0, 1, 12.0);
        fleet.issue(20.0, 20.0);
        fleet.reach(0, 2, 20.0);
        fleet.reach(1, 1, 30.0);
        fleet.close();
        assert_law(&fleet.law().finish(), law(&[(8.0, 2.0, 10.0), (10.0, 0.0, 10.0), (20.0, 20.0, 40.0)]));
    }

    #[test]
    fn nobody_observed_is_nothing_observed() {
        let mut fleet = fleet(1, true);
        fleet.part(0, 0.0);
        fleet.issue(10.0, 10.0);
        fleet.hide(0, 15.0, true);
        fleet.reach(0, 1, 18.0);
        fleet.hide(0, 20.0, false);
        fleet.close();
        assert_law(&fleet.law().finish(), law(&[(15.0, 0.0, 15.0), (30.0, 10.0, 40.0)]));
    }
}
