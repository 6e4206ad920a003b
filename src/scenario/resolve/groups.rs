//! Replication groups of the world: who is in which.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::{Group, GroupId, VmId};
use crate::scenario::located::At;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::fleet::Fleet;

/// Groups as their members are found.
#[derive(Default)]
pub(super) struct Groups {
    order: Vec<String>,
    members: BTreeMap<String, Vec<VmId>>,
    of: BTreeMap<VmId, String>,
    declared: Vec<String>,
    /// Where the last member was named.
    at: BTreeMap<String, Range<usize>>,
}

impl Groups {
    pub(super) fn declare(&mut self, name: &At<String>, context: &mut Context) {
        if self.declared.contains(&name.value) {
            context.error(&name.span, format!("there are two groups called `{}`", name.value), "give each group its own name");
        }
        self.declared.push(name.value.clone());
        self.open(&name.value);
    }

    fn open(&mut self, name: &str) -> &mut Vec<VmId> {
        if !self.members.contains_key(name) {
            self.order.push(name.to_string());
        }
        self.members.entry(name.to_string()).or_default()
    }

    pub(super) fn join(&mut self, name: &str, vm: VmId, at: &Range<usize>, context: &mut Context) {
        match self.of.get(&vm) {
            Some(other) if other == name => return,
            Some(other) => {
                if context.is_news(name, at) {
                    context.error(at, format!("the machine is in the group `{other}` already"), "a machine is in one group at most");
                }
                return;
            }
            None => {}
        }
        self.of.insert(vm, name.to_string());
        self.at.insert(name.to_string(), at.clone());
        self.open(name).push(vm);
    }

    pub(super) fn finish(mut self, fleet: &mut Fleet, context: &mut Context) {
        let most: Option<usize> = if context.profile.get("group.max_vms").is_some() { context.value("group.max_vms") } else { None };
        for name in std::mem::take(&mut self.order) {
            let mut vms = self.members.get(&name).cloned().unwrap_or_default();
            vms.sort();
            let group = GroupId(u32::try_from(fleet.groups.len()).unwrap_or(u32::MAX));
            for vm in &vms {
                if let Some(vm) = fleet.vms.get_mut(vm.0 as usize) {
                    vm.group = Some(group);
                }
            }
            if most.is_some_and(|most| vms.len() > most) {
                let found = format!("the group `{name}` has {} machines", vms.len());
                let at = self.at.get(&name).cloned().unwrap_or(0..0);
                context.error(&at, found, format!("this profile allows {} in a replication group", most.unwrap_or_default()));
            }
            if vms.is_empty() {
                context.warnings.push(format!("the group `{name}` has no machine"));
            }
            fleet.groups.push(Group { name, vms });
        }
    }
}
