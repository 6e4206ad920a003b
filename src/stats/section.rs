//! A mean or a quantile of all runs' time taken together, bounded by what sections of the runs say.
//!
//! The law of a quantity at a random instant of a random run is the mixture of the runs' time laws. Its quantile is not the mean of the runs'
//! quantiles, so the estimate comes from all runs merged; to learn how sure it is, the runs are cut into sections, each is evaluated alone, and
//! Student's t is applied to how the sections differ from the estimate (sectioning: Asmussen and Glynn, Stochastic Simulation, 2007, section
//! III.5a; ten to thirty sections: Schmeiser 1982).

use super::interval::{Fraction, Interval, Method};
use super::known::student_t;

/// The fewest sections that Student's t is applied to.
pub const FEWEST_SECTIONS: usize = 10;

/// Evaluates `value` on all `runs`, and on `sections` groups of successive ones for the interval: their number is raised to
/// [`FEWEST_SECTIONS`] and lowered to the number of runs; sizes differ by at most one.
///
/// `value` says what some runs give when merged (in any unit), `None` if they give nothing: none from all runs makes the answer `None`. The ends are
/// `None` where there are fewer runs than [`FEWEST_SECTIONS`] or a section gave nothing.
///
/// ```
/// use failback::stats::{Fraction, sectioned};
///
/// // The maximum of all runs would not do: sections must estimate the same thing as the whole.
/// let runs: Vec<f64> = (0..100).map(|run| f64::from(run % 7)).collect();
/// let mean = |runs: &[f64]| Some(runs.iter().sum::<f64>() / runs.len() as f64);
/// assert!(sectioned(&runs, 20, Fraction::P95, mean).expect("there are runs").is_bounded());
/// assert!(!sectioned(&runs[..9], 20, Fraction::P95, mean).expect("there are runs").is_bounded());
/// ```
pub fn sectioned<R>(runs: &[R], sections: usize, level: Fraction, value: impl Fn(&[R]) -> Option<f64>) -> Option<Interval> {
    let estimate = value(runs).filter(|estimate| estimate.is_finite())?;
    let half = || {
        let sections = sections.clamp(FEWEST_SECTIONS, runs.len().max(FEWEST_SECTIONS));
        if runs.len() < sections {
            return None;
        }
        let mut squares = 0.0;
        for section in 0..sections {
            let part = &runs[section * runs.len() / sections..(section + 1) * runs.len() / sections];
            // A section counts as much as it has runs; with sections of one size this is the sample variance of their mean.
            squares += (part.len() as f64 / runs.len() as f64 * (value(part)? - estimate)).powi(2);
        }
        let count = sections as f64;
        Some(student_t(sections - 1, level.get())? * (squares * count / (count - 1.0)).sqrt())
    };
    Some(Interval::about(estimate, half(), level, Method::Sectioning, runs.len()))
}

#[cfg(test)]
mod tests {
    use super::super::mean;
    use super::*;

    fn average(runs: &[f64]) -> Option<f64> {
        Some(runs.iter().sum::<f64>() / runs.len() as f64)
    }

    /// Closed form: sections of one run each give the plain t interval.
    #[test]
    fn sections_of_one_run_are_the_plain_mean() {
        let runs: Vec<f64> = (0..30).map(|run| f64::from(run * run % 17)).collect();
        let (plain, found) =
            (mean(&runs, Fraction::P95).expect("there are runs"), sectioned(&runs, 30, Fraction::P95, average).expect("there are runs"));
        let half = |interval: Interval| interval.half_width().expect("there are runs");
        assert!((plain.estimate - found.estimate).abs() < 1e-12 && (half(plain) - half(found)).abs() < 1e-12);
        assert_eq!(found.method, Method::Sectioning);
    }

    #[test]
    fn a_section_without_value_bounds_nothing() {
        let runs: Vec<f64> = (0..20).map(f64::from).collect();
        let only_whole = |part: &[f64]| if part.len() == 20 { average(part) } else { None };
        assert!(!sectioned(&runs, 10, Fraction::P95, only_whole).expect("there are runs").is_bounded());
        assert_eq!(sectioned(&runs, 10, Fraction::P95, |_| None), None);
        assert_eq!(sectioned(&[], 10, Fraction::P95, |runs: &[f64]| average(runs)), None);
    }
}
