//! One run: build the fluid network from the world, drive the calendar, emit observations. A pure function of (world, replication).
//!
//! [`run()`](run()) lays everything out on a calendar (`run`), lets the fluid network carry the bytes between two instants (`crate::fluid::network`), and hands what
//! it tells to the watches: lags, points, bytes, process servers. What each happening does is in `handle`; the record is put together in `finish`.
//! Nothing here reads a file, looks at a clock or fails.

mod account;
mod alone;
mod arrivals;
mod bytes;
mod copies;
mod copy_bound;
mod cost;
mod draw;
mod faults;
mod feed;
mod finish;
mod finish_path;
mod finish_units;
mod foresee;
mod handle;
mod hubs;
mod journal;
mod journey;
mod lags;
mod laws;
mod leg;
mod link_plan;
mod log;
mod order;
mod points;
mod recoverable;
mod run;
mod sample;
mod storage;
mod unit_points;
mod wiring;

pub use cost::cost;
pub use laws::RunLaws;
pub use sample::{Look, Quantity, Samples, sample};

use crate::model::World;
use crate::results::RunOutput;
use crate::units::Span;

/// Simulates `world` once. `progress` is told the simulated share done (0..1) now and then; it cannot change the result.
///
/// The run is a pure function of the world (which holds the seed) and the replication number; it does no I/O and cannot fail.
pub fn run(world: &World, replication: u64, progress: &mut dyn FnMut(f64)) -> RunOutput {
    run_with_laws(world, replication, progress).0
}

/// As [`run()`](run()), with the laws over time that its record is made of.
pub fn run_with_laws(world: &World, replication: u64, progress: &mut dyn FnMut(f64)) -> (RunOutput, RunLaws) {
    let (mut output, laws) = match &world.journey {
        Some(plan) => journey::run(world, plan, replication, progress),
        None => {
            let mut run = run::Run::new(world, replication, false);
            run.go(progress);
            run.finish(replication)
        }
    };
    output.results.cost = Some(cost::cost(world, &output.results));
    (output, laws)
}

/// The laws over time of a run that leave out what lies before `from`: its warm-up. Of a round trip, those of the way out, whole.
pub fn laws_from(world: &World, replication: u64, from: Span) -> RunLaws {
    if world.journey.is_some() {
        return run_with_laws(world, replication, &mut |_| ()).1;
    }
    let mut run = run::Run::new(world, replication, false);
    run.lags.begin_laws_at(from.as_secs_f64());
    run.points.begin_laws_at(from.as_secs_f64());
    run.go(&mut |_| ());
    run.finish(replication).1
}
