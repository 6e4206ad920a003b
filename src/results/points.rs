//! Recovery points: made, failed, pruned, held.

use schemars::JsonSchema;
use serde::Serialize;

/// Counts of recovery points.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct PointCounts {
    /// Crash-consistent markers issued.
    pub crash_markers: u64,
    /// Crash-consistent markers that failed (unordered mode: initial copy, bitmap mode, resync).
    pub crash_failed: u64,
    /// Crash-consistent points that became available.
    pub crash_points: u64,
    /// App-consistent markers issued.
    pub app_markers: u64,
    /// App-consistent markers that failed.
    pub app_failed: u64,
    /// App-consistent points that became available.
    pub app_points: u64,
    /// Points pruned by the retention policy.
    pub pruned: u64,
    /// Points held at the end.
    pub held_at_end: u64,
    /// Most points held at once.
    pub held_max: u64,
    /// Age of the oldest point held at the end \[s\]; null if none.
    pub oldest_at_end_s: Option<f64>,
    /// Age of the newest point held at the end \[s\]; null if none.
    pub newest_at_end_s: Option<f64>,
    /// Longest hole between neighbouring points held at the end, or from the newest to the end \[s\]; null if none is held.
    pub longest_hole_s: Option<f64>,
    /// Longest time between one point becoming available and the next \[s\].
    pub longest_without_new_s: f64,
}

/// Points of the whole fleet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct FleetPoints {
    /// Summed over VMs (ages and holes: the worst VM's).
    pub total: PointCounts,
    /// Points that one VM holds in steady state if every marker becomes a point, by the pruning schedule and the app interval.
    pub steady_state_per_vm: u64,
    /// Retention chosen \[s\].
    pub retention_s: f64,
    /// Cost of keeping the points; null where not recorded.
    pub retention_cost: Option<RetentionCost>,
}

/// Bytes that the held points occupy beyond the newest copy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct RetentionCost {
    /// Mean over the sampled midnights \[bytes\]: Σ over neighbouring points of F(bytes written between).
    pub mean_bytes: f64,
    /// Largest sampled \[bytes\].
    pub max_bytes: f64,
    /// Number of samples.
    pub samples: u64,
    /// Whether the mean is over midnights by which the retention was full; else it is over all of them, and still growing.
    pub steady: bool,
    /// What one more day of retention would add on average \[bytes\]: what the oldest day of a full retention holds (of less than 2 days: twice its older half,
    /// by length); null if the run never had it full.
    pub per_extra_day_bytes: Option<f64>,
}
