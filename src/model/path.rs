//! The data path between the agents and the link: process servers (or what stands in their place), cache accounts, apply.

use crate::units::{ByteRate, DataSize, Share, Span};

/// Index of a hub in [`World::hubs`](crate::model::World::hubs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HubId(pub u32);

/// Index of an account in [`World::accounts`](crate::model::World::accounts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u32);

/// What stands between the agents and the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubKind {
    /// Classic: a process server at the source site.
    ProcessServer,
    /// Modernized: the replication appliance.
    Appliance,
    /// Azure to Azure: the cache account in the source region.
    CacheAccount,
}

/// A store-and-forward stage that many disks share.
#[derive(Clone, Debug)]
pub struct Hub {
    /// Unique name.
    pub name: String,
    /// What it is.
    pub kind: HubKind,
    /// Its health is critical: it cannot be chosen for new protection.
    pub critical: bool,
    /// Intake ceiling \[tracked bytes/s\]; `None` is unbounded.
    pub intake: Option<ByteRate>,
    /// Intake ceiling \[operations/s\] (an operation is one write of the disk's mean I/O size, tracked as the floor if it is smaller); `None` is unbounded.
    pub intake_ops: Option<f64>,
    /// Cache \[tracked bytes\]; `None` is unbounded.
    pub cache: Option<DataSize>,
    /// Free share of the cache below which intake is throttled (documented 20 %).
    pub throttle_free: Share,
    /// Factor on intake while throttled (assumed 0.5).
    pub throttle_factor: Share,
    /// Free share at which the throttle ends (assumed 25 %).
    pub resume_free: Share,
    /// Free shares at which the warning and the critical alert are raised (30 %, 25 %).
    pub alert_free: [Share; 2],
    /// Time to drain the cache at which the warning and the critical alert are raised (30 min, 45 min).
    pub alert_drain: [Span; 2],
    /// Daily churn that it is planned for \[tracked bytes/day\] (2 TB).
    pub daily_limit: DataSize,
    /// Whether `daily_limit` is enforced as a rate (limit / 86,400 s) and not only reported.
    pub enforce_daily_limit: bool,
    /// Wire bytes per tracked byte sent on: 1 - compression (0.7 at 30 %).
    pub wire_per_tracked: f64,
}

/// A cache storage account; on the way back, a master target.
#[derive(Clone, Debug)]
pub struct Account {
    /// Unique name.
    pub name: String,
    /// Ceiling on what lands in it \[tracked bytes/s\], if one is enforced.
    pub limit: Option<ByteRate>,
    /// Ceiling on the operations that land in it \[1/s\] (an operation is one write of the disk's mean I/O size, tracked as the floor if it is smaller); `None` is
    /// unbounded. Only a master target has one.
    pub operations: Option<f64>,
}

/// How landed data becomes a recovery point.
#[derive(Clone, Copy, Debug)]
pub struct Apply {
    /// Ceiling per disk \[tracked bytes/s\]; `None` is unbounded.
    pub rate: Option<ByteRate>,
    /// Time between landing (and rate-limited apply) and the point being available (documented: about 5 min).
    pub delay: Span,
}
