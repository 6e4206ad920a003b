//! Where the time went, step by step: the recovery of the machine that served last, and the longest failback.

use crate::format::duration;
use crate::report::ReportError;
use crate::report::plot::axis::{Scale, duration_ticks};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{BLUE, FRAME, GREY, INK, NOTE, ORANGE, TICK, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Sheet, draw, shortened, text_width};
use crate::report::round_trip::{Crossing, crossings, with_waits};
use crate::results::{JourneyResult, Trip};

const ROW: f64 = 22.0;
const HALF: f64 = 7.0;
const LEFT: f64 = 230.0;
const RIGHT: f64 = 900.0;
const TOP: f64 = 92.0;
/// Between the panels: axis, its title, the next panel's title.
const GAP: f64 = 88.0;

/// One panel.
struct Panel<'a> {
    title: String,
    /// Name (empty for a wait), from and to, in seconds since the beginning.
    steps: Vec<(&'a str, f64, f64)>,
    total_s: f64,
    axis: &'static str,
}

/// The plot as SVG.
pub fn svg(journey: &JourneyResult) -> Result<String, ReportError> {
    let all = crossings(journey);
    let panels: Vec<Panel<'_>> = [recovery(&all), failback(&all)].into_iter().flatten().collect();
    let mut top = TOP;
    let mut frames = Vec::new();
    for panel in &panels {
        let bottom = top + ROW * (panel.steps.len() + 1) as f64 + 4.0;
        frames.push(Frame { left: LEFT, right: RIGHT, top, bottom });
        top = bottom + GAP;
    }
    let bottom = frames.last().map_or(TOP + 40.0, |frame| frame.bottom);
    draw("plots/waterfall.svg", (WIDTH, bottom + 54.0), "Recovery time and failback downtime by step", |sheet| {
        frame::header(sheet, "Where does the time go?", "Each step from its beginning to its end, one after the other");
        let entries =
            [(Swatch::Box(ORANGE, 0.9), "longest step"), (Swatch::Box(BLUE, 0.8), "step"), (Swatch::Box(GREY, 0.35), "waiting for its turn")];
        frame::legend(sheet, RIGHT + 76.0, 44.0, &entries);
        for (panel, &area) in panels.iter().zip(&frames) {
            paint(sheet, panel, area);
        }
        if panels.is_empty() {
            sheet.text("no machine was recovered in this run", (WIDTH / 2.0, TOP), Anchor::Middle, NOTE);
        }
    })
}

/// The machine that served last of the failover with the longest recovery time.
fn recovery<'a>(all: &[Crossing<'a>]) -> Option<Panel<'a>> {
    let (of, (machine, trip, at)) = all.iter().filter_map(|of| of.last_restored().map(|last| (of, last))).reduce(|best, next| {
        let length = |(_, (_, trip, at)): &(_, (_, &Trip, f64))| at - trip.at_s;
        if length(&next) > length(&best) { next } else { best }
    })?;
    let total_s = at - trip.at_s;
    let axis = if of.disaster.is_some() { "since the disaster" } else { "since the failover began" };
    let title = format!("Recovery of {}, the last machine to serve: {}", shortened(&machine.vm, 30), duration(total_s));
    let steps = with_waits(&trip.failover_steps, trip.at_s).into_iter().map(|(name, from, to)| (name, from - trip.at_s, to - trip.at_s));
    Some(Panel { title, steps: steps.collect(), total_s, axis })
}

/// The failback with the longest downtime.
fn failback<'a>(all: &[Crossing<'a>]) -> Option<Panel<'a>> {
    let (machine, back, total_s) = all.iter().filter_map(Crossing::worst_failback).reduce(|best, next| if next.2 > best.2 { next } else { best })?;
    let title = format!("Failback of {}, the longest downtime: {}", shortened(&machine.vm, 30), duration(total_s));
    let steps = with_waits(&back.steps, back.began_s).into_iter().map(|(name, from, to)| (name, from - back.began_s, to - back.began_s));
    Some(Panel { title, steps: steps.collect(), total_s, axis: "since users lost the machine" })
}

fn paint(sheet: &mut Sheet<'_>, panel: &Panel<'_>, area: Frame) {
    let reach = panel.steps.iter().map(|step| step.2).fold(panel.total_s, f64::max).max(1.0);
    let x = Scale::linear((0.0, reach), (area.left, area.right));
    frame::panel_title(sheet, Frame { left: 20.0, ..area }, &panel.title);
    frame::x_axis(sheet, area, &x, &duration_ticks(reach, 8), panel.axis);
    let longest = panel.steps.iter().filter(|step| !step.0.is_empty()).map(|step| step.2 - step.1).fold(0.0, f64::max);
    for (number, &(name, from, to)) in panel.steps.iter().enumerate() {
        let middle = area.top + ROW * (number as f64 + 0.5) + 2.0;
        let (colour, opacity) = match (name.is_empty(), to - from >= longest) {
            (true, _) => (GREY, 0.35),
            (false, true) => (ORANGE, 0.9),
            (false, false) => (BLUE, 0.8),
        };
        let label = if name.is_empty() { "waiting for its turn" } else { name };
        bar(sheet, &x, middle, label, (from, to), colour, opacity);
        // From the end of a step down to where the next begins.
        if number + 1 < panel.steps.len() {
            let end = x.px(to);
            sheet.line(&[(end, middle + HALF), (end, middle + ROW - HALF)], Pen::solid(FRAME, 1.0));
        }
    }
    let middle = area.top + ROW * (panel.steps.len() as f64 + 0.5) + 2.0;
    bar(sheet, &x, middle, "in all", (0.0, panel.total_s), INK, 0.9);
    frame::outline(sheet, area);
}

fn bar(sheet: &mut Sheet<'_>, x: &Scale, middle: f64, label: &str, (from, to): (f64, f64), colour: plotters::style::RGBColor, opacity: f64) {
    let (left, right) = (x.px(from), x.px(to).max(x.px(from) + 1.5));
    sheet.text(&shortened(label, 32), (LEFT - 10.0, middle), Anchor::Right, Lettering { colour: NOTE.colour, ..TICK });
    sheet.box_between((left, middle - HALF), (right, middle + HALF), colour, opacity);
    let text = duration(to - from);
    // Right of the bar, unless that leaves the sheet.
    let fits = right + 6.0 + text_width(&text, NOTE.size) < WIDTH - 4.0;
    let (anchor, at) = if fits { (Anchor::Left, right + 6.0) } else { (Anchor::Right, left - 6.0) };
    sheet.text(&text, (at, middle), anchor, NOTE);
}
