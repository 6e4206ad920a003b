//! Shards put together: the very files that the whole sweep would have written. Whatever is missing, doubled, unfinished or foreign is refused, and then
//! nothing is written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::experiment::sweep::{Record, Shard};
use crate::report::ReportError;
use crate::report::folder::{Draft, failed};
use crate::report::sweep::ledger::{RECORD, RESULTS, RUNS, is_shard_folder, read_record, record_text};
use crate::report::sweep::table::{Lines, entry, is_run, results_header, runs_header};
use crate::report::sweep::{Gathered, page};

/// Merges shards into `out`; without any named, those that lie in `out` itself. A folder that holds shard folders stands for them.
///
/// # Errors
/// If the shards are not those of one sweep, all of them and whole, or if `out` cannot be written.
pub fn merge(out: &Path, named: &[PathBuf]) -> Result<(Record, Gathered), ReportError> {
    let own = [out.to_owned()];
    let shards = shards(if named.is_empty() { &own } else { named })?;
    let record = agree(out, &shards)?;
    if let Some(there) = read_record(out)?.filter(|there| *there != record) {
        let why = format!("it holds another sweep (\"{}\"); name another folder to merge into", there.title);
        return Err(ReportError::Refused { path: out.to_owned(), why });
    }
    let draft = Draft::beside(out, RECORD, is_shard_folder)?;
    let gathered = tables(&draft, out, &record, &shards)?;
    draft.put(RECORD, &record_text(&record)?)?;
    for (name, content) in page::files(&record, &gathered)? {
        draft.put(&name, &content)?;
    }
    draft.publish(&[])?;
    Ok((record, gathered))
}

/// A shard's folder and what it holds.
struct Part {
    folder: PathBuf,
    record: Record,
    shard: Shard,
}

fn refused(folder: &Path, why: impl Into<String>) -> ReportError {
    ReportError::Refused { path: folder.to_owned(), why: why.into() }
}

/// The folders of shards that were named, or lie in folders that were.
fn shards(named: &[PathBuf]) -> Result<Vec<Part>, ReportError> {
    let mut parts: Vec<Part> = Vec::new();
    for folder in named {
        let entries = fs::read_dir(folder).map_err(|source| failed("read", folder, source))?;
        let inside = entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_shard_folder)).map(|entry| entry.path());
        let mut folders: Vec<PathBuf> = inside.collect();
        folders.sort();
        let own = read_record(folder)?.filter(|record| record.shard.is_some() || folders.is_empty());
        match own {
            Some(record) => match record.shard {
                Some(shard) => parts.push(Part { folder: folder.clone(), record, shard }),
                None => return Err(refused(folder, "this is a whole sweep, not a shard of one; there is nothing to merge")),
            },
            None if folders.is_empty() => return Err(refused(folder, format!("there is no shard here (no {RECORD} and no shard folder)"))),
            None => {
                for folder in folders {
                    let record = read_record(&folder)?.ok_or_else(|| refused(&folder, format!("this shard was not begun (no {RECORD} in it)")))?;
                    let shard = record.shard.ok_or_else(|| refused(&folder, "this is a whole sweep, not a shard of one"))?;
                    parts.push(Part { folder, record, shard });
                }
            }
        }
    }
    Ok(parts)
}

/// The record of the whole, if the shards are all of one sweep's.
fn agree(out: &Path, shards: &[Part]) -> Result<Record, ReportError> {
    let Some(first) = shards.first() else { return Err(refused(out, "there is no shard to merge")) };
    let mut seen: BTreeMap<u64, &Path> = BTreeMap::new();
    for part in shards {
        let (record, shown) = (&part.record, first.folder.display());
        if record.version != first.record.version {
            let (this, that) = (&record.version, &first.record.version);
            return Err(refused(&part.folder, format!("failback {this} made it, and failback {that} made {shown}; run all shards with one version")));
        }
        if record.fingerprint != first.record.fingerprint {
            let why = format!("it is a shard of another sweep than {shown}, or its experiment, scenario or records were changed between the two");
            return Err(refused(&part.folder, why));
        }
        if part.shard.of != first.shard.of {
            return Err(refused(&part.folder, format!("it is one of {} shards, and {shown} is one of {}", part.shard.of, first.shard.of)));
        }
        if let Some(other) = seen.insert(part.shard.index, &part.folder) {
            return Err(refused(&part.folder, format!("shard {} is there twice: it is in {} too", part.shard, other.display())));
        }
    }
    let missing: Vec<String> =
        (0..first.shard.of).filter(|index| !seen.contains_key(index)).map(|index| format!("{index}/{}", first.shard.of)).collect();
    if !missing.is_empty() {
        let (noun, verb) = if missing.len() == 1 { ("shard", "is") } else { ("shards", "are") };
        let shown = missing.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
        let more = if missing.len() > 10 { format!(" and {} more", missing.len() - 10) } else { String::new() };
        return Err(refused(out, format!("{noun} {shown}{more} {verb} missing; run them, or name their folders")));
    }
    Ok(Record { shard: None, ..first.record.clone() })
}

/// Writes both tables, a row of each shard in turn, and returns the points.
fn tables(draft: &Draft, out: &Path, record: &Record, shards: &[Part]) -> Result<Gathered, ReportError> {
    let mut readers = BTreeMap::new();
    for part in shards {
        let open = |name: &str, header: Vec<u8>| {
            let path = part.folder.join(name);
            let mut lines = Lines::open(&path).map_err(|source| failed("read", &path, source))?;
            let found = lines.next_line().map_err(|source| failed("read", &path, source))?;
            if found.as_ref() == Some(&header) {
                Ok(lines)
            } else {
                Err(refused(&path, "its first line is not what this sweep writes; run the shard again"))
            }
        };
        readers.insert(part.shard.index, (part, open(RESULTS, results_header(record))?, open(RUNS, runs_header(record))?));
    }
    let mut results = BufWriter::new(draft.begin(RESULTS)?);
    let mut runs = BufWriter::new(draft.begin(RUNS)?);
    let unwritten = |source| failed("write", out, source);
    results.write_all(&results_header(record)).and_then(|()| runs.write_all(&runs_header(record))).map_err(unwritten)?;
    let mut gathered = Gathered::new(record);
    for point in 0..record.points {
        let Some((part, from_results, from_runs)) = readers.get_mut(&(point % shards.len() as u64)) else { break };
        let unread = |source| failed("read", &part.folder, source);
        let unfinished = || {
            let (done, all) = (point / part.shard.of, part.record.size());
            refused(&part.folder, format!("shard {} is not finished ({done} of {all} points); run it again, it goes on from there", part.shard))
        };
        let line = from_results.next_line().map_err(unread)?.ok_or_else(unfinished)?;
        let row = entry(record, &line).filter(|row| row.point == point).ok_or_else(unfinished)?;
        if row.error.is_empty() {
            for replication in 0..record.replications {
                let run = from_runs.next_line().map_err(unread)?.filter(|run| is_run(record, run, point, replication)).ok_or_else(unfinished)?;
                runs.write_all(&run).map_err(unwritten)?;
            }
        }
        results.write_all(&line).map_err(unwritten)?;
        gathered.add(row);
    }
    for (part, from_results, from_runs) in readers.values_mut() {
        for lines in [from_results, from_runs] {
            if lines.next_line().map_err(|source| failed("read", &part.folder, source))?.is_some() {
                return Err(refused(&part.folder, "its tables go on after its last point; run the shard again"));
            }
        }
    }
    results.flush().and_then(|()| runs.flush()).map_err(unwritten)?;
    Ok(gathered)
}
