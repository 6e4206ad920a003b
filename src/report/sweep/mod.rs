//! A sweep's folder: tables that grow as points finish (`ledger`), shards put together (`merge`), and the page at the end.

mod gathered;
mod ledger;
mod merge;
mod page;
mod table;

use std::path::Path;

use crate::experiment::sweep::Record;
use crate::report::ReportError;
use crate::report::folder::failed;

pub use gathered::Gathered;
pub use ledger::{Ledger, RESULTS, shard_folder};
pub use merge::merge;
pub use table::Entry;

/// Writes the page and the plots of a finished sweep into its folder.
///
/// # Errors
/// If they cannot be written.
pub fn write_page(folder: &Path, record: &Record) -> Result<Gathered, ReportError> {
    let gathered = gather(folder, record)?;
    for (name, content) in page::files(record, &gathered)? {
        ledger::put(folder, &name, &content)?;
    }
    Ok(gathered)
}

/// Whether the folder holds this very sweep already, begun or finished.
///
/// # Errors
/// If its record cannot be read.
pub fn holds(folder: &Path, record: &Record) -> Result<bool, ReportError> {
    Ok(ledger::read_record(folder)?.is_some_and(|there| there == *record))
}

/// The points of a sweep, from its table.
///
/// # Errors
/// If it cannot be read.
pub fn gather(folder: &Path, record: &Record) -> Result<Gathered, ReportError> {
    let path = folder.join(RESULTS);
    let unread = |source| failed("read", &path, source);
    let mut lines = table::Lines::open(&path).map_err(unread)?;
    let mut gathered = Gathered::new(record);
    while let Some(line) = lines.next_line().map_err(unread)? {
        // The header is no entry.
        table::entry(record, &line).into_iter().for_each(|entry| gathered.add(entry));
    }
    Ok(gathered)
}
