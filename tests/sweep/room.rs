//! A folder with a small scenario and a sweep of it, and the program run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};

use assert_cmd::Command;

/// A small scenario: two VMs, one of them stochastic, and random outages.
pub const SCENARIO: &str = r#"
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
pub const SWEEP: &str = r#"
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
pub struct Room(pub tempfile::TempDir);

impl Room {
    pub fn new() -> Self {
        Room::with(SWEEP)
    }

    pub fn with(sweep: &str) -> Self {
        let room = Room(tempfile::tempdir().unwrap());
        fs::write(room.path("small.toml"), SCENARIO).unwrap();
        fs::write(room.path("sweep.toml"), sweep).unwrap();
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_failback")).current_dir(self.0.path()).args(arguments).output().unwrap()
    }

    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What a refusal says, with its exit code.
    pub fn refused(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert_eq!(said.matches("error:").count(), 1, "one clear error: {said}");
        said
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_failback"));
        command.current_dir(self.0.path()).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file under a folder, by relative path, with its bytes.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
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

pub fn assert_same(left: &Path, right: &Path) {
    let (left, right) = (contents(left), contents(right));
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right));
    for ((name, left), (_, right)) in left.iter().zip(&right) {
        assert!(left == right, "{} differs", name.display());
    }
}

pub fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Makes a folder look as if an older version had written it.
pub fn age(folder: &Path) {
    let record = fs::read_to_string(folder.join("sweep.json")).unwrap();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(record.contains(&version));
    fs::write(folder.join("sweep.json"), record.replace(&version, "\"version\": \"0.0.1\"")).unwrap();
}
