//! The plots of a comparison: the paired differences with their intervals, and the figure that the verdict begins with, future by future.

mod forest;
mod futures;

use plotters::style::RGBColor;

use crate::experiment::compare::Comparison;
use crate::experiment::replications::Row;
use crate::report::ReportError;
use crate::report::plot::look::{BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION};
use crate::report::plot::{Plot, raster};

/// File stems of the plots, in the order of the page.
pub const NAMES: [&str; 2] = ["differences", "futures"];

/// Colours of the designs, in turn.
const COLOURS: [RGBColor; 7] = [VERMILLION, BLUE, GREEN, ORANGE, PURPLE, SKY, INK];

/// The colour of the design at a place.
fn colour(place: usize) -> RGBColor {
    COLOURS[place % COLOURS.len()]
}

/// All plots; the futures only where there are several.
///
/// # Errors
/// If a picture cannot be drawn, which would be a defect of this module.
pub fn all(record: &Comparison, runs: &[Vec<Row>]) -> Result<Vec<Plot>, ReportError> {
    let fonts = raster::fonts();
    let mut plots = Vec::new();
    for name in NAMES {
        let svg = match name {
            "differences" => forest::svg(name, record)?,
            _ if record.random && record.replications > 1 => futures::svg(name, record, runs)?,
            _ => continue,
        };
        let png = raster::png(name, &svg, &fonts)?;
        plots.push(Plot { name, svg, png });
    }
    Ok(plots)
}
