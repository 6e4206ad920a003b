//! How far an assumed value may be off: rules by unit and by key, from `ranges.toml`, which is their home.

use serde::Deserialize;

use crate::experiment::figure::Kind;
use crate::experiment::sweep::factor::{Between, Choice, Factor, Ways, cell};
use crate::experiment::sweep::raw::Scalar;
use crate::profile::{Entry, Unit};

static DATA: &str = include_str!("ranges.toml");

/// The rules.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranges {
    /// What positive quantities are divided by and multiplied with.
    pub ratio: f64,
    /// What is taken from shares and added to them \[1\].
    pub points: f64,
    #[serde(default)]
    instead: Vec<Instead>,
    #[serde(default)]
    left_out: Vec<LeftOut>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Rule {
    Ratio,
    Points,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Instead {
    keys: Vec<String>,
    #[serde(rename = "as")]
    rule: Rule,
    /// Read by people.
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    keys: Vec<String>,
    why: String,
}

impl Ranges {
    /// The rules that ship.
    pub fn shipped() -> Self {
        // A test reads them; were they defective, nothing would be varied.
        toml::from_str(DATA).unwrap_or(Ranges { ratio: 1.0, points: 0.0, instead: Vec::new(), left_out: Vec::new() })
    }

    /// The values that an assumed value may have instead.
    ///
    /// # Errors
    /// Why it is not varied, as the end of a sentence that begins with its key.
    pub fn of(&self, entry: &Entry) -> Result<Factor, String> {
        if let Some(out) = self.left_out.iter().find(|out| out.keys.iter().any(|pattern| fits(pattern, &entry.key))) {
            return Err(out.why.clone());
        }
        let (key, value) = (entry.override_key(), entry.value.as_str());
        if value == "off" {
            return Err("is off, and what it would be otherwise nobody has published".to_owned());
        }
        let text = Scalar::Text(value.to_owned());
        let rule = self.instead.iter().find(|instead| instead.keys.iter().any(|pattern| fits(pattern, &entry.key))).map(|instead| instead.rule);
        let ways = match (entry.unit, rule) {
            (Unit::Text, _) if entry.choices.len() > 1 => listed(&key, entry.choices.iter().map(|choice| Scalar::Text(choice.clone()))),
            (Unit::Text, _) if entry.choices.len() == 1 => return Err("has no other choice".to_owned()),
            (Unit::Text | Unit::Moment, _) => return Err("is a name or a date, without a list of others".to_owned()),
            (Unit::Flag, _) => listed(&key, [false, true].into_iter().map(Scalar::Flag)),
            (Unit::Count, _) => counts(&key, value, self.ratio)?,
            (Unit::Share, None) | (_, Some(Rule::Points)) => {
                Between::points(&key, &text, self.points).map(Ways::Between).ok_or_else(|| no_quantity(value))?
            }
            _ => Between::times(&key, &text, self.ratio).map(Ways::Between).ok_or_else(|| no_quantity(value))?,
        };
        let (kind, logarithmic) = match &ways {
            Ways::Between(between) => (Some(between.kind()), between.logarithmic),
            Ways::Listed(_) if entry.unit == Unit::Count => (Some(Kind::Count), false),
            Ways::Listed(_) => (None, false),
        };
        Ok(Factor { name: entry.key.clone(), kind, logarithmic, ways })
    }
}

fn no_quantity(value: &str) -> String {
    match cell(value) {
        (Some(_), zero) if zero == "0" => "is 0, of which no ratio is another value".to_owned(),
        _ => format!("is `{value}`, which no ratio can be taken of"),
    }
}

/// Some of the value, the value, and more, in whole numbers of at least 1.
fn counts(key: &str, value: &str, ratio: f64) -> Result<Ways, String> {
    let count = value.parse::<u64>().ok().filter(|count| *count > 0).ok_or_else(|| no_quantity(value))?;
    let mut counts = [(count as f64 / ratio).round().max(1.0), count as f64, (count as f64 * ratio).round()].map(|count| count as i64).to_vec();
    counts.dedup();
    Ok(listed(key, counts.into_iter().map(Scalar::Whole)))
}

fn listed(key: &str, values: impl Iterator<Item = Scalar>) -> Ways {
    Ways::Listed(values.map(|value| Choice { cell: value.to_string(), sets: vec![format!("{key}={}", value.toml())] }).collect())
}

/// Whether a key fits a pattern: `run.*`, `*.loss`, `churn.peak`.
fn fits(pattern: &str, key: &str) -> bool {
    match (pattern.strip_suffix('*'), pattern.strip_prefix('*')) {
        (Some(start), _) => key.starts_with(start),
        (None, Some(end)) => key.ends_with(end),
        (None, None) => pattern == key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{self, Profile, Standing};

    #[test]
    fn the_rules_that_ship_can_be_read_and_each_is_for_a_key_that_exists() {
        let ranges: Ranges = toml::from_str(DATA).unwrap();
        assert_eq!((ranges.ratio, ranges.points), (2.0, 0.1));
        let profiles: Vec<Profile> = profile::names().map(|name| Profile::load(name).unwrap()).collect();
        let patterns = ranges.instead.iter().flat_map(|rule| &rule.keys).chain(ranges.left_out.iter().flat_map(|rule| &rule.keys));
        for pattern in patterns {
            assert!(profiles.iter().any(|profile| profile.assumed().any(|entry| fits(pattern, &entry.key))), "{pattern} fits nothing");
        }
    }

    #[test]
    fn every_assumed_value_has_a_range_of_at_least_two_values_or_a_reason() {
        for name in profile::names() {
            let profile = Profile::load(name).unwrap();
            for entry in profile.assumed() {
                match Ranges::shipped().of(entry) {
                    Ok(factor) => {
                        let samples = factor.samples();
                        assert!(samples.len() >= 2 && samples.iter().all(|choice| choice.sets[0].starts_with("override.")), "{name} {}", entry.key);
                    }
                    Err(why) => assert!(why.starts_with("is ") || why.starts_with("has ") || why.starts_with("says "), "{name} {}: {why}", entry.key),
                }
            }
        }
    }

    #[test]
    fn the_range_goes_by_the_unit() {
        let entry = |value: &str, unit, choices: &[&str]| Entry {
            key: "a.b c".into(),
            value: value.into(),
            unit,
            source: "no public figure".into(),
            date: "2026".into(),
            standing: Standing::Assumed,
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
            note: String::new(),
            stated_in: "test".into(),
        };
        let ends = |entry: &Entry| -> Vec<String> {
            let factor = Ranges::shipped().of(entry).unwrap();
            factor.samples().into_iter().flat_map(|choice| choice.sets).map(|set| set.replace("override.a.\"b c\"=", "")).collect()
        };
        assert_eq!(ends(&entry("5 min", Unit::Time, &[])), ["\"2.5 min\"", "\"10 min\""]);
        assert_eq!(ends(&entry("15 min", Unit::Law, &[])), ["\"7.5 min\"", "\"30 min\""]);
        assert_eq!(ends(&entry("95 %", Unit::Share, &[])), ["\"85 %\"", "\"100 %\""]);
        assert_eq!(ends(&entry("1.5", Unit::Number, &[])), ["0.75", "3.0"]);
        assert_eq!(ends(&entry("3", Unit::Count, &[])), ["2", "3", "6"]);
        assert_eq!(ends(&entry("1", Unit::Count, &[])), ["1", "2"]);
        assert_eq!(ends(&entry("true", Unit::Flag, &[])), ["false", "true"]);
        assert_eq!(ends(&entry("x", Unit::Text, &["x", "y"])), ["\"x\"", "\"y\""]);
        for entry in
            [entry("off", Unit::Time, &[]), entry("0 s", Unit::Law, &[]), entry("8 min to 10 min", Unit::Law, &[]), entry("11:00", Unit::Text, &[])]
        {
            assert!(Ranges::shipped().of(&entry).is_err(), "{}", entry.value);
        }
    }
}
