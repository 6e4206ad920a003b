//! The round trip of the world: what goes wrong beyond the data path, what people do about it, how long it takes, and the way back.

mod back;
mod disasters;
mod plans;
mod response;
mod rules;
mod windows;

use crate::model::{Home, Journey, Policy, System};
use crate::scenario::located::At;
use crate::scenario::raw::{Disaster, Recovery, Scenario, SiteLost};
use crate::scenario::resolve::calendar::Calendar;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::fleet::Fleet;
use crate::scenario::resolve::machine::Expanded;
use crate::scenario::resolve::path;
use crate::scenario::values::OrNever;
use crate::units::Span;

pub(super) use back::{Forward, Way};

/// What the scenario asks of a round trip, before any of it is resolved.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outline {
    /// Whether it speaks of one at all.
    pub stated: bool,
    /// From the commit until a reprotect is asked for; `None` never.
    reprotect_after: Option<Span>,
    /// Whether somebody can be reprotected towards home.
    pub comes_back: bool,
    /// Whether facts of the home site are needed, stated or not.
    pub needs_home: bool,
}

/// What the parts of the round trip are resolved with.
pub(super) struct Setting<'s> {
    pub raw: &'s Scenario,
    pub system: System,
    pub calendar: &'s Calendar,
    pub fleet: &'s Fleet,
    pub home: Option<&'s Home>,
    pub expanded: &'s [Expanded],
    pub policy: &'s Policy,
    pub outline: &'s Outline,
}

/// Whether a system has configuration server, process servers and master targets.
fn is_classic(system: System) -> bool {
    matches!(system, System::VmwareClassic | System::Physical | System::Avs)
}

/// Whether machines fail over in it.
fn fails_over(disaster: &Disaster) -> bool {
    disaster.site_lost.is_some() || disaster.attack.is_some()
}

/// Whether there is a home to come back to after it.
fn leaves_a_home(disaster: &Disaster) -> bool {
    let is_repaired = |lost: &At<SiteLost>| lost.value.repaired.as_ref().is_some_and(|at| at.value != OrNever::Never);
    disaster.attack.is_some() || disaster.site_lost.as_ref().is_some_and(is_repaired)
}

/// Looks what the scenario asks of a round trip.
pub(super) fn outline(raw: &Scenario, system: System, context: &mut Context) -> Outline {
    let stated =
        !(raw.disaster.is_empty() && raw.recovery.is_none() && raw.plan.is_empty() && raw.planned_failover.is_empty() && raw.drill.is_empty());
    if !stated {
        return Outline::default();
    }
    let planned = !raw.planned_failover.is_empty();
    let fail_over = planned || raw.disaster.iter().any(|at| fails_over(&at.value));
    let can_return = planned || raw.disaster.iter().any(|at| leaves_a_home(&at.value));
    let recovery = raw.recovery.as_ref().map(|at| &at.value);
    let reprotect_after = context.pick_or_never(recovery.and_then(|recovery| recovery.reprotect_after.as_ref()), "journey.reprotect_after");
    let failback = recovery.and_then(|recovery| recovery.failback.as_ref());
    if let (Some(failback), None) = (failback, reprotect_after) {
        let problem = "machines that are never reprotected cannot come home";
        let at = context.overridden_or(&["journey.reprotect_after"], &failback.span);
        context.error(&at, problem, "write `reprotect_after = \"0 min\"` in [recovery], or leave `failback` out");
    } else if !fail_over && raw.drill.is_empty() && (raw.recovery.is_some() || !raw.plan.is_empty()) {
        context.warnings.push("nothing in this scenario fails over, so [recovery] and [[plan]] have no effect".to_string());
    } else if fail_over && !can_return && failback.is_some() {
        context
            .warnings
            .push("recovery.failback: the site is never repaired, so nobody comes home; write `site_lost = { repaired = … }`".to_string());
    }
    let comes_back = can_return && reprotect_after.is_some();
    let of_home = raw.disaster.iter().any(|at| at.value.configuration_server_lost.is_some() || at.value.master_target_lost.is_some());
    Outline { stated, reprotect_after, comes_back, needs_home: (comes_back || of_home) && system != System::AzureToAzure }
}

/// The round trip, but for the way back.
pub(super) fn journey(setting: &Setting<'_>, context: &mut Context) -> Option<Journey> {
    if !setting.outline.stated {
        return None;
    }
    let silent = Recovery::default();
    let recovery = setting.raw.recovery.as_ref().map_or(&silent, |at| &at.value);
    Some(Journey {
        disasters: disasters::disasters(setting, context),
        planned: plans::planned(setting, context),
        drills: plans::drills(setting, context),
        plans: plans::plans(setting, context),
        response: response::response(setting, recovery, context),
        steps: response::steps(setting, recovery, context),
        rules: rules::rules(setting, recovery, context),
        after: response::after(recovery, context),
        back: None,
    })
}

/// The way back, if anybody takes it.
pub(super) fn way_back(setting: &Setting<'_>, forward: &Forward<'_>, context: &mut Context) -> Option<Way> {
    if !setting.outline.comes_back {
        path::idle_at_target(setting.raw, "nobody comes home in this scenario", context);
        return None;
    }
    back::way(setting, forward, context)
}
