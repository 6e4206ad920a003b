//! From a sizing as typed to a plan: what is sought, what must hold, with which confidence. Everything that can be wrong with the file is found here, before
//! anything runs.

use std::path::Path;

use crate::experiment::base::Base;
use crate::experiment::grown::grow;
use crate::experiment::size::aim::Aim;
use crate::experiment::size::candidates::{self, Candidates, share};
use crate::experiment::size::raw;
use crate::experiment::size::skus::{self, Column};
use crate::experiment::sweep::factor::{Factor, Ways};
use crate::experiment::sweep::raw::Scalar;
use crate::experiment::target::Target;
use crate::scenario::{At, Diagnostics, Loaded, Mistakes, RecordSource, Typed};
use crate::stats::{FEWEST_SECTIONS, Fraction};

/// Runs of each value where something is random: enough sections for an interval, with two runs in each.
const REPLICATIONS: u64 = 20;

/// More is a slip of the hand.
const MOST_REPLICATIONS: u64 = 100_000;

/// Largest growth and headroom, as shares.
const MOST_MORE: f64 = 1000.0;

/// A sizing, ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Title.
    pub title: String,
    /// Short name of its file.
    pub name: String,
    /// What must hold.
    pub aim: Aim,
    /// What is sought.
    pub candidates: Candidates,
    /// Confidence of intervals.
    pub confidence: Fraction,
    /// Runs of each value, where something is random.
    pub replications: u64,
    /// By how much more is written \[1\].
    pub growth: f64,
    /// What is added to the answer \[1\].
    pub headroom: f64,
    /// Where the next size up is looked for.
    pub skus: Vec<Column>,
    fixed: Vec<String>,
    base: Base,
}

impl Plan {
    /// Reads a sizing file; `sets` are laid over the scenario.
    ///
    /// # Errors
    /// Every mistake found.
    pub fn read(path: &Path, sets: &[String]) -> Result<(Plan, Typed<raw::Size>), Diagnostics> {
        let typed = Typed::<raw::Size>::read(path, "name a sizing file; docs/size.md shows one")?;
        Plan::of(path, typed, sets)
    }

    /// The same from a text that the command line makes, called `shown`; files are named relative to the working folder.
    ///
    /// # Errors
    /// Every mistake found.
    pub fn of_text(text: String, shown: &str, name: &str, sets: &[String]) -> Result<(Plan, Typed<raw::Size>), Diagnostics> {
        Plan::of(Path::new(name), Typed::of_text(text, shown)?, sets)
    }

    fn of(path: &Path, mut typed: Typed<raw::Size>, sets: &[String]) -> Result<(Plan, Typed<raw::Size>), Diagnostics> {
        let size = typed.value.clone();
        let base = Base::named(path, size.scenario.as_ref(), &mut typed.mistakes)?;
        let plan = resolve(path, &size, base, sets, &mut typed.mistakes);
        typed.judge()?;
        match plan {
            Some(plan) => Ok((plan, typed)),
            // Nothing is missing without a mistake that says so.
            None => Err(Diagnostics::default()),
        }
    }

    /// What is set besides the scenario whatever the candidate, as `key=value`.
    pub fn fixed(&self) -> &[String] {
        &self.fixed
    }

    /// What is set with a candidate, in order.
    pub fn sets(&self, candidate: usize) -> Vec<String> {
        self.fixed.iter().cloned().chain(self.candidates.at(candidate).sets).collect()
    }

    /// Loads the scenario with a candidate, its churn grown.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn load(&self, candidate: usize, source: &mut dyn RecordSource) -> Result<Loaded, Diagnostics> {
        let mut loaded = self.base.load(&self.sets(candidate), source)?;
        if self.growth != 0.0 {
            grow(&mut loaded.world, 1.0 + self.growth);
        }
        Ok(loaded)
    }

    /// BLAKE3 over the program's version, everything here, and the fingerprint of the scenario with one candidate, as hexadecimal text.
    pub fn fingerprint(&self, version: &str, loaded: &Loaded) -> String {
        let mut hash = blake3::Hasher::new();
        // `Debug` of plain data is exact: floats print so that they read back the same.
        let parts = (version, &self.title, &self.aim, &self.candidates, self.confidence, self.replications, self.growth, self.headroom);
        hash.update(format!("{parts:?}").as_bytes());
        hash.update(format!("{:?}", (&self.skus, &self.fixed, self.base.text(), self.base.name())).as_bytes());
        hash.update(loaded.fingerprint.as_bytes());
        hash.finalize().to_hex().to_string()
    }
}

fn resolve(path: &Path, size: &raw::Size, base: Base, sets: &[String], mistakes: &mut Mistakes) -> Option<Plan> {
    for set in &size.set {
        base.try_set(set, mistakes);
    }
    let mut fixed: Vec<String> = size.set.iter().map(|set| set.value.clone()).collect();
    fixed.extend(size.seed.iter().map(|seed| format!("seed={}", seed.value)));
    fixed.extend(sets.iter().cloned());
    let aim = aim(size, mistakes);
    let candidates = match &size.find {
        None => {
            mistakes.missing_key("find", "what is sought is missing", "add a [find] with a key, `from` and `to`");
            None
        }
        Some(find) => candidates::read(find, &base, mistakes),
    };
    let find = size.find.as_ref();
    let (kind, key) = candidates.as_ref().map_or((None, None), |found| (found.kind(), found.key.as_deref()));
    let columns = if candidates.is_some() { skus::columns(find.and_then(|find| find.skus.as_ref()), kind, key, mistakes) } else { Vec::new() };

    let confidence =
        number(size.confidence.as_ref(), 0.95, "a confidence", "write a share below 100 %, such as \"95 %\"", |c| c > 0.0 && c < 1.0, mistakes);
    let growth =
        number(size.growth.as_ref(), 0.0, "a growth", "write a share above -100 %, such as \"30 %\"", |g| g > -1.0 && g <= MOST_MORE, mistakes);
    let headroom = number(size.headroom.as_ref(), 0.0, "a headroom", "write a share, such as \"20 %\"", |h| (0.0..=MOST_MORE).contains(&h), mistakes);
    if let (Some(at), Some(found)) = (size.headroom.as_ref(), candidates.as_ref())
        && matches!(found.factor, Factor { ways: Ways::Listed(_), .. })
    {
        mistakes.at(&at.span, "nothing can be added to listed values", "leave `headroom` out, and take the next one of the list");
    }
    let replications = size.replications.as_ref().map_or(REPLICATIONS, |at| at.value);
    let bounds = (FEWEST_SECTIONS as u64..=MOST_REPLICATIONS).contains(&replications) || replications == 1;
    if let Some(at) = size.replications.as_ref().filter(|_| !bounds) {
        let problem = format!("{} runs of each value do not bound what they estimate", at.value);
        mistakes.at(&at.span, problem, format!("write a number from {FEWEST_SECTIONS} to {MOST_REPLICATIONS}, or 1 to go without confidence"));
    }
    let name = path.file_stem().map_or_else(|| "size".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let title = size.title.as_ref().map_or_else(|| name.clone(), |title| title.value.clone());
    if let Some(title) = size.title.as_ref().filter(|title| title.contains(char::is_control)) {
        mistakes.at(&title.span, "the title holds a control character", "write it on one line");
    }
    let confidence = Fraction::new(confidence)?;
    Some(Plan { title, name, aim: aim?, candidates: candidates?, confidence, replications, growth, headroom, skus: columns, fixed, base })
}

fn aim(size: &raw::Size, mistakes: &mut Mistakes) -> Option<Aim> {
    let levels = size.levels.as_ref().map(|levels| {
        if levels.is_empty() {
            mistakes.missing(&levels.span, "no share of the time is named", "write some, such as [\"100 %\", \"99 %\"], or leave `levels` out");
        }
        let read = |at: &At<Scalar>| {
            let found = share(&at.value).filter(|share| *share > 0.0 && *share <= 1.0);
            if found.is_none() {
                mistakes.at(&at.span, format!("`{}` is no share of the time", at.value), "write a share above 0 and up to 100 %, such as \"99.5 %\"");
            }
            found
        };
        levels.iter().filter_map(read).collect::<Vec<f64>>()
    });
    let Some(typed) = &size.target else {
        mistakes.missing_key("target", "what must hold is missing", "add `target = \"lag.fleet_worst <= 15 min\"`, say");
        return None;
    };
    match Target::parse(typed) {
        Ok(target) => match Aim::new(target, levels) {
            Ok(aim) => Some(aim),
            Err((problem, advice)) => {
                mistakes.at(&typed.span, problem, advice);
                None
            }
        },
        Err(error) => {
            mistakes.at(&typed.span, error.0, "write a figure, a relation and a limit");
            None
        }
    }
}

/// A share that is written, or its default.
fn number(at: Option<&At<Scalar>>, default: f64, what: &str, advice: &str, fits: impl Fn(f64) -> bool, mistakes: &mut Mistakes) -> f64 {
    let Some(at) = at else { return default };
    match share(&at.value).filter(|value| fits(*value)) {
        Some(value) => value,
        None => {
            mistakes.at(&at.span, format!("`{}` is not {what}", at.value), advice);
            default
        }
    }
}
