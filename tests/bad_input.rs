//! Broken scenarios, each with the message that its author gets: one file in `tests/bad_input/` (experiments: `tests/bad_sweeps/`) a mistake, all messages in one snapshot.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use failback::experiment::sweep::Plan;
use failback::scenario;

/// The scenarios of a folder, by name.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(folder)).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    files.sort();
    files
}

fn message(file: &Path, sets: &[String]) -> String {
    match scenario::load(file, sets) {
        Ok(_) => "NO MISTAKE WAS FOUND".to_string(),
        Err(mistakes) => mistakes.render(false),
    }
}

#[test]
fn every_broken_scenario_gets_its_message() {
    let mut all = String::new();
    let files = files("tests/bad_input");
    for file in &files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let _ = write!(all, "== {name}\n\n{}\n\n", message(file, &[]));
    }
    assert!(files.len() >= 40, "only {} broken scenarios", files.len());
    assert!(!all.contains("NO MISTAKE WAS FOUND"), "{all}");
    insta::assert_snapshot!("broken_scenarios", all);
}

#[test]
fn every_broken_experiment_gets_its_message() {
    let mut all = String::new();
    for file in files("tests/bad_sweeps") {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let said = Plan::read(&file, &[]).map_or_else(|mistakes| mistakes.render(false), |_| "NO MISTAKE WAS FOUND".to_string());
        let _ = write!(all, "== {name}\n\n{said}\n\n");
    }
    assert!(!all.contains("NO MISTAKE WAS FOUND"), "{all}");
    insta::assert_snapshot!("broken_experiments", all);
}

#[test]
fn every_good_scenario_is_taken() {
    for file in files("tests/good") {
        let loaded = scenario::load(&file, &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        assert!(loaded.warnings.is_empty(), "{}: {:?}", file.display(), loaded.warnings);
    }
}

#[test]
fn every_broken_override_gets_its_message() {
    let file = Path::new("tests/good/two_vms.toml");
    let sets = [
        "policy.retention",
        "policy.retention=20 days",
        "policy.retenton=2 days",
        "vm.dbb.count=3",
        "vm[7].count=3",
        "vm.db.count=many",
        "link.forward.internet.bandwidth=200 MB",
        "horizon=-1 days",
        "= 3",
        "override.policy.crash_every=0 s",
        "override.output.series_every=10 ms",
        "override.process_server.compression=100 %",
        "override.policy.retention=40 days",
        "override.policy.retention_max=12 h",
    ];
    let mut all = String::new();
    for set in sets {
        let _ = write!(all, "== --set {set}\n\n{}\n\n", message(file, &[set.to_string()]));
    }
    let together: Vec<String> = ["seed=-1", "policy.app_every=1 min"].map(str::to_string).to_vec();
    let _ = write!(all, "== two of them\n\n{}\n", message(file, &together));
    insta::assert_snapshot!("broken_overrides", all);
}

#[test]
fn a_file_that_is_no_scenario_is_named() {
    let missing = message(Path::new("tests/bad_input/nowhere.toml"), &[]);
    assert!(missing.contains("cannot read tests/bad_input/nowhere.toml"), "{missing}");
    let folder = message(Path::new("tests/bad_input"), &[]);
    assert!(folder.contains("cannot read tests/bad_input"), "{folder}");
    let binary = message(Path::new("tests/bad_input/records/truncated.csv.gz"), &[]);
    assert!(binary.contains("not UTF-8"), "{binary}");
}

#[test]
fn mistakes_carry_key_file_line_and_column() {
    let Err(mistakes) = scenario::load(Path::new("tests/bad_input/several_at_once.toml"), &[]) else { panic!("it is broken") };
    let places: Vec<(String, usize, usize)> =
        mistakes.iter().filter_map(|mistake| mistakes.position(mistake).map(|(_, line, column)| (mistake.key.clone(), line, column))).collect();
    let expected = [
        ("horizn", 1, 1),
        ("vm.db.os", 5, 6),
        ("vm.db.churn.constant", 6, 18),
        ("vm.db.disks[0].tier", 7, 37),
        ("link.forward.internet.bandwidth", 10, 26),
        ("link.forward.internet.rtt", 10, 42),
        ("policy.retention", 13, 13),
    ];
    assert_eq!(places, expected.map(|(key, line, column)| (key.to_string(), line, column)));
    assert!(mistakes.render(true).contains("\u{1b}["), "colours when asked for");
}
