//! Many at once: everybody fails over, everybody is reprotected, everybody resyncs after a cut.

use failback::model::{DisasterKind, Fault, FaultKind};
use failback::units::{Instant, Span};

use crate::journey::{close, journey, run};
use crate::support::churn::steady;
use crate::support::trip::{self, comes_home, secs, strikes, with_journey};
use crate::support::world::Fleet;

const MB: f64 = 1e6;
const VMS: usize = 500;

fn fleet(hours: u64) -> Fleet {
    let mut fleet = Fleet::new(Span::from_hours(hours), 200.0 * MB);
    for _ in 0..VMS {
        fleet.vm(&[steady(1e5)]);
    }
    fleet
}

#[test]
fn a_mass_failover_waits_for_the_service_and_a_mass_reprotect_for_the_link() {
    let mut world = with_journey(fleet(48).build(), 200.0 * MB);
    trip::journey(&mut world).steps.per_hour = (2000.0, 1000.0);
    strikes(&mut world, 36_130, DisasterKind::SiteLost { repaired: Some(secs(0)), machines_kept: true });
    comes_home(&mut world);
    let output = run(&world);
    let journey = journey(&output);
    // Detect and decide 180; the last of 500 begins 499 x 1.8 s after the first; disks 100, boot 50.
    close("rto", journey.failovers[0].rto_s.expect("they serve"), 180.0 + 499.0 * 1.8 + 150.0, 1e-3);
    assert_eq!(journey.failovers[0].recovered, 500);
    // Machine k is asked for 1.8 k s later, and all are compared for as long as 10 GiB take. They then share 200 MB/s: as long as all wait, what differs falls by
    // (200 - 500 x 0.1) MB/s in all. The first to begin are the first to end, so the total gives the end of the last to within what the first ones took.
    let compared = 10.0 * 1024.0 / 22.8;
    let began = |vm: usize| journey.machines[vm].trips[0].reprotect.as_ref().expect("reprotected").began_s;
    let first = began(0) + compared;
    let last = journey.machines.iter().filter_map(|machine| machine.trips[0].reprotect.as_ref()?.in_order_s).fold(0.0, f64::max);
    let sent: f64 = journey.machines.iter().filter_map(|machine| Some(machine.trips[0].reprotect.as_ref()?.sent_bytes)).sum();
    // Each has 13 MB from home, and what it wrote at the target since its boot until it was in order.
    let differing: f64 =
        (0..VMS).map(|vm| 13.0 * MB + 0.1 * MB * (began(vm) + compared - journey.machines[vm].trips[0].restored_s.unwrap_or(0.0))).sum();
    assert!(sent >= differing * (1.0 - 1e-9), "{sent} {differing}");
    assert!(last - first >= differing / (200.0 * MB), "no link is faster than itself: {last} {first}");
    // All came home, and their unprotected windows are closed.
    for machine in &journey.machines {
        assert!(machine.ended.is_none() && machine.waits.iter().all(|wait| wait.to_s.is_some()), "{}: {:?}", machine.vm, machine.waits);
        assert!(machine.trips[0].failback.as_ref().is_some_and(|failback| failback.restored_s.is_some()), "{}", machine.vm);
    }
    assert!(output.results.checks.conservation_error < 1e-9);
}

#[test]
fn five_hundred_that_are_reprotected_at_one_instant_share_the_link_alike() {
    let mut world = with_journey(fleet(24).build(), 200.0 * MB);
    strikes(&mut world, 36_130, DisasterKind::SiteLost { repaired: Some(secs(0)), machines_kept: true });
    let output = run(&world);
    // 13 MB of home and what was written for 1000 s and the comparison, at 200 MB/s for all, of which 50 are written anew.
    let compared = 10.0 * 1024.0 / 22.8;
    let differing = VMS as f64 * (13.0 + 0.1 * (1000.0 + compared));
    let expected = 36_130.0 + 330.0 + 1000.0 + compared + differing / 150.0;
    for machine in &journey(&output).machines {
        let copy = machine.trips[0].reprotect.as_ref().expect("reprotected");
        close(&machine.vm, copy.in_order_s.expect("in order"), expected, 1e-2);
    }
}

#[test]
fn five_hundred_that_resync_after_a_crash_share_the_link_alike() {
    // All machines crash at 01:00:10: a comparison of 10 GiB each, then what was written during it at 200 - 50 MB/s.
    let mut fleet = fleet(6);
    for vm in 0..VMS as u32 {
        fleet.faults.push(Fault { at: Instant::START + Span::from_secs(3610), kind: FaultKind::VmCrash { vm: failback::model::VmId(vm) } });
    }
    let output = run(&fleet.build());
    let compared = 10.0 * 1024.0 / 22.8;
    let unordered = compared + compared * 50.0 / 150.0;
    for disk in &output.results.disks {
        close(&disk.name, disk.unordered_s, unordered, 1e-2);
    }
}
