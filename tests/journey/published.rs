//! Published reprotect times (section A of the list of oracles; vectors V4 to V11 of the documented numbers), by runs of one machine.
//!
//! Microsoft's tables come out with 1 GB = 1024 MB. Durations there are rounded to quarters of an hour: the tests hold the unrounded terms.

use failback::model::{DisasterKind, StartState, World};
use failback::units::{ByteRate, DataSize, Share, Span};

use crate::journey::{close, journey, run};
use crate::support::churn::table;
use crate::support::trip::{self, secs, strikes, with_journey};
use crate::support::world::Fleet;

const MB: f64 = 1_048_576.0;
const GB: f64 = 1024.0 * MB;

/// What a row says of its disk.
struct Row {
    used_gb: f64,
    changed_gb: f64,
    /// Disk throughput and the share of it that a transfer gets.
    throughput: f64,
    share: f64,
    checksum: f64,
    full: bool,
    replay: f64,
}

/// Minutes from the end of autoscaling to the copy being in order, and to the first point.
fn minutes(row: &Row) -> (f64, f64) {
    // What changed is written within the first half hour at the target; before and after that the disk is idle.
    let mut fleet = Fleet::new(Span::from_days(3), 10e9);
    let idle_then_written = [0.0, 0.0, (row.changed_gb * GB / 1800.0) as f32];
    fleet.vm(&[table(Span::from_mins(30), &idle_then_written)]);
    fleet.each_disk(|disk| {
        disk.used = DataSize::from_bytes((row.used_gb * GB) as u64);
        disk.size = DataSize::from_gib(1024);
    });
    let mut world: World = with_journey(fleet.build(), 10e9);
    let plan = trip::journey(&mut world);
    plan.steps.detect = secs(0);
    plan.steps.decide = secs(0);
    plan.steps.autoscale = secs(25 * 60);
    plan.response.commit_after = Span::from_hours(2);
    plan.rules.replay = Share::new(row.replay).expect("a share");
    plan.rules.full_below = if row.full { Share::new(0.1).expect("a share") } else { Share::ZERO };
    plan.rules.copies[0].checksum = ByteRate::from_bytes_per_s(row.checksum * MB);
    let send = row.share * row.throughput;
    plan.rules.copies[0].send = Some(ByteRate::from_bytes_per_s(send * MB));
    // Lost just before its churn begins.
    strikes(&mut world, 3000, DisasterKind::SiteLost { repaired: Some(secs(0)), machines_kept: true });
    assert_eq!(world.policy.start_state, StartState::Protected);
    let output = run(&world);
    let copy = journey(&output).machines[0].trips[0].reprotect.clone().expect("it was reprotected");
    let since = |at: Option<f64>| (at.expect("it was") - copy.began_s) / 60.0;
    assert_eq!(copy.began_s - copy.asked_s, 25.0 * 60.0);
    (since(copy.in_order_s), since(copy.protected_s))
}

const STANDARD: Row = Row { used_gb: 127.0, changed_gb: 0.0, throughput: 60.0, share: 0.16, checksum: 45.0, full: false, replay: 0.0 };

#[test]
fn a1_v4_a_standard_disk_of_127_gb_without_changes_is_compared_in_48_min() {
    close("A1", minutes(&STANDARD).0, 48.2, 0.05);
}

#[test]
fn a2_v5_with_45_gb_changed_at_16_per_cent_of_60_mb_per_s_it_takes_80_min_more() {
    close("A2", minutes(&Row { changed_gb: 45.0, ..STANDARD }).0, 48.2 + 80.0, 0.1);
}

#[test]
fn a3_v6_a_disk_that_is_less_than_a_tenth_used_is_copied_in_full_in_36_min() {
    // 15 GB and 5 GB changed, all of it: 20 GB at 16 % of 60 MB/s.
    close("A3", minutes(&Row { used_gb: 20.0, full: true, ..STANDARD }).0, 35.6, 0.05);
}

#[test]
fn a4_v7_a_premium_disk_of_127_gb_is_compared_in_27_min() {
    close("A4", minutes(&Row { throughput: 200.0, checksum: 80.0, ..STANDARD }).0, 27.1, 0.05);
}

#[test]
fn v8_with_45_gb_changed_at_16_per_cent_of_200_mb_per_s_it_takes_24_min_more() {
    // The page says 1.5 to 2 h in all, which its own terms (27 + 24 + 20 to 30) do not give: the terms are held, the total is not claimed.
    close("V8", minutes(&Row { changed_gb: 45.0, throughput: 200.0, checksum: 80.0, ..STANDARD }).0, 27.1 + 24.0, 0.1);
}

#[test]
fn v9_20_gb_on_a_premium_disk_are_copied_in_full_in_11_min() {
    close("V9", minutes(&Row { used_gb: 20.0, full: true, throughput: 200.0, checksum: 80.0, ..STANDARD }).0, 10.7, 0.05);
}

#[test]
fn a7_v10_the_newer_formula_adds_a_fifth_for_the_points() {
    // Enabling took 72 min; 45 GB at 23 % of 60 MB/s, which the page rounds to 14 MB/s: 55 min (54.9 at 14); a fifth of both: 25.4. With 20 to 30 min of autoscaling "at least
    // three hours"; here 25.
    let checksum = 127.0 * 1024.0 / (72.0 * 60.0);
    let (in_order, protected) = minutes(&Row { changed_gb: 45.0, share: 14.0 / 60.0, checksum, replay: 0.2, ..STANDARD });
    close("A7 checksum and transfer", in_order, 72.0 + 54.9, 0.1);
    close("A7 with the replay", protected, (72.0 + 54.9) * 1.2, 0.15);
    assert!((172.0..183.0).contains(&(protected + 25.0)));
}

#[test]
fn v11_a_pass_over_256_gib_takes_3_2_h_and_an_hour_before_it_makes_4_2() {
    // 45 s per GiB.
    for (gib, hours) in [(256.0, 4.2), (512.0, 7.4)] {
        let row = Row { used_gb: gib, checksum: 1024.0 / 45.0, ..STANDARD };
        close("V11", 1.0 + minutes(&row).0 / 60.0, hours, 0.05);
    }
}
