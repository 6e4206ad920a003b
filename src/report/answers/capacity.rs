//! Which link is needed, what saturates first, what an outage does, how long the first copy takes.

use crate::format::{bit_rate, byte_rate, bytes, count, duration, list, plural, share};
use crate::report::answers::{Answer, Line};
use crate::report::calendar::Calendar;
use crate::report::words::{hub_noun, times};
use crate::results::{DiskResult, HubResult, LinkResult, Results, Standing};

/// Question 1.
pub fn link_needed(results: &Results) -> Answer {
    let queue = &results.one_queue;
    let mut lines: Vec<Line> = Vec::new();
    let needs: Vec<String> = queue.levels.iter().map(|level| format!("{} for {}", bit_rate(level.goodput_bit_per_s), share(level.share))).collect();
    if needs.is_empty() {
        lines.push("Not computed for this run.".to_owned().into());
    } else {
        lines.push(
            format!(
                "To keep the lag within {} the whole fleet as one queue needs a goodput of {} of the time; this link gives {}.",
                duration(queue.target_s),
                list(&needs),
                given(&results.link)
            )
            .into(),
        );
        if queue.levels.iter().any(|level| level.share == 1.0 && level.goodput_bit_per_s < 0.999 * queue.mean_bit_per_s) {
            let mean = bit_rate(queue.mean_bit_per_s);
            lines.push(
                format!(
                    "That is less than the {mean} written on average: enough for a run as short as this one, after which the lag would go on growing."
                )
                .into(),
            );
        }
        match late_alone(results) {
            Some(disks) => lines.push(disks.into()),
            None => lines.push(
                "That is a lower bound for the worst VM: under fair sharing, and with ceilings of its own, it may need more.".to_owned().into(),
            ),
        }
    }
    Answer { key: "link", label: "Link needed", question: "Which link keeps the RPO within its threshold for all, 99 % or 90 % of the time?", lines }
}

/// What a link gives, and what is left of it for replication where that is less.
pub(crate) fn given(link: &LinkResult) -> String {
    let goodput = bit_rate(link.goodput_bit_per_s);
    if link.mean_capacity_bit_per_s < 0.995 * link.goodput_bit_per_s {
        format!("{goodput}, of which throttle, background traffic and outages leave {} on average", bit_rate(link.mean_capacity_bit_per_s))
    } else {
        goodput
    }
}

/// Disks that no link keeps within the threshold, for their own limit does not: which, for how long, and whether an assumption decides it.
fn late_alone(results: &Results) -> Option<String> {
    let mut late: Vec<(&DiskResult, f64)> =
        results.disks.iter().filter_map(|disk| disk.late_alone_s.map(|late| (disk, late))).filter(|(_, late)| *late > 1.0).collect();
    late.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
    let (first, longest) = *late.first()?;
    let limit = first.limit_in_force_bytes_per_s.map_or_else(String::new, byte_rate);
    let threshold = duration(results.scenario.rpo_threshold_s);
    let which = if late.len() == 1 {
        format!("disk {} alone is over it for {} by its own limit of {limit}", first.name, duration(longest))
    } else {
        format!(
            "{} are over it by their own limits alone, {} longest, for {} by its limit of {limit}",
            plural(late.len() as u64, "disk", "disks"),
            first.name,
            duration(longest)
        )
    };
    Some(format!("No link keeps every VM within {threshold} all the time: {which}.{}", assumed_size(results, first)))
}

/// Whether an assumed size decides the limit of a disk, in a sentence.
pub(super) fn assumed_size(results: &Results, disk: &DiskResult) -> String {
    // Only the documented limit follows from the size.
    let documented = disk.limit_in_force_bytes_per_s == Some(disk.documented_limit_bytes_per_s);
    let size = results.assumptions.iter().find(|assumption| assumption.key == "disk.size" && assumption.standing == Standing::Assumed);
    size.filter(|_| documented).map_or_else(String::new, |size| {
        format!(
            " The limit follows from the disks' size and tier; where the scenario gives none, {} is assumed (disk.size): say what they are.",
            size.value
        )
    })
}

/// Question 12, first half: what was binding.
pub fn saturates(results: &Results, calendar: &Calendar) -> Answer {
    let mut lines: Vec<Line> = Vec::new();
    let first = results.bottlenecks.iter().fold(
        None,
        |best: Option<&crate::results::Bottleneck>, next| {
            if best.is_none_or(|best| next.first_at_s < best.first_at_s) { Some(next) } else { best }
        },
    );
    match (first, results.bottlenecks.first()) {
        (Some(first), Some(longest)) => {
            let also = if longest.resource == first.resource {
                String::new()
            } else {
                format!("; the longest is {}, for {}", longest.resource, duration(longest.time_s))
            };
            lines.push(
                format!(
                    "The first to make disks wait is {}, at {}, for {} in all{also}.",
                    first.resource,
                    calendar.label(first.first_at_s),
                    duration(first.time_s)
                )
                .into(),
            );
            let culprit =
                results.bottlenecks.iter().fold(longest, |best, next| if next.set_fleet_worst_s > best.set_fleet_worst_s { next } else { best });
            if culprit.set_fleet_worst_s > 0.0 {
                lines.push(
                    format!("The VM with the largest lag was held back longest by {} ({}).", culprit.resource, duration(culprit.set_fleet_worst_s))
                        .into(),
                );
            }
        }
        _ => lines.push("Nothing: no disk ever had to wait.".to_owned().into()),
    }
    let link = &results.link;
    let full = if link.saturated_s > 0.0 { format!("full for {}", duration(link.saturated_s)) } else { "never full".to_owned() };
    let mut outages = match (link.down_s > 0.0, link.outages) {
        (false, _) => String::new(),
        (true, 0) => format!(", held to nothing for {}", duration(link.down_s)),
        (true, count) => format!(", down for {} with {}", duration(link.down_s), plural(count, "outage", "outages")),
    };
    if link.reductions > 0 {
        outages += &format!(", reduced {}", times(link.reductions));
    }
    let waited = if link.peak_backlog_bytes < 1.0 && link.saturated_s > 0.0 {
        "what filled it were changed blocks and copies, which wait on their disks".to_owned()
    } else if link.peak_backlog_bytes < 1.0 {
        "nothing ever waited for it".to_owned()
    } else {
        format!(
            "while it was full or cut at most {} waited for it ({}, all VMs together)",
            bytes(link.peak_backlog_bytes),
            calendar.label(link.peak_backlog_at_s)
        )
    };
    let elsewhere = if link.peak_waiting_bytes > (link.peak_backlog_bytes * 1.001).max(1.0) {
        format!(
            " With what agents and limits held back, at most {} waited ({}).",
            bytes(link.peak_waiting_bytes),
            calendar.label(link.peak_waiting_at_s)
        )
    } else {
        String::new()
    };
    lines.push(
        format!(
            "The link ({}, {} of goodput) carries {} of what it can on average, {full}{outages}; {waited}.{elsewhere}",
            link.name,
            bit_rate(link.goodput_bit_per_s),
            share(link.mean_use),
        )
        .into(),
    );
    if let Some(ceiling) = link.per_vm_ceiling_bit_per_s.filter(|ceiling| *ceiling < link.goodput_bit_per_s) {
        let flows = |bottleneck: &&crate::results::Bottleneck| bottleneck.resource.starts_with("TCP flows of VM");
        let cure =
            if results.bottlenecks.iter().any(|bottleneck| flows(&bottleneck)) { "; more flows per VM or a shorter path raise it" } else { "" };
        lines.push(format!("One VM alone gets no more than {} on it (its parallel flows and the round-trip time){cure}.", bit_rate(ceiling)).into());
    }
    let bitmap: u64 = results.disks.iter().map(|disk| disk.bitmap_entries).sum();
    if bitmap > 0 {
        let disks = results.disks.iter().filter(|disk| disk.bitmap_entries > 0).count() as u64;
        lines.push(
            format!(
                "{} overflowed, {} in all: from then on only which blocks changed was known, and no points were made until all of them were sent.",
                plural(disks, "agent buffer", "agent buffers"),
                times(bitmap)
            )
            .into(),
        );
    }
    Answer { key: "first", label: "Saturates first", question: "What saturates first?", lines }
}

/// Question 12, second half: process servers against their daily limit and cache.
pub fn hubs(results: &Results, calendar: &Calendar) -> Answer {
    let (one, many) = hub_noun(&results.scenario);
    let hubs = &results.process_servers;
    let mut lines: Vec<Line> = Vec::new();
    let busiest = hubs
        .iter()
        .fold(None, |best: Option<&HubResult>, hub| if best.is_none_or(|best| daily_use(hub) > daily_use(best)) { Some(hub) } else { best });
    let Some(busiest) = busiest else {
        lines.push(format!("There is no {one} in this scenario.").into());
        return Answer { key: "hubs", label: "Process servers", question: "How many process servers, and how much cache?", lines };
    };
    let needed = results.process_servers_for_largest_day;
    let need = if needed.is_finite() && needed > 0.0 {
        let seen = if results.scenario.horizon_s < 86_400.0 {
            format!(" (in the {} of this run: a whole day needs more)", duration(results.scenario.horizon_s))
        } else {
            String::new()
        };
        // A sum of shares that comes to a whole number does so but for rounding.
        let whole = (needed - 1e-9).ceil().max(1.0) as u64;
        format!("; by the daily limit alone the fleet's largest day needs {}, evenly filled{seen}", plural(whole, one, many))
    } else {
        String::new()
    };
    lines.push(format!("{} in use{need}.", plural(hubs.len() as u64, one, many)).into());
    if busiest.daily_limit_bytes > 0.0 {
        let over = if busiest.days_over == 0 {
            "never over it".to_owned()
        } else {
            format!("over it on {} of {}", busiest.days_over, plural(busiest.days, "day", "days"))
        };
        lines.push(
            format!(
                "Busiest: {}, {} on its largest day, {} of the daily planning limit of {} ({over}).",
                busiest.name,
                bytes(busiest.largest_day_bytes),
                share(daily_use(busiest)),
                bytes(busiest.daily_limit_bytes)
            )
            .into(),
        );
    }
    let fullest = hubs
        .iter()
        .filter(|hub| hub.least_free.is_some())
        .fold(None, |best: Option<&HubResult>, hub| if best.is_none_or(|best| hub.least_free < best.least_free) { Some(hub) } else { best });
    match fullest {
        Some(hub) => lines.push(
            format!(
                "Fullest cache: {}, {} of {} at {}, {} free; {}.",
                hub.name,
                bytes(hub.peak_cache_bytes),
                hub.cache_bytes.map_or_else(|| "no limit".to_owned(), bytes),
                calendar.label(hub.peak_cache_at_s),
                share(hub.least_free.unwrap_or(1.0)),
                throttled(hub)
            )
            .into(),
        ),
        None => lines.push("Their caches are unbounded in this scenario.".to_owned().into()),
    }
    Answer { key: "hubs", label: "Process servers", question: "How many process servers, and how much cache?", lines }
}

fn throttled(hub: &HubResult) -> String {
    match (hub.throttled_s > 0.0, hub.full_s > 0.0) {
        (false, false) => "its intake was never throttled".to_owned(),
        (_, false) => format!("its intake was throttled for {}", duration(hub.throttled_s)),
        (_, true) => format!("its intake was throttled for {} and the cache full for {}", duration(hub.throttled_s), duration(hub.full_s)),
    }
}

fn daily_use(hub: &HubResult) -> f64 {
    if hub.daily_limit_bytes > 0.0 { hub.largest_day_bytes / hub.daily_limit_bytes } else { 0.0 }
}

/// Question 11.
pub fn outages(results: &Results, calendar: &Calendar) -> Answer {
    let mut lines: Vec<Line> = Vec::new();
    let threshold = duration(results.scenario.rpo_threshold_s);
    for outage in &results.one_queue.outages {
        let anyway = if outage.late_anyway { " (over it then even without the cut)" } else { "" };
        let back = match outage.back_within_s {
            Some(0.0) => format!("and the lag stays within {threshold}"),
            Some(after) => format!("and {} after its end the lag is back within {threshold}", duration(after)),
            None => format!("and the lag is not back within {threshold} by the end of the run"),
        };
        let cache = match outage.cache_overflows {
            Some(true) => "; a cache overflows and agents buffer, a resync may follow",
            Some(false) => "; the caches hold it",
            None => "",
        };
        lines.push(
            format!(
                "Cut for {} at the worst moment ({}): {} wait at its end, {back}{anyway}{cache}.",
                duration(outage.cut_s),
                calendar.label(outage.worst_start_s),
                bytes(outage.backlog_bytes)
            )
            .into(),
        );
    }
    if lines.is_empty() {
        lines.push("Not computed for this run.".to_owned().into());
    } else {
        let ceilings = results.bottlenecks.iter().any(|bottleneck| bottleneck.resource.starts_with("limit of "));
        let also =
            if ceilings { ", nor are the limits of disks, which hold some up in this run: what they write in a cut takes them longer" } else { "" };
        lines.push(
            format!(
                "Reckoned with all VMs as one queue on the link as it was in this run; agent buffers are not looked at{also}. Write the cut into the scenario for its true course."
            )
            .into(),
        );
    }
    let resyncs: u64 = results.vms.iter().map(|vm| vm.resyncs).sum();
    if resyncs > 0 {
        lines.push(
            format!(
                "In this run {} needed (all VMs).",
                if resyncs == 1 { "1 resync was".to_owned() } else { format!("{} resyncs were", count(resyncs)) }
            )
            .into(),
        );
    }
    Answer {
        key: "outage",
        label: "Link cut",
        question: "If the link is dead for hours, how large does the backlog get, and when am I back in RPO?",
        lines,
    }
}

/// Question 10.
pub fn initial_replication(results: &Results) -> Answer {
    let copy = &results.initial_replication;
    let how = if copy.simulated {
        "simulated"
    } else {
        "what is copied over each ceiling alone; churn comes on top, which a run with policy.start = \"initial-replication\" simulates"
    };
    let least = if copy.simulated { "" } else { "At least " };
    let bound = if copy.bound_by.is_empty() { String::new() } else { format!("; held up by {}", copy.bound_by) };
    let batches = plural(copy.batches, "batch", "batches");
    let line = match copy.duration_s {
        Some(lasts) => format!("{least}{} for {} of used data (all VMs), in {batches} ({how}){bound}.", duration(lasts), bytes(copy.used_bytes)),
        None => format!("{} of used data (all VMs), in {batches}: it does not finish ({how}){bound}.", bytes(copy.used_bytes)),
    };
    Answer {
        key: "initial",
        label: "Initial replication",
        question: "How long does initial replication take, in which batches?",
        lines: vec![line.into()],
    }
}
