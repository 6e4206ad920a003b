//! From the experiment as typed to a plan: which points there are, and what each sets in the scenario. Everything that can be wrong with the file is
//! found here, before anything runs.

use std::path::Path;

use crate::experiment::base::Base;
use crate::experiment::design::{Design, MOST_SOBOL_FACTORS, MOST_SPREAD};
use crate::experiment::figure::{Figure, Kind};
use crate::experiment::sweep::factor::{Choice, Factor, Ways};
use crate::experiment::sweep::raw::{self, DesignName};
use crate::experiment::sweep::record::{self, FactorColumn, Limit, Record, ResponseColumn, Shard, with_unit};
use crate::experiment::sweep::vary;
use crate::experiment::target::{Target, TargetError};
use crate::model::World;
use crate::scenario::{Diagnostics, Loaded, Mistakes, RecordSource, Typed};

/// Most points of a grid: more is a slip of the hand.
pub(super) const MOST_POINTS: u64 = 10_000_000;
const MOST_REPLICATIONS: u64 = 1_000_000;
/// Figures that are looked at unless others are named.
const RESPONSES: [&str; 3] = ["lag.fleet_worst.p99", "lag.fleet_worst.share_over", "link.mean_use"];

/// Values of one factor that are looked at to see what a sweep has in force.
const MOST_SAMPLES: usize = 32;

/// Columns that every table has.
const RESERVED: [&str; 4] = ["point", "replication", "replications", "error"];

/// A sweep, ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Title.
    pub title: String,
    /// Short name of its file.
    pub name: String,
    /// How points are chosen, as the file says it.
    pub design_name: &'static str,
    /// What is varied.
    pub factors: Vec<Factor>,
    /// What is looked at.
    pub responses: Vec<Figure>,
    /// What each is held against, where the file says so.
    limits: Vec<Option<Limit>>,
    /// Replications of each point.
    pub replications: u64,
    design: Design,
    points: u64,
    fixed: Vec<String>,
    base: Base,
}

/// A point of the design.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Each factor's value as the tables have it.
    pub cells: Vec<String>,
    /// What is set, as `key=value`.
    pub sets: Vec<String>,
}

impl Plan {
    /// Reads an experiment file; `sets` are laid over the scenario in every point.
    ///
    /// # Errors
    /// Every mistake found.
    pub fn read(path: &Path, sets: &[String]) -> Result<(Plan, Typed<raw::Sweep>), Diagnostics> {
        let mut typed = Typed::<raw::Sweep>::read(path, "name an experiment file; docs/experiments.md shows one")?;
        let sweep = typed.value.clone();
        let base = Base::named(path, sweep.scenario.as_ref(), &mut typed.mistakes)?;
        let plan = resolve(path, &sweep, base, sets, &mut typed.mistakes);
        typed.judge()?;
        Ok((plan, typed))
    }

    /// How many points there are.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// A point.
    pub fn point(&self, index: u64) -> Point {
        let mut point = Point { cells: Vec::new(), sets: self.fixed.clone() };
        for (factor, at) in self.factors.iter().zip(self.design.point(index)) {
            let choice = factor.choice(at);
            point.cells.push(choice.cell);
            point.sets.extend(choice.sets);
        }
        point
    }

    /// Loads the scenario as it is in a point.
    ///
    /// # Errors
    /// What is wrong with it there.
    pub fn load(&self, index: u64, source: &mut dyn RecordSource) -> Result<Loaded, Diagnostics> {
        self.base.load(&self.point(index).sets, source)
    }

    /// The first point whose scenario can be loaded, of the first `most`.
    ///
    /// # Errors
    /// What is wrong with the very first.
    pub fn first(&self, most: u64, source: &mut dyn RecordSource) -> Result<(u64, Loaded), Diagnostics> {
        let mut first = None;
        for index in 0..self.points.min(most) {
            match self.load(index, source) {
                Ok(loaded) => return Ok((index, loaded)),
                Err(diagnostics) => first = first.or(Some(diagnostics)),
            }
        }
        Err(first.unwrap_or_default())
    }

    /// What its tables are called, and which sweep it is; `first` is the scenario as it is in the first point that has one.
    pub fn record(&self, first: &Loaded, shard: Option<Shard>) -> Record {
        let version = env!("CARGO_PKG_VERSION");
        let factor = |factor: &Factor| FactorColumn {
            name: factor.name.clone(),
            column: with_unit(&factor.name, factor.kind),
            kind: factor.kind,
            logarithmic: factor.logarithmic,
        };
        let response = |(figure, limit): (&Figure, &Option<Limit>)| ResponseColumn {
            path: figure.path().to_owned(),
            column: with_unit(figure.path(), Some(figure.kind())),
            kind: figure.kind(),
            limit: limit.or_else(|| usual_limit(figure, &first.world)),
        };
        Record {
            schema: record::SCHEMA,
            version: version.to_owned(),
            fingerprint: self.fingerprint(version, first),
            title: self.title.clone(),
            name: self.name.clone(),
            scenario: first.world.title.clone(),
            design: self.design_name.to_owned(),
            seed: first.world.seed,
            points: self.points,
            replications: self.replications,
            factors: self.factors.iter().map(factor).collect(),
            responses: self.responses.iter().zip(&self.limits).map(response).collect(),
            shard,
            credibility: None,
        }
    }

    /// Tells the scenarios that between them have every value of every factor: for each value the first point with that one changed. Of a long list, values at even
    /// steps, its ends among them. A scenario that cannot be loaded is left out.
    pub fn around(&self, first: u64, source: &mut dyn RecordSource, tell: &mut dyn FnMut(&Loaded)) {
        let chosen: Vec<Choice> = self.factors.iter().zip(self.design.point(first)).map(|(factor, at)| factor.choice(at)).collect();
        for (place, factor) in self.factors.iter().enumerate() {
            let samples = factor.samples();
            let few = samples.len().min(MOST_SAMPLES);
            for sample in (0..few).map(|number| &samples[number * (samples.len() - 1) / (few - 1).max(1)]) {
                let others = chosen.iter().enumerate().map(|(other, choice)| if other == place { sample } else { choice });
                let sets: Vec<String> = self.fixed.iter().cloned().chain(others.flat_map(|choice| choice.sets.clone())).collect();
                self.base.load(&sets, source).iter().for_each(&mut *tell);
            }
        }
    }

    /// BLAKE3 over the program's version, everything here, and the fingerprint of the first point's world, as hexadecimal text.
    fn fingerprint(&self, version: &str, first: &Loaded) -> String {
        let mut hash = blake3::Hasher::new();
        // `Debug` of plain data is exact: floats print so that they read back the same.
        let parts = (version, &self.title, self.design_name, &self.factors, (&self.responses, &self.limits), self.replications);
        hash.update(format!("{parts:?}").as_bytes());
        hash.update(format!("{:?}", (&self.design, &self.fixed, self.base.text(), self.base.name())).as_bytes());
        hash.update(first.fingerprint.as_bytes());
        hash.finalize().to_hex().to_string()
    }
}

fn resolve(path: &Path, sweep: &raw::Sweep, base: Base, sets: &[String], mistakes: &mut Mistakes) -> Plan {
    let design_name = sweep.design.as_ref().map_or(DesignName::Grid, |design| design.value);
    let grid = design_name == DesignName::Grid;
    for set in &sweep.set {
        base.try_set(set, mistakes);
    }
    let mut fixed: Vec<String> = sweep.set.iter().map(|set| set.value.clone()).collect();
    fixed.extend(sweep.seed.iter().map(|seed| format!("seed={}", seed.value)));
    fixed.extend(sets.iter().cloned());

    let mut factors = Vec::new();
    let mut taken: Vec<(String, String)> = Vec::new();
    for vary in &sweep.vary {
        let Some(factor) = vary::factor(vary, grid, &base, mistakes) else { continue };
        vary::note_keys(vary, &factor, &mut taken, mistakes);
        if RESERVED.contains(&factor.name.as_str()) || factors.iter().any(|other: &Factor| other.name == factor.name) {
            let span = vary.name.as_ref().or(vary.key.as_ref()).map_or(&vary.span, |at| &at.span);
            mistakes.at(span, format!("the tables have a column `{}` already", factor.name), "give each [[vary]] a `name` of its own");
        }
        factors.push(factor);
    }
    if sweep.vary.is_empty() {
        mistakes.missing_key("vary", "nothing is varied", "add a [[vary]] with a key and its values");
    }

    let replications = sweep.replications.as_ref().map_or(1, |replications| replications.value);
    if let Some(at) = sweep.replications.as_ref().filter(|at| at.value == 0 || at.value > MOST_REPLICATIONS) {
        mistakes.at(&at.span, format!("{} replications", at.value), format!("write a number from 1 to {MOST_REPLICATIONS}"));
    }
    let seed = sweep.seed.as_ref().map_or(1, |seed| seed.value);
    let design = design(sweep, design_name, &factors, seed, mistakes);
    let points = design.points().unwrap_or(u64::MAX);
    if points > MOST_POINTS {
        mistakes.at(&(0..0), format!("this grid has more than {MOST_POINTS} points"), "vary fewer keys, fewer values, or use `design = \"sobol\"`");
    }
    let name = path.file_stem().map_or_else(|| "sweep".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let title = sweep.title.as_ref().map_or_else(|| name.clone(), |title| title.value.clone());
    if let Some(title) = sweep.title.as_ref().filter(|title| title.contains(char::is_control)) {
        mistakes.at(&title.span, "the title holds a control character", "write it on one line");
    }
    let design_name = match design_name {
        DesignName::Grid => "grid",
        DesignName::LatinHypercube => "latin-hypercube",
        DesignName::Sobol => "sobol",
    };
    let (responses, limits) = responses(sweep, mistakes).into_iter().unzip();
    Plan { title, name, design_name, factors, responses, limits, replications, design, points, fixed, base }
}

/// Where the file says nothing, an RPO is held against the scenario's threshold.
fn usual_limit(figure: &Figure, world: &World) -> Option<Limit> {
    let of_rpo = figure.kind() == Kind::Time && ["lag.", "reported_rpo."].iter().any(|law| figure.path().starts_with(law));
    of_rpo.then(|| Limit { value: world.policy.rpo_threshold.as_secs_f64(), wants_more: false })
}

/// The responses, each a figure or a target for one.
fn responses(sweep: &raw::Sweep, mistakes: &mut Mistakes) -> Vec<(Figure, Option<Limit>)> {
    let Some(named) = &sweep.responses else { return RESPONSES.iter().map(|path| (Figure::at(path), None)).collect() };
    if named.is_empty() {
        mistakes.missing(&named.span, "no response is named", "name figures of summary.json, such as \"lag.fleet_worst.p99\"");
    }
    let mut found: Vec<(Figure, Option<Limit>)> = Vec::new();
    for response in named.iter() {
        let (figure, limit) = if response.contains(['<', '>']) {
            match Target::parse(response) {
                Ok(target) => (target.figure().clone(), Some(Limit { value: target.limit(), wants_more: target.wants_more() })),
                Err(TargetError(why)) => {
                    mistakes.at(&response.span, why, "name a figure, or a target for one: \"lag.fleet_worst.p99 <= 15 min\"");
                    continue;
                }
            }
        } else {
            (Figure::at(response), None)
        };
        if found.iter().any(|(known, _)| *known == figure) {
            mistakes.at(&response.span, format!("`{}` is named twice", figure.path()), "name each figure once");
        }
        found.push((figure, limit));
    }
    found
}

fn design(sweep: &raw::Sweep, name: DesignName, factors: &[Factor], seed: u64, mistakes: &mut Mistakes) -> Design {
    if name == DesignName::Grid {
        if let Some(points) = &sweep.points {
            mistakes.at(&points.span, "a grid has as many points as its values make", "leave `points` out, or write `design = \"sobol\"`");
        }
        let levels = |factor: &Factor| match &factor.ways {
            Ways::Listed(choices) => choices.len() as u64,
            Ways::Between(_) => 1,
        };
        return Design::Grid { levels: factors.iter().map(levels).collect() };
    }
    let points = sweep.points.as_ref().map_or(0, |points| points.value);
    match &sweep.points {
        None => {
            let span = sweep.design.as_ref().map_or(0..0, |design| design.span.clone());
            mistakes.missing(&span, "such a design needs a number of points", "add `points = 64`");
        }
        Some(at) if at.value == 0 || at.value > MOST_SPREAD => {
            mistakes.at(&at.span, format!("{} points", at.value), format!("write a number from 1 to {MOST_SPREAD}"));
        }
        Some(_) => {}
    }
    if name == DesignName::Sobol && factors.len() > MOST_SOBOL_FACTORS {
        mistakes.at(&(0..0), format!("{} things are varied", factors.len()), format!("a Sobol sequence has room for {MOST_SOBOL_FACTORS}"));
        return Design::Grid { levels: Vec::new() };
    }
    let points = points.clamp(1, MOST_SPREAD);
    if name == DesignName::Sobol { Design::sobol(points, factors.len(), seed) } else { Design::latin_hypercube(points, factors.len(), seed) }
}
