//! A folder with a scenario whose response is known in closed form, a sensitivity file of it, and the program run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

/// One machine with steady churn on a line with room to spare: nothing waits, nothing is random.
///
/// What going to the latest processed point loses is, on average, the way there, the delay until a point can be used, and half the interval between points
/// (model section on points; `oracles/closed_forms.rs`, a disaster uniform in time).
pub const SCENARIO: &str = r#"
title   = "One steady machine"
profile = "vmware-classic-2021"
start   = "2026-01-05 00:00"
horizon = "4 days"
seed    = 7
output  = { loss_bytes = false, events = false, points = false }
limits  = { disk = "off", vm = "off" }

[policy]
app_every = "off"

[apply]
delay = "5 min"

[[vm]]
name  = "steady"
disks = [{ size = "64 GiB", used = "20 GiB" }]
churn.constant = "200 kB/s"

[link.forward]
internet = { bandwidth = "50 Mbps", rtt = "2 s" }
"#;

/// The figure that is known.
pub const LOSS: &str = "loss.latest_processed.time.fleet_worst.mean";

/// The delay over 480 s, the interval over 480 s (of which half counts), the round trip over 2 s (half), and an input that does nothing.
pub const FILE: &str = r#"
title = "Linear"
scenario = "steady.toml"
rows = 64
responses = ["loss.latest_processed.time.fleet_worst.mean"]

[[vary]]
name = "delay"
key = "apply.delay"
range = { from = "2 min", to = "10 min" }

[[vary]]
name = "interval"
key = "policy.crash_every"
range = { from = "2 min", to = "10 min" }

[[vary]]
name = "round trip"
key = "link.forward.internet.rtt"
range = { from = "1 s", to = "3 s" }

[[vary]]
name = "retention"
key = "policy.retention"
values = ["1 day", "2 days", "3 days"]
"#;

/// A folder with both files; everything is written inside it.
pub struct Room(tempfile::TempDir);

impl Room {
    pub fn new() -> Self {
        Room::with(FILE)
    }

    pub fn with(file: &str) -> Self {
        let room = Room(tempfile::tempdir().unwrap());
        fs::write(room.path("steady.toml"), SCENARIO).unwrap();
        fs::write(room.path("question.toml"), file).unwrap();
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_failback")).current_dir(self.0.path()).args(arguments).output().unwrap()
    }

    /// What it prints, when it goes well.
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What a refusal says; nothing is written.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.starts_with("error:"), "{said}");
        assert!(!self.path("output").exists(), "a refusal writes nothing");
        said
    }

    pub fn record(&self, folder: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path(folder).join("sensitivity.json")).unwrap()).unwrap()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file under a folder, by relative path, with its bytes.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What the record says of an input of its first response.
pub fn of<'r>(record: &'r Value, input: &str) -> &'r Value {
    let inputs = record["responses"][0]["inputs"].as_array().unwrap();
    inputs.iter().find(|of| of["input"] == input).unwrap_or_else(|| panic!("no {input}"))
}
