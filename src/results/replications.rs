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
    /// Laws over time without their warm-up; null unless asked for.
    pub long_run: Option<LongRun>,
}

/// Laws over time with the warm-up of the run cut off: what a random instant long after the start would see.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LongRun {
    /// How the cut was found; null if it was given.
    pub found: Option<FoundCut>,
    /// The laws begin here [s since the run's start]; null if the run is too short for a steady state, and then there are no figures.
    pub cut_s: Option<f64>,
    /// Runs that the figures rest on.
    pub runs: u64,
    /// The figures, of those gathered over the runs that are of a law over time and not its maximum.
    pub figures: Vec<LongRunFigure>,
}

/// What MSER-5 found, in series averaged over some runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FoundCut {
    /// Runs averaged, the first ones.
    pub pilot_runs: u64,
    /// Step of the series \[s\]; a cut lies at a multiple of five steps.
    pub step_s: f64,
    /// End of the warm-up of the lag of the fleet's worst VM \[s\]; null if it has none within the first half of the run.
    pub lag_s: Option<f64>,
    /// End of the warm-up of the bytes that wait anywhere \[s\]; null likewise.
    pub waiting_s: Option<f64>,
}

/// A figure of a law over time without the warm-up.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LongRunFigure {
    /// Where its like is in this record, over the whole run.
    pub figure: String,
    /// Its unit, as above.
    pub unit: String,
    /// Over the whole runs; null if there was nothing to measure.
    pub whole: Option<f64>,
    /// From the cut on, of all runs together; null likewise.
    pub estimate: Option<Interval>,
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
