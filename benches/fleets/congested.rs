//! Many disks that begin to wait and cease to: every other bucket is more than the link can carry, so N disks wait; in the next one each of them runs
//! empty at an instant of its own. An element is a disk that began to wait and ceased to: its cost should not depend on how many others do.
//!
//! What it costs to make the fleet and to sum up its results is measured by a run of a second and taken off.

use std::cell::LazyCell;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::measurement::Measurement;
use criterion::{Criterion, Throughput};
use failback::engine::Streams;
use failback::model::{Record, World};
use failback::scenario::{RecordError, RecordRead, RecordRequest, RecordSource};
use failback::units::Span;
use rand::RngExt;

use crate::cpu_time::CpuTime;
use crate::{group, run, world};

/// Mean rate of a disk in a congested bucket \[bytes/s\].
const BUSY: f64 = 1e6;

/// A record made here instead of read: `disks` columns, busy and quiet buckets of 5 minutes in turn, so many pairs of them.
struct Made {
    disks: usize,
    pairs: usize,
}

impl RecordSource for Made {
    fn read(&mut self, request: &RecordRequest) -> Result<RecordRead, RecordError> {
        let mut stream = Streams::new(1, 0).stream("bench", "bursts");
        let mut rates = Vec::with_capacity(self.disks * self.pairs * 2);
        for _ in 0..self.disks * self.pairs {
            rates.push((BUSY * (0.9 + 0.2 * stream.random::<f64>())) as f32);
            rates.push((BUSY * 0.02 * stream.random::<f64>()) as f32);
        }
        let record = Record {
            source: request.shown.clone(),
            period: Span::from_mins(5),
            columns: (1..=self.disks).map(|number| number.to_string()).collect(),
            buckets: self.pairs * 2,
            rates: Arc::new(rates),
            gap_share: 0.0,
            notes: Vec::new(),
        };
        Ok(RecordRead { record, start: None, fingerprint: String::new() })
    }
}

/// N disks on a link that carries 70 % of what they write in a congested bucket: what is left over goes in the quiet one.
fn fleet(disks: usize, pairs: usize) -> World {
    let mbps = 0.7 * BUSY * 8.0 * disks as f64 / 1e6;
    let text = format!(
        r#"
        title = "Congested buckets"
        churn.record = {{ file = "made" }}
        [[vm]]
        name = "vm"
        churn.record.column = "all"
        [limits]
        disk = "off"
        vm = "off"
        account = "off"
        [agent]
        buffer = "unlimited"
        [[process_server]]
        name = "ps"
        cache = "unlimited"
        compression = "0 %"
        [link.forward]
        internet = {{ bandwidth = "{mbps} Mbps", payload = 1, rtt = "0 s", mathis = false }}
        [output]
        series_every = "off"
        loss_bytes = false
        events = false
        points = false
        "#
    );
    world(&text, Path::new(""), &mut Made { disks, pairs })
}

pub fn buckets(criterion: &mut Criterion<CpuTime>) {
    let mut group = group(criterion, "congested bucket");
    for (disks, pairs, name) in [(100, 48, "100 disks"), (1_000, 12, "1,000 disks"), (10_000, 2, "10,000 disks")] {
        group.throughput(Throughput::Elements((disks * pairs) as u64));
        let worlds = LazyCell::new(|| {
            let world = fleet(disks, pairs);
            (World { horizon: Span::from_secs(1), ..world.clone() }, world)
        });
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| (0..times).map(|_| took(&worlds.1).saturating_sub(took(&worlds.0))).sum());
        });
    }
    group.finish();
}

/// How long a run takes.
fn took(world: &World) -> Duration {
    let start = CpuTime.start();
    let output = run(world);
    let took = CpuTime.end(start);
    drop(output);
    took
}
