//! What stands in each machine's way home, as text for the terminal: machines with the same obstacles together, then each obstacle with its remedy and source.

use std::collections::{BTreeMap, BTreeSet};

use crate::format::{count, list, plural};
use crate::life::{Effect, Obstacle, WayHome};
use crate::model::{VmId, World};

/// Names shown of machines that are alike; of more, the first ones and how many more.
const NAMED: usize = 4;

/// The whole text, indented by two spaces.
pub fn way_home(world: &World, way: &WayHome) -> String {
    let vms = world.vms.len();
    let blocked = (0..vms).filter(|&vm| way.is_blocked(VmId(vm as u32))).count();
    let copied = (0..vms).filter(|&vm| way.has(VmId(vm as u32), |effect| effect == Effect::FullCopy)).count();
    let mut lines = vec![format!(
        "  way home: {} of {} blocked as things are stated, {} by a full copy",
        count(blocked as u64),
        plural(vms as u64, "machine", "machines"),
        if copied == 0 { "none".to_owned() } else { count(copied as u64) }
    )];
    // Machines that meet the same conditions, in the order of the first of them.
    let mut kinds: BTreeMap<(Vec<u32>, Option<VmId>), Vec<usize>> = BTreeMap::new();
    for (vm, obstacles) in way.by_vm.iter().enumerate() {
        let rows: BTreeSet<u32> = obstacles.iter().map(|&number| way.obstacles[number].condition.row).collect();
        kinds.entry((rows.into_iter().collect(), way.through[vm])).or_default().push(vm);
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, members)| members[0]);
    for ((rows, through), members) in kinds {
        let rows: Vec<String> = rows.iter().map(u32::to_string).collect();
        let see = if rows.is_empty() { String::new() } else { format!(" ({})", rows.join(", ")) };
        lines.push(format!("    {}: {}{see}", names(world, &members), verdict(world, way, VmId(members[0] as u32), through)));
    }
    let mut numbers: Vec<usize> = (0..way.obstacles.len()).collect();
    numbers.sort_by_key(|&number| (!way.obstacles[number].condition.effect.blocks(), way.obstacles[number].condition.row, number));
    for rows in numbers.chunk_by(|&one, &other| way.obstacles[one].condition.row == way.obstacles[other].condition.row) {
        let alike: Vec<&Obstacle> = rows.iter().map(|&number| &way.obstacles[number]).collect();
        lines.extend(condition(&alike));
    }
    lines.join("\n")
}

/// What the way home of a machine is like, in a few words.
fn verdict(world: &World, way: &WayHome, vm: VmId, through: Option<VmId>) -> String {
    if let Some(member) = through {
        return format!("blocked through {}, of its group", world.vms[member.0 as usize].name);
    }
    let has = |wanted: Effect| way.has(vm, |effect| effect == wanted);
    match () {
        () if way.is_blocked_itself(vm) => "blocked",
        () if has(Effect::Diverges) => "not to be trusted, its two sides diverge",
        () if has(Effect::LosesPoint) => "incomplete, a disk stays behind",
        () if has(Effect::FullCopy) => "full copy",
        () => "free",
    }
    .to_owned()
}

pub(super) fn names(world: &World, members: &[usize]) -> String {
    let mut named: Vec<String> = members.iter().take(NAMED).map(|&vm| world.vms[vm].name.clone()).collect();
    if members.len() > NAMED {
        named.truncate(NAMED - 1);
        named.push(format!("{} more", count((members.len() + 1 - NAMED) as u64)));
    }
    list(&named)
}

/// One condition, whoever meets it.
pub(super) fn condition(alike: &[&Obstacle]) -> Vec<String> {
    let Some(first) = alike.first() else { return Vec::new() };
    let about = first.condition;
    let mut details: Vec<&str> = alike.iter().map(|obstacle| obstacle.detail.as_str()).filter(|detail| !detail.is_empty()).collect();
    details.dedup();
    let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join("; ")) };
    vec![
        format!("  {:>3}  {}{details}", about.row, about.met),
        format!("       so       {}", about.outcome),
        format!("       remedy   {}", about.remedy),
        format!("       source   {}, {}", about.source, about.date),
    ]
}
