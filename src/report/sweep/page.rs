//! The page of a sweep: what was varied, what came of it, one table.

use maud::{DOCTYPE, PreEscaped, html};

use crate::experiment::sweep::Record;
use crate::report::ReportError;
use crate::report::html::STYLE;
use crate::report::sweep::Gathered;

/// Files of the page and its plots, by their paths in the folder.
///
/// # Errors
/// If a picture cannot be drawn, which would be a defect.
pub fn files(record: &Record, gathered: &Gathered) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    Ok(vec![("report.html".to_owned(), page(record, gathered).into_bytes())])
}

fn page(record: &Record, gathered: &Gathered) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (record.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header.page { div { h1 { (record.title) } p { (gathered.points) " points" } } }
            }
        }
    };
    markup.into_string()
}
