//! The twin's round trip against trips worked out by hand.

use failback::model::{CapacityChange, DisasterKind, Footprint, PlannedFailover, VmId, WorkingSet, World};
use failback::units::{ByteRate, DataSize, Instant, Share, Span};

use crate::support::churn::{steady, table};
use crate::support::trip::{comes_home, journey, secs, strikes, with_journey};
use crate::support::world::Fleet;
use crate::twin::trip::round::{Outcome, run};
use crate::twin::trip::story::CopyStory;

const MB: f64 = 1e6;

fn close(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got}, expected {expected} within {tolerance}");
}

fn copy(copy: Option<CopyStory>) -> (CopyStory, f64, f64) {
    let copy = copy.expect("it was copied");
    (copy, copy.in_order.expect("it was in order"), copy.protected.expect("it was protected"))
}

/// Ten hours; what is used is compared in 1000 s.
fn fleet(link: f64) -> Fleet {
    let mut fleet = Fleet::new(Span::from_hours(10), link * MB);
    fleet.policy.checksum_rate = ByteRate::from_bytes_per_s(4.0 * MB);
    fleet
}

fn lost(world: &mut World, at: u64) {
    let used = DataSize::from_bytes(4_000_000_000);
    world.disks.iter_mut().for_each(|disk| disk.used = used);
    journey(world).rules.copies.iter_mut().for_each(|copy| copy.scanned = used);
    strikes(world, at, DisasterKind::SiteLost { repaired: Some(secs(0)), machines_kept: true });
    comes_home(world);
}

fn each_step(world: &World, check: impl Fn(&Outcome, f64)) {
    for step in [2.0, 1.0, 0.5] {
        check(&run(world, step), step);
    }
}

/// 1 MB/s until 10,800 s, then 3 MB/s; 10 MB/s both ways; lost at 7,277 s.
#[test]
fn one_machine_one_disk() {
    let mut fleet = fleet(10.0);
    fleet.vm(&[table(Span::from_hours(3), &[1e6, 3e6, 3e6, 3e6])]);
    fleet.apply.delay = Span::from_secs(120);
    let mut world = with_journey(fleet.build(), 10.0 * MB);
    lost(&mut world, 7277);
    each_step(&world, |outcome, step| {
        let story = &outcome.stories[0];
        // The marker of 7,200 had landed, and is available at 7,320; decided at 7,277 + 180; disks 100, boot 50.
        close("point", story.point.unwrap_or(0.0), 7200.0, 1e-9);
        close("loss", story.loss_bytes, 77.0 * MB, 1.0);
        let restored = 7277.0 + 180.0 + 150.0;
        close("restored", story.restored.unwrap_or(0.0), restored, 1e-9);
        // Committed after 1000 s, at 8,607; 1000 s of comparison; 77 + 1000 + 1000 MB go at 10 - 1 MB/s: all before 10,800.
        let (copied, in_order, protected) = copy(story.reprotect);
        close("began", copied.began, restored + 1000.0, 1e-9);
        close("differing", copied.differing, 1077.0 * MB, 2.0 * step * MB);
        let expected = restored + 2000.0 + 2077.0 / 9.0;
        close("in order", in_order, expected, 2.0 * step);
        close("sent", copied.sent, 10.0 * MB * 2077.0 / 9.0, 20.0 * step * MB);
        // 9,837.8: the next marker is of 9,900, applied 120 s later.
        close("protected", protected, 9900.0 + 120.0, 1e-6);
        let exposed = story.exposed_away.expect("it was exposed");
        close("exposed", exposed.time, 10_020.0 - restored, 1e-6);
        close("exposed", exposed.bytes, (10_020.0 - restored) * MB, 2.0 * step * MB);
        // Home at once: shutdown 30, apply 120, disks 200, boot 80, address 20.
        close("failback", story.failback.unwrap_or(0.0), 10_020.0, 1e-6);
        let home = 10_020.0 + 450.0;
        close("home", story.home.unwrap_or(0.0), home, 1e-6);
        // Committed 700 s later, at 11,170; by now 3 MB/s are written: 4,000 MB at 10 - 3.
        let (copied, in_order, protected) = copy(story.again);
        close("began again", copied.began, home + 700.0, 1e-6);
        close("in order again", in_order, home + 700.0 + 4000.0 / 7.0, 2.0 * step);
        close("protected again", protected, 12_000.0 + 120.0, 1e-6);
        let exposed = story.exposed_home.expect("it was exposed");
        close("exposed at home", exposed.bytes, ((10_800.0 - home) + 3.0 * (12_120.0 - 10_800.0)) * MB, 6.0 * step * MB);
    });
}

/// Two disks on 6 MB/s: one writes nothing at the target, the other 2 MB/s.
#[test]
fn the_slower_disk_decides_and_the_other_leaves_it_its_share() {
    let mut fleet = fleet(100.0);
    fleet.vm(&[table(Span::from_secs(7500), &[6e6]), steady(2e6)]);
    let mut world = with_journey(fleet.build(), 6.0 * MB);
    lost(&mut world, 7400);
    each_step(&world, |outcome, step| {
        let story = &outcome.stories[0];
        close("loss", story.loss_bytes, 200.0 * 8.0 * MB, 1.0);
        // Compared until 7,400 + 330 + 1000 + 1000 s. 1,200 MB on one; 400 + 2 x 2000 on the other. Each gets 3 MB/s: the first ends after 400 s, when the other
        // has lost 1 MB/s of its 4,400; the rest goes at 6 - 2.
        let compared = 9730.0;
        let (copied, in_order, _) = copy(story.reprotect);
        close("in order", in_order, compared + 400.0 + 4000.0 / 4.0, 4.0 * step);
        close("sent", copied.sent, 6.0 * 1400.0 * MB, 20.0 * step * MB);
    });
}

/// All writes go into one set of 1,000 MB: what is dirty follows dD/dt = w (1 - D/W) - s.
#[test]
fn what_is_written_twice_is_sent_once() {
    let (w, s, set) = (4.0, 5.0, 1000.0);
    let mut fleet = fleet(100.0);
    fleet.vm(&[steady(4e6)]);
    fleet.each_disk(|disk| disk.footprint = Footprint { sets: vec![WorkingSet { size: set * MB, share: 1.0 }] });
    let mut world = with_journey(fleet.build(), s * MB);
    lost(&mut world, 7400);
    each_step(&world, |outcome, step| {
        let written = 200.0 * w + 2000.0 * w;
        let dirty = set * (1.0 - (-written / set).exp());
        let rest = set * (1.0 - s / w);
        let takes = set / w * ((dirty - rest) / -rest).ln();
        let (copied, in_order, _) = copy(outcome.stories[0].reprotect);
        close("in order", in_order, 9730.0 + takes, 3.0 * step);
        close("sent", copied.sent, s * takes * MB, 3.0 * step * s * MB);
    });
}

/// The link home is cut for 300 s in the middle of the copy, and each disk may send 4 MB/s only.
#[test]
fn a_cut_and_a_ceiling_cost_what_they_cost() {
    let mut fleet = fleet(100.0);
    fleet.vm(&[steady(1e6)]);
    let mut world = with_journey(fleet.build(), 10.0 * MB);
    lost(&mut world, 7400);
    let from = Instant::START + Span::from_secs(9830);
    let plan = journey(&mut world);
    plan.rules.copies[0].send = Some(ByteRate::from_bytes_per_s(4.0 * MB));
    let cut = CapacityChange { from, to: from + Span::from_secs(300), factor: Share::ZERO, cause: "cut".into() };
    plan.back.as_mut().expect("there is a way back").link.scheduled.push(cut);
    each_step(&world, |outcome, step| {
        // 200 + 2000 MB; 100 s at 4 - 1, 300 s at -1, the rest at 4 - 1.
        let (_, in_order, _) = copy(outcome.stories[0].reprotect);
        close("in order", in_order, 10_130.0 + (2200.0 - 300.0 + 300.0) / 3.0, 3.0 * step);
    });
}

#[test]
fn a_planned_failover_sends_what_is_pending_first() {
    // 8 MB/s for 2 h on 6 MB/s: 14,400 MB wait at 7,200 s, 2,400 s long; in flight for 10 s.
    let mut fleet = fleet(6.0);
    fleet.vm(&[steady(8e6)]);
    fleet.link.rtt = Span::from_secs(20);
    let mut world = with_journey(fleet.build(), 20.0 * MB);
    journey(&mut world).planned.push(PlannedFailover { at: Instant::START + Span::from_secs(7200), vms: vec![VmId(0)] });
    each_step(&world, |outcome, step| {
        let story = &outcome.stories[0];
        close("drained", story.point.unwrap_or(0.0), 7200.0 + 2400.0 + 10.0, step);
        close("restored", story.restored.unwrap_or(0.0), 7200.0 + 2410.0 + 150.0, step);
        close("loss", story.loss_bytes, 0.0, 0.0);
    });
}

#[test]
fn a_lag_on_the_way_home_is_sent_before_the_machine_starts_there() {
    // At the target 2 MB/s, from 10,800 s on 14 MB/s, on 10 MB/s home; a window at 12,800 s: 8,000 MB wait by then, 800 s of sending, the oldest of them 571 s old.
    let mut fleet = fleet(100.0);
    fleet.vm(&[table(Span::from_secs(10_800), &[2e6, 14e6])]);
    let mut world = with_journey(fleet.build(), 10.0 * MB);
    lost(&mut world, 7400);
    let window = Instant::START + Span::from_secs(12_800);
    let home = journey(&mut world).response.failback.as_mut().expect("it comes home");
    home.windows.push((window, window + Span::from_secs(60)));
    each_step(&world, |outcome, step| {
        let story = &outcome.stories[0];
        close("began", story.failback.unwrap_or(0.0), 12_800.0, 1e-9);
        close("pending", story.pending, 8000.0 * MB, 20.0 * step * MB);
        close("drained", story.drained.unwrap_or(0.0), 13_600.0, 2.0 * step);
        close("home", story.home.unwrap_or(0.0), 13_900.0, 2.0 * step);
        // The last byte is written at 12,800 and lands at 13,600.
        close("lag", outcome.reverse_lag[0].max, 800.0, 3.0 * step);
    });
}
