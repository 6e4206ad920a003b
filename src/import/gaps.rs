//! Gaps of a record: what they stand for, how they are filled, and the sentences about them.

use super::oddities::{count, grouped};

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
}
