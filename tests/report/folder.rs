//! The output folder: complete, the same bytes every time, readable tables, robust against odd runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use failback::report::{self, ReportError};
use failback::results::*;

use crate::fake;

fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string());
            }
        }
    }
    found
}

#[test]
fn a_second_writing_gives_the_same_bytes_and_replaces_the_first() {
    let room = tempfile::tempdir().unwrap();
    let (one, two) = (room.path().join("a"), room.path().join("b"));
    let first = report::write_all(&one, fake::week()).unwrap();
    let second = report::write_all(&two, fake::week()).unwrap();
    assert_eq!(first.files.len(), 20);
    for (first, second) in first.files.iter().zip(&second.files) {
        assert!(fs::read(first).unwrap() == fs::read(second).unwrap(), "{} differs", first.display());
    }
    // Written over itself by another run, the folder holds that run and nothing else.
    let before = files(&one);
    report::write_all(&one, &fake::empty()).unwrap();
    assert_eq!(files(&one), before);
    assert!(fs::read(one.join("summary.json")).unwrap() != fs::read(two.join("summary.json")).unwrap());
    assert_eq!(fs::read_dir(room.path()).unwrap().count(), 2, "nothing is left beside the folders");
    assert_eq!(first.report, one.join("report.html"));
}

#[test]
fn every_table_has_a_header_and_rows_of_its_width() {
    let room = tempfile::tempdir().unwrap();
    let written = report::write_all(&room.path().join("run"), fake::week()).unwrap();
    let rows = [("series.csv", 168), ("vms.csv", 20), ("disks.csv", 20), ("process_servers.csv", 2), ("days.csv", 7), ("cost.csv", 4)];
    for (name, expected) in rows {
        let mut reader = csv::Reader::from_path(written.folder.join(name)).unwrap();
        let header = reader.headers().unwrap().clone();
        assert!(header.iter().all(|title| title.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')), "{header:?}");
        assert_eq!(reader.records().map(Result::unwrap).count(), expected, "{name}");
    }
    let mut vms = csv::Reader::from_path(written.folder.join("vms.csv")).unwrap();
    let header = vms.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    let row = vms.records().next().unwrap().unwrap();
    let vm = &fake::week().results.vms[0];
    assert_eq!(row.get(column("vm")), Some("erp-db"));
    assert_eq!(row.get(column("lag_max_s")).unwrap().parse::<f64>().unwrap(), vm.lag.max);
    assert_eq!(row.get(column("latest_marker_loss_mean_bytes")).unwrap().parse::<f64>().unwrap(), vm.loss_bytes[0].1.mean);
    assert_eq!(row.get(column("latest_app_loss_mean_bytes")), Some(""));
    assert_eq!(row.get(column("resyncs")), Some("0"));
    let mut servers = csv::Reader::from_path(written.folder.join("process_servers.csv")).unwrap();
    let header = servers.headers().unwrap().clone();
    let row = servers.records().next().unwrap().unwrap();
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    assert_eq!(row.get(column("throttle_below_free_share")), Some("0.2"));
    assert_eq!(row.get(column("daily_limit_bytes")), Some("2000000000000"));
}

#[test]
fn numbers_in_tables_read_back_exactly() {
    let mut output = fake::week().clone();
    output.results.disks[0].lag.max = 0.1 + 0.2;
    output.results.disks[0].written_bytes = f64::NAN;
    let room = tempfile::tempdir().unwrap();
    let written = report::write_all(&room.path().join("run"), &output).unwrap();
    let mut disks = csv::Reader::from_path(written.folder.join("disks.csv")).unwrap();
    let row = disks.records().next().unwrap().unwrap();
    assert_eq!(row.get(1), Some(""), "a number that does not exist is an empty cell");
    assert_eq!(row.get(6).unwrap().parse::<f64>().unwrap(), 0.1 + 0.2);
}

#[test]
fn a_place_that_cannot_be_written_gives_one_clear_error() {
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("file");
    fs::write(&file, "x").unwrap();
    let error = report::write_all(&file.join("inside/run"), fake::week()).unwrap_err();
    assert!(matches!(error, ReportError::Io { .. }), "{error}");
    assert!(error.to_string().contains("file/inside/run") && !error.to_string().contains('\n'), "{error}");
    assert_eq!(fs::read(&file).unwrap(), b"x");
}

#[test]
fn odd_runs_are_reported_without_a_panic() {
    let room = tempfile::tempdir().unwrap();
    let mut broken = fake::week().clone();
    broken.results.scenario.start = "not a date".to_owned();
    broken.results.lag.fleet_worst = Law { max: f64::NAN, mean: f64::INFINITY, max_at_s: f64::NAN, ..Law::default() };
    broken.series[3].worst_lag_s = f64::NAN;
    broken.series[4].link_bit_per_s = f64::INFINITY;
    broken.series[5].worst_vm = Some(999);
    broken.curves[1].points.clear();
    broken.curves[2].points[7].value = f64::NAN;
    broken.results.scenario.title = "a \u{1b}[31m title\n\0".to_owned();
    broken.calendars[0].vm = "vm\u{1b}\0\u{1}".to_owned();
    broken.results.vms[0].name = "vm\u{1b}]0;x\u{7}".to_owned();
    let mut unbounded = fake::week().clone();
    for hub in &mut unbounded.results.process_servers {
        (hub.cache_bytes, hub.least_free, hub.throttle_free) = (None, None, None);
    }
    unbounded.results.app_point_age = None;
    unbounded.results.scenario.app_every_s = None;
    unbounded.results.loss.retain(|loss| loss.choice != Choice::LatestApp);
    unbounded.results.points.retention_cost = None;
    unbounded.results.points.retention_s = 0.0;
    for (name, output) in [("empty", fake::empty()), ("broken", broken), ("unbounded", unbounded)] {
        report::write_all(&room.path().join(name), &output).unwrap();
        let text = report::terminal::render(&output, 0, false);
        assert!(!text.is_empty() && !text.contains('\u{1b}'), "{text}");
        assert!(!report::terminal::render(&output, u16::MAX, true).is_empty());
    }
}

/// Writes made-up runs into the target folder, for looking at: `cargo test --release --test report show -- --ignored --nocapture`.
#[test]
#[ignore = "for looking at, and for timing in a release build"]
fn show() {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, output) in [
        ("week", fake::week().clone()),
        ("round-trip", fake::round_trip().clone()),
        ("round-trip-of-500", fake::large_round_trip()),
        ("month", fake::output(fake::MONTH)),
        ("empty", fake::empty()),
        ("day", fake::output(fake::DAY)),
        ("year", fake::output(fake::YEAR)),
    ] {
        let clock = std::time::Instant::now();
        let written = report::write_all(&room.join(name), &output).unwrap();
        println!("{name}: {:?} into {}", clock.elapsed(), written.folder.display());
        println!("{}", report::terminal::render(&output, 120, false));
    }
}
