//! What the page of a sweep needs of its points, taken row by row: sums of all of them, and the first ones themselves. So memory does not grow with their number.

use crate::experiment::sweep::Record;
use crate::experiment::sweep::record::Limit;
use crate::report::sweep::Entry;

/// Points of a grid that the pictures show: one of 100 by 100 is whole.
const MOST_OF_A_GRID: usize = 10_000;
/// Points spread over the space that they show: the first are spread as all are, and more dots would hide each other.
const MOST_SPREAD: usize = 2_000;

/// What a page needs of a sweep: all of a small one, sums of a large one.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// The first points.
    pub entries: Vec<Entry>,
    /// How many points there are.
    pub points: u64,
    /// How many of them failed.
    pub failed: u64,
    /// Each response over all points.
    pub responses: Vec<Seen>,
    /// Of all points, those that no other beats in both of the first two responses.
    pub unbeaten: Unbeaten,
    most: usize,
}

/// What all points say of one response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Least and largest value, each with its point; `None` if there is none.
    pub extremes: Option<[(f64, u64); 2]>,
    /// Points with a value.
    pub measured: u64,
    /// Of these, the ones on the good side of the limit, if there is one.
    pub met: u64,
    limit: Option<Limit>,
}

impl Gathered {
    /// Nothing yet, of such a sweep.
    pub fn new(record: &Record) -> Self {
        let responses = record.responses.iter().map(|response| Seen { limit: response.limit, ..Seen::default() }).collect();
        Gathered { responses, most: if record.design == "grid" { MOST_OF_A_GRID } else { MOST_SPREAD }, ..Gathered::default() }
    }

    /// Takes in the next point.
    pub fn add(&mut self, entry: Entry) {
        self.points += 1;
        self.failed += u64::from(!entry.error.is_empty());
        for (seen, value) in self.responses.iter_mut().zip(&entry.values) {
            if let Some(value) = *value {
                seen.add(value, entry.point);
            }
        }
        if let [Some(first), Some(second), ..] = entry.values[..] {
            self.unbeaten.add((first, second, entry.point));
        }
        if self.entries.len() < self.most {
            self.entries.push(entry);
        }
    }
}

impl Seen {
    fn add(&mut self, value: f64, point: u64) {
        self.measured += 1;
        self.met += u64::from(self.limit.is_some_and(|limit| limit.is_met_by(value)));
        let here = (value, point);
        self.extremes = Some(match self.extremes {
            None => [here, here],
            Some([least, most]) => [if value < least.0 { here } else { least }, if value > most.0 { here } else { most }],
        });
    }
}

/// A point of a plane: two responses, and its number.
pub type At = (f64, f64, u64);

/// The points that no other is at most as large in both and less in one, from the least first response on: the second falls from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Unbeaten(Vec<At>);

impl Unbeaten {
    fn add(&mut self, at: At) {
        let next = self.0.partition_point(|known| known.0 <= at.0);
        if next.checked_sub(1).is_some_and(|before| self.0[before].1 <= at.1) {
            return;
        }
        // Those it beats: as large in the first or larger, and no less in the second.
        let first = self.0.partition_point(|known| known.0 < at.0);
        let beaten = self.0[first..].iter().take_while(|known| known.1 >= at.1).count();
        self.0.splice(first..first + beaten, [at]);
    }

    /// The points.
    pub fn points(&self) -> &[At] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(points: &[At]) -> Vec<At> {
        let mut unbeaten = Unbeaten::default();
        points.iter().for_each(|at| unbeaten.add(*at));
        unbeaten.0
    }

    #[test]
    fn what_another_point_beats_in_both_is_no_choice() {
        let points = [(3.0, 1.0, 0), (1.0, 3.0, 1), (2.0, 2.0, 2), (2.0, 2.5, 3), (4.0, 1.0, 4), (3.0, 3.0, 5)];
        assert_eq!(of(&points), [(1.0, 3.0, 1), (2.0, 2.0, 2), (3.0, 1.0, 0)]);
    }

    /// What is said of all points is said of all, though only the first are kept.
    #[test]
    fn many_points_are_summed_and_few_are_kept() {
        let limit = Some(Limit { value: 10.0, wants_more: false });
        let mut gathered = Gathered { responses: vec![Seen { limit, ..Seen::default() }], most: 100, ..Gathered::default() };
        for point in 0..1000_u64 {
            // Falls from 999 to 0; every hundredth point has nothing to measure and failed.
            let failed = point % 100 == 50;
            let value = (!failed).then_some(999.0 - point as f64);
            let error = if failed { "no link".to_owned() } else { String::new() };
            gathered.add(Entry { point, factors: Vec::new(), values: vec![value], error });
        }
        let seen = &gathered.responses[0];
        assert_eq!((gathered.entries.len(), gathered.points, gathered.failed), (100, 1000, 10));
        assert_eq!((seen.measured, seen.met, seen.extremes), (990, 11, Some([(0.0, 999), (999.0, 0)])));
    }

    proptest! {
        /// One by one gives what looking at each pair gives; of points that are alike, the first stays.
        #[test]
        fn taken_one_by_one_they_are_those_of_all_pairs(values in prop::collection::vec((0..8_u8, 0..8_u8), 0..40)) {
            let points: Vec<At> = values.iter().zip(0..).map(|(&(a, b), number)| (f64::from(a), f64::from(b), number)).collect();
            let beats = |other: &At, at: &At| other.0 <= at.0 && other.1 <= at.1 && (other.0 < at.0 || other.1 < at.1 || other.2 < at.2);
            let mut wanted: Vec<At> = points.iter().filter(|at| !points.iter().any(|other| beats(other, at))).copied().collect();
            wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
            prop_assert_eq!(of(&points), wanted);
        }
    }
}
