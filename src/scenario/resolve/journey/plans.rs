//! Recovery plans, planned failovers and drills of the world.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::{Action, BootGroup, Drill, Plan, PlannedFailover, VmId};
use crate::scenario::located::At;
use crate::scenario::raw;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::journey::Setting;
use crate::units::Instant;

/// Builds the plans.
pub(super) fn plans(setting: &Setting<'_>, context: &mut Context) -> Vec<Plan> {
    let mut list: Vec<Plan> = Vec::new();
    for written in &setting.raw.plan {
        let name = &written.value.name;
        if list.iter().any(|plan| plan.name == name.value) {
            context.error(&name.span, format!("there are two plans called `{}`", name.value), "give each its own name");
        }
        list.push(plan(&written.value, &written.span, setting, context));
    }
    list
}

fn plan(written: &raw::Plan, at: &Range<usize>, setting: &Setting<'_>, context: &mut Context) -> Plan {
    let name = &written.name;
    let most_groups: usize = context.need("plan.max_groups");
    let most_machines: usize = context.need("plan.max_machines");
    if written.groups.is_empty() {
        context.missing(at, format!("the plan `{}` has no group", name.value), "add `groups = [{ vms = [\"db\"] }]`");
    }
    if let Some(beyond) = written.groups.get(most_groups) {
        let at = context.overridden_or(&["plan.max_groups"], &beyond.span);
        let found = format!("the plan `{}` has {} groups", name.value, written.groups.len());
        context.error(&at, found, format!("the service takes {most_groups} in a plan"));
    }
    // By machine, its boot group and where it is named.
    let mut place: BTreeMap<VmId, (usize, Range<usize>)> = BTreeMap::new();
    let mut groups = Vec::new();
    for (number, group) in written.groups.iter().enumerate() {
        let members = named(&group.value.vms, &group.span, setting, context);
        for (&vm, at) in &members {
            if let Some((before, _)) = place.insert(vm, (number, at.clone())) {
                let who = setting.fleet.vms.get(vm.0 as usize).map_or("", |vm| vm.name.as_str());
                let problem = format!("`{who}` is in group {} of the plan already", before + 1);
                context.error(at, problem, "a machine boots with one group of a plan");
            }
        }
        let actions = |list: &[raw::Action]| list.iter().map(|action| Action { name: action.name.clone(), takes: action.takes.value }).collect();
        groups.push(BootGroup { vms: members.into_keys().collect(), before: actions(&group.value.before), after: actions(&group.value.after) });
    }
    if place.len() > most_machines {
        let at = context.overridden_or(&["plan.max_machines"], &name.span);
        let found = format!("the plan `{}` has {} machines", name.value, place.len());
        context.error(&at, found, format!("the service takes {most_machines} in a plan: write several"));
    }
    undivided(&place, "in one boot group of a plan", setting, context);
    Plan { name: name.value.clone(), groups }
}

/// The machines that a list names, which must be some.
fn named(vms: &[At<String>], at: &Range<usize>, setting: &Setting<'_>, context: &mut Context) -> BTreeMap<VmId, Range<usize>> {
    if vms.is_empty() {
        context.error(at, "no machine is named", "write `vms = [\"db\", \"web\"]`, or [\"all\"] for the fleet");
    }
    setting.fleet.members(vms, context)
}

/// A replication group moves together: in one boot group of a plan (MicrosoftDocs/azure-docs, site-recovery-create-recovery-plans.md, 2018), at one time.
fn undivided(place: &BTreeMap<VmId, (usize, Range<usize>)>, how: &str, setting: &Setting<'_>, context: &mut Context) {
    for group in &setting.fleet.groups {
        let mut inside = group.vms.iter().filter_map(|vm| place.get(vm));
        let Some((first, at)) = inside.next() else { continue };
        let torn = group.vms.iter().find(|vm| place.get(vm).is_none_or(|(number, _)| number != first));
        if let Some(vm) = torn.and_then(|vm| setting.fleet.vms.get(vm.0 as usize)) {
            let problem = format!("the replication group `{}` is torn apart: `{}` is elsewhere", group.name, vm.name);
            context.error(at, problem, format!("its machines go together, {how}"));
        }
    }
}

/// Builds the planned failovers.
pub(super) fn planned(setting: &Setting<'_>, context: &mut Context) -> Vec<PlannedFailover> {
    let mut list = Vec::new();
    for written in &setting.raw.planned_failover {
        let (at, vms) = (&written.value.at, &written.value.vms);
        let members = named(vms, &written.span, setting, context);
        let place = members.iter().map(|(vm, at)| (*vm, (0, at.clone()))).collect();
        undivided(&place, "in one planned failover", setting, context);
        let instant = setting.calendar.instant(at.value, &at.span, context);
        if instant >= Instant::START + setting.calendar.horizon {
            context.warnings.push("a planned failover would happen after the run ends".to_string());
        }
        list.push(PlannedFailover { at: instant, vms: members.into_keys().collect() });
    }
    list.sort_by_key(|planned| planned.at);
    list
}

/// Builds the drills.
pub(super) fn drills(setting: &Setting<'_>, context: &mut Context) -> Vec<Drill> {
    let mut list = Vec::new();
    for written in &setting.raw.drill {
        let drill = &written.value;
        if drill.lasts.value.is_zero() {
            context.error(&drill.lasts.span, "a drill of no length", "write a time above 0, such as \"4 h\"");
        }
        let members = named(&drill.vms, &written.span, setting, context);
        let first = setting.calendar.instant(drill.at.value, &drill.at.span, context);
        let at = setting.calendar.repeat(first, drill.every.as_ref(), None, context);
        if at.is_empty() {
            context.warnings.push("a drill would happen after the run ends".to_string());
            continue;
        }
        list.push(Drill { at, vms: members.into_keys().collect(), lasts: drill.lasts.value });
    }
    list
}
