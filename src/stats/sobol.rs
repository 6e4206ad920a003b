//! Sobol indices: which share of the outcome's variance each factor accounts for, alone (first order) and with all its interactions (total).
//!
//! Two independent samples A and B of the unit cube, and for each factor a third, A with that factor's column from B. First-order index by Saltelli
//! et al. 2010 (Computer Physics Communications 181, table 2, row b), outcomes centred first, which lessens its variance; total index by Jansen 1999
//! (row f). Intervals by drawing rows anew (Efron's percentile bootstrap): honest for random rows, too wide for those of a Sobol sequence, which are
//! more even than random ones.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use serde::Serialize;

use super::interval::{Fraction, Interval, Method, Sides};

/// Points at which to run.
#[derive(Clone, Debug, PartialEq)]
pub struct SobolDesign {
    factors: usize,
    points: Vec<Vec<f64>>,
}

/// What Sobol indices say of one factor: shares of the outcome's variance, estimated, hence possibly a little below 0 or above 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SobolIndices {
    /// Share that would vanish if this factor were known.
    pub first: Interval,
    /// Share that would be left if all other factors were known; 0 for a factor without any influence.
    pub total: Interval,
}

/// The outcomes of one row: at A, at B, and at A with one column from B, per factor.
struct Row<'a> {
    a: f64,
    b: f64,
    mixed: &'a [f64],
}

impl SobolDesign {
    /// From points with two coordinates per factor, such as [`sobol_sequence`](super::sobol_sequence) or [`latin_hypercube`](super::latin_hypercube)
    /// gives; a row takes as many runs as there are factors, and two. `None` without points, without coordinates, or if a point has an odd number or
    /// another one than the first.
    pub fn new(rows: &[Vec<f64>]) -> Option<Self> {
        let coordinates = rows.first()?.len();
        if coordinates == 0 || coordinates % 2 == 1 || rows.iter().any(|row| row.len() != coordinates) {
            return None;
        }
        let factors = coordinates / 2;
        let mut points = Vec::with_capacity(rows.len() * (factors + 2));
        for row in rows {
            let (a, b) = row.split_at(factors);
            points.extend([a.to_vec(), b.to_vec()]);
            for factor in 0..factors {
                let mut mixed = a.to_vec();
                mixed[factor] = b[factor];
                points.push(mixed);
            }
        }
        Some(SobolDesign { factors, points })
    }

    /// The points at which to run, each with one coordinate in 0..=1 per factor.
    pub fn points(&self) -> &[Vec<f64>] {
        &self.points
    }

    /// The indices of each factor, `outcomes` being what the runs at [`points`](Self::points) gave, in their order; intervals from `samples`
    /// bootstrap samples (1,000 is plenty) that `stream` draws, unbounded for none. A row with an outcome that is not a number is left out: some run of it there
    /// was not. `None` if the number of outcomes is another, one is infinite, fewer than two rows are left or all are equal: no variance, no shares.
    pub fn indices(&self, outcomes: &[f64], level: Fraction, samples: usize, stream: &mut ChaCha8Rng) -> Option<Vec<SobolIndices>> {
        if outcomes.len() != self.points.len() || outcomes.iter().any(|outcome| outcome.is_infinite()) {
            return None;
        }
        let whole = outcomes.chunks(self.factors + 2).filter(|chunk| !chunk.iter().any(|outcome| outcome.is_nan()));
        let rows: Vec<Row> = whole.map(|chunk| Row { a: chunk[0], b: chunk[1], mixed: &chunk[2..] }).collect();
        if rows.len() < 2 {
            return None;
        }
        let all: Vec<usize> = (0..rows.len()).collect();
        let estimates = self.estimate(&rows, &all)?;
        // By factor, of every sample: first-order and total index.
        let mut drawn = vec![(Vec::with_capacity(samples), Vec::with_capacity(samples)); self.factors];
        for _ in 0..samples {
            let picked: Vec<usize> = all.iter().map(|_| stream.random_range(0..rows.len() as u64) as usize).collect();
            // A sample of one row over and over has no variance, and nothing to say.
            for (drawn, (first, total)) in drawn.iter_mut().zip(self.estimate(&rows, &picked).unwrap_or_default()) {
                drawn.0.push(first);
                drawn.1.push(total);
            }
        }
        let interval = |estimate: f64, drawn: Vec<f64>| {
            let (low, high) = percentiles(drawn, level).unzip();
            Interval { estimate, low, high, level, sides: Sides::Both, method: Method::Bootstrap, values: rows.len() }
        };
        let indices = |((first, total), drawn): ((f64, f64), (Vec<f64>, Vec<f64>))| SobolIndices {
            first: interval(first, drawn.0),
            total: interval(total, drawn.1),
        };
        Some(estimates.into_iter().zip(drawn).map(indices).collect())
    }

    /// First-order and total index of each factor from the `picked` rows; `None` if their outcomes do not vary.
    fn estimate(&self, rows: &[Row], picked: &[usize]) -> Option<Vec<(f64, f64)>> {
        let count = picked.len() as f64;
        let over = |term: &dyn Fn(&Row) -> f64| picked.iter().map(|row| term(&rows[*row])).sum::<f64>() / count;
        let mean = over(&|row| (row.a + row.b) / 2.0);
        let variance = over(&|row| ((row.a - mean).powi(2) + (row.b - mean).powi(2)) / 2.0);
        if variance <= 0.0 {
            return None;
        }
        let index = |factor: usize| {
            let first = over(&|row| (row.b - mean) * (row.mixed[factor] - row.a));
            let total = over(&|row| (row.a - row.mixed[factor]).powi(2) / 2.0);
            (first / variance, total / variance)
        };
        Some((0..self.factors).map(index).collect())
    }
}

/// The ends between which the middle `level` of the values lies.
fn percentiles(mut values: Vec<f64>, level: Fraction) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let cut = (level.rest() / 2.0 * last as f64).round() as usize;
    Some((values[cut], values[last - cut]))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::super::{latin_hypercube, sobol_sequence};
    use super::*;
    use crate::engine::Streams;

    fn stream(purpose: &str) -> ChaCha8Rng {
        Streams::new(11, 0).stream("sensitivity", purpose)
    }

    fn indices(design: &SobolDesign, outcome: impl Fn(&[f64]) -> f64) -> Vec<SobolIndices> {
        let outcomes: Vec<f64> = design.points().iter().map(|point| outcome(point)).collect();
        design.indices(&outcomes, Fraction::P95, 200, &mut stream("bootstrap")).expect("outcomes vary")
    }

    fn assert_agree(found: &[SobolIndices], expected: &[(f64, f64)], tolerance: f64) {
        assert_eq!(found.len(), expected.len());
        for (factor, (found, (first, total))) in found.iter().zip(expected).enumerate() {
            assert!((found.first.estimate - first).abs() < tolerance && (found.total.estimate - total).abs() < tolerance, "{factor}: {found:?}");
            let slack = |interval: &Interval, value: f64| interval.low <= Some(value + 1e-9) && interval.high >= Some(value - 1e-9);
            assert!(slack(&found.first, *first) && slack(&found.total, *total), "{factor}: {found:?}");
        }
    }

    /// Ishigami and Homma 1990: sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on [-pi, pi]^3, whose indices are known in closed form (Saltelli et al. 2008).
    #[test]
    fn ishigami() {
        let (a, b) = (7.0_f64, 0.1_f64);
        let first = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2);
        let second = a * a / 8.0;
        let both = b * b * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
        let variance = first + second + both;
        assert!((first / variance - 0.3139).abs() < 1e-4 && (second / variance - 0.4424).abs() < 1e-4);
        let expected = [(first / variance, (first + both) / variance), (second / variance, second / variance), (0.0, both / variance)];
        let design = SobolDesign::new(&sobol_sequence(8_192, 6, &mut stream("design")).expect("fits")).expect("three factors");
        let found = indices(&design, |point| {
            let x: Vec<f64> = point.iter().map(|x| PI * (2.0 * x - 1.0)).collect();
            libm::sin(x[0]) + a * libm::sin(x[1]).powi(2) + b * x[2].powi(4) * libm::sin(x[0])
        });
        assert_agree(&found, &expected, 0.02);
    }

    /// Closed form: y = 3 x0 + 2 x1 + 1 x2 (+ 0 x3) has indices 9/14, 4/14, 1/14 and 0, first order and total alike.
    #[test]
    fn a_linear_model_shares_its_variance_by_squared_coefficients() {
        let design = SobolDesign::new(&latin_hypercube(4_000, 8, &mut stream("design"))).expect("four factors");
        let found = indices(&design, |x| 100.0 + 3.0 * x[0] + 2.0 * x[1] + x[2]);
        assert_agree(&found, &[9.0, 4.0, 1.0, 0.0].map(|square| (square / 14.0, square / 14.0)), 0.04);
        assert_eq!((found[3].first.estimate, found[3].total.estimate), (0.0, 0.0));
    }

    /// Closed form, as above: rows that are whole are as random as all of them.
    #[test]
    fn a_row_with_a_run_that_there_was_not_is_left_out() {
        let design = SobolDesign::new(&latin_hypercube(4_000, 4, &mut stream("design"))).expect("two factors");
        let mut outcomes: Vec<f64> = design.points().iter().map(|x| 2.0 * x[0] + x[1]).collect();
        for row in 0..1_000 {
            outcomes[16 * row + row % 4] = f64::NAN;
        }
        let found = design.indices(&outcomes, Fraction::P95, 200, &mut stream("bootstrap")).expect("3,000 rows are whole");
        assert_eq!(found[0].first.values, 3_000);
        assert_agree(&found, &[(0.8, 0.8), (0.2, 0.2)], 0.04);
        assert!(design.indices(&vec![f64::NAN; outcomes.len()], Fraction::P95, 10, &mut stream("bootstrap")).is_none());
    }

    #[test]
    fn what_cannot_be_shared_out_has_no_indices() {
        assert_eq!(SobolDesign::new(&[]), None);
        assert_eq!(SobolDesign::new(&[vec![0.5; 3]]), None);
        assert_eq!(SobolDesign::new(&[vec![0.5; 2], vec![0.5; 4]]), None);
        let design = SobolDesign::new(&[vec![0.1, 0.9], vec![0.3, 0.2]]).expect("one factor");
        assert_eq!(design.points(), [[0.1], [0.9], [0.9], [0.3], [0.2], [0.2]]);
        let none = |outcomes: &[f64]| design.indices(outcomes, Fraction::P95, 10, &mut stream("bootstrap")).is_none();
        assert!(none(&[1.0; 6]) && none(&[1.0; 5]) && none(&[f64::INFINITY; 6]));
        let unbounded = design.indices(&[0.1, 0.9, 0.9, 0.3, 0.2, 0.2], Fraction::P95, 0, &mut stream("bootstrap")).expect("outcomes vary");
        assert!(!unbounded[0].first.is_bounded());
    }
}
