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
use crate::stats::{Eigen, Fitted, Fraction, Spread, gram, simplex, spread};

/// Places of a slice; an even number of steps.
const SLICE: usize = 33;

/// A series that moves by less at every instant does not move \[s\]: below what rounding in the simulation may do.
const STILL: f64 = 1e-3;

/// Step of the slopes, as a share of the range.
const STEP: f64 = 0.005;

/// The widest step that they are taken over once more where the interval is as wide.
const WIDEST_STEP: f64 = 0.1;

/// Below this least eigenvalue of the slopes, scaled to unit length, values are not told apart: two that move the series alike to one part in ten thousand.
const ALIKE: f64 = 1e-4;

/// The square of the normal 95 % point: what the sum of squares of one value may grow within its interval, in variances (Wilks 1938).
const WITHIN: f64 = 3.841_458_820_694_124;

/// A stretch of equally good values shorter than this share of the range that touches its end is a best value near the end, not a bound, if the series still moves there.
const AT_END: f64 = 0.05;

/// A stretch shorter than this is a single value.
const A_POINT: f64 = 2e-3;

/// How far a valley is followed, as a share of the range.
const WALK: f64 = 0.25;

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
            let mut told = spread(&fitted, level);
            // Ages leap from point to point: their slope is that over the interval, not that of a moment.
            let steps: Vec<f64> = told.iter().flat_map(|told| &told.half).map(|half| half.clamp(STEP, WIDEST_STEP)).collect();
            if steps.iter().any(|step| *step > 2.0 * STEP) {
                let wider = rows(&differences(model, &found.at, &steps, done)?);
                candidates += 2 * factors as u64;
                told = spread(&Fitted { slopes: &wider, ..fitted }, level).or(told);
            }
            (told, WITHIN * variance * inflation)
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
    if factors > 1 {
        let (valley, more) = valley(model, found, &slopes, found.squares + within, done);
        candidates += more;
        if let Some(valley) = valley {
            return Err(Refusal::Input(refusals::alike(model, &valley)));
        }
    }
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
    Ok((rows(&found), candidates))
}

/// From columns to rows.
fn rows(columns: &[(Vec<f64>, f64)]) -> Vec<Vec<f64>> {
    let rows = columns.first().map_or(0, |(column, _)| column.len());
    (0..rows).map(|row| columns.iter().map(|(column, _)| column[row]).collect()).collect()
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
    let eigen = Eigen::of(&scaled(&products));
    if eigen.values[0] >= ALIKE { Vec::new() } else { partners(&eigen) }
}

/// The matrix with ones on its diagonal.
fn scaled(products: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let size = products.len();
    let cell = |i: usize, j: usize| products[i][j] / (products[i][i] * products[j][j]).sqrt();
    (0..size).map(|i| (0..size).map(|j| cell(i, j)).collect()).collect()
}

/// The values that have a part in the direction along which the series changes least.
fn partners(eigen: &Eigen) -> Vec<usize> {
    let part = |factor: &usize| eigen.vectors[0][*factor].abs();
    let mut factors: Vec<usize> = (0..eigen.values.len()).collect();
    factors.sort_by(|a, b| part(b).total_cmp(&part(a)));
    let mut named: Vec<usize> =
        factors.iter().enumerate().filter(|(place, factor)| *place < 2 || part(factor) > 0.3).map(|(_, factor)| *factor).collect();
    named.sort_unstable();
    named
}

/// Walks a quarter of the range along the direction that the slopes leave least told, all other values refitted there: if what is left grows by no more than within an
/// interval, that direction is a valley, and these values cannot be told apart. Slopes alone may hide it where the series has kinks.
fn valley(model: &Model<'_>, found: &Found, slopes: &[Vec<f64>], limit: f64, done: &(dyn Fn() + Sync)) -> (Option<Vec<usize>>, u64) {
    let factors = found.at.len();
    let eigen = Eigen::of(&gram(slopes, factors));
    let direction = &eigen.vectors[0];
    let lead = (0..factors).max_by(|a, b| direction[*a].abs().total_cmp(&direction[*b].abs())).unwrap_or(0);
    let walk = |by: f64| {
        let held = found.at[lead] + by;
        if !(0.0..=1.0).contains(&held) {
            return (false, 0);
        }
        let others: Vec<usize> = (0..factors).filter(|factor| *factor != lead).collect();
        let start: Vec<f64> = others.iter().map(|factor| (found.at[*factor] + direction[*factor] / direction[lead] * by).clamp(0.0, 1.0)).collect();
        let refitted = simplex(&start, 0.1, 1e-4, 40 * others.len(), |rest| {
            let mut at = found.at.clone();
            at[lead] = held;
            others.iter().zip(rest).for_each(|(factor, share)| at[*factor] = *share);
            done();
            model.answer(&at).map_or(f64::INFINITY, |answer| model.squares(&answer.values))
        });
        (refitted.value <= limit, refitted.evaluations as u64)
    };
    let walks: Vec<(bool, u64)> = [-WALK, WALK].par_iter().map(|by| walk(*by)).collect();
    let is_valley = walks.iter().any(|(flat, _)| *flat);
    (is_valley.then(|| partners(&Eigen::of(&scaled(&gram(slopes, factors))))), walks.iter().map(|(_, evaluations)| evaluations).sum())
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
    Ok((Some(Spread { half, covariance }), energy))
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
