//! What every part of resolving shares: the profile in force, what was taken from it or stated instead, and the mistakes found so far.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use crate::profile::{Entry, NOT_LISTED, Profile, Standing, Unit};
use crate::results::{self, Assumption};
use crate::scenario::diagnostics::Finding;
use crate::scenario::located::At;
use crate::scenario::resolve::bounds;
use crate::scenario::values::{Factor, Number, OrNever, OrOff};
use crate::units::{Price, Span};

/// A value of the profile that the scenario states itself.
struct Stated {
    /// Values written, in order; one where a key can be written once.
    values: Vec<String>,
    /// The profile's own value.
    instead_of: Option<String>,
}

/// Shared state of resolving.
pub(super) struct Context {
    /// The rule set, overrides already laid over it.
    pub profile: Profile,
    /// Mistakes.
    pub findings: Vec<Finding>,
    /// Sentences that are worth a look but stop nothing.
    pub warnings: Vec<String>,
    used: BTreeSet<String>,
    stated: BTreeMap<String, Stated>,
    /// What the scenario's overrides replaced, where they stand, and in which of its tables.
    overridden: BTreeMap<String, (String, Range<usize>, &'static str)>,
    extra: Vec<Assumption>,
    /// Values that are within their bounds, by key, so that each is looked at once.
    sound: BTreeSet<(String, String)>,
    /// Where an unknown name was found.
    unknown: BTreeSet<(usize, usize, String)>,
}

impl Context {
    pub(super) fn new(profile: Profile) -> Self {
        Context {
            profile,
            findings: Vec::new(),
            warnings: Vec::new(),
            used: BTreeSet::new(),
            stated: BTreeMap::new(),
            overridden: BTreeMap::new(),
            extra: Vec::new(),
            sound: BTreeSet::new(),
            unknown: BTreeSet::new(),
        }
    }

    /// A context of the same profile and overrides, for what must be right but is in force nowhere.
    pub(super) fn aside(&self) -> Self {
        Context { overridden: self.overridden.clone(), ..Context::new(self.profile.clone()) }
    }

    /// Whether an unknown name was not found here before: all machines of a count have it from one place, and to look for what it might mean takes long.
    pub(super) fn is_news(&mut self, name: &str, span: &Range<usize>) -> bool {
        self.unknown.insert((span.start, span.end, name.to_owned()))
    }

    /// Notes a mistake at a position.
    pub(super) fn error(&mut self, span: &Range<usize>, problem: impl Into<String>, advice: impl Into<String>) {
        self.findings.push(Finding::at(span, problem, advice));
    }

    /// Notes a mistake that something is missing or does not fit; left out of the report if a part of the table was there but could not be read.
    pub(super) fn missing(&mut self, span: &Range<usize>, problem: impl Into<String>, advice: impl Into<String>) {
        self.findings.push(Finding { follows: true, ..Finding::at(span, problem, advice) });
    }

    /// Notes that a whole table is missing.
    pub(super) fn missing_table(&mut self, about: &'static str, problem: &str, advice: &str) {
        self.findings.push(Finding { follows: true, about, ..Finding::at(&(0..0), problem, advice) });
    }

    /// Replaces a value of the profile by one that a table of the scenario states.
    pub(super) fn override_value(&mut self, key: &str, value: &At<String>, table: &'static str) {
        let before = self.profile.get(key).map(|entry| entry.value.clone());
        match self.profile.set(key, &value.value) {
            Ok(()) => {
                // What was overridden before has replaced the profile's own value.
                let own = self.overridden.get(key).map(|(own, ..)| own.clone()).or(before).unwrap_or_default();
                self.overridden.insert(key.to_string(), (own, value.span.clone(), table));
            }
            Err(message) => {
                let (problem, advice) = message.split_once('\n').unwrap_or((&message, ""));
                self.error(&value.span, problem, advice);
            }
        }
    }

    /// Where a value of the profile was overridden; the whole text if it was not.
    pub(super) fn place_of(&self, key: &str) -> Range<usize> {
        self.overridden.get(key).map_or(0..0, |(_, span, _)| span.clone())
    }

    /// Where the value in force comes from: where the scenario wrote it, else where one of these keys was overridden.
    pub(super) fn place(&self, written: Option<&Range<usize>>, keys: &[&str]) -> Range<usize> {
        let overridden = || keys.iter().map(|key| self.place_of(key)).find(|place| *place != (0..0));
        written.cloned().or_else(overridden).unwrap_or(0..0)
    }

    /// Where one of these keys was overridden, else here.
    pub(super) fn overridden_or(&self, keys: &[&str], here: &Range<usize>) -> Range<usize> {
        let place = self.place(None, keys);
        if place == (0..0) { here.clone() } else { place }
    }

    /// Where a cell of this table was overridden; the whole text if none was.
    pub(super) fn place_in(&self, table: &str) -> Range<usize> {
        let of_table = |key: &&String| key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'));
        self.overridden.keys().find(of_table).map_or(0..0, |key| self.place_of(key))
    }

    /// Notes a mistake if a value of a key of the profile is out of its bounds.
    pub(super) fn check(&mut self, key: &str, value: &str, at: &Range<usize>) {
        if let Some(unit) = self.profile.get(key).map(|entry| entry.unit) {
            self.check_as(key, unit, value, at);
        }
    }

    /// The same for a quantity of this kind, for a key that a profile may lack.
    pub(super) fn check_as(&mut self, key: &str, unit: Unit, value: &str, at: &Range<usize>) {
        let pair = (key.to_string(), value.to_string());
        if self.sound.contains(&pair) {
            return;
        }
        match bounds::breach(key, unit, value) {
            Some((problem, advice)) => self.error(at, problem, advice),
            None => drop(self.sound.insert(pair)),
        }
    }

    /// The entry of a key, noted as in force and within its bounds.
    fn entry(&mut self, key: &str) -> Option<&Entry> {
        if self.profile.get(key).is_some() && self.used.insert(key.to_string()) {
            let value = self.profile.get(key).map(|entry| entry.value.clone()).unwrap_or_default();
            self.check(key, &value, &self.place_of(key));
        }
        self.profile.get(key)
    }

    /// A value of the profile; `None` if it is off or there is no such key.
    pub(super) fn value<T: FromStr>(&mut self, key: &str) -> Option<T> {
        self.entry(key).and_then(|entry| entry.value.parse().ok())
    }

    /// A price in force; `None` if the list has none and the scenario states none. What is not there is no assumption.
    pub(super) fn price(&mut self, key: &str) -> Option<Price> {
        let is_listed = self.profile.get(key).is_some_and(|entry| entry.value != NOT_LISTED);
        if is_listed || self.overridden.contains_key(key) { self.value(key) } else { None }
    }

    /// A value of the profile for a remark only: it is not noted as in force.
    pub(super) fn profile_value<T: FromStr>(&self, key: &str) -> Option<T> {
        self.profile.get(key).and_then(|entry| entry.value.parse().ok())
    }

    /// A value of the profile that every profile has.
    pub(super) fn need<T: FromStr + Default>(&mut self, key: &str) -> T {
        match self.value(key) {
            Some(value) => value,
            None => {
                let off = self.profile.get(key).is_some_and(|entry| entry.value == "off");
                let problem = if off { format!("`{key}` cannot be off") } else { format!("profile {} has no value for `{key}`", self.profile.name) };
                self.findings.push(Finding::at(&self.place_of(key), problem, "override it with a value"));
                T::default()
            }
        }
    }

    /// Whether a value of the profile is off or missing.
    pub(super) fn is_off(&mut self, key: &str) -> bool {
        self.entry(key).is_none_or(|entry| entry.value == "off")
    }

    /// Notes that the scenario states a value of the profile itself.
    pub(super) fn state(&mut self, key: &str, value: String) {
        let instead_of = self.profile.get(key).map(|entry| entry.value.clone());
        let stated = self.stated.entry(key.to_string()).or_insert(Stated { values: Vec::new(), instead_of });
        if !stated.values.contains(&value) {
            stated.values.push(value);
        }
    }

    /// What the scenario says, else the profile's value.
    pub(super) fn pick<T: FromStr + Default + Clone + Display>(&mut self, written: Option<&At<T>>, key: &str) -> T {
        match written {
            Some(written) => {
                let text = written.value.to_string();
                self.check(key, &text, &written.span);
                self.state(key, text);
                written.value.clone()
            }
            None => self.need(key),
        }
    }

    /// The same for a factor.
    pub(super) fn pick_factor(&mut self, written: Option<&At<Factor>>, key: &str) -> f64 {
        let written = written.map(|at| At { value: at.value.0, span: at.span.clone() });
        self.pick(written.as_ref(), key)
    }

    /// The same for a number.
    pub(super) fn pick_number(&mut self, written: Option<&At<Number>>, key: &str) -> f64 {
        let written = written.map(|at| At { value: at.value.0, span: at.span.clone() });
        self.pick(written.as_ref(), key)
    }

    /// The same for a value that is not wrapped in its position.
    pub(super) fn pick_flag(&mut self, written: Option<bool>, key: &str) -> bool {
        match written {
            Some(flag) => {
                self.state(key, flag.to_string());
                flag
            }
            None => self.need(key),
        }
    }

    /// What the scenario says, else the profile's value, either of which may be off.
    pub(super) fn pick_or_off<T: FromStr + Clone + Display>(&mut self, written: Option<&At<OrOff<T>>>, key: &str) -> Option<T> {
        match written.map(|at| (&at.value, &at.span)) {
            Some((OrOff::Is(value), span)) => {
                let text = value.to_string();
                self.check(key, &text, span);
                self.state(key, text);
                Some(value.clone())
            }
            Some((OrOff::Off, _)) => {
                self.state(key, "off".to_string());
                None
            }
            None => self.value(key),
        }
    }

    /// The same for a time that may never come, which the profile writes as off.
    pub(super) fn pick_or_never(&mut self, written: Option<&At<OrNever<Span>>>, key: &str) -> Option<Span> {
        let Some(written) = written else { return self.value(key) };
        let time = written.value.value();
        self.state(key, time.map_or_else(|| "never".to_string(), |time| time.to_string()));
        time
    }

    /// Notes something in force that is no key of the profile.
    pub(super) fn assume(&mut self, key: &str, value: impl Into<String>, source: impl Into<String>) {
        self.extra.push(Assumption {
            key: key.to_string(),
            value: value.into(),
            standing: results::Standing::Assumed,
            source: source.into(),
            date: String::new(),
            instead_of: None,
        });
    }

    /// Every value in force: stated by the scenario, overridden, or taken from the profile; sorted by key.
    pub(super) fn assumptions(&mut self) -> Vec<Assumption> {
        let mut list = std::mem::take(&mut self.extra);
        for (key, stated) in &self.stated {
            list.push(Assumption {
                key: key.clone(),
                value: stated.values.join(", "),
                standing: results::Standing::Scenario,
                source: "the scenario".to_string(),
                date: String::new(),
                instead_of: stated.instead_of.clone().filter(|own| stated.values.as_slice() != [own.clone()]),
            });
        }
        for key in &self.used {
            let Some(entry) = self.profile.get(key) else { continue };
            let overridden = self.overridden.get(key);
            // A key that some part states and another leaves to the profile is in force twice; the profile's line says for whom.
            list.push(Assumption {
                key: key.clone(),
                value: entry.value.clone(),
                standing: if overridden.is_some() { results::Standing::Scenario } else { standing(entry.standing) },
                source: overridden.map_or_else(|| entry.source.clone(), |(_, _, table)| format!("the scenario's [{table}]")),
                date: if overridden.is_some() { String::new() } else { entry.date.clone() },
                instead_of: overridden.map(|(before, ..)| before.clone()),
            });
        }
        for (key, (_, _, table)) in self.overridden.iter().filter(|(key, _)| !self.used.contains(*key)) {
            self.warnings.push(format!("{table}.{key}: nothing in this scenario uses this value"));
        }
        list.sort_by(|a, b| a.key.cmp(&b.key));
        list
    }
}

fn standing(standing: Standing) -> results::Standing {
    standing.into()
}
