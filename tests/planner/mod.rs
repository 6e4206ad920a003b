//! What a planner is told, against closed forms and against runs in which it really happens: what-ifs, bottlenecks, backlogs, bounds, costs, and what is
//! left out of the laws.

mod told;

use failback::model::{CapacityChange, Fault, FaultKind, FlowCeiling, Footprint, HubId, StartState, WorkingSet};
use failback::results::{Choice, Results};
use failback::units::{BitRate, ByteRate, DataSize, Instant, Share, Span};

use crate::support::churn::{steady, table};
use crate::support::world::Fleet;

const MB: f64 = 1e6;

fn simulate(fleet: &Fleet) -> Results {
    failback::simulate::run(&fleet.build(), 0, &mut |_| ()).results
}

/// What the terminal says, in one line.
fn said(fleet: &Fleet) -> String {
    let output = failback::simulate::run(&fleet.build(), 0, &mut |_| ());
    let text = failback::report::terminal::render(&output, 132, false);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn close(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got}, expected {expected} within {tolerance}");
}

fn at(seconds: u64) -> Instant {
    Instant::START + Span::from_secs(seconds)
}

/// The largest time that a resource held disks up, and the time in which it set the fleet's worst [s].
fn waited(results: &Results, resource: &str) -> Option<(f64, f64)> {
    results.bottlenecks.iter().find(|found| found.resource == resource).map(|found| (found.time_s, found.set_fleet_worst_s))
}

/// What is said of a cut of an hour is what a run with that cut shows: churn 3 MB/s, 30 % compression, a link of 4 MB/s that falls to 70 % for half a day.
#[test]
fn a_cut_foretold_is_a_cut_simulated() {
    let mut fleet = Fleet::new(Span::from_hours(30), 4.0 * MB);
    fleet.hubs[0].wire_per_tracked = 0.7;
    fleet.vm(&[steady(3.0 * MB as f32)]);
    let change = |from: u64, to: u64, factor: f64| CapacityChange {
        from: at(from),
        to: at(to),
        factor: Share::new(factor).expect("a share"),
        cause: "test".into(),
    };
    fleet.link.scheduled.push(change(3 * 3600, 15 * 3600, 0.7));
    let foretold = simulate(&fleet).one_queue.outages[0].clone();
    let start = foretold.worst_start_s as u64;
    fleet.link.scheduled.push(change(start, start + 3600, 0.0));
    let seen = simulate(&fleet);
    close("backlog", foretold.backlog_bytes, 3.0 * MB * 3600.0, 1.0);
    close("backlog, simulated", seen.link.peak_backlog_bytes, foretold.backlog_bytes, 1.0);
    assert_eq!(seen.breaches.count, 1);
    let back = seen.breaches.first_at_s.expect("a breach") + seen.breaches.total_s - (start + 3600) as f64;
    close("back within the threshold", foretold.back_within_s.expect("it comes back"), back, 0.01);
}

/// What holds a disk back is named by what binds: the TCP flows of its machine, the limit of the machine, or its own.
#[test]
fn bottlenecks_are_named_by_what_binds() {
    let burst = table(Span::from_secs(600), &[50.0 * MB as f32]);
    let lone = |change: &dyn Fn(&mut Fleet)| {
        let mut fleet = Fleet::new(Span::from_hours(1), 100.0 * MB);
        fleet.vm(std::slice::from_ref(&burst));
        change(&mut fleet);
        simulate(&fleet)
    };
    let limit = Some(ByteRate::from_bytes_per_s(25.0 * MB));
    let flows = lone(&|fleet| fleet.link.flow_ceiling = Some(FlowCeiling { flows: 4, per_flow: BitRate::from_mbps(50.0) }));
    let machine = lone(&|fleet| fleet.vms[0].0.churn_limit = limit);
    let disk = lone(&|fleet| fleet.each_disk(|disk| disk.churn_limit = limit));
    for (results, name) in [(&flows, "TCP flows of VM vm-0"), (&machine, "limit of VM vm-0"), (&disk, "limit of disk vm-0/0")] {
        // 25 MB/s carry in 1,200 s what is written in 600 s; the lag is above nothing all that time.
        assert_eq!(results.bottlenecks.len(), 1, "{:?}", results.bottlenecks);
        let (time, worst) = waited(results, name).unwrap_or_else(|| panic!("{name} is not in {:?}", results.bottlenecks));
        close(name, time, 1200.0, 1e-6);
        close(name, worst, 1200.0, 1e-6);
    }
}

/// Of two disks under limits of their own, each is credited with the time in which it set the fleet's worst lag, and no other.
#[test]
fn the_disk_that_sets_the_worst_lag_is_credited_alone() {
    let mut fleet = Fleet::new(Span::from_hours(2), 100.0 * MB);
    // Slow: 30 on 20 for 1,000 s, clear at 1,500 s. Slower from 2,000 s on: the same again on the other disk.
    let late = |start: usize| {
        let mut rates = vec![0.0f32; 30];
        rates[start..start + 10].fill(30.0 * MB as f32);
        table(Span::from_secs(100), &rates)
    };
    fleet.vm(&[late(0), late(20)]);
    fleet.each_disk(|disk| disk.churn_limit = Some(ByteRate::from_bytes_per_s(20.0 * MB)));
    let results = simulate(&fleet);
    for disk in ["vm-0/0", "vm-0/1"] {
        let (time, worst) = waited(&results, &format!("limit of disk {disk}")).expect("it waited");
        close(disk, time, 1500.0, 1e-6);
        close(disk, worst, 1500.0, 1e-6);
        let found = results.disks.iter().find(|found| found.name == disk).expect("the disk");
        close(disk, found.worst_of_fleet_s, 1500.0, 1e-6);
        close(disk, found.lag.max, 500.0, 1e-6);
        // A triangle of 500 s over 1,500 s in two hours; over 311 s of threshold nobody asked.
        close(disk, found.lag.mean, 0.5 * 500.0 * 1500.0 / 7200.0, 1e-6);
    }
    close("the machine", results.vms[0].worst_of_fleet_s, 3000.0, 1e-6);
}

/// A process server that is down is its own cause, not its intake.
#[test]
fn a_server_that_is_down_is_named_so() {
    let mut fleet = Fleet::new(Span::from_hours(2), 100.0 * MB);
    fleet.vm(&[steady(MB as f32)]);
    fleet.faults.push(Fault { at: at(600), kind: FaultKind::HubDown { hub: HubId(0), lasts: Span::from_secs(900) } });
    let results = simulate(&fleet);
    close("down", waited(&results, "ps-1 (down)").expect("it was down").0, 900.0, 1e-6);
    assert!(waited(&results, "ps-1 intake").is_none());
}

/// What a disk's own limit holds back does not wait for the link; while the link is cut it is not full.
#[test]
fn backlog_of_the_link_is_what_the_link_holds_back() {
    let mut fleet = Fleet::new(Span::from_hours(2), 100.0 * MB);
    fleet.vm(&[table(Span::from_secs(600), &[50.0 * MB as f32])]);
    fleet.each_disk(|disk| disk.churn_limit = Some(ByteRate::from_bytes_per_s(20.0 * MB)));
    let results = simulate(&fleet);
    close("at the link", results.link.peak_backlog_bytes, 0.0, 1e-9);
    close("anywhere", results.link.peak_waiting_bytes, 30.0 * MB * 600.0, 1.0);
    close("full", results.link.saturated_s, 0.0, 1e-9);
    let mut cut = Fleet::new(Span::from_hours(2), 100.0 * MB);
    cut.vm(&[steady(MB as f32)]);
    cut.link.scheduled.push(CapacityChange { from: at(600), to: at(1590), factor: Share::ZERO, cause: "cut".into() });
    let results = simulate(&cut);
    close("down", results.link.down_s, 990.0, 1e-6);
    // 990 MB drain at a net 99 MB/s in 10 s.
    close("full", results.link.saturated_s, 10.0, 1e-6);
    assert_eq!((results.link.outages, results.link.reductions), (1, 0));
}

/// Where no intake is stated, the throttle halves what came in when it set in: 30 MB/s in and 20 out fill 80 % of 6,000 MB in 480 s; with 15 in and 20 out
/// the cache empties at 5 MB/s, to 75 % in 60 s, while agents gather 15 MB/s.
#[test]
fn the_throttle_works_without_a_stated_intake() {
    let mut fleet = Fleet::new(Span::from_secs(535), 20.0 * MB);
    fleet.hubs[0].cache = Some(DataSize::from_bytes(6_000_000_000));
    fleet.vm(&[steady(30.0 * MB as f32)]);
    let results = simulate(&fleet);
    let server = &results.process_servers[0];
    close("throttled", server.throttled_s, 55.0, 1e-6);
    close("cache", server.peak_cache_bytes, 4800.0 * MB, 1.0);
    close("agent", results.disks[0].peak_agent_bytes, 15.0 * MB * 55.0, 1.0);
}

/// With a retention that is full, a further day of steady writes costs a day's writes; before it is full nothing is said.
#[test]
fn a_further_day_costs_a_day_of_writes() {
    let mut fleet = Fleet::new(Span::from_hours(6 * 24), 10.0 * MB);
    fleet.policy.retention = Span::from_days(3);
    fleet.policy.prune = vec![failback::model::PruneRule { up_to: Span::from_days(3), keep_one_per: Span::from_hours(1) }];
    fleet.vm(&[steady(MB as f32)]);
    let cost = simulate(&fleet).points.retention_cost.expect("points are kept");
    assert!(cost.steady);
    // A point an hour: the day's edge is one point more or less.
    close("a further day", cost.per_extra_day_bytes.expect("the retention was full"), 86_400.0 * MB, 3600.0 * MB);
    close("all of it", cost.mean_bytes, 3.0 * 86_400.0 * MB, 3600.0 * MB);
    fleet.horizon = Span::from_hours(50);
    let short = simulate(&fleet).points.retention_cost.expect("points are kept");
    assert_eq!((short.steady, short.per_extra_day_bytes), (false, None));
}

/// The least time of an initial replication is no more than what a run needs, and just that where one ceiling rules.
#[test]
fn least_copy_time_is_a_bound_and_is_reached_under_one_ceiling() {
    let mut fleet = Fleet::new(Span::from_hours(60), 100.0 * MB);
    fleet.vm(&[steady(0.0)]);
    fleet.vm(&[steady(MB as f32), steady(0.0), steady(0.0), steady(0.0)]);
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes(400_000_000_000));
    fleet.link.flow_ceiling = Some(FlowCeiling { flows: 4, per_flow: BitRate::from_mbps(20.0) });
    let least = simulate(&fleet).initial_replication;
    // 1.6 TB at 10 MB/s.
    close("least", least.duration_s.expect("it ends"), 1.6e12 / (10.0 * MB), 1.0);
    assert_eq!((least.simulated, least.bound_by.as_str()), (false, "TCP flows of VM vm-1"));
    fleet.policy.start_state = StartState::InitialReplication;
    let real = simulate(&fleet).initial_replication;
    assert_eq!((real.simulated, real.bound_by.as_str()), (true, "TCP flows of VM vm-1"));
    let (real, least) = (real.duration_s.expect("it ends"), least.duration_s.expect("it ends"));
    // 1 MB/s of churn, none of which coalesces, comes on top.
    assert!(least < real && (real - 1.6e12 / (9.0 * MB)).abs() < 0.01 * real, "{least} and {real}");
    fleet.each_disk(|disk| disk.churn.scale = 0.0);
    let quiet = simulate(&fleet).initial_replication.duration_s.expect("it ends");
    assert!((quiet - least).abs() < 1e-6 * least, "reached: {least} and {quiet}");
}

/// Excluded gaps are left out of every law: of 4 h the middle 2 h are not known.
#[test]
fn excluded_time_is_in_no_law() {
    let mut fleet = Fleet::new(Span::from_hours(4), 10.0 * MB);
    let rate = MB as f32;
    fleet.vm(&[table(Span::from_hours(1), &[rate, f32::NAN, f32::NAN, rate])]);
    fleet.group(&[failback::model::VmId(0)]);
    let results = simulate(&fleet);
    let known = 2.0 * 3600.0;
    let laws = [("lag", &results.lag), ("reported", &results.reported_rpo), ("point age", &results.point_age)];
    for (name, law) in laws {
        close(name, law.fleet_worst.observed_s, known, 1e-6);
        close(name, law.pooled.observed_s, known, 1e-6);
    }
    for by in &results.loss {
        let bytes = by.bytes.as_ref().expect("bytes are recorded");
        close("bytes, all", bytes.fleet_bytes.observed_s, known, 1e-6);
        close("bytes, pooled", bytes.pooled.observed_s, known, 1e-6);
    }
    close("disk", results.disks[0].lag.observed_s, known, 1e-6);
    close("group", results.groups[0].lag.observed_s, known, 1e-6);
    // A marker every 5 min of which the last one landed at once: 2.5 min on average, in what is known.
    close("mean age", results.reported_rpo.pooled.mean, 150.0, 1.0);
}

/// Before the first point nothing can be lost in bytes either: both readings of Latest are observed from there on.
#[test]
fn unprotected_time_is_in_no_law_of_bytes() {
    let mut fleet = Fleet::new(Span::from_hours(3), 10.0 * MB);
    fleet.vm(&[steady(MB as f32)]);
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes(9_000_000_000));
    fleet.policy.start_state = StartState::InitialReplication;
    let results = simulate(&fleet);
    let observed = |choice: Choice| {
        let by = results.loss.iter().find(|by| by.choice == choice).expect("the choice");
        by.bytes.as_ref().expect("bytes are recorded").fleet_bytes.observed_s
    };
    // In sync after 1,000 s of copying and 111 s of catching up; the next marker, at 1,200 s, is the first point.
    close("byte", observed(Choice::LatestByte), 3.0 * 3600.0 - 1200.0, 301.0);
    close("alike", observed(Choice::LatestByte), observed(Choice::LatestMarker), 1e-6);
}

/// A log that grows older than an hour makes a resync necessary at the next look, and nothing before.
#[test]
fn a_log_that_grows_too_old_is_resynced() {
    let mut fleet = Fleet::new(Span::from_hours(6), 10.0 * MB);
    fleet.vm(&[steady(MB as f32)]);
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes(1_000_000_000));
    fleet.policy.log_age_limit = Some(Span::from_hours(1));
    let cut = |minutes: u64| CapacityChange { from: at(660), to: at(660 + 60 * minutes), factor: Share::ZERO, cause: "cut".into() };
    fleet.link.scheduled = vec![cut(55)];
    assert_eq!(simulate(&fleet).vms[0].resyncs, 0);
    fleet.link.scheduled = vec![cut(90)];
    let results = simulate(&fleet);
    assert_eq!(results.vms[0].resyncs, 1);
    // Out of order from the look at 4,500 s on, the first more than an hour after 660 s, until the 90 minutes and the catching up are over.
    close("lag", results.lag.fleet_worst.max, results.disks[0].unordered_s + 4500.0 - 660.0, 1.0);
}

/// A disk that writes 10 MB/s and may send 4 MB/s is out of order for ever, and what it has still to send settles where new blocks come as fast as they
/// go, W (1 - s / w) = 6 GB of 10 GB, however long that lasts: never more than the disk.
#[test]
fn what_has_changed_never_exceeds_the_disk() {
    let mut fleet = Fleet::new(Span::from_hours(48), 100.0 * MB);
    fleet.vm(&[steady(10.0 * MB as f32)]);
    fleet.each_disk(|disk| {
        disk.size = DataSize::from_bytes(10_000_000_000);
        disk.footprint = Footprint { sets: vec![WorkingSet { size: 10e9, share: 1.0 }] };
        disk.churn_limit = Some(ByteRate::from_bytes_per_s(4.0 * MB));
        disk.agent_buffer = Some(DataSize::from_bytes(500_000_000));
    });
    // The limit is that of the upload, so a cache must fill before the agent's buffer does.
    fleet.hubs[0].cache = Some(DataSize::from_bytes(1_000_000_000));
    let results = simulate(&fleet);
    let disk = &results.disks[0];
    assert_eq!(disk.bitmap_entries, 1);
    // The full cache keeps what it holds until it has been sent, and it has long been.
    close("pending", disk.pending_bytes, 6e9, 1e6);
    assert!(results.link.peak_waiting_bytes <= 10e9, "{}", results.link.peak_waiting_bytes);
    close("limit in force", disk.limit_in_force_bytes_per_s.expect("a limit"), 4.0 * MB, 0.0);
}

/// The manager is told of it first, with what would be without that disk; and not told where the limit does not hold.
#[test]
fn disks_that_can_never_be_in_sync_are_named_first() {
    let mut fleet = Fleet::new(Span::from_hours(10), 100.0 * MB);
    fleet.vm(&[steady(10.0 * MB as f32)]);
    fleet.vm(&[steady(1.0 * MB as f32)]);
    fleet.vms[0].1[0].churn_limit = Some(ByteRate::from_bytes_per_s(4.0 * MB));
    let text = said(&fleet);
    assert!(text.contains("Disk vm-0/0 writes 10 MB/s on average and may send 4 MB/s, so it could not catch up"), "{text}");
    assert!(text.contains("The other 1 VM is at worst 0 s behind"), "{text}");
    fleet.vms[0].1[0].churn_limit = None;
    assert!(!said(&fleet).contains("could not catch up"), "{}", said(&fleet));
}

/// Two process servers whose largest days fall on different days: 0.9 of the limit each, but only 1 in all on any day, so one would do.
#[test]
fn servers_needed_are_those_of_the_fleets_largest_day() {
    let mut fleet = Fleet::new(Span::from_days(2), 1000.0 * MB);
    let day = Span::from_days(1);
    fleet.hubs.push(fleet.hubs[0].clone());
    for hub in &mut fleet.hubs {
        hub.daily_limit = DataSize::from_bytes(86_400_000_000);
    }
    fleet.vm(&[table(day, &[0.9 * MB as f32, 0.1 * MB as f32])]);
    fleet.vm(&[table(day, &[0.1 * MB as f32, 0.9 * MB as f32])]);
    fleet.vms[1].0.hub = HubId(1);
    close("share of one server's limit", simulate(&fleet).process_servers_for_largest_day, 1.0, 1e-6);
    let text = said(&fleet);
    assert!(text.contains("the fleet's largest day needs 1 process server, evenly filled"), "{text}");
}

/// A disk whose writes coalesce may be over its limit on average and be in sync between bursts: 100 MB/s for two hours at the start of each day against 4 MB/s,
/// of which no more than the disk's 32 GB have to be sent, which takes 2.2 h.
#[test]
fn a_disk_that_catches_up_between_bursts_is_not_said_to_be_behind_for_good() {
    let mut fleet = Fleet::new(Span::from_days(2), 100.0 * MB);
    let day: Vec<f32> = (0..12).map(|two_hours| if two_hours == 0 { 100.0 * MB as f32 } else { 0.0 }).collect();
    fleet.vm(&[table(Span::from_hours(2), &day.repeat(2))]);
    fleet.hubs[0].cache = Some(DataSize::from_bytes(1_000_000_000));
    fleet.each_disk(|disk| {
        disk.footprint = Footprint { sets: vec![WorkingSet { size: 32e9, share: 1.0 }] };
        disk.churn_limit = Some(ByteRate::from_bytes_per_s(4.0 * MB));
        disk.documented_limit = ByteRate::from_bytes_per_s(2.0 * MB);
        disk.agent_buffer = Some(DataSize::from_bytes(500_000_000));
    });
    let results = simulate(&fleet);
    let disk = &results.disks[0];
    assert!(disk.mean_tracked_bytes_per_s > 2.0 * 4.0 * MB && disk.bitmap_entries == 2, "{disk:?}");
    assert_eq!(disk.behind_since_s, None);
    // Each day: 1.5 GB in order, the 32 GB, and what the cache held.
    assert!(disk.unordered_s < 2.0 * 4.5 * 3600.0, "{}", disk.unordered_s);
    let text = said(&fleet);
    assert!(!text.contains("could not catch up"), "{text}");
    assert!(text.contains("which did not hold them up at that rate, for this run lets disks send more"), "{text}");
    fleet.each_disk(|disk| disk.churn_limit = None);
    assert!(said(&fleet).contains("for the limits of disks are off in this run"), "{}", said(&fleet));
}

/// 5 MB/s for an hour on 2 MB/s: the backlog outlives the end of any short cut, so the lag was over the threshold then in any case.
#[test]
fn a_cut_in_a_backlog_is_not_blamed_for_it() {
    let mut fleet = Fleet::new(Span::from_hours(6), 2.0 * MB);
    fleet.vm(&[table(Span::from_hours(1), &[0.0, 5.0 * MB as f32, 0.0, 0.0, 0.0, 0.0])]);
    let text = said(&fleet);
    assert!(text.contains("(over it then even without the cut)"), "{text}");
    fleet.link.goodput = BitRate::from_bits_per_s(8.0 * 6.0 * MB);
    let text = said(&fleet);
    assert!(!text.contains("(over it then even without the cut)"), "{text}");
}

/// Crashes at the beginning of an initial copy: only what has been sent by then can differ, so hardly anything is sent twice, however often.
#[test]
fn what_of_a_copy_is_still_to_go_is_not_sent_twice() {
    let used = 6e9;
    let mut fleet = Fleet::new(Span::from_hours(2), 10.0 * MB);
    fleet.vm(&[steady(0.0)]);
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes(used as u64));
    fleet.policy.start_state = StartState::InitialReplication;
    fleet.policy.resync_extra_share = failback::units::Share::new(0.2).expect("a share");
    fleet.policy.checksum_rate = ByteRate::from_bytes_per_s(1e12);
    let crash = |second: u64| failback::model::Fault { at: at(second), kind: failback::model::FaultKind::VmCrash { vm: failback::model::VmId(0) } };
    fleet.faults = vec![crash(10), crash(20), crash(30)];
    let carried = simulate(&fleet).link.carried_wire_bytes;
    // A fifth of 100, 200 and 300 MB less what was added before: of each crash's own sent bytes, net of what is to be sent again.
    let sent = |second: f64, before: f64| 0.2 * (10.0 * MB * second - before);
    let first = sent(10.0, 0.0);
    let second = sent(20.0, first);
    let third = sent(30.0, first + second);
    close("carried", carried, used + first + second + third, 1e6);
}
