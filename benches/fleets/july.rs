//! July 2013: the disk writes of 500 business VMs, 30 days of 5-minute buckets, over 4 process servers. The record may not be shipped; it is looked
//! for in the folder that `FAILBACK_TEST_DATA` names, else in `test-data` in the checkout, and nothing is measured without it.

use std::cell::LazyCell;
use std::path::{Path, PathBuf};

use criterion::Criterion;
use failback::model::World;
use failback::results::{RunOutput, SeriesRow};
use failback::scenario::Files;

use crate::cpu_time::CpuTime;
use crate::{group, measure, run, world};

/// Mean use of the link where it is wide enough.
const USE: f64 = 0.6;

/// The day on which the link is overloaded, counted from 0, and what is left of the link on it: about 60 % of the fleet's mean.
const BAD_DAY: usize = 14;
const LEFT: f64 = 0.36;

/// 500 VMs, 8,640 buckets.
const VM_BUCKETS: u64 = 4_320_000;

/// In seconds.
const HOUR: f64 = 3600.0;

/// The scenario; `limits` and `more` of the link are TOML.
fn scenario(limits: &str, mbps: f64, more: &str) -> String {
    format!(
        r#"
        title = "July fleet"
        [churn.record]
        file = "write-kb-per-5min.csv.gz"
        unit = "kB"
        [[vm]]
        name = "bb"
        churn.record.column = "all"
        [policy]
        crash_every = "5 min"
        app_every = "1 h"
        [limits]
        {limits}
        [agent]
        buffer = "unlimited"
        [[process_server]]
        name = "ps"
        count = 4
        size = "12 vCPU"
        compression = "30 %"
        [link.forward]
        internet = {{ bandwidth = "{mbps} Mbps"{more} }}
        "#
    )
}

const OFF: &str = r#"disk = "off"
        vm = "off"
        account = "off""#;
const DOCUMENTED: &str = r#"disk = "documented"
        vm = "documented"
        account = "documented""#;

fn load(folder: &Path, limits: &str, mbps: f64, more: &str) -> World {
    world(&scenario(limits, mbps, more), folder, &mut Files)
}

/// The bandwidth \[Mbit/s\] at which the fleet's mean rate on the wire uses the link by [`USE`].
fn bandwidth(folder: &Path) -> f64 {
    let probe = load(folder, OFF, 1000.0, "");
    let record = &probe.records[0];
    let written = record.rates.iter().map(|rate| f64::from(*rate)).sum::<f64>() / record.buckets as f64;
    let (disk, hub) = (&probe.disks[0], &probe.hubs[0]);
    let wire = written * disk.tracked_per_written * hub.wire_per_tracked * 8.0;
    let payload = probe.link.goodput.as_bits_per_s() / 1e9;
    // A whole number: what a scenario would say.
    (wire / USE / payload / 1e6).round()
}

/// The wide link, and its run.
fn wide(folder: &Path, mbps: f64) -> (World, RunOutput) {
    let wide = load(folder, OFF, mbps, "");
    let output = run(&wide);
    let link = &output.results.link;
    println!("july: {mbps} Mbit/s are used by {:.1} % and saturated for {:.1} h", 100.0 * link.mean_use, link.saturated_s / HOUR);
    assert!((link.mean_use - USE).abs() < 0.01, "the link is used by {}", link.mean_use);
    assert_eq!(output.results.checks.vm_buckets, VM_BUCKETS);
    (wide, output)
}

/// The same, overloaded on one day.
fn overloaded(folder: &Path, mbps: f64) -> World {
    let saturated_anyway = wide(folder, mbps).1.results.link.saturated_s;
    let more = format!(r#", cuts = [{{ at = "{BAD_DAY} days", lasts = "1 day", left = {LEFT}, cause = "overload" }}]"#);
    let overloaded = load(folder, OFF, mbps, &more);
    let output = run(&overloaded);
    let saturated = output.results.link.saturated_s;
    println!("july: overloaded for a day, it is saturated for {:.1} h", saturated / HOUR);
    assert!(saturated >= 24.0 * HOUR && saturated > saturated_anyway, "the link is saturated for {saturated} s");
    let day = &output.series[BAD_DAY * 24..(BAD_DAY + 1) * 24];
    let full = |row: &SeriesRow| row.link_bit_per_s > 0.999 * row.link_capacity_bit_per_s;
    assert!(day.iter().all(full), "the link is not full throughout the bad day: {day:?}");
    overloaded
}

/// The wide link, and the limits of disks, VMs and account as documented.
fn limited(folder: &Path, mbps: f64) -> World {
    let limited = load(folder, DOCUMENTED, mbps, "");
    let results = run(&limited).results;
    let held = results.bottlenecks.iter().filter(|bottleneck| bottleneck.resource.starts_with("limit of disk")).count();
    println!("july: {held} disks are held back by their limits, the worst VM by up to {:.1} h", results.lag.fleet_worst.max / HOUR);
    assert!(held > 0, "no disk is ever held back by its limit");
    limited
}

pub fn month(criterion: &mut Criterion<CpuTime>) {
    let folder = std::env::var_os("FAILBACK_TEST_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("test-data"), PathBuf::from)
        .join("bitbrains-2013-07");
    if !folder.join("write-kb-per-5min.csv.gz").exists() {
        println!("july: skipped, no {} (set FAILBACK_TEST_DATA to the folder of the real records)", folder.display());
        return;
    }
    let mbps = LazyCell::new(|| bandwidth(&folder));
    let mut group = group(criterion, "july");
    measure(&mut group, "60 %", VM_BUCKETS, || wide(&folder, *mbps).0);
    measure(&mut group, "overloaded for a day", VM_BUCKETS, || overloaded(&folder, *mbps));
    measure(&mut group, "documented limits on", VM_BUCKETS, || limited(&folder, *mbps));
    group.finish();
}
