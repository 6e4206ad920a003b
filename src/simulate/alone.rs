//! A disk behind nothing but its own limit: what it would lag with every other resource as wide as could be. No link brings it under that.

use crate::fluid::network::{Piece, Waits};
use crate::observe::{Epoch, Tape, Told, share_above};

/// One disk with a limit of its own, as a first-in first-out queue.
#[derive(Clone, Debug)]
pub(super) struct Alone {
    /// Its limit \[tracked bytes/s\].
    limit: f64,
    threshold: f64,
    /// Rate since then \[tracked bytes/s\].
    rate: f64,
    since: f64,
    entered: f64,
    served: f64,
    tape: Tape,
    late: f64,
}

impl Alone {
    /// An idle disk at time 0, whose lag is held against this threshold \[s\].
    pub fn new(limit: f64, threshold: f64) -> Self {
        Alone { limit, threshold, rate: 0.0, since: 0.0, entered: 0.0, served: 0.0, tape: Tape::default(), late: 0.0 }
    }

    /// Lets time pass to `now` \[s\], from when on `rate` tracked bytes are written a second.
    pub fn turn(&mut self, now: f64, rate: f64) {
        let (dt, queued) = (now - self.since, self.entered - self.served);
        if dt > 0.0 && queued <= 0.0 && self.rate <= self.limit {
            self.entered += self.rate * dt;
            self.served = self.entered;
        } else if dt > 0.0 {
            self.serve(now, queued);
        }
        (self.since, self.rate) = (now, rate);
    }

    fn serve(&mut self, now: f64, queued: f64) {
        let drain = self.limit - self.rate;
        let empty = if drain > 0.0 { self.since + queued / drain } else { f64::INFINITY };
        let to = empty.min(now);
        let gone = self.served + self.limit * (to - self.since);
        let piece =
            Piece { flow: 0, t0: self.since, t1: to, u0: self.served, u1: gone, aside0: 0.0, aside1: 0.0, waits: Waits::OwnOut, emptied: false };
        let (threshold, late) = (self.threshold, &mut self.late);
        let mut tell = |told: Told| {
            if let Told::Lag(lag) = told {
                *late += (lag.t1 - lag.t0) * share_above(threshold, lag.l0, lag.l1);
            }
        };
        let epoch = Epoch { from: self.since, to: now, tick: None };
        self.tape.serve(&piece, &epoch, self.rate, &mut tell);
        self.entered += self.rate * (now - self.since);
        self.served = gone;
        if empty <= now {
            self.tape.serve(&Piece { t0: to, t1: to, u0: gone, emptied: true, ..piece }, &epoch, self.rate, &mut tell);
            self.served = self.entered;
        }
    }

    /// Time over the threshold up to `end` \[s\].
    pub fn late(mut self, end: f64) -> f64 {
        self.turn(end, 0.0);
        self.late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_over_the_limit_is_late_as_in_closed_form_g() {
        // Limit B = 20, burst h = 50 for d = 600 s: the lag rises by 1 - B / h = 0.6 a second to 360 s at 600 s, on to 900 s at 1500 s, and is gone. Over 300 s from
        // 300 / 0.6 = 500 s on; during the idle time too, rising 540 s in 900.
        let mut disk = Alone::new(20.0, 300.0);
        disk.turn(0.0, 50.0);
        disk.turn(600.0, 0.0);
        disk.turn(1000.0, 0.0);
        assert!((disk.clone().late(4000.0) - 1000.0).abs() < 1e-9);
        // The same as one queue again, an hour later.
        disk.turn(3600.0, 50.0);
        disk.turn(4200.0, 20.0);
        // The backlog of 18,000 stays, 900 s of the limit.
        assert!((disk.late(5000.0) - 1000.0 - (5000.0 - 4100.0)).abs() < 1e-9);
    }

    #[test]
    fn a_disk_within_its_limit_is_never_late() {
        let mut disk = Alone::new(20.0, 0.0);
        disk.turn(0.0, 20.0);
        disk.turn(50.0, 5.0);
        assert_eq!(disk.late(100.0), 0.0);
    }
}
