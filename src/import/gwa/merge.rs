//! Many files on one clock: period, common first bucket, gaps, and the sentences about each file.

use std::collections::BTreeMap;
use std::slice;
use std::sync::Arc;

use super::super::clock::{Clock, TOLERANCE, usual_distance};
use super::super::gaps;
use super::super::grid::{self, Laid};
use super::super::oddities::{Oddities, count, grouped};
use super::super::stamp;
use super::super::{ImportError, Imported};
use super::GwaOptions;
use super::file::Series;
use crate::model::Record;
use crate::units::Span;

/// A file with fewer distances than this is too short to contradict the others' period.
const ENOUGH_DISTANCES: usize = 16;

/// One file on the folder's clock.
struct Laying {
    laid: Laid,
    notes: Vec<String>,
}

pub(super) fn merge(folder: &str, series: Vec<Series>, options: &GwaOptions) -> Result<Imported, ImportError> {
    check_names(&series)?;
    let instants: Vec<Vec<i64>> = series.iter().map(distinct).collect();
    let period = period(folder, &series, &instants, options)?;
    let mut layings = Vec::with_capacity(series.len());
    for (one, instants) in series.iter().zip(&instants) {
        layings.push(lay(one, instants, period, options)?);
    }
    let (first, buckets) = common(folder, &series, &layings, period)?;
    let mut cells = vec![f32::NAN; buckets * series.len()];
    for (laying, column) in layings.iter_mut().zip(cells.chunks_exact_mut(buckets)) {
        let laid = &laying.laid;
        if laid.buckets > 0 {
            let offset = (laid.first - first) as usize;
            column[offset..offset + laid.buckets].copy_from_slice(&laid.cells);
            laying.notes.extend(late_start(offset, period));
        }
    }
    let (gap_share, gap_note) = gaps::fill_gaps(&mut cells, buckets, options.gaps);

    let span = Span::from_nanos(period.unsigned_abs());
    let unit = match series.split_first() {
        Some((first, others)) if others.iter().all(|other| other.unit == first.unit) => first.unit.describe(),
        _ => String::from("rates in different units, as each header says"),
    };
    let mut notes = vec![format!("{}, {} of {span}; {unit}", count(series.len(), "file"), count(buckets, "bucket"))];
    let false_millis = series.iter().filter(|one| one.false_millis).count();
    if false_millis > 0 {
        notes.push(format!("{} of {}: the header says milliseconds, the times are seconds", grouped(false_millis), count(series.len(), "file")));
    }
    notes.extend(gap_note);
    notes.extend(gaps::never_written(&cells, buckets));
    for (one, laying) in series.iter().zip(&layings) {
        if !laying.notes.is_empty() {
            let name = one.file.rsplit(['/', '\\']).next().unwrap_or(&one.file);
            notes.push(format!("{name}: {}", laying.notes.join("; ")));
        }
    }
    notes.iter_mut().for_each(|note| note.push('.'));
    let record = Record {
        source: folder.to_owned(),
        period: span,
        columns: series.into_iter().map(|one| one.column.name).collect(),
        buckets,
        rates: Arc::new(cells),
        gap_share,
        notes,
    };
    Ok(Imported { record, start: stamp::calendar(first.saturating_mul(period)) })
}

fn check_names(series: &[Series]) -> Result<(), ImportError> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for one in series {
        if let Some(other) = seen.insert(&one.column.name, &one.file) {
            return Err(ImportError::new(&one.file, format!("a second file for the VM of {other}"), "one file per VM"));
        }
    }
    Ok(())
}

/// The different instants of a file, ascending \[ns\].
fn distinct(series: &Series) -> Vec<i64> {
    let mut instants = series.rows.stamps.clone();
    instants.sort_unstable();
    instants.dedup();
    instants
}

/// Distances between stamps and those `lag` places before.
fn distances(instants: &[i64], lag: usize) -> Vec<i64> {
    instants.windows(lag + 1).map(|window| window[lag].saturating_sub(window[0])).collect()
}

/// The declared period, or the usual distance of most samples in the folder; a file that ticks otherwise is refused.
fn period(folder: &str, series: &[Series], instants: &[Vec<i64>], options: &GwaOptions) -> Result<i64, ImportError> {
    let usual: Vec<Option<i64>> = instants.iter().map(|instants| usual_distance(&distances(instants, 1))).collect();
    let period = match options.period {
        Some(span) => i64::try_from(span.as_nanos()).unwrap_or(i64::MAX).max(1),
        None => {
            let mut votes: BTreeMap<i64, usize> = BTreeMap::new();
            for (distance, instants) in usual.iter().zip(instants) {
                if let Some(distance) = *distance {
                    *votes.entry(distance).or_default() += instants.len();
                }
            }
            // Of equals the shorter, which comes first.
            let common = votes.iter().rev().max_by_key(|(_, number)| **number);
            let none = || ImportError::new(folder, "no file with rows at two times", "rows at two times at least, or a declared period");
            *common.ok_or_else(none)?.0
        }
    };
    let same = |distance: i64| (distance as f64 / period as f64 - 1.0).abs() <= TOLERANCE;
    for ((one, instants), usual) in series.iter().zip(instants).zip(&usual) {
        let Some(distance) = *usual else { continue };
        // Where two series are interleaved, every second sample is a period later.
        let interleaved = || usual_distance(&distances(instants, 2)).is_some_and(same);
        if instants.len() > ENOUGH_DISTANCES && !same(distance) && !interleaved() {
            let seconds = |nanos: i64| Span::from_nanos(nanos.unsigned_abs());
            let found = format!("rows that are mostly {} apart", seconds(distance));
            return Err(ImportError::new(&one.file, found, format!("rows {} apart, as in the other files or as declared", seconds(period))));
        }
    }
    Ok(period)
}

fn lay(series: &Series, instants: &[i64], period: i64, options: &GwaOptions) -> Result<Laying, ImportError> {
    let mut oddities = Oddities::default();
    let clock = Clock::on_multiples(instants, period);
    let laid = grid::lay(&series.file, &series.rows, slice::from_ref(&series.column), clock, options.several, &mut oddities)?;
    let mut notes = oddities.sentences(options.several);
    if series.disguised_gzip {
        notes.push(String::from("gzip although its name does not end in .gz"));
    }
    if laid.buckets == 0 {
        notes.push(String::from("no rows"));
    }
    Ok(Laying { laid, notes })
}

/// First bucket and number of buckets that hold all files.
fn common(folder: &str, series: &[Series], layings: &[Laying], period: i64) -> Result<(i64, usize), ImportError> {
    let filled = || layings.iter().filter(|laying| laying.laid.buckets > 0).map(|laying| &laying.laid);
    let bounds = (filled().map(|laid| laid.first).min(), filled().map(|laid| laid.first.saturating_add_unsigned(laid.buckets as u64)).max());
    let (Some(first), Some(end)) = bounds else {
        return Err(ImportError::new(folder, "no rows in any file", "rows"));
    };
    let buckets = usize::try_from(end.saturating_sub(first)).unwrap_or(usize::MAX);
    let rows = series.iter().map(|one| one.rows.stamps.len()).max().unwrap_or(0);
    if buckets > rows.saturating_mul(100).saturating_add(1000) {
        let late = layings.iter().position(|laying| laying.laid.buckets > 0 && laying.laid.first + laying.laid.buckets as i64 == end).unwrap_or(0);
        let found = format!("times {} after those of another file", Span::from_nanos(period.unsigned_abs().saturating_mul(buckets as u64)));
        return Err(ImportError::new(&series[late].file, found, "files of one period of time"));
    }
    Ok((first, buckets))
}

/// A sentence on a file that begins a day or more after the record.
fn late_start(offset: usize, period: i64) -> Option<String> {
    let days = offset as f64 * period as f64 / 86_400e9;
    (days >= 1.0).then(|| format!("begins {days:.1} days after the record"))
}
