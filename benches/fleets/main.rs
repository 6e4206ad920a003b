//! Whole simulations, from the world to the results, without reading and without writing. Run with `cargo bench --bench fleets`; a filter picks some of
//! them: `cargo bench --bench fleets -- july`. The worlds come from scenario texts, by the way that a user's file goes.
//!
//! Table of contents:
//!
//! * [`cpu_time`]: what is measured and how it is shown
//! * [`july`]: a real month of 500 VMs on a link that is wide enough, overloaded for a day, and under the documented limits
//! * [`synthetic`]: 1,000 VMs for a year; 1,000 and 10,000 VMs for a month
//! * [`congested`]: what it costs that a disk begins to wait and ceases to, among 100, 1,000 and 10,000
//!
//! The line `thrpt` is time per element. An element is a VM-bucket, the writes of a VM in one bucket of its churn, unless the room says otherwise.

mod congested;
mod cpu_time;
mod july;
mod synthetic;

use std::cell::LazyCell;
use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use failback::model::World;
use failback::results::RunOutput;
use failback::scenario::{self, RecordSource};
use failback::simulate;

use cpu_time::CpuTime;

/// The world of a scenario text, as `failback run` would load it.
fn world(text: &str, folder: &Path, source: &mut dyn RecordSource) -> World {
    let loaded = scenario::parse(text, "bench.toml", "bench", folder, &[], source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    loaded.world
}

/// One run, to look at.
fn run(world: &World) -> RunOutput {
    simulate::run(world, 0, &mut |_| {})
}

/// A group of few and long measurements.
fn group<'c>(criterion: &'c mut Criterion<CpuTime>, name: &str) -> BenchmarkGroup<'c, CpuTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_secs(1));
    group
}

/// Measures the simulation of a world, so many elements of it. The world is made only if the filter picks this measurement.
fn measure(group: &mut BenchmarkGroup<'_, CpuTime>, name: &str, elements: u64, world: impl FnOnce() -> World) {
    let world = LazyCell::new(world);
    group.throughput(Throughput::Elements(elements));
    group.bench_function(name, |bencher| {
        let world: &World = &world;
        bencher.iter_with_large_drop(|| run(world));
    });
}

criterion_group!(
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = july::month, synthetic::fleets, congested::buckets
);
criterion_main!(benches);
