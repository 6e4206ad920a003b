//! What many replications of one scenario say: each figure with the interval that goes with its kind.

use schemars::JsonSchema;
use serde::Serialize;

use crate::stats::Interval;

/// The figures of many runs that differ by what is random and by nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Replications {
    /// How many runs; their numbers are 0 to this less one.
    pub runs: u64,
    /// Whether any figure differed between two runs. Where nothing in the scenario is random there is one run, since all would be the same.
    pub differ: bool,
    /// Why it stopped there; null if so many runs were asked for.
    pub stop: Option<Stop>,
    /// The figures.
    pub figures: Vec<FigureOverRuns>,
}

/// A precision that was asked for, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Stop {
    /// Of which figure.
    pub figure: String,
    /// Half the width of its interval that was asked for, as a share of the estimate \[1\].
    pub asked: f64,
    /// What was reached \[1\]; null if its interval is not bounded.
    pub reached: Option<f64>,
    /// Most runs that were allowed.
    pub cap: u64,
    /// Whether that was what ended it.
    pub cap_hit: bool,
}

/// One figure over the runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FigureOverRuns {
    /// Where it is in this record.
    pub figure: String,
    /// Its unit: `s`, `bytes`, `bit/s`, `bytes/s`, `1` for shares, `count`.
    pub unit: String,
    /// Runs in which there was something to measure.
    pub measured: u64,
    /// A figure of a law over time: that figure of the law of all runs together. Any other: the mean over the runs. Null if there was nothing to measure.
    pub estimate: Option<Interval>,
    /// Least value of a run.
    pub least: Option<f64>,
    /// Half the runs are at most at this.
    pub median: Option<Interval>,
    /// 95 % of the runs are at most at this.
    pub p95: Option<Interval>,
    /// 99 % of the runs are at most at this.
    pub p99: Option<Interval>,
    /// Largest value of a run.
    pub most: Option<f64>,
    /// Share of the runs in which it was above 0 \[1\]. None seen is not none possible: then the upper end is what so many runs exclude.
    pub above_zero: Option<Interval>,
}

/// The runs one by one, for a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunTable {
    /// Figures, the columns: where they are in the record, and their units.
    pub figures: Vec<(String, String)>,
    /// Values by run; `None` where there was nothing to measure.
    pub rows: Vec<Vec<Option<f64>>>,
}
