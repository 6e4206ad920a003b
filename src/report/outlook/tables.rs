//! `outlook.csv` (a row for each month), `first.csv` (a row for each resource), `batches.csv` (a row for each batch).

use crate::experiment::outlook::{MEASURES, MonthResult, Outlook};
use crate::report::ReportError;
use crate::report::tables::{Row, csv};

/// The one value of a month that is no measure of a run.
const MACHINES: &str = "server_machines_share";

/// A row for each month; with several runs each measure has its interval beside it.
pub fn months(record: &Outlook) -> Result<Vec<u8>, ReportError> {
    let many = record.runs > 1;
    let mut header: Vec<String> = ["month", "date", "churn_factor", "runs"].map(str::to_owned).to_vec();
    for measure in &MEASURES {
        header.push(measure.key.to_owned());
        if many {
            header.extend([format!("low_{}", measure.key), format!("high_{}", measure.key)]);
        }
    }
    header.extend([MACHINES, "servers_needed", "servers_by_daily_limit", "servers_by_machines", "server_size"].map(str::to_owned));
    header.extend(["cache_documented_bytes", "cache_for_peak_bytes", "disks_over_names", "vms_over_names"].map(str::to_owned));
    let row = |month: &MonthResult| {
        let mut row = Row::default().counts(&[u64::from(month.month)]).text(&month.date).number(month.factor).counts(&[month.runs]);
        for measure in &MEASURES {
            row = row.maybe(month.value(measure.key));
            if many {
                row = row.maybe(month.low.get(measure.key).copied().flatten()).maybe(month.high.get(measure.key).copied().flatten());
            }
        }
        let needs = month.needs.as_ref();
        let count = |value: Option<u64>| value.map(|value| value as f64);
        row.maybe(month.value(MACHINES))
            .maybe(count(needs.map(|needs| needs.servers)))
            .maybe(count(needs.map(|needs| needs.by_daily_limit)))
            .maybe(count(needs.and_then(|needs| needs.by_machines)))
            .text(needs.and_then(|needs| needs.size.as_deref()).unwrap_or(""))
            .maybe(needs.and_then(|needs| needs.cache_documented_bytes))
            .maybe(needs.and_then(|needs| needs.cache_for_peak_bytes))
            .text(&month.disks_over.join(" "))
            .text(&month.vms_over.join(" "))
    };
    csv("outlook.csv", &header, record.months.iter().map(row))
}

/// A row for each resource, in the order in which they are over.
pub fn first(record: &Outlook) -> Result<Vec<u8>, ReportError> {
    let header = ["resource", "month", "date", "good_months", "month_at_worst", "month_at_best", "measure", "limit", "now", "then", "who"];
    let month = |month: Option<u32>| month.map(f64::from);
    let rows = record.first.iter().map(|limit| {
        Row::default()
            .text(&limit.name)
            .maybe(month(limit.month))
            .text(limit.date.as_deref().unwrap_or(""))
            .counts(&[u64::from(limit.good_months)])
            .maybe(month(limit.month_at_worst))
            .maybe(month(limit.month_at_best))
            .text(&limit.measure)
            .number(limit.limit)
            .maybe(limit.now)
            .maybe(limit.then)
            .text(&limit.who.join(" "))
    });
    csv("first.csv", &header, rows)
}

/// A row for each batch of initial replication.
pub fn batches(record: &Outlook) -> Result<Vec<u8>, ReportError> {
    let header = ["batch", "vms", "used_bytes", "begins_s", "ends_s", "lasts_s", "within_goal", "over_share", "rpo_held", "names"];
    let rows = record.initial_replication.batches.iter().map(|batch| {
        Row::default()
            .counts(&[u64::from(batch.batch), batch.vms.len() as u64])
            .numbers(&[batch.used_bytes, batch.begins_s])
            .maybe(batch.ends_s)
            .maybe(batch.ends_s.map(|ends| ends - batch.begins_s))
            .text(&batch.within_goal.to_string())
            .maybe(batch.over_share)
            .text(&batch.rpo_held.to_string())
            .text(&batch.vms.join(" "))
    });
    csv("batches.csv", &header, rows)
}
