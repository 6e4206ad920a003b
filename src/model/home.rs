//! What a scenario states of the site that the fleet is to come home to: facts, not behaviour. What follows from them is in `life::home`.

use crate::model::OsFamily;
use crate::units::DataSize;

/// The home site, for the way back.
#[derive(Clone, Debug)]
pub struct Home {
    /// How the machines at the target reach it.
    pub connection: HomeConnection,
    /// The configuration server.
    pub configuration_server: ConfigurationServer,
    /// The vCenter account may only read.
    pub vcenter_read_only: bool,
    /// vCenter is connected.
    pub vcenter_connected: bool,
    /// vCenter, hosts and master targets have been discovered.
    pub discovered: bool,
    /// The hypervisor is a free edition.
    pub free_hypervisor: bool,
    /// The machines are to come home to Hyper-V.
    pub hyper_v: bool,
    /// The clocks of the machines and of the infrastructure agree.
    pub clocks_agree: bool,
    /// The network at the target was set when the machines were protected, and the process server there is in it.
    pub target_network: bool,
    /// The process server at the target is of the deployment model into which the machines are recovered.
    pub same_deployment: bool,
    /// Groups are handled through recovery plans.
    pub plans: bool,
    /// Master targets.
    pub master_targets: Vec<MasterTarget>,
    /// Disks that may be attached to one master target, its own included.
    pub master_target_disks: u32,
    /// By machine, in the order of the world.
    pub machines: Vec<MachineHome>,
}

/// How machines at the target reach home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HomeConnection {
    /// Site-to-site VPN or ExpressRoute private peering.
    Private,
    /// Public addresses only.
    Public,
}

/// How the configuration server stands when the fleet is to come home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A master target.
#[derive(Clone, Debug)]
pub struct MasterTarget {
    /// Unique name.
    pub name: String,
    /// Operating system family.
    pub os: OsFamily,
    /// Disks of its own.
    pub own_disks: u32,
    /// It has snapshots.
    pub snapshots: bool,
    /// It has a paravirtual SCSI controller.
    pub paravirtual: bool,
    /// Its host has a VMFS datastore.
    pub vmfs: bool,
    /// Its host reaches the datastores.
    pub datastore_reachable: bool,
    /// It was moved by Storage vMotion after the reprotect.
    pub moved: bool,
    /// Its version is above that of the process and configuration servers.
    pub newer: bool,
    /// Its retention drive.
    pub retention: RetentionDrive,
}

/// A retention drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionDrive {
    /// Capacity; 0 for none.
    pub size: DataSize,
    /// What else it is used for, or why it cannot be used.
    pub fault: Option<DriveFault>,
}

/// Why a drive is not listed as a retention drive (MicrosoftDocs/azure-docs, site-recovery-failback-azure-to-vmware.md, 2016).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What is stated of one machine's home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MachineHome {
    /// Number of its master target; `None` if none would take it.
    pub master_target: Option<usize>,
    /// What became of the original machine.
    pub original: Original,
    /// The original's datastore is not mounted for writing on the master target's host.
    pub datastore_not_mounted: bool,
    /// Same UUID as the master target, or disk.EnableUUID is not set.
    pub uuid_clash: bool,
    /// A machine of the same name stands on the master target's host.
    pub same_name_on_host: bool,
    /// It boots by EFI.
    pub efi: bool,
    /// At the target it is off, hangs, or is in the wrong network.
    pub unreachable: bool,
    /// Its host at home lacks memory for it.
    pub no_memory: bool,
    /// One of its disks was resized at the target.
    pub disk_resized: bool,
    /// Bytes on disks that were added to it at the target.
    pub disk_added: DataSize,
    /// Bytes on iSCSI volumes that it uses from inside.
    pub iscsi: DataSize,
}

/// What became of the original machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Original {
    /// Still there, and off.
    #[default]
    Kept,
    /// Still there, and switched on.
    On,
    /// Lost with the site.
    Lost,
    /// Deleted by hand.
    Deleted,
}
