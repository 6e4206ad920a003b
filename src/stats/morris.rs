//! Screening by elementary effects (Morris 1991; mu* by Campolongo, Cariboni and Saltelli 2007): which of many factors matter at all, at few runs.
//!
//! A trajectory begins at a random corner of a grid in the unit cube and moves each factor once, in random order, by the same step. What the outcome
//! changes per unit of the factor is an elementary effect. Over trajectories, the mean of their sizes (mu*) says how much the factor matters, their
//! standard deviation (sigma) how much that depends on where one is: non-linearity or interaction.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use serde::Serialize;

use super::interval::{Fraction, Interval};
use super::mean::{Moments, mean};

/// Levels of the grid. With four, coordinates are 0, 1/3, 2/3 and 1, a step is 2/3, and every level is visited equally often.
const LEVELS: u32 = 4;
/// Size of a step: LEVELS / (2 (LEVELS - 1)).
const STEP: f64 = 2.0 / 3.0;

/// Points at which to run, and what moves between them.
#[derive(Clone, Debug, PartialEq)]
pub struct MorrisDesign {
    factors: usize,
    points: Vec<Vec<f64>>,
    /// The factor that moves, for each step of each trajectory.
    moved: Vec<usize>,
}

/// What elementary effects say of one factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Effect {
    /// Mean effect over the whole range of the factor, signs cancelling [unit of the outcome].
    pub mu: f64,
    /// Mean size of the effect, with Student's interval over trajectories [unit of the outcome].
    pub mu_star: Interval,
    /// Standard deviation of the effect; `None` for one trajectory [unit of the outcome].
    pub sigma: Option<f64>,
}

impl MorrisDesign {
    /// So many random trajectories (ten to fifty are usual); each takes one run more than there are factors.
    pub fn new(trajectories: usize, factors: usize, stream: &mut ChaCha8Rng) -> Self {
        let mut design = MorrisDesign { factors, points: Vec::new(), moved: Vec::new() };
        let mut order: Vec<usize> = (0..factors).collect();
        for _ in 0..trajectories {
            let level = |stream: &mut ChaCha8Rng| f64::from(stream.random_range(0..LEVELS)) / f64::from(LEVELS - 1);
            let mut point: Vec<f64> = (0..factors).map(|_| level(stream)).collect();
            order.shuffle(stream);
            design.points.push(point.clone());
            for factor in &order {
                // From the lower half a step leads up, from the upper half down.
                point[*factor] += if point[*factor] < 0.5 { STEP } else { -STEP };
                point[*factor] = point[*factor].clamp(0.0, 1.0);
                design.points.push(point.clone());
                design.moved.push(*factor);
            }
        }
        design
    }

    /// The points at which to run, each with one coordinate in 0..=1 per factor.
    pub fn points(&self) -> &[Vec<f64>] {
        &self.points
    }

    /// The effect of each factor, `outcomes` being what the runs at [`points`](Self::points) gave, in their order. An outcome that is not a number is that of a
    /// run that there was not: the effects that begin or end there are left out. `None` if the number of outcomes is another, one is infinite, or some
    /// factor has no effect left.
    pub fn effects(&self, outcomes: &[f64], level: Fraction) -> Option<Vec<Effect>> {
        if outcomes.len() != self.points.len() || outcomes.iter().any(|outcome| outcome.is_infinite()) {
            return None;
        }
        let mut effects = vec![Vec::new(); self.factors];
        let steps = self.moved.chunks(self.factors.max(1)).enumerate();
        for (trajectory, moved) in steps {
            let first = trajectory * (self.factors + 1);
            for (step, factor) in moved.iter().enumerate() {
                let (before, after) = (first + step, first + step + 1);
                let way = self.points[after][*factor] - self.points[before][*factor];
                let change = outcomes[after] - outcomes[before];
                if !change.is_nan() {
                    effects[*factor].push(change / way);
                }
            }
        }
        let effect = |effects: &Vec<f64>| {
            let moments = Moments::of(effects);
            let sizes: Vec<f64> = effects.iter().map(|effect| effect.abs()).collect();
            Some(Effect { mu: moments.mean()?, mu_star: mean(&sizes, level)?, sigma: moments.variance().map(f64::sqrt) })
        };
        effects.iter().map(effect).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Streams;

    fn design(trajectories: usize, factors: usize) -> MorrisDesign {
        MorrisDesign::new(trajectories, factors, &mut Streams::new(7, 0).stream("sensitivity", "morris"))
    }

    fn effects(design: &MorrisDesign, outcome: impl Fn(&[f64]) -> f64) -> Vec<Effect> {
        let outcomes: Vec<f64> = design.points().iter().map(|point| outcome(point)).collect();
        design.effects(&outcomes, Fraction::P95).expect("one outcome per point")
    }

    /// Closed form: the effect of a linear factor is its coefficient everywhere.
    #[test]
    fn a_linear_model_has_its_coefficients_for_effects() {
        let found = effects(&design(10, 3), |x| 5.0 + 3.0 * x[0] - 2.0 * x[1]);
        for (effect, expected) in found.iter().zip([3.0_f64, -2.0, 0.0]) {
            assert!((effect.mu - expected).abs() < 1e-12 && (effect.mu_star.estimate - expected.abs()).abs() < 1e-12);
            assert!(effect.sigma.expect("there are ten") < 1e-12);
        }
    }

    /// Closed form: in y = x0 x1 the effect of either factor is the other one, which is 0, 1/3, 2/3 or 1 alike: mean 1/2, variance 5/36.
    #[test]
    fn a_product_shows_interaction() {
        let found = effects(&design(4_000, 2), |x| x[0] * x[1]);
        for effect in found {
            assert!((effect.mu - 0.5).abs() < 0.02 && effect.mu_star.contains(0.5), "{effect:?}");
            assert!((effect.sigma.expect("there are many").powi(2) - 5.0 / 36.0).abs() < 0.005, "{effect:?}");
        }
    }

    /// Morris 1991: each trajectory moves every factor once, on a grid of four levels.
    #[test]
    fn trajectories_move_each_factor_once() {
        let design = design(20, 4);
        assert_eq!(design.points().len(), 20 * 5);
        for trajectory in design.points().chunks(5) {
            let mut moved: Vec<usize> = trajectory.windows(2).flat_map(|pair| (0..4).filter(|factor| pair[0][*factor] != pair[1][*factor])).collect();
            moved.sort_unstable();
            assert_eq!(moved, [0, 1, 2, 3]);
        }
        let on_grid = |x: &f64| [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0].iter().any(|level| (x - level).abs() < 1e-12);
        assert!(design.points().iter().flatten().all(on_grid));
        assert_eq!(design.effects(&[0.0; 3], Fraction::P95), None);
        assert_eq!(design.effects(&[f64::NAN; 100], Fraction::P95), None);
        assert_eq!(design.effects(&[f64::INFINITY; 100], Fraction::P95), None);
    }

    /// Closed form, as above: what is left still has the coefficient everywhere; each missing point takes one effect of one or two factors away.
    #[test]
    fn a_run_that_there_was_not_takes_its_own_effects_away() {
        let design = design(10, 2);
        let mut outcomes: Vec<f64> = design.points().iter().map(|x| 3.0 * x[0] - 2.0 * x[1]).collect();
        // The middle of the first trajectory, the beginning of the second.
        (outcomes[1], outcomes[3]) = (f64::NAN, f64::NAN);
        let found = design.effects(&outcomes, Fraction::P95).expect("eight trajectories are whole");
        assert!((found[0].mu - 3.0).abs() < 1e-12 && (found[1].mu + 2.0).abs() < 1e-12);
        assert_eq!(found.iter().map(|effect| effect.mu_star.values).sum::<usize>(), 20 - 3);
    }
}
