//! One GWA-T-12 file: its header, its stamps and its write column.

use std::path::Path;

use csv::ByteRecord;

use super::super::error::quoted;
use super::super::grid::{Column, Rows};
use super::super::number::{self, BadNumber};
use super::super::stamp::TimeFormat;
use super::super::{ImportError, Unit, source};
use super::GwaOptions;

/// How the archive names its time and write columns, without unit and in lower case.
const TIME: &str = "timestamp";
const WRITES: &str = "disk write throughput";

/// Seconds reach this in the year 5138 and milliseconds did in 1973: which of the two a stamp is shows in its size.
const LEAST_MILLIS: f64 = 1e11;

/// The samples of one file.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) file: String,
    /// Column of the record: the file's name without its extensions.
    pub(super) column: Column,
    /// As rates \[bytes/s\].
    pub(super) rows: Rows,
    /// What the write column counts.
    pub(super) unit: Unit,
    /// The header says milliseconds and the values are seconds.
    pub(super) false_millis: bool,
    /// The file is gzip and its name does not say so.
    pub(super) disguised_gzip: bool,
}

/// The name of a VM from that of its file; `None` if it is not a data file.
pub(super) fn column_name(file: &str) -> Option<String> {
    let name = Path::new(file).file_name()?.to_str()?;
    let lower = name.to_ascii_lowercase();
    let length = lower.strip_suffix(".gz").unwrap_or(&lower).strip_suffix(".csv")?.len();
    Some(name[..length].to_owned())
}

/// Where the two columns are, and what their names say.
struct Layout {
    time: usize,
    writes: Column,
    fields: usize,
    unit: f64,
    says_millis: bool,
}

impl Series {
    pub(super) fn parse(file: &str, bytes: &[u8], options: &GwaOptions) -> Result<Series, ImportError> {
        let text = source::without_mark(file, bytes)?;
        let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(b';').from_reader(text);
        let mut record = ByteRecord::new();
        if !csv.read_byte_record(&mut record).map_err(|error| source::csv_failed(file, &error))? {
            return Err(ImportError::new(file, "an empty file", "a GWA-T-12 header line and rows"));
        }
        let layout = Layout::read(file, &record, options)?;
        let mut rows = Rows::default();
        let mut format = None;
        while csv.read_byte_record(&mut record).map_err(|error| source::csv_failed(file, &error))? {
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != layout.fields {
                let found = format!("a row of {} fields", record.len());
                return Err(ImportError::new(file, found, format!("{} fields, as in the header", layout.fields)).at_line(line));
            }
            rows.lines.push(line);
            rows.stamps.push(layout.stamp(file, &record, line, &mut format)?);
            rows.values.push(layout.rate(file, &record, line)?);
        }
        let name = column_name(file).unwrap_or_else(|| file.to_owned());
        let false_millis = layout.says_millis && format == Some(TimeFormat::UnixSeconds);
        Ok(Series {
            file: file.to_owned(),
            column: Column { name, index: layout.writes.index },
            rows,
            unit: Unit::Rate(layout.unit),
            false_millis,
            disguised_gzip: false,
        })
    }
}

impl Layout {
    fn read(file: &str, header: &ByteRecord, options: &GwaOptions) -> Result<Layout, ImportError> {
        let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned()).collect();
        let find = |wanted: &str| {
            names.iter().position(|name| name.to_lowercase().starts_with(wanted)).ok_or_else(|| {
                let found = format!("no column `{wanted}` in the header ({})", quoted(names.join("; ").as_bytes()));
                ImportError::new(file, found, "a GWA-T-12 header: `Timestamp [ms]; ...; Disk write throughput [KB/s]; ...`").at_line(1)
            })
        };
        let (time, writes) = (find(TIME)?, find(WRITES)?);
        let name = &names[writes];
        let unit = match options.unit {
            Some(unit) => unit,
            None => {
                let text = name.split_once('[').map_or("", |(_, unit)| unit.trim_end_matches(']'));
                let wrong = |why| ImportError::new(file, format!("the unit {}", quoted(text.as_bytes())), why).at_line(1).at_column(writes, name);
                Unit::parse(text).map_err(wrong)?
            }
        };
        let Unit::Rate(unit) = unit else {
            return Err(ImportError::new(file, "a unit of amounts", "a rate, as `Disk write throughput [KB/s]`").at_line(1).at_column(writes, name));
        };
        let says_millis = names[time].to_lowercase().ends_with("[ms]");
        Ok(Layout { time, writes: Column { name: name.clone(), index: writes }, fields: names.len(), unit, says_millis })
    }

    /// The stamp of a row \[ns\]; the first row decides between seconds and milliseconds.
    fn stamp(&self, file: &str, record: &ByteRecord, line: u64, format: &mut Option<TimeFormat>) -> Result<i64, ImportError> {
        let field = record.get(self.time).unwrap_or_default().trim_ascii();
        let wrong = |expected: &str| ImportError::new(file, quoted(field), expected).at_line(line).at_column(self.time, "Timestamp");
        let text = str::from_utf8(field).map_err(|_| wrong("Unix seconds or milliseconds"))?;
        let format = match *format {
            Some(format) => format,
            None => {
                let size = number::non_negative(field).map_err(|_| wrong("Unix seconds or milliseconds"))?;
                *format.insert(if size < LEAST_MILLIS { TimeFormat::UnixSeconds } else { TimeFormat::UnixMillis })
            }
        };
        format.read(text).map(|stamp| stamp.nanos).ok_or_else(|| wrong(format.describe()))
    }

    fn rate(&self, file: &str, record: &ByteRecord, line: u64) -> Result<f32, ImportError> {
        let field = record.get(self.writes.index).unwrap_or_default().trim_ascii();
        if field.is_empty() {
            return Ok(f32::NAN);
        }
        let wrong = |expected: &str| ImportError::new(file, quoted(field), expected).at_line(line).at_column(self.writes.index, &self.writes.name);
        let number = number::non_negative(field).map_err(|why| wrong(why.expected()))?;
        number::rate(number, self.unit).map(|rate| rate as f32).ok_or_else(|| wrong(BadNumber::ABSURD))
    }
}
