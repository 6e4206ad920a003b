//! What stands in the way of each machine's protection and failover, as text for the terminal.

use std::collections::BTreeMap;

use crate::format::{count, plural};
use crate::life::{Obstacle, WayOut};
use crate::model::World;
use crate::report::way_home::{condition, names};

/// The whole text, indented by two spaces.
pub fn way_out(world: &World, way: &WayOut) -> String {
    let held = way.by_vm.iter().filter(|own| !own.is_empty()).count();
    let vms = plural(world.vms.len() as u64, "machine", "machines");
    let held_up = if held == 0 { "none".to_owned() } else { count(held as u64) };
    let mut lines = vec![format!("  way out: {held_up} of {vms} refused at the target, or by a process server, as things are stated")];
    // By row: what it is, and whom it concerns.
    let mut rows: BTreeMap<u32, Vec<&Obstacle>> = BTreeMap::new();
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (vm, own) in way.by_vm.iter().enumerate() {
        for obstacle in own.iter().map(|&number| &way.obstacles[number]) {
            let row = obstacle.condition.row;
            rows.entry(row).or_default().push(obstacle);
            members.entry(row).or_default().push(vm);
        }
    }
    for (row, vms) in &members {
        lines.push(format!("    {}: refused ({row})", names(world, vms)));
    }
    for alike in rows.values() {
        // Details of many machines say no more than that of the first.
        lines.extend(condition(&alike[..1]));
    }
    lines.join("\n")
}
