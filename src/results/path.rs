//! The data path: link, process servers, what was binding, initial replication, and the one-queue figures.

use schemars::JsonSchema;
use serde::Serialize;

/// The forward link over the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct LinkResult {
    /// Name.
    pub name: String,
    /// Goodput when nothing is wrong \[bit/s\].
    pub goodput_bit_per_s: f64,
    /// What was left of it for replication on average, after throttle, background traffic and outages \[bit/s\].
    pub mean_capacity_bit_per_s: f64,
    /// Ceiling of one VM \[bit/s\]; null if none.
    pub per_vm_ceiling_bit_per_s: Option<f64>,
    /// Bytes that crossed it \[wire bytes\].
    pub carried_wire_bytes: f64,
    /// Mean use of the capacity that was there \[1\].
    pub mean_use: f64,
    /// Time with some capacity, all of it used, and someone waiting for it \[s\].
    pub saturated_s: f64,
    /// Time with no capacity at all, by outage or throttle \[s\].
    pub down_s: f64,
    /// Number of outages with nothing left of it that began.
    pub outages: u64,
    /// Number of outages with something left of it that began.
    pub reductions: u64,
    /// Most bytes that it held back at one time, in the stores before it \[tracked bytes\].
    pub peak_backlog_bytes: f64,
    /// When \[s\].
    pub peak_backlog_at_s: f64,
    /// Most bytes waiting at one time for whatever reason: agents, dirty sets and stores \[tracked bytes\].
    pub peak_waiting_bytes: f64,
    /// When \[s\].
    pub peak_waiting_at_s: f64,
    /// Most bytes at one time in all process servers' stores \[tracked bytes\].
    pub peak_stored_bytes: f64,
}

/// How often and how long an alert was up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct AlertCount {
    /// How often it came up.
    pub raised: u64,
    /// Total time up \[s\].
    pub total_s: f64,
}

/// One process server (appliance, source cache account) over the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct HubResult {
    /// Name.
    pub name: String,
    /// VMs that use it.
    pub vms: u64,
    /// Bytes taken in \[tracked bytes\].
    pub taken_in_bytes: f64,
    /// Largest intake asked of it in one churn bucket \[tracked bytes/s\].
    pub peak_offered_bytes_per_s: f64,
    /// Largest operations asked of it in one churn bucket \[operations/s\].
    pub peak_offered_ops_per_s: f64,
    /// Cache size \[bytes\]; null if unbounded.
    pub cache_bytes: Option<f64>,
    /// Most bytes in the cache.
    pub peak_cache_bytes: f64,
    /// When \[s\].
    pub peak_cache_at_s: f64,
    /// Least free share of the cache \[1\]; null if unbounded.
    pub least_free: Option<f64>,
    /// Free share of the cache below which intake is throttled \[1\]; null if unbounded.
    pub throttle_free: Option<f64>,
    /// Time throttled \[s\].
    pub throttled_s: f64,
    /// Time full \[s\].
    pub full_s: f64,
    /// Time down or lost \[s\].
    pub down_s: f64,
    /// Free space under the warning level.
    pub space_warning: AlertCount,
    /// Free space under the critical level.
    pub space_critical: AlertCount,
    /// Time to drain over the warning level (evaluated every 5 min).
    pub drain_warning: AlertCount,
    /// Time to drain over the critical level.
    pub drain_critical: AlertCount,
    /// Largest churn of one calendar day \[tracked bytes\].
    pub largest_day_bytes: f64,
    /// Days over the daily planning limit.
    pub days_over: u64,
    /// Days counted.
    pub days: u64,
    /// Daily planning limit \[tracked bytes\].
    pub daily_limit_bytes: f64,
}

/// A resource that made disks wait.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Bottleneck {
    /// What: `link site-azure`, `ps-1 intake`, `ps-1 (down)`, `limit of disk erp-db/0`, `TCP flows of VM erp-db` ...
    pub resource: String,
    /// Time with at least one disk waiting for it \[s\].
    pub time_s: f64,
    /// When first \[s\].
    pub first_at_s: f64,
    /// Time in which it held back the VM with the largest lag \[s\].
    pub set_fleet_worst_s: f64,
}

/// The fleet's churn as one queue on one link: exact for one FIFO queue, a lower bound on the link that the worst VM needs under fair sharing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct OneQueue {
    /// Target lag \[s\].
    pub target_s: f64,
    /// What the fleet writes on average, as it crosses the link \[bit/s\].
    pub mean_bit_per_s: f64,
    /// Links needed.
    pub levels: Vec<OneQueueLevel>,
    /// What an outage at the worst moment would do on this link.
    pub outages: Vec<OutageWhatIf>,
}

/// Link needed so that the lag stays within the target for a share of the time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct OneQueueLevel {
    /// Share of the time \[1\].
    pub share: f64,
    /// Goodput needed \[bit/s\].
    pub goodput_bit_per_s: f64,
}

/// A cut of the link for a time, begun at the worst moment of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct OutageWhatIf {
    /// Length of the cut \[s\].
    pub cut_s: f64,
    /// Backlog when the cut ends \[tracked bytes\].
    pub backlog_bytes: f64,
    /// Start of the worst cut \[s\].
    pub worst_start_s: f64,
    /// From the end of the cut until the lag is within the RPO threshold again \[s\]; null if not within the run.
    pub back_within_s: Option<f64>,
    /// Whether the lag would have been over the RPO threshold at the end of the cut even without it.
    pub late_anyway: bool,
    /// Whether some process server's cache would be full before the cut ends (agents buffer from there on); null if all caches are unbounded. Agent buffers are not
    /// looked at.
    pub cache_overflows: Option<bool>,
}

/// Initial replication, simulated (`simulated = true`), or the least that it can take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct InitialReplication {
    /// Whether it is part of the run.
    pub simulated: bool,
    /// Bytes to copy.
    pub used_bytes: f64,
    /// Batches.
    pub batches: u64,
    /// Until the last disk was in sync \[s\]; where not simulated, a lower bound. Null if it does not end (within the run).
    pub duration_s: Option<f64>,
    /// When the last disk of each batch was in sync, first batch first \[s\]; only of those that were, and only where simulated.
    pub batch_ends_s: Vec<f64>,
    /// What held it up, in words.
    pub bound_by: String,
}
