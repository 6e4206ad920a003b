//! The plots: SVG drawn with plotters, and PNG from the same SVG.
//!
//! Four pictures: the worst VM's lag over time, the loss by choice of recovery point, the path (link, caches, backlog), the calendar of points held. With a round
//! trip three more: where each machine was, where the time went, and the retention drives.

mod axis;
pub mod calibrate;
pub mod compare;
mod frame;
mod look;
mod loss;
pub mod outlook;
mod path;
mod points;
mod raster;
mod retention;
mod rpo;
pub mod sensitivity;
mod sheet;
pub mod size;
mod span;
mod steps;
pub mod sweep;
mod timeline;
mod waterfall;

use rayon::prelude::*;

use crate::report::ReportError;
use crate::report::calendar::Calendar;
use crate::results::RunOutput;

/// One plot in both forms.
pub struct Plot {
    /// File stem.
    pub name: &'static str,
    /// As SVG text.
    pub svg: String,
    /// As PNG.
    pub png: Vec<u8>,
}

/// File stems of the plots of every run, in the order of the report.
const NAMES: [&str; 4] = ["rpo", "loss", "path", "points"];

/// File stems of the plots of a round trip, in the order of the report.
pub const JOURNEY: [&str; 3] = ["timeline", "waterfall", "retention"];

/// All plots of a run, in the order of the report, those of a round trip last, drawn side by side on the threads there are.
///
/// # Errors
/// If a picture cannot be drawn, which would be a defect of this module.
pub fn all(output: &RunOutput, calendar: &Calendar) -> Result<Vec<Plot>, ReportError> {
    let fonts = raster::fonts();
    let mut names = NAMES.to_vec();
    if let Some(journey) = &output.results.journey {
        // Not every system has retention drives.
        names.extend(JOURNEY.iter().filter(|name| **name != "retention" || !journey.retention_drives.is_empty()));
    }
    names
        .par_iter()
        .map(|&name| {
            let svg = match (name, &output.results.journey) {
                ("rpo", _) => rpo::svg(output, calendar),
                ("loss", _) => loss::svg(output),
                ("path", _) => path::svg(output, calendar),
                ("timeline", Some(journey)) => timeline::svg(output, journey, calendar),
                ("waterfall", Some(journey)) => waterfall::svg(journey),
                ("retention", Some(journey)) => retention::svg(journey, calendar, output.results.scenario.horizon_s),
                _ => points::svg(output),
            }?;
            let png = raster::png(name, &svg, &fonts)?;
            Ok(Plot { name, svg, png })
        })
        .collect()
}
