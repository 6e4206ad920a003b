//! `failback` simulates disaster-recovery replication: a fleet of VMs writes to its disks, a replication service carries the writes to
//! another site, recovery points pile up there; and it says what RPO, what loss and what bottleneck that gives.
//!
//! Layers, each using only those above it in this list: [`units`], [`engine`] and [`stats`], [`fluid`], [`churn`] and [`model`], [`profile`],
//! [`results`], [`observe`], [`simulate`], [`scenario`] and [`import`], [`format`](mod@format), [`credibility`], [`experiment`], [`report`], [`cli`]. See `ARCHITECTURE.md`.

pub mod churn;
pub mod cli;
pub mod credibility;
pub mod engine;
pub mod experiment;
pub mod fluid;
pub mod format;
pub mod import;
pub mod life;
pub mod model;
pub mod observe;
pub mod profile;
pub mod report;
pub mod results;
pub mod scenario;
pub mod simulate;
pub mod stats;
pub mod units;
