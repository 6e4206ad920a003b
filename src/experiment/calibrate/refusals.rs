//! The sentences of a calibration that says no: what the series cannot tell, why, and what would help.

use crate::experiment::calibrate::identify::Place;
use crate::experiment::calibrate::model::Model;
use crate::experiment::calibrate::wish;
use crate::format::duration;
use crate::simulate::Quantity;

/// What a quantity is called in a sentence.
pub fn called(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Lag => "the lag",
        Quantity::ReportedRpo => "the reported RPO",
        Quantity::PointAge => "the age of the newest point",
    }
}

fn key<'a>(model: &'a Model<'_>, factor: usize) -> &'a str {
    &model.wishes[factor].key
}

fn words(model: &Model<'_>, factor: usize, share: f64) -> String {
    wish::written(&model.wishes[factor], share).split_once('=').map(|(_, value)| value.to_owned()).unwrap_or_default()
}

fn range(model: &Model<'_>, factor: usize) -> String {
    format!("{} to {}", words(model, factor, 0.0), words(model, factor, 1.0))
}

/// Some values do not move the series at all.
pub fn still(model: &Model<'_>, factors: &[usize], slices: &[Vec<Place>]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for factor in factors {
        let what = called(model.quantity);
        let mut line = format!(
            "{}: nothing from {} moves {what} at any observed instant, so what was observed cannot tell it",
            key(model, *factor),
            range(model, *factor)
        );
        let full = slices[*factor].iter().map(|place| place.link_full_s).fold(0.0, f64::max);
        if key(model, *factor).starts_with("apply") && model.quantity != Quantity::PointAge {
            line += "; what is applied later is available later, but has landed all the same: fit it to the age of the newest available point (--what point_age)";
        } else if key(model, *factor).starts_with("link") && full <= 0.0 {
            line += "; the link was never full, even at the least of these values: observe a time when it is (a backup night, an initial copy), or begin the range lower";
        } else {
            line += "; leave it out of --fit, or observe a time in which it matters";
        }
        lines.push(line);
    }
    lines.join("\nerror: ")
}

/// Some values move the series in the same way.
pub fn alike(model: &Model<'_>, factors: &[usize]) -> String {
    let names: Vec<&str> = factors.iter().map(|factor| key(model, *factor)).collect();
    let compressed = names.iter().any(|name| name.ends_with(".compression"));
    let linked = names.iter().any(|name| name.starts_with("link.forward"));
    let why = if compressed && linked && names.len() == 2 {
        "while the link is what binds, only the rate of the link divided by what compression leaves can be told"
    } else {
        "only one combination of them can be told"
    };
    format!(
        "{} cannot be told apart by what was observed: they move {} in the same way, and {why}; fix one of them with --set (a measurement of its own will do) and fit the other",
        names.join(" and "),
        called(model.quantity)
    )
}

/// A value is only bounded: by a share of its range, from below (`true`) or above; or not at all.
pub fn bounded(model: &Model<'_>, factor: usize, bound: Option<(f64, bool)>, slice: &[Place], link_full_s: f64) -> String {
    let name = key(model, factor);
    let on_link = name.starts_with("link");
    let never = if link_full_s <= 0.0 {
        "the link was never full".to_owned()
    } else {
        format!("the link was full for no more than {}", duration(link_full_s))
    };
    let help = if on_link {
        "observe a time when the link is full (a backup night, an initial copy)"
    } else {
        "observe a time in which it matters, or give a range that excludes what cannot be"
    };
    let Some((share, lower)) = bound else {
        return format!("{name}: every value from {} leaves the same residuals, within what they scatter; {help}", range(model, factor));
    };
    let side = if lower { "at least" } else { "at most" };
    let end = slice.iter().find(|place| place.share == f64::from(u8::from(lower))).map_or(0.0, |place| place.moved);
    // Where the series still moves at the end of the range, it may be told beyond it.
    let widen = if end > model.observed.step_s.max(1.0) { " or widen the range" } else { "" };
    let why = if on_link && lower { format!("; {never}") } else { String::new() };
    format!(
        "{name}: what was observed tells only that it is {side} {}: from there to {} all values fit alike, within what the residuals scatter{why}; to learn more, {help}{widen}",
        words(model, factor, share),
        words(model, factor, f64::from(u8::from(lower)))
    )
}

/// The intervals of some values are as long as their ranges.
pub fn wide(model: &Model<'_>, factors: &[usize]) -> String {
    let names: Vec<String> = factors.iter().map(|factor| format!("{} ({})", key(model, *factor), range(model, *factor))).collect();
    let advice =
        if model.wishes.len() > 1 { "fix one of the fitted values with --set" } else { "observe longer, or a time in which it matters more" };
    format!("{}: the 95 % interval is wider than the range itself, so what was observed adds nothing; {advice}", names.join(" and "))
}
