//! What an analysis says, in words for planners: what each figure hangs on, what does not matter, and how sure that is.

use crate::experiment::sensitivity::Record;
use crate::experiment::sensitivity::record::{OfInput, ResponseRecord};
use crate::format::{capital, count, list, plural, set_besides, share};
use crate::report::figure_words::figure_words;
use crate::stats::Interval;

/// Names in one sentence; the page's table has them all.
const NAMED: usize = 8;
/// Shares of the variance that are worth a sentence.
const WORTH_SAYING: f64 = 0.05;

/// What is said of one response.
pub struct Told {
    /// The figure in words.
    pub figure: String,
    /// How large it is, and how far it may be off.
    pub lead: Vec<String>,
    /// What it hangs on, in order: name, and what is known.
    pub hangs_on: Vec<(String, String)>,
    /// What does not matter, and what to know about all this.
    pub rest: Vec<String>,
}

/// Of a response.
pub fn told(record: &Record, response: &ResponseRecord) -> Told {
    let kind = response.kind();
    let mut lead = vec![match response.baseline {
        Some(baseline) => format!("{} with every input at its default", kind.words(baseline)),
        None => "nothing to measure with every input at its default".to_owned(),
    }];
    if let Some(spread) = &response.spread {
        lead.push(format!(
            "over the inputs taken at random: nine of ten from {} to {}, half up to {}, at most {}",
            kind.words(spread.p05),
            kind.words(spread.p95),
            kind.words(spread.median),
            kind.words(spread.most)
        ));
    }
    let hangs_on = response.hangs_on.iter().filter_map(|name| Some((name.clone(), of_input(record, response, response.of(name)?)))).collect();
    Told { figure: figure_words(&response.figure), lead, hangs_on, rest: rest(record, response) }
}

fn of_input(record: &Record, response: &ResponseRecord, of: &OfInput) -> String {
    let mut parts = Vec::new();
    match (&of.indices, &of.effect) {
        (Some(indices), _) => {
            parts.push(format!("total index {}, {}", index(indices.total.estimate), ends(&indices.total, index)));
            // Told apart by their intervals, not by their estimates.
            if indices.first.high.zip(indices.total.low).is_some_and(|(first, total)| first < total) {
                parts.push("mostly together with others".to_owned());
            }
        }
        (None, Some(effect)) => {
            let words = |value: f64| response.kind().words(value.max(0.0));
            parts.push(format!("moves it by {} on average over its range, {}", words(effect.mu_star.estimate), ends(&effect.mu_star, words)));
        }
        (None, None) => {}
    }
    parts.extend(by_itself(record, response, of));
    parts.join("; ")
}

fn index(value: f64) -> String {
    format!("{:.2}", value.max(0.0))
}

fn ends(interval: &Interval, words: impl Fn(f64) -> String) -> String {
    match (interval.low, interval.high) {
        (Some(low), Some(high)) => format!("{} to {}", words(low), words(high)),
        _ => format!("not bounded by {} values", interval.values),
    }
}

/// What the response is at the input's ends: `from 4 min at 60 % to 31 min at 20 %`.
pub fn by_itself(record: &Record, response: &ResponseRecord, of: &OfInput) -> Option<String> {
    let input = record.inputs.iter().find(|input| input.name == of.input)?;
    let mut values: Vec<(f64, &str)> = of.alone.iter().zip(&input.samples).filter_map(|(value, sample)| Some(((*value)?, sample.as_str()))).collect();
    if of.swing == Some(0.0) {
        return Some("by itself it changes nothing".to_owned());
    }
    if !input.is_range {
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    let ((from, at_from), (to, at_to)) = (values.first()?, values.last()?);
    let words = |value: f64| response.kind().words(value);
    Some(format!("from {} at {at_from} to {} at {at_to}", words(*from), words(*to)))
}

fn rest(record: &Record, response: &ResponseRecord) -> Vec<String> {
    let mut rest = Vec::new();
    for of in response.by_itself.iter().filter_map(|name| response.of(name)) {
        let ends = by_itself(record, response, of).unwrap_or_default();
        rest.push(format!("also moved by {}, {ends}, though little of the uncertainty is its own", of.input));
    }
    let names: Vec<String> = record.does_not_matter(response).map(str::to_owned).collect();
    if names.len() == record.inputs.len() {
        rest.push("hangs on none of the inputs: nothing that was varied moves it".to_owned());
    } else if !names.is_empty() {
        let more = names.len().saturating_sub(NAMED);
        let named = if more == 0 { list(&names) } else { format!("{} and {more} more", names[..NAMED].join(", ")) };
        rest.push(format!("does not matter: {} ({named})", plural(names.len() as u64, "input", "inputs")));
    }
    if let Some(interactions) = response.interactions.filter(|interactions| *interactions > WORTH_SAYING) {
        rest.push(format!("{} of the variance no input accounts for alone: how much one matters depends on others", share(interactions)));
    }
    if let Some(noise) = response.noise_share {
        rest.push(format!(
            "chance: {} of the variance between points, since each is the mean of {} replications",
            share(noise),
            count(record.replications)
        ));
    }
    if response.unmeasured > 0 {
        rest.push(format!("nothing to measure at {}, which are left out", plural(response.unmeasured, "point", "points")));
    }
    rest
}

/// What holds for all responses.
pub fn remarks(record: &Record) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(why) = &record.no_indices {
        remarks.push(format!("No Sobol indices: {why}."));
    }
    if !record.no_room.is_empty() {
        remarks.push(format!("Kept by the screening, but left at their defaults for want of room: {}.", list(&record.no_room)));
    }
    match (record.random, record.replications) {
        (false, _) => remarks.push("Nothing is random with every input at its default: one run of a point says it all there.".to_owned()),
        (true, 1) => remarks.push(
            "One replication: every point meets the same chances; how much of the differences other chances would change is not known. `--replications 5` says it."
                .to_owned(),
        ),
        _ => {}
    }
    for failed in &record.failures {
        remarks.push(format!("{} could not be run and are left out: {}", plural(failed.places, "point", "points"), failed.why));
    }
    for cut in &record.cut {
        remarks.push(format!("Range cut: {cut}."));
    }
    remarks
}

/// How much was run, in a line.
pub fn cost(record: &Record) -> String {
    let assumed = record.inputs.iter().filter(|input| input.assumed).count() as u64;
    let parts: Vec<String> = record
        .places
        .iter()
        .zip(["one at a time", "for the screening", "for the indices"])
        .map(|(places, what)| format!("{} {what}", count(*places)))
        .collect();
    let replications = if record.replications > 1 { format!(" of {} replications", count(record.replications)) } else { String::new() };
    format!(
        "{} ({} assumed by {}); points{replications}: {}; {} failed; seed {}",
        plural(record.inputs.len() as u64, "input", "inputs"),
        count(assumed),
        record.profile,
        list(&parts),
        count(record.failed),
        record.seed
    )
}

/// The answer for the terminal.
pub fn answer(record: &Record) -> String {
    let mut lines = vec![record.title.clone(), cost(record)];
    lines.extend(set_besides(&record.set));
    for response in &record.responses {
        let told = told(record, response);
        lines.push(String::new());
        lines.push(format!("{}  ({})", capital(&told.figure), response.figure));
        lines.extend(told.lead.iter().map(|line| format!("  {line}")));
        if !told.hangs_on.is_empty() {
            lines.push("  hangs on".to_owned());
            let widest = told.hangs_on.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
            let numbered = told.hangs_on.iter().enumerate();
            lines.extend(numbered.map(|(place, (name, what))| format!("    {}. {name:widest$}  {what}", place + 1)));
        }
        lines.extend(told.rest.iter().map(|line| format!("  {line}")));
    }
    lines.push(String::new());
    if record.responses.iter().any(|response| response.spread.is_some()) {
        lines.push("A total index of 0.6: were every other input known, 60 % of the variance would still be there.".to_owned());
    }
    lines.extend(remarks(record));
    lines.join("\n")
}
