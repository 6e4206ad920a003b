//! The pool: flows that the trunk holds back, all leaving at one level.

use crate::fluid::tournament::Tournament;

/// Flows that leave at the common level λ; V(t) = ∫ λ since the pool was built.
#[derive(Default)]
pub(super) struct Pool {
    /// Breakpoints (t, V) of the served volume per flow, since the pool was built; the last is the present state.
    pub curve: Vec<(f64, f64)>,
    /// Current level \[wire bytes/s\].
    pub level: f64,
    /// What the members share \[wire bytes/s\].
    pub room: f64,
    /// Number of members.
    pub members: u32,
    /// Above this level some ceiling under the trunk would bind.
    pub limit: f64,
    /// Queues of the members as lines k + a t against V.
    pub lines: Tournament,
}

impl Pool {
    /// V now.
    pub fn volume(&self) -> f64 {
        self.curve.last().map_or(0.0, |point| point.1)
    }

    /// V(to) - V(from), both breakpoints.
    pub fn volume_between(&self, from: f64, to: f64) -> f64 {
        let at = |t: f64| self.curve[self.curve.partition_point(|point| point.0 <= t).max(1) - 1].1;
        at(to) - at(from)
    }

    /// Lets time pass to `t` at the current level.
    pub fn advance(&mut self, t: f64) {
        if let Some(&(t0, v0)) = self.curve.last()
            && t > t0
        {
            self.curve.push((t, v0 + self.level * (t - t0)));
        }
    }

    /// Spreads the room over the members.
    pub fn relevel(&mut self) {
        self.level = if self.members > 0 { (self.room / f64::from(self.members)).max(0.0) } else { 0.0 };
    }
}
