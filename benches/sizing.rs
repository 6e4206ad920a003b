//! A whole sizing: the link of a fleet at three levels, all simulations of it, on all cores; wall-clock time. Run with `cargo bench --bench sizing`.
//!
//! The July 2013 fleet (500 VMs, 30 days) if its record is in the folder that `FAILBACK_TEST_DATA` names, else in `test-data` in the checkout; and a synthetic fleet
//! that anybody has. Nothing is random in the first, so each value is run once; of the second each value is run ten times.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use failback::experiment::records::Kept;
use failback::experiment::size::{Plan, SizeRecord, size};

/// A month of 500 VMs on one shared link, nothing else in the way.
fn july(record: &Path) -> String {
    format!(
        r#"
        start   = "2013-07-01 00:00"
        horizon = "30 days"
        limits  = {{ disk = "off", vm = "off", account = "off" }}
        agent   = {{ buffer = "unlimited" }}
        policy  = {{ app_every = "off" }}
        process_server = [{{ name = "p", compression = "0 %", cache = "unlimited" }}]
        link.forward.internet = {{ bandwidth = "1 Gbps", payload = "100 %", rtt = "0 ms" }}
        vm = [{{ name = "bb", churn.record.column = "all", disks = [{{ size = "2 TiB", io = "64 KiB" }}] }}]
        [churn.record]
        file  = {:?}
        unit  = "kB"
        gap   = "zero"
        align = "start"
        "#,
        record.display().to_string()
    )
}

/// A week of 100 VMs.
const SYNTHETIC: &str = r#"
    horizon = "7 days"
    limits  = { disk = "off", vm = "off" }
    vm      = [{ name = "app", count = 100, disks = [{ size = "256 GiB", used = "90 GiB" }] }]
    churn.lognormal = { mean = "250 kB/s", variability = 1.5, autocorrelation = 0.8, period = "5 min" }
    process_server = [{ name = "ps", size = "12 vCPU" }]
    link.forward.internet.bandwidth = "1 Gbps"
"#;

const SIZING: &str = r#"
    scenario = "scenario.toml"
    target   = "rpo.fleet_worst <= 15 min"
    replications = 10
    [find]
    key  = "link.forward.internet.bandwidth"
    from = "50 Mbps"
    to   = "10 Gbps"
"#;

fn measure(criterion: &mut Criterion, name: &str, scenario: &str) {
    let folder = tempfile::tempdir().expect("a folder for two small files");
    fs::write(folder.path().join("scenario.toml"), scenario).expect("room for a small file");
    fs::write(folder.path().join("sizing.toml"), SIZING).expect("room for a small file");
    let (plan, _) = Plan::read(&folder.path().join("sizing.toml"), &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let run = || -> SizeRecord { size(&plan, &Kept::default(), &|| ()).unwrap_or_else(|trouble| panic!("{trouble:?}")) };
    let record = run();
    println!("{name}: {} values of {}, {} simulations", record.points.len(), record.sought.candidates, record.simulations);
    let mut group = criterion.benchmark_group("sizing");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_secs(1));
    group.bench_function(name, |bencher| bencher.iter_with_large_drop(run));
    group.finish();
}

fn links(criterion: &mut Criterion) {
    let folder = std::env::var_os("FAILBACK_TEST_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("test-data"), PathBuf::from);
    let record = folder.join("bitbrains-2013-07/write-kb-per-5min.csv.gz");
    match record.exists() {
        true => measure(criterion, "july, three levels", &july(&record)),
        false => println!("july: skipped, no {} (set FAILBACK_TEST_DATA to the folder of the real records)", record.display()),
    }
    measure(criterion, "100 VMs x 7 days, three levels, 10 runs", SYNTHETIC);
}

criterion_group!(benches, links);
criterion_main!(benches);
