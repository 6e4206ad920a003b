//! The plot of a sizing: what was found of every value that was tried, the limits, and the answers. Of a law two panels, its largest value and the share of the time
//! over the limit; of any other figure one.

use plotters::style::WHITE;

use crate::experiment::figure::Kind;
use crate::experiment::size::SizeRecord;
use crate::experiment::size::record::Point;
use crate::format::{duration, share};
use crate::report::ReportError;
use crate::report::plot::axis::{Scale, Tick, decimal_ticks, duration_ticks, log_duration_ticks, log_range};
use crate::report::plot::frame::{self, Frame};
use crate::report::plot::look::{ALARM, BLUE, GREEN, GREY, NOTE, PANEL, TICK, VERMILLION, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Sheet, draw, shortened, text_width};
use crate::report::plot::sweep::{response_axis, thinned};
use crate::report::plot::{Plot, raster};

const NAME: &str = "curve";
/// Height of a panel [logical pixels].
const HEIGHT: f64 = 250.0;
/// Height of a row of labels over a panel.
const ROW: f64 = 17.0;
/// Where a share of nothing stands on a logarithmic axis: this factor under the smallest share that is not.
const UNDER: f64 = 3.0;

/// How far from the answers values are drawn, as a ratio.
const FAR: f64 = 3.0;

/// What a panel shows of each point: the value, the ends of its interval, and whether it is enough.
struct Shown {
    x: f64,
    y: Option<f64>,
    ends: Option<(f64, f64)>,
    enough: bool,
}

struct Panel {
    title: String,
    shown: Vec<Shown>,
    scale: Scale,
    ticks: Vec<Tick>,
    /// Limits, with their labels.
    limits: Vec<(f64, String)>,
    /// Answers, with their labels.
    answers: Vec<(f64, String)>,
}

/// The plot.
///
/// # Errors
/// If it cannot be drawn, which would be a defect of this module.
pub fn curve(record: &SizeRecord) -> Result<Plot, ReportError> {
    let svg = svg(record)?;
    let png = raster::png(NAME, &svg, &raster::fonts())?;
    Ok(Plot { name: NAME, svg, png })
}

fn svg(record: &SizeRecord) -> Result<String, ReportError> {
    let of_a_law = record.answers.iter().any(|answer| answer.share.is_some());
    let makers: &[fn(&SizeRecord, Frame) -> Panel] = if of_a_law { &[largest, share_over] } else { &[figure] };
    let mut top = 70.0;
    let mut panels = Vec::new();
    for make in makers {
        // The labels of the answers stand over the panel, one row each.
        let labels = make(record, Frame { left: 0.0, right: 1.0, top: 0.0, bottom: 1.0 }).answers.len() as f64;
        let area = Frame { left: 110.0, right: 950.0, top: top + 24.0 + ROW * labels, bottom: top + 24.0 + ROW * labels + HEIGHT };
        panels.push((make(record, area), area));
        top = area.bottom + 46.0;
    }
    let title = format!("{} for {}", record.sought.name, record.target);
    draw(NAME, (WIDTH, top + 8.0), &title, |sheet| {
        frame::header(sheet, &title, &format!("{} · {}", record.title, record.scenario));
        let last = panels.len().saturating_sub(1);
        for (index, (panel, area)) in panels.iter().enumerate() {
            paint(sheet, record, panel, *area, if index == last { &record.sought.name } else { "" });
        }
    })
}

fn paint(sheet: &mut Sheet<'_>, record: &SizeRecord, panel: &Panel, area: Frame, x_title: &str) {
    let (x, ticks) = x_axis(record, (area.left + 24.0, area.right - 24.0));
    sheet.text(&panel.title, (area.left, area.top - 14.0 - ROW * panel.answers.len() as f64), Anchor::Left, PANEL);
    frame::x_axis(sheet, area, &x, &ticks, x_title);
    frame::y_axis(sheet, area, &panel.scale, &panel.ticks, "");
    for (at, label) in &panel.limits {
        let y = panel.scale.px(*at);
        sheet.line(&[(area.left, y), (area.right, y)], Pen { colour: VERMILLION, width: 1.25, dash: (6.0, 4.0) });
        sheet.text(label, (area.right + 6.0, y), Anchor::Left, Lettering { size: 11.0, ..ALARM });
    }
    for (row, (at, label)) in panel.answers.iter().enumerate() {
        let (px, y) = (x.px(*at), area.top - 10.0 - ROW * (panel.answers.len() - 1 - row) as f64);
        sheet.line(&[(px, y + 8.0), (px, area.bottom)], Pen { colour: GREEN, width: 1.25, dash: (3.0, 3.0) });
        // Bold letters are a tenth wider.
        let half = 1.1 * text_width(label, NOTE.size) / 2.0;
        let middle = px.clamp(area.left + half, area.right - half);
        sheet.box_between((middle - half - 2.0, y - 7.0), (middle + half + 2.0, y + 7.0), WHITE, 1.0);
        sheet.text(label, (middle, y), Anchor::Middle, Lettering { colour: GREEN, bold: true, ..NOTE });
    }
    let (least, most) = if record.sought.kind.is_some() { range(record) } else { (f64::NEG_INFINITY, f64::INFINITY) };
    let drawn = || panel.shown.iter().filter(|shown| (least..=most).contains(&shown.x));
    let places: Vec<(f64, f64)> = drawn().filter_map(|shown| Some((x.px(shown.x), panel.scale.px(shown.y?)))).collect();
    if record.sought.kind.is_some() {
        sheet.line(&places, Pen::solid(GREY, 1.0));
    }
    for shown in drawn() {
        let colour = if shown.enough { BLUE } else { VERMILLION };
        let px = x.px(shown.x);
        if let Some((low, high)) = shown.ends {
            sheet.line(&[(px, panel.scale.px(low)), (px, panel.scale.px(high))], Pen::solid(colour, 1.5));
        }
        if let Some(y) = shown.y {
            sheet.dot((px, panel.scale.px(y)), 4.0, colour);
        }
    }
    frame::outline(sheet, area);
}

/// Where a point lies along the axis of values: its number, or which it is.
fn place(point: &Point, index: usize) -> f64 {
    point.value.unwrap_or(index as f64)
}

fn x_axis(record: &SizeRecord, px: (f64, f64)) -> (Scale, Vec<Tick>) {
    let Some(kind) = record.sought.kind else {
        let ticks = record.points.iter().enumerate().map(|(index, point)| Tick { at: index as f64, label: shortened(&point.written, 24) });
        let scale = Scale::linear((-0.5, record.points.len() as f64 - 0.5), px);
        let ticks = thinned(ticks.collect(), &scale);
        return (scale, ticks);
    };
    let values = || record.points.iter().filter_map(|point| point.value);
    let (low, high) = range(record);
    let words = |value: f64| if kind == Kind::Time { duration(value) } else { kind.words(value) };
    if record.sought.logarithmic && low > 0.0 {
        let scale = Scale::log((low, high), px);
        let ticks = thinned(decades(low, high).into_iter().map(|at| Tick { at, label: words(at) }).collect(), &scale);
        return (scale, ticks);
    }
    let scale = Scale::linear((low, high), px);
    let whole = kind == Kind::Count && values().all(|value| value.fract() == 0.0);
    let ticks = match kind {
        Kind::Time => duration_ticks(high, 12),
        _ if whole && high - low <= 16.0 => (low as i64..=high as i64).map(|at| Tick { at: at as f64, label: at.to_string() }).collect(),
        _ => decimal_ticks(high, 10, words),
    };
    (scale, thinned(ticks.into_iter().filter(|tick| tick.at >= low).collect(), &scale))
}

/// Least and largest value that is drawn: of even ratios, not far from the answers.
fn range(record: &SizeRecord) -> (f64, f64) {
    let values = || record.points.iter().filter_map(|point| point.value);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let answers = || record.answers.iter().filter_map(|answer| answer.value);
    let (least, most) = (answers().fold(f64::INFINITY, f64::min), answers().fold(f64::NEG_INFINITY, f64::max));
    if record.sought.logarithmic && least <= most { (low.max(least / FAR), high.min(most * FAR)) } else { (low, high) }
}

/// 1, 2 and 5 times every power of ten in a range; for a narrow range, steps of a tenth of it.
fn decades(low: f64, high: f64) -> Vec<f64> {
    let first = low.log10().floor() as i32;
    let last = high.log10().ceil() as i32;
    let marks: Vec<f64> = (first..=last)
        .flat_map(|power| [1.0, 2.0, 5.0].map(|of| of * 10f64.powi(power)))
        .filter(|mark| (low * 0.999_999..=high * 1.000_001).contains(mark))
        .collect();
    if marks.len() >= 3 {
        marks
    } else {
        decimal_ticks(high, 20, |_| String::new()).into_iter().map(|tick| tick.at).filter(|at| *at >= low).collect()
    }
}

/// The answers at levels that a panel is about.
fn answers(record: &SizeRecord, of: impl Fn(Option<f64>) -> bool) -> Vec<(f64, String)> {
    let found = record.answers.iter().filter(|answer| of(answer.share)).filter_map(|answer| {
        let index = answer.point? as usize;
        let level = answer.share.map_or_else(String::new, |of| format!("{} of the time: ", share(of)));
        Some((place(record.points.get(index)?, index), format!("{level}{}", answer.written.as_deref()?)))
    });
    found.collect()
}

/// Largest value of a law in any run.
fn largest(record: &SizeRecord, area: Frame) -> Panel {
    let shown: Vec<Shown> = record
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| Shown { x: place(point, index), y: point.worst_s, ends: None, enough: point.runs_over == Some(0) })
        .collect();
    let values = || shown.iter().filter_map(|shown| shown.y).chain([record.limit]);
    let positive = values().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
    let high = values().fold(0.0, f64::max);
    let px = (area.bottom, area.top);
    let (scale, ticks) = if positive.is_finite() && high / positive > 8.0 {
        let (from, to) = log_range(positive, high);
        // Nothing at all has no place on such an axis: it stands under it.
        let zero = values().any(|value| value <= 0.0).then_some(from / UNDER);
        // Labels are as far apart along an axis that lies flat.
        let mut ticks = log_duration_ticks(&Scale::log((from, to), (0.0, area.bottom - area.top)), |_| 12.0);
        ticks.extend(zero.map(|at| Tick { at, label: "0".to_owned() }));
        (Scale::log((zero.unwrap_or(from), to), px), ticks)
    } else {
        (Scale::linear((0.0, high.max(1.0) * 1.08), px), duration_ticks(high.max(1.0), 6))
    };
    Panel {
        title: "Longest in any run".to_owned(),
        shown,
        scale,
        ticks,
        limits: vec![(record.limit, duration(record.limit))],
        answers: answers(record, |share| share == Some(1.0)),
    }
}

/// Share of the time over the limit.
fn share_over(record: &SizeRecord, area: Frame) -> Panel {
    let allowed: Vec<f64> = record.answers.iter().filter_map(|answer| answer.share).filter(|share| *share < 1.0).map(|share| 1.0 - share).collect();
    let seen = record.points.iter().filter_map(|point| point.estimate).filter(|estimate| *estimate > 0.0);
    let least = seen.chain(allowed.iter().copied()).fold(0.1, f64::min).max(1e-6);
    let floor = least / UNDER;
    let shown = record
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| Shown {
            x: place(point, index),
            y: point.estimate.map(|estimate| estimate.max(floor)),
            ends: point.low.zip(point.high).map(|(low, high)| (low.max(floor), high.max(floor))),
            // Which levels that is enough for, the lines say.
            enough: true,
        })
        .collect();
    let scale = Scale::log((floor, 1.0), (area.bottom, area.top));
    let mut ticks = vec![Tick { at: floor, label: "never".to_owned() }];
    ticks.extend(decades(least, 1.0).into_iter().filter(|at| (at.log10() - at.log10().round()).abs() < 1e-9).map(|at| Tick { at, label: share(at) }));
    Panel {
        title: format!("Share of the time over {}", duration(record.limit)),
        shown,
        scale,
        ticks,
        limits: allowed.iter().map(|allowed| (*allowed, share(*allowed))).collect(),
        answers: answers(record, |share| share.is_some_and(|share| share < 1.0)),
    }
}

/// Any other figure.
fn figure(record: &SizeRecord, area: Frame) -> Panel {
    let kind = record.kind.unwrap_or(Kind::Count);
    let shown: Vec<Shown> = record
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| Shown {
            x: place(point, index),
            y: point.estimate,
            ends: point.low.zip(point.high),
            enough: point.met.first().copied().unwrap_or(false),
        })
        .collect();
    let values =
        || shown.iter().flat_map(|shown| [shown.y, shown.ends.map(|ends| ends.0), shown.ends.map(|ends| ends.1)]).flatten().chain([record.limit]);
    let range = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let (scale, ticks) = response_axis(kind, range, (area.bottom, area.top));
    let ticks = thinned_upright(ticks, &scale);
    Panel {
        title: record.judged_by.clone(),
        shown,
        scale,
        ticks,
        limits: vec![(record.limit, kind.words(record.limit))],
        answers: answers(record, |_| true),
    }
}

/// Leaves off labels that would stand on their neighbour.
fn thinned_upright(mut ticks: Vec<Tick>, scale: &Scale) -> Vec<Tick> {
    let mut last = f64::INFINITY;
    for tick in &mut ticks {
        let px = scale.px(tick.at);
        if (last - px).abs() < TICK.size {
            tick.label.clear();
        } else {
            last = px;
        }
    }
    ticks
}
