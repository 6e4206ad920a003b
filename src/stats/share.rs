//! A share: how often something happened, of so many independent trials.

use super::interval::{Fraction, Interval, Method, Sides};
use super::known::beta_quantile;

/// The probability of what was `seen` in some of so many independent trials (`of`), exactly (Clopper and Pearson 1934): the confidence is `level` at
/// least, for every true probability. `None` without trials or if more was seen than there were trials.
///
/// Nothing seen is not never: with [`Sides::Upper`] the bound is then `1 - (1 - level)^(1/n)`, at 95 % nearly `3/n` (the rule of three). With both
/// sides it is nearly `3.7/n`; to choose the sides after having seen nothing would break the level.
///
/// ```
/// use failback::stats::{Fraction, Sides, share};
///
/// let bound = share(0, 100, Fraction::P95, Sides::Upper).expect("there are trials");
/// assert_eq!(bound.estimate, 0.0);
/// assert!((bound.high.expect("was asked for") - 0.03).abs() < 0.001); // never seen in 100 runs: at most 3 %
/// ```
pub fn share(seen: usize, of: usize, level: Fraction, sides: Sides) -> Option<Interval> {
    if of == 0 || seen > of {
        return None;
    }
    let (count, missed, risk) = (seen as f64, (of - seen) as f64, sides.risk(level));
    // Where nothing or everything was seen, one end is certain and the other a power.
    let power = || libm::exp(libm::log(risk) / of as f64);
    let low = match (seen, missed) {
        (0, _) => Some(0.0),
        (_, 0.0) => Some(power()),
        _ => beta_quantile(count, missed + 1.0, risk),
    };
    let high = match (seen, missed) {
        (_, 0.0) => Some(1.0),
        (0, _) => Some(-libm::expm1(libm::log(risk) / of as f64)),
        _ => beta_quantile(count + 1.0, missed, 1.0 - risk),
    };
    let (low, high) = (low.filter(|_| sides.low()), high.filter(|_| sides.high()));
    Some(Interval { estimate: count / of as f64, low, high, level, sides, method: Method::ClopperPearson, values: of })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(seen: usize, of: usize) -> (f64, f64) {
        let found = share(seen, of, Fraction::P95, Sides::Both).expect("there are trials");
        (found.low.expect("both were asked for"), found.high.expect("both were asked for"))
    }

    /// Newcombe 1998 (Statistics in Medicine 17, table I), method 5, Clopper-Pearson: 81/263, 15/148, 0/20, 1/29.
    #[test]
    fn newcombes_four_examples() {
        let cases = [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)];
        for (seen, of, low, high) in cases {
            let found = ends(seen, of);
            assert!((found.0 - low).abs() < 5.1e-5 && (found.1 - high).abs() < 5.1e-5, "{seen}/{of}: {found:?}");
        }
    }

    /// Row F5: no losses in n runs is not a probability of 0; the 95 % upper bound is about 3/n (rule of three; exactly 1 - 0.05^(1/n)).
    #[test]
    fn f5_no_losses_in_n_runs() {
        for n in [20, 59, 100, 299, 1_000, 1_000_000] {
            let found = share(0, n, Fraction::P95, Sides::Upper).expect("there are trials");
            let (bound, three) = (found.high.expect("was asked for"), 3.0 / n as f64);
            assert!(found.estimate == 0.0 && found.low.is_none() && found.is_bounded());
            assert!(bound < three && bound > three * (1.0 - 1.6 / n as f64) * 0.998, "{n}: {bound}");
            // What the bound means: at that probability, nothing at all is seen in one of twenty experiments.
            assert!((libm::pow(1.0 - bound, n as f64) - 0.05).abs() < 1e-9);
        }
    }

    #[test]
    fn seen_and_not_seen_mirror_each_other() {
        for (seen, of) in [(0, 7), (1, 7), (3, 10), (50, 1_000)] {
            let (one, other) = (ends(seen, of), ends(of - seen, of));
            assert!((one.0 - (1.0 - other.1)).abs() < 1e-8 && (one.1 - (1.0 - other.0)).abs() < 1e-8);
        }
        assert_eq!(share(0, 0, Fraction::P95, Sides::Both), None);
        assert_eq!(share(3, 2, Fraction::P95, Sides::Both), None);
    }
}
