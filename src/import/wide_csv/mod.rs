//! A wide CSV: a time column and a column of writes per VM or per disk, plain or gzip.
//!
//! Unit, period, time format and separator are declared or detected; what was detected, and every oddity, is said in the record's notes.

pub mod course;
mod header;
mod table;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use std::path::Path;
use std::sync::Arc;

use super::clock::{self, Clock, NoPeriod};
use super::gaps::{self, GapPolicy};
use super::grid::{self, Laid, Several};
use super::oddities::{Oddities, count};
use super::stamp::{self, StampMarks, TimeFormat};
use super::{ImportError, Imported, Unit, source};
use crate::model::Record;
use crate::units::Span;

use header::Header;
use table::Table;

/// How to read a wide CSV.
#[derive(Clone, Debug, PartialEq)]
pub struct WideOptions {
    /// What the numbers count; `None` takes it from the column names, if they all end in the same `[kB/s]` or `(kB)`.
    pub unit: Option<Unit>,
    /// Bucket length; `None` detects it.
    pub period: Option<Span>,
    /// How times are written; `None` detects it.
    pub time: Option<TimeFormat>,
    /// Name of the time column; `None` takes the first with a usual name (`ts`, `time`, `timestamp` ...), else the first.
    pub time_column: Option<String>,
    /// Which end of its bucket a stamp marks.
    pub marks: StampMarks,
    /// What gaps (empty cells, missing rows) stand for.
    pub gaps: GapPolicy,
    /// What to do with rows that contradict each other about an instant.
    pub several: Several,
}

impl WideOptions {
    /// Everything detected, stamps at the start of buckets, contradictions refused.
    pub fn detect(gaps: GapPolicy) -> WideOptions {
        WideOptions { unit: None, period: None, time: None, time_column: None, marks: StampMarks::Start, gaps, several: Several::Refuse }
    }
}

/// Reads the file at `path`.
///
/// # Errors
/// The first thing in the file that cannot be used: where it is, what was found, what was expected.
pub fn read(path: &Path, options: &WideOptions) -> Result<Imported, ImportError> {
    let text = source::read(path)?;
    let mut imported = parse(&text.bytes, &path.display().to_string(), options)?;
    if text.disguised_gzip {
        imported.record.notes.push(String::from("The file is gzip although its name does not end in .gz."));
    }
    Ok(imported)
}

/// Reads the text of a file that is called `name` in messages.
///
/// # Errors
/// As [`read`].
pub fn parse(bytes: &[u8], name: &str, options: &WideOptions) -> Result<Imported, ImportError> {
    let text = source::without_mark(name, bytes)?;
    let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator(text)).from_reader(text);
    let header = Header::read(&mut csv, name, options)?;
    let mut table = Table::read(&mut csv, name, &header, options.time)?;
    let instants = table.instants();
    let period = clock::period(&instants, options.period).map_err(|why| no_period(name, &table, &instants, why))?;
    let span = Span::from_nanos(period.unsigned_abs());
    table.convert(name, &header, header.unit.bytes_per_s(span))?;

    let clock = Clock::fit(&instants, period);
    let mut oddities = Oddities::default();
    let mut laid = grid::lay(name, &table.rows, &header.columns, clock, options.several, &mut oddities)?;
    let (gap_share, gap_note) = gaps::fill_gaps(&mut laid.cells, laid.buckets, options.gaps);

    let late = if options.marks == StampMarks::End { period } else { 0 };
    let start = match table.format {
        TimeFormat::ElapsedSeconds => None,
        _ => stamp::calendar(clock.start(laid.first).saturating_sub(late)),
    };
    let mut notes = vec![summary(&header, &table, &laid, (span, start))];
    notes.extend(gap_note);
    notes.extend(gaps::never_written(&laid.cells, laid.buckets));
    notes.extend(oddities.sentences(options.several));
    if table.zoneless > 0 {
        notes.push(String::from("Times name no zone: taken as UTC"));
    }
    notes.iter_mut().for_each(|note| note.push('.'));
    let record = Record {
        source: name.to_owned(),
        period: span,
        columns: header.columns.into_iter().map(|column| column.name).collect(),
        buckets: laid.buckets,
        rates: Arc::new(laid.cells),
        gap_share,
        notes,
    };
    Ok(Imported { record, start })
}

/// The separator that the first line has most of.
fn separator(text: &[u8]) -> u8 {
    let line = text.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let often = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    // The last of equals wins, so a comma does where there is no separator at all.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| often(*separator)).unwrap_or(b',')
}

fn no_period(name: &str, table: &Table, instants: &[i64], why: NoPeriod) -> ImportError {
    let seconds = |nanos: i64| Span::from_nanos(nanos.unsigned_abs());
    let line = |stamp: i64| table.rows.stamps.iter().position(|other| *other == stamp).map_or(0, |row| table.rows.lines[row]);
    match why {
        NoPeriod::OneInstant => {
            let found = if table.rows.stamps.len() == 1 { "one row" } else { "rows that all have the same time" };
            ImportError::new(name, found, "rows at two times at least, or a declared period").at_line(table.rows.lines[0])
        }
        NoPeriod::Mixed { at, apart, usual } => {
            let found = format!("a row {} after the one before it, where others are {} apart", seconds(apart), seconds(usual));
            ImportError::new(name, found, "one period in a file: split the file, or declare the period").at_line(line(instants[at]))
        }
    }
}

fn summary(header: &Header, table: &Table, laid: &Laid, (period, start): (Span, Option<DateTime>)) -> String {
    let nanos = i64::try_from(period.as_nanos().saturating_mul(laid.buckets as u64)).unwrap_or(i64::MAX);
    let end = start.and_then(|start| start.checked_add(SignedDuration::from_nanos(nanos)).ok());
    let times = match (start, end) {
        (Some(start), Some(end)) => {
            let to = if start.date() == end.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
            format!(" from {} to {}", start.strftime("%Y-%m-%d %H:%M"), end.strftime(to))
        }
        _ => String::new(),
    };
    format!(
        "{}, {} of {period}{times}{}; {}{}",
        count(header.columns.len(), "column"),
        count(laid.buckets, "bucket"),
        table.format.noted(),
        header.unit.describe(),
        if header.unit_from_names { ", as the column names say" } else { "" },
    )
}
