//! A sheet to draw on: plotters' SVG backend with coordinates and sizes in logical pixels.
//!
//! Axes are laid out by this crate and not by plotters' chart builder, because without a font linked in plotters only guesses how wide a text is. The backend
//! rounds to whole units, so the sheet draws in units of half a logical pixel.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea as _};
use plotters::element::{DashedPathElement, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontStyle, FontTransform, IntoFont as _, RGBColor, ShapeStyle, TextStyle};

use crate::format::printable;
use crate::report::ReportError;

/// Units of the picture per logical pixel.
const UNITS: f64 = 2.0;
/// The backend divides font sizes by this.
const FONT_FACTOR: f64 = 1.24;
/// Advances of the printable ASCII characters of DejaVu Sans, from the space on [1/1000 em]; bold is about a tenth wider.
const ADVANCES: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838,
    838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611,
    685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592,
    818, 592, 592, 525, 636, 337, 636, 838,
];
/// Advance of all other characters [1/1000 em].
const OTHER_ADVANCE: u16 = 640;
/// Verdana has the same widths as DejaVu Sans where that is not installed.
const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

/// A place on the sheet [logical pixels, from the top left].
pub type Place = (f64, f64);

/// Where a text stands relative to its place.
#[derive(Clone, Copy)]
pub enum Anchor {
    /// The place is the text's left end, half way up.
    Left,
    /// The place is the text's middle.
    Middle,
    /// The place is the text's right end, half way up.
    Right,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub struct Lettering {
    /// Size [logical pixels].
    pub size: f64,
    /// Colour.
    pub colour: RGBColor,
    /// Bold or not.
    pub bold: bool,
    /// Turned to read upwards.
    pub upwards: bool,
}

/// How a line looks.
#[derive(Clone, Copy)]
pub struct Pen {
    /// Colour.
    pub colour: RGBColor,
    /// Width [logical pixels].
    pub width: f64,
    /// Lengths of dash and gap [logical pixels]; a gap of 0 is a solid line.
    pub dash: (f64, f64),
}

impl Pen {
    /// A solid line.
    pub const fn solid(colour: RGBColor, width: f64) -> Self {
        Pen { colour, width, dash: (1.0, 0.0) }
    }
}

/// The drawing surface. The first failure is kept and reported by [`draw`], so that drawing code stays free of error handling.
pub struct Sheet<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    failure: Option<String>,
}

/// Draws a picture of `size` logical pixels and returns it as SVG text, with `title` for those who cannot see it.
///
/// # Errors
/// If the backend fails, which for text in memory it does not.
pub fn draw(name: &str, size: Place, title: &str, paint: impl FnOnce(&mut Sheet<'_>)) -> Result<String, ReportError> {
    let mut svg = String::with_capacity(1 << 16);
    let defect = |reason: String| ReportError::Render { what: name.to_owned(), reason };
    {
        let units = (unit(size.0).unsigned_abs(), unit(size.1).unsigned_abs());
        let area = SVGBackend::with_string(&mut svg, units).into_drawing_area();
        area.fill(&plotters::style::WHITE).map_err(|error| defect(error.to_string()))?;
        let mut sheet = Sheet { area, failure: None };
        paint(&mut sheet);
        sheet.area.present().map_err(|error| defect(error.to_string()))?;
        if let Some(failure) = sheet.failure {
            return Err(defect(failure));
        }
    }
    Ok(titled(&svg, title))
}

/// Adds a role and a title to the picture's opening tag.
fn titled(svg: &str, title: &str) -> String {
    let escaped = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    match svg.split_once('>') {
        Some((open, rest)) => format!("{open} role=\"img\"><title>{escaped}</title>{rest}"),
        None => svg.to_owned(),
    }
}

fn unit(logical: f64) -> i32 {
    // The cast saturates, and NaN becomes 0.
    (logical * UNITS).round() as i32
}

fn units(place: Place) -> (i32, i32) {
    (unit(place.0), unit(place.1))
}

/// How wide a text in regular letters is [logical pixels].
pub fn text_width(text: &str, size: f64) -> f64 {
    let advance = |letter: char| (letter as usize).checked_sub(32).and_then(|index| ADVANCES.get(index)).copied().unwrap_or(OTHER_ADVANCE);
    text.chars().map(|letter| f64::from(advance(letter))).sum::<f64>() * size / 1000.0
}

/// A name cut to `most` characters.
pub fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most { name.to_owned() } else { name.chars().take(most.saturating_sub(1)).chain(['…']).collect() }
}

impl Sheet<'_> {
    fn keep<E: std::fmt::Display>(&mut self, done: Result<(), E>) {
        if let Err(error) = done {
            self.failure.get_or_insert_with(|| error.to_string());
        }
    }

    /// A text at a place.
    pub fn text(&mut self, text: &str, place: Place, anchor: Anchor, look: Lettering) {
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let style = if look.bold { FontStyle::Bold } else { FontStyle::Normal };
        let mut font = (FAMILY, look.size * UNITS * FONT_FACTOR, style).into_font();
        if look.upwards {
            font = font.transform(FontTransform::Rotate270);
        }
        let style = TextStyle::from(font).color(&look.colour).pos(Pos::new(horizontal, VPos::Center));
        let done = self.area.draw(&Text::new(printable(text), units(place), style));
        self.keep(done);
    }

    /// A line through places.
    pub fn line(&mut self, places: &[Place], pen: Pen) {
        let style = ShapeStyle { color: pen.colour.to_rgba(), filled: false, stroke_width: unit(pen.width).unsigned_abs().max(1) };
        let done = if pen.dash.1 > 0.0 {
            let (dash, gap) = (unit(pen.dash.0), unit(pen.dash.1));
            let path: Vec<(i32, i32)> = places.iter().copied().map(units).collect();
            self.area.draw(&DashedPathElement::new(path, dash, gap, style))
        } else {
            self.area.draw(&PathElement::new(places.iter().copied().map(units).collect::<Vec<_>>(), style))
        };
        self.keep(done);
    }

    /// A filled shape with corners at places.
    pub fn shape(&mut self, places: &[Place], colour: RGBColor, opacity: f64) {
        let done = self.area.draw(&Polygon::new(places.iter().copied().map(units).collect::<Vec<_>>(), colour.mix(opacity).filled()));
        self.keep(done);
    }

    /// A filled box between two corners.
    pub fn box_between(&mut self, from: Place, to: Place, colour: RGBColor, opacity: f64) {
        let done = self.area.draw(&Rectangle::new([units(from), units(to)], colour.mix(opacity).filled()));
        self.keep(done);
    }

    /// A filled dot with a white rim.
    pub fn dot(&mut self, place: Place, radius: f64, colour: RGBColor) {
        let rim = plotters::element::Circle::new(units(place), unit(radius + 1.0), plotters::style::WHITE.filled());
        let done = self.area.draw(&rim);
        self.keep(done);
        let done = self.area.draw(&plotters::element::Circle::new(units(place), unit(radius), colour.filled()));
        self.keep(done);
    }
}
