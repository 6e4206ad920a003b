//! What the target refuses, in a run (rows 32 and 33 of docs/way-home.md): failovers fail, are tried again when there is room, or are given up.

use failback::model::{DisasterKind, Drill, Forbidden, MachineTarget, PlannedFailover, System, Target, VmId, World};
use failback::results::MachineJourney;
use failback::units::{Instant, Span};

use crate::journey::waits::{LOST, home_at, site_lost, wait, world};
use crate::journey::{Change, journey, run};
use crate::support::trip::{journey as plan, secs};

const DAY: u64 = 86_400;

/// So many machines of four cores and an interface each, a quota of so many cores, and the site down for a day.
fn limited(vms: usize, cores: u32) -> World {
    let mut world = world(vms);
    plan(&mut world).disasters[0].kind = site_lost(DAY);
    let machines = vec![MachineTarget { cores: 4, interfaces: 1, ..MachineTarget::default() }; vms];
    world.target = Target { cores: Some(cores), machines, ..Target::default() };
    world
}

fn in_state(machine: &MachineJourney, state: &str) -> Option<(f64, f64)> {
    machine.states.iter().find(|span| span.state == state).map(|span| (span.from_s, span.to_s))
}

/// When failovers begin: detected and decided on.
const BEGINS: f64 = (LOST + 180) as f64;

#[test]
fn row_33_a_machine_without_cores_goes_on_at_home_once_that_can_be_used() {
    let output = run(&limited(3, 8));
    let machines = &journey(&output).machines;
    let back = (LOST + DAY) as f64;
    for machine in &machines[..2] {
        assert_eq!(machine.trips[0].restored_s, Some(LOST as f64 + 330.0));
    }
    let last = &machines[2];
    assert_eq!(last.trips[0].restored_s, None);
    // It goes on with all that it had written.
    assert_eq!((last.trips[0].point_s, last.trips[0].loss_bytes), (None, 0.0));
    let waited = wait(last, "too-few-cores");
    assert_eq!((waited.from_s, waited.to_s), (BEGINS, Some(back)));
    assert!(waited.text.contains("4 wanted, 0 of 8 left"), "{}", waited.text);
    assert_eq!(in_state(last, "failover_failed"), Some((BEGINS, back)));
    // Down until its original has started, 80 s after the site can be used; then it is copied anew and protected.
    let down = last.states.iter().filter(|span| span.runs_at == "nowhere").map(|span| span.to_s).fold(0.0, f64::max);
    assert_eq!(down, back + 80.0);
    assert_eq!(last.states.last().map(|span| span.state.as_str()), Some("protected"));
    assert_eq!(journey(&output).failovers[0].recovered, 2);
    assert!(output.results.checks.conservation_error < 1e-9);
}

#[test]
fn row_33_a_failover_is_tried_again_once_the_quota_is_raised() {
    let mut world = limited(3, 8);
    world.target.raised_after = Some(Span::from_secs(7200));
    let output = run(&world);
    let last = &journey(&output).machines[2];
    assert_eq!(in_state(last, "failover_failed"), Some((BEGINS, BEGINS + 7200.0)));
    // Disks 100, boot 50.
    assert_eq!(last.trips[0].restored_s, Some(BEGINS + 7200.0 + 150.0));
    assert_eq!((last.trips.len(), journey(&output).failovers[0].recovered), (1, 3));
    assert!(journey(&output).machines.iter().all(|machine| home_at(machine).is_some()));
}

#[test]
fn row_33_a_machine_whose_original_is_gone_takes_the_place_of_one_that_came_home() {
    let mut world = limited(2, 4);
    plan(&mut world).disasters[0].kind = DisasterKind::SiteLost { repaired: Some(secs(3600)), machines_kept: false };
    let output = run(&world);
    let machines = &journey(&output).machines;
    // The machine at the target is removed when the failback is committed.
    let freed = machines[0].trips[0].failback.as_ref().and_then(|failback| failback.committed_s).expect("the first came home");
    assert_eq!(wait(&machines[1], "too-few-cores").to_s, Some(freed));
    assert_eq!(machines[1].trips[0].restored_s, Some(freed + 150.0));
    assert!(home_at(&machines[1]).is_some());
}

#[test]
fn row_32_interfaces_policies_and_availability_sets_forbid_too() {
    let cases: [(&str, Change<Target>); 3] = [
        ("interfaces: 1 wanted, 0 of 1 left", |target| (target.cores, target.interfaces) = (None, Some(1))),
        ("a policy", |target| target.machines[1].forbidden = Some(Forbidden::Policy)),
        ("the family of its availability set", |target| target.machines[1].forbidden = Some(Forbidden::AvailabilitySet)),
    ];
    for (text, change) in cases {
        let mut world = limited(2, 100);
        world.target.raised_after = Some(Span::from_secs(60));
        change(&mut world.target);
        let output = run(&world);
        let machines = &journey(&output).machines;
        let waited = wait(&machines[1], "target-quota");
        assert!(waited.text.contains(text), "{}", waited.text);
        // A quota is raised after a minute; a policy is not.
        assert_eq!(machines[1].trips[0].restored_s.is_some(), text.starts_with("interfaces"), "{text}");
        assert!(machines[0].trips[0].restored_s.is_some());
    }
}

#[test]
fn a_planned_failover_beyond_the_quota_fails_when_its_data_has_landed() {
    let mut world = limited(2, 4);
    plan(&mut world).disasters.clear();
    let at = Instant::START + Span::from_secs(LOST);
    plan(&mut world).planned.push(PlannedFailover { at, vms: vec![VmId(0), VmId(1)] });
    let output = run(&world);
    let last = &journey(&output).machines[1];
    assert_eq!(last.trips[0].restored_s, None);
    // Shut down in 40 s; home is there, so its original is started again in 80 s.
    let down = last.states.iter().filter(|span| span.runs_at == "nowhere").map(|span| span.to_s - span.from_s).sum::<f64>();
    assert_eq!(down, 120.0);
    assert_eq!(last.states.last().map(|span| span.state.as_str()), Some("protected"));
    assert!(home_at(&journey(&output).machines[0]).is_some());
}

#[test]
fn between_regions_the_machine_that_was_left_keeps_its_cores() {
    let mut world = limited(2, 4);
    (world.system, world.home) = (System::AzureToAzure, None);
    plan(&mut world).disasters[0].kind = DisasterKind::SiteLost { repaired: Some(secs(3600)), machines_kept: false };
    let output = run(&world);
    let machines = &journey(&output).machines;
    assert!(home_at(&machines[0]).is_some());
    assert_eq!(wait(&machines[1], "too-few-cores").to_s, None, "it waits still");
}

#[test]
fn a_test_failover_finds_what_the_quota_lacks_and_its_copies_count() {
    let mut world = limited(3, 8);
    plan(&mut world).disasters.clear();
    let vms = vec![VmId(0), VmId(1), VmId(2)];
    plan(&mut world).drills.push(Drill { at: vec![Instant::START + Span::from_secs(10_000)], vms, lasts: Span::from_hours(1) });
    let output = run(&world);
    let drill = &journey(&output).drills[0];
    assert_eq!((drill.machines, drill.refused), (2, 1));
    assert_eq!(output.events.iter().filter(|event| event.kind == "test_failed").count(), 1);
}
