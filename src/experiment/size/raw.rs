//! A sizing file as typed: every key documented (the documentation is the JSON Schema's), nothing checked beyond the form of each value.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::experiment::sweep::raw::{Level, Scalar};
use crate::scenario::{At, schema_of};

/// A sizing of `failback size`: a scenario, a target, and what of the scenario is sought that meets it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Size {
    /// Title, for people. Default: the file's name.
    pub title: Option<At<String>>,
    /// The scenario: a file, named relative to this one.
    pub scenario: Option<At<String>>,
    /// What is set besides the scenario, each as `failback run --set` takes it: `horizon=2 days`.
    pub set: Vec<At<String>>,
    /// Seed of all random numbers. Default: the scenario's.
    pub seed: Option<At<u64>>,
    /// What must hold: a law of time, such as `lag.fleet_worst <= 15 min`, held for the shares of the time in `levels`; or any figure of summary.json, such as
    /// `retention.window >= 24 h`.
    pub target: Option<At<String>>,
    /// Shares of the time for which a law is to be within its limit. Default: `["100 %", "99 %", "90 %"]`.
    pub levels: Option<At<Vec<At<Scalar>>>>,
    /// Confidence of the intervals, whose unfavourable end must meet the target. Default: `95 %`.
    pub confidence: Option<At<Scalar>>,
    /// Runs of each value that is tried, at least 10 or just 1; where nothing is random one is made whatever is written. Default: 20.
    pub replications: Option<At<u64>>,
    /// By how much more is written than the scenario says: `30 %`. Default: nothing.
    pub growth: Option<At<Scalar>>,
    /// What is added to the answer: `20 %`. Default: nothing.
    pub headroom: Option<At<Scalar>>,
    /// What is sought.
    pub find: Option<At<Find>>,
}

/// What is sought: a key between two values, a key with listed values, or named choices from least to most.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Find {
    /// Key of the scenario, as `failback run --set` takes it: `link.forward.internet.bandwidth`, `process_server.0.count`.
    pub key: Option<At<String>>,
    /// What reports call it. Default: the key.
    pub name: Option<At<String>>,
    /// Smallest value that is looked at: `"50 Mbps"`. Whole numbers at both ends make whole numbers between them.
    pub from: Option<At<Scalar>>,
    /// Largest value that is looked at: `"10 Gbps"`.
    pub to: Option<At<Scalar>>,
    /// How close the answer is to its neighbour that is not enough, as a share of it. Default: `1 %`.
    pub within: Option<At<Scalar>>,
    /// Even steps from `from` on, instead of `within`: `"1 day"`.
    pub step: Option<At<Scalar>>,
    /// Its values, from least to most.
    pub values: Option<At<Vec<At<Scalar>>>>,
    /// Several keys that change together, from least to most.
    pub choices: Option<At<Vec<At<Level>>>>,
    /// Tables of the profile that the next size up is looked for in, or columns of them: `["expressroute_circuit", "vpn_gateway.aggregate"]`. Default: for bit
    /// rates these two, for sizes of drives `disk_tier`.
    pub skus: Option<At<Vec<At<String>>>>,
}

/// The JSON Schema of sizing files.
pub fn schema() -> Value {
    schema_of::<Size>()
}
