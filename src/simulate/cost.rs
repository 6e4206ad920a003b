//! What a run costs: each charge of the world's plan times what the record says of it. Everything is read off the finished record, so it takes a run no time.
//!
//! A month has 730 h, as the price list says. What is paid every month and what the events of this run cost once are kept apart. What was not used is no
//! item; what was used and has no price is named among the missing ones.

use crate::model::{Charge, Counted, World};
use crate::profile::toml_key;
use crate::results::{CostItem, CostResult, DrillResult, MachineJourney, MissingPrice, Paid, Results};
use crate::units::{CURRENCY, MONTH_S, Per};

/// Months of a year.
const MONTHS: f64 = 12.0;

/// The cost of a run of `world` that found `results`; the record of every run has it already.
pub fn cost(world: &World, results: &Results) -> CostResult {
    let mut cost = CostResult { currency: CURRENCY.to_owned(), complete: true, ..CostResult::default() };
    for charge in &world.cost.charges {
        let (paid, quantity) = counted(charge, world, results);
        if quantity != Some(0.0) {
            add(charge, paid, quantity, &mut cost);
        }
    }
    let sum = |paid: Paid| cost.items.iter().filter(|item| item.paid == paid).map(|item| item.amount).fold(0.0, |sum, amount| sum + amount);
    (cost.per_month, cost.once) = (sum(Paid::PerMonth), sum(Paid::Once));
    cost.complete = cost.missing.is_empty();
    cost
}

/// Adds an item, or what is missing for it.
fn add(charge: &Charge, paid: Paid, quantity: Option<f64>, cost: &mut CostResult) {
    let name = charge.name.clone();
    match (charge.price, quantity) {
        (Some(price), Some(quantity)) => cost.items.push(CostItem {
            name,
            paid,
            quantity: quantity / price.size(),
            unit: price.unit().to_owned(),
            price: price.amount(),
            key: charge.key.clone(),
            amount: price.of(quantity),
        }),
        (price, quantity) => {
            let (unit, size) = match (price, &charge.counted) {
                (Some(price), _) => (price.unit(), price.size()),
                (None, Counted::MachinesAway | Counted::DrillMachines) => Per::HOUR,
                (None, _) => charge.per.usual(),
            };
            let (set, form) = match price {
                Some(_) => ("output.points".to_owned(), "true".to_owned()),
                None => (format!("cost.{}", toml_key(&charge.key)), format!("… {CURRENCY}/{unit}")),
            };
            cost.missing.push(MissingPrice { name, paid, quantity: quantity.map(|quantity| quantity / size), unit: unit.to_owned(), set, form });
        }
    }
}

/// When a charge is paid, and how much of it there is \[s, bytes or byte s\]; `None` if the run did not record it.
fn counted(charge: &Charge, world: &World, results: &Results) -> (Paid, Option<f64>) {
    let journey = results.journey.as_ref();
    let machines = || journey.into_iter().flat_map(|journey| &journey.machines);
    let drills = journey.map(|journey| journey.drills.as_slice()).unwrap_or_default();
    match &charge.counted {
        Counted::Held(number) => (Paid::PerMonth, Some(number * MONTH_S)),
        Counted::SentOut => (Paid::PerMonth, Some(results.link.carried_wire_bytes * MONTH_S / world.horizon.as_secs_f64())),
        Counted::SentHome(from, to) => {
            let sent = journey.and_then(|journey| journey.back.as_ref()).map_or(0.0, |back| back.link.carried_wire_bytes);
            (Paid::Once, Some((sent.min(*to) - from).max(0.0)))
        }
        Counted::PointsKept => (Paid::PerMonth, results.points.retention_cost.as_ref().map(|kept| kept.mean_bytes * MONTH_S)),
        Counted::DrillMachines => (Paid::PerMonth, Some(drill_machine_s(world, drills))),
        // The machines of a drill are taken to have disks as the fleet has.
        Counted::DrillDisks(disks) => (Paid::PerMonth, Some(disks * drill_machine_s(world, drills) / world.vms.len().max(1) as f64)),
        Counted::MachinesAway => (Paid::Once, Some(machines().map(away_s).fold(0.0, |sum, time| sum + time))),
        Counted::DisksLeft(tier) => {
            let disks = |vm: usize| {
                let vm = &world.vms[vm];
                let own = vm.first_disk.0 as usize..(vm.first_disk.0 + vm.disk_count) as usize;
                world.disks[own].iter().filter(|disk| disk.tier == *tier).count() as f64
            };
            (Paid::Once, Some(machines().enumerate().map(|(vm, machine)| disks(vm) * away_s(machine)).fold(0.0, |sum, time| sum + time)))
        }
    }
}

/// Machine-time of drills in a month \[s\]: the planner's number of drills in a year, each as those of this run were on average; of the whole fleet, for the planner's
/// time, where there were none.
fn drill_machine_s(world: &World, drills: &[DrillResult]) -> f64 {
    let ran: Vec<f64> =
        drills.iter().filter(|drill| drill.direction == "out" && drill.cleaned_up_s.is_some()).map(|drill| drill.machine_hours).collect();
    let of_one = match ran.len() {
        0 => world.vms.len() as f64 * world.cost.drill_lasts.as_secs_f64(),
        drills => ran.iter().fold(0.0, |sum, hours| sum + hours) * 3600.0 / drills as f64,
    };
    of_one * world.cost.drills_per_year / MONTHS
}

/// How long a machine ran at the target \[s\].
fn away_s(machine: &MachineJourney) -> f64 {
    machine.states.iter().filter(|span| span.runs_at == "target").fold(0.0, |sum, span| sum + (span.to_s - span.from_s))
}
