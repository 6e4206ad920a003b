//! Scenarios resolve to the values they ought to, system by system.

use super::*;
use crate::units::Span;

fn resolve(text: &str) -> Loaded {
    match parse(text, "test.toml", "test", Path::new(""), &[], &mut Files) {
        Ok(loaded) => loaded,
        Err(diagnostics) => panic!("{diagnostics}"),
    }
}

#[test]
fn a_short_scenario_resolves_with_the_profile_s_defaults() {
    let loaded = resolve(
        r#"
        horizon = "2 days"
        [[vm]]
        name = "db"
        churn.constant = "1 MB/s"
        [link.forward]
        internet = { bandwidth = "100 Mbps", rtt = "20 ms" }
        "#,
    );
    let world = &loaded.world;
    assert_eq!((world.vms.len(), world.disks.len(), world.hubs.len(), world.accounts.len()), (1, 1, 1, 1));
    assert_eq!(world.horizon, Span::from_days(2));
    assert_eq!(world.policy.crash_every, Span::from_mins(5));
    assert_eq!(world.link.goodput.as_bits_per_s(), 97.3e6);
    assert_eq!(loaded.fingerprint.len(), 64);
    assert!(loaded.assumptions.iter().any(|a| a.key == "policy.crash_every"));
}

#[test]
fn every_starter_resolves() {
    for (name, _) in starters() {
        let loaded = resolve(&starter(name).unwrap_or_default());
        assert!(!loaded.world.vms.is_empty(), "{name}");
        assert!(loaded.assumptions.iter().all(|a| !a.source.is_empty()), "{name}");
        println!("{name}: {:#?}", loaded.warnings);
    }
}
