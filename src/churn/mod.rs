//! How disks are written: constant, weekly, on/off, stochastic and recorded churn, load events, and the footprint of writes.
//!
//! A source yields mean write rates per bucket of a fixed period; it knows neither links nor recovery points.

mod bursts;
mod footprint;
mod generator;
mod noise;
mod recorded;
mod spec;
mod stochastic;
mod weekly;

pub use generator::Generator;
pub use spec::{DiskChurn, LoadEvent, LoadShape, Pattern};
