//! What a calibration found, in every form: the answer on the terminal, `calibration.json`, `residuals.csv`, and one page with pictures.

mod page;
mod words;

use std::path::Path;

use crate::experiment::calibrate::record::{Calibrated, Calibration};
use crate::report::ReportError;
use crate::report::calendar::Calendar;
use crate::report::folder::Draft;
use crate::report::plot::calibrate as plot;
use crate::results::Credibility;

pub use words::{answer, signed};

/// The file that a former output is known by.
const MARKER: &str = "calibration.json";

/// Every file that is written into the folder; anything else there is the user's.
const OURS: [&str; 9] = [
    MARKER,
    "residuals.csv",
    "report.html",
    "plots/course.svg",
    "plots/course.png",
    "plots/residuals.svg",
    "plots/residuals.png",
    "plots/slices.svg",
    "plots/slices.png",
];

/// Writes the folder of a calibration of the scenario in `file`, whole or not at all.
///
/// # Errors
/// If it cannot be written, or holds files but no former calibration.
pub fn write(folder: &Path, file: &Path, calibrated: &Calibrated, credibility: &Credibility) -> Result<(), ReportError> {
    let record = &calibrated.record;
    let calendar = Calendar::new(&record.start, record.horizon_s);
    let draft = Draft::beside(folder, MARKER, |_| false)?;
    draft.put(MARKER, json(record)?.as_bytes())?;
    draft.put("residuals.csv", &residuals(calibrated, &calendar)?)?;
    let plots = plot::all(calibrated, &calendar)?;
    draft.put("report.html", page::page(calibrated, &words::command(record, file), &calendar, &plots, credibility).as_bytes())?;
    for plot in plots {
        draft.put(&format!("plots/{}.svg", plot.name), plot.svg.as_bytes())?;
        draft.put(&format!("plots/{}.png", plot.name), &plot.png)?;
    }
    draft.publish(&OURS).map(|_| ())
}

/// `calibration.json`: the record, indented, with a newline at its end.
///
/// # Errors
/// None that we know of.
pub fn json(record: &Calibration) -> Result<String, ReportError> {
    let defect = |reason: String| ReportError::Render { what: MARKER.to_owned(), reason };
    serde_json::to_string_pretty(record).map(|text| text + "\n").map_err(|error| defect(error.to_string()))
}

/// `residuals.csv`: a row for each compared value; without times where values were compared by size.
fn residuals(calibrated: &Calibrated, calendar: &Calendar) -> Result<Vec<u8>, ReportError> {
    let defect = |reason: String| ReportError::Render { what: "residuals.csv".to_owned(), reason };
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut row = |cells: &[String]| table.write_record(cells).map_err(|error| defect(error.to_string()));
    row(&["at", "at_s", "column", "observed_s", "simulated_s", "residual_s", "uncalibrated_s"].map(str::to_owned))?;
    for value in &calibrated.compared {
        row(&[
            value.at_s.map(|at| calendar.iso(at)).unwrap_or_default(),
            value.at_s.map(|at| at.to_string()).unwrap_or_default(),
            value.column.clone(),
            value.observed_s.to_string(),
            value.simulated_s.to_string(),
            (value.observed_s - value.simulated_s).to_string(),
            value.before_s.to_string(),
        ])?;
    }
    table.into_inner().map_err(|error| defect(error.to_string()))
}
