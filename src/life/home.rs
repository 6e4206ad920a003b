//! Which documented conditions the facts of a site meet: what will block each machine's way home, or make it longer, before anything has happened.
//!
//! Only what a scenario can know beforehand is judged. What depends on the state of a machine is refused by [`state`](crate::life::state); which conditions are
//! not judged at all, and why, stands with each in `conditions.toml`.

use crate::life::conditions::{self, Condition, Effect};
use crate::model::{ConfigurationServer, DriveFault, Home, HomeConnection, MasterTarget, Original, OsFamily, System, VmId, World};
use crate::units::DataSize;

/// Whom a condition concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Every machine.
    Site,
    /// The machines on a master target, by its number.
    MasterTarget(usize),
    /// The members of a group, by its number.
    Group(usize),
    /// One machine.
    Vm(VmId),
}

/// A condition that the facts meet.
#[derive(Clone, Debug)]
pub struct Obstacle {
    /// Whom it concerns.
    pub subject: Subject,
    /// Which it is.
    pub condition: &'static Condition,
    /// What in particular, as a clause; may be empty.
    pub detail: String,
}

/// What stands in the way home of each machine.
#[derive(Clone, Debug)]
pub struct WayHome {
    /// All obstacles: of the site first, then of master targets, groups and machines.
    pub obstacles: Vec<Obstacle>,
    /// By machine, in the order of the world: the numbers of the obstacles that concern it.
    pub by_vm: Vec<Vec<usize>>,
    /// By machine: the first member of its group that is blocked itself. A group comes home together or not at all.
    pub through: Vec<Option<VmId>>,
}

impl WayHome {
    /// Whether a machine cannot come home while things stand as stated, of itself or through its group.
    pub fn is_blocked(&self, vm: VmId) -> bool {
        self.is_blocked_itself(vm) || self.through.get(vm.0 as usize).is_some_and(Option::is_some)
    }

    /// Whether an obstacle of its own, its master target's, its group's or the site's blocks it.
    pub fn is_blocked_itself(&self, vm: VmId) -> bool {
        self.has(vm, Effect::blocks)
    }

    /// Whether an obstacle has such an effect on a machine.
    pub fn has(&self, vm: VmId, effect: impl Fn(Effect) -> bool) -> bool {
        self.by_vm.get(vm.0 as usize).into_iter().flatten().any(|&number| effect(self.obstacles[number].condition.effect))
    }
}

/// Judges the facts of the site; `None` if the scenario states none.
pub fn way_home(world: &World) -> Option<WayHome> {
    world.home.as_ref().map(|home| way_home_by(world, home))
}

/// The same by other facts than those that the scenario states: they change in a run.
pub fn way_home_by(world: &World, home: &Home) -> WayHome {
    let mut found = Found { obstacles: Vec::new() };
    // Between regions there is no site to state facts of: what may go wrong is a matter of states.
    if world.system != System::AzureToAzure {
        let classic = world.system != System::VmwareModernized;
        site(world.system, home, &mut found);
        home.master_targets.iter().enumerate().for_each(|(number, target)| master_target(world, home, number, target, &mut found));
        groups(world, home, &mut found);
        for vm in 0..world.vms.len() {
            machine(world, home, vm, classic, &mut found);
        }
    }
    let mut by_vm: Vec<Vec<usize>> = vec![Vec::new(); world.vms.len()];
    for (number, obstacle) in found.obstacles.iter().enumerate() {
        match obstacle.subject {
            Subject::Site => by_vm.iter_mut().for_each(|own| own.push(number)),
            Subject::MasterTarget(target) => {
                let on_it = home.machines.iter().zip(&mut by_vm).filter(|(machine, _)| machine.master_target == Some(target));
                on_it.for_each(|(_, own)| own.push(number));
            }
            Subject::Group(group) => world.groups[group].vms.iter().for_each(|vm| by_vm[vm.0 as usize].push(number)),
            Subject::Vm(vm) => by_vm[vm.0 as usize].push(number),
        }
    }
    let mut way = WayHome { obstacles: found.obstacles, by_vm, through: vec![None; world.vms.len()] };
    for group in &world.groups {
        if let Some(&first) = group.vms.iter().find(|vm| way.is_blocked_itself(**vm)) {
            let others = group.vms.iter().filter(|vm| !way.is_blocked_itself(**vm)).map(|vm| vm.0 as usize).collect::<Vec<_>>();
            others.into_iter().for_each(|vm| way.through[vm] = Some(first));
        }
    }
    way
}

struct Found {
    obstacles: Vec<Obstacle>,
}

impl Found {
    fn add(&mut self, met: bool, subject: Subject, key: &str, detail: impl Into<String>) {
        if met && let Some(condition) = conditions::get(key) {
            self.obstacles.push(Obstacle { subject, condition, detail: detail.into() });
        }
    }
}

fn site(system: System, home: &Home, found: &mut Found) {
    let (classic, physical) = (system != System::VmwareModernized, system == System::Physical);
    let server = home.configuration_server;
    let mut site = |met: bool, key: &str| found.add(met, Subject::Site, key, "");
    if classic {
        site(server == ConfigurationServer::Down, "configuration-server-down");
        site(server == ConfigurationServer::OtherAddress, "not-in-configuration-server");
        site(server == ConfigurationServer::OldBackup, "configuration-backup-too-old");
        // The modernized appliance replicates back over the Internet too (MicrosoftDocs/azure-docs, move-from-classic-to-modernized).
        site(home.connection == HomeConnection::Public, "no-private-connection");
        site(!home.target_network, "target-network-not-set");
        site(!home.same_deployment, "deployment-type-differs");
        site(!home.discovered && physical, "host-not-discovered");
    }
    site(home.vcenter_read_only, "vcenter-account-read-only");
    site(!home.vcenter_connected, "vcenter-disconnected");
    site(!home.discovered && !physical, "vcenter-not-discovered");
    site(home.free_hypervisor, "hypervisor-free-edition");
    site(home.hyper_v, "hyper-v-home");
    site(!home.clocks_agree, "clock-skew");
}

fn master_target(world: &World, home: &Home, number: usize, target: &MasterTarget, found: &mut Found) {
    let name = &target.name;
    // Those that come first find room; one that does not fit is not attached, and takes none from those that do.
    let mut disks = target.own_disks;
    for vm in (0..world.vms.len()).filter(|&vm| home.machines[vm].master_target == Some(number)) {
        let with = disks.saturating_add(world.vms[vm].disk_count);
        let full = with > home.master_target_disks;
        disks = if full { disks } else { with };
        found.add(
            full,
            Subject::Vm(VmId(vm as u32)),
            "master-target-full",
            format!("{name} takes {}, {} its own", home.master_target_disks, target.own_disks),
        );
    }
    let mut add = |met: bool, key: &str, detail: String| found.add(met, Subject::MasterTarget(number), key, detail);
    add(target.snapshots, "master-target-has-snapshots", name.clone());
    add(!target.datastore_reachable, "datastore-unreachable", name.clone());
    add(target.paravirtual, "paravirtual-controller", name.clone());
    let drive = match target.retention {
        drive if drive.size.as_bytes() == 0 => Some("a retention drive of no capacity".to_owned()),
        drive => drive.fault.map(|fault| format!("its retention drive is {}", words(fault))),
    };
    let lacks: Vec<String> = drive.into_iter().chain((!target.vmfs).then(|| "no VMFS datastore".to_owned())).collect();
    add(!lacks.is_empty(), "no-retention-drive", format!("{name}: {}", lacks.join(", ")));
    add(target.moved, "master-target-moved", name.clone());
    add(target.newer, "master-target-newer", name.clone());
}

fn words(fault: DriveFault) -> &'static str {
    match fault {
        DriveFault::InUse => "used for something else",
        DriveFault::Locked => "locked",
        DriveFault::CacheVolume => "the cache volume",
        DriveFault::Fat => "FAT or FAT32",
    }
}

fn groups(world: &World, home: &Home, found: &mut Found) {
    for (number, group) in world.groups.iter().enumerate() {
        let members = || group.vms.iter().map(|vm| vm.0 as usize);
        let mut add = |met: bool, key: &str, detail: String| found.add(met, Subject::Group(number), key, detail);
        let mixed = [OsFamily::Windows, OsFamily::Linux].iter().all(|family| members().any(|vm| world.vms[vm].os == *family));
        add(mixed, "group-of-mixed-os", group.name.clone());
        let mut targets: Vec<usize> = members().filter_map(|vm| home.machines[vm].master_target).collect();
        targets.sort_unstable();
        targets.dedup();
        let names: Vec<&str> = targets.iter().map(|&target| home.master_targets[target].name.as_str()).collect();
        add(targets.len() > 1, "group-on-several-master-targets", format!("{}: {}", group.name, names.join(", ")));
        add(!home.plans && group.vms.len() > 1, "group-without-plan", group.name.clone());
    }
}

fn machine(world: &World, home: &Home, vm: usize, classic: bool, found: &mut Found) {
    let (spec, facts) = (&world.vms[vm], &home.machines[vm]);
    let mut add = |met: bool, key: &str, detail: String| found.add(met, Subject::Vm(VmId(vm as u32)), key, detail);
    if classic {
        let target = facts.master_target.map(|target| &home.master_targets[target]);
        let differs = target.is_none_or(|target| target.os != spec.os);
        let detail = match target {
            Some(target) => format!("{} is of another family", target.name),
            None => "no master target of its family".to_owned(),
        };
        add(differs, "master-target-os-differs", detail);
        add(facts.same_name_on_host, "same-name-on-host", String::new());
        add(facts.uuid_clash, "uuid-clash", String::new());
    }
    add(facts.efi, "efi-boot", String::new());
    add(facts.unreachable, "azure-vm-unreachable", String::new());
    add(facts.no_memory, "host-memory-short", String::new());
    add(facts.disk_added.as_bytes() > 0 && !brings_added_disks(world, vm), "disk-added-in-azure", size_words(facts.disk_added));
    add(facts.iscsi.as_bytes() > 0, "iscsi-in-guest", size_words(facts.iscsi));
    let physical = world.system == System::Physical;
    add(physical, "physical-source", String::new());
    let here = matches!(facts.original, Original::Kept | Original::On);
    add(facts.datastore_not_mounted && here && !physical, "datastore-not-mounted", String::new());
    add(facts.original == Original::Lost && !physical, "original-missing", String::new());
    add(facts.original == Original::Deleted && !physical, "original-deleted", String::new());
    add(facts.original == Original::On && !physical, "original-switched-on", String::new());
    add(facts.disk_resized && !physical, "disk-resized-in-azure", String::new());
    add(facts.original == Original::Kept && !physical && !facts.disk_resized, "original-kept", String::new());
}

/// A size as a detail; nothing for none, since most machines have none and all are judged often in a run.
fn size_words(size: DataSize) -> String {
    if size.as_bytes() == 0 { String::new() } else { size.to_string() }
}

/// Whether a disk that was added at the target comes home with its machine: of Linux, and not through the modernized appliance.
fn brings_added_disks(world: &World, vm: usize) -> bool {
    world.system != System::VmwareModernized && world.vms[vm].os == OsFamily::Linux
}

/// Bytes that come home with a machine beside those of its disks: what lay on volumes mounted from inside, and on disks that were added at the target.
pub fn extra_bytes(world: &World, home: &Home, vm: VmId) -> f64 {
    let number = vm.0 as usize;
    let Some(facts) = home.machines.get(number) else { return 0.0 };
    let added = if brings_added_disks(world, number) { facts.disk_added.as_f64() } else { 0.0 };
    facts.iscsi.as_f64() + added
}
