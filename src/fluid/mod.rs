//! Fluid queues and fair sharing: FIFO queues with finite stores, max-min sharing under nested ceilings. Knows no disaster recovery.

mod fill;

pub use fill::{Ceilings, Filler, Stopped, fill_naive};
