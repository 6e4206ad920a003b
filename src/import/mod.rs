//! Other people's records, one format a file. Each reader yields a [`Record`] of mean write rates on a regular clock, and says in its notes
//! what it noticed on the way; nothing is mended silently. How a record is replayed is said in `churn`.

mod clock;
mod error;
mod gaps;
mod grid;
pub mod gwa;
mod number;
mod oddities;
mod source;
mod stamp;
mod unit;
pub mod wide_csv;

use jiff::civil::DateTime;

use crate::model::Record;

pub use error::ImportError;
pub use gaps::GapPolicy;
pub use grid::Several;
pub use stamp::{StampMarks, TimeFormat};
pub use unit::Unit;

/// A record as read, with the calendar instant that it begins at.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The record; its notes are the import summary.
    pub record: Record,
    /// Start of the first bucket (UTC, or local time if the file names no zone); `None` if the file counts from its own start.
    pub start: Option<DateTime>,
}
