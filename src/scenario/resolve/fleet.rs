//! Machines, disks and groups of the world.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::churn::{DiskChurn, Pattern};
use crate::model::{Disk, DiskId, Footprint, Group, OsFamily, System, Vm, VmId, WorkingSet};
use crate::scenario::located::At;
use crate::scenario::raw::{self, Churn, Os, Scenario};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::batches;
use crate::scenario::resolve::calendar::Calendar;
use crate::scenario::resolve::churn::{self, Owner, Source};
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::groups::Groups;
use crate::scenario::resolve::limits::{self, InForce};
use crate::scenario::resolve::machine::{self, Expanded};
use crate::scenario::resolve::path::{Accounts, Hubs};
use crate::scenario::resolve::records::Records;
use crate::scenario::values::SizeOrShare;
use crate::units::{DataSize, Share, Span};

/// More disks than this is a slip: a simulated machine needs about 0.13 MB, so this many would need 50 GB.
const MOST_DISKS: usize = 400_000;

/// A disk with more working sets than this is a slip: each is an exponential at every step of every bucket out of order.
const MOST_SETS: usize = 16;

/// The fleet of the world, and what its names stand for.
#[derive(Default)]
pub(super) struct Fleet {
    pub vms: Vec<Vm>,
    pub disks: Vec<Disk>,
    pub groups: Vec<Group>,
    /// VMs by the name of their `[[vm]]` entry.
    families: BTreeMap<String, Vec<VmId>>,
    /// VMs by their own name.
    by_name: BTreeMap<String, VmId>,
    /// What part of a load on its VM falls on each disk \[1\].
    load_shares: Vec<f64>,
}

impl Fleet {
    /// The VMs that a name stands for: one VM, all of a count, or `all`.
    pub(super) fn named(&self, name: &At<String>, context: &mut Context) -> Vec<VmId> {
        if name.value == "all" {
            return (0..self.vms.len()).filter_map(|index| u32::try_from(index).ok()).map(VmId).collect();
        }
        if let Some(family) = self.families.get(&name.value) {
            return family.clone();
        }
        if let Some(vm) = self.by_name.get(&name.value) {
            return vec![*vm];
        }
        let names = self.families.keys().map(String::as_str).chain(self.vms.iter().map(|vm| vm.name.as_str()));
        context.error(&name.span, format!("there is no machine `{}`", name.value), suggest(&name.value, names));
        Vec::new()
    }

    /// The VMs that some names stand for, each once, in their order in the world.
    pub(super) fn members(&self, names: &[At<String>], context: &mut Context) -> BTreeMap<VmId, Range<usize>> {
        let mut seen = BTreeSet::new();
        let mut members = BTreeMap::new();
        for name in names.iter().filter(|name| seen.insert(name.value.as_str())) {
            for vm in self.named(name, context) {
                members.entry(vm).or_insert_with(|| name.span.clone());
            }
        }
        members
    }

    /// What part of a load on its VM falls on a disk \[1\].
    pub(super) fn load_share(&self, disk: DiskId) -> f64 {
        self.load_shares.get(disk.0 as usize).copied().unwrap_or(0.0)
    }

    /// The disks of a VM.
    pub(super) fn disks_of(&self, vm: VmId) -> impl Iterator<Item = DiskId> + use<> {
        let (first, count) = self.vms.get(vm.0 as usize).map_or((0, 0), |vm| (vm.first_disk.0, vm.disk_count));
        (first..first + count).map(DiskId)
    }
}

/// What the parts of the fleet are resolved with.
pub(super) struct Setting<'s, 'r> {
    pub raw: &'s Scenario,
    pub system: System,
    pub calendar: &'s Calendar,
    pub records: &'s mut Records<'r>,
    pub context: &'s mut Context,
}

/// Builds the fleet.
pub(super) fn fleet(setting: &mut Setting<'_, '_>, expanded: &[Expanded], hubs: &mut Hubs, accounts: &mut Accounts) -> Fleet {
    let a2a = setting.system == System::AzureToAzure;
    let in_force = limits::settle(&setting.raw.limits, a2a, setting.context);
    let batch_size: Option<u32> = setting.context.pick_or_off(setting.raw.initial_replication.batch.as_ref(), "policy.initial_batch");
    let mut fleet = Fleet::default();
    let mut groups = Groups::default();
    let mut first: Option<Disks> = None;
    for (number, one) in expanded.iter().enumerate() {
        let vm = VmId(u32::try_from(number).unwrap_or(u32::MAX));
        let first_disk = DiskId(u32::try_from(fleet.disks.len()).unwrap_or(u32::MAX));
        let Disks { disks, load_shares, split_known, .. } = match first.as_ref().filter(|_| one.index > 0) {
            Some(first) => first.for_vm(one, vm),
            None => {
                let disks = disks(setting, one, vm, &in_force);
                let of_a_count = one.index == 0 && expanded.get(number + 1).is_some_and(|next| next.index > 0);
                first = (of_a_count && disks.are_alike()).then(|| disks.clone());
                disks
            }
        };
        if fleet.disks.len() + disks.len() > MOST_DISKS {
            setting.context.error(&one.span, format!("the fleet has more than {MOST_DISKS} disks"), "write fewer machines or disks");
            break;
        }
        let os = os(one.machine.os.as_ref(), setting.context);
        let batch = batches::own(one, number, batch_size, setting.context);
        fleet.vms.push(Vm {
            name: one.name.clone(),
            os,
            first_disk,
            disk_count: u32::try_from(disks.len()).unwrap_or(u32::MAX),
            // Between Azure regions the cache account stands in the process server's place.
            hub: hubs.assign(if a2a { one.machine.account.as_ref() } else { one.machine.process_server.as_ref() }, setting.context),
            account: accounts.assign(one.machine.account.as_ref().filter(|_| !a2a), setting.context),
            group: None,
            churn_limit: in_force.vm,
            batch,
            split_known,
        });
        fleet.disks.extend(disks);
        fleet.load_shares.extend(load_shares);
        fleet.families.entry(one.family.clone()).or_default().push(vm);
        fleet.by_name.entry(one.name.clone()).or_insert(vm);
        if let (Some(server), true) = (&one.machine.process_server, a2a) {
            setting.context.error(
                &server.span,
                "this profile has no process servers",
                "write `account = …`, naming a cache account in the source region",
            );
        }
        if let Some(group) = &one.machine.group {
            groups.join(&group.value, vm, &group.span, setting.context);
        }
    }
    batches::deal(setting.raw, expanded, &mut fleet, setting.context);
    for group in &setting.raw.group {
        groups.declare(&group.value.name, setting.context);
        for (vm, at) in fleet.members(&group.value.vms, setting.context) {
            groups.join(&group.value.name.value, vm, &at, setting.context);
        }
    }
    groups.finish(&mut fleet, setting.context);
    fleet
}

fn os(written: Option<&At<Os>>, context: &mut Context) -> OsFamily {
    match written.map(|at| at.value) {
        Some(Os::Windows) => OsFamily::Windows,
        Some(Os::Linux) => OsFamily::Linux,
        None if context.need::<String>("vm.os") == "linux" => OsFamily::Linux,
        None => OsFamily::Windows,
    }
}

/// The disks of one VM.
#[derive(Clone)]
struct Disks {
    /// Its name.
    vm: String,
    disks: Vec<Disk>,
    /// What part of a load on the VM falls on each \[1\].
    load_shares: Vec<f64>,
    /// Whether the scenario says how its writes fall on them.
    split_known: bool,
}

impl Disks {
    /// Whether all machines of a count have the same, but for their names: what is replayed from a record, or could not be, differs from one to the next.
    fn are_alike(&self) -> bool {
        !self.disks.iter().any(|disk| disk.churn.stream.is_empty() || matches!(disk.churn.pattern, Pattern::Recorded { .. }))
    }

    /// The same for another machine of the count.
    fn for_vm(&self, one: &Expanded, vm: VmId) -> Disks {
        let mut copy = self.clone();
        for disk in &mut copy.disks {
            let own_stream = disk.churn.stream == disk.name;
            let name = disk.name.strip_prefix(&self.vm).unwrap_or_default();
            disk.name = format!("{}{name}", one.name);
            disk.churn.stream = if own_stream { disk.name.clone() } else { one.name.clone() };
            disk.vm = vm;
        }
        copy
    }
}

/// Resolves the disks of one VM.
fn disks(setting: &mut Setting<'_, '_>, one: &Expanded, vm: VmId, in_force: &InForce) -> Disks {
    let machine = &one.machine;
    let most: usize = setting.context.need("vm.max_data_disks");
    let mut asked = 0_usize;
    let only = raw::Disk::default();
    let mut written: Vec<(&raw::Disk, &Range<usize>)> = Vec::new();
    for disk in &machine.disks {
        let count = disk.value.count.as_ref().map_or(1, |at| at.value);
        if let (Some(at), 0) = (&disk.value.count, count) {
            setting.context.error(&at.span, "a count of 0 makes no disk", "write a count of at least 1, or leave the disk out");
        }
        asked = asked.saturating_add(count as usize);
        // One more than allowed is enough to be refused.
        let room = most.saturating_add(2).min(MOST_DISKS).saturating_sub(written.len());
        written.extend(std::iter::repeat_n((&disk.value, &disk.span), (count as usize).min(room)));
    }
    if machine.disks.is_empty() {
        written.push((&only, &one.span));
    }
    if one.index == 0 && asked > most.saturating_add(1) {
        let found = format!("`{}` has {asked} disks", one.family);
        let at = setting.context.overridden_or(&["vm.max_data_disks"], &one.span);
        setting.context.error(&at, found, format!("the service protects an operating-system disk and {most} data disks"));
    }
    let owner = Owner { vm: &one.name, family: &one.family, index: one.index, column: one.column.as_deref(), at: &one.name_at };
    let shared = vm_source(setting, one, owner, written.iter().all(|(disk, _)| disk.churn.is_some()));
    let shares = shares(&written, one, setting.context);
    // Where a disk has churn of its own, the shares of the others do not say what a load on the whole VM does.
    let even = written.iter().any(|(disk, _)| disk.churn.is_some());
    let load_shares = if even { vec![1.0 / written.len().max(1) as f64; written.len()] } else { shares.clone() };
    let recorded = shared.as_ref().is_some_and(|source| matches!(source.pattern, Pattern::Recorded { .. }));
    let split_known = !recorded || says_split(&machine.disks, &written);
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut disks = Vec::new();
    for (number, (&(disk, at), share)) in written.iter().zip(shares).enumerate() {
        let name = disk.name.as_ref().map_or_else(|| number.to_string(), |at| at.value.clone());
        if names.contains(&name) && one.index == 0 {
            let span = disk.name.as_ref().map_or(at, |at| &at.span);
            setting.context.error(span, format!("`{}` has two disks called `{name}`", one.family), "give each disk its own name");
        }
        let churn = disk_churn(setting, disk, one, owner, &name, shared.as_ref(), share);
        names.insert(name.clone());
        // After a mistake the rest of the disk is checked all the same.
        let churn = churn.unwrap_or_else(|| DiskChurn {
            period: Span::from_hours(1),
            scale: 1.0,
            pattern: Pattern::Constant { rate: 0.0 },
            stream: String::new(),
        });
        disks.push(build(setting, Parts { one, disk, at, vm, name: &name, churn }, in_force));
    }
    Disks { vm: one.name.clone(), disks, load_shares, split_known }
}

/// Whether a scenario says on which disks the VM's churn falls: it names one that has none of its own, or all shares but one follow. A VM that
/// names no disk is one disk for want of better knowledge.
fn says_split(named: &[At<raw::Disk>], written: &[(&raw::Disk, &Range<usize>)]) -> bool {
    let open = written.iter().filter(|(disk, _)| disk.churn.is_none() && disk.churn_share.is_none()).count();
    !named.is_empty() && open <= 1
}

/// The churn that a VM's disks share; `None` if there is none or it is in error.
fn vm_source(setting: &mut Setting<'_, '_>, one: &Expanded, owner: Owner<'_>, all_have_own: bool) -> Option<Source> {
    if all_have_own {
        return None;
    }
    let fleet = setting.raw.churn.as_ref();
    let Some(churn) = one.machine.churn.as_ref().or(fleet) else {
        if one.index == 0 {
            let problem = format!("nothing says how `{}` writes", one.family);
            setting.context.missing(&one.span, problem, "add `churn.constant = \"1 MB/s\"` or another kind here, in its template, or for the fleet");
        }
        return None;
    };
    let recording = machine::recording(one.machine.churn.as_ref(), fleet);
    churn::source(churn, recording.as_ref(), owner, setting.calendar, setting.records, setting.context)
}

/// Each disk's share of the VM's churn.
fn shares(written: &[(&raw::Disk, &Range<usize>)], one: &Expanded, context: &mut Context) -> Vec<f64> {
    let sharing: Vec<&(&raw::Disk, &Range<usize>)> = written.iter().filter(|(disk, _)| disk.churn.is_none()).collect();
    let stated: f64 = sharing.iter().filter_map(|(disk, _)| disk.churn_share.as_ref()).map(|at| at.value.get()).sum();
    let open = sharing.iter().filter(|(disk, _)| disk.churn_share.is_none()).count();
    let off = stated > 1.0 + 1e-9 || (open == 0 && !sharing.is_empty() && stated < 1.0 - 1e-9);
    if off
        && one.index == 0
        && let Some(at) = sharing.iter().rev().find_map(|(disk, _)| disk.churn_share.as_ref())
    {
        let problem = format!("the churn shares of `{}` sum to {} %", one.family, (stated * 1e4).round() / 100.0);
        context.error(&at.span, problem, "write shares that sum to 100 %");
    }
    if open > 0 && sharing.len() > 1 {
        let _: String = context.need("churn.disk_split");
    }
    let rest = (1.0 - stated).max(0.0) / open.max(1) as f64;
    written.iter().map(|(disk, _)| disk.churn_share.as_ref().map_or(rest, |at| at.value.get())).collect()
}

/// A disk's own churn, else its share of the VM's. Disks that share a source share its stream: they rise and fall together.
fn disk_churn(
    setting: &mut Setting<'_, '_>,
    disk: &raw::Disk,
    one: &Expanded,
    owner: Owner<'_>,
    name: &str,
    shared: Option<&Source>,
    share: f64,
) -> Option<DiskChurn> {
    let Some(own) = &disk.churn else {
        let source = shared?.clone();
        return Some(DiskChurn { period: source.period, scale: source.scale * share, pattern: source.pattern, stream: one.name.clone() });
    };
    if let (Some(at), 0) = (&disk.churn_share, one.index) {
        setting.context.error(&at.span, "the disk has a churn of its own", "leave `churn_share` out, or `churn`");
    }
    let of_vm = machine::recording(one.machine.churn.as_ref(), setting.raw.churn.as_ref());
    let recording = match (&own.value, of_vm) {
        (Churn::Record(own), Some(of_vm)) => Some(machine::lay_under(own, &of_vm)),
        _ => None,
    };
    let owner = Owner { column: None, ..owner };
    let source = churn::source(own, recording.as_ref(), owner, setting.calendar, setting.records, setting.context)?;
    Some(DiskChurn { period: source.period, scale: source.scale, pattern: source.pattern, stream: format!("{}/{name}", one.name) })
}

/// What one disk is built from.
struct Parts<'p> {
    one: &'p Expanded,
    disk: &'p raw::Disk,
    at: &'p Range<usize>,
    vm: VmId,
    name: &'p str,
    churn: DiskChurn,
}

fn build(setting: &mut Setting<'_, '_>, parts: Parts<'_>, in_force: &InForce) -> Disk {
    let Parts { one, disk, at, vm, name, churn } = parts;
    let (machine, context) = (&one.machine, &mut *setting.context);
    let size = disk.size.as_ref().map_or_else(|| context.need("disk.size"), |at| at.value);
    let size_at = disk.size.as_ref().map_or_else(|| context.overridden_or(&["disk.size"], at), |own| own.span.clone());
    if let Some(own) = &disk.size {
        context.check("disk.size", &own.value.to_string(), &own.span);
    }
    let used = used(disk.used.as_ref().or(machine.used.as_ref()), size, context);
    let io: DataSize = disk.io.as_ref().or(machine.io.as_ref()).map_or_else(|| context.need("disk.io"), |at| at.value);
    if let Some(own) = disk.io.as_ref().or(machine.io.as_ref()) {
        context.check("disk.io", &own.value.to_string(), &own.span);
    }
    let tier = in_force.tier(disk.tier.as_ref().or(machine.tier.as_ref()), size, &size_at, context);
    let (documented_limit, churn_limit) = in_force.disk(&tier, size, io, context);
    let floor: DataSize = context.need("disk.tracked_floor");
    let sets = [&disk.footprint, &machine.footprint, &setting.raw.footprint].into_iter().find(|sets| !sets.is_empty());
    let footprint = footprint(sets.map_or(&[], |sets| sets.as_slice()), size, context);
    let buffer = disk.agent_buffer.as_ref().or(machine.agent_buffer.as_ref()).or(setting.raw.agent.buffer.as_ref());
    let agent_buffer = context.pick_or_off(buffer, "agent.buffer");
    Disk {
        name: format!("{}/{name}", one.name),
        vm,
        size,
        used,
        tier,
        churn,
        // The page's "8 KB" is taken as it is typed: 8,000 bytes are no smaller than the floor of 8 KiB.
        tracked_per_written: if io.as_f64() * 1.024 >= floor.as_f64() { 1.0 } else { floor.as_f64() / io.as_f64().max(1.0) },
        io_size: io,
        footprint,
        agent_buffer,
        churn_limit,
        documented_limit,
    }
}

fn used(written: Option<&At<SizeOrShare>>, size: DataSize, context: &mut Context) -> DataSize {
    let of = |share: Share| DataSize::from_bytes((size.as_f64() * share.get()).round() as u64);
    match written.map(|at| (at.value, &at.span)) {
        None => of(context.need("disk.used")),
        Some((SizeOrShare::Share(share), _)) => of(share),
        Some((SizeOrShare::Size(used), span)) => {
            if used > size {
                context.error(span, format!("{used} are used of a disk of {size}"), "write at most the disk's size");
            }
            used
        }
    }
}

fn footprint(written: &[At<raw::WorkingSet>], size: DataSize, context: &mut Context) -> Footprint {
    let Some(last) = written.last() else {
        let whole = WorkingSet { size: size.as_f64(), share: 1.0 };
        return match context.need::<String>("footprint.default").as_str() {
            "none" => Footprint::default(),
            _ => Footprint { sets: vec![whole] },
        };
    };
    if written.len() > MOST_SETS {
        context.error(&last.span, format!("a disk has {} working sets, more than {MOST_SETS}", written.len()), "put sets together");
        return Footprint::default();
    }
    let of = |written: SizeOrShare| match written {
        SizeOrShare::Size(bytes) => bytes.as_f64(),
        SizeOrShare::Share(share) => share.get() * size.as_f64(),
    };
    let sets: Vec<WorkingSet> = written.iter().map(|at| WorkingSet { size: of(at.value.size.value), share: at.value.share.value.get() }).collect();
    let (bytes, shares) = sets.iter().fold((0.0, 0.0), |(bytes, shares), set| (bytes + set.size, shares + set.share));
    if (shares - 1.0_f64).abs() > 1e-9 {
        let found = format!("the shares of the working sets sum to {} %", (shares * 1e4).round() / 100.0);
        context.error(&last.value.share.span, found, "write shares that sum to 100 %");
    }
    if let Some(set) = sets.iter().zip(written).find(|(set, _)| set.size <= 0.0 && set.share > 0.0).map(|(_, written)| written) {
        context.error(&set.value.size.span, "writes to a working set of no size", "write a size above 0");
    }
    if bytes > size.as_f64() * (1.0 + 1e-9) {
        let found = format!("the working sets ({}) are larger than the disk ({size})", DataSize::from_bytes(bytes as u64));
        context.error(&last.value.size.span, found, "write working sets that fit on the disk");
    }
    Footprint { sets }
}
