//! What is protected: virtual machines, their disks and their replication groups.

use crate::churn::DiskChurn;
use crate::model::{AccountId, HubId};
use crate::units::{ByteRate, DataSize};

/// Index of a disk in [`World::disks`](crate::model::World::disks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DiskId(pub u32);

/// Index of a VM in [`World::vms`](crate::model::World::vms).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VmId(pub u32);

/// Index of a replication group in [`World::groups`](crate::model::World::groups).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u32);

/// The operating system family, which decides hydration and the master target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OsFamily {
    /// Microsoft Windows.
    Windows,
    /// Any Linux.
    Linux,
}

/// A protected virtual (or physical) machine.
#[derive(Clone, Debug)]
pub struct Vm {
    /// Unique name, as in the scenario (`web-07` for the seventh of a `count`).
    pub name: String,
    /// Operating system family.
    pub os: OsFamily,
    /// First disk; a VM's disks are contiguous in the world.
    pub first_disk: DiskId,
    /// How many disks (at least one).
    pub disk_count: u32,
    /// The process server (or appliance, or cache account for A2A) that all its disks use.
    pub hub: HubId,
    /// The cache account its data lands in.
    pub account: AccountId,
    /// The replication group it belongs to, if any.
    pub group: Option<GroupId>,
    /// Ceiling on the tracked bytes uploaded for all its disks together \[bytes/s\], if one is enforced.
    pub churn_limit: Option<ByteRate>,
    /// Initial-replication batch, counted from 0.
    pub batch: u32,
    /// Whether it is known which of its disks is written; else its churn comes from a record of the whole VM, and its lag is a lower bound.
    pub split_known: bool,
}

/// A protected disk: the unit of flow.
#[derive(Clone, Debug)]
pub struct Disk {
    /// Unique name: `<vm>/<disk>`.
    pub name: String,
    /// The machine it belongs to.
    pub vm: VmId,
    /// Provisioned size \[bytes\].
    pub size: DataSize,
    /// Used bytes, which initial replication copies \[bytes\].
    pub used: DataSize,
    /// Name of the replica disk's tier (`P30`, `standard`), for reports.
    pub tier: String,
    /// How its applications write.
    pub churn: DiskChurn,
    /// Tracked bytes per written byte: max(1, smallest tracked write / mean I/O size), 8 KiB documented (model section 4).
    pub tracked_per_written: f64,
    /// Mean I/O size \[bytes\], which turns bytes into operations.
    pub io_size: DataSize,
    /// Distinct bytes touched by written bytes.
    pub footprint: Footprint,
    /// Agent buffer for this disk [bytes, tracked]; `None` is unbounded.
    pub agent_buffer: Option<DataSize>,
    /// Ceiling on tracked bytes uploaded \[bytes/s\], if one is enforced.
    pub churn_limit: Option<ByteRate>,
    /// The documented ceiling for this tier and I/O size \[bytes/s\], whether or not it is enforced: for naming disks that are over their own limit.
    pub documented_limit: ByteRate,
}

/// F(x): distinct bytes touched by writing x bytes, Σ W (1 - exp(-p x / W)) over working sets; no set means that nothing coalesces, F(x) = x.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Footprint {
    /// Hot and cold sets; their shares sum to 1 and their sizes to no more than the disk's size.
    pub sets: Vec<WorkingSet>,
}

/// A part of the disk that takes a share of the writes, each write landing uniformly in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkingSet {
    /// W \[bytes\].
    pub size: f64,
    /// p \[1\].
    pub share: f64,
}

/// VMs whose recovery points must be common.
#[derive(Clone, Debug)]
pub struct Group {
    /// Unique name.
    pub name: String,
    /// Members, in scenario order.
    pub vms: Vec<VmId>,
}
