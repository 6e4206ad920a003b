//! Runs the designs side by side, all replications of a round in parallel, and gathers what each said.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde_json::Value;

use crate::experiment::compare::LOSS;
use crate::experiment::compare::cost::Priced;
use crate::experiment::compare::designs::Design;
use crate::experiment::compare::judge::{pairs, simultaneous};
use crate::experiment::figure::{Figure, NoFigure};
use crate::experiment::gather::Gathered;
use crate::experiment::replications::{HowMany, Row};
use crate::experiment::usual::usual;
use crate::simulate::{self, RunLaws};
use crate::stats::{Fraction, Interval, Next, mean};

/// Runs simulated before what they said is put together: bounds the memory.
const AT_ONCE: usize = 64;

/// What the runs of one design have said so far.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The figures.
    pub gathered: Gathered,
    /// What each run would cost.
    pub costs: Vec<Priced>,
    /// What every run is, where nothing is random.
    always: Option<One>,
}

impl Lane {
    /// Whether anything in the design is random.
    pub fn random(&self) -> bool {
        self.always.is_none()
    }

    fn add(&mut self, one: One) {
        self.gathered.add(one.row, &one.laws);
        self.costs.push(one.cost);
    }
}

/// What one run said.
#[derive(Clone, Debug)]
struct One {
    row: Row,
    laws: RunLaws,
    cost: Priced,
}

/// All designs, each with its runs; run r of each has the random numbers of replication r.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// In the order of the designs.
    pub lanes: Vec<Lane>,
    /// Figures that only some of the designs have, and which are therefore left out.
    pub left_out: Vec<String>,
}

/// Why a figure cannot be compared.
#[derive(Clone, Debug)]
pub struct Lacking {
    /// The figure's path.
    pub figure: String,
    /// Which design does not have it.
    pub label: String,
    /// What there is instead.
    pub why: String,
}

impl Lanes {
    /// Runs replication 0 of each design, which shows which figures there are: those `typed` first, then the usual ones that all designs have.
    ///
    /// # Errors
    /// [`Lacking`] for a figure that was typed and that a design does not have.
    pub fn begin(designs: &[Design], typed: &[Figure], runs: u64, done: &(dyn Fn() + Sync)) -> Result<Self, Lacking> {
        let first = |design: &Design| {
            let (output, laws) = simulate::run_with_laws(&design.loaded.world, 0, &mut |_| ());
            done();
            (serde_json::to_value(&output.results).unwrap_or(Value::Null), laws, output.results.checks.random_streams > 0)
        };
        let firsts: Vec<(Value, RunLaws, bool)> = designs.par_iter().map(first).collect();
        let mut figures: Vec<Figure> = Vec::new();
        for figure in typed {
            for (design, (summary, ..)) in designs.iter().zip(&firsts) {
                let lacking = |NoFigure(why)| Lacking { figure: figure.path().to_owned(), label: design.label.clone(), why };
                figure.of(summary).map_err(lacking)?;
            }
            if !figures.contains(figure) {
                figures.push(figure.clone());
            }
        }
        let mut left_out = Vec::new();
        let all = std::iter::once(Figure::at(LOSS)).chain(designs.iter().flat_map(|design| usual(&design.loaded.world)));
        for figure in all {
            let everywhere = firsts.iter().all(|(summary, ..)| figure.of(summary).is_ok())
                && designs.iter().all(|design| figure.path() == LOSS || usual(&design.loaded.world).contains(&figure));
            let path = figure.path().to_owned();
            if everywhere && !figures.contains(&figure) {
                figures.push(figure);
            } else if !everywhere && !left_out.contains(&path) {
                left_out.push(path);
            }
        }
        let lane = |(summary, laws, random): (Value, RunLaws, bool)| {
            let one = one(&summary, laws, &figures);
            let mut lane = Lane { gathered: Gathered::new(figures.clone(), runs), costs: Vec::new(), always: (!random).then(|| one.clone()) };
            lane.add(one);
            lane
        };
        Ok(Lanes { lanes: firsts.into_iter().map(lane).collect(), left_out })
    }

    /// Whether anything is random in any design.
    pub fn random(&self) -> bool {
        self.lanes.iter().any(Lane::random)
    }

    /// Replications that all designs have.
    pub fn rounds(&self) -> usize {
        self.lanes.iter().map(|lane| lane.gathered.runs()).min().unwrap_or(0)
    }

    /// The figures compared.
    pub fn figures(&self) -> &[Figure] {
        self.lanes.first().map_or(&[], |lane| lane.gathered.figures())
    }

    /// Makes so many more runs of each design. When `stop` is set, runs not begun are left out, and so is what would be a torn round.
    pub fn extend(&mut self, designs: &[Design], more: &[usize], stop: &AtomicBool, done: &(dyn Fn() + Sync)) {
        let figures = self.figures().to_vec();
        let random = self.lanes.iter().filter(|lane| lane.random()).count().max(1);
        let (most, at_once) = (more.iter().copied().max().unwrap_or(0), (AT_ONCE / random).max(1));
        let mut begin = 0;
        while begin < most && !stop.load(Ordering::Relaxed) {
            let end = (begin + at_once).min(most);
            let wanted = |step: usize, design: usize| step < more[design];
            let begun: Vec<usize> = self.lanes.iter().map(|lane| lane.gathered.runs()).collect();
            let tasks: Vec<(usize, usize)> = (begin..end).flat_map(|step| (0..designs.len()).map(move |design| (step, design))).collect();
            let run = |&(step, design): &(usize, usize)| {
                if !wanted(step, design) || !self.lanes[design].random() {
                    return Some(None);
                }
                if stop.load(Ordering::Relaxed) {
                    return None;
                }
                let number = (begun[design] + step - begin) as u64;
                let (output, laws) = simulate::run_with_laws(&designs[design].loaded.world, number, &mut |_| ());
                let summary = serde_json::to_value(&output.results).unwrap_or(Value::Null);
                done();
                Some(Some(one(&summary, laws, &figures)))
            };
            let ran: Vec<Option<Option<One>>> = tasks.par_iter().map(run).collect();
            let whole = tasks.iter().zip(&ran).find(|(_, run)| run.is_none()).map_or(end, |((step, _), _)| *step);
            for ((step, design), run) in tasks.into_iter().zip(ran) {
                if step >= whole || !wanted(step, design) {
                    continue;
                }
                let lane = &mut self.lanes[design];
                if let Some(one) = run.flatten().or_else(|| lane.always.clone()) {
                    lane.add(one);
                }
            }
            begin = end;
        }
    }

    /// How well the first figure's difference is known: the mean of A, with half the width of the widest interval of a difference from A about it.
    pub fn known(&self, level: Fraction) -> Option<Interval> {
        let (first, others) = self.lanes.split_first()?;
        let a = mean(&first.gathered.values(0), level)?;
        let level = simultaneous(level, others.len());
        let mut widest: f64 = 0.0;
        for other in others {
            let (ours, theirs) = pairs(&first.gathered, &other.gathered, 0);
            let differences: Vec<f64> = theirs.iter().zip(&ours).map(|(theirs, ours)| theirs - ours).collect();
            widest = widest.max(mean(&differences, level)?.half_width()?);
        }
        Some(Interval { low: Some(a.estimate - widest), high: Some(a.estimate + widest), ..a })
    }
}

/// What a record says; a figure that it lacks, though the first run had it, was not measured.
fn one(summary: &Value, laws: RunLaws, figures: &[Figure]) -> One {
    One { row: figures.iter().map(|figure| figure.of(summary).ok().flatten()).collect(), laws, cost: Priced::of(summary) }
}

/// Runs all designs until it is enough. `done` is told after each run.
///
/// # Errors
/// As [`Lanes::begin`].
pub fn run(
    designs: &[Design],
    how_many: &HowMany,
    typed: &[Figure],
    level: Fraction,
    stop: &AtomicBool,
    done: &(dyn Fn() + Sync),
) -> Result<Lanes, Lacking> {
    let mut lanes = Lanes::begin(designs, typed, how_many.at_first(), done)?;
    while lanes.random() && !stop.load(Ordering::Relaxed) {
        let rounds = lanes.rounds();
        let more = match how_many {
            HowMany::Fixed(runs) => (*runs as usize).saturating_sub(rounds),
            HowMany::Until(rule) => match rule.next(rounds, lanes.known(level).as_ref()) {
                Next::More(runs) => runs,
                Next::Enough | Next::Capped => 0,
            },
        };
        if more == 0 {
            break;
        }
        lanes.extend(designs, &vec![more; designs.len()], stop, done);
    }
    Ok(lanes)
}
