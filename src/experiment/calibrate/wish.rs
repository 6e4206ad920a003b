//! What is to be fitted: a key of the scenario and the values that are thought possible, `link.forward.internet.bandwidth=50 Mbps..500 Mbps`.

use crate::experiment::base::Base;
use crate::experiment::sweep::factor::Between;
use crate::experiment::sweep::raw::{Range, Scalar};
use crate::scenario::{At, misread};

/// Most values that are fitted together: beyond, a series hardly ever tells them apart.
pub const MOST: usize = 4;

/// Ends further apart than this are searched in even ratios.
const WIDE: f64 = 4.0;

/// Reads a wish, and tries both ends on the scenario.
///
/// # Errors
/// What is wrong with it, in a sentence that begins with what was typed.
pub fn read(typed: &str, base: &Base) -> Result<Between, String> {
    let wrong = |why: String| format!("--fit {typed}: {why}");
    let form = "write KEY=FROM..TO, such as link.forward.internet.bandwidth=50 Mbps..500 Mbps";
    let (key, range) = typed.split_once('=').ok_or_else(|| wrong(format!("there is no `=` in it; {form}")))?;
    let (from, to) = range.split_once("..").ok_or_else(|| wrong(format!("there is no `..` between two values in it; {form}")))?;
    let (key, from, to) = (key.trim(), from.trim(), to.trim());
    if key.is_empty() || from.is_empty() || to.is_empty() {
        return Err(wrong(form.to_owned()));
    }
    let real = between(key, [scalar(from, false), scalar(to, false)]).map_err(&wrong)?;
    let Err(first) = tried(&real, base) else { return Ok(real) };
    // A key that takes whole numbers only.
    let whole = [scalar(from, true), scalar(to, true)];
    if whole.iter().all(|end| matches!(end, Scalar::Whole(_))) {
        let whole = between(key, whole).map_err(&wrong)?;
        if tried(&whole, base).is_ok() {
            return Ok(whole);
        }
    }
    Err(wrong(first))
}

/// The values between two ends, in even ratios if they are far apart.
pub(super) fn between(key: &str, ends: [Scalar; 2]) -> Result<Between, String> {
    let [from, to] = ends.map(|value| At { value, span: 0..0 });
    let range = Range { from, to, steps: None };
    let said = |(problem, advice)| format!("{problem}; {advice}");
    let even = Between::new(key, &range, false).map_err(said)?;
    let wide = even.from > 0.0 && even.to / even.from > WIDE;
    if wide { Between::new(key, &range, true).map_err(said) } else { Ok(even) }
}

fn scalar(text: &str, whole: bool) -> Scalar {
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(number), _) if whole => Scalar::Whole(number),
        (_, Ok(number)) => Scalar::Real(number),
        _ => Scalar::Text(text.to_owned()),
    }
}

/// Whether the scenario knows the key and takes both ends.
fn tried(between: &Between, base: &Base) -> Result<(), String> {
    for set in [0.0, 1.0].iter().flat_map(|share| between.choice(*share).sets) {
        if let Some(wrong) = misread(base.text(), &set) {
            return Err(format!("{}; {}", wrong.problem, wrong.advice));
        }
    }
    Ok(())
}

/// A value at a share of the way, in SI base units.
pub fn value(between: &Between, share: f64) -> f64 {
    between.choice(share).cell.parse().unwrap_or(f64::NAN)
}

/// The same as people write it, and as `--set` takes it: `key=value`.
pub fn written(between: &Between, share: f64) -> String {
    let set = between.choice(share).sets.concat();
    match set.split_once('=') {
        Some((key, value)) => format!("{key}={}", value.trim_matches('"')),
        None => set,
    }
}

/// Where between the ends a value lies: 0 to 1 inside, beyond outside; `None` where it has no place (a value of 0 among even ratios).
pub fn share_of(between: &Between, value_in_base: f64) -> Option<f64> {
    let (from, to) = (value(between, 0.0), value(between, 1.0));
    let share = if between.logarithmic { (value_in_base / from).ln() / (to / from).ln() } else { (value_in_base - from) / (to - from) };
    share.is_finite().then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_far_apart_are_searched_in_even_ratios() {
        let text = |text: &str| Scalar::Text(text.to_owned());
        let wide = between("bandwidth", [text("50 Mbps"), text("500 Mbps")]).unwrap();
        assert!(wide.logarithmic && (value(&wide, 0.5) - 158_114_000.0).abs() < 1.0);
        assert_eq!(written(&wide, 0.5), "bandwidth=158.114 Mbps");
        assert!((share_of(&wide, 158_114_000.0).unwrap() - 0.5).abs() < 1e-5);
        let even = between("compression", [Scalar::Real(0.0), Scalar::Real(0.6)]).unwrap();
        assert!(!even.logarithmic);
        assert_eq!((written(&even, 0.5), share_of(&even, 0.15)), ("compression=0.3".to_owned(), Some(0.25)));
    }
}
