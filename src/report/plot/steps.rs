//! Step curves from series rows, thinned to what a picture can show: the largest value, or the mean, of each pixel column.

use crate::report::plot::axis::Scale;
use crate::report::plot::sheet::Place;
use crate::results::SeriesRow;

/// How rows that share a pixel column are merged.
#[derive(Clone, Copy)]
pub enum Merge {
    /// Largest: for lags and backlogs, whose peaks must not vanish.
    Largest,
    /// Mean over time: for rates.
    Mean,
}

/// A stretch of time with one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Start \[s\].
    pub from_s: f64,
    /// End \[s\].
    pub to_s: f64,
    /// Value.
    pub value: f64,
}

/// At most `columns` steps over the rows; few rows come back as they are.
pub fn steps(rows: &[SeriesRow], columns: usize, merge: Merge, of: impl Fn(&SeriesRow) -> f64) -> Vec<Step> {
    let per_step = rows.len().div_ceil(columns.max(1)).max(1);
    rows.chunks(per_step)
        .map(|chunk| {
            let values = chunk.iter().map(&of).filter(|value| value.is_finite());
            let value = match merge {
                Merge::Largest => values.fold(0.0, f64::max),
                Merge::Mean => {
                    let time: f64 = chunk.iter().map(|row| row.to_s - row.from_s).sum();
                    chunk.iter().map(|row| of(row) * (row.to_s - row.from_s)).sum::<f64>() / time.max(f64::MIN_POSITIVE)
                }
            };
            let (from_s, to_s) = (chunk[0].from_s, chunk[chunk.len() - 1].to_s);
            Step { from_s, to_s, value: if value.is_finite() { value } else { 0.0 } }
        })
        .collect()
}

/// The steps as a line.
pub fn outline(steps: &[Step], x: &Scale, y: &Scale) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::with_capacity(2 * steps.len());
    for step in steps {
        let level = y.px(step.value);
        places.push((x.px(step.from_s), level));
        places.push((x.px(step.to_s), level));
    }
    places
}

/// The area between the steps and a floor, whose own steps must lie on the same times.
pub fn area(steps: &[Step], floor: Option<&[Step]>, x: &Scale, y: &Scale) -> Vec<Place> {
    let mut places = outline(steps, x, y);
    match floor {
        Some(floor) => places.extend(outline(floor, x, y).into_iter().rev()),
        None => {
            let base = y.px(0.0);
            if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
                places.push((x.px(last.to_s), base));
                places.push((x.px(first.from_s), base));
            }
        }
    }
    places
}

/// Stretches in which a condition holds, neighbours merged.
pub fn stretches(rows: &[SeriesRow], holds: impl Fn(&SeriesRow) -> bool) -> Vec<(f64, f64)> {
    let mut found: Vec<(f64, f64)> = Vec::new();
    for row in rows.iter().filter(|row| holds(row)) {
        match found.last_mut() {
            Some(last) if last.1 >= row.from_s => last.1 = row.to_s,
            _ => found.push((row.from_s, row.to_s)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Vec<SeriesRow> {
        (0..count)
            .map(|i| SeriesRow { from_s: i as f64, to_s: i as f64 + 1.0, worst_lag_s: if i == 777 { 50.0 } else { 1.0 }, ..SeriesRow::default() })
            .collect()
    }

    #[test]
    fn thinning_keeps_the_peak_and_the_mean() {
        let rows = rows(8640);
        let largest = steps(&rows, 400, Merge::Largest, |row| row.worst_lag_s);
        assert!(largest.len() <= 400);
        assert_eq!(largest.iter().filter(|step| step.value == 50.0).count(), 1);
        let mean = steps(&rows, 400, Merge::Mean, |row| row.worst_lag_s);
        let total: f64 = mean.iter().map(|step| step.value * (step.to_s - step.from_s)).sum();
        assert!((total - (8639.0 + 50.0)).abs() < 1e-6);
    }

    #[test]
    fn stretches_merge_neighbours() {
        let rows = rows(10);
        assert_eq!(stretches(&rows, |row| row.from_s != 4.0), [(0.0, 4.0), (5.0, 10.0)]);
        assert_eq!(stretches(&rows, |_| false), []);
    }
}
