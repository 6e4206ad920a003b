//! A quantity at given instants, read off the very pieces that its law is made of: between two events it moves linearly, so the values are exact.

use std::sync::Arc;

/// What a quantity was at some instants.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Ascending \[s\].
    instants: Arc<[f64]>,
    /// NaN where nothing was observed.
    values: Vec<f64>,
}

impl Probe {
    /// Nothing seen yet; `instants` ascend [s since the run's start].
    pub fn new(instants: Arc<[f64]>) -> Self {
        let values = vec![f64::NAN; instants.len()];
        Probe { instants, values }
    }

    /// From `t0` on, for `dt` seconds, the quantity moves linearly from `a` to `b`. Where two pieces meet, the one told later holds: a value right after a leap.
    pub fn note(&mut self, t0: f64, dt: f64, a: f64, b: f64) {
        if dt.is_nan() || dt <= 0.0 {
            return;
        }
        let first = self.instants.partition_point(|at| *at < t0);
        for (at, value) in self.instants[first..].iter().zip(&mut self.values[first..]) {
            let along = (at - t0) / dt;
            if along > 1.0 {
                break;
            }
            *value = a + (b - a) * along;
        }
    }

    /// The values, NaN where nothing was observed.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lie_on_the_pieces_and_after_a_leap_at_its_instant() {
        let mut probe = Probe::new(vec![0.0, 2.5, 10.0, 12.0, 30.0].into());
        probe.note(0.0, 10.0, 0.0, 10.0);
        probe.note(10.0, 4.0, 3.0, 7.0);
        probe.note(20.0, 0.0, 9.0, 9.0);
        assert_eq!(probe.values()[..4], [0.0, 2.5, 3.0, 5.0]);
        assert!(probe.values()[4].is_nan());
    }
}
