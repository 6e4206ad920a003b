//! What the figures rest on: overrides and assumptions, the input's quality, the run's self-checks, what is not modelled, and the files beside the page.

use maud::{Markup, html};

use crate::format::{byte_rate, bytes, count, duration, plural, share, unbroken};
use crate::report::html::table::Column::{Figures, Key, Words};
use crate::report::html::table::table;
use crate::report::words::standing;
use crate::results::{Assumption, Results, Standing};

/// What the figures rest on.
pub fn section(results: &Results) -> Markup {
    html! {
        (assumptions(results))
        (input(results))
        (limits(results))
    }
}

fn rows<'a>(chosen: impl Iterator<Item = &'a Assumption>) -> Vec<Vec<String>> {
    chosen
        .map(|value| {
            let date = if value.date.is_empty() { "-".to_owned() } else { value.date.clone() };
            vec![value.key.clone(), value.value.clone(), standing(value.standing).to_owned(), value.source.clone(), date]
        })
        .collect()
}

fn assumptions(results: &Results) -> Markup {
    let all = &results.assumptions;
    let overrides: Vec<Vec<String>> = all
        .iter()
        .filter(|value| value.instead_of.is_some() || value.standing == Standing::Scenario)
        .map(|value| vec![value.key.clone(), value.value.clone(), value.instead_of.clone().unwrap_or_else(|| "-".to_owned()), value.source.clone()])
        .collect();
    let is_default = |value: &&Assumption| value.instead_of.is_none() && value.standing != Standing::Scenario;
    let assumed = rows(all.iter().filter(is_default).filter(|value| value.standing == Standing::Assumed));
    let known = rows(all.iter().filter(is_default).filter(|value| value.standing != Standing::Assumed));
    let columns = [Key("Key"), Words("Value"), Words("Standing"), Words("Source"), Words("Date")];
    html! {
        h2 #assumptions { "What it rests on" }
        p {
            "Every value in force that the scenario could have said otherwise, with where it comes from. "
            code { "failback explain KEY" } " says more about one of them."
        }
        h3 { "Set by the scenario, instead of the profile's value (" (overrides.len()) ")" }
        (table("", &[Key("Key"), Words("Value"), Words("Profile's value"), Words("Source")], &overrides))
        @if overrides.is_empty() { p { "None." } }
        h3 { "Assumed: nobody has published it (" (assumed.len()) ")" }
        (table("", &columns, &assumed))
        @if assumed.is_empty() { p { "None." } }
        h3 { "Documented, or derived from documented values (" (known.len()) ")" }
        (table("", &columns, &known))
        @if known.is_empty() { p { "None." } }
    }
}

fn input(results: &Results) -> Markup {
    let churn = &results.churn;
    let records: Vec<Vec<String>> = churn
        .records
        .iter()
        .map(|record| {
            vec![record.source.clone(), count(record.columns), duration(record.period_s), duration(record.length_s), share(record.gap_share)]
        })
        .collect();
    let columns = [Key("Record"), Figures("columns"), Figures("period"), Figures("length"), Figures("gaps")];
    let facts = format!(
        "{} written by all VMs ({} tracked by the agents, which count at least 8 KiB per write): {} on average, P95 {}, peak {}; largest day {}.",
        bytes(churn.written_bytes),
        bytes(churn.tracked_bytes),
        byte_rate(churn.mean_bytes_per_s),
        byte_rate(churn.p95_bytes_per_s),
        byte_rate(churn.peak_bytes_per_s),
        bytes(churn.largest_day_bytes)
    );
    html! {
        h2 #input { "Input" }
        p { (unbroken(&facts)) }
        (table("", &columns, &records))
        @if !results.scenario.warnings.is_empty() {
            h3 { "Worth a look" }
            ul { @for warning in &results.scenario.warnings { li { (warning) } } }
        }
        @for record in &churn.records {
            @if !record.notes.is_empty() {
                h3 { "Import of " (record.source) }
                ul { @for note in &record.notes { li { (note) } } }
            }
        }
        ul {
            @if churn.coarsest_period_s > 0.0 {
                @let period = duration(churn.coarsest_period_s);
                li { (unbroken(&format!("The churn is given as means of {period}: a record of {period} means cannot resolve a lag under {period}. Bursts inside a period are unknown."))) }
            }
            @if churn.vms_with_unknown_split > 0 {
                li { "Disk split unknown for " (plural(churn.vms_with_unknown_split, "VM", "VMs")) ": its lag is a lower bound, since the record does not say which disk was written." }
            }
            @if results.unprotected_share > 0.0 {
                li { (share(results.unprotected_share)) " of VM-time was before the first recovery point and is left out of the laws of lag, RPO and loss." }
            }
        }
    }
}

fn limits(results: &Results) -> Markup {
    let checks = &results.checks;
    html! {
        h2 #limits { "Checks and limits" }
        ul {
            li {
                "Bytes written equal bytes landed, stored and superseded on every disk, to a relative error of at most " (format!("{:.1e}", checks.conservation_error)) "."
                @if checks.conservation_error > 1e-9 { " " span.alarm-text { "That is more than the 1e-9 that this program promises: do not rely on this run." } }
            }
            li { "Fingerprint of the scenario and of every file it names: " code { (results.scenario.fingerprint) } "." }
            li { (count(checks.vm_buckets)) " VM-buckets simulated, " (count(checks.calendar_events)) " calendar events, " (count(checks.fluid_events)) " fluid events." }
            li { "Means, maxima, shares over the threshold and breaches are exact for this run; quantiles come from bins of at most 0.1 %." }
            @if results.replications.is_none() && checks.random_streams > 0 { li { "One run of one seed: no confidence intervals." } }
        }
        h3 { "Not modelled" }
        ul {
            @if results.journey.is_some() {
                li { "The service's own jobs take the times that the scenario or the profile gives; that one fails on the way is not part of this run." }
            } @else {
                li { "Only the forward path: what happens from a disaster on (failover, reprotect, failback, their durations) is not part of this run." }
            }
            li { "Fluid flows, no packets: transient effects of TCP and single requests are inside the link's goodput." }
            li { "How the product shares a link and a process server among disks is not published; max-min fair shares are assumed unless the scenario says otherwise." }
            li { "Of the costs: process servers and appliances, cache accounts and their operations, work, taxes and discounts; prices that no source at hand states are named and not guessed." }
        }
    }
}

/// The last part of the page: the files beside it.
pub fn files(results: &Results) -> Markup {
    const FILES: [(&str, &str); 10] = [
        ("summary.json", "the whole record, unrounded, in SI base units; its schema: failback schema results"),
        ("series.csv", "the fleet over time"),
        ("vms.csv", "one row per VM"),
        ("disks.csv", "one row per disk"),
        ("process_servers.csv", "one row per process server, appliance or cache account"),
        ("points.csv", "recovery points held at the end"),
        ("loss_curves.csv", "distributions behind the loss plot"),
        ("days.csv", "one row per day"),
        ("events.jsonl", "event log, one event a line"),
        ("stress-des.md", "the items of the STRESS-DES reporting guidelines, filled from this run"),
    ];
    const JOURNEY_FILES: [(&str, &str); 6] = [
        ("journey.csv", "one row per machine and trip"),
        ("states.csv", "one row per machine and state"),
        ("steps.csv", "one row per machine, trip and step of its failover or failback"),
        ("waits.csv", "one row per machine and thing that it waited for"),
        ("retention.csv", "the retention drives over time"),
        ("trace.json", "states and steps as a trace, for Perfetto or chrome://tracing"),
    ];
    html! {
        h2 #files { "Files beside this page" }
        ul {
            @for (name, what) in FILES { li { a href=(name) { (name) } ": " (what) } }
            @if results.cost.is_some() { li { a href="cost.csv" { "cost.csv" } ": one row per item of the costs, priced or not" } }
            @if results.replications.is_some() { li { a href="replications.csv" { "replications.csv" } ": one row per replication, the figures as columns" } }
            @if results.journey.is_some() { @for (name, what) in JOURNEY_FILES { li { a href=(name) { (name) } ": " (what) } } }
        }
    }
}
