//! The scenario as a function from fitted values to the series that was observed.

use crate::experiment::base::Base;
use crate::experiment::calibrate::observed::Observed;
use crate::experiment::figure::Figure;
use crate::experiment::frugal;
use crate::experiment::records::Kept;
use crate::experiment::sweep::factor::Between;
use crate::experiment::sweep::workers::in_a_sentence;
use crate::model::World;
use crate::scenario::Diagnostics;
use crate::simulate::{self, Look, Quantity};

/// How what was simulated is held against what was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// Instant by instant: only where nothing of the scenario is random.
    Course,
    /// Sorted by size, against so many replications together: how often which value was there, not when.
    Law {
        /// Replications of each candidate.
        runs: u64,
    },
}

/// A scenario, what is fitted in it and what it is held against.
#[derive(Debug)]
pub struct Model<'a> {
    /// The scenario.
    pub base: &'a Base,
    /// Its records, read once.
    pub records: &'a Kept,
    /// What is set besides, as `key=value`.
    pub sets: &'a [String],
    /// What is fitted.
    pub wishes: &'a [Between],
    /// Which quantity.
    pub quantity: Quantity,
    /// What was observed; values that the simulation never has are taken out by [`keep`](Self::keep).
    pub observed: Observed,
    /// How they are compared.
    pub matching: Matching,
}

/// One candidate's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What was simulated for each observed value \[s\]; NaN where there was nothing to see.
    pub values: Vec<f64>,
    /// Time in which the link was full \[s\].
    pub link_full_s: f64,
    /// Random streams drawn from.
    pub random_streams: u64,
}

impl Model<'_> {
    /// What a candidate sets, as `key=value`.
    pub fn sets_at(&self, at: &[f64]) -> Vec<String> {
        let fitted = self.wishes.iter().zip(at).flat_map(|(wish, share)| wish.choice(*share).sets);
        self.sets.iter().cloned().chain(fitted).collect()
    }

    /// The world with these values set, nothing of it written down that nobody looks at.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn world(&self, sets: &[String]) -> Result<World, Diagnostics> {
        let mut source = self.records;
        let mut world = self.base.load(sets, &mut source)?.world;
        // No round trip is made for a series of the way out.
        world.journey = None;
        let part = match self.quantity {
            Quantity::Lag => "lag",
            Quantity::ReportedRpo => "reported_rpo",
            Quantity::PointAge => "point_age",
        };
        frugal::only_for(&mut world, [&Figure::at(part)]);
        Ok(world)
    }

    /// Simulates a candidate (shares of the way between the ends of each wish).
    ///
    /// # Errors
    /// Why the scenario cannot be loaded with these values.
    pub fn answer(&self, at: &[f64]) -> Result<Answer, String> {
        let world = self.world(&self.sets_at(at)).map_err(|diagnostics| in_a_sentence(&diagnostics))?;
        Ok(self.answer_of(&world))
    }

    /// Simulates a world.
    pub fn answer_of(&self, world: &World) -> Answer {
        match self.matching {
            Matching::Course => self.course(world, 0),
            Matching::Law { runs } => self.pooled(world, 0..runs),
        }
    }

    /// Sum of squares of what is left between observed and simulated \[s^2\]; infinite where something was not simulated.
    pub fn squares(&self, values: &[f64]) -> f64 {
        let sum: f64 = self.targets().iter().zip(values).map(|(target, value)| (target - value) * (target - value)).sum();
        if sum.is_nan() { f64::INFINITY } else { sum }
    }

    /// What was observed, in the order of the answers: by instant, or column by column sorted by size.
    pub fn targets(&self) -> Vec<f64> {
        match self.matching {
            Matching::Course => self.observed.values.iter().map(|(_, _, value)| *value).collect(),
            Matching::Law { .. } => self.by_column(|index| self.observed.values[index].2).into_iter().flat_map(sorted).collect(),
        }
    }

    /// Which instant each answer belongs to; sorted values belong to none, and count one by one.
    pub fn instants(&self) -> Vec<usize> {
        match self.matching {
            Matching::Course => self.observed.values.iter().map(|(instant, _, _)| *instant).collect(),
            Matching::Law { .. } => (0..self.observed.values.len()).collect(),
        }
    }

    /// Leaves out observed values that a candidate does not have; returns how many there were.
    pub fn keep(&mut self, answers: &[Answer]) -> usize {
        if self.matching != Matching::Course {
            return 0;
        }
        let before = self.observed.values.len();
        let mut index = 0;
        self.observed.values.retain(|_| {
            index += 1;
            answers.iter().all(|answer| !answer.values[index - 1].is_nan())
        });
        before - self.observed.values.len()
    }

    /// One replication, as it would be observed.
    pub fn replication(&self, world: &World, number: u64) -> Vec<f64> {
        match self.matching {
            Matching::Course => self.course(world, number).values,
            Matching::Law { .. } => self.pooled(world, number..number + 1).values,
        }
    }

    fn course(&self, world: &World, replication: u64) -> Answer {
        let look = Look { quantity: self.quantity, whom: self.observed.whom.clone(), instants: self.observed.instants.clone() };
        let samples = simulate::sample(world, replication, &look);
        let values = self.observed.values.iter().map(|(instant, column, _)| samples.values[*column][*instant]).collect();
        Answer { values, link_full_s: samples.link_full_s, random_streams: samples.random_streams }
    }

    /// Replications together: of each observed value in order of size, the mean of the simulated ones of the same rank.
    fn pooled(&self, world: &World, numbers: std::ops::Range<u64>) -> Answer {
        let runs: Vec<Answer> = numbers.map(|number| self.course(world, number)).collect();
        let count = runs.len().max(1) as f64;
        let simulated = |index: usize| runs.iter().map(move |run| run.values[index]);
        let by_column = |column: usize| {
            let places: Vec<usize> = (0..self.observed.values.len()).filter(|index| self.observed.values[*index].1 == column).collect();
            let pool = sorted(places.iter().flat_map(|index| simulated(*index)).filter(|value| !value.is_nan()).collect());
            (0..places.len()).map(|rank| of_rank(&pool, rank, places.len())).collect::<Vec<f64>>()
        };
        let values = (0..self.observed.columns.len()).flat_map(by_column).collect();
        let link_full_s = runs.iter().map(|run| run.link_full_s).sum::<f64>() / count;
        Answer { values, link_full_s, random_streams: runs.iter().map(|run| run.random_streams).max().unwrap_or(0) }
    }

    fn by_column(&self, of: impl Fn(usize) -> f64) -> Vec<Vec<f64>> {
        let mut columns = vec![Vec::new(); self.observed.columns.len()];
        for (index, (_, column, _)) in self.observed.values.iter().enumerate() {
            columns[*column].push(of(index));
        }
        columns
    }
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The mean of the part of a sorted pool that stands for one rank of so many.
fn of_rank(pool: &[f64], rank: usize, of: usize) -> f64 {
    let from = rank * pool.len() / of;
    let to = ((rank + 1) * pool.len() / of).max(from + 1).min(pool.len());
    let part = pool.get(from..to).unwrap_or_default();
    if part.is_empty() { f64::NAN } else { part.iter().sum::<f64>() / part.len() as f64 }
}
