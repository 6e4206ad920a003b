//! RPO, loss, the price of an app-consistent point, and how far back one can go.

use std::collections::BTreeSet;

use crate::format::{byte_rate, bytes, duration, plural, share};
use crate::report::answers::capacity::assumed_size;
use crate::report::answers::{Answer, Line, quantiles, vm_at_worst};
use crate::report::calendar::{Calendar, day_of};
use crate::report::words::times;
use crate::results::{Choice, DayWorst, DiskResult, LossByChoice, Results, RunOutput, VmResult};

/// Question 2.
pub fn rpo(results: &Results, calendar: &Calendar) -> Answer {
    let worst = &results.lag.fleet_worst;
    let pooled = &results.lag.pooled;
    let threshold = duration(results.scenario.rpo_threshold_s);
    let mut lines: Vec<Line> = Vec::new();
    let breaches = &results.breaches;
    if breaches.count == 0 {
        lines.push(format!("No VM was ever over the {threshold} threshold.").into());
    } else {
        let over = worst.share_over.unwrap_or_else(|| breaches.total_s / worst.observed_s.max(f64::MIN_POSITIVE));
        let from = |at: Option<f64>| at.map_or_else(String::new, |at| format!(" (from {})", calendar.label(at)));
        let how_long = if breaches.count == 1 {
            format!("once, for {}{}", duration(breaches.total_s), from(breaches.first_at_s))
        } else {
            let first = breaches.first_at_s.map_or_else(String::new, |at| format!("; the first at {}", calendar.label(at)));
            let longest = from(breaches.longest_at_s);
            format!("{}, {} in all, longest {}{longest}{first}", times(breaches.count), duration(breaches.total_s), duration(breaches.longest_s))
        };
        lines.push(format!("Some VM was over the {threshold} threshold for {} of the time: {how_long}.", share(over)).into());
    }
    lines.extend(never_in_sync(results).map(Line::from));
    let who = vm_at_worst(results).map_or_else(String::new, |vm| format!(", {vm}"));
    lines.push(format!("Worst moment of any VM: {} behind ({}{who}).", duration(worst.max), calendar.label(worst.max_at_s)).into());
    if let Some(day) = worst_day(&results.days) {
        let who = day.vm.as_ref().map_or_else(String::new, |vm| format!(" ({vm})"));
        lines.push(
            format!(
                "Worst day: {}, up to {}{who}, over the threshold for {} of the day.",
                day_of(&day.date),
                duration(day.worst_lag_s),
                share(day.share_over)
            )
            .into(),
        );
    }
    lines.push(Line::tabled(format!("The worst VM at each moment is {} behind on average{}.", duration(worst.mean), quantiles(worst))));
    lines.push(Line::tabled(format!("Any VM at any moment (pooled): {} on average{}.", duration(pooled.mean), quantiles(pooled))));
    let clock = &results.reported_rpo.fleet_worst;
    lines.push(Line::tabled(format!(
        "The product's own clock (time since the newest landed point, worst VM) shows {} on average and {} at worst, since it also counts the time between points.",
        duration(clock.mean),
        duration(clock.max)
    )));
    if results.unprotected_share > 0.0 {
        lines.push(format!("Not counted: {} of VM-time before the first recovery point.", share(results.unprotected_share)).into());
    }
    Answer { key: "rpo", label: "RPO", question: "What RPO does this link give, and how bad is the worst day?", lines }
}

/// Disks that write more on average than their own limit lets through, and were behind at the end: what they are, what would be without them, and whether an
/// assumption decides it. Where writes coalesce, a disk may be over its limit on average and in sync between bursts.
fn never_in_sync(results: &Results) -> Option<String> {
    let never = |disk: &&DiskResult| {
        disk.behind_since_s.is_some() && disk.limit_in_force_bytes_per_s.is_some_and(|limit| disk.mean_tracked_bytes_per_s > limit)
    };
    let disks: Vec<&DiskResult> = results.disks.iter().filter(never).collect();
    let first =
        disks.iter().fold(disks.first()?, |most, disk| if disk.mean_tracked_bytes_per_s > most.mean_tracked_bytes_per_s { disk } else { most });
    let limit = byte_rate(first.limit_in_force_bytes_per_s.unwrap_or(f64::INFINITY));
    let owners: BTreeSet<&str> = disks.iter().map(|disk| disk.vm.as_str()).collect();
    let others: Vec<&VmResult> = results.vms.iter().filter(|vm| !owners.contains(vm.name.as_str())).collect();
    let without = match others.iter().map(|vm| vm.lag.max).reduce(f64::max) {
        Some(lag) => format!(" The other {} at worst {} behind.", plural(others.len() as u64, "VM is", "VMs are"), duration(lag)),
        None => String::new(),
    };
    let decides = assumed_size(results, first);
    let subject = if disks.len() == 1 {
        format!("Disk {} writes {} on average and may send {limit}, so it could not catch", first.name, byte_rate(first.mean_tracked_bytes_per_s))
    } else {
        let example = format!("{}: {} against {limit}", first.name, byte_rate(first.mean_tracked_bytes_per_s));
        format!(
            "{} write more on average than their own limit lets through ({example}), so they could not catch",
            plural(disks.len() as u64, "disk", "disks")
        )
    };
    Some(format!("{subject} up, whatever the link.{without}{decides}"))
}

fn worst_day(days: &[DayWorst]) -> Option<&DayWorst> {
    // The earliest among equals, so that the answer does not depend on order of comparison.
    days.iter().fold(None, |best: Option<&DayWorst>, day| if best.is_none_or(|best| day.worst_lag_s > best.worst_lag_s) { Some(day) } else { best })
}

fn by_choice(results: &Results, choice: Choice) -> Option<&LossByChoice> {
    results.loss.iter().find(|loss| loss.choice == choice)
}

/// Question 4; the figures by choice are a table of their own.
pub fn loss(results: &Results) -> Answer {
    let mut lines: Vec<Line> = Vec::new();
    if let Some(latest) = by_choice(results, Choice::LatestMarker) {
        let time = &latest.time.fleet_worst;
        lines.push(Line::tabled(format!(
            "Going back to Latest, the worst VM loses {} of work on average{}, {} at worst.",
            duration(time.mean),
            quantiles(time),
            duration(time.max)
        )));
        let pooled = &latest.time.pooled;
        lines.push(Line::tabled(format!("Any VM (pooled): {} on average{}.", duration(pooled.mean), quantiles(pooled))));
        if let Some(lost) = &latest.bytes {
            let fleet = &lost.fleet_bytes;
            let high = fleet.p95.map_or_else(String::new, |p95| format!(", P95 {}", bytes(p95)));
            lines.push(Line::tabled(format!("All VMs together lose {} written on average{high}, {} at worst.", bytes(fleet.mean), bytes(fleet.max))));
        }
    }
    lines.push("Exact over every instant of this one run; other seeds are not covered.".to_owned().into());
    Answer { key: "loss", label: "Disaster", question: "If the site is lost at a random moment, how much is lost?", lines }
}

/// Question 5. Means subtract exactly; quantiles would not.
pub fn app_cost(results: &Results) -> Answer {
    let mut lines: Vec<Line> = Vec::new();
    match (by_choice(results, Choice::LatestApp), by_choice(results, Choice::LatestMarker)) {
        (Some(app), Some(latest)) if results.scenario.app_every_s.is_some() => {
            let every = results.scenario.app_every_s.map_or_else(String::new, |every| format!(" (made every {})", duration(every)));
            lines.push(
                format!(
                    "An app-consistent point{every} costs {} more than Latest on average for the worst VM, {} more for any VM (pooled).",
                    duration(app.time.fleet_worst.mean - latest.time.fleet_worst.mean),
                    duration(app.time.pooled.mean - latest.time.pooled.mean)
                )
                .into(),
            );
            lines.push(
                format!("At worst it is {} old (worst VM); Latest {}.", duration(app.time.fleet_worst.max), duration(latest.time.fleet_worst.max))
                    .into(),
            );
            if let (Some(app), Some(latest)) = (&app.bytes, &latest.bytes) {
                let extra = app.fleet_bytes.mean - latest.fleet_bytes.mean;
                lines.push(format!("All VMs together lose {} more on average.", bytes(extra)).into());
            }
            let total = &results.points.total;
            if total.app_markers > 0 {
                let failed = total.app_failed as f64 / total.app_markers as f64;
                lines.push(format!("{} of the fleet's app-consistent markers failed.", share(failed)).into());
            }
        }
        _ => lines.push("App-consistent points are off in this scenario.".to_owned().into()),
    }
    Answer { key: "app", label: "App-consistent", question: "What does recovering to an app-consistent point cost over the latest?", lines }
}

/// Question 6.
pub fn how_far_back(output: &RunOutput) -> Answer {
    let results = &output.results;
    let points = &results.points;
    let held = results.vms.iter().map(|vm| vm.points.held_at_end);
    let (least, most) = (held.clone().min().unwrap_or(0), held.max().unwrap_or(0));
    let mut lines: Vec<Line> = Vec::new();
    if output.calendars.is_empty() && points.total.held_max == 0 {
        let kept =
            if points.retention_s == 0.0 { "only the latest point".to_owned() } else { format!("points for {}", duration(points.retention_s)) };
        lines.push(format!("The policy keeps {kept}; which points were held was not recorded in this run.").into());
        return Answer { key: "back", label: "You can go back", question: "How far back can I go, and what do more days cost?", lines };
    }
    if points.retention_s == 0.0 {
        lines.push("Only the latest point is kept.".to_owned().into());
    } else {
        let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
        let shortest = results.vms.iter().filter_map(|vm| vm.points.oldest_at_end_s.map(|age| (age, &vm.name)));
        let shortest =
            shortest.fold(None, |best: Option<(f64, &String)>, next| if best.is_none_or(|best| next.0 < best.0) { Some(next) } else { best });
        let reach =
            shortest.map_or_else(String::new, |(age, vm)| format!("; each VM's oldest is at least {} old ({vm}'s is the youngest)", duration(age)));
        lines.push(
            format!(
                "Points are kept for {}: at the end each VM holds {range}, {} once every marker of that time is a point (a crash-consistent and an app-consistent one of one instant are two){reach}.",
                duration(points.retention_s),
                points.steady_state_per_vm
            )
            .into(),
        );
    }
    let none = results.vms.iter().filter(|vm| vm.points.held_at_end == 0).count() as u64;
    if none > 0 {
        lines.push(format!("{} held no point at all at the end.", plural(none, "VM", "VMs")).into());
    }
    let stale = |vm: &&VmResult| vm.points.newest_at_end_s.is_some_and(|age| age > results.scenario.rpo_threshold_s);
    let stale = results.vms.iter().filter(stale).count() as u64;
    if stale > 0 {
        let threshold = duration(results.scenario.rpo_threshold_s);
        lines.push(format!("At the end {} no point younger than {threshold}.", plural(stale, "VM held", "VMs held")).into());
    }
    let hole = results.vms.iter().filter_map(|vm| vm.points.longest_hole_s.map(|hole| (hole, &vm.name)));
    if let Some((hole, vm)) =
        hole.fold(None, |most: Option<(f64, &String)>, next| if most.is_none_or(|most| next.0 > most.0) { Some(next) } else { most })
    {
        lines.push(format!("Longest hole between points held: {} ({vm}).", duration(hole)).into());
    }
    lines.push(format!("Longest time without a new point (worst VM): {}.", duration(points.total.longest_without_new_s)).into());
    if let Some(cost) = &points.retention_cost {
        lines.push(
            format!(
                "Keeping the points takes {} on average beyond the newest copy (all VMs, {}), {} at most; {}.",
                bytes(cost.mean_bytes),
                plural(cost.samples, "midnight sampled", "midnights sampled"),
                bytes(cost.max_bytes),
                match cost.per_extra_day_bytes {
                    Some(more) => format!("one more day would add {}", bytes(more)),
                    None => "the run is too short to fill the retention, so it would take more".to_owned(),
                }
            )
            .into(),
        );
    }
    Answer { key: "back", label: "You can go back", question: "How far back can I go, and what do more days cost?", lines }
}
