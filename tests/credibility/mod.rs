//! How far a run can be relied on. Table of contents:
//!
//! * [`lists`]: the lists that ship (checked ranges, checks) name tests that exist, and what lies outside a range is flagged in record, page and terminal
//! * [`stress`]: the items of STRESS-DES are complete and filled from the run
//! * [`warm_up`]: long-run figures without the warm-up
//! * [`wider`]: closed forms at the ends of the checked ranges

mod lists;
mod stress;
mod warm_up;
mod wider;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// One VM that is written steadily, and a site that is never lost.
const STEADY: &str = r#"
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
"#;

/// A folder with this scenario as `s.toml`.
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

/// Asserts equality within an absolute tolerance.
fn close(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got}, expected {expected} within {tolerance}");
}
