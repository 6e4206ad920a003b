//! When to stop: runs are added until the interval is narrow enough.

use super::interval::{Fraction, Interval};
use super::mean::mean;

/// How sure an estimate has to be, and within which numbers of runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    /// Error that is accepted, as a share of the true value's size.
    pub relative: Fraction,
    /// Level of confidence.
    pub level: Fraction,
    /// Runs that are made in any case. A variance estimated from few runs is too often too small, so that stopping early is stopping wrong:
    /// 30 is a fair choice.
    pub floor: usize,
    /// Runs that are never exceeded.
    pub cap: usize,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the interval is narrow enough.
    Enough,
    /// So many more runs, then ask again.
    More(usize),
    /// Nothing, though the interval is too wide: the cap was hit, and the report has to say so.
    Capped,
}

impl Precision {
    /// Whether the interval that `runs` runs gave is narrow enough, and how many more runs to make if not.
    ///
    /// Half the width must not exceed g / (1 + g) of the estimate, g being [`relative`](Self::relative): the error is then at most g of the *true*
    /// value (Law, Simulation Modeling and Analysis, section 9.4.1). The width shrinks with the root of the number of runs, which gives the number
    /// still missing; it is never more than there are already, so one unlucky guess at most doubles them. An interval that is missing or unbounded is
    /// not narrow enough.
    pub fn next(&self, runs: usize, interval: Option<&Interval>) -> Next {
        let wanted = self.relative.get() / (1.0 + self.relative.get());
        let width = interval.and_then(Interval::relative_half_width).unwrap_or(f64::INFINITY);
        if runs >= self.floor && width <= wanted {
            return Next::Enough;
        }
        if runs >= self.cap {
            return Next::Capped;
        }
        let more = if runs < self.floor {
            self.floor - runs
        } else {
            let needed = runs as f64 * (width / wanted).powi(2);
            // A cast takes what is too large for the largest number.
            (needed.ceil() as usize).saturating_sub(runs).clamp(1, runs.max(1))
        };
        Next::More(more.min(self.cap - runs))
    }

    /// [`next`](Self::next) for the mean of `values`, one per run.
    pub fn next_for_mean(&self, values: &[f64]) -> Next {
        self.next(values.len(), mean(values, self.level).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENTH: f64 = 0.1;

    fn precision(floor: usize, cap: usize) -> Precision {
        Precision { relative: Fraction::new(TENTH).expect("is a fraction"), level: Fraction::P95, floor, cap }
    }

    fn alternating(n: usize, spread: f64) -> Vec<f64> {
        (0..n).map(|run| 10.0 + if run % 2 == 0 { spread } else { -spread }).collect()
    }

    #[test]
    fn floor_and_cap_hold_whatever_the_values() {
        assert_eq!(precision(30, 100).next_for_mean(&[]), Next::More(30));
        assert_eq!(precision(30, 100).next_for_mean(&[10.0; 12]), Next::More(18));
        assert_eq!(precision(30, 20).next_for_mean(&[10.0; 12]), Next::More(8));
        assert_eq!(precision(30, 100).next_for_mean(&[10.0; 30]), Next::Enough);
        assert_eq!(precision(30, 40).next_for_mean(&alternating(30, 9.0)), Next::More(10));
        assert_eq!(precision(30, 40).next_for_mean(&alternating(40, 9.0)), Next::Capped);
        assert_eq!(precision(0, 0).next_for_mean(&[]), Next::Capped);
        assert_eq!(precision(0, 10).next_for_mean(&[]), Next::More(1));
    }

    /// Closed form: t x s / sqrt(n) <= 0.1 / 1.1 x 10. With s = 3 (1 + 1/n)^0.5 and t = 2.02 about 45 runs are needed.
    #[test]
    fn the_number_of_runs_missing_is_that_of_the_closed_form() {
        let more = precision(10, 1_000).next_for_mean(&alternating(30, 3.0));
        let Next::More(more) = more else { panic!("{more:?}") };
        assert!((15..=19).contains(&more), "{more}");
        assert_eq!(precision(10, 1_000).next_for_mean(&alternating(50, 3.0)), Next::Enough);
        // An estimate of zero has no relative precision: twice as many at most, up to the cap.
        let zero: Vec<f64> = alternating(30, 3.0).iter().map(|value| value - 10.0).collect();
        assert_eq!(precision(10, 1_000).next_for_mean(&zero), Next::More(30));
        assert_eq!(precision(10, 1_000).next_for_mean(&[0.0; 30]), Next::Enough);
    }
}
