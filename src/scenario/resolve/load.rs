//! Load events and faults of the world.

use std::collections::BTreeMap;

use std::ops::Range;

use crate::churn::{LoadEvent, LoadShape};
use crate::model::{DiskId, Fault, FaultKind, HubId, Link, VmId};
use crate::scenario::located::At;
use crate::scenario::raw::{self, Event, HubFault, LinkCut, Scenario, VmFault, WhichLink};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::calendar::{Calendar, Day, is_month_end, is_patch_tuesday};
use crate::scenario::resolve::churn;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::fleet::Fleet;
use crate::scenario::resolve::journey::Way;
use crate::scenario::resolve::outage;
use crate::scenario::resolve::path::Hubs;
use crate::units::{DataSize, Instant, Span};

/// Loads over the whole run: each is an event of its own (one a minute for two years is a slip in `every`, and would be gigabytes of log).
const MOST_STARTS: usize = 1_000_000;

/// Disks that all loads together name, each an entry in memory: 80 MB of them.
const MOST_NAMED: usize = 20_000_000;

/// Builds the load events.
pub(super) fn events(raw: &Scenario, fleet: &Fleet, calendar: &Calendar, context: &mut Context) -> Vec<LoadEvent> {
    let mut list: Vec<LoadEvent> = Vec::new();
    let (mut loads, mut named) = (0, 0);
    for written in &raw.event {
        let event = &written.value;
        let counted = list.len();
        let kinds = [event.backup.is_some(), event.bulk_load.is_some(), event.extra.is_some(), event.month_end.is_some(), event.patch_day.is_some()];
        match kinds.iter().filter(|is| **is).count() {
            0 => context.missing(&written.span, "the event does nothing", "add one of backup, bulk_load, extra, month_end, patch_day"),
            1 => {}
            _ => context.error(&written.span, "the event is of several kinds", "write one [[event]] for each kind"),
        }
        if let Some(backup) = &event.backup {
            let starts = starts(event, written, calendar, context);
            list.extend(bytes(
                event,
                &Amount { kind: "backup", vms: &backup.vms, bytes: &backup.bytes, over: backup.over.as_ref() },
                starts,
                fleet,
                context,
            ));
        }
        if let Some(load) = &event.bulk_load {
            let starts = starts(event, written, calendar, context);
            list.extend(bytes(
                event,
                &Amount { kind: "bulk load", vms: &load.vms, bytes: &load.bytes, over: load.over.as_ref() },
                starts,
                fleet,
                context,
            ));
        }
        if let Some(extra) = &event.extra {
            let starts = starts(event, written, calendar, context);
            if extra.lasts.value.is_zero() {
                context.error(&extra.lasts.span, "a load of no length", "write a time above 0");
            }
            let vms = members(&extra.vms, fleet, context);
            list.extend(added(
                event,
                "extra load",
                &vms,
                churn::rate(&extra.rate.value, &extra.rate.span, context),
                extra.lasts.value,
                starts,
                fleet,
            ));
        }
        if let Some(month_end) = &event.month_end {
            list.extend(month_ends(event, month_end, fleet, calendar, context));
        }
        if let Some(patch) = &event.patch_day {
            unscheduled(event, "a patch day", "from", context);
            let from = patch.from.map_or(Span::ZERO, |time| time.0);
            let days = calendar.days().filter(|day| is_patch_tuesday(day.date) && day.begun <= from);
            let starts = days.map(|day| day.start + (from - day.begun)).filter(|at| *at < Instant::START + calendar.horizon).collect();
            list.extend(bytes(
                event,
                &Amount { kind: "patch day", vms: &patch.vms, bytes: &patch.bytes, over: patch.over.as_ref() },
                starts,
                fleet,
                context,
            ));
        }
        for event in list.iter().skip(counted) {
            loads += event.starts.len();
            named += event.disks.len();
        }
        if loads > MOST_STARTS || named > MOST_NAMED {
            let found = if loads > MOST_STARTS { format!("more than {MOST_STARTS} loads") } else { format!("loads on more than {MOST_NAMED} disks") };
            context.error(&written.span, format!("up to here the events make {found}"), "write longer intervals, fewer events or fewer machines");
            break;
        }
    }
    list
}

/// The occurrences of an event that has times.
fn starts(event: &Event, written: &At<Event>, calendar: &Calendar, context: &mut Context) -> Vec<Instant> {
    let Some(at) = &event.at else {
        context.missing(&written.span, "the event has no time", "add `at = \"Wed 22:00\"`");
        return Vec::new();
    };
    let first = calendar.instant(at.value, &at.span, context);
    let until = event.until.as_ref().map(|until| calendar.instant(until.value, &until.span, context));
    if let (Some(until), None) = (&event.until, &event.every) {
        context.error(&until.span, "the event does not come again", "add `every`, or leave `until` out");
    }
    let starts = calendar.repeat(first, event.every.as_ref(), until, context);
    if starts.is_empty() {
        let name = event.name.as_deref().unwrap_or("event");
        let why = if until.is_some_and(|until| until <= first) {
            "its `until` comes before it first happens"
        } else {
            "it would happen after the run ends"
        };
        context.warnings.push(format!("{name}: {why}"));
    }
    starts
}

/// A kind that knows its own days must not be given others.
fn unscheduled(event: &Event, what: &str, instead: &str, context: &mut Context) {
    for span in [event.at.as_ref().map(|at| &at.span), event.every.as_ref().map(|at| &at.span)].into_iter().flatten() {
        context.error(span, format!("{what} knows its own days"), format!("leave it out; `{instead}` sets the rest"));
    }
}

fn members(vms: &[At<String>], fleet: &Fleet, context: &mut Context) -> Vec<VmId> {
    fleet.members(vms, context).into_keys().collect()
}

/// An amount written on each of some VMs over a time.
struct Amount<'e> {
    kind: &'e str,
    vms: &'e [At<String>],
    bytes: &'e At<DataSize>,
    over: Option<&'e At<Span>>,
}

fn bytes(event: &Event, amount: &Amount<'_>, starts: Vec<Instant>, fleet: &Fleet, context: &mut Context) -> Vec<LoadEvent> {
    let Amount { kind, vms, bytes, over } = *amount;
    let over_span = context.pick(over, "churn.bulk_duration");
    let vms = members(vms, fleet, context);
    let rate = bytes.value.as_f64() / over_span.as_secs_f64().max(1.0);
    added(event, kind, &vms, rate, over_span, starts, fleet)
}

/// A rate per VM, spread over its disks as its churn is where the scenario says how, else evenly; one load event for all disks with one share.
fn added(event: &Event, kind: &str, vms: &[VmId], rate: f64, lasts: Span, starts: Vec<Instant>, fleet: &Fleet) -> Vec<LoadEvent> {
    // Shares are not negative, so their bits are in order.
    let mut by_share: BTreeMap<u64, Vec<DiskId>> = BTreeMap::new();
    for disk in vms.iter().flat_map(|vm| fleet.disks_of(*vm)) {
        by_share.entry(fleet.load_share(disk).to_bits()).or_default().push(disk);
    }
    let name = event.name.clone().unwrap_or_else(|| kind.to_string());
    let events = by_share.into_iter().rev().filter(|(share, _)| *share > 0 && !starts.is_empty()).map(|(share, disks)| LoadEvent {
        name: name.clone(),
        disks,
        starts: starts.clone(),
        lasts,
        shape: LoadShape::Add(rate * f64::from_bits(share)),
    });
    events.collect()
}

fn month_ends(event: &Event, month_end: &raw::MonthEnd, fleet: &Fleet, calendar: &Calendar, context: &mut Context) -> Vec<LoadEvent> {
    unscheduled(event, "a month end", "days", context);
    let days = context.pick(month_end.days.as_ref(), "churn.month_end_days");
    let factor = churn::factor(&month_end.factor, context);
    let vms = members(&month_end.vms, fleet, context);
    let ends = calendar.days().filter(|day| is_month_end(day.date, days) && day.start < Instant::START + calendar.horizon);
    // Of a day that has begun before the run does, the rest.
    let (begun, whole): (Vec<Day>, Vec<Day>) = ends.partition(|day| day.begun > Span::ZERO);
    let disks: Vec<DiskId> = vms.into_iter().flat_map(|vm| fleet.disks_of(vm)).collect();
    let name = event.name.clone().unwrap_or_else(|| "month end".to_string());
    let load =
        |starts: Vec<Instant>, lasts: Span| LoadEvent { name: name.clone(), disks: disks.clone(), starts, lasts, shape: LoadShape::Multiply(factor) };
    let rest = begun.iter().map(|day| load(vec![day.start], Span::from_days(1) - day.begun));
    let others = std::iter::once(load(whole.iter().map(|day| day.start).collect(), Span::from_days(1)));
    rest.chain(others).filter(|load| !load.starts.is_empty() && !load.disks.is_empty()).collect()
}

/// What faults befall.
pub(super) struct Paths<'p> {
    pub fleet: &'p Fleet,
    pub hubs: &'p Hubs,
    pub link: &'p mut Link,
    /// The way back, which has faults of its own.
    pub way: Option<&'p mut Way>,
}

/// Builds the faults; cuts of a link go into the link, what befalls the way back goes there.
pub(super) fn faults(raw: &Scenario, calendar: &Calendar, paths: &mut Paths<'_>, context: &mut Context) -> Vec<Fault> {
    let mut list = Vec::new();
    for written in &raw.fault {
        let fault = &written.value;
        let kinds = [
            fault.process_server_down.is_some(),
            fault.process_server_lost.is_some(),
            fault.vm_crash.is_some(),
            fault.disk_resize.is_some(),
            fault.transfer_failure.is_some(),
            fault.snapshots_deleted.is_some(),
            fault.link_cut.is_some(),
        ];
        match kinds.iter().filter(|is| **is).count() {
            0 => context.missing(
                &written.span,
                "the fault does nothing",
                "add one of process_server_down, process_server_lost, vm_crash, disk_resize, transfer_failure, snapshots_deleted, link_cut",
            ),
            1 => {}
            _ => context.error(&written.span, "the fault is of several kinds", "write one [[fault]] for each kind"),
        }
        let Some(at) = &fault.at else {
            context.missing(&written.span, "the fault has no time", "add `at = \"Wed 10:00\"`");
            continue;
        };
        let instant = calendar.instant(at.value, &at.span, context);
        if instant >= Instant::START + calendar.horizon {
            context.warnings.push(format!("a fault {} after the start would happen after the run ends", instant.since(Instant::START)));
        }
        list.extend(kinds_of(fault, instant, paths, context).into_iter().map(|kind| Fault { at: instant, kind }));
        if let Some(cut) = &fault.link_cut {
            cut_link(cut, instant, paths, context);
        }
    }
    paths.link.scheduled.sort_by_key(|change| change.from);
    list.sort_by_key(|fault| fault.at);
    if let Some(way) = &mut paths.way {
        way.link.scheduled.sort_by_key(|change| change.from);
        way.faults.sort_by_key(|fault| fault.at);
    }
    list
}

fn cut_link(cut: &At<LinkCut>, from: Instant, paths: &mut Paths<'_>, context: &mut Context) {
    let cut = &cut.value;
    positive(&cut.lasts, context);
    let back = cut.link.as_ref().filter(|at| at.value == WhichLink::Failback);
    match (back, &mut paths.way) {
        (Some(at), None) => context.error(&at.span, "nobody comes home over a link in this scenario", "leave `link` out, or add a way home"),
        (Some(_), Some(way)) => way.link.scheduled.push(outage::change(from, cut.lasts.value, cut.left.as_ref(), "failback link cut")),
        (None, way) => {
            let change = outage::change(from, cut.lasts.value, cut.left.as_ref(), "link cut");
            if let Some(way) = way.as_mut().filter(|way| way.one_line) {
                way.link.scheduled.push(change.clone());
            }
            paths.link.scheduled.push(change);
        }
    }
}

fn kinds_of(fault: &raw::Fault, at: Instant, paths: &mut Paths<'_>, context: &mut Context) -> Vec<FaultKind> {
    let mut kinds = Vec::new();
    if let Some(down) = &fault.process_server_down {
        kinds.extend(hub_fault(down, at, |hub, lasts| FaultKind::HubDown { hub, lasts }, paths, context));
    }
    if let Some(lost) = &fault.process_server_lost {
        kinds.extend(hub_fault(lost, at, |hub, lasts| FaultKind::HubLost { hub, lasts }, paths, context));
    }
    let fleet = paths.fleet;
    for vm in fault.vm_crash.iter().flat_map(|crash| vm_fault(crash, fleet, context)) {
        kinds.push(FaultKind::VmCrash { vm });
    }
    for vm in fault.disk_resize.iter().flat_map(|resize| vm_fault(resize, fleet, context)) {
        kinds.push(FaultKind::DiskResize { vm });
    }
    for vm in fault.transfer_failure.iter().flat_map(|failure| vm_fault(failure, fleet, context)) {
        kinds.push(FaultKind::TransferFailure { vm });
    }
    for vm in fault.snapshots_deleted.iter().flat_map(|deleted| vm_fault(deleted, fleet, context)) {
        kinds.push(FaultKind::SnapshotsDeleted { vm });
    }
    kinds
}

/// A fault of a server: of the way out, or of the way back (which then has it), or of both where it serves both.
fn hub_fault(
    fault: &At<HubFault>,
    at: Instant,
    kind: impl Fn(HubId, Span) -> FaultKind,
    paths: &mut Paths<'_>,
    context: &mut Context,
) -> Option<FaultKind> {
    let (name, lasts) = (&fault.value.name, &fault.value.lasts);
    positive(lasts, context);
    let out = paths.hubs.find(&name.value);
    let back = paths.way.as_ref().and_then(|way| way.hubs.find(&name.value).filter(|_| out.is_none() || way.same_servers));
    if let (Some(way), Some(hub)) = (&mut paths.way, back) {
        way.faults.push(Fault { at, kind: kind(hub, lasts.value) });
    }
    if out.is_none() && back.is_none() && context.is_news(&name.value, &name.span) {
        let of_way = paths.way.iter().flat_map(|way| way.hubs.names());
        let advice = suggest(&name.value, paths.hubs.names().chain(of_way));
        context.error(&name.span, format!("there is no {} `{}`", paths.hubs.noun(), name.value), advice);
    }
    out.map(|hub| kind(hub, lasts.value))
}

fn vm_fault(fault: &At<VmFault>, fleet: &Fleet, context: &mut Context) -> Vec<VmId> {
    fleet.named(&fault.value.vm, context)
}

fn positive(lasts: &At<Span>, context: &mut Context) {
    if lasts.value.is_zero() {
        let at: &Range<usize> = &lasts.span;
        context.error(at, "a fault of no length", "write a time above 0");
    }
}
