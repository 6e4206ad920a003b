//! Section C: RPO of scheduled replication (VMware).

use failback::model::StartState;
use failback::units::{BitRate, Span};

use crate::oracles::{MB, bytes, close, simulate};
use crate::support::churn::{batches, steady};
use crate::support::world::Fleet;

/// A batch every `interval` that takes `transfer` (minutes) on a link of 1 MB/s, for a day.
fn batched(interval: u64, transfer: f64) -> Fleet {
    let mut fleet = Fleet::new(Span::from_days(1), MB);
    fleet.policy.crash_every = Span::from_mins(interval);
    fleet.policy.app_every = None;
    fleet.vm(&[batches(Span::from_mins(interval), transfer * 60.0 * MB, (1440 / interval) as usize)]);
    fleet
}

/// RPO 15, transfer 5, started at 12:00: available at 12:05; the next must start by 12:10, and is available at 12:15. So an interval of 10 min
/// keeps the RPO, 11 min does not. Same: start, transfer, availability. Not the same: here the batch is the work of the last second.
#[test]
fn c1_next_sync_must_start_by_12_10() {
    let kept = simulate(&batched(10, 5.0));
    let points = &kept.calendars[0].points;
    for point in points.iter().filter(|point| point.marker_s > 0.0) {
        close("available", point.available_s - point.marker_s, 300.0, 1.5);
    }
    close("worst age", kept.results.reported_rpo.fleet_worst.max, 900.0, 1.5);
    let missed = simulate(&batched(11, 5.0));
    close("worst age, started at 12:11", missed.results.reported_rpo.fleet_worst.max, 960.0, 1.5);
}

/// RPO 15, transfer 10 back to back: in violation 12:15-12:20 of each cycle; the age runs T .. 2T, the share in violation is (2T - R) / T = 50 %.
#[test]
fn c3_back_to_back_violation_share() {
    let output = simulate(&batched(10, 10.0));
    let law = &output.results.reported_rpo.fleet_worst;
    close("worst", law.max, 1200.0, 1.5);
    // 144 cycles; the first is spoilt by the start point.
    close("share over 15 min", law.share_over.expect("a threshold applies"), 0.5, 0.01);
}

/// 100 GB take about 200 h on a T1, 30 h on 10 Mb/s, 3 h on 100 Mb/s, which implies 72-74 % of the nominal rate: as an initial replication at 73 %.
#[test]
fn c5_hours_for_100_gb() {
    for (nominal_mbps, hours) in [(1.544, 200.0), (10.0, 30.0), (100.0, 3.0)] {
        let mut fleet = Fleet::new(Span::from_days(10), MB);
        fleet.link.goodput = BitRate::from_mbps(0.73 * nominal_mbps);
        fleet.vm(&[steady(0.0)]);
        fleet.each_disk(|disk| disk.used = bytes(100e9));
        fleet.policy.start_state = StartState::InitialReplication;
        let duration = simulate(&fleet).results.initial_replication.duration_s.expect("it ends within ten days");
        close("hours", duration / 3600.0, hours, 0.02 * hours);
    }
}
