//! A sweep: one scenario at many points, each with so many replications. What it costs in memory does not grow with the number of points.
//!
//! The way of an experiment: [`raw`] is the file as typed, [`plan`] what it means ([`vary`] of each `[[vary]]`), [`workers`] the runs on all threads; [`record`] says which sweep it
//! is. Rows become files in `report`.

pub mod factor;
pub mod plan;
pub mod raw;
pub mod record;
pub mod vary;
pub mod workers;

pub use plan::Plan;
pub use raw::schema;
pub use record::{Record, Shard};
