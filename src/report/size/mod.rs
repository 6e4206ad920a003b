//! What a sizing leaves behind: `size.json`, the curve as a table, the plots and the page; and its answer for the terminal.

mod page;
mod words;

use std::path::Path;

use crate::experiment::figure::Kind;
use crate::experiment::size::SizeRecord;
use crate::experiment::size::record::{Outcome, Point};
use crate::experiment::sweep::record::part_with_unit;
use crate::format::{list, printable, set_besides, share};
use crate::report::ReportError;
use crate::report::folder::Draft;
use crate::report::plot;
use crate::results::Credibility;

/// The record.
const RECORD: &str = "size.json";

/// Every file that a sizing writes.
const OURS: [&str; 5] = [RECORD, "curve.csv", "report.html", "plots/curve.svg", "plots/curve.png"];

/// Writes everything about a sizing into `dir`, whole or not at all; files of other names are kept.
///
/// # Errors
/// If `dir` cannot be written, is a file, or holds files but no former sizing.
pub fn write(dir: &Path, record: &SizeRecord, credibility: &Credibility) -> Result<(), ReportError> {
    let draft = Draft::beside(dir, RECORD, |_| false)?;
    draft.put(RECORD, json(record)?.as_bytes())?;
    draft.put("curve.csv", &curve(record)?)?;
    let plot = plot::size::curve(record)?;
    draft.put("report.html", page::page(record, &plot, credibility).as_bytes())?;
    draft.put(&format!("plots/{}.svg", plot.name), plot.svg.as_bytes())?;
    draft.put(&format!("plots/{}.png", plot.name), &plot.png)?;
    draft.publish(&OURS).map(|_| ())
}

/// The record as JSON, with a newline at its end.
///
/// # Errors
/// If it cannot be written down, which would be a defect.
pub fn json(record: &SizeRecord) -> Result<String, ReportError> {
    let text = serde_json::to_string_pretty(record).map_err(|error| ReportError::Render { what: RECORD.to_owned(), reason: error.to_string() })?;
    Ok(text + "\n")
}

/// The answer for the terminal.
pub fn terminal(record: &SizeRecord) -> String {
    let mut lines = vec![printable(&record.title), format!("Sought: {}.", words::question(record)), format!("{}.", words::effort(record))];
    lines.extend(set_besides(&record.set));
    for told in words::told(record) {
        lines.push(String::new());
        lines.push(format!("{}: {}", told.level, told.answer));
        let widest = told.neighbours.iter().map(|row| row[0].chars().count()).max().unwrap_or(0);
        lines.extend(told.neighbours.iter().map(|[value, found, met]| format!("  {value:widest$}  {met}: {found}")));
        lines.extend(told.remarks.iter().map(|remark| format!("  {remark}")));
    }
    lines.join("\n")
}

/// What was missed: a sentence for each reason why no value meets levels that were asked for.
pub fn missed(record: &SizeRecord) -> Vec<String> {
    let mut reasons: Vec<(&Option<String>, Vec<String>)> = Vec::new();
    for answer in record.answers.iter().filter(|answer| answer.asked && answer.outcome == Outcome::NoneIsEnough) {
        let level = answer.share.map(share);
        match reasons.iter_mut().find(|(because, _)| **because == answer.because) {
            Some((_, levels)) => levels.extend(level),
            None => reasons.push((&answer.because, level.into_iter().collect())),
        }
    }
    let sentence = |(because, levels): (&Option<String>, Vec<String>)| {
        let level = if levels.is_empty() { String::new() } else { format!(" for {} of the time", list(&levels)) };
        let because = because.as_ref().map_or_else(String::new, |because| format!(": {because}"));
        format!("{}{level}; no value is enough, not even {}{because}", record.target, record.sought.to)
    };
    reasons.into_iter().map(sentence).collect()
}

/// Every value that was tried, a row each.
fn curve(record: &SizeRecord) -> Result<Vec<u8>, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let of = |part: &str| part_with_unit(&record.judged_by, part, record.kind);
    let law = record.judged_by.strip_suffix(".share_over").filter(|_| record.answers.iter().any(|answer| answer.share.is_some()));
    let mut header = vec![record.sought.column.clone(), "runs".to_owned(), of(""), of("_low"), of("_high")];
    if let Some(law) = law {
        header.extend([part_with_unit(&format!("{law}.max"), "", Some(Kind::Time)), "runs_over".to_owned()]);
    }
    let met = |of: Option<f64>| of.map_or_else(|| "met".to_owned(), |of| format!("met_{}_percent", round(100.0 * of)));
    header.extend(record.answers.iter().map(|answer| met(answer.share)));
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let row = |point: &Point| {
        let value = point.value.map_or_else(|| point.written.clone(), |value| value.to_string());
        let mut row = vec![value, point.runs.to_string(), number(point.estimate), number(point.low), number(point.high)];
        if law.is_some() {
            row.extend([number(point.worst_s), point.runs_over.map(|runs| runs.to_string()).unwrap_or_default()]);
        }
        row.extend(point.met.iter().map(bool::to_string));
        row
    };
    let written = writer.write_record(&header).and_then(|()| record.points.iter().try_for_each(|point| writer.write_record(row(point))));
    let defect = |reason: String| ReportError::Render { what: "curve.csv".to_owned(), reason };
    written.map_err(|error| defect(error.to_string()))?;
    writer.into_inner().map_err(|error| defect(error.to_string()))
}

/// Without the noise of binary fractions: 99.5, not 99.50000000000001.
fn round(percent: f64) -> f64 {
    (percent * 1e6).round() / 1e6
}
