//! A folder with small designs, and the program run in it.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};

use assert_cmd::Command;
use serde_json::Value;

/// The outages of [`line`].
pub const OUTAGES: &str = r#", outages = { mtbf = "1 h", repair = { median = "2 min", p95 = "10 min" } }"#;

/// Two machines, one of them stochastic, on a line that fails now and then.
pub fn line(bandwidth: &str) -> String {
    format!(
        r#"
profile = "vmware-classic-2021"
start   = "2026-01-05 00:00"
horizon = "90 min"
seed    = 7

[[vm]]
name  = "steady"
disks = [{{ size = "64 GiB", used = "20 GiB" }}]
churn.constant = "200 kB/s"

[[vm]]
name  = "bursty"
disks = [{{ size = "64 GiB", used = "20 GiB" }}]
churn.lognormal = {{ mean = "1 MB/s", variability = 2.0, autocorrelation = 0.5 }}

[link.forward]
internet = {{ bandwidth = "{bandwidth}", rtt = "30 ms"{OUTAGES} }}
"#
    )
}

/// One machine that never waits, and a site lost at a uniform instant.
pub fn fire(delay: &str) -> String {
    format!(
        r#"
profile = "vmware-classic-2021"
start   = "2026-01-05 00:00"
horizon = "1 day"
seed    = 2
override.apply.delay = "{delay}"

[[vm]]
name  = "steady"
os    = "linux"
disks = [{{ size = "64 GiB", used = "20 GiB" }}]
churn.constant = "200 kB/s"

[link.forward]
internet = {{ bandwidth = "100 Mbps", rtt = "30 ms" }}

[[disaster]]
name = "fire"
between = ["Mon 06:00", "Mon 18:00"]
site_lost = {{}}

[recovery]
"#
    )
}

/// A folder; everything is written inside it.
pub struct Room(tempfile::TempDir);

impl Room {
    pub fn new() -> Self {
        Room(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_failback")).current_dir(self.0.path()).args(arguments).output().unwrap()
    }

    /// What a command prints that ends well.
    pub fn done_plain(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a comparison prints.
    pub fn done(&self, arguments: &[&str]) -> String {
        self.done_plain(&[&["compare"], arguments].concat())
    }

    /// A comparison's record, written to `o`.
    pub fn compare(&self, arguments: &[&str]) -> Value {
        self.done(&[arguments, &["--out", "o", "--quiet"]].concat());
        self.record()
    }

    pub fn record(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("o/comparison.json")).unwrap()).unwrap()
    }

    /// What a refusal says.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["compare"], arguments].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(said.matches("error:").count(), 1, "one clear error: {said}");
        said
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_failback"));
        command.current_dir(self.0.path()).arg("compare").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// A figure of a comparison.
pub fn figure<'v>(record: &'v Value, path: &str) -> &'v Value {
    record["figures"].as_array().unwrap().iter().find(|figure| figure["figure"] == path).unwrap_or_else(|| panic!("no {path}"))
}

/// B against A in a figure.
pub fn against<'v>(record: &'v Value, path: &str) -> &'v Value {
    &figure(record, path)["against"][0]
}
