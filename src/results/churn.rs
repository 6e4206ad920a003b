//! The input, as the run saw it.

use schemars::JsonSchema;
use serde::Serialize;

/// Churn of the whole fleet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct ChurnInput {
    /// Bytes written by the applications.
    pub written_bytes: f64,
    /// Bytes tracked by the agents (8 KiB floor).
    pub tracked_bytes: f64,
    /// Mean of the fleet \[written bytes/s\].
    pub mean_bytes_per_s: f64,
    /// P95 of the fleet's rate over time \[written bytes/s\].
    pub p95_bytes_per_s: f64,
    /// Largest rate of the fleet \[written bytes/s\].
    pub peak_bytes_per_s: f64,
    /// When \[s\].
    pub peak_at_s: f64,
    /// Largest calendar day \[written bytes\].
    pub largest_day_bytes: f64,
    /// Coarsest bucket among the disks whose writes are known as means of buckets \[s\]: a lag shorter than this is not resolved. 0 if there is none.
    pub coarsest_period_s: f64,
    /// VMs whose churn record does not say which of their disks was written ("disk split unknown: VM lag is a lower bound").
    pub vms_with_unknown_split: u64,
    /// Records used.
    pub records: Vec<RecordInput>,
}

/// One recorded churn file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct RecordInput {
    /// File, as the scenario names it.
    pub source: String,
    /// Columns.
    pub columns: u64,
    /// Bucket \[s\].
    pub period_s: f64,
    /// Length \[s\].
    pub length_s: f64,
    /// Share of gap cells \[1\].
    pub gap_share: f64,
    /// What the import noticed.
    pub notes: Vec<String>,
}
