//! `size.json`: what was asked, what was tried, and the answer at each level. SI base units, nothing rounded beyond what was simulated.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::experiment::figure::Kind;

/// Version of the shape of `size.json`.
pub const SCHEMA: u32 = 1;

/// What a sizing found.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SizeRecord {
    /// Version of this shape.
    pub schema: u32,
    /// Program version.
    pub version: String,
    /// Hash of program version, sizing, scenario and records.
    pub fingerprint: String,
    /// Title.
    pub title: String,
    /// Short name of the sizing's file.
    pub name: String,
    /// Title of the scenario.
    pub scenario: String,
    /// What was set besides the scenario in every run, as `key=value`.
    pub set: Vec<String>,
    /// Seed of all random numbers.
    pub seed: u64,
    /// What must hold, as typed.
    pub target: String,
    /// Figure of summary.json that each value was judged by: the share of the time over the limit, or the figure of the target.
    pub judged_by: String,
    /// Unit of that figure.
    pub unit: String,
    /// What the figure is.
    #[serde(skip)]
    pub kind: Option<Kind>,
    /// Limit, in the unit of summary.json.
    pub limit: f64,
    /// What was sought.
    pub sought: Sought,
    /// Confidence of intervals; null if nothing was random or each value was run once.
    pub confidence: Option<f64>,
    /// Whether anything was random.
    pub random: bool,
    /// By how much more was written than the scenario says \[1\].
    pub growth: f64,
    /// What is added to each answer \[1\].
    pub headroom: f64,
    /// Simulations made.
    pub simulations: u64,
    /// The answer at each level, the hardest first; one without a share if the target is a figure.
    pub answers: Vec<Answer>,
    /// Every value that was tried, from least to most.
    pub points: Vec<Point>,
}

/// What was sought.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sought {
    /// What reports call it.
    pub name: String,
    /// Key of the scenario; null for named choices.
    pub key: Option<String>,
    /// Name of its column in curve.csv.
    pub column: String,
    /// Unit of its values; null for names.
    pub unit: Option<String>,
    /// What its values are; `None` for names.
    #[serde(skip)]
    pub kind: Option<Kind>,
    /// Whether its values have even ratios.
    #[serde(skip)]
    pub logarithmic: bool,
    /// Least value that was looked at, as a scenario writes it.
    pub from: String,
    /// Largest value that was looked at, as a scenario writes it.
    pub to: String,
    /// Largest relative distance of neighbouring values \[1\]; null where they are listed, whole numbers or even steps.
    pub within: Option<f64>,
    /// How many values there are to choose from.
    pub candidates: u64,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The value is enough, and the one below it is not.
    Found,
    /// Even the least that was looked at is enough.
    LeastIsEnough,
    /// Even the largest that was looked at is not enough.
    NoneIsEnough,
}

/// The answer at one level.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Answer {
    /// Share of the time for which the law is within its limit \[1\]; null if the target is a figure.
    pub share: Option<f64>,
    /// Whether this level was asked for; others are shown besides.
    pub asked: bool,
    /// How the search ended.
    pub outcome: Outcome,
    /// The smallest value that is enough, as are all larger ones that were tried; as a scenario writes it. Null if none is.
    pub written: Option<String>,
    /// The same as a number, in the unit of `sought`; null for names.
    pub value: Option<f64>,
    /// Number in `points` of the answer; null if there is none.
    pub point: Option<u64>,
    /// Number in `points` of the value just below it, which is not enough; null if there is none.
    pub below: Option<u64>,
    /// Number in `points` of the value just above it, which is enough too; null if there is none.
    pub above: Option<u64>,
    /// Values below one that is not enough which are enough, as a scenario writes them: if there are any, more is not always better here.
    pub exceptions: Vec<String>,
    /// The answer with headroom, as a scenario writes it; null if none was asked for.
    pub with_headroom: Option<String>,
    /// The next sizes up that are sold, with headroom; a table of the profile that has none so large is left out.
    pub next_sizes: Vec<NextSize>,
    /// If no value is enough: why, as a clause.
    pub because: Option<String>,
}

/// A size that is sold.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NextSize {
    /// Table of the profile.
    pub table: String,
    /// Its name.
    pub name: String,
    /// What it gives, as the profile writes it.
    pub gives: String,
}

/// A value that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Point {
    /// As a scenario writes it, or its name.
    pub written: String,
    /// The same as a number, in the unit of `sought`; null for names.
    pub value: Option<f64>,
    /// Runs.
    pub runs: u64,
    /// Estimate of the figure that it is judged by; null if there was nothing to measure.
    pub estimate: Option<f64>,
    /// Lower end of its interval; null if there was one run, or the runs do not bound it.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// Of a law: largest value in any run \[s\].
    pub worst_s: Option<f64>,
    /// Of a law: runs in which it was over its limit at some time.
    pub runs_over: Option<u64>,
    /// Whether each of `answers` is met.
    pub met: Vec<bool>,
    /// All that in words.
    pub words: String,
}

/// The JSON Schema of `size.json`.
pub fn record_schema() -> Value {
    schemars::schema_for!(SizeRecord).to_value()
}
