//! The tables of a comparison: `comparison.csv`, a row for each figure and design, and `runs.csv`, a row for each replication of each design.

use crate::experiment::compare::Comparison;
use crate::experiment::figure::Figure;
use crate::experiment::replications;
use crate::experiment::sweep::record::with_unit;
use crate::report::ReportError;
use crate::report::tables::{Row, csv};
use crate::stats::Interval;

/// Each figure of each other design against A.
pub fn comparison(record: &Comparison) -> Result<Vec<u8>, ReportError> {
    let header = [
        "figure",
        "unit",
        "better",
        "design",
        "pairs",
        "a_mean",
        "design_mean",
        "difference",
        "difference_low",
        "difference_high",
        "level",
        "variance_ratio",
        "a_better",
        "a_better_low",
        "a_better_high",
        "design_better",
        "design_better_low",
        "design_better_high",
        "ties",
        "verdict",
        "winner",
        "words",
    ];
    let ends = |row: Row, interval: Option<Interval>| {
        row.maybe(interval.map(|interval| interval.estimate))
            .maybe(interval.and_then(|interval| interval.low))
            .maybe(interval.and_then(|interval| interval.high))
    };
    let rows = record.figures.iter().flat_map(|figure| figure.against.iter().map(move |against| (figure, against))).map(|(figure, against)| {
        let row = Row::default().text(&figure.figure).text(&figure.unit).text(&name(&figure.better)).text(&against.design).counts(&[against.pairs]);
        let row = ends(row.maybe(against.a_mean).maybe(against.other_mean), against.difference);
        let row = row.maybe(against.difference.map(|interval| interval.level.get())).maybe(against.variance_ratio);
        let row = ends(ends(row, against.a_better), against.other_better).counts(&[against.ties]);
        row.text(&name(&against.verdict)).text(against.winner.as_deref().unwrap_or_default()).text(&against.words)
    });
    csv("comparison.csv", &header, rows)
}

/// A word as the record has it.
fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The figures of every run of every design.
pub fn runs(record: &Comparison, runs: &[Vec<replications::Row>]) -> Result<Vec<u8>, ReportError> {
    let paths = record.figures.iter().map(|figure| with_unit(&figure.figure, Some(Figure::at(&figure.figure).kind())));
    let header: Vec<String> = ["design", "name", "replication"].map(str::to_owned).into_iter().chain(paths).collect();
    let rows = record.designs.iter().zip(runs).flat_map(|(design, runs)| {
        runs.iter().enumerate().map(move |(number, run)| {
            let row = Row::default().text(&design.label).text(&design.name).counts(&[number as u64]);
            run.iter().fold(row, |row, value| row.maybe(*value))
        })
    });
    csv("runs.csv", &header, rows)
}
