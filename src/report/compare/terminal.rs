//! The answer in the terminal: verdict first, then the figures, what it rests on, and costs.

use crate::experiment::compare::Comparison;
use crate::experiment::figure::Figure;
use crate::format::{capital, list, plural};
use crate::report::compare::text::{columns, costs, head, intervals, row, stopped};
use crate::report::figure_words::figure_words;
use crate::report::terminal::{answer, figures, sentences};

/// Keys of differences that are named; the page has all.
const MOST_KEYS: usize = 8;

/// A row whose name leaves room for the figures in 100 columns.
fn narrow(mut row: Vec<String>) -> Vec<String> {
    if let Some(name) = row.first_mut() {
        *name = name.replace("share of time over the threshold", "over RPO").replace("all VMs", "all");
    }
    row
}

/// The summary as text for a terminal of `width` columns.
pub fn render(record: &Comparison, width: u16, colour: bool) -> String {
    let mut text = String::new();
    let designs: Vec<String> =
        record.designs.iter().map(|design| format!("{}  {}: {} ({})", design.label, design.name, design.title, design.link)).collect();
    text.push_str(&sentences(&designs, width));
    text.push_str(&sentences(&[capital(&head(record))], width));
    text.push('\n');
    let first = record.figures.first().map(|figure| figure_words(&figure.figure)).unwrap_or_default();
    let mut verdict = record.verdict.iter().map(|line| capital(line)).collect::<Vec<_>>();
    if let Some(line) = verdict.first_mut() {
        line.push_str(&format!(" ({first})"));
    }
    verdict.extend(stopped(record));
    text.push_str(&answer("Verdict", &verdict, width, colour));
    if let Some(best) = &record.best {
        text.push('\n');
        let spent = best.designs.iter().map(|design| {
            let mean = design.mean.map_or_else(|| "-".to_owned(), |mean| Figure::at(&best.figure).kind().words(mean));
            format!("{} {mean} in {}", design.label, plural(design.runs, "run", "runs"))
        });
        let mut words = best.words.clone();
        words.push(format!("{}: {}.", capital(&figure_words(&best.figure)), list(&spent.collect::<Vec<_>>())));
        text.push_str(&answer("Best", &words, width, colour));
    }
    for (place, label) in record.designs.iter().skip(1).map(|design| &design.label).enumerate() {
        let Some(against) = record.figures.first().and_then(|figure| figure.against.get(place)) else { continue };
        let title = format!("{label} against A");
        // Long words would break the names of figures.
        let names: Vec<String> = columns(record, against).iter().map(|name| name.replace("variance", "var.")).collect();
        let header: Vec<&str> = std::iter::once(title.as_str()).chain(names.iter().map(String::as_str)).collect();
        let rows = (0..record.figures.len()).filter_map(|number| row(record, number, place)).map(narrow);
        text.push_str(&figures(&header, rows.collect(), width, colour));
    }
    text.push('\n');
    let mut how = intervals(record);
    how.extend(record.remarks.iter().cloned());
    let keys: Vec<String> = record.differences.iter().take(MOST_KEYS).map(|difference| difference.key.clone()).collect();
    if !keys.is_empty() {
        let more = record.differences.len().saturating_sub(MOST_KEYS) as u64;
        let more = if more > 0 { format!(", and {}", plural(more, "more key", "more keys")) } else { String::new() };
        how.push(format!("The designs differ in {}{more} (report.html).", keys.join(", ")));
    }
    text.push_str(&answer("What it rests on", &how, width, colour));
    text.push('\n');
    text.push_str(&answer("Costs", &costs(record), width, colour));
    text
}
