//! Who runs empty next? The kinetic tournament against the scan of all lines, in a drain-down: queues with backlogs that go on receiving share one
//! server equally; each time one runs empty the others are served faster, until none is left. Run with `cargo bench --bench fluid_sharing`.
//!
//! The figure is time per element, an element being one queue that runs empty, the build of the tournament included.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use failback::engine::Streams;
use failback::fluid::{ScanEnvelope, Tournament};
use rand::RngExt;

/// Queues (number, backlog, inflow): backlogs up to 1 GB, inflows up to 1 MB/s.
fn queues(count: usize) -> Vec<(usize, f64, f64)> {
    let mut stream = Streams::new(1, 0).stream("bench", "queues");
    (0..count).map(|number| (number, stream.random::<f64>() * 1e9, stream.random::<f64>() * 1e6)).collect()
}

/// Drains all queues of either kind of envelope; the instant at which the last runs empty. A macro, for the two share no trait.
macro_rules! drain {
    ($envelope:expr, $queues:expr) => {{
        let (envelope, queues) = ($envelope, $queues);
        envelope.build(queues.iter().copied(), 0.0);
        let (mut t, mut v) = (0.0, 0.0);
        let mut waiting = queues.len() as f64;
        // What the server has for the queues that wait: 1.2 times the inflow in all, so that every queue runs empty some time.
        let mut free: f64 = 1.2 * queues.iter().map(|queue| queue.2).sum::<f64>();
        while !envelope.is_empty() {
            let slope = free / waiting;
            let Some((number, at)) = envelope.first_hit(t, v, slope) else { break };
            envelope.remove(number);
            v += slope * (at - t);
            t = at;
            waiting -= 1.0;
            // What the empty queue receives is passed on at once.
            free -= queues[number].2;
        }
        black_box((t, v))
    }};
}

fn drain_down(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("drain-down");
    for count in [100, 1_000, 10_000] {
        let queues = queues(count);
        group.throughput(Throughput::Elements(count as u64));
        let mut tournament = Tournament::new();
        group.bench_function(BenchmarkId::new("tournament", count), |bencher| bencher.iter(|| drain!(&mut tournament, &queues)));
        let mut scan = ScanEnvelope::new();
        if count == 10_000 {
            group.sample_size(10);
        }
        group.bench_function(BenchmarkId::new("scan", count), |bencher| bencher.iter(|| drain!(&mut scan, &queues)));
    }
    group.finish();
}

criterion_group!(benches, drain_down);
criterion_main!(benches);
