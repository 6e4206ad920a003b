//! Points spread over the space: the response against each factor, a panel each.

use crate::report::ReportError;
use crate::report::plot::frame::{self, Frame};
use crate::report::plot::look::{BLUE, NOTE, WIDTH};
use crate::report::plot::sheet::{Anchor, draw};
use crate::report::plot::sweep::{Sweep, limit_line, response_axis};

/// Panels in one picture; of more factors, the first.
const MOST: usize = 8;
const HEIGHT: f64 = 220.0;
const GAP: f64 = 86.0;

/// The plot as SVG.
pub fn svg(name: &str, sweep: &Sweep<'_>) -> Result<String, ReportError> {
    let shown = sweep.factors.len().min(MOST);
    let columns = if shown == 1 { 1 } else { 2 };
    let width = (870.0 - 70.0 * (columns - 1) as f64) / columns as f64;
    let bottom = 96.0 + shown.div_ceil(columns) as f64 * (HEIGHT + GAP) - GAP;
    let title = format!("{} by what is varied", sweep.words());
    let size = if sweep.entries.len() > 500 { 1.5 } else { 3.0 };
    draw(name, (WIDTH, bottom + 56.0), &title, |sheet| {
        frame::header(sheet, &title, &sweep.subtitle());
        if sweep.factors.len() > shown {
            sheet.text(&format!("{} more factors are in the table", sweep.factors.len() - shown), (970.0, 66.0), Anchor::Right, NOTE);
        }
        for (index, factor) in sweep.factors.iter().take(shown).enumerate() {
            let (left, top) = (100.0 + (index % columns) as f64 * (width + 70.0), 96.0 + (index / columns) as f64 * (HEIGHT + GAP));
            let area = Frame { left, right: left + width, top, bottom: top + HEIGHT };
            let (x, x_ticks) = factor.axis(sweep.entries, (area.left + 14.0, area.right - 14.0));
            let (y, y_ticks) = response_axis(sweep.kind(), sweep.extent(), (area.bottom, area.top));
            frame::x_axis(sheet, area, &x, &x_ticks, &factor.column.name);
            frame::y_axis(sheet, area, &y, &y_ticks, "");
            for entry in sweep.entries {
                let place = entry.factors.get(factor.index).and_then(|cell| factor.place(cell));
                if let (Some(place), Some(value)) = (place, sweep.value(entry)) {
                    sheet.dot((x.px(place), y.px(value)), size, BLUE);
                }
            }
            limit_line(sheet, area, &y, sweep);
            frame::outline(sheet, area);
        }
    })
}
