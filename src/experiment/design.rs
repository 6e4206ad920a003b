//! Where the points of an experiment lie: every combination of levels, or points spread over the unit cube.

use crate::engine::Streams;
use crate::stats::{latin_hypercube, sobol_sequence};

/// How points are chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Design {
    /// Every combination of so many levels of each factor; the first factor changes slowest.
    Grid {
        /// Levels of each factor.
        levels: Vec<u64>,
    },
    /// Points of the unit cube, one after the other.
    Spread {
        /// Each with a coordinate for each factor \[0..1\].
        points: Vec<Vec<f64>>,
    },
}

/// Where a point lies along one factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coordinate {
    /// On a level, counted from 0.
    Level(u64),
    /// At a share of the way \[0..1\].
    Share(f64),
}

/// Most points of a design that is spread: what the Sobol sequence has.
pub const MOST_SPREAD: u64 = crate::stats::MOST_SOBOL_POINTS as u64;
/// Most factors of a Sobol design: what its table of directions has.
pub const MOST_SOBOL_FACTORS: usize = crate::stats::MOST_SOBOL_FACTORS;

impl Design {
    /// A Latin hypercube: cut into `points` slices along any factor, each slice holds one point, at a random place within it.
    pub fn latin_hypercube(points: u64, factors: usize, seed: u64) -> Self {
        let mut stream = Streams::new(seed, 0).stream("design", "latin hypercube");
        Design::Spread { points: latin_hypercube(points as usize, factors, &mut stream) }
    }

    /// The first points of a Sobol sequence, scrambled as Owen does; at most [`MOST_SPREAD`] of at most [`MOST_SOBOL_FACTORS`] factors.
    pub fn sobol(points: u64, factors: usize, seed: u64) -> Self {
        let mut stream = Streams::new(seed, 0).stream("design", "sobol");
        Design::Spread { points: sobol_sequence(points as usize, factors, &mut stream).unwrap_or_default() }
    }

    /// How many points there are; `None` if that is beyond counting.
    pub fn points(&self) -> Option<u64> {
        match self {
            Design::Grid { levels } => levels.iter().try_fold(1_u64, |product, levels| product.checked_mul(*levels)),
            Design::Spread { points } => Some(points.len() as u64),
        }
    }

    /// Where a point lies, factor by factor.
    pub fn point(&self, index: u64) -> Vec<Coordinate> {
        match self {
            Design::Grid { levels } => {
                let mut rest = index;
                let mut place: Vec<Coordinate> = Vec::with_capacity(levels.len());
                for levels in levels.iter().rev() {
                    place.push(Coordinate::Level(rest % levels));
                    rest /= levels;
                }
                place.reverse();
                place
            }
            Design::Spread { points } => {
                let point = points.get(index as usize).map(Vec::as_slice).unwrap_or_default();
                point.iter().map(|share| Coordinate::Share(*share)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(design: &Design, point: u64) -> Vec<f64> {
        let share = |coordinate| match coordinate {
            Coordinate::Share(share) => share,
            Coordinate::Level(_) => panic!("a spread design has no levels"),
        };
        design.point(point).into_iter().map(share).collect()
    }

    #[test]
    fn a_grid_has_every_combination_and_its_first_factor_changes_slowest() {
        let grid = Design::Grid { levels: vec![2, 3] };
        assert_eq!(grid.points(), Some(6));
        let places: Vec<Vec<Coordinate>> = (0..6).map(|index| grid.point(index)).collect();
        let level = |first, second| vec![Coordinate::Level(first), Coordinate::Level(second)];
        assert_eq!(places, [level(0, 0), level(0, 1), level(0, 2), level(1, 0), level(1, 1), level(1, 2)]);
        assert_eq!(Design::Grid { levels: vec![u64::MAX, 2] }.points(), None);
    }

    #[test]
    fn each_slice_of_a_latin_hypercube_holds_one_point_and_seeds_differ() {
        let design = Design::latin_hypercube(64, 3, 7);
        for factor in 0..3 {
            let mut slices: Vec<u64> = (0..64).map(|point| (shares(&design, point)[factor] * 64.0) as u64).collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..64).collect::<Vec<_>>());
        }
        assert_eq!(design, Design::latin_hypercube(64, 3, 7));
        assert_ne!(design, Design::latin_hypercube(64, 3, 8));
    }

    #[test]
    fn every_aligned_block_of_a_sobol_sequence_is_even_along_each_factor() {
        let design = Design::sobol(64, 4, 7);
        for factor in 0..4 {
            let mut slices: Vec<u64> = (0..64).map(|point| (shares(&design, point)[factor] * 64.0) as u64).collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..64).collect::<Vec<_>>());
        }
        assert_ne!(design, Design::sobol(64, 4, 8));
    }
}
