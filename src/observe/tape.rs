//! The tape of one disk: which source time each waiting byte was written at, and so, while the served curve is told, its horizon and its lag.
//!
//! The tape holds the written curve A from the horizon on as straight segments, in the coordinate of bytes that entered in order. When the served curve U
//! reaches a segment's end, everything written until then is safe: a marker that stands there has landed. A segment in which nothing was written has no
//! bytes, so the horizon leaps over it: H(t) = sup { s <= t : A(s) <= U(t) } (model section 5).

use std::collections::VecDeque;

use crate::fluid::network::{Piece, Waits};

/// A stretch of the written curve: bytes `u0..u1` were written from `s0` to `s1` \[s\], evenly.
#[derive(Clone, Copy, Debug)]
struct Segment {
    u0: f64,
    u1: f64,
    s0: f64,
    s1: f64,
    /// Marker at its end.
    tick: Option<u32>,
}

/// A stretch of time on which a lag moves linearly from `l0` at `t0` to `l1` at `t1` \[s\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LagPiece {
    /// Start \[s\].
    pub t0: f64,
    /// End \[s\].
    pub t1: f64,
    /// Lag at the start \[s\].
    pub l0: f64,
    /// Lag at the end \[s\].
    pub l1: f64,
    /// What the disk waits for.
    pub waits: Waits,
}

/// What the tape tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Told {
    /// The lag over a stretch of time.
    Lag(LagPiece),
    /// A marker has been passed by the served curve, at this time \[s\] and this position \[tracked bytes\].
    Landed(u32, f64, f64),
}

/// The tape of one disk.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    segments: VecDeque<Segment>,
    /// Source time up to which the tape is written; meaningless while it is empty.
    written_to: f64,
    /// The horizon while order is not kept \[s\].
    frozen: Option<f64>,
}

/// The epoch that a piece lies in: rates are constant, and it may end with a marker.
#[derive(Clone, Copy, Debug)]
pub struct Epoch {
    /// Start \[s\].
    pub from: f64,
    /// End \[s\].
    pub to: f64,
    /// Marker at the end.
    pub tick: Option<u32>,
}

impl Tape {
    /// Whether nothing waits in order.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Whether order is not kept.
    pub fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// The horizon while order is not kept \[s\].
    pub fn frozen_at(&self) -> Option<f64> {
        self.frozen
    }

    /// Whether this marker stands on the tape.
    pub fn holds(&self, tick: u32) -> bool {
        self.segments.back().is_some_and(|segment| segment.tick == Some(tick))
    }

    /// Where the next marker stands on the tape \[tracked bytes\], if one does.
    pub fn next_marker(&self) -> Option<f64> {
        self.segments.iter().find(|segment| segment.tick.is_some()).map(|segment| segment.u1)
    }

    /// Order is lost at `now`: the horizon stays where it is for bytes served so far. An empty tape has its horizon at `now`.
    pub fn freeze(&mut self, now: f64, served: f64) {
        if self.frozen.is_none() {
            self.frozen = Some(self.source_time(served).unwrap_or(now));
        }
        self.segments.clear();
    }

    /// Order is kept again from `now` on. Bytes between `served` and `entered` that entered before still wait: until they have been served the horizon
    /// stays where it was frozen, then it leaps to `now`.
    pub fn thaw(&mut self, now: f64, served: f64, entered: f64) {
        self.segments.clear();
        if let Some(horizon) = self.frozen.take()
            && entered > served
        {
            self.segments.push_back(Segment { u0: served, u1: entered, s0: horizon, s1: horizon, tick: None });
            self.written_to = now;
        }
    }

    /// Source time of the byte at position `u` \[s\]; `None` where nothing waits.
    pub fn source_time(&self, u: f64) -> Option<f64> {
        self.segments.iter().find(|segment| segment.u1 > u).or(self.segments.back()).map(|segment| segment.source_time(u))
    }

    /// Lag of a disk whose order is lost, over a stretch of an epoch.
    pub fn tell_frozen(&self, t0: f64, t1: f64, waits: Waits) -> Option<LagPiece> {
        self.frozen.map(|h| LagPiece { t0, t1, l0: t0 - h, l1: t1 - h, waits })
    }

    /// Takes a piece of the served curve of a disk with inflow `rate` \[tracked bytes/s\] and tells what follows from it.
    pub fn serve(&mut self, piece: &Piece, epoch: &Epoch, rate: f64, tell: &mut impl FnMut(Told)) {
        if self.frozen.is_some() {
            return;
        }
        if piece.emptied {
            // Everything written so far has been served; a marker at the epoch's end is not yet written.
            while let Some(segment) = self.segments.pop_front() {
                if let Some(tick) = segment.tick
                    && segment.s1 <= piece.t0
                {
                    tell(Told::Landed(tick, piece.t0, segment.u1));
                }
            }
            return;
        }
        self.write_up_to(piece, epoch, rate);
        let (mut t, mut u) = (piece.t0, piece.u0);
        let speed = if piece.t1 > piece.t0 { (piece.u1 - piece.u0) / (piece.t1 - piece.t0) } else { 0.0 };
        while let Some(&segment) = self.segments.front() {
            // A segment whose bytes are all served, or that never had any.
            if segment.u1 <= u + slack(u) {
                if segment.s1 > t {
                    break;
                }
                self.pass(&segment, t, tell);
                continue;
            }
            let end = if speed > 0.0 { t + (segment.u1 - u) / speed } else { f64::INFINITY };
            let whole = end <= piece.t1;
            let (to, s_to) = if whole { (end.max(t), segment.s1) } else { (piece.t1, segment.source_time(piece.u1)) };
            let (l0, l1) = ((t - segment.source_time(u)).max(0.0), (to - s_to).max(0.0));
            // A piece may end where a segment does: what follows has no length, and no slope.
            if to > t {
                tell(Told::Lag(LagPiece { t0: t, t1: to, l0, l1, waits: piece.waits }));
            }
            if !whole {
                return;
            }
            (t, u) = (to, segment.u1);
            self.pass(&segment, t, tell);
        }
    }

    fn pass(&mut self, segment: &Segment, t: f64, tell: &mut impl FnMut(Told)) {
        self.segments.pop_front();
        if let Some(tick) = segment.tick {
            tell(Told::Landed(tick, t, segment.u1));
        }
    }

    /// Puts the rest of the epoch on the tape, if it is not there yet.
    fn write_up_to(&mut self, piece: &Piece, epoch: &Epoch, rate: f64) {
        let (u0, s0) = match self.segments.back() {
            Some(last) => (last.u1, self.written_to),
            None => (piece.u0, piece.t0),
        };
        if s0 < epoch.to {
            self.segments.push_back(Segment { u0, u1: u0 + rate * (epoch.to - s0), s0, s1: epoch.to, tick: epoch.tick });
            self.written_to = epoch.to;
        }
    }
}

/// What rounding may leave of a segment's bytes \[tracked bytes\]: a flow that pauses between two of them must not seem to wait for a sliver of the first.
fn slack(u: f64) -> f64 {
    1e-3 + 1e-12 * u
}

impl Segment {
    fn source_time(&self, u: f64) -> f64 {
        if self.u1 <= self.u0 {
            return self.s1;
        }
        (self.s0 + (self.s1 - self.s0) * (u - self.u0) / (self.u1 - self.u0)).clamp(self.s0, self.s1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(t0: f64, t1: f64, u0: f64, u1: f64) -> Piece {
        Piece { flow: 0, t0, t1, u0, u1, aside0: 0.0, aside1: 0.0, waits: Waits::Nothing, emptied: false }
    }

    #[test]
    fn burst_of_oracle_g_has_the_closed_form_lag() {
        // h = 50 for 600 s over B = 20: at t the byte of source time B t / h is served, so lag = t (1 - B / h): 360 s when the burst ends, and it goes on
        // rising to d (h / B - 1) = 900 s at 1500 s, when the last byte is served.
        let mut tape = Tape::default();
        let mut told = Vec::new();
        let burst = Epoch { from: 0.0, to: 600.0, tick: Some(7) };
        tape.serve(&piece(0.0, 600.0, 0.0, 12_000.0), &burst, 50.0, &mut |t| told.push(t));
        let idle = Epoch { from: 600.0, to: 3000.0, tick: None };
        tape.serve(&piece(600.0, 1500.0, 12_000.0, 30_000.0), &idle, 0.0, &mut |t| told.push(t));
        let lag = |t0, t1, l0, l1| Told::Lag(LagPiece { t0, t1, l0, l1, waits: Waits::Nothing });
        assert_eq!(told, [lag(0.0, 600.0, 0.0, 360.0), lag(600.0, 1500.0, 360.0, 900.0), Told::Landed(7, 1500.0, 30_000.0)]);
    }

    #[test]
    fn horizon_leaps_over_idle_time() {
        // 100 B in the first 10 s, nothing for 10 s, 100 B in 10 s; nothing is served until 30 s, then 10 B/s.
        let mut tape = Tape::default();
        let mut told = Vec::new();
        for (index, rate) in [10.0, 0.0, 10.0].into_iter().enumerate() {
            let epoch = Epoch { from: 10.0 * index as f64, to: 10.0 * (index + 1) as f64, tick: Some(index as u32) };
            tape.serve(&piece(epoch.from, epoch.to, 0.0, 0.0), &epoch, rate, &mut |t| told.push(t));
        }
        told.clear();
        let epoch = Epoch { from: 30.0, to: 60.0, tick: None };
        tape.serve(&piece(30.0, 50.0, 0.0, 200.0), &epoch, 0.0, &mut |t| told.push(t));
        let lag = |t0, t1, l0, l1| Told::Lag(LagPiece { t0, t1, l0, l1, waits: Waits::Nothing });
        assert_eq!(
            told,
            [
                lag(30.0, 40.0, 30.0, 30.0),
                Told::Landed(0, 40.0, 100.0),
                Told::Landed(1, 40.0, 100.0),
                lag(40.0, 50.0, 20.0, 20.0),
                Told::Landed(2, 50.0, 200.0)
            ]
        );
    }

    #[test]
    fn frozen_horizon_is_that_of_the_next_byte() {
        let mut tape = Tape::default();
        let epoch = Epoch { from: 0.0, to: 100.0, tick: None };
        tape.serve(&piece(0.0, 50.0, 0.0, 100.0), &epoch, 10.0, &mut |_| ());
        tape.freeze(50.0, 100.0);
        assert_eq!(tape.frozen_at(), Some(10.0));
    }
}
