//! An experiment file as typed: every key documented (the documentation is the JSON Schema's), nothing checked beyond the form of each value.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::Value;

use crate::scenario::{At, schema_of};

/// An experiment of `failback sweep`: a scenario, what is varied of it, and which figures are looked at.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sweep {
    /// Title, for people. Default: the file's name.
    pub title: Option<At<String>>,
    /// The scenario that is varied: a file, named relative to this one.
    pub scenario: Option<At<String>>,
    /// What is set in every point besides the scenario, each as `failback run --set` takes it: `horizon=2 days`.
    pub set: Vec<At<String>>,
    /// Seed of all random numbers. Default: the scenario's; a design that is drawn uses 1.
    pub seed: Option<At<u64>>,
    /// Replications of each point; replication r of every point has the same random numbers. Default: 1.
    pub replications: Option<At<u64>>,
    /// How points are chosen. Default: `grid`, every combination.
    pub design: Option<At<DesignName>>,
    /// Number of points of a `latin-hypercube` or `sobol` design.
    pub points: Option<At<u64>>,
    /// Figures of summary.json by path, such as `lag.fleet_worst.p99`, or targets for them, such as `lag.fleet_worst.p99 <= 15 min`: the limit is drawn in the
    /// pictures. Lags and reported RPOs are held against the scenario's threshold where nothing is said. Default: the worst VM's lag (P99, share of time over the threshold) and the link's mean use.
    pub responses: Option<At<Vec<At<String>>>>,
    /// What is varied; of a grid, the first changes slowest.
    pub vary: Vec<At<Vary>>,
}

/// How the points of an experiment are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DesignName {
    /// Every combination of all values.
    Grid,
    /// `points` points; each factor is cut into as many slices, and each slice holds one point.
    LatinHypercube,
    /// The first `points` points of a scrambled Sobol sequence, which fills the space evenly.
    Sobol,
}

/// One thing that is varied: a key with its values, or several keys that change together in named levels. Exactly one of `values`, `range`, `log_range` and
/// `levels`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Vary {
    /// Key of the scenario, as `failback run --set` takes it: `link.forward.internet.bandwidth`, `vm.erp-db.disks.0.size`.
    pub key: Option<At<String>>,
    /// What tables and plots call it. Default: the key.
    pub name: Option<At<String>>,
    /// Its values, in order.
    pub values: Option<At<Vec<At<Scalar>>>>,
    /// Evenly spaced values.
    pub range: Option<At<Range>>,
    /// Values with even ratios: each is the one before times the same factor.
    pub log_range: Option<At<Range>>,
    /// Several keys that change together.
    pub levels: Option<At<Vec<At<Level>>>>,
}

/// A range of values, both ends included.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// First value: `"100 Mbps"`. Whole numbers at both ends make whole numbers between them.
    pub from: At<Scalar>,
    /// Last value: `"1 Gbps"`.
    pub to: At<Scalar>,
    /// Number of values in a grid, at least 2.
    pub steps: Option<At<u64>>,
}

/// A named level: keys that are set together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// What tables and plots call it.
    pub name: At<String>,
    /// What it sets, each as `failback run --set` takes it: `link.forward.internet.bandwidth=200 Mbps`. May be empty: the scenario as it is.
    pub set: Vec<At<String>>,
}

/// A single value as TOML writes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `"100 Mbps"`.
    Text(String),
    /// `4`.
    Whole(i64),
    /// `0.5`.
    Real(f64),
    /// `true`.
    Flag(bool),
}

impl Scalar {
    /// As TOML.
    pub fn toml(&self) -> String {
        match self {
            Scalar::Text(text) => toml::Value::String(text.clone()).to_string(),
            Scalar::Whole(number) => number.to_string(),
            Scalar::Real(number) => toml::Value::Float(*number).to_string(),
            Scalar::Flag(flag) => flag.to_string(),
        }
    }
}

impl fmt::Display for Scalar {
    /// As in a table: text without quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(text) => f.write_str(text),
            Scalar::Whole(number) => number.fmt(f),
            Scalar::Real(number) => number.fmt(f),
            Scalar::Flag(flag) => flag.fmt(f),
        }
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true or false; for tables write `levels`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
        match number.is_finite() {
            true => Ok(Scalar::Real(number)),
            false => Err(E::custom(format!("`{number}` is not a finite number\nwrite a finite number"))),
        }
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(flag))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl JsonSchema for Scalar {
    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"], "description": "A single value, with its unit where it has one: `\"100 Mbps\"`, `4`, `true`." })
    }
}

/// The JSON Schema of experiment files.
pub fn schema() -> Value {
    schema_of::<Sweep>()
}
