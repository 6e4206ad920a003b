//! Which documented conditions the facts of the target meet: which machines could not be failed over, or not be protected anew, as things are stated.

use crate::life::conditions;
use crate::life::home::{Obstacle, Subject};
use crate::model::{Forbidden, MachineTarget, Target, VmId, World};

/// What stands in the way of each machine's protection and failover.
#[derive(Clone, Debug)]
pub struct WayOut {
    /// All obstacles, machine by machine, in the order in which they fail over.
    pub obstacles: Vec<Obstacle>,
    /// By machine, in the order of the world: the numbers of the obstacles that concern it.
    pub by_vm: Vec<Vec<usize>>,
}

/// Judges the facts of the target and of the process servers; `None` if the scenario states none that forbid anything.
pub fn way_out(world: &World) -> Option<WayOut> {
    let target = &world.target;
    let critical = world.hubs.iter().any(|hub| hub.critical);
    let forbidden = target.machines.iter().any(|machine| machine.forbidden.is_some());
    if target.cores.is_none() && target.interfaces.is_none() && !critical && !forbidden {
        return None;
    }
    let mut way = WayOut { obstacles: Vec::new(), by_vm: vec![Vec::new(); world.vms.len()] };
    let mut used = Used::default();
    for vm in order(world) {
        let number = vm.0 as usize;
        let mut add = |key: &str, detail: String| {
            let Some(condition) = conditions::get(key) else { return };
            way.by_vm[number].push(way.obstacles.len());
            way.obstacles.push(Obstacle { subject: Subject::Vm(vm), condition, detail });
        };
        match refusal(target, number, used) {
            Some((key, detail)) => add(key, detail),
            // One that is refused takes no room from those that come after it.
            None => used.add(target.machine(number)),
        }
        let hub = &world.hubs[world.vms[number].hub.0 as usize];
        if hub.critical {
            add("process-server-critical", hub.name.clone());
        }
    }
    Some(way)
}

/// What machines at the target take of its quotas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Cores.
    pub cores: u32,
    /// Network interfaces.
    pub interfaces: u32,
}

impl Used {
    /// One more machine.
    pub fn add(&mut self, machine: MachineTarget) {
        self.cores = self.cores.saturating_add(machine.cores);
        self.interfaces = self.interfaces.saturating_add(machine.interfaces);
    }
}

/// Why the target would not take a machine beside what is in use: the condition, and what in particular.
pub fn refusal(target: &Target, vm: usize, used: Used) -> Option<(&'static str, String)> {
    let machine = target.machine(vm);
    let lacks = |quota: Option<u32>, used: u32, wanted: u32| {
        let quota = quota.filter(|quota| used.saturating_add(wanted) > *quota)?;
        Some(format!("{wanted} wanted, {} of {quota} left", quota.saturating_sub(used)))
    };
    match machine.forbidden {
        Some(Forbidden::Policy) => Some(("target-quota", "a policy".to_owned())),
        Some(Forbidden::AvailabilitySet) => Some(("target-quota", "the family of its availability set".to_owned())),
        None => {
            let cores = lacks(target.cores, used.cores, machine.cores).map(|detail| ("too-few-cores", detail));
            cores.or_else(|| {
                lacks(target.interfaces, used.interfaces, machine.interfaces).map(|detail| ("target-quota", format!("interfaces: {detail}")))
            })
        }
    }
}

/// The machines in the order in which they fail over: those of recovery plans, then those of replication groups, then the others.
fn order(world: &World) -> Vec<VmId> {
    let plans = world.journey.iter().flat_map(|journey| &journey.plans).flat_map(|plan| &plan.groups).flat_map(|group| &group.vms);
    let groups = world.groups.iter().flat_map(|group| &group.vms);
    let mut seen = vec![false; world.vms.len()];
    let all = (0..world.vms.len() as u32).map(VmId);
    plans.chain(groups).copied().chain(all).filter(|vm| !std::mem::replace(&mut seen[vm.0 as usize], true)).collect()
}
