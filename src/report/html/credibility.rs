//! What a reader should know before relying on the figures: which run this is, how its intervals were made, how much of the input was measured, what was assumed, what lies
//! outside the range that was checked, and what was checked against what.

use maud::{Markup, html};

use crate::format::{count, duration, number, plural, share, unbroken};
use crate::report::html::table::Column::{Figures, Words};
use crate::report::html::table::table;
use crate::report::stress_des::{self, Section};
use crate::results::{Against, Assumption, Check, ChurnQuality, Credibility, Results, Standing};

/// The section of a run.
pub fn section(results: &Results, stress: &[Section]) -> Markup {
    let Some(credibility) = &results.credibility else { return html! {} };
    html! {
        h2 #credibility { "Credibility" }
        (verdict(credibility))
        h3 { "Which run, and how sure" }
        ul {
            li {
                "failback " (results.version) ", seed " (results.scenario.seed) ", replication " (results.scenario.replication) ", fingerprint of scenario and records "
                code { (results.scenario.fingerprint) } "."
            }
            @for line in sureness(results) { li { (unbroken(&line)) } }
            li { (unbroken(&assumptions(&results.assumptions))) " All of them: " a href="#assumptions" { "What it rests on" } "." }
        }
        h3 { "How much of the churn was measured" }
        (churn(&credibility.churn, Some(results)))
        (inputs(credibility))
        (checks(&credibility.checks))
        (stress_des::details(stress))
    }
}

/// The section of an experiment; `of` says in a sentence what was looked at.
pub fn of_experiment(found: &Credibility, of: &str) -> Markup {
    html! {
        h2 #credibility { "Credibility" }
        (verdict(found))
        p { (of) }
        h3 { "How much of the churn was measured" }
        (churn(&found.churn, None))
        (inputs(found))
        (checks(&found.checks))
    }
}

/// Whether anything lies outside the checked range, and what.
pub fn verdict(credibility: &Credibility) -> Markup {
    let inputs = credibility.inputs.len() as u64;
    html! {
        @if credibility.outside.is_empty() {
            p { "All " (plural(inputs, "input", "inputs")) " that have a checked range lie within it." }
        } @else {
            p.alarm-text {
                (plural(credibility.outside.len() as u64, "input lies", "inputs lie")) " outside the range that was checked: nothing is known to be wrong there, and nothing was compared there either."
            }
            ul { @for sentence in &credibility.outside { li { (unbroken(sentence)) } } }
        }
    }
}

/// How the intervals were made, or why there are none.
fn sureness(results: &Results) -> Vec<String> {
    if results.checks.random_streams == 0 {
        return vec!["Nothing in this scenario is random: one run says all, and no interval is needed.".to_owned()];
    }
    match &results.replications {
        None => vec!["One run of a scenario in which something is random: no interval. failback run --replications gives them.".to_owned()],
        Some(many) => {
            let mut lines = vec![format!("{}; intervals:", plural(many.runs, "replication", "replications"))];
            lines.extend(stress_des::interval_methods());
            lines
        }
    }
}

fn assumptions(all: &[Assumption]) -> String {
    let of = |wanted: Standing| count(all.iter().filter(|value| value.standing == wanted).count() as u64);
    let instead: Vec<&str> = all.iter().filter(|value| value.instead_of.is_some()).map(|value| value.key.as_str()).collect();
    let (assumed, documented, derived) = (of(Standing::Assumed), of(Standing::Documented), of(Standing::Derived));
    let shown = instead.iter().take(8).copied().collect::<Vec<_>>().join(", ");
    let more = if instead.len() > 8 { format!(" and {} more", instead.len() - 8) } else { String::new() };
    let told = if instead.is_empty() { "none of the profile's values is overridden".to_owned() } else { format!("overridden: {shown}{more}") };
    format!("In force: {assumed} values that nobody has published (assumed), {documented} documented, {derived} derived; {told}.")
}

/// How much of the churn was measured.
pub fn churn(quality: &ChurnQuality, results: Option<&Results>) -> Markup {
    let mut lines = Vec::new();
    if let Some(measured) = quality.measured_share {
        lines
            .push(format!("{} of the bytes written come from records; what is made up from parameters or load events is the rest.", share(measured)));
    }
    lines.push(format!(
        "{} written as recorded, {} in part, {} by parameters.",
        plural(quality.measured_vms, "machine", "machines"),
        count(quality.partly_measured_vms),
        count(quality.synthetic_vms)
    ));
    if quality.columns > 0 {
        lines.push(format!(
            "{} replayed; the most used one by {}{}.",
            plural(quality.columns, "recorded column is", "recorded columns are"),
            plural(quality.most_disks_per_column, "disk", "disks"),
            if quality.most_disks_per_column > 1 { ", which are copies of one machine, not machines" } else { "" }
        ));
        lines.push(format!("At most {} of a record are gaps.", share(quality.gap_share)));
    }
    if quality.most_rounds > 1.0 {
        lines.push(format!(
            "A record is played up to {} times over to fill the run: rare events in it come that often, and events rarer than it never.",
            number(quality.most_rounds)
        ));
    }
    if quality.load_events > 0 {
        lines.push(format!("{} of the scenario come on top.", plural(quality.load_events, "load event", "load events")));
    }
    if let Some(results) = results {
        if results.churn.coarsest_period_s > 0.0 {
            lines.push(format!("Coarsest bucket: {}; shorter bursts are not seen.", duration(results.churn.coarsest_period_s)));
        }
        if results.churn.vms_with_unknown_split > 0 {
            lines.push(format!(
                "Of {} the record does not say which disk was written.",
                plural(results.churn.vms_with_unknown_split, "machine", "machines")
            ));
        }
    }
    html! { ul { @for line in &lines { li { (unbroken(line)) } } } }
}

/// Every input that has a checked range; those outside first.
pub fn inputs(credibility: &Credibility) -> Markup {
    let mut all: Vec<_> = credibility.inputs.iter().collect();
    // A stable sort: otherwise in the order of the list.
    all.sort_by_key(|input| input.inside);
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|input| {
            vec![
                input.name.clone(),
                input.found.clone(),
                input.checked.clone(),
                if input.inside { "inside" } else { "OUTSIDE" }.to_owned(),
                input.by.clone(),
            ]
        })
        .collect();
    let columns = [Words("Input"), Words("Here"), Words("Checked"), Figures("Range"), Words("How")];
    html! {
        h3 { "Inputs and the ranges that were checked" }
        (table("", &columns, &rows))
    }
}

/// What was checked against what.
pub fn checks(all: &[Check]) -> Markup {
    let of = |against: Against| all.iter().filter(move |check| check.against == against);
    let kinds = [
        (Against::Published, "published numbers"),
        (Against::RealData, "real machines"),
        (Against::Twin, "a second simulator"),
        (Against::ClosedForm, "closed forms"),
        (Against::Law, "laws"),
    ];
    let rows: Vec<Vec<String>> = kinds
        .iter()
        .flat_map(|(against, name)| {
            of(*against).map(move |check| vec![(*name).to_owned(), check.what.clone(), check.source.clone(), check.tests.len().to_string()])
        })
        .collect();
    html! {
        h3 { "What this version was checked against" }
        p { "Not against the product itself: no run of it was at hand. The names of the tests are in summary.json, under credibility." }
        details {
            summary { (plural(all.len() as u64, "check", "checks")) ": " (kinds.map(|(against, name)| format!("{} against {name}", of(against).count())).join(", ")) }
            (table("", &[Words("Against"), Words("What"), Words("Source"), Figures("tests")], &rows))
        }
    }
}
