//! The page: one self-contained HTML file that opens offline and prints well. No script, no network, styles and plots inside.
//!
//! Every text of the scenario (titles, VM names, sources) passes through maud's escaping; only the plots, which are made here, go in as they are.

mod cost;
pub mod credibility;
mod figures;
mod journey;
mod provenance;
pub mod shell;
mod story;
mod summary;
pub mod table;

use maud::{Markup, html};

use crate::format::{duration, plural, unbroken};
use crate::report::answers::{answers, long_run, replications};
use crate::report::calendar::Calendar;
use crate::report::plot::{JOURNEY, Plot};
use crate::report::stress_des::Section;
use crate::results::RunOutput;

/// The page of a run with its plots and its items of STRESS-DES.
pub fn page(output: &RunOutput, plots: &[Plot], stress: &[Section]) -> String {
    let results = &output.results;
    let calendar = Calendar::new(&results.scenario.start, results.scenario.horizon_s);
    let main = html! {
        (summary::tiles(results, &calendar))
        nav {
            a href="#answers" { "Answers" }
            @if results.replications.is_some() { a href="#replications" { "Many runs" } }
            @if results.journey.is_some() { a href="#round-trip" { "Round trip" } }
            a href="#plots" { "Plots" }
            a href="#figures" { "Figures" }
            @if results.cost.is_some() { a href="#cost" { "Costs" } }
            @if !output.events.is_empty() { a href="#events" { "Events" } }
            a href="#assumptions" { "What it rests on" }
            a href="#input" { "Input" }
            a href="#limits" { "Checks and limits" }
            @if results.credibility.is_some() { a href="#credibility" { "Credibility" } }
            a href="#files" { "Files" }
        }
        (in_words(output))
        @if let Some(told) = replications(results) {
            h2 #replications { "Many runs" }
            div.answers {
                (journey::told_section(&told))
                @if let Some(told) = long_run(results) { (journey::told_section(&told)) }
            }
        }
        (journey::section(output, plots, &calendar))
        (pictures(plots))
        (figures::section(output, &calendar))
        (cost::section(results))
        (story::section(output, &calendar))
        (provenance::section(results))
        (credibility::section(results, stress))
        (provenance::files(results))
        footer {
            "failback " (results.version) " · scenario " (results.scenario.name) " · seed " (results.scenario.seed) " · replication " (results.scenario.replication)
            " · fingerprint " (short(&results.scenario.fingerprint))
        }
    };
    let title = &results.scenario.title;
    shell::page(title, title, &head(output, &calendar), &main)
}

fn head(output: &RunOutput, calendar: &Calendar) -> Markup {
    let scenario = &output.results.scenario;
    let what = format!(
        "{}: {}, {}; {} from {} {}",
        scenario.system,
        plural(scenario.vms, "VM", "VMs"),
        plural(scenario.disks, "disk", "disks"),
        duration(scenario.horizon_s),
        calendar.weekday(0.0),
        calendar.long_date(0.0)
    );
    html! {
        p { (unbroken(&what)) }
        p.run {
            "profile " (scenario.profile) " · seed " (scenario.seed) " · replication " (scenario.replication) " · failback " (output.results.version)
            " · fingerprint " (short(&scenario.fingerprint))
        }
        (shell::set("Set for this run, besides the file", &scenario.set))
    }
}

fn in_words(output: &RunOutput) -> Markup {
    html! {
        h2 #answers { "Answers" }
        div.answers {
            @for answer in answers(output) {
                section id={ "answer-" (answer.key) } {
                    h3 { (answer.question) }
                    @for line in &answer.lines { p { (unbroken(&line.text)) } }
                }
            }
        }
    }
}

fn pictures(plots: &[Plot]) -> Markup {
    html! {
        h2 #plots { "Plots" }
        @for plot in plots.iter().filter(|plot| !JOURNEY.contains(&plot.name)) { (shell::picture(plot, caption(plot.name))) }
    }
}

fn caption(plot: &str) -> &'static str {
    match plot {
        "rpo" => {
            "For each interval the largest lag of any VM. Lag is the age of the oldest write that has not reached the target; 0 when nothing is pending. \
             Shaded: some VM was over the RPO threshold."
        }
        "loss" => {
            "A disaster at a uniformly random moment: read up from a loss to the share of moments that lose at most that much. Left, the VM that would lose most at that \
             moment; right, a VM picked at random."
        }
        "path" => {
            "Wire rate on the link against the capacity that was there for replication; the fullest cache; and the bytes that waited in agents and caches at the end of each \
             interval."
        }
        "timeline" => {
            "Each bar is a machine, each colour where it ran and what was done to it. Hatched: without a recovery point on the other side, so that a disaster then would lose \
             everything written since."
        }
        "waterfall" => {
            "Above, the way of the machine that served last, from the disaster to its users; below, the longest failback, from shutdown at the target to service at home."
        }
        "retention" => {
            "What the before-images of the way back take on the drive of each master target, against its capacity; and how far back one could go with what it held."
        }
        _ => {
            "Each stroke is a crash-consistent point held at the end of the run, each diamond an app-consistent one. White stretches are holes: no going back to there."
        }
    }
}

/// Enough of a fingerprint to tell two runs apart; the whole of it stands among the checks.
pub fn short(fingerprint: &str) -> String {
    fingerprint.chars().take(12).collect()
}
