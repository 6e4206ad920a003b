//! Age clocks: now - newest point of some kind, for one VM or group, and for the worst VM of the fleet.
//!
//! Between two arrivals the age grows with slope 1; when a newer point arrives it falls to that point's own age. So the law is made of one uniform piece
//! per arrival. VMs that never wait get their points at regular instants, and equal pieces are entered once with a weight.

use crate::observe::{BreachTracker, LawBuilder};

/// The age of the newest point of one unit.
#[derive(Clone, Debug)]
pub struct AgeClock {
    law: LawBuilder,
    breaches: Option<BreachTracker>,
    /// Not observed: an excluded gap of the record.
    hidden: bool,
    /// Source time of the newest point \[s\]; `None` before the first.
    newest: Option<f64>,
    /// Since when it is the newest \[s\].
    since: f64,
    /// When the first arrived \[s\].
    first: Option<f64>,
    /// Longest time between two arrivals \[s\].
    longest: f64,
    end: f64,
}

impl AgeClock {
    /// A clock without a point, observed until `end` \[s\].
    pub fn new(law: LawBuilder, end: f64) -> Self {
        AgeClock { law, breaches: None, hidden: false, newest: None, since: 0.0, first: None, longest: 0.0, end }
    }

    /// Its breaches of a threshold \[s\] too.
    pub fn with_breaches(mut self, threshold: f64) -> Self {
        self.breaches = Some(BreachTracker::new(threshold));
        self
    }

    /// From `now` on the age is not observed, or is again \[s\]. What was told beyond `now` stays: a point on its way is told until it arrives.
    pub fn hide(&mut self, now: f64, hidden: bool) {
        if hidden != self.hidden {
            let at = now.max(self.since);
            self.tell(at);
            self.since = at;
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

    /// A point of source time `marker` arrives at `at` \[s\], not before any earlier arrival. One that is older than the newest, or after the end, counts
    /// for nothing.
    pub fn arrive(&mut self, marker: f64, at: f64) {
        if at > self.end || self.newest.is_some_and(|newest| marker < newest) {
            return;
        }
        self.tell(at);
        self.newest = Some(marker);
        self.since = at;
        self.first.get_or_insert(at);
    }

    /// `count` points arrive, `every` seconds apart, the first of source time `marker`, each `after` seconds after its source time; those after the end
    /// count for nothing.
    pub fn arrive_regularly(&mut self, marker: f64, every: f64, count: u64, after: f64) {
        let room = ((self.end - marker - after) / every).floor();
        if count == 0 || room < 0.0 {
            return;
        }
        let count = count.min(room as u64 + 1);
        self.arrive(marker, marker + after);
        if count > 1 {
            self.law.add_weighted(marker + after, every, after, after + every, (count - 1) as f64);
            if let Some(breaches) = &mut self.breaches {
                // Where no interval breaches, the first piece stands for all.
                let told = if breaches.is_over() || breaches.passes(after + every) { count - 1 } else { 1 };
                (0..told).for_each(|k| breaches.add(marker + after + every * k as f64, every, after, after + every));
            }
            self.longest = self.longest.max(every);
            let last = marker + every * (count - 1) as f64;
            self.newest = Some(last);
            self.since = last + after;
        }
    }

    /// Ends the observation.
    pub fn close(&mut self) {
        self.tell(self.end);
        self.since = self.end;
    }

    fn tell(&mut self, at: f64) {
        if let Some(newest) = self.newest {
            if !self.hidden {
                let (dt, from, to) = (at - self.since, self.since - newest, at - newest);
                self.law.add(self.since, dt, from, to);
                if let Some(breaches) = &mut self.breaches {
                    breaches.add(self.since, dt, from, to);
                }
            }
            self.longest = self.longest.max(at - self.since);
        }
    }

    /// The law so far.
    pub fn law(&self) -> &LawBuilder {
        &self.law
    }

    /// When the first point arrived \[s\].
    pub fn first_arrival(&self) -> Option<f64> {
        self.first
    }

    /// End of the observation \[s\].
    pub fn end(&self) -> f64 {
        self.end
    }

    /// Longest time between two arrivals, or from the last to the end \[s\].
    pub fn longest_gap(&self) -> f64 {
        self.longest
    }
}

/// The largest age over units at one instant: now - the oldest of their newest points.
///
/// The fleet's oldest newest point is marker k from the instant at which the last unit has a point of marker k or later.
#[derive(Clone, Debug)]
pub struct FleetAge {
    clock: AgeClock,
    units: u32,
    /// Markers not yet reached by all, oldest first: (source time, units that have reached it, when the last of them did).
    open: std::collections::VecDeque<(f64, u32, f64)>,
    /// Number of the first open marker.
    first_open: u32,
    /// Some unit has a point.
    live: bool,
    reached_at: f64,
}

impl FleetAge {
    /// Over so many units.
    pub fn new(clock: AgeClock, units: u32) -> Self {
        FleetAge { clock, units, open: Default::default(), first_open: 0, live: false, reached_at: 0.0 }
    }

    /// The first unit has its first point, of source time `marker`, at `at` \[s\]; before that there is no age.
    pub fn begin(&mut self, marker: f64, at: f64) {
        if !self.live {
            self.live = true;
            self.reached_at = self.reached_at.max(at);
            self.clock.arrive(marker, at);
        }
    }

    /// The next marker of this kind, of source time `marker` \[s\]; `count` units reach it (or need not) at `at`.
    pub fn issue(&mut self, marker: f64, count: u32, at: f64) {
        self.open.push_back((marker, count, at));
        self.sweep();
    }

    /// A unit whose newest marker was number `from` (`None`: it had none and was not counted) now has number `to`, at `at` \[s\].
    pub fn reach(&mut self, from: u32, to: u32, at: f64) {
        for number in from.max(self.first_open.saturating_sub(1)) + 1..=to {
            if let Some(entry) = number.checked_sub(self.first_open).and_then(|place| self.open.get_mut(place as usize)) {
                entry.1 += 1;
                entry.2 = entry.2.max(at);
            }
        }
        self.sweep();
    }

    fn sweep(&mut self) {
        while let Some(&(marker, count, at)) = self.open.front() {
            if count < self.units {
                break;
            }
            self.reached_at = self.reached_at.max(at);
            if self.live {
                self.clock.arrive(marker, self.reached_at);
            }
            self.open.pop_front();
            self.first_open += 1;
        }
    }

    /// From `now` on no unit is observed, or some unit is again \[s\].
    pub fn hide(&mut self, now: f64, hidden: bool) {
        self.clock.hide(now, hidden);
    }

    /// Ends the observation.
    pub fn close(&mut self) {
        self.clock.close();
    }

    /// The law so far.
    pub fn law(&self) -> &LawBuilder {
        self.clock.law()
    }

    /// Breaches of the threshold, where asked for.
    pub fn breaches(&self) -> Option<&BreachTracker> {
        self.clock.breaches()
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
    fn fleet_has_the_age_of_its_slowest_unit() {
        // Two units; marker 1 (t = 10) reaches the first at 10 and the second at 25, marker 2 (t = 20) both at 40.
        let mut fleet = FleetAge::new(AgeClock::new(law(), 50.0), 2);
        fleet.begin(0.0, 0.0);
        fleet.issue(0.0, 2, 0.0);
        fleet.issue(10.0, 1, 10.0);
        fleet.issue(20.0, 0, 20.0);
        fleet.reach(0, 1, 25.0);
        fleet.reach(1, 2, 40.0);
        fleet.reach(1, 2, 40.0);
        fleet.close();
        let law = fleet.law().finish();
        // 0..25: age 0..25; 25..40: 15..30; 40..50: 20..30.
        assert!((law.mean - (25.0 * 12.5 + 15.0 * 22.5 + 10.0 * 25.0) / 50.0).abs() < 1e-9);
        assert_eq!(law.max, 30.0);
    }
}
