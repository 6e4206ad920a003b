//! `replications.csv`: a row for each run, a column for each figure.

use crate::report::ReportError;
use crate::report::tables::{Row, csv};
use crate::results::RunTable;

/// The figures of every run.
pub fn replications(table: &RunTable) -> Result<Vec<u8>, ReportError> {
    let header: Vec<String> =
        std::iter::once("replication".to_owned()).chain(table.figures.iter().map(|(path, unit)| format!("{path} [{unit}]"))).collect();
    let rows = table
        .rows
        .iter()
        .enumerate()
        .map(|(number, row)| row.iter().fold(Row::default().counts(&[number as u64]), |cells, value| cells.maybe(*value)));
    csv("replications.csv", &header, rows)
}
