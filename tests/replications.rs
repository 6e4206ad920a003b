//! Many runs of one scenario: what is said of them is right, the same for any number of threads, and kept when it is interrupted.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use failback::experiment::figure::Figure;
use failback::experiment::frugal::only_for;
use failback::{scenario, simulate};
use predicates::prelude::*;
use serde_json::Value;

/// One VM that never waits, and a site lost at a uniform instant: the loss is the age of the newest marker, uniform between the delay and 5 min more.
const UNIFORM: &str = r#"
profile = "vmware-classic-2021"
start   = "2026-01-05 00:00"
horizon = "1 day"
seed    = 2

[[vm]]
name  = "steady"
disks = [{ size = "64 GiB", used = "20 GiB" }]
churn.constant = "200 kB/s"

[link.forward]
internet = { bandwidth = "100 Mbps", rtt = "30 ms" }

[[disaster]]
name = "fire"
between = ["Mon 06:00", "Mon 18:00"]
site_lost = {}

[recovery]
"#;

fn room(scenario: &str) -> tempfile::TempDir {
    let room = tempfile::tempdir().unwrap();
    fs::write(room.path().join("s.toml"), scenario).unwrap();
    room
}

fn failback(room: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_failback"));
    command.current_dir(room).args(["run", "s.toml"]).args(arguments);
    command
}

fn summary(room: &Path, out: &str) -> Value {
    serde_json::from_slice(&fs::read(room.join(out).join("summary.json")).unwrap()).unwrap()
}

fn figure<'v>(summary: &'v Value, path: &str) -> &'v Value {
    summary["replications"]["figures"].as_array().unwrap().iter().find(|figure| figure["figure"] == path).unwrap()
}

const LOSS: &str = "journey.failovers.0.loss_max_s";

#[test]
fn a_disaster_at_a_uniform_instant_loses_half_an_interval_on_average() {
    let room = room(UNIFORM);
    failback(room.path(), &["--replications", "200", "--out", "o", "--quiet"]).assert().success();
    let summary = summary(room.path(), "o");
    let loss = figure(&summary, LOSS);
    let end = |which: &str, end: &str| loss[which][end].as_f64().unwrap();
    // Uniform over 300 s: mean 150 s, 95th percentile 285 s, and 0.015 s on the way.
    assert!(end("estimate", "low") < 150.015 && 150.015 < end("estimate", "high"), "{loss}");
    assert!(end("median", "low") < 150.015 && 150.015 < end("median", "high"), "{loss}");
    assert!(end("p95", "low") < 285.015 && 285.015 < end("p95", "high"), "{loss}");
    // Student's t for the 200 values, by hand: the standard deviation of a uniform law over 300 s is 86.6 s.
    let half = (end("estimate", "high") - end("estimate", "low")) / 2.0;
    assert!((half - 1.972 * 86.6 / 200f64.sqrt()).abs() < 1.0, "{half}");
}

#[test]
fn what_was_never_seen_is_bounded_not_excluded() {
    let room = room(UNIFORM);
    failback(room.path(), &["--replications", "60", "--out", "o"]).assert().success().stdout(predicate::str::contains("None of 60 runs broke"));
    let summary = summary(room.path(), "o");
    let breaches = &figure(&summary, "breaches.count")["above_zero"];
    assert_eq!((breaches["estimate"].as_f64(), breaches["low"].as_f64()), (Some(0.0), Some(0.0)));
    // Clopper-Pearson with both ends asked for: 1 - 0.025^(1/60).
    assert!((breaches["high"].as_f64().unwrap() - (1.0 - 0.025f64.powf(1.0 / 60.0))).abs() < 1e-12);
    // 0.95^60 > 2.5 %: sixty runs do not bound their 95th percentile from above.
    assert_eq!(figure(&summary, LOSS)["p95"]["high"], Value::Null);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let room = room(UNIFORM);
    for threads in ["1", "2", "5"] {
        failback(room.path(), &["--replications", "30", "--quiet", "--threads", threads, "--out", threads]).assert().success();
    }
    for file in ["summary.json", "replications.csv", "report.html"] {
        let of = |threads: &str| fs::read(room.path().join(threads).join(file)).unwrap();
        assert!(of("1") == of("2") && of("1") == of("5"), "{file} differs");
    }
    // The first of the runs is the run that is made alone.
    failback(room.path(), &["--quiet", "--out", "alone"]).assert().success();
    let (mut many, mut alone) = (summary(room.path(), "1"), summary(room.path(), "alone"));
    many["replications"].take();
    alone["replications"].take();
    assert_eq!(many, alone);
}

#[test]
fn a_precision_stops_when_it_is_reached_and_says_so_when_the_cap_comes_first() {
    let room = room(UNIFORM);
    let ask = |precision: &str, cap: &str, out: &str| {
        failback(room.path(), &["--precision", precision, "--replications", cap, "--figure", LOSS, "--out", out])
            .assert()
            .success()
            .get_output()
            .clone()
    };
    let said = String::from_utf8(ask("10 %", "1000", "a").stdout).unwrap();
    assert!(said.contains("Stopped once"), "{said}");
    let loss = summary(room.path(), "a");
    let stop = &loss["replications"]["stop"];
    // (1.96 * 86.6 / (0.1 * 150))^2 = 128 runs by the normal law, a few more for t and the relative width's own rule.
    let runs = loss["replications"]["runs"].as_u64().unwrap();
    assert!((110..=200).contains(&runs) && stop["reached"].as_f64().unwrap() <= 0.1, "{runs} {stop}");
    let said = String::from_utf8(ask("1 %", "50", "b").stdout).unwrap();
    assert!(said.contains("The cap of 50 runs was hit first"), "{said}");
}

#[test]
fn where_nothing_is_random_one_run_says_all() {
    let room = room(&UNIFORM[..UNIFORM.find("[[disaster]]").unwrap()]);
    let said = failback(room.path(), &["--replications", "500", "--out", "o"]).assert().success().get_output().stdout.clone();
    assert!(String::from_utf8(said).unwrap().contains("Nothing in this scenario is random"));
    assert_eq!(summary(room.path(), "o")["replications"]["runs"], 1);
}

#[test]
fn a_target_is_held_against_the_unfavourable_end() {
    let room = room(UNIFORM);
    let require = |target: &str| failback(room.path(), &["--replications", "100", "--quiet", "--out", "o", "--require", target]).assert();
    require(&format!("{LOSS} <= 200 s")).success();
    // The estimate itself would do.
    require(&format!("{LOSS} <= 155 s")).code(3).stderr(predicate::str::contains("at most"));
}

#[test]
fn a_figure_that_is_not_in_the_record_is_bad_input() {
    let room = room(UNIFORM);
    let wrong = failback(room.path(), &["--replications", "5", "--figure", "lag.worst.p99", "--out", "o"]).assert().code(2);
    wrong.stderr(predicate::str::contains("--figure lag.worst.p99").and(predicate::str::contains("`fleet_worst`")));
    failback(room.path(), &["--figure", LOSS]).assert().code(2).stderr(predicate::str::contains("--replications"));
    failback(room.path(), &["--precision", "0"]).assert().code(2).stderr(predicate::str::contains("5 %"));
    assert!(!room.path().join("o").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupt_keeps_what_was_finished() {
    use std::time::Duration;
    let long = UNIFORM.replace("1 day", "6 days").replace("Mon 18:00", "Fri 18:00");
    let room = room(&long);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_failback"))
        .current_dir(room.path())
        .args(["run", "s.toml", "--replications", "1000000", "--quiet", "--out", "o"])
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let summary = summary(room.path(), "o");
    let runs = summary["replications"]["runs"].as_u64().unwrap();
    assert!((1..1_000_000).contains(&runs));
    let rows = fs::read_to_string(room.path().join("o/replications.csv")).unwrap().lines().count() as u64;
    assert_eq!(rows, runs + 1);
}

/// What no figure is read from is not worked out, and nothing else changes: every number of a part of the record that is asked for, of every shipped scenario.
#[test]
fn a_frugal_run_has_the_same_figures() {
    // Each with what may be asked for together with it.
    const PARTS: [&[&str]; 9] = [
        &["breaches", "link", "process_servers", "bottlenecks", "one_queue", "churn", "days"],
        &["lag", "breaches", "link", "process_servers", "bottlenecks", "disks", "churn", "days"],
        &["one_queue", "link"],
        &["reported_rpo", "reported_breaches"],
        &["point_age", "app_point_age", "lag"],
        &["points", "cost"],
        &["vms", "groups"],
        &["loss"],
        &["journey", "unprotected_share", "initial_replication"],
    ];
    let mut compared = 0;
    for entry in fs::read_dir("scenarios").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let mut world = scenario::load(&path, &[]).unwrap().world;
        // Losses in bytes are looked at in the quickstart alone: they are half of what a run costs.
        world.output.loss_bytes &= path.ends_with("quickstart.toml") || world.journey.is_some();
        let whole = serde_json::to_value(simulate::run(&world, 3, &mut |_| ()).results).unwrap();
        for parts in PARTS {
            let figures: Vec<Figure> = parts.iter().flat_map(|part| numbers(&whole[part], part)).map(|path| Figure::at(&path)).collect();
            if figures.is_empty() {
                continue;
            }
            let mut frugal = world.clone();
            only_for(&mut frugal, &figures);
            let found = serde_json::to_value(simulate::run(&frugal, 3, &mut |_| ()).results).unwrap();
            for part in parts {
                assert_eq!(found[part], whole[part], "{part} of {}", path.display());
            }
            compared += figures.len();
        }
        // What a sweep looks at unless told otherwise: a part of a part.
        let mut frugal = world.clone();
        only_for(&mut frugal, &[Figure::at("lag.fleet_worst.p99"), Figure::at("link.mean_use")]);
        let found = serde_json::to_value(simulate::run(&frugal, 3, &mut |_| ()).results).unwrap();
        assert_eq!(found["lag"]["fleet_worst"], whole["lag"]["fleet_worst"], "{}", path.display());
    }
    assert!(compared > 10_000, "only {compared} figures were there to compare");
}

/// The paths of all numbers in a part of a record.
fn numbers(value: &Value, path: &str) -> Vec<String> {
    match value {
        Value::Number(_) => vec![path.to_owned()],
        Value::Array(list) => list.iter().enumerate().flat_map(|(index, inner)| numbers(inner, &format!("{path}.{index}"))).collect(),
        Value::Object(fields) => fields.iter().flat_map(|(key, inner)| numbers(inner, &format!("{path}.{key}"))).collect(),
        _ => Vec::new(),
    }
}
