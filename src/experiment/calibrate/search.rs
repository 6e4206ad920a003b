//! The values that leave the least sum of squares: the whole box is scanned first, then the best places are refined without derivatives.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::engine::Streams;
use crate::experiment::calibrate::model::{Answer, Model};
use crate::experiment::calibrate::{Refusal, wish};
use crate::stats::{Minimum, golden_section, simplex, sobol_sequence};

/// Places of the first scan, by number of fitted values; a line is cut evenly, more dimensions get a Sobol sequence.
const SCANNED: [usize; wish::MOST] = [33, 128, 192, 256];

/// Best places of the scan that are refined: a sum of squares may have several valleys.
const REFINED: usize = 3;

/// How narrow the search gets, as a share of each range: values have six digits.
const NARROW: f64 = 2e-6;

/// Evaluations of a refinement for each fitted value.
const EFFORT: usize = 70;

/// Fewest values that must be left to be compared.
const FEWEST: usize = 8;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The best candidate.
    pub at: Vec<f64>,
    /// What it leaves \[s^2\].
    pub squares: f64,
    /// Candidates simulated.
    pub candidates: u64,
    /// Observed values left out because the simulation has none there.
    pub left_out: usize,
}

/// Searches; `done` is told after each candidate.
///
/// # Errors
/// If no candidate can be loaded, or hardly any observed value can be compared.
pub fn search(model: &mut Model<'_>, done: &(dyn Fn() + Sync)) -> Result<Found, Refusal> {
    let factors = model.wishes.len();
    let places = scanned(factors);
    let answers: Vec<Result<Answer, String>> = places
        .par_iter()
        .map(|at| {
            let answer = model.answer(at);
            done();
            answer
        })
        .collect();
    if answers.iter().all(Result::is_err) {
        let first = answers.into_iter().find_map(Result::err).unwrap_or_default();
        return Err(Refusal::Input(format!("no value between the ends of --fit gives a scenario that can be loaded: {first}")));
    }
    let good: Vec<Answer> = answers.iter().flatten().cloned().collect();
    let whole = model.observed.values.clone();
    let left_out = model.keep(&good);
    if model.observed.values.len() < FEWEST {
        return Err(Refusal::Input(format!(
            "of {} observed values only {} can be compared: elsewhere the simulation has nothing to see (no recovery point yet, or a gap of the record)",
            whole.len(),
            model.observed.values.len()
        )));
    }
    let kept: Vec<usize> = (0..whole.len()).filter(|index| good.iter().all(|answer| !answer.values[*index].is_nan())).collect();
    let squares = |answer: &Result<Answer, String>| match answer {
        Ok(answer) if left_out == 0 => model.squares(&answer.values),
        Ok(answer) => model.squares(&kept.iter().map(|index| answer.values[*index]).collect::<Vec<f64>>()),
        Err(_) => f64::INFINITY,
    };
    let scan: Vec<f64> = answers.iter().map(squares).collect();
    let candidates = AtomicU64::new(places.len() as u64);
    let value = |at: &[f64]| {
        candidates.fetch_add(1, Ordering::Relaxed);
        let squares = model.answer(at).map_or(f64::INFINITY, |answer| model.squares(&answer.values));
        done();
        squares
    };
    let starts = starts(&scan, factors);
    let refined: Vec<Minimum> = starts
        .par_iter()
        .map(|start| {
            if factors == 1 {
                let (low, high) = (places[start.saturating_sub(1)][0], places[(start + 1).min(places.len() - 1)][0]);
                return golden_section((low, high), NARROW, |share| value(&[share]));
            }
            let first = simplex(&places[*start], 0.08, NARROW, EFFORT * factors, value);
            // Once more from there: a simplex may have collapsed too early.
            simplex(&first.at, 0.02, NARROW, EFFORT * factors, value)
        })
        .collect();
    let scanned = starts.iter().map(|start| Minimum { at: places[*start].clone(), value: scan[*start], evaluations: 0 });
    // The first of equals, so that threads do not matter.
    let best = refined.into_iter().chain(scanned).min_by(|a, b| a.value.total_cmp(&b.value));
    match best.filter(|best| best.value.is_finite()) {
        Some(best) => Ok(Found { at: best.at, squares: best.value, candidates: candidates.into_inner(), left_out }),
        None => Err(Refusal::Input("no candidate could be compared with what was observed".to_owned())),
    }
}

/// Where the scan looks.
fn scanned(factors: usize) -> Vec<Vec<f64>> {
    let count = SCANNED[factors.clamp(1, SCANNED.len()) - 1];
    if factors == 1 {
        return (0..count).map(|place| vec![place as f64 / (count - 1) as f64]).collect();
    }
    // The scramble is the same for every calibration: where one looks is no chance that matters.
    sobol_sequence(count, factors, &mut Streams::new(1, 0).stream("calibrate", "scan")).unwrap_or_default()
}

/// The places to refine, best first: along a line those that are no worse than their neighbours.
fn starts(scan: &[f64], factors: usize) -> Vec<usize> {
    let neighbour = |place: usize, up: bool| if up { scan.get(place + 1) } else { place.checked_sub(1).and_then(|before| scan.get(before)) };
    let is_valley = |place: &usize| [true, false].iter().all(|up| neighbour(*place, *up).is_none_or(|other| scan[*place] <= *other));
    let mut places: Vec<usize> = (0..scan.len()).filter(|place| factors > 1 || is_valley(place)).collect();
    places.sort_by(|a, b| scan[*a].total_cmp(&scan[*b]).then(a.cmp(b)));
    places.truncate(REFINED);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_valley_along_a_line_is_a_start_and_the_deepest_comes_first() {
        assert_eq!(starts(&[5.0, 2.0, 4.0, 1.0, 3.0, 0.5], 1), [5, 3, 1]);
        assert_eq!(starts(&[5.0, 2.0, 4.0, 1.0, 3.0, 0.5], 2), [5, 3, 1]);
        assert_eq!(starts(&[f64::INFINITY, 2.0, 2.0], 1), [1, 2]);
    }
}
