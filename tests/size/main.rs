//! `failback size` as a user meets it: answers against closed forms, real churn, what is said, what is refused. The search itself is tested where it lives.
//!
//! * [`closed_forms`]: sizings whose answer is a formula
//! * [`july`]: a published fleet, against published links

mod closed_forms;
#[path = "../import_data/mod.rs"]
mod import_data;
mod july;
mod room;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use failback::experiment::size::Plan;
use failback::scenario::Files;
use serde_json::Value;

use crate::closed_forms::burst;
use crate::room::{Room, assert_neighbours, text, values};

/// Two VMs, one of them random, and random outages.
const RANDOM: &str = r#"
title   = "Two machines"
start   = "2026-01-05 00:00"
horizon = "6 h"
seed    = 7

[[vm]]
name  = "steady"
disks = [{ size = "64 GiB", used = "20 GiB" }]
churn.constant = "200 kB/s"

[[vm]]
name  = "bursty"
disks = [{ size = "64 GiB", used = "20 GiB" }]
churn.lognormal = { mean = "1 MB/s", variability = 2.0, autocorrelation = 0.5 }

[limits]
disk = "off"
vm   = "off"

[link.forward]
internet = { bandwidth = "10 Mbps", rtt = "30 ms" }
"#;

const LINE: &str = r#"
title = "A line"
scenario = "scenario.toml"
target = "lag.fleet_worst <= 5 min"
levels = ["99 %", "90 %"]
replications = 10
[find]
name = "bandwidth"
key = "link.forward.internet.bandwidth"
from = "5 Mbps"
to = "100 Mbps"
within = "2 %"
"#;

#[test]
fn where_something_is_random_the_unfavourable_end_must_meet_the_target() {
    let room = Room::new(RANDOM, LINE);
    let record = room.found(0);
    assert_neighbours(&record);
    assert_eq!((&record["random"], &record["confidence"]), (&Value::Bool(true), &Value::from(0.95)));
    for point in record["points"].as_array().unwrap() {
        assert_eq!(point["runs"], 10);
        let (estimate, high) = (point["estimate"].as_f64().unwrap(), point["high"].as_f64().unwrap());
        assert!(high >= estimate);
        assert_eq!(point["met"][0].as_bool().unwrap(), high <= 0.01, "{point}");
        assert_eq!(point["met"][1].as_bool().unwrap(), high <= 0.1, "{point}");
    }
    // Common random numbers: a run of the program with the same seed and value has the same share.
    let point = &record["points"][1];
    let once = Room::new(RANDOM, &LINE.replace("replications = 10", "replications = 1")).found(0);
    let same = once["points"].as_array().unwrap().last().unwrap();
    let written = format!("link.forward.internet.bandwidth={}", same["written"].as_str().unwrap());
    let mut run = assert_cmd::Command::new(env!("CARGO_BIN_EXE_failback"));
    let output = run
        .current_dir(room.path(""))
        .args(["run", "scenario.toml", "--json", "--set", &written, "--set", "policy.rpo_threshold=5 min"])
        .output()
        .unwrap();
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["lag"]["fleet_worst"]["share_over"], same["estimate"]);
    assert_eq!(summary["lag"]["fleet_worst"]["max"], same["worst_s"]);
    assert!(point["value"].as_f64() > record["points"][0]["value"].as_f64(), "from least to most");
}

#[test]
fn one_thread_and_two_write_the_same_bytes() {
    let room = Room::new(RANDOM, LINE);
    room.done(&["sizing.toml", "--threads", "1", "--out", "one"]);
    room.done(&["sizing.toml", "--threads", "2", "--out", "two"]);
    for name in ["size.json", "curve.csv", "report.html", "plots/curve.svg", "plots/curve.png"] {
        let bytes = |folder: &str| fs::read(room.path(folder).join(name)).unwrap();
        assert!(bytes("one") == bytes("two"), "{name} differs");
    }
}

#[test]
fn the_answer_is_said_in_words_and_the_curve_is_a_table() {
    let room = Room::new(&burst(6), &LINE.replace("replications = 10", "headroom = \"20 %\""));
    let said = room.done(&["sizing.toml"]);
    assert!(said.contains("nothing is random here, so one run of each is exact"), "{said}");
    assert!(said.contains("99 % of the time: ") && said.contains("90 % of the time: "), "{said}");
    assert!(said.contains("not enough: over 5 min for ") && said.contains("With 20 % headroom: "), "{said}");
    let curve = fs::read_to_string(room.path("output/size-sizing/curve.csv")).unwrap();
    let header = "bandwidth_bit_per_s,runs,lag.fleet_worst.share_over,lag.fleet_worst.share_over_low,lag.fleet_worst.share_over_high,lag.fleet_worst.max_s,runs_over,met_99_percent,met_90_percent";
    assert_eq!(curve.lines().next().unwrap(), header);
    let record: Value = serde_json::from_slice(&fs::read(room.path("output/size-sizing/size.json")).unwrap()).unwrap();
    assert_eq!(curve.lines().count(), 1 + record["points"].as_array().unwrap().len());
    let page = fs::read_to_string(room.path("output/size-sizing/report.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("id=\"credibility\""));
    // The same asked for on the command line.
    let line = ["--key", "link.forward.internet.bandwidth", "--from", "5 Mbps", "--to", "100 Mbps", "--within", "2 %", "--target", "rpo <= 5 min"];
    let typed = room.done(&[&["scenario.toml", "--level", "99 %", "--level", "90 %", "--json"][..], &line].concat());
    assert_eq!(values(&serde_json::from_str(&typed).unwrap()), values(&record));
}

#[test]
fn the_least_may_be_enough() {
    let room = Room::new(&burst(6), &LINE.replace("from = \"5 Mbps\"", "from = \"90 Mbps\"").replace("replications = 10", ""));
    let record = room.found(0);
    assert_eq!((values(&record), &record["answers"][0]["outcome"]), (vec![Some(90e6); 2], &Value::from("least-is-enough")));
    assert!(room.done(&["sizing.toml"]).contains("90 Mbps: even the least that was looked at is enough"));
}

#[test]
fn what_cannot_be_sized_is_refused_and_nothing_is_written() {
    let refused = |arguments: &[&str], sizing: &str, expected: &[&str]| {
        let room = Room::new(&burst(6), sizing);
        let output = room.run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(said.matches("error:").count(), 1, "one clear error: {said}");
        assert!(expected.iter().all(|expected| said.contains(expected)), "{said}");
        assert!(!room.path("output").exists());
    };
    refused(&["scenario.toml"], LINE, &["is a scenario: say what is sought with --key"]);
    let typo = LINE.replace("lag.fleet_worst <= 5 min", "lag.fleet_wurst.mean <= 5 min").replace("levels = [\"99 %\", \"90 %\"]", "");
    refused(&["sizing.toml"], &typo, &["sizing.toml:4:10", "`fleet_worst`"]);
    let background = LINE.replace("[find]", "set = [\"link.forward.internet.background=6 Mbps\"]\n[find]");
    refused(&["sizing.toml"], &background, &["background", "cannot be loaded with"]);
    refused(&["sizing.toml", "--set", "horizon=soon"], LINE, &["horizon"]);
    let line = ["scenario.toml", "--key", "link.forward.internet.bandwidth", "--from", "5 Mbps", "--to", "1 h", "--target", "rpo <= 5 min"];
    refused(&line, LINE, &["the options as a sizing file", "are not of one kind"]);
}

#[test]
fn every_broken_sizing_gets_its_message() {
    let mut files: Vec<PathBuf> = fs::read_dir("tests/bad_sizes").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all = String::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "toml")) {
        let name = file.file_stem().unwrap().to_string_lossy();
        let said = Plan::read(file, &[]).map_or_else(|mistakes| mistakes.render(false), |_| "NO MISTAKE WAS FOUND".to_string());
        let _ = write!(all, "== {name}\n\n{said}\n\n");
    }
    assert!(!all.contains("NO MISTAKE WAS FOUND"), "{all}");
    insta::with_settings!({ snapshot_path => "../snapshots" }, { insta::assert_snapshot!("broken_sizings", all) });
}

#[test]
fn the_sizings_that_ship_and_the_one_in_the_documentation_can_be_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = fs::read_dir(root.join("scenarios/size")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 2);
    let document = fs::read_to_string(root.join("docs/size.md")).unwrap();
    let shown = document.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let quickstart = root.join("scenarios/quickstart.toml");
    let room = Room::new("", &shown.replace("\"quickstart.toml\"", &format!("{:?}", quickstart.display().to_string())));
    files.push(room.path("sizing.toml"));
    for file in files {
        let (plan, _) = Plan::read(&file, &[]).unwrap_or_else(|mistakes| panic!("{}: {mistakes}", file.display()));
        for candidate in [0, plan.candidates.count() - 1] {
            plan.load(candidate, &mut Files).unwrap_or_else(|mistakes| panic!("{}: {mistakes}", file.display()));
        }
    }
}
