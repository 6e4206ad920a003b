//! From the experiment as typed to a plan: which points there are, and what each sets in the scenario. Everything that can be wrong with the file is
//! found here, before anything runs.

use std::path::{Path, PathBuf};

use crate::experiment::design::{Design, MOST_SOBOL_FACTORS, MOST_SPREAD};
use crate::experiment::figure::Figure;
use crate::experiment::sweep::factor::{Between, Choice, Factor, Ways, cell};
use crate::experiment::sweep::raw::{self, DesignName, Vary};
use crate::experiment::sweep::record::{self, FactorColumn, Record, ResponseColumn, Shard, with_unit};
use crate::scenario::{self, At, Diagnostics, Loaded, Mistakes, RecordSource, Typed, misread};

/// Most points of a grid: more is a slip of the hand.
const MOST_POINTS: u64 = 10_000_000;
const MOST_REPLICATIONS: u64 = 1_000_000;
/// Figures that are looked at unless others are named.
const RESPONSES: [&str; 3] = ["lag.fleet_worst.p99", "lag.fleet_worst.share_over", "link.mean_use"];

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
    /// Replications of each point.
    pub replications: u64,
    design: Design,
    points: u64,
    fixed: Vec<String>,
    base: Base,
}

/// The scenario that is varied, read once: what happens to the file later does not matter.
#[derive(Clone, Debug, PartialEq)]
struct Base {
    text: String,
    shown: String,
    name: String,
    folder: PathBuf,
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
        let base = base(path, &sweep, &mut typed.mistakes)?;
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
        let base = &self.base;
        scenario::parse(&base.text, &base.shown, &base.name, &base.folder, &self.point(index).sets, source)
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
        let response = |figure: &Figure| ResponseColumn {
            path: figure.path().to_owned(),
            column: with_unit(figure.path(), Some(figure.kind())),
            kind: figure.kind(),
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
            responses: self.responses.iter().map(response).collect(),
            shard,
        }
    }

    /// BLAKE3 over the program's version, everything here, and the fingerprint of the first point's world, as hexadecimal text.
    fn fingerprint(&self, version: &str, first: &Loaded) -> String {
        let mut hash = blake3::Hasher::new();
        // `Debug` of plain data is exact: floats print so that they read back the same.
        let parts = (version, &self.title, self.design_name, &self.factors, &self.responses, self.replications);
        hash.update(format!("{parts:?}").as_bytes());
        hash.update(format!("{:?}", (&self.design, &self.fixed, &self.base.text, &self.base.name)).as_bytes());
        hash.update(first.fingerprint.as_bytes());
        hash.finalize().to_hex().to_string()
    }
}

fn base(path: &Path, sweep: &raw::Sweep, mistakes: &mut Mistakes) -> Result<Base, Diagnostics> {
    let none = Base { text: String::new(), shown: String::new(), name: String::new(), folder: PathBuf::new() };
    let Some(named) = &sweep.scenario else {
        mistakes.missing_key("scenario", "the experiment names no scenario", "add `scenario = \"…\"`, a file named relative to this one");
        return Ok(none);
    };
    let file = path.parent().unwrap_or(Path::new("")).join(named.as_str());
    match std::fs::read_to_string(&file) {
        Ok(text) => {
            let name = file.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned());
            let folder = file.parent().unwrap_or(Path::new("")).to_owned();
            // A file that cannot even be read as TOML would be blamed for every point.
            scenario::form(&text, &file)?;
            Ok(Base { text, shown: file.display().to_string(), name, folder })
        }
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.split(" (os error").next().unwrap_or_default();
            mistakes.at(&named.span, format!("cannot read {}: {reason}", file.display()), "name a scenario file, relative to this one");
            Ok(none)
        }
    }
}

fn resolve(path: &Path, sweep: &raw::Sweep, base: Base, sets: &[String], mistakes: &mut Mistakes) -> Plan {
    let design_name = sweep.design.as_ref().map_or(DesignName::Grid, |design| design.value);
    let grid = design_name == DesignName::Grid;
    for set in &sweep.set {
        try_set(&base, set, mistakes);
    }
    let mut fixed: Vec<String> = sweep.set.iter().map(|set| set.value.clone()).collect();
    fixed.extend(sweep.seed.iter().map(|seed| format!("seed={}", seed.value)));
    fixed.extend(sets.iter().cloned());

    let mut factors = Vec::new();
    let mut taken: Vec<(String, String)> = Vec::new();
    for vary in &sweep.vary {
        let Some(factor) = factor(vary, grid, &base, mistakes) else { continue };
        note_keys(vary, &factor, &mut taken, mistakes);
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
    Plan { title, name, design_name, factors, responses: responses(sweep, mistakes), replications, design, points, fixed, base }
}

fn responses(sweep: &raw::Sweep, mistakes: &mut Mistakes) -> Vec<Figure> {
    let Some(named) = &sweep.responses else { return RESPONSES.iter().map(|path| Figure::at(path)).collect() };
    if named.is_empty() {
        mistakes.missing(&named.span, "no response is named", "name figures of summary.json, such as \"lag.fleet_worst.p99\"");
    }
    let mut seen: Vec<&str> = Vec::new();
    for response in named.iter() {
        if seen.contains(&response.as_str()) {
            mistakes.at(&response.span, format!("`{}` is named twice", response.value), "name each figure once");
        }
        seen.push(response);
    }
    named.iter().map(|response| Figure::at(response)).collect()
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

/// Reads one `[[vary]]`; nothing if it is wrong.
fn factor(vary: &At<Vary>, grid: bool, base: &Base, mistakes: &mut Mistakes) -> Option<Factor> {
    let spans = [
        vary.values.as_ref().map(|at| ("values", &at.span)),
        vary.range.as_ref().map(|at| ("range", &at.span)),
        vary.log_range.as_ref().map(|at| ("log_range", &at.span)),
        vary.levels.as_ref().map(|at| ("levels", &at.span)),
    ];
    let given: Vec<_> = spans.into_iter().flatten().collect();
    if let [(first, _), (second, span), ..] = given.as_slice() {
        mistakes.at(span, format!("there are both `{first}` and `{second}`"), "write one of `values`, `range`, `log_range` and `levels`");
        return None;
    }
    if given.is_empty() {
        mistakes.missing(&vary.span, "what it is varied over is missing", "add one of `values`, `range`, `log_range` and `levels`");
        return None;
    }
    let before = mistakes.len();
    let factor = match (&vary.key, &vary.levels) {
        (Some(key), Some(_)) => {
            mistakes.at(&key.span, "levels say themselves which keys they set", "write `name` instead of `key`");
            None
        }
        (None, Some(levels)) => Some(levelled(vary, levels, base, mistakes)),
        (None, None) => {
            mistakes.missing(&vary.span, "the key that is varied is missing", "add `key = \"link.forward.internet.bandwidth\"`, say");
            None
        }
        (Some(key), None) => keyed(vary, key, grid, base, mistakes),
    };
    if mistakes.len() == before { factor } else { None }
}

fn levelled(vary: &At<Vary>, levels: &At<Vec<At<raw::Level>>>, base: &Base, mistakes: &mut Mistakes) -> Factor {
    if vary.name.is_none() {
        mistakes.missing(&vary.span, "levels need a name for all of them", "add `name = \"offer\"`, say");
    }
    if levels.is_empty() {
        mistakes.missing(&levels.span, "there is no level", "add `{ name = \"…\", set = [\"key=value\"] }`");
    }
    let mut choices: Vec<Choice> = Vec::new();
    for level in levels.iter() {
        if choices.iter().any(|choice| choice.cell == level.name.value) {
            mistakes.at(&level.name.span, format!("`{}` is there twice", level.name.value), "give each level its own name");
        }
        plain(&level.name, mistakes);
        for set in &level.set {
            try_set(base, set, mistakes);
        }
        choices.push(Choice { cell: level.name.value.clone(), sets: level.set.iter().map(|set| set.value.clone()).collect() });
    }
    let name = vary.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
    Factor { name, kind: None, logarithmic: false, ways: Ways::Listed(choices) }
}

fn keyed(vary: &At<Vary>, key: &At<String>, grid: bool, base: &Base, mistakes: &mut Mistakes) -> Option<Factor> {
    let name = vary.name.as_ref().unwrap_or(key);
    plain(name, mistakes);
    plain(key, mistakes);
    let name = name.value.clone();
    if let Some(values) = &vary.values {
        if values.is_empty() {
            mistakes.missing(&values.span, "there is no value", "write the values that the key takes, one after the other");
        }
        try_values(base, key, values.iter().map(|value| (format!("{}={}", key.value, value.toml()), &value.span)), mistakes);
        return Some(listed(name, key, values));
    }
    let (range, logarithmic) = match (&vary.range, &vary.log_range) {
        (Some(range), _) => (range, false),
        (None, Some(range)) => (range, true),
        (None, None) => return None,
    };
    let between = match Between::new(key, range, logarithmic) {
        Ok(between) => between,
        Err((problem, advice)) => {
            mistakes.at(&range.span, problem, advice);
            return None;
        }
    };
    let ends = [(0.0, &range.from.span), (1.0, &range.to.span)].into_iter();
    try_values(base, key, ends.flat_map(|(share, span)| between.choice(share).sets.into_iter().map(move |set| (set, span))), mistakes);
    let kind = Some(between.kind());
    let ways = match (&range.steps, grid) {
        (None, true) => {
            mistakes.missing(&range.span, "a grid needs to know how many values", "add `steps = 5`");
            return None;
        }
        (Some(steps), true) if steps.value < 2 || steps.value > MOST_POINTS => {
            mistakes.at(&steps.span, format!("{} steps", steps.value), format!("write a number from 2 to {MOST_POINTS}; both ends count"));
            return None;
        }
        (Some(steps), true) => {
            let share = |step: u64| step as f64 / (steps.value - 1) as f64;
            let mut choices: Vec<Choice> = (0..steps.value).map(|step| between.choice(share(step))).collect();
            // Whole numbers may fall together.
            choices.dedup();
            Ways::Listed(choices)
        }
        (Some(steps), false) => {
            mistakes.at(&steps.span, "this design takes any value of the range", "leave `steps` out");
            return None;
        }
        (None, false) => Ways::Between(between),
    };
    Some(Factor { name, kind, logarithmic, ways })
}

/// Values as they are typed; numbers in base units if all are quantities of one kind, else words.
fn listed(name: String, key: &At<String>, values: &[At<raw::Scalar>]) -> Factor {
    let cells: Vec<_> = values.iter().map(|value| cell(&value.to_string())).collect();
    let kind = cells.first().and_then(|(kind, _)| *kind).filter(|first| cells.iter().all(|(kind, _)| kind == &Some(*first)));
    let choice = |(value, (_, cell)): (&At<raw::Scalar>, &(_, String))| Choice {
        cell: if kind.is_some() { cell.clone() } else { value.to_string() },
        sets: vec![format!("{}={}", key.value, value.toml())],
    };
    Factor { name, kind, logarithmic: false, ways: Ways::Listed(values.iter().zip(&cells).map(choice).collect()) }
}

/// Whether the scenario knows a key and takes a value of this form.
fn try_set(base: &Base, set: &At<String>, mistakes: &mut Mistakes) {
    if let Some(wrong) = misread(&base.text, set) {
        mistakes.at(&set.span, wrong.problem, wrong.advice);
    }
}

/// As [`try_set`] for the values of one key; a wrong key is said once.
fn try_values<'v>(base: &Base, key: &At<String>, values: impl Iterator<Item = (String, &'v std::ops::Range<usize>)>, mistakes: &mut Mistakes) {
    for (set, span) in values {
        match misread(&base.text, &set) {
            Some(wrong) if wrong.of_key => return mistakes.at(&key.span, wrong.problem, wrong.advice),
            Some(wrong) => mistakes.at(span, wrong.problem, wrong.advice),
            None => {}
        }
    }
}

/// Names stand in tables and pictures.
fn plain(name: &At<String>, mistakes: &mut Mistakes) {
    if name.trim().is_empty() || name.contains(char::is_control) {
        mistakes.at(&name.span, "this is no name", "write some letters, on one line");
    }
}

/// Two factors that set one key: the later would undo the earlier.
fn note_keys(vary: &At<Vary>, factor: &Factor, taken: &mut Vec<(String, String)>, mistakes: &mut Mistakes) {
    let span = vary.key.as_ref().or(vary.name.as_ref()).map_or(&vary.span, |at| &at.span);
    let mut own: Vec<String> = Vec::new();
    for set in factor.samples().iter().flat_map(|choice| &choice.sets) {
        let key = set.split_once('=').map_or(set.as_str(), |(key, _)| key).trim().replace('[', ".").replace(']', "");
        if !own.contains(&key) {
            own.push(key);
        }
    }
    for key in own {
        if let Some((_, by)) = taken.iter().find(|(known, _)| *known == key) {
            mistakes.at(span, format!("`{key}` is varied by `{by}` already"), "vary a key once");
        }
        taken.push((key, factor.name.clone()));
    }
}
