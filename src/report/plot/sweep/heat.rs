//! Two factors: a heat map with numbers in its cells. More factors: one such map for each combination of the others, under one colour scale.

use plotters::style::RGBColor;

use crate::report::ReportError;
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{ALARM, AXIS, FRAME, GREY, GRID, NOTE, TICK, VERMILLION, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Sheet, draw, shortened, text_width};
use crate::report::plot::sweep::{Factor, Sweep, cividis};
use crate::report::sweep::Entry;

/// Maps in one picture; of more combinations, the first.
const MOST_MAPS: usize = 12;
const LEFT: f64 = 130.0;
const RIGHT: f64 = 880.0;
const TOP: f64 = 96.0;
const GAP: f64 = 76.0;
/// Height of the highest map.
const MOST_HEIGHT: f64 = 720.0;
/// Slices of the colour scale.
const SLICES: i32 = 64;
/// Numbers smaller than this could not be read.
const READABLE: f64 = 8.5;

/// Where a value lies on the colour scale \[0..1\]: by ratio where values span orders of magnitude.
struct Colours {
    low: f64,
    high: f64,
    by_ratio: bool,
}

impl Colours {
    fn share(&self, value: f64) -> f64 {
        if self.high <= self.low {
            return 0.5;
        }
        if self.by_ratio { (value / self.low).ln() / (self.high / self.low).ln() } else { (value - self.low) / (self.high - self.low) }
    }

    fn at(&self, share: f64) -> f64 {
        if self.by_ratio { self.low * libm::pow(self.high / self.low, share) } else { self.low + (self.high - self.low) * share }
    }
}

/// The plot as SVG: the two factors with the most levels make the maps, the one with more across.
pub fn svg(name: &str, sweep: &Sweep<'_>) -> Result<String, ReportError> {
    let mut order: Vec<&Factor<'_>> = sweep.factors.iter().collect();
    order.sort_by_key(|factor| std::cmp::Reverse(factor.levels.len()));
    let [across, down, others @ ..] = order.as_slice() else { return draw(name, (WIDTH, 40.0), &sweep.words(), |_| ()) };
    let panels = combinations(sweep.entries, others);
    let columns =
        if panels.len() == 1 { 1 } else { (2..=3).rev().find(|columns| across.levels.len() * columns <= 15).unwrap_or(1).min(panels.len()) };
    let width = (RIGHT - LEFT - 24.0 * (columns - 1) as f64) / columns as f64;
    // Rows high enough for a number each, as long as a page has room for them.
    let rows = down.levels.len() as f64;
    let height = ((360.0 / rows).clamp(if panels.len() == 1 { 26.0 } else { 20.0 }, 52.0) * rows).min(MOST_HEIGHT);
    let shown = panels.len().min(MOST_MAPS);
    let bottom = TOP + shown.div_ceil(columns) as f64 * (height + GAP) - GAP;
    let (low, high) = sweep.range();
    let colours = Colours { low, high, by_ratio: low > 0.0 && high / low > 30.0 };
    let title = format!("{} by {} and {}", sweep.words(), across.column.name, down.column.name);
    draw(name, (WIDTH, bottom + 58.0), &title, |sheet| {
        frame::header(sheet, &title, &sweep.subtitle());
        for (index, (label, entries)) in panels.iter().take(MOST_MAPS).enumerate() {
            let (left, top) = (LEFT + (index % columns) as f64 * (width + 24.0), TOP + (index / columns) as f64 * (height + GAP));
            let area = Frame { left, right: left + width, top, bottom: top + height };
            if !label.is_empty() {
                frame::panel_title(sheet, area, &fitting(label, width, 13.0 * 1.1));
            }
            map(sheet, area, sweep, (across, down), entries, &colours);
            if index % columns == 0 {
                row_labels(sheet, area, down);
            }
        }
        if panels.len() > shown {
            let more = format!("{} more combinations are in the table", panels.len() - shown);
            sheet.text(&more, (RIGHT, 66.0), Anchor::Right, NOTE);
        }
        if let Some(limit) = sweep.limit().filter(|_| sweep.is_parted()) {
            let label = format!("border at the limit of {}", sweep.kind().words(limit.value));
            let place = RIGHT - 1.1 * text_width(&label, ALARM.size) - 36.0;
            frame::sample(sheet, Swatch::Line(Pen::solid(VERMILLION, 3.0)), (place, 80.0));
            sheet.text(&label, (RIGHT, 80.0), Anchor::Right, ALARM);
        }
        legend(sheet, sweep, &colours, (TOP, (TOP + height.max(160.0)).min(bottom.max(TOP + 160.0))));
    })
}

/// The combinations of the other factors' levels that occur, each in words with its points.
fn combinations<'a>(entries: &'a [Entry], others: &[&Factor<'_>]) -> Vec<(String, Vec<&'a Entry>)> {
    let mut panels: Vec<(String, Vec<&Entry>)> = Vec::new();
    for entry in entries {
        let said = |factor: &&Factor<'_>| {
            let cell = entry.factors.get(factor.index).map_or("", String::as_str);
            format!("{}: {}", factor.column.name, factor.column.words(cell))
        };
        let label = others.iter().map(said).collect::<Vec<_>>().join(", ");
        match panels.iter_mut().find(|(known, _)| *known == label) {
            Some((_, points)) => points.push(entry),
            None => panels.push((label, vec![entry])),
        }
    }
    panels
}

fn map(sheet: &mut Sheet<'_>, area: Frame, sweep: &Sweep<'_>, (across, down): (&Factor<'_>, &Factor<'_>), entries: &[&Entry], colours: &Colours) {
    let (width, height) = ((area.right - area.left) / across.levels.len() as f64, (area.bottom - area.top) / down.levels.len() as f64);
    let place = |factor: &Factor<'_>, entry: &Entry| factor.level(entry);
    sheet.box_between((area.left, area.top), (area.right, area.bottom), GRID, 0.5);
    // Smaller letters where cells are narrow, of one size in all; none where they could not be read.
    let texts = sweep.entries.iter().filter_map(|entry| sweep.value(entry)).map(|value| text_width(&sweep.kind().words(value), 1.0));
    let size = ((width - 6.0) / texts.fold(text_width("failed", 1.0), f64::max)).min(12.5).min(height - 4.0);
    if size < READABLE {
        without_numbers(sheet, area, sweep, (across, down), entries, colours);
    }
    for entry in entries.iter().filter(|_| size >= READABLE) {
        let (Some(column), Some(row)) = (place(across, entry), place(down, entry)) else { continue };
        // The first level of the upright factor is at the bottom, as on an axis.
        let (left, bottom) = (area.left + column as f64 * width, area.bottom - row as f64 * height);
        let middle = (left + width / 2.0, bottom - height / 2.0);
        let (text, ink) = match sweep.value(entry) {
            Some(value) => {
                let colour = cividis::colour(colours.share(value));
                sheet.box_between((left, bottom - height), (left + width, bottom), colour, 1.0);
                (sweep.kind().words(value), cividis::on(colour))
            }
            None if entry.error.is_empty() => ("–".to_owned(), GREY),
            None => ("failed".to_owned(), GREY),
        };
        sheet.text(&text, middle, Anchor::Middle, Lettering { size, colour: ink, ..NOTE });
    }
    border(sheet, area, sweep, (across, down), entries);
    let mut end = f64::NEG_INFINITY;
    for (index, level) in across.levels.iter().enumerate() {
        let label = fitting(&across.column.words(level), (width * 1.6).max(90.0), TICK.size);
        let (middle, half) = (area.left + (index as f64 + 0.5) * width, text_width(&label, TICK.size) / 2.0);
        if middle - half > end + 6.0 {
            sheet.text(&label, (middle, area.bottom + 14.0), Anchor::Middle, TICK);
            end = middle + half;
        }
    }
    sheet.text(&across.column.name, ((area.left + area.right) / 2.0, area.bottom + 33.0), Anchor::Middle, AXIS);
    sheet.line(&[(area.left, area.top), (area.left, area.bottom), (area.right, area.bottom)], Pen::solid(FRAME, 1.0));
}

/// The cells of a map that has too many for numbers, in as many colours as its scale shows: neighbours in a row that are of one colour are one box, or ten thousand cells
/// would take a hundred megabytes to draw.
fn without_numbers(
    sheet: &mut Sheet<'_>,
    area: Frame,
    sweep: &Sweep<'_>,
    (across, down): (&Factor<'_>, &Factor<'_>),
    entries: &[&Entry],
    colours: &Colours,
) {
    let (columns, rows) = (across.levels.len(), down.levels.len());
    let (width, height) = ((area.right - area.left) / columns as f64, (area.bottom - area.top) / rows as f64);
    let mut slices: Vec<Option<i32>> = vec![None; columns * rows];
    for entry in entries {
        if let (Some(column), Some(row), Some(value)) = (across.level(entry), down.level(entry), sweep.value(entry)) {
            slices[row * columns + column] = Some(((colours.share(value) * f64::from(SLICES)) as i32).min(SLICES - 1));
        }
    }
    for (row, slices) in slices.chunks(columns).enumerate() {
        let bottom = area.bottom - row as f64 * height;
        let mut column = 0;
        for run in slices.chunk_by(|a, b| a == b) {
            if let Some(slice) = run[0] {
                let (left, right) = (area.left + column as f64 * width, area.left + (column + run.len()) as f64 * width);
                sheet.box_between((left, bottom - height), (right, bottom), of_slice(slice), 1.0);
            }
            column += run.len();
        }
    }
}

/// The colour of a slice of the scale.
fn of_slice(slice: i32) -> RGBColor {
    cividis::colour((f64::from(slice) + 0.5) / f64::from(SLICES))
}

/// A line between the cells that meet the limit and those that do not.
fn border(sheet: &mut Sheet<'_>, area: Frame, sweep: &Sweep<'_>, (across, down): (&Factor<'_>, &Factor<'_>), entries: &[&Entry]) {
    let Some(limit) = sweep.limit() else { return };
    let (columns, rows) = (across.levels.len(), down.levels.len());
    let (width, height) = ((area.right - area.left) / columns as f64, (area.bottom - area.top) / rows as f64);
    let mut met: Vec<Option<bool>> = vec![None; columns * rows];
    for entry in entries {
        if let (Some(column), Some(row)) = (across.level(entry), down.level(entry)) {
            met[row * columns + column] = sweep.value(entry).map(|value| limit.is_met_by(value));
        }
    }
    let differ = |a: usize, b: usize| matches!((met[a], met[b]), (Some(a), Some(b)) if a != b);
    let pen = Pen::solid(VERMILLION, 3.0);
    for row in 0..rows {
        for column in 0..columns {
            let here = row * columns + column;
            let (right, top) = (area.left + (column + 1) as f64 * width, area.bottom - (row + 1) as f64 * height);
            if column + 1 < columns && differ(here, here + 1) {
                sheet.line(&[(right, top), (right, top + height)], pen);
            }
            if row + 1 < rows && differ(here, here + columns) {
                sheet.line(&[(right - width, top), (right, top)], pen);
            }
        }
    }
}

fn row_labels(sheet: &mut Sheet<'_>, area: Frame, down: &Factor<'_>) {
    let height = (area.bottom - area.top) / down.levels.len() as f64;
    let every = (14.0 / height).ceil().max(1.0) as usize;
    for (index, level) in down.levels.iter().enumerate().step_by(every) {
        let label = fitting(&down.column.words(level), LEFT - 44.0, TICK.size);
        sheet.text(&label, (area.left - 8.0, area.bottom - (index as f64 + 0.5) * height), Anchor::Right, TICK);
    }
    sheet.text(&down.column.name, (16.0, (area.top + area.bottom) / 2.0), Anchor::Middle, Lettering { upwards: true, ..AXIS });
}

/// The colour scale at the right edge.
fn legend(sheet: &mut Sheet<'_>, sweep: &Sweep<'_>, colours: &Colours, (top, bottom): (f64, f64)) {
    let (left, right) = (RIGHT + 20.0, RIGHT + 38.0);
    let at = |share: f64| bottom - share * (bottom - top);
    for slice in 0..SLICES {
        let share = f64::from(slice) / f64::from(SLICES);
        sheet.box_between((left, at(share + 1.0 / f64::from(SLICES))), (right, at(share)), of_slice(slice), 1.0);
    }
    let steps = if colours.high > colours.low { 4 } else { 0 };
    for step in 0..=steps {
        let share = if steps == 0 { 0.5 } else { f64::from(step) / f64::from(steps) };
        let label = sweep.kind().words(colours.at(share));
        let size = ((WIDTH - right - 10.0) / text_width(&label, 1.0)).min(TICK.size);
        sheet.text(&label, (right + 5.0, at(share)), Anchor::Left, Lettering { size, ..TICK });
    }
}

/// A text cut to a width.
fn fitting(text: &str, width: f64, size: f64) -> String {
    let letters = text.chars().count();
    let fits = (letters as f64 * width / text_width(text, size).max(1.0)) as usize;
    shortened(text, fits.max(3))
}
