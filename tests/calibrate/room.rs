//! A folder with a scenario and an observed series, the program run in it, and series made by the simulator with known values.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use failback::engine::Streams;
use failback::scenario;
use failback::simulate::{Look, Quantity, sample};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// Two machines with steady churn and a few bulk loads that fill the link; nothing is random.
pub const SCENARIO: &str = r#"
title   = "Two machines"
profile = "vmware-classic-2021"
start   = "2026-01-05 00:00"
horizon = "2 days"
limits  = { disk = "off", vm = "off" }
agent   = { buffer = "unlimited" }
process_server = [{ name = "ps-1", compression = "20 %", cache = "unlimited", intake = "unlimited", intake_ops = "unlimited" }]
link.forward.internet = { bandwidth = "100 Mbps", payload = "100 %", rtt = "20 ms" }

[[vm]]
name  = "erp"
churn.constant = "4 MB/s"
disks = [{ size = "2 TiB", used = "1 TiB", io = "64 KiB" }]

[[vm]]
name  = "web"
churn.constant = "2 MB/s"
disks = [{ size = "1 TiB", used = "500 GiB", io = "64 KiB" }]

[[event]]
at = "2026-01-05 03:00"
bulk_load = { vms = ["erp"], bytes = "60 GB", over = "40 min" }

[[event]]
at = "2026-01-05 14:00"
bulk_load = { vms = ["web"], bytes = "40 GB", over = "1 h" }

[[event]]
at = "2026-01-06 02:00"
bulk_load = { vms = ["erp", "web"], bytes = "45 GB", over = "30 min" }

[[event]]
at = "2026-01-06 17:00"
bulk_load = { vms = ["erp"], bytes = "90 GB", over = "2 h" }
"#;

/// A folder; everything is written inside it.
pub struct Room(tempfile::TempDir);

impl Room {
    pub fn new() -> Self {
        Room::with(SCENARIO)
    }

    pub fn with(scenario: &str) -> Self {
        let room = Room(tempfile::tempdir().unwrap());
        fs::write(room.path("site.toml"), scenario).unwrap();
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_failback")).current_dir(self.0.path()).args(arguments).output().unwrap()
    }

    /// What is printed; it must end well.
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What is complained of; it must be refused as bad input, and leave nothing behind.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(!self.path("output").exists(), "{arguments:?} left something behind");
        said
    }

    /// A calibration's record; it must end well.
    pub fn record(&self, arguments: &[&str]) -> serde_json::Value {
        let mut all = vec!["calibrate", "site.toml", "--observed", "rpo.csv", "--json"];
        all.extend(arguments);
        serde_json::from_str(&self.done(&all)).unwrap()
    }

    /// What the scenario with these values has every `every` seconds, of the fleet's worst.
    pub fn truth(&self, sets: &[&str], quantity: Quantity, every: f64) -> Vec<(f64, f64)> {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        let world = scenario::load(&self.path("site.toml"), &sets).unwrap().world;
        let count = (world.horizon.as_secs_f64() / every) as usize;
        let instants: Arc<[f64]> = (0..count).map(|place| (place as f64 + 0.37) * every).collect();
        let seen = sample(&world, 0, &Look { quantity, whom: vec![None], instants: instants.clone() });
        instants.iter().copied().zip(seen.values[0].iter().copied()).collect()
    }
}

/// Normal noise of unit variance, each value `along` times the last one plus something new.
pub struct Noise {
    stream: ChaCha8Rng,
    along: f64,
    value: f64,
}

impl Noise {
    pub fn new(seed: u64, along: f64) -> Self {
        let mut noise = Noise { stream: Streams::new(seed, 0).stream("test", "noise"), along, value: 0.0 };
        noise.value = noise.fresh();
        noise
    }

    fn fresh(&mut self) -> f64 {
        (0..12).map(|_| self.stream.random::<f64>()).sum::<f64>() - 6.0
    }

    pub fn next(&mut self) -> f64 {
        let now = self.value;
        self.value = self.along * now + (1.0 - self.along * self.along).sqrt() * self.fresh();
        now
    }
}

/// A series as a portal would export it: whole minutes, seconds from the run's start.
pub fn in_minutes(series: &[(f64, f64)], noise: &mut Noise, deviation: f64) -> String {
    let mut text = "time,fleet_worst [min]\n".to_owned();
    for (at, value) in series {
        let value = (value + deviation * noise.next()).max(0.0);
        writeln!(text, "{at},{}", (value / 60.0).round()).unwrap();
    }
    text
}

/// A series in seconds, as it is.
pub fn in_seconds(series: &[(f64, f64)]) -> String {
    let rows: String = series.iter().map(|(at, value)| format!("{at},{value}\n")).collect();
    format!("time,fleet_worst [s]\n{rows}")
}
