//! A folder with a scenario and a sizing of it, and the program run in it.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

/// A folder; everything is written inside it.
pub struct Room(tempfile::TempDir);

impl Room {
    /// With `scenario.toml` and `sizing.toml`.
    pub fn new(scenario: &str, sizing: &str) -> Self {
        let room = Room(tempfile::tempdir().unwrap());
        fs::write(room.path("scenario.toml"), scenario).unwrap();
        fs::write(room.path("sizing.toml"), sizing).unwrap();
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_failback")).current_dir(self.0.path()).arg("size").args(arguments).output().unwrap()
    }

    /// What it prints; it must end well.
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// `size.json` of the sizing in this room, which ends with this code.
    pub fn found(&self, code: i32) -> Value {
        let output = self.run(&["sizing.toml", "--json"]);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The answers as numbers; none where no value is enough.
pub fn values(record: &Value) -> Vec<Option<f64>> {
    record["answers"].as_array().unwrap().iter().map(|answer| answer["value"].as_f64()).collect()
}

/// Every answer was tried, and so were its neighbours: below not enough, above enough.
pub fn assert_neighbours(record: &Value) {
    for (level, answer) in record["answers"].as_array().unwrap().iter().enumerate() {
        let met = |place: &str| answer[place].as_u64().map(|point| record["points"][point as usize]["met"][level].as_bool().unwrap());
        assert_eq!((met("below"), met("point"), met("above")), (Some(false), Some(true), Some(true)), "{answer}");
    }
}
