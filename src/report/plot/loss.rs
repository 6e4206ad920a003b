//! What a disaster at a random moment would lose, by choice of recovery point: cumulative distributions over a logarithmic time axis.

use plotters::style::RGBColor;

use crate::format::{duration, duration_or_dash};
use crate::report::ReportError;
use crate::report::plot::axis::{Scale, Tick, log_duration_ticks, log_range};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{ALARM, BLUE, FRAME as FRAME_COLOUR, GREEN, GREY, INK, NOTE, ORANGE, PURPLE, TICK, VERMILLION, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Place, Sheet, draw, text_width};
use crate::report::words::{CHOICES, choice_key, choice_name};
use crate::results::{CdfCurve, Choice, Law, RunOutput};

const TOP: f64 = 112.0;
const BOTTOM: f64 = 340.0;
const HEIGHT: f64 = 500.0;
const PANELS: [(Frame, &str, &str); 2] = [
    (Frame { left: 70.0, right: 487.0, top: TOP, bottom: BOTTOM }, "fleet_worst", "Worst VM at the moment"),
    (Frame { left: 556.0, right: 973.0, top: TOP, bottom: BOTTOM }, "pooled", "Any VM (pooled)"),
];

fn pen(choice: Choice) -> Pen {
    let (colour, dash): (RGBColor, (f64, f64)) = match choice {
        Choice::LatestByte => (GREEN, (2.5, 3.0)),
        Choice::LatestMarker => (BLUE, (1.0, 0.0)),
        Choice::LatestProcessed => (ORANGE, (9.0, 4.0)),
        Choice::LatestApp => (PURPLE, (1.0, 0.0)),
    };
    Pen { colour, width: 2.25, dash }
}

/// The plot as SVG.
pub fn svg(output: &RunOutput) -> Result<String, ReportError> {
    let results = &output.results;
    let of_time = || output.curves.iter().filter(|curve| curve.unit == "s" && CHOICES.iter().any(|choice| choice_key(*choice) == curve.name));
    let largest = of_time().flat_map(|curve| curve.points.last()).map(|point| point.value).fold(60.0, f64::max);
    // From the loss that 2 % of moments stay under, but no finer than a second.
    let smallest = of_time().filter_map(|curve| value_at(curve, 0.02)).fold(f64::INFINITY, f64::min);
    let (low, high) = log_range(smallest.clamp(1.0, 60.0), largest);
    let threshold = results.scenario.rpo_threshold_s;
    draw("plots/loss.svg", (WIDTH, HEIGHT), "Distribution of the time lost in a disaster at a random moment, by choice of recovery point", |sheet| {
        frame::header(
            sheet,
            "If the site is lost at a random moment: how much work is lost?",
            "Share of moments at which going back to a recovery point loses at most this much time (logarithmic axis); dots at P50 and P95",
        );
        for (frame, scope, title) in PANELS {
            let x = Scale::log((low, high), (frame.left, frame.right));
            let y = Scale::linear((0.0, 1.0), (frame.bottom, frame.top));
            frame::panel_title(sheet, Frame { top: frame.top - 18.0, ..frame }, title);
            axes(sheet, frame, &x, &y);
            if threshold > low && threshold < high {
                let at = x.px(threshold);
                sheet.line(&[(at, frame.top), (at, frame.bottom)], Pen { colour: VERMILLION, width: 1.5, dash: (8.0, 4.0) });
                sheet.text(&format!("RPO threshold {}", duration(threshold)), (at, frame.top - 10.0), Anchor::Middle, ALARM);
            }
            for choice in CHOICES {
                if let Some(curve) = of_time().find(|curve| curve.scope == scope && curve.name == choice_key(choice)) {
                    sheet.line(&path(curve, &x, &y, low), pen(choice));
                }
            }
            frame::outline(sheet, frame);
            table(sheet, output, frame, scope, &x, &y);
        }
    })
}

fn axes(sheet: &mut Sheet<'_>, frame: Frame, x: &Scale, y: &Scale) {
    let shares: Vec<Tick> = [0.0, 0.25, 0.5, 0.75, 0.95].map(|at| Tick { at, label: format!("{:.0} %", at * 100.0) }).to_vec();
    frame::y_axis(sheet, frame, y, &shares, "");
    if frame.left < 100.0 {
        let middle = (frame.top + frame.bottom) / 2.0;
        sheet.text("share of moments", (16.0, middle), Anchor::Middle, Lettering { upwards: true, ..TICK });
    }
    for share in [0.5, 0.95] {
        let level = y.px(share);
        sheet.line(&[(frame.left, level), (frame.right, level)], Pen { colour: FRAME_COLOUR, width: 1.0, dash: (2.0, 3.0) });
    }
    frame::x_axis(sheet, frame, x, &log_duration_ticks(x, |label| text_width(label, TICK.size)), "time lost, at most");
}

/// The curve as a line, from the left edge on.
fn path(curve: &CdfCurve, x: &Scale, y: &Scale, low: f64) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::with_capacity(curve.points.len() + 1);
    let mut level = 0.0;
    for point in &curve.points {
        if point.value <= low {
            level = point.share;
            continue;
        }
        if places.is_empty() {
            places.push((x.px(low), y.px(level)));
        }
        let place = (x.px(point.value), y.px(point.share));
        // Points closer than a third of a pixel add nothing but bytes.
        if places.last().is_none_or(|last| (last.0 - place.0).abs() + (last.1 - place.1).abs() > 0.35) {
            places.push(place);
        }
    }
    places.push((x.px(x.range().1), y.px(1.0)));
    places
}

/// The value that a share of moments stays under.
fn value_at(curve: &CdfCurve, share: f64) -> Option<f64> {
    curve.points.iter().find(|point| point.share >= share).map(|point| point.value)
}

/// Figures under a panel, with the dots that belong to them.
fn table(sheet: &mut Sheet<'_>, output: &RunOutput, frame: Frame, scope: &str, x: &Scale, y: &Scale) {
    let right = [frame.right - 176.0, frame.right - 88.0, frame.right];
    let mut line = frame.bottom + 66.0;
    for (title, at) in ["P50", "P95", "worst"].into_iter().zip(right) {
        sheet.text(title, (at, line), Anchor::Right, Lettering { colour: GREY, ..NOTE });
    }
    for choice in CHOICES {
        let Some(loss) = output.results.loss.iter().find(|loss| loss.choice == choice) else { continue };
        let law: &Law = if scope == "pooled" { &loss.time.pooled } else { &loss.time.fleet_worst };
        line += 19.0;
        frame::sample(sheet, Swatch::Line(pen(choice)), (frame.left - 36.0, line));
        sheet.text(choice_name(choice), (frame.left - 2.0, line), Anchor::Left, Lettering { colour: INK, ..NOTE });
        for (value, at) in [law.p50, law.p95, Some(law.max)].into_iter().zip(right) {
            sheet.text(&duration_or_dash(value), (at, line), Anchor::Right, NOTE);
        }
        for (value, share) in [(law.p50, 0.5), (law.p95, 0.95)] {
            // A value left of the axis has no place on it.
            if let Some(value) = value.filter(|value| *value >= x.range().0) {
                sheet.dot((x.px(value), y.px(share)), 3.0, pen(choice).colour);
            }
        }
    }
}
