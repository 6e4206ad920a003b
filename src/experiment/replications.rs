//! One world simulated many times: replications differ by what is random and by nothing else.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde_json::Value;

use crate::experiment::figure::{Figure, NoFigure};
use crate::experiment::gather::Gathered;
use crate::model::World;
use crate::results::{Replications, Results, RunTable, Stop};
use crate::simulate::{self, RunLaws};
use crate::stats::{Fraction, Next, Precision};

/// Runs simulated before what they said is put together: bounds the memory.
pub(super) const AT_ONCE: u64 = 64;

/// The figures of one run, in the order asked for; `None` where there was nothing to measure.
pub type Row = Vec<Option<f64>>;

/// Reads figures from a record.
///
/// # Errors
/// [`NoFigure`] of the first that the record does not have.
pub fn figures_of(results: &Results, figures: &[Figure]) -> Result<Row, NoFigure> {
    let summary = serde_json::to_value(results).unwrap_or(Value::Null);
    figures.iter().map(|figure| figure.of(&summary)).collect()
}

/// Simulates the replications with these numbers, in parallel; `done` is told after each. Rows come in the order of the numbers, whatever the threads do.
pub fn replicate(world: &World, numbers: Range<u64>, figures: &[Figure], done: &(dyn Fn() + Sync)) -> Vec<Result<Row, NoFigure>> {
    let one = |number: u64| {
        let output = simulate::run(world, number, &mut |_| ());
        let row = figures_of(&output.results, figures);
        done();
        row
    };
    numbers.into_par_iter().map(one).collect()
}

/// How many runs, and until when.
#[derive(Clone, Debug)]
pub enum HowMany {
    /// So many.
    Fixed(u64),
    /// Until the interval of the first figure is narrow enough.
    Until(Precision),
}

impl HowMany {
    /// Runs that there will be at least, if nothing interrupts them.
    pub(super) fn at_first(&self) -> u64 {
        match self {
            HowMany::Fixed(runs) => *runs,
            HowMany::Until(rule) => rule.floor as u64,
        }
    }
}

/// Simulates replications from number 0 on and gathers their figures. `done` is told after each run; when `stop` is set, runs not yet begun are left out and what
/// is whole is returned.
///
/// # Errors
/// [`NoFigure`] if the record of a run does not have one of the figures.
pub fn gather(
    world: &World,
    how_many: &HowMany,
    figures: Vec<Figure>,
    level: Fraction,
    stop: &AtomicBool,
    done: &(dyn Fn() + Sync),
) -> Result<Gathered, NoFigure> {
    let (first, laws) = simulate::run_with_laws(world, 0, &mut |_| ());
    gather_after((&first.results, &laws), world, how_many, figures, level, stop, done)
}

/// As [`gather`], for a caller that has simulated replication 0 and looks at more of it.
///
/// # Errors
/// As [`gather`].
pub fn gather_after(
    (first, laws): (&Results, &RunLaws),
    world: &World,
    how_many: &HowMany,
    figures: Vec<Figure>,
    level: Fraction,
    stop: &AtomicBool,
    done: &(dyn Fn() + Sync),
) -> Result<Gathered, NoFigure> {
    let mut gathered = Gathered::new(figures, how_many.at_first());
    gathered.add(figures_of(first, gathered.figures())?, laws);
    done();
    // Nothing is random: the others would be the same.
    if first.checks.random_streams == 0 {
        return Ok(gathered);
    }
    loop {
        let so_far = gathered.runs() as u64;
        let wanted = match how_many {
            HowMany::Fixed(runs) => runs.saturating_sub(so_far),
            HowMany::Until(rule) => match rule.next(gathered.runs(), gathered.estimate(0, level).as_ref()) {
                Next::More(runs) => runs as u64,
                Next::Enough | Next::Capped => 0,
            },
        };
        if wanted == 0 || stop.load(Ordering::Relaxed) {
            return Ok(gathered);
        }
        let numbers = so_far..so_far + wanted.min(AT_ONCE);
        let one = |number: u64| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let (output, laws) = simulate::run_with_laws(world, number, &mut |_| ());
            let row = figures_of(&output.results, gathered.figures());
            done();
            Some((row, laws))
        };
        let runs: Vec<_> = numbers.into_par_iter().map(one).collect();
        // Up to the first that was left out: the numbers stay without a gap.
        for (row, laws) in runs.into_iter().map_while(|run| run) {
            gathered.add(row?, &laws);
        }
    }
}

/// What the runs say, as it goes into the record.
pub fn summary(gathered: &Gathered, how_many: &HowMany, level: Fraction) -> (Replications, RunTable) {
    let stop = match how_many {
        HowMany::Fixed(_) => None,
        HowMany::Until(rule) => {
            let reached = gathered.estimate(0, level).and_then(|interval| interval.relative_half_width()).filter(|width| width.is_finite());
            Some(Stop {
                figure: gathered.figures()[0].path().to_owned(),
                asked: rule.relative.get(),
                reached,
                cap: rule.cap as u64,
                cap_hit: rule.next(gathered.runs(), gathered.estimate(0, level).as_ref()) == Next::Capped,
            })
        }
    };
    let replications =
        Replications { runs: gathered.runs() as u64, differ: gathered.differ(), stop, figures: gathered.over_runs(level), long_run: None };
    let figures = gathered.figures().iter().map(|figure| (figure.path().to_owned(), figure.kind().unit().to_owned())).collect();
    (replications, RunTable { figures, rows: gathered.rows().to_vec() })
}
