//! Facts of the home site: what is not said is as it should be, and machines are spread over the master targets.

use std::collections::BTreeMap;

use crate::model::{
    ConfigurationServer, DriveFault, Group, Home, HomeConnection, MachineHome, MasterTarget, Original, OsFamily, RetentionDrive, System, Vm,
};
use crate::scenario::located::At;
use crate::scenario::raw::{self, Connection, Controller, LinkKind, Os, Scenario, VcenterAccount};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::machine::Expanded;

const BETWEEN_REGIONS: &str = "between Azure regions there is no home site to describe";

/// Resolves the home site, if the scenario speaks of it.
pub(super) fn home(raw: &Scenario, system: System, expanded: &[Expanded], vms: &[Vm], groups: &[Group], context: &mut Context) -> Option<Home> {
    let modernized = system == System::VmwareModernized;
    let of_machines = expanded.iter().find_map(|one| one.machine.home.as_ref());
    let Some(written) = &raw.home else {
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
    let master_targets = if modernized { Vec::new() } else { master_targets(site, context) };
    if modernized {
        refuse_classic(written, context);
    }
    let limit = if modernized { u32::MAX } else { context.need("master_target.disks_max") };
    let mut machines = Vec::new();
    for one in expanded.iter().take(vms.len()) {
        if let Some(home) = &one.machine.home {
            refuse_without_effect(system, &home.value, context);
        }
        machines.push(machine(one, &master_targets, modernized, context));
    }
    spread(vms, groups, &master_targets, limit, &mut machines);
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
        target_network: said(&site.target_network).unwrap_or(true),
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

/// Facts of parts that the modernized appliance does without.
fn refuse_classic(written: &At<raw::Home>, context: &mut Context) {
    for target in &written.value.master_target {
        context.error(&target.span, "the modernized appliance has no master target", "leave it out");
    }
    if let Some(server) = &written.value.configuration_server {
        context.error(&server.span, "the modernized appliance has no configuration server", "leave it out");
    }
    if let Some(network) = &written.value.target_network {
        context.error(&network.span, "the modernized appliance has no process server at the target", "leave it out");
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
    ];
    for (key, _, span, why) in stated.into_iter().filter(|(_, here, ..)| *here) {
        if let Some(span) = span
            && context.is_news(key, span)
        {
            context.error(span, format!("`{key}` has no effect: {why}"), format!("leave `{key}` out"));
        }
    }
}

fn master_targets(site: &raw::Home, context: &mut Context) -> Vec<MasterTarget> {
    let own_disks: u32 = context.need("master_target.own_disks");
    let drive = RetentionDrive { size: context.need("master_target.retention_drive"), fault: None };
    let of = |name: &str, os: OsFamily| MasterTarget {
        name: name.to_owned(),
        os,
        own_disks,
        snapshots: false,
        paravirtual: false,
        vmfs: true,
        datastore_reachable: true,
        moved: false,
        newer: false,
        retention: drive,
    };
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

/// Gives each machine that names no master target one of its family, a group all on one: the largest first, each to the first with room. What then fits nowhere is
/// left to the last, which is too full for it.
fn spread(vms: &[Vm], groups: &[Group], targets: &[MasterTarget], limit: u32, machines: &mut [MachineHome]) {
    let mut room: Vec<i64> = targets.iter().map(|target| i64::from(limit) - i64::from(target.own_disks)).collect();
    for (vm, facts) in vms.iter().zip(machines.iter()) {
        if let Some(target) = facts.master_target {
            room[target] -= i64::from(vm.disk_count);
        }
    }
    let together = groups.iter().map(|group| group.vms.iter().map(|vm| vm.0 as usize).collect::<Vec<_>>());
    let single = (0..vms.len()).filter(|&vm| vms[vm].group.is_none()).map(|vm| vec![vm]);
    let disks = |members: &[usize]| members.iter().map(|&vm| i64::from(vms[vm].disk_count)).sum::<i64>();
    let mut parts: Vec<Vec<usize>> = together.chain(single).collect();
    parts.sort_by_key(|members| -disks(members));
    for members in parts {
        let open: Vec<usize> = members.iter().copied().filter(|&vm| machines[vm].master_target.is_none()).collect();
        let Some(&first) = open.first() else { continue };
        // With those of the group whose place is stated.
        let stated = members.iter().find_map(|&vm| machines[vm].master_target);
        let of_family = || (0..targets.len()).filter(|&target| targets[target].os == vms[first].os);
        let fits = stated.or_else(|| of_family().find(|&target| room[target] >= disks(&open)));
        if let Some(target) = fits {
            room[target] -= disks(&open);
        }
        let chosen = fits.or_else(|| of_family().next_back());
        open.iter().for_each(|&vm| machines[vm].master_target = chosen);
    }
}
