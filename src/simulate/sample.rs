//! One run looked at through a few quantities at given instants, and nothing else: for series that somebody has observed, to be held against it.
//!
//! The quantities move linearly between events, so what is read off at an instant is exact ([`Probe`](crate::observe::Probe)). No record is put together.

use std::sync::Arc;

use crate::model::World;
use crate::simulate::run::Run;

/// A quantity that changes with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Age of the oldest write not yet safe.
    Lag,
    /// Now - newest landed marker: the product's clock.
    ReportedRpo,
    /// Now - newest available point of either kind.
    PointAge,
}

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Look {
    /// Which quantity.
    pub quantity: Quantity,
    /// Of which VMs (index), `None` being the worst of the fleet at each instant.
    pub whom: Vec<Option<u32>>,
    /// When, ascending [s since the run's start].
    pub instants: Arc<[f64]>,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// For each whom, the quantity at each instant \[s\]; NaN where it was not observed (before the first recovery point, in an excluded gap of the record).
    pub values: Vec<Vec<f64>>,
    /// Time in which the link was full \[s\].
    pub link_full_s: f64,
    /// Random streams drawn from.
    pub random_streams: u64,
}

/// Simulates the forward way of `world` once; its round trip, if it has one, is not made. A VM that there is not is never observed.
pub fn sample(world: &World, replication: u64, look: &Look) -> Samples {
    let mut run = Run::new(world, replication, false);
    for whom in &look.whom {
        watch(&mut run, look.quantity, *whom, &look.instants);
    }
    run.go(&mut |_| ());
    run.points.finish();
    let values = look.whom.iter().map(|whom| seen(&mut run, look.quantity, *whom, look.instants.len())).collect();
    Samples { values, link_full_s: run.network.totals().saturated, random_streams: run.random_streams }
}

fn watch(run: &mut Run<'_>, quantity: Quantity, whom: Option<u32>, instants: &Arc<[f64]>) {
    let instants = Arc::clone(instants);
    let Some(vm) = whom.map(|vm| vm as usize) else {
        return match quantity {
            Quantity::Lag => run.lags.fleet.watch(instants),
            Quantity::ReportedRpo => run.points.fleet_reported.watch(instants),
            Quantity::PointAge => run.points.fleet_any.watch(instants),
        };
    };
    match (quantity, run.lags.vms.get_mut(vm), run.points.vms.get_mut(vm)) {
        (Quantity::Lag, Some(unit), _) => unit.law.watch(instants),
        (Quantity::ReportedRpo, _, Some(unit)) => unit.reported.watch(instants),
        (Quantity::PointAge, _, Some(unit)) => unit.any.watch(instants),
        _ => {}
    }
}

fn seen(run: &mut Run<'_>, quantity: Quantity, whom: Option<u32>, count: usize) -> Vec<f64> {
    let of_law = |law: &mut crate::observe::LawBuilder| law.probe().map(|probe| probe.values().to_vec()).unwrap_or_default();
    let mut values = match (quantity, whom.map(|vm| vm as usize)) {
        (Quantity::Lag, None) => of_law(&mut run.lags.fleet),
        (Quantity::ReportedRpo, None) => run.points.fleet_reported.seen(),
        (Quantity::PointAge, None) => run.points.fleet_any.seen(),
        (Quantity::Lag, Some(vm)) => run.lags.vms.get_mut(vm).map(|unit| of_law(&mut unit.law)).unwrap_or_default(),
        (Quantity::ReportedRpo, Some(vm)) => run.points.vms.get_mut(vm).map(|unit| unit.reported.seen()).unwrap_or_default(),
        (Quantity::PointAge, Some(vm)) => run.points.vms.get_mut(vm).map(|unit| unit.any.seen()).unwrap_or_default(),
    };
    values.resize(count, f64::NAN);
    values
}
