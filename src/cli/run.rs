//! `failback run FILE`: read, simulate, write the report, print the answer.

use std::path::Path;
use std::time::Duration;

use crate::cli::progress::Progress;
use crate::cli::{Failure, RunOptions, input, interrupt, many, print};
use crate::experiment::target::{Target, TargetError};
use crate::report::{self, Written};
use crate::results::Results;
use crate::simulate;

/// Runs a scenario and writes its report.
///
/// # Errors
/// [`Failure::Input`] for a scenario that cannot be run, [`Failure::Running`] if the report cannot be written, [`Failure::Missed`] if a
/// `--require` was.
pub fn run(options: &RunOptions) -> Result<(), Failure> {
    let targets = options.targets.iter().map(|typed| Target::parse(typed)).collect::<Result<Vec<_>, _>>().map_err(require)?;
    let how_many = many::asked(options)?;
    limit_threads(options.manner.threads)?;

    let sets = input::overrides(&options.instead);
    let loaded = input::load(&options.file, &sets)?;
    if !options.manner.quiet {
        input::warn(&loaded);
    }

    let warm_up = many::warm_up(options, &loaded.world)?;
    let mut progress = Progress::new(options.manner.quiet);
    let mut output = simulate::run(&loaded.world, 0, &mut |share| progress.at(share));
    let took = progress.done();
    let interrupted = match &how_many {
        Some(how_many) => many::replicate(&loaded.world, how_many, options, &targets, warm_up, &mut output)?,
        None => false,
    };
    input::describe(&loaded, &sets, &mut output.results);

    let directory = options.out.clone().unwrap_or_else(|| Path::new("output").join(&output.results.scenario.name));
    let written = {
        let _interrupts_wait = interrupt::hold();
        report::write_all(&directory, &output).map_err(|error| Failure::Running(error.to_string()))?
    };

    if options.json {
        print::text(&json(&output.results)?)?;
    } else if !options.manner.quiet {
        print::text(&report::terminal::render(&output, print::width(), print::colour()))?;
        print::text(&paths(&written, took))?;
    }
    if interrupted {
        let runs = output.results.replications.as_ref().map_or(0, |many| many.runs);
        return Err(Failure::Interrupted(format!("the report is that of the {runs} runs that were finished")));
    }
    judge(&targets, &output.results)
}

/// Holds the figures against their targets: those of the run, or with replications the ends of their intervals.
fn judge(targets: &[Target], results: &Results) -> Result<(), Failure> {
    if targets.is_empty() {
        return Ok(());
    }
    let summary = serde_json::to_value(results).map_err(|error| Failure::Running(format!("cannot read the results back: {error}")))?;
    let mut missed = Vec::new();
    for target in targets {
        if let Some(many) = &results.replications {
            missed.extend(many::judge(target, many).err());
        } else if let Err(sentence) = target.judge(&summary).map_err(require)? {
            missed.push(sentence);
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(Failure::Missed(missed)) }
}

fn require(error: TargetError) -> Failure {
    Failure::typed(format!("--require {error}"))
}

/// The record as it is in `summary.json`.
fn json(results: &Results) -> Result<String, Failure> {
    serde_json::to_string_pretty(results).map_err(|error| Failure::Running(format!("cannot print the results: {error}")))
}

fn paths(written: &Written, took: Duration) -> String {
    format!(
        "Report: {} (and {} files beside it), simulated in {:.2} s",
        written.report.display(),
        written.files.len().saturating_sub(1),
        took.as_secs_f64()
    )
}

/// Reading and writing use as many threads as there are cores unless told otherwise; the simulation of one run is sequential.
pub(super) fn limit_threads(threads: Option<u16>) -> Result<(), Failure> {
    let Some(threads) = threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
    pool.map_err(|error| Failure::Running(format!("--threads {threads}: {error}")))
}
