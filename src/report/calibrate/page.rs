//! The page of a calibration: what was fitted and how sure it is, what is left, pictures, and what all that rests on. Self-contained, as all pages are.

use maud::{Markup, html};

use crate::experiment::calibrate::record::Calibrated;
use crate::format::{duration, number, plural, unbroken};
use crate::report::calendar::Calendar;
use crate::report::calibrate::words;
use crate::report::html::table::Column::{Figures, Key, Words};
use crate::report::html::table::table;
use crate::report::html::{credibility, shell};
use crate::report::plot::Plot;
use crate::results::Credibility;

/// The page; `command` reproduces the fit.
pub fn page(calibrated: &Calibrated, command: &str, calendar: &Calendar, plots: &[Plot], found: &Credibility) -> String {
    let record = &calibrated.record;
    let title = format!("{}: calibrated", record.title);
    let head = html! {
        p { (unbroken(&words::compared(record, calendar))) }
        p.run { "failback " (record.version) " · scenario " (record.scenario) " · seed " (record.seed) }
    };
    let main = html! {
        h2 { "What was fitted" }
        (fitted(calibrated))
        @for remark in &record.remarks { p.alarm-text { (remark) } }
        p.remark { "Intervals: " (record.method) "." }
        h3 { "To run with it" }
        pre style="white-space: pre-wrap; overflow-wrap: anywhere" { code { (command) } }
        h2 { "What is left" }
        (left(calibrated, calendar))
        h2 { "Plots" }
        @for plot in plots { (picture(plot, record.by == "course")) }
        h2 { "What it rests on" }
        (grounds(calibrated))
        (credibility::of_experiment(found, "Looked at: the scenario as it was before the fit."))
        footer {
            "failback " (record.version) " · " (plural(record.candidates, "candidate", "candidates")) " simulated · unrounded: " a href="calibration.json" { "calibration.json" }
            "; every compared value: " a href="residuals.csv" { "residuals.csv" }
        }
    };
    shell::page(&title, &title, &head, &main)
}

fn fitted(calibrated: &Calibrated) -> Markup {
    let record = &calibrated.record;
    let row = |fitted: &crate::experiment::calibrate::record::FittedValue| {
        let of = |value: f64| words::value(fitted, value);
        vec![fitted.key.clone(), of(fitted.value), words::interval(fitted), format!("{} to {}", of(fitted.from), of(fitted.to))]
    };
    let rows: Vec<Vec<String>> = record.fitted.iter().map(row).collect();
    let mut pairs = Vec::new();
    for (i, of) in record.correlations.iter().enumerate() {
        for (j, correlation) in of.iter().enumerate().skip(i + 1) {
            pairs.push(vec![record.fitted[i].key.clone(), record.fitted[j].key.clone(), number(*correlation)]);
        }
    }
    html! {
        (table("", &[Key("Key"), Figures("fitted"), Figures("95 % interval"), Figures("range searched")], &rows))
        (table("How the fitted values hang together", &[Key("one"), Key("another"), Figures("correlation")], &pairs))
    }
}

fn left(calibrated: &Calibrated, calendar: &Calendar) -> Markup {
    let record = &calibrated.record;
    let row = |name: &str, of: &crate::experiment::calibrate::record::Residuals| {
        let worst = of.worst_at_s.map_or_else(String::new, |at| format!(" at {}", calendar.label(at)));
        vec![
            name.to_owned(),
            words::signed(of.rms_s),
            words::explained(of.explained),
            words::signed(of.bias_s),
            format!("{}{worst}", words::signed(of.worst_s)),
            number(of.autocorrelation),
        ]
    };
    let columns =
        [Words(""), Figures("root mean square"), Figures("explained"), Figures("mean"), Figures("largest"), Figures("neighbours correlate by")];
    html! {
        (table("Observed less simulated", &columns, &[row("fitted", &record.residuals), row("as it was", &record.before)]))
        @for line in words::shape(&record.residuals, record.observed.values, calendar) { p { (line) "." } }
    }
}

fn grounds(calibrated: &Calibrated) -> Markup {
    let record = &calibrated.record;
    html! {
        ul {
            li { "The simulation is a function of the fitted values; everything else of the scenario is taken to be right. What is wrong there bends the fit." }
            @if record.observed.step_s > 0.0 {
                li { "The observed values are multiples of " (duration(record.observed.step_s)) ": taken as rounded to the nearest." }
            }
            @for note in &record.observed.notes { li { (note) } }
            @if !record.set.is_empty() { li { "Set besides the file: " @for (place, set) in record.set.iter().enumerate() { @if place > 0 { ", " } code { (set) } } } }
        }
    }
}

fn picture(plot: &Plot, course: bool) -> Markup {
    let caption = match (plot.name, course) {
        ("course", true) => "What was observed, what the fitted scenario has at the same instants, and what the scenario as it was has.",
        ("course", false) => "Observed and simulated values, each sorted by size.",
        ("residuals", _) => "Observed less simulated. What looks like a pattern is something that the fitted values cannot express.",
        _ => "What is left when one value is moved and the others are held; shaded, the 95 % interval.",
    };
    shell::picture(plot, caption)
}
