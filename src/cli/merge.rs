//! `failback merge OUT SHARD…`: put the shards of a sweep together, or say what is missing.

use crate::cli::{Failure, MergeOptions, interrupt, print, sweep};
use crate::report;

/// Merges shards.
///
/// # Errors
/// [`Failure::Input`] if the shards do not make up one sweep, [`Failure::Running`] if the result cannot be written.
pub fn merge(options: &MergeOptions) -> Result<(), Failure> {
    let _interrupts_wait = interrupt::hold();
    let (record, gathered) = report::sweep::merge(&options.out, &options.shards).map_err(sweep::failure)?;
    if options.quiet { Ok(()) } else { print::text(&sweep::summary(&record, &gathered, &options.out)) }
}
