//! Quantiles of known distributions, by bisection of the distribution functions of `statrs`.
//!
//! That library has quantiles too, but its inversion (algorithm AS 64) is off by up to 1e-3 of a tail's probability for many values, and never ends
//! for some millions of them. And it calls the platform's logarithms and exponentials, which may differ in the last bits from one platform to the
//! next. What is returned here is therefore rounded to nine significant digits: far more than an interval means, and the same everywhere.

use statrs::distribution::{Beta, Binomial, ContinuousCDF, DiscreteCDF, Normal, StudentsT};

/// Degrees of freedom beyond which more change nothing: Student's quantile is then within 1e-5 of the normal one, on the safe side.
const MOST_FREEDOM: usize = 100_000;

/// `value` to nine significant digits.
fn steady(value: f64) -> f64 {
    format!("{value:.8e}").parse().unwrap_or(value)
}

/// Where between `low` and `high` the test `too_low` turns from true to false, to one part in 10^13.
fn bisect(mut low: f64, mut high: f64, too_low: impl Fn(f64) -> bool) -> f64 {
    while high - low > 1e-13 * high {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if too_low(middle) { low = middle } else { high = middle }
    }
    steady(high)
}

/// The two-sided quantile of Student's t: |T| of `freedom` degrees of freedom exceeds it with probability `1 - level`. `None` without freedom.
pub(super) fn student_t(freedom: usize, level: f64) -> Option<f64> {
    let law = StudentsT::new(0.0, 1.0, freedom.min(MOST_FREEDOM) as f64).ok()?;
    let too_low = |t: f64| law.sf(t) > (1.0 - level) / 2.0;
    let mut high = 2.0;
    while too_low(high) {
        high *= 2.0;
    }
    Some(bisect(0.0, high, too_low))
}

/// As `student_t`, for one degree of freedom where there is none.
pub fn student_quantile(freedom: usize, level: super::Fraction) -> f64 {
    student_t(freedom.max(1), level.get()).unwrap_or(f64::INFINITY)
}

/// The probability that a standard normal variate does not exceed `x`.
pub(super) fn normal_cdf(x: f64) -> f64 {
    steady(Normal::standard().cdf(x))
}

/// The quantile of the beta distribution with shapes `a` and `b`, both positive.
pub(super) fn beta_quantile(a: f64, b: f64, p: f64) -> Option<f64> {
    let law = Beta::new(a, b).ok()?;
    Some(bisect(0.0, 1.0, |x| law.cdf(x) < p))
}

/// The probability of at most `successes` in `trials` of probability `p` each.
pub(super) fn binomial_cdf(trials: usize, p: f64, successes: usize) -> f64 {
    Binomial::new(p, trials as u64).map_or(1.0, |law| steady(law.cdf(successes as u64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(value: f64, expected: f64, tolerance: f64) {
        assert!((value - expected).abs() <= tolerance * expected.abs(), "{value} against {expected}");
    }

    /// NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2 (three decimals), and the closed forms for 1 and 2 degrees of freedom.
    #[test]
    fn student_t_agrees_with_the_nist_table() {
        for (freedom, level, expected) in
            [(1, 0.9, 6.314), (4, 0.95, 2.776), (9, 0.95, 2.262), (29, 0.95, 2.045), (29, 0.99, 2.756), (100, 0.95, 1.984)]
        {
            assert_close(student_t(freedom, level).expect("there is freedom"), expected, 3e-4);
        }
        let angle = std::f64::consts::PI * 0.475;
        assert_close(student_t(1, 0.95).expect("there is freedom"), libm::tan(angle), 1e-8);
        assert_close(student_t(2, 0.95).expect("there is freedom"), 0.95 * libm::sqrt(2.0 / (1.0 - 0.95 * 0.95)), 1e-8);
        assert_eq!(student_t(0, 0.95), None);
        assert_close(student_t(1_000_000, 0.95).expect("there is freedom"), 1.959_964, 2e-5);
    }

    /// Not just near the middle.
    #[test]
    fn quantiles_lead_back_to_their_probability() {
        for freedom in (1..=60).chain([100, 300, 1_000, 10_000, MOST_FREEDOM]) {
            let law = StudentsT::new(0.0, 1.0, freedom as f64).expect("there is freedom");
            for level in [0.01, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.999_999] {
                let t = student_t(freedom, level).expect("there is freedom");
                assert_close(law.sf(t), (1.0 - level) / 2.0, 1e-7);
            }
        }
        for trials in [1_u32, 2, 3, 10, 59, 100, 1_000, 100_000] {
            for successes in [0, 1, 2, 5, trials / 10, trials / 2, trials - 1].into_iter().filter(|successes| *successes < trials) {
                for p in [0.000_5, 0.025, 0.05, 0.5, 0.95, 0.975, 0.999_5] {
                    let (a, b) = (f64::from(successes) + 1.0, f64::from(trials - successes));
                    let quantile = beta_quantile(a, b, p).expect("shapes are positive");
                    let law = Beta::new(a, b).expect("shapes are positive");
                    let around = [1.0 - 6e-9, 1.0 + 6e-9].map(|factor| law.cdf((quantile * factor).min(1.0)));
                    assert!(around[0] <= p && p <= around[1], "{a} {b} {p}: {around:?}");
                }
            }
        }
    }

    /// Abramowitz and Stegun, table 26.1.
    #[test]
    fn normal_agrees_with_abramowitz_and_stegun() {
        assert_close(normal_cdf(1.0), 0.841_344_746, 1e-8);
        assert_close(normal_cdf(-2.0), 1.0 - 0.977_249_868, 1e-7);
    }

    #[test]
    fn binomial_agrees_with_sums_by_hand() {
        assert_close(binomial_cdf(3, 0.5, 1), 0.5, 1e-9);
        assert_close(binomial_cdf(10, 0.1, 0), libm::pow(0.9, 10.0), 1e-8);
        assert_eq!(binomial_cdf(5, 0.3, 5), 1.0);
    }
}
