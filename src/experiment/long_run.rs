//! Long-run figures: laws over time without the warm-up of the run, which is found by MSER-5 (`stats::mser5`) or given.
//!
//! A run that begins with a backlog, an initial replication or empty queues does not begin as it goes on. A finite study wants that in its figures; who asks what
//! a random instant far from the start sees does not. So the laws are made again: the same runs, with everything before the cut left out of the laws
//! (`simulate::laws_from`). Nothing is scaled or guessed. Totals, counts, maxima and round trips belong to a run of a stated length and have no long run.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::experiment::figure::Figure;
use crate::experiment::gather::{Gathered, is_of_law};
use crate::experiment::replications::Row;
use crate::model::{OutputPlan, World};
use crate::results::{FoundCut, LongRun, LongRunFigure};
use crate::simulate;
use crate::stats::{Fraction, Warmup, mser5};
use crate::units::Span;

/// Steps that the run is cut into to find the warm-up: MSER-5 then sees 200 batches of five, each half a per cent of the run.
const STEPS: u64 = 1000;

/// Runs whose series are averaged before the warm-up is looked for. Welch's procedure, from which the averaging is taken, asks for five at least.
pub const PILOT_RUNS: u64 = 20;

/// Where the warm-up ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarmUp {
    /// Where MSER-5 finds it.
    Auto,
    /// Here.
    Given(Span),
}

/// Runs that are simulated for it, at most.
pub fn runs_needed(how: WarmUp, runs: u64) -> u64 {
    runs + if how == WarmUp::Auto { runs.min(PILOT_RUNS) } else { 0 }
}

/// The long-run figures of the first `runs` replications of a world without a round trip, with what `gathered` says of the whole runs beside them. `done` is told
/// after each run. `None` if `stop` was set before it was through.
pub fn long_run(world: &World, how: WarmUp, gathered: &Gathered, level: Fraction, stop: &AtomicBool, done: &(dyn Fn() + Sync)) -> Option<LongRun> {
    let runs = gathered.runs() as u64;
    let found = match how {
        WarmUp::Given(_) => None,
        WarmUp::Auto => Some(pilot(world, runs.min(PILOT_RUNS), stop, done)?),
    };
    let cut = match (how, &found) {
        (WarmUp::Given(cut), _) => Some(cut),
        (_, Some(FoundCut { lag_s: Some(lag), waiting_s: Some(waiting), .. })) => Some(Span::from_secs_f64(lag.max(*waiting))),
        _ => None,
    };
    let figures = match cut {
        Some(cut) => figures(world, cut, gathered, level, stop, done)?,
        None => Vec::new(),
    };
    Some(LongRun { found, cut_s: cut.map(Span::as_secs_f64), runs, figures })
}

/// Nothing that takes time and is not asked for here.
fn bare(world: &World, series_every: Option<Span>) -> World {
    let output = OutputPlan {
        series_every,
        vm_quantiles: false,
        loss_bytes: false,
        events: false,
        points: false,
        curves: false,
        one_queue: false,
        ..world.output
    };
    World { output, ..world.clone() }
}

/// The ends of the warm-up of lag and backlog, averaged over some runs.
fn pilot(world: &World, runs: u64, stop: &AtomicBool, done: &(dyn Fn() + Sync)) -> Option<FoundCut> {
    let step = Span::from_nanos((world.horizon.as_nanos() / STEPS).max(1));
    let world = bare(world, Some(step));
    let series = |number: u64| {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let rows = simulate::run(&world, number, &mut |_| ()).series;
        done();
        Some(rows)
    };
    let all: Vec<_> = (0..runs).into_par_iter().map(series).collect::<Option<_>>()?;
    let (mut lag, mut waiting) = (vec![0.0; STEPS as usize], vec![0.0; STEPS as usize]);
    for rows in &all {
        for (place, row) in rows.iter().enumerate().take(STEPS as usize) {
            lag[place] += row.mean_worst_lag_s / runs as f64;
            waiting[place] += (row.agent_bytes + row.changed_bytes + row.cache_bytes) / runs as f64;
        }
    }
    let end = |series: &[f64]| match mser5(series) {
        Warmup::Cut(values) => Some(values as f64 * step.as_secs_f64()),
        Warmup::NotReached => None,
    };
    Some(FoundCut { pilot_runs: runs, step_s: step.as_secs_f64(), lag_s: end(&lag), waiting_s: end(&waiting) })
}

fn figures(world: &World, cut: Span, whole: &Gathered, level: Fraction, stop: &AtomicBool, done: &(dyn Fn() + Sync)) -> Option<Vec<LongRunFigure>> {
    let world = bare(world, None);
    let runs = whole.runs() as u64;
    let laws = |number: u64| {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let laws = simulate::laws_from(&world, number, cut);
        done();
        Some(laws)
    };
    let first = laws(0)?;
    let places: Vec<usize> = (0..whole.figures().len()).filter(|&place| is_of_law(&whole.figures()[place], &first)).collect();
    let chosen: Vec<Figure> = places.iter().map(|&place| whole.figures()[place].clone()).collect();
    let mut cut_off = Gathered::new(chosen, runs);
    cut_off.add(Row::new(), &first);
    // Some at a time, so that memory does not grow with the runs.
    let mut begin = 1;
    while begin < runs {
        let end = runs.min(begin + super::replications::AT_ONCE);
        let some: Vec<_> = (begin..end).into_par_iter().map(laws).collect::<Option<_>>()?;
        some.iter().for_each(|laws| cut_off.add(Row::new(), laws));
        begin = end;
    }
    let figure = |(place, &of): (usize, &usize)| {
        let figure = &whole.figures()[of];
        LongRunFigure {
            figure: figure.path().to_owned(),
            unit: figure.kind().unit().to_owned(),
            whole: whole.estimate(of, level).map(|interval| interval.estimate),
            estimate: cut_off.estimate(place, level),
        }
    };
    Some(places.iter().enumerate().map(figure).collect())
}
