//! The plots of a sensitivity analysis, three of each response: each input alone (a tornado), the screening, the Sobol indices.

mod indices;
mod labels;
mod screening;
mod tornado;

use rayon::prelude::*;

use crate::experiment::figure::Kind;
use crate::experiment::sensitivity::Record;
use crate::experiment::sensitivity::record::ResponseRecord;
use crate::report::ReportError;
use crate::report::figure_words::figure_words;
use crate::report::plot::axis::{Tick, decimal_ticks, duration_ticks};
use crate::report::plot::{Plot, raster};

/// File stems of the plots of the first responses; the tables have the others.
pub const NAMES: [[&str; 3]; 6] = [
    ["tornado-1", "screening-1", "indices-1"],
    ["tornado-2", "screening-2", "indices-2"],
    ["tornado-3", "screening-3", "indices-3"],
    ["tornado-4", "screening-4", "indices-4"],
    ["tornado-5", "screening-5", "indices-5"],
    ["tornado-6", "screening-6", "indices-6"],
];

/// Names of inputs are cut to so many characters.
const LONGEST: usize = 36;

/// All plots, response by response.
///
/// # Errors
/// If a picture cannot be drawn, which would be a defect of this module.
pub fn all(record: &Record) -> Result<Vec<Plot>, ReportError> {
    let fonts = raster::fonts();
    let mut wanted: Vec<(&'static str, usize, &ResponseRecord)> = Vec::new();
    for (names, response) in NAMES.iter().zip(&record.responses) {
        let has = [
            response.baseline.is_some() && response.inputs.iter().any(|of| of.swing.is_some_and(|swing| swing > 0.0)),
            response.inputs.iter().any(|of| of.effect.is_some_and(|effect| effect.mu_star.estimate > 0.0)),
            response.inputs.iter().any(|of| of.indices.is_some()),
        ];
        wanted.extend((0..3).filter(|kind| has[*kind]).map(|kind| (names[kind], kind, response)));
    }
    wanted
        .par_iter()
        .map(|&(name, kind, response)| {
            let svg = match kind {
                0 => tornado::svg(name, record, response),
                1 => screening::svg(name, record, response),
                _ => indices::svg(name, record, response),
            }?;
            let png = raster::png(name, &svg, &fonts)?;
            Ok(Plot { name, svg, png })
        })
        .collect()
}

/// What a picture is of, under its title.
fn subtitle(record: &Record, response: &ResponseRecord, what: &str) -> String {
    let of = match record.replications {
        1 => String::new(),
        _ if !record.random => String::new(),
        many => format!("; mean of {many} replications"),
    };
    format!("{} · {} · {what}{of}", figure_words(&response.figure), record.scenario)
}

/// Ticks of an axis that need not begin at 0.
fn ticks(kind: Kind, (low, high): (f64, f64), most: usize) -> Vec<Tick> {
    let words = |value: f64| kind.words(value);
    let from_zero = if kind == Kind::Time { duration_ticks(high - low, most) } else { decimal_ticks(high - low, most, words) };
    let step = from_zero.get(1).map_or(high - low, |tick| tick.at);
    let first = (low / step).ceil();
    let count = ((high / step + 1e-9).floor() - first).clamp(0.0, 50.0) as u32;
    let mut last = String::new();
    let label = |place: u32| {
        let at = (first + f64::from(place)) * step;
        let mut label = if at == 0.0 { "0".to_owned() } else { words(at) };
        // Where values are closer than their words.
        if label == last {
            label.clear();
        } else {
            last.clone_from(&label);
        }
        Tick { at, label }
    };
    (0..=count).map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_stand_on_round_values_wherever_the_axis_begins() {
        let labels = |kind, range| ticks(kind, range, 5).into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(labels(Kind::Time, (500.0, 1300.0)), ["10 min", "15 min", "20 min"]);
        assert_eq!(labels(Kind::Share, (0.41, 0.48)), ["42 %", "44 %", "46 %", "48 %"]);
        assert_eq!(labels(Kind::Count, (-1.0, 1.0)), ["-1", "-0.5", "0", "0.5", "1"]);
    }
}
