//! The method: each input by itself, then screening by elementary effects, then Sobol indices of the inputs that are left. It knows no scenario: a closure says what
//! comes out at a place.
//!
//! Screening leaves an input out only if even the upper end of its mean effect is next to nothing beside the largest; so an input that matters rarely, but then
//! much, stays. What is left out keeps its default from then on.

use crate::engine::Streams;
use crate::experiment::replications::Row;
use crate::experiment::sensitivity::noise::noise_share;
use crate::stats::{Effect, Fraction, MorrisDesign, SobolDesign, SobolIndices, sobol_sequence};

/// Confidence of all intervals.
pub const LEVEL: Fraction = Fraction::P95;
/// Inputs that get Sobol indices, at most: each costs as many points as there are rows.
pub const MOST_LEFT: usize = 10;
/// An effect that is at most this share of the largest is next to nothing: of an even response, 1/400 of the largest input's part of the variance.
pub const NEXT_TO_NOTHING: f64 = 0.05;
/// Fewer trajectories give no interval to go by: Student's t of three values is 3.2.
pub const FEWEST_TRAJECTORIES: u64 = 4;
/// Fewer rows give indices that mean nothing.
pub const FEWEST_ROWS: u64 = 32;
/// Bootstrap samples of each index.
const SAMPLES: usize = 1000;
/// Outcomes that differ by less than this share of their size differ by rounding.
const ROUNDING: f64 = 1e-9;

/// Where each input is, as a share of its range; none: at its default.
pub type Place = Vec<Option<f64>>;

/// What came out at a place: the responses of each replication (one where nothing is random), or why there is nothing.
pub type Ran = Result<Vec<Row>, String>;

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Trajectories of the screening.
    pub trajectories: u64,
    /// Rows of the indices.
    pub rows: u64,
    /// Whether it ends with the screening.
    pub screen_only: bool,
    /// Replications of each place.
    pub replications: u64,
    /// Most runs in all.
    pub budget: Option<u64>,
    /// Seed of the designs.
    pub seed: u64,
}

/// One part of the runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What it is called in tables: `alone`, `screening`, `indices`.
    pub name: &'static str,
    /// Where it ran.
    pub places: Vec<Place>,
    /// What came out, place by place.
    pub outcomes: Vec<Ran>,
}

/// Why there are no Sobol indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// The screening alone was asked for.
    NotAsked,
    /// No input moves any response.
    NothingMoves,
    /// This input alone moves the responses.
    OneLeft(usize),
    /// The budget has not so many runs left that it would be worth while.
    Budget {
        /// Runs that are left.
        left: u64,
        /// Runs of the fewest rows.
        least: u64,
    },
    /// It was interrupted.
    Interrupted,
}

/// The inputs that have Sobol indices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Second {
    /// Which, the one with the largest effect first.
    pub inputs: Vec<usize>,
    /// Inputs that the screening kept and that there was no room for.
    pub no_room: Vec<usize>,
    /// Rows.
    pub rows: u64,
}

/// What is said of one response.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// With every input at its default; none if there was nothing to measure.
    pub baseline: Option<f64>,
    /// Of each input, the response at each of its samples, all others at their defaults.
    pub alone: Vec<Vec<Option<f64>>>,
    /// The effect of each input; none if too much of the screening could not be run.
    pub effects: Option<Vec<Effect>>,
    /// Which inputs the screening keeps for this response.
    pub kept: Vec<bool>,
    /// The indices of each input of the second stage; none without it, or if the response does not vary.
    pub indices: Option<Vec<SobolIndices>>,
    /// The response over all inputs taken at random, in order of size.
    pub spread: Vec<f64>,
    /// Share of the variance between places that is chance; none where nothing is random or there is one replication.
    pub noise: Option<f64>,
    /// Places that ran, with nothing to measure there.
    pub unmeasured: u64,
}

/// All that came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The parts, in order.
    pub stages: Vec<Stage>,
    /// The inputs with indices, or why there are none.
    pub second: Result<Second, Skipped>,
    /// Each response.
    pub responses: Vec<Analysis>,
}

impl Settings {
    /// Places of the first two parts, for inputs with so many samples each.
    pub fn first_places(&self, samples: &[Vec<f64>]) -> u64 {
        alone_places(samples) + self.trajectories * (samples.len() as u64 + 1)
    }

    /// Places of the third part for so many inputs.
    pub fn last_places(&self, inputs: usize) -> u64 {
        if self.screen_only || inputs < 2 { 0 } else { self.rows * (inputs.min(MOST_LEFT) as u64 + 2) }
    }

    /// With as many trajectories as the budget has room for.
    ///
    /// # Errors
    /// The fewest runs that would do, if that is more than the budget.
    pub fn within_budget(self, samples: &[Vec<f64>]) -> Result<Self, u64> {
        let Some(budget) = self.budget else { return Ok(self) };
        let (each, alone) = (samples.len() as u64 + 1, alone_places(samples));
        let fewest = self.trajectories.min(FEWEST_TRAJECTORIES);
        let room = (budget / self.replications).saturating_sub(alone) / each;
        if room < fewest {
            Err((alone + fewest * each) * self.replications)
        } else {
            Ok(Settings { trajectories: self.trajectories.min(room), ..self })
        }
    }
}

fn alone_places(samples: &[Vec<f64>]) -> u64 {
    1 + samples.iter().map(Vec::len).sum::<usize>() as u64
}

/// Runs the chain. `samples` are the shares at which each input is looked at by itself; `evaluate` gives what came out at places, in their order, or nothing if it
/// was interrupted. Nothing comes back if that was before the screening was done.
pub fn run(samples: &[Vec<f64>], responses: usize, settings: &Settings, evaluate: &mut dyn FnMut(&[Place]) -> Option<Vec<Ran>>) -> Option<Chain> {
    let inputs = samples.len();
    let streams = Streams::new(settings.seed, 0);
    let mut part = |name: &'static str, places: Vec<Place>| evaluate(&places).map(|outcomes| Stage { name, places, outcomes });

    let alone = part("alone", places_alone(samples))?;
    let design = MorrisDesign::new(settings.trajectories as usize, inputs, &mut streams.stream("sensitivity", "morris"));
    let screening = part("screening", design.points().iter().map(|point| point.iter().map(|share| Some(*share)).collect()).collect())?;

    let mut analyses: Vec<Analysis> = (0..responses).map(|response| of_alone(response, &alone, samples)).collect();
    for (response, analysis) in analyses.iter_mut().enumerate() {
        let values = values(&screening, response);
        analysis.effects = design.effects(&values, LEVEL);
        analysis.kept = analysis.effects.as_ref().map_or_else(|| vec![false; inputs], |effects| kept(effects, &values));
        analysis.noise = noise(screening.outcomes.iter(), response, settings.replications);
    }

    let spent = (alone.places.len() + screening.places.len()) as u64 * settings.replications;
    let mut stages = vec![alone, screening];
    let second = chosen(&analyses, settings, spent).and_then(|second| {
        let mut stream = streams.stream("sensitivity", "sobol");
        // As many points and coordinates as the sequence has: both numbers are checked before.
        let rows = sobol_sequence(second.rows as usize, 2 * second.inputs.len(), &mut stream).unwrap_or_default();
        let Some(design) = SobolDesign::new(&rows) else { return Err(Skipped::NothingMoves) };
        let place = |point: &Vec<f64>| {
            let mut place = vec![None; inputs];
            second.inputs.iter().zip(point).for_each(|(input, share)| place[*input] = Some(*share));
            place
        };
        let stage = part("indices", design.points().iter().map(place).collect()).ok_or(Skipped::Interrupted)?;
        for (response, analysis) in analyses.iter_mut().enumerate() {
            let values = values(&stage, response);
            if differ(&values) {
                analysis.indices = design.indices(&values, LEVEL, SAMPLES, &mut streams.stream("sensitivity", "bootstrap"));
            }
            // Of each row the first two points are independent of everything else.
            let each = second.inputs.len() + 2;
            let apart = |place: &usize| place % each < 2;
            analysis.spread = values.iter().enumerate().filter(|(place, value)| apart(place) && !value.is_nan()).map(|(_, value)| *value).collect();
            analysis.spread.sort_by(f64::total_cmp);
            let independent = stage.outcomes.iter().enumerate().filter(|(place, _)| apart(place)).map(|(_, ran)| ran);
            analysis.noise = noise(independent, response, settings.replications);
        }
        stages.push(stage);
        Ok(second)
    });
    for (response, analysis) in analyses.iter_mut().enumerate() {
        let nothing = |ran: &&Ran| ran.as_ref().is_ok_and(|rows| value(rows, response).is_none());
        analysis.unmeasured = stages.iter().flat_map(|stage| &stage.outcomes).filter(nothing).count() as u64;
    }
    Some(Chain { stages, second, responses: analyses })
}

/// The baseline first, then each input at each of its samples.
fn places_alone(samples: &[Vec<f64>]) -> Vec<Place> {
    let mut places = vec![vec![None; samples.len()]];
    for (input, shares) in samples.iter().enumerate() {
        for share in shares {
            let mut place = vec![None; samples.len()];
            place[input] = Some(*share);
            places.push(place);
        }
    }
    places
}

fn of_alone(response: usize, stage: &Stage, samples: &[Vec<f64>]) -> Analysis {
    let mut found = stage.outcomes.iter().map(|ran| ran.as_ref().ok().and_then(|rows| value(rows, response)));
    let baseline = found.next().flatten();
    let alone = samples.iter().map(|shares| found.by_ref().take(shares.len()).collect()).collect();
    Analysis { baseline, alone, effects: None, kept: Vec::new(), indices: None, spread: Vec::new(), noise: None, unmeasured: 0 }
}

/// The mean of a response over the replications in which there was something to measure.
fn value(rows: &[Row], response: usize) -> Option<f64> {
    let measured: Vec<f64> = rows.iter().filter_map(|row| row.get(response).copied().flatten()).collect();
    (!measured.is_empty()).then(|| measured.iter().sum::<f64>() / measured.len() as f64)
}

/// A response at every place; not a number where there is none.
fn values(stage: &Stage, response: usize) -> Vec<f64> {
    stage.outcomes.iter().map(|ran| ran.as_ref().ok().and_then(|rows| value(rows, response)).unwrap_or(f64::NAN)).collect()
}

/// Whether values differ by more than rounding.
fn differ(values: &[f64]) -> bool {
    let measured = || values.iter().copied().filter(|value| !value.is_nan());
    let (least, most) = (measured().fold(f64::INFINITY, f64::min), measured().fold(f64::NEG_INFINITY, f64::max));
    most - least > ROUNDING * least.abs().max(most.abs())
}

/// Which inputs the screening keeps.
fn kept(effects: &[Effect], values: &[f64]) -> Vec<bool> {
    let largest = effects.iter().map(|effect| effect.mu_star.estimate).fold(0.0, f64::max);
    let moves = differ(values);
    effects.iter().map(|effect| moves && effect.mu_star.high.unwrap_or(f64::INFINITY) > NEXT_TO_NOTHING * largest).collect()
}

fn noise<'r>(outcomes: impl Iterator<Item = &'r Ran>, response: usize, replications: u64) -> Option<f64> {
    let rows = outcomes.filter_map(|ran| {
        let rows = ran.as_ref().ok()?;
        let all: Option<Vec<f64>> = rows.iter().map(|row| row.get(response).copied().flatten()).collect();
        // Where nothing is random the others would be the same.
        all.map(|all| if all.len() == 1 { vec![all[0]; replications as usize] } else { all })
    });
    noise_share(&rows.collect::<Vec<_>>())
}

/// The inputs that any response keeps, those with the largest effects first and as many as there is room for; or why there is nothing to share out.
fn chosen(analyses: &[Analysis], settings: &Settings, spent: u64) -> Result<Second, Skipped> {
    if settings.screen_only {
        return Err(Skipped::NotAsked);
    }
    let mut scores: Vec<(usize, f64)> = Vec::new();
    for analysis in analyses {
        let effects = analysis.effects.as_deref().unwrap_or_default();
        let largest = effects.iter().map(|effect| effect.mu_star.estimate).fold(0.0, f64::max);
        for (input, effect) in effects.iter().enumerate().filter(|(input, _)| analysis.kept[*input]) {
            let score = effect.mu_star.estimate / largest;
            match scores.iter_mut().find(|(known, _)| *known == input) {
                Some((_, known)) => *known = known.max(score),
                None => scores.push((input, score)),
            }
        }
    }
    scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut inputs: Vec<usize> = scores.into_iter().map(|(input, _)| input).collect();
    match inputs.as_slice() {
        [] => return Err(Skipped::NothingMoves),
        [one] => return Err(Skipped::OneLeft(*one)),
        _ => {}
    }
    let no_room = inputs.split_off(inputs.len().min(MOST_LEFT));
    let a_row = (inputs.len() as u64 + 2) * settings.replications;
    let left = settings.budget.map_or(u64::MAX, |budget| budget.saturating_sub(spent));
    let room = left / a_row;
    let rows = if room >= settings.rows { settings.rows } else { 1 << room.max(1).ilog2() };
    let fewest = settings.rows.min(FEWEST_ROWS);
    if room < settings.rows && rows < fewest { Err(Skipped::Budget { left, least: fewest * a_row }) } else { Ok(Second { inputs, no_room, rows }) }
}
