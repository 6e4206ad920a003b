//! The page of a comparison: what was compared, what follows, the figures, the pictures, the costs. Self-contained, as all pages are.

use maud::{Markup, html};

use crate::experiment::compare::Comparison;
use crate::experiment::compare::words::signed;
use crate::experiment::figure::Figure;
use crate::format::{capital, duration, share, unbroken};
use crate::report::compare::text::{columns, costs, head, intervals, row, stopped};
use crate::report::figure_words::figure_words;
use crate::report::html::table::Column::{Figures, Key, Words};
use crate::report::html::table::table;
use crate::report::html::{credibility, shell, short};
use crate::report::plot::Plot;
use crate::results::Credibility;

/// The page as text.
pub fn page(record: &Comparison, plots: &[Plot], found: &Credibility) -> String {
    let names: Vec<&str> = record.designs.iter().map(|design| design.name.as_str()).collect();
    let title = names.join(" against ");
    let head = html! {
        p { (unbroken(&capital(&head(record)))) "; " (unbroken(&duration(record.horizon_s))) " from " (record.start) " UTC" }
        p.run { "failback " (record.version) }
        (shell::set("Set in every design", &record.set))
    };
    let main = html! {
        nav {
            a href="#verdict" { "Verdict" }
            @if record.best.is_some() { a href="#best" { "The best" } }
            a href="#figures" { "Figures" }
            a href="#plots" { "Plots" }
            a href="#costs" { "Costs" }
            a href="#designs" { "How the designs differ" }
            a href="#files" { "Files" }
        }
        (verdict(record))
        (best(record))
        (figures(record))
        h2 #plots { "Plots" }
        @for plot in plots { (picture(plot)) }
        h2 #costs { "Costs" }
        @for line in costs(record) { p { (unbroken(&line)) } }
        (designs(record))
        h2 #files { "Files" }
        p {
            "All of this, unrounded: " a href="comparison.json" { "comparison.json" } " (" code { "failback schema compare-results" } "), "
            a href="comparison.csv" { "comparison.csv" } "; every run of every design: " a href="runs.csv" { "runs.csv" } "."
        }
        (credibility::of_experiment(found, "Looked at: all designs; the churn is that of the first."))
        footer { "failback " (record.version) " · " (title) " · seed " (record.seed) }
    };
    shell::page(&title, &title, &head, &main)
}

fn verdict(record: &Comparison) -> Markup {
    let first = record.figures.first().map(|figure| figure_words(&figure.figure)).unwrap_or_default();
    html! {
        h2 #verdict { "Verdict" }
        div.answers { section.wide {
            h3 { (capital(&first)) }
            @for line in &record.verdict { p { (unbroken(&capital(line))) } }
            @if let Some(stopped) = stopped(record) { p { (unbroken(&stopped)) } }
        } }
        @if !record.remarks.is_empty() {
            h3 { "What is comparable only in part" }
            ul { @for remark in &record.remarks { li { (unbroken(remark)) } } }
        }
    }
}

fn best(record: &Comparison) -> Markup {
    let Some(best) = &record.best else { return html! {} };
    let kind = Figure::at(&best.figure).kind();
    let value = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| kind.words(value));
    let rows = best.designs.iter().map(|design| vec![design.label.clone(), design.runs.to_string(), value(design.mean), value(design.deviation)]);
    html! {
        h2 #best { "The best" }
        p { (capital(&figure_words(&best.figure))) ":" }
        @for line in &best.words { p { (unbroken(line)) } }
        (table("Where the runs went", &[Words("Design"), Figures("runs"), Figures("mean"), Figures("standard deviation of a run")], &rows.collect::<Vec<_>>()))
    }
}

fn figures(record: &Comparison) -> Markup {
    html! {
        h2 #figures { "Figures" }
        @for (place, design) in record.designs.iter().skip(1).enumerate() {
            @if let Some(against) = record.figures.first().and_then(|figure| figure.against.get(place)) {
                @let names = columns(record, against);
                @let header: Vec<_> = std::iter::once(Words("Figure")).chain(names.iter().map(|name| Figures(name))).collect();
                @let rows: Vec<_> = (0..record.figures.len()).filter_map(|number| row(record, number, place)).collect();
                h3 { (design.label) " (" (design.name) ") against A (" (record.designs[0].name) ")" }
                (table("", &header, &rows))
                details {
                    summary { "In words, with intervals" }
                    (table("", &[Words("Figure"), Words("Verdict"), Figures("interval of the difference")], &in_words(record, place)))
                }
            }
        }
        @for line in intervals(record) { p.remark { (unbroken(&line)) } }
    }
}

fn in_words(record: &Comparison, place: usize) -> Vec<Vec<String>> {
    let rows = record.figures.iter().filter_map(|figure| {
        let (against, kind) = (figure.against.get(place)?, Figure::at(&figure.figure).kind());
        let ends = against.difference.and_then(|difference| Some(format!("{} to {}", signed(kind, difference.low?), signed(kind, difference.high?))));
        Some(vec![figure_words(&figure.figure), format!("{}.", capital(&against.words)), ends.unwrap_or_else(|| "-".to_owned())])
    });
    rows.collect()
}

fn designs(record: &Comparison) -> Markup {
    let rows: Vec<Vec<String>> = record
        .designs
        .iter()
        .map(|design| {
            let random = if design.random { design.runs.to_string() } else { "1: nothing is random".to_owned() };
            vec![
                design.label.clone(),
                design.title.clone(),
                design.system.clone(),
                design.link.clone(),
                design.vms.to_string(),
                random,
                short(&design.fingerprint),
            ]
        })
        .collect();
    let header = [Words("Design"), Words("title"), Words("system"), Words("link"), Figures("VMs"), Figures("runs"), Key("fingerprint")];
    let labels: Vec<&str> = record.designs.iter().map(|design| design.label.as_str()).collect();
    let keys: Vec<_> = std::iter::once(Key("Key")).chain(labels.iter().map(|label| Words(label))).collect();
    let values = |values: &[Option<String>]| values.iter().map(|value| value.clone().unwrap_or_else(|| "-".to_owned())).collect::<Vec<_>>();
    let differ: Vec<Vec<String>> =
        record.differences.iter().map(|difference| std::iter::once(difference.key.clone()).chain(values(&difference.values)).collect()).collect();
    html! {
        h2 #designs { "How the designs differ" }
        (table("", &header, &rows))
        @if differ.is_empty() { p { "In no value in force." } }
        (table("Every value in force that is not the same in all; a dash where it is not in force", &keys, &differ))
        @for design in &record.designs { @for warning in &design.warnings { p.remark { (design.label) ": " (warning) } } }
        @if record.random {
            p.remark { "Confidence: " (share(record.level.get())) ". Replication r of every design has the same random numbers wherever its streams have the same names: the churn of a disk of the same name, an outage law of the same name, a disaster of the same name." }
        }
    }
}

fn picture(plot: &Plot) -> Markup {
    let caption = match plot.name {
        "differences" => {
            "Each row has a scale of its own, with 0 in the middle: the dot is the mean difference from A, the line its interval. Where the line does not touch the middle, a \
             difference is shown."
        }
        "futures" => {
            "Left, the share of the runs in which the figure was at most so much, for each design. Right, what each run gave in the other design less what it gave in A under the \
             same chances, in order: dots left of the line are futures in which A had more."
        }
        _ => "What each design costs a month, against what it loses.",
    };
    shell::picture(plot, caption)
}
