//! The assumed values of the profile in force as inputs: which, how far, and how much of that the scenario takes.

use crate::experiment::sensitivity::input::Input;
use crate::experiment::sensitivity::ranges::Ranges;
use crate::experiment::sweep::factor::{Between, Factor, Ways};
use crate::experiment::sweep::raw::Scalar;
use crate::profile::{Entry, Profile};
use crate::results::Standing;
use crate::scenario::Loaded;

/// Parts of the way from the default to an end that are tried where the end is refused.
const PARTS: [f64; 3] = [0.5, 0.25, 0.125];

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Only keys that begin with one of these.
    pub include: Option<Vec<String>>,
    /// No keys that begin with one of these.
    pub exclude: Vec<String>,
    /// How far values go.
    pub ranges: Ranges,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The inputs, sorted by key.
    pub inputs: Vec<Input>,
    /// Assumed values in force that are not varied, each with the end of a sentence that begins with its key.
    pub left_out: Vec<(String, String)>,
    /// Ranges that were cut, in sentences.
    pub cut: Vec<String>,
    /// Keys of every assumed value in force.
    pub in_force: Vec<String>,
}

/// Whether a key is named by a key or the beginning of one: `journey` names `journey.detect`.
pub fn names(named: &str, key: &str) -> bool {
    let named = named.trim_end_matches(".*").trim_end_matches('.');
    key.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The assumed values in force in a scenario as inputs; `take` says whether the scenario takes a setting besides all others.
pub fn inputs(asked: &Asked, loaded: &Loaded, take: &mut dyn FnMut(&[String]) -> Result<(), String>) -> Found {
    let mut found = Found::default();
    let Ok(profile) = Profile::load(&loaded.world.profile) else { return found };
    for value in loaded.assumptions.iter().filter(|value| value.standing == Standing::Assumed) {
        // What is no key of the profile cannot be overridden: that none was named, say.
        let Some(entry) = profile.get(&value.key) else { continue };
        if !found.in_force.contains(&entry.key) {
            found.in_force.push(entry.key.clone());
        } else {
            continue;
        }
        let wanted = asked.include.as_ref().is_none_or(|include| include.iter().any(|named| names(named, &entry.key)));
        if !wanted || asked.exclude.iter().any(|named| names(named, &entry.key)) {
            found.left_out.push((entry.key.clone(), "is left out by the experiment".to_owned()));
            continue;
        }
        match asked.ranges.of(entry).and_then(|factor| taken(entry, factor, take, &mut found.cut)) {
            Ok(factor) => found.inputs.push(Input { factor, default: Some(entry.value.clone()), assumed: true }),
            Err(why) => found.left_out.push((entry.key.clone(), why)),
        }
    }
    found
}

/// As much of a factor as the scenario takes.
fn taken(entry: &Entry, factor: Factor, take: &mut dyn FnMut(&[String]) -> Result<(), String>, cut: &mut Vec<String>) -> Result<Factor, String> {
    let mut refusals: Vec<(String, String)> = Vec::new();
    let input = Input { factor: factor.clone(), default: None, assumed: true };
    let ways = match factor.ways {
        Ways::Listed(choices) => {
            let mut left = choices;
            left.retain(|choice| match take(&choice.sets) {
                Ok(()) => true,
                Err(why) => {
                    refusals.push((input.words(choice), why));
                    false
                }
            });
            if left.len() < 2 { Err(()) } else { Ok(Ways::Listed(left)) }
        }
        Ways::Between(between) => {
            let default = default_share(entry, &between);
            let mut reach = |end: f64| match take(&between.choice(end).sets) {
                Ok(()) => end,
                Err(why) => {
                    refusals.push((input.words(&between.choice(end)), why));
                    let nearer = PARTS.iter().map(|part| default + (end - default) * part).find(|share| take(&between.choice(*share).sets).is_ok());
                    nearer.unwrap_or(default)
                }
            };
            let (from, to) = (reach(0.0), reach(1.0));
            if refusals.is_empty() {
                Ok(Ways::Between(between))
            } else if to > from {
                Ok(Ways::Between(between.part(from, to)))
            } else {
                Err(())
            }
        }
    };
    let refused: Vec<String> = refusals.into_iter().map(|(value, why)| format!("{value} is refused ({why})")).collect();
    match ways {
        Ok(ways) => {
            let factor = Factor { ways, ..factor };
            if !refused.is_empty() {
                let left = Input { factor: factor.clone(), default: None, assumed: true }.range_words();
                cut.push(format!("{}: {}; varied over {left}", entry.key, refused.join(", ")));
            }
            Ok(factor)
        }
        Err(()) => Err(format!("has no other value that this scenario takes: {}", refused.join(", "))),
    }
}

/// Where the profile's own value lies in its range.
fn default_share(entry: &Entry, between: &Between) -> f64 {
    if between.logarithmic {
        return 0.5;
    }
    let own = Between::points(&between.key, &Scalar::Text(entry.value.clone()), 0.0).map_or(between.from, |own| own.from);
    if between.to > between.from { ((own - between.from) / (between.to - between.from)).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{self, Files};

    const TEXT: &str =
        "horizon = \"1 h\"\nvm = [{ name = \"a\", churn.b_model = { mean = \"1 MB/s\" } }]\nlink.forward.internet = { bandwidth = \"50 Mbps\" }\n";

    fn load(sets: &[String]) -> Result<Loaded, String> {
        let loaded = scenario::parse(TEXT, "test.toml", "test", std::path::Path::new(""), sets, &mut Files);
        loaded.map_err(|mistakes| mistakes.iter().next().map(|first| first.problem.clone()).unwrap_or_default())
    }

    fn found(asked: &Asked) -> Found {
        inputs(asked, &load(&[]).unwrap(), &mut |sets| load(sets).map(drop))
    }

    #[test]
    fn every_assumed_value_in_force_is_an_input_or_has_a_reason() {
        let all = found(&Asked { include: None, exclude: Vec::new(), ranges: Ranges::shipped() });
        let keys: Vec<&str> = all.inputs.iter().map(|input| input.factor.name.as_str()).collect();
        assert!(keys.contains(&"churn.b_model_bias") && keys.contains(&"path_default.internet.rtt") && keys.contains(&"agent.buffer"), "{keys:?}");
        assert_eq!(all.inputs.len() + all.left_out.len(), all.in_force.len());
        let why = |key: &str| all.left_out.iter().find(|(left, _)| left == key).map(|(_, why)| why.as_str());
        assert_eq!(why("run.seed"), Some("says which run is made, not how the world is"));
        assert!(why("apply.rate").unwrap().starts_with("is off"));
        for input in &all.inputs {
            for share in input.samples() {
                assert!(load(&input.choice(share).sets).is_ok(), "{}: {:?}", input.factor.name, input.choice(share));
            }
        }
    }

    #[test]
    fn an_end_that_the_scenario_refuses_is_drawn_in_and_said() {
        let mut ranges = Ranges::shipped();
        ranges.points = 0.4;
        let cut = found(&Asked { include: Some(vec!["churn.b_model_bias".to_owned()]), exclude: Vec::new(), ranges });
        let [input] = cut.inputs.as_slice() else { panic!("{cut:?}") };
        // 0.3 to 1, of which only 0.5 to below 1 means anything: half of the way from 0.7 down is 0.5, half of the way up 0.85.
        let ends: Vec<String> = input.factor.samples().into_iter().map(|choice| choice.cell).collect();
        assert_eq!(ends, ["0.5", "0.85"], "{cut:?}");
        assert!(cut.cut[0].contains("0.3 is refused") && cut.cut[0].contains("0.5 to 0.85"), "{}", cut.cut[0]);
    }

    #[test]
    fn a_table_names_all_its_keys() {
        assert!(names("journey", "journey.detect") && names("journey.*", "journey.detect") && names("link.common_cause", "link.common_cause"));
        assert!(!names("jour", "journey.detect") && !names("journey.detect", "journey"));
        let some = found(&Asked { include: Some(vec!["churn".to_owned()]), exclude: vec!["churn.period".to_owned()], ranges: Ranges::shipped() });
        assert!(
            !some.inputs.is_empty() && some.inputs.iter().all(|input| input.factor.name.starts_with("churn.") && input.factor.name != "churn.period")
        );
    }
}
