//! The discrete-event core: event calendar and random streams. Knows no disaster recovery, no files, no terminals.

mod calendar;
mod random;

pub use calendar::Calendar;
pub use random::Streams;
