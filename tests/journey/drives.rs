//! Retention drives, by hand.

use failback::model::{
    ConfigurationServer, DisasterKind, Home, HomeConnection, MachineHome, MasterTarget, OsFamily, Overflow, RetentionDrive, World,
};
use failback::units::{DataSize, Span};

use crate::journey::{close, journey, run};
use crate::support::churn::steady;
use crate::support::trip::{self, secs, strikes, with_journey};
use crate::support::world::Fleet;

const MB: f64 = 1e6;
const GB: f64 = 1e9;

/// A master target for everybody, with a drive of so many bytes.
pub fn home(vms: usize, drive: f64) -> Home {
    let target = MasterTarget {
        name: "mt".into(),
        os: OsFamily::Linux,
        own_disks: 3,
        snapshots: false,
        paravirtual: false,
        vmfs: true,
        datastore_reachable: true,
        moved: false,
        newer: false,
        retention: RetentionDrive { size: DataSize::from_bytes(drive as u64), fault: None },
    };
    Home {
        connection: HomeConnection::Private,
        configuration_server: ConfigurationServer::Up,
        vcenter_read_only: false,
        vcenter_connected: true,
        discovered: true,
        free_hypervisor: false,
        hyper_v: false,
        clocks_agree: true,
        target_network: true,
        same_deployment: true,
        plans: true,
        master_targets: vec![target],
        master_target_disks: 60,
        machines: vec![MachineHome { master_target: Some(0), ..MachineHome::default() }; vms],
    }
}

fn world(days: u64, drive: f64) -> World {
    let mut fleet = Fleet::new(Span::from_days(days), 10.0 * MB);
    fleet.vm(&[steady(1e6)]);
    let mut base = fleet.build();
    base.home = Some(home(1, drive));
    let mut world = with_journey(base, 10.0 * MB);
    strikes(&mut world, 36_130, DisasterKind::SiteLost { repaired: Some(secs(0)), machines_kept: true });
    world
}

#[test]
fn a_drive_that_is_large_enough_holds_a_day_of_churn_and_reaches_a_day_back() {
    let output = run(&world(4, 1e12));
    let drive = journey(&output).retention_drives[0].clone();
    // Nothing is written twice, so thinning saves nothing: 24 h at 1 MB/s, looked at once an hour, for there is ample room.
    close("peak", drive.peak_bytes, 86.4 * GB - 1.8 * GB, 1.8 * GB);
    assert_eq!((drive.first_full_s, drive.dropped_points, drive.paused_s), (None, 0, 0.0));
    let window = drive.least_window_s.expect("the run is long enough");
    assert!((86_400.0 - 3900.0..=86_400.0 + 300.0).contains(&window), "{window}");
    close("wanted", drive.peak_wanted_bytes, drive.peak_bytes, 1.0);
}

#[test]
fn a_drive_that_is_too_small_is_full_when_its_size_has_been_written_and_reaches_as_far_back() {
    let output = run(&world(4, 36.0 * GB));
    let journey = journey(&output);
    let drive = &journey.retention_drives[0];
    let protected = journey.machines[0].trips[0].reprotect.as_ref().and_then(|copy| copy.protected_s).expect("protected");
    // Beyond two hours one point per hour of the clock is kept, its newest: the first ones of the hour in which it was protected are gone when the drive fills.
    let oldest = (protected / 3600.0).floor() * 3600.0 + 3300.0;
    close("full", drive.first_full_s.expect("it was"), oldest + 36_000.0, 1.0);
    assert!(drive.peak_bytes <= 36.0 * GB && drive.dropped_points > 0);
    // 36 GB at 1 MB/s are 10 h, less what goes with one point of an hour's bucket.
    let window = drive.least_window_s.expect("it dropped");
    assert!((36_000.0 - 3900.0..=36_000.0).contains(&window), "{window}");
    assert!(drive.peak_wanted_bytes > 80.0 * GB, "{}", drive.peak_wanted_bytes);
}

#[test]
fn a_full_drive_that_pauses_stops_replication_until_points_have_aged() {
    let mut world = world(4, 36.0 * GB);
    trip::journey(&mut world).rules.overflow = Overflow::Pause;
    let output = run(&world);
    let drive = journey(&output).retention_drives[0].clone();
    assert!(drive.paused_s > 0.0 && drive.dropped_points == 0, "{drive:?}");
    // It is noticed within 5 s, of 10 MB each.
    assert!(drive.peak_bytes <= 36.06 * GB, "{}", drive.peak_bytes);
    let back = journey(&output).back.as_ref().expect("data came back").lag.fleet_worst.max;
    assert!(back > 3600.0, "while it pauses the lag home grows: {back}");
}
