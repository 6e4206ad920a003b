//! Fluid queues and fair sharing: piecewise-linear curves, FIFO queues, max-min sharing under nested ceilings. Knows no disaster recovery.

mod tournament;

pub use tournament::{ScanEnvelope, Tournament};
