//! A folder of GWA-T-12 files (Bitbrains, in the Grid Workloads Archive): one file per VM, `.csv` or `.csv.gz`.
//!
//! The archive's traps, all of them met in real files: the header says milliseconds and the values are seconds; the separator is `;` and a tab;
//! stamps jitter by a second and drift over the month; rows are repeated exactly; two series are interleaved in one file; files begin in
//! mid-month. Each is reported in the record's notes, per file. KB is taken as 1000 bytes.

mod file;
mod merge;

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::gaps::GapPolicy;
use super::grid::Several;
use super::oddities::count;
use super::{ImportError, Imported, Unit, source};
use crate::units::Span;

use file::Series;

/// How to read a folder of GWA-T-12 files.
#[derive(Clone, Debug, PartialEq)]
pub struct GwaOptions {
    /// What the write column counts; `None` takes it from the header (`[KB/s]`).
    pub unit: Option<Unit>,
    /// Bucket length; `None` takes the usual distance of rows in the folder.
    pub period: Option<Span>,
    /// What gaps (missing samples) stand for.
    pub gaps: GapPolicy,
    /// What to do with rows of one file that contradict each other about an instant.
    pub several: Several,
}

impl GwaOptions {
    /// Everything detected; the mean of contradicting rows.
    pub fn detect(gaps: GapPolicy) -> GwaOptions {
        GwaOptions { unit: None, period: None, gaps, several: Several::Mean }
    }
}

/// Reads all files of the folder at `path` into one record on a common clock, with a column per file in natural order (`2` before `10`).
///
/// # Errors
/// The first thing, in that order of files, that cannot be used: where it is, what was found, what was expected.
pub fn read_folder(path: &Path, options: &GwaOptions) -> Result<Imported, ImportError> {
    let folder = path.display().to_string();
    let (paths, others) = list(path, &folder)?;
    let series = paths.par_iter().map(|path| {
        let text = source::read(path)?;
        let series = Series::parse(&path.display().to_string(), &text.bytes, options)?;
        Ok(Series { disguised_gzip: text.disguised_gzip, ..series })
    });
    // Which error comes first must not depend on threads, so all are collected before the first is looked for.
    let series: Vec<Result<Series, ImportError>> = series.collect();
    let mut imported = merge::merge(&folder, series.into_iter().collect::<Result<Vec<Series>, ImportError>>()?, options)?;
    if others > 0 {
        imported.record.notes.push(format!("{} in the folder left aside: not .csv or .csv.gz.", count(others, "item")));
    }
    Ok(imported)
}

/// Reads the texts of files, given by name, as [`read_folder`] does.
///
/// # Errors
/// As [`read_folder`].
pub fn parse(files: &[(String, &[u8])], folder: &str, options: &GwaOptions) -> Result<Imported, ImportError> {
    let series: Result<Vec<Series>, ImportError> = files.iter().map(|(name, bytes)| Series::parse(name, bytes, options)).collect();
    merge::merge(folder, series?, options)
}

/// The data files of a folder in natural order, and how many other entries there are.
fn list(path: &Path, folder: &str) -> Result<(Vec<PathBuf>, usize), ImportError> {
    const EXPECTED: &str = "a folder of GWA-T-12 files (.csv or .csv.gz)";
    let fail = |error: &std::io::Error| ImportError::new(folder, source::what_failed(error).replace("file", "folder"), EXPECTED);
    if std::fs::metadata(path).map_err(|error| fail(&error))?.is_file() {
        return Err(ImportError::new(folder, "a file", EXPECTED));
    }
    let (mut files, mut others) = (Vec::new(), 0);
    for entry in std::fs::read_dir(path).map_err(|error| fail(&error))? {
        let path = entry.map_err(|error| fail(&error))?.path();
        if path.is_file() && file::column_name(&path.display().to_string()).is_some() {
            files.push(path);
        } else {
            others += 1;
        }
    }
    if files.is_empty() {
        return Err(ImportError::new(folder, "a folder without .csv or .csv.gz files", EXPECTED));
    }
    files.sort_by(|a, b| natural(&a.display().to_string(), &b.display().to_string()));
    Ok((files, others))
}

/// Numbered files by number, before the others by name.
fn natural(a: &str, b: &str) -> Ordering {
    let number = |name: &str| file::column_name(name).and_then(|column| column.parse::<u64>().ok());
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_natural_order() {
        let mut names = ["d/10.csv", "d/web.csv.gz", "d/9.csv.gz", "d/1.CSV", "d/db.csv"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["d/1.CSV", "d/9.csv.gz", "d/10.csv", "d/db.csv", "d/web.csv.gz"]);
    }
}
