//! From the raw scenario to the world: every default filled in from the profile, every name resolved, everything checked that takes more than
//! one value to check. All mistakes are collected; a world comes out only if there are none.

mod batches;
mod bounds;
mod budget;
mod calendar;
mod churn;
mod context;
mod cost;
mod fleet;
mod groups;
mod home;
mod journey;
mod limits;
mod link;
mod load;
mod machine;
mod outage;
mod path;
mod policy;
mod records;
mod replay;
mod target;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::DateTime;

use crate::model::{Fault, Journey, System, World};
use crate::profile::{self, Profile};
use crate::results::Assumption;
use crate::scenario::diagnostics::Finding;
use crate::scenario::files::RecordSource;
use crate::scenario::located::At;
use crate::scenario::raw::{OverrideTree, Scenario};
use crate::scenario::reading::suggest;
use crate::scenario::values::{FromText, Moment};

use budget::Parts;
use calendar::Calendar;
use context::Context;
use fleet::Setting;
use journey::Forward;
use load::Paths;
use records::Records;

/// A resolved scenario.
pub(super) struct Resolved {
    pub world: World,
    pub assumptions: Vec<Assumption>,
    pub warnings: Vec<String>,
    /// Fingerprints of the files read, in order.
    pub files: Vec<String>,
    /// The rule set, overrides laid over it.
    pub profile: Profile,
}

/// Resolves a raw scenario. `name` is its file stem, `folder` what its file names are relative to.
pub(super) fn resolve(raw: &Scenario, name: &str, folder: &Path, source: &mut dyn RecordSource) -> (Option<Resolved>, Vec<Finding>) {
    let mut context = match start(raw) {
        Ok(context) => context,
        Err(finding) => return (None, vec![finding]),
    };
    let system = system(&context.profile.system);
    let mut records = Records::new(folder, source);

    let expanded = machine::expand(raw, &mut records, &mut context);
    machine::read_records(raw, &expanded, &mut records, &mut context);
    let start = start_instant(raw, &records, &mut context);
    let horizon = match &raw.horizon {
        Some(written) => calendar::horizon(written, start, &mut context),
        None => records.length().unwrap_or_else(|| context.need("run.horizon")),
    };
    if raw.horizon.is_none() && records.length().is_some() {
        context.assume("run.horizon", horizon.to_string(), "the length of the churn record");
    }
    let calendar = Calendar { start, horizon };

    let mut hubs = path::hubs(raw, system, expanded.len(), &mut context);
    let mut accounts = path::accounts(raw, system, &mut context);
    let policy = policy::policy(raw, &mut context);
    let mut setting = Setting { raw, system, calendar: &calendar, records: &mut records, context: &mut context };
    let fleet = fleet::fleet(&mut setting, &expanded, &mut hubs, &mut accounts);
    hubs.warn_of_crowds(&mut context);
    let outline = journey::outline(raw, system, &mut context);
    let home = home::home(raw, system, &expanded, &fleet, outline.needs_home, &mut context);
    let target = target::target(raw, system, &calendar, &expanded, &fleet, &mut context);
    let apply = path::apply(raw, &mut context);
    let mut link = link::forward(raw, system, &calendar, &mut context);
    let link_home = link::failback(raw, system, &calendar, outline.comes_back, &mut context);
    path::refuse_at_target(raw, &mut context);
    path::refuse_critical(raw, &hubs, &policy, &mut context);
    let trip = journey::Setting {
        raw,
        system,
        calendar: &calendar,
        fleet: &fleet,
        home: home.as_ref(),
        expanded: &expanded,
        policy: &policy,
        outline: &outline,
    };
    let journey = journey::journey(&trip, &mut context);
    let mut way = journey::way_back(&trip, &Forward { hubs: &hubs, link: &link, apply: &apply, link_home }, &mut context);
    let load_events = load::events(raw, &fleet, &calendar, &mut context);
    let mut paths = Paths { fleet: &fleet, hubs: &hubs, link: &mut link, way: way.as_mut() };
    let faults: Vec<Fault> = load::faults(raw, &calendar, &mut paths, &mut context);
    let output = policy::output(raw, &mut context);
    let cost = cost::cost(raw, system, &fleet, &mut context);
    let growth_per_year = context.pick_factor(raw.growth_per_year.as_ref(), "churn.growth_per_year");
    let seed = context.pick(raw.seed.as_ref(), "run.seed");
    records.warn_of_what_is_not_covered(&calendar, &mut context);
    let parts = Parts {
        raw,
        horizon,
        vms: fleet.vms.len(),
        disks: &fleet.disks,
        policy: &policy,
        output: &output,
        link: &link,
        link_home: way.as_ref().map(|way| &way.link),
        journey: journey.as_ref(),
        apply: &apply,
        growth_per_year,
    };
    if context.findings.is_empty() {
        budget::check(&parts, &mut context);
    }

    let assumptions = context.assumptions();
    let Context { findings, warnings, profile, .. } = context;
    if !findings.is_empty() {
        return (None, findings);
    }
    let (mut records, files) = records.finish();
    replay::note(&mut records, &fleet.disks, horizon);
    let mut world = World {
        title: raw.title.clone().unwrap_or_else(|| name.to_string()),
        name: name.to_string(),
        profile: profile.name.clone(),
        system,
        start,
        horizon,
        seed,
        vms: fleet.vms,
        disks: fleet.disks,
        groups: fleet.groups,
        hubs: hubs.into_world(),
        accounts: accounts.into_world(),
        link,
        apply,
        policy,
        records,
        load_events,
        growth_per_year,
        faults,
        home,
        target,
        journey,
        cost,
        output,
    };
    if let Some(way) = way {
        let back = Box::new(way.into_world(&world));
        world.journey = world.journey.map(|journey| Journey { back: Some(back), ..journey });
    }
    (Some(Resolved { world, assumptions, warnings, files, profile }), findings)
}

/// Loads the profile and lays the overrides over it.
fn start(raw: &Scenario) -> Result<Context, Finding> {
    let name = raw.profile.as_ref().map_or(profile::DEFAULT, |written| &written.value);
    let place = raw.profile.as_ref().map_or(0..0, |written| written.span.clone());
    let profile = Profile::load(name).map_err(|error| Finding::at(&place, error.to_string(), suggest(name, profile::names())))?;
    let mut context = Context::new(profile);
    if raw.profile.is_none() {
        context.assume("profile", name, "the default");
    }
    for (key, tree) in &raw.overrides {
        lay_over(key, tree, "override", &mut context);
    }
    for (key, tree) in &raw.cost.prices {
        lay_over(&format!("prices.{key}"), tree, "cost", &mut context);
    }
    Ok(context)
}

/// Lays the values of a table of the scenario over the profile's.
fn lay_over(key: &str, tree: &At<OverrideTree>, table: &'static str, context: &mut Context) {
    match &tree.value {
        OverrideTree::Value(value) => context.override_value(key, &At { value: value.clone(), span: tree.span.clone() }, table),
        OverrideTree::Keys(keys) => {
            let keys: &BTreeMap<String, At<OverrideTree>> = keys;
            for (name, inner) in keys {
                lay_over(&format!("{key}.{name}"), inner, table, context);
            }
        }
    }
}

/// The run's start: as written, else that of the record, else the profile's.
fn start_instant(raw: &Scenario, records: &Records<'_>, context: &mut Context) -> DateTime {
    if let Some(written) = &raw.start {
        context.state("run.start", written.value.0.to_string());
        return written.value.0;
    }
    if let Some(start) = records.start() {
        context.assume("run.start", start.to_string(), "the start of the churn record");
        return start;
    }
    let text: String = context.need("run.start");
    Moment::from_text(&text).map_or(DateTime::MIN, |moment| moment.0)
}

fn system(name: &str) -> System {
    match name {
        "physical" => System::Physical,
        "avs" => System::Avs,
        "vmware-modernized" => System::VmwareModernized,
        "azure-to-azure" => System::AzureToAzure,
        _ => System::VmwareClassic,
    }
}

/// The system in words.
pub(super) fn system_words(system: System) -> &'static str {
    match system {
        System::VmwareClassic => "VMware on premises, classic (process servers)",
        System::Physical => "physical servers (process servers)",
        System::Avs => "Azure VMware Solution (process servers)",
        System::VmwareModernized => "VMware, modernized appliance",
        System::AzureToAzure => "Azure region to Azure region",
    }
}
