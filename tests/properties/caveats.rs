//! What a run says about its own input.

use failback::churn::Pattern;
use failback::simulate::run;
use failback::units::Span;

use crate::support::churn::steady;
use crate::support::world::Fleet;

fn coarsest(pattern: Option<Pattern>) -> f64 {
    let mut fleet = Fleet::new(Span::from_hours(2), 10e6);
    fleet.vm(&[steady(1e6)]);
    fleet.vm(&[steady(1e6)]);
    fleet.vms[0].1[0].churn.period = Span::from_hours(1);
    fleet.vms[1].1[0].churn.period = Span::from_mins(5);
    if let Some(pattern) = pattern {
        fleet.vms[1].1[0].churn.pattern = pattern;
    }
    run(&fleet.build(), 0, &mut |_| {}).results.churn.coarsest_period_s
}

/// A constant rate and an hour-of-week profile are known at every instant, whatever bucket they are drawn in; means of buckets are not.
#[test]
fn only_means_of_buckets_leave_short_lags_unresolved() {
    assert_eq!(coarsest(None), 0.0);
    let weekly = |variability| Pattern::Weekly { rates: vec![1e6; 168], variability };
    assert_eq!(coarsest(Some(weekly(0.0))), 0.0);
    assert_eq!(coarsest(Some(weekly(0.5))), 300.0);
    assert_eq!(coarsest(Some(Pattern::LogNormal { mean: 1e6, variability: 1.0, autocorrelation: 0.0 })), 300.0);
    assert_eq!(coarsest(Some(Pattern::OnOff { rate: 1e6, on: Span::from_mins(1), off: Span::from_mins(1) })), 300.0);
}

/// VMs of which the scenario could not tell how their writes fall on their disks are counted.
#[test]
fn vms_of_unknown_split_are_counted() {
    let mut fleet = Fleet::new(Span::from_hours(1), 10e6);
    for disks in [1, 2, 1] {
        fleet.vm(&vec![steady(1e6); disks]);
    }
    let count = |fleet: &Fleet| run(&fleet.build(), 0, &mut |_| {}).results.churn.vms_with_unknown_split;
    assert_eq!(count(&fleet), 0);
    fleet.vms[0].0.split_known = false;
    fleet.vms[1].0.split_known = false;
    assert_eq!(count(&fleet), 2);
}
