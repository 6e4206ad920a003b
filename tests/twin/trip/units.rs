//! Who goes together: a recovery plan, a replication group, or one machine; and how they boot once all are ready.

use failback::model::{Action, Journey, World};
use failback::units::DurationLaw;

/// Machines that go together.
pub struct Unit {
    /// Boot groups, in order.
    pub groups: Vec<BootGroup>,
}

/// Machines that boot at one time.
pub struct BootGroup {
    /// Who.
    pub vms: Vec<usize>,
    /// How long the actions before and after take, in all; whether there are any after.
    before: f64,
    after: Option<f64>,
}

impl Unit {
    /// All of them, in the order in which they boot.
    pub fn members(&self) -> Vec<usize> {
        self.groups.iter().flat_map(|group| group.vms.iter().copied()).collect()
    }

    /// When each of those `under_way` starts, and when it serves [s]: the groups in order from `ready` on, with the plan's actions or without.
    pub fn boots(&self, under_way: &[usize], ready: f64, with_actions: bool, boot: impl Fn(usize) -> f64) -> Vec<(usize, f64, f64)> {
        let mut found = Vec::new();
        let mut at = ready;
        for group in &self.groups {
            let here: Vec<usize> = group.vms.iter().copied().filter(|vm| under_way.contains(vm)).collect();
            if here.is_empty() {
                continue;
            }
            let (before, after) = if with_actions { (group.before, group.after) } else { (0.0, None) };
            let begins = at + before;
            let last = here.iter().map(|&vm| begins + boot(vm)).fold(begins, f64::max);
            at = last + after.unwrap_or(0.0);
            for vm in here {
                let started = begins + boot(vm);
                found.push((vm, started, if after.is_some() { at } else { started }));
            }
        }
        found
    }
}

/// The units of a fleet: plans, then the groups, then what is left, each machine once.
pub fn units(world: &World, plan: &Journey) -> Vec<Unit> {
    let mut taken = vec![false; world.vms.len()];
    let mut free = |vms: Vec<usize>| -> Vec<usize> { vms.into_iter().filter(|&vm| !std::mem::replace(&mut taken[vm], true)).collect() };
    let mut units = Vec::new();
    for plan in &plan.plans {
        let group = |group: &failback::model::BootGroup, vms| BootGroup {
            vms,
            before: total(&group.before),
            after: (!group.after.is_empty()).then(|| total(&group.after)),
        };
        let groups = plan.groups.iter().map(|one| group(one, free(one.vms.iter().map(|vm| vm.0 as usize).collect()))).collect();
        units.push(Unit { groups });
    }
    let lone = |vms| Unit { groups: vec![BootGroup { vms, before: 0.0, after: None }] };
    for group in &world.groups {
        units.push(lone(free(group.vms.iter().map(|vm| vm.0 as usize).collect())));
    }
    for vm in 0..world.vms.len() {
        units.push(lone(free(vec![vm])));
    }
    units.retain(|unit| !unit.members().is_empty());
    units
}

fn total(actions: &[Action]) -> f64 {
    actions.iter().map(|action| fixed(action.takes)).sum()
}

/// A time that is stated [s].
pub fn fixed(law: DurationLaw) -> f64 {
    match law {
        DurationLaw::Fixed(span) => span.as_secs_f64(),
        other => panic!("the twin draws nothing: {other:?}"),
    }
}
