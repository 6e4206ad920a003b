//! What the facts of a site do in a run (rows of docs/way-home.md): machines wait, stay, or bring more home.

use failback::model::{Home, MachineHome};
use failback::units::DataSize;

use crate::journey::waits::{home_at, wait, world};
use crate::journey::{Change, close, journey, run};

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
