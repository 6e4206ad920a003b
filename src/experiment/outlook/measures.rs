//! What is measured in every month: a column of `outlook.csv` each.

use crate::experiment::figure::{Figure, Kind};
use crate::model::World;
use crate::results::{DriveResult, HubResult, Results, VmResult};

/// Share of the time for which a target may be missed: what is asked is that it holds for 99 % of the time, as P99 of the lag does.
pub const SHARE_MISSED: f64 = 0.01;

/// One quantity of a run.
#[derive(Clone, Copy)]
pub struct Measure {
    /// Its name, with the unit at the end: the key in `outlook.json` and the column in `outlook.csv`.
    pub key: &'static str,
    /// Where a law over time is in the record of a run, so that the laws of several runs are put together; else the key again.
    place: &'static str,
    /// What it is in words.
    pub words: &'static str,
    /// Its value; `None` where there is nothing to measure.
    of: fn(&View<'_>) -> Option<f64>,
}

/// A run as the measures see it.
pub struct View<'a> {
    pub world: &'a World,
    pub results: &'a Results,
    /// Share of the time for which a disk's churn may be above its limit \[1\].
    pub above_allowed: f64,
}

impl Measure {
    /// What it is: a time, an amount, a share, a count.
    pub fn kind(&self) -> Kind {
        Kind::of(self.key)
    }

    /// The figure that it is gathered as.
    pub(super) fn figure(&self) -> Figure {
        Figure::at(self.place)
    }

    pub(super) fn of(&self, view: &View<'_>) -> Option<f64> {
        (self.of)(view).filter(|value| value.is_finite())
    }
}

const fn law(key: &'static str, place: &'static str, words: &'static str, of: fn(&View<'_>) -> Option<f64>) -> Measure {
    Measure { key, place, words, of }
}

const fn plain(key: &'static str, words: &'static str, of: fn(&View<'_>) -> Option<f64>) -> Measure {
    Measure { key, place: key, words, of }
}

/// All of them, in the order of the columns.
pub const MEASURES: [Measure; 27] = [
    law("rpo_p99_s", "lag.fleet_worst.p99", "lag of the worst VM, 99 % of the time at most", |v| v.results.lag.fleet_worst.p99),
    plain("rpo_max_s", "largest lag of any VM", |v| Some(v.results.lag.fleet_worst.max)),
    law("rpo_over_share", "lag.fleet_worst.share_over", "share of the time with a VM over the RPO threshold", |v| {
        v.results.lag.fleet_worst.share_over
    }),
    plain("link_mean_use", "mean use of the link", |v| Some(v.results.link.mean_use)),
    plain("link_full_share", "share of the time with the link full", |v| share_of_run(v, v.results.link.saturated_s)),
    plain("link_asked_share", "what the fleet writes over what the link carries, on average", asked),
    plain("link_missed_share", "share of the time over the RPO threshold, where it is the link that sets the lag", missed_by_link),
    plain("server_largest_day_share", "largest day of the busiest process server over its daily planning limit", |v| {
        most(v.results.process_servers.iter().map(largest_day_share))
    }),
    plain("server_mean_day_share", "mean day of the busiest process server over its daily planning limit", |v| {
        let days = v.results.scenario.horizon_s / 86_400.0;
        most(v.results.process_servers.iter().filter(|hub| hub.daily_limit_bytes > 0.0).map(|hub| hub.taken_in_bytes / days / hub.daily_limit_bytes))
    }),
    plain("servers_for_largest_day", "process servers that the fleet's largest day fills, evenly", |v| {
        Some(v.results.process_servers_for_largest_day).filter(|servers| *servers > 0.0)
    }),
    plain("server_throttled_share", "share of the time with a process server throttled", |v| {
        most(v.results.process_servers.iter().map(|hub| hub.throttled_s)).and_then(|throttled| share_of_run(v, throttled))
    }),
    plain("cache_least_free", "least free share of any cache", |v| {
        v.results.process_servers.iter().filter_map(|hub| hub.least_free).reduce(f64::min)
    }),
    plain("cache_peak_bytes", "most in any cache", |v| most(v.results.process_servers.iter().map(|hub| hub.peak_cache_bytes))),
    plain("cache_below_throttle", "caches that were filled to the free share at which intake is throttled", |v| {
        // At that very level, and it may go no further: what was throttled counts, not what rounding leaves of the level.
        let low = |hub: &&HubResult| hub.throttled_s > 0.0;
        Some(v.results.process_servers.iter().filter(low).count() as f64)
    }),
    plain("disks_over", "disks over their own limit", |v| Some(disks_over(v).len() as f64)),
    plain("vms_over", "VMs over their own limit", |v| Some(vms_over(v).len() as f64)),
    plain("accounts_waited_s", "time waited for cache accounts", |v| Some(waited_for_accounts(v))),
    plain("agents_overflowed", "times that an agent buffer overflowed", |v| {
        Some(v.results.disks.iter().map(|disk| disk.bitmap_entries).sum::<u64>() as f64)
    }),
    plain("resyncs", "resyncs", |v| Some(v.results.vms.iter().map(|vm| vm.resyncs).sum::<u64>() as f64)),
    plain("points_made", "recovery points made", |v| {
        let points = &v.results.points.total;
        Some((points.crash_points + points.app_points) as f64)
    }),
    plain("points_failed", "markers that failed", |v| {
        let points = &v.results.points.total;
        Some((points.crash_failed + points.app_failed) as f64)
    }),
    plain("drive_peak_share", "most used of any retention drive, had it no limit, over its size", |v| {
        let drives = v.results.journey.as_ref().map_or(&[][..], |journey| &journey.retention_drives);
        most(drives.iter().filter(|drive| drive.size_bytes > 0.0).map(|drive| drive.peak_wanted_bytes / drive.size_bytes))
    }),
    plain("drive_least_window_s", "shortest window that a retention drive held", |v| {
        let drives = v.results.journey.as_ref().map_or(&[][..], |journey| &journey.retention_drives);
        drives.iter().filter_map(|drive| drive.least_window_s).reduce(f64::min)
    }),
    plain("drive_window_short_s", "by how much the window fell short of what was promised", |v| {
        let drives = v.results.journey.as_ref().map_or(&[][..], |journey| &journey.retention_drives);
        most(drives.iter().filter_map(window_short))
    }),
    plain("written_bytes", "bytes written", |v| Some(v.results.churn.written_bytes)),
    plain("largest_day_bytes", "bytes written on the largest calendar day", |v| Some(v.results.churn.largest_day_bytes)),
    plain("mean_bytes_per_s", "mean churn", |v| Some(v.results.churn.mean_bytes_per_s)),
];

/// By how much a drive held less than it promised \[s\]: nothing as long as it dropped no point and did not pause, though the oldest point may then be younger by the
/// distance of points (as the figure `retention.window` has it). `None` if the run was too short to say.
fn window_short(drive: &DriveResult) -> Option<f64> {
    let whole = drive.dropped_points == 0 && drive.paused_s == 0.0;
    drive.least_window_s.map(|least| if whole { 0.0 } else { (drive.window_s - least).max(0.0) })
}

fn most(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.reduce(f64::max)
}

fn share_of_run(view: &View<'_>, seconds: f64) -> Option<f64> {
    let horizon = view.results.scenario.horizon_s;
    (horizon > 0.0).then_some(seconds / horizon)
}

fn largest_day_share(hub: &HubResult) -> f64 {
    if hub.daily_limit_bytes > 0.0 { hub.largest_day_bytes / hub.daily_limit_bytes } else { 0.0 }
}

/// What the fleet writes, as it crosses the link, over what was left of the link for it: at 1 and more the lag grows for ever.
fn asked(view: &View<'_>) -> Option<f64> {
    let (asked, given) = (view.results.one_queue.mean_bit_per_s, view.results.link.mean_capacity_bit_per_s);
    (given > 0.0).then_some(asked / given)
}

/// Time over the threshold where the link held the worst VM back longer than anything else did.
fn missed_by_link(view: &View<'_>) -> Option<f64> {
    let own = format!("link {}", view.results.link.name);
    let longest = view.results.bottlenecks.iter().reduce(|best, next| if next.set_fleet_worst_s > best.set_fleet_worst_s { next } else { best });
    let by_link = longest.is_some_and(|longest| longest.set_fleet_worst_s > 0.0 && longest.resource == own);
    if by_link { view.results.lag.fleet_worst.share_over } else { Some(0.0) }
}

/// Disks whose churn is above the documented limit of their tier for longer than the planner's percentile leaves.
pub(super) fn disks_over<'a>(view: &View<'a>) -> Vec<&'a str> {
    view.results.disks.iter().filter(|disk| disk.share_over_limit > view.above_allowed).map(|disk| disk.name.as_str()).collect()
}

/// VMs whose largest rate over all disks is above their limit; the record has it in written bytes, the limit is in tracked ones.
pub(super) fn vms_over<'a>(view: &View<'a>) -> Vec<&'a str> {
    let over = |&(number, vm): &(usize, &'a VmResult)| {
        let Some(limit) = view.world.vms.get(number).and_then(|vm| vm.churn_limit) else { return false };
        let disks = view.results.disks.iter().filter(|disk| disk.vm == vm.name);
        let (written, tracked) = disks.fold((0.0, 0.0), |(written, tracked), disk| (written + disk.written_bytes, tracked + disk.tracked_bytes));
        let tracked_per_written = if written > 0.0 { tracked / written } else { 1.0 };
        vm.peak_bytes_per_s * tracked_per_written > limit.as_bytes_per_s() * (1.0 + 1e-9)
    };
    view.results.vms.iter().enumerate().filter(over).map(|(_, vm)| vm.name.as_str()).collect()
}

fn waited_for_accounts(view: &View<'_>) -> f64 {
    let of_account = |resource: &str| view.world.accounts.iter().any(|account| resource.starts_with(&format!("account {}", account.name)));
    view.results.bottlenecks.iter().filter(|bottleneck| of_account(&bottleneck.resource)).map(|bottleneck| bottleneck.time_s).fold(0.0, f64::max)
}
