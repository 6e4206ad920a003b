//! Points in the unit cube at which to run when a grid would be too many: Latin hypercubes and Sobol sequences.
//!
//! A point has one coordinate per factor, each in 0..1; what a coordinate means (a bandwidth, a share) is the caller's business. Both are functions
//! of the random stream that is handed in, see [`Streams`](crate::engine::Streams).

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

/// Most points of a Sobol sequence.
pub const MOST_SOBOL_POINTS: usize = 1 << 16;
/// Most factors of a Sobol sequence.
pub const MOST_SOBOL_FACTORS: usize = sobol_burley::NUM_DIMENSIONS as usize;

/// A Latin hypercube (McKay, Beckman and Conover 1979): each factor has exactly one point in each of `points` slices of equal width, at a random
/// place within it, and the slices of the factors are matched at random.
///
/// ```
/// use failback::engine::Streams;
/// use failback::stats::latin_hypercube;
///
/// let design = latin_hypercube(10, 3, &mut Streams::new(42, 0).stream("sweep", "design"));
/// assert!((0..10).all(|slice| design.iter().any(|point| (point[1] * 10.0).floor() == f64::from(slice))));
/// ```
pub fn latin_hypercube(points: usize, factors: usize, stream: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
    let mut design = vec![vec![0.0; factors]; points];
    let mut slices: Vec<usize> = (0..points).collect();
    for factor in 0..factors {
        slices.shuffle(stream);
        for (point, slice) in design.iter_mut().zip(&slices) {
            let place: f64 = stream.random();
            // Rounding must not carry the point into the next slice, or out of the cube.
            let next = ((slice + 1) as f64 / points as f64).next_down();
            point[factor] = ((*slice as f64 + place) / points as f64).min(next);
        }
    }
    design
}

/// The first `points` of a Sobol sequence, Owen-scrambled (Burley 2020, by `sobol_burley`): evenly spread over the cube and over each of its faces,
/// best where `points` is a power of two. The stream draws the scramble. Coordinates are multiples of 2^-24.
///
/// `None` for more than [`MOST_SOBOL_POINTS`] points or [`MOST_SOBOL_FACTORS`] factors.
pub fn sobol_sequence(points: usize, factors: usize, stream: &mut ChaCha8Rng) -> Option<Vec<Vec<f64>>> {
    if points > MOST_SOBOL_POINTS || factors > MOST_SOBOL_FACTORS {
        return None;
    }
    let seed: u32 = stream.random();
    let point = |index: usize| (0..factors).map(|factor| f64::from(sobol_burley::sample(index as u32, factor as u32, seed))).collect();
    Some((0..points).map(point).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Streams;

    fn stream(seed: u64) -> ChaCha8Rng {
        Streams::new(seed, 0).stream("sweep", "design")
    }

    /// McKay, Beckman and Conover: one point in every slice of every factor.
    #[test]
    fn each_slice_of_a_latin_hypercube_holds_one_point() {
        for points in [1, 2, 7, 100] {
            let design = latin_hypercube(points, 5, &mut stream(1));
            for factor in 0..5 {
                let mut slices: Vec<usize> = design.iter().map(|point| (point[factor] * points as f64 + 1e-9) as usize).collect();
                slices.sort_unstable();
                assert_eq!(slices, (0..points).collect::<Vec<_>>());
            }
        }
        assert!(latin_hypercube(0, 5, &mut stream(1)).is_empty());
    }

    /// Sobol 1967, property A: of 2^m points, every elementary interval of one factor, and of the first two, holds as many as its volume says.
    #[test]
    fn each_elementary_interval_of_a_sobol_sequence_holds_its_share() {
        let design = sobol_sequence(256, 6, &mut stream(1)).expect("fits");
        for factor in 0..6 {
            let mut cells: Vec<usize> = design.iter().map(|point| (point[factor] * 256.0) as usize).collect();
            cells.sort_unstable();
            assert_eq!(cells, (0..256).collect::<Vec<_>>());
        }
        let mut squares: Vec<usize> = design.iter().map(|point| (point[0] * 16.0) as usize * 16 + (point[1] * 16.0) as usize).collect();
        squares.sort_unstable();
        assert_eq!(squares, (0..256).collect::<Vec<_>>());
    }

    #[test]
    fn designs_are_functions_of_their_stream() {
        assert_eq!(latin_hypercube(9, 2, &mut stream(1)), latin_hypercube(9, 2, &mut stream(1)));
        assert_ne!(latin_hypercube(9, 2, &mut stream(1)), latin_hypercube(9, 2, &mut stream(2)));
        assert_eq!(sobol_sequence(9, 2, &mut stream(1)), sobol_sequence(9, 2, &mut stream(1)));
        assert_ne!(sobol_sequence(9, 2, &mut stream(1)), sobol_sequence(9, 2, &mut stream(2)));
        assert_eq!(sobol_sequence(MOST_SOBOL_POINTS + 1, 1, &mut stream(1)), None);
        assert_eq!(sobol_sequence(1, MOST_SOBOL_FACTORS + 1, &mut stream(1)), None);
    }
}
