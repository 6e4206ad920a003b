//! From each `[[vary]]` as typed to a factor: its values, in the design that asks for them.

use crate::experiment::base::Base;
use crate::experiment::sweep::factor::{Between, Choice, Factor, Ways, cell};
use crate::experiment::sweep::plan::MOST_POINTS;
use crate::experiment::sweep::raw::{self, Vary};
use crate::scenario::{At, Mistakes};

/// Reads one `[[vary]]`; nothing if it is wrong.
pub fn factor(vary: &At<Vary>, grid: bool, base: &Base, mistakes: &mut Mistakes) -> Option<Factor> {
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
            base.try_set(set, mistakes);
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
        base.try_values(key, values.iter().map(|value| (format!("{}={}", key.value, value.toml()), &value.span)), mistakes);
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
    base.try_values(key, ends.flat_map(|(share, span)| between.choice(share).sets.into_iter().map(move |set| (set, span))), mistakes);
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

/// Names stand in tables and pictures.
fn plain(name: &At<String>, mistakes: &mut Mistakes) {
    if name.trim().is_empty() || name.contains(char::is_control) {
        mistakes.at(&name.span, "this is no name", "write some letters, on one line");
    }
}

/// Two factors that set one key: the later would undo the earlier.
pub fn note_keys(vary: &At<Vary>, factor: &Factor, taken: &mut Vec<(String, String)>, mistakes: &mut Mistakes) {
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
