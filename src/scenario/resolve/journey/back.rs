//! The way back: a world of the same machines whose data flows home.
//!
//! Classic: agents at the target, process servers near them, the link home, master targets. Modernized: a log account in the cloud, the link, the appliance, which
//! writes the disks. Azure to Azure: the way out, mirrored.

use crate::model::{Account, AccountId, Apply, CostPlan, Disk, Fault, Hub, HubId, HubKind, Link, Policy, StartState, System, Target, Vm, World};
use crate::scenario::raw::ReturnServer;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::journey::{Setting, fails_over, is_classic};
use crate::scenario::resolve::path::{self, Hubs};
use crate::scenario::resolve::{home, policy};
use crate::units::{Share, Span};

/// What of the way out the way back is made from.
pub(in crate::scenario::resolve) struct Forward<'f> {
    pub hubs: &'f Hubs,
    pub link: &'f Link,
    pub apply: &'f Apply,
    /// `link.failback`, if it is stated.
    pub link_home: Option<Link>,
}

/// The parts of the way back that differ from the way out.
pub(in crate::scenario::resolve) struct Way {
    /// The link home.
    pub link: Link,
    /// Whether it is the line of the way out, which a cut takes in both directions.
    pub one_line: bool,
    /// What data goes through before the link.
    pub hubs: Hubs,
    /// Whether these are the servers of the way out, which go down for both directions.
    pub same_servers: bool,
    /// What goes wrong on this way.
    pub faults: Vec<Fault>,
    accounts: Vec<Account>,
    /// By machine.
    ends: Vec<(HubId, AccountId)>,
    policy: Policy,
    apply: Apply,
    /// Whether the service's ceilings on what is uploaded hold.
    limited: bool,
}

/// Builds the way back.
pub(super) fn way(setting: &Setting<'_>, forward: &Forward<'_>, context: &mut Context) -> Option<Way> {
    let a2a = setting.system == System::AzureToAzure;
    let one_line = forward.link_home.is_none();
    let link = match &forward.link_home {
        Some(link) => link.clone(),
        None if is_classic(setting.system) => {
            leads_nowhere(setting, context);
            return None;
        }
        None => {
            context.assume("link.failback", "as `link.forward`, the other way", "the scenario states none");
            forward.link.clone()
        }
    };
    let at_home = server(setting, context) == ReturnServer::Home;
    if at_home {
        path::idle_at_target(setting.raw, "`process_server = \"home\"` takes those at home", context);
    }
    let (mut hubs, same_servers) = match setting.system {
        System::AzureToAzure => (forward.hubs.mirrored(), false),
        System::VmwareModernized => (Hubs::alone(log_account(forward.hubs, context)?, "log account"), false),
        // A process server at home gets what it is to compress over the link: tracked bytes cross it, and what waits, waits at the agent.
        _ if at_home => (forward.hubs.changed(|hub| Hub { wire_per_tracked: 1.0, cache: None, ..hub }), true),
        _ => (path::return_hubs(setting.raw, setting.fleet.vms.len(), context), false),
    };
    let accounts = match setting.system {
        System::AzureToAzure => vec![nameless("replica disks")],
        System::VmwareModernized => vec![nameless("disks at home")],
        _ => home::accounts(setting.raw, setting.home, context),
    };
    let target = |vm: usize| setting.home.and_then(|home| home.machines.get(vm)).and_then(|facts| facts.master_target).unwrap_or(0);
    let mut ends = Vec::with_capacity(setting.fleet.vms.len());
    for (number, vm) in setting.fleet.vms.iter().enumerate() {
        let hub = if a2a || same_servers { vm.hub } else { hubs.assign(None, context) };
        ends.push((hub, AccountId(u32::try_from(target(number)).unwrap_or(u32::MAX))));
    }
    let apply = if a2a { *forward.apply } else { Apply { rate: None, delay: context.need("journey.apply_delay") } };
    let policy = failback_policy(setting, context);
    Some(Way { link, one_line, hubs, same_servers, faults: Vec::new(), accounts, ends, policy, apply, limited: a2a })
}

/// Nothing leads home: said once, where the scenario asks for it.
fn leads_nowhere(setting: &Setting<'_>, context: &mut Context) {
    let raw = setting.raw;
    let failback = raw.recovery.as_ref().and_then(|at| at.value.failback.as_ref()).map(|at| at.span.clone());
    let disaster = raw.disaster.iter().find(|at| fails_over(&at.value)).map(|at| at.span.clone());
    let planned = raw.planned_failover.first().map(|at| at.span.clone());
    let at = failback.or(disaster).or(planned).unwrap_or(0..0);
    let advice = "add [link.failback] with `vpn` or `expressroute_private`, or write `reprotect_after = \"never\"` in [recovery]";
    context.missing(&at, "nothing leads home: the scenario has no `link.failback`", advice);
}

/// Where the process servers of the way back stand.
fn server(setting: &Setting<'_>, context: &mut Context) -> ReturnServer {
    let written = setting.raw.recovery.as_ref().and_then(|at| at.value.failback.as_ref()).and_then(|at| at.value.process_server.as_ref());
    match written {
        Some(written) => {
            if !is_classic(setting.system) {
                context.error(&written.span, "this profile has no process server on the way back", "leave `process_server` out");
            }
            let name = if written.value == ReturnServer::Home { "home" } else { "target" };
            context.state("journey.process_server", name.to_string());
            written.value
        }
        None if is_classic(setting.system) && context.need::<String>("journey.process_server") == "home" => ReturnServer::Home,
        None => ReturnServer::Target,
    }
}

fn nameless(name: &str) -> Account {
    Account { name: name.to_string(), limit: None, operations: None }
}

/// The log account in the cloud, which holds what the appliance at home has yet to fetch.
fn log_account(hubs: &Hubs, context: &mut Context) -> Option<Hub> {
    let compression: Share = context.need("journey.compression");
    let pattern = hubs.first()?.clone();
    Some(Hub {
        name: "log account".to_string(),
        kind: HubKind::Appliance,
        critical: false,
        intake: None,
        intake_ops: None,
        cache: None,
        enforce_daily_limit: false,
        wire_per_tracked: 1.0 - compression.get(),
        ..pattern
    })
}

/// The policy of the way back: made with that of the way out, and not editable; between Azure regions the same.
fn failback_policy(setting: &Setting<'_>, context: &mut Context) -> Policy {
    let forward = setting.policy;
    if setting.system == System::AzureToAzure {
        return Policy { start_state: StartState::InitialReplication, ..forward.clone() };
    }
    let retention: Span = context.need("failback.retention");
    Policy {
        rpo_threshold: context.need("failback.rpo_threshold"),
        crash_every: context.need("failback.crash_every"),
        app_every: context.value("failback.app_every"),
        retention,
        prune: policy::schedule(retention, context),
        start_state: StartState::InitialReplication,
        ..forward.clone()
    }
}

impl Way {
    /// The world of the way back.
    pub(in crate::scenario::resolve) fn into_world(self, forward: &World) -> World {
        let vms = forward.vms.iter().zip(&self.ends);
        let vms = vms.map(|(vm, &(hub, account))| {
            let churn_limit = vm.churn_limit.filter(|_| self.limited);
            Vm { hub, account, churn_limit, batch: 0, ..vm.clone() }
        });
        let disks = forward.disks.iter().map(|disk| Disk { churn_limit: disk.churn_limit.filter(|_| self.limited), ..disk.clone() });
        World {
            vms: vms.collect(),
            disks: disks.collect(),
            hubs: self.hubs.into_world(),
            accounts: self.accounts,
            link: self.link,
            apply: self.apply,
            policy: self.policy,
            faults: self.faults,
            journey: None,
            title: forward.title.clone(),
            name: forward.name.clone(),
            profile: forward.profile.clone(),
            groups: forward.groups.clone(),
            records: forward.records.clone(),
            load_events: forward.load_events.clone(),
            home: forward.home.clone(),
            target: Target::default(),
            // What both ways cost is in the plan of the way out.
            cost: CostPlan::default(),
            ..*forward
        }
    }
}
