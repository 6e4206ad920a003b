//! The page of an outlook. Self-contained, as all pages are.

use maud::{Markup, html};

use crate::experiment::outlook::{LIMITS, Outlook};
use crate::format::{capital, unbroken};
use crate::report::html::table::Column::{Figures, Words};
use crate::report::html::table::table;
use crate::report::html::{credibility, shell, short};
use crate::report::outlook::told;
use crate::report::plot::Plot;
use crate::report::words::standing;
use crate::results::Credibility;

/// The page.
pub fn page(record: &Outlook, plot: &Plot, found: &Credibility) -> String {
    let scenario = &record.scenario;
    let head = html! {
        p { (unbroken(&told::what(record))) }
        p.run {
            "profile " (scenario.profile) " · seed " (scenario.seed) " · failback " (record.version) " · fingerprint " (short(&scenario.fingerprint))
        }
        (shell::set("Set besides the file", &scenario.set))
    };
    let main = html! {
        h2 { "What saturates first?" }
        p { (unbroken(&capital(&told::first(record)))) }
        p { (unbroken(&told::growth(record))) }
        p { (unbroken(&told::certainty(record))) }
        (figures(&told::FIRST, told::first_rows(record)))
        @for line in told::who(record) { p { (unbroken(&line)) } }
        (shell::picture(plot, "Each dot is a month, simulated. Dashed: the limit; upright: the first month in which the resource is over."))
        h2 { "How many process servers, and how much cache?" }
        @for line in told::servers(record) { p { (unbroken(&line)) } }
        h2 { "How long does initial replication take, in which batches?" }
        @for line in told::copies(record) { p { (unbroken(&line)) } }
        (figures(&told::BATCHES, told::batch_rows(record)))
        p { "The line that makes these batches in a scenario:" }
        p { code { (record.initial_replication.toml) } }
        h2 { "Month by month" }
        (figures(&told::MONTHS, told::month_rows(record.months.iter())))
        p.remark {
            "Unrounded and with every measure: " a href="outlook.csv" { "outlook.csv" } ", " a href="first.csv" { "first.csv" } ", "
            a href="batches.csv" { "batches.csv" } ", " a href="outlook.json" { "outlook.json" } "."
        }
        h2 { "What over means" }
        (table("", &[Words("Resource"), Words("over if")], &LIMITS.iter().map(|limit| vec![limit.words.to_owned(), limit.over.to_owned()]).collect::<Vec<_>>()))
        h2 { "What it rests on" }
        (table("", &[Words("Key"), Figures("value"), Words("standing"), Words("source")], &record.assumptions.iter().map(|assumption| {
            vec![assumption.key.clone(), assumption.value.clone(), standing(assumption.standing).to_owned(), assumption.source.clone()]
        }).collect::<Vec<_>>()))
        (credibility::of_experiment(found, "Looked at: the scenario as it is now."))
        footer { "failback " (record.version) " · outlook of " (scenario.name) " · seed " (scenario.seed) " · fingerprint " (short(&scenario.fingerprint)) }
    };
    let heading = format!("{}, {} months ahead", scenario.title, record.months.len().saturating_sub(1));
    shell::page(&format!("{}, ahead", scenario.title), &heading, &head, &main)
}

/// A table whose first column is words.
fn figures(header: &[&str], rows: Vec<Vec<String>>) -> Markup {
    let columns: Vec<_> = header.iter().enumerate().map(|(place, title)| if place == 0 { Words(title.trim()) } else { Figures(title) }).collect();
    let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect()).collect();
    table("", &columns, &rows)
}
