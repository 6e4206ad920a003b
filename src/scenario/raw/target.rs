//! The target, as typed: what the subscription takes there, and what each machine asks of it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::located::At;
use crate::scenario::values::When;
use crate::units::Span;

/// Facts of the target, for failovers. What is not said forbids nothing.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Target {
    /// Cores that the subscription has left for these machines.
    pub cores: Option<At<u32>>,
    /// Network interfaces that it has left for them.
    pub interfaces: Option<At<u32>>,
    /// From the first failover that fails for want of them until there are enough. Default: never.
    pub raised_after: Option<At<Span>>,
}

/// What is particular to one machine at the target. What is not said forbids nothing.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MachineTarget {
    /// Cores that it needs there.
    pub cores: Option<At<u32>>,
    /// Network interfaces that it needs there.
    pub interfaces: Option<At<u32>>,
    /// What forbids it there, whatever is left.
    pub forbidden: Option<At<Forbidden>>,
    /// When the tier of its replica disks is changed: older points cannot be used after that (Azure to Azure).
    pub tier_changed: Option<At<When>>,
}

/// What forbids a machine at the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Forbidden {
    /// A policy of the subscription.
    Policy,
    /// Its size is of another family than that of the availability set.
    AvailabilitySet,
}
