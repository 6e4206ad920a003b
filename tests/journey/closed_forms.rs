//! One machine, one disk, constant churn: the whole trip by hand.

use failback::model::{DisasterKind, World};
use failback::units::Span;

use crate::journey::{close, journey, run};
use crate::support::churn::steady;
use crate::support::trip::{comes_home, strikes, with_journey};
use crate::support::world::Fleet;

const MB: f64 = 1e6;

/// One disk written at 1 MB/s, 10 MB/s both ways, for three days.
fn one() -> World {
    let mut fleet = Fleet::new(Span::from_days(3), 10.0 * MB);
    fleet.vm(&[steady(1e6)]);
    with_journey(fleet.build(), 10.0 * MB)
}

fn site_lost(machines_kept: bool) -> DisasterKind {
    DisasterKind::SiteLost { repaired: Some(crate::support::trip::secs(0)), machines_kept }
}

#[test]
fn a_trip_of_one_machine_is_as_worked_out_by_hand() {
    let mut world = one();
    strikes(&mut world, 36_130, site_lost(true));
    comes_home(&mut world);
    let output = run(&world);
    let journey = journey(&output);
    let machine = &journey.machines[0];
    let trip = &machine.trips[0];
    // The newest marker stands at 36,000: 130 s and 130 MB are lost.
    assert_eq!(trip.point_s, Some(36_000.0));
    close("loss", trip.loss_s, 130.0, 1e-6);
    close("loss", trip.loss_bytes, 130.0 * MB, 1.0);
    // Detect 60, decide 120, disks 100, boot 50.
    let restored = 36_130.0 + 330.0;
    assert_eq!(trip.restored_s, Some(restored));
    assert_eq!(journey.failovers[0].rto_s, Some(330.0));
    let committed = restored + 1000.0;
    assert_eq!(trip.committed_s, Some(committed));
    // Reprotect: 10 GiB are compared at 22.8 MiB/s, while 1 MB/s goes on being written; then 130 MB of home, and all that was written here, go at 10 MB/s.
    let copy = trip.reprotect.as_ref().expect("it was reprotected");
    assert_eq!((copy.mode.as_str(), copy.asked_s, copy.began_s), ("changed blocks", committed, committed));
    close("at home", copy.other_side_bytes, 130.0 * MB, 1.0);
    close("here", copy.this_side_bytes, 1000.0 * MB, 1.0);
    let compared = 10.0 * 1024.0 / 22.8;
    let differing = 130.0 + 1000.0 + compared;
    let in_order = committed + compared + differing / 9.0;
    close("in order", copy.in_order_s.expect("it was"), in_order, 1e-3);
    close("sent", copy.sent_bytes, (differing + differing / 9.0) * MB, 1e4);
    let protected = (in_order / 300.0).ceil() * 300.0;
    close("first point", copy.protected_s.expect("it was"), protected, 1e-3);
    close("exposed", trip.exposed_away_s, protected - restored, 1e-3);
    close("exposed", trip.exposed_away_bytes, (protected - restored) * MB, 1e4);
    // Home at once: shutdown 30, disks 200, boot 80, address 20 (Linux).
    let failback = trip.failback.as_ref().expect("it came home");
    close("failback", failback.began_s, protected, 1e-3);
    close("downtime", failback.downtime_s.expect("it serves"), 330.0, 1e-3);
    close("loss", failback.loss_s, 0.0, 0.0);
    // Committed 700 s later, its agent registered before that; all 10 GiB go out again at 9 MB/s net of what is written.
    let home = protected + 330.0;
    let again = trip.protect_again.as_ref().expect("it was protected again");
    close("asked", again.asked_s, home + 700.0, 1e-3);
    assert_eq!(again.mode, "full copy");
    let copied = home + 700.0 + 10.0 * 1024.0 * 1_048_576.0 / (9.0 * MB);
    close("in order", again.in_order_s.expect("it was"), copied, 1e-2);
    let last = (copied / 300.0).ceil() * 300.0;
    close("protected again", again.protected_s.expect("it was"), last, 1e-2);
    close("exposed at home", trip.exposed_home_s, last - home, 1e-2);
    let states: Vec<&str> = machine.states.iter().map(|span| span.state.as_str()).collect();
    // States without length are passed through: asked for at once, it is never merely `at_target`.
    let passed =
        ["protected", "protected", "failing_over", "failed_over", "reprotecting", "failing_back", "failed_back", "protecting_again", "protected"];
    assert_eq!(states, passed);
    assert!(machine.states.windows(2).all(|pair| pair[0].to_s == pair[1].from_s), "states follow one another without a hole");
    assert!(output.results.checks.conservation_error < 1e-9, "{}", output.results.checks.conservation_error);
    let back = journey.back.as_ref().expect("data came back");
    assert!(back.checks.conservation_error < 1e-9, "{}", back.checks.conservation_error);
    close("unprotected forward", output.results.vms[0].unprotected_share * 3.0 * 86_400.0, last - 36_130.0, 1.0);
}

#[test]
fn a_planned_failover_loses_nothing_and_takes_what_its_steps_take() {
    let mut world = one();
    let at = failback::units::Instant::START + Span::from_secs(36_130);
    let vms = vec![failback::model::VmId(0)];
    crate::support::trip::journey(&mut world).planned.push(failback::model::PlannedFailover { at, vms });
    let output = run(&world);
    let journey = journey(&output);
    let trip = &journey.machines[0].trips[0];
    close("loss", trip.loss_bytes, 0.0, 0.0);
    // Shutdown 40, disks 100, boot 50; nothing was pending.
    assert_eq!(journey.failovers[0].rto_s, Some(190.0));
    let copy = trip.reprotect.as_ref().expect("it was reprotected");
    close("what home had beyond", copy.other_side_bytes, 0.0, 0.0);
}

#[test]
fn each_choice_of_recovery_point_costs_the_age_of_its_point() {
    // Points are applied 5 min after they have landed; crash points each 5 min, app points each hour. Lost at 36,130 s, decided on 180 s later.
    use failback::model::PointChoice::{self, Custom, Latest, LatestApp, LatestProcessed};
    let expected: [(PointChoice, f64); 4] = [
        (Latest, 36_000.0),
        // The marker of 36,000 is available at 36,300: within the 180 s that it takes to decide.
        (LatestProcessed, 36_000.0),
        (LatestApp, 36_000.0),
        // At least 2 h before the disaster: the newest point at or before 28,930; beyond 2 h one per hour is kept.
        (Custom(Span::from_hours(2)), 28_800.0),
    ];
    for (choice, point) in expected {
        let mut fleet = Fleet::new(Span::from_days(1), 10.0 * MB);
        fleet.vm(&[steady(1e6)]);
        fleet.apply.delay = Span::from_mins(5);
        let mut world = with_journey(fleet.build(), 10.0 * MB);
        crate::support::trip::journey(&mut world).response.point = choice;
        strikes(&mut world, 36_130, site_lost(true));
        let output = run(&world);
        let journey = journey(&output);
        let trip = &journey.machines[0].trips[0];
        assert_eq!(trip.point_s, Some(point), "{choice:?}");
        close("loss", trip.loss_bytes, (36_130.0 - point) * MB, 10.0);
        // Latest waits until its point is processed, at 36,300, which the decision (36,310) has outlasted.
        assert_eq!(journey.failovers[0].rto_s, Some(330.0), "{choice:?}");
    }
}

#[test]
fn latest_waits_for_what_has_landed_and_latest_processed_does_not() {
    use failback::model::PointChoice::{Latest, LatestProcessed};
    for (choice, point, rto) in [(Latest, 36_000.0, 1200.0 - 130.0 + 150.0), (LatestProcessed, 35_100.0, 330.0)] {
        let mut fleet = Fleet::new(Span::from_days(1), 10.0 * MB);
        fleet.vm(&[steady(1e6)]);
        // A slow service: 20 min from landed to available. At the decision, 36,310, the newest that is available is that of 35,100 (at 36,300).
        fleet.apply.delay = Span::from_mins(20);
        let mut world = with_journey(fleet.build(), 10.0 * MB);
        crate::support::trip::journey(&mut world).response.point = choice;
        strikes(&mut world, 36_130, site_lost(true));
        let output = run(&world);
        let trip = &journey(&output).machines[0].trips[0];
        assert_eq!((trip.point_s, journey(&output).failovers[0].rto_s), (Some(point), Some(rto)), "{choice:?}");
    }
}

#[test]
fn an_attack_found_after_longer_than_the_retention_leaves_nothing() {
    // Found after 3 days, points kept for 1: nothing is left. Found after 6 h: the newest clean point is of the attack's hour.
    for (found, left) in [(Span::from_days(3), false), (Span::from_hours(6), true)] {
        let mut fleet = Fleet::new(Span::from_days(6), 10.0 * MB);
        fleet.vm(&[steady(1e6)]);
        let mut world = with_journey(fleet.build(), 10.0 * MB);
        let at = 86_400 + 36_130;
        strikes(&mut world, at, DisasterKind::Attack { found: failback::units::DurationLaw::Fixed(found), rewritten: failback::units::Share::ONE });
        let output = run(&world);
        let machine = &journey(&output).machines[0];
        let trip = &machine.trips[0];
        assert_eq!(machine.ended.is_none(), left);
        assert_eq!(trip.point_s, left.then_some(86_400.0 + 36_000.0));
        if left {
            close("loss", trip.loss_s, found.as_secs_f64() + 130.0, 1e-6);
            let copy = trip.reprotect.as_ref().expect("it was reprotected");
            // The attacker rewrote everything.
            assert!(copy.differing_bytes >= 10.0 * 1024.0 * 1_048_576.0);
        }
    }
}

#[test]
fn without_its_machines_a_site_gets_full_copies() {
    let mut world = one();
    strikes(&mut world, 36_130, site_lost(false));
    let output = run(&world);
    let copy = journey(&output).machines[0].trips[0].reprotect.clone().expect("it was reprotected");
    assert_eq!(copy.mode, "full copy");
    close("all that is used", copy.differing_bytes, 10.0 * 1024.0 * 1_048_576.0, 1.0);
}

#[test]
fn the_target_lost_before_the_reprotect_takes_everything_since_the_boot() {
    let mut world = one();
    strikes(&mut world, 36_130, site_lost(false));
    strikes(&mut world, 36_130 + 330 + 500, DisasterKind::TargetLost { repaired: None });
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    assert!(machine.ended.as_deref().is_some_and(|why| why.contains("the target was lost while it ran there unprotected")), "{:?}", machine.ended);
    close("lost", machine.trips[0].exposed_away_bytes, 500.0 * MB, 1.0);
}

#[test]
fn the_target_lost_while_protected_towards_home_loses_the_reverse_lag() {
    let mut world = one();
    strikes(&mut world, 36_130, site_lost(true));
    strikes(&mut world, 2 * 86_400 + 130, DisasterKind::TargetLost { repaired: None });
    let output = run(&world);
    let trip = &journey(&output).machines[0].trips[0];
    let failback = trip.failback.as_ref().expect("it came home");
    close("loss", failback.loss_s, 130.0, 1e-6);
    close("loss", failback.loss_bytes, 130.0 * MB, 10.0);
    // Detect 60, decide 120, disks 200, boot 80, address 20.
    close("downtime", failback.downtime_s.expect("it serves"), 480.0, 1e-3);
}

#[test]
fn boot_groups_go_in_order_with_their_actions_and_the_service_has_its_throughput() {
    use crate::support::trip::{journey as plan, secs};
    let mut fleet = Fleet::new(Span::from_days(1), 100.0 * MB);
    for _ in 0..5 {
        fleet.vm(&[steady(1e5)]);
    }
    let mut world = with_journey(fleet.build(), 100.0 * MB);
    let vm = |numbers: &[u32]| numbers.iter().map(|&number| failback::model::VmId(number)).collect::<Vec<_>>();
    let action = |name: &str, takes: u64| failback::model::Action { name: name.into(), takes: secs(takes) };
    let groups = vec![
        failback::model::BootGroup { vms: vm(&[0, 1]), before: vec![action("check", 30)], after: vec![action("warm up", 70)] },
        failback::model::BootGroup { vms: vm(&[2, 3, 4]), before: Vec::new(), after: Vec::new() },
    ];
    plan(&mut world).plans.push(failback::model::Plan { name: "all".into(), groups });
    // One begins every 9 s; the last of five 36 s after the first. Two need hydration, 540 s, and are slower to begin: every 18 s.
    plan(&mut world).steps.per_hour = (400.0, 200.0);
    plan(&mut world).steps.hydrated = vec![false, false, false, true, true];
    strikes(&mut world, 36_130, site_lost(true));
    let output = run(&world);
    let journey = journey(&output);
    // Starts 0, 9, 18, 27, 45 s after the decision; disks 100, hydration 540: all are ready at 180 + 45 + 640 = 865. Check 30, boot 50, warm up 70; boot 50.
    let first = 865.0 + 150.0;
    let restored = |vm: usize| journey.machines[vm].trips[0].restored_s.expect("it serves") - 36_130.0;
    close("first group", restored(0), first, 1e-6);
    close("second group", restored(3), first + 50.0, 1e-6);
    close("rto", journey.failovers[0].rto_s.expect("they serve"), first + 50.0, 1e-6);
}
