//! Published numbers and closed forms, one test per row, each named after its row (`c3_...` is row C3 of the list of oracles).
//!
//! Most rows are about other products' schedulers. The simulator has no scheduler of batches, so a batch replicator is put to it as what it does to
//! the
//! path: the bytes of one interval arrive in one burst just before the checkpoint, and the checkpoint is a marker. What that does not say (how the
//! product chooses its start times, retries, several batches at once) is not claimed.
//!
//! A row without a test here, and why: C4 (mean of the last 15 transfers x 1.2 below half the RPO) is another planner's rule of thumb about its own
//! schedule.

mod closed_forms;
mod july;
mod points;
mod schedules;
mod throughput;
mod windows;

use failback::results::RunOutput;

use crate::support::world::Fleet;

/// 10^6 bytes.
const MB: f64 = 1e6;

/// One run.
fn simulate(fleet: &Fleet) -> RunOutput {
    failback::simulate::run(&fleet.build(), 0, &mut |_| ())
}

/// A scenario by its text; what is wrong with it is the error.
fn scenario(text: &str) -> Result<failback::scenario::Loaded, failback::scenario::Diagnostics> {
    failback::scenario::parse(text, "test.toml", "test", std::path::Path::new(""), &[], &mut failback::scenario::Files)
}

/// Asserts equality within an absolute tolerance.
fn close(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got}, expected {expected} within {tolerance}");
}

/// A size in whole bytes.
fn bytes(count: f64) -> failback::units::DataSize {
    failback::units::DataSize::from_bytes(count as u64)
}
