//! `failback sweep` and `failback merge` as a user meets them: order, resuming after a kill, what is refused before it runs. Folders and shards are in the files
//! beside this one. Whether the figures are right is tested elsewhere.

mod folders;
mod room;
mod shards;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use failback::experiment::sweep::Plan;
use failback::scenario::Files;

use crate::room::{Room, SWEEP, assert_same, rows, text};

#[test]
fn a_grid_is_written_in_its_order_with_units_and_every_replication() {
    let room = Room::new();
    let said = room.done(&["sweep", "sweep.toml"]);
    assert!(said.contains("Small: 12 points of 2 replications") && said.contains("output/sweep/results.csv"), "{said}");
    let results = rows(&room.path("output/sweep/results.csv"));
    let header = "point,bandwidth_bit_per_s,mix,replications,lag.fleet_worst.p99_mean_s,lag.fleet_worst.p99_min_s,lag.fleet_worst.p99_max_s,lag.fleet_worst.p99_n,\
        link.mean_use_mean,link.mean_use_min,link.mean_use_max,link.mean_use_n,error";
    assert_eq!(results[0].join(","), header);
    let places: Vec<String> = results[1..].iter().map(|row| row[..3].join(" ")).collect();
    assert_eq!(places[..5], ["0 5000000 as it is", "1 5000000 steady twice", "2 5000000 calm, \"really\"", "3 5000000 wild", "4 10000000 as it is"]);
    assert_eq!(places.len(), 12);
    let runs = rows(&room.path("output/sweep/runs.csv"));
    assert_eq!(runs[0].join(","), "point,replication,lag.fleet_worst.p99_s,link.mean_use");
    assert_eq!(runs.len(), 1 + 24);
    for (point, row) in results[1..].iter().enumerate() {
        let own: Vec<f64> = runs[1..].iter().filter(|run| run[0] == point.to_string()).map(|run| run[2].parse().unwrap()).collect();
        assert_eq!(own.len(), 2);
        assert_eq!(row[4].parse::<f64>().unwrap(), (own[0] + own[1]) / 2.0, "mean of point {point}");
        assert_eq!((row[5].parse().unwrap(), row[6].parse().unwrap()), (own[0].min(own[1]), own[0].max(own[1])));
        assert_eq!((row[7].as_str(), row[12].as_str()), ("2", ""));
    }
    assert_ne!(runs[1][2], runs[2][2], "replications differ");
}

#[test]
fn a_point_is_what_a_run_with_these_sets_is() {
    let room = Room::new();
    room.done(&["sweep", "sweep.toml", "--quiet"]);
    let summary =
        room.done(&["run", "small.toml", "--json", "--set", "link.forward.internet.bandwidth=5 Mbps", "--set", "vm.steady.churn.constant=400 kB/s"]);
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let runs = rows(&room.path("output/sweep/runs.csv"));
    assert_eq!(runs[3][..2], ["1", "0"]);
    assert_eq!(runs[3][2].parse::<f64>().unwrap(), summary["lag"]["fleet_worst"]["p99"].as_f64().unwrap());
}

/// The limit stands in the record, in the picture and in the page; a lag that is given none is held against the scenario's threshold.
#[test]
fn a_response_may_be_a_target_and_its_limit_is_drawn() {
    let responses = r#"["lag.fleet_worst.p99 <= 10 min", "link.mean_use", "lag.fleet_worst.max"]"#;
    let room = Room::with(&SWEEP.replace(r#"["lag.fleet_worst.p99", "link.mean_use"]"#, responses));
    room.done(&["sweep", "sweep.toml"]);
    let record: serde_json::Value = serde_json::from_str(&fs::read_to_string(room.path("output/sweep/sweep.json")).unwrap()).unwrap();
    let limit = |response: usize| record["responses"][response]["limit"]["value"].as_f64();
    assert_eq!((limit(0), limit(1), limit(2)), (Some(600.0), None, Some(3600.0)));
    let table = rows(&room.path("output/sweep/results.csv"));
    let met = table[1..].iter().filter(|row| row[4].parse::<f64>().unwrap() <= 600.0).count();
    assert!((1..12).contains(&met), "the limit divides the points: {met}");
    let picture = fs::read_to_string(room.path("output/sweep/plots/response-1.svg")).unwrap();
    assert!(picture.contains(&format!("{met} of 12 points at most 10 min")) && picture.contains("border at the limit of 10 min"));
    assert!(!fs::read_to_string(room.path("output/sweep/plots/response-2.svg")).unwrap().contains("limit"));
    let page = fs::read_to_string(room.path("output/sweep/report.html")).unwrap();
    assert!(page.contains("at most 10 min"));
}

#[test]
fn one_thread_and_five_write_the_same_bytes() {
    let room = Room::new();
    room.done(&["sweep", "sweep.toml", "--threads", "1", "--out", "one"]);
    room.done(&["sweep", "sweep.toml", "--threads", "5", "--out", "five"]);
    assert_same(&room.path("one"), &room.path("five"));
}

#[test]
fn killed_fifty_times_it_goes_on_and_writes_the_same_bytes() {
    // Long enough that most kills come in the middle.
    let room = Room::with(&SWEEP.replace("steps = 3", "steps = 9"));
    room.done(&["sweep", "sweep.toml", "--quiet", "--out", "whole"]);
    let mut random: u64 = 20_261_122;
    let mut below = |most: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % most
    };
    let lines = || fs::read_to_string(room.path("killed/results.csv")).map_or(0, |table| table.lines().count() as u64);
    let (mut kills, mut kills_in_the_middle, mut finished) = (0, 0, 0);
    while kills < 50 || finished == 0 {
        let mut child = room.start(&["sweep", "sweep.toml", "--quiet", "--out", "killed"]);
        // After fifty kills it may finish. Before that a kill comes at a random moment after a random number of rows, which may be none.
        let enough = if kills < 50 { lines() + below(6) } else { u64::MAX };
        let mut ended = child.try_wait().unwrap();
        while ended.is_none() && lines() < enough {
            std::thread::sleep(Duration::from_micros(500));
            ended = child.try_wait().unwrap();
        }
        std::thread::sleep(Duration::from_micros(below(20_000)));
        match ended {
            Some(status) => {
                assert!(status.success(), "{}", text(&child.wait_with_output().unwrap().stderr));
                assert_same(&room.path("whole"), &room.path("killed"));
                fs::remove_dir_all(room.path("killed")).unwrap();
                finished += 1;
            }
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
                kills_in_the_middle += u32::from((2..37).contains(&lines()));
            }
        }
    }
    assert!(kills_in_the_middle >= 10, "only {kills_in_the_middle} of {kills} kills came while rows were written");
}

#[test]
fn rows_that_are_there_are_kept_and_a_torn_one_is_made_again() {
    let room = Room::new();
    room.done(&["sweep", "sweep.toml", "--out", "whole"]);
    room.done(&["sweep", "sweep.toml", "--out", "torn"]);
    let table = fs::read_to_string(room.path("torn/results.csv")).unwrap();
    let fifth = table.match_indices('\n').nth(5).unwrap().0;
    fs::write(room.path("torn/results.csv"), &table[..fifth + 9]).unwrap();
    fs::remove_file(room.path("torn/report.html")).unwrap();
    let output = room.run(&["sweep", "sweep.toml", "--out", "torn"]);
    assert!(text(&output.stderr).contains("5 of 12 points are finished already"), "{}", text(&output.stderr));
    assert_same(&room.path("whole"), &room.path("torn"));
}

#[cfg(unix)]
#[test]
fn an_interrupt_keeps_the_rows_says_how_to_go_on_and_leaves_with_130() {
    let room = Room::with(&SWEEP.replace("replications = 2", "replications = 40"));
    let child = room.start(&["sweep", "sweep.toml", "--out", "out"]);
    let since = Instant::now();
    while fs::read_to_string(room.path("out/results.csv")).map_or(0, |table| table.lines().count()) < 2 {
        assert!(since.elapsed() < Duration::from_secs(60), "no row in a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = child.id().to_string();
    Command::new("kill").args(["-INT", &pid]).assert().success();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(text(&output.stderr).contains("the same command goes on from there"), "{}", text(&output.stderr));
    assert!(fs::read_to_string(room.path("out/results.csv")).unwrap().ends_with('\n'));
    assert!(!room.path("out/report.html").exists());
}

#[test]
fn a_point_that_cannot_be_loaded_says_why_and_the_others_run() {
    let levels = r#"{ name = "broken", set = ["policy.app_every=80 h", "policy.retention=72 h"] },"#;
    let room = Room::with(&SWEEP.replace("levels = [", &format!("levels = [\n  {levels}")));
    let said = room.done(&["sweep", "sweep.toml"]);
    assert!(said.contains("15 points of 2 replications") && said.contains("3 failed"), "{said}");
    let results = rows(&room.path("output/sweep/results.csv"));
    let broken: Vec<&Vec<String>> = results.iter().filter(|row| row[2] == "broken").collect();
    assert_eq!(broken.len(), 3);
    for row in broken {
        assert!(row[12].contains("app-consistent"), "{row:?}");
        assert!(row[4..12].iter().all(String::is_empty), "{row:?}");
    }
    assert_eq!(rows(&room.path("output/sweep/runs.csv")).len(), 1 + 24);
    let again = room.done(&["sweep", "sweep.toml"]);
    assert!(again.contains("3 failed"), "failed points are finished points: {again}");
}

#[test]
fn spread_designs_stay_within_their_ranges_and_differ_by_seed() {
    let spread = |design: &str, seed: u32| {
        SWEEP.replace(", steps = 3", "").replace("replications = 2", &format!("design = \"{design}\"\npoints = 8\nseed = {seed}"))
    };
    let mut tables = Vec::new();
    for (design, seed) in [("sobol", 1), ("sobol", 2), ("latin-hypercube", 1), ("latin-hypercube", 2)] {
        let room = Room::with(&spread(design, seed));
        room.done(&["sweep", "sweep.toml", "--quiet"]);
        let results = rows(&room.path("output/sweep/results.csv"));
        assert_eq!(results.len(), 9);
        let mut mixes: Vec<&str> = results[1..].iter().map(|row| row[2].as_str()).collect();
        mixes.sort_unstable();
        mixes.dedup();
        assert_eq!(mixes.len(), 4, "each level is met twice: {results:?}");
        for row in &results[1..] {
            let bandwidth: f64 = row[1].parse().unwrap();
            assert!((5e6..=20e6).contains(&bandwidth), "{bandwidth}");
        }
        tables.push(results.iter().map(|row| row[..3].join(" ")).collect::<Vec<_>>());
    }
    assert!(tables[0] != tables[1] && tables[2] != tables[3] && tables[0] != tables[2]);
}

#[test]
fn a_figure_that_there_is_not_is_refused_before_anything_is_written() {
    let room = Room::with(&SWEEP.replace("\"link.mean_use\"", "\"link.mean_usage\""));
    let said = room.refused(&["sweep", "sweep.toml"], 2);
    assert!(said.contains("sweep.toml:5:37") && said.contains("`mean_use`"), "{said}");
    assert!(!room.path("output").exists());
}

#[test]
fn a_scenario_that_no_point_can_load_is_refused_with_its_own_mistake() {
    let room = Room::new();
    let said = room.refused(&["sweep", "sweep.toml", "--set", "policy.retention=40 days"], 2);
    assert!(said.contains("policy.retention") && said.contains("None of the first 12 points"), "{said}");
    assert!(!room.path("output").exists());
}

#[test]
fn the_experiments_that_ship_can_be_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/sweeps");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let (plan, _) = Plan::read(&entry.unwrap().path(), &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let (first, _) = plan.first(1, &mut Files).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        assert_eq!(first, 0);
        count += 1;
    }
    assert!(count >= 1);
}

#[test]
fn the_experiment_in_the_documentation_can_be_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(root.join("docs/experiments.md")).unwrap();
    let shown = document.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let quickstart = root.join("scenarios/quickstart.toml");
    let room = Room::with(&shown.replace("\"quickstart.toml\"", &format!("{:?}", quickstart.display().to_string())));
    let (plan, _) = Plan::read(&room.path("sweep.toml"), &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!((plan.points(), plan.replications), (3 * 4 * 2, 20));
    plan.first(1, &mut Files).unwrap_or_else(|mistakes| panic!("{mistakes}"));
}
