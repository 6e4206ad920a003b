//! Results by VM, disk and group.

use schemars::JsonSchema;
use serde::Serialize;

use crate::results::{BreachSummary, Choice, Law, PointCounts};

/// One protected machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct VmResult {
    /// Name.
    pub name: String,
    /// Age of the oldest write not yet safe \[s\].
    pub lag: Law,
    /// The product's clock: now - newest landed marker \[s\].
    pub reported_rpo: Law,
    /// Now - newest available point \[s\].
    pub point_age: Law,
    /// Now - newest available app-consistent point \[s\]; null if app points are off.
    pub app_point_age: Option<Law>,
    /// Mean and largest loss in bytes by choice \[bytes\].
    pub loss_bytes: Vec<(Choice, Law)>,
    /// Lag over the threshold.
    pub breaches: BreachSummary,
    /// Reported RPO over the threshold: what the product alerts on.
    pub reported_breaches: BreachSummary,
    /// Points.
    pub points: PointCounts,
    /// Share of the run without any recovery point \[1\].
    pub unprotected_share: f64,
    /// Written bytes.
    pub written_bytes: f64,
    /// Largest written rate \[bytes/s\].
    pub peak_bytes_per_s: f64,
    /// Time in which this VM had the largest lag of the fleet \[s\].
    pub worst_of_fleet_s: f64,
    /// Resyncs.
    pub resyncs: u64,
}

/// One protected disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct DiskResult {
    /// `<vm>/<disk>`.
    pub name: String,
    /// Its VM.
    pub vm: String,
    /// Written bytes.
    pub written_bytes: f64,
    /// Those of them that come from a record, scaled and grown as the scenario says; load events and churn that is made up are not among them.
    pub measured_bytes: f64,
    /// Tracked bytes.
    pub tracked_bytes: f64,
    /// Tracked bytes that came with copies: written on either side before this direction was replicated, and so sent with it.
    pub brought_bytes: f64,
    /// Tracked bytes destroyed on the way, by a disaster or the end of replication.
    pub destroyed_bytes: f64,
    /// Tracked bytes that landed.
    pub landed_bytes: f64,
    /// Tracked bytes superseded by coalescing before they were sent.
    pub superseded_bytes: f64,
    /// Tracked bytes still stored on the way at the end.
    pub pending_bytes: f64,
    /// Since when something of it has waited without a break up to the end \[s\]; null if nothing waited at the end.
    pub behind_since_s: Option<f64>,
    /// Age of its oldest write not yet safe \[s\].
    pub lag: Law,
    /// Its lag over the threshold.
    pub breaches: BreachSummary,
    /// Time in which this disk set the largest lag of the fleet \[s\].
    pub worst_of_fleet_s: f64,
    /// Most bytes in the agent buffer \[tracked bytes\].
    pub peak_agent_bytes: f64,
    /// Documented ceiling for its tier and I/O size \[tracked bytes/s\].
    pub documented_limit_bytes_per_s: f64,
    /// Ceiling of its own that held in this run \[tracked bytes/s\]; null if none did.
    pub limit_in_force_bytes_per_s: Option<f64>,
    /// Time over the RPO threshold if nothing but its own ceiling held it back, as a queue in order of arrival \[s\]: no link brings it under that; null if no
    /// ceiling of its own held.
    pub late_alone_s: Option<f64>,
    /// Mean tracked rate \[bytes/s\].
    pub mean_tracked_bytes_per_s: f64,
    /// Share of the time in which its tracked rate is above the documented ceiling \[1\].
    pub share_over_limit: f64,
    /// Times it entered bitmap mode.
    pub bitmap_entries: u64,
    /// Time in bitmap mode, resync or initial copy \[s\].
    pub unordered_s: f64,
}

/// One replication group (common points).
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct GroupResult {
    /// Name.
    pub name: String,
    /// Members.
    pub vms: u64,
    /// Lag of the group: the largest of its VMs' \[s\].
    pub lag: Law,
    /// Its lag over the threshold.
    pub breaches: BreachSummary,
    /// Now - newest landed common marker \[s\].
    pub reported_rpo: Law,
    /// Its reported RPO over the threshold.
    pub reported_breaches: BreachSummary,
    /// Now - newest common available point \[s\].
    pub point_age: Law,
    /// Now - newest common available app-consistent point \[s\]; null if off.
    pub app_point_age: Option<Law>,
    /// Common points.
    pub points: PointCounts,
}
