//! What is said of an unknown number: an estimate, two ends and how they were found.

use schemars::JsonSchema;
use serde::Serialize;

/// A number strictly between 0 and 1: a level of confidence, or the p of a quantile.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, JsonSchema)]
pub struct Fraction(f64);

impl Fraction {
    /// One half.
    pub const P50: Fraction = Fraction(0.50);
    /// Nine in ten.
    pub const P90: Fraction = Fraction(0.90);
    /// Nineteen in twenty.
    pub const P95: Fraction = Fraction(0.95);
    /// Ninety-nine in a hundred.
    pub const P99: Fraction = Fraction(0.99);

    /// From a number; `None` unless it lies strictly between 0 and 1.
    pub fn new(value: f64) -> Option<Self> {
        (value > 0.0 && value < 1.0).then_some(Fraction(value))
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// What is left to 1: of a level, the chance of being wrong.
    pub fn rest(self) -> f64 {
        1.0 - self.0
    }
}

/// Which ends of an interval were asked for. To be decided before the values are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sides {
    /// Both, the chance of being wrong shared equally between them.
    Both,
    /// A lower bound only.
    Lower,
    /// An upper bound only.
    Upper,
}

impl Sides {
    /// The chance of being wrong that each end may have, together those of `level`.
    pub(super) fn risk(self, level: Fraction) -> f64 {
        match self {
            Sides::Both => level.rest() / 2.0,
            Sides::Lower | Sides::Upper => level.rest(),
        }
    }

    /// Whether a lower bound was asked for.
    pub(super) const fn low(self) -> bool {
        !matches!(self, Sides::Upper)
    }

    /// Whether an upper bound was asked for.
    pub(super) const fn high(self) -> bool {
        !matches!(self, Sides::Lower)
    }
}

/// How an interval was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Student's t over independent values.
    StudentT,
    /// Ranks of the values in order, whatever their distribution.
    OrderStatistics,
    /// Student's t over sections of the runs, about the estimate from all of them.
    Sectioning,
    /// Exact for a share, from the binomial distribution.
    ClopperPearson,
    /// A ratio of two sums over runs, linearized.
    Ratio,
    /// Quantiles of the estimate over samples drawn anew from the values.
    Bootstrap,
}

impl Method {
    /// The method in words that complete "interval by".
    pub const fn words(self) -> &'static str {
        match self {
            Method::StudentT => "Student's t",
            Method::OrderStatistics => "order statistics",
            Method::Sectioning => "sectioning with Student's t",
            Method::ClopperPearson => "Clopper-Pearson",
            Method::Ratio => "the ratio estimator with Student's t",
            Method::Bootstrap => "the percentile bootstrap",
        }
    }
}

/// An estimate with its confidence interval, in the unit of what is estimated.
///
/// An end that is `None` was not asked for ([`sides`](Self::sides)), or the values do not bound it: see [`is_bounded`](Self::is_bounded).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Level of confidence.
    pub level: Fraction,
    /// Which ends were asked for.
    pub sides: Sides,
    /// How the ends were found.
    pub method: Method,
    /// Number of independent values (runs, trials) that it rests on.
    pub values: usize,
}

impl Interval {
    /// From an estimate less and plus `half`, which is `None` where the values give none.
    pub(super) fn about(estimate: f64, half: Option<f64>, level: Fraction, method: Method, values: usize) -> Self {
        let half = half.filter(|half| half.is_finite());
        let (low, high) = (half.map(|half| estimate - half), half.map(|half| estimate + half));
        Interval { estimate, low, high, level, sides: Sides::Both, method, values }
    }

    /// Whether every end that was asked for is there. If not, the report says "not bounded by n runs", n being [`values`](Self::values).
    pub fn is_bounded(&self) -> bool {
        (self.low.is_some() || !self.sides.low()) && (self.high.is_some() || !self.sides.high())
    }

    /// Half the distance between the ends; `None` unless both are there.
    pub fn half_width(&self) -> Option<f64> {
        Some((self.high? - self.low?) / 2.0)
    }

    /// Half the width as a share of the estimate's size: 0 for no width at all, infinite for some width about zero.
    pub fn relative_half_width(&self) -> Option<f64> {
        let half = self.half_width()?;
        Some(if half == 0.0 { 0.0 } else { half / self.estimate.abs() })
    }

    /// Whether `value` lies between the ends, an end that is not there excluding nothing.
    pub fn contains(&self, value: f64) -> bool {
        self.low.is_none_or(|low| low <= value) && self.high.is_none_or(|high| value <= high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_neither_nothing_nor_all() {
        assert_eq!([0.0, 1.0, -0.1, f64::NAN].map(Fraction::new), [None; 4]);
        assert_eq!(Fraction::new(0.95), Some(Fraction::P95));
    }

    #[test]
    fn an_end_that_is_missing_is_unbounded_only_if_it_was_asked_for() {
        let unbounded = Interval::about(2.0, None, Fraction::P95, Method::StudentT, 1);
        assert!(!unbounded.is_bounded() && unbounded.half_width().is_none() && unbounded.contains(1e9));
        assert!(!Interval { low: Some(1.0), ..unbounded }.is_bounded());
        assert!(Interval { low: Some(1.0), sides: Sides::Lower, ..unbounded }.is_bounded());
        let bounded = Interval::about(-2.0, Some(1.0), Fraction::P95, Method::StudentT, 9);
        assert_eq!((bounded.low, bounded.high, bounded.relative_half_width()), (Some(-3.0), Some(-1.0), Some(0.5)));
        assert!(bounded.contains(-1.0) && !bounded.contains(0.0));
    }
}
