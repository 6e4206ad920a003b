//! How far a run can be relied on: how much of its input was measured, which inputs lie outside the range that was checked, and what was checked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a reader should know before relying on a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Credibility {
    /// How much of the churn was measured.
    pub churn: ChurnQuality,
    /// The inputs that have a checked range, as they are in force.
    pub inputs: Vec<InputInForce>,
    /// A sentence for each input outside its checked range; none if all are inside.
    pub outside: Vec<String>,
    /// What this version of the program was checked against.
    pub checks: Vec<Check>,
}

/// How much of the churn was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChurnQuality {
    /// Share of the written bytes that comes from records \[1\]; null before a run, or if nothing was written.
    pub measured_share: Option<f64>,
    /// VMs all of whose disks are written as a record says.
    pub measured_vms: u64,
    /// VMs of which some disks are, and others are not.
    pub partly_measured_vms: u64,
    /// VMs whose churn is made up from parameters.
    pub synthetic_vms: u64,
    /// Columns of records that are replayed.
    pub columns: u64,
    /// Most disks that replay one and the same column: they are not as many machines' records.
    pub most_disks_per_column: u64,
    /// Most times that a record is played over to fill the run; 1 or less if none is.
    pub most_rounds: f64,
    /// Largest share of gaps in a record \[1\].
    pub gap_share: f64,
    /// Load events of the scenario, which come on top and are made up.
    pub load_events: u64,
}

/// An input that has a checked range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InputInForce {
    /// Its key in the list of ranges.
    pub input: String,
    /// What it is, in words.
    pub name: String,
    /// What is in force, in words: the least and the largest value, or the kinds.
    pub found: String,
    /// What was checked, in words.
    pub checked: String,
    /// Whether all that is in force lies within that.
    pub inside: bool,
    /// How and where it was checked.
    pub by: String,
}

/// What a check compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// Worked out by hand.
    ClosedForm,
    /// A number that somebody else has published.
    Published,
    /// A second simulator that shares no code with this one.
    Twin,
    /// A record of real machines.
    RealData,
    /// A law that must hold whatever the input.
    Law,
}

/// Something that the program was checked against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What it was compared with.
    pub against: Against,
    /// What was checked.
    pub what: String,
    /// Where what it was compared with comes from.
    pub source: String,
    /// Tests that do it, as `file::name`.
    pub tests: Vec<String>,
}
