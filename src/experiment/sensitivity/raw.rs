//! A sensitivity file as typed: every key documented (the documentation is the JSON Schema's), nothing checked beyond the form of each value.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use crate::experiment::sweep::raw::Vary;
use crate::scenario::{At, schema_of};

/// A question of `failback sensitivity`: a scenario, what is uncertain of it, and which figures are looked at.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sensitivity {
    /// Title, for people. Default: the file's name.
    pub title: Option<At<String>>,
    /// The scenario: a file, named relative to this one.
    pub scenario: Option<At<String>>,
    /// What is set in every run besides the scenario, each as `failback run --set` takes it: `horizon=2 days`.
    pub set: Vec<At<String>>,
    /// Seed of all random numbers, the designs' too. Default: the scenario's.
    pub seed: Option<At<u64>>,
    /// Replications of each point; replication r of every point has the same random numbers, and the response is the mean. Default: 1.
    pub replications: Option<At<u64>>,
    /// Trajectories of the screening (Morris), each of as many points as there are inputs, and one. Default: 10.
    pub trajectories: Option<At<u64>>,
    /// Rows of the Sobol indices, each of as many points as inputs are left, and two; powers of two are best. Default: 256.
    pub rows: Option<At<u64>>,
    /// Figures of summary.json by path, such as `lag.fleet_worst.p99`. Default: the worst VM's lag (P99) and what going to the latest processed point would lose
    /// (mean), with a round trip also the first failover's RTO.
    pub responses: Option<At<Vec<At<String>>>>,
    /// What is uncertain: each a key with a range or values, or levels that set several keys. Every value of a range is alike likely (of a `log_range`, every ratio).
    pub vary: Vec<At<Vary>>,
    /// Whether the values that the profile in force assumes are uncertain too: `true`, or a table that says which and how far.
    pub assumed: Option<At<Switch>>,
}

/// Which assumed values are varied, and how far.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Assumed {
    /// Only these: keys as `failback explain --assumed` lists them, or the beginning of some: `journey`, `link.common_cause`. Default: all in force.
    pub include: Option<At<Vec<At<String>>>>,
    /// Not these, written in the same way.
    pub exclude: Vec<At<String>>,
    /// How far times, sizes, rates, numbers and counts go: `x2`, from half to twice. Default: `x2`.
    pub spread: Option<At<String>>,
    /// How far shares go, down and up: `10 %`, between 0 and 1. Default: `10 %`.
    pub points: Option<At<String>>,
}

/// `true`, `false`, or which ones.
#[derive(Clone, Debug)]
pub enum Switch {
    /// All, or none.
    All(bool),
    /// Some.
    Some(Assumed),
}

struct SwitchVisitor;

impl<'de> Visitor<'de> for SwitchVisitor {
    type Value = Switch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, or a table of `include`, `exclude`, `spread` and `points`")
    }

    fn visit_bool<E: Error>(self, all: bool) -> Result<Switch, E> {
        Ok(Switch::All(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Switch, A::Error> {
        Assumed::deserialize(MapAccessDeserializer::new(map)).map(Switch::Some)
    }
}

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SwitchVisitor)
    }
}

impl JsonSchema for Switch {
    fn schema_name() -> Cow<'static, str> {
        "Switch".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "boolean" }, generator.subschema_for::<Assumed>()] })
    }
}

/// The JSON Schema of sensitivity files.
pub fn schema() -> Value {
    schema_of::<Sensitivity>()
}
