//! The folder of an outlook: record, tables, plots, page; and its summary for the terminal.

mod page;
mod tables;
pub mod terminal;
mod told;

use std::path::{Path, PathBuf};

use crate::experiment::outlook::Outlook;
use crate::report::ReportError;
use crate::report::folder::Draft;
use crate::report::plot;
use crate::results::Credibility;

/// What a former outlook is known by.
const MARKER: &str = "outlook.json";

/// Every file that this writes.
const OURS: [&str; 7] = [MARKER, "outlook.csv", "first.csv", "batches.csv", "report.html", "plots/outlook.svg", "plots/outlook.png"];

/// Writes everything into `dir`, whole or not at all, and returns the page's path.
///
/// # Errors
/// If `dir` cannot be written, is a file, or holds files but no former outlook.
pub fn write(dir: &Path, record: &Outlook, credibility: &Credibility) -> Result<PathBuf, ReportError> {
    let draft = Draft::beside(dir, MARKER, |_| false)?;
    let picture = plot::outlook::plot(record)?;
    draft.put(MARKER, json(record)?.as_bytes())?;
    draft.put("outlook.csv", &tables::months(record)?)?;
    draft.put("first.csv", &tables::first(record)?)?;
    draft.put("batches.csv", &tables::batches(record)?)?;
    draft.put("report.html", page::page(record, &picture, credibility).as_bytes())?;
    draft.put("plots/outlook.svg", picture.svg.as_bytes())?;
    draft.put("plots/outlook.png", &picture.png)?;
    draft.publish(&OURS)?;
    Ok(dir.join("report.html"))
}

/// `outlook.json`: the record, indented, with a newline at its end.
///
/// # Errors
/// If it cannot be written as JSON, which would be a defect.
pub fn json(record: &Outlook) -> Result<String, ReportError> {
    let text = serde_json::to_string_pretty(record);
    text.map(|text| text + "\n").map_err(|error| ReportError::Render { what: MARKER.to_owned(), reason: error.to_string() })
}
