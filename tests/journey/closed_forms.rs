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
    assert_eq!(
        states,
        [
            "protected",
            "protected",
            "failing_over",
            "failed_over",
            "at_target",
            "reprotecting",
            "reverse_protected",
            "failing_back",
            "failed_back",
            "at_home",
            "protecting_again",
            "protected"
        ]
        .into_iter()
        .filter(|state| *state != "reverse_protected")
        .collect::<Vec<_>>()
    );
    assert!(output.results.checks.conservation_error < 1e-9, "{}", output.results.checks.conservation_error);
    let back = journey.back.as_ref().expect("data came back");
    assert!(back.checks.conservation_error < 1e-9, "{}", back.checks.conservation_error);
    close("unprotected forward", output.results.vms[0].unprotected_share * 3.0 * 86_400.0, last - 36_130.0, 1.0);
}
