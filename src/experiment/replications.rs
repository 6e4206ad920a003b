//! One world simulated many times: replications differ by what is random and by nothing else.

use std::ops::Range;

use rayon::prelude::*;
use serde_json::Value;

use crate::experiment::figure::{Figure, NoFigure};
use crate::model::World;
use crate::results::Results;
use crate::simulate;

/// The figures of one run, in the order asked for; `None` where there was nothing to measure.
pub type Row = Vec<Option<f64>>;

/// Reads figures from a record.
///
/// # Errors
/// [`NoFigure`] of the first that the record does not have.
pub fn figures_of(results: &Results, figures: &[Figure]) -> Result<Row, NoFigure> {
    let summary = serde_json::to_value(results).unwrap_or(Value::Null);
    figures.iter().map(|figure| figure.of(&summary)).collect()
}

/// Simulates the replications with these numbers, in parallel; `done` is told after each. Rows come in the order of the numbers, whatever the threads do.
pub fn replicate(world: &World, numbers: Range<u64>, figures: &[Figure], done: &(dyn Fn() + Sync)) -> Vec<Result<Row, NoFigure>> {
    let one = |number: u64| {
        let output = simulate::run(world, number, &mut |_| ());
        let row = figures_of(&output.results, figures);
        done();
        row
    };
    numbers.into_par_iter().map(one).collect()
}
