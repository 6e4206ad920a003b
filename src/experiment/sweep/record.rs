//! What a sweep is, as its folder keeps it: enough to go on with it, to tell it from another, and to read its tables.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::experiment::figure::Kind;
use crate::format::number;
use crate::results::Credibility;

/// Version of the record's form.
pub const SCHEMA: u32 = 1;

/// A sweep, or one shard of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Version of this form.
    pub schema: u32,
    /// Version of the program that began it.
    pub version: String,
    /// BLAKE3 over the program's version, the experiment, the scenario and the records that its first point names.
    pub fingerprint: String,
    /// Title.
    pub title: String,
    /// Short name of the experiment's file.
    pub name: String,
    /// Title of the scenario that is varied.
    pub scenario: String,
    /// How points are chosen: `grid`, `latin-hypercube`, `sobol`.
    pub design: String,
    /// Seed of the runs.
    pub seed: u64,
    /// Points in all, of all shards.
    pub points: u64,
    /// Replications of each point.
    pub replications: u64,
    /// What is varied.
    pub factors: Vec<FactorColumn>,
    /// What is looked at.
    pub responses: Vec<ResponseColumn>,
    /// Which part of the points this is; none for all of them.
    pub shard: Option<Shard>,
    /// How far its points can be relied on: inputs outside the range that was checked, and the like.
    #[serde(default)]
    pub credibility: Option<Credibility>,
}

impl Record {
    /// How many points are in this part.
    pub fn size(&self) -> u64 {
        self.shard.unwrap_or(Shard::ALL).size(self.points)
    }
}

/// A factor's column in the tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorColumn {
    /// What people call it.
    pub name: String,
    /// Its column: the name and the unit.
    pub column: String,
    /// What its cells are; none for words.
    pub kind: Option<Kind>,
    /// Whether its values have even ratios.
    pub logarithmic: bool,
}

impl FactorColumn {
    /// A cell as people read it.
    pub fn words(&self, cell: &str) -> String {
        match (self.kind, cell.parse::<f64>()) {
            // Figures are never so short; round-trip times are.
            (Some(Kind::Time), Ok(value)) if value > 0.0 && value < 1.0 => format!("{} ms", number(value * 1e3)),
            (Some(kind), Ok(value)) => kind.words(value),
            _ => cell.to_owned(),
        }
    }
}

/// A response's column in the tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseColumn {
    /// Path of the figure.
    pub path: String,
    /// Its column: the path and the unit.
    pub column: String,
    /// What it is.
    pub kind: Kind,
    /// What it is held against in the pictures; none if nothing was said.
    pub limit: Option<Limit>,
}

/// A limit that a response is held against.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// In the unit of the response.
    pub value: f64,
    /// Whether larger values are the good ones.
    pub wants_more: bool,
}

impl Limit {
    /// Whether a value is on the good side.
    pub fn is_met_by(self, value: f64) -> bool {
        if self.wants_more { value >= self.value } else { value <= self.value }
    }
}

/// A part of the points: those whose number leaves `index` over when divided by `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which, from 0.
    pub index: u64,
    /// Of how many.
    pub of: u64,
}

impl Shard {
    /// All points as one part.
    pub const ALL: Shard = Shard { index: 0, of: 1 };

    /// How many of `points` are in it.
    pub fn size(self, points: u64) -> u64 {
        points.saturating_sub(self.index).div_ceil(self.of)
    }

    /// The number of its point at `place`, counted from 0.
    pub fn point(self, place: u64) -> u64 {
        self.index + place * self.of
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    /// Reads `3/8`.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(index, of)| Some((index.trim().parse().ok()?, of.trim().parse().ok()?)));
        let (index, of) = parts.ok_or("write k/n, such as 0/8")?;
        if index >= of {
            Err(format!("there is no shard {index} of {of}: they are counted from 0, so k is less than n"))
        } else {
            Ok(Shard { index, of })
        }
    }
}

/// A column's name: what it holds and, last, its unit, which stands there once.
pub fn with_unit(name: &str, kind: Option<Kind>) -> String {
    part_with_unit(name, "", kind)
}

/// As [`with_unit`], of a part (`_mean`, say) of what the name says.
pub fn part_with_unit(name: &str, part: &str, kind: Option<Kind>) -> String {
    let unit = match kind {
        Some(Kind::Time) => "_s",
        Some(Kind::Amount) => "_bytes",
        Some(Kind::BitRate) => "_bit_per_s",
        Some(Kind::ByteRate) => "_bytes_per_s",
        Some(Kind::Money) => "_usd",
        Some(Kind::Share | Kind::Count) | None => "",
    };
    format!("{}{part}{unit}", name.strip_suffix(unit).unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_the_points_out() {
        let points = |index, of, all| (0..Shard { index, of }.size(all)).map(move |place| Shard { index, of }.point(place)).collect::<Vec<_>>();
        assert_eq!(points(0, 3, 7), [0, 3, 6]);
        assert_eq!(points(1, 3, 7), [1, 4]);
        assert_eq!(points(2, 3, 7), [2, 5]);
        assert_eq!(points(7, 8, 7), [0; 0]);
        assert_eq!(Shard::ALL.size(7), 7);
    }

    #[test]
    fn a_shard_is_written_as_k_of_n_from_0() {
        assert_eq!("3/8".parse(), Ok(Shard { index: 3, of: 8 }));
        assert!("8/8".parse::<Shard>().is_err());
        assert!("0/0".parse::<Shard>().is_err());
        assert!("3".parse::<Shard>().is_err());
        assert!("-1/8".parse::<Shard>().is_err());
    }

    #[test]
    fn a_column_says_its_unit_once() {
        assert_eq!(with_unit("lag.fleet_worst.p99", Some(Kind::Time)), "lag.fleet_worst.p99_s");
        assert_eq!(with_unit("journey.failovers.0.rto_s", Some(Kind::Time)), "journey.failovers.0.rto_s");
        assert_eq!(part_with_unit("journey.failovers.0.rto_s", "_mean", Some(Kind::Time)), "journey.failovers.0.rto_mean_s");
        assert_eq!(with_unit("link.mean_use", Some(Kind::Share)), "link.mean_use");
    }
}
