//! The boundary to recorded churn: what a scenario asks for, and who answers. Reading itself lives in `import`; tests may answer themselves.

use std::path::{Path, PathBuf};
use std::{fs, io};

use jiff::civil::DateTime;

use crate::import::gwa::{self, GwaOptions};
use crate::import::wide_csv::{self, WideOptions};
use crate::import::{self, ImportError, Imported, Several, StampMarks, Unit};
use crate::model::Record;
use crate::scenario::raw::{Contradictions, GapPolicy, RecordFormat, RecordUnit, Stamps, TimeFormat};
use crate::units::Span;

/// A record as a scenario asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordRequest {
    /// Where it is.
    pub path: PathBuf,
    /// How the scenario names it.
    pub shown: String,
    /// How it is laid out.
    pub format: RecordFormat,
    /// Unit of its numbers, if said.
    pub unit: Option<RecordUnit>,
    /// Bucket length, if said.
    pub period: Option<Span>,
    /// Name of the time column, if said.
    pub time_column: Option<String>,
    /// How times are written, if said.
    pub time_format: Option<TimeFormat>,
    /// Which end of its bucket a time marks.
    pub stamps: Stamps,
    /// What to do with rows that contradict each other, if said.
    pub contradictions: Option<Contradictions>,
    /// What a gap means.
    pub gap: GapPolicy,
}

/// A record, and a fingerprint of the bytes it was read from.
#[derive(Clone, Debug)]
pub struct RecordRead {
    /// The record.
    pub record: Record,
    /// Calendar instant of its first bucket, if the file knows it.
    pub start: Option<DateTime>,
    /// BLAKE3 of the files' bytes, as hexadecimal text.
    pub fingerprint: String,
}

/// Why a record cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// What is wrong, naming the place in the file.
    pub problem: String,
    /// What to do about it; may be empty.
    pub advice: String,
}

/// Reads the records that scenarios name.
pub trait RecordSource {
    /// Reads one record.
    ///
    /// # Errors
    /// If there is no such file or it cannot be understood.
    fn read(&mut self, request: &RecordRequest) -> Result<RecordRead, RecordError>;
}

/// Records from the file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files;

impl RecordSource for Files {
    fn read(&mut self, request: &RecordRequest) -> Result<RecordRead, RecordError> {
        let imported = match request.format {
            RecordFormat::WideCsv => wide_csv::read(&request.path, &wide_options(request)),
            RecordFormat::GwaT12 => gwa::read_folder(&request.path, &gwa_options(request)),
        };
        let Imported { mut record, start } = imported.map_err(|error| worded(&error, request))?;
        record.source.clone_from(&request.shown);
        let fingerprint = fingerprint(&request.path).map_err(|error| RecordError {
            problem: format!("{}: {error}", request.shown),
            advice: "the file changed while it was read; try again".to_string(),
        })?;
        Ok(RecordRead { record, start, fingerprint })
    }
}

fn wide_options(request: &RecordRequest) -> WideOptions {
    let mut options = WideOptions::detect(gaps(request.gap));
    options.unit = request.unit.map(unit);
    options.period = request.period;
    options.time_column.clone_from(&request.time_column);
    options.time = request.time_format.map(time_format);
    options.marks = match request.stamps {
        Stamps::Start => StampMarks::Start,
        Stamps::End => StampMarks::End,
    };
    if let Some(several) = request.contradictions.map(several) {
        options.several = several;
    }
    options
}

fn gwa_options(request: &RecordRequest) -> GwaOptions {
    let mut options = GwaOptions::detect(gaps(request.gap));
    options.unit = request.unit.map(unit);
    options.period = request.period;
    if let Some(several) = request.contradictions.map(several) {
        options.several = several;
    }
    options
}

fn unit(unit: RecordUnit) -> Unit {
    match unit {
        RecordUnit::B => Unit::PerBucket(1.0),
        RecordUnit::KB => Unit::PerBucket(1e3),
        RecordUnit::KiB => Unit::PerBucket(1024.0),
        RecordUnit::MB => Unit::PerBucket(1e6),
        RecordUnit::MiB => Unit::PerBucket(1_048_576.0),
        RecordUnit::BPerS => Unit::Rate(1.0),
        RecordUnit::KBPerS => Unit::Rate(1e3),
        RecordUnit::KiBPerS => Unit::Rate(1024.0),
        RecordUnit::MBPerS => Unit::Rate(1e6),
        RecordUnit::MiBPerS => Unit::Rate(1_048_576.0),
    }
}

fn gaps(gap: GapPolicy) -> import::GapPolicy {
    match gap {
        GapPolicy::Zero => import::GapPolicy::Zero,
        GapPolicy::Hold => import::GapPolicy::Hold,
        GapPolicy::Interpolate => import::GapPolicy::Interpolate,
        GapPolicy::Exclude => import::GapPolicy::Exclude,
    }
}

fn time_format(format: TimeFormat) -> import::TimeFormat {
    match format {
        TimeFormat::UnixSeconds => import::TimeFormat::UnixSeconds,
        TimeFormat::UnixMilliseconds => import::TimeFormat::UnixMillis,
        TimeFormat::ElapsedSeconds => import::TimeFormat::ElapsedSeconds,
        TimeFormat::Iso => import::TimeFormat::Iso,
        TimeFormat::DayFirst => import::TimeFormat::DayFirst,
        TimeFormat::MonthFirst => import::TimeFormat::MonthFirst,
    }
}

fn several(contradictions: Contradictions) -> Several {
    match contradictions {
        Contradictions::Refuse => Several::Refuse,
        Contradictions::Mean => Several::Mean,
        Contradictions::Largest => Several::Largest,
        Contradictions::Sum => Several::Sum,
    }
}

/// The import's error as the scenario names the file.
fn worded(error: &ImportError, request: &RecordRequest) -> RecordError {
    // Of a folder the error names one file in it.
    let folder = request.path.display().to_string();
    let mut place = error.file.replacen(&folder, &request.shown, 1);
    if let Some(line) = error.line {
        place.push_str(&format!(", line {line}"));
    }
    if let Some((number, name)) = &error.column {
        place.push_str(&format!(", column {number}"));
        if !name.is_empty() {
            place.push_str(&format!(" (`{name}`)"));
        }
    }
    RecordError { problem: format!("{place}: found {}", error.found), advice: format!("expected {}", error.expected) }
}

/// BLAKE3 of a file's bytes, or of the names and bytes of a folder's files in the order of their names.
fn fingerprint(path: &Path) -> io::Result<String> {
    let mut hash = blake3::Hasher::new();
    if path.is_dir() {
        let mut files: Vec<PathBuf> = fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        files.retain(|file| file.is_file());
        files.sort();
        for file in files {
            hash.update(file.file_name().unwrap_or_default().as_encoded_bytes());
            hash.update(&fs::read(&file)?);
        }
    } else {
        hash.update(&fs::read(path)?);
    }
    Ok(hash.finalize().to_hex().to_string())
}
