//! The folder of a sweep while it runs: rows are appended as they finish, and a sweep that was stopped at any moment goes on from the last whole row.
//!
//! `sweep.json` says which sweep it is and is there before any row. A point's rows of `runs.csv` are written before its row of `results.csv`, each with a
//! single write; so after a kill at any moment the points that both tables hold whole are a beginning of all points, and what follows them is cut off.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::experiment::sweep::workers::Finished;
use crate::experiment::sweep::{Record, Shard};
use crate::report::ReportError;
use crate::report::folder::{failed, only_welcome};
use crate::report::sweep::table::{Lines, entry, is_run, results_header, results_row, runs_header, runs_rows};

/// Which sweep a folder holds.
pub const RECORD: &str = "sweep.json";
/// One row a point.
pub const RESULTS: &str = "results.csv";
/// One row a replication.
pub const RUNS: &str = "runs.csv";
/// A file that takes the place of another once it is whole.
const PARTIAL: &str = ".failback-partial";

/// An open folder of a sweep.
pub struct Ledger {
    folder: PathBuf,
    record: Record,
    results: File,
    runs: File,
    finished: u64,
    failed: u64,
}

impl Ledger {
    /// Opens the folder for a sweep: begins it, or goes on with what is whole. `fresh` throws away what an earlier sweep left there.
    ///
    /// # Errors
    /// If the folder cannot be written, holds foreign files, or another sweep.
    pub fn open(folder: &Path, record: &Record, fresh: bool) -> Result<Self, ReportError> {
        if folder.exists() && !folder.is_dir() {
            return Err(ReportError::NotAFolder { path: folder.to_owned() });
        }
        fs::create_dir_all(folder).map_err(|source| failed("create", folder, source))?;
        if fresh && folder.join(RECORD).is_file() {
            clear(folder)?;
            put(folder, RECORD, &record_text(record)?)?;
        }
        match read_record(folder)? {
            Some(there) => same(folder, &there, record)?,
            None if only_welcome(folder, |name| matches!(name, PARTIAL | "plots") || is_shard_folder(name))? => {
                put(folder, RECORD, &record_text(record)?)?;
            }
            None => return Err(ReportError::NotOurs { path: folder.to_owned(), marker: RECORD }),
        }
        let (results, runs) = (table(folder, RESULTS)?, table(folder, RUNS)?);
        let mut ledger = Ledger { folder: folder.to_owned(), record: record.clone(), results, runs, finished: 0, failed: 0 };
        ledger.take_up()?;
        Ok(ledger)
    }

    /// How many points are in the tables.
    pub fn finished(&self) -> u64 {
        self.finished
    }

    /// How many of them failed.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// Appends a finished point, the next in order; `factors` are its cells.
    ///
    /// # Errors
    /// If the tables cannot be written. What was written before stays.
    pub fn append(&mut self, factors: &[String], finished: &Finished) -> Result<(), ReportError> {
        let (point, outcome) = (finished.point, &finished.outcome);
        let failed = |name: &str, source| failed("write", &self.folder.join(name), source);
        self.runs.write_all(&runs_rows(point, outcome)).map_err(|source| failed(RUNS, source))?;
        self.results.write_all(&results_row(&self.record, point, factors, outcome)).map_err(|source| failed(RESULTS, source))?;
        self.finished += 1;
        self.failed += u64::from(outcome.is_err());
        Ok(())
    }

    /// Makes sure that the tables are on the disk.
    ///
    /// # Errors
    /// If the system could not write them after all.
    pub fn settle(&self) -> Result<(), ReportError> {
        for (file, name) in [(&self.runs, RUNS), (&self.results, RESULTS)] {
            file.sync_all().map_err(|source| failed("write", &self.folder.join(name), source))?;
        }
        Ok(())
    }

    /// Finds the last point that both tables hold whole and cuts off what follows it.
    fn take_up(&mut self) -> Result<(), ReportError> {
        let (results_path, runs_path) = (self.folder.join(RESULTS), self.folder.join(RUNS));
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source: io::Error| failed("read", &path, source)
        };
        let mut results = Lines::open(&results_path).map_err(unreadable(&results_path))?;
        let mut runs = Lines::open(&runs_path).map_err(unreadable(&runs_path))?;
        let begun = self.begin(&mut results, RESULTS, &results_header(&self.record))? & self.begin(&mut runs, RUNS, &runs_header(&self.record))?;
        let (mut results_end, mut runs_end) = (results.offset, runs.offset);
        let shard = self.record.shard.unwrap_or(Shard::ALL);
        while begun && self.finished < self.record.size() {
            let point = shard.point(self.finished);
            let Some(line) = results.next_line().map_err(unreadable(&results_path))? else { break };
            let Some(row) = entry(&self.record, &line).filter(|row| row.point == point) else { break };
            let mut whole = true;
            if row.error.is_empty() {
                for replication in 0..self.record.replications {
                    let line = runs.next_line().map_err(unreadable(&runs_path))?;
                    whole &= line.is_some_and(|line| is_run(&self.record, &line, point, replication));
                }
            }
            if !whole {
                break;
            }
            (results_end, runs_end) = (results.offset, runs.offset);
            self.finished += 1;
            self.failed += u64::from(!row.error.is_empty());
        }
        for (file, end, path) in [(&mut self.results, results_end, &results_path), (&mut self.runs, runs_end, &runs_path)] {
            file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).map_err(|source| failed("write", path, source))?;
        }
        Ok(())
    }

    /// Reads a table's header; writes it anew, and says no, if there is none that is whole.
    fn begin(&self, lines: &mut Lines, name: &str, header: &[u8]) -> Result<bool, ReportError> {
        let path = self.folder.join(name);
        let found = lines.next_line().map_err(|source| failed("read", &path, source))?;
        match found {
            Some(found) if found == header => Ok(true),
            Some(_) => Err(ReportError::Refused { path, why: "its first line is not what this sweep writes; --fresh starts over".to_owned() }),
            None => {
                let mut file = if name == RESULTS { &self.results } else { &self.runs };
                let written = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| file.write_all(header));
                written.map_err(|source| failed("write", &path, source))?;
                lines.offset = header.len() as u64;
                Ok(false)
            }
        }
    }
}

fn table(folder: &Path, name: &str) -> Result<File, ReportError> {
    let path = folder.join(name);
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(|source| failed("write", &path, source))
}

/// The record of the sweep in a folder, if there is one.
///
/// # Errors
/// If it cannot be read or understood.
pub fn read_record(folder: &Path) -> Result<Option<Record>, ReportError> {
    let path = folder.join(RECORD);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
        Err(source) => return Err(failed("read", &path, source)),
    };
    match serde_json::from_str(&text) {
        Ok(record) => Ok(Some(record)),
        Err(error) => Err(ReportError::Refused { path, why: format!("this is not the record of a sweep as this version writes it ({error})") }),
    }
}

/// The record as its file has it.
pub fn record_text(record: &Record) -> Result<Vec<u8>, ReportError> {
    let text = serde_json::to_string_pretty(record);
    text.map(|text| format!("{text}\n").into_bytes()).map_err(|error| ReportError::Render { what: RECORD.to_owned(), reason: error.to_string() })
}

/// Passes if what lies there is this sweep.
fn same(folder: &Path, there: &Record, record: &Record) -> Result<(), ReportError> {
    let shard = |record: &Record| record.shard.map_or("a whole sweep".to_owned(), |shard| format!("shard {shard}"));
    let why = if there == record {
        return Ok(());
    } else if there.version != record.version {
        format!("it holds a sweep that failback {} began, and this is {}", there.version, record.version)
    } else if there.fingerprint != record.fingerprint {
        format!("it holds another sweep (\"{}\"), or this one before its experiment, scenario or records were changed", there.title)
    } else {
        format!("it holds {}, not {}", shard(there), shard(record))
    };
    Err(ReportError::Refused { path: folder.to_owned(), why: format!("{why}; name another folder with --out, or start over with --fresh") })
}

/// The folder of a shard inside that of its sweep.
pub fn shard_folder(shard: Shard) -> String {
    format!("shard-{}-of-{}", shard.index, shard.of)
}

/// Whether a folder's name is that of a shard.
pub fn is_shard_folder(name: &str) -> bool {
    let parts = name.strip_prefix("shard-").and_then(|rest| rest.split_once("-of-"));
    parts.is_some_and(|(index, of)| format!("{index}/{of}").parse::<Shard>().is_ok())
}

/// Writes a file of the folder so that it is there whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn put(folder: &Path, relative: &str, content: &[u8]) -> Result<(), ReportError> {
    let (path, partial) = (folder.join(relative), folder.join(PARTIAL));
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = made.and_then(|()| fs::write(&partial, content)).and_then(|()| fs::rename(&partial, &path));
    written.map_err(|source| {
        // Gone if it was never made; otherwise nothing can be done about a failure here.
        let _ = fs::remove_file(&partial);
        failed("write", &path, source)
    })
}

/// Removes what an earlier sweep left in the folder, except its record: until that is replaced, the folder is known for what it is.
fn clear(folder: &Path) -> Result<(), ReportError> {
    let is_plot =
        |name: &str| (name.starts_with("response-") || name.starts_with("trade-off")) && [".svg", ".png"].iter().any(|end| name.ends_with(end));
    let mut paths: Vec<PathBuf> = [RESULTS, RUNS, "report.html"].iter().map(|name| folder.join(name)).collect();
    let plots = fs::read_dir(folder.join("plots")).into_iter().flatten().flatten();
    paths.extend(plots.filter(|entry| entry.file_name().to_str().is_some_and(is_plot)).map(|entry| entry.path()));
    for path in paths {
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(failed("remove", &path, source)),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::figure::Kind;
    use crate::experiment::sweep::record::{FactorColumn, ResponseColumn};

    fn record() -> Record {
        Record {
            schema: 1,
            version: "1".into(),
            fingerprint: "f".into(),
            title: "t".into(),
            name: "n".into(),
            scenario: "s".into(),
            design: "grid".into(),
            seed: 1,
            points: 4,
            replications: 2,
            factors: vec![FactorColumn { name: "a".into(), column: "a".into(), kind: None, logarithmic: false }],
            responses: vec![ResponseColumn { path: "lag".into(), column: "lag_s".into(), kind: Kind::Time, limit: None }],
            shard: None,
            credibility: None,
        }
    }

    fn finished(point: u64) -> Finished {
        let outcome = if point == 2 { Err("two\nlines, \"quoted\"".to_owned()) } else { Ok(vec![vec![Some(point as f64 / 3.0)], vec![None]]) };
        Finished { point, outcome }
    }

    fn go_on(folder: &Path) -> u64 {
        let mut ledger = Ledger::open(folder, &record(), false).unwrap();
        let before = ledger.finished();
        for point in before..4 {
            ledger.append(&[format!("level {point}")], &finished(point)).unwrap();
        }
        before
    }

    #[test]
    fn cut_off_anywhere_it_goes_on_to_the_same_tables() {
        let room = tempfile::tempdir().unwrap();
        assert_eq!(go_on(room.path()), 0);
        let read = |name: &str| fs::read(room.path().join(name)).unwrap();
        let (results, runs) = (read(RESULTS), read(RUNS));
        assert_eq!(String::from_utf8_lossy(&results).lines().nth(3), Some("2,level 2,2,,,,,\"two lines, \"\"quoted\"\"\""));
        for results_end in 0..=results.len() {
            for runs_end in (0..=runs.len()).step_by(3).chain([runs.len()]) {
                fs::write(room.path().join(RESULTS), &results[..results_end]).unwrap();
                fs::write(room.path().join(RUNS), &runs[..runs_end]).unwrap();
                let taken_up = go_on(room.path());
                assert!(taken_up as usize <= results[..results_end].split(|byte| *byte == b'\n').count());
                assert_eq!((read(RESULTS), read(RUNS)), (results.clone(), runs.clone()), "cut at {results_end} and {runs_end}");
            }
        }
        assert_eq!(go_on(room.path()), 4);
    }

    #[test]
    fn rows_in_the_wrong_order_are_made_again() {
        let room = tempfile::tempdir().unwrap();
        go_on(room.path());
        let table = fs::read_to_string(room.path().join(RESULTS)).unwrap();
        let mut lines: Vec<&str> = table.lines().collect();
        lines.swap(2, 3);
        fs::write(room.path().join(RESULTS), lines.join("\n") + "\n").unwrap();
        assert_eq!(go_on(room.path()), 1);
        assert_eq!(fs::read_to_string(room.path().join(RESULTS)).unwrap(), table);
    }
}
