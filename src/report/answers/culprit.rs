//! Which disk sets the RPO: who lags most, who is over the threshold, who writes faster than its tier lets through.

use crate::format::{byte_rate, count, duration, list, plural, share};
use crate::report::answers::{Answer, Line};
use crate::results::{DiskResult, Results, VmResult};

/// Disks whose tracked rate passes their own documented ceiling, longest first.
pub fn disks_over_limit(results: &Results) -> Vec<&DiskResult> {
    let mut over: Vec<&DiskResult> = results.disks.iter().filter(|disk| disk.share_over_limit > 0.0).collect();
    // A stable sort: equals stay in scenario order.
    over.sort_by(|a, b| b.share_over_limit.total_cmp(&a.share_over_limit));
    over
}

/// VMs that had the fleet's largest lag, longest first.
pub fn fleet_worst_vms(results: &Results) -> Vec<&VmResult> {
    let mut worst: Vec<&VmResult> = results.vms.iter().filter(|vm| vm.worst_of_fleet_s > 0.0).collect();
    worst.sort_by(|a, b| b.worst_of_fleet_s.total_cmp(&a.worst_of_fleet_s));
    worst
}

/// Question 13.
pub fn culprit(results: &Results) -> Answer {
    let mut lines: Vec<Line> = Vec::new();
    let worst = fleet_worst_vms(results);
    let observed = results.lag.fleet_worst.observed_s;
    match worst.first() {
        Some(vm) => {
            let disks = results.disks.iter().filter(|disk| disk.vm == vm.name);
            let most = disks.fold(
                None,
                |best: Option<&DiskResult>, disk| {
                    if best.is_none_or(|best| disk.worst_of_fleet_s > best.worst_of_fleet_s) { Some(disk) } else { best }
                },
            );
            let disk = most.map_or_else(String::new, |disk| {
                format!(
                    "; its disk {} set it for {}, at worst {} behind",
                    disk.name,
                    share(disk.worst_of_fleet_s / observed.max(f64::MIN_POSITIVE)),
                    duration(disk.lag.max)
                )
            });
            lines.push(
                format!(
                    "{} had the largest lag of the fleet for {} of the time{disk}.",
                    vm.name,
                    share(vm.worst_of_fleet_s / observed.max(f64::MIN_POSITIVE))
                )
                .into(),
            );
            let next: Vec<String> = worst
                .iter()
                .skip(1)
                .take(2)
                .map(|vm| format!("{} ({})", vm.name, share(vm.worst_of_fleet_s / observed.max(f64::MIN_POSITIVE))))
                .collect();
            if !next.is_empty() {
                lines.push(format!("Next: {}.", list(&next)).into());
            }
        }
        None => lines.push("None: no disk ever lagged.".to_owned().into()),
    }
    let mut breaching: Vec<&VmResult> = results.vms.iter().filter(|vm| vm.breaches.count > 0).collect();
    breaching.sort_by(|a, b| b.breaches.total_s.total_cmp(&a.breaches.total_s));
    if let Some(vm) = breaching.first() {
        lines.push(
            format!(
                "{} of {} were over the threshold at some time, {} for longest ({} in all).",
                count(breaching.len() as u64),
                plural(results.vms.len() as u64, "VM", "VMs"),
                vm.name,
                duration(vm.breaches.total_s)
            )
            .into(),
        );
    }
    let over = disks_over_limit(results);
    match over.first() {
        None => lines.push("No disk writes faster than the documented limit of its own tier.".to_owned().into()),
        Some(_) => {
            let named: Vec<String> = over
                .iter()
                .take(3)
                .map(|disk| {
                    format!("{} ({} of the time over {})", disk.name, share(disk.share_over_limit), byte_rate(disk.documented_limit_bytes_per_s))
                })
                .collect();
            let more = if over.len() > named.len() { format!(" and {} more", over.len() - named.len()) } else { String::new() };
            let held = over.iter().any(|disk| disk.limit_in_force_bytes_per_s.is_some_and(|limit| limit <= disk.documented_limit_bytes_per_s));
            let set = over.iter().any(|disk| disk.limit_in_force_bytes_per_s.is_some());
            let cure = match (held, set) {
                (true, _) => "which no link cures",
                (false, true) => "which did not hold them up at that rate, for this run lets disks send more",
                (false, false) => "which did not hold them up, for the limits of disks are off in this run",
            };
            lines.push(
                format!(
                    "{} of {} write faster than the documented limit of their own tier at times, {cure}: {}{more}.",
                    count(over.len() as u64),
                    plural(results.disks.len() as u64, "disk", "disks"),
                    named.join(", ")
                )
                .into(),
            );
        }
    }
    Answer { key: "disk", label: "Sets the RPO", question: "Which disk ruins the RPO?", lines }
}
