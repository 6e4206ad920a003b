//! The program as a user meets it: every subcommand, its exit codes, its output, and what happens when things go wrong.
//!
//! Whether the figures are right is tested elsewhere; here only that they come out whole, the same every time, and where they were asked for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use predicates::prelude::*;
use serde_json::Value;

/// A small scenario without files: two VMs, one of them stochastic, half a day, a link with random outages.
const SMALL: &str = r#"
title   = "Two machines"
profile = "vmware-classic-2021"
start   = "2026-01-05 00:00"
horizon = "12 h"
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
internet = { bandwidth = "10 Mbps", rtt = "30 ms", outages = { mtbf = "4 h", repair = { median = "5 min", p95 = "30 min" } } }
"#;

fn failback() -> Command {
    Command::new(env!("CARGO_BIN_EXE_failback"))
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

/// A folder that holds the small scenario; everything is written inside it.
struct Room(tempfile::TempDir);

impl Room {
    fn new() -> Self {
        let room = Room(tempfile::tempdir().unwrap());
        fs::write(room.path("small.toml"), SMALL).unwrap();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn failback(&self, arguments: &[&str]) -> Command {
        let mut command = failback();
        command.current_dir(self.0.path()).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.failback(arguments).output().unwrap()
    }

    /// Runs a shell script in the folder, with the program as `$0`.
    fn script(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        command.current_dir(self.0.path()).args(["-c", script, env!("CARGO_BIN_EXE_failback")]);
        command
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
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

mod run {
    use super::*;

    #[test]
    fn writes_the_report_where_it_says_and_prints_the_answer() {
        let room = Room::new();
        let output = room.run(&["run", "small.toml"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let said = stdout(&output);
        assert!(said.contains("Two machines"), "{said}");
        assert!(said.contains("output/small/report.html"), "{said}");
        assert_eq!(stderr(&output), "", "no progress bar and no noise in a pipe");
        for file in ["summary.json", "report.html"] {
            assert!(fs::metadata(room.path("output/small").join(file)).unwrap().len() > 0, "{file}");
        }
    }

    #[test]
    fn json_prints_the_summary_that_it_writes() {
        let room = Room::new();
        let output = room.run(&["run", "small.toml", "--json", "--out", "elsewhere"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        let written: Value = serde_json::from_slice(&fs::read(room.path("elsewhere/summary.json")).unwrap()).unwrap();
        assert_eq!(printed, written);
        assert_eq!(printed["scenario"]["vms"], 2);
        assert!(!room.path("output").exists());
    }

    #[test]
    fn quiet_prints_nothing() {
        let room = Room::new();
        room.failback(&["run", "small.toml", "--quiet"]).assert().code(0).stdout("").stderr("");
    }

    #[test]
    fn options_override_the_scenario() {
        let room = Room::new();
        let summary = |arguments: &[&str]| -> Value {
            let output = room.run(&[&["run", "small.toml", "--json"], arguments].concat());
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
            serde_json::from_slice(&output.stdout).unwrap()
        };
        let plain = summary(&[]);
        let changed = summary(&["--seed", "8", "--horizon", "6 h", "--set", "link.forward.internet.bandwidth=20 Mbps", "--set", "title=Wider"]);
        assert_eq!(changed["scenario"]["seed"], 8);
        assert_eq!(changed["scenario"]["horizon_s"], 6.0 * 3600.0);
        assert_eq!(changed["scenario"]["title"], "Wider");
        let goodput = |summary: &Value| summary["link"]["goodput_bit_per_s"].as_f64().unwrap();
        assert!((goodput(&changed) / goodput(&plain) - 2.0).abs() < 1e-9, "twice the bandwidth is twice the goodput");
        assert_ne!(changed["scenario"]["fingerprint"], plain["scenario"]["fingerprint"]);
    }

    #[test]
    fn another_seed_is_another_run_and_the_same_seed_the_same() {
        let room = Room::new();
        let lag = |seed: &str| {
            let output = room.run(&["run", "small.toml", "--json", "--seed", seed]);
            serde_json::from_slice::<Value>(&output.stdout).unwrap()["lag"].clone()
        };
        assert_eq!(lag("1"), lag("1"));
        assert_ne!(lag("1"), lag("2"));
    }

    #[test]
    fn output_is_the_same_to_the_byte_for_1_2_and_8_threads_twice() {
        let room = Room::new();
        let mut first: Option<Vec<(PathBuf, Vec<u8>)>> = None;
        for round in 0..2 {
            for threads in ["1", "2", "8"] {
                let out = format!("out-{round}-{threads}");
                room.failback(&["run", "small.toml", "--quiet", "--threads", threads, "--out", &out]).assert().code(0);
                let found = contents(&room.path(&out));
                let expected = first.get_or_insert_with(|| found.clone());
                for (was, is) in expected.iter().zip(&found) {
                    assert!(was == is, "{} differs in round {round} with {threads} threads", is.0.display());
                }
                assert_eq!(expected.len(), found.len());
            }
        }
    }

    #[test]
    fn a_target_that_is_missed_is_code_3_after_the_report_is_written() {
        let room = Room::new();
        room.failback(&["run", "small.toml", "--quiet", "--require", "lag.fleet_worst.max >= 0 s"]).assert().code(0);
        fs::remove_dir_all(room.path("output")).unwrap();
        room.failback(&["run", "small.toml", "--quiet", "--require", "lag.fleet_worst.max < 0 s"])
            .assert()
            .code(3)
            .stderr(predicate::str::contains("lag.fleet_worst.max < 0 s; it is"));
        assert!(room.path("output/small/report.html").exists());
    }

    #[test]
    fn a_second_run_replaces_the_first_and_leaves_foreign_files_alone() {
        let room = Room::new();
        room.failback(&["run", "small.toml", "--quiet"]).assert().code(0);
        fs::write(room.path("output/small/my-notes.txt"), "keep me").unwrap();
        let before = fs::read(room.path("output/small/summary.json")).unwrap();
        room.failback(&["run", "small.toml", "--quiet", "--seed", "99"]).assert().code(0);
        assert_ne!(before, fs::read(room.path("output/small/summary.json")).unwrap());
        assert_eq!(fs::read_to_string(room.path("output/small/my-notes.txt")).unwrap(), "keep me");
        assert_eq!(fs::read_dir(room.path("output")).unwrap().count(), 1, "nothing is left beside the output");
    }

    #[test]
    #[cfg(unix)]
    fn the_reader_of_a_pipe_may_go_away() {
        let room = Room::new();
        room.script("\"$0\" run small.toml --json | head -c 1").assert().code(0).stdout("{").stderr("");
    }
}

mod trouble {
    use super::*;

    #[test]
    fn a_missing_file_is_bad_input() {
        let room = Room::new();
        for subcommand in ["run", "check"] {
            room.failback(&[subcommand, "nowhere.toml"]).assert().code(2).stderr(predicate::str::contains("nowhere.toml"));
        }
    }

    #[test]
    fn bad_input_names_every_mistake_at_once_and_writes_nothing() {
        let room = Room::new();
        let broken = SMALL.replace("\"10 Mbps\"", "\"10 MB\"").replace("horizon", "horizn");
        fs::write(room.path("broken.toml"), broken).unwrap();
        let output = room.run(&["run", "broken.toml"]);
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        assert!(said.contains("`horizn`") && said.contains("`horizon`"), "{said}");
        assert!(said.contains("10 MB"), "{said}");
        assert!(said.contains("broken.toml:"), "{said}");
        assert_eq!(stdout(&output), "");
        assert!(!room.path("output").exists());
    }

    #[test]
    fn a_bad_override_is_bad_input_and_is_named() {
        let room = Room::new();
        for (set, expected) in [("horizn=2 days", "horizon"), ("link.forward.internet.bandwidth=20 MB", "20 MB"), ("nonsense", "nonsense")] {
            room.failback(&["run", "small.toml", "--set", set]).assert().code(2).stderr(predicate::str::contains(expected));
        }
        room.failback(&["run", "small.toml", "--require", "lag.best < 1 s"]).assert().code(2).stderr(predicate::str::contains("fleet_worst"));
    }

    #[test]
    fn misuse_of_the_command_line_is_code_2_and_help_is_code_0() {
        failback().arg("frobnicate").assert().code(2);
        failback().args(["run"]).assert().code(2);
        failback().args(["run", "x.toml", "--threads", "0"]).assert().code(2);
        failback().assert().code(2).stderr(predicate::str::contains("Usage"));
        failback().arg("--help").assert().code(0).stdout(predicate::str::contains("explain"));
        failback().arg("--version").assert().code(0).stdout(predicate::str::contains(env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn an_output_folder_that_cannot_be_written_is_code_1_and_named() {
        let room = Room::new();
        fs::write(room.path("occupied"), "a file").unwrap();
        room.failback(&["run", "small.toml", "--out", "occupied"]).assert().code(1).stderr(predicate::str::contains("occupied"));
        room.failback(&["run", "small.toml", "--out", "occupied/below"]).assert().code(1).stderr(predicate::str::contains("occupied"));
        assert_eq!(fs::read_to_string(room.path("occupied")).unwrap(), "a file");
    }

    #[test]
    fn somebody_elses_folder_is_not_written_into() {
        let room = Room::new();
        room.failback(&["run", "small.toml", "--out", "."]).assert().code(1).stderr(predicate::str::contains("empty or new folder"));
        assert_eq!(fs::read_dir(room.0.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_standard_output_is_code_1() {
        let room = Room::new();
        room.script("\"$0\" run small.toml --json > /dev/full").assert().code(1).stderr(predicate::str::contains("standard output"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_code_1_and_the_former_output_stays() {
        let room = Room::new();
        fs::create_dir(room.path("disk")).unwrap();
        // A file system of 8 MiB of our own, in a mount name space that ends with the script.
        let script = r#"
            mount -t tmpfs -o size=8m tmpfs disk 2>/dev/null || exit 77
            "$0" run small.toml --quiet --out disk/out || exit 78
            before=$(cksum < disk/out/summary.json)
            head -c 8m /dev/zero > disk/filler 2>/dev/null
            "$0" run small.toml --quiet --seed 9 --out disk/out; code=$?
            [ "$before" = "$(cksum < disk/out/summary.json)" ] || exit 79
            [ "$(ls -A disk | wc -l)" = 2 ] || exit 80
            exit $code"#;
        let mut command = Command::new("unshare");
        command.current_dir(room.0.path()).args(["--user", "--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_failback")]);
        let Ok(output) = command.output() else {
            println!("skipped: there is no `unshare` to make a small disk with");
            return;
        };
        let said = stderr(&output);
        if output.status.code() == Some(77) || said.starts_with("unshare:") {
            println!("skipped: this system does not let us mount a small disk ({said})");
            return;
        }
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("disk/out") && said.contains("No space left"), "{said}");
    }

    #[test]
    #[cfg(unix)]
    fn an_interrupt_is_code_130_and_the_former_output_stays() {
        let room = Room::new();
        room.failback(&["run", "small.toml", "--quiet"]).assert().code(0);
        let before = contents(&room.path("output"));
        // Long enough that the interrupt arrives while it runs. A shell without job control starts background processes with
        // interrupts ignored; the program's own handler takes them back.
        let script = "\"$0\" run small.toml --quiet --horizon '20000 days' --set link.forward.internet.outages=none & pid=$!; sleep 1; kill -INT $pid; wait $pid";
        room.script(script).assert().code(130);
        assert_eq!(before, contents(&room.path("output")));
    }
}

mod check {
    use super::*;

    #[test]
    fn says_what_it_understood_and_writes_nothing() {
        let room = Room::new();
        room.failback(&["check", "small.toml"])
            .assert()
            .code(0)
            .stdout(predicate::str::contains("Two machines").and(predicate::str::contains("2 VMs")));
        room.failback(&["check", "small.toml", "--quiet"]).assert().code(0).stdout("");
        assert_eq!(fs::read_dir(room.0.path()).unwrap().count(), 1);
    }

    #[test]
    fn says_that_the_quickstarts_record_is_looped_and_shifted() {
        let assert = failback().arg("check").arg(shipped("quickstart.toml")).assert().code(0);
        assert.stdout(predicate::str::contains("Looped: every disk").and(predicate::str::contains("Phase-shifted: the 20 disks")));
    }

    #[test]
    fn accepts_every_shipped_scenario_and_each_opens_with_the_question_it_answers() {
        let mut found = 0;
        for entry in fs::read_dir(shipped("")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                found += 1;
                failback().arg("check").arg(&path).assert().code(0);
                let text = fs::read_to_string(&path).unwrap();
                assert!(text.starts_with("#:schema ./scenario.schema.json\n# "), "{}", path.display());
                assert!(text.contains("\n# Question:"), "{} does not say which question it answers", path.display());
            }
        }
        assert!(found >= 9, "only {found} scenarios ship");
    }
}

mod schema {
    use super::*;

    fn printed(arguments: &[&str]) -> Value {
        let output = failback().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    #[test]
    fn prints_json_schemas() {
        let scenario = printed(&["schema"]);
        assert!(scenario["properties"]["horizon"].is_object());
        assert_eq!(scenario, printed(&["schema", "scenario"]));
        let results = printed(&["schema", "results"]);
        assert!(results["properties"]["lag"].is_object());
    }
}

mod new {
    use super::*;

    #[test]
    fn every_starter_passes_the_check() {
        let room = Room::new();
        let list = stdout(&room.run(&["new"]));
        let presets: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
        assert!(presets.len() >= 7, "{list}");
        for preset in presets {
            let file = format!("{preset}.toml");
            room.failback(&["new", preset, "--out", &file]).assert().code(0);
            room.failback(&["check", &file]).assert().code(0);
        }
    }

    #[test]
    fn prints_to_standard_output_without_a_file_and_overwrites_nothing() {
        let room = Room::new();
        let output = room.run(&["new", "vmware-vpn"]);
        assert!(stdout(&output).contains("[[vm]]"), "{}", stderr(&output));
        room.failback(&["new", "vmware-vpn", "--out", "small.toml"]).assert().code(2).stderr(predicate::str::contains("small.toml"));
        assert_eq!(fs::read_to_string(room.path("small.toml")).unwrap(), SMALL);
    }

    #[test]
    fn an_unknown_starter_is_bad_input_with_a_suggestion() {
        failback().args(["new", "vmware-vnp"]).assert().code(2).stderr(predicate::str::contains("vmware-vpn"));
    }
}

mod explain {
    use super::*;

    fn said(arguments: &[&str]) -> String {
        let output = failback().arg("explain").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output)
    }

    #[test]
    fn lists_all_a_group_or_only_the_assumed() {
        let (all, group, assumed) = (said(&[]), said(&["policy"]), said(&["--assumed"]));
        assert!(all.contains("documented") && all.contains("assumed"), "{all}");
        assert!(group.contains("policy.crash_every") && !group.contains("agent.buffer"), "{group}");
        assert!(assumed.contains("agent.buffer") && !assumed.contains("policy.crash_every"), "{assumed}");
    }

    #[test]
    fn a_value_is_shown_with_unit_source_date_and_standing() {
        let shown = said(&["policy.crash_every"]);
        for part in ["policy.crash_every = 5 min", "unit      time", "standing  documented", "source    MicrosoftDocs/azure-docs", "date      20"] {
            assert!(shown.contains(part), "{part} is missing in\n{shown}");
        }
    }

    #[test]
    fn another_profile_may_say_otherwise() {
        assert!(said(&["policy.retention_max"]).contains("72 h in vmware-classic-2018"));
        assert!(said(&["process_server_size.8 vCPU.cache"]).contains("--set 'override.process_server_size.\"8 vCPU\".cache=600 GiB'"));
        assert!(said(&["policy.retention_max", "--profile", "vmware-classic-2018"]).contains("= 72 h"));
    }

    #[test]
    fn an_unknown_key_or_profile_is_bad_input_with_a_suggestion() {
        failback().args(["explain", "policy.crash_evry"]).assert().code(2).stderr(predicate::str::contains("`policy.crash_every`"));
        failback().args(["explain", "--profile", "nobody-2050"]).assert().code(2).stderr(predicate::str::contains("vmware-classic-2021"));
    }
}
