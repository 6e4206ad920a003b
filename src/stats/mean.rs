//! The mean of independent values of one law.

use super::interval::{Fraction, Interval, Method};
use super::known::student_t;

/// Number, mean and variance of values as they come (Welford 1962), without keeping them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    count: usize,
    mean: f64,
    /// Sum of squared deviations from the mean [unit^2].
    squares: f64,
}

impl Moments {
    /// Of all `values`.
    pub fn of(values: &[f64]) -> Self {
        let mut moments = Moments::default();
        for value in values {
            moments.add(*value);
        }
        moments
    }

    /// Takes in one more value, which must be finite.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (value - self.mean);
    }

    /// How many values there were.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Their mean; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// Estimate of the variance [unit^2], with one degree of freedom taken by the mean; `None` for fewer than two values.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }

    /// The mean with Student's interval, right for normal values and, by the central limit theorem, nearly so for others when there are many;
    /// unbounded for one value, `None` for none or if one was not finite.
    pub fn interval(&self, level: Fraction) -> Option<Interval> {
        let mean = self.mean().filter(|mean| mean.is_finite())?;
        let half = self.variance().and_then(|variance| {
            let error = (variance / self.count as f64).sqrt();
            Some(student_t(self.count - 1, level.get())? * error)
        });
        Some(Interval::about(mean, half, level, Method::StudentT, self.count))
    }
}

/// The mean of independent `values` of one law with Student's interval: [`Moments::interval`].
///
/// ```
/// use failback::stats::{Fraction, mean};
///
/// let found = mean(&[4.0, 6.0, 8.0], Fraction::P95).expect("there are values");
/// assert_eq!(found.estimate, 6.0);
/// assert!((found.half_width().expect("there are two or more") - 4.303 * 2.0 / 3_f64.sqrt()).abs() < 1e-3);
/// ```
pub fn mean(values: &[f64], level: Fraction) -> Option<Interval> {
    Moments::of(values).interval(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Law, Simulation Modeling and Analysis, example 4.26 (4th edition): ten observations, 90 % interval 1.34 +- 0.24.
    #[test]
    fn laws_ten_observations() {
        let values = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09];
        let found = mean(&values, Fraction::P90).expect("there are values");
        assert!((found.estimate - 1.34).abs() < 0.005 && (found.half_width().expect("there are ten") - 0.24).abs() < 0.005);
    }

    /// NIST/SEMATECH Statistical Reference Datasets, NumAcc4: 1001 values near 10^7 with standard deviation 0.1 exactly.
    #[test]
    fn nist_numacc4() {
        let values: Vec<f64> = (0..1001).map(|k| if k == 0 { 10_000_000.2 } else { 10_000_000.2 + if k % 2 == 0 { 0.1 } else { -0.1 } }).collect();
        let moments = Moments::of(&values);
        assert!((moments.mean().expect("there are values") - 10_000_000.2).abs() < 1e-8);
        let deviation = moments.variance().expect("there are values").sqrt();
        assert!((deviation - 0.1).abs() < 1e-7, "{deviation}");
    }

    #[test]
    fn few_values_bound_nothing() {
        assert_eq!(mean(&[], Fraction::P95), None);
        assert_eq!(mean(&[1.0, f64::INFINITY], Fraction::P95), None);
        let single = mean(&[3.0], Fraction::P95).expect("there is a value");
        assert_eq!((single.estimate, single.is_bounded()), (3.0, false));
        let same = mean(&[0.1; 7], Fraction::P95).expect("there are values");
        assert_eq!((same.low, same.high), (Some(0.1), Some(0.1)));
    }
}
