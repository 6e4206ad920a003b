//! The least time that initial replication can take: no ceiling on the way lets it be faster, whatever the order of the copies.
//!
//! For each batch and each ceiling that its disks pass: what is copied through the ceiling, over the ceiling. The largest of these is the batch's least time,
//! and the batches follow one another. Churn, and what several ceilings cost together, come on top (how much churn does depends on what coalesces and on the
//! hours that the copy falls into); a run that starts with initial replication simulates them.

use crate::model::World;
use crate::simulate::wiring::{intake_bytes, operations_per_byte};

/// A lower bound.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Least {
    /// Seconds.
    pub seconds: f64,
    /// The ceiling that binds the longest batch.
    pub bound_by: String,
}

/// The least time for all batches, on a link that offers `link` wire bytes/s at most.
pub(super) fn least_copy_time(world: &World, link: f64) -> Least {
    let batches = world.vms.iter().map(|vm| vm.batch).max().map_or(0, |last| last + 1);
    let mut total = Least { seconds: 0.0, bound_by: "nothing".to_owned() };
    let mut longest = 0.0;
    for batch in 0..batches {
        let least = Batch { world, batch }.least(link);
        total.seconds += least.seconds;
        if least.seconds > longest {
            longest = least.seconds;
            total.bound_by = least.bound_by;
        }
    }
    total
}

struct Batch<'a> {
    world: &'a World,
    batch: u32,
}

impl Batch<'_> {
    fn least(&self, link: f64) -> Least {
        let world = self.world;
        let all = 0..world.disks.len();
        let wire = |disk: usize| world.hubs[self.hub(disk)].wire_per_tracked;
        let mut least = Least { seconds: 0.0, bound_by: String::new() };
        let mut consider = |name: String, disks: &mut dyn Iterator<Item = usize>, weight: &dyn Fn(usize) -> f64, ceiling: f64| {
            let seconds = if ceiling.is_finite() { self.through(disks, weight, ceiling) } else { 0.0 };
            if seconds > least.seconds {
                least = Least { seconds, bound_by: name };
            }
        };
        consider(format!("link {}", world.link.name), &mut all.clone(), &wire, link);
        let operations = operations_per_byte(world);
        for (index, hub) in world.hubs.iter().enumerate() {
            let behind = || all.clone().filter(|&disk| self.hub(disk) == index);
            consider(format!("{} intake", hub.name), &mut behind(), &|_| 1.0, intake_bytes(hub));
            consider(format!("{} operations/s", hub.name), &mut behind(), &|disk| operations[disk], hub.intake_ops.unwrap_or(f64::INFINITY));
        }
        for (index, account) in world.accounts.iter().enumerate() {
            let mut into = all.clone().filter(|&disk| world.vms[world.disks[disk].vm.0 as usize].account.0 as usize == index);
            consider(format!("account {}", account.name), &mut into, &|_| 1.0, account.limit.map_or(f64::INFINITY, |limit| limit.as_bytes_per_s()));
        }
        let flows = world.link.flow_ceiling.map_or(f64::INFINITY, |c| f64::from(c.flows) * c.per_flow.to_byte_rate().as_bytes_per_s());
        for vm in &world.vms {
            let own = || vm.first_disk.0 as usize..(vm.first_disk.0 + vm.disk_count) as usize;
            consider(format!("TCP flows of VM {}", vm.name), &mut own(), &wire, flows);
            consider(format!("limit of VM {}", vm.name), &mut own(), &|_| 1.0, vm.churn_limit.map_or(f64::INFINITY, |limit| limit.as_bytes_per_s()));
            let limit = |disk: usize| world.disks[disk].churn_limit.map_or(f64::INFINITY, |limit| limit.as_bytes_per_s());
            for disk in own() {
                consider(format!("limit of disk {}", world.disks[disk].name), &mut std::iter::once(disk), &|_| 1.0, limit(disk));
            }
            // So many disks at a time carry no more than so many times the fastest of them.
            let at_once = world.policy.copy_disks_at_once;
            let fastest = own().map(limit).fold(0.0, f64::max);
            if vm.disk_count > at_once {
                consider(format!("{at_once} disks at a time of VM {}", vm.name), &mut own(), &|_| 1.0, fastest * f64::from(at_once));
            }
        }
        least
    }

    fn hub(&self, disk: usize) -> usize {
        self.world.vms[self.world.disks[disk].vm.0 as usize].hub.0 as usize
    }

    /// Seconds to copy this batch's part of `disks` through a ceiling, with nothing beside it.
    fn through(&self, disks: &mut dyn Iterator<Item = usize>, weight: &dyn Fn(usize) -> f64, ceiling: f64) -> f64 {
        let of_batch = |disk: &usize| self.world.vms[self.world.disks[*disk].vm.0 as usize].batch == self.batch;
        let copied = disks.filter(of_batch).fold(0.0, |sum, disk| sum + weight(disk) * self.world.disks[disk].used.as_f64());
        if copied > 0.0 { copied / ceiling } else { 0.0 }
    }
}
