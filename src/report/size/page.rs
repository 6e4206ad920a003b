//! The page of a sizing: the answer at each level, the curve, every value that was tried. Self-contained, as all pages are.

use maud::{Markup, html};

use crate::experiment::size::SizeRecord;
use crate::experiment::size::record::Answer;
use crate::format::{share, unbroken};
use crate::report::html::table::Column::{Figures, Words};
use crate::report::html::table::table;
use crate::report::html::{credibility, shell, short};
use crate::report::plot::Plot;
use crate::report::size::words::{Told, effort, question, told};
use crate::results::Credibility;

/// The page with its plot.
pub fn page(record: &SizeRecord, plot: &Plot, found: &Credibility) -> String {
    let answers = told(record);
    let head = html! {
        p { (record.scenario) }
        (shell::set("Set besides the scenario", &record.set))
        p.run { "seed " (record.seed) " · failback " (record.version) " · fingerprint " (short(&record.fingerprint)) }
    };
    let main = html! {
        (tiles(record, &answers))
        p { "Sought: " (unbroken(&question(record))) "." }
        p.remark { (unbroken(&effort(record))) "." }
        h2 { "Answers" }
        @for told in &answers { (section(told)) }
        h2 { "The curve around them" }
        (shell::picture(plot, "Values that were tried, those far from the answers left out; bars are confidence intervals where something is random."))
        h2 { "Values that were tried" }
        (tried(record))
        p.remark { "Unrounded: " a href="curve.csv" { "curve.csv" } "; all that was found: " a href="size.json" { "size.json" } "." }
        (credibility::of_experiment(found, "Looked at: the least and the largest value that could be tried; the churn is that of the least."))
        footer { "failback " (record.version) " · sizing " (record.name) " · seed " (record.seed) " · fingerprint " (short(&record.fingerprint)) }
    };
    shell::page(&record.title, &record.title, &head, &main)
}

fn tiles(record: &SizeRecord, answers: &[Told]) -> Markup {
    let tile = |answer: &Answer, told: &Told| {
        html! {
            div.tile.alarm[answer.written.is_none()].good[answer.written.is_some()] {
                div.name { (told.level) }
                div.figure { @match &answer.written { Some(written) => (unbroken(written)), None => "none" } }
                div.note {
                    @match (&answer.with_headroom, &answer.because) {
                        (Some(more), _) => { (unbroken(&format!("{more} with {} headroom", share(record.headroom)))) }
                        (None, Some(because)) => (unbroken(because)),
                        (None, None) => (record.sought.name),
                    }
                }
            }
        }
    };
    html! { div.tiles { @for (answer, told) in record.answers.iter().zip(answers) { (tile(answer, told)) } } }
}

fn section(told: &Told) -> Markup {
    let rows: Vec<Vec<String>> = told.neighbours.iter().map(|row| row.to_vec()).collect();
    html! {
        h3 { (told.level) }
        p.alarm-text[told.missed] { (unbroken(&told.answer)) }
        (table("", &[Figures("value"), Words("what was found"), Words("")], &rows))
        @for remark in &told.remarks { p.remark { (unbroken(remark)) } }
    }
}

fn tried(record: &SizeRecord) -> Markup {
    let mut columns = vec![Figures(&record.sought.name), Words("what was found")];
    let names: Vec<String> = record.answers.iter().map(|answer| answer.share.map_or_else(|| "enough".to_owned(), share)).collect();
    columns.extend(names.iter().map(|name| Words(name)));
    let rows: Vec<Vec<String>> = record
        .points
        .iter()
        .map(|point| {
            let met = point.met.iter().map(|met| if *met { "enough" } else { "not enough" }.to_owned());
            [point.written.clone(), unbroken(&point.words)].into_iter().chain(met).collect()
        })
        .collect();
    table("", &columns, &rows)
}
