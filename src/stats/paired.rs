//! Two designs that saw the same chances: run by run, what one gives less what the other gives.

use serde::Serialize;

use super::interval::{Fraction, Interval, Sides};
use super::mean::Moments;
use super::share::share;

/// Which of two values is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The smaller: a lag, a loss, a cost.
    Smaller,
    /// The larger.
    Larger,
}

/// What a paired comparison of A and B found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Paired {
    /// Mean of A - B with Student's interval [unit of the values]; exactly 0 with both ends 0 if A and B agree in every run.
    pub difference: Interval,
    /// Variance of A - B as a share of what it would be had A and B been independent: 0 where they differ by a constant, 1 where pairing was no
    /// help, up to 2 where it hurt. `None` where neither varies, or for one pair.
    pub variance_ratio: Option<f64>,
    /// The probability that A is better than B, an exact interval; ties are not better.
    pub a_better: Interval,
    /// Pairs in which A and B were equal.
    pub ties: usize,
}

/// Compares `a` and `b` pair by pair, the values of one pair having seen the same chances. `None` without pairs, if the lengths differ or if a
/// value is not finite.
///
/// ```
/// use failback::stats::{Better, Fraction, paired};
///
/// let (narrow, wide) = ([5.0, 9.0, 7.0], [4.0, 7.5, 6.0]);
/// let found = paired(&wide, &narrow, Better::Smaller, Fraction::P95).expect("there are pairs");
/// assert!((found.difference.estimate + 7.0 / 6.0).abs() < 1e-12);
/// assert_eq!(found.a_better.estimate, 1.0);
/// ```
pub fn paired(a: &[f64], b: &[f64], better: Better, level: Fraction) -> Option<Paired> {
    if a.len() != b.len() || a.iter().chain(b).any(|value| !value.is_finite()) {
        return None;
    }
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let moments = Moments::of(&differences);
    let difference = moments.interval(level)?;
    let independent = Moments::of(a).variance().zip(Moments::of(b).variance()).map(|(a, b)| a + b);
    let variance_ratio = moments.variance().zip(independent).filter(|(_, sum)| *sum > 0.0).map(|(paired, sum)| paired / sum);
    let wins = differences.iter().filter(|difference| if better == Better::Smaller { **difference < 0.0 } else { **difference > 0.0 }).count();
    let ties = differences.iter().filter(|difference| **difference == 0.0).count();
    Some(Paired { difference, variance_ratio, a_better: share(wins, a.len(), level, Sides::Both)?, ties })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Student 1908 (Biometrika 6, table of Cushny and Peebles): hours of sleep under two drugs; mean difference 1.58, t = 4.06 on 9 degrees of
    /// freedom, so a half-width of 2.262 x 1.58 / 4.0621 = 0.880.
    #[test]
    fn students_sleep_data() {
        let one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let found = paired(&two, &one, Better::Larger, Fraction::P95).expect("there are pairs");
        assert!((found.difference.estimate - 1.58).abs() < 1e-9);
        assert!((found.difference.half_width().expect("there are ten") - 0.880).abs() < 5e-4);
        assert_eq!((found.a_better.estimate, found.ties), (0.9, 1));
        // Variances 3.2006, 4.0090 and 1.5129 of the differences (R, data set `sleep`).
        assert!((found.variance_ratio.expect("they vary") - 1.512_889 / (3.200_556 + 4.009)).abs() < 1e-5);
    }

    #[test]
    fn identical_designs_differ_by_exactly_nothing() {
        let values = [0.1, 0.7, 1e9, 3.3];
        let found = paired(&values, &values, Better::Smaller, Fraction::P95).expect("there are pairs");
        assert_eq!((found.difference.estimate, found.difference.low, found.difference.high), (0.0, Some(0.0), Some(0.0)));
        assert_eq!((found.variance_ratio, found.a_better.estimate, found.ties), (Some(0.0), 0.0, 4));
        assert_eq!(paired(&values, &values[1..], Better::Smaller, Fraction::P95), None);
        assert_eq!(paired(&[], &[], Better::Smaller, Fraction::P95), None);
    }
}
