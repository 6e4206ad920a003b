//! The discrete-event core: event calendar and random streams. Knows no disaster recovery, no files, no terminals.

mod random;

pub use random::Streams;
