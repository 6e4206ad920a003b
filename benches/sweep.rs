//! A sweep of the quickstart on one thread and on two; wall-clock time. Run with `cargo bench --bench sweep`.
//!
//! Four bandwidths by four round-trip times, five replications each, with random outages of the line so that all 80 runs are made; and the same without, where
//! nothing is random and each point is run once. Rows are handed over in order, as the program writes them, and dropped.

use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use failback::experiment::records::Kept;
use failback::experiment::sweep::{Plan, workers};

const REPLICATIONS: u64 = 5;

fn experiment(set: &str) -> String {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    format!(
        r#"
        scenario = {:?}
        replications = {REPLICATIONS}
        set = [{set}]
        [[vary]]
        key   = "link.forward.internet.bandwidth"
        range = {{ from = "150 Mbps", to = "240 Mbps", steps = 4 }}
        [[vary]]
        key   = "link.forward.internet.rtt"
        range = {{ from = "10 ms", to = "100 ms", steps = 4 }}
        "#,
        scenario.display().to_string()
    )
}

fn measure(criterion: &mut Criterion, name: &str, set: &str, runs_per_point: u64) {
    let folder = tempfile::tempdir().expect("a folder for a small file");
    let file = folder.path().join("sweep.toml");
    fs::write(&file, experiment(set)).expect("room for a small file");
    let (plan, _) = Plan::read(&file, &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_secs(1));
    group.throughput(Throughput::Elements(plan.points() * runs_per_point));
    for threads in [1, 2] {
        let run = || {
            let mut rows = 0;
            let ended: Result<(), Infallible> =
                workers::run(&plan, &Kept::default(), (&|place| place, plan.points()), None, threads, &mut |finished| {
                    rows += finished.outcome.map_or(0, |rows| rows.len());
                    Ok(())
                });
            assert!(ended.is_ok() && rows as u64 == plan.points() * REPLICATIONS, "{rows} rows");
        };
        group.bench_function(format!("threads: {threads}"), |bencher| bencher.iter(run));
    }
    group.finish();
}

fn sweeps(criterion: &mut Criterion) {
    measure(criterion, "4 x 4 points x 5 random runs", "\"link.forward.internet.outages=last mile\"", REPLICATIONS);
    measure(criterion, "4 x 4 points, nothing random", "", 1);
}

criterion_group!(benches, sweeps);
criterion_main!(benches);
