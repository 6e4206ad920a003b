//! `--set` and `[override]`: any key of the scenario, any key of the profile.

use super::{in_force, load, resolve};
use crate::results::Standing;
use crate::scenario::Loaded;
use crate::units::Span;

const TEXT: &str = r#"
horizon = "2 days"
[[vm]]
name = "db"
disks = [{ name = "data", size = "100 GiB" }, { size = "10 GiB" }]
churn.constant = "1 MB/s"
[[vm]]
template = "web"
count = 2
[template.web]
churn.constant = "2 MB/s"
[link.forward]
internet = { bandwidth = "100 Mbps", rtt = "20 ms" }
"#;

fn set(sets: &[&str]) -> Loaded {
    load(TEXT, sets).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

#[test]
fn any_key_can_be_set() {
    assert_eq!(set(&["seed=7"]).world.seed, 7);
    assert_eq!(set(&["horizon=3 days"]).world.horizon, Span::from_days(3), "text needs no quotes");
    assert_eq!(set(&["title=\"An other\""]).world.title, "An other");
    assert_eq!(set(&["link.forward.internet.bandwidth=1 Gbps"]).world.link.goodput.as_bits_per_s(), 973e6);
    assert_eq!(set(&["policy.retention = 3 days"]).world.policy.retention, Span::from_days(3), "a table that is not there yet");
    assert_eq!(set(&["start=2026-03-02 06:00"]).world.start.to_string(), "2026-03-02T06:00:00");
    assert!(!set(&["output.events=false"]).world.output.events);
}

#[test]
fn elements_go_by_name_or_number() {
    assert_eq!(set(&["vm.web.count=5"]).world.vms.len(), 6, "a machine without a name goes by its template");
    assert_eq!(set(&["vm.1.count=5"]).world.vms.len(), 6);
    assert_eq!(set(&["vm[1].count=5"]).world.vms.len(), 6, "as messages name it");
    let disk = |set: Loaded, number: usize| set.world.disks[number].size.as_bytes() >> 30;
    assert_eq!(disk(set(&["vm.db.disks.data.size=200 GiB"]), 0), 200);
    assert_eq!(disk(set(&["vm.db.disks[1].size=20 GiB"]), 1), 20);
}

#[test]
fn later_sets_win_and_whole_tables_can_be_replaced() {
    assert_eq!(set(&["seed=2", "seed=3"]).world.seed, 3);
    let vpn = set(&[r#"link.forward={ vpn = { sku = "VpnGw1", private_endpoints = true } }"#]);
    assert_eq!(vpn.world.link.name, "vpn VpnGw1");
}

#[test]
fn a_set_changes_the_fingerprint_only_if_it_changes_the_world() {
    let plain = set(&[]).fingerprint;
    assert_eq!(set(&["horizon=48 h"]).fingerprint, plain);
    assert_ne!(set(&["seed=2"]).fingerprint, plain);
}

#[test]
fn a_mistake_in_a_set_is_shown_there() {
    let Err(mistakes) = load(TEXT, &["seed=3", "horizon=3 dys"]) else { panic!("it is wrong") };
    let text = mistakes.to_string();
    assert!(text.contains("--> --set:1:11") && text.contains("horizon = \"3 dys\""), "{text}");
    assert!(load(TEXT, &["vm.dbb.count=3"]).is_err());
    assert!(load(TEXT, &["nonsense"]).is_err());
}

#[test]
fn profile_values_are_overridden_and_listed_with_what_they_replace() {
    let loaded =
        resolve(&format!("{TEXT}\n[override]\nprocess_server.throttle_factor = 0.4\npolicy.crash_every = \"10 min\"\nlimits.vm = \"off\"\n"));
    assert_eq!(loaded.world.hubs[0].throttle_factor.get(), 0.4);
    assert_eq!(loaded.world.policy.crash_every, Span::from_mins(10));
    assert_eq!(loaded.world.vms[0].churn_limit, None);
    assert_eq!(in_force(&loaded, "process_server.throttle_factor"), Some(("0.4".to_string(), Standing::Scenario, Some("50 %".to_string()))));
    let set = set(&["override.policy.crash_every=10 min"]);
    assert_eq!(set.world.policy.crash_every, Span::from_mins(10));
}

#[test]
fn an_override_that_nothing_uses_is_said() {
    let loaded = resolve(&format!("{TEXT}\n[override]\nvpn_gateway.VpnGw1.aggregate = \"600 Mbps\"\n"));
    assert_eq!(loaded.warnings, ["override.vpn_gateway.VpnGw1.aggregate: nothing in this scenario uses this value"]);
}

#[test]
fn a_key_of_the_scenario_wins_over_an_override() {
    let loaded = resolve(&format!("{TEXT}\n[policy]\ncrash_every = \"15 min\"\n[override]\npolicy.crash_every = \"10 min\"\n"));
    assert_eq!(loaded.world.policy.crash_every, Span::from_mins(15));
}
