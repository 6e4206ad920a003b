//! One factor: the response along it.

use plotters::style::WHITE;

use crate::report::ReportError;
use crate::report::plot::frame::{self, Frame};
use crate::report::plot::look::{BLUE, NOTE, WIDTH};
use crate::report::plot::sheet::{Anchor, Pen, draw, text_width};
use crate::report::plot::sweep::{Sweep, limit_line, response_axis};

/// Points that are labelled with their value, if there are no more.
const LABELLED: usize = 12;

/// The plot as SVG.
pub fn svg(name: &str, sweep: &Sweep<'_>) -> Result<String, ReportError> {
    let area = Frame { left: 110.0, right: 950.0, top: 84.0, bottom: 430.0 };
    let Some(factor) = sweep.factors.first() else { return draw(name, (WIDTH, 40.0), &sweep.words(), |_| ()) };
    let (x, x_ticks) = factor.axis(sweep.entries, (area.left + 30.0, area.right - 30.0));
    let (y, y_ticks) = response_axis(sweep.kind(), sweep.extent(), (area.bottom, area.top));
    let title = format!("{} by {}", sweep.words(), factor.column.name);
    draw(name, (WIDTH, area.bottom + 60.0), &title, |sheet| {
        frame::header(sheet, &title, &sweep.subtitle());
        frame::x_axis(sheet, area, &x, &x_ticks, &factor.column.name);
        frame::y_axis(sheet, area, &y, &y_ticks, "");
        limit_line(sheet, area, &y, sweep);
        let mut runs: Vec<Vec<(f64, f64, f64)>> = vec![Vec::new()];
        for entry in sweep.entries {
            let place = entry.factors.first().and_then(|cell| factor.place(cell));
            match (place, sweep.value(entry)) {
                (Some(place), Some(value)) => {
                    if let Some(run) = runs.last_mut() {
                        run.push((x.px(place), y.px(value), value));
                    }
                }
                // A point without a value is a gap in the line.
                _ => runs.push(Vec::new()),
            }
        }
        for run in &runs {
            if factor.column.kind.is_some() {
                sheet.line(&run.iter().map(|(x, y, _)| (*x, *y)).collect::<Vec<_>>(), Pen::solid(BLUE, 1.75));
            }
            for &(at, height, value) in run {
                sheet.dot((at, height), 4.0, BLUE);
                if sweep.entries.len() <= LABELLED {
                    let label = sweep.kind().words(value);
                    let (half, above) = (text_width(&label, NOTE.size) / 2.0, if height - 16.0 < area.top { 15.0 } else { -15.0 });
                    let (middle, line) = (at.max(area.left + half + 4.0), height + above);
                    sheet.box_between((middle - half - 1.0, line - 7.0), (middle + half + 1.0, line + 7.0), WHITE, 0.85);
                    sheet.text(&label, (middle, line), Anchor::Middle, NOTE);
                }
            }
        }
        frame::outline(sheet, area);
    })
}
