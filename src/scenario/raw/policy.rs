//! Policy, limits, initial replication, outputs and overrides, as typed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::scenario::located::At;
use crate::scenario::values::{Ceiling, OrOff};
use crate::units::{ByteRate, Share, Span};

/// The replication policy, one for the fleet.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// A lag above this is a breach: an alert, nothing changes.
    pub rpo_threshold: Option<At<Span>>,
    /// Interval of crash-consistent points.
    pub crash_every: Option<At<Span>>,
    /// Interval of app-consistent points, or `off`.
    pub app_every: Option<At<OrOff<Span>>>,
    /// Chance that an app-consistent point of one VM fails.
    pub app_failure: Option<At<Share>>,
    /// How long points are kept; `0 days` keeps only the latest.
    pub retention: Option<At<Span>>,
    /// Every point younger than this is kept.
    pub dense_window: Option<At<Span>>,
    /// How older points are thinned, instead of the profile's schedule.
    pub prune: Vec<At<PruneStep>>,
    /// Disks of one VM copied at a time during initial replication.
    pub copy_disks_at_once: Option<At<u32>>,
    /// What the run finds at its first instant: `protected` or `initial-replication`.
    pub start: Option<At<Start>>,
    /// Speed of a resync's checksum pass, per disk.
    pub checksum_rate: Option<At<ByteRate>>,
    /// Share of the scanned bytes that a resync sends beyond the known changes.
    pub resync_extra_share: Option<At<Share>>,
    /// A log that waits longer than this makes a resync necessary, or `off`.
    pub log_age_limit: Option<At<OrOff<Span>>>,
}

/// A step of the thinning schedule.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PruneStep {
    /// Age up to which this step holds.
    pub up_to: At<Span>,
    /// One point is kept per so much time.
    pub keep_one_per: At<Span>,
}

/// What the run finds at its first instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Every disk is in sync and a first recovery point exists.
    Protected,
    /// Initial replication starts.
    InitialReplication,
}

/// Ceilings of the service on what is uploaded.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Per disk, by tier and write size.
    pub disk: Option<At<Ceiling>>,
    /// Per VM, over all its disks.
    pub vm: Option<At<Ceiling>>,
    /// Per cache account.
    pub account: Option<At<Ceiling>>,
    /// Azure to Azure: which of the documented churn plans the limits follow.
    pub churn_plan: Option<At<ChurnPlan>>,
}

/// Churn plans of Azure to Azure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChurnPlan {
    /// Normal churn: 54 MB/s per VM.
    Normal,
    /// High Churn: 100 MB/s per VM.
    High,
    /// Enhanced (preview): 500 MB/s per VM.
    Enhanced,
}

/// Initial replication.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InitialReplication {
    /// VMs per batch, in the order of the scenario; `off` starts all at once.
    pub batch: Option<At<OrOff<u32>>>,
    /// The machines of each batch, first batch first: names of VMs, or the name of a `count`, which means all of them. Machines not named come last.
    pub batches: Vec<At<Vec<At<String>>>>,
}

/// What to write beyond the summary.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Output {
    /// Interval of the fleet's time series, or `off`.
    pub series_every: Option<At<OrOff<Span>>>,
    /// Percentiles of the loss in bytes of every VM and over all VMs (means and maxima are always there; percentiles in time too).
    pub vm_quantiles: Option<bool>,
    /// Losses in bytes.
    pub loss_bytes: Option<bool>,
    /// The event log.
    pub events: Option<bool>,
    /// The calendar of recovery points held.
    pub points: Option<bool>,
}

/// A value of an override, or a level of its key.
#[derive(Clone, Debug, PartialEq)]
pub enum OverrideTree {
    /// The value, as text.
    Value(String),
    /// Further keys.
    Keys(BTreeMap<String, At<OverrideTree>>),
}

struct OverrideVisitor;

impl<'de> Visitor<'de> for OverrideVisitor {
    type Value = OverrideTree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of the profile, such as \"15 min\" or 0.4")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OverrideTree, E> {
        Ok(OverrideTree::Value(text.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<OverrideTree, E> {
        Ok(OverrideTree::Value(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<OverrideTree, E> {
        Ok(OverrideTree::Value(number.to_string()))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<OverrideTree, E> {
        Ok(OverrideTree::Value(flag.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OverrideTree, A::Error> {
        let mut keys = BTreeMap::new();
        while let Some((key, value)) = map.next_entry()? {
            keys.insert(key, value);
        }
        Ok(OverrideTree::Keys(keys))
    }
}

impl<'de> Deserialize<'de> for OverrideTree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OverrideVisitor)
    }
}

impl JsonSchema for OverrideTree {
    fn schema_name() -> Cow<'static, str> {
        "Override".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean", "object"], "description": "A value of the profile." })
    }
}
