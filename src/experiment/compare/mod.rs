//! Designs against each other under common random numbers: replication r of every design sees the same churn, outages and disasters wherever the streams' names
//! agree, so that what is left of the difference is the designs'.
//!
//! `designs` loads them and says how they differ, `rounds` runs them side by side, `judge` says of each figure what the runs show, `cost` what a lost minute less
//! costs, `best` spends runs where they tell the best of many; `record` is what all that is written down in.

pub mod best;
pub mod better;
pub mod cost;
pub mod designs;
pub mod judge;
pub mod record;
pub mod rounds;
pub mod words;
pub mod write_up;

pub use record::Comparison;

/// The figure that verdicts begin with unless another is asked for: what a disaster at a random instant loses on average, of the machine that loses most.
pub const LOSS: &str = "loss.latest_marker.time.fleet_worst.mean";
