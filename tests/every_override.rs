//! Every key of every profile that a run uses, overridden with the least and the largest that its unit can say: it is refused with a message that stands at the
//! override, or the run ends and its numbers are numbers.

use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use failback::profile::{self, Entry, Profile, Unit};
use failback::scenario::{self, Files, Loaded};
use failback::simulate;
use failback::units::Per;

/// Two machines, one of them with a common load, that fail over and come home; the link, with everything that one may have, is that of the system.
const TEXT: &str = r#"
horizon = "150 min"
policy = { start = "initial-replication" }
[[vm]]
name = "db"
churn.daily = { mean = "1 MB/s" }
disks = [{ }, { size = "10 GiB", footprint = [{ size = "1 GiB", share = "100 %" }] }]
[[vm]]
name = "web"
churn.b_model = { mean = "0.5 MB/s" }
[[event]]
backup = { vms = ["db"], bytes = "1 GiB" }
at = "1 h"
[[fault]]
vm_crash = { vm = "web" }
at = "2 h"
[[disaster]]
at = "100 min"
site_lost = { repaired = "10 min" }
[recovery.failback]
[[plan]]
name = "all"
groups = [{ vms = ["all"] }]
"#;

/// The way home that the classic product asks for.
const HOME: &str = "failback.vpn = { sku = \"VpnGw1\", bandwidth = \"100 Mbps\" }";

const CLASSIC: [&str; 3] = [
    r#"vpn = { sku = "VpnGw2", private_endpoints = true, outages = "suggested" }"#,
    r#"expressroute_private = { circuit = "1 Gbps", gateway = "ErGw1Az", private_endpoints = true, outages = "last mile" }"#,
    r#"internet = { bandwidth = "50 Mbps", loss = "good internet", outages = "fibre cut" }"#,
];
const BETWEEN_REGIONS: [&str; 1] = [r#"inter_region = { between = ["East US", "West Europe"] }"#];

/// The extremes of a unit, and what is just above nothing.
fn extremes(entry: &Entry) -> &'static [&'static str] {
    match entry.unit {
        Unit::Time => &["0 s", "1 ns", "1 s", "580 years", "off"],
        Unit::Law => &["0 s", "1 ns to 580 years", "about 0 s", "1 ns, 95 % within 580 years", "off"],
        Unit::Size => &["0 B", "1 B", "9000 PB", "off"],
        Unit::BitRate => &["0 bps", "1 bps", "1e15 bps", "off"],
        Unit::ByteRate | Unit::Ceiling => &["0 B/s", "1 B/s", "1 PB/s", "off"],
        Unit::Share => &["0 %", "0.000001 %", "99.9999 %", "100 %"],
        Unit::Number => &["0", "1e-9", "1e300", "off"],
        Unit::Count => &["0", "1", "4294967295", "18446744073709551615", "off"],
        Unit::Flag => &["true", "false"],
        Unit::Moment => &["0001-01-01 00:00", "9999-12-31 23:59"],
        Unit::Price(Per::Time) => &["0 USD/h", "1000000000 USD/h", "not listed", "off"],
        Unit::Price(Per::Data) => &["0 USD/GB", "1000000000 USD/GB", "not listed", "off"],
        Unit::Price(Per::DataTime) => &["0 USD/GiB-month", "1000000000 USD/GiB-month", "not listed", "off"],
        Unit::Text => &["", "nonsense", "1 per 0 s", "1 per 1 ns"],
    }
}

fn load(profile: &str, link: &str, set: &str) -> Result<Loaded, scenario::Diagnostics> {
    let home = if link.starts_with("inter_region") { "" } else { HOME };
    let text = format!("profile = \"{profile}\"\n{TEXT}\n[link]\nforward.{link}\n{home}\n");
    scenario::parse(&text, "test.toml", "test", Path::new(""), &[set.to_string()], &mut Files)
}

/// Runs it; what the run divides by though it is nothing shows in one of these numbers.
fn run(loaded: &Loaded, what: &str) -> Option<String> {
    let results = simulate::run(&loaded.world, 0, &mut |_| {}).results;
    let error = results.checks.conservation_error;
    let numbers = [results.churn.written_bytes, results.churn.tracked_bytes, results.churn.mean_bytes_per_s, results.churn.peak_bytes_per_s];
    let sound = error < 1e-6 && numbers.iter().all(|number| number.is_finite());
    (!sound).then(|| format!("{what}: bytes lost or made {error}, {numbers:?}"))
}

/// Runs all that is accepted, each next value being announced before it is tried.
fn sweep(name: &'static str, links: &[&'static str], announce: &dyn Fn(String)) -> Vec<String> {
    let mut complaints = Vec::new();
    let profile = Profile::load(name).unwrap_or_else(|error| panic!("{error}"));
    for (number, link) in links.iter().enumerate() {
        let plain = load(name, link, "seed=1").unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let in_force = |key: &str| plain.assumptions.iter().any(|assumption| assumption.key == key);
        // What a profile takes over from another is tried there, and what has nothing to do with the link is tried once.
        let own = |entry: &&Entry| name == profile::DEFAULT || entry.stated_in == name;
        let of_link = |entry: &&Entry| ["link", "path", "loss", "vpn", "expressroute", "outage"].iter().any(|table| entry.key.starts_with(table));
        for entry in profile.entries().filter(own).filter(|entry| in_force(&entry.key) && (number == 0 || of_link(entry))) {
            for value in extremes(entry) {
                let quoted = entry.key.split('.').map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join(".");
                let what = format!("{name}, {link}: {quoted} = {value}");
                announce(what.clone());
                match load(name, link, &format!("override.{quoted}=\"{value}\"")) {
                    Ok(loaded) if loaded.warnings.iter().any(|warning| warning.starts_with("override.")) => {}
                    Ok(loaded) => complaints.extend(run(&loaded, &what)),
                    Err(mistakes) => {
                        let text = mistakes.render(false);
                        if !text.contains("--> --set:") {
                            complaints.push(format!("{what}: the message does not stand at the override\n{text}"));
                        }
                    }
                }
            }
        }
    }
    complaints
}

#[test]
fn no_override_makes_a_run_hang_or_its_numbers_none() {
    for name in profile::names() {
        let links: &'static [&'static str] = match name {
            name if name.starts_with("azure-to-azure") => &BETWEEN_REGIONS,
            profile::DEFAULT => &CLASSIC,
            _ => &CLASSIC[2..],
        };
        let (tell, told) = channel();
        let worker = thread::spawn(move || sweep(name, links, &|what| drop(tell.send(what))));
        let mut last = String::new();
        while let Ok(what) = told.recv_timeout(Duration::from_secs(60)) {
            last = what;
        }
        assert!(worker.is_finished() || told.recv().is_err(), "{last}: the run does not end");
        match worker.join() {
            Ok(complaints) => assert!(complaints.is_empty(), "{}", complaints.join("\n")),
            Err(_) => panic!("{last}: the run stops"),
        }
    }
}
