//! What an outlook says, in sentences and small tables that terminal and page share.

use crate::experiment::figure::Kind;
use crate::experiment::outlook::{LimitResult, MonthResult, Outlook};
use crate::format::{bytes, bytes_or_dash, duration, duration_or_dash, list, number, plural, share, share_or_dash};
use crate::report::words::{hub_noun, standing};
use crate::results::Standing;

/// Names that are told; the tables have all.
const MOST_NAMES: usize = 3;

/// The line under the title.
pub fn what(record: &Outlook) -> String {
    let scenario = &record.scenario;
    format!(
        "{}: {}, {}; {} looked at, each by {} of {}",
        scenario.system,
        plural(scenario.vms, "VM", "VMs"),
        plural(scenario.disks, "disk", "disks"),
        plural(record.months.len().saturating_sub(1) as u64, "month ahead", "months ahead"),
        plural(record.runs, "run", "runs"),
        duration(scenario.horizon_s),
    )
}

/// How fast it grows, and who says so.
pub fn growth(record: &Outlook) -> String {
    let last = record.months.last().map_or(1.0, |month| month.factor);
    let by = match record.growth.standing {
        Standing::Scenario => format!("stated by {}", record.growth.source),
        other => format!("{}, {}", standing(other), record.growth.source),
    };
    format!("Churn grows by {} ({by}): × {} in the last month.", record.growth.words, number(last))
}

/// Whether intervals stand behind it.
pub fn certainty(record: &Outlook) -> String {
    match (record.random, record.runs) {
        (false, _) => "Nothing in the scenario is random: one run of each month says all.".to_owned(),
        (true, 1) => "One run of each month: random churn or outages may move a month either way; --replications 20 says by how much.".to_owned(),
        (true, runs) => {
            format!("Each month is {runs} runs with the same random numbers in every month; intervals of 95 % are in the tables.")
        }
    }
}

/// What is over first, in a sentence.
pub fn first(record: &Outlook) -> String {
    let last = record.months.len().saturating_sub(1) as u64;
    let over: Vec<&LimitResult> = record.first.iter().filter(|limit| limit.month.is_some()).collect();
    let Some(first) = over.first() else { return format!("Nothing, up to month {last}: every resource stays within its limit.") };
    let at = |limit: &LimitResult| match (limit.month, &limit.date) {
        (Some(0), _) => "now already".to_owned(),
        (Some(month), Some(date)) => format!("in month {month} ({date})"),
        _ => "never".to_owned(),
    };
    let same: Vec<String> =
        over.iter().filter(|limit| limit.month == first.month).map(|limit| format!("the {}", limit.words.trim_start_matches("a "))).collect();
    let next = over.iter().find(|limit| limit.month != first.month).map_or_else(String::new, |next| format!("; next {}, {}", next.words, at(next)));
    format!("{}, {}{next}.", list(&same), at(first))
}

/// Columns of the table of what is over when.
pub const FIRST: [&str; 6] = ["  Over its limit", "month", "date", "now", "then", "over above"];

/// Rows of that table.
pub fn first_rows(record: &Outlook) -> Vec<Vec<String>> {
    let row = |limit: &LimitResult| {
        let kind = Kind::of(&limit.measure);
        let words = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| kind.words(value));
        let month = match (limit.month, limit.month_at_worst, limit.month_at_best) {
            (month, worst, best) if record.runs > 1 && (worst, best) != (month, month) => {
                format!("{} ({} to {})", or_never(month), or_never(worst), or_never(best))
            }
            (month, ..) => or_never(month),
        };
        vec![
            format!("  {}", limit.words),
            month,
            limit.date.clone().unwrap_or_default(),
            words(limit.now),
            words(limit.then),
            kind.words(limit.limit),
        ]
    };
    record.first.iter().map(row).collect()
}

fn or_never(month: Option<u32>) -> String {
    month.map_or_else(|| "never".to_owned(), |month| month.to_string())
}

/// Who is over: disks, VMs.
pub fn who(record: &Outlook) -> Vec<String> {
    let say = |limit: &LimitResult| format!("Over {} first: {}.", limit.words, some(&limit.who));
    record.first.iter().filter(|limit| !limit.who.is_empty()).map(say).collect()
}

fn some(names: &[String]) -> String {
    if names.len() <= MOST_NAMES {
        return list(names);
    }
    format!("{} and {} more", names[..MOST_NAMES].join(", "), names.len() - MOST_NAMES)
}

/// Columns of the table of months.
pub const MONTHS: [&str; 9] = ["  Month", "date", "churn", "RPO P99", "over", "link asked", "server day", "cache free", "needed"];

/// Rows of that table for these months.
pub fn month_rows<'m>(months: impl Iterator<Item = &'m MonthResult>) -> Vec<Vec<String>> {
    let row = |month: &MonthResult| {
        let value = |key: &str| month.value(key);
        vec![
            format!("  {}", month.month),
            month.date.clone(),
            format!("× {}", number(month.factor)),
            duration_or_dash(value("rpo_p99_s")),
            share_or_dash(value("rpo_over_share")),
            share_or_dash(value("link_asked_share")),
            share_or_dash(value("server_largest_day_share")),
            share_or_dash(value("cache_least_free")),
            month.needs.as_ref().map_or_else(|| "-".to_owned(), |needs| needs.servers.to_string()),
        ]
    };
    months.map(row).collect()
}

/// How many process servers are needed when, and how much cache.
pub fn servers(record: &Outlook) -> Vec<String> {
    let (one, many) = hub_noun(&record.scenario);
    let Some(now) = record.months.first().and_then(|month| month.needs.as_ref()) else {
        return vec![format!("There is no process server in this scenario; {} in use.", plural(record.servers, one, many))];
    };
    let steps: Vec<String> = record
        .months
        .windows(2)
        .filter_map(|pair| Some((pair[0].needs.as_ref()?.servers, pair[1].needs.as_ref()?.servers, &pair[1])))
        .filter(|(before, after, _)| before != after)
        .map(|(_, after, month)| format!("{after} from month {} ({})", month.month, month.date))
        .collect();
    let steps = if steps.is_empty() { ", and no more up to the last month".to_owned() } else { format!(", {}", list(&steps)) };
    let by = match now.by_machines {
        Some(machines) => format!(
            "{} by the largest day at the daily planning limit, {machines} by the machines that the largest documented size takes",
            now.by_daily_limit
        ),
        None => format!("{} by the largest day at the daily planning limit; no size is documented by machines", now.by_daily_limit),
    };
    let mut lines = vec![format!("{} now ({by}){steps}; {} in use.", plural(now.servers, one, many), record.servers)];
    let last = record.months.last().and_then(|month| month.needs.as_ref()).unwrap_or(now);
    let band = |needs: &crate::experiment::outlook::ServerNeed| match (&needs.size, needs.cache_documented_bytes) {
        (Some(size), Some(cache)) => format!("{size} with {} of cache", bytes(cache)),
        _ => "no documented size takes it".to_owned(),
    };
    lines.push(format!("Smallest documented size for an even part of the largest day: {} now, {} in the last month.", band(now), band(last)));
    let peak = (now.cache_for_peak_bytes, last.cache_for_peak_bytes);
    if peak != (None, None) {
        lines.push(format!(
            "To keep the fullest cache above the throttle it had to hold {} now, {} in the last month (simulated, each).",
            bytes_or_dash(peak.0),
            bytes_or_dash(peak.1)
        ));
    }
    lines
}

/// Initial replication in sentences.
pub fn copies(record: &Outlook) -> Vec<String> {
    let copy = &record.initial_replication;
    let once = match copy.at_once_s {
        Some(lasts) => format!("{} for {} of used data, all VMs at once (held up by {})", duration(lasts), bytes(copy.used_bytes), copy.bound_by),
        None => format!("{} of used data, all VMs at once: not finished within a year (held up by {})", bytes(copy.used_bytes), copy.bound_by),
    };
    let count = copy.batches.len() as u64;
    let end = copy.batches.last().and_then(|batch| batch.ends_s);
    let late = copy.batches.iter().filter(|batch| !batch.within_goal).count() as u64;
    let lagging = copy.batches.iter().filter(|batch| !batch.rpo_held).count() as u64;
    let mut lines = vec![format!("{once}.")];
    let all = match end {
        Some(end) if copy.left_out.is_empty() => format!("the last ends after {}", duration(end)),
        _ => format!("not all end within a year ({} left out)", plural(copy.left_out.len() as u64, "machine", "machines")),
    };
    lines.push(format!("{} for a goal of {} each, found by simulation; {all}.", plural(count, "batch", "batches"), duration(copy.goal_s)));
    if late > 0 {
        lines.push(format!("{} not end within the goal: a machine or group alone takes longer.", plural(late, "batch does", "batches do")));
    }
    if lagging > 0 {
        let allowed = share(copy.allowed_over_share);
        lines.push(format!(
            "In {} VMs already protected are over the RPO threshold for more than {allowed} of the time.",
            plural(lagging, "batch", "batches")
        ));
    }
    lines
}

/// Columns of the table of batches.
pub const BATCHES: [&str; 6] = ["  Batch", "VMs", "used", "begins after", "lasts", "over RPO"];

/// Rows of that table.
pub fn batch_rows(record: &Outlook) -> Vec<Vec<String>> {
    let row = |batch: &crate::experiment::outlook::BatchResult| {
        vec![
            format!("  {}", batch.batch),
            batch.vms.len().to_string(),
            bytes(batch.used_bytes),
            duration(batch.begins_s),
            duration_or_dash(batch.ends_s.map(|ends| ends - batch.begins_s)),
            share_or_dash(batch.over_share),
        ]
    };
    record.initial_replication.batches.iter().map(row).collect()
}
