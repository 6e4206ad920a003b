//! `failback sensitivity` as a user meets it: a scenario with a known response, what is refused, what is written.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use failback::experiment::records::Kept;
use failback::experiment::sensitivity::Plan;
use failback::experiment::sensitivity::plan::Instead;
use serde_json::Value;

use crate::room::{FILE, LOSS, Room, contents, of};

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Closed form: the loss is rtt/2 + delay + interval/2. Over these ranges its parts are uniform over 480 s, 240 s and 1 s, so the variance is shared as
/// 480² : 240² : 1, that is 80 %, 20 % and nothing; effects are 480 s, 240 s, 1 s and 0 s.
#[test]
fn a_scenario_whose_loss_is_linear_has_the_indices_of_its_closed_form() {
    let room = Room::new();
    let said = room.done(&["sensitivity", "question.toml"]);
    let record = room.record("output/sensitivity-question");
    let response = &record["responses"][0];
    assert_eq!((response["figure"].as_str(), &response["hangs_on"]), (Some(LOSS), &serde_json::json!(["delay", "interval"])));
    // The run begins with a point: the first interval is younger by up to (600 + 600)² / 2 s² of 4 days.
    let start = 2.5;
    assert!((number(&response["baseline"]) - (1.0 + 300.0 + 150.0)).abs() < start, "{}", response["baseline"]);
    for (input, low, high, effect) in [("delay", 271.0, 751.0, 480.0), ("interval", 361.0, 601.0, 240.0), ("round trip", 450.5, 451.5, 1.0)] {
        let of = of(&record, input);
        assert!((number(&of["alone"][0]) - low).abs() < start && (number(&of["alone"][1]) - high).abs() < start, "{input}: {}", of["alone"]);
        assert!((number(&of["effect"]["mu_star"]["estimate"]) - effect).abs() < start, "{input}: {}", of["effect"]);
    }
    for (input, share) in [("delay", 0.8), ("interval", 0.2)] {
        for index in ["first", "total"] {
            let found = &of(&record, input)["indices"][index];
            assert!(number(&found["low"]) <= share && share <= number(&found["high"]), "{input}, {index}: {found}");
            assert!((number(&found["estimate"]) - share).abs() < 0.05, "{input}, {index}: {found}");
        }
    }
    for input in ["round trip", "retention"] {
        let of = of(&record, input);
        assert_eq!((&of["kept"], &of["indices"]), (&Value::Bool(false), &Value::Null), "{input} is screened out");
    }
    assert_eq!(of(&record, "retention")["swing"], 0.0);
    assert_eq!(response["by_itself"], serde_json::json!([]), "1 s of 451 s is nothing by itself either");
    // Half of the law lies below its mean, which is that of the middle: 1 + 360 + 180 s.
    assert!((number(&response["spread"]["median"]) - 541.0).abs() < 20.0, "{}", response["spread"]);
    assert_eq!((&record["random"], &record["failed"]), (&Value::Bool(false), &Value::from(0)));
    assert_eq!(record["places"], serde_json::json!([1 + 2 + 2 + 2 + 3, 50, 64 * 4]));

    assert!(said.contains("1. delay") && said.contains("2. interval") && said.contains("2 inputs (round trip and retention)"), "{said}");
    assert!(said.contains("at 2 min to") && said.contains("Nothing is random"), "{said}");
    let runs = fs::read_to_string(room.path("output/sensitivity-question/runs.csv")).unwrap();
    assert_eq!(runs.lines().count(), 1 + 10 + 50 + 256);
    assert!(runs.starts_with(
        "part,point,replication,delay_s,interval_s,round trip_s,retention_s,loss.latest_processed.time.fleet_worst.mean_s,error\nalone,0,0,,,,,"
    ));
    for file in ["effects.csv", "indices.csv", "alone.csv", "report.html", "plots/tornado-1.svg", "plots/screening-1.png", "plots/indices-1.svg"] {
        assert!(room.path("output/sensitivity-question").join(file).is_file(), "{file}");
    }
    let page = std::fs::read_to_string(room.path("output/sensitivity-question/report.html")).unwrap();
    assert!(page.contains("id=\"credibility\""));
    // Each row of runs.csv is what `failback run` gives with the same sets.
    let summary = room.done(&["run", "steady.toml", "--json", "--set", "apply.delay=2 min"]);
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let loss = summary["loss"].as_array().unwrap().iter().find(|loss| loss["choice"] == "latest_processed").unwrap();
    assert_eq!(loss["time"]["fleet_worst"]["mean"], of(&record, "delay")["alone"][0]);
}

#[test]
fn one_thread_and_two_write_the_same_bytes() {
    let random = FILE.replace("rows = 64", "rows = 8\ntrajectories = 2\nreplications = 2").replace("[[vary]]\nname = \"retention\"", NOISY);
    let room = Room::with(&random);
    for threads in ["1", "2"] {
        room.done(&["sensitivity", "question.toml", "--threads", threads, "--out", threads, "--horizon", "3 h"]);
    }
    let (one, two) = (contents(&room.path("1")), contents(&room.path("2")));
    assert!(one.len() >= 10);
    for ((name, one), (other, two)) in one.iter().zip(&two) {
        assert!(name == other && one == two, "{} differs", name.display());
    }
    let record = room.record("1");
    assert_eq!(record["replications"], 2);
    assert!(record["responses"][0]["noise_share"].as_f64().is_some(), "two replications say how much is chance");
}

const NOISY: &str = "[[vary]]\nname = \"churn\"\nlevels = [{ name = \"steady\", set = [] }, { name = \"bursty\", \
    set = [\"vm.steady.churn={lognormal={mean=\\\"3 MB/s\\\",variability=2.0,autocorrelation=0.5}}\"] }]\n[[vary]]\nname = \"retention\"";

#[test]
fn the_assumed_values_of_a_plain_scenario_are_varied() {
    let room = Room::new();
    let said = room.done(&["sensitivity", "steady.toml", "--assumed", "--horizon", "6 h", "--rows", "8", "--trajectories", "4", "--figure", LOSS]);
    let record = room.record("output/sensitivity-steady");
    let inputs = record["inputs"].as_array().unwrap();
    assert!(inputs.len() >= 5 && inputs.iter().all(|input| input["assumed"] == true), "{inputs:?}");
    assert!(record["left_out"].as_array().unwrap().iter().any(|left| left["key"] == "apply.rate"));
    assert!(said.contains("assumed by vmware-classic-2021"), "{said}");
    // A scenario that says nothing of it is asked what is meant.
    let room = Room::new();
    assert!(room.refused(&["sensitivity", "steady.toml"]).contains("--assumed"));
    assert!(room.refused(&["sensitivity", "steady.toml", "--assumed", "--figure", "lag.worst"]).contains("fleet_worst"));
}

#[test]
fn some_of_the_assumed_values_and_a_range_of_ones_own_instead_of_one() {
    let file = FILE.replace(
        "[[vary]]\nname = \"retention\"",
        "[[vary]]\nkey = \"override.agent.buffer\"\nvalues = [\"1 GiB\", \"2 GiB\"]\n[[vary]]\nname = \"retention\"",
    );
    let room = Room::with(&format!("{file}\n[assumed]\nexclude = [\"churn\"]\nspread = \"x3\"\n"));
    let read = Plan::read(&room.path("question.toml"), &Instead::default(), &Kept::default()).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let names: Vec<&str> = read.plan.inputs.iter().map(|input| input.factor.name.as_str()).collect();
    assert!(names.contains(&"override.agent.buffer") && !names.contains(&"agent.buffer"), "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("churn.")), "{names:?}");
    let io = read.plan.inputs.iter().find(|input| input.factor.name == "disk.io").expect("the mean size of a write is assumed");
    assert_eq!(io.range_words(), "5.33333 KiB to 48 KiB");
}

/// Both ends of each range are fine, but not all of them together: a retention shorter than the interval of app-consistent points.
#[test]
fn combinations_that_the_scenario_refuses_are_counted_with_their_reason() {
    let file = FILE.replace("values = [\"1 day\", \"2 days\", \"3 days\"]", "range = { from = \"2 h\", to = \"1 day\" }")
        + "\n[[vary]]\nname = \"app points\"\nkey = \"policy.app_every\"\nrange = { from = \"1 h\", to = \"12 h\" }\n";
    let room = Room::with(&file.replace("rows = 64", "rows = 16\nset = [\"policy.app_every=1 h\"]"));
    let said = room.done(&["sensitivity", "question.toml", "--horizon", "1 day"]);
    let record = room.record("output/sensitivity-question");
    let failed = record["failed"].as_u64().unwrap();
    assert!(failed > 0 && record["failures"][0]["why"].as_str().unwrap().contains("retention"), "{}", record["failures"]);
    assert!(said.contains("could not be run and are left out") && said.contains(&format!("{failed} failed")), "{said}");
    let runs = fs::read_to_string(room.path("output/sensitivity-question/runs.csv")).unwrap();
    assert_eq!(runs.lines().skip(1).filter(|line| !line.ends_with(',')).count() as u64, failed, "the last column is the reason");
}

#[test]
fn an_end_that_the_scenario_refuses_is_a_mistake_at_its_place() {
    let room = Room::with(&FILE.replace("\"3 days\"", "\"40 days\""));
    let said = room.refused(&["sensitivity", "question.toml"]);
    assert!(said.contains("question.toml:25:") && said.contains("does not take 40 days"), "{said}");
    let room = Room::with(&FILE.replace("fleet_worst.mean\"]", "fleet_worst.meen\"]"));
    let said = room.refused(&["sensitivity", "question.toml"]);
    assert!(said.contains("question.toml:5:14") && said.contains("`mean`"), "{said}");
}

#[test]
fn a_budget_is_kept_or_refused() {
    let room = Room::new();
    assert!(room.refused(&["sensitivity", "question.toml", "--budget", "20"]).contains("take 30 runs at least"));
    room.done(&["sensitivity", "question.toml", "--budget", "100", "--horizon", "1 day", "--quiet"]);
    let record = room.record("output/sensitivity-question");
    let places: u64 = record["places"].as_array().unwrap().iter().map(|places| places.as_u64().unwrap()).sum();
    assert!(places <= 100, "{places}");
    assert!(record["no_indices"].as_str().unwrap().contains("budget"), "{}", record["no_indices"]);
    let said = room.done(&["sensitivity", "question.toml", "--screen-only", "--horizon", "1 day"]);
    assert!(said.contains("1. delay") && said.contains("on average over its range") && said.contains("only the screening was asked for"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_with_130_and_nothing_half_written() {
    let room = Room::with(&FILE.replace("rows = 64", "trajectories = 5000"));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_failback"));
    command.current_dir(room.path("")).args(["sensitivity", "question.toml", "--horizon", "30 days"]);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.contains("25,000 for the screening (5000 trajectories)"), "{line}");
    std::thread::sleep(Duration::from_millis(300));
    assert_cmd::Command::new("kill").args(["-INT", &child.id().to_string()]).assert().success();
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("nothing was written") && !room.path("output").exists(), "{rest}");
}

/// The toml files of a folder, sorted.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

#[test]
fn every_broken_file_gets_its_message() {
    let mut all = String::new();
    for file in files("tests/bad_sensitivity") {
        let file = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_owned();
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let said = Plan::read(&file, &Instead::default(), &Kept::default())
            .map_or_else(|mistakes| mistakes.render(false), |_| "NO MISTAKE WAS FOUND".to_owned());
        write!(all, "== {name}\n\n{said}\n\n").unwrap();
    }
    assert!(!all.contains("NO MISTAKE WAS FOUND"), "{all}");
    insta::assert_snapshot!("broken_files", all);
}

#[test]
fn the_files_that_ship_and_the_one_in_the_documentation_can_be_read() {
    let mut all = files("scenarios/sensitivity");
    assert!(!all.is_empty());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(root.join("docs/sensitivity.md")).unwrap();
    let shown = document.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let room = Room::with(&shown.replace("\"quickstart.toml\"", &format!("{:?}", root.join("scenarios/quickstart.toml").display().to_string())));
    all.push(room.path("question.toml"));
    for file in all {
        let read = Plan::read(&file, &Instead::default(), &Kept::default()).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        assert!(read.plan.inputs.len() >= 5, "{}", file.display());
    }
}

#[test]
fn a_folder_of_somebody_else_is_refused_before_anything_runs() {
    let room = Room::new();
    fs::create_dir(room.path("mine")).unwrap();
    fs::write(room.path("mine/thesis.doc"), "years of work").unwrap();
    let said = room.refused(&["sensitivity", "question.toml", "--out", "mine", "--horizon", "3000 days"]);
    assert!(said.contains("no sensitivity.json in it"), "{said}");
    assert_eq!(fs::read_dir(room.path("mine")).unwrap().count(), 1);
}
