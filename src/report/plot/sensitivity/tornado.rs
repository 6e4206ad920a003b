//! The tornado: what the response is at either end of each input, all others at their defaults; the largest swing on top.

use crate::experiment::sensitivity::Record;
use crate::experiment::sensitivity::record::{OfInput, ResponseRecord};
use crate::report::ReportError;
use crate::report::plot::axis::Scale;
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{BLUE, GREY, INK, NOTE, ORANGE, TICK, WIDTH};
use crate::report::plot::sensitivity::{LONGEST, subtitle, ticks};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, draw, shortened, text_width};

/// Inputs that are drawn; the table has the others.
const MOST: usize = 12;
const ROW: f64 = 38.0;
const HALF: f64 = 7.0;
const LEFT: f64 = 262.0;
const RIGHT: f64 = 980.0;
const TOP: f64 = 112.0;

/// One end of an input.
struct End {
    value: f64,
    label: String,
}

/// The plot as SVG.
pub fn svg(name: &str, record: &Record, response: &ResponseRecord) -> Result<String, ReportError> {
    let kind = response.kind();
    let base = response.baseline.unwrap_or_default();
    let mut moving: Vec<&OfInput> = response.inputs.iter().filter(|of| of.swing.is_some_and(|swing| swing > 0.0)).collect();
    moving.sort_by(|a, b| b.swing.unwrap_or_default().total_cmp(&a.swing.unwrap_or_default()));
    let still = response.inputs.len() - moving.len();
    let shown = moving.len().min(MOST);
    let rows: Vec<(&OfInput, [Option<End>; 2])> = moving.iter().take(shown).map(|of| (*of, ends(record, response, of))).collect();
    let values = || rows.iter().flat_map(|(_, ends)| ends).flatten().map(|end| end.value).chain([base]);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    // Room for the labels beyond the bars.
    let room = |left: bool| {
        let on_that_side = rows.iter().flat_map(|(_, ends)| ends).flatten().filter(|end| (end.value < base) == left);
        on_that_side.map(|end| text_width(&end.label, NOTE.size)).fold(0.0, f64::max) + 16.0
    };
    let area = Frame { left: LEFT, right: RIGHT, top: TOP, bottom: TOP + ROW * shown as f64 + 4.0 };
    let x = Scale::linear((low, high), (LEFT + room(true), RIGHT - room(false)));
    draw(name, (WIDTH, area.bottom + 76.0), "Each input alone, from one end of its range to the other", |sheet| {
        frame::header(sheet, "What does each input do by itself?", &subtitle(record, response, "all other inputs at their defaults"));
        let entries = [
            (Swatch::Box(BLUE, 0.85), "low end, or the choice that gives least"),
            (Swatch::Box(ORANGE, 0.9), "high end, or the choice that gives most"),
            (Swatch::Line(Pen::solid(INK, 1.5)), "all at their defaults"),
        ];
        frame::legend(sheet, RIGHT, 70.0, &entries);
        frame::x_axis(sheet, area, &x, &ticks(kind, (low, high), 6), "");
        for (row, (of, ends)) in rows.iter().enumerate() {
            let middle = area.top + ROW * (row as f64 + 0.5) + 2.0;
            sheet.text(&shortened(&of.input, LONGEST), (LEFT - 10.0, middle), Anchor::Right, Lettering { colour: INK, ..TICK });
            for ((end, offset), (colour, opacity)) in ends.iter().zip([-HALF - 0.5, HALF + 0.5]).zip([(BLUE, 0.85), (ORANGE, 0.9)]) {
                let Some(end) = end else { continue };
                let (from, to) = (x.px(base), x.px(end.value));
                let y = middle + offset;
                sheet.box_between((from.min(to), y - HALF), (from.max(to).max(from.min(to) + 1.0), y + HALF), colour, opacity);
                let (anchor, at) = if end.value < base { (Anchor::Right, to - 6.0) } else { (Anchor::Left, to + 6.0) };
                sheet.text(&end.label, (at, y), anchor, NOTE);
            }
        }
        sheet.line(&[(x.px(base), area.top - 4.0), (x.px(base), area.bottom)], Pen::solid(INK, 1.5));
        sheet.text(&kind.words(base), (x.px(base), area.top - 14.0), Anchor::Middle, Lettering { bold: true, ..NOTE });
        frame::outline(sheet, area);
        let mut rest = Vec::new();
        if moving.len() > shown {
            rest.push(format!("{} more move it by at most {}", moving.len() - shown, kind.words(moving[shown].swing.unwrap_or_default())));
        }
        if still > 0 {
            rest.push(format!("{still} by themselves do not move it"));
        }
        sheet.text(&rest.join("; "), (LEFT, area.bottom + 42.0), Anchor::Left, Lettering { colour: GREY, ..NOTE });
    })
}

/// Both ends of a range; of a list the values that give least and most, unless that is what the default gives.
fn ends(record: &Record, response: &ResponseRecord, of: &OfInput) -> [Option<End>; 2] {
    let Some(input) = record.inputs.iter().find(|input| input.name == of.input) else { return [None, None] };
    let sample = |place: usize| -> Option<End> {
        let value = of.alone.get(place).copied().flatten()?;
        Some(End { value, label: format!("{}: {}", shortened(input.samples.get(place)?, 24), response.kind().words(value)) })
    };
    if input.is_range {
        return [sample(0), sample(1)];
    }
    let mut places: Vec<usize> = (0..of.alone.len()).filter(|place| of.alone[*place].is_some()).collect();
    places.sort_by(|a, b| of.alone[*a].unwrap_or_default().total_cmp(&of.alone[*b].unwrap_or_default()));
    let other = |place: Option<&usize>| place.copied().filter(|place| of.alone[*place] != response.baseline).and_then(sample);
    [other(places.first()), other(places.last())]
}
