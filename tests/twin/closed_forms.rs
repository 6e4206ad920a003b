//! The twin against closed forms: it must be right by itself before it may judge the simulator.

use failback::churn::{LoadEvent, LoadShape};
use failback::model::{CapacityChange, DiskId, Fault, FaultKind, Footprint, HubId, StartState, VmId, WorkingSet};
use failback::units::{BitRate, ByteRate, DataSize, Instant, Share, Span};

use crate::support::churn::{batches, steady, table};
use crate::support::world::{Fleet, hub};
use crate::twin::outcome::{Outcome, run};

const MB: f64 = 1e6;

fn close(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got}, expected {expected} within {tolerance}");
}

/// h = 50 MB/s for 600 s on B = 20 MB/s.
fn burst() -> Fleet {
    let mut fleet = Fleet::new(Span::from_secs(3000), 20.0 * MB);
    fleet.vm(&[table(Span::from_secs(600), &[50.0 * MB as f32])]);
    fleet
}

fn max_lag(outcome: &Outcome) -> f64 {
    outcome.law(&outcome.vms[0].lag).max
}

fn clears_at(outcome: &Outcome) -> f64 {
    outcome.vms[0].lag.iter().rposition(|lag| lag.is_some_and(|(_, end)| end > 0.0)).map_or(0.0, |index| (index + 1) as f64 * outcome.step)
}

#[test]
fn fluid_burst() {
    let outcome = run(&burst().build(), 1.0);
    close("backlog", outcome.peak_backlog, 18_000.0 * MB, 1.0);
    close("lag", max_lag(&outcome), 900.0, 1.5);
    close("clear", clears_at(&outcome), 1500.0, 1.0);
    close("carried", outcome.carried, 30_000.0 * MB, 1.0);
    // The triangle 0 .. 900 s over 1500 s: lag(t) = t (1 - B/h).
    close("mean", outcome.law(&outcome.vms[0].lag).mean, 0.5 * 1500.0 * 900.0 / 3000.0, 1.0);
}

#[test]
fn compression_widens_the_link() {
    let mut fleet = burst();
    fleet.hubs[0].wire_per_tracked = 0.5;
    let outcome = run(&fleet.build(), 1.0);
    close("lag", max_lag(&outcome), 600.0 * (50.0 / 40.0 - 1.0), 1.0);
    close("carried", outcome.carried, 15_000.0 * MB, 1.0);
}

#[test]
fn delay_is_no_floor() {
    let mut fleet = burst();
    fleet.link.rtt = Span::from_secs(20);
    let outcome = run(&fleet.build(), 1.0);
    close("lag", max_lag(&outcome), 910.0, 1.5);
    close("lag at the end", outcome.vms[0].lag[2999].map_or(-1.0, |(_, end)| end), 0.0, 1e-9);
}

#[test]
fn every_ceiling_alone_acts_like_the_link() {
    type Setting = fn(&mut Fleet, ByteRate);
    let limit = ByteRate::from_bytes_per_s(20.0 * MB);
    let settings: [(&str, Setting); 6] = [
        ("intake", |fleet, limit| fleet.hubs[0].intake = Some(limit)),
        ("operations", |fleet, limit| fleet.hubs[0].intake_ops = Some(limit.as_bytes_per_s() / 16_384.0)),
        ("disk", |fleet, limit| fleet.each_disk(|disk| disk.churn_limit = Some(limit))),
        ("vm", |fleet, limit| fleet.vms[0].0.churn_limit = Some(limit)),
        ("account", |fleet, limit| fleet.accounts[0].limit = Some(limit)),
        ("calendar", |fleet, limit| {
            fleet.link.throttle.push(failback::model::ThrottleWindow {
                days: [true, false, false, false, false, false, false],
                from: Span::ZERO,
                to: Span::from_hours(24),
                limit: limit.to_bit_rate(),
            });
        }),
    ];
    for (name, set) in settings {
        let mut fleet = burst();
        fleet.link.goodput = BitRate::from_mbps(8000.0);
        set(&mut fleet, limit);
        close(name, max_lag(&run(&fleet.build(), 1.0)), 900.0, 1.5);
    }
}

#[test]
fn an_outage_costs_its_length_and_drains_with_the_rest() {
    let (churn, link, outage) = (5.0 * MB, 8.0 * MB, 1200.0);
    let mut fleet = Fleet::new(Span::from_hours(3), link);
    fleet.vm(&[steady(churn as f32)]);
    let from = Instant::from_nanos(1_800_000_000_000);
    fleet.link.scheduled.push(CapacityChange { from, to: from + Span::from_secs(1200), factor: Share::ZERO, cause: "cut".into() });
    let outcome = run(&fleet.build(), 1.0);
    close("backlog", outcome.peak_backlog, churn * outage, 1.0);
    close("lag", max_lag(&outcome), outage, 1.0);
    close("back", clears_at(&outcome), 3000.0 + churn * outage / (link - churn), 1.5);
    close("down", outcome.link_down, outage, 1e-6);
}

#[test]
fn batch_age_runs_from_transfer_to_interval_plus_transfer() {
    let (interval, transfer) = (900.0, 300.0);
    let mut fleet = Fleet::new(Span::from_hours(6), MB);
    fleet.policy.crash_every = Span::from_secs(900);
    fleet.policy.app_every = None;
    fleet.vm(&[batches(Span::from_secs(900), transfer * MB, 24)]);
    let outcome = run(&fleet.build(), 1.0);
    let ages: crate::twin::outcome::Steps = outcome.vms[0].reported.iter().skip(3600).copied().collect();
    let law = outcome.law(&ages);
    close("worst", law.max, interval + transfer, 1.5);
    close("mean", law.mean, transfer + interval / 2.0, 2.0);
}

#[test]
fn fair_shares_leave_the_small_alone() {
    let mut fleet = Fleet::new(Span::from_secs(2000), 10.0 * MB);
    fleet.vm(&[table(Span::from_secs(500), &[2.0 * MB as f32])]);
    fleet.vm(&[table(Span::from_secs(500), &[20.0 * MB as f32])]);
    let outcome = run(&fleet.build(), 1.0);
    close("small", outcome.law(&outcome.vms[0].lag).max, 0.0, 1e-6);
    // The large one gets 8 MB/s for 500 s, then 10: it ends at 500 + 6000/10 = 1100.
    close("large", outcome.law(&outcome.vms[1].lag).max, 600.0, 1.5);
}

#[test]
fn a_full_cache_holds_the_rest_in_the_agents() {
    let mut fleet = burst();
    fleet.hubs[0].cache = Some(DataSize::from_bytes(6_000_000_000));
    fleet.hubs[0].throttle_factor = Share::ONE;
    let outcome = run(&fleet.build(), 1.0);
    close("lag", max_lag(&outcome), 900.0, 2.0);
    close("cache", outcome.hubs[0].peak, 6_000.0 * MB, 21.0 * MB);
    close("agent", outcome.disks[0].peak_agent, 12_000.0 * MB, 25.0 * MB);
}

#[test]
fn throttle_halves_intake_until_resume() {
    // 30 MB/s in, 20 out: 80 % of 6,000 MB after 480 s; then 25 in (half of 50): full after 720 s.
    let mut fleet = Fleet::new(Span::from_secs(700), 20.0 * MB);
    fleet.vm(&[steady(30.0 * MB as f32)]);
    fleet.hubs[0] =
        failback::model::Hub { intake: Some(ByteRate::from_bytes_per_s(50.0 * MB)), cache: Some(DataSize::from_bytes(6_000_000_000)), ..hub("ps") };
    let outcome = run(&fleet.build(), 1.0);
    close("throttled", outcome.hubs[0].throttled, 220.0, 1.5);
    close("agent", outcome.disks[0].peak_agent, 5.0 * MB * 220.0, 10.0 * MB);
}

#[test]
fn bitmap_mode_without_coalescing_only_loses_order() {
    let mut fleet = burst();
    fleet.hubs[0].intake = Some(ByteRate::from_bytes_per_s(20.0 * MB));
    fleet.each_disk(|disk| disk.agent_buffer = Some(DataSize::from_bytes(3_000_000_000)));
    fleet.policy.crash_every = Span::from_mins(7);
    let outcome = run(&fleet.build(), 1.0);
    // The buffer is full at 100 s, when 2,000 MB have landed: the horizon freezes at 40 s and comes back at 1500 s.
    close("lag", max_lag(&outcome), 1500.0 - 40.0, 2.0);
    close("unordered", outcome.disks[0].unordered, 1400.0, 2.0);
    assert_eq!(outcome.disks[0].bitmap_entries, 1);
    // Markers at 420, 840 and 1260 s fail; those from 1680 s on are points at once.
    assert_eq!(outcome.vms[0].ledger.failed[0], 3);
    assert_eq!(outcome.vms[0].ledger.made[0], 4);
}

#[test]
fn bitmap_mode_coalesces_by_the_footprint() {
    let mut fleet = burst();
    fleet.hubs[0].intake = Some(ByteRate::from_bytes_per_s(0.0));
    let footprint = Footprint { sets: vec![WorkingSet { size: 10_000.0 * MB, share: 1.0 }] };
    fleet.each_disk(|disk| (disk.agent_buffer, disk.footprint) = (Some(DataSize::from_bytes(3_000_000_000)), footprint.clone()));
    let outcome = run(&fleet.build(), 1.0);
    let dirty = 10_000.0 * MB * (1.0 - (-3.0f64).exp());
    close("dirty", outcome.disks[0].pending, dirty, 1e-6 * dirty);
    close("superseded", outcome.disks[0].superseded, 30_000.0 * MB - dirty, 1e-6 * dirty);
}

#[test]
fn a_crash_costs_a_checksum_pass_and_the_differing_blocks() {
    let mut fleet = Fleet::new(Span::from_hours(2), 10.0 * MB);
    fleet.hubs[0].intake = Some(ByteRate::from_bytes_per_s(10.0 * MB));
    fleet.vm(&[steady(4.0 * MB as f32)]);
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes(6_000_000_000));
    fleet.policy.checksum_rate = ByteRate::from_bytes_per_s(10.0 * MB);
    fleet.policy.resync_extra_share = Share::new(0.1).expect("a share");
    fleet.faults.push(Fault { at: Instant::from_nanos(1_000_000_000_000), kind: FaultKind::VmCrash { vm: VmId(0) } });
    let outcome = run(&fleet.build(), 1.0);
    // Pass of 600 s; then 600 MB extra in 60 s; 660 s x 4 MB/s are dirty by then, and go at a net 6 MB/s.
    let done = 1000.0 + 660.0 + 660.0 * 4.0 / 6.0;
    close("lag", max_lag(&outcome), done - 1000.0, 2.0);
    assert_eq!(outcome.resyncs, [1]);
}

#[test]
fn a_down_hub_keeps_its_cache_and_a_lost_one_does_not() {
    let fault = |kind| Fault { at: Instant::from_nanos(600_000_000_000), kind };
    let lasts = Span::from_secs(600);
    let mut fleet = Fleet::new(Span::from_hours(2), 20.0 * MB);
    fleet.vm(&[table(Span::from_secs(600), &[30.0 * MB as f32])]);
    fleet.policy.checksum_rate = ByteRate::from_bytes_per_s(20.0 * MB);
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes(2_000_000_000));
    let mut down = fleet.clone();
    down.faults.push(fault(FaultKind::HubDown { hub: HubId(0), lasts }));
    let down = run(&down.build(), 1.0);
    close("down: clears", clears_at(&down), 1500.0, 1.5);
    close("down: order kept", down.disks[0].unordered, 0.0, 1e-9);
    let mut lost = fleet;
    lost.faults.push(fault(FaultKind::HubLost { hub: HubId(0), lasts }));
    let lost = run(&lost.build(), 1.0);
    // 6,000 MB were in the cache; back at 1200 s, a pass of 100 s, 300 s of sending.
    close("lost: clears", clears_at(&lost), 1600.0, 2.0);
    close("lost: unordered", lost.disks[0].unordered, 1000.0, 2.0);
}

#[test]
fn initial_replication_goes_by_threes_and_batches() {
    let mut fleet = Fleet::new(Span::from_hours(2), 10.0 * MB);
    fleet.vm(&[steady(0.0), steady(0.0), steady(0.0), steady(0.0)]);
    fleet.vm(&[steady(0.0)]);
    fleet.vms[1].0.batch = 1;
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes(3_000_000_000));
    fleet.policy.start_state = StartState::InitialReplication;
    fleet.policy.crash_every = Span::from_mins(7);
    let outcome = run(&fleet.build(), 1.0);
    close("end", outcome.replicated_at.unwrap_or(0.0), 1500.0, 3.0);
    // In sync at 1200 and at 1500 s; the next markers make the first points.
    let first = |vm: usize| outcome.vms[vm].ledger.points.first().map_or(0.0, |point| point.marker);
    assert_eq!([first(0), first(1)], [1260.0, 1680.0]);
}

#[test]
fn load_events_add_and_multiply() {
    let mut fleet = Fleet::new(Span::from_secs(1000), 10.0 * MB);
    fleet.vm(&[steady(2.0 * MB as f32)]);
    let event = |shape, start| LoadEvent {
        name: "backup".into(),
        disks: vec![DiskId(0)],
        starts: vec![Instant::from_nanos(start)],
        lasts: Span::from_secs(100),
        shape,
    };
    fleet.load_events = vec![event(LoadShape::Add(3.0 * MB), 100_000_000_000), event(LoadShape::Multiply(3.0), 500_000_000_000)];
    let outcome = run(&fleet.build(), 1.0);
    close("written", outcome.disks[0].tracked, 2.0 * MB * 1000.0 + 3.0 * MB * 100.0 + 4.0 * MB * 100.0, 1.0);
}
