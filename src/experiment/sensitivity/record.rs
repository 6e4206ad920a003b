//! What is kept of an analysis: `sensitivity.json`, in SI base units, nothing rounded; every report is made from it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::experiment::figure::Kind;
use crate::experiment::sensitivity::Plan;
use crate::experiment::sensitivity::chain::{Analysis, Chain, LEVEL, NEXT_TO_NOTHING, Skipped};
use crate::experiment::sensitivity::input::Input;
use crate::experiment::sweep::factor::Ways;
use crate::scenario::Loaded;
use crate::stats::{Effect, SobolIndices};

/// Version of the record's form.
pub const SCHEMA: u32 = 1;

/// A total index of less does not matter: it is less than an interval of the usual size tells from nothing.
pub const MATTERS: f64 = 0.01;

/// A sensitivity analysis.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Record {
    /// Version of this form.
    pub schema: u32,
    /// Version of the program.
    pub version: String,
    /// BLAKE3 over the program's version, the experiment, and the scenario with the records it names.
    pub fingerprint: String,
    /// Title.
    pub title: String,
    /// Short name of the file.
    pub name: String,
    /// Title of the scenario.
    pub scenario: String,
    /// What was set besides the scenario in every run, as `key=value`.
    pub set: Vec<String>,
    /// Profile that its assumed values come from.
    pub profile: String,
    /// Seed of the runs and of the designs.
    pub seed: u64,
    /// Replications of each place; one is run where nothing is random.
    pub replications: u64,
    /// Whether anything was random at the default of every input.
    pub random: bool,
    /// Confidence of all intervals \[1\].
    pub level: f64,
    /// Trajectories of the screening.
    pub trajectories: u64,
    /// Rows of the Sobol indices; null without them.
    pub rows: Option<u64>,
    /// Why there are no Sobol indices, in a sentence; null if there are.
    pub no_indices: Option<String>,
    /// Whether an interrupt ended it early.
    pub interrupted: bool,
    /// Places that were run (each so many times as there are replications), by part: each input alone, screening, indices.
    pub places: Vec<u64>,
    /// Places that could not be run.
    pub failed: u64,
    /// Why, with how many each.
    pub failures: Vec<Failed>,
    /// The inputs.
    pub inputs: Vec<InputRecord>,
    /// Inputs that the screening kept and that there was no room for among the indices, by name.
    pub no_room: Vec<String>,
    /// Assumed values in force that were not varied.
    pub left_out: Vec<LeftOut>,
    /// Ranges that the scenario does not take as a whole, in sentences.
    pub cut: Vec<String>,
    /// The responses.
    pub responses: Vec<ResponseRecord>,
}

/// Places that failed for one reason.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Failed {
    /// The reason, in a sentence.
    pub why: String,
    /// How many.
    pub places: u64,
}

/// An assumed value that was not varied.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LeftOut {
    /// Its key.
    pub key: String,
    /// Why, as the end of a sentence that begins with the key.
    pub why: String,
}

/// An uncertain input.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct InputRecord {
    /// What people call it; of an assumed value, its key.
    pub name: String,
    /// Whether the profile assumes it and the experiment does not state it.
    pub assumed: bool,
    /// The profile's own value of an assumed one.
    pub default: Option<String>,
    /// What it may be, in words.
    pub range: String,
    /// Whether it is a range, not a list of values.
    pub is_range: bool,
    /// Its samples, in words: both ends of a range, every value of a list.
    pub samples: Vec<String>,
    /// Unit of its cells in the tables; null for words.
    pub unit: Option<String>,
    /// Whether even ratios are alike likely, not even steps.
    pub logarithmic: bool,
}

/// What is said of one response.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ResponseRecord {
    /// Path of the figure.
    pub figure: String,
    /// Its unit.
    pub unit: String,
    /// With every input at its default; null if there was nothing to measure.
    pub baseline: Option<f64>,
    /// Over all inputs of the indices taken at random; null without indices.
    pub spread: Option<Spread>,
    /// Share of the variance between places that is chance, since there are so few replications \[1\]; null where nothing is random, or one replication says nothing of it.
    pub noise_share: Option<f64>,
    /// Share of the variance that no input accounts for alone \[1\]: interactions, the lesser of what the first-order indices leave and what the total ones together
    /// have above the whole. Null without indices.
    pub interactions: Option<f64>,
    /// Places that ran, with nothing to measure there.
    pub unmeasured: u64,
    /// Names of the inputs that it hangs on, the one that matters most first.
    pub hangs_on: Vec<String>,
    /// Names of the other inputs that move it by themselves, all others at their defaults: by more than 5 % of its value there, and of the largest such swing. Little
    /// of the uncertainty is theirs all the same, the one that moves it most first.
    pub by_itself: Vec<String>,
    /// What is known of each input, in their order.
    pub inputs: Vec<OfInput>,
}

/// A response over all inputs taken at random.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Spread {
    /// How many values.
    pub values: u64,
    /// Least.
    pub least: f64,
    /// P5.
    pub p05: f64,
    /// Median.
    pub median: f64,
    /// P95.
    pub p95: f64,
    /// Largest.
    pub most: f64,
}

/// What is known of one response and one input.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct OfInput {
    /// The input.
    pub input: String,
    /// The response at each sample of the input, all others at their defaults; null if there was nothing to measure.
    pub alone: Vec<Option<f64>>,
    /// The most that the response moves then, the default included.
    pub swing: Option<f64>,
    /// Elementary effects over the input's whole range; null if too much of the screening could not be run.
    pub effect: Option<Effect>,
    /// Whether the screening keeps it.
    pub kept: bool,
    /// Sobol indices; null for inputs that were left at their default.
    pub indices: Option<SobolIndices>,
}

impl Record {
    /// Of a finished chain.
    pub fn new(plan: &Plan, loaded: &Loaded, random: bool, chain: &Chain) -> Self {
        let mut failures: Vec<Failed> = Vec::new();
        for why in chain.stages.iter().flat_map(|stage| &stage.outcomes).filter_map(|ran| ran.as_ref().err()) {
            match failures.iter_mut().find(|known| known.why == *why) {
                Some(known) => known.places += 1,
                None => failures.push(Failed { why: why.clone(), places: 1 }),
            }
        }
        let name = |input: &usize| plan.inputs[*input].factor.name.clone();
        Record {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: plan.fingerprint(loaded),
            title: plan.title.clone(),
            name: plan.name.clone(),
            scenario: loaded.world.title.clone(),
            set: plan.fixed().to_vec(),
            profile: loaded.world.profile.clone(),
            seed: plan.settings.seed,
            replications: plan.settings.replications,
            random,
            level: LEVEL.get(),
            trajectories: plan.settings.trajectories,
            rows: chain.second.as_ref().ok().map(|second| second.rows),
            no_indices: chain.second.as_ref().err().map(|skipped| why_not(*skipped, plan)),
            interrupted: chain.second == Err(Skipped::Interrupted),
            places: chain.stages.iter().map(|stage| stage.places.len() as u64).collect(),
            failed: failures.iter().map(|failed| failed.places).sum(),
            failures,
            inputs: plan.inputs.iter().map(input_record).collect(),
            no_room: chain.second.iter().flat_map(|second| &second.no_room).map(name).collect(),
            left_out: plan.left_out.iter().map(|(key, why)| LeftOut { key: key.clone(), why: why.clone() }).collect(),
            cut: plan.cut.clone(),
            responses: (0..plan.responses.len()).map(|response| of_response(plan, chain, response)).collect(),
        }
    }

    /// Names of the inputs that a response does not hang on.
    pub fn does_not_matter<'r>(&'r self, response: &'r ResponseRecord) -> impl Iterator<Item = &'r str> {
        let does = response.hangs_on.iter().chain(&response.by_itself).chain(&self.no_room);
        let hangs = move |name: &&str| !does.clone().any(|other| other == name);
        self.inputs.iter().map(|input| input.name.as_str()).filter(hangs)
    }
}

impl ResponseRecord {
    /// What is known of an input.
    pub fn of(&self, name: &str) -> Option<&OfInput> {
        self.inputs.iter().find(|of| of.input == name)
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        Kind::of(&self.figure)
    }
}

fn why_not(skipped: Skipped, plan: &Plan) -> String {
    match skipped {
        Skipped::NotAsked => "only the screening was asked for".to_owned(),
        Skipped::NothingMoves => "no input moves any of the figures".to_owned(),
        Skipped::OneLeft(input) => format!("only {} moves the figures, so all of the variance is its own", plan.inputs[input].factor.name),
        Skipped::Budget { left, least } => format!("the budget had {left} runs left, and they take {least} at least"),
        Skipped::Interrupted => "they were interrupted".to_owned(),
    }
}

fn input_record(input: &Input) -> InputRecord {
    InputRecord {
        name: input.factor.name.clone(),
        assumed: input.assumed,
        default: input.default.clone(),
        range: input.range_words(),
        is_range: matches!(input.factor.ways, Ways::Between(_)),
        samples: input.factor.samples().iter().map(|choice| input.words(choice)).collect(),
        unit: input.factor.kind.map(|kind| kind.unit().to_owned()),
        logarithmic: input.factor.logarithmic,
    }
}

fn of_response(plan: &Plan, chain: &Chain, response: usize) -> ResponseRecord {
    let analysis = &chain.responses[response];
    let figure = &plan.responses[response];
    let of_indices = |input: usize| {
        let place = chain.second.as_ref().ok()?.inputs.iter().position(|other| *other == input)?;
        analysis.indices.as_ref()?.get(place).copied()
    };
    let inputs: Vec<OfInput> = (0..plan.inputs.len())
        .map(|input| OfInput {
            input: plan.inputs[input].factor.name.clone(),
            alone: analysis.alone[input].clone(),
            swing: swing(analysis, input),
            effect: analysis.effects.as_ref().and_then(|effects| effects.get(input)).copied(),
            kept: analysis.kept[input],
            indices: of_indices(input),
        })
        .collect();
    // What is left by the first-order indices; and no more than the total ones together have above the whole, since each interaction is in two of them at least.
    // These are known better.
    let interactions = analysis.indices.as_ref().map(|indices| {
        let sum = |index: &dyn Fn(&SobolIndices) -> f64| indices.iter().map(index).sum::<f64>();
        (1.0 - sum(&|index| index.first.estimate)).min(sum(&|index| index.total.estimate) - 1.0).max(0.0)
    });
    let hangs_on = hangs_on(&inputs);
    ResponseRecord {
        figure: figure.path().to_owned(),
        unit: figure.kind().unit().to_owned(),
        baseline: analysis.baseline,
        spread: spread(&analysis.spread),
        noise_share: analysis.noise,
        interactions,
        unmeasured: analysis.unmeasured,
        by_itself: by_itself(&inputs, &hangs_on, analysis.baseline),
        hangs_on,
        inputs,
    }
}

fn swing(analysis: &Analysis, input: usize) -> Option<f64> {
    let values = || analysis.alone[input].iter().copied().flatten().chain(analysis.baseline);
    let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    (most >= least).then_some(most - least)
}

fn spread(sorted: &[f64]) -> Option<Spread> {
    let last = sorted.len().checked_sub(1)?;
    let at = |share: f64| sorted[(share * last as f64).round() as usize];
    Some(Spread { values: sorted.len() as u64, least: sorted[0], p05: at(0.05), median: at(0.5), p95: at(0.95), most: sorted[last] })
}

/// By total index where there are any, else by mean effect what the screening keeps.
fn hangs_on(inputs: &[OfInput]) -> Vec<String> {
    let with_indices = inputs.iter().any(|of| of.indices.is_some());
    let weight = |of: &OfInput| match (with_indices, of.indices, of.effect) {
        (true, Some(indices), _) => Some(indices.total.estimate).filter(|total| *total >= MATTERS),
        (false, _, Some(effect)) if of.kept => Some(effect.mu_star.estimate),
        _ => None,
    };
    let mut weighed: Vec<(f64, &OfInput)> = inputs.iter().filter_map(|of| Some((weight(of)?, of))).collect();
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0));
    weighed.into_iter().map(|(_, of)| of.input.clone()).collect()
}

/// What moves the response near the defaults, though not much where everything is uncertain.
fn by_itself(inputs: &[OfInput], hangs_on: &[String], baseline: Option<f64>) -> Vec<String> {
    let largest = inputs.iter().filter_map(|of| of.swing).fold(baseline.map_or(0.0, f64::abs), f64::max);
    let moves = |of: &&OfInput| of.swing.is_some_and(|swing| swing > NEXT_TO_NOTHING * largest) && !hangs_on.contains(&of.input);
    let mut found: Vec<&OfInput> = inputs.iter().filter(moves).collect();
    found.sort_by(|a, b| b.swing.unwrap_or_default().total_cmp(&a.swing.unwrap_or_default()));
    found.into_iter().map(|of| of.input.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A backlog of hours hides a delay of minutes from the variance, not from whoever has the churn right.
    #[test]
    fn what_moves_it_near_the_defaults_is_said_beside_what_it_hangs_on() {
        let of = |input: &str, swing: f64| OfInput {
            input: input.to_owned(),
            alone: Vec::new(),
            swing: Some(swing),
            effect: None,
            kept: false,
            indices: None,
        };
        let inputs = [of("delay", 466.0), of("compression", 5731.0), of("trifle", 40.0), of("nothing", 0.0), of("loss", 300.0)];
        assert_eq!(by_itself(&inputs, &["compression".to_owned()], Some(861.0)), ["delay", "loss"]);
        // Next to the value itself it is nothing.
        assert_eq!(by_itself(&inputs, &["compression".to_owned()], Some(10_000.0)), [""; 0]);
        assert_eq!(by_itself(&[of("nothing", 0.0)], &[], None), [""; 0]);
    }
}
