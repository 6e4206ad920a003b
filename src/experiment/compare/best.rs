//! The best of several designs in one figure: runs go where they tell the best from the others (OCBA), until that is likely enough or the most runs allowed are made.
//!
//! Every design's run r has the random numbers of replication r, so designs that have made as many runs have seen the same chances. OCBA and its probability
//! take designs for independent; designs that react alike differ less than that, so more runs are made than are needed, and the probability is too low rather
//! than too high. It rests on a normal approximation, and is not corrected for being looked at after every batch.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::experiment::compare::better::Direction;
use crate::experiment::compare::designs::Design;
use crate::experiment::compare::record::{Best, BestDesign};
use crate::experiment::compare::rounds::{Lacking, Lane, Lanes};
use crate::experiment::compare::words::amount;
use crate::experiment::figure::Figure;
use crate::format::{plural, share};
use crate::stats::{Candidate, Moments, best as smallest, correct_selection, ocba};

/// Runs of each design before any is preferred: variances from fewer mislead (Chen and Lee 2010, section 3.4, advise 5 to 20).
const FIRST: usize = 20;

/// Runs for each design in a batch, shared out anew each time: small batches waste least, and keep all threads busy.
const BATCH: usize = 5;

/// The surest that is said, which is in words "over 99.99 %".
const MOST_SURE: f64 = 0.999_99;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// In which figure; the first of those compared.
    pub figure: Figure,
    /// Difference in means that does not matter \[unit of the figure\].
    pub indifference: f64,
    /// Probability of a good selection \[1\].
    pub probability: f64,
    /// Most runs of all designs together, as so many of each.
    pub most_each: usize,
}

/// Runs the designs until the best is likely enough.
///
/// # Errors
/// As [`Lanes::begin`].
pub fn run(designs: &[Design], wanted: &Wanted, typed: &[Figure], stop: &AtomicBool, done: &(dyn Fn() + Sync)) -> Result<Lanes, Lacking> {
    let first = FIRST.min(wanted.most_each);
    let mut lanes = Lanes::begin(designs, typed, first as u64, done)?;
    if !lanes.random() {
        return Ok(lanes);
    }
    lanes.extend(designs, &vec![first - 1; designs.len()], stop, done);
    let most = wanted.most_each * designs.len();
    while !stop.load(Ordering::Relaxed) {
        let made: usize = lanes.lanes.iter().map(|lane| lane.gathered.runs()).sum();
        let Some(candidates) = candidates(&lanes.lanes, &wanted.figure) else { break };
        if made >= most || correct_selection(&candidates, wanted.indifference) >= wanted.probability {
            break;
        }
        let more = ocba(&candidates, (BATCH * designs.len()).min(most - made), wanted.indifference);
        lanes.extend(designs, &more, stop, done);
    }
    Ok(lanes)
}

/// What is known of each design, larger values counting as smaller where they are better; `None` if one has fewer than two.
fn candidates(lanes: &[Lane], figure: &Figure) -> Option<Vec<Candidate>> {
    let sign = if Direction::of(figure.path()) == Direction::Larger { -1.0 } else { 1.0 };
    let one = |lane: &Lane| {
        let moments = moments(lane);
        // What is not random has no variance, however often it is run.
        let variance = if lane.random() { moments.variance()? } else { 0.0 };
        Some(Candidate { mean: sign * moments.mean()?, variance, runs: moments.count() })
    };
    lanes.iter().map(one).collect()
}

/// Of the first figure.
fn moments(lane: &Lane) -> Moments {
    Moments::of(&lane.gathered.values(0))
}

/// What the runs say of the best.
pub fn found(lanes: &Lanes, labels: &[String], wanted: &Wanted) -> Best {
    let kind = wanted.figure.kind();
    let candidates = candidates(&lanes.lanes, &wanted.figure);
    let probability = candidates.as_ref().map(|candidates| correct_selection(candidates, wanted.indifference));
    let best = candidates.as_ref().and_then(|candidates| smallest(candidates)).and_then(|place| labels.get(place).cloned());
    let runs: u64 = lanes.lanes.iter().map(|lane| lane.gathered.runs() as u64).sum();
    let cap_hit = lanes.random() && probability.is_some_and(|probability| probability < wanted.probability);
    let designs = lanes.lanes.iter().zip(labels).map(|(lane, label)| {
        let moments = moments(lane);
        let deviation = moments.variance().map(f64::sqrt);
        BestDesign { label: label.clone(), runs: lane.gathered.runs() as u64, mean: moments.mean(), deviation }
    });
    let within =
        if wanted.indifference > 0.0 { format!(", or no more than {} worse than it", amount(kind, wanted.indifference)) } else { String::new() };
    let words = match (&best, probability) {
        (Some(best), Some(_)) if !lanes.random() => vec![format!("{best} is the best, exactly: nothing is random.")],
        (Some(best), Some(probability)) => {
            let mut words = vec![format!(
                "{best} is the best{within}, with a probability of at least {} after {} (OCBA).",
                // Nothing is certain by a normal approximation.
                share(probability.min(MOST_SURE)),
                plural(runs, "run", "runs")
            )];
            if cap_hit {
                words.push(format!(
                    "That is less than the {} asked for: allow more runs with --replications, or more --indifference.",
                    share(wanted.probability)
                ));
            }
            words.push(
                "The probability takes the designs for independent; they saw the same chances, so it is rather too low than too high as long as they react alike.".to_owned(),
            );
            words
        }
        _ => vec!["There was nothing to measure in some design, so none is the best.".to_owned()],
    };
    Best {
        figure: wanted.figure.path().to_owned(),
        better: Direction::of(wanted.figure.path()),
        indifference: wanted.indifference,
        asked: wanted.probability,
        probability,
        cap_hit,
        best,
        designs: designs.collect(),
        words,
    }
}
