//! The record of an outlook: at the same time the schema of `outlook.json`.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::Serialize;

use crate::experiment::outlook::limits::LimitResult;
use crate::experiment::outlook::servers::ServerNeed;
use crate::results::{Assumption, ScenarioInfo, Standing};

/// Version of the record's shape.
pub const SCHEMA: u32 = 1;

/// `outlook.json`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Outlook {
    /// Version of this shape.
    pub schema: u32,
    /// Program version.
    pub version: String,
    /// Which scenario, as it is now.
    pub scenario: ScenarioInfo,
    /// How fast all churn grows.
    pub growth: GrowthResult,
    /// Whether anything in it is random; if not, one run of each month says all.
    pub random: bool,
    /// Runs of each month.
    pub runs: u64,
    /// Process servers (appliances, cache accounts) that the scenario has.
    pub servers: u64,
    /// Free share of a cache below which intake is throttled \[1\]; null where none is bounded.
    pub throttle_free: Option<f64>,
    /// What is over first, in order; what never is comes last. Resources that the scenario does not have are left out.
    pub first: Vec<LimitResult>,
    /// Month by month, from the scenario's start on.
    pub months: Vec<MonthResult>,
    /// Initial replication, as of now.
    pub initial_replication: CopyResult,
    /// Every default in force and every override, of the scenario as it is now.
    pub assumptions: Vec<Assumption>,
}

/// How fast churn grows, and who says so.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GrowthResult {
    /// As people say it: `20 % per year`.
    pub words: String,
    /// Over a year \[1\].
    pub per_year: f64,
    /// Where it comes from.
    pub standing: Standing,
    /// Source, in a phrase.
    pub source: String,
}

/// One month.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MonthResult {
    /// Months from the scenario's start.
    pub month: u32,
    /// The same day so many months on.
    pub date: String,
    /// What all churn is multiplied by \[1\].
    pub factor: f64,
    /// Runs.
    pub runs: u64,
    /// What was measured, with the unit at the end of each key (`_s`, `_bytes`, `_bytes_per_s`; `_share`, `_use` and `_free` are shares, all else counts); null where
    /// there was nothing to measure. Of several runs: a law over time is that of all runs together, anything else the mean.
    pub values: BTreeMap<String, Option<f64>>,
    /// Lower ends of the intervals of 95 %; empty where one run says all, null where the runs do not bound it.
    pub low: BTreeMap<String, Option<f64>>,
    /// Upper ends.
    pub high: BTreeMap<String, Option<f64>>,
    /// Disks over their own limit (in the first run).
    pub disks_over: Vec<String>,
    /// VMs over their own limit (in the first run).
    pub vms_over: Vec<String>,
    /// Process servers needed; null between regions.
    pub needs: Option<ServerNeed>,
}

impl MonthResult {
    /// A measure's value.
    pub fn value(&self, key: &str) -> Option<f64> {
        self.values.get(key).copied().flatten()
    }
}

/// Initial replication: all at once, and in batches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct CopyResult {
    /// Bytes to copy.
    pub used_bytes: f64,
    /// Time within which each batch is to end \[s\].
    pub goal_s: f64,
    /// The whole fleet at once, simulated \[s\]; null if it does not end within a year.
    pub at_once_s: Option<f64>,
    /// What held it up, in words.
    pub bound_by: String,
    /// Share of the time for which VMs already protected may be over the RPO threshold while others are copied \[1\].
    pub allowed_over_share: f64,
    /// The batches, first batch first.
    pub batches: Vec<BatchResult>,
    /// Machines that no batch was found for, since the copies would take longer than a year.
    pub left_out: Vec<String>,
    /// Line of a scenario that makes these batches: `initial_replication.batches = …`.
    pub toml: String,
}

/// One batch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct BatchResult {
    /// Counted from 1.
    pub batch: u32,
    /// Its machines.
    pub vms: Vec<String>,
    /// Bytes to copy.
    pub used_bytes: f64,
    /// When it begins: when the one before ends \[s\].
    pub begins_s: f64,
    /// When its last disk is in sync \[s\]; null if not within a year.
    pub ends_s: Option<f64>,
    /// Whether it ends within the goal.
    pub within_goal: bool,
    /// Share of the time, from the start to its end, with some VM already protected over the RPO threshold \[1\].
    pub over_share: Option<f64>,
    /// Whether that is no more than allowed.
    pub rpo_held: bool,
}

/// The same day so many months after a start (the last of a shorter month), as `2026-01-05`.
pub fn date_after(start: DateTime, months: u32) -> String {
    let date: Option<Date> = start.date().checked_add(i64::from(months).months()).ok();
    date.map_or_else(String::new, |date| date.to_string())
}

/// The JSON Schema of `outlook.json`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Outlook).to_value()
}
