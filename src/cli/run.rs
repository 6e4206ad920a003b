//! `failback run FILE`: read, simulate, write the report, print the answer.

use std::path::{Path, PathBuf};

use crate::cli::progress::Progress;
use crate::cli::require::Target;
use crate::cli::{Failure, RunOptions, input, interrupt, print};
use crate::results::Results;
use crate::{report, simulate};

/// Runs a scenario and writes its report.
///
/// # Errors
/// [`Failure::Input`] for a scenario that cannot be run, [`Failure::Running`] if the report cannot be written, [`Failure::Missed`] if a
/// `--require` was.
pub fn run(options: &RunOptions) -> Result<(), Failure> {
    let targets = options.targets.iter().map(|typed| Target::parse(typed)).collect::<Result<Vec<_>, _>>()?;
    limit_threads(options.threads)?;

    let loaded = input::load(&options.file, &overrides(options))?;
    if !options.quiet {
        input::warn(&loaded);
    }

    let mut progress = Progress::new(options.quiet);
    let mut output = simulate::run(&loaded.world, 0, &mut |share| progress.at(share));
    let took = progress.done();
    input::describe(&loaded, &mut output.results);

    let directory = options.out.clone().unwrap_or_else(|| Path::new("output").join(&output.results.scenario.name));
    let written = {
        let _interrupts_wait = interrupt::hold();
        report::write_all(&directory, &output).map_err(|error| Failure::Running(error.to_string()))?
    };

    if options.json {
        print::text(&json(&output.results)?)?;
    } else if !options.quiet {
        print::text(&report::terminal::render(&output, print::width(), print::colour()))?;
        print::text(&paths(&written.paths, took))?;
    }
    judge(&targets, &output.results)
}

/// `--seed`, `--horizon` and `--set` are one mechanism: the last one given wins.
fn overrides(options: &RunOptions) -> Vec<String> {
    let mut sets = options.sets.clone();
    sets.extend(options.seed.map(|seed| format!("seed={seed}")));
    sets.extend(options.horizon.as_ref().map(|horizon| format!("horizon={horizon}")));
    sets
}

fn judge(targets: &[Target], results: &Results) -> Result<(), Failure> {
    if targets.is_empty() {
        return Ok(());
    }
    let summary = serde_json::to_value(results).map_err(|error| Failure::Running(format!("cannot read the results back: {error}")))?;
    let mut missed = Vec::new();
    for target in targets {
        if let Err(sentence) = target.judge(&summary)? {
            missed.push(sentence);
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(Failure::Missed(missed)) }
}
