//! The summary of an outlook for the terminal.

use crate::experiment::outlook::{MonthResult, Outlook};
use crate::report::outlook::told;
use crate::report::terminal::{figures, sentences};

/// Batches that are shown; `batches.csv` has all.
const MOST_BATCHES: usize = 12;
/// Longest line of batches that is shown; the page has it whole.
const MOST_LETTERS: usize = 400;

/// The summary as text for a terminal of `width` columns. Ends with a newline.
pub fn render(record: &Outlook, width: u16) -> String {
    let scenario = &record.scenario;
    let fingerprint: String = scenario.fingerprint.chars().take(12).collect();
    let mut text = String::new();
    let mut say = |lines: &[String]| text.push_str(&sentences(lines, width));
    say(&[scenario.title.clone(), told::what(record)]);
    say(&[format!("profile {} · seed {} · fingerprint {fingerprint}", scenario.profile, scenario.seed)]);
    say(&[told::growth(record), told::certainty(record)]);
    text.push('\n');
    text.push_str(&sentences(&[format!("Saturates first: {}", told::first(record))], width));
    text.push_str(&figures(&told::FIRST, told::first_rows(record), width, false));
    text.push_str(&sentences(&told::who(record), width));
    text.push_str(&figures(&told::MONTHS, told::month_rows(shown(record).into_iter()), width, false));
    text.push('\n');
    let titled = |title: &str, mut lines: Vec<String>| {
        if let Some(first) = lines.first_mut() {
            *first = format!("{title}: {first}");
        }
        sentences(&lines, width)
    };
    text.push_str(&titled("Process servers", told::servers(record)));
    text.push('\n');
    text.push_str(&titled("Initial replication", told::copies(record)));
    let mut rows = told::batch_rows(record);
    let more = rows.len().saturating_sub(MOST_BATCHES);
    rows.truncate(MOST_BATCHES);
    text.push_str(&figures(&told::BATCHES, rows, width, false));
    if more > 0 {
        text.push_str(&sentences(&[format!("and {more} more in batches.csv.")], width));
    }
    let toml = &record.initial_replication.toml;
    if toml.len() <= MOST_LETTERS {
        text.push_str(&sentences(&["To make these batches, write into the scenario:".to_owned(), toml.clone()], width));
    } else {
        text.push_str(&sentences(&["The line that makes these batches in a scenario is in report.html and outlook.json.".to_owned()], width));
    }
    text
}

/// The first month, the last, each half year, and those in which something is over first.
fn shown(record: &Outlook) -> Vec<&MonthResult> {
    let every = (record.months.len() as u32 / 12).next_multiple_of(6).max(6);
    let last = record.months.len().saturating_sub(1) as u32;
    let kept = |month: &&MonthResult| {
        month.month.is_multiple_of(every) || month.month == last || record.first.iter().any(|limit| limit.month == Some(month.month))
    };
    record.months.iter().filter(kept).collect()
}
