//! Replication policy: how often points are made, how long they are kept, what counts as too late.

use crate::units::{Share, Span};

/// The replication policy, one for the fleet.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Lag above this is a breach: an alert, nothing changes (documented).
    pub rpo_threshold: Span,
    /// Interval of crash-consistent markers (documented 5 min).
    pub crash_every: Span,
    /// Interval of app-consistent markers; `None` is off.
    pub app_every: Option<Span>,
    /// Chance that an app-consistent marker of one VM fails \[1\] (assumed).
    pub app_failure: Share,
    /// How long points are kept; zero keeps only the latest.
    pub retention: Span,
    /// Every point younger than this is kept (documented 2 h).
    pub dense_window: Span,
    /// How older points are thinned, in order of age; empty keeps the latest only.
    pub prune: Vec<PruneRule>,
    /// Disks of one VM copied at a time during initial replication (documented 3).
    pub copy_disks_at_once: u32,
    /// Whether the run starts replicated or from nothing.
    pub start_state: StartState,
    /// Checksum pass speed of a resync [bytes/s per disk].
    pub checksum_rate: crate::units::ByteRate,
    /// Share of the scanned (used) bytes that differ beyond the known dirty ones and must be sent again in a resync \[1\].
    pub resync_extra_share: Share,
    /// How often process servers look at the time that their cache needs to drain (documented 5 min).
    pub drain_check_every: Span,
    /// A log that waits longer than this in the cache account or in the agent makes a resync necessary; `None` never.
    pub log_age_limit: Option<Span>,
}

/// One step of the thinning schedule: up to this age, one point per bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PruneRule {
    /// Age up to which this rule holds.
    pub up_to: Span,
    /// Bucket width; buckets lie on the clock from midnight UTC (assumed).
    pub keep_one_per: Span,
}

/// What the run finds at its first instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartState {
    /// Every disk is in sync and a first recovery point of both kinds exists.
    Protected,
    /// Initial replication starts, batch by batch.
    InitialReplication,
}
