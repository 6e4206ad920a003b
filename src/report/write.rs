//! The output folder of one run: which files it has, written together.

use std::path::{Path, PathBuf};

use crate::report::calendar::Calendar;
use crate::report::folder::Draft;
use crate::report::{ReportError, html, json, plot, stress_des, tables, trace};
use crate::results::RunOutput;

/// Every file that this program writes into an output folder, relative to it; anything else there is the user's.
const OURS: [&str; 33] = [
    "summary.json",
    "series.csv",
    "vms.csv",
    "disks.csv",
    "process_servers.csv",
    "points.csv",
    "loss_curves.csv",
    "days.csv",
    "cost.csv",
    "replications.csv",
    "stress-des.md",
    "events.jsonl",
    "report.html",
    "plots/rpo.svg",
    "plots/rpo.png",
    "plots/loss.svg",
    "plots/loss.png",
    "plots/path.svg",
    "plots/path.png",
    "plots/points.svg",
    "plots/points.png",
    "journey.csv",
    "states.csv",
    "steps.csv",
    "waits.csv",
    "retention.csv",
    "trace.json",
    "plots/timeline.svg",
    "plots/timeline.png",
    "plots/waterfall.svg",
    "plots/waterfall.png",
    "plots/retention.svg",
    "plots/retention.png",
];

/// Where the output is.
#[derive(Clone, Debug)]
pub struct Written {
    /// The folder.
    pub folder: PathBuf,
    /// The page to open.
    pub report: PathBuf,
    /// The record.
    pub summary: PathBuf,
    /// Every file, in the order in which they were written.
    pub files: Vec<PathBuf>,
}

/// Writes everything about a run into `dir`: record, tables, event log, plots, page.
///
/// Everything is first written into a hidden folder beside `dir`, which then takes its place: the output is there whole or not at all, and a former output stays
/// as it was if anything fails. Files of other names in `dir` are kept.
///
/// # Errors
/// If `dir` cannot be written, is a file, or holds files but no former output; the message names the path.
pub fn write_all(dir: &Path, output: &RunOutput) -> Result<Written, ReportError> {
    let results = &output.results;
    let calendar = Calendar::new(&results.scenario.start, results.scenario.horizon_s);
    let draft = Draft::beside(dir, "summary.json", |_| false)?;
    let mut names = Vec::new();
    let mut put = |name: &str, content: Vec<u8>| {
        names.push(name.to_owned());
        draft.put(name, &content)
    };
    put("summary.json", json::summary(results)?)?;
    put("series.csv", tables::series(output, &calendar)?)?;
    put("vms.csv", tables::vms(&results.vms)?)?;
    put("disks.csv", tables::disks(&results.disks)?)?;
    put("process_servers.csv", tables::process_servers(&results.process_servers)?)?;
    put("points.csv", tables::points(&output.calendars, &calendar, results.scenario.horizon_s)?)?;
    put("loss_curves.csv", tables::loss_curves(&output.curves)?)?;
    put("days.csv", tables::days(&results.days)?)?;
    put("events.jsonl", json::events(&output.events)?)?;
    if let Some(cost) = &results.cost {
        put("cost.csv", tables::cost::cost(cost, results)?)?;
    }
    if let Some(runs) = &output.runs {
        put("replications.csv", tables::runs::replications(runs)?)?;
    }
    if let Some(journey) = &results.journey {
        put("journey.csv", tables::journey::trips(journey, &calendar)?)?;
        put("states.csv", tables::journey::states(journey, &calendar)?)?;
        put("steps.csv", tables::journey::steps(journey, &calendar)?)?;
        put("waits.csv", tables::journey::waits(journey, &calendar)?)?;
        put("retention.csv", tables::journey::retention(journey, &calendar)?)?;
        put("trace.json", trace::trace(results, journey)?)?;
    }
    let plots = plot::all(output, &calendar)?;
    let stress = stress_des::of_run(output);
    put("stress-des.md", stress_des::markdown(&results.scenario.title, &stress).into_bytes())?;
    put("report.html", html::page(output, &plots, &stress).into_bytes())?;
    for plot in plots {
        put(&format!("plots/{}.svg", plot.name), plot.svg.into_bytes())?;
        put(&format!("plots/{}.png", plot.name), plot.png)?;
    }
    draft.publish(&OURS)?;
    // The paths as the user wrote the folder, not with links followed.
    let files: Vec<PathBuf> = names.iter().map(|name| dir.join(name)).collect();
    Ok(Written { folder: dir.to_owned(), report: dir.join("report.html"), summary: dir.join("summary.json"), files })
}
