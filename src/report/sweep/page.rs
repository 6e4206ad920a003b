//! The page of a sweep: what was varied, what came of it, in pictures and one table. Self-contained, as all pages are.

use maud::{Markup, html};

use crate::experiment::sweep::Record;
use crate::experiment::sweep::record::ResponseColumn;
use crate::format::{plural, unbroken};
use crate::report::ReportError;
use crate::report::figure_words::figure_words;
use crate::report::html::table::Column::{Figures, Key, Words};
use crate::report::html::table::table;
use crate::report::html::{credibility, shell, short};
use crate::report::plot::Plot;
use crate::report::plot::sweep::{TRADE_OFF, all};
use crate::report::stress_des::{details, of_sweep};
use crate::report::sweep::Gathered;
use crate::report::sweep::table::Entry;

/// Rows of the table in the page; the CSV has the rest.
const MOST: usize = 200;

/// Files of the page and its plots, by their paths in the folder.
///
/// # Errors
/// If a picture cannot be drawn, which would be a defect.
pub fn files(record: &Record, gathered: &Gathered) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let plots = all(record, gathered)?;
    let mut files = vec![("report.html".to_owned(), page(record, gathered, &plots).into_bytes())];
    for plot in plots {
        files.push((format!("plots/{}.svg", plot.name), plot.svg.into_bytes()));
        files.push((format!("plots/{}.png", plot.name), plot.png));
    }
    Ok(files)
}

fn page(record: &Record, gathered: &Gathered, plots: &[Plot]) -> String {
    let what = format!(
        "{} at {}, each with {}; {} design, seed {}",
        record.scenario,
        plural(gathered.points, "point", "points"),
        plural(record.replications, "replication", "replications"),
        record.design,
        record.seed
    );
    let head = html! {
        p { (unbroken(&what)) }
        p.run { "failback " (record.version) " · fingerprint " (short(&record.fingerprint)) }
    };
    let main = html! {
        h2 { "What came of it" }
        (extremes(record, gathered))
        @if gathered.failed > 0 {
            p.alarm-text { (plural(gathered.failed, "point", "points")) " could not be simulated; the column \"error\" says why." }
        }
        h2 { "Plots" }
        @if gathered.entries.len() < gathered.points as usize {
            p.remark {
                "The first " (gathered.entries.len()) " points are drawn one by one; axes, counts and the stairs of the trade-off are those of all. All are in results.csv."
            }
        }
        @for plot in plots { (picture(plot)) }
        h2 { "Points" }
        (points(record, gathered))
        p.remark {
            "Unrounded, with least and most over the replications: " a href="results.csv" { "results.csv" } "; every run: " a href="runs.csv" { "runs.csv" }
            "; which sweep this is: " a href="sweep.json" { "sweep.json" } ". Replication r of every point has the same random numbers."
        }
        @if let Some(found) = &record.credibility {
            (credibility::of_experiment(found, "Looked at: every value of what was varied, each with the rest as in the first point; the churn is that of the first point."))
            (details(&of_sweep(record)))
        }
        footer { "failback " (record.version) " · sweep " (record.name) " · seed " (record.seed) " · fingerprint " (short(&record.fingerprint)) }
    };
    shell::page(&record.title, &record.title, &head, &main)
}

fn extremes(record: &Record, gathered: &Gathered) -> Markup {
    let cell = |index: usize, end: usize| match gathered.responses.get(index).and_then(|seen| seen.extremes) {
        Some(ends) => {
            record.responses.get(index).map_or(String::new(), |response| format!("{} (point {})", response.kind.words(ends[end].0), ends[end].1))
        }
        None => "-".to_owned(),
    };
    let limit = |response: &ResponseColumn| match response.limit {
        Some(limit) => format!("{} {}", if limit.wants_more { "at least" } else { "at most" }, response.kind.words(limit.value)),
        None => "-".to_owned(),
    };
    let row = |(index, response): (usize, &ResponseColumn)| {
        vec![response.path.clone(), figure_words(&response.path), cell(index, 0), cell(index, 1), limit(response)]
    };
    let rows: Vec<Vec<String>> = record.responses.iter().enumerate().map(row).collect();
    table("", &[Key("Figure of summary.json"), Words("In words"), Figures("least"), Figures("most"), Figures("held against")], &rows)
}

fn points(record: &Record, gathered: &Gathered) -> Markup {
    let mut columns = vec![Figures("point")];
    columns.extend(record.factors.iter().map(|factor| if factor.kind.is_some() { Figures(&factor.name) } else { Words(&factor.name) }));
    columns.extend(record.responses.iter().map(|response| Figures(&response.path)));
    if gathered.failed > 0 {
        columns.push(Words("error"));
    }
    let row = |entry: &Entry| {
        let mut cells = vec![entry.point.to_string()];
        cells.extend(record.factors.iter().zip(&entry.factors).map(|(factor, cell)| factor.words(cell)));
        let value = |value: &Option<f64>, index: usize| match (value, record.responses.get(index)) {
            (Some(value), Some(response)) => response.kind.words(*value),
            _ => "-".to_owned(),
        };
        cells.extend(entry.values.iter().enumerate().map(|(index, found)| value(found, index)));
        if gathered.failed > 0 {
            cells.push(entry.error.clone());
        }
        cells
    };
    let rows: Vec<Vec<String>> = gathered.entries.iter().take(MOST).map(row).collect();
    let caption = if gathered.points as usize > MOST { format!("The first {MOST} of {}", gathered.points) } else { String::new() };
    table(&caption, &columns, &rows)
}

fn picture(plot: &Plot) -> Markup {
    let caption = if plot.name == TRADE_OFF {
        "Each dot is a point of the sweep; the stairs lead along those that no other beats in both figures, if less of both is better."
    } else {
        "Means over the replications where there are several."
    };
    shell::picture(plot, caption)
}
