//! The twin's markers, points and laws against closed forms.

use failback::model::{CapacityChange, Sharing};
use failback::units::{Instant, Share, Span};

use crate::support::churn::{steady, table};
use crate::support::world::Fleet;
use crate::twin::outcome::run;

const MB: f64 = 1e6;

fn close(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got}, expected {expected} within {tolerance}");
}

#[test]
fn one_day_of_retention_holds_46_points() {
    let mut fleet = Fleet::new(Span::from_mins(3 * 1440 - 3), 2.0 * MB);
    fleet.policy.app_every = None;
    fleet.vm(&[steady(0.0)]);
    let outcome = run(&fleet.build(), 60.0);
    let ledger = &outcome.vms[0].ledger;
    assert_eq!(ledger.held.len(), 46);
    assert_eq!(ledger.pruned + 46, ledger.made[0] + 1);
    fleet.policy.app_every = Some(Span::from_hours(1));
    assert_eq!(run(&fleet.build(), 60.0).vms[0].ledger.held.len(), 46 + 2);
}

#[test]
fn old_points_outlive_their_window_until_a_new_one_comes() {
    let mut fleet = Fleet::new(Span::from_hours(80), 2.0 * MB);
    fleet.policy.app_every = None;
    fleet.vm(&[steady(MB as f32)]);
    let from = Instant::START + Span::from_hours(30);
    fleet.link.scheduled.push(CapacityChange { from, to: from + Span::from_hours(50), factor: Share::ZERO, cause: "cut".into() });
    let outcome = run(&fleet.build(), 60.0);
    // Thinned to one an hour, but none has gone: those of the hours 6 to 29 and the newest.
    assert_eq!(outcome.vms[0].ledger.held.first().map(|point| point.marker < 7.0 * 3600.0), Some(true));
}

#[test]
fn loss_of_a_disaster_at_a_uniform_instant() {
    let mut fleet = Fleet::new(Span::from_hours(40), 2.0 * MB);
    fleet.vm(&[steady(MB as f32)]);
    fleet.link.rtt = Span::from_secs(120);
    fleet.apply.delay = Span::from_secs(300);
    let outcome = run(&fleet.build(), 2.0);
    let story = &outcome.vms[0];
    close("latest byte", outcome.law(&story.lag).mean, 60.0, 1.0);
    close("latest marker", outcome.law(&story.reported).mean, 210.0, 1.5);
    close("processed", outcome.law(&story.point_age).mean, 510.0, 3.0);
    close("processed, worst", outcome.law(&story.point_age).max, 660.0, 2.0);
    close("app, worst", outcome.law(&story.app_age).max, 3960.0, 2.0);
    close("bytes", outcome.law(&story.lost[1]).max, 360.0 * MB, 2.0 * MB);
}

#[test]
fn first_in_first_out_makes_all_wait_alike() {
    let mut fleet = Fleet::new(Span::from_secs(2000), 10.0 * MB);
    fleet.link.sharing = Sharing::Fifo;
    fleet.vm(&[table(Span::from_secs(500), &[2.0 * MB as f32])]);
    fleet.vm(&[table(Span::from_secs(500), &[20.0 * MB as f32])]);
    let outcome = run(&fleet.build(), 1.0);
    // 22 MB/s for 500 s on 10: both end at 1100 s.
    close("small", outcome.law(&outcome.vms[0].lag).max, 600.0, 1.5);
    close("large", outcome.law(&outcome.vms[1].lag).max, 600.0, 1.5);
    close("half-way", outcome.vms[0].lag[550].map_or(0.0, |(begin, _)| begin), 300.0, 1.5);
}
