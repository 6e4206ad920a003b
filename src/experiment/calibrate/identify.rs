//! Whether a series can tell the fitted values at all, and how well. What it cannot tell is refused: a number without a foundation would be believed.
//!
//! Each value is moved through its whole range, the others held (a *slice*). Where the series does not move, or leaves the same residuals as far as an end of the
//! range, the value is not told, or only bounded. Where the series moves the same way for two values, only their combination is told: then the scaled matrix of
//! slopes has an eigenvalue near zero, and its eigenvector names them.

use rayon::prelude::*;

use crate::experiment::calibrate::model::{Answer, Matching, Model};
use crate::experiment::calibrate::refusals;
use crate::experiment::calibrate::search::Found;
use crate::experiment::calibrate::{Refusal, wish};
use crate::stats::{Eigen, Fitted, Fraction, Spread, gram, spread};

/// Places of a slice; an even number of steps.
const SLICE: usize = 33;

/// A series that moves by less at every instant does not move \[s\]: below what rounding in the simulation may do.
const STILL: f64 = 1e-3;

/// Step of the slopes, as a share of the range.
const STEP: f64 = 0.005;

/// Below this least eigenvalue of the slopes, scaled to unit length, values are not told apart: two that move the series alike to one part in ten thousand.
const ALIKE: f64 = 1e-4;

/// The square of the normal 95 % point: what the sum of squares of one value may grow within its interval, in variances (Wilks 1938).
const WITHIN: f64 = 3.841_458_820_694_124;

/// A stretch of equally good values shorter than this share of the range that touches its end is a best value near the end, not a bound, if the series still moves there.
const AT_END: f64 = 0.05;

/// A stretch shorter than this is a single value.
const A_POINT: f64 = 2e-3;

/// Further replications of the fitted scenario, as if it were observed again.
const AGAIN: u64 = 40;

/// A place of a slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Share of the range.
    pub share: f64,
    /// What is left there \[s^2\].
    pub squares: f64,
    /// Largest movement of the series from the fit \[s\].
    pub moved: f64,
    /// Time in which the link was full \[s\].
    pub link_full_s: f64,
}

/// What the series tells.
#[derive(Clone, Debug)]
pub struct Told {
    /// How sure the values are, in shares of their ranges.
    pub spread: Spread,
    /// A slice through the fit along each value.
    pub slices: Vec<Vec<Place>>,
    /// How far the sum of squares may grow within an interval \[s^2\].
    pub within: f64,
    /// Simulated series at the fit.
    pub answer: Answer,
    /// Candidates simulated.
    pub candidates: u64,
}

/// Judges the fit; `done` is told after each candidate.
///
/// # Errors
/// What the series cannot tell, and what would help.
pub fn judge(model: &Model<'_>, found: &Found, level: Fraction, done: &(dyn Fn() + Sync)) -> Result<Told, Refusal> {
    let answer = model.answer(&found.at).map_err(Refusal::Input)?;
    let factors = model.wishes.len();
    let at = |factor: usize, share: f64| -> Vec<f64> {
        let mut at = found.at.clone();
        at[factor] = share;
        at
    };
    let place = |factor: usize, share: f64| {
        let moved = model.answer(&at(factor, share)).ok();
        done();
        moved.map(|moved| Place {
            share,
            squares: model.squares(&moved.values),
            moved: distance(&moved.values, &answer.values),
            link_full_s: moved.link_full_s,
        })
    };
    let shares = |factor: usize| {
        let mut shares: Vec<f64> = (0..SLICE).map(|step| step as f64 / (SLICE - 1) as f64).chain([found.at[factor]]).collect();
        shares.sort_by(f64::total_cmp);
        shares
    };
    let wanted: Vec<(usize, f64)> = (0..factors).flat_map(|factor| shares(factor).into_iter().map(move |share| (factor, share))).collect();
    let places: Vec<Option<Place>> = wanted.par_iter().map(|(factor, share)| place(*factor, *share)).collect();
    let slice = |factor: usize| wanted.iter().zip(&places).filter(|((of, _), _)| *of == factor).filter_map(|(_, place)| place.clone()).collect();
    let slices: Vec<Vec<Place>> = (0..factors).map(slice).collect();

    let still: Vec<usize> = (0..factors).filter(|factor| slices[*factor].iter().all(|place| place.moved < STILL)).collect();
    if !still.is_empty() {
        return Err(Refusal::Input(refusals::still(model, &still, &slices)));
    }
    let (slopes, mut candidates) = slopes(model, &found.at, done)?;
    candidates += wanted.len() as u64;
    let alike = alike(&slopes, factors);
    if alike.len() > 1 {
        return Err(Refusal::Input(refusals::alike(model, &alike)));
    }
    let targets = model.targets();
    let residuals: Vec<f64> = targets.iter().zip(&answer.values).map(|(target, value)| target - value).collect();
    let least = model.observed.step_s / 12_f64.sqrt();
    let instants = model.instants();
    let (spread, within) = match model.matching {
        Matching::Course => {
            let (inflation, _) = crate::stats::inflation(&residuals, &instants);
            let freedom = residuals.len().saturating_sub(factors).max(1) as f64;
            let variance = (found.squares / freedom).max(least * least).max(STILL * STILL);
            let fitted = Fitted { residuals: &residuals, slopes: &slopes, instants: &instants, least };
            (spread(&fitted, level), WITHIN * variance * inflation)
        }
        Matching::Law { runs } => {
            candidates += AGAIN;
            again(model, &found.at, &slopes, &answer, runs, level, done)?
        }
    };
    for (factor, slice) in slices.iter().enumerate() {
        let (low, high) = stretch(slice, found.at[factor], found.squares + within);
        let touches = (low <= 0.0, high >= 1.0);
        let moves = slice.iter().any(|place| (low..=high).contains(&place.share) && place.moved >= STILL);
        let is_near_end = high - low <= AT_END && (moves || high - low <= A_POINT);
        if (touches.0 || touches.1) && !is_near_end {
            let edge = |inside: f64, outside: f64| {
                bisected(inside, outside, |share| place(factor, share).is_some_and(|p| p.squares <= found.squares + within))
            };
            let step = 1.0 / (SLICE - 1) as f64;
            let bound = match touches {
                (true, true) => None,
                (true, false) => Some((edge(high, (high + step).min(1.0)), false)),
                _ => Some((edge(low, (low - step).max(0.0)), true)),
            };
            return Err(Refusal::Input(refusals::bounded(model, factor, bound, slice, answer.link_full_s)));
        }
    }
    let Some(spread) = spread else { return Err(Refusal::Input(refusals::alike(model, &(0..factors).collect::<Vec<_>>()))) };
    let wide: Vec<usize> = (0..factors).filter(|factor| spread.half[*factor] > 0.5).collect();
    if !wide.is_empty() {
        return Err(Refusal::Input(refusals::wide(model, &wide)));
    }
    Ok(Told { spread, slices, within, answer, candidates })
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Slopes of every simulated value by differences, in steps that move the series about equally far for each fitted value: what then still differs is its shape.
fn slopes(model: &Model<'_>, at: &[f64], done: &(dyn Fn() + Sync)) -> Result<(Vec<Vec<f64>>, u64), Refusal> {
    let first = differences(model, at, &vec![STEP; at.len()], done)?;
    let mut candidates = 2 * at.len() as u64;
    let mut found = first;
    if at.len() > 1 {
        let lengths: Vec<f64> = found.iter().map(|(column, step)| length(column) * step).collect();
        let least = lengths.iter().copied().filter(|length| *length > 0.0).fold(f64::INFINITY, f64::min);
        let steps: Vec<f64> = lengths.iter().map(|length| if *length > 0.0 { STEP * (least / length).max(0.02) } else { STEP }).collect();
        found = differences(model, at, &steps, done)?;
        candidates *= 2;
    }
    let rows = found.first().map_or(0, |(column, _)| column.len());
    Ok(((0..rows).map(|row| found.iter().map(|(column, _)| column[row]).collect()).collect(), candidates))
}

/// For each fitted value the slope of the series, and the step it was taken over.
fn differences(model: &Model<'_>, at: &[f64], steps: &[f64], done: &(dyn Fn() + Sync)) -> Result<Vec<(Vec<f64>, f64)>, Refusal> {
    let one = |factor: usize| {
        let moved = |by: f64| {
            let mut place = at.to_vec();
            place[factor] = (place[factor] + by).clamp(0.0, 1.0);
            let answer = model.answer(&place).map_err(Refusal::Input);
            done();
            answer.map(|answer| (place[factor], answer.values))
        };
        let ((low, below), (high, above)) = (moved(-steps[factor])?, moved(steps[factor])?);
        let column = above.iter().zip(&below).map(|(above, below)| (above - below) / (high - low)).collect();
        Ok((column, high - low))
    };
    (0..at.len()).into_par_iter().map(one).collect()
}

fn length(column: &[f64]) -> f64 {
    column.iter().map(|slope| slope * slope).sum::<f64>().sqrt()
}

/// The values that cannot be told apart; none if all can.
fn alike(slopes: &[Vec<f64>], factors: usize) -> Vec<usize> {
    let products = gram(slopes, factors);
    if factors < 2 || (0..factors).any(|factor| products[factor][factor] <= 0.0) {
        return Vec::new();
    }
    let scaled: Vec<Vec<f64>> =
        (0..factors).map(|i| (0..factors).map(|j| products[i][j] / (products[i][i] * products[j][j]).sqrt()).collect()).collect();
    let eigen = Eigen::of(&scaled);
    if eigen.values[0] >= ALIKE {
        return Vec::new();
    }
    // Those that have a part in the direction along which nothing changes.
    (0..factors).filter(|factor| eigen.vectors[0][*factor].abs() > 0.3).collect()
}

/// The stretch around the fit within which nothing is worse than `limit`, place by place of the slice.
fn stretch(slice: &[Place], at: f64, limit: f64) -> (f64, f64) {
    let below = slice.iter().rev().filter(|place| place.share <= at).take_while(|place| place.squares <= limit).last();
    let above = slice.iter().filter(|place| place.share >= at).take_while(|place| place.squares <= limit).last();
    (below.map_or(at, |place| place.share), above.map_or(at, |place| place.share))
}

/// Where between a share inside and one outside the test turns, closely enough to be read.
fn bisected(mut inside: f64, mut outside: f64, is_inside: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..10 {
        let middle = f64::midpoint(inside, outside);
        if is_inside(middle) { inside = middle } else { outside = middle }
    }
    inside
}

/// How the fit would scatter if the fitted scenario were observed again and again: each further replication moves it by (J'J)^-1 J' of how it differs.
fn again(
    model: &Model<'_>,
    at: &[f64],
    slopes: &[Vec<f64>],
    answer: &Answer,
    runs: u64,
    level: Fraction,
    done: &(dyn Fn() + Sync),
) -> Result<(Option<Spread>, f64), Refusal> {
    let factors = at.len();
    let world = model.world(&model.sets_at(at)).map_err(Refusal::Scenario)?;
    let replications: Vec<Vec<f64>> = (0..AGAIN)
        .into_par_iter()
        .map(|number| {
            let values = model.replication(&world, runs + number);
            done();
            values.iter().zip(&answer.values).map(|(value, mean)| value - mean).collect()
        })
        .collect();
    let energy = replications.iter().flatten().map(|value| value * value).sum::<f64>() / AGAIN as f64;
    let Some(inverse) = Eigen::of(&gram(slopes, factors)).inverse() else { return Ok((None, energy)) };
    let moves: Vec<Vec<f64>> = replications
        .iter()
        .map(|values| {
            let right: Vec<f64> = (0..factors).map(|j| slopes.iter().zip(values).map(|(slope, value)| slope[j] * value).sum()).collect();
            (0..factors).map(|i| (0..factors).map(|j| inverse[i][j] * right[j]).sum()).collect()
        })
        .collect();
    // About the fit, not about their mean: that the model's own replications differ from it counts too.
    let cell = |i: usize, j: usize| moves.iter().map(|by| by[i] * by[j]).sum::<f64>() / AGAIN as f64;
    let covariance: Vec<Vec<f64>> = (0..factors).map(|i| (0..factors).map(|j| cell(i, j)).collect()).collect();
    let quantile = crate::stats::student_quantile(AGAIN as usize, level);
    let half = (0..factors).map(|factor| quantile * covariance[factor][factor].sqrt()).collect();
    let count = answer.values.len();
    let spread = Spread { half, covariance, deviation: (energy / count.max(1) as f64).sqrt(), inflation: 1.0, effective: count as f64 };
    Ok((Some(spread), energy))
}

/// The share of each end of an interval, inside the range, and whether it was cut there.
pub fn ends(at: f64, half: f64) -> ((f64, bool), (f64, bool)) {
    let (low, high) = (at - half, at + half);
    ((low.max(0.0), low < 0.0), (high.min(1.0), high > 1.0))
}

/// Whether a fitted value lies at an end of its range.
pub fn is_at_end(at: f64) -> bool {
    !(1e-3..=1.0 - 1e-3).contains(&at)
}

/// A share as a value in SI base units.
pub fn value(model: &Model<'_>, factor: usize, share: f64) -> f64 {
    wish::value(&model.wishes[factor], share)
}
