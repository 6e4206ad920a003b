//! `comparison.json`: what was compared, what the runs show, and what follows. Data in the units of `summary.json`, nothing rounded but in the sentences.

use schemars::JsonSchema;
use serde::Serialize;

use crate::experiment::compare::better::Direction;
use crate::results::{FigureOverRuns, Standing, Stop};
use crate::stats::{Fraction, Interval};

/// Version of this shape.
pub const SCHEMA: u32 = 1;

/// A comparison of designs under common random numbers.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Comparison {
    /// Version of this shape.
    pub schema: u32,
    /// Program version.
    pub version: String,
    /// Master seed of all designs.
    pub seed: u64,
    /// Calendar start of all designs (UTC), `2026-01-05T00:00:00`.
    pub start: String,
    /// Length of every run \[s\].
    pub horizon_s: f64,
    /// What was set in every design besides its file, as `key=value`.
    pub set: Vec<String>,
    /// Replications that all designs have: pairs are made of these.
    pub replications: u64,
    /// Whether anything is random in any design; if not, each was run once and differences are exact.
    pub random: bool,
    /// Why it stopped there; null if so many replications were asked for.
    pub stop: Option<Stop>,
    /// Confidence with which all differences of one figure from A lie in their intervals.
    pub level: Fraction,
    /// Confidence of each interval of a difference, so that all hold together (Bonferroni).
    pub level_each: Fraction,
    /// The designs, the first being the one that the others are held against.
    pub designs: Vec<DesignRuns>,
    /// What is not comparable, or comparable only in part, in sentences.
    pub remarks: Vec<String>,
    /// Every value in force that is not the same in all designs.
    pub differences: Vec<Difference>,
    /// The figures, the one that the verdict begins with first.
    pub figures: Vec<Compared>,
    /// The verdict in words.
    pub verdict: Vec<String>,
    /// What the designs cost, and what a lost minute less costs.
    pub cost: Costs,
    /// Which is the best; null if that was not asked.
    pub best: Option<Best>,
}

/// One design and its runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DesignRuns {
    /// `A`, `B` and so on.
    pub label: String,
    /// Its file, as typed.
    pub file: String,
    /// Its name: that of the file.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its profile.
    pub profile: String,
    /// Its system, in words.
    pub system: String,
    /// Machines.
    pub vms: u64,
    /// Its forward link.
    pub link: String,
    /// What the check warns of.
    pub warnings: Vec<String>,
    /// BLAKE3 of the resolved scenario and the files it names.
    pub fingerprint: String,
    /// Whether anything in it is random.
    pub random: bool,
    /// Its runs.
    pub runs: u64,
    /// Each figure over its runs.
    pub figures: Vec<FigureOverRuns>,
}

/// A value in force that is not the same in all designs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Difference {
    /// Its key.
    pub key: String,
    /// What it is in each design; null where it is not in force.
    pub values: Vec<Option<String>>,
}

/// A figure, compared.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Compared {
    /// Where it is in `summary.json`.
    pub figure: String,
    /// Its unit: `s`, `bytes`, `bit/s`, `bytes/s`, `1` for shares, `count`.
    pub unit: String,
    /// Which way is better.
    pub better: Direction,
    /// Whether it is a quantile or share of a law over time: then pairs are made of each run's own, and the difference is that of their means, which is not that of the
    /// laws of all runs together (the estimates of the designs).
    pub per_run: bool,
    /// Each other design against A.
    pub against: Vec<Against>,
}

/// What a pair of designs shows in one figure.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Against {
    /// The other design, that is held against A.
    pub design: String,
    /// Replications in which both had something to measure.
    pub pairs: u64,
    /// Mean of the figure in A over these \[unit of the figure\].
    pub a_mean: Option<f64>,
    /// Mean of the figure in the other over these \[unit of the figure\].
    pub other_mean: Option<f64>,
    /// Mean of other - A \[unit of the figure\], with Student's interval; where nothing is random the ends are the difference itself.
    pub difference: Option<Interval>,
    /// Variance of the difference as a share of what independent runs would give: under 1 pairing helped. Null where nothing varies, and for one pair.
    pub variance_ratio: Option<f64>,
    /// Probability that A is better than the other; ties are not better. Null where neither way is better, or nothing is random.
    pub a_better: Option<Interval>,
    /// Probability that the other is better than A.
    pub other_better: Option<Interval>,
    /// Pairs in which both were equal, up to a billionth of their size.
    pub ties: u64,
    /// What follows.
    pub verdict: Verdict,
    /// Which design is better, if that is shown.
    pub winner: Option<String>,
    /// Whether the difference matters; null if no indifference was given for this figure.
    pub relevance: Option<Relevance>,
    /// All this in words.
    pub words: String,
}

/// What follows from a difference and its interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// There was nothing to measure in any pair.
    Nothing,
    /// The same in every run.
    Same,
    /// Different, and nothing is random.
    Exact,
    /// Different: the interval excludes 0.
    Shown,
    /// No difference shown: the interval holds 0.
    NotShown,
    /// One pair bounds nothing.
    NotBounded,
}

/// Whether a difference matters, by the indifference given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relevance {
    /// All of the interval is beyond it.
    Larger,
    /// All of the interval is within it.
    Smaller,
    /// The interval does not say.
    Open,
}

/// Costs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Costs {
    /// Disasters a year \[1\].
    pub disasters_per_year: f64,
    /// Where that comes from.
    pub standing: Standing,
    /// Of each design; null where its record has no costs.
    pub designs: Vec<Option<DesignCost>>,
    /// Each other design against A; empty where there is nothing to say.
    pub against: Vec<CostAgainst>,
}

/// What a design costs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DesignCost {
    /// A month, mean over the runs \[currency\]; null if nothing is priced.
    pub per_month: Option<f64>,
    /// Currency.
    pub currency: String,
    /// Whether every item has a price.
    pub complete: bool,
    /// What has none.
    pub missing: Vec<String>,
}

/// What a lost minute less costs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CostAgainst {
    /// The other design, that is held against A.
    pub design: String,
    /// What it costs more than A a year \[currency\]; null if that is not known.
    pub extra_per_year: Option<f64>,
    /// Minutes of loss that it avoids a year: disasters a year x mean loss avoided at a random instant, of the machine that loses most \[min\].
    pub avoided_minutes_per_year: Option<Interval>,
    /// Extra cost for each minute avoided \[currency/min\]; null where that means nothing.
    pub per_avoided_minute: Option<f64>,
    /// Its lower end.
    pub per_avoided_minute_low: Option<f64>,
    /// Its upper end.
    pub per_avoided_minute_high: Option<f64>,
    /// All this in words.
    pub words: String,
}

/// Which design is the best in one figure.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Best {
    /// The figure.
    pub figure: String,
    /// Which way is better.
    pub better: Direction,
    /// Difference in means that does not matter \[unit of the figure\].
    pub indifference: f64,
    /// Probability that was asked for \[1\].
    pub asked: f64,
    /// Probability, at least, that the best is not more than the indifference worse than any other \[1\]; null if there was nothing to measure.
    pub probability: Option<f64>,
    /// Whether the most runs allowed came first.
    pub cap_hit: bool,
    /// The best; null if there was nothing to measure.
    pub best: Option<String>,
    /// Where the runs went, by design.
    pub designs: Vec<BestDesign>,
    /// All this in words.
    pub words: Vec<String>,
}

/// A design among those that the best was looked for in.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BestDesign {
    /// `A`, `B` and so on.
    pub label: String,
    /// Its runs.
    pub runs: u64,
    /// Mean of the figure over these \[unit of the figure\].
    pub mean: Option<f64>,
    /// Standard deviation of one run \[unit of the figure\].
    pub deviation: Option<f64>,
}
