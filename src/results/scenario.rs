//! What was run, and what it rests on.

use schemars::JsonSchema;
use serde::Serialize;

use crate::profile;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Published by the vendor or in a cited study.
    Documented,
    /// Arithmetic on documented values.
    Derived,
    /// Nobody has published it.
    Assumed,
    /// Written in the scenario.
    Scenario,
}

impl From<profile::Standing> for Standing {
    fn from(standing: profile::Standing) -> Self {
        match standing {
            profile::Standing::Documented => Standing::Documented,
            profile::Standing::Derived => Standing::Derived,
            // What is missing is in force only where a scenario states it.
            profile::Standing::Assumed | profile::Standing::Missing => Standing::Assumed,
        }
    }
}

/// A value in force, with its source.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Assumption {
    /// Key, as `failback explain` takes it.
    pub key: String,
    /// Value as people write it.
    pub value: String,
    /// Where it comes from.
    pub standing: Standing,
    /// Source, in a phrase.
    pub source: String,
    /// Date of the source; empty where none applies.
    pub date: String,
    /// For an override: the profile's own value.
    pub instead_of: Option<String>,
}

/// Which run this is.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ScenarioInfo {
    /// Title.
    pub title: String,
    /// File stem.
    pub name: String,
    /// System, in words.
    pub system: String,
    /// Profile.
    pub profile: String,
    /// What was set for this run besides the file, as `key=value`, in the order given.
    pub set: Vec<String>,
    /// Calendar start (UTC), `2026-01-05T00:00:00`.
    pub start: String,
    /// Length \[s\].
    pub horizon_s: f64,
    /// Seed.
    pub seed: u64,
    /// Replication number.
    pub replication: u64,
    /// VMs.
    pub vms: u64,
    /// Disks.
    pub disks: u64,
    /// RPO threshold \[s\].
    pub rpo_threshold_s: f64,
    /// App-consistent interval \[s\]; null if off.
    pub app_every_s: Option<f64>,
    /// What the check warns of: allowed, but worth a look.
    pub warnings: Vec<String>,
    /// BLAKE3 of the resolved scenario and the bytes of every file it names.
    pub fingerprint: String,
}
