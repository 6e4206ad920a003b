//! The Sobol indices: which share of the variance each input accounts for, alone and with all its interactions.

use crate::experiment::sensitivity::Record;
use crate::experiment::sensitivity::record::{OfInput, ResponseRecord};
use crate::report::ReportError;
use crate::report::plot::axis::{Scale, decimal_ticks};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{BLUE, INK, NOTE, SKY, TICK, WIDTH};
use crate::report::plot::sensitivity::{LONGEST, subtitle};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Sheet, draw, shortened};
use crate::stats::{Interval, SobolIndices};

const ROW: f64 = 40.0;
const HALF: f64 = 7.0;
const LEFT: f64 = 262.0;
/// The figures stand beyond.
const RIGHT: f64 = 790.0;
const TOP: f64 = 104.0;

/// The plot as SVG.
pub fn svg(name: &str, record: &Record, response: &ResponseRecord) -> Result<String, ReportError> {
    let mut known: Vec<(&OfInput, SobolIndices)> = response.inputs.iter().filter_map(|of| Some((of, of.indices?))).collect();
    known.sort_by(|a, b| b.1.total.estimate.total_cmp(&a.1.total.estimate));
    let area = Frame { left: LEFT, right: RIGHT, top: TOP, bottom: TOP + ROW * known.len() as f64 + 4.0 };
    let reach = known.iter().flat_map(|(_, of)| [of.first, of.total]).map(|index| index.high.unwrap_or(index.estimate)).fold(1.0, f64::max);
    let x = Scale::linear((0.0, reach), (LEFT, RIGHT));
    draw(name, (WIDTH, area.bottom + 58.0), "Sobol indices with their intervals", |sheet| {
        let rows = format!("{} rows", record.rows.unwrap_or_default());
        frame::header(sheet, "Whose is the uncertainty?", &subtitle(record, response, &rows));
        let entries = [
            (Swatch::Box(SKY, 0.9), "alone (first-order index)"),
            (Swatch::Box(BLUE, 0.9), "with interactions (total index)"),
            (Swatch::Line(Pen::solid(INK, 1.5)), "95 % interval"),
        ];
        frame::legend(sheet, 970.0, 78.0, &entries);
        let ticks = decimal_ticks(reach, 6, |value| format!("{:.0} %", 100.0 * value));
        frame::x_axis(sheet, area, &x, &ticks, "share of the response's variance");
        for (row, (of, indices)) in known.iter().enumerate() {
            let middle = area.top + ROW * (row as f64 + 0.5) + 2.0;
            sheet.text(&shortened(&of.input, LONGEST), (LEFT - 10.0, middle), Anchor::Right, Lettering { colour: INK, ..TICK });
            bar(sheet, &x, middle - HALF - 0.5, &indices.first, SKY);
            bar(sheet, &x, middle + HALF + 0.5, &indices.total, BLUE);
        }
        frame::outline(sheet, area);
    })
}

fn bar(sheet: &mut Sheet<'_>, x: &Scale, y: f64, index: &Interval, colour: plotters::style::RGBColor) {
    sheet.box_between((x.px(0.0), y - HALF), (x.px(index.estimate).max(x.px(0.0) + 1.0), y + HALF), colour, 0.9);
    let mut text = format!("{:.2}", index.estimate.max(0.0));
    if let (Some(low), Some(high)) = (index.low, index.high) {
        let (low, high) = (low.max(0.0), high.max(0.0));
        let (left, right) = (x.px(low), x.px(high));
        sheet.line(&[(left, y), (right, y)], Pen::solid(INK, 1.5));
        for end in [left, right] {
            sheet.line(&[(end, y - 4.0), (end, y + 4.0)], Pen::solid(INK, 1.5));
        }
        text = format!("{text}  ({low:.2} to {high:.2})");
    }
    sheet.text(&text, (RIGHT + 12.0, y), Anchor::Left, NOTE);
}
