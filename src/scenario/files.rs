//! The boundary to recorded churn: what a scenario asks for, and who answers. Reading itself lives in `import`.

use std::path::PathBuf;

use jiff::civil::DateTime;

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
