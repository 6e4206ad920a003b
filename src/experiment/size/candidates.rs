//! The values among which the answer is sought, from least to most: even ratios or even steps between two ends, listed values, or named choices.
//!
//! Candidates are fixed before anything runs, so every level tries the same ones and shares what was simulated, and "the neighbour" of an answer is simply the
//! candidate before it.

use crate::experiment::base::Base;
use crate::experiment::design::Coordinate;
use crate::experiment::figure::Kind;
use crate::experiment::size::raw::Find;
use crate::experiment::sweep::factor::{Between, Choice, Factor, Ways};
use crate::experiment::sweep::raw::{Range, Scalar, Vary};
use crate::experiment::sweep::vary;
use crate::experiment::target::quantity;
use crate::scenario::{At, Mistakes};

/// Relative distance of neighbours unless another is asked for.
const WITHIN: f64 = 0.01;

/// Closest that neighbours may be: values have six significant digits.
const CLOSEST: f64 = 1e-4;

/// Most candidates: more is a slip of the hand.
const MOST: f64 = 1e7;

/// What is sought.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidates {
    /// Its values.
    pub factor: Factor,
    /// The key, where it is one.
    pub key: Option<String>,
    /// Largest relative distance of neighbours, where ratios are even.
    pub within: Option<f64>,
    count: usize,
}

/// One candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// As tables have it: a quantity in SI base units, or a name.
    pub cell: String,
    /// As a scenario writes it, or its name.
    pub written: String,
    /// What it sets, as `key=value`.
    pub sets: Vec<String>,
}

impl Candidates {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// What its values are; `None` for names.
    pub fn kind(&self) -> Option<Kind> {
        self.factor.kind
    }

    /// Whether only whole numbers make sense.
    pub fn whole(&self) -> bool {
        matches!(&self.factor.ways, Ways::Between(between) if between.whole)
    }

    /// The candidate of this number.
    pub fn at(&self, number: usize) -> Candidate {
        let choice = match &self.factor.ways {
            Ways::Listed(_) => self.factor.choice(Coordinate::Level(number as u64)),
            Ways::Between(between) => between.choice(if self.count > 1 { number as f64 / (self.count - 1) as f64 } else { 0.0 }),
        };
        Candidate { written: self.written(&choice), cell: choice.cell, sets: choice.sets }
    }

    /// A quantity as a scenario would write it, in the unit of the first end.
    pub fn in_words(&self, value: f64) -> String {
        match (&self.factor.ways, self.kind()) {
            (Ways::Between(between), _) if !between.unit.is_empty() => {
                format!("{} {}", six_digits(value / between.per()), between.unit)
            }
            (_, Some(kind)) if kind != Kind::Count => kind.words(value),
            _ => six_digits(value).to_string(),
        }
    }

    /// The number of the last candidate that is no more than `value` (in SI base units); `None` for names and lists.
    pub fn before(&self, value: f64) -> Option<usize> {
        let Ways::Between(between) = &self.factor.ways else { return None };
        let value = value / between.per();
        let share = match between.logarithmic {
            true => libm::log(value / between.from) / libm::log(between.to / between.from),
            false => (value - between.from) / (between.to - between.from),
        };
        let last = self.count.saturating_sub(1) as f64;
        share.is_finite().then(|| (share * last).floor().clamp(0.0, last) as usize)
    }

    fn written(&self, choice: &Choice) -> String {
        match (&self.key, choice.sets.as_slice()) {
            (Some(_), [set]) => {
                let value = set.split_once('=').map_or(set.as_str(), |(_, value)| value).trim();
                value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value).to_owned()
            }
            _ => choice.cell.clone(),
        }
    }
}

/// To six significant digits, as values inside a range have.
fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// Reads what is sought; nothing if it is wrong.
pub fn read(find: &At<Find>, base: &Base, mistakes: &mut Mistakes) -> Option<Candidates> {
    let spans = [
        find.from.as_ref().or(find.to.as_ref()).map(|at| ("from", &at.span)),
        find.values.as_ref().map(|at| ("values", &at.span)),
        find.choices.as_ref().map(|at| ("choices", &at.span)),
    ];
    let given: Vec<_> = spans.into_iter().flatten().collect();
    if let [(first, _), (second, span), ..] = given.as_slice() {
        mistakes.at(span, format!("there are both `{first}` and `{second}`"), "write `from` and `to`, or `values`, or `choices`");
        return None;
    }
    let before = mistakes.len();
    let found = match (&find.values, &find.choices) {
        (None, None) => between(find, base, mistakes),
        (values, choices) => {
            for at in [&find.within, &find.step].into_iter().flatten() {
                mistakes.at(&at.span, "what is listed has no distances between", "leave it out");
            }
            let name = At { value: "choice".to_owned(), span: find.span.clone() };
            let named = find.name.clone().or(choices.as_ref().map(|_| name));
            let vary = Vary { key: find.key.clone(), name: named, values: values.clone(), levels: choices.clone(), ..Vary::default() };
            vary::factor(&At { value: vary, span: find.span.clone() }, false, base, mistakes).and_then(|factor| listed(find, factor, mistakes))
        }
    };
    if mistakes.len() == before { found } else { None }
}

fn listed(find: &At<Find>, factor: Factor, mistakes: &mut Mistakes) -> Option<Candidates> {
    let Ways::Listed(choices) = &factor.ways else { return None };
    let cells: Vec<Option<f64>> = choices.iter().map(|choice| choice.cell.parse().ok().filter(|_| factor.kind.is_some())).collect();
    if let Some(place) = cells.windows(2).position(|pair| matches!(pair, [Some(a), Some(b)] if b <= a))
        && let Some(at) = find.values.as_ref().and_then(|values| values.get(place + 1))
    {
        mistakes.at(&at.span, format!("`{}` is not more than the value before it", at.value), "write the values from least to most");
    }
    Some(Candidates { count: choices.len(), key: find.key.as_ref().map(|key| key.value.clone()), within: None, factor })
}

fn between(find: &At<Find>, base: &Base, mistakes: &mut Mistakes) -> Option<Candidates> {
    let Some(key) = &find.key else {
        mistakes.missing(&find.span, "the key that is sought is missing", "add `key = \"link.forward.internet.bandwidth\"`, say");
        return None;
    };
    let (Some(from), Some(to)) = (&find.from, &find.to) else {
        mistakes.missing(&find.span, "where to look is missing", "add `from` and `to`, such as from = \"50 Mbps\", to = \"10 Gbps\", or `values`");
        return None;
    };
    let range = Range { from: from.clone(), to: to.clone(), steps: None };
    let whole = matches!((&from.value, &to.value), (Scalar::Whole(_), Scalar::Whole(_)));
    let logarithmic = find.step.is_none() && !whole;
    let mut between = match Between::new(&key.value, &range, logarithmic) {
        Ok(between) => between,
        Err((problem, advice)) => {
            let advice = if problem.starts_with("even ratios") { "begin above 0, or write `step`".to_owned() } else { advice };
            mistakes.at(&from.span, problem, advice);
            return None;
        }
    };
    let ends = [(0.0, &from.span), (1.0, &to.span)].into_iter();
    base.try_values(key, ends.flat_map(|(share, span)| between.choice(share).sets.into_iter().map(move |set| (set, span))), mistakes);
    let (steps, within) = match (&find.step, &find.within) {
        (Some(_), Some(within)) => {
            mistakes.at(&within.span, "there are both `step` and `within`", "write one of them");
            return None;
        }
        (Some(step), None) => (steps(&mut between, step, mistakes)?, None),
        (None, Some(within)) if whole => {
            mistakes.at(&within.span, "whole numbers are found exactly", "leave `within` out, or write `step`");
            return None;
        }
        (None, None) if whole => (between.to - between.from, None),
        (None, within) => {
            let asked = within.as_ref().map(|at| (share(&at.value), &at.span));
            if let Some((_, span)) = asked.as_ref().filter(|(found, _)| !found.is_some_and(|within| (CLOSEST..1.0).contains(&within))) {
                mistakes.at(span, "this is no distance between neighbours", "write a share from 0.01 % to below 100 %, such as \"1 %\"");
                return None;
            }
            let within = asked.and_then(|(found, _)| found).unwrap_or(WITHIN);
            ((libm::log(between.to / between.from) / libm::log1p(within)).ceil(), Some(within))
        }
    };
    if steps >= MOST {
        let at = find.step.as_ref().unwrap_or(to);
        mistakes.at(&at.span, format!("more than {MOST} values lie between"), "write ends that are closer, or a longer `step`");
        return None;
    }
    let name = find.name.as_ref().unwrap_or(key).value.clone();
    let factor = Factor { name, kind: Some(between.kind()), logarithmic, ways: Ways::Between(between) };
    Some(Candidates { factor, key: Some(key.value.clone()), within, count: steps as usize + 1 })
}

/// How many steps fit between the ends; the last candidate is the last step's end.
fn steps(between: &mut Between, step: &At<Scalar>, mistakes: &mut Mistakes) -> Option<f64> {
    let Some(length) = between.in_unit(&step.value).filter(|length| *length > 0.0) else {
        mistakes.at(&step.span, format!("`{}` is no step between the two ends", step.value), "write it in a unit of their kind");
        return None;
    };
    // But for rounding, a whole number of steps is one.
    let steps = ((between.to - between.from) / length + 1e-9).floor();
    if steps < 1.0 {
        mistakes.at(&step.span, format!("the step `{}` is longer than the way from one end to the other", step.value), "write a shorter one");
        return None;
    }
    between.to = between.from + steps * length;
    Some(steps)
}

/// A share as people write it: `1 %` or `0.01`.
pub(super) fn share(scalar: &Scalar) -> Option<f64> {
    quantity(&scalar.to_string()).filter(|(kind, _)| matches!(kind, Kind::Share | Kind::Count)).map(|(_, value)| value)
}
