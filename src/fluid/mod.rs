//! Fluid queues and fair sharing: FIFO queues with finite stores, max-min sharing under nested ceilings. Knows no disaster recovery.

mod dirty;
mod fill;
pub mod network;
mod tournament;

pub use dirty::{Coalesce, DirtySet, Shape};
pub use fill::{Ceilings, Filler, Stopped, fill_naive};
pub use tournament::{ScanEnvelope, Tournament};
