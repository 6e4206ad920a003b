//! Where the warm-up of a series ends: MSER-5 (White, Cobb and Spratt 2000, "A comparison of five steady-state truncation heuristics").
//!
//! The series is averaged in batches of five. Of all possible cuts the one is taken that makes the estimated error of the mean of what is left
//! smallest: cutting bias lowers it, cutting good data raises it. A cut in the second half means that the series is too short to tell.

/// Values per batch.
const BATCH: usize = 5;
/// Batches at the end before which the cut must lie: the error of fewer is a matter of luck.
const LAST: usize = 5;

/// Where the warm-up ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warmup {
    /// So many values, from the first on, belong to the warm-up: a multiple of five, possibly 0.
    Cut(usize),
    /// The steady state was not reached: the best cut lies in the second half, or there are fewer than 50 values.
    NotReached,
}

/// Finds the end of the warm-up of a series of values at equal steps. A remainder of fewer than five values at its end is ignored, and so are series
/// with values that are not finite ([`Warmup::NotReached`]).
///
/// ```
/// use failback::stats::{Warmup, mser5};
///
/// let series: Vec<f64> = (0..200).map(|step| if step < 20 { 9.0 } else { f64::from(step % 2) }).collect();
/// assert_eq!(mser5(&series), Warmup::Cut(20));
/// ```
pub fn mser5(series: &[f64]) -> Warmup {
    let batches: Vec<f64> = series.chunks_exact(BATCH).map(|batch| batch.iter().sum::<f64>() / BATCH as f64).collect();
    if batches.len() < 2 * LAST || batches.iter().any(|batch| !batch.is_finite()) {
        return Warmup::NotReached;
    }
    // From the end on, so that each cut costs one step of Welford's recursion.
    let (mut mean, mut squares) = (0.0, 0.0);
    let mut best: Option<(f64, usize)> = None;
    for (cut, batch) in batches.iter().enumerate().rev() {
        let left = (batches.len() - cut) as f64;
        let off = batch - mean;
        mean += off / left;
        squares += off * (batch - mean);
        let error = squares / (left * left);
        // Among equals the earliest cut keeps most.
        if batches.len() - cut >= LAST && best.is_none_or(|(least, _)| error <= least) {
            best = Some((error, cut));
        }
    }
    best.filter(|(_, cut)| 2 * cut <= batches.len()).map_or(Warmup::NotReached, |(_, cut)| Warmup::Cut(cut * BATCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, as it stands in the paper.
    fn by_definition(series: &[f64]) -> usize {
        let batches: Vec<f64> = series.chunks_exact(5).map(|batch| batch.iter().sum::<f64>() / 5.0).collect();
        let error = |cut: usize| {
            let rest = &batches[cut..];
            let mean = rest.iter().sum::<f64>() / rest.len() as f64;
            rest.iter().map(|batch| (batch - mean).powi(2)).sum::<f64>() / (rest.len() as f64).powi(2)
        };
        5 * (0..=batches.len() - 5).min_by(|a, b| error(*a).total_cmp(&error(*b))).expect("there are cuts")
    }

    /// A decaying start over a pattern that never settles in phase with five.
    fn decaying(length: u32, decay: f64) -> Vec<f64> {
        (0..length).map(|step| 20.0 * libm::exp(-f64::from(step) / decay) + f64::from(step * 37 % 101) / 101.0).collect()
    }

    #[test]
    fn agrees_with_the_definition() {
        for decay in [1.0, 10.0, 40.0, 120.0] {
            let series = decaying(1_000, decay);
            let cut = by_definition(&series);
            assert_eq!(mser5(&series), if cut <= 500 { Warmup::Cut(cut) } else { Warmup::NotReached }, "{decay}");
        }
    }

    #[test]
    fn a_series_still_in_its_warmup_says_so() {
        assert_eq!(mser5(&decaying(100, 200.0)), Warmup::NotReached);
        assert!(matches!(mser5(&decaying(1_000, 10.0)), Warmup::Cut(20..=100)));
        assert_eq!(mser5(&[1.0; 49]), Warmup::NotReached);
        assert_eq!(mser5(&[1.0; 50]), Warmup::Cut(0));
        assert_eq!(mser5(&[f64::NAN; 50]), Warmup::NotReached);
    }
}
