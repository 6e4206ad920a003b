//! The lag of a unit that never waits: the link's one-way delay while something is being written, nothing while it is idle.
//!
//! The delay enters through the landed curve, never as a floor: when writing begins after a pause, the oldest write not yet safe is as old as the pause is
//! over, until the first byte lands; when writing ends, the last bytes are still in flight for one delay.

use crate::observe::LawBuilder;

/// Follows one unit (a VM, a group, the fleet) through busy and idle times.
#[derive(Clone, Debug)]
pub struct Flight {
    delay: f64,
    busy: bool,
    /// Not observed: an excluded gap of the record.
    hidden: bool,
    /// Observed time up to which the lag has been told \[s\].
    told_to: f64,
}

impl Flight {
    /// An idle unit at time 0 behind a link with this one-way delay \[s\].
    pub fn new(delay: f64) -> Self {
        Flight { delay, busy: false, hidden: false, told_to: 0.0 }
    }

    /// Tells that from `now` on (time of writing) the unit writes or waits (`busy`) or does neither, and whether it is `hidden`. `tell` gets pieces
    /// (t0, dt, lag at start, lag at end).
    pub fn set(&mut self, now: f64, busy: bool, hidden: bool, tell: &mut impl FnMut(f64, f64, f64, f64)) {
        if busy == self.busy && hidden == self.hidden {
            return;
        }
        self.tell_to(now, tell);
        if busy && !self.busy {
            let from = self.told_to.max(now);
            let until = now + self.delay;
            if !hidden && until > from {
                tell(from, until - from, from - now, self.delay);
            }
            self.told_to = self.told_to.max(until);
        }
        self.busy = busy;
        self.hidden = hidden;
    }

    /// Tells everything known at `now` (time of writing): up to `now` + delay while busy, up to `now` while idle.
    pub fn tell_to(&mut self, now: f64, tell: &mut impl FnMut(f64, f64, f64, f64)) {
        let until = if self.busy { now + self.delay } else { now };
        if until > self.told_to {
            if !self.hidden {
                let lag = if self.busy { self.delay } else { 0.0 };
                tell(self.told_to, until - self.told_to, lag, lag);
            }
            self.told_to = until;
        }
    }

    /// From the observed time `from` \[s\] on somebody else tells the lag, beginning with `lag`: tells what lies between, which an idle unit leaves open for
    /// one delay, since it may begin to write. A lag grows by a second per second, so it came from as much less.
    pub fn lead_to(&mut self, from: f64, lag: f64, tell: &mut impl FnMut(f64, f64, f64, f64)) {
        let open = from - self.told_to;
        if open > 0.0 && !self.hidden {
            tell(self.told_to, open, (lag - open).max(0.0), lag);
        }
        self.skip_to(from);
    }

    /// Somebody else has told the lag up to this observed time \[s\].
    pub fn skip_to(&mut self, observed: f64) {
        self.told_to = self.told_to.max(observed);
    }

    /// Observed time up to which the lag has been told \[s\].
    pub fn told_to(&self) -> f64 {
        self.told_to
    }

    /// Whether the unit is hidden.
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }
}

/// The span of time that is observed \[s\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Start: the unit's first recovery point.
    pub from: f64,
    /// End of the run.
    pub end: f64,
}

impl Window {
    /// The part of a linear piece (start, duration, value at the start, at the end) that lies inside; without duration if there is none.
    pub fn cut(&self, t0: f64, dt: f64, a: f64, b: f64) -> (f64, f64, f64, f64) {
        if t0 >= self.from && t0 + dt <= self.end {
            return (t0, dt, a, b);
        }
        let (from, to) = (t0.max(self.from), (t0 + dt).min(self.end));
        if to <= from {
            return (t0, 0.0, a, a);
        }
        let at = |t: f64| a + (b - a) * ((t - t0) / dt);
        (from, to - from, at(from), at(to))
    }

    /// Adds the part of a piece inside the window to a law.
    pub fn add(&self, law: &mut LawBuilder, t0: f64, dt: f64, a: f64, b: f64) {
        let (t0, dt, a, b) = self.cut(t0, dt, a, b);
        law.add(t0, dt, a, b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_unit_that_begins_to_wait_is_observed_in_between() {
        // Idle until 10 s behind a delay of 2 s; what begins to wait then is 2 s old when that is seen.
        let mut flight = Flight::new(2.0);
        let mut told = Vec::new();
        let mut tell = |t0, dt, a, b| told.push((t0, dt, a, b));
        flight.tell_to(10.0, &mut tell);
        flight.lead_to(12.0, 2.0, &mut tell);
        flight.lead_to(12.0, 2.0, &mut tell);
        assert_eq!(told, [(0.0, 10.0, 0.0, 0.0), (10.0, 2.0, 0.0, 2.0)]);
    }

    #[test]
    fn delay_is_no_floor_but_a_ramp_and_a_tail() {
        // Writing from 10 to 20 s over a delay of 2 s: lag 0 until 10, rises to 2 at 12, stays until 22, then 0.
        let mut flight = Flight::new(2.0);
        let mut told = Vec::new();
        let mut tell = |t0, dt, a, b| told.push((t0, dt, a, b));
        flight.set(10.0, true, false, &mut tell);
        flight.set(20.0, false, false, &mut tell);
        flight.tell_to(30.0, &mut tell);
        assert_eq!(told, [(0.0, 10.0, 0.0, 0.0), (10.0, 2.0, 0.0, 2.0), (12.0, 10.0, 2.0, 2.0), (22.0, 8.0, 0.0, 0.0)]);
    }
}
