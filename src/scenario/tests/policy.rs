//! The policy: thinning by retention, intervals, start state, outputs.

use super::{in_force, one_vm};
use crate::model::{PruneRule, StartState};
use crate::results::Standing;
use crate::scenario::Loaded;
use crate::units::Span;

fn policy(lines: &str) -> Loaded {
    one_vm(&format!("churn.constant = \"1 MB/s\"\n[policy]\n{lines}"))
}

/// 0 days: the latest only; 1 day: one per hour; 2 to 7 days: one per 2 h; 8 to 15 days: one per 2 h up to day 7, then one per 4 h.
#[test]
fn thinning_depends_on_the_retention() {
    let rule = |up_to: Span, hours: u64| PruneRule { up_to, keep_one_per: Span::from_hours(hours) };
    let schedule = |retention: &str| policy(&format!("retention = \"{retention}\"\napp_every = \"1 h\"")).world.policy.prune;
    assert_eq!(schedule("0 days"), []);
    assert_eq!(schedule("12 h"), [rule(Span::from_hours(12), 1)]);
    assert_eq!(schedule("1 day"), [rule(Span::from_days(1), 1)]);
    assert_eq!(schedule("2 days"), [rule(Span::from_days(2), 2)]);
    assert_eq!(schedule("7 days"), [rule(Span::from_days(7), 2)]);
    assert_eq!(schedule("8 days"), [rule(Span::from_days(7), 2), rule(Span::from_days(8), 4)]);
    assert_eq!(schedule("15 days"), [rule(Span::from_days(7), 2), rule(Span::from_days(15), 4)]);
}

/// Points stored: 1 day 46, 2 days 47, 3 days 59, 7 days 107, 8 days 113, 15 days 155 (24 crash points in the dense 2 h, then one per bucket).
#[test]
fn thinning_gives_the_published_number_of_points() {
    for (days, points) in [(1, 46), (2, 47), (3, 59), (7, 107), (8, 113), (15, 155)] {
        let loaded = policy(&format!("retention = \"{days} days\"\napp_every = \"off\""));
        let policy = &loaded.world.policy;
        let dense = policy.dense_window.as_nanos() / policy.crash_every.as_nanos();
        let mut from = policy.dense_window;
        let mut held = dense;
        for rule in &policy.prune {
            held += (rule.up_to - from).as_nanos() / rule.keep_one_per.as_nanos();
            from = rule.up_to;
        }
        assert_eq!(held, points, "{days} days");
    }
}

#[test]
fn a_schedule_of_one_s_own() {
    let loaded =
        policy("retention = \"2 days\"\nprune = [{ up_to = \"6 h\", keep_one_per = \"30 min\" }, { up_to = \"2 days\", keep_one_per = \"4 h\" }]");
    let own = [
        PruneRule { up_to: Span::from_hours(6), keep_one_per: Span::from_mins(30) },
        PruneRule { up_to: Span::from_days(2), keep_one_per: Span::from_hours(4) },
    ];
    assert_eq!(loaded.world.policy.prune, own);
    assert_eq!(in_force(&loaded, "policy.prune").map(|(value, _, _)| value), Some("1 per 30 min until 6 h, 1 per 4 h until 2 days".to_string()));
}

#[test]
fn defaults_of_the_classic_policy() {
    let policy = policy("").world.policy;
    assert_eq!((policy.rpo_threshold, policy.crash_every, policy.app_every), (Span::from_mins(60), Span::from_mins(5), Some(Span::from_mins(60))));
    assert_eq!((policy.retention, policy.dense_window, policy.copy_disks_at_once), (Span::from_days(1), Span::from_hours(2), 3));
    assert_eq!((policy.start_state, policy.log_age_limit, policy.app_failure.get()), (StartState::Protected, None, 0.0));
    assert!((policy.checksum_rate.as_bytes_per_s() - 1_073_741_824.0 / 45.0).abs() < 1e3);
}

#[test]
fn written_values_replace_and_are_listed() {
    let loaded = policy(
        "rpo_threshold = \"15 min\"\napp_every = \"4 h\"\nstart = \"initial-replication\"\nlog_age_limit = \"1 day\"\ncopy_disks_at_once = 5\napp_failure = \"2 %\"",
    );
    let policy = &loaded.world.policy;
    assert_eq!(
        (policy.rpo_threshold, policy.app_every, policy.start_state),
        (Span::from_mins(15), Some(Span::from_hours(4)), StartState::InitialReplication)
    );
    assert_eq!((policy.log_age_limit, policy.copy_disks_at_once, policy.app_failure.get()), (Some(Span::from_days(1)), 5, 0.02));
    assert_eq!(in_force(&loaded, "policy.rpo_threshold"), Some(("15 min".to_string(), Standing::Scenario, Some("60 min".to_string()))));
    assert_eq!(in_force(&loaded, "policy.crash_every").map(|(_, standing, _)| standing), Some(Standing::Documented));
}

#[test]
fn retention_zero_keeps_the_default_app_interval() {
    assert_eq!(policy("retention = \"0 days\"").world.policy.app_every, Some(Span::from_mins(60)));
}

#[test]
fn outputs() {
    let loaded = one_vm("churn.constant = \"1 MB/s\"\n[output]\nseries_every = \"off\"\nvm_quantiles = false\nevents = false");
    let plan = loaded.world.output;
    assert_eq!((plan.series_every, plan.vm_quantiles, plan.loss_bytes, plan.events, plan.points), (None, false, true, false, true));
}
