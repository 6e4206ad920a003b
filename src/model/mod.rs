//! The nouns of the field: disks, VMs, process servers, links, accounts, policies, and the [`World`] that holds them.
//!
//! A world is complete: every default has been filled in (from `profile`, by `scenario`) and every name resolved to an id. It is
//! plain data. How it behaves over time lives in `simulate`; how a person writes it lives in `scenario`.

mod cost;
mod fault;
mod fleet;
mod home;
mod journey;
mod link;
mod path;
mod policy;
mod target;
mod throughput;
mod world;

pub use cost::{Charge, CostPlan, Counted};
pub use fault::{Fault, FaultKind};
pub use fleet::{Disk, DiskId, Footprint, Group, GroupId, OsFamily, Vm, VmId, WorkingSet};
pub use home::{ConfigurationServer, DriveFault, Home, HomeConnection, MachineHome, MasterTarget, Original, RetentionDrive};
pub use journey::{
    Action, AfterFailover, BootGroup, Disaster, DisasterKind, DiskCopy, Drill, FailbackTime, Journey, Occurs, Overflow, Plan, PlannedFailover,
    PointChoice, Response, ReturnRules, Steps,
};
pub use link::{CapacityChange, FlowCeiling, Link, OutageProcess, Sharing, ThrottleWindow};
pub use path::{Account, AccountId, Apply, Hub, HubId, HubKind};
pub use policy::{Policy, PruneRule, StartState};
pub use target::{Forbidden, MachineTarget, Target};
pub use throughput::{mathis_limit, per_flow_ceiling, window_limit};
pub use world::{OutputPlan, Record, RecordId, System, World};
