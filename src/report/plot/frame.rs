//! What the plots have in common: title, panel frame, grid, axes, legend, thresholds.

use plotters::style::RGBColor;

use crate::report::plot::axis::{CalendarTicks, Scale, Tick};
use crate::report::plot::look::{AXIS, FRAME, GRID, NOTE, PANEL, SUBTITLE, TICK, TITLE, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Place, Sheet, text_width};

/// A panel's inside [logical pixels].
#[derive(Clone, Copy)]
pub struct Frame {
    /// Left edge.
    pub left: f64,
    /// Right edge.
    pub right: f64,
    /// Top edge.
    pub top: f64,
    /// Bottom edge.
    pub bottom: f64,
}

/// How a legend entry shows its colour.
#[derive(Clone, Copy)]
pub enum Swatch {
    /// A piece of the line.
    Line(Pen),
    /// A filled box.
    Box(RGBColor, f64),
    /// An upright stroke.
    Stroke(RGBColor),
    /// A diamond.
    Diamond(RGBColor),
}

/// Title and the line under it.
pub fn header(sheet: &mut Sheet<'_>, title: &str, subtitle: &str) {
    sheet.text(title, (20.0, 22.0), Anchor::Left, TITLE);
    // Smaller letters rather than a line that runs off the sheet.
    let size = (SUBTITLE.size * (WIDTH - 40.0) / text_width(subtitle, SUBTITLE.size)).min(SUBTITLE.size);
    sheet.text(subtitle, (20.0, 44.0), Anchor::Left, Lettering { size, ..SUBTITLE });
}

/// A title over a panel's left edge.
pub fn panel_title(sheet: &mut Sheet<'_>, frame: Frame, title: &str) {
    sheet.text(title, (frame.left, frame.top - 12.0), Anchor::Left, PANEL);
}

/// Horizontal grid lines with their labels on the left, and the axis title standing beside them.
pub fn y_axis(sheet: &mut Sheet<'_>, frame: Frame, scale: &Scale, ticks: &[Tick], title: &str) {
    for mark in ticks {
        let y = scale.px(mark.at);
        sheet.line(&[(frame.left, y), (frame.right, y)], Pen::solid(GRID, 1.0));
        sheet.text(&mark.label, (frame.left - 8.0, y), Anchor::Right, TICK);
    }
    if !title.is_empty() {
        sheet.text(title, (16.0, (frame.top + frame.bottom) / 2.0), Anchor::Middle, Lettering { upwards: true, ..AXIS });
    }
}

/// Vertical grid lines, with labels under the panel if `labelled`.
pub fn x_axis(sheet: &mut Sheet<'_>, frame: Frame, scale: &Scale, ticks: &[Tick], title: &str) {
    for mark in ticks {
        let x = scale.px(mark.at);
        sheet.line(&[(x, frame.top), (x, frame.bottom)], Pen::solid(GRID, 1.0));
        sheet.line(&[(x, frame.bottom), (x, frame.bottom + 4.0)], Pen::solid(FRAME, 1.0));
        sheet.text(&mark.label, (x, frame.bottom + 15.0), Anchor::Middle, TICK);
    }
    if !title.is_empty() {
        sheet.text(title, ((frame.left + frame.right) / 2.0, frame.bottom + 36.0), Anchor::Middle, AXIS);
    }
}

/// A calendar axis; panels above the lowest have the grid alone.
pub fn calendar_axis(sheet: &mut Sheet<'_>, frame: Frame, scale: &Scale, ticks: &CalendarTicks, title: Option<&str>) {
    for mark in &ticks.marks {
        let x = scale.px(mark.at);
        sheet.line(&[(x, frame.top), (x, frame.bottom)], Pen::solid(GRID, 1.0));
    }
    let Some(title) = title else { return };
    for (index, mark) in ticks.marks.iter().enumerate() {
        let x = scale.px(mark.at);
        sheet.line(&[(x, frame.bottom), (x, frame.bottom + 4.0)], Pen::solid(FRAME, 1.0));
        let middle = if ticks.between {
            let next = ticks.marks.get(index + 1).map_or(scale.range().1, |next| next.at);
            (x + scale.px(next)) / 2.0
        } else {
            x
        };
        sheet.text(&mark.label, (middle, frame.bottom + 15.0), Anchor::Middle, TICK);
    }
    sheet.text(title, ((frame.left + frame.right) / 2.0, frame.bottom + 36.0), Anchor::Middle, AXIS);
}

/// The panel's outline: left and bottom edge.
pub fn outline(sheet: &mut Sheet<'_>, frame: Frame) {
    sheet.line(&[(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)], Pen::solid(FRAME, 1.0));
}

/// A legend in one row that ends at `right`.
pub fn legend(sheet: &mut Sheet<'_>, right: f64, y: f64, entries: &[(Swatch, &str)]) {
    let width = |label: &str| 34.0 + text_width(label, TICK.size) + 16.0;
    let mut x = right - entries.iter().map(|(_, label)| width(label)).sum::<f64>() + 16.0;
    for (swatch, label) in entries {
        sample(sheet, *swatch, (x, y));
        sheet.text(label, (x + 34.0, y), Anchor::Left, Lettering { size: TICK.size, ..NOTE });
        x += width(label);
    }
}

/// A swatch that begins at a place and is 28 pixels wide.
pub fn sample(sheet: &mut Sheet<'_>, swatch: Swatch, place: Place) {
    let (x, y) = place;
    match swatch {
        Swatch::Line(pen) => sheet.line(&[(x, y), (x + 28.0, y)], pen),
        Swatch::Box(colour, opacity) => sheet.box_between((x + 8.0, y - 6.0), (x + 28.0, y + 6.0), colour, opacity),
        Swatch::Stroke(colour) => sheet.line(&[(x + 22.0, y - 6.0), (x + 22.0, y + 6.0)], Pen::solid(colour, 1.5)),
        Swatch::Diamond(colour) => diamond(sheet, (x + 20.0, y), 5.5, colour),
    }
}

/// A diamond around a place.
pub fn diamond(sheet: &mut Sheet<'_>, place: Place, radius: f64, colour: RGBColor) {
    let (x, y) = place;
    sheet.shape(&[(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)], colour, 1.0);
}
