//! The CSV files: a header, one row per observation, the unit last in each column's name, nothing rounded, an empty cell where a value does not exist.

pub mod compare;
pub mod cost;
pub mod journey;
pub mod runs;
pub mod sensitivity;

use crate::report::ReportError;
use crate::report::calendar::Calendar;
use crate::report::words::{CHOICES, choice_key};
use crate::results::{CdfCurve, DayWorst, DiskResult, HubResult, Law, PointCalendar, RunOutput, VmResult};

/// One row of cells.
#[derive(Default)]
pub(super) struct Row(Vec<String>);

impl Row {
    pub(super) fn text(mut self, cell: &str) -> Self {
        self.0.push(cell.to_owned());
        self
    }

    /// The shortest decimal that reads back as the same number.
    pub(super) fn number(mut self, value: f64) -> Self {
        self.0.push(if value.is_finite() { value.to_string() } else { String::new() });
        self
    }

    pub(super) fn numbers(self, values: &[f64]) -> Self {
        values.iter().fold(self, |row, &value| row.number(value))
    }

    pub(super) fn maybe(self, value: Option<f64>) -> Self {
        self.number(value.unwrap_or(f64::NAN))
    }

    pub(super) fn counts(mut self, values: &[u64]) -> Self {
        self.0.extend(values.iter().map(u64::to_string));
        self
    }

    fn law(self, law: Option<&Law>) -> Self {
        let Some(law) = law else { return self.numbers(&[f64::NAN; 7]) };
        self.number(law.mean).maybe(law.p50).maybe(law.p90).maybe(law.p95).maybe(law.p99).number(law.max).number(law.max_at_s)
    }
}

fn law_header(quantity: &str) -> impl Iterator<Item = String> {
    ["mean", "p50", "p90", "p95", "p99", "max", "max_at"].into_iter().map(move |part| format!("{quantity}_{part}_s"))
}

pub(super) fn csv<S: AsRef<str>>(name: &str, header: &[S], rows: impl Iterator<Item = Row>) -> Result<Vec<u8>, ReportError> {
    let defect = |reason: String| ReportError::Render { what: name.to_owned(), reason };
    let mut writer = csv::Writer::from_writer(Vec::with_capacity(1 << 16));
    writer.write_record(header.iter().map(|cell| cell.as_ref().as_bytes())).map_err(|error| defect(error.to_string()))?;
    for row in rows {
        // The csv crate refuses rows that are longer or shorter than the header.
        writer.write_record(&row.0).map_err(|error| defect(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| defect(error.to_string()))
}

/// `series.csv`: the fleet over time.
pub fn series(output: &RunOutput, calendar: &Calendar) -> Result<Vec<u8>, ReportError> {
    let header = [
        "from_utc",
        "from_s",
        "to_s",
        "written_bytes_per_s",
        "link_bit_per_s",
        "link_capacity_bit_per_s",
        "worst_lag_s",
        "mean_worst_lag_s",
        "worst_vm",
        "agent_bytes",
        "changed_bytes",
        "cache_bytes",
        "fullest_cache_share",
        "unordered_disks",
    ];
    let rows = output.series.iter().map(|row| {
        let worst_vm = row.worst_vm.and_then(|vm| output.results.vms.get(vm as usize)).map_or("", |vm| vm.name.as_str());
        Row::default()
            .text(&calendar.iso(row.from_s))
            .numbers(&[row.from_s, row.to_s, row.written_bytes_per_s, row.link_bit_per_s, row.link_capacity_bit_per_s])
            .numbers(&[row.worst_lag_s, row.mean_worst_lag_s])
            .text(worst_vm)
            .numbers(&[row.agent_bytes, row.changed_bytes, row.cache_bytes, row.fullest_cache])
            .counts(&[row.unordered_disks])
    });
    csv("series.csv", &header, rows)
}

/// `vms.csv`: one row per VM.
pub fn vms(vms: &[VmResult]) -> Result<Vec<u8>, ReportError> {
    let mut header: Vec<String> = vec!["vm".to_owned()];
    header.extend(law_header("lag"));
    header.extend(["lag_over_threshold_share", "breaches", "breach_total_s", "breach_longest_s", "breach_first_at_s"].map(str::to_owned));
    for quantity in ["reported_rpo", "point_age", "app_point_age"] {
        header.extend(law_header(quantity));
    }
    for choice in CHOICES {
        header.extend(["mean", "max"].map(|part| format!("{}_loss_{part}_bytes", choice_key(choice))));
    }
    header.extend(["crash_markers", "crash_failed", "crash_points", "app_markers", "app_failed", "app_points"].map(str::to_owned));
    header.extend(["pruned_points", "held_points_at_end", "held_points_max"].map(str::to_owned));
    header.extend(
        ["oldest_held_at_end_s", "newest_held_at_end_s", "longest_hole_s", "longest_without_new_point_s", "unprotected_share"].map(str::to_owned),
    );
    header.extend(["written_bytes", "peak_written_bytes_per_s", "worst_of_fleet_s", "resyncs"].map(str::to_owned));
    let rows = vms.iter().map(|vm| {
        let (breaches, points) = (&vm.breaches, &vm.points);
        let mut row = Row::default().text(&vm.name).law(Some(&vm.lag)).maybe(vm.lag.share_over).counts(&[breaches.count]);
        row = row.numbers(&[breaches.total_s, breaches.longest_s]).maybe(breaches.first_at_s);
        row = row.law(Some(&vm.reported_rpo)).law(Some(&vm.point_age)).law(vm.app_point_age.as_ref());
        for choice in CHOICES {
            let found = vm.loss_bytes.iter().find(|(of, _)| *of == choice).map(|(_, law)| law);
            row = row.maybe(found.map(|law| law.mean)).maybe(found.map(|law| law.max));
        }
        row.counts(&[points.crash_markers, points.crash_failed, points.crash_points, points.app_markers, points.app_failed, points.app_points])
            .counts(&[points.pruned, points.held_at_end, points.held_max])
            .maybe(points.oldest_at_end_s)
            .maybe(points.newest_at_end_s)
            .maybe(points.longest_hole_s)
            .numbers(&[points.longest_without_new_s, vm.unprotected_share, vm.written_bytes, vm.peak_bytes_per_s, vm.worst_of_fleet_s])
            .counts(&[vm.resyncs])
    });
    csv("vms.csv", &header, rows)
}

/// `disks.csv`: one row per disk.
pub fn disks(disks: &[DiskResult]) -> Result<Vec<u8>, ReportError> {
    let header = [
        "disk",
        "written_bytes",
        "tracked_bytes",
        "landed_bytes",
        "superseded_bytes",
        "pending_bytes",
        "lag_max_s",
        "lag_mean_s",
        "lag_p95_s",
        "lag_p99_s",
        "lag_over_share",
        "breaches",
        "worst_of_fleet_s",
        "peak_agent_bytes",
        "documented_limit_bytes_per_s",
        "limit_in_force_bytes_per_s",
        "mean_tracked_bytes_per_s",
        "over_limit_share",
        "bitmap_entries",
        "unordered_s",
    ];
    let rows = disks.iter().map(|disk| {
        Row::default()
            .text(&disk.name)
            .numbers(&[disk.written_bytes, disk.tracked_bytes, disk.landed_bytes, disk.superseded_bytes, disk.pending_bytes])
            .numbers(&[disk.lag.max, disk.lag.mean])
            .maybe(disk.lag.p95)
            .maybe(disk.lag.p99)
            .maybe(disk.lag.share_over)
            .counts(&[disk.breaches.count])
            .numbers(&[disk.worst_of_fleet_s, disk.peak_agent_bytes, disk.documented_limit_bytes_per_s])
            .maybe(disk.limit_in_force_bytes_per_s)
            .numbers(&[disk.mean_tracked_bytes_per_s, disk.share_over_limit])
            .counts(&[disk.bitmap_entries])
            .number(disk.unordered_s)
    });
    csv("disks.csv", &header, rows)
}

/// `process_servers.csv`: one row per process server, appliance or source cache account.
pub fn process_servers(hubs: &[HubResult]) -> Result<Vec<u8>, ReportError> {
    let mut header: Vec<String> =
        ["name", "vms", "taken_in_bytes", "peak_offered_bytes_per_s", "peak_offered_operations_per_s", "cache_bytes", "peak_cache_bytes"]
            .map(str::to_owned)
            .to_vec();
    header.extend(["peak_cache_at_s", "least_free_share", "throttle_below_free_share", "throttled_s", "full_s", "down_s"].map(str::to_owned));
    for alert in ["space_warning", "space_critical", "drain_warning", "drain_critical"] {
        header.extend(["raised", "total_s"].map(|part| format!("{alert}_{part}")));
    }
    header.extend(["largest_day_bytes", "days_over_limit", "days", "daily_limit_bytes"].map(str::to_owned));
    let rows = hubs.iter().map(|hub| {
        let mut row = Row::default().text(&hub.name).counts(&[hub.vms]);
        row = row.numbers(&[hub.taken_in_bytes, hub.peak_offered_bytes_per_s, hub.peak_offered_ops_per_s]).maybe(hub.cache_bytes);
        row = row.numbers(&[hub.peak_cache_bytes, hub.peak_cache_at_s]).maybe(hub.least_free).maybe(hub.throttle_free).numbers(&[
            hub.throttled_s,
            hub.full_s,
            hub.down_s,
        ]);
        for alert in [&hub.space_warning, &hub.space_critical, &hub.drain_warning, &hub.drain_critical] {
            row = row.counts(&[alert.raised]).number(alert.total_s);
        }
        row.number(hub.largest_day_bytes).counts(&[hub.days_over, hub.days]).number(hub.daily_limit_bytes)
    });
    csv("process_servers.csv", &header, rows)
}

/// `points.csv`: the recovery points held at the end of the run.
pub fn points(calendars: &[PointCalendar], calendar: &Calendar, horizon_s: f64) -> Result<Vec<u8>, ReportError> {
    let header = ["vm", "kind", "marker_utc", "marker_s", "available_s", "age_at_end_s"];
    let rows = calendars.iter().flat_map(|held| held.points.iter().map(move |point| (held, point))).map(|(held, point)| {
        Row::default().text(&held.vm).text(if point.app { "app" } else { "crash" }).text(&calendar.iso(point.marker_s)).numbers(&[
            point.marker_s,
            point.available_s,
            horizon_s - point.marker_s,
        ])
    });
    csv("points.csv", &header, rows)
}

/// `loss_curves.csv`: the distributions behind the loss plot. `value` is in the unit that its row names.
pub fn loss_curves(curves: &[CdfCurve]) -> Result<Vec<u8>, ReportError> {
    let header = ["curve", "scope", "unit", "value", "share_at_most"];
    let rows = curves.iter().flat_map(|curve| {
        let row = |value: f64, share: f64| Row::default().text(&curve.name).text(&curve.scope).text(&curve.unit).numbers(&[value, share]);
        curve.points.iter().map(move |point| row(point.value, point.share))
    });
    csv("loss_curves.csv", &header, rows)
}

/// `days.csv`: the worst moment of each calendar day (UTC).
pub fn days(days: &[DayWorst]) -> Result<Vec<u8>, ReportError> {
    let header = ["date", "worst_lag_s", "worst_vm", "over_threshold_share", "written_bytes"];
    let rows = days.iter().map(|day| {
        let row = Row::default().text(&day.date).number(day.worst_lag_s).text(day.vm.as_deref().unwrap_or_default());
        row.numbers(&[day.share_over, day.written_bytes])
    });
    csv("days.csv", &header, rows)
}
