//! Facts of the home site: what is not said is as it should be, and machines are spread over the master targets.

use std::collections::BTreeMap;

use crate::model::{
    Account, ConfigurationServer, DriveFault, Home, HomeConnection, MachineHome, MasterTarget, Original, OsFamily, RetentionDrive, System,
};
use crate::profile::Unit;
use crate::scenario::located::At;
use crate::scenario::raw::{self, Connection, Controller, Hypervisor, LinkKind, Os, Scenario, VcenterAccount};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::fleet::Fleet;
use crate::scenario::resolve::machine::Expanded;
use crate::scenario::values::Number;
use crate::units::ByteRate;

const BETWEEN_REGIONS: &str = "between Azure regions there is no home site to describe";

/// Resolves the home site, if the scenario speaks of it or machines are to come home (`needed`).
pub(super) fn home(raw: &Scenario, system: System, expanded: &[Expanded], fleet: &Fleet, needed: bool, context: &mut Context) -> Option<Home> {
    let modernized = system == System::VmwareModernized;
    let of_machines = expanded.iter().find_map(|one| one.machine.home.as_ref());
    let silent = At { value: raw::Home::default(), span: 0..0 };
    let Some(written) = raw.home.as_ref().or(needed.then_some(&silent)) else {
        if let (Some(home), true) = (of_machines, system == System::AzureToAzure) {
            context.error(&home.span, BETWEEN_REGIONS, "leave `home` out");
        } else if let Some(home) = of_machines {
            context.error(&home.span, "the machine's home is described, the site's is not", "add a `[home]` table; it may be empty");
        }
        return None;
    };
    if system == System::AzureToAzure {
        context.error(&written.span, BETWEEN_REGIONS, "leave `home` out");
        return None;
    }
    let site = &written.value;
    let mut master_targets = if modernized || raw.home.is_none() { Vec::new() } else { master_targets(site, context) };
    if modernized {
        refuse_classic(written, context);
    }
    let limit = if modernized { u32::MAX } else { context.need("master_target.disks_max") };
    let mut machines = Vec::new();
    for one in expanded.iter().take(fleet.vms.len()) {
        if let Some(home) = &one.machine.home {
            refuse_without_effect(system, &home.value, context);
        }
        machines.push(machine(one, &master_targets, modernized, context));
    }
    if raw.home.is_none() && !modernized {
        let pattern = pattern(context);
        Spread { fleet, limit, more: Some(&pattern) }.run(&mut master_targets, &mut machines);
        let names: Vec<&str> = master_targets.iter().map(|target| target.name.as_str()).collect();
        context.assume("home.master_target", names.join(", "), "no [home] is stated: as many as the machines' disks need, of their families");
    } else {
        Spread { fleet, limit, more: None }.run(&mut master_targets, &mut machines);
    }
    Some(Home {
        connection: connection(raw, site, modernized, context),
        configuration_server: match site.configuration_server.as_ref().map(|at| at.value) {
            None | Some(raw::ConfigurationServer::Up) => ConfigurationServer::Up,
            Some(raw::ConfigurationServer::Down) => ConfigurationServer::Down,
            Some(raw::ConfigurationServer::OtherAddress) => ConfigurationServer::OtherAddress,
            Some(raw::ConfigurationServer::OldBackup) => ConfigurationServer::OldBackup,
        },
        vcenter_read_only: site.vcenter_account.as_ref().is_some_and(|at| at.value == VcenterAccount::ReadOnly),
        vcenter_connected: site.vcenter_connected.unwrap_or(true),
        discovered: site.discovered.unwrap_or(true),
        free_hypervisor: site.free_hypervisor.unwrap_or(false),
        hyper_v: hyper_v(site, context),
        clocks_agree: site.clocks_agree.unwrap_or(true),
        target_network: said(&site.target_network).unwrap_or(true),
        same_deployment: said(&site.same_deployment).unwrap_or(true),
        plans: site.plans.unwrap_or(true),
        master_targets,
        master_target_disks: limit,
        machines,
    })
}

/// What is said, or the kind of the link that leads home.
fn connection(raw: &Scenario, site: &raw::Home, modernized: bool, context: &mut Context) -> HomeConnection {
    let link = raw.link.failback.as_ref().or(raw.link.forward.as_ref()).map(|at| &at.value);
    let private = matches!(link, Some(LinkKind::Vpn(_) | LinkKind::ExpressRoutePrivate(_)));
    match &site.connection {
        Some(said) if said.value == Connection::Public && raw.link.failback.is_some() && private && !modernized => {
            context.error(&said.span, "`link.failback` is a private way", "leave `connection` out, or take the link away");
            HomeConnection::Public
        }
        Some(said) if said.value == Connection::Private => HomeConnection::Private,
        None if private => HomeConnection::Private,
        Some(_) | None => HomeConnection::Public,
    }
}

/// Whether home is Hyper-V, which is no edition of ESXi.
fn hyper_v(site: &raw::Home, context: &mut Context) -> bool {
    let Some(written) = site.hypervisor.as_ref().filter(|at| at.value == Hypervisor::HyperV) else { return false };
    if site.free_hypervisor == Some(true) {
        let problem = "home is Hyper-V, and a free edition of ESXi or vSphere";
        context.error(&written.span, problem, "leave `free_hypervisor` out, or write `hypervisor = \"esxi\"`");
    }
    true
}

/// Facts of parts that the modernized appliance does without.
fn refuse_classic(written: &At<raw::Home>, context: &mut Context) {
    for target in &written.value.master_target {
        context.error(&target.span, "the modernized appliance has no master target", "leave it out");
    }
    if let Some(server) = &written.value.configuration_server {
        context.error(&server.span, "the modernized appliance has no configuration server", "leave it out");
    }
    for of_server in [&written.value.target_network, &written.value.same_deployment].into_iter().flatten() {
        context.error(&of_server.span, "the modernized appliance has no process server at the target", "leave it out");
    }
}

/// Facts of a machine that decide nothing in this system.
fn refuse_without_effect(system: System, facts: &raw::MachineHome, context: &mut Context) {
    let (modernized, physical) = (system == System::VmwareModernized, system == System::Physical);
    let no_target = "the modernized appliance has no master target";
    let new_machine = "a physical server comes back as a new machine in any case";
    let stated = [
        ("master_target", modernized, facts.master_target.as_ref().map(|at| &at.span), no_target),
        ("uuid_clash", modernized, facts.uuid_clash.as_ref().map(|at| &at.span), no_target),
        ("same_name_on_host", modernized, facts.same_name_on_host.as_ref().map(|at| &at.span), no_target),
        ("datastore_mounted", modernized, facts.datastore_mounted.as_ref().map(|at| &at.span), no_target),
        ("datastore_mounted", physical, facts.datastore_mounted.as_ref().map(|at| &at.span), new_machine),
        ("original", physical, facts.original.as_ref().map(|at| &at.span), new_machine),
        ("disk_resized", physical, facts.disk_resized.as_ref().map(|at| &at.span), new_machine),
    ];
    for (key, _, span, why) in stated.into_iter().filter(|(_, here, ..)| *here) {
        if let Some(span) = span
            && context.is_news(key, span)
        {
            context.error(span, format!("`{key}` has no effect: {why}"), format!("leave `{key}` out"));
        }
    }
}

/// A master target of which nothing is said.
fn pattern(context: &mut Context) -> MasterTarget {
    MasterTarget {
        name: String::new(),
        os: OsFamily::Windows,
        own_disks: context.need("master_target.own_disks"),
        snapshots: false,
        paravirtual: false,
        vmfs: true,
        datastore_reachable: true,
        moved: false,
        newer: false,
        retention: RetentionDrive { size: context.need("master_target.retention_drive"), fault: None },
    }
}

fn master_targets(site: &raw::Home, context: &mut Context) -> Vec<MasterTarget> {
    let pattern = pattern(context);
    let own_disks = pattern.own_disks;
    let of = |name: &str, os: OsFamily| MasterTarget { name: name.to_owned(), os, ..pattern.clone() };
    if site.master_target.is_empty() {
        let os = if context.need::<String>("master_target.os") == "linux" { OsFamily::Linux } else { OsFamily::Windows };
        return vec![of("configuration server", os)];
    }
    let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
    let mut targets = Vec::new();
    for written in &site.master_target {
        let target = &written.value;
        let name = &target.name;
        if seen.insert(&name.value, ()).is_some() {
            context.error(&name.span, format!("there are two master targets called `{}`", name.value), "give each its own name");
        }
        let os = if target.os.value == Os::Linux { OsFamily::Linux } else { OsFamily::Windows };
        let plain = of(&name.value, os);
        let retention = match &target.retention {
            None => plain.retention,
            Some(drive) => RetentionDrive {
                size: drive.size.as_ref().map_or(plain.retention.size, |at| at.value),
                fault: drive.fault.as_ref().map(|at| fault(at.value)),
            },
        };
        targets.push(MasterTarget {
            own_disks: target.disks.as_ref().map_or(own_disks, |at| at.value),
            snapshots: target.snapshots.unwrap_or(false),
            paravirtual: target.controller.as_ref().is_some_and(|at| at.value == Controller::Paravirtual),
            vmfs: target.vmfs.unwrap_or(true),
            datastore_reachable: target.datastore_reachable.unwrap_or(true),
            moved: target.moved.unwrap_or(false),
            newer: target.newer.unwrap_or(false),
            retention,
            ..plain
        });
    }
    targets
}

fn said(flag: &Option<At<bool>>) -> Option<bool> {
    flag.as_ref().map(|at| at.value)
}

fn fault(fault: raw::DriveFault) -> DriveFault {
    match fault {
        raw::DriveFault::InUse => DriveFault::InUse,
        raw::DriveFault::Locked => DriveFault::Locked,
        raw::DriveFault::CacheVolume => DriveFault::CacheVolume,
        raw::DriveFault::Fat => DriveFault::Fat,
    }
}

fn machine(one: &Expanded, targets: &[MasterTarget], modernized: bool, context: &mut Context) -> MachineHome {
    let Some(written) = &one.machine.home else { return MachineHome::default() };
    let facts = &written.value;
    let original = match facts.original.as_ref().map(|at| at.value) {
        None | Some(raw::Original::Kept) => Original::Kept,
        Some(raw::Original::On) => Original::On,
        Some(raw::Original::Lost) => Original::Lost,
        Some(raw::Original::Deleted) => Original::Deleted,
    };
    let gone = matches!(original, Original::Lost | Original::Deleted);
    if let (true, Some(original), Some(_)) = (gone, &facts.original, &facts.datastore_mounted)
        && context.is_news("original", &original.span)
    {
        context.error(
            &original.span,
            "the original is gone, and its datastore is spoken of",
            "leave `datastore_mounted` out, or write `original = \"kept\"`",
        );
    }
    MachineHome {
        master_target: facts.master_target.as_ref().filter(|_| !modernized).and_then(|at| named(at, targets, context)),
        original,
        datastore_not_mounted: said(&facts.datastore_mounted) == Some(false),
        uuid_clash: said(&facts.uuid_clash).unwrap_or(false),
        same_name_on_host: said(&facts.same_name_on_host).unwrap_or(false),
        efi: facts.efi.unwrap_or(false),
        unreachable: facts.reachable == Some(false),
        no_memory: facts.host_memory == Some(false),
        disk_resized: said(&facts.disk_resized).unwrap_or(false),
        disk_added: facts.disk_added.unwrap_or_default(),
        iscsi: facts.iscsi.unwrap_or_default(),
    }
}

fn named(name: &At<String>, targets: &[MasterTarget], context: &mut Context) -> Option<usize> {
    let found = targets.iter().position(|target| target.name == name.value);
    if found.is_none() && context.is_news(&name.value, &name.span) {
        let advice = suggest(&name.value, targets.iter().map(|target| target.name.as_str()));
        context.error(&name.span, format!("there is no master target `{}`", name.value), advice);
    }
    found
}

/// The spreading of machines over master targets.
struct Spread<'f> {
    fleet: &'f Fleet,
    /// Disks that a master target takes, its own included.
    limit: u32,
    /// What a further master target is like, where there may be as many as are needed.
    more: Option<&'f MasterTarget>,
}

impl Spread<'_> {
    /// Gives each machine that names no master target one of its family, a group all on one: the largest first, each to the first with room. What then fits nowhere
    /// is left to the last, which is too full for it.
    fn run(&self, targets: &mut Vec<MasterTarget>, machines: &mut [MachineHome]) {
        let vms = &self.fleet.vms;
        let mut room: Vec<i64> = targets.iter().map(|target| i64::from(self.limit) - i64::from(target.own_disks)).collect();
        for (vm, facts) in vms.iter().zip(machines.iter()) {
            if let Some(target) = facts.master_target {
                room[target] -= i64::from(vm.disk_count);
            }
        }
        let together = self.fleet.groups.iter().map(|group| group.vms.iter().map(|vm| vm.0 as usize).collect::<Vec<_>>());
        let single = (0..vms.len()).filter(|&vm| vms[vm].group.is_none()).map(|vm| vec![vm]);
        let disks = |members: &[usize]| members.iter().map(|&vm| i64::from(vms[vm].disk_count)).sum::<i64>();
        let mut parts: Vec<Vec<usize>> = together.chain(single).collect();
        parts.sort_by_key(|members| -disks(members));
        for members in parts {
            let open: Vec<usize> = members.iter().copied().filter(|&vm| machines[vm].master_target.is_none()).collect();
            let Some(&first) = open.first() else { continue };
            let (os, wanted) = (vms[first].os, disks(&open));
            // With those of the group whose place is stated.
            let stated = members.iter().find_map(|&vm| machines[vm].master_target);
            let fits = |targets: &[MasterTarget], room: &[i64]| (0..targets.len()).find(|&target| targets[target].os == os && room[target] >= wanted);
            let found = stated.or_else(|| fits(targets, &room)).or_else(|| self.another(os, targets, &mut room));
            if let Some(target) = found {
                room[target] -= wanted;
            }
            let chosen = found.or_else(|| (0..targets.len()).rev().find(|&target| targets[target].os == os));
            open.iter().for_each(|&vm| machines[vm].master_target = chosen);
        }
    }

    /// A further master target of this family, where there may be one.
    fn another(&self, os: OsFamily, targets: &mut Vec<MasterTarget>, room: &mut Vec<i64>) -> Option<usize> {
        let pattern = self.more?;
        let number = targets.iter().filter(|target| target.os == os).count() + 1;
        let family = if os == OsFamily::Linux { "linux" } else { "windows" };
        targets.push(MasterTarget { name: format!("mt-{family}-{number}"), os, ..pattern.clone() });
        room.push(i64::from(self.limit) - i64::from(pattern.own_disks));
        Some(targets.len() - 1)
    }
}

/// The ends of the way back: an account for each master target, with the ceilings that its disks and its retention drive set. Each incoming write costs the disks
/// so many operations, and as many times its bytes: the old block is read, the new one written; the drive takes the old block once.
pub(super) fn accounts(raw: &Scenario, home: Option<&Home>, context: &mut Context) -> Vec<Account> {
    let costs: f64 = context.need("journey.target_ios_per_write");
    let written = raw.home.as_ref().map_or(&[][..], |home| &home.value.master_target);
    let targets = home.map_or(&[][..], |home| &home.master_targets);
    let mut accounts = Vec::with_capacity(targets.len());
    for (number, target) in targets.iter().enumerate() {
        let stated = written.get(number).map(|at| &at.value);
        let drive = stated.and_then(|target| target.retention.as_ref()).map(|at| &at.value);
        let of_disks = rate(stated.and_then(|target| target.throughput.as_ref()), context).map(|rate| rate / costs);
        let of_drive = rate(drive.and_then(|drive| drive.throughput.as_ref()), context);
        let ops_of_disks = ops(stated.and_then(|target| target.iops.as_ref()), context).map(|ops| ops / costs);
        let ops_of_drive = ops(drive.and_then(|drive| drive.iops.as_ref()), context);
        accounts.push(Account {
            name: target.name.clone(),
            limit: least(of_disks, of_drive).map(ByteRate::from_bytes_per_s),
            operations: least(ops_of_disks, ops_of_drive),
        });
    }
    accounts
}

fn least(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.into_iter().chain(other).reduce(f64::min)
}

fn rate(written: Option<&At<ByteRate>>, context: &mut Context) -> Option<f64> {
    let written = written?;
    context.check_as("master_target.throughput", Unit::ByteRate, &written.value.to_string(), &written.span);
    Some(written.value.as_bytes_per_s())
}

fn ops(written: Option<&At<Number>>, context: &mut Context) -> Option<f64> {
    let written = written?;
    context.check_as("master_target.iops", Unit::Number, &written.value.0.to_string(), &written.span);
    Some(written.value.0)
}
