//! A scenario as typed: one struct per table, every key documented (the documentation is the JSON Schema's), nothing checked beyond the
//! form of each value. What the values mean together is decided in `resolve`.
//!
//! Shapes are chosen so that an error can point at the exact value: plain structs that deny unknown keys and externally tagged choices
//! (`churn.daily = {…}`); nothing flattened, untagged or tagged from within.

mod churn;
mod cost;
mod fleet;
mod home;
mod journey;
mod link;
mod load;
mod path;
mod policy;
mod target;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub use churn::{
    Align, BModel, Churn, Columns, Contradictions, Daily, GapPolicy, HyperExponential, LogNormal, OnOff, RecordFormat, RecordUnit, Recording, Stamps,
    TimeFormat, Weekly,
};
pub use cost::{BillingPlan, Cost};
pub use fleet::{Disk, Group, Machine, Os, WorkingSet};
pub use home::{
    ConfigurationServer, Connection, Controller, DriveFault, Home, Hypervisor, MachineHome, MasterTarget, Original, RetentionDrive, VcenterAccount,
};
pub use journey::{
    Action, Attack, BootGroup, Burst, ChangePoint, ConfigurationServerLost, Disaster, Drill, Failback, Machines, MasterTargetLost,
    OriginalSwitchedOn, Overflow, Plan, PlannedFailover, Point, Recovery, RestoredAs, ReturnServer, SiteLost, Steps, TargetLost, Window,
};
pub(in crate::scenario) use link::CommonLink;
pub use link::{
    Cipher, Cut, ExpressRouteMicrosoft, ExpressRoutePrivate, Gateways, InterRegion, Internet, LinkKind, Links, Loss, OutageEntry, OutageLaw,
    RepairLaw, RepairParameters, SharingRule, Throttle, Vpn,
};
pub use load::{Backup, BulkLoad, Event, ExtraLoad, Fault, HubFault, LinkCut, MonthEnd, PatchDay, VmFault, WhichLink};
pub use path::{Account, Agent, ApplyStage, ProcessServer, Site};
pub use policy::{ChurnPlan, InitialReplication, Limits, Output, OverrideTree, Policy, PruneStep, Start};
pub use target::{Forbidden, MachineTarget, Target};

use crate::scenario::located::At;
use crate::scenario::values::{Factor, Horizon, Moment};

/// A scenario of `failback`: a protected fleet, how it is written to, and the path that its data takes to the other site.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// Title, for people. Default: the file's name.
    pub title: Option<String>,
    /// The dated rule set that every default comes from, such as `vmware-classic-2021`; it decides the system too.
    pub profile: Option<At<String>>,
    /// Calendar instant at which the run starts, UTC.
    pub start: Option<At<Moment>>,
    /// How long the run lasts, or the instant it ends.
    pub horizon: Option<At<Horizon>>,
    /// Seed of all random numbers; the same seed gives the same run.
    pub seed: Option<At<u64>>,
    /// Growth of all churn per year, events included, compounded at each midnight: `30 %`.
    pub growth_per_year: Option<At<Factor>>,
    /// How the disks are written, for every VM that does not say otherwise.
    pub churn: Option<At<Churn>>,
    /// Working sets of every disk that does not say otherwise; without any, `footprint.default` of the profile holds: one set, the whole disk.
    pub footprint: Vec<At<WorkingSet>>,
    /// Templates by name, for VMs that are alike.
    pub template: BTreeMap<String, At<Machine>>,
    /// The protected machines.
    pub vm: Vec<At<Machine>>,
    /// Replication groups: VMs with common recovery points.
    pub group: Vec<At<Group>>,
    /// Process servers (classic, physical, AVS).
    pub process_server: Vec<At<ProcessServer>>,
    /// Replication appliances (modernized).
    pub appliance: Vec<At<ProcessServer>>,
    /// Cache storage accounts: in the target region, or, Azure to Azure, in the source region.
    pub account: Vec<At<Account>>,
    /// The links between the sites.
    pub link: Links,
    /// Loads on top of the usual churn: backup nights, month ends, patch days, bulk loads.
    pub event: Vec<At<Event>>,
    /// Things that go wrong at known instants.
    pub fault: Vec<At<Fault>>,
    /// Disasters: what takes more than the data path.
    pub disaster: Vec<At<Disaster>>,
    /// What people do when machines have to fail over: recovery points, reprotect, failback, and how long each step takes.
    pub recovery: Option<At<Recovery>>,
    /// Recovery plans.
    pub plan: Vec<At<Plan>>,
    /// Failovers on purpose.
    pub planned_failover: Vec<At<PlannedFailover>>,
    /// Test failovers.
    pub drill: Vec<At<Drill>>,
    /// The replication policy.
    pub policy: Policy,
    /// Ceilings of the service on what is uploaded.
    pub limits: Limits,
    /// The agents on the machines.
    pub agent: Agent,
    /// How landed data becomes recovery points.
    pub apply: ApplyStage,
    /// Facts of the home site, for the way back: `failback check` says then what will block each machine's way home.
    pub home: Option<At<Home>>,
    /// Facts of the target: `failback check` says then which machines cannot fail over, and in a run their failovers fail.
    pub target: Option<At<Target>>,
    /// What things cost, where the price list does not say it or says something else.
    pub cost: Cost,
    /// Initial replication.
    pub initial_replication: InitialReplication,
    /// What to write beyond the summary.
    pub output: Output,
    /// Any key of the profile with a value of your own: `process_server.throttle_factor = 0.4`; `failback explain` lists the keys.
    #[serde(rename = "override")]
    pub overrides: BTreeMap<String, At<OverrideTree>>,
}
