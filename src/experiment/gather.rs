//! Gathers the runs of one world: the figures of each, and the laws over time put together in sections, so that memory does not grow with the runs.

use crate::experiment::figure::Figure;
use crate::experiment::replications::Row;
use crate::results::{FigureOverRuns, Law};
use crate::simulate::RunLaws;
use crate::stats::{FEWEST_SECTIONS, Fraction, Interval, Sides, mean, quantile_of_values, sectioned, share};

/// Most sections that the laws over time are put together in.
pub const MOST_SECTIONS: usize = 20;

/// What the runs so far have said.
#[derive(Clone, Debug)]
pub struct Gathered {
    figures: Vec<Figure>,
    rows: Vec<Row>,
    sections: Vec<RunLaws>,
}

impl Gathered {
    /// Of these figures, before the first run. Runs are dealt out in turn to as many sections as make so many `runs` come out even, if any do.
    pub fn new(figures: Vec<Figure>, runs: u64) -> Self {
        let uneven = |sections: &usize| runs as usize % sections;
        let sections = (FEWEST_SECTIONS..=MOST_SECTIONS).rev().min_by_key(uneven).unwrap_or(MOST_SECTIONS);
        Gathered { figures, rows: Vec::new(), sections: vec![RunLaws::default(); sections] }
    }

    /// Takes in the next run; the order of runs decides how sums are rounded, so it is that of their numbers.
    pub fn add(&mut self, row: Row, laws: &RunLaws) {
        let section = self.rows.len() % self.sections.len();
        self.sections[section].merge(laws);
        self.rows.push(row);
    }

    /// How many runs.
    pub fn runs(&self) -> usize {
        self.rows.len()
    }

    /// The figures of every run.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The figures asked for.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// Whether some figure differs between two runs.
    pub fn differ(&self) -> bool {
        self.rows.windows(2).any(|pair| pair[0] != pair[1])
    }

    /// The values of a figure in the runs in which there was something to measure.
    pub fn values(&self, figure: usize) -> Vec<f64> {
        self.rows.iter().filter_map(|row| row[figure]).collect()
    }

    /// Whether a figure is one of a law over time that is put together over the runs.
    pub fn is_of_law(&self, figure: usize) -> bool {
        law_of(self.figures[figure].path()).is_some_and(|(place, _)| self.sections[0].get(place).is_some())
    }

    /// The estimate of a figure: of a law over time, that of the law of all runs together; of anything else, the mean over the runs.
    pub fn estimate(&self, figure: usize, level: Fraction) -> Option<Interval> {
        match law_of(self.figures[figure].path()) {
            Some((place, part)) if self.is_of_law(figure) => self.of_all_time(place, part, level),
            _ => mean(&self.values(figure), level),
        }
    }

    /// A figure of the law over the time of all runs, with its interval by sectioning.
    fn of_all_time(&self, place: &str, part: Part, level: Fraction) -> Option<Interval> {
        let used = self.rows.len().min(self.sections.len());
        let merged = |sections: &[RunLaws]| {
            let (first, others) = sections.split_first()?;
            let mut all = first.get(place)?.clone();
            for section in others {
                all.merge(section.get(place)?);
            }
            part.of(&all.finish())
        };
        let found = sectioned(&self.sections[..used], used, level, merged)?;
        Some(Interval { values: self.rows.len(), ..found })
    }

    /// All that is said of each figure.
    pub fn over_runs(&self, level: Fraction) -> Vec<FigureOverRuns> {
        (0..self.figures.len()).map(|number| self.of_figure(number, level)).collect()
    }

    fn of_figure(&self, number: usize, level: Fraction) -> FigureOverRuns {
        let figure = &self.figures[number];
        let values = self.values(number);
        FigureOverRuns {
            figure: figure.path().to_owned(),
            unit: figure.kind().unit().to_owned(),
            measured: values.len() as u64,
            estimate: self.estimate(number, level),
            least: values.iter().copied().reduce(f64::min),
            median: quantile_of_values(&values, Fraction::P50, level, Sides::Both),
            p95: quantile_of_values(&values, Fraction::P95, level, Sides::Both),
            p99: quantile_of_values(&values, Fraction::P99, level, Sides::Both),
            most: values.iter().copied().reduce(f64::max),
            above_zero: share(values.iter().filter(|value| **value > 0.0).count(), values.len(), level, Sides::Both),
        }
    }
}

/// Whether a figure is of one of these laws over time, and not its maximum, which belongs to the length of the run.
pub fn is_of_law(figure: &Figure, laws: &RunLaws) -> bool {
    law_of(figure.path()).is_some_and(|(place, _)| laws.get(place).is_some())
}

/// Which figure of a law.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Mean,
    P50,
    P90,
    P95,
    P99,
    ShareOver,
}

impl Part {
    fn of(self, law: &Law) -> Option<f64> {
        if law.observed_s <= 0.0 {
            return None;
        }
        match self {
            Part::Mean => Some(law.mean),
            Part::P50 => law.p50,
            Part::P90 => law.p90,
            Part::P95 => law.p95,
            Part::P99 => law.p99,
            Part::ShareOver => law.share_over,
        }
    }
}

/// Which law over time a figure is of, by its place in the record, and which part of it; `None` for other figures. Losses of time are the same laws by another name.
fn law_of(path: &str) -> Option<(&str, Part)> {
    let (place, part) = path.rsplit_once('.')?;
    let part = match part {
        "mean" => Part::Mean,
        "p50" => Part::P50,
        "p90" => Part::P90,
        "p95" => Part::P95,
        "p99" => Part::P99,
        "share_over" => Part::ShareOver,
        _ => return None,
    };
    let place = match place {
        "loss.latest_byte.time.fleet_worst" => "lag.fleet_worst",
        "loss.latest_byte.time.pooled" => "lag.pooled",
        "loss.latest_marker.time.fleet_worst" => "reported_rpo.fleet_worst",
        "loss.latest_marker.time.pooled" => "reported_rpo.pooled",
        "loss.latest_processed.time.fleet_worst" => "point_age.fleet_worst",
        "loss.latest_processed.time.pooled" => "point_age.pooled",
        "loss.latest_app.time.fleet_worst" => "app_point_age.fleet_worst",
        "loss.latest_app.time.pooled" => "app_point_age.pooled",
        other => other,
    };
    Some((place, part))
}
