//! The series that ships for the tutorial, `scenarios/data/quickstart-rpo.csv`, and the recipe that it is made by: what the quickstart's fleet would have reported on a
//! line of 171 Mbps instead of the 200 Mbps that were ordered, every 15 minutes, in whole minutes, with readings that are off by some seconds and a hole of five hours.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use failback::scenario;
use failback::simulate::{Look, Quantity, sample};
use jiff::ToSpan;

use crate::room::Noise;

/// The line that the readings come from.
const TRUTH: f64 = 171e6;

/// The quickstart's title for its link, and what it is really.
const REALLY: &str = "link.forward.internet.bandwidth=171 Mbps";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn made() -> String {
    let world = scenario::load(&root().join("scenarios/quickstart.toml"), &[REALLY.to_owned()]).unwrap().world;
    let every = 900.0;
    let instants: Arc<[f64]> = (0..672).map(|place| f64::from(place) * every + 120.0).collect();
    let look = Look { quantity: Quantity::ReportedRpo, whom: vec![None], instants: instants.clone() };
    let seen = sample(&world, 0, &look).values.remove(0);
    let mut noise = Noise::new(20_261_129, 0.5);
    let mut text = "time,rpo [min]\n".to_owned();
    for (at, value) in instants.iter().zip(seen) {
        let read = ((value + 20.0 * noise.next()).max(0.0) / 60.0).round();
        // The monitoring was down on Thursday from 09:00 to 14:00.
        if !(3.0 * 86_400.0 + 32_400.0..3.0 * 86_400.0 + 50_400.0).contains(at) {
            let stamp = world.start.checked_add((*at as i64).seconds()).unwrap();
            writeln!(text, "{},{read}", stamp.strftime("%Y-%m-%dT%H:%M:%SZ")).unwrap();
        }
    }
    text
}

fn file() -> PathBuf {
    root().join("scenarios/data/quickstart-rpo.csv")
}

#[test]
fn the_shipped_series_is_what_its_recipe_makes() {
    let shipped = std::fs::read_to_string(file()).unwrap_or_default();
    assert!(shipped == made(), "{} is out of date: cargo test --test calibrate write_the_series -- --ignored", file().display());
}

#[test]
#[ignore = "writes the shipped file anew"]
fn write_the_series_that_ships() {
    std::fs::write(file(), made()).unwrap();
}

#[test]
fn the_tutorial_finds_the_line_that_the_readings_came_from() {
    let out = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_failback"))
        .current_dir(root())
        .args(["calibrate", "scenarios/quickstart.toml", "--observed", "scenarios/data/quickstart-rpo.csv", "--what", "reported_rpo"])
        .args(["--column", "rpo=fleet_worst", "--json", "--out"])
        .arg(out.path().join("fit"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let record: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = |key: &str| record["fitted"][0][key].as_f64().unwrap();
    println!("{} Mbps ({} to {})", of("value") / 1e6, of("low") / 1e6, of("high") / 1e6);
    assert!(of("low") <= TRUTH && TRUTH <= of("high") && of("high") / of("low") < 1.1, "{record}");
}
