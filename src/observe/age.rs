//! Age clocks: now - newest point of some kind, for one VM or group.
//!
//! Between two arrivals the age grows with slope 1; when a newer point arrives it falls to that point's own age. So the law is made of one uniform piece
//! per arrival. VMs that never wait get their points at regular instants, and equal pieces are entered once with a weight.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::observe::{BreachTracker, LawBuilder};

/// The age of the newest point of one unit.
#[derive(Clone, Debug)]
pub struct AgeClock {
    law: LawBuilder,
    breaches: Option<BreachTracker>,
    /// Not observed: an excluded gap of the record.
    hidden: bool,
    /// Points on their way, source time and arrival \[s\]: until they arrive, the age may still be hidden.
    coming: VecDeque<(f64, f64)>,
    /// Source time of the newest point \[s\]; `None` before the first.
    newest: Option<f64>,
    /// Since when it is the newest \[s\].
    since: f64,
    /// When the first arrived \[s\].
    first: Option<f64>,
    /// Observed time since the last arrival, as far as it was told \[s\].
    waited: f64,
    /// Longest observed time between two arrivals \[s\].
    longest: f64,
    end: f64,
}

impl AgeClock {
    /// A clock without a point, observed until `end` \[s\].
    pub fn new(law: LawBuilder, end: f64) -> Self {
        AgeClock {
            law,
            breaches: None,
            hidden: false,
            coming: VecDeque::new(),
            newest: None,
            since: 0.0,
            first: None,
            waited: 0.0,
            longest: 0.0,
            end,
        }
    }

    /// Its breaches of a threshold \[s\] too.
    pub fn with_breaches(mut self, threshold: f64) -> Self {
        self.breaches = Some(BreachTracker::new(threshold));
        self
    }

    /// The law leaves out what lies before `from` \[s\].
    pub fn begin_at(&mut self, from: f64) {
        self.law.begin_at(from);
    }

    /// From `now` on the age is not observed, or is again \[s\]. Nothing may arrive before `now` any more.
    pub fn hide(&mut self, now: f64, hidden: bool) {
        if hidden != self.hidden {
            self.pass(now);
            self.tell(now);
            self.since = now;
            self.hidden = hidden;
            if let Some(breaches) = &mut self.breaches {
                breaches.interrupt();
            }
        }
    }

    /// Breaches of the threshold, where asked for.
    pub fn breaches(&self) -> Option<&BreachTracker> {
        self.breaches.as_ref()
    }

    /// A point of source time `marker`, which has been issued by now, arrives at `at` \[s\], not before any earlier arrival. One that is older than the
    /// newest, or after the end, counts for nothing.
    pub fn arrive(&mut self, marker: f64, at: f64) {
        self.pass(marker);
        if at <= self.end {
            self.coming.push_back((marker, at));
        }
    }

    /// Lets arrive what comes up to `now` \[s\].
    fn pass(&mut self, now: f64) {
        while let Some(&(marker, at)) = self.coming.front().filter(|(_, at)| *at <= now) {
            self.coming.pop_front();
            self.take(marker, at);
        }
    }

    fn take(&mut self, marker: f64, at: f64) {
        if self.newest.is_some_and(|newest| marker < newest) {
            return;
        }
        self.tell(at);
        self.newest = Some(marker);
        self.since = at;
        self.waited = 0.0;
        self.first.get_or_insert(at);
    }

    /// From `at` \[s\] on the newest point is this one, older or newer than the last, or there is none.
    pub(super) fn show(&mut self, newest: Option<f64>, at: f64) {
        self.tell(at);
        if newest.is_none()
            && let Some(breaches) = &mut self.breaches
        {
            breaches.interrupt();
        }
        self.newest = newest;
        self.since = at;
    }

    /// `count` points arrive, `every` seconds apart, the first of source time `marker`, each `after` seconds after its source time; those after the end
    /// count for nothing. All have been issued by now.
    pub fn arrive_regularly(&mut self, marker: f64, every: f64, count: u64, after: f64) {
        let Some(more) = count.checked_sub(1) else { return };
        // Those that have arrived when the last was issued, and before the end.
        let room = ((self.end - marker - after).min(every * more as f64 - after) / every).floor();
        let arrived = if room < 0.0 { 0 } else { count.min(room as u64 + 1) };
        if let Some(more) = arrived.checked_sub(1) {
            self.pass(marker + after);
            self.take(marker, marker + after);
            self.take_regularly(marker, every, more, after);
        }
        (arrived..count).for_each(|k| self.arrive(marker + every * k as f64, marker + every * k as f64 + after));
    }

    /// `count` points follow the one of source time `marker`, which has just arrived.
    fn take_regularly(&mut self, marker: f64, every: f64, count: u64, after: f64) {
        if count == 0 {
            return;
        }
        // A unit that is hidden is told point by point.
        debug_assert!(!self.hidden);
        self.law.add_in_a_row(marker + after, every, after, after + every, count);
        if let Some(breaches) = &mut self.breaches {
            // Where no interval breaches, the first piece stands for all.
            let told = if breaches.is_over() || breaches.passes(after + every) { count } else { 1 };
            (0..told).for_each(|k| breaches.add(marker + after + every * k as f64, every, after, after + every));
        }
        self.longest = self.longest.max(every);
        let last = marker + every * count as f64;
        self.newest = Some(last);
        self.since = last + after;
        self.waited = 0.0;
    }

    /// Ends the observation.
    pub fn close(&mut self) {
        self.pass(self.end);
        self.tell(self.end);
        self.since = self.end;
    }

    fn tell(&mut self, at: f64) {
        if let Some(newest) = self.newest
            && !self.hidden
        {
            let (dt, from, to) = (at - self.since, self.since - newest, at - newest);
            self.law.add(self.since, dt, from, to);
            if let Some(breaches) = &mut self.breaches {
                breaches.add(self.since, dt, from, to);
            }
            self.waited += dt;
            self.longest = self.longest.max(self.waited);
        }
    }

    /// Source time of the newest point that has arrived by `at` and is no newer than `limit` \[s\]; `None` where the clock knows of none: it remembers the newest,
    /// and those that are on their way.
    pub fn newest_by(&self, at: f64, limit: f64) -> Option<f64> {
        let coming = self.coming.iter().filter(|(_, arrives)| *arrives <= at).map(|(marker, _)| *marker);
        coming.chain(self.newest).filter(|marker| *marker <= limit).reduce(f64::max)
    }

    /// Every point is deleted, those on their way too.
    pub fn forget(&mut self, now: f64) {
        self.pass(now);
        self.tell(now);
        (self.newest, self.since) = (None, now);
        self.coming.clear();
    }

    /// When the point of this source time, which is on its way, arrives \[s\]; `None` if it has arrived.
    pub fn arrival_of(&self, marker: f64) -> Option<f64> {
        self.coming.iter().find(|(coming, _)| *coming == marker).map(|(_, at)| *at)
    }

    /// The law so far.
    pub fn law(&self) -> &LawBuilder {
        &self.law
    }

    /// From now on what the age is at these instants too, ascending \[s\].
    pub fn watch(&mut self, instants: Arc<[f64]>) {
        self.law.watch(instants);
    }

    /// What was seen at them; NaN where nothing was observed.
    pub fn seen(&mut self) -> Vec<f64> {
        self.law.probe().map(|probe| probe.values().to_vec()).unwrap_or_default()
    }

    /// When the first point arrived \[s\].
    pub fn first_arrival(&self) -> Option<f64> {
        self.first
    }

    /// End of the observation \[s\].
    pub fn end(&self) -> f64 {
        self.end
    }

    /// Longest observed time between two arrivals, or from the last to the end \[s\].
    pub fn longest_gap(&self) -> f64 {
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law() -> LawBuilder {
        LawBuilder::new().with_histogram()
    }

    #[test]
    fn disaster_uniform_in_time_crash_point_every_5_min_after_lag_l_loses_l_plus_2_5_min_at_most_l_plus_5_oracle_g() {
        let lag = 40.0;
        let mut clock = AgeClock::new(law(), 30_000.0 + lag);
        clock.arrive_regularly(0.0, 300.0, 200, lag);
        clock.close();
        let law = clock.law().finish();
        assert!((law.mean - (lag + 150.0)).abs() < 1e-9);
        assert_eq!(law.max, lag + 300.0);
        assert!((law.p50.unwrap() - (lag + 150.0)).abs() < 0.2);
    }

    #[test]
    fn regular_arrivals_are_the_same_as_one_by_one() {
        let mut bulk = AgeClock::new(law(), 3000.0);
        bulk.arrive(0.0, 0.0);
        bulk.arrive_regularly(300.0, 300.0, 50, 17.0);
        bulk.close();
        let mut single = AgeClock::new(law(), 3000.0);
        single.arrive(0.0, 0.0);
        for k in 1..=50 {
            single.arrive(300.0 * f64::from(k), 300.0 * f64::from(k) + 17.0);
        }
        single.close();
        assert_eq!(bulk.law().finish(), single.law().finish());
        assert_eq!(bulk.longest_gap(), single.longest_gap());
    }

    #[test]
    fn a_law_that_begins_later_cuts_regular_arrivals_as_it_cuts_single_ones() {
        // Before the first, within an interval, at an arrival, within the last interval, at the end, after it.
        for from in [10.0, 400.0, 617.0, 2950.0, 3000.0, 4000.0] {
            let mut bulk = AgeClock::new(law(), 3000.0);
            let mut single = AgeClock::new(law(), 3000.0);
            bulk.begin_at(from);
            single.begin_at(from);
            bulk.arrive(0.0, 0.0);
            bulk.arrive_regularly(300.0, 300.0, 50, 17.0);
            bulk.close();
            (0..=50).for_each(|k| single.arrive(300.0 * f64::from(k), if k == 0 { 0.0 } else { 300.0 * f64::from(k) + 17.0 }));
            single.close();
            assert_eq!(bulk.law().finish(), single.law().finish(), "{from}");
            assert!((bulk.law().finish().observed_s - (3000.0 - from).max(0.0)).abs() < 1e-9, "{from}");
        }
    }
}
