//! Where the points of an experiment lie: every combination of levels, or points spread over the unit cube.

use rand::RngExt as _;
use rand::seq::SliceRandom as _;

use crate::engine::Streams;

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
        /// How many.
        points: u64,
        /// Coordinates of each.
        factors: usize,
        /// All coordinates, point by point \[0..1\].
        coordinates: Vec<f64>,
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
pub const MOST_SPREAD: u64 = 1 << 16;
/// Most factors of a Sobol design: what its table of directions has.
pub const MOST_SOBOL_FACTORS: usize = 256;

impl Design {
    /// A Latin hypercube: cut into `points` slices along any factor, each slice holds one point, at a random place within it.
    pub fn latin_hypercube(points: u64, factors: usize, seed: u64) -> Self {
        let streams = Streams::new(seed, 0);
        let mut coordinates = vec![0.0; points as usize * factors];
        for factor in 0..factors {
            let mut random = streams.stream(&factor.to_string(), "latin hypercube");
            let mut slices: Vec<u64> = (0..points).collect();
            slices.shuffle(&mut random);
            for (point, slice) in slices.into_iter().enumerate() {
                coordinates[point * factors + factor] = (slice as f64 + random.random::<f64>()) / points as f64;
            }
        }
        Design::Spread { points, factors, coordinates }
    }

    /// The first points of a Sobol sequence, scrambled as Owen does.
    pub fn sobol(points: u64, factors: usize, seed: u64) -> Self {
        // The low half of the seed and its high half both count.
        let seed = (seed ^ (seed >> 32)) as u32;
        let place = |point: u64, factor: usize| f64::from(sobol_burley::sample(point as u32, factor as u32, seed));
        let coordinates = (0..points).flat_map(|point| (0..factors).map(move |factor| place(point, factor))).collect();
        Design::Spread { points, factors, coordinates }
    }

    /// How many points there are; `None` if that is beyond counting.
    pub fn points(&self) -> Option<u64> {
        match self {
            Design::Grid { levels } => levels.iter().try_fold(1_u64, |product, levels| product.checked_mul(*levels)),
            Design::Spread { points, .. } => Some(*points),
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
            Design::Spread { factors, coordinates, .. } => {
                let from = index as usize * factors;
                coordinates.get(from..from + factors).unwrap_or_default().iter().map(|share| Coordinate::Share(*share)).collect()
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
