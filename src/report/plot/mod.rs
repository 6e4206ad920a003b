//! The plots: SVG drawn with plotters, and PNG from the same SVG.
//!
//! Four pictures: the worst VM's lag over time, the loss by choice of recovery point, the path (link, caches, backlog), the calendar of points held.

mod axis;
mod frame;
mod look;
mod loss;
mod path;
mod points;
mod raster;
mod rpo;
mod sheet;
mod steps;

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

/// File stems of all plots, in the order of the report.
pub const NAMES: [&str; 4] = ["rpo", "loss", "path", "points"];

/// All plots of a run, in the order of [`NAMES`], drawn side by side on the threads there are.
///
/// # Errors
/// If a picture cannot be drawn, which would be a defect of this module.
pub fn all(output: &RunOutput, calendar: &Calendar) -> Result<Vec<Plot>, ReportError> {
    let fonts = raster::fonts();
    NAMES
        .par_iter()
        .map(|&name| {
            let svg = match name {
                "rpo" => rpo::svg(output, calendar),
                "loss" => loss::svg(output),
                "path" => path::svg(output, calendar),
                _ => points::svg(output),
            }?;
            let png = raster::png(name, &svg, &fonts)?;
            Ok(Plot { name, svg, png })
        })
        .collect()
}
