//! Machines, disks and groups, as typed.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::located::At;
use crate::scenario::raw::{Churn, MachineHome, MachineTarget};
use crate::scenario::values::{OrOff, SizeOrShare};
use crate::units::{DataSize, Share};

/// A protected machine, or a template for several; what is not said is taken from the template, then from the profile.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Machine {
    /// Unique name. Default: the template's name.
    pub name: Option<At<String>>,
    /// How many such machines; their names get a number: `web-01`.
    pub count: Option<At<u32>>,
    /// The template that this machine follows.
    pub template: Option<At<String>>,
    /// Operating system family.
    pub os: Option<At<Os>>,
    /// The replication group it belongs to.
    pub group: Option<At<String>>,
    /// The process server (or appliance) that it uses. Default: the one with the fewest machines.
    pub process_server: Option<At<String>>,
    /// The cache account that it uses. Default: the accounts in turn.
    pub account: Option<At<String>>,
    /// Batch of initial replication, counted from 1.
    pub batch: Option<At<u32>>,
    /// Tier of the replica disks: `standard`, `P10` to `P80`, or `by size`.
    pub tier: Option<At<String>>,
    /// Mean size of a write.
    pub io: Option<At<DataSize>>,
    /// Used bytes of each disk, or used share.
    pub used: Option<At<SizeOrShare>>,
    /// The disks. Default: one.
    pub disks: Vec<At<Disk>>,
    /// How the machine writes, over all its disks.
    pub churn: Option<At<Churn>>,
    /// Working sets of each disk.
    pub footprint: Vec<At<WorkingSet>>,
    /// Agent buffer of each disk, or `unlimited`.
    pub agent_buffer: Option<At<OrOff<DataSize>>>,
    /// Whether it must be hydrated when it fails over. Default: Linux and physical machines.
    pub hydration: Option<At<bool>>,
    /// What is particular to its way home.
    pub home: Option<At<MachineHome>>,
    /// What is particular to it at the target.
    pub target: Option<At<MachineTarget>>,
}

/// A disk.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Disk {
    /// Name within the machine. Default: its number, counted from 0.
    pub name: Option<At<String>>,
    /// How many such disks.
    pub count: Option<At<u32>>,
    /// Provisioned size.
    pub size: Option<At<DataSize>>,
    /// Used bytes, or used share.
    pub used: Option<At<SizeOrShare>>,
    /// Tier of the replica disk: `standard`, `P10` to `P80`, or `by size`.
    pub tier: Option<At<String>>,
    /// Mean size of a write.
    pub io: Option<At<DataSize>>,
    /// Share of the machine's churn that falls on this disk.
    pub churn_share: Option<At<Share>>,
    /// How this disk is written, instead of a share of the machine's churn.
    pub churn: Option<At<Churn>>,
    /// Working sets.
    pub footprint: Vec<At<WorkingSet>>,
    /// Agent buffer, or `unlimited`.
    pub agent_buffer: Option<At<OrOff<DataSize>>>,
}

/// A part of the disk that takes a share of the writes, each write landing anywhere in it alike.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkingSet {
    /// How large it is, or which share of the disk.
    pub size: At<SizeOrShare>,
    /// Share of the writes that it takes; the shares of a disk's sets sum to 1.
    pub share: At<Share>,
}

/// Operating system families.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Os {
    /// Microsoft Windows.
    Windows,
    /// Any Linux.
    Linux,
}

/// VMs with common recovery points.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Unique name.
    pub name: At<String>,
    /// Members: names of VMs, or the name of a `count`, which means all of them.
    #[serde(default)]
    pub vms: Vec<At<String>>,
}
