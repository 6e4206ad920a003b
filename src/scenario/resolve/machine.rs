//! Machines as they are after templates and counts: one entry per VM, still as typed.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::scenario::located::At;
use crate::scenario::raw::{Churn, Columns, Machine, MachineHome, MachineTarget, Recording, Scenario};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::records::Records;

/// More VMs than this is a slip.
pub(super) const MOST: usize = 100_000;

/// One VM to be.
pub(super) struct Expanded {
    /// Unique name.
    pub name: String,
    /// Name of the `[[vm]]` entry, which also names all of a count.
    pub family: String,
    /// Number within its count, from 0.
    pub index: usize,
    /// What it is, templates laid under; one for all of a count.
    pub machine: Rc<Machine>,
    /// Where the `[[vm]]` stands.
    pub span: std::ops::Range<usize>,
    /// Where its name stands.
    pub name_at: std::ops::Range<usize>,
    /// The record column it takes, for `column = "all"`.
    pub column: Option<String>,
}

/// Lays templates under the machines and unrolls the counts.
pub(super) fn expand(raw: &Scenario, records: &mut Records<'_>, context: &mut Context) -> Vec<Expanded> {
    let mut list = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for template in raw.template.values() {
        check_template(raw, template, context);
    }
    if raw.vm.is_empty() {
        context.missing_table("vm", "the scenario has no machine to protect", "add a [[vm]]");
    }
    for vm in &raw.vm {
        let machine = Rc::new(with_templates(raw, &vm.value, context));
        let family = match (&vm.name, &vm.template) {
            (Some(name), _) | (None, Some(name)) => name.value.clone(),
            (None, None) => {
                context.missing(&vm.span, "the machine has no name", "add `name = …`, or `template = …`");
                continue;
            }
        };
        let name_at = vm.name.as_ref().or(vm.template.as_ref()).map_or(&vm.span, |at| &at.span).clone();
        if family.trim().is_empty() {
            context.error(&name_at, "the name is empty", "give the machine a name");
            continue;
        }
        for (index, (name, column)) in names(raw, vm, &machine, &family, records, context).into_iter().enumerate() {
            if list.len() >= MOST {
                context.error(&vm.span, format!("the fleet has more than {MOST} machines"), "write a smaller `count`");
                return Vec::new();
            }
            let first = seen.entry(name.clone()).or_insert(0);
            *first += 1;
            if *first == 2 {
                context.error(&name_at, format!("there are two machines called `{name}`"), "give each machine its own name");
            }
            list.push(Expanded {
                name,
                family: family.clone(),
                index,
                machine: Rc::clone(&machine),
                span: vm.span.clone(),
                name_at: name_at.clone(),
                column,
            });
        }
    }
    list
}

/// Reads every record that the machines name, so that the run's start and length can follow them.
pub(super) fn read_records(raw: &Scenario, expanded: &[Expanded], records: &mut Records<'_>, context: &mut Context) {
    for one in expanded.iter().filter(|one| one.index == 0) {
        let of_vm = recording(one.machine.churn.as_ref(), raw.churn.as_ref());
        let all_have_own = !one.machine.disks.is_empty() && one.machine.disks.iter().all(|disk| disk.value.churn.is_some());
        if let (Some(recording), false) = (&of_vm, all_have_own) {
            let at = one.machine.churn.as_ref().or(raw.churn.as_ref()).map_or(0..0, |at| at.span.clone());
            records.load(recording, &at, context);
        }
        for churn in one.machine.disks.iter().filter_map(|disk| disk.value.churn.as_ref()) {
            if let Churn::Record(own) = &churn.value {
                let recording = of_vm.as_ref().map_or_else(|| (**own).clone(), |of_vm| lay_under(own, of_vm));
                records.load(&recording, &churn.span, context);
            }
        }
    }
}

/// The names of a `[[vm]]` entry's machines, and their columns where there is one machine per column.
fn names(
    raw: &Scenario,
    vm: &At<Machine>,
    machine: &Machine,
    family: &str,
    records: &mut Records<'_>,
    context: &mut Context,
) -> Vec<(String, Option<String>)> {
    if let Some(recording) = recording(machine.churn.as_ref(), raw.churn.as_ref())
        && recording.column.as_ref().is_some_and(|column| column.value == Columns::All)
    {
        if let Some(count) = &vm.count {
            context.error(&count.span, "`count` and `column = \"all\"` both say how many machines there are", "leave one of them out");
        }
        let columns = records.columns(&recording, context);
        return columns.into_iter().map(|column| (format!("{family}-{column}"), Some(column))).collect();
    }
    match &vm.count {
        None => vec![(family.to_string(), None)],
        Some(count) if count.value == 0 => {
            context.error(&count.span, "a count of 0 makes no machine", "write a count of at least 1, or leave the machine out");
            Vec::new()
        }
        Some(count) => {
            let count = usize::try_from(count.value).unwrap_or(usize::MAX).min(MOST + 1);
            let width = count.to_string().len().max(2);
            (1..=count).map(|number| (format!("{family}-{number:0width$}"), None)).collect()
        }
    }
}

/// The record that a machine's churn comes from, with what the fleet's record says laid under.
pub(super) fn recording(own: Option<&At<Churn>>, fleet: Option<&At<Churn>>) -> Option<Recording> {
    let of = |churn: Option<&At<Churn>>| match churn.map(|at| &at.value) {
        Some(Churn::Record(recording)) => Some((**recording).clone()),
        _ => None,
    };
    match own {
        None => of(fleet),
        Some(_) => of(own).map(|own| match of(fleet) {
            Some(fleet) => lay_under(&own, &fleet),
            None => own,
        }),
    }
}

/// What `own` leaves open, from `under`.
pub(super) fn lay_under(own: &Recording, under: &Recording) -> Recording {
    let own = own.clone();
    // Another file is another layout: then only how it is replayed carries over.
    let same_file = own.file.is_none() || own.file.as_ref().map(|at| &at.value) == under.file.as_ref().map(|at| &at.value);
    let layout = if same_file { under.clone() } else { Recording::default() };
    Recording {
        file: own.file.or(layout.file),
        format: own.format.or(layout.format),
        unit: own.unit.or(layout.unit),
        period: own.period.or(layout.period),
        time_column: own.time_column.or(layout.time_column),
        time_format: own.time_format.or(layout.time_format),
        stamps: own.stamps.or(layout.stamps),
        contradictions: own.contradictions.or(layout.contradictions),
        column: own.column.or(layout.column),
        scale: own.scale.or(under.scale.clone()),
        looped: own.looped.or(under.looped),
        align: own.align.or(under.align.clone()),
        shift: own.shift.or(under.shift.clone()),
        shift_each: own.shift_each.or(under.shift_each.clone()),
        gap: own.gap.or(layout.gap),
    }
}

fn check_template(raw: &Scenario, template: &At<Machine>, context: &mut Context) {
    if let Some(name) = &template.name {
        context.error(&name.span, "a template takes its name from its table", "leave `name` out; machines that follow it have names");
    }
    if let Some(count) = &template.count {
        context.error(&count.span, "a template has no count", "write `count` in the [[vm]] that follows it");
    }
    let mut seen = vec![];
    let mut next = template.template.as_ref();
    while let Some(reference) = next {
        if seen.contains(&&reference.value) {
            let mut path: Vec<&str> = seen.iter().map(|name| name.as_str()).collect();
            path.push(&reference.value);
            context.error(&reference.span, format!("templates follow each other in a circle: {}", path.join(" -> ")), "let one of them stand alone");
            return;
        }
        seen.push(&reference.value);
        next = raw.template.get(&reference.value).and_then(|template| template.template.as_ref());
    }
}

/// The machine with everything that its templates say laid under.
fn with_templates(raw: &Scenario, machine: &Machine, context: &mut Context) -> Machine {
    let mut merged = machine.clone();
    let mut reference = machine.template.clone();
    let mut depth = 0;
    while let Some(written) = reference {
        let Some(template) = raw.template.get(&written.value) else {
            let advice = suggest(&written.value, raw.template.keys().map(String::as_str));
            context.error(&written.span, format!("there is no template `{}`", written.value), advice);
            break;
        };
        merged = lay_machine_under(merged, &template.value);
        reference = template.template.clone();
        depth += 1;
        if depth > raw.template.len() {
            // A circle; reported at the templates themselves.
            break;
        }
    }
    merged
}

fn lay_machine_under(own: Machine, under: &Machine) -> Machine {
    let under = under.clone();
    let churn = match (own.churn, under.churn) {
        (Some(At { value: Churn::Record(mine), span }), Some(At { value: Churn::Record(theirs), .. })) => {
            Some(At { value: Churn::Record(Box::new(lay_under(&mine, &theirs))), span })
        }
        (mine, theirs) => mine.or(theirs),
    };
    Machine {
        name: own.name,
        count: own.count,
        template: own.template,
        os: own.os.or(under.os),
        group: own.group.or(under.group),
        process_server: own.process_server.or(under.process_server),
        account: own.account.or(under.account),
        batch: own.batch.or(under.batch),
        tier: own.tier.or(under.tier),
        io: own.io.or(under.io),
        used: own.used.or(under.used),
        disks: if own.disks.is_empty() { under.disks } else { own.disks },
        churn,
        footprint: if own.footprint.is_empty() { under.footprint } else { own.footprint },
        agent_buffer: own.agent_buffer.or(under.agent_buffer),
        hydration: own.hydration.or(under.hydration),
        home: match (own.home, under.home) {
            (Some(mine), Some(theirs)) => Some(At { value: lay_home_under(mine.value, &theirs.value), span: mine.span }),
            (mine, theirs) => mine.or(theirs),
        },
        target: match (own.target, under.target) {
            (Some(mine), Some(theirs)) => Some(At { value: lay_target_under(mine.value, &theirs.value), span: mine.span }),
            (mine, theirs) => mine.or(theirs),
        },
    }
}

fn lay_target_under(own: MachineTarget, under: &MachineTarget) -> MachineTarget {
    let under = under.clone();
    MachineTarget {
        cores: own.cores.or(under.cores),
        interfaces: own.interfaces.or(under.interfaces),
        forbidden: own.forbidden.or(under.forbidden),
        tier_changed: own.tier_changed.or(under.tier_changed),
    }
}

fn lay_home_under(own: MachineHome, under: &MachineHome) -> MachineHome {
    let under = under.clone();
    MachineHome {
        master_target: own.master_target.or(under.master_target),
        original: own.original.or(under.original),
        datastore_mounted: own.datastore_mounted.or(under.datastore_mounted),
        uuid_clash: own.uuid_clash.or(under.uuid_clash),
        same_name_on_host: own.same_name_on_host.or(under.same_name_on_host),
        efi: own.efi.or(under.efi),
        reachable: own.reachable.or(under.reachable),
        host_memory: own.host_memory.or(under.host_memory),
        disk_resized: own.disk_resized.or(under.disk_resized),
        disk_added: own.disk_added.or(under.disk_added),
        iscsi: own.iscsi.or(under.iscsi),
    }
}
