//! From observations to exact distributions, series and the event log. Writes no files.

mod histogram;
mod law;

pub use histogram::PieceHistogram;
pub use law::{BreachTracker, LawBuilder};
