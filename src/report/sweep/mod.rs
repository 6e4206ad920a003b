//! A sweep's folder: tables that grow as points finish (`ledger`), shards put together (`merge`), and the page at the end.

mod ledger;
mod merge;
mod page;
mod table;

use std::path::Path;

use crate::experiment::sweep::Record;
use crate::report::ReportError;
use crate::report::folder::failed;

pub use ledger::{Ledger, RESULTS, shard_folder};
pub use merge::merge;
pub use table::Entry;

/// Points that the page can show; of a larger sweep, the first.
const MOST_SHOWN: usize = 20_000;

/// What a page needs of a sweep: all of a small one, sums of a large one.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// The first points.
    pub entries: Vec<Entry>,
    /// How many points there are.
    pub points: u64,
    /// How many of them failed.
    pub failed: u64,
    /// Each response's least and largest value, each with its point.
    pub extremes: Vec<Option<[(f64, u64); 2]>>,
}

impl Gathered {
    fn add(&mut self, entry: Entry) {
        self.points += 1;
        self.failed += u64::from(!entry.error.is_empty());
        self.extremes.resize(entry.values.len(), None);
        for (extremes, value) in self.extremes.iter_mut().zip(&entry.values) {
            let Some(value) = *value else { continue };
            let here = (value, entry.point);
            *extremes = Some(match *extremes {
                None => [here, here],
                Some([least, most]) => [if value < least.0 { here } else { least }, if value > most.0 { here } else { most }],
            });
        }
        if self.entries.len() < MOST_SHOWN {
            self.entries.push(entry);
        }
    }
}

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
    let mut gathered = Gathered::default();
    while let Some(line) = lines.next_line().map_err(unread)? {
        // The header is no entry.
        table::entry(record, &line).into_iter().for_each(|entry| gathered.add(entry));
    }
    Ok(gathered)
}
