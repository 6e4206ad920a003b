//! Faults that hit the forward path (not yet the site).

use crate::model::{HubId, VmId};
use crate::units::{Instant, Span};

/// Something that goes wrong at a known instant.
#[derive(Clone, Debug)]
pub struct Fault {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: FaultKind,
}

/// What goes wrong on the forward path.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// The process server is unreachable for a time: its cache survives, agents buffer.
    HubDown {
        /// Which.
        hub: HubId,
        /// For how long.
        lasts: Span,
    },
    /// The process server and its cache are lost: every disk with bytes there is resynced once it is replaced.
    HubLost {
        /// Which.
        hub: HubId,
        /// Until it is replaced.
        lasts: Span,
    },
    /// The machine crashes or is shut down by force: agent memory is lost, all its disks are resynced.
    VmCrash {
        /// Which.
        vm: VmId,
    },
    /// A transfer fails for good: resync of that VM's disks.
    TransferFailure {
        /// Which.
        vm: VmId,
    },
    /// Snapshots that replication needs are deleted at the target: resync of that VM's disks.
    SnapshotsDeleted {
        /// Which.
        vm: VmId,
    },
    /// A disk is resized: resync of that VM's disks.
    DiskResize {
        /// Which.
        vm: VmId,
    },
}
