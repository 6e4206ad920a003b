//! What is too long for the summary: time series, curves, the event log, the calendar of points.

use schemars::JsonSchema;
use serde::Serialize;

/// The fleet over one interval of the series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct SeriesRow {
    /// Start of the interval [s since the run's start].
    pub from_s: f64,
    /// End \[s\].
    pub to_s: f64,
    /// Mean written rate \[bytes/s\].
    pub written_bytes_per_s: f64,
    /// Mean rate on the link \[bit/s\].
    pub link_bit_per_s: f64,
    /// Mean capacity of the link that was there for replication \[bit/s\].
    pub link_capacity_bit_per_s: f64,
    /// Largest lag of any VM \[s\].
    pub worst_lag_s: f64,
    /// Mean over time of the largest lag of any VM \[s\].
    pub mean_worst_lag_s: f64,
    /// VM with the largest lag (index); null if 0.
    pub worst_vm: Option<u32>,
    /// Bytes waiting in agents at the end \[tracked bytes\].
    pub agent_bytes: f64,
    /// Bytes that disks out of order have still to send at the end: changed blocks, and what a copy or resync has yet to read \[tracked bytes\].
    pub changed_bytes: f64,
    /// Bytes waiting in process-server caches at the end \[tracked bytes\].
    pub cache_bytes: f64,
    /// Fullest cache at the end, as a share of its size \[1\]; 0 where unbounded.
    pub fullest_cache: f64,
    /// Disks that are not in ordered mode at the end.
    pub unordered_disks: u64,
}

/// A point of a cumulative distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CdfPoint {
    /// Value \[s or bytes\].
    pub value: f64,
    /// Share of the time at most `value` \[1\].
    pub share: f64,
}

/// A cumulative distribution for a plot, thinned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct CdfCurve {
    /// What it shows: `latest_marker`, `latest_byte`, `latest_processed`, `latest_app`, `lag` ...
    pub name: String,
    /// `fleet_worst` or `pooled`.
    pub scope: String,
    /// Unit: `s` or `bytes`.
    pub unit: String,
    /// Points, values ascending.
    pub points: Vec<CdfPoint>,
}

/// A line of the event log.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Event {
    /// When [s since the run's start].
    pub at_s: f64,
    /// Calendar time (UTC), `2026-01-05T02:14:00`.
    pub at: String,
    /// What: `link_down`, `link_up`, `throttle_on`, `bitmap_mode`, `resync_start`, `alert`, `breach_start`, `point_failed` ...
    pub kind: String,
    /// Whom: a VM, disk, process server or link name.
    pub subject: String,
    /// In a sentence.
    pub text: String,
}

/// A recovery point held by a VM at the end of the run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HeldPoint {
    /// Source time of its marker [s since the run's start].
    pub marker_s: f64,
    /// When it became available \[s\].
    pub available_s: f64,
    /// App-consistent or crash-consistent.
    pub app: bool,
}

/// The points of one VM at the end of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct PointCalendar {
    /// VM.
    pub vm: String,
    /// Points, oldest first.
    pub points: Vec<HeldPoint>,
}
