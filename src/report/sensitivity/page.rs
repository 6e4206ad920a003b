//! The page of a sensitivity analysis: the answer in words, three pictures of each figure, the inputs with their ranges, and how it was made.

use maud::{Markup, html};

use crate::experiment::sensitivity::Record;
use crate::experiment::sensitivity::chain::{MOST_LEFT, NEXT_TO_NOTHING};
use crate::experiment::sensitivity::record::{OfInput, ResponseRecord};
use crate::format::{capital, plural, share, unbroken};
use crate::report::html::table::Column::{Figures, Key, Words};
use crate::report::html::table::table;
use crate::report::html::{credibility, shell, short};
use crate::report::plot::Plot;
use crate::report::plot::sensitivity::NAMES;
use crate::report::sensitivity::words::{by_itself, cost, remarks, told};
use crate::results::Credibility;
use crate::stats::Interval;

/// The page.
pub fn page(record: &Record, plots: &[Plot], found: &Credibility) -> String {
    let head = html! {
        p { (unbroken(&format!("{}: {}", record.scenario, cost(record)))) }
        (shell::set("Set besides the scenario", &record.set))
        p.run { "failback " (record.version) " · fingerprint " (short(&record.fingerprint)) }
    };
    let main = html! {
        @if record.interrupted { p.alarm-text { "It was interrupted: the Sobol indices are missing." } }
        h2 { "What it hangs on" }
        div.answers { @for response in &record.responses { (answer(record, response)) } }
        @for (place, response) in record.responses.iter().enumerate() { (of_response(record, response, plots, place)) }
        (inputs(record))
        (method(record))
        (credibility::of_experiment(found, "Looked at: the scenario with every input at its default."))
        footer { "failback " (record.version) " · sensitivity " (record.name) " · seed " (record.seed) " · fingerprint " (record.fingerprint) }
    };
    shell::page(&record.title, &record.title, &head, &main)
}

fn answer(record: &Record, response: &ResponseRecord) -> Markup {
    let told = told(record, response);
    html! {
        section.wide {
            h3 { (capital(&told.figure)) }
            @for line in &told.lead { p { (unbroken(&capital(line))) "." } }
            @if !told.hangs_on.is_empty() {
                ol { @for (name, what) in &told.hangs_on { li { strong { (name) } ": " (unbroken(what)) } } }
            }
            @for line in &told.rest { p.remark { (unbroken(&capital(line))) "." } }
        }
    }
}

fn of_response(record: &Record, response: &ResponseRecord, plots: &[Plot], place: usize) -> Markup {
    let names = NAMES.get(place).copied().unwrap_or_default();
    let figure = capital(&told(record, response).figure);
    html! {
        h2 { (figure) }
        @for (name, caption) in names.iter().zip(CAPTIONS) {
            @if let Some(plot) = plots.iter().find(|plot| plot.name == *name) { (picture(plot, caption)) }
        }
        (figures(record, response))
    }
}

const CAPTIONS: [&str; 3] = [
    "One input after the other goes to either end of its range, all others stay at their defaults. What an input does only together with others does not show here.",
    "Each mark is an input: to the right, how much the figure moves when the input goes through its range, on average over random places; upwards, how much that differs \
     from place to place.",
    "The light bar is the share of the figure's variance that would vanish if the input were known; the dark one the share that would be left if all others were. Where \
     they differ, the input matters together with others.",
];

fn picture(plot: &Plot, caption: &str) -> Markup {
    shell::picture(plot, caption)
}

fn figures(record: &Record, response: &ResponseRecord) -> Markup {
    let columns = [
        Words("Input"),
        Words("By itself"),
        Figures("Mean size of effect"),
        Figures("Standard deviation"),
        Figures("Alone (first)"),
        Figures("Total"),
    ];
    let words = |value: f64| response.kind().words(value);
    let with = |interval: &Interval, words: &dyn Fn(f64) -> String| match (interval.low, interval.high) {
        (Some(low), Some(high)) => format!("{} ({} to {})", words(interval.estimate), words(low), words(high)),
        _ => words(interval.estimate),
    };
    let index = |value: f64| format!("{:.2}", value.max(0.0));
    let dash = || "-".to_owned();
    let row = |of: &&OfInput| {
        vec![
            of.input.clone(),
            by_itself(record, response, of).unwrap_or_else(dash),
            of.effect.map_or_else(dash, |effect| with(&effect.mu_star, &|value| words(value.max(0.0)))),
            of.effect.and_then(|effect| effect.sigma).map_or_else(dash, words),
            of.indices.map_or_else(dash, |indices| with(&indices.first, &index)),
            of.indices.map_or_else(dash, |indices| with(&indices.total, &index)),
        ]
    };
    let mut sorted: Vec<&OfInput> = response.inputs.iter().collect();
    let weight = |of: &OfInput| (of.indices.map_or(-1.0, |indices| indices.total.estimate), of.effect.map_or(0.0, |effect| effect.mu_star.estimate));
    sorted.sort_by(|a, b| weight(b).0.total_cmp(&weight(a).0).then(weight(b).1.total_cmp(&weight(a).1)));
    table("", &columns, &sorted.iter().map(row).collect::<Vec<_>>())
}

fn inputs(record: &Record) -> Markup {
    let dash = || "-".to_owned();
    let rows: Vec<Vec<String>> = record
        .inputs
        .iter()
        .map(|input| {
            let from = if input.assumed { "assumed by the profile; the range is assumed too" } else { "stated in the experiment" };
            let spaced = if input.logarithmic {
                "even ratios"
            } else if input.is_range {
                "even steps"
            } else {
                "each alike"
            };
            vec![input.name.clone(), input.range.clone(), spaced.to_owned(), input.default.clone().unwrap_or_else(dash), from.to_owned()]
        })
        .collect();
    let left_out: Vec<Vec<String>> = record.left_out.iter().map(|left| vec![left.key.clone(), left.why.clone()]).collect();
    html! {
        h2 { "What was varied" }
        (table("", &[Key("Input"), Words("Over"), Words("Alike likely"), Words("Default"), Words("Where from")], &rows))
        @if !left_out.is_empty() {
            h3 { "Assumed, and not varied (" (left_out.len()) ")" }
            (table("", &[Key("Key"), Words("It …")], &left_out))
        }
    }
}

fn method(record: &Record) -> Markup {
    html! {
        h2 { "How it was made" }
        ul {
            li { (cost(record)) "." }
            li {
                "Screening (Morris, mu* of Campolongo): " (plural(record.trajectories, "trajectory", "trajectories")) ", Student's intervals over them. An input is fixed at its default if even the upper end of its mean effect is at most "
                (share(NEXT_TO_NOTHING)) " of the largest mean effect."
            }
            @if let Some(rows) = record.rows {
                li {
                    "Sobol indices (first order: Saltelli 2010; total: Jansen 1999) of at most " (MOST_LEFT) " inputs, from " (rows)
                    " rows of a scrambled Sobol sequence; intervals by the percentile bootstrap, which are wider than they need be for such rows."
                }
            }
            @for remark in remarks(record) { li { (remark) } }
            li { "Inputs are taken as independent. Replication r of every point has the same random numbers." }
        }
        p.remark {
            "Unrounded: " a href="sensitivity.json" { "sensitivity.json" } "; " a href="effects.csv" { "effects.csv" } ", " a href="indices.csv" { "indices.csv" } ", "
            a href="alone.csv" { "alone.csv" } " (each input by itself), " a href="runs.csv" { "runs.csv" } " (every run)."
        }
    }
}
