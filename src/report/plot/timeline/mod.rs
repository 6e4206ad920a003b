//! Where each machine was over the round trip, and whether it was protected: bars of states over calendar time, hatched where a disaster would have lost what was
//! written, with the disasters and repairs marked.

mod rows;

use plotters::style::RGBColor;

use crate::format::{count, plural};
use crate::report::ReportError;
use crate::report::calendar::Calendar;
use crate::report::plot::axis::{Scale, calendar_ticks};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{ALARM, BLUE, GREEN, GREY, GRID, INK, NOTE, ORANGE, PURPLE, SKY, TICK, VERMILLION, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Sheet, draw, shortened, text_width};
use crate::report::plot::span::{Span, of_journey};
use crate::results::{JourneyResult, RunOutput, StateSpan};

/// Most rows; more machines are told by those that stand for them.
const ROWS: usize = 24;
const ROW: f64 = 22.0;
/// Half of a bar's height.
const HALF: f64 = 7.0;
const RIGHT: f64 = 976.0;
/// Where the legend begins.
const LEGEND: f64 = 72.0;
/// A lane of labels of disasters.
const LANE: f64 = 17.0;
/// Between hatching lines.
const HATCH: f64 = 7.0;

/// What a bar shows.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    HomeProtected,
    Down,
    TargetBare,
    TargetCopying,
    TargetProtected,
    HomeBare,
    HomeCopying,
}

/// All kinds in the order of a round trip, with colour and legend.
const KINDS: [(Kind, RGBColor, &str); 7] = [
    (Kind::HomeProtected, BLUE, "at home, protected"),
    (Kind::Down, INK, "users down"),
    (Kind::TargetBare, VERMILLION, "at the target"),
    (Kind::TargetCopying, ORANGE, "at the target, reprotecting"),
    (Kind::TargetProtected, GREEN, "at the target, protected"),
    (Kind::HomeBare, PURPLE, "at home"),
    (Kind::HomeCopying, SKY, "at home, copying"),
];

fn kind(span: &StateSpan) -> Kind {
    let copying = matches!(span.state.as_str(), "reprotecting" | "initial_replication" | "protecting_again");
    match (span.runs_at.as_str(), span.protected, copying) {
        ("home", true, _) => Kind::HomeProtected,
        ("home", false, true) => Kind::HomeCopying,
        ("home", false, false) => Kind::HomeBare,
        ("target", true, _) => Kind::TargetProtected,
        ("target", false, true) => Kind::TargetCopying,
        ("target", false, false) => Kind::TargetBare,
        _ => Kind::Down,
    }
}

/// The plot as SVG.
pub fn svg(output: &RunOutput, journey: &JourneyResult, calendar: &Calendar) -> Result<String, ReportError> {
    let span = of_journey(journey, output.results.scenario.horizon_s);
    let found = rows::rows(&journey.machines, span.length_s() / 400.0, ROWS);
    let widest = found.rows.iter().map(|row| text_width(&shortened(&row.label, 34), TICK.size)).fold(0.0, f64::max);
    let left = (widest + 30.0).max(120.0);
    let marks = marks(journey, calendar, span);
    let scale = Scale::linear((0.0, span.length_s()), (left, RIGHT));
    let lanes = lanes(&marks, span, &scale);
    let top = LEGEND + 40.0 + LANE * lanes.iter().map(|(lane, _)| lane + 1).max().unwrap_or(0) as f64;
    let area = Frame { left, right: RIGHT, top, bottom: top + ROW * found.rows.len().max(3) as f64 + 4.0 };
    let away = journey.machines.iter().filter(|machine| !machine.trips.is_empty()).count() as u64;
    let mut subtitle = format!("{} of {} concerned", count(away), plural(journey.machines.len() as u64, "machine", "machines"));
    if found.sampled {
        subtitle.push_str("; machines with the same sequence of states are shown by the worst, the middle and the best of them");
    } else {
        subtitle.push_str("; the longest without protection first");
    }
    if found.left_out > 0 {
        subtitle.push_str(&format!("; {} not shown", plural(found.left_out as u64, "machine", "machines")));
    }
    draw("plots/timeline.svg", (WIDTH, area.bottom + 54.0), "Where each machine was over time, and when it was unprotected", |sheet| {
        frame::header(sheet, "Where was each machine, and when was it unprotected?", &subtitle);
        legend(sheet, journey);
        frame::calendar_axis(
            sheet,
            area,
            &scale,
            &calendar_ticks(&calendar.later(span.from_s), span.length_s(), scale.length_px()),
            Some("calendar time (UTC)"),
        );
        for (number, row) in found.rows.iter().enumerate() {
            let middle = area.top + ROW * (number as f64 + 0.5) + 2.0;
            sheet.line(&[(left - 6.0, middle), (left, middle)], Pen::solid(GRID, 1.0));
            sheet.text(&shortened(&row.label, 34), (left - 10.0, middle), Anchor::Right, Lettering { colour: NOTE.colour, ..TICK });
            bars(sheet, &row.machine.states, span, &scale, middle);
        }
        if found.rows.is_empty() {
            sheet.text("no machine's states were recorded in this run", ((left + RIGHT) / 2.0, area.top + 30.0), Anchor::Middle, NOTE);
        }
        for (mark, (lane, anchor)) in marks.iter().zip(&lanes) {
            let x = scale.px(mark.at_s - span.from_s);
            let y = area.top - 11.0 - LANE * *lane as f64;
            let pen = if mark.bad { Pen::solid(VERMILLION, 2.0) } else { Pen { colour: GREEN, width: 2.0, dash: (7.0, 4.0) } };
            sheet.line(&[(x, y - 7.0), (x, area.bottom)], pen);
            let look = if mark.bad { ALARM } else { Lettering { colour: GREEN, ..ALARM } };
            let place = if matches!(anchor, Anchor::Right) { x - 6.0 } else { x + 6.0 };
            sheet.text(&mark.label, (place, y), *anchor, look);
        }
        frame::outline(sheet, area);
    })
}

/// The states of one machine.
fn bars(sheet: &mut Sheet<'_>, states: &[StateSpan], span: Span, scale: &Scale, middle: f64) {
    let px = |at_s: f64| scale.px(at_s - span.from_s);
    for state in states.iter().filter(|state| state.to_s > span.from_s && state.from_s < span.to_s) {
        let (_, colour, _) = KINDS[KINDS.iter().position(|(of, _, _)| *of == kind(state)).unwrap_or_default()];
        let (from, to) = (px(state.from_s), px(state.to_s));
        // Minutes without users must be seen in a week.
        let to = if kind(state) == Kind::Down { to.max(from + 2.0) } else { to };
        sheet.box_between((from, middle - HALF), (to, middle + HALF), colour, 0.85);
    }
    // One hatching over neighbouring states without protection.
    let mut bare: Vec<(f64, f64)> = Vec::new();
    for state in states.iter().filter(|state| !state.protected && kind(state) != Kind::Down) {
        match bare.last_mut() {
            Some(last) if last.1 >= state.from_s => last.1 = state.to_s,
            _ => bare.push((state.from_s, state.to_s)),
        }
    }
    for (from, to) in bare {
        hatch(sheet, (px(from), px(to)), middle);
    }
}

/// White strokes across a bar, from the bottom left to the top right.
fn hatch(sheet: &mut Sheet<'_>, (from, to): (f64, f64), middle: f64) {
    let height = 2.0 * HALF;
    // On a grid that all bars share, so that neighbours look like one field.
    let mut at = (from / HATCH).floor() * HATCH - height;
    while at < to {
        let (start, end) = (at.max(from), (at + height).min(to));
        if end > start {
            let y = |x: f64| middle + HALF - (x - at);
            sheet.line(&[(start, y(start)), (end, y(end))], Pen::solid(plotters::style::WHITE, 1.5));
        }
        at += HATCH;
    }
}

/// Only what occurs, in two rows.
fn legend(sheet: &mut Sheet<'_>, journey: &JourneyResult) {
    let occurs = |of: Kind| journey.machines.iter().flat_map(|machine| &machine.states).any(|state| kind(state) == of);
    let entries: Vec<(Swatch, &str)> =
        KINDS.iter().filter(|(of, _, _)| occurs(*of)).map(|(_, colour, label)| (Swatch::Box(*colour, 0.85), *label)).collect();
    let (first, second) = entries.split_at(entries.len().min(4));
    frame::legend(sheet, RIGHT, LEGEND, first);
    let text = "hatched: unprotected";
    frame::legend(sheet, RIGHT, LEGEND + 21.0, &second.iter().copied().chain([(Swatch::Box(GREY, 0.85), text)]).collect::<Vec<_>>());
    let x = RIGHT - text_width(text, TICK.size) - 34.0;
    hatch(sheet, (x + 8.0, x + 28.0), LEGEND + 21.0);
}

/// A moment to mark.
struct Mark {
    at_s: f64,
    label: String,
    bad: bool,
}

/// Disasters and their ends, and the begin of tests, in order of time.
fn marks(journey: &JourneyResult, calendar: &Calendar, span: Span) -> Vec<Mark> {
    let mut marks = Vec::new();
    for disaster in &journey.disasters {
        let what = if disaster.kind == "site_lost" { "site lost" } else { disaster.name.as_str() };
        marks.push(Mark { at_s: disaster.at_s, label: format!("{what} {}", calendar.label(disaster.at_s)), bad: true });
        if let Some(over) = disaster.over_s {
            let what = if disaster.kind == "site_lost" { "site usable" } else { "over" };
            marks.push(Mark { at_s: over, label: format!("{what} {}", calendar.label(over)), bad: false });
        }
    }
    marks.retain(|mark| mark.at_s >= span.from_s && mark.at_s <= span.to_s);
    marks.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    marks
}

/// The lane of each mark's label, counted upwards, so that none runs into another, and on which side of its line it stands.
fn lanes(marks: &[Mark], span: Span, scale: &Scale) -> Vec<(usize, Anchor)> {
    let mut ends: Vec<f64> = Vec::new();
    marks
        .iter()
        .map(|mark| {
            let x = scale.px(mark.at_s - span.from_s);
            // Bold letters are about a tenth wider.
            let width = 1.12 * text_width(&mark.label, ALARM.size) + 16.0;
            let late = x + width > RIGHT;
            let (from, to, anchor) = if late { (x - width, x, Anchor::Right) } else { (x, x + width, Anchor::Left) };
            let lane = ends.iter().position(|end| *end <= from).unwrap_or(ends.len());
            if lane == ends.len() {
                ends.push(to);
            } else {
                ends[lane] = to;
            }
            (lane, anchor)
        })
        .collect()
}
