//! Facts of the target: what the subscription takes there, and what each machine asks of it.

use crate::model::{Forbidden, MachineTarget, System, Target};
use crate::scenario::located::At;
use crate::scenario::raw::{self, Scenario};
use crate::scenario::resolve::calendar::Calendar;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::fleet::Fleet;
use crate::scenario::resolve::machine::Expanded;

/// Resolves what is stated of the target.
pub(super) fn target(raw: &Scenario, system: System, calendar: &Calendar, expanded: &[Expanded], fleet: &Fleet, context: &mut Context) -> Target {
    let silent = raw::Target::default();
    let written = raw.target.as_ref().map_or(&silent, |at| &at.value);
    let (cores, interfaces) = (Quota::of("cores", written.cores.as_ref()), Quota::of("interfaces", written.interfaces.as_ref()));
    if let (Some(raised), None, None) = (&written.raised_after, cores.most, interfaces.most) {
        context.error(&raised.span, "there is no quota that could be raised", "write `cores` or `interfaces`, or leave `raised_after` out");
    }
    let mut machines = Vec::new();
    for one in expanded.iter().take(fleet.vms.len()) {
        let facts = one.machine.target.as_ref().map(|at| &at.value);
        let tier_changed = facts.and_then(|facts| facts.tier_changed.as_ref());
        if let Some(changed) = tier_changed.filter(|at| system != System::AzureToAzure && context.is_news("tier_changed", &at.span)) {
            let problem = "only between Azure regions is it documented that a change of tier takes the older points away";
            context.error(&changed.span, problem, "leave `tier_changed` out");
        }
        machines.push(MachineTarget {
            cores: cores.share(one, facts.and_then(|facts| facts.cores.as_ref()), context),
            interfaces: interfaces.share(one, facts.and_then(|facts| facts.interfaces.as_ref()), context),
            forbidden: facts.and_then(|facts| facts.forbidden.as_ref()).map(|at| match at.value {
                raw::Forbidden::Policy => Forbidden::Policy,
                raw::Forbidden::AvailabilitySet => Forbidden::AvailabilitySet,
            }),
            tier_changed: tier_changed.map(|at| calendar.instant(at.value, &at.span, context)),
        });
    }
    if machines.iter().all(|machine| *machine == MachineTarget::default()) {
        machines.clear();
    }
    Target { cores: cores.most, interfaces: interfaces.most, raised_after: written.raised_after.as_ref().map(|at| at.value), machines }
}

/// A quota, and what it is of.
struct Quota {
    noun: &'static str,
    most: Option<u32>,
}

impl Quota {
    fn of(noun: &'static str, written: Option<&At<u32>>) -> Self {
        Quota { noun, most: written.map(|at| at.value) }
    }

    /// What a machine takes of it. Nobody has published what a machine has, so where there is a quota it must be said.
    fn share(&self, one: &Expanded, written: Option<&At<u32>>, context: &mut Context) -> u32 {
        let noun = self.noun;
        match (written, self.most) {
            (None, Some(_)) if one.index == 0 => {
                let advice = format!("add `target.{noun} = …` here, or in its template");
                context.missing(
                    &one.span,
                    format!("nothing says how many {noun} `{}` needs at the target, where they are limited", one.family),
                    advice,
                );
            }
            (Some(at), None) if context.is_news(noun, &at.span) => {
                context.warnings.push(format!("target.{noun} of `{}`: [target] states no quota of {noun} that it would count against", one.family));
            }
            _ => {}
        }
        written.map_or(0, |at| at.value)
    }
}
