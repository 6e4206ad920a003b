//! What a scenario costs, by hand from the sources of the price list; what has no price is named; prices of one's own hold.

mod counted;
mod prices;
mod stated;

use std::path::Path;

use failback::model::World;
use failback::results::{CostItem, CostResult, Results};
use failback::scenario::{self, Diagnostics, Files, Loaded};
use failback::simulate;

/// Two machines with 100 and 200 GiB (tiers P10 and P15) and these further lines.
fn text(profile: &str, rest: &str) -> String {
    format!(
        "profile = \"{profile}\"\nhorizon = \"1 day\"\nchurn.constant = \"1 MB/s\"\n\
         vm = [{{ name = \"a\", disks = [{{ size = \"100 GiB\" }}] }}, {{ name = \"b\", disks = [{{ size = \"200 GiB\" }}] }}]\n{rest}\n"
    )
}

fn read(text: &str, sets: &[&str]) -> Result<Loaded, Diagnostics> {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_string()).collect();
    scenario::parse(text, "test.toml", "test", Path::new(""), &sets, &mut Files)
}

fn loaded(text: &str, sets: &[&str]) -> Loaded {
    read(text, sets).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// The scenario's world and what a run of it finds.
fn run(text: &str, sets: &[&str]) -> (World, Results) {
    let world = loaded(text, sets).world;
    let results = simulate::run(&world, 0, &mut |_| ()).results;
    (world, results)
}

fn cost(text: &str, sets: &[&str]) -> CostResult {
    run(text, sets).1.cost.unwrap()
}

fn item<'c>(cost: &'c CostResult, name: &str) -> &'c CostItem {
    cost.items.iter().find(|item| item.name == name).unwrap_or_else(|| panic!("no {name} in {:?}", cost.items))
}

fn missing(cost: &CostResult) -> Vec<&str> {
    cost.missing.iter().map(|missing| missing.name.as_str()).collect()
}

#[track_caller]
fn close(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0), "{found}, not {wanted}");
}

const INTERNET: &str = "link.forward.internet = { bandwidth = \"100 Mbps\", rtt = \"20 ms\" }";
const CLASSIC: &str = "vmware-classic-2021";
const MODERNIZED: &str = "vmware-modernized-2026";
const REGIONS: &str = "azure-to-azure-2025";
