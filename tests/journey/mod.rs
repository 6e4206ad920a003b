//! Round trips: disaster, failover, reprotect, failback, protected again.
//!
//! * [`closed_forms`]: one machine and fixed durations, every time and every byte worked out by hand
//! * [`published`]: published reprotect times
//! * [`storms`]: 500 machines at once
//! * [`drives`]: retention drives
//! * [`waits`]: what is in the way
//! * [`facts`]: what the facts of a site do
//! * [`quotas`]: what the target refuses
//! * [`walks`]: random round trips

mod closed_forms;
mod drives;
mod facts;
mod published;
mod quotas;
mod storms;
mod waits;
mod walks;

use failback::model::World;
use failback::results::{JourneyResult, RunOutput};

/// What is different in a case.
type Change<T> = fn(&mut T);

fn run(world: &World) -> RunOutput {
    failback::simulate::run(world, 0, &mut |_| ())
}

fn journey(output: &RunOutput) -> &JourneyResult {
    output.results.journey.as_ref().expect("the world has a journey")
}

/// Asserts equality within an absolute tolerance.
fn close(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got}, expected {expected} within {tolerance}");
}
