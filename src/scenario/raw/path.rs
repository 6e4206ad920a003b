//! Agents, process servers, accounts and apply, as typed.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::located::At;
use crate::scenario::values::OrOff;
use crate::units::{ByteRate, DataSize, Share, Span};

/// A process server or an appliance; what is not said comes from its size, then from the profile.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProcessServer {
    /// Unique name.
    pub name: Option<At<String>>,
    /// How many such servers.
    pub count: Option<At<u32>>,
    /// Where it stands: `source` on the forward path; one at the `target` serves failback only.
    pub site: Option<At<Site>>,
    /// Whether its health is critical, so that it cannot be chosen for new protection; machines that it serves already go on (classic, physical, AVS).
    pub critical: Option<At<bool>>,
    /// Size by the vendor's table: `8 vCPU`.
    pub size: Option<At<String>>,
    /// Size of its cache.
    pub cache: Option<At<OrOff<DataSize>>>,
    /// Most that it takes in per second.
    pub intake: Option<At<OrOff<ByteRate>>>,
    /// Most operations that it takes in per second.
    pub intake_ops: Option<At<OrOff<f64>>>,
    /// Free share of the cache below which intake is throttled.
    pub throttle_free: Option<At<Share>>,
    /// What is left of the intake while throttled.
    pub throttle_factor: Option<At<Share>>,
    /// Free share of the cache at which the throttle ends.
    pub resume_free: Option<At<Share>>,
    /// Churn per day that it is planned for.
    pub daily_limit: Option<At<DataSize>>,
    /// Whether the daily limit is a ceiling and not only reported.
    pub enforce_daily_limit: Option<bool>,
    /// Share by which data shrinks before it is sent on.
    pub compression: Option<At<Share>>,
}

/// The two sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Site {
    /// Where the protected machines run.
    Source,
    /// Where they are replicated to.
    Target,
}

/// A cache storage account.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Unique name.
    pub name: At<String>,
    /// Most that lands in it per second. Default: `limits.account`.
    pub limit: Option<At<OrOff<ByteRate>>>,
}

/// The agents on the machines.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Agent {
    /// Memory that holds changes of one disk until they are sent, or `unlimited`. When it is full, order is lost (bitmap mode).
    pub buffer: Option<At<OrOff<DataSize>>>,
}

/// How landed data becomes recovery points.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ApplyStage {
    /// Most that is applied per disk and second.
    pub rate: Option<At<OrOff<ByteRate>>>,
    /// Time from landing to an available recovery point.
    pub delay: Option<At<Span>>,
}
