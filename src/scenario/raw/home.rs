//! The home site, as typed: what decides whether and how the fleet comes back.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::located::At;
use crate::scenario::raw::Os;
use crate::scenario::values::Number;
use crate::units::{ByteRate, DataSize};

/// Facts of the home site, for the way back. What is not said is as it should be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Home {
    /// How machines at the target reach home. Default: as `link.failback`, or else `link.forward`, does.
    pub connection: Option<At<Connection>>,
    /// How the configuration server stands when the fleet is to come home.
    pub configuration_server: Option<At<ConfigurationServer>>,
    /// What the vCenter account may do.
    pub vcenter_account: Option<At<VcenterAccount>>,
    /// Whether vCenter is connected.
    pub vcenter_connected: Option<bool>,
    /// Whether vCenter, hosts and master targets have been discovered.
    pub discovered: Option<bool>,
    /// Whether the hypervisor is a free edition.
    pub free_hypervisor: Option<bool>,
    /// What the machines are to come home to. Default: `esxi`.
    pub hypervisor: Option<At<Hypervisor>>,
    /// Whether the clocks of the machines and of the infrastructure agree.
    pub clocks_agree: Option<bool>,
    /// Whether the network at the target was set when the machines were protected, with the process server there in it.
    pub target_network: Option<At<bool>>,
    /// Whether the process server at the target is of the deployment model (Resource Manager, classic) into which the machines are recovered.
    pub same_deployment: Option<At<bool>>,
    /// Whether replication groups are handled through recovery plans.
    pub plans: Option<bool>,
    /// Master targets (classic, physical, AVS). Default: the one on the configuration server, of `master_target.os`.
    pub master_target: Vec<At<MasterTarget>>,
}

/// How machines at the target reach home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// Site-to-site VPN or ExpressRoute private peering.
    Private,
    /// Public addresses only.
    Public,
}

/// Hypervisors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Hypervisor {
    /// VMware ESXi.
    Esxi,
    /// Microsoft Hyper-V.
    HyperV,
}

/// How the configuration server stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigurationServer {
    /// Up and connected, and it knows all machines.
    Up,
    /// Down, lost or not connected.
    Down,
    /// Rebuilt with another IP address.
    OtherAddress,
    /// Restored from a backup older than the machines' enablement.
    OldBackup,
}

/// What the vCenter account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VcenterAccount {
    /// All that failback needs.
    Full,
    /// Only read.
    ReadOnly,
}

/// A master target.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MasterTarget {
    /// Unique name.
    pub name: At<String>,
    /// Operating system family.
    pub os: At<Os>,
    /// Disks of its own. Default: `master_target.own_disks`.
    pub disks: Option<At<u32>>,
    /// Whether it has snapshots.
    pub snapshots: Option<bool>,
    /// Its SCSI controller.
    pub controller: Option<At<Controller>>,
    /// Whether its host has a VMFS datastore.
    pub vmfs: Option<bool>,
    /// Whether its host reaches the datastores.
    pub datastore_reachable: Option<bool>,
    /// Whether it was moved by Storage vMotion after the reprotect.
    pub moved: Option<bool>,
    /// Whether its version is above that of the process and configuration servers.
    pub newer: Option<bool>,
    /// Most that its disks read and write per second, all together. Default: no ceiling.
    pub throughput: Option<At<ByteRate>>,
    /// Operations per second of its disks, all together. Default: no ceiling.
    pub iops: Option<At<Number>>,
    /// Its retention drive. Default: one of `master_target.retention_drive`.
    pub retention: Option<At<RetentionDrive>>,
}

/// SCSI controllers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Controller {
    /// LSI Logic.
    LsiLogic,
    /// Paravirtual.
    Paravirtual,
}

/// A retention drive.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionDrive {
    /// Capacity; 0 for none.
    pub size: Option<At<DataSize>>,
    /// Most that is written to it per second. Default: no ceiling.
    pub throughput: Option<At<ByteRate>>,
    /// Operations per second. Default: no ceiling.
    pub iops: Option<At<Number>>,
    /// Why it could not be used.
    pub fault: Option<At<DriveFault>>,
}

/// Why a drive is not listed as a retention drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DriveFault {
    /// Used for something else.
    InUse,
    /// Locked.
    Locked,
    /// The cache volume.
    CacheVolume,
    /// FAT or FAT32.
    Fat,
}

/// What is particular to one machine's way home. What is not said is as it should be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MachineHome {
    /// Name of its master target. Default: the first of its family with room.
    pub master_target: Option<At<String>>,
    /// What became of the original machine.
    pub original: Option<At<Original>>,
    /// Whether the original's datastore is mounted for writing on the master target's host.
    pub datastore_mounted: Option<At<bool>>,
    /// Whether its UUID is that of the master target, or disk.EnableUUID is not set.
    pub uuid_clash: Option<At<bool>>,
    /// Whether a machine of the same name stands on the master target's host.
    pub same_name_on_host: Option<At<bool>>,
    /// Whether it boots by EFI.
    pub efi: Option<bool>,
    /// Whether it is on, answers, and is in the right network at the target.
    pub reachable: Option<bool>,
    /// Whether its host at home has memory for it.
    pub host_memory: Option<bool>,
    /// Whether one of its disks was resized at the target.
    pub disk_resized: Option<At<bool>>,
    /// Bytes on disks that were added to it at the target.
    pub disk_added: Option<DataSize>,
    /// Bytes on iSCSI volumes that it uses from inside.
    pub iscsi: Option<DataSize>,
}

/// What became of the original machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Original {
    /// Still there, and off.
    Kept,
    /// Still there, and switched on.
    On,
    /// Lost with the site.
    Lost,
    /// Deleted by hand.
    Deleted,
}
