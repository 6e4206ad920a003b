//! What a calibration found, as `calibration.json` has it: versioned, in SI base units, nothing rounded.

use serde::Serialize;

use crate::experiment::calibrate::identify::{Told, ends, is_at_end, judge, value};
use crate::experiment::calibrate::model::{Answer, Matching, Model};
use crate::experiment::calibrate::search::{Found, search};
use crate::experiment::calibrate::{Refusal, wish};
use crate::experiment::figure::Kind;
use crate::model::World;
use crate::simulate::Quantity;
use crate::stats::{Fraction, inflation};

/// Version of the record's shape.
pub const SCHEMA: u32 = 1;

/// Confidence of all intervals.
pub const LEVEL: Fraction = Fraction::P95;

/// `calibration.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Version of this shape.
    pub schema: u32,
    /// Program version.
    pub version: String,
    /// Title of the scenario.
    pub title: String,
    /// Short name of the scenario.
    pub scenario: String,
    /// Calendar start of the run (UTC), `2026-01-05T00:00:00`.
    pub start: String,
    /// Length of the run \[s\].
    pub horizon_s: f64,
    /// Seed.
    pub seed: u64,
    /// What was set besides the file and the fit, as `key=value`.
    pub set: Vec<String>,
    /// What was observed: `lag`, `reported_rpo` or `point_age`.
    pub what: String,
    /// How it was compared: `course` (instant by instant) or `law` (sorted by size).
    pub by: String,
    /// Replications of each candidate.
    pub replications: u64,
    /// The observed series.
    pub observed: ObservedSeries,
    /// What was fitted.
    pub fitted: Vec<FittedValue>,
    /// Correlations of the fitted values, row by row \[1\].
    pub correlations: Vec<Vec<f64>>,
    /// What is left at the fit.
    pub residuals: Residuals,
    /// What was left before, with the scenario as it is.
    pub before: Residuals,
    /// Confidence of the intervals \[1\].
    pub level: f64,
    /// How they were found.
    pub method: String,
    /// Candidates simulated.
    pub candidates: u64,
    /// The options of `failback run` that reproduce the fit, as `key=value`.
    pub sets: Vec<String>,
    /// Remarks on the fit.
    pub remarks: Vec<String>,
}

/// The observed series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObservedSeries {
    /// File.
    pub file: String,
    /// Columns.
    pub columns: Vec<String>,
    /// Values compared.
    pub values: u64,
    /// First and last instant [s since the run's start].
    pub from_s: f64,
    /// Last instant \[s\].
    pub to_s: f64,
    /// Step that the values were rounded to \[s\]; 0 if none shows.
    pub step_s: f64,
    /// What was noticed.
    pub notes: Vec<String>,
}

/// One fitted value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FittedValue {
    /// Key of the scenario.
    pub key: String,
    /// What it is.
    pub kind: Kind,
    /// The fitted value, in SI base units.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the interval was cut off at the range's lower end, or upper end.
    pub cut: [bool; 2],
    /// The range that was searched.
    pub from: f64,
    /// Its upper end.
    pub to: f64,
    /// Whether the best value lies at an end of the range: the true one may lie beyond.
    pub at_end: bool,
    /// As `--set` takes it: `key=value`.
    pub written: String,
    /// A slice through the fit: values in SI base units and what is left there \[s, root mean square\], the others held.
    pub slice: Vec<(f64, f64)>,
}

/// What is left between observed and simulated.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Residuals {
    /// Mean of observed - simulated \[s\].
    pub bias_s: f64,
    /// Root mean square \[s\].
    pub rms_s: f64,
    /// Share of the observed variance that the simulation explains \[1\]; negative if it is worse than the observed mean.
    pub explained: f64,
    /// Correlation of neighbouring residuals \[1\].
    pub autocorrelation: f64,
    /// As many independent residuals would vary as much in sum.
    pub effective: f64,
    /// The largest \[s\], with its sign.
    pub worst_s: f64,
    /// When [s since the run's start]; null where values were compared by size.
    pub worst_at_s: Option<f64>,
    /// The hour in which they are largest on average, from its start [s since the run's start].
    pub worst_hour_s: Option<f64>,
    /// Their mean size in that hour \[s\].
    pub worst_hour_mean_s: Option<f64>,
}

/// One compared value.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// When [s since the run's start]; `None` where values were compared by size.
    pub at_s: Option<f64>,
    /// Column.
    pub column: String,
    /// Observed \[s\].
    pub observed_s: f64,
    /// Simulated with the fitted values \[s\].
    pub simulated_s: f64,
    /// Simulated with the scenario as it is \[s\].
    pub before_s: f64,
}

/// A calibration with the series it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrated {
    /// The record.
    pub record: Calibration,
    /// Every compared value.
    pub compared: Vec<Compared>,
}

/// Fits, judges, and puts the record together. `world` is the scenario as it is; `done` is told after each candidate.
///
/// # Errors
/// What was observed cannot be compared, or cannot tell what is fitted.
pub fn calibrate(model: &mut Model<'_>, file: &str, world: &World, done: &(dyn Fn() + Sync)) -> Result<Calibrated, Refusal> {
    let in_step = in_step(model, world);
    let with_hint = |refusal| match (refusal, &in_step) {
        (Refusal::Input(text), Some(hint)) => Refusal::Input(format!("{text}\n{hint}")),
        (refusal, _) => refusal,
    };
    let found = search(model, done)?;
    let told = judge(model, &found, LEVEL, done).map_err(with_hint)?;
    model.observed.notes.extend(in_step);
    let before = model.answer_of(world);
    let compared = compared(model, &told.answer, &before);
    let record = record(model, file, world, (&found, &told), &compared);
    Ok(Calibrated { record, compared })
}

/// Readings that come in step with the recovery points see every interval at the same place: then ages say nothing of times shorter than an interval.
fn in_step(model: &Model<'_>, world: &World) -> Option<String> {
    let every = world.policy.crash_every.as_secs_f64();
    let phase = |at: &f64| (at / every).fract();
    let instants = &model.observed.instants;
    let first = phase(instants.first()?);
    let same = |at: &f64| (phase(at) - first).abs().min(1.0 - (phase(at) - first).abs()) < 0.05;
    let all = model.quantity != Quantity::Lag && model.matching == Matching::Course && instants.iter().all(same);
    all.then(|| {
        format!(
            "The readings come in step with the recovery points (every {}): each meets the interval at the same place, so times shorter than it cannot be told.",
            world.policy.crash_every
        )
    })
}

fn compared(model: &Model<'_>, answer: &Answer, before: &Answer) -> Vec<Compared> {
    let observed = &model.observed;
    let course = model.matching == Matching::Course;
    let mut columns: Vec<usize> = observed.values.iter().map(|(_, column, _)| *column).collect();
    if !course {
        columns.sort_unstable();
    }
    let targets = model.targets();
    (0..targets.len())
        .map(|index| Compared {
            at_s: course.then(|| observed.instants[observed.values[index].0]),
            column: observed.columns[columns[index]].clone(),
            observed_s: targets[index],
            simulated_s: answer.values[index],
            before_s: before.values[index],
        })
        .collect()
}

fn record(model: &Model<'_>, file: &str, world: &World, (found, told): (&Found, &Told), compared: &[Compared]) -> Calibration {
    let observed = &model.observed;
    let fitted: Vec<FittedValue> = (0..model.wishes.len()).map(|factor| fitted(model, found, told, factor)).collect();
    let covariance = &told.spread.covariance;
    let correlation = |i: usize, j: usize| covariance[i][j] / (covariance[i][i] * covariance[j][j]).sqrt();
    let of = |pick: fn(&Compared) -> f64| residuals(&model.instants(), compared, pick);
    let (residuals, before) = (of(|row| row.simulated_s), of(|row| row.before_s));
    let mut notes = observed.notes.clone();
    if found.left_out > 0 {
        notes.push(format!("{} values where the simulation has nothing to see: left out.", found.left_out));
    }
    let (by, replications, method) = match model.matching {
        Matching::Course => (
            "course",
            1,
            "Student's t about the least-squares fit; the wider of two standard errors: the textbook's with the variance where the series moves, inflated by the scores' \
             autocorrelations (Geyer), and one for residuals of any size (Newey-West)",
        ),
        Matching::Law { runs } => (
            "law",
            runs,
            "Student's t; standard errors from further replications of the fitted scenario, each fitted in its turn (linearized parametric bootstrap)",
        ),
    };
    Calibration {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        title: world.title.clone(),
        scenario: model.base.name().to_owned(),
        start: world.start.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        horizon_s: world.horizon.as_secs_f64(),
        seed: world.seed,
        set: model.sets.to_vec(),
        what: what(model.quantity).to_owned(),
        by: by.to_owned(),
        replications,
        observed: ObservedSeries {
            file: file.to_owned(),
            columns: observed.columns.clone(),
            values: compared.len() as u64,
            from_s: observed.instants.first().copied().unwrap_or_default(),
            to_s: observed.instants.last().copied().unwrap_or_default(),
            step_s: observed.step_s,
            notes,
        },
        correlations: (0..fitted.len()).map(|i| (0..fitted.len()).map(|j| correlation(i, j)).collect()).collect(),
        remarks: remarks(&fitted, &residuals, &before),
        residuals,
        before,
        level: LEVEL.get(),
        method: method.to_owned(),
        candidates: found.candidates + told.candidates,
        sets: model.sets.iter().cloned().chain(fitted.iter().map(|value| value.written.clone())).collect(),
        fitted,
    }
}

/// The name of a quantity, as the record has it.
pub fn what(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Lag => "lag",
        Quantity::ReportedRpo => "reported_rpo",
        Quantity::PointAge => "point_age",
    }
}

fn fitted(model: &Model<'_>, found: &Found, told: &Told, factor: usize) -> FittedValue {
    let (wish, at) = (&model.wishes[factor], found.at[factor]);
    let ((low, cut_low), (high, cut_high)) = ends(at, told.spread.half[factor]);
    let count = told.answer.values.len().max(1) as f64;
    FittedValue {
        key: wish.key.clone(),
        kind: wish.kind(),
        value: value(model, factor, at),
        low: value(model, factor, low),
        high: value(model, factor, high),
        cut: [cut_low, cut_high],
        from: value(model, factor, 0.0),
        to: value(model, factor, 1.0),
        at_end: is_at_end(at),
        written: wish::written(wish, at),
        slice: told.slices[factor].iter().map(|place| (value(model, factor, place.share), (place.squares / count).sqrt())).collect(),
    }
}

fn residuals(instants: &[usize], compared: &[Compared], simulated: impl Fn(&Compared) -> f64) -> Residuals {
    let left: Vec<f64> = compared.iter().map(|row| row.observed_s - simulated(row)).collect();
    let count = left.len().max(1) as f64;
    let squares: f64 = left.iter().map(|value| value * value).sum();
    let mean = compared.iter().map(|row| row.observed_s).sum::<f64>() / count;
    let about: f64 = compared.iter().map(|row| (row.observed_s - mean).powi(2)).sum();
    let bias = left.iter().sum::<f64>() / count;
    let neighbours: f64 = left.windows(2).map(|pair| (pair[0] - bias) * (pair[1] - bias)).sum();
    let spread: f64 = left.iter().map(|value| (value - bias).powi(2)).sum();
    let worst = (0..left.len()).max_by(|a, b| left[*a].abs().total_cmp(&left[*b].abs()).then(b.cmp(a)));
    let hour = worst_hour(compared, &left);
    Residuals {
        bias_s: bias,
        rms_s: (squares / count).sqrt(),
        explained: if about > 0.0 { 1.0 - squares / about } else { 0.0 },
        autocorrelation: if spread > 0.0 { neighbours / spread } else { 0.0 },
        effective: count / inflation(&left, instants).0,
        worst_s: worst.map_or(0.0, |index| left[index]),
        worst_at_s: worst.and_then(|index| compared[index].at_s),
        worst_hour_s: hour.map(|(from, _)| from),
        worst_hour_mean_s: hour.map(|(_, mean)| mean),
    }
}

/// The hour of the run in which residuals are largest on average.
fn worst_hour(compared: &[Compared], left: &[f64]) -> Option<(f64, f64)> {
    const HOUR: f64 = 3600.0;
    let mut hours: Vec<(f64, f64, f64)> = Vec::new();
    for (row, value) in compared.iter().zip(left) {
        let from = (row.at_s? / HOUR).floor() * HOUR;
        match hours.last_mut() {
            Some(hour) if hour.0 == from => (hour.1, hour.2) = (hour.1 + value.abs(), hour.2 + 1.0),
            _ => hours.push((from, value.abs(), 1.0)),
        }
    }
    hours.into_iter().map(|(from, sum, count)| (from, sum / count)).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.total_cmp(&a.0)))
}

fn remarks(fitted: &[FittedValue], residuals: &Residuals, before: &Residuals) -> Vec<String> {
    let mut remarks = Vec::new();
    for value in fitted.iter().filter(|value| value.at_end) {
        remarks.push(format!("The best {} lies at the end of its range: the true one may lie beyond; widen the range.", value.key));
    }
    if residuals.explained < 0.5 {
        remarks.push(
            "The fit explains less than half of what was observed: the scenario misses something that the fitted values cannot stand for (another load, an outage, \
             another clock); intervals take the scenario to be right and mean little then."
                .to_owned(),
        );
    } else if residuals.bias_s.abs() > 0.5 * residuals.rms_s && residuals.rms_s > 1.0 {
        let side = if residuals.bias_s > 0.0 { "above" } else { "below" };
        remarks.push(format!("What was observed lies {side} the simulation nearly everywhere: are the clocks, the unit and the quantity right?"));
    }
    if residuals.rms_s > 0.98 * before.rms_s {
        remarks.push("The scenario as it is fits about as well: nothing was gained.".to_owned());
    }
    remarks
}
