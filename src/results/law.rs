//! Laws of a quantity over time: what a uniformly random instant of the run would see.

use schemars::JsonSchema;
use serde::Serialize;

/// The law of a quantity at a uniformly random instant of the observed time: moments and shares exact, quantiles from log-linear bins of at most 0.1 %.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Law {
    /// Observed time \[s\] (for pooled laws: summed over VMs).
    pub observed_s: f64,
    /// Mean \[s or bytes\].
    pub mean: f64,
    /// Median; null where quantiles were not recorded.
    pub p50: Option<f64>,
    /// 90 % of the time at most this.
    pub p90: Option<f64>,
    /// 95 % of the time at most this.
    pub p95: Option<f64>,
    /// 99 % of the time at most this.
    pub p99: Option<f64>,
    /// Largest value.
    pub max: f64,
    /// When the largest value was reached [s since the run's start].
    pub max_at_s: f64,
    /// Share of the observed time above the threshold \[1\]; null where no threshold applies.
    pub share_over: Option<f64>,
}

/// A law for the fleet seen in two ways (model section 5, "whose loss").
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct ScopedLaws {
    /// The largest over VMs at one instant.
    pub fleet_worst: Law,
    /// A uniform VM at a uniform instant.
    pub pooled: Law,
}

/// Stretches of time above the threshold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct BreachSummary {
    /// How many.
    pub count: u64,
    /// Total time above \[s\].
    pub total_s: f64,
    /// Longest \[s\].
    pub longest_s: f64,
    /// When the longest began [s since the run's start]; null if there was none.
    pub longest_at_s: Option<f64>,
    /// When the first began [s since the run's start]; null if there was none.
    pub first_at_s: Option<f64>,
}

/// The worst moment of one calendar day.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DayWorst {
    /// Day, `2026-01-05` (UTC).
    pub date: String,
    /// Largest lag of any VM that day \[s\].
    pub worst_lag_s: f64,
    /// VM that had it; null if the lag was 0 all day.
    pub vm: Option<String>,
    /// Share of the day with some VM above the threshold \[1\].
    pub share_over: f64,
    /// Written bytes that day.
    pub written_bytes: f64,
}
