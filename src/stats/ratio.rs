//! A ratio of two sums over runs: mean lag where runs were observed for different times, loss per disaster where runs had different numbers.
//!
//! The mean of the runs' own ratios would weigh a run observed for a minute like one observed for a year. The ratio of the sums does not; it is
//! biased by order 1/n, and its variance is that of the residuals `y - r x` (linearization, the delta method: Cochran, Sampling Techniques, 3rd
//! edition, section 2.11; Law, Simulation Modeling and Analysis, on the regenerative method).

use super::interval::{Fraction, Interval, Method};
use super::mean::Moments;

/// The sum of all `y` over the sum of all `x`, `(y, x)` being of one run each, with Student's interval [unit of y per unit of x].
///
/// `None` without runs, if a number is not finite or the sum of `x` is not positive; unbounded for one run. Ends are trustworthy from some 30 runs
/// on, and the fewer the more `x` varies.
///
/// ```
/// use failback::stats::{Fraction, ratio};
///
/// // 600 s of lag integrated over 60 s, none over 3600 s: not 5 s on average, but 600 / 3660.
/// let found = ratio(&[(600.0, 60.0), (0.0, 3600.0)], Fraction::P95).expect("there are runs");
/// assert!((found.estimate - 600.0 / 3660.0).abs() < 1e-12);
/// ```
pub fn ratio(runs: &[(f64, f64)], level: Fraction) -> Option<Interval> {
    let (y, x) = runs.iter().fold((0.0, 0.0), |(ys, xs), (y, x)| (ys + y, xs + x));
    let estimate = y / x;
    if x <= 0.0 || !estimate.is_finite() {
        return None;
    }
    let residuals: Vec<f64> = runs.iter().map(|(y, x)| y - estimate * x).collect();
    let half = Moments::of(&residuals).interval(level)?.half_width().map(|half| half * runs.len() as f64 / x);
    Some(Interval::about(estimate, half, level, Method::Ratio, runs.len()))
}

#[cfg(test)]
mod tests {
    use super::super::mean;
    use super::*;

    /// Closed form: with equal x it is the mean of the ratios, interval and all.
    #[test]
    fn equal_weights_give_the_plain_mean() {
        let runs: Vec<(f64, f64)> = (0..12).map(|run| (f64::from(run * run % 7), 4.0)).collect();
        let ratios: Vec<f64> = runs.iter().map(|(y, x)| y / x).collect();
        let (found, plain) = (ratio(&runs, Fraction::P95).expect("there are runs"), mean(&ratios, Fraction::P95).expect("there are runs"));
        assert!((found.estimate - plain.estimate).abs() < 1e-12);
        assert!((found.half_width().expect("there are 12") - plain.half_width().expect("there are 12")).abs() < 1e-9);
    }

    /// Closed form: y proportional to x leaves no doubt, however x varies.
    #[test]
    fn a_constant_ratio_is_certain() {
        let runs: Vec<(f64, f64)> = (1..9).map(|run| (3.0 * f64::from(run), f64::from(run))).collect();
        let found = ratio(&runs, Fraction::P95).expect("there are runs");
        assert_eq!((found.estimate, found.half_width()), (3.0, Some(0.0)));
    }

    #[test]
    fn without_weight_there_is_no_ratio() {
        assert_eq!(ratio(&[], Fraction::P95), None);
        assert_eq!(ratio(&[(1.0, 0.0)], Fraction::P95), None);
        assert_eq!(ratio(&[(f64::NAN, 1.0)], Fraction::P95), None);
        assert!(!ratio(&[(1.0, 2.0)], Fraction::P95).expect("there is a run").is_bounded());
    }
}
