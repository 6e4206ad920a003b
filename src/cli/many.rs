//! `failback run --replications N` and `--precision P`: many runs of one scenario instead of one.

use std::sync::atomic::Ordering;

use crate::cli::progress::Runs;
use crate::cli::{Failure, RunOptions, interrupt};
use crate::experiment::figure::{Figure, NoFigure};
use crate::experiment::long_run::{WarmUp, long_run, runs_needed};
use crate::experiment::replications::{HowMany, gather, summary};
use crate::experiment::target::Target;
use crate::experiment::usual::usual;
use crate::model::World;
use crate::results::{Replications, RunOutput};
use crate::stats::{Fraction, Precision};
use crate::units::{Share, Span};

/// Runs before a precision is looked at: fewer say little about how far the values scatter.
pub(super) const FLOOR: u64 = 40;

/// Most runs for a precision unless more are allowed.
pub(super) const CAP: u64 = 1000;

/// Confidence of all intervals.
pub(super) const LEVEL: Fraction = Fraction::P95;

/// How many runs are asked for; `None` for a single one.
///
/// # Errors
/// [`Failure::Input`] for a precision that is not a share between 0 and 1, or options that need replications and have none.
pub fn asked(options: &RunOptions) -> Result<Option<HowMany>, Failure> {
    if options.precision.is_none() && options.replications.is_none() && !options.figures.is_empty() {
        return Err(Failure::typed("--figure is gathered over replications: say how many with --replications, or until when with --precision"));
    }
    if options.precision.is_none() && options.replications.is_none() && options.warm_up.is_some() {
        return Err(Failure::typed("--warm-up is of figures over replications: say how many with --replications, or until when with --precision"));
    }
    how_many(options.precision.as_deref(), options.replications)
}

/// How many runs a precision and a number of replications ask for; `None` where neither is given.
///
/// # Errors
/// [`Failure::Input`] for a precision that is not a share between 0 and 1.
pub(super) fn how_many(precision: Option<&str>, replications: Option<u64>) -> Result<Option<HowMany>, Failure> {
    let Some(typed) = precision else { return Ok(replications.map(HowMany::Fixed)) };
    let Some(relative) = typed.parse::<Share>().ok().and_then(|share| Fraction::new(share.get())) else {
        return Err(Failure::typed(format!("--precision {typed}: write a share above 0, such as \"5 %\"")));
    };
    let cap = replications.unwrap_or(CAP);
    Ok(Some(HowMany::Until(Precision { relative, level: LEVEL, floor: FLOOR.min(cap) as usize, cap: cap as usize })))
}

/// Where the warm-up ends, if long-run figures are asked for.
///
/// # Errors
/// [`Failure::Input`] for what is neither `auto` nor a span within the run, and for a round trip.
pub fn warm_up(options: &RunOptions, world: &World) -> Result<Option<WarmUp>, Failure> {
    let Some(typed) = &options.warm_up else { return Ok(None) };
    if world.journey.is_some() {
        return Err(Failure::typed(
            "--warm-up: a round trip begins and ends, and has no long run; take the disasters out of the scenario for long-run figures",
        ));
    }
    if typed == "auto" {
        return Ok(Some(WarmUp::Auto));
    }
    match typed.parse::<Span>() {
        Ok(span) if span < world.horizon => Ok(Some(WarmUp::Given(span))),
        Ok(span) => Err(Failure::typed(format!("--warm-up {typed}: {span} leave nothing of a run of {}; write a shorter span", world.horizon))),
        Err(error) => Err(Failure::typed(format!("--warm-up {typed}: {error}; write `auto` or a span, such as \"12 h\""))),
    }
}

/// Simulates the replications and puts what they say into the record of the first. An interrupt ends it early, with what has been simulated so far; returns whether one did.
///
/// # Errors
/// [`Failure::Input`] for a figure that the record does not have.
pub fn replicate(
    world: &World,
    how_many: &HowMany,
    options: &RunOptions,
    targets: &[Target],
    warm_up: Option<WarmUp>,
    output: &mut RunOutput,
) -> Result<bool, Failure> {
    let typed = options.figures.iter().map(|path| Figure::at(path)).chain(targets.iter().map(|target| target.figure().clone()));
    let mut figures: Vec<Figure> = Vec::new();
    typed.for_each(|figure| {
        if !figures.contains(&figure) {
            figures.push(figure)
        }
    });
    let summary_of_first =
        serde_json::to_value(&output.results).map_err(|error| Failure::Running(format!("cannot read the results back: {error}")))?;
    for figure in &figures {
        figure.of(&summary_of_first).map_err(|NoFigure(why)| Failure::typed(format!("--figure {}: {why}", figure.path())))?;
    }
    let usual: Vec<Figure> = usual(world).into_iter().filter(|figure| !figures.contains(figure)).collect();
    figures.extend(usual);
    let (most, cap) = match how_many {
        HowMany::Fixed(runs) => (*runs, false),
        HowMany::Until(rule) => (rule.cap as u64, true),
    };
    let progress = Runs::new(options.manner.quiet, most, cap);
    let stop = interrupt::stop_gently();
    let gathered = gather(world, how_many, figures, LEVEL, stop, &|| progress.one_more());
    progress.done();
    let gathered = gathered.map_err(|NoFigure(why)| Failure::Running(format!("a run has no such figure: {why}")))?;
    let (mut replications, table) = summary(&gathered, how_many, LEVEL);
    if let Some(how) = warm_up {
        let progress = Runs::new(options.manner.quiet, runs_needed(how, gathered.runs() as u64), false);
        replications.long_run = long_run(world, how, &gathered, LEVEL, stop, &|| progress.one_more());
        progress.done();
    }
    output.results.replications = Some(replications);
    output.runs = Some(table);
    Ok(stop.load(Ordering::Relaxed))
}

/// Holds the unfavourable end of a figure's interval against a target; if it misses, a sentence that says what was found.
///
/// # Errors
/// That sentence.
pub fn judge(target: &Target, many: &Replications) -> Result<(), String> {
    let figure = target.figure();
    let words = |value: f64| figure.kind().words(value);
    let found = many.figures.iter().find(|known| known.figure == figure.path()).and_then(|known| known.estimate.as_ref());
    let Some(found) = found else { return Err(format!("{target}; there was nothing to measure in any run")) };
    let (end, side) = if target.wants_more() { (found.low, "at least") } else { (found.high, "at most") };
    match end {
        Some(end) if target.is_met_by(end) => Ok(()),
        Some(end) => Err(format!("{target}; it is {}, {side} {} at 95 % confidence", words(found.estimate), words(end))),
        None => Err(format!("{target}; it is {}, but {} runs do not bound it", words(found.estimate), many.runs)),
    }
}
