//! Batches of initial replication: which machine is in which.

use crate::scenario::raw::Scenario;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::fleet::Fleet;
use crate::scenario::resolve::machine::{self, Expanded};

/// The batch of one machine, counted from 0: its own, or by its number where batches are counted.
pub(super) fn own(one: &Expanded, number: usize, size: Option<u32>, context: &mut Context) -> u32 {
    match (&one.machine.batch, size) {
        (Some(written), _) if written.value == 0 => {
            context.error(&written.span, "batches are counted from 1", "write 1 for the first batch");
            0
        }
        (Some(written), _) if written.value as usize > machine::MOST => {
            let advice = format!("write a batch from 1 to {}, the most machines that a fleet may have", machine::MOST);
            context.error(&written.span, format!("a batch number of {}", written.value), advice);
            0
        }
        (Some(written), _) => written.value - 1,
        (None, Some(size)) => u32::try_from(number).unwrap_or(u32::MAX) / size.max(1),
        (None, None) => 0,
    }
}

/// Deals the machines out to the batches that `initial_replication.batches` lists.
pub(super) fn deal(raw: &Scenario, expanded: &[Expanded], fleet: &mut Fleet, context: &mut Context) {
    let listed = &raw.initial_replication.batches;
    let Some(first) = listed.first() else { return };
    if raw.initial_replication.batch.is_some() {
        context.error(&first.span, "batches are both counted and listed", "write `batch`, how many machines each has, or `batches`, which they are");
    }
    if let Some(written) = expanded.iter().find_map(|one| one.machine.batch.as_ref()) {
        context.error(&written.span, "the batches are listed in `initial_replication.batches`", "leave this out, or the list");
    }
    let mut dealt = vec![None; fleet.vms.len()];
    for (number, batch) in (0..).zip(listed) {
        for (vm, at) in fleet.members(&batch.value, context) {
            match dealt.get_mut(vm.0 as usize) {
                Some(Some(_)) => context.error(&at, "the machine is in an earlier batch already", "a machine is in one batch"),
                Some(slot) => *slot = Some(number),
                None => {}
            }
        }
    }
    let last = u32::try_from(listed.len()).unwrap_or(u32::MAX);
    for (vm, batch) in fleet.vms.iter_mut().zip(dealt) {
        vm.batch = batch.unwrap_or(last);
    }
}
