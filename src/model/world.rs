//! The whole resolved world of one scenario.

use std::sync::Arc;

use jiff::civil::DateTime;

use crate::churn::LoadEvent;
use crate::model::{Account, Apply, CostPlan, Disk, Fault, Group, Home, Hub, Journey, Link, Policy, Target, Vm};
use crate::units::Span;

/// Which replication system is simulated (model section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// VMware on premises, configuration server and process servers.
    VmwareClassic,
    /// Physical servers, the same path.
    Physical,
    /// Azure VMware Solution: the private cloud is "on premises".
    Avs,
    /// VMware with the modernized appliance.
    VmwareModernized,
    /// Azure region to Azure region.
    AzureToAzure,
}

/// Index of a record in [`World::records`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u32);

/// A recorded write history, as imported: mean write rates per bucket, per column.
#[derive(Clone, Debug)]
pub struct Record {
    /// File it came from, as the scenario names it.
    pub source: String,
    /// Bucket length.
    pub period: Span,
    /// Column names (VMs or disks), in file order.
    pub columns: Vec<String>,
    /// Number of buckets; each column holds as many values.
    pub buckets: usize,
    /// Column-major mean write rates \[bytes/s\]: `rates[column * buckets + bucket]`; NaN where the record has a gap and the gap policy is `exclude`.
    pub rates: Arc<Vec<f32>>,
    /// Share of all cells that were gaps \[1\].
    pub gap_share: f64,
    /// What the import noticed, in sentences for the report.
    pub notes: Vec<String>,
}

/// What to record beyond the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputPlan {
    /// Hourly (or other) fleet series interval; `None` writes no series.
    pub series_every: Option<Span>,
    /// Quantiles of the loss in bytes of each VM and over all VMs (otherwise means and maxima only).
    pub vm_quantiles: bool,
    /// Loss in bytes by choice of recovery point.
    pub loss_bytes: bool,
    /// Event log.
    pub events: bool,
    /// Retention ledger (points held, calendar, storage).
    pub points: bool,
    /// Markers and recovery points one by one: their ages, counts, and what is held of them. No key switches it off; experiments that ask for none of this do.
    pub ages: bool,
    /// Lags of single machines, disks and groups, beside that of the worst; likewise.
    pub unit_lags: bool,
    /// Distributions for plots; likewise.
    pub curves: bool,
    /// Which link the fleet would need as one queue, and what cuts of the link would do; likewise.
    pub one_queue: bool,
}

/// Everything that one run needs; plain data, complete and checked.
#[derive(Clone, Debug)]
pub struct World {
    /// Title of the scenario, for people.
    pub title: String,
    /// File stem of the scenario, for paths.
    pub name: String,
    /// Profile that the defaults came from.
    pub profile: String,
    /// Which system.
    pub system: System,
    /// Calendar instant of the run's start (UTC).
    pub start: DateTime,
    /// Length of the run.
    pub horizon: Span,
    /// Master seed.
    pub seed: u64,
    /// Machines.
    pub vms: Vec<Vm>,
    /// Disks, grouped by machine.
    pub disks: Vec<Disk>,
    /// Replication groups.
    pub groups: Vec<Group>,
    /// Process servers, appliances or source cache accounts.
    pub hubs: Vec<Hub>,
    /// Cache accounts in the target region (one unbounded account when nothing is said).
    pub accounts: Vec<Account>,
    /// The forward link.
    pub link: Link,
    /// Apply at the target.
    pub apply: Apply,
    /// The replication policy.
    pub policy: Policy,
    /// Recorded churn, shared by the disks that name it.
    pub records: Vec<Record>,
    /// Backup nights, month ends, patch days, bulk loads.
    pub load_events: Vec<LoadEvent>,
    /// Growth of all churn per year \[1\], compounded at each midnight.
    pub growth_per_year: f64,
    /// Faults at known instants, sorted by instant.
    pub faults: Vec<Fault>,
    /// Facts of the home site, if the scenario states any.
    pub home: Option<Home>,
    /// What is stated of the target.
    pub target: Target,
    /// The round trip, if the scenario has one.
    pub journey: Option<Journey>,
    /// What has to be paid for.
    pub cost: CostPlan,
    /// What to record.
    pub output: OutputPlan,
}
