//! What is in the way, in a run: machines wait, are asked for again, or stay, with the reason of the documents (rows of docs/way-home.md).

use failback::model::{ConfigurationServer, DisasterKind, Drill, FailbackTime, Original, PointChoice, System, VmId, World};
use failback::results::{MachineJourney, Wait};
use failback::units::{Instant, Span};

use crate::journey::drives::home;
use crate::journey::{close, journey, run};
use crate::support::churn::steady;
use crate::support::trip::{comes_home, journey as plan, secs, strikes, with_journey};
use crate::support::world::Fleet;

pub const LOST: u64 = 36_130;

fn at(seconds: u64) -> Instant {
    Instant::START + Span::from_secs(seconds)
}

/// So many machines of one disk at 1 MB/s, a master target for all, the site lost and usable again at once; they come home as soon as they can.
pub fn world(vms: usize) -> World {
    let mut fleet = Fleet::new(Span::from_days(3), 20e6);
    for _ in 0..vms {
        fleet.vm(&[steady(1e6)]);
    }
    let mut base = fleet.build();
    base.home = Some(home(vms, 1e12));
    let mut world = with_journey(base, 20e6);
    strikes(&mut world, LOST, site_lost(0));
    comes_home(&mut world);
    world
}

pub fn site_lost(repaired: u64) -> DisasterKind {
    DisasterKind::SiteLost { repaired: Some(secs(repaired)), machines_kept: true }
}

pub fn wait<'m>(machine: &'m MachineJourney, key: &str) -> &'m Wait {
    machine.waits.iter().find(|wait| wait.key == key).unwrap_or_else(|| panic!("{} did not wait for {key}: {:?}", machine.vm, machine.waits))
}

/// When it serves at home again, if it does [s].
pub fn home_at(machine: &MachineJourney) -> Option<f64> {
    machine.trips.last()?.failback.as_ref()?.restored_s
}

#[test]
fn row_1_a_reprotect_before_the_agent_has_registered_is_asked_for_again() {
    let mut world = world(1);
    plan(&mut world).response.commit_after = Span::from_secs(100);
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    let wait = wait(machine, "agent-not-registered");
    // Booted at +330, committed 100 s later; it registers 600 s after the boot.
    let booted = LOST as f64 + 330.0;
    assert_eq!((wait.from_s, wait.to_s), (booted + 100.0, Some(booted + 600.0)));
    assert_eq!(machine.trips[0].reprotect.as_ref().map(|copy| (copy.asked_s, copy.began_s)), Some((booted + 100.0, booted + 600.0)));
}

#[test]
fn row_2_without_the_configuration_server_reprotect_waits_until_it_is_restored() {
    let mut world = world(1);
    let lost = DisasterKind::ConfigurationServerLost { restored: Some(secs(86_400)), then: ConfigurationServer::Up };
    strikes(&mut world, LOST, lost);
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    assert_eq!(wait(machine, "configuration-server-down").to_s, Some((LOST + 86_400) as f64));
    assert!(home_at(machine).is_some());
}

#[test]
fn row_3_a_configuration_server_with_another_address_keeps_machines_away() {
    for (then, key) in
        [(ConfigurationServer::OtherAddress, "not-in-configuration-server"), (ConfigurationServer::OldBackup, "configuration-backup-too-old")]
    {
        let mut world = world(1);
        strikes(&mut world, LOST, DisasterKind::ConfigurationServerLost { restored: Some(secs(3600)), then });
        let output = run(&world);
        let machine = &journey(&output).machines[0];
        assert_eq!(wait(machine, key).to_s, None, "it waits still");
        assert_eq!(home_at(machine), None);
    }
}

#[test]
fn row_10_a_full_master_target_takes_the_next_machine_once_another_is_home() {
    let mut world = world(3);
    world.home.as_mut().expect("a home").master_target_disks = 5;
    let output = run(&world);
    let machines = &journey(&output).machines;
    let waited = wait(&machines[2], "master-target-full").to_s.expect("it came to its turn");
    let first = machines[..2].iter().filter_map(|machine| machine.states.iter().find(|span| span.state == "failed_back")).map(|span| span.from_s);
    assert_eq!(Some(waited), first.reduce(f64::min));
    assert!(machines.iter().all(|machine| home_at(machine).is_some()));
}

#[test]
fn rows_12_and_13_a_group_on_two_master_targets_does_not_come_home() {
    let mut world = world(2);
    let facts = world.home.as_mut().expect("a home");
    let mut second = facts.master_targets[0].clone();
    second.name = "mt-2".into();
    facts.master_targets.push(second);
    facts.machines[1].master_target = Some(1);
    let mut fleet = Fleet::new(Span::from_days(3), 20e6);
    fleet.vm(&[steady(1e6)]);
    fleet.vm(&[steady(1e6)]);
    fleet.group(&[VmId(0), VmId(1)]);
    let grouped = fleet.build();
    (world.groups, world.vms) = (grouped.groups.clone(), grouped.vms.clone());
    let back = plan(&mut world).back.as_mut().expect("a way back");
    (back.groups, back.vms) = (grouped.groups, grouped.vms);
    let output = run(&world);
    for machine in &journey(&output).machines {
        assert!(machine.waits.iter().any(|wait| wait.key == "group-on-several-master-targets" && wait.to_s.is_none()), "{:?}", machine.waits);
        assert_eq!(home_at(machine), None);
    }
}

#[test]
fn row_24_and_47_a_machine_whose_original_is_gone_is_copied_in_full() {
    for (original, mode) in [(Original::Kept, "changed blocks"), (Original::Deleted, "full copy"), (Original::Lost, "full copy")] {
        let mut world = world(1);
        world.home.as_mut().expect("a home").machines[0].original = original;
        let output = run(&world);
        assert_eq!(journey(&output).machines[0].trips[0].reprotect.as_ref().map(|copy| copy.mode.as_str()), Some(mode));
    }
}

#[test]
fn row_19_a_physical_server_comes_back_as_a_full_copy() {
    let mut world = world(1);
    world.system = System::Physical;
    let output = run(&world);
    assert_eq!(journey(&output).machines[0].trips[0].reprotect.as_ref().map(|copy| copy.mode.as_str()), Some("full copy"));
}

#[test]
fn row_41_while_home_is_down_nobody_is_reprotected() {
    let mut world = world(1);
    plan(&mut world).disasters[0].kind = site_lost(86_400);
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    assert_eq!(wait(machine, "home-down").to_s, Some((LOST + 86_400) as f64));
    assert_eq!(machine.trips[0].reprotect.as_ref().map(|copy| copy.began_s), Some((LOST + 86_400) as f64));
}

#[test]
fn row_49_an_original_that_is_switched_on_must_be_compared_again() {
    let mut world = world(1);
    plan(&mut world).response.failback = None;
    strikes(&mut world, 100_000, DisasterKind::OriginalSwitchedOn { vm: VmId(0), lasts: Span::from_secs(3600) });
    let output = run(&world);
    let copy = journey(&output).machines[0].trips[0].reprotect.clone().expect("it was reprotected");
    assert_eq!(copy.began_s, 100_000.0);
    // An hour at its mean rate of 1 MB/s.
    close("written at home", copy.other_side_bytes, 3600e6, 1e3);
    assert!(copy.differing_bytes >= 3600e6);
}

#[test]
fn a_point_that_has_landed_is_none_once_its_copy_is_void() {
    // Points are available 1000 s after they have landed: the original is switched on in between.
    let world = |switched_on: Option<u64>| {
        let mut world = world(1);
        plan(&mut world).response.failback = None;
        plan(&mut world).back.as_mut().expect("there is a way back").apply.delay = Span::from_secs(1000);
        if let Some(at) = switched_on {
            strikes(&mut world, at, DisasterKind::OriginalSwitchedOn { vm: VmId(0), lasts: Span::from_secs(60) });
        }
        world
    };
    let reprotect = |world: &World| journey(&run(world)).machines[0].trips[0].reprotect.clone().expect("it was reprotected");
    let undisturbed = reprotect(&world(None)).protected_s.expect("it is protected");
    let copy = reprotect(&world(Some(undisturbed as u64 - 500)));
    assert_eq!(copy.began_s, undisturbed.floor() - 500.0);
    let (in_order, protected) = (copy.in_order_s.expect("it ends"), copy.protected_s.expect("it is protected"));
    assert!(protected >= in_order + 1000.0, "in order at {in_order}, protected at {protected}");
}

#[test]
fn a_lost_master_target_is_waited_for_and_only_what_differs_goes_again() {
    let mut world = world(1);
    plan(&mut world).response.failback = None;
    strikes(&mut world, 100_000, DisasterKind::MasterTargetLost { target: 0, replaced: Some(secs(7200)) });
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    assert_eq!(wait(machine, "master-target-lost").to_s, Some(107_200.0));
    let copy = machine.trips[0].reprotect.clone().expect("it was reprotected");
    assert_eq!(copy.began_s, 107_200.0);
    close("written meanwhile", copy.differing_bytes, 7200e6, 1e6);
}

#[test]
fn a_failback_can_be_cancelled_on_the_modernized_appliance_only() {
    for (system, cancelled) in [(System::VmwareModernized, true), (System::VmwareClassic, false)] {
        let mut world = world(1);
        world.system = system;
        plan(&mut world).response.cancel_back = Some(Span::from_secs(100));
        let output = run(&world);
        let machine = &journey(&output).machines[0];
        // Shut down, cancelled 100 s later, booted at the target in 50 s.
        assert_eq!(machine.trips[0].cancelled_s, if cancelled { 150.0 } else { 0.0 });
        assert_eq!(machine.waits.iter().any(|wait| wait.key == "failback-cancelled"), cancelled);
        assert_eq!(
            output.events.iter().any(|event| event.kind == "refused" && event.text.contains("can neither be cancelled nor retried")),
            !cancelled
        );
        assert!(home_at(machine).is_some());
        assert!(journey(&output).back.as_ref().is_some_and(|back| back.checks.conservation_error < 1e-9));
    }
}

#[test]
fn a_failback_waits_for_its_window() {
    let mut world = world(1);
    let windows = vec![(at(40_000), at(50_000)), (at(200_000), at(210_000))];
    plan(&mut world).response.failback = Some(FailbackTime { after: Span::from_secs(30_000), windows });
    let output = run(&world);
    assert_eq!(journey(&output).machines[0].trips[0].failback.as_ref().map(|failback| failback.began_s), Some(200_000.0));
}

/// Asserts that two records are the same but for rounding.
fn alike(path: &str, a: &serde_json::Value, b: &serde_json::Value) {
    use serde_json::Value::{Array, Number, Object};
    match (a, b) {
        (Number(x), Number(y)) => {
            let (x, y) = (x.as_f64().unwrap_or(f64::NAN), y.as_f64().unwrap_or(f64::NAN));
            assert!((x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(1.0), "{path}: {x} and {y}");
        }
        (Array(x), Array(y)) => {
            assert_eq!(x.len(), y.len(), "{path}");
            x.iter().zip(y).enumerate().for_each(|(place, (x, y))| alike(&format!("{path}.{place}"), x, y));
        }
        (Object(x), Object(y)) => x.iter().for_each(|(key, x)| alike(&format!("{path}.{key}"), x, &y[key])),
        _ => assert_eq!(a, b, "{path}"),
    }
}

#[test]
fn a_test_failover_changes_nothing() {
    let with = |tested: bool| {
        let mut world = world(2);
        if tested {
            plan(&mut world).drills.push(Drill { at: vec![at(10_000)], vms: vec![VmId(0), VmId(1)], lasts: Span::from_secs(7200) });
        }
        run(&world)
    };
    let (plain, tested) = (with(false), with(true));
    let drill = journey(&tested).drills[0].clone();
    // Disks 100, boot 50; two copies run for 7200 s and are cleaned up in 10.
    assert_eq!((drill.machines, drill.ready_after_s, drill.cleaned_up_s), (2, 150.0, Some(10_000.0 + 150.0 + 7200.0 + 10.0)));
    close("machine-hours", drill.machine_hours, 4.0, 1e-9);
    let mut results = tested.results.clone();
    results.journey = plain.results.journey.clone();
    results.checks = plain.results.checks.clone();
    let value = |results: &failback::results::Results| serde_json::to_value(results).expect("the record is JSON");
    // An instant more at which sums are taken: rounding, and no more.
    alike("", &value(&results), &value(&plain.results));
    let trips = |output: &failback::results::RunOutput| journey(output).machines.iter().map(|machine| machine.trips.clone()).collect::<Vec<_>>();
    assert_eq!(trips(&plain), trips(&tested));
}

#[test]
fn the_recovery_point_can_be_changed_until_the_commit() {
    let mut world = world(1);
    plan(&mut world).response.change_point = Some((Span::from_secs(500), PointChoice::Custom(Span::from_hours(1))));
    let output = run(&world);
    let trip = &journey(&output).machines[0].trips[0];
    // The newest point at least an hour before the disaster: 32,400 (all of the last two hours are kept).
    assert_eq!(trip.point_s, Some(32_400.0));
    close("loss", trip.loss_s, LOST as f64 - 32_400.0, 1e-6);
    let change = trip.failover_steps.iter().find(|step| step.name == "change the recovery point").expect("it was changed");
    assert_eq!((change.from_s, change.to_s), (LOST as f64 + 330.0 + 500.0, LOST as f64 + 330.0 + 650.0));
    // What home has beyond the point, and what was written at the target since the second boot until the copy began.
    let copy = trip.reprotect.as_ref().expect("it was reprotected");
    close("at home", copy.other_side_bytes, (LOST as f64 - 32_400.0) * 1e6, 1e3);
    close("here", copy.this_side_bytes, (copy.began_s - change.to_s) * 1e6, 1e3);
}

#[test]
fn a_site_lost_again_before_the_failover_begins_is_one_loss() {
    let mut world = world(1);
    strikes(&mut world, LOST + 100, site_lost(0));
    let output = run(&world);
    let journey = journey(&output);
    assert_eq!((journey.machines[0].trips.len(), journey.failovers.len()), (1, 1));
    close("loss", journey.machines[0].trips[0].loss_s, 130.0, 1e-6);
    assert_eq!(journey.failovers[0].rto_s, Some(330.0));
}

#[test]
fn a_site_lost_after_an_attack_was_found_does_not_bring_corrupt_points_back() {
    let mut world = world(1);
    plan(&mut world).disasters.clear();
    // Attacked at 30,010 and found at 36,010; the site is lost a minute later, while it is being decided on.
    strikes(&mut world, 30_010, DisasterKind::Attack { found: secs(6000), rewritten: failback::units::Share::ONE });
    strikes(&mut world, 36_070, site_lost(0));
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    assert_eq!((machine.trips.len(), machine.trips[0].point_s), (1, Some(30_000.0)));
}

#[test]
fn a_planned_failover_that_the_site_is_lost_under_loses_what_had_not_landed() {
    // A link as slow as the churn: 100 MB wait when it is shut down, and ten seconds later the site is gone.
    let mut fleet = Fleet::new(Span::from_days(3), 1e6);
    fleet.vm(&[crate::support::churn::table(Span::from_secs(100), &[&[0.0; 360][..], &[2e6, 0.0]].concat())]);
    let mut world = with_journey(fleet.build(), 20e6);
    plan(&mut world).planned.push(failback::model::PlannedFailover { at: at(36_100), vms: vec![VmId(0)] });
    strikes(&mut world, 36_110, site_lost(0));
    let output = run(&world);
    let trip = &journey(&output).machines[0].trips[0];
    // The newest marker that has landed is that of 36,000; since then 200 MB were written.
    assert_eq!(trip.point_s, Some(36_000.0));
    close("loss", trip.loss_bytes, 200e6, 1e3);
    close("loss of the fleet", journey(&output).failovers[0].loss_bytes, 200e6, 1e3);
    let copy = trip.reprotect.as_ref().expect("it was reprotected");
    close("beyond the point", copy.other_side_bytes, 200e6, 1e3);
}

#[test]
fn a_trip_does_not_pay_for_the_one_before() {
    // The same loss of the site, after an attack and without one: what differs is what was written since.
    let second = |attacked: bool| {
        let mut world = world(1);
        if attacked {
            strikes(&mut world, 10_010, DisasterKind::Attack { found: secs(3600), rewritten: failback::units::Share::ONE });
        }
        plan(&mut world).disasters[0].occurs = failback::model::Occurs::At(vec![at(200_130)]);
        run(&world)
    };
    let copy = |output: &failback::results::RunOutput| {
        let trips = journey(output).machines[0].trips.clone();
        trips.last().and_then(|trip| trip.reprotect.clone()).expect("it was reprotected").differing_bytes
    };
    close("differs", copy(&second(true)), copy(&second(false)), 1e3);
}

#[test]
fn a_commit_leaves_no_point_to_go_back_to() {
    // Protected again, and lost before the first app-consistent point of the second stay: there is none to go to.
    let mut world = world(1);
    plan(&mut world).response.point = PointChoice::LatestApp;
    let first = run(&world);
    let again = journey(&first).machines[0].trips[0].protect_again.as_ref().and_then(|copy| copy.protected_s).expect("protected again");
    let next_app = (again / 3600.0).ceil() * 3600.0;
    assert!(next_app - again > 300.0, "this test needs room before the next app point");
    strikes(&mut world, again as u64 + 60, site_lost(0));
    let output = run(&world);
    let trip = &journey(&output).machines[0].trips[1];
    assert_eq!(trip.point_s, Some(again), "the newest of any kind, instead");
}

#[test]
fn the_windows_of_a_trip_add_up_when_protection_is_lost_in_between() {
    let mut world = world(1);
    plan(&mut world).response.failback = None;
    strikes(&mut world, 100_000, DisasterKind::MasterTargetLost { target: 0, replaced: Some(secs(7200)) });
    let output = run(&world);
    let trip = &journey(&output).machines[0].trips[0];
    assert_eq!(trip.lost_copies.len(), 1);
    let first = trip.lost_copies[0].protected_s.expect("it was protected") - trip.restored_s.expect("it served");
    let second = trip.reprotect.as_ref().and_then(|copy| copy.protected_s).expect("again") - 100_000.0;
    close("exposed", trip.exposed_away_s, first + second, 1e-3);
}

#[test]
fn a_target_lost_before_the_reprotect_leaves_the_original() {
    let mut world = world(1);
    strikes(&mut world, LOST + 330 + 500, DisasterKind::TargetLost { repaired: Some(secs(86_400)) });
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    close("lost", machine.trips[0].exposed_away_bytes, 500e6, 1.0);
    assert_eq!(machine.ended, None);
    let states: Vec<&str> = machine.states.iter().map(|span| span.state.as_str()).collect();
    assert!(states.ends_with(&["unprotected", "initial_replication", "protected"]), "{states:?}");
}

#[test]
fn adding_a_plan_shifts_no_duration() {
    use failback::units::DurationLaw;
    let with = |planned: bool| {
        let mut world = world(2);
        let plan = plan(&mut world);
        plan.steps.boot_target = DurationLaw::Uniform(Span::from_secs(60), Span::from_secs(600));
        if planned {
            let group = failback::model::BootGroup { vms: vec![VmId(1)], before: Vec::new(), after: Vec::new() };
            plan.plans.push(failback::model::Plan { name: "p".into(), groups: vec![group] });
        }
        let output = run(&world);
        let boot = |vm: usize| {
            journey(&output).machines[vm].trips[0].failover_steps.iter().find(|step| step.name == "boot").map(|step| step.to_s - step.from_s)
        };
        (boot(0), boot(1))
    };
    let (plain, planned) = (with(false), with(true));
    close("first", plain.0.expect("it booted"), planned.0.expect("it booted"), 1e-6);
    close("second", plain.1.expect("it booted"), planned.1.expect("it booted"), 1e-6);
}

#[test]
fn between_regions_another_point_may_be_taken_at_home() {
    let mut world = world(1);
    (world.system, world.home) = (System::AzureToAzure, None);
    plan(&mut world).response.change_back = Some((Span::from_secs(300), PointChoice::Custom(Span::from_hours(1))));
    let output = run(&world);
    let trip = &journey(&output).machines[0].trips[0];
    let failback = trip.failback.as_ref().expect("it came home");
    // It came home from its first point at home on: the newest an hour before the shutdown is none, so it stays as it is.
    assert_eq!(failback.loss_bytes, 0.0);
    plan(&mut world).response.failback = Some(FailbackTime { after: Span::from_hours(3), windows: Vec::new() });
    let output = run(&world);
    let trip = &journey(&output).machines[0].trips[0];
    let failback = trip.failback.as_ref().expect("it came home");
    // An hour before the shutdown, at a marker.
    let point = ((failback.began_s - 3600.0) / 300.0).floor() * 300.0;
    close("loss", failback.loss_s, failback.began_s - point, 1e-3);
    close("loss", failback.loss_bytes, (failback.began_s - point) * 1e6, 1e3);
    let change = failback.steps.iter().find(|step| step.name == "change the recovery point").expect("it was changed");
    // Disks 100, boot 80, 300 s after it served.
    let served = failback.restored_s.expect("it serves");
    assert_eq!((change.from_s - served, change.to_s - change.from_s), (300.0, 180.0));
    assert!(trip.protect_again.as_ref().is_some_and(|copy| copy.protected_s.is_some()));
}
