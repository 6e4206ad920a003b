//! Laws over time without the warm-up of the run, and where that was cut.

use crate::experiment::figure::Figure;
use crate::format::{duration, plural};
use crate::report::answers::{Answer, Line, Told};
use crate::report::figure_words::figure_words;
use crate::results::{LongRun, LongRunFigure, Results};

/// The answer and its table; nothing unless long-run figures were asked for.
pub fn long_run(results: &Results) -> Option<Told> {
    let found = results.replications.as_ref()?.long_run.as_ref()?;
    let horizon = results.scenario.horizon_s;
    let mut lines = vec![Line::from(cut(found, horizon))];
    if let Some(cut) = found.cut_s {
        lines.push(Line::from(format!(
            "So the table is of the last {} of each run; totals, counts, maxima and everything else in this report are of the whole run.",
            duration(horizon - cut)
        )));
    }
    let header = ["Figure", "long run", "±", "with warm-up"];
    let rows: Vec<Vec<String>> = found.figures.iter().filter(|figure| figure.estimate.is_some()).map(row).collect();
    let answer = Answer { key: "long-run", label: "In the long run", question: "What does it come to once it has settled?", lines };
    Some(Told { answer, alarming: false, table: (!rows.is_empty()).then(|| (header.to_vec(), rows)) })
}

/// Where the warm-up ends, and who says so.
fn cut(found: &LongRun, horizon: f64) -> String {
    let Some(search) = &found.found else {
        return format!("The first {} are left out as warm-up, as was asked.", duration(found.cut_s.unwrap_or(0.0)));
    };
    let series = format!("in the mean of {}", plural(search.pilot_runs, "run", "runs"));
    let end = |end: Option<f64>| end.map_or_else(|| "has not settled by half of the run".to_owned(), |end| format!("settles at {}", duration(end)));
    let seen = format!("{series} the lag of the worst VM {}, what waits anywhere {}", end(search.lag_s), end(search.waiting_s));
    match found.cut_s {
        Some(0.0) => format!("Nothing had to be left out as warm-up: {series}, MSER-5 finds that the run begins as it goes on."),
        Some(cut) => format!("The first {} are left out as warm-up (MSER-5: {seen}).", duration(cut)),
        None => format!("No steady state is seen in {} (MSER-5: {seen}), so there are no long-run figures: run it for longer.", duration(horizon)),
    }
}

fn row(figure: &LongRunFigure) -> Vec<String> {
    let kind = Figure::at(&figure.figure).kind();
    let value = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| kind.words(value));
    let half = figure.estimate.and_then(|interval| interval.half_width());
    vec![figure_words(&figure.figure), value(figure.estimate.map(|interval| interval.estimate)), value(half), value(figure.whole)]
}
