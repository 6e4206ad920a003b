//! What a planner is told of what no link cures, of a link that others use, of short runs, of cuts and of caches.

use failback::churn::{LoadEvent, LoadShape};
use failback::model::{CapacityChange, DiskId, Fault, FaultKind, StartState, VmId};
use failback::units::{BitRate, ByteRate, DataSize, Instant, Share, Span};

use crate::planner::{MB, at, close, said, simulate, waited};
use crate::support::churn::{steady, table};
use crate::support::world::Fleet;

/// What lies between the agents and the stores, by the minute: three copies of 1 GB one after the other at 10 MB/s, those that wait for their turn included.
#[test]
fn copies_to_come_are_in_the_series_until_they_are_done() {
    let mut fleet = Fleet::new(Span::from_hours(1), 10.0 * MB);
    fleet.vm(&[steady(0.0), steady(0.0), steady(0.0)]);
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes(1_000_000_000));
    fleet.policy.start_state = StartState::InitialReplication;
    fleet.policy.copy_disks_at_once = 1;
    let mut world = fleet.build();
    world.output.series_every = Some(Span::from_secs(10));
    let output = failback::simulate::run(&world, 0, &mut |_| ());
    for row in output.series.iter().filter(|row| row.to_s < 300.0) {
        close("to come", row.changed_bytes, 3e9 - 10.0 * MB * row.to_s, 1.0);
    }
    assert!(output.series.iter().filter(|row| row.to_s >= 300.0).all(|row| row.changed_bytes == 0.0));
}

/// A disk that its own limit holds over the threshold is no matter of the link: 50 MB/s for 600 s against 20 MB/s is over 5 min for 1,000 s (closed form G),
/// and takes from its neighbour's link no less for that.
#[test]
fn a_disk_that_no_link_keeps_within_the_threshold_is_named() {
    let mut fleet = Fleet::new(Span::from_hours(3), 1000.0 * MB);
    fleet.vm(&[table(Span::from_secs(600), &[50.0 * MB as f32])]);
    fleet.vm(&[steady(MB as f32)]);
    fleet.policy.rpo_threshold = Span::from_mins(5);
    assert!(!said(&fleet).contains("No link keeps"), "{}", said(&fleet));
    fleet.vms[0].1[0].churn_limit = Some(ByteRate::from_bytes_per_s(20.0 * MB));
    let results = simulate(&fleet);
    close("late alone", results.disks[0].late_alone_s.expect("a limit"), 1000.0, 1e-6);
    assert_eq!(results.disks[1].late_alone_s, None);
    // Nothing else holds it up in this run, so that is what it was.
    close("breaches", results.disks[0].breaches.total_s, 1000.0, 1.0);
    let text = said(&fleet);
    assert!(
        text.contains("No link keeps every VM within 5 min all the time: disk vm-0/0 alone is over it for 17 min by its own limit of 20 MB/s."),
        "{text}"
    );
    // A narrow link makes it later in the run, not alone.
    fleet.link.goodput = BitRate::from_bits_per_s(8.0 * 5.0 * MB);
    let narrow = simulate(&fleet);
    close("late alone", narrow.disks[0].late_alone_s.expect("a limit"), 1000.0, 1e-6);
    assert!(narrow.disks[0].breaches.total_s > 3000.0, "{}", narrow.disks[0].breaches.total_s);
}

/// The checksum pass of a resync holds a disk up, not a limit that it does not have.
#[test]
fn a_checksum_pass_is_named_as_what_it_is() {
    let mut fleet = Fleet::new(Span::from_hours(3), 10.0 * MB);
    fleet.vm(&[steady(MB as f32)]);
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes(5_000_000_000));
    fleet.policy.checksum_rate = ByteRate::from_bytes_per_s(5.0 * MB);
    fleet.faults = vec![Fault { at: at(3600), kind: FaultKind::VmCrash { vm: VmId(0) } }];
    let results = simulate(&fleet);
    let (held, worst) = waited(&results, "checksum passes, and copies that wait for their turn").expect("the pass");
    // 5 GB at 5 MB/s.
    close("held", held, 1000.0, 1.0);
    assert!(worst <= held + 1e-6, "{worst} s of the fleet's worst in {held} s");
    for bottleneck in &results.bottlenecks {
        assert!(bottleneck.set_fleet_worst_s <= bottleneck.time_s * (1.0 + 1e-9), "{bottleneck:?}");
        assert!(!bottleneck.resource.starts_with("limit of"), "{bottleneck:?}");
    }
}

/// What is left of the link is what counts: 10 MB/s less 9 MB/s of other traffic.
#[test]
fn a_link_that_others_use_is_not_said_to_be_all_there() {
    let mut fleet = Fleet::new(Span::from_hours(30), 10.0 * MB);
    fleet.vm(&[steady(0.5 * MB as f32)]);
    assert!(said(&fleet).contains("this link gives 80 Mbps. "), "{}", said(&fleet));
    fleet.link.background = BitRate::from_bits_per_s(8.0 * 9.0 * MB);
    close("left", simulate(&fleet).link.mean_capacity_bit_per_s, 8.0 * MB, 1e-3);
    assert!(said(&fleet).contains("80 Mbps, of which throttle, background traffic and outages leave 8 Mbps on average"), "{}", said(&fleet));
}

/// In 6 h a link may be a sixth short of 5 MB/s and the lag still under an hour; that is no link for longer.
#[test]
fn a_link_that_is_enough_only_for_so_short_a_run_is_said_to_be_so() {
    let mut fleet = Fleet::new(Span::from_hours(6), 100.0 * MB);
    fleet.vm(&[steady(5.0 * MB as f32)]);
    fleet.policy.rpo_threshold = Span::from_hours(1);
    let queue = simulate(&fleet).one_queue;
    close("mean", queue.mean_bit_per_s, 40e6, 1.0);
    assert!(queue.levels[0].goodput_bit_per_s < 0.9 * queue.mean_bit_per_s);
    assert!(said(&fleet).contains("That is less than the 40 Mbps written on average"), "{}", said(&fleet));
    assert!(said(&fleet).contains("a whole day needs more") || !said(&fleet).contains("evenly filled"), "{}", said(&fleet));
}

/// Events grow with all churn: 1 MB/s usual and 1 MB/s on top, at 100 % a year, after ten days.
#[test]
fn events_grow_with_the_churn() {
    let mut fleet = Fleet::new(Span::from_days(11), 100.0 * MB);
    fleet.vm(&[steady(MB as f32)]);
    let mut world = fleet.build();
    world.growth_per_year = 1.0;
    world.load_events = vec![LoadEvent {
        name: "more".into(),
        disks: vec![DiskId(0)],
        starts: vec![Instant::START],
        lasts: Span::from_days(11),
        shape: LoadShape::Add(MB),
    }];
    let results = failback::simulate::run(&world, 0, &mut |_| ()).results;
    let days: f64 = (0..11).map(|day| 2f64.powf(f64::from(day) / 365.0)).sum();
    close("written", results.disks[0].written_bytes, 2.0 * MB * 86_400.0 * days, 1e3);
}

/// A cut as long as the threshold ends with a lag just at it, which then goes on growing while more is written than the link carries: 20 MB/s from 10 to 11 h,
/// 1 MB/s else, on 15 MB/s. What is foretold of that cut is what happens in a run with it.
#[test]
fn the_return_after_a_cut_is_the_last_one() {
    let mut fleet = Fleet::new(Span::from_hours(30), 15.0 * MB);
    let hours: Vec<f32> = (0..30).map(|hour| if hour == 10 { 20.0 * MB as f32 } else { MB as f32 }).collect();
    fleet.vm(&[table(Span::from_hours(1), &hours)]);
    fleet.policy.rpo_threshold = Span::from_hours(1);
    let foretold = simulate(&fleet).one_queue.outages.into_iter().find(|outage| outage.cut_s == 3600.0).expect("the cut of an hour");
    let from = at(foretold.worst_start_s.round() as u64);
    fleet.link.scheduled = vec![CapacityChange { from, to: from + Span::from_hours(1), factor: Share::ZERO, cause: "cut".into() }];
    let results = simulate(&fleet);
    let end_of_breach = results.breaches.first_at_s.expect("a breach") + results.breaches.total_s;
    assert_eq!(results.breaches.count, 1);
    close("back", foretold.back_within_s.expect("it comes back"), end_of_breach - foretold.worst_start_s - 3600.0, 1.0);
}

/// Agents that catch up after a throttle send as fast as they can; the next throttle must not be half of that: the cache cycles between 80 and 75 %.
#[test]
fn the_second_throttle_holds_too() {
    let mut fleet = Fleet::new(Span::from_hours(12), 10.0 * MB);
    fleet.vm(&[steady(12.0 * MB as f32)]);
    fleet.hubs[0].intake = None;
    fleet.hubs[0].cache = Some(DataSize::from_bytes(20_000_000_000));
    let server = &simulate(&fleet).process_servers[0];
    close("never full", server.full_s, 0.0, 0.0);
    assert!(server.peak_cache_bytes <= 0.8 * 20e9 * (1.0 + 1e-9), "{}", server.peak_cache_bytes);
}

/// Two disks of one VM that write in turn: the VM never writes more than one of them.
#[test]
fn a_vm_s_peak_is_of_one_instant() {
    let mut fleet = Fleet::new(Span::from_hours(4), 100.0 * MB);
    let (on, off) = (10.0 * MB as f32, 0.0);
    fleet.vm(&[table(Span::from_hours(1), &[on, off, on, off]), table(Span::from_hours(1), &[off, on, off, on])]);
    close("peak", simulate(&fleet).vms[0].peak_bytes_per_s, 10.0 * MB, 0.0);
}

/// An empty cache drains in no time: no alert after the last byte has left.
#[test]
fn an_empty_cache_needs_no_time_to_drain() {
    let mut fleet = Fleet::new(Span::from_hours(24), 7.0 * MB);
    fleet.hubs[0].cache = Some(DataSize::from_bytes(600_000_000_000));
    fleet.vm(&[table(Span::from_hours(1), &[0.0, 9.0 * MB as f32, 0.0])]);
    let server = &simulate(&fleet).process_servers[0];
    // 7.2 GB wait at the end of the hour, 17 min of the link.
    assert_eq!((server.drain_warning.raised, server.drain_critical.raised), (0, 0), "{server:?}");
}
