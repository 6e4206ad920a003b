//! The folder of a comparison: record, tables, plots and page, replaced as a whole; and the summary for the terminal.

mod page;
pub mod terminal;
mod text;

use std::path::Path;

use crate::experiment::compare::Comparison;
use crate::experiment::replications::Row;
use crate::report::folder::Draft;
use crate::report::plot::compare::{self as plots, NAMES};
use crate::report::{ReportError, tables};
use crate::results::Credibility;

/// The record's file, by which a former output is known.
pub const RECORD: &str = "comparison.json";

/// The JSON Schema of `comparison.json` (for `failback schema compare-results`).
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Comparison).to_value()
}

/// `comparison.json`, indented, with a newline at its end.
///
/// # Errors
/// If it cannot be written as JSON, which would be a defect.
pub fn json(record: &Comparison) -> Result<String, ReportError> {
    let text = serde_json::to_string_pretty(record).map_err(|error| ReportError::Render { what: RECORD.to_owned(), reason: error.to_string() })?;
    Ok(text + "\n")
}

/// Writes everything about a comparison into `dir`, whole or not at all; `runs` are the figures of every run of every design.
///
/// # Errors
/// If `dir` cannot be written, is a file, or holds files but no former output.
pub fn write_all(dir: &Path, record: &Comparison, runs: &[Vec<Row>], credibility: &Credibility) -> Result<(), ReportError> {
    let draft = Draft::beside(dir, RECORD, |_| false)?;
    draft.put(RECORD, json(record)?.as_bytes())?;
    draft.put("comparison.csv", &tables::compare::comparison(record)?)?;
    draft.put("runs.csv", &tables::compare::runs(record, runs)?)?;
    let drawn = plots::all(record, runs)?;
    draft.put("report.html", page::page(record, &drawn, credibility).as_bytes())?;
    for plot in drawn {
        draft.put(&format!("plots/{}.svg", plot.name), plot.svg.as_bytes())?;
        draft.put(&format!("plots/{}.png", plot.name), &plot.png)?;
    }
    let pictures = NAMES.iter().flat_map(|name| [format!("plots/{name}.svg"), format!("plots/{name}.png")]);
    let ours: Vec<String> = [RECORD, "comparison.csv", "runs.csv", "report.html"].map(str::to_owned).into_iter().chain(pictures).collect();
    draft.publish(&ours.iter().map(String::as_str).collect::<Vec<_>>())?;
    Ok(())
}
