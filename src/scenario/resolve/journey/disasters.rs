//! Disasters of the world: what, when, under which name.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::{ConfigurationServer, Disaster, DisasterKind, Occurs, Original, System};
use crate::scenario::located::At;
use crate::scenario::raw::{self, Attack, ConfigurationServerLost, Machines, MasterTargetLost, OriginalSwitchedOn, RestoredAs, SiteLost};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::journey::{Setting, is_classic};
use crate::scenario::values::{Between, OrNever};
use crate::units::{DurationLaw, Instant};

/// Builds the disasters.
pub(super) fn disasters(setting: &Setting<'_>, context: &mut Context) -> Vec<Disaster> {
    let mut names = Names::of(&setting.raw.disaster, context);
    let mut list = Vec::new();
    for written in &setting.raw.disaster {
        let kinds = kinds(written, setting, context);
        let Some(occurs) = occurs(written, setting, context) else { continue };
        for (what, kind) in kinds {
            let name = match (&written.value.name, what.machine) {
                (Some(name), None) => name.value.clone(),
                (Some(name), Some(vm)) => format!("{} {vm}", name.value),
                (None, None) => names.number(what.words.to_string()),
                (None, Some(vm)) => names.number(format!("{} {vm}", what.words)),
            };
            if concerns_the_way_home(&kind) && !setting.outline.comes_back {
                context.warnings.push(format!("{name} concerns the way home, which nobody takes in this scenario"));
            }
            list.push(Disaster { name, occurs: occurs.clone(), kind });
        }
    }
    list
}

fn concerns_the_way_home(kind: &DisasterKind) -> bool {
    use DisasterKind::{ConfigurationServerLost, MasterTargetLost, OriginalSwitchedOn};
    matches!(kind, ConfigurationServerLost { .. } | MasterTargetLost { .. } | OriginalSwitchedOn { .. })
}

/// How often each name is taken.
struct Names(BTreeMap<String, usize>);

impl Names {
    /// The names that are written, each of which may stand once.
    fn of(list: &[At<raw::Disaster>], context: &mut Context) -> Self {
        let mut taken = BTreeMap::new();
        for name in list.iter().filter_map(|written| written.value.name.as_ref()) {
            let count: &mut usize = taken.entry(name.value.clone()).or_insert(0);
            *count += 1;
            if *count == 2 {
                context.error(&name.span, format!("there are two disasters called `{}`", name.value), "give each its own name");
            }
        }
        Names(taken)
    }

    /// The kind as a name, with a number from the second on.
    fn number(&mut self, kind: String) -> String {
        let count = self.0.entry(kind.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { kind } else { format!("{kind} {count}") }
    }
}

/// What a disaster is called that has no name.
struct What {
    words: &'static str,
    machine: Option<String>,
}

fn what(words: &'static str) -> What {
    What { words, machine: None }
}

/// The kinds of one `[[disaster]]`: one, or one for each machine that it names.
fn kinds(written: &At<raw::Disaster>, setting: &Setting<'_>, context: &mut Context) -> Vec<(What, DisasterKind)> {
    let disaster = &written.value;
    let stated = [
        disaster.site_lost.is_some(),
        disaster.target_lost.is_some(),
        disaster.attack.is_some(),
        disaster.configuration_server_lost.is_some(),
        disaster.master_target_lost.is_some(),
        disaster.original_switched_on.is_some(),
    ];
    match stated.iter().filter(|is| **is).count() {
        0 => context.missing(
            &written.span,
            "the disaster does nothing",
            "add one of site_lost, target_lost, attack, configuration_server_lost, master_target_lost, original_switched_on",
        ),
        1 => {}
        _ => context.error(&written.span, "the disaster is of several kinds", "write one [[disaster]] for each kind"),
    }
    let mut kinds = Vec::new();
    if let Some(lost) = &disaster.site_lost {
        kinds.push((what("site lost"), site_lost(&lost.value, setting, context)));
    }
    if let Some(lost) = &disaster.target_lost {
        kinds.push((what("target lost"), DisasterKind::TargetLost { repaired: law(lost.value.repaired.as_ref()) }));
    }
    if let Some(attack) = &disaster.attack {
        kinds.push((what("attack"), attack_of(&attack.value, context)));
    }
    if let Some(lost) = &disaster.configuration_server_lost {
        kinds.extend(configuration_server_lost(lost, setting, context).map(|kind| (what("configuration server lost"), kind)));
    }
    if let Some(lost) = &disaster.master_target_lost {
        kinds.extend(master_target_lost(lost, setting, context).map(|kind| (what("master target lost"), kind)));
    }
    if let Some(on) = &disaster.original_switched_on {
        kinds.extend(switched_on(on, setting, context));
    }
    kinds
}

/// A law, unless it is never.
fn law(written: Option<&At<OrNever<DurationLaw>>>) -> Option<DurationLaw> {
    written.and_then(|at| at.value.value())
}

fn site_lost(lost: &SiteLost, setting: &Setting<'_>, context: &mut Context) -> DisasterKind {
    let machines_kept = lost.machines.as_ref().is_none_or(|at| at.value == Machines::Kept);
    let says_kept = |home: &raw::MachineHome| home.original.as_ref().is_some_and(|at| matches!(at.value, raw::Original::Kept | raw::Original::On));
    if let (Some(machines), false) = (&lost.machines, machines_kept)
        && let Some(kept) = setting.expanded.iter().find(|one| one.machine.home.as_ref().is_some_and(|home| says_kept(&home.value)))
    {
        let problem = format!("the machines are lost with the site, and the original of `{}` is said to be there", kept.name);
        context.error(&machines.span, problem, "write \"kept\", or leave its `home.original` out");
    }
    DisasterKind::SiteLost { repaired: law(lost.repaired.as_ref()), machines_kept }
}

fn attack_of(attack: &Attack, context: &mut Context) -> DisasterKind {
    if attack.found.value.mean() <= 0.0 {
        context.error(&attack.found.span, "an attack that is found at once does nothing", "write a time above 0, such as \"3 days\"");
    }
    DisasterKind::Attack { found: attack.found.value, rewritten: context.pick(attack.rewritten.as_ref(), "journey.rewritten") }
}

/// Notes that a system has no such part.
fn has_none(system: System, part: &str, at: &Range<usize>, context: &mut Context) {
    let who = if system == System::AzureToAzure { "between Azure regions there is" } else { "the modernized appliance has" };
    context.error(at, format!("{who} no {part}"), "leave it out");
}

fn configuration_server_lost(lost: &At<ConfigurationServerLost>, setting: &Setting<'_>, context: &mut Context) -> Option<DisasterKind> {
    if !is_classic(setting.system) {
        has_none(setting.system, "configuration server", &lost.span, context);
        return None;
    }
    let down = setting.home.is_some_and(|home| home.configuration_server == ConfigurationServer::Down);
    if down {
        let advice = "leave `configuration_server` out of [home], or this disaster";
        context.error(&lost.span, "[home] says that the configuration server is down, so it cannot be lost", advice);
    }
    let then = match lost.value.restored_as.as_ref().map(|at| at.value) {
        None | Some(RestoredAs::SameAddress) => ConfigurationServer::Up,
        Some(RestoredAs::OtherAddress) => ConfigurationServer::OtherAddress,
        Some(RestoredAs::OldBackup) => ConfigurationServer::OldBackup,
    };
    Some(DisasterKind::ConfigurationServerLost { restored: law(lost.value.restored.as_ref()), then })
}

fn master_target_lost(lost: &At<MasterTargetLost>, setting: &Setting<'_>, context: &mut Context) -> Option<DisasterKind> {
    if !is_classic(setting.system) {
        has_none(setting.system, "master target", &lost.span, context);
        return None;
    }
    let (name, targets) = (&lost.value.name, setting.home.map_or(&[][..], |home| &home.master_targets));
    let found = targets.iter().position(|target| target.name == name.value);
    if found.is_none() {
        let advice = suggest(&name.value, targets.iter().map(|target| target.name.as_str()));
        context.error(&name.span, format!("there is no master target `{}`", name.value), advice);
    }
    Some(DisasterKind::MasterTargetLost { target: found?, replaced: law(lost.value.replaced.as_ref()) })
}

fn switched_on(on: &At<OriginalSwitchedOn>, setting: &Setting<'_>, context: &mut Context) -> Vec<(What, DisasterKind)> {
    let (vm, lasts) = (&on.value.vm, &on.value.lasts);
    if lasts.value.is_zero() {
        context.error(&lasts.span, "switched on for no time", "write a time above 0");
    }
    if setting.system == System::Physical {
        let why = "switching an original on has no effect: a physical server comes back as a new machine in any case";
        context.error(&on.span, why, "leave it out");
    }
    let vms = setting.fleet.named(vm, context);
    let original = |vm: usize| setting.home.and_then(|home| home.machines.get(vm)).map(|facts| facts.original);
    if vms.iter().any(|vm| matches!(original(vm.0 as usize), Some(Original::Lost | Original::Deleted))) {
        context.error(
            &vm.span,
            format!("the original of `{}` is said to be gone, so it cannot be switched on", vm.value),
            "leave its `home.original` out",
        );
    }
    let several = vms.len() > 1;
    let machine = |vm: crate::model::VmId| setting.fleet.vms.get(vm.0 as usize).map(|vm| vm.name.clone()).filter(|_| several);
    let kind = |vm| (What { words: "original switched on", machine: machine(vm) }, DisasterKind::OriginalSwitchedOn { vm, lasts: lasts.value });
    vms.into_iter().map(kind).collect()
}

/// When a disaster happens; `None` if never in this run, or by mistake.
fn occurs(written: &At<raw::Disaster>, setting: &Setting<'_>, context: &mut Context) -> Option<Occurs> {
    let (disaster, calendar) = (&written.value, setting.calendar);
    let times = [disaster.at.is_some(), disaster.between.is_some(), disaster.mtbf.is_some()];
    match times.iter().filter(|is| **is).count() {
        0 => context.missing(&written.span, "the disaster has no time", "add `at = \"Wed 10:00\"`, `between = \"run\"` or `mtbf = \"2 years\"`"),
        1 => {}
        _ => context.error(&written.span, "the disaster has several times", "write one of `at`, `between` and `mtbf`"),
    }
    if let (Some(every), None) = (&disaster.every, &disaster.at) {
        context.error(&every.span, "`every` says when a disaster comes again that has a known time", "add `at`, or leave `every` out");
    }
    let end = Instant::START + calendar.horizon;
    let name = disaster.name.as_ref().map_or("the disaster", |name| name.value.as_str()).to_string();
    if let Some(at) = &disaster.at {
        let first = calendar.instant(at.value, &at.span, context);
        let instants = calendar.repeat(first, disaster.every.as_ref(), None, context);
        if instants.is_empty() {
            context.warnings.push(format!("{name} would happen after the run ends"));
            return None;
        }
        return Some(Occurs::At(instants));
    }
    if let Some(between) = &disaster.between {
        let (from, to) = match &between.value {
            Between::Run => (Instant::START, end),
            Between::Moments(from, to) => (calendar.instant(from.value, &from.span, context), calendar.instant(to.value, &to.span, context)),
        };
        if to <= from {
            context.error(
                &between.span,
                "the stretch ends before it begins",
                "write the earlier moment first; \"Mon 00:00\" is the first one of the run",
            );
        } else if from >= end {
            context.warnings.push(format!("{name} would happen after the run ends"));
            return None;
        }
        return Some(Occurs::Between(from, to));
    }
    let mtbf = disaster.mtbf.as_ref()?;
    if mtbf.value.is_zero() {
        context.error(&mtbf.span, "it would happen all the time", "write a time above 0, such as \"2 years\"");
        return None;
    }
    Some(Occurs::Every(mtbf.value))
}
