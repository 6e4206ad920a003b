//! Calendar of the recovery points held at the end of the run, for the VMs that have most reason to be looked at.

use crate::format::{duration, plural};
use crate::report::ReportError;
use crate::report::plot::axis::{Scale, Tick, duration_ticks};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{ALARM, BLUE, GRID, NOTE, TICK, VERMILLION, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Sheet, draw, shortened};
use crate::results::{PointCalendar, RunOutput};

/// Most rows.
const ROWS: usize = 12;
const ROW: f64 = 26.0;
const TOP: f64 = 134.0;
const LEFT: f64 = 176.0;

/// The plot as SVG.
pub fn svg(output: &RunOutput) -> Result<String, ReportError> {
    let results = &output.results;
    let end = results.scenario.horizon_s;
    let chosen = chosen(&output.calendars, end);
    let oldest = chosen.iter().flat_map(|held| held.points.first()).map(|point| end - point.marker_s).fold(3600.0, f64::max);
    let reach = oldest.max(results.points.retention_s) * 1.03;
    let bottom = TOP + ROW * chosen.len().max(3) as f64;
    // The dense window has its own panel, since its points lie closer than the long axis can show.
    let zoom = (2.0 * 3600.0_f64).min(reach);
    let split = reach > 1.5 * zoom;
    let long = Frame { left: LEFT, right: if split { 640.0 } else { 970.0 }, top: TOP, bottom };
    let near = Frame { left: 700.0, right: 970.0, top: TOP, bottom };
    let shown = if chosen.len() < output.calendars.len() {
        format!("the {} VMs of {} with the longest holes", chosen.len(), output.calendars.len())
    } else {
        plural(chosen.len() as u64, "VM", "VMs")
    };
    let subtitle = format!("Held at the end of the run, by age; {shown}. Retention {}", duration(results.points.retention_s));
    draw("plots/points.svg", (WIDTH, bottom + 54.0), "Recovery points held at the end of the run, by VM and age", |sheet| {
        frame::header(sheet, "How far back can each VM go?", &subtitle);
        frame::legend(sheet, 970.0, 70.0, &[(Swatch::Stroke(BLUE), "crash-consistent point"), (Swatch::Diamond(VERMILLION), "app-consistent point")]);
        for (row, held) in chosen.iter().enumerate() {
            let middle = TOP + ROW * (row as f64 + 0.5);
            sheet.line(&[(long.left, middle), (long.right, middle)], Pen::solid(GRID, 1.0));
            if split {
                sheet.line(&[(near.left, middle), (near.right, middle)], Pen::solid(GRID, 1.0));
            }
            sheet.text(&shortened(&held.vm, 22), (long.left - 10.0, middle), Anchor::Right, Lettering { colour: NOTE.colour, ..TICK });
        }
        if chosen.is_empty() {
            sheet.text("the points held were not recorded in this run", ((long.left + long.right) / 2.0, (TOP + bottom) / 2.0), Anchor::Middle, NOTE);
        }
        frame::panel_title(sheet, Frame { top: long.top - 18.0, ..long }, "The whole window");
        panel(sheet, long, &chosen, end, reach, 5);
        let retention = results.points.retention_s;
        if retention > 0.0 {
            let x = Scale::linear((-reach, 0.0), (long.left, long.right)).px(-retention);
            sheet.line(&[(x, long.top), (x, long.bottom)], Pen { colour: VERMILLION, width: 1.5, dash: (8.0, 4.0) });
            sheet.text(&format!("retention {}", duration(retention)), (x.max(long.left + 4.0) - 4.0, long.top - 12.0), Anchor::Left, ALARM);
        }
        if split {
            frame::panel_title(sheet, Frame { top: near.top - 18.0, ..near }, &format!("The last {}", duration(zoom)));
            panel(sheet, near, &chosen, end, zoom, 4);
        }
    })
}

/// VMs with the longest holes first; among equals, scenario order.
fn chosen(calendars: &[PointCalendar], end: f64) -> Vec<&PointCalendar> {
    let mut all: Vec<&PointCalendar> = calendars.iter().collect();
    let hole = |held: &PointCalendar| {
        let between = held.points.windows(2).map(|pair| pair[1].marker_s - pair[0].marker_s).fold(0.0, f64::max);
        held.points.last().map_or(f64::INFINITY, |newest| between.max(end - newest.marker_s))
    };
    all.sort_by(|a, b| hole(b).total_cmp(&hole(a)));
    all.truncate(ROWS);
    all
}

fn panel(sheet: &mut Sheet<'_>, frame: Frame, chosen: &[&PointCalendar], end: f64, reach: f64, ticks: usize) {
    // The present is at the right, as on a calendar.
    let x = Scale::linear((-reach, 0.0), (frame.left, frame.right));
    let marks: Vec<Tick> = duration_ticks(reach, ticks)
        .into_iter()
        .map(|mark| Tick { at: -mark.at, label: if mark.at == 0.0 { "now".to_owned() } else { mark.label } })
        .collect();
    frame::x_axis(sheet, frame, &x, &marks, "age of the point");
    for (row, held) in chosen.iter().enumerate() {
        let middle = TOP + ROW * (row as f64 + 0.5);
        let inside = || held.points.iter().filter(|point| end - point.marker_s <= reach);
        for point in inside().filter(|point| !point.app) {
            let at = x.px(point.marker_s - end);
            sheet.line(&[(at, middle - 8.0), (at, middle + 8.0)], Pen::solid(BLUE, 1.5));
        }
        for point in inside().filter(|point| point.app) {
            frame::diamond(sheet, (x.px(point.marker_s - end), middle), 5.5, VERMILLION);
        }
    }
    frame::outline(sheet, frame);
}
