//! What is so now and can change: whether the sites stand, and the facts of home that decide who may come back.

use crate::life::conditions;
use crate::life::{Condition, Step, WayHome, extra_bytes, way_home_by};
use crate::model::{ConfigurationServer, Home, Original, VmId, World};

/// Whether a master target has room is looked at when it is asked for: machines that are home again make room.
const ROOM: &str = "master-target-full";

/// The facts of now.
pub(super) struct Facts {
    /// Losses of home that are not repaired.
    pub home_down: u32,
    /// Losses of the target that are not repaired.
    pub target_down: u32,
    home: Option<Home>,
    /// Master targets lost now.
    lost_targets: Vec<bool>,
    way: Option<WayHome>,
}

impl Facts {
    pub fn new(world: &World) -> Self {
        let home = world.home.clone();
        let lost_targets = vec![false; home.as_ref().map_or(0, |home| home.master_targets.len())];
        let way = home.as_ref().map(|home| way_home_by(world, home));
        Facts { home_down: 0, target_down: 0, home, lost_targets, way }
    }

    fn judge(&mut self, world: &World) {
        self.way = self.home.as_ref().map(|home| way_home_by(world, home));
    }

    /// The configuration server stands like this from now on.
    pub fn set_configuration_server(&mut self, world: &World, server: ConfigurationServer) {
        if let Some(home) = &mut self.home {
            home.configuration_server = server;
        }
        self.judge(world);
    }

    /// A master target is lost, or replaced.
    pub fn set_master_target_lost(&mut self, target: usize, lost: bool) {
        if let Some(flag) = self.lost_targets.get_mut(target) {
            *flag = lost;
        }
    }

    /// A machine's original at home is gone, or back there.
    pub fn set_original(&mut self, world: &World, vms: &[u32], original: Original) {
        let mut changed = false;
        if let Some(home) = &mut self.home {
            for &vm in vms {
                if let Some(machine) = home.machines.get_mut(vm as usize) {
                    changed |= machine.original != original;
                    machine.original = original;
                }
            }
        }
        // Judging goes over the whole fleet.
        if changed {
            self.judge(world);
        }
    }

    /// Whether a master target has no room for so many more disks, with those of these machines attached: a sentence if so.
    pub fn is_full(&self, world: &World, vm: u32, attached: impl Iterator<Item = u32>) -> Option<String> {
        let home = self.home.as_ref()?;
        let target = home.master_targets.get(self.master_target(vm)?)?;
        let on_it = attached.filter(|&other| other != vm && self.master_target(other) == self.master_target(vm));
        let disks = |vm: u32| world.vms[vm as usize].disk_count;
        let used = target.own_disks.saturating_add(on_it.map(disks).sum());
        (used.saturating_add(disks(vm)) > home.master_target_disks).then(|| {
            format!(
                "{} takes {} disks, and {used} are attached now: further reprotects fail. Remedy: add a master target, or wait until others are home",
                target.name, home.master_target_disks
            )
        })
    }

    /// The master target of a machine.
    pub fn master_target(&self, vm: u32) -> Option<usize> {
        self.home.as_ref().and_then(|home| home.machines.get(vm as usize)).and_then(|machine| machine.master_target)
    }

    /// Whether only a full copy brings a machine home.
    pub fn needs_full_copy(&self, vm: u32) -> bool {
        let full = |effect| effect == crate::life::Effect::FullCopy;
        self.way.as_ref().is_some_and(|way| way.has(VmId(vm), full))
    }

    /// Bytes that come home with a machine beside those of its disks.
    pub fn extra_bytes(&self, world: &World, vm: u32) -> f64 {
        self.home.as_ref().map_or(0.0, |home| extra_bytes(world, home, VmId(vm)))
    }

    /// Whether the process server of a machine cannot be chosen to protect it, in the world of the way that it would take: a key, and a sentence with the remedy.
    pub fn server_is_critical(world: &World, vm: u32) -> Option<(String, String)> {
        let hub = &world.hubs[world.vms[vm as usize].hub.0 as usize];
        let condition = conditions::get("process-server-critical").filter(|_| hub.critical)?;
        Some((condition.key.clone(), sentence(condition, &hub.name)))
    }

    /// What stands in a machine's way home at the steps that `counts` picks: a key, and a sentence with the remedy. `None` if nothing does.
    pub fn blocks(&self, world: &World, vm: u32, counts: impl Fn(Step) -> bool) -> Option<(String, String)> {
        if self.home_down > 0 {
            return Some(("home-down".to_owned(), "the home site is down".to_owned()));
        }
        if self.master_target(vm).is_some_and(|target| self.lost_targets.get(target).copied().unwrap_or(false)) {
            return Some(("master-target-lost".to_owned(), "its master target is lost and not replaced".to_owned()));
        }
        let way = self.way.as_ref()?;
        let blocking = |machine: u32| {
            let own = way.by_vm.get(machine as usize)?;
            own.iter()
                .map(|&number| &way.obstacles[number])
                .find(|obstacle| obstacle.condition.effect.blocks() && obstacle.condition.key != ROOM && counts(obstacle.condition.step))
        };
        if let Some(obstacle) = blocking(vm) {
            return Some((obstacle.condition.key.clone(), sentence(obstacle.condition, &obstacle.detail)));
        }
        let through = way.through.get(vm as usize).copied().flatten()?;
        let obstacle = blocking(through.0)?;
        let name = world.vms.get(through.0 as usize).map_or("", |other| other.name.as_str());
        Some((obstacle.condition.key.clone(), format!("it comes home with its group only, and {name} is blocked: {}", obstacle.condition.met)))
    }
}

/// A condition that is met, what follows, and what helps.
pub(super) fn sentence(condition: &Condition, detail: &str) -> String {
    let detail = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
    format!("{}{detail}: {}. Remedy: {}", condition.met, condition.outcome, condition.remedy)
}
