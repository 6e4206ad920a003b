//! From stamped rows to a regular grid: order, repeats, contradictions. Gaps stay gaps here.

use super::ImportError;
use super::clock::Clock;
use super::oddities::Oddities;
use crate::units::Span;

/// What to do when a file says two different things about one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Several {
    /// Refuse the file.
    Refuse,
    /// Take their mean.
    Mean,
    /// Take the larger.
    Largest,
    /// Add them up: they are parts of one whole.
    Sum,
}

impl Several {
    /// Reads `refuse`, `mean`, `largest` or `sum`.
    pub fn parse(text: &str) -> Option<Several> {
        Some(match text.trim() {
            "refuse" => Several::Refuse,
            "mean" => Several::Mean,
            "largest" => Several::Largest,
            "sum" => Several::Sum,
            _ => return None,
        })
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            Several::Refuse => "refused",
            Several::Mean => "their mean is taken",
            Several::Largest => "the largest is taken",
            Several::Sum => "their sum is taken",
        }
    }

    /// The rule for samples at different instants of a bucket, which do not contradict each other.
    pub(super) fn across(self) -> Several {
        if self == Several::Refuse { Several::Mean } else { self }
    }

    fn merge(self, values: &[f32]) -> f32 {
        let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
        match self {
            Several::Sum => sum as f32,
            Several::Largest => values.iter().copied().fold(0.0, f32::max),
            Several::Refuse | Several::Mean => (sum / values.len() as f64) as f32,
        }
    }
}

/// Rows as read: a stamp, a line and a value per column each; NaN is a gap.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// \[ns\]
    pub(super) stamps: Vec<i64>,
    pub(super) lines: Vec<u64>,
    /// Row-major \[bytes/s\].
    pub(super) values: Vec<f32>,
}

/// A column of writes and its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// Counted from 0.
    pub(super) index: usize,
}

/// A stretch of buckets, column-major; NaN is a gap.
#[derive(Clone, Debug)]
pub(super) struct Laid {
    /// First bucket of the clock.
    pub(super) first: i64,
    pub(super) buckets: usize,
    pub(super) cells: Vec<f32>,
}

/// Lays `rows` of `columns` onto the clock.
///
/// # Errors
/// Rows that contradict each other, if they are to be refused; stamps so far apart that nearly all buckets would be empty.
pub(super) fn lay(file: &str, rows: &Rows, columns: &[Column], clock: Clock, several: Several, oddities: &mut Oddities) -> Result<Laid, ImportError> {
    let mut order: Vec<usize> = (0..rows.stamps.len()).collect();
    if !rows.stamps.is_sorted() {
        oddities.unsorted = rows.stamps.windows(2).filter(|pair| pair[1] < pair[0]).count();
        order.sort_by_key(|&row| rows.stamps[row]);
    }
    let bucket = |row: usize| clock.bucket(rows.stamps[row]);
    let (Some(&earliest), Some(&latest)) = (order.first(), order.last()) else {
        return Ok(Laid { first: 0, buckets: 0, cells: Vec::new() });
    };
    let first = bucket(earliest);
    let buckets = usize::try_from(bucket(latest) - first).unwrap_or(usize::MAX).saturating_add(1);
    check_spread(file, rows, &order, clock, buckets)?;
    oddities.buckets = buckets;
    note_jitter(rows, &order, clock, oddities);
    let width = columns.len();
    let mut cells = vec![f32::NAN; buckets * width];
    let mut single = Vec::with_capacity(order.len());
    for group in order.chunk_by(|&a, &b| bucket(a) == bucket(b)) {
        let at = (bucket(group[0]) - first) as usize;
        if let [row] = group {
            single.push((at, *row));
            oddities.off_tick += usize::from(!clock.on_tick(rows.stamps[*row]));
            continue;
        }
        let merged = merge_bucket(file, rows, columns, group, clock, several, oddities)?;
        for (column, value) in merged.into_iter().enumerate() {
            cells[column * buckets + at] = value;
        }
    }
    transpose(&single, &rows.values, width, buckets, &mut cells);
    Ok(Laid { first, buckets, cells })
}

/// Counts the neighbours that are within a tenth of a period of being one period apart.
fn note_jitter(rows: &Rows, order: &[usize], clock: Clock, oddities: &mut Oddities) {
    for pair in order.windows(2) {
        let apart = rows.stamps[pair[1]].saturating_sub(rows.stamps[pair[0]]);
        let off = apart.saturating_sub(clock.period).saturating_abs();
        if off > 0 && off <= clock.period / 10 {
            oddities.jitter += 1;
            let (least, greatest) = oddities.jitter_range.unwrap_or((apart, apart));
            oddities.jitter_range = Some((least.min(apart), greatest.max(apart)));
        }
    }
}

/// Row-major to column-major, a band of columns at a time so that both sides stay in cache.
fn transpose(rows: &[(usize, usize)], values: &[f32], width: usize, buckets: usize, cells: &mut [f32]) {
    const BAND: usize = 16;
    for band in (0..width).step_by(BAND) {
        let end = (band + BAND).min(width);
        for &(at, row) in rows {
            for (column, value) in (band..end).zip(&values[row * width + band..row * width + end]) {
                cells[column * buckets + at] = *value;
            }
        }
    }
}

/// A record of a few rows that spans ages is a wrong stamp, and would fill the memory.
fn check_spread(file: &str, rows: &Rows, order: &[usize], clock: Clock, buckets: usize) -> Result<(), ImportError> {
    if buckets <= order.len().saturating_mul(100).saturating_add(1000) {
        return Ok(());
    }
    let apart = |pair: &[usize]| rows.stamps[pair[1]].saturating_sub(rows.stamps[pair[0]]);
    let (hole, row) = order.windows(2).map(|pair| (apart(pair), pair[1])).max().unwrap_or((0, order[0]));
    let span = |nanos: i64| Span::from_nanos(nanos.unsigned_abs());
    let found = format!("a time {} after the one before it", span(hole));
    Err(ImportError::new(file, found, format!("times that follow each other every {}", span(clock.period))).at_line(rows.lines[row]))
}

/// One value per column from several rows of one bucket: within an instant by `several`, across instants their mean (or sum).
fn merge_bucket(
    file: &str,
    rows: &Rows,
    columns: &[Column],
    group: &[usize],
    clock: Clock,
    several: Several,
    oddities: &mut Oddities,
) -> Result<Vec<f32>, ImportError> {
    let width = columns.len();
    let value = |row: usize, column: usize| rows.values[row * width + column];
    let mut instants: Vec<Vec<f32>> = Vec::new();
    for same in group.chunk_by(|&a, &b| rows.stamps[a] == rows.stamps[b]) {
        oddities.off_tick += usize::from(!clock.on_tick(rows.stamps[same[0]]));
        // Exact repeats say nothing new.
        let mut distinct: Vec<usize> = Vec::new();
        for &row in same {
            let repeats = |&other: &usize| (0..width).all(|c| value(row, c).to_bits() == value(other, c).to_bits());
            if distinct.iter().any(repeats) {
                oddities.repeated += 1;
            } else {
                distinct.push(row);
            }
        }
        let mut contradicted = false;
        let mut merged = Vec::with_capacity(width);
        for (column, Column { name, index }) in columns.iter().enumerate() {
            let known: Vec<usize> = distinct.iter().copied().filter(|&row| !value(row, column).is_nan()).collect();
            let values: Vec<f32> = known.iter().map(|&row| value(row, column)).collect();
            if values.iter().any(|&other| other != values[0]) {
                contradicted = true;
                if several == Several::Refuse {
                    return Err(contradiction(file, rows, &known, &values).at_column(*index, name));
                }
            }
            merged.push(if values.is_empty() { f32::NAN } else { several.merge(&values) });
        }
        oddities.contradicted += usize::from(contradicted);
        instants.push(merged);
    }
    if instants.len() == 1 {
        return Ok(instants.swap_remove(0));
    }
    oddities.crowded += 1;
    let across = several.across();
    Ok((0..width)
        .map(|column| {
            let values: Vec<f32> = instants.iter().map(|instant| instant[column]).filter(|value| !value.is_nan()).collect();
            if values.is_empty() { f32::NAN } else { across.merge(&values) }
        })
        .collect())
}

fn contradiction(file: &str, rows: &Rows, known: &[usize], values: &[f32]) -> ImportError {
    let other = values.iter().position(|&value| value != values[0]).unwrap_or(0);
    let found = format!("a row for the same time as line {} with another value", rows.lines[known[0]]);
    let expected = "one row for each time (local times repeat an hour when clocks go back: export in UTC), or a rule for several";
    ImportError::new(file, found, expected).at_line(rows.lines[known[other]])
}
