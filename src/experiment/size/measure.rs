//! The runs of a search: some candidates at a time, on all threads, each with its replications. Replication r of every candidate has the same random numbers.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use crate::experiment::figure::{Figure, Kind, NoFigure};
use crate::experiment::frugal;
use crate::experiment::records::Kept;
use crate::experiment::replications::{HowMany, gather_after};
use crate::experiment::size::Plan;
use crate::experiment::size::aim::{Measured, Subject};
use crate::experiment::size::candidates::Candidate;
use crate::experiment::size::search::Rows;
use crate::results::{OneQueueLevel, Results};
use crate::scenario::Diagnostics;
use crate::simulate;

/// Why a candidate could not be judged.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The scenario cannot be loaded with it.
    Load {
        /// What was set.
        sets: Vec<String>,
        /// What is wrong then.
        mistakes: Diagnostics,
    },
    /// The record has no such figure: a clause that offers what there is.
    NoFigure(String),
}

/// A candidate that was simulated.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// Which.
    pub candidate: Candidate,
    /// What its runs say.
    pub measured: Measured,
    /// Goodput of the forward link \[bit/s\].
    pub goodput_bit_per_s: f64,
    /// Whether anything was random.
    pub random: bool,
}

/// What was simulated so far.
pub struct Bench<'p> {
    plan: &'p Plan,
    records: &'p Kept,
    done: &'p (dyn Fn() + Sync),
    /// By number of the candidate.
    pub tried: BTreeMap<usize, Tried>,
    /// The first run of the largest candidate: what binds there binds everywhere.
    pub largest: Option<Results>,
}

impl<'p> Bench<'p> {
    /// Before the first run; `done` is told after each.
    pub fn new(plan: &'p Plan, records: &'p Kept, done: &'p (dyn Fn() + Sync)) -> Self {
        Bench { plan, records, done, tried: BTreeMap::new(), largest: None }
    }

    /// Simulates some candidates and judges each at every level.
    ///
    /// # Errors
    /// The [`Trouble`] of the first that has any.
    pub fn evaluate(&mut self, batch: &[usize]) -> Result<Rows, Trouble> {
        let ran: Vec<Result<(Tried, Results), Trouble>> = batch.par_iter().map(|number| self.one(*number)).collect();
        let mut judged = Vec::new();
        for (number, ran) in batch.iter().zip(ran) {
            let (tried, results) = ran?;
            judged.push(tried.measured.judged(&self.guesses(&tried.candidate, &results)));
            self.tried.insert(*number, tried);
            if number + 1 == self.plan.candidates.count() {
                self.largest = Some(results);
            }
        }
        Ok(judged)
    }

    fn one(&self, number: usize) -> Result<(Tried, Results), Trouble> {
        let (plan, mut source) = (self.plan, self.records);
        let loaded = plan.load(number, &mut source);
        let mut world = loaded.map_err(|mistakes| Trouble::Load { sets: plan.sets(number), mistakes })?.world;
        plan.aim.set_threshold(&mut world);
        // Beside the target: what the search is begun with, and what binds where no value is enough.
        let besides = ["one_queue.levels", "bottlenecks.0.time_s"].map(Figure::at);
        frugal::only_for(&mut world, plan.aim.figures().iter().chain(&besides));
        let (first, laws) = simulate::run_with_laws(&world, 0, &mut |_| ());
        let never = AtomicBool::new(false);
        let how_many = HowMany::Fixed(plan.replications);
        let gathered = gather_after((&first.results, &laws), &world, &how_many, plan.aim.figures(), plan.confidence, &never, self.done);
        let gathered = gathered.map_err(|NoFigure(why)| Trouble::NoFigure(why))?;
        let tried = Tried {
            candidate: plan.candidates.at(number),
            measured: plan.aim.measure(&gathered, plan.confidence),
            goodput_bit_per_s: first.results.link.goodput_bit_per_s,
            random: first.results.checks.random_streams > 0,
        };
        Ok((tried, first.results))
    }

    /// Where the fleet as one queue suggests that the answer is, level by level: that queue is a lower bound on the link that the worst VM needs.
    fn guesses(&self, candidate: &Candidate, results: &Results) -> Vec<Option<usize>> {
        let levels = 0..self.plan.aim.levels();
        let Subject::Law(law, _) = &self.plan.aim.subject else { return levels.map(|_| None).collect() };
        let candidates = &self.plan.candidates;
        let of_the_link = candidates.key.as_ref().is_some_and(|key| key.starts_with("link.forward.")) && candidates.kind() == Some(Kind::BitRate);
        if law != "lag.fleet_worst" || !of_the_link {
            return levels.map(|_| None).collect();
        }
        let per_goodput = match candidate.cell.parse::<f64>() {
            Ok(value) if results.link.goodput_bit_per_s > 0.0 => value / results.link.goodput_bit_per_s,
            _ => return levels.map(|_| None).collect(),
        };
        let near = |share: f64| {
            let distance = |level: &OneQueueLevel| (level.share - share).abs();
            results.one_queue.levels.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).map(|level| level.goodput_bit_per_s)
        };
        levels.map(|level| candidates.before(near(self.plan.aim.share_of(level)?)? * per_goodput)).collect()
    }
}
