//! Section 3: where the input comes from.

use crate::format::{count, duration, plural, share};
use crate::report::stress_des::{Block, Item, item, words};
use crate::report::words::standing;
use crate::results::{Assumption, Results, Standing};

/// Its items.
pub fn items(results: &Results) -> Vec<Item> {
    vec![
        item("3.1", "Data sources", sources(results)),
        item("3.2", "Pre-processing", pre_processing(results)),
        item("3.3", "Input parameters", parameters(results)),
        item("3.4", "Assumptions", assumptions(results)),
    ]
}

fn sources(results: &Results) -> Vec<Block> {
    let mut lines: Vec<String> = Vec::new();
    for record in &results.churn.records {
        lines.push(format!(
            "Record {}: {} in buckets of {} over {}, {} of it gaps; churn of the disks that name it.",
            record.source,
            plural(record.columns, "column", "columns"),
            duration(record.period_s),
            duration(record.length_s),
            share(record.gap_share)
        ));
    }
    if let Some(quality) = results.credibility.as_ref().map(|credibility| &credibility.churn) {
        let measured = quality
            .measured_share
            .map_or_else(|| "nothing was written".to_owned(), |part| format!("{} of the bytes written were measured", share(part)));
        lines.push(format!(
            "Measured or made up: {measured}; {} written as recorded, {} in part, {} by parameters.",
            plural(quality.measured_vms, "machine", "machines"),
            count(quality.partly_measured_vms),
            count(quality.synthetic_vms)
        ));
    }
    lines.push(format!(
        "Profile {}: values of the product, each with its source and date (3.3, 3.4); `failback explain` names the page of each.",
        results.scenario.profile
    ));
    vec![Block::List(lines), words("For the authors to add: where, when and by whom the records were taken.")]
}

fn pre_processing(results: &Results) -> Vec<Block> {
    let notes: Vec<String> =
        results.churn.records.iter().flat_map(|record| record.notes.iter().map(move |note| format!("{}: {note}", record.source))).collect();
    if notes.is_empty() { vec![words("No record was read, so there was nothing to prepare.")] } else { vec![Block::List(notes)] }
}

fn parameters(results: &Results) -> Vec<Block> {
    let in_force = results.credibility.iter().flat_map(|credibility| &credibility.inputs);
    let lines =
        in_force.map(|input| format!("{}: {}{}", input.name, input.found, if input.inside { "" } else { " (outside the range that was checked)" }));
    let of = |wanted: Standing| results.assumptions.iter().filter(|value| value.standing == wanted).count() as u64;
    vec![
        Block::List(lines.collect()),
        words(format!(
            "All {} values in force, with standing, source and date: summary.json, under assumptions ({} documented, {} derived, {} assumed, {} from the scenario), and the section \"What it rests on\" of \
             report.html. What is drawn: see 5.2.",
            count(results.assumptions.len() as u64),
            count(of(Standing::Documented)),
            count(of(Standing::Derived)),
            count(of(Standing::Assumed)),
            count(of(Standing::Scenario))
        )),
    ]
}

fn assumptions(results: &Results) -> Vec<Block> {
    let assumed: Vec<String> = results
        .assumptions
        .iter()
        .filter(|value| value.standing == Standing::Assumed)
        .map(|value: &Assumption| format!("{} = {} ({})", value.key, value.value, standing(value.standing)))
        .collect();
    let mut text = vec![Block::List(vec![
        "Fluid flows, no packets: what happens within a bucket of churn, or within a round trip, is not seen.".to_owned(),
        "How the product shares a link and a process server among disks is not published.".to_owned(),
    ])];
    if assumed.is_empty() {
        text.push(words("No value in force is without a published source."));
    } else {
        text.push(words("Values in force that nobody has published:"));
        text.push(Block::List(assumed));
    }
    text
}
