//! How machines boot on the other side: all of a unit get ready in parallel, then its groups boot in order, members in parallel, with the actions between.

use std::collections::BTreeMap;

use crate::model::{self, Action, World};
use crate::results::Step;
use crate::simulate::journey::Journey;
use crate::simulate::journey::act::Act;

/// Machines that are failed over and back together: those of a recovery plan, of a replication group, or one.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// Number of its plan, if it is one.
    pub plan: Option<usize>,
    /// Boot groups, in order.
    pub groups: Vec<Vec<u32>>,
    /// A failback of it is on the calendar.
    pub returning: bool,
    /// Grows when what was planned for it is void.
    pub turn: u32,
}

impl Unit {
    pub fn members(&self) -> impl Iterator<Item = u32> + '_ {
        self.groups.iter().flatten().copied()
    }
}

/// Splits the fleet into units; every machine is in one. A machine in several plans goes with the first.
pub(super) fn units(world: &World, plan: &model::Journey) -> (Vec<Unit>, Vec<usize>) {
    let mut units: Vec<Unit> = Vec::new();
    let mut unit_of = vec![usize::MAX; world.vms.len()];
    for (number, plan) in plan.plans.iter().enumerate() {
        let mut groups = Vec::new();
        for group in &plan.groups {
            let free: Vec<u32> = group.vms.iter().map(|vm| vm.0).filter(|&vm| unit_of[vm as usize] == usize::MAX).collect();
            free.iter().for_each(|&vm| unit_of[vm as usize] = units.len());
            groups.push(free);
        }
        units.push(Unit { plan: Some(number), groups, returning: false, turn: 0 });
    }
    for group in &world.groups {
        let free: Vec<u32> = group.vms.iter().map(|vm| vm.0).filter(|&vm| unit_of[vm as usize] == usize::MAX).collect();
        if !free.is_empty() {
            free.iter().for_each(|&vm| unit_of[vm as usize] = units.len());
            units.push(Unit { plan: None, groups: vec![free], returning: false, turn: 0 });
        }
    }
    for (vm, unit) in unit_of.iter_mut().enumerate().filter(|(_, unit)| **unit == usize::MAX) {
        *unit = units.len();
        units.push(Unit { plan: None, groups: vec![vec![vm as u32]], returning: false, turn: 0 });
    }
    (units, unit_of)
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// To the target.
    Out,
    /// Home.
    Back,
}

/// Machines under way to the other side.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub unit: usize,
    pub way: Way,
    /// Who takes part.
    pub members: Vec<u32>,
    /// Number of the fleet's failover, on the way out.
    pub summary: usize,
    /// When each member's disks are ready \[s\].
    pub ready: BTreeMap<u32, f64>,
    pub booted: bool,
}

impl Journey<'_> {
    /// A member's disks are ready at `at` \[s\]; once all are, the groups boot.
    pub(super) fn ready(&mut self, number: usize, vm: u32, at: f64) {
        self.moves[number].ready.insert(vm, at);
        self.boot_if_ready(number);
    }

    /// A member will not come along.
    pub(super) fn leave_move(&mut self, vm: u32) {
        if let Some(number) = self.moving[vm as usize].take() {
            let going = &mut self.moves[number];
            going.members.retain(|&other| other != vm);
            going.ready.remove(&vm);
            self.boot_if_ready(number);
        }
    }

    fn boot_if_ready(&mut self, number: usize) {
        let going = &self.moves[number];
        if going.booted || going.members.is_empty() || going.ready.len() < going.members.len() {
            return;
        }
        self.moves[number].booted = true;
        let going = self.moves[number].clone();
        let unit = self.units[going.unit].clone();
        let mut at = going.ready.values().copied().fold(0.0, f64::max);
        for (place, group) in unit.groups.iter().enumerate() {
            let here: Vec<u32> = group.iter().copied().filter(|vm| going.members.contains(vm)).collect();
            if here.is_empty() {
                continue;
            }
            let actions = unit.plan.map(|plan| &self.plan.plans[plan].groups[place]);
            // Scripts do not run on the way home of a VMware machine (asr-facts 6.1).
            let scripted = going.way == Way::Out || self.is_between_regions();
            let before: &[Action] = actions.filter(|_| scripted).map_or(&[], |group| &group.before);
            let after: &[Action] = actions.filter(|_| scripted).map_or(&[], |group| &group.after);
            let waited = at;
            let mut steps: Vec<Step> = Vec::new();
            let purpose = |which: &str| {
                format!("journey/action/{place}/{which}/{}", self.moves[..number].iter().filter(|other| other.unit == going.unit).count())
            };
            at = self.run_actions(before, &purpose("before"), at, &mut steps);
            let mut last = at;
            let mut boots = Vec::new();
            for &vm in &here {
                let own = self.boot_steps(vm, going.way, at);
                let end = own.last().map_or(at, |step| step.to_s);
                last = last.max(end);
                boots.push((vm, own, end));
            }
            let mut tail: Vec<Step> = Vec::new();
            at = self.run_actions(after, &purpose("after"), last, &mut tail);
            for (vm, own, end) in boots {
                let ready = going.ready.get(&vm).copied().unwrap_or(waited);
                let mut all = Vec::new();
                if waited > ready {
                    all.push(Step { name: "wait for the plan".to_owned(), from_s: ready, to_s: waited });
                }
                all.extend(steps.iter().cloned());
                all.extend(own);
                if end < last && !tail.is_empty() {
                    all.push(Step { name: "wait for the group".to_owned(), from_s: end, to_s: last });
                }
                all.extend(tail.iter().cloned());
                let serves = if tail.is_empty() { end } else { at };
                self.schedule_boot(vm, going.way, end, serves, all);
            }
        }
    }

    fn run_actions(&self, actions: &[Action], purpose: &str, from: f64, steps: &mut Vec<Step>) -> f64 {
        let mut at = from;
        for (index, action) in actions.iter().enumerate() {
            let takes = self.take(action.takes, &action.name, &format!("{purpose}/{index}")).as_secs_f64();
            steps.push(Step { name: action.name.clone(), from_s: at, to_s: at + takes });
            at += takes;
        }
        at
    }

    /// Boot, and at home the addresses.
    fn boot_steps(&self, vm: u32, way: Way, from: f64) -> Vec<Step> {
        let steps = &self.plan.steps;
        let mut list = Vec::new();
        let mut add = |name: &str, law, from: f64| {
            let to = from + self.step_of(vm, law, name);
            if to > from {
                list.push(Step { name: name.to_owned(), from_s: from, to_s: to });
            }
            to
        };
        match way {
            Way::Out => {
                add("boot", steps.boot_target, from);
            }
            Way::Back => {
                let booted = add("boot at home", steps.boot_home, from);
                let linux = self.world.vms[vm as usize].os == model::OsFamily::Linux;
                add("put addresses right", if linux { steps.address_linux } else { steps.address_windows }, booted);
            }
        }
        list
    }

    fn schedule_boot(&mut self, vm: u32, way: Way, boots: f64, serves: f64, steps: Vec<Step>) {
        let item = &mut self.items[vm as usize];
        let turn = item.turn;
        if let Some(trip) = item.trip() {
            match way {
                Way::Out => trip.failover_steps.extend(steps),
                Way::Back => {
                    if let Some(back) = &mut trip.failback {
                        back.steps.extend(steps);
                    }
                }
            }
        }
        match way {
            Way::Out => {
                self.push_s(boots, Act::BootOut(vm, turn));
                self.push_s(serves, Act::ServeOut(vm, turn));
            }
            Way::Back => {
                self.push_s(boots, Act::BootBack(vm, turn));
                self.push_s(serves, Act::ServeBack(vm, turn));
            }
        }
    }
}
