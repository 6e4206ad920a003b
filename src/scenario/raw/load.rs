//! Load events and faults, as typed.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::located::At;
use crate::scenario::values::{Factor, TimeOfDay, When};
use crate::units::{ByteRate, DataSize, Share, Span};

/// A load on top of the usual churn: when, and one of the kinds `backup`, `bulk_load`, `extra`, `month_end`, `patch_day`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Event {
    /// Name for the event log. Default: the kind.
    pub name: Option<String>,
    /// When it happens (first).
    pub at: Option<At<When>>,
    /// How often it comes again. Default: never.
    pub every: Option<At<Span>>,
    /// When it stops coming again. Default: the end of the run.
    pub until: Option<At<When>>,
    /// A backup that writes on the disks it saves (dumps, snapshots).
    pub backup: Option<At<Backup>>,
    /// A one-off import of data.
    pub bulk_load: Option<At<BulkLoad>>,
    /// A rate on top.
    pub extra: Option<At<ExtraLoad>>,
    /// The usual churn multiplied on the last days of each month; other events stay as they are.
    pub month_end: Option<At<MonthEnd>>,
    /// Updates on the second Tuesday of each month.
    pub patch_day: Option<At<PatchDay>>,
}

/// A backup that writes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The VMs it hits, by name; `all` for the fleet.
    pub vms: Vec<At<String>>,
    /// Bytes that it writes on each of them.
    pub bytes: At<DataSize>,
    /// How long it takes.
    pub over: Option<At<Span>>,
}

/// A one-off import.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkLoad {
    /// The VMs it hits, by name; `all` for the fleet.
    pub vms: Vec<At<String>>,
    /// Bytes that it writes on each of them.
    pub bytes: At<DataSize>,
    /// How long it takes.
    pub over: Option<At<Span>>,
}

/// A rate on top of the usual churn.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtraLoad {
    /// The VMs it hits, by name; `all` for the fleet.
    pub vms: Vec<At<String>>,
    /// Rate added to each of them.
    pub rate: At<ByteRate>,
    /// For how long.
    pub lasts: At<Span>,
}

/// The last days of a month.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthEnd {
    /// The VMs it hits, by name; `all` for the fleet.
    pub vms: Vec<At<String>>,
    /// Factor on their rates.
    pub factor: At<Factor>,
    /// How many last days of the month.
    pub days: Option<At<u32>>,
}

/// The second Tuesday of a month.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchDay {
    /// The VMs it hits, by name; `all` for the fleet.
    pub vms: Vec<At<String>>,
    /// Bytes written on each of them.
    pub bytes: At<DataSize>,
    /// Time of day at which it starts. Default: midnight.
    pub from: Option<TimeOfDay>,
    /// How long it takes.
    pub over: Option<At<Span>>,
}

/// Something that goes wrong: when, and one of the kinds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fault {
    /// When.
    pub at: Option<At<When>>,
    /// The process server is unreachable: its cache survives, the agents buffer.
    pub process_server_down: Option<At<HubFault>>,
    /// The process server and its cache are lost: every disk with data there is resynced.
    pub process_server_lost: Option<At<HubFault>>,
    /// The machine crashes or is switched off: agent memory is lost, its disks are resynced.
    pub vm_crash: Option<At<VmFault>>,
    /// A disk is resized: the machine is resynced.
    pub disk_resize: Option<At<VmFault>>,
    /// A transfer fails for good: the machine is resynced.
    pub transfer_failure: Option<At<VmFault>>,
    /// Snapshots that replication needs are deleted at the target: the machine is resynced.
    pub snapshots_deleted: Option<At<VmFault>>,
    /// A link is cut.
    pub link_cut: Option<At<LinkCut>>,
}

/// A process server in trouble.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HubFault {
    /// Which; one of the way back too.
    pub name: At<String>,
    /// Until it is back, or replaced.
    pub lasts: At<Span>,
}

/// A machine in trouble.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VmFault {
    /// Which.
    pub vm: At<String>,
}

/// A cut of the link.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkCut {
    /// For how long.
    pub lasts: At<Span>,
    /// Share of the capacity that is left. Default: none.
    pub left: Option<At<Share>>,
    /// Which link. Default: `forward`.
    pub link: Option<At<WhichLink>>,
}

/// The links by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WhichLink {
    /// The way of the replication.
    Forward,
    /// The way back.
    Failback,
}
