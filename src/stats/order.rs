//! A quantile of one value per run, whatever the law of the values: some of them, put in order, bound it.
//!
//! Of n independent values, the number that lie at or below the p-quantile is binomial (n, p). So the r-th smallest exceeds the quantile with a
//! probability that is known without knowing the law (David and Nagaraja, Order Statistics, 3rd edition, section 7.1). Where even the extreme
//! value is not extreme enough the quantile is not bounded: an upper bound of the 95th percentile at 95 % needs 59 values, of the 99th 299.

use super::interval::{Fraction, Interval, Method, Sides};
use super::known::binomial_cdf;

/// Ranks, from 1, of the values that bound the `p`-quantile of `n` values; `None` where no value does.
fn ranks(n: usize, p: Fraction, level: Fraction, sides: Sides) -> (Option<usize>, Option<usize>) {
    let risk = sides.risk(level);
    // The chance that the value of rank r lies above the quantile, and that it lies below: both monotone in r.
    let above = |rank: usize| binomial_cdf(n, p.get(), rank - 1);
    let below = |rank: usize| 1.0 - above(rank);
    let harmless = partition(n, |rank| above(rank) <= risk);
    let first = partition(n, |rank| below(rank) > risk) + 1;
    ((sides.low() && harmless > 0).then_some(harmless), (sides.high() && first <= n).then_some(first))
}

/// How many of the ranks 1..=n fulfil `holds`, which those up to some rank do and those behind it do not.
fn partition(n: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut yes, mut no) = (0, n + 1);
    while no - yes > 1 {
        let middle = usize::midpoint(yes, no);
        if holds(middle) { yes = middle } else { no = middle }
    }
    yes
}

/// The `p`-quantile of the law that `values` were drawn from independently, bounded by two of them.
///
/// The estimate is the smallest value that has at least a share `p` of all values at or below it. The confidence is at least `level`, as close to it
/// as ranks allow, and needs nothing of the law; values may be infinite. An end is `None` where there are too few values for it, see
/// [`values_needed`]. `None` without values or if one is not a number.
///
/// ```
/// use failback::stats::{Fraction, Sides, quantile_of_values};
///
/// let worst: Vec<f64> = (1..=59).map(f64::from).collect();
/// let bound = |values| quantile_of_values(values, Fraction::P95, Fraction::P95, Sides::Upper).expect("there are values").high;
/// assert_eq!(bound(&worst), Some(59.0)); // the worst of 59 runs
/// assert_eq!(bound(&worst[1..]), None); // not bounded by 58 runs
/// ```
pub fn quantile_of_values(values: &[f64], p: Fraction, level: Fraction, sides: Sides) -> Option<Interval> {
    if values.is_empty() || values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    // A hair less, or 0.07 x 100 = 7.000000000000001 would ask for the eighth.
    let rank = (p.get() * n as f64 * (1.0 - 1e-12)).ceil() as usize;
    let (low, high) = ranks(n, p, level, sides);
    let at = |rank: usize| sorted[rank - 1];
    let estimate = at(rank.clamp(1, n));
    Some(Interval { estimate, low: low.map(at), high: high.map(at), level, sides, method: Method::OrderStatistics, values: n })
}

/// How many independent values [`quantile_of_values`] needs to bound the `p`-quantile on all `sides` asked for.
pub fn values_needed(p: Fraction, level: Fraction, sides: Sides) -> usize {
    let risk = sides.risk(level);
    // All values above the quantile, or all below it, must be no likelier than the risk: x^n <= risk.
    let needed = |chance: f64| libm::ceil(libm::log(risk) / libm::log(chance) * (1.0 - 1e-12)) as usize;
    let low = if sides.low() { needed(p.rest()) } else { 1 };
    let high = if sides.high() { needed(p.get()) } else { 1 };
    low.max(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wilks 1941: 59 values for the 95th percentile at 95 %, 299 for the 99th; with both ends 72 and 368 (0.95^72 = 0.0249, 0.99^368 = 0.0248).
    #[test]
    fn wilks_sample_sizes() {
        let cases = [
            (Fraction::P95, Sides::Upper, 59),
            (Fraction::P99, Sides::Upper, 299),
            (Fraction::P95, Sides::Both, 72),
            (Fraction::P99, Sides::Both, 368),
            (Fraction::P50, Sides::Both, 6),
            (Fraction::P95, Sides::Lower, 1),
        ];
        for (p, sides, expected) in cases {
            assert_eq!(values_needed(p, Fraction::P95, sides), expected, "{p:?} {sides:?}");
            let bounded = |n: usize| quantile_of_values(&vec![1.0; n], p, Fraction::P95, sides).is_some_and(|found| found.is_bounded());
            assert!(bounded(expected) && !bounded(expected - 1), "{p:?} {sides:?}");
        }
    }

    /// Conover, Practical Nonparametric Statistics (3rd edition), table A3: of the median of 16 values, ranks 4 and 13 at 95 % (coverage 0.979).
    #[test]
    fn median_of_sixteen() {
        assert_eq!(ranks(16, Fraction::P50, Fraction::P95, Sides::Both), (Some(4), Some(13)));
        let covered = binomial_cdf(16, 0.5, 12) - binomial_cdf(16, 0.5, 3);
        assert!((covered - 0.979).abs() < 5e-4);
    }

    /// No other pair of ranks with equal tails is narrower and right.
    #[test]
    fn ranks_are_the_closest_that_keep_the_level() {
        for n in [30, 72, 100, 1_000] {
            for p in [Fraction::P50, Fraction::P90, Fraction::P95] {
                let (low, high) = ranks(n, p, Fraction::P95, Sides::Both);
                if let Some(low) = low {
                    assert!(binomial_cdf(n, p.get(), low - 1) <= 0.025 && binomial_cdf(n, p.get(), low) > 0.025);
                }
                if let Some(high) = high {
                    assert!(1.0 - binomial_cdf(n, p.get(), high - 1) <= 0.025 && 1.0 - binomial_cdf(n, p.get(), high - 2) > 0.025);
                }
            }
        }
    }

    #[test]
    fn values_may_be_infinite_but_must_be_numbers() {
        let mut values = vec![1.0; 58];
        values.push(f64::INFINITY);
        let found = quantile_of_values(&values, Fraction::P95, Fraction::P95, Sides::Upper).expect("there are values");
        assert_eq!((found.estimate, found.low, found.high), (1.0, None, Some(f64::INFINITY)));
        values.push(f64::NAN);
        assert_eq!(quantile_of_values(&values, Fraction::P95, Fraction::P95, Sides::Upper), None);
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        let seventh = quantile_of_values(&hundred, Fraction::new(0.07).expect("is a fraction"), Fraction::P95, Sides::Both);
        assert_eq!(seventh.map(|found| found.estimate), Some(7.0));
    }
}
