//! From the experiment as typed to a plan: which inputs there are, over what, and what each sets in the scenario. Everything that can be wrong with the file is
//! found here, before anything is simulated; what the scenario refuses of a range too.

use std::ops::Range;
use std::path::Path;

use crate::experiment::base::Base;
use crate::experiment::figure::Figure;
use crate::experiment::records::Kept;
use crate::experiment::sensitivity::assumed::{self, Asked};
use crate::experiment::sensitivity::chain::{Place, Settings};
use crate::experiment::sensitivity::input::Input;
use crate::experiment::sensitivity::ranges::Ranges;
use crate::experiment::sensitivity::raw::{Assumed, Sensitivity, Switch};
use crate::experiment::sweep::raw::Vary;
use crate::experiment::sweep::vary;
use crate::experiment::sweep::workers::in_a_sentence;
use crate::scenario::{At, Diagnostics, Loaded, Mistakes, RecordSource, Typed};
use crate::units::Share;

/// Trajectories unless others are asked for: "ten to fifty are usual".
const TRAJECTORIES: u64 = 10;
/// Rows unless others are asked for: the interval of an index is then about 0.1 either way.
const ROWS: u64 = 256;
/// More is a slip of the hand.
const MOST_TRAJECTORIES: u64 = 10_000;
const MOST_ROWS: u64 = crate::stats::MOST_SOBOL_POINTS as u64;
const MOST_REPLICATIONS: u64 = 100_000;
/// Figures that are looked at unless others are named.
const RESPONSES: [&str; 2] = ["lag.fleet_worst.p99", "loss.latest_processed.time.fleet_worst.mean"];
const OF_A_JOURNEY: &str = "journey.failovers.0.rto_s";

/// What is asked for besides the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instead {
    /// What is set in every run, as `key=value`.
    pub sets: Vec<String>,
    /// Figures instead of the file's; none: the file's.
    pub figures: Vec<String>,
    /// The profile's assumed values besides the file's inputs.
    pub assumed: bool,
}

/// An analysis, ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Title.
    pub title: String,
    /// Short name of its file.
    pub name: String,
    /// The inputs.
    pub inputs: Vec<Input>,
    /// Assumed values in force that are not varied: key, and why.
    pub left_out: Vec<(String, String)>,
    /// Ranges that the scenario does not take as a whole, in sentences.
    pub cut: Vec<String>,
    /// What is looked at.
    pub responses: Vec<Figure>,
    /// How much is run.
    pub settings: Settings,
    fixed: Vec<String>,
    base: Base,
}

/// A plan, and what it was read from.
#[derive(Debug)]
pub struct Read {
    /// The plan.
    pub plan: Plan,
    /// The scenario with every input at its default.
    pub loaded: Loaded,
    /// The file as typed; none of a scenario itself.
    pub typed: Option<Typed<Sensitivity>>,
    /// Whether the responses were named, not chosen here.
    pub named: bool,
}

impl Plan {
    /// Reads an experiment file.
    ///
    /// # Errors
    /// Every mistake found, the scenario's own among them.
    pub fn read(path: &Path, instead: &Instead, records: &Kept) -> Result<Read, Diagnostics> {
        let mut typed = Typed::<Sensitivity>::read(path, "name a sensitivity file; docs/sensitivity.md shows one")?;
        let mut file = typed.value.clone();
        if instead.assumed && !matches!(file.assumed.as_ref().map(|at| &at.value), Some(Switch::Some(_))) {
            file.assumed = Some(At { value: Switch::All(true), span: 0..0 });
        }
        let base = Base::named(path, file.scenario.as_ref(), &mut typed.mistakes)?;
        let mut making = Making { file: &file, base: &base, records, mistakes: &mut typed.mistakes };
        let outline = making.outline(instead);
        // What is wrong with the file comes first: the scenario cannot be judged by it.
        if making.mistakes.is_empty() {
            let loaded = base.load(&outline.fixed, &mut &*records)?;
            let plan = making.plan(path, outline, instead, &loaded);
            if plan.inputs.is_empty() && typed.mistakes.is_empty() {
                typed.mistakes.missing_key("vary", "nothing is uncertain", "add a [[vary]] with a key and its range, or `assumed = true`");
            }
            typed.judge()?;
            let named = file.responses.is_some() || !instead.figures.is_empty();
            return Ok(Read { plan, loaded, typed: Some(typed), named });
        }
        typed.judge()?;
        // Mistakes that only follow from what could not be read.
        Err(Diagnostics::default())
    }

    /// The assumed values of a scenario's profile, without an experiment file.
    ///
    /// # Errors
    /// Every mistake in the scenario.
    pub fn of_scenario(path: &Path, instead: &Instead, records: &Kept) -> Result<Read, Diagnostics> {
        let file = Sensitivity { assumed: Some(At { value: Switch::All(true), span: 0..0 }), ..Sensitivity::default() };
        let base = Base::read(path)?;
        let mut mistakes = Mistakes::default();
        let mut making = Making { file: &file, base: &base, records, mistakes: &mut mistakes };
        let outline = making.outline(instead);
        let loaded = base.load(&outline.fixed, &mut &*records)?;
        let plan = making.plan(path, outline, instead, &loaded);
        Ok(Read { plan, loaded, typed: None, named: !instead.figures.is_empty() })
    }

    /// What is set besides the scenario at every place, as `key=value`.
    pub fn fixed(&self) -> &[String] {
        &self.fixed
    }

    /// What is set at a place, as `key=value`.
    pub fn sets(&self, place: &Place) -> Vec<String> {
        let choices = self.inputs.iter().zip(place).filter_map(|(input, share)| share.map(|share| input.choice(share)));
        self.fixed.iter().cloned().chain(choices.flat_map(|choice| choice.sets)).collect()
    }

    /// Loads the scenario as it is at a place.
    ///
    /// # Errors
    /// What is wrong with it there.
    pub fn load(&self, place: &Place, source: &mut dyn RecordSource) -> Result<Loaded, Diagnostics> {
        self.base.load(&self.sets(place), source)
    }

    /// The shares at which each input is looked at by itself.
    pub fn samples(&self) -> Vec<Vec<f64>> {
        self.inputs.iter().map(Input::samples).collect()
    }

    /// BLAKE3 over the program's version, everything here, and the fingerprint of the world with every input at its default, as hexadecimal text.
    pub fn fingerprint(&self, loaded: &Loaded) -> String {
        let mut hash = blake3::Hasher::new();
        // `Debug` of plain data is exact: floats print so that they read back the same.
        let parts = (env!("CARGO_PKG_VERSION"), &self.title, &self.inputs, &self.responses, &self.settings, &self.fixed, self.base.text());
        hash.update(format!("{parts:?}").as_bytes());
        hash.update(loaded.fingerprint.as_bytes());
        hash.finalize().to_hex().to_string()
    }
}

/// What a file says before its scenario is loaded.
struct Outline {
    fixed: Vec<String>,
    /// Each stated input, and where each of its samples is written.
    stated: Vec<(Input, Vec<Range<usize>>)>,
    asked: Option<(Asked, Vec<At<String>>)>,
}

/// Makes a plan of a file.
struct Making<'m> {
    file: &'m Sensitivity,
    base: &'m Base,
    records: &'m Kept,
    mistakes: &'m mut Mistakes,
}

impl Making<'_> {
    fn outline(&mut self, instead: &Instead) -> Outline {
        let file = self.file;
        for set in &file.set {
            self.base.try_set(set, self.mistakes);
        }
        let mut fixed: Vec<String> = file.set.iter().map(|set| set.value.clone()).collect();
        fixed.extend(file.seed.iter().map(|seed| format!("seed={}", seed.value)));
        fixed.extend(instead.sets.iter().cloned());
        let mut stated: Vec<(Input, Vec<Range<usize>>)> = Vec::new();
        let mut taken: Vec<(String, String)> = Vec::new();
        for vary in &file.vary {
            let Some(factor) = vary::factor(vary, false, self.base, self.mistakes) else { continue };
            vary::note_keys(vary, &factor, &mut taken, self.mistakes);
            let span = vary.name.as_ref().or(vary.key.as_ref()).map_or(&vary.span, |at| &at.span);
            if stated.iter().any(|(other, _)| other.factor.name == factor.name) {
                self.mistakes.at(span, format!("there is an input `{}` already", factor.name), "give each [[vary]] a `name` of its own");
            }
            let samples = factor.samples();
            if samples.iter().skip(1).all(|sample| sample == &samples[0]) {
                self.mistakes.at(span, "one value leaves nothing uncertain", "write a range, or two values or more");
            }
            stated.push((Input { factor, default: None, assumed: false }, spans(vary)));
        }
        let count = |at: &Option<At<u64>>, least: u64, most: u64, what: &str, mistakes: &mut Mistakes| {
            if let Some(at) = at.as_ref().filter(|at| at.value < least || at.value > most) {
                mistakes.at(&at.span, format!("{} {what}", at.value), format!("write a number from {least} to {most}"));
            }
        };
        count(&file.replications, 1, MOST_REPLICATIONS, "replications", self.mistakes);
        count(&file.trajectories, 2, MOST_TRAJECTORIES, "trajectories", self.mistakes);
        count(&file.rows, 2, MOST_ROWS, "rows", self.mistakes);
        if let Some(named) = file.responses.as_ref().filter(|named| named.is_empty()) {
            self.mistakes.missing(&named.span, "no response is named", "name figures of summary.json, such as \"lag.fleet_worst.p99\"");
        }
        if let Some(title) = file.title.as_ref().filter(|title| title.contains(char::is_control)) {
            self.mistakes.at(&title.span, "the title holds a control character", "write it on one line");
        }
        let asked = match file.assumed.as_ref().map(|at| &at.value) {
            None | Some(Switch::All(false)) => None,
            Some(Switch::All(true)) => Some((Asked { include: None, exclude: Vec::new(), ranges: Ranges::shipped() }, Vec::new())),
            Some(Switch::Some(some)) => Some(asked(some, self.mistakes)),
        };
        Outline { fixed, stated, asked }
    }

    fn plan(&mut self, path: &Path, outline: Outline, instead: &Instead, loaded: &Loaded) -> Plan {
        let Outline { fixed, stated, asked } = outline;
        let with = |sets: &[String]| fixed.iter().chain(sets).cloned().collect::<Vec<String>>();
        let (base, records) = (self.base, self.records);
        let mut take = |sets: &[String]| base.load(&with(sets), &mut &*records).map_err(|mistakes| in_a_sentence(&mistakes)).map(drop);
        for (input, spans) in &stated {
            for (sample, span) in input.factor.samples().iter().zip(spans) {
                if let Err(why) = take(&sample.sets) {
                    self.mistakes.at(span, format!("the scenario does not take {}: {why}", input.words(sample)), "write a value that it takes");
                }
            }
        }
        let mut plan = Plan {
            title: String::new(),
            name: path.file_stem().map_or_else(|| "sensitivity".to_owned(), |stem| stem.to_string_lossy().into_owned()),
            inputs: Vec::new(),
            left_out: Vec::new(),
            cut: Vec::new(),
            responses: responses(self.file, instead, loaded),
            settings: Settings {
                trajectories: self.file.trajectories.as_ref().map_or(TRAJECTORIES, |at| at.value),
                rows: self.file.rows.as_ref().map_or(ROWS, |at| at.value),
                screen_only: false,
                replications: self.file.replications.as_ref().map_or(1, |at| at.value),
                budget: None,
                seed: loaded.world.seed,
            },
            fixed: fixed.clone(),
            base: base.clone(),
        };
        if let Some((asked, spans)) = asked {
            // As it is with every stated input in it, so that what these state is no assumption any more.
            let first: Vec<String> =
                stated.iter().filter_map(|(input, _)| input.factor.samples().into_iter().next()).flat_map(|first| first.sets).collect();
            let found = match base.load(&with(&first), &mut &*records) {
                Ok(with_all) => assumed::inputs(&asked, &with_all, &mut take),
                Err(_) => assumed::inputs(&asked, loaded, &mut take),
            };
            for named in spans.iter().filter(|named| !found.in_force.iter().any(|key| assumed::names(named, key))) {
                let near = nearest(named, &found.in_force);
                self.mistakes.at(&named.span, format!("no assumed value in force is called `{}`", named.value), near);
            }
            (plan.left_out, plan.cut) = (found.left_out, found.cut);
            plan.inputs = stated.into_iter().map(|(input, _)| input).chain(found.inputs).collect();
        } else {
            plan.inputs = stated.into_iter().map(|(input, _)| input).collect();
        }
        plan.title = self.file.title.as_ref().map_or_else(|| format!("What {} hangs on", loaded.world.title), |title| title.value.clone());
        plan
    }
}

/// Where each sample of a factor is written.
fn spans(vary: &At<Vary>) -> Vec<Range<usize>> {
    let ends = vary.range.as_ref().or(vary.log_range.as_ref()).map(|range| vec![range.from.span.clone(), range.to.span.clone()]);
    let values = || vary.values.as_ref().map(|values| values.iter().map(|value| value.span.clone()).collect());
    let levels = || vary.levels.as_ref().map(|levels| levels.iter().map(|level| level.name.span.clone()).collect());
    ends.or_else(values).or_else(levels).unwrap_or_default()
}

fn asked(some: &Assumed, mistakes: &mut Mistakes) -> (Asked, Vec<At<String>>) {
    let mut ranges = Ranges::shipped();
    if let Some(spread) = &some.spread {
        match spread.strip_prefix('x').and_then(|ratio| ratio.trim().parse::<f64>().ok()).filter(|ratio| ratio.is_finite() && *ratio > 1.0) {
            Some(ratio) => ranges.ratio = ratio,
            None => mistakes.at(&spread.span, format!("`{}` is no spread", spread.value), "write \"x2\": from half to twice"),
        }
    }
    if let Some(points) = &some.points {
        match points.parse::<Share>().map(Share::get) {
            Ok(share) if share > 0.0 => ranges.points = share,
            _ => mistakes.at(&points.span, format!("`{}` is no number of points", points.value), "write \"10 %\": so much less and more"),
        }
    }
    let texts = |list: &[At<String>]| list.iter().map(|named| named.value.clone()).collect::<Vec<_>>();
    let include = some.include.as_ref().map(|include| texts(include));
    let named = some.include.iter().flat_map(|include| include.iter()).chain(&some.exclude).cloned().collect();
    (Asked { include, exclude: texts(&some.exclude), ranges }, named)
}

fn responses(file: &Sensitivity, instead: &Instead, loaded: &Loaded) -> Vec<Figure> {
    let mut paths: Vec<String> = Vec::new();
    let named = file.responses.as_ref().map(|named| named.iter().map(|path| path.value.clone()).collect::<Vec<_>>());
    let usual = || RESPONSES.into_iter().chain(loaded.world.journey.is_some().then_some(OF_A_JOURNEY)).map(str::to_owned).collect();
    let wanted = if instead.figures.is_empty() { named.unwrap_or_else(usual) } else { instead.figures.clone() };
    for path in wanted {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths.iter().map(|path| Figure::at(path)).collect()
}

fn nearest(named: &str, keys: &[String]) -> String {
    let score = |key: &String| strsim::jaro_winkler(key, named);
    match keys.iter().max_by(|a, b| score(a).total_cmp(&score(b))).filter(|key| score(key) > 0.8) {
        Some(near) => format!("a key with a similar name is `{near}`"),
        None => "`failback explain --assumed` lists what a profile assumes; not all of it is in force in a scenario".to_owned(),
    }
}
