//! What the facts of a site do in a run (rows of docs/way-home.md): machines wait, stay, or bring more home.

use failback::model::{DisasterKind, Group, GroupId, Home, MachineHome, MachineTarget, PointChoice, System, VmId};
use failback::units::{DataSize, Instant, Span};

use crate::journey::waits::{LOST, home_at, site_lost, wait, world};
use crate::journey::{Change, close, journey, run};
use crate::support::trip::{journey as plan, secs, strikes};

#[test]
fn row_5_a_machine_that_cannot_be_reached_at_the_target_is_not_reprotected() {
    let mut world = world(2);
    world.home.as_mut().expect("a home").machines[0].unreachable = true;
    let output = run(&world);
    let machines = &journey(&output).machines;
    assert_eq!(wait(&machines[0], "azure-vm-unreachable").to_s, None, "it waits still");
    assert_eq!(machines[0].trips[0].reprotect, None);
    assert!(home_at(&machines[1]).is_some());
}

#[test]
fn rows_8_20_and_51_a_machine_is_protected_towards_home_and_stays_at_the_target() {
    let cases: [(&str, Change<Home>); 3] = [
        ("host-memory-short", |home| home.machines[0].no_memory = true),
        ("hyper-v-home", |home| home.hyper_v = true),
        ("deployment-type-differs", |home| home.same_deployment = false),
    ];
    for (key, change) in cases {
        let mut world = world(1);
        change(world.home.as_mut().expect("a home"));
        let output = run(&world);
        let machine = &journey(&output).machines[0];
        assert_eq!(wait(machine, key).to_s, None, "{key}: it waits still");
        assert!(machine.trips[0].reprotect.as_ref().is_some_and(|copy| copy.protected_s.is_some()), "{key}: the reprotect works");
        assert_eq!(home_at(machine), None, "{key}");
    }
}

#[test]
fn rows_38_and_39_what_lay_on_added_disks_and_iscsi_volumes_comes_home_too() {
    let copied = |change: fn(&mut MachineHome)| {
        let mut world = world(1);
        change(&mut world.home.as_mut().expect("a home").machines[0]);
        let output = run(&world);
        let copy = journey(&output).machines[0].trips[0].reprotect.clone().expect("it was reprotected");
        assert_eq!(copy.mode, "changed blocks");
        assert!(journey(&output).back.as_ref().is_some_and(|back| back.checks.conservation_error < 1e-9));
        copy.differing_bytes
    };
    let plain = copied(|_| ());
    // The machines of these tests are Linux.
    close("a disk that was added", copied(|home| home.disk_added = DataSize::from_bytes(100_000_000_000)) - plain, 100e9, 1.0);
    close("an iSCSI volume", copied(|home| home.iscsi = DataSize::from_bytes(200_000_000_000)) - plain, 200e9, 1.0);
}

#[test]
fn row_40_a_machine_whose_disk_was_resized_is_copied_in_full() {
    let mut world = world(1);
    world.home.as_mut().expect("a home").machines[0].disk_resized = true;
    let output = run(&world);
    assert_eq!(journey(&output).machines[0].trips[0].reprotect.as_ref().map(|copy| copy.mode.as_str()), Some("full copy"));
}

#[test]
fn row_48_a_process_server_that_was_just_set_up_at_the_target_is_waited_for_once() {
    let mut world = world(2);
    plan(&mut world).response.new_servers = Some(secs(900));
    let output = run(&world);
    // Booted at +330, committed 1000 s later, and then asked for: their agents have registered by then.
    let asked = LOST as f64 + 330.0 + 1000.0;
    for machine in &journey(&output).machines {
        let wait = wait(machine, "process-server-new-in-azure");
        assert_eq!((wait.from_s, wait.to_s), (asked, Some(asked + 900.0)));
        assert_eq!(machine.trips[0].reprotect.as_ref().map(|copy| copy.began_s), Some(asked + 900.0));
    }
}

#[test]
fn row_48_process_servers_are_lost_with_the_target_and_set_up_again() {
    let mut world = world(1);
    plan(&mut world).response.new_servers = Some(secs(900));
    plan(&mut world).response.protect_again = true;
    // Home and protected again; the target is lost with its process servers, and a second disaster sends the machine there once more.
    strikes(&mut world, 86_400, DisasterKind::TargetLost { repaired: Some(secs(60)) });
    strikes(&mut world, 200_000, site_lost(0));
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    assert_eq!(machine.waits.iter().filter(|wait| wait.key == "process-server-new-in-azure").count(), machine.trips.len());
    assert_eq!(machine.trips.len(), 2);
}

#[test]
fn row_34_a_machine_is_not_protected_again_through_a_critical_process_server() {
    let mut world = world(1);
    // It serves who is protected already.
    world.hubs[0].critical = true;
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    assert!(home_at(machine).is_some());
    assert_eq!(wait(machine, "process-server-critical").to_s, None, "it waits still");
    assert_eq!(machine.trips[0].protect_again, None);
    assert_eq!(machine.states.last().map(|span| span.state.as_str()), Some("at_home"));
}

#[test]
fn row_34_a_machine_is_not_protected_towards_home_through_a_critical_process_server() {
    let mut world = world(1);
    plan(&mut world).back.as_mut().expect("a way back").hubs[0].critical = true;
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    assert_eq!(wait(machine, "process-server-critical").to_s, None, "it waits still");
    assert_eq!(machine.trips[0].reprotect, None);
}

#[test]
fn row_34_after_the_loss_of_the_target_nobody_is_protected_through_a_critical_process_server() {
    let mut world = world(1);
    plan(&mut world).disasters.clear();
    world.hubs[0].critical = true;
    strikes(&mut world, LOST, DisasterKind::TargetLost { repaired: Some(secs(60)) });
    let output = run(&world);
    let machine = &journey(&output).machines[0];
    assert_eq!(wait(machine, "process-server-critical").from_s, LOST as f64 + 60.0);
    assert_eq!(machine.states.last().map(|span| span.state.as_str()), Some("unprotected"));
}

/// azure-to-azure-troubleshoot-replication.md: after a change of the replica disk's tier a failover to an older point fails with `BookmarkNotFound`.
#[test]
fn row_36_points_of_before_a_change_of_the_tier_cannot_be_used() {
    use failback::model::PointChoice::{Custom, LatestProcessed};
    let hours = |hours: u64| Span::from_hours(hours);
    // Changed half an hour before the loss at 36,130: of three hours ago there is a point, and it cannot be used.
    let cases = [
        (Custom(hours(3)), None, Some(25_200.0), false),
        (Custom(hours(3)), Some(LOST - 1800), Some(36_000.0), true),
        (LatestProcessed, Some(LOST - 1800), Some(36_000.0), false),
        // Changed after the last point: there is none.
        (LatestProcessed, Some(LOST - 20), None, true),
        // Changed after the failover: no matter.
        (Custom(hours(3)), Some(LOST + 1800), Some(25_200.0), false),
    ];
    for (choice, changed, point, told) in cases {
        let mut world = world(1);
        (world.system, world.home) = (System::AzureToAzure, None);
        plan(&mut world).response.point = choice;
        let tier_changed = changed.map(|at| Instant::START + Span::from_secs(at));
        world.target.machines = vec![MachineTarget { tier_changed, ..MachineTarget::default() }];
        let output = run(&world);
        let machine = &journey(&output).machines[0];
        assert_eq!(machine.trips[0].point_s, point, "{choice:?}, changed at {changed:?}");
        assert_eq!(machine.waits.iter().any(|wait| wait.key == "tier-changed"), told, "{choice:?}, changed at {changed:?}");
        assert_eq!(machine.ended.is_some(), point.is_none());
    }
}

#[test]
fn row_36_a_common_point_that_one_member_cannot_use_is_taken_by_none() {
    let mut world = world(2);
    (world.system, world.home) = (System::AzureToAzure, None);
    world.groups.push(Group { name: "g".into(), vms: vec![VmId(0), VmId(1)] });
    world.vms.iter_mut().for_each(|vm| vm.group = Some(GroupId(0)));
    plan(&mut world).response.point = PointChoice::MultiVmApp;
    let tier_changed = Some(Instant::START + Span::from_secs(LOST - 125));
    world.target.machines = vec![MachineTarget { tier_changed, ..MachineTarget::default() }, MachineTarget::default()];
    let output = run(&world);
    let points: Vec<Option<f64>> = journey(&output).machines.iter().map(|machine| machine.trips[0].point_s).collect();
    // The common app-consistent point is of 36,000, and so is the newest: the first has none after 36,005, the second takes its newest.
    assert_eq!(points, [None, Some(36_000.0)]);
}
