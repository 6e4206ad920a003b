//! The seam to `scenario`: loading, what a load has to say, and what of it belongs into the results.

use std::path::Path;

use crate::cli::arguments::Instead;
use crate::cli::{Failure, print};
use crate::credibility;
use crate::results::Results;
use crate::scenario::{self, Loaded};

/// Loads a scenario with its overrides.
///
/// # Errors
/// [`Failure::Input`] with every mistake found.
pub fn load(file: &Path, sets: &[String]) -> Result<Loaded, Failure> {
    scenario::load(file, sets).map_err(|diagnostics| Failure::Input(diagnostics.render(print::colour_on_stderr())))
}

/// `--seed`, `--horizon` and `--set` are one mechanism: the last one given wins.
pub fn overrides(instead: &Instead) -> Vec<String> {
    let mut sets = instead.sets.clone();
    sets.extend(instead.seed.map(|seed| format!("seed={seed}")));
    sets.extend(instead.horizon.as_ref().map(|horizon| format!("horizon={horizon}")));
    sets
}

/// Says on standard error what is allowed but worth a look.
pub fn warn(loaded: &Loaded) {
    for warning in &loaded.warnings {
        anstream::eprintln!("{warning}");
    }
}

/// Writes into the results what only the loader knows: what was set besides the file, the values in force, the fingerprint of the input, and how far
/// all that can be relied on.
pub fn describe(loaded: &Loaded, sets: &[String], results: &mut Results) {
    results.scenario.set = sets.to_vec();
    results.assumptions.clone_from(&loaded.assumptions);
    results.scenario.warnings.clone_from(&loaded.warnings);
    results.scenario.fingerprint.clone_from(&loaded.fingerprint);
    results.credibility = Some(credibility::of_run(&loaded.world, results));
}
