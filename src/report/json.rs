//! `summary.json`, `events.jsonl`, and the schema of the record.

use crate::report::ReportError;
use crate::results::{Event, Results};

/// The JSON Schema of `summary.json` (for `failback schema results`).
pub fn results_schema() -> serde_json::Value {
    schemars::schema_for!(Results).to_value()
}

/// `summary.json`: the record, indented, with a newline at its end.
pub fn summary(results: &Results) -> Result<Vec<u8>, ReportError> {
    let mut text = serde_json::to_vec_pretty(results).map_err(|error| defect("summary.json", &error))?;
    text.push(b'\n');
    Ok(text)
}

/// `events.jsonl`: one event a line.
pub fn events(events: &[Event]) -> Result<Vec<u8>, ReportError> {
    let mut text = Vec::with_capacity(events.len() * 128);
    for event in events {
        serde_json::to_writer(&mut text, event).map_err(|error| defect("events.jsonl", &error))?;
        text.push(b'\n');
    }
    Ok(text)
}

fn defect(what: &str, error: &serde_json::Error) -> ReportError {
    ReportError::Render { what: what.to_owned(), reason: error.to_string() }
}
