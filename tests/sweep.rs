//! `failback sweep` and `failback merge` as a user meets them: order, resuming after a kill, shards, and what is refused. Whether the figures are right is
//! tested elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use failback::experiment::sweep::Plan;
use failback::scenario::Files;

/// A small scenario: two VMs, one of them stochastic, and random outages.
const SCENARIO: &str = r#"
title   = "Two machines"
profile = "vmware-classic-2021"
start   = "2026-01-05 00:00"
horizon = "90 min"
seed    = 7

[[vm]]
name  = "steady"
disks = [{ size = "64 GiB", used = "20 GiB" }]
churn.constant = "200 kB/s"

[[vm]]
name  = "bursty"
disks = [{ size = "64 GiB", used = "20 GiB" }]
churn.lognormal = { mean = "1 MB/s", variability = 2.0, autocorrelation = 0.5 }

[link.forward]
internet = { bandwidth = "10 Mbps", rtt = "30 ms", outages = { mtbf = "1 h", repair = { median = "2 min", p95 = "10 min" } } }
"#;

/// Three bandwidths by four mixes of churn, twice each.
const SWEEP: &str = r#"
title = "Small"
scenario = "small.toml"
replications = 2
responses = ["lag.fleet_worst.p99", "link.mean_use"]

[[vary]]
name = "bandwidth"
key = "link.forward.internet.bandwidth"
log_range = { from = "5 Mbps", to = "20 Mbps", steps = 3 }

[[vary]]
name = "mix"
levels = [
  { name = "as it is", set = [] },
  { name = "steady twice", set = ["vm.steady.churn.constant=400 kB/s"] },
  { name = "calm, \"really\"", set = ["vm.bursty.churn.lognormal.variability=0.5", "vm.bursty.churn.lognormal.autocorrelation=0.1"] },
  { name = "wild", set = ["vm.bursty.churn.lognormal.variability=4"] },
]
"#;

/// A folder with both files; everything is written inside it.
struct Room(tempfile::TempDir);

impl Room {
    fn new() -> Self {
        Room::with(SWEEP)
    }

    fn with(sweep: &str) -> Self {
        let room = Room(tempfile::tempdir().unwrap());
        fs::write(room.path("small.toml"), SCENARIO).unwrap();
        fs::write(room.path("sweep.toml"), sweep).unwrap();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_failback")).current_dir(self.0.path()).args(arguments).output().unwrap()
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What a refusal says, with its exit code.
    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert_eq!(said.matches("error:").count(), 1, "one clear error: {said}");
        said
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_failback"));
        command.current_dir(self.0.path()).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file under a folder, by relative path, with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    fn walk(folder: &Path, below: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = below.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() { walk(&entry.path(), &name, found) } else { found.push((name, fs::read(entry.path()).unwrap())) }
        }
    }
    let mut found = Vec::new();
    walk(folder, Path::new(""), &mut found);
    found.sort();
    found
}

fn assert_same(left: &Path, right: &Path) {
    let (left, right) = (contents(left), contents(right));
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right));
    for ((name, left), (_, right)) in left.iter().zip(&right) {
        assert!(left == right, "{} differs", name.display());
    }
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

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

mod folders {
    use super::*;

    #[test]
    fn another_experiment_in_the_same_folder_is_refused_until_it_is_told_to_start_over() {
        let room = Room::new();
        room.done(&["sweep", "sweep.toml", "--out", "out"]);
        let before = contents(&room.path("out"));
        for (what, with) in
            [("steps = 3", "steps = 4"), ("link.mean_use", "link.saturated_s"), ("5 Mbps", "6 Mbps"), ("title = \"Small\"", "title = \"Other\"")]
        {
            fs::write(room.path("sweep.toml"), SWEEP.replace(what, with)).unwrap();
            let said = room.refused(&["sweep", "sweep.toml", "--out", "out"], 2);
            assert!(said.contains("another sweep") && said.contains("--fresh"), "{said}");
        }
        fs::write(room.path("sweep.toml"), SWEEP).unwrap();
        room.refused(&["sweep", "sweep.toml", "--out", "out", "--set", "horizon=1 h"], 2);
        fs::write(room.path("small.toml"), SCENARIO.replace("30 ms", "31 ms")).unwrap();
        room.refused(&["sweep", "sweep.toml", "--out", "out"], 2);
        assert_eq!(before, contents(&room.path("out")), "a refusal changes nothing");

        room.done(&["sweep", "sweep.toml", "--out", "out", "--fresh"]);
        room.done(&["sweep", "sweep.toml", "--out", "anew"]);
        assert_same(&room.path("out"), &room.path("anew"));
    }

    #[test]
    fn a_sweep_of_another_version_is_refused() {
        let room = Room::new();
        room.done(&["sweep", "sweep.toml", "--out", "out"]);
        age(&room.path("out"));
        let said = room.refused(&["sweep", "sweep.toml", "--out", "out"], 2);
        assert!(said.contains("failback 0.0.1 began"), "{said}");
    }

    #[test]
    fn a_folder_with_other_things_in_it_is_left_alone() {
        let room = Room::new();
        fs::create_dir(room.path("mine")).unwrap();
        fs::write(room.path("mine/thesis.doc"), "years of work").unwrap();
        let said = room.refused(&["sweep", "sweep.toml", "--out", "mine"], 1);
        assert!(said.contains("not a former output"), "{said}");
        room.refused(&["sweep", "sweep.toml", "--out", "mine", "--fresh"], 1);
        assert!(room.refused(&["sweep", "sweep.toml", "--out", "small.toml"], 1).contains("not a folder"));
        assert_eq!(contents(&room.path("mine")).len(), 1);
    }

    #[test]
    fn what_is_not_ours_survives_a_fresh_start() {
        let room = Room::new();
        room.done(&["sweep", "sweep.toml", "--out", "out"]);
        fs::write(room.path("out/notes.txt"), "mine").unwrap();
        room.done(&["sweep", "sweep.toml", "--out", "out", "--fresh"]);
        assert_eq!(fs::read(room.path("out/notes.txt")).unwrap(), b"mine");
    }

    #[test]
    fn an_unwritable_place_is_one_clear_error() {
        let room = Room::new();
        // A file where a folder is needed stops even root.
        let said = room.refused(&["sweep", "sweep.toml", "--out", "small.toml/inside"], 1);
        assert!(said.contains("small.toml/inside"), "{said}");
    }

    #[cfg(unix)]
    #[test]
    fn a_disk_that_fills_up_is_one_clear_error_and_what_was_written_stays() {
        let room = Room::with(&SWEEP.replace("replications = 2", "replications = 10"));
        room.done(&["sweep", "sweep.toml", "--quiet", "--out", "whole"]);
        // Files of at most 4 blocks, which some shells count in 512 and some in 1024 bytes: the table of 120 runs has more.
        let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" sweep sweep.toml --quiet --out full";
        let output = Command::new("sh").current_dir(room.0.path()).args(["-c", script, env!("CARGO_BIN_EXE_failback")]).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("cannot write full/runs.csv: File too large") && said.contains("goes on from there"), "{said}");
        assert!(rows(&room.path("full/results.csv")).len() > 1);
        room.done(&["sweep", "sweep.toml", "--quiet", "--out", "full"]);
        assert_same(&room.path("whole"), &room.path("full"));
    }
}

/// Makes a folder look as if an older version had written it.
fn age(folder: &Path) {
    let record = fs::read_to_string(folder.join("sweep.json")).unwrap();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(record.contains(&version));
    fs::write(folder.join("sweep.json"), record.replace(&version, "\"version\": \"0.0.1\"")).unwrap();
}

mod shards {
    use super::*;

    fn shard(room: &Room, out: &str, which: &str) {
        room.done(&["sweep", "sweep.toml", "--quiet", "--out", out, "--shard", which]);
    }

    #[test]
    fn merged_shards_are_the_whole_sweep_byte_for_byte() {
        let room = Room::new();
        room.done(&["sweep", "sweep.toml", "--out", "whole"]);
        for which in ["2/5", "0/5", "4/5", "1/5", "3/5"] {
            shard(&room, "parts", which);
        }
        room.done(&["merge", "merged", "parts"]);
        assert_same(&room.path("whole"), &room.path("merged"));
        // Shards in folders of their own, named one by one, in any order.
        shard(&room, "a", "1/2");
        shard(&room, "b", "0/2");
        room.done(&["merge", "again", "a/shard-1-of-2", "b/shard-0-of-2"]);
        assert_same(&room.path("whole"), &room.path("again"));
        // More shards than points: some are empty.
        for index in 0..13 {
            shard(&room, "many", &format!("{index}/13"));
        }
        room.done(&["merge", "many"]);
        assert_eq!(fs::read(room.path("many/results.csv")).unwrap(), fs::read(room.path("whole/results.csv")).unwrap());
        assert!(room.path("many/shard-12-of-13/results.csv").exists(), "merging leaves the shards where they are");
        room.done(&["merge", "many"]);
        // A merged sweep is a finished one.
        room.done(&["sweep", "sweep.toml", "--out", "merged"]);
        assert_same(&room.path("whole"), &room.path("merged"));
    }

    #[test]
    fn missing_doubled_unfinished_and_foreign_shards_are_refused_and_nothing_is_written() {
        let room = Room::new();
        shard(&room, "parts", "0/2");
        let refused = |arguments: &[&str], code: i32, says: &[&str]| {
            let said = room.refused(&[&["merge", "out"], arguments].concat(), code);
            assert!(says.iter().all(|says| said.contains(says)), "{said}");
            assert!(!room.path("out").exists(), "{said}");
        };
        refused(&["parts"], 2, &["shard 1/2 is missing"]);
        refused(&["nowhere"], 1, &["cannot read nowhere"]);
        refused(&["."], 2, &["there is no shard here"]);

        shard(&room, "parts", "1/2");
        fs::create_dir(room.path("copy")).unwrap();
        for (name, bytes) in contents(&room.path("parts/shard-1-of-2")) {
            fs::write(room.path("copy").join(name), bytes).unwrap();
        }
        refused(&["parts", "copy"], 2, &["shard 1/2 is there twice"]);
        refused(&["parts/shard-1-of-2", "copy"], 2, &["shard 1/2 is there twice"]);

        let table = fs::read_to_string(room.path("copy/results.csv")).unwrap();
        fs::write(room.path("copy/results.csv"), &table[..table.len() - 3]).unwrap();
        refused(&["parts/shard-0-of-2", "copy"], 2, &["shard 1/2 is not finished (5 of 6 points)"]);
        fs::write(room.path("copy/results.csv"), format!("{table}{}\n", table.lines().last().unwrap())).unwrap();
        refused(&["parts/shard-0-of-2", "copy"], 2, &["go on after its last point"]);
        fs::write(room.path("copy/results.csv"), &table).unwrap();
        let runs = fs::read_to_string(room.path("copy/runs.csv")).unwrap();
        fs::write(room.path("copy/runs.csv"), runs.replacen("1,0,", "1,1,", 1)).unwrap();
        refused(&["parts/shard-0-of-2", "copy"], 2, &["not finished (0 of 6 points)"]);
        fs::write(room.path("copy/runs.csv"), &runs).unwrap();

        shard(&room, "thirds", "1/3");
        refused(&["parts/shard-0-of-2", "thirds"], 2, &["one of 3 shards"]);
        age(&room.path("copy"));
        refused(&["parts/shard-0-of-2", "copy"], 2, &["failback 0.0.1 made it"]);
        room.done(&["sweep", "sweep.toml", "--out", "whole", "--quiet"]);
        refused(&["parts/shard-0-of-2", "whole"], 2, &["not a shard"]);

        fs::write(room.path("sweep.toml"), SWEEP.replace("5 Mbps", "6 Mbps")).unwrap();
        shard(&room, "foreign", "1/2");
        refused(&["parts/shard-0-of-2", "foreign"], 2, &["another sweep"]);
        // A folder that holds another sweep is not written over.
        let said = room.refused(&["merge", "whole", "parts", "foreign"], 2);
        assert!(said.contains("there twice") || said.contains("another sweep"), "{said}");
    }

    #[test]
    fn merging_over_another_sweep_is_refused() {
        let room = Room::new();
        shard(&room, "parts", "0/1");
        fs::write(room.path("sweep.toml"), SWEEP.replace("5 Mbps", "6 Mbps")).unwrap();
        room.done(&["sweep", "sweep.toml", "--out", "other", "--quiet"]);
        let before = contents(&room.path("other"));
        assert!(room.refused(&["merge", "other", "parts"], 2).contains("it holds another sweep"));
        assert_eq!(before, contents(&room.path("other")));
    }

    #[test]
    fn a_shard_is_written_as_k_of_n() {
        let room = Room::new();
        let output = room.run(&["sweep", "sweep.toml", "--shard", "2/2"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("counted from 0"), "{}", text(&output.stderr));
    }
}
