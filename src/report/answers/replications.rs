//! What many runs say, with intervals: the future is not one run.

use crate::experiment::figure::Figure;
use crate::format::{count, plural, share};
use crate::report::answers::{Answer, Line, Told};
use crate::report::figure_words::figure_words;
use crate::results::{FigureOverRuns, Replications, Results};
use crate::stats::Interval;

/// Counts of which not having seen one is worth saying.
const RARE: [(&str, &str); 3] = [
    ("breaches.count", "broke the RPO threshold"),
    ("journey.failovers.0.without_point", "left a machine without a point to go to"),
    ("journey.failovers.0.failback_loss_bytes", "lost data on the way home"),
];

/// The answer and its table; nothing if there was one run.
pub fn replications(results: &Results) -> Option<Told> {
    let many = results.replications.as_ref()?;
    let mut lines = vec![Line::from(head(many, results))];
    lines.extend(stopped(many).map(Line::from));
    let rare = RARE
        .iter()
        .filter(|_| many.differ)
        .filter_map(|(path, what)| many.figures.iter().find(|figure| figure.figure == *path).and_then(|figure| seen(figure, what)));
    lines.extend(rare.map(Line::from));
    let same = many.figures.iter().filter(|figure| figure.measured > 0 && figure.least == figure.most).count() as u64;
    if many.differ && same > 0 {
        lines.push(Line::from(format!("{} came out the same in all runs (replications.csv).", plural(same, "figure", "figures"))));
    }
    let header = ["Figure", "estimate", "±", "95 % of runs\nat most", "bound of that", "largest"];
    let shown = many.figures.iter().filter(|figure| figure.measured > 0 && (!many.differ || figure.least != figure.most));
    let rows = shown.map(|figure| row(figure, many.differ)).collect();
    let answer = Answer { key: "replications", label: "Over many runs", question: "How sure is that, and what else may come?", lines };
    Some(Told { answer, alarming: false, table: Some((header.to_vec(), rows)) })
}

fn head(many: &Replications, results: &Results) -> String {
    let runs = plural(many.runs, "run", "runs");
    if results.checks.random_streams == 0 {
        return "Nothing in this scenario is random (recorded or constant churn, planned events): every replication would be the same, so one run says all.".to_owned();
    }
    if !many.differ && many.runs > 1 {
        return format!("All {runs} came out the same: nothing that these figures rest on is random in this scenario.");
    }
    format!(
        "{runs} (seed {}, replications 0 to {}), intervals at 95 % confidence; everything else in this report is replication {}.",
        results.scenario.seed,
        many.runs.saturating_sub(1),
        results.scenario.replication
    )
}

/// How a precision that was asked for came out.
fn stopped(many: &Replications) -> Option<String> {
    let stop = many.stop.as_ref()?;
    let reached = stop.reached.map_or_else(|| "no bounded interval".to_owned(), |reached| format!("± {}", share(reached)));
    Some(if stop.cap_hit {
        format!("The cap of {} runs was hit first: `{}` is known to {reached}, asked was ± {}.", count(stop.cap), stop.figure, share(stop.asked))
    } else {
        format!("Stopped once `{}` was known to ± {}: {reached}.", stop.figure, share(stop.asked))
    })
}

/// In how many of the runs something happened at all.
fn seen(figure: &FigureOverRuns, what: &str) -> Option<String> {
    let happened = figure.above_zero.as_ref()?;
    let high = happened.high.map_or_else(|| "any share".to_owned(), share);
    Some(if happened.estimate > 0.0 {
        format!("{} of the runs {what} ({} to {high}).", share(happened.estimate), happened.low.map_or_else(|| share(0.0), share))
    } else {
        format!("None of {} runs {what}; that is not never: at 95 % confidence up to {high} of runs may.", count(figure.measured))
    })
}

fn row(figure: &FigureOverRuns, differ: bool) -> Vec<String> {
    let kind = Figure::at(&figure.figure).kind();
    let value = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| kind.words(value));
    let of = |interval: &Option<Interval>| value(interval.map(|interval| interval.estimate));
    let name = figure_words(&figure.figure);
    if !differ {
        return vec![name, of(&figure.estimate), String::new(), String::new(), String::new(), String::new()];
    }
    let half = figure.estimate.and_then(|interval| interval.half_width());
    let bound = figure.p95.map_or_else(|| "-".to_owned(), |p95| p95.high.map_or_else(|| "not bounded".to_owned(), |high| kind.words(high)));
    vec![
        name,
        of(&figure.estimate),
        half.map_or_else(|| "not bounded".to_owned(), |half| kind.words(half)),
        of(&figure.p95),
        bound,
        value(figure.most),
    ]
}
