//! The rows of a wide CSV: stamps and numbers.

use csv::ByteRecord;

use super::super::error::quoted;
use super::super::grid::Rows;
use super::super::number::{self, BadNumber};
use super::super::stamp::{self, Detected, TimeFormat};
use super::super::{ImportError, source};
use super::header::Header;

/// Rows looked at to detect the time format.
const SAMPLE: usize = 1000;

/// All rows of a file.
pub(super) struct Table {
    /// As counted in the file, then as rates.
    pub(super) rows: Rows,
    pub(super) format: TimeFormat,
    /// Stamps that name no time zone.
    pub(super) zoneless: usize,
}

impl Table {
    pub(super) fn read(csv: &mut csv::Reader<&[u8]>, file: &str, header: &Header, format: Option<TimeFormat>) -> Result<Table, ImportError> {
        let mut reading = Reading { file, header, times: Vec::new(), zoneless: 0, rows: Rows::default(), format };
        let mut record = ByteRecord::new();
        while csv.read_byte_record(&mut record).map_err(|error| source::csv_failed(file, &error))? {
            reading.row(&record)?;
        }
        reading.finish()
    }

    /// The different instants, ascending.
    pub(super) fn instants(&self) -> Vec<i64> {
        let mut instants = self.rows.stamps.clone();
        instants.sort_unstable();
        instants.dedup();
        instants
    }

    /// Turns counts into rates \[bytes/s\].
    pub(super) fn convert(&mut self, file: &str, header: &Header, bytes_per_s: f64) -> Result<(), ImportError> {
        for (i, value) in self.rows.values.iter_mut().enumerate() {
            let Some(rate) = number::rate(f64::from(*value), bytes_per_s) else {
                let (row, column) = (i / header.columns.len(), &header.columns[i % header.columns.len()]);
                let found = format!("a rate of {:.3e} bytes/s", f64::from(*value) * bytes_per_s);
                return Err(ImportError::new(file, found, BadNumber::ABSURD).at_line(self.rows.lines[row]).at_column(column.index, &column.name));
            };
            *value = rate as f32;
        }
        Ok(())
    }
}

/// A table while it is read: times wait as text until the format is known.
struct Reading<'a> {
    file: &'a str,
    header: &'a Header,
    format: Option<TimeFormat>,
    times: Vec<String>,
    zoneless: usize,
    rows: Rows,
}

impl Reading<'_> {
    fn row(&mut self, record: &ByteRecord) -> Result<(), ImportError> {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != self.header.fields {
            let found = format!("a row of {} fields", record.len());
            return Err(ImportError::new(self.file, found, format!("{} fields, as in the header", self.header.fields)).at_line(line));
        }
        self.rows.lines.push(line);
        let time = record.get(self.header.time.index).unwrap_or_default().trim_ascii();
        let time = str::from_utf8(time).map_err(|_| self.bad_time(line, time, "a time"))?;
        match self.format {
            Some(format) => self.stamp(format, time, line)?,
            None => {
                self.times.push(time.to_owned());
                if self.times.len() == SAMPLE {
                    self.settle_format()?;
                }
            }
        }
        for (index, field) in record.iter().enumerate() {
            if index != self.header.time.index {
                let value = self.number(field.trim_ascii(), line, index)?;
                self.rows.values.push(value);
            }
        }
        Ok(())
    }

    fn number(&self, field: &[u8], line: u64, index: usize) -> Result<f32, ImportError> {
        if field.is_empty() {
            return Ok(f32::NAN);
        }
        number::non_negative(field).map(|number| number as f32).map_err(|why| {
            let name = self.header.columns.iter().find(|column| column.index == index).map_or("", |column| column.name.as_str());
            ImportError::new(self.file, quoted(field), why.expected()).at_line(line).at_column(index, name)
        })
    }

    fn stamp(&mut self, format: TimeFormat, text: &str, line: u64) -> Result<(), ImportError> {
        let stamp = format.read(text).ok_or_else(|| self.bad_time(line, text.as_bytes(), format.describe()))?;
        self.zoneless += usize::from(!stamp.zoned);
        self.rows.stamps.push(stamp.nanos);
        Ok(())
    }

    /// Detects the format from the times seen so far, and reads them.
    fn settle_format(&mut self) -> Result<(), ImportError> {
        let times = std::mem::take(&mut self.times);
        let detected = match stamp::detect(times.iter().map(String::as_str)) {
            // One odd time spoils the detection for all; then the first row's format shows which it is.
            Detected::Unknown => stamp::detect(times.iter().map(String::as_str).take(1)),
            detected => detected,
        };
        let first = self.rows.lines.first().copied().unwrap_or(0);
        let text = times.first().map_or("", String::as_str);
        let format = match detected {
            Detected::Format(format) => format,
            Detected::DayOrMonth => {
                return Err(self.bad_time(first, text.as_bytes(), "a declared time format, as day first and month first both fit"));
            }
            Detected::Unknown => {
                let expected = "a time: Unix seconds or milliseconds, 2013-07-01 00:05:00, 2013-07-01T00:05:00Z, or a declared format";
                return Err(self.bad_time(first, text.as_bytes(), expected));
            }
        };
        self.format = Some(format);
        for (row, text) in times.iter().enumerate() {
            self.stamp(format, text, self.rows.lines[row])?;
        }
        Ok(())
    }

    fn bad_time(&self, line: u64, text: &[u8], expected: &str) -> ImportError {
        let found = if text.is_empty() { String::from("an empty cell") } else { quoted(text) };
        ImportError::new(self.file, found, expected).at_line(line).at_column(self.header.time.index, &self.header.time.name)
    }

    fn finish(mut self) -> Result<Table, ImportError> {
        if self.rows.lines.is_empty() {
            return Err(ImportError::new(self.file, "a header line and no rows", "rows"));
        }
        if !self.times.is_empty() {
            self.settle_format()?;
        }
        Ok(Table { rows: self.rows, format: self.format.unwrap_or(TimeFormat::ElapsedSeconds), zoneless: self.zoneless })
    }
}
