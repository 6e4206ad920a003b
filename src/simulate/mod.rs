//! One run: build the fluid network from the world, drive the calendar, emit observations. A pure function of (world, replication).

use crate::model::World;
use crate::results::RunOutput;

/// Simulates `world` once. `progress` is told the simulated share done (0..1) now and then; it cannot change the result.
///
/// The run is a pure function of the world (which holds the seed) and the replication number; it does no I/O and cannot fail.
pub fn run(world: &World, replication: u64, progress: &mut dyn FnMut(f64)) -> RunOutput {
    let _ = (world, replication, progress);
    unimplemented!("simulate::run")
}
