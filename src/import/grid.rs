//! From stamped rows to a regular grid: repeats, gaps, and the sentences about both.

use super::ImportError;
use super::clock::Clock;

/// What a gap in a record stands for (model section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapPolicy {
    /// Nothing was written.
    Zero,
    /// The last known rate went on; nothing before the first sample.
    Hold,
    /// A straight line between the neighbours; before the first sample nothing, after the last one its rate.
    Interpolate,
    /// Unknown: NaN, left out by whoever uses the record.
    Exclude,
}

impl GapPolicy {
    /// Reads `zero`, `hold`, `interpolate` or `exclude`.
    pub fn parse(text: &str) -> Option<GapPolicy> {
        Some(match text.trim() {
            "zero" => GapPolicy::Zero,
            "hold" => GapPolicy::Hold,
            "interpolate" => GapPolicy::Interpolate,
            "exclude" => GapPolicy::Exclude,
            _ => return None,
        })
    }

    fn describe(self) -> &'static str {
        match self {
            GapPolicy::Zero => "taken as nothing written",
            GapPolicy::Hold => "filled with the last known rate",
            GapPolicy::Interpolate => "filled by a straight line between neighbours",
            GapPolicy::Exclude => "left out",
        }
    }

    /// Fills the gaps (NaN) of one column.
    pub(super) fn fill(self, column: &mut [f32]) {
        match self {
            GapPolicy::Zero => column.iter_mut().filter(|cell| cell.is_nan()).for_each(|cell| *cell = 0.0),
            GapPolicy::Hold => {
                let mut last = 0.0;
                for cell in column {
                    if cell.is_nan() {
                        *cell = last;
                    }
                    last = *cell;
                }
            }
            GapPolicy::Interpolate => interpolate(column),
            GapPolicy::Exclude => {}
        }
    }
}

fn interpolate(column: &mut [f32]) {
    let mut at = 0;
    let mut before: Option<f32> = None;
    while at < column.len() {
        if !column[at].is_nan() {
            before = Some(column[at]);
            at += 1;
            continue;
        }
        let gap = column[at..].iter().take_while(|cell| cell.is_nan()).count();
        let after = column.get(at + gap).copied();
        for i in 0..gap {
            column[at + i] = match (before, after) {
                (Some(before), Some(after)) => {
                    let share = (i + 1) as f64 / (gap + 1) as f64;
                    (f64::from(before) * (1.0 - share) + f64::from(after) * share) as f32
                }
                (Some(before), None) => before,
                (None, _) => 0.0,
            };
        }
        at += gap;
    }
}

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

    fn describe(self) -> &'static str {
        match self {
            Several::Refuse => "refused",
            Several::Mean => "their mean is taken",
            Several::Largest => "the largest is taken",
            Several::Sum => "their sum is taken",
        }
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
    /// [ns]
    pub(super) stamps: Vec<i64>,
    pub(super) lines: Vec<u64>,
    /// Row-major [bytes/s].
    pub(super) values: Vec<f32>,
}

/// A column of writes and its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// Counted from 0.
    pub(super) index: usize,
}

/// What was odd about the rows of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Oddities {
    /// Rows that come before an earlier one.
    pub(super) unsorted: usize,
    /// Rows that repeat another one exactly.
    pub(super) repeated: usize,
    /// Instants that several rows disagree about.
    pub(super) contradicted: usize,
    /// Buckets that hold several instants.
    pub(super) crowded: usize,
    /// Instants that are not on a tick of the clock.
    pub(super) off_tick: usize,
}

impl Oddities {
    /// Sentences, for those that are not zero. Repeats are counted in `rows`.
    pub(super) fn sentences(&self, several: Several) -> Vec<String> {
        let mut sentences = Vec::new();
        let mut say = |number: usize, thing: &str, what: String| {
            if number > 0 {
                sentences.push(format!("{} {what}", count(number, thing)));
            }
        };
        say(self.unsorted, "row", String::from("not in order of time: sorted"));
        say(self.repeated, "row", String::from("repeating another exactly: dropped"));
        say(self.contradicted, "instant", format!("with rows that disagree: {}", several.describe()));
        let merged = if several == Several::Sum { several } else { Several::Mean };
        say(self.crowded, "bucket", format!("with samples at several instants (interleaved series, or jitter): {}", merged.describe()));
        say(self.off_tick, "sample", String::from("off the clock's ticks: laid into the bucket that holds them"));
        sentences
    }
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
    let hole = order.windows(2).max_by_key(|pair| rows.stamps[pair[1]].saturating_sub(rows.stamps[pair[0]]));
    let row = hole.map_or(order[0], |pair| pair[1]);
    let found = format!("a time that leaves {} of {} without a row", buckets - order.len(), count(buckets, "bucket"));
    Err(ImportError::new(file, found, format!("times that follow each other every {} s", clock.period as f64 / 1e9)).at_line(rows.lines[row]))
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
    let across = if several == Several::Sum { Several::Sum } else { Several::Mean };
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

/// Counts and fills the gaps of all columns; returns the share of gap cells and a sentence, if there is one.
pub(super) fn fill_gaps(cells: &mut [f32], buckets: usize, policy: GapPolicy) -> (f64, Option<String>) {
    if buckets == 0 || cells.is_empty() {
        return (0.0, None);
    }
    let (mut gaps, mut late) = (0usize, 0usize);
    for column in cells.chunks_exact_mut(buckets) {
        let holes = column.iter().filter(|cell| cell.is_nan()).count();
        if holes > 0 {
            gaps += holes;
            late += usize::from(column[0].is_nan());
            policy.fill(column);
        }
    }
    if gaps == 0 {
        return (0.0, None);
    }
    let share = gaps as f64 / cells.len() as f64;
    let late = if late > 0 { format!("; {} after the record's first bucket", starts(late)) } else { String::new() };
    let percent = 100.0 * share;
    (share, Some(format!("{} of {} ({percent:.1} %) are gaps: {}{late}", grouped(gaps), count(cells.len(), "cell"), policy.describe())))
}

/// A sentence on the columns that hold nothing but zeros and gaps, if there are any.
pub(super) fn never_written(cells: &[f32], buckets: usize) -> Option<String> {
    let idle = cells.chunks_exact(buckets.max(1)).filter(|column| column.iter().all(|rate| rate.is_nan() || *rate == 0.0)).count();
    match idle {
        0 => None,
        1 => Some(String::from("1 column is never written to")),
        _ => Some(format!("{} columns are never written to", grouped(idle))),
    }
}

fn starts(columns: usize) -> String {
    if columns == 1 { String::from("1 column starts") } else { format!("{} columns start", grouped(columns)) }
}

/// `8,640 rows`, `1 row`.
pub(super) fn count(number: usize, thing: &str) -> String {
    format!("{} {thing}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// `8,640`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: f32 = f32::NAN;

    #[test]
    fn each_policy_fills_its_way() {
        let column = [GAP, 2.0, GAP, GAP, 8.0, GAP];
        let filled = |policy: GapPolicy| {
            let mut column = column;
            policy.fill(&mut column);
            column
        };
        assert_eq!(filled(GapPolicy::Zero), [0.0, 2.0, 0.0, 0.0, 8.0, 0.0]);
        assert_eq!(filled(GapPolicy::Hold), [0.0, 2.0, 2.0, 2.0, 8.0, 8.0]);
        assert_eq!(filled(GapPolicy::Interpolate), [0.0, 2.0, 4.0, 6.0, 8.0, 8.0]);
        assert_eq!(filled(GapPolicy::Exclude).map(f32::is_nan), column.map(f32::is_nan));
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1000, 4_320_000].map(grouped), ["0", "999", "1,000", "4,320,000"]);
        assert_eq!(count(1, "row"), "1 row");
    }
}
