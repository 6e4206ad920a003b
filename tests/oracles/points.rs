//! Section B: recovery points and retention (Microsoft).

use failback::model::{CapacityChange, Footprint, PruneRule, WorkingSet};
use failback::results::{HeldPoint, RunOutput};
use failback::units::{Instant, Share, Span};

use crate::oracles::{close, scenario, simulate};
use crate::support::churn::steady;
use crate::support::world::Fleet;

/// One VM that does nothing between two regions, where groups are limited.
const BETWEEN_REGIONS: &str = "profile = \"azure-to-azure-2025\"\nchurn = \"idle\"\nlink.forward.inter_region = { rtt = \"20 ms\" }\n";

/// The profile's schedule for so many days of retention.
fn schedule(days: u64) -> Vec<PruneRule> {
    let text = format!("{BETWEEN_REGIONS}vm = [{{ name = \"db\" }}]\npolicy.retention = \"{days} days\"\n");
    scenario(&text).unwrap_or_else(|mistakes| panic!("{mistakes}")).world.policy.prune
}

/// One idle disk on a perfect path with so many days of retention, at the end of `hours` + 3 min less than a full bucket of any width.
fn idle(days: u64, app: bool) -> Fleet {
    // 3 min before a four-hour edge: every bucket is complete, and no marker is at its edge.
    let mut fleet = Fleet::new(Span::from_hours(24 * (days + 2)) - Span::from_mins(3), 1e9);
    fleet.policy.retention = Span::from_days(days);
    fleet.policy.prune = schedule(days);
    fleet.policy.app_every = app.then_some(Span::from_hours(1));
    fleet.vm(&[steady(0.0)]);
    fleet
}

fn held(output: &RunOutput, app: bool, younger_than_h: f64) -> Vec<HeldPoint> {
    let end = output.results.scenario.horizon_s;
    output.calendars[0].points.iter().filter(|point| point.app == app && end - point.marker_s < younger_than_h * 3600.0).copied().collect()
}

/// Crash points every 5 min, app points hourly, one day: the last 2 h hold 24 crash and 2 app points.
#[test]
fn b1_last_two_hours() {
    let output = simulate(&idle(1, true));
    assert_eq!((held(&output, false, 2.0).len(), held(&output, true, 2.0).len()), (24, 2));
}

/// Beyond 2 h: 0 days the latest only; 1 day one per hour; 2-7 days one per 2 h; 8-15 days one per 2 h up to day 7, then one per 4 h. Whole numbers
/// of
/// points: 46, 47, 59, 107, 113, 155.
#[test]
fn b2_pruning_schedule() {
    for (days, points) in [(0, 1), (1, 46), (2, 47), (3, 59), (7, 107), (8, 113), (15, 155)] {
        let output = simulate(&idle(days, false));
        assert_eq!(output.calendars[0].points.len(), points, "{days} days");
        assert_eq!(output.results.points.steady_state_per_vm, points as u64, "{days} days, steady state");
        let end = output.results.scenario.horizon_s;
        for pair in output.calendars[0].points.windows(2) {
            let age_h = (end - pair[0].marker_s) / 3600.0;
            let apart_h = (pair[1].marker_s - pair[0].marker_s) / 3600.0;
            let at_most = match days {
                _ if age_h < 2.0 => 1.0 / 12.0,
                1 => 1.0,
                _ if age_h < 7.0 * 24.0 => 2.0,
                _ => 4.0,
            };
            assert!(apart_h <= at_most + 1e-9, "{days} days: {apart_h} h apart at an age of {age_h} h");
        }
    }
}

/// App points are thinned by the same buckets and take the crash points' place there; only the dense window holds both.
#[test]
fn b2_app_points_are_pruned_alike() {
    let output = simulate(&idle(1, true));
    assert_eq!(output.calendars[0].points.len(), 46 + 2);
    assert_eq!(held(&output, false, 100.0).len(), 24, "crash points beyond the dense window");
}

/// One day to three: the page's arithmetic counts the schedule's buckets by whole days (24 -> 36, "additional 12 points"), the exact edges give 13
/// (46 -> 59). With 10 GB a point and $0.16 per GB-month the page's 12 points cost $19.20 a month.
#[test]
fn b3_three_days_instead_of_one() {
    let cost = |days: u64| {
        let mut fleet = idle(days, false);
        // Every point holds the same 10 GB: a working set of that size that is written over many times in an hour.
        fleet.vms.clear();
        fleet.vm(&[steady(100e6)]);
        fleet.each_disk(|disk| disk.footprint = Footprint { sets: vec![WorkingSet { size: 10e9, share: 1.0 }] });
        simulate(&fleet).results.points.retention_cost.expect("the ledger was asked for").max_bytes
    };
    let points = |days| simulate(&idle(days, false)).calendars[0].points.len();
    assert_eq!(points(3) - points(1), 13);
    let whole_buckets = |days: u64| match schedule(days).as_slice() {
        [rule] if rule.up_to == Span::from_days(days) => rule.up_to.as_nanos() / rule.keep_one_per.as_nanos(),
        other => panic!("{days} days are thinned in one step, not by {other:?}"),
    };
    assert_eq!((whole_buckets(1), whole_buckets(3)), (24, 36));
    let additional = (whole_buckets(3) - whole_buckets(1)) as f64;
    // Beyond the dense window each delta is one working set, so 13 more points are 130 GB.
    let more = (cost(3) - cost(1)) / 1e9;
    close("GB", more, 130.0, 11.0);
    close("dollars for the page's points", additional * more / 13.0 * 0.16, 19.20, 1.65);
}

/// If no point can be made for longer than the retention, the oldest stay until new ones exist.
#[test]
fn b4_oldest_stay_until_new_ones_exist() {
    let cut = |hours: u64| {
        let mut fleet = idle(1, false);
        fleet.horizon = Span::from_hours(96) - Span::from_mins(3);
        fleet.vms.clear();
        fleet.vm(&[steady(1e6)]);
        let from = Instant::START + Span::from_hours(30) + Span::from_mins(1);
        fleet.link.scheduled.push(CapacityChange { from, to: from + Span::from_hours(hours), factor: Share::ZERO, cause: "cut".into() });
        simulate(&fleet)
    };
    let stalled = cut(66);
    let oldest = stalled.results.vms[0].points.oldest_at_end_s.expect("points are held");
    assert!(oldest > 66.0 * 3600.0, "points older than the cut must be held: {oldest}");
    let recovered = cut(36);
    let oldest = recovered.results.vms[0].points.oldest_at_end_s.expect("points are held");
    assert!(oldest <= 24.0 * 3600.0, "new points let the old ones go: {oldest}");
}

/// A replication group holds 16 VMs at most, and the interval of app-consistent points is 1 h at least.
#[test]
fn b5_group_of_16_and_app_points_hourly() {
    let refused = |vms: usize, app_every: &str| {
        let text = format!("{BETWEEN_REGIONS}vm = [{{ name = \"db\", count = {vms}, group = \"shop\" }}]\npolicy.app_every = \"{app_every}\"\n");
        scenario(&text).err().map(|mistakes| mistakes.iter().map(|mistake| mistake.problem.clone()).collect::<Vec<_>>())
    };
    assert_eq!(refused(16, "1 h"), None);
    assert_eq!(refused(17, "1 h"), Some(vec!["the group `shop` has 17 machines".to_string()]));
    assert_eq!(refused(16, "59 min"), Some(vec!["an app-consistent point every 59 min".to_string()]));
}
