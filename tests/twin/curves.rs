//! Reading source times off a disk's curves: what has landed by when, how far the target can rebuild, when a position landed.

use crate::twin::disk::{DUST, DiskState, Segment};

/// A curve sampled at every step's end, and the step.
#[derive(Clone, Copy)]
pub struct Sampled<'a> {
    /// Values at 0, dt, 2 dt ...
    pub values: &'a [f64],
    /// dt [s].
    pub step: f64,
}

impl Sampled<'_> {
    /// Value at `t`, linear between samples; the first before time 0, the last after the end.
    pub fn at(&self, t: f64) -> f64 {
        let place = (t / self.step).max(0.0);
        let index = place as usize;
        match self.values.get(index + 1) {
            Some(next) => self.values[index] + (next - self.values[index]) * (place - index as f64),
            None => *self.values.last().unwrap_or(&0.0),
        }
    }

    /// The first time at or after `from` at which the value is at least `level`.
    pub fn reaches(&self, level: f64, from: f64) -> Option<f64> {
        let level = level - DUST;
        let index = self.values.partition_point(|&value| value < level);
        if index == self.values.len() {
            return None;
        }
        Some(self.between(index, level).max(from))
    }

    /// The last time up to `until` at which the value is at most `level`.
    pub fn last_at_most(&self, level: f64, until: f64) -> f64 {
        let level = level + DUST;
        let index = self.values.partition_point(|&value| value <= level);
        if index == self.values.len() {
            return until;
        }
        self.between(index, level).min(until)
    }

    fn between(&self, index: usize, level: f64) -> f64 {
        if index == 0 {
            return 0.0;
        }
        let (low, high) = (self.values[index - 1], self.values[index]);
        let part = if high > low { ((level - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 };
        ((index - 1) as f64 + part) * self.step
    }
}

/// How one marker fared on one disk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    /// Landed, and available, at these times [s].
    Landed(f64, Option<f64>),
    /// Still under way at the end of the run.
    Pending,
    /// The disk was, or came, out of ordered mode.
    Failed,
}

/// A disk's curves, complete.
pub struct Curves {
    /// Step [s].
    pub step: f64,
    /// Link delay [s].
    pub delay: f64,
    /// Apply delay [s].
    pub apply_delay: f64,
    /// Tracked bytes written.
    pub written: Vec<f64>,
    /// Stream bytes that left the link.
    pub left: Vec<f64>,
    /// Stream bytes through the rate-limited part of apply.
    pub applied: Vec<f64>,
    /// Stretches of ordered mode.
    pub segments: Vec<Segment>,
}

impl Curves {
    /// Runs apply over what the path delivered.
    pub fn new(disk: DiskState, step: f64, delay: f64, apply_rate: Option<f64>, apply_delay: f64) -> Self {
        let mut curves = Curves { step, delay, apply_delay, written: disk.written, left: disk.left, applied: Vec::new(), segments: disk.segments };
        let mut done = 0.0;
        for index in 0..curves.left.len() {
            let landed = curves.landed(index as f64 * step);
            done = apply_rate.map_or(landed, |rate| landed.min(done + rate * step));
            curves.applied.push(done);
        }
        curves
    }

    /// U(t).
    pub fn landed(&self, t: f64) -> f64 {
        landed(&self.left, self.step, self.delay, t)
    }

    /// A(t).
    pub fn written(&self, t: f64) -> f64 {
        Sampled { values: &self.written, step: self.step }.at(t)
    }

    /// H(t), if the target can rebuild anything at all.
    pub fn horizon(&self, t: f64) -> Option<f64> {
        let landed = self.landed(t);
        let segment = self.segments.iter().rev().find(|segment| segment.from <= t && landed >= segment.base - DUST)?;
        let (until, limit) = match segment.closed {
            Some((closed, limit)) if closed <= t => (closed, limit),
            _ => (t, f64::INFINITY),
        };
        let level = segment.written + (landed.min(limit) - segment.base);
        Some(Sampled { values: &self.written, step: self.step }.last_at_most(level, until).max(segment.from))
    }

    /// Whether order is lost at or after `from` and before `until`.
    pub fn loses_order(&self, from: f64, until: f64) -> bool {
        self.segments.iter().filter_map(|segment| segment.closed).any(|(closed, _)| from <= closed && closed < until)
    }

    /// What became of a marker put into the stream at `at`.
    pub fn marker(&self, at: f64) -> Fate {
        let open = |segment: &&Segment| segment.from <= at && segment.closed.is_none_or(|(closed, _)| at < closed);
        let Some(segment) = self.segments.iter().find(open) else { return Fate::Failed };
        let position = segment.base + self.written(at) - segment.written;
        if segment.closed.is_some_and(|(_, limit)| position > limit + DUST) {
            return Fate::Failed;
        }
        let left = Sampled { values: &self.left, step: self.step };
        let end = (self.left.len() - 1) as f64 * self.step;
        let landed = match left.reaches(position, at) {
            Some(left_at) if left_at + self.delay <= end => left_at + self.delay,
            _ => return Fate::Pending,
        };
        let applied = Sampled { values: &self.applied, step: self.step };
        let available = applied.reaches(position, landed).map(|time| time + self.apply_delay).filter(|&time| time <= end);
        Fate::Landed(landed, available)
    }
}

/// Stream bytes that have landed by `t`, given what has left the link.
pub fn landed(left: &[f64], step: f64, delay: f64, t: f64) -> f64 {
    Sampled { values: left, step }.at(t - delay)
}
