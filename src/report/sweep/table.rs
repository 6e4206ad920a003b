//! The tables of a sweep, `results.csv` and `runs.csv`: how their lines are written and read back. Every row is one line, so a file that was cut off in the
//! middle is known by its last line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::experiment::replications::Row;
use crate::experiment::sweep::Record;
use crate::experiment::sweep::record::part_with_unit;

/// The parts of a response that is a mean over replications; `n` is in how many of them there was something to measure.
const PARTS: [&str; 4] = ["_mean", "_min", "_max", "_n"];

/// First line of `results.csv`.
pub fn results_header(record: &Record) -> Vec<u8> {
    let mut cells = vec!["point".to_owned()];
    cells.extend(record.factors.iter().map(|factor| factor.column.clone()));
    cells.push("replications".to_owned());
    for response in &record.responses {
        if record.replications == 1 {
            cells.push(response.column.clone());
        } else {
            // How many there were has no unit.
            let of = |part: &&str| part_with_unit(&response.column, part, Some(response.kind));
            cells.extend(PARTS.iter().take(3).map(of));
            cells.push(format!("{}_n", response.path));
        }
    }
    cells.push("error".to_owned());
    line(&cells)
}

/// A row of `results.csv`.
pub fn results_row(record: &Record, point: u64, factors: &[String], outcome: &Result<Vec<Row>, String>) -> Vec<u8> {
    let mut cells = vec![point.to_string()];
    cells.extend(factors.iter().cloned());
    cells.push(record.replications.to_string());
    for index in 0..record.responses.len() {
        let values: Vec<f64> = outcome.iter().flatten().filter_map(|row| row.get(index).copied().flatten()).collect();
        if record.replications == 1 {
            cells.push(number(values.first().copied()));
            continue;
        }
        let mean = (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        cells.extend([number(mean), number(values.iter().copied().reduce(f64::min)), number(values.iter().copied().reduce(f64::max))]);
        cells.push(if outcome.is_ok() { values.len().to_string() } else { String::new() });
    }
    // On one line, whatever was said.
    cells.push(outcome.as_ref().err().map(|error| error.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default());
    line(&cells)
}

/// First line of `runs.csv`.
pub fn runs_header(record: &Record) -> Vec<u8> {
    let mut cells = vec!["point".to_owned(), "replication".to_owned()];
    cells.extend(record.responses.iter().map(|response| response.column.clone()));
    line(&cells)
}

/// The rows of `runs.csv` of one point; none if it failed.
pub fn runs_rows(point: u64, outcome: &Result<Vec<Row>, String>) -> Vec<u8> {
    let rows = outcome.iter().flatten().enumerate();
    rows.flat_map(|(replication, row)| {
        let mut cells = vec![point.to_string(), replication.to_string()];
        cells.extend(row.iter().map(|value| number(*value)));
        line(&cells)
    })
    .collect()
}

/// The shortest decimal that reads back as the same number; nothing where there is none.
fn number(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default()
}

fn line(cells: &[String]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and a lone record has no other to differ from in length.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

/// The cells of a line.
pub fn cells(line: &[u8]) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line);
    let record = reader.records().next().and_then(Result::ok);
    record.map(|record| record.iter().map(str::to_owned).collect()).unwrap_or_default()
}

/// The lines of a table that are whole.
pub struct Lines {
    reader: BufReader<File>,
    /// Where the line that comes next begins \[bytes\].
    pub offset: u64,
}

impl Lines {
    /// Opens a table.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Lines { reader: BufReader::with_capacity(1 << 16, File::open(path)?), offset: 0 })
    }

    /// The next line, its end included; none at the end of the file and where the last line was torn off.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            return Ok(None);
        }
        self.offset += line.len() as u64;
        Ok(Some(line))
    }
}

/// A point of a finished sweep, as its table has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number.
    pub point: u64,
    /// Each factor's cell.
    pub factors: Vec<String>,
    /// Each response: value or mean over the replications; none where there was nothing to measure.
    pub values: Vec<Option<f64>>,
    /// Why it failed; empty if it did not.
    pub error: String,
}

/// Reads a row of `results.csv`; none if it is not one of this sweep.
pub fn entry(record: &Record, line: &[u8]) -> Option<Entry> {
    let cells = cells(line);
    let per_response = if record.replications == 1 { 1 } else { PARTS.len() };
    let (factors, responses) = (record.factors.len(), record.responses.len());
    if cells.len() != factors + 3 + responses * per_response {
        return None;
    }
    let point = cells.first()?.parse().ok()?;
    let of = cells.get(1..=factors)?.to_vec();
    let values = (0..responses).map(|index| cells.get(2 + factors + index * per_response).and_then(|cell| cell.parse().ok())).collect();
    Some(Entry { point, factors: of, values, error: cells.last()?.clone() })
}

/// Whether a line is the row of `runs.csv` of this replication.
pub fn is_run(record: &Record, line: &[u8], point: u64, replication: u64) -> bool {
    let cells = cells(line);
    let whose = cells.len() == 2 + record.responses.len();
    whose && cells.first().is_some_and(|cell| *cell == point.to_string()) && cells.get(1).is_some_and(|cell| *cell == replication.to_string())
}
