//! The report of a sensitivity analysis: the record, its tables, pictures, a page, and the answer in words. All from the record; only `runs.csv` needs the runs.

mod page;
mod words;

use std::path::{Path, PathBuf};

use crate::experiment::sensitivity::chain::Chain;
use crate::experiment::sensitivity::{Plan, Record};
use crate::report::ReportError;
use crate::report::folder::Draft;
use crate::report::plot::sensitivity::{NAMES, all};
use crate::report::tables::sensitivity as tables;
use crate::results::Credibility;

pub use words::answer;

/// The record, by which a folder of this kind is known.
const RECORD: &str = "sensitivity.json";
/// The other files that are written, besides the pictures.
const OTHERS: [&str; 5] = ["runs.csv", "alone.csv", "effects.csv", "indices.csv", "report.html"];

/// The JSON Schema of `sensitivity.json`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Record).to_value()
}

/// Passes if a report could be written into `dir`, as far as that can be known before there is one.
///
/// # Errors
/// If `dir` is a file, or holds files but no former output of this kind.
pub fn may_write(dir: &Path) -> Result<(), ReportError> {
    if dir.exists() { Draft::beside(dir, RECORD, |_| false).map(drop) } else { Ok(()) }
}

/// Writes everything into `dir`, which is replaced as a whole or not at all; returns the page to open.
///
/// # Errors
/// If `dir` cannot be written, is a file, or holds files but no former output of this kind; the message names the path.
pub fn write(dir: &Path, record: &Record, plan: &Plan, chain: &Chain, credibility: &Credibility) -> Result<PathBuf, ReportError> {
    let draft = Draft::beside(dir, RECORD, |_| false)?;
    let mut json = serde_json::to_vec_pretty(record).map_err(|error| ReportError::Render { what: RECORD.to_owned(), reason: error.to_string() })?;
    json.push(b'\n');
    draft.put(RECORD, &json)?;
    draft.put("runs.csv", &tables::runs(plan, chain)?)?;
    draft.put("alone.csv", &tables::alone(record)?)?;
    draft.put("effects.csv", &tables::effects(record)?)?;
    draft.put("indices.csv", &tables::indices(record)?)?;
    let plots = all(record)?;
    draft.put("report.html", page::page(record, &plots, credibility).as_bytes())?;
    for plot in plots {
        draft.put(&format!("plots/{}.svg", plot.name), plot.svg.as_bytes())?;
        draft.put(&format!("plots/{}.png", plot.name), &plot.png)?;
    }
    let pictures = NAMES.iter().flatten().flat_map(|name| ["svg", "png"].map(|form| format!("plots/{name}.{form}")));
    let ours: Vec<String> = OTHERS.iter().map(|name| (*name).to_owned()).chain([RECORD.to_owned()]).chain(pictures).collect();
    draft.publish(&ours.iter().map(String::as_str).collect::<Vec<_>>())?;
    Ok(dir.join("report.html"))
}
