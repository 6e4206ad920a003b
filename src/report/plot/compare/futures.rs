//! The figure that the verdict begins with, over the runs: its distribution in each design, and the difference run by run.

use crate::experiment::compare::Comparison;
use crate::experiment::compare::words::signed;
use crate::experiment::figure::{Figure, Kind};
use crate::experiment::replications::Row;
use crate::format::{plural, share};
use crate::report::ReportError;
use crate::report::figure_words::figure_words;
use crate::report::plot::axis::{Scale, Tick, decimal_ticks, duration_ticks, log_duration_ticks, log_range};
use crate::report::plot::compare::colour;
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{INK, NOTE, TICK, WIDTH};
use crate::report::plot::sheet::{Anchor, Pen, Sheet, draw, shortened, text_width};

/// Differences outside this share of the middle lie on the edge of the picture, so that one rare future does not press all others flat.
const MIDDLE: f64 = 0.9;

/// The plot as SVG.
pub fn svg(name: &str, record: &Comparison, runs: &[Vec<Row>]) -> Result<String, ReportError> {
    let path = record.figures.first().map_or("", |figure| figure.figure.as_str());
    let kind = Figure::at(path).kind();
    let values: Vec<Vec<f64>> = runs.iter().map(|rows| sorted(rows.iter().filter_map(|row| row.first().copied().flatten()))).collect();
    let title = format!("{}: {} under the same chances", figure_words(path), plural(record.replications, "future", "futures"));
    let names: Vec<String> = record.designs.iter().map(|design| format!("{}: {}", design.label, design.name)).collect();
    draw(name, (WIDTH, 420.0), &title, |sheet| {
        frame::header(sheet, &title, &names.join(" · "));
        laws(sheet, kind, &values, record);
        differences(sheet, kind, runs);
    })
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The share of the runs that gave at most so much.
fn laws(sheet: &mut Sheet<'_>, kind: Kind, values: &[Vec<f64>], record: &Comparison) {
    let area = Frame { left: 90.0, right: 490.0, top: 100.0, bottom: 350.0 };
    let ends = |values: &[f64]| values.first().copied().zip(values.last().copied());
    let all: Vec<(f64, f64)> = values.iter().filter_map(|values| ends(values)).collect();
    let (low, high) = (all.iter().map(|ends| ends.0).fold(f64::INFINITY, f64::min), all.iter().map(|ends| ends.1).fold(f64::NEG_INFINITY, f64::max));
    let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    let (x, ticks) = values_axis(kind, (low, high), (area.left, area.right));
    let y = Scale::linear((0.0, 1.0), (area.bottom, area.top));
    frame::panel_title(sheet, area, "Each design over the runs");
    frame::x_axis(sheet, area, &x, &ticks, &format!("{} in a run", unit_words(kind)));
    frame::y_axis(sheet, area, &y, &decimal_ticks(1.0, 4, share), "share of the runs at most");
    for (place, values) in values.iter().enumerate() {
        let count = values.len().max(1) as f64;
        let mut steps = vec![(area.left, y.px(0.0))];
        for (number, value) in values.iter().enumerate() {
            steps.push((x.px(*value), y.px(number as f64 / count)));
            steps.push((x.px(*value), y.px((number + 1) as f64 / count)));
        }
        if !values.is_empty() {
            steps.push((area.right, y.px(1.0)));
        }
        sheet.line(&steps, Pen::solid(colour(place), 2.0));
    }
    let labels: Vec<String> = record.designs.iter().map(|design| shortened(&design.label, 12)).collect();
    let entries: Vec<(Swatch, &str)> =
        labels.iter().enumerate().map(|(place, label)| (Swatch::Line(Pen::solid(colour(place), 2.0)), label.as_str())).collect();
    frame::legend(sheet, area.right, area.top - 12.0, &entries);
    frame::outline(sheet, area);
}

/// Each run's difference from A, in order.
fn differences(sheet: &mut Sheet<'_>, kind: Kind, runs: &[Vec<Row>]) {
    let area = Frame { left: 580.0, right: 970.0, top: 100.0, bottom: 350.0 };
    let Some((first, others)) = runs.split_first() else { return };
    let of = |other: &Vec<Row>| {
        let both = first.iter().zip(other).filter_map(|(a, other)| Some(other.first().copied().flatten()? - a.first().copied().flatten()?));
        sorted(both)
    };
    let all: Vec<Vec<f64>> = others.iter().map(of).collect();
    let edge = sorted(all.iter().flatten().map(|difference| difference.abs()));
    let middle = edge.get(((edge.len() as f64 * MIDDLE) as usize).min(edge.len().saturating_sub(1))).copied().unwrap_or(0.0);
    // A little more than the middle; all of it if that is not much more.
    let most = edge.last().copied().unwrap_or(0.0);
    let reach = if most <= middle * 3.0 { most * 1.05 } else { middle * 1.3 };
    let reach = if reach > 0.0 { reach } else { 1.0 };
    let end = |value: f64| value.clamp(-reach, reach);
    let low = all.iter().filter_map(|values| values.first()).fold(0.0, |least: f64, value| least.min(end(*value)));
    let high = all.iter().filter_map(|values| values.last()).fold(0.0, |most: f64, value| most.max(end(*value)));
    let room = (high - low).max(reach * 1e-3) * 0.08;
    let x = Scale::linear((low - room, high + room), (area.left + 8.0, area.right - 8.0));
    let ticks = ticks_between(kind, (low - room, high + room), 4, |value| if value == 0.0 { "0".to_owned() } else { signed(kind, value) });
    frame::panel_title(sheet, area, "Difference from A, run by run");
    frame::x_axis(sheet, area, &x, &ticks, if others.len() == 1 { "B - A in a run" } else { "other design - A in a run" });
    let y = |number: usize, count: usize| area.bottom - (number as f64 + 0.5) / count as f64 * (area.bottom - area.top);
    for (place, values) in all.iter().enumerate() {
        for (number, difference) in values.iter().enumerate() {
            sheet.dot((x.px(*difference), y(number, values.len())), 3.0, colour(place + 1));
        }
    }
    sheet.line(&[(x.px(0.0), area.top), (x.px(0.0), area.bottom)], Pen::solid(INK, 1.25));
    let beyond = all.iter().flatten().filter(|difference| difference.abs() > reach).count() as u64;
    if beyond > 0 {
        let text = format!("{} beyond the edge", plural(beyond, "run lies", "runs lie"));
        sheet.text(&text, (area.right, area.bottom + 52.0), Anchor::Right, NOTE);
    }
    frame::outline(sheet, area);
}

/// A scale of values and its ticks; logarithmic where times span more than an order of magnitude and a half.
fn values_axis(kind: Kind, (low, high): (f64, f64), px: (f64, f64)) -> (Scale, Vec<Tick>) {
    if kind == Kind::Time && low > 0.0 && high / low > 30.0 {
        let scale = Scale::log(log_range(low, high), px);
        let ticks = log_duration_ticks(&scale, |label| text_width(label, TICK.size));
        return (scale, ticks);
    }
    let room = if high > low { (high - low) * 0.05 } else { high.abs().max(1e-3) * 0.05 };
    // Not below nothing.
    let low = if low >= 0.0 { (low - room).max(0.0) } else { low - room };
    (Scale::linear((low, high + room), px), ticks_between(kind, (low, high + room), 4, |value| kind.words(value)))
}

/// Ticks at whole steps between two values.
fn ticks_between(kind: Kind, (low, high): (f64, f64), most: usize, label: impl Fn(f64) -> String) -> Vec<Tick> {
    let steps =
        if kind == Kind::Time && high - low >= 1.0 { duration_ticks(high - low, most) } else { decimal_ticks(high - low, most, |_| String::new()) };
    let step = steps.get(1).map_or(high - low, |tick| tick.at);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    // A step is a part of the width, so there are few.
    let mut ticks: Vec<Tick> = (first..=last.min(first + 20)).map(|number| number as f64 * step).map(|at| Tick { at, label: label(at) }).collect();
    // Labels that the words of a value cannot tell apart say nothing.
    for place in (1..ticks.len()).rev() {
        if ticks[place].label == ticks[place - 1].label {
            ticks[place].label.clear();
        }
    }
    ticks
}

fn unit_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Time => "time",
        Kind::Amount => "amount of data",
        Kind::BitRate | Kind::ByteRate => "rate",
        Kind::Share => "share",
        _ => "value",
    }
}
