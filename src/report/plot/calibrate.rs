//! The plots of a calibration: observed and simulated over time, what is left between them, and how sharply each fitted value is told.

use plotters::style::RGBColor;

use crate::experiment::calibrate::record::{Calibrated, Compared, FittedValue};
use crate::experiment::figure::Kind;
use crate::format::share;
use crate::report::ReportError;
use crate::report::calendar::Calendar;
use crate::report::calibrate::signed;
use crate::report::plot::axis::{CalendarTicks, Scale, Tick, calendar_ticks, decimal_ticks, duration_ticks, log_duration_ticks, log_range};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{BLUE, FRAME, GREEN, GREY, INK, ORANGE, PURPLE, SKY, TICK, WIDTH};
use crate::report::plot::sheet::{Anchor, Pen, Place, Sheet, draw, shortened};
use crate::report::plot::{Plot, raster};

/// Most columns that have a panel of their own; the table has the others.
const PANELS: usize = 4;

/// Most observed values that are dots; more become a line.
const DOTS: usize = 1500;

const OBSERVED: Pen = Pen::solid(INK, 1.5);
const SIMULATED: Pen = Pen::solid(BLUE, 1.5);
const BEFORE: Pen = Pen { colour: ORANGE, width: 1.25, dash: (5.0, 4.0) };

/// All plots, in the order of the page.
///
/// # Errors
/// If a picture cannot be drawn, which would be a defect of this module.
pub fn all(calibrated: &Calibrated, calendar: &Calendar) -> Result<Vec<Plot>, ReportError> {
    let fonts = raster::fonts();
    let pictures = [("course", course(calibrated, calendar)?), ("residuals", left(calibrated, calendar)?), ("slices", slices(calibrated)?)];
    pictures.into_iter().map(|(name, svg)| Ok(Plot { name, png: raster::png(name, &svg, &fonts)?, svg })).collect()
}

/// The horizontal axis: calendar time, or the share of values that are no larger.
struct Along<'a> {
    calendar: Option<&'a Calendar>,
    horizon: f64,
    scale: Scale,
}

impl<'a> Along<'a> {
    fn new(calibrated: &Calibrated, calendar: &'a Calendar, px: (f64, f64)) -> Self {
        let record = &calibrated.record;
        let course = record.by == "course";
        let end = if course { record.horizon_s } else { 1.0 };
        Along { calendar: course.then_some(calendar), horizon: record.horizon_s, scale: Scale::linear((0.0, end), px) }
    }

    fn draw(&self, sheet: &mut Sheet<'_>, area: Frame, labelled: bool) {
        match self.calendar {
            Some(calendar) => {
                let ticks: CalendarTicks = calendar_ticks(calendar, self.horizon, self.scale.length_px());
                frame::calendar_axis(sheet, area, &self.scale, &ticks, labelled.then_some("calendar time (UTC)"));
            }
            None => {
                let ticks = decimal_ticks(1.0, 10, share);
                frame::x_axis(sheet, area, &self.scale, &ticks, if labelled { "share of the values that are no larger" } else { "" });
            }
        }
    }

    /// Pieces of a line through one column's values: broken where rows are missing, thinned to what pixels can show.
    fn lines(&self, rows: &[(f64, &Compared)], y: &Scale, value: impl Fn(&Compared) -> f64) -> Vec<Vec<Place>> {
        let mut apart: Vec<f64> = rows.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        apart.sort_by(f64::total_cmp);
        let usual = apart.get(apart.len() / 2).copied().unwrap_or(f64::INFINITY);
        let mut lines: Vec<Vec<Place>> = vec![Vec::new()];
        let mut last = f64::NEG_INFINITY;
        for (at, row) in rows {
            if at - last > 3.5 * usual {
                lines.push(Vec::new());
            }
            last = *at;
            let place = (self.scale.px(*at), y.px(value(row)));
            if let Some(line) = lines.last_mut() {
                // Of what falls onto one half pixel, the ends are enough.
                match line.as_slice() {
                    [.., a, b, c] if (a.0 - place.0).abs() < 0.5 && (b.1 - a.1) * (c.1 - b.1) > 0.0 && (c.1 - b.1) * (place.1 - c.1) > 0.0 => {
                        line.pop();
                        line.push(place);
                    }
                    _ => line.push(place),
                }
            }
        }
        lines.retain(|line| line.len() > 1);
        lines
    }
}

/// The values of one column, with where they lie along.
fn rows_of<'a>(calibrated: &'a Calibrated, column: &str) -> Vec<(f64, &'a Compared)> {
    let rows: Vec<&Compared> = calibrated.compared.iter().filter(|row| row.column == column).collect();
    let count = rows.len() as f64;
    rows.into_iter().enumerate().map(|(rank, row)| (row.at_s.unwrap_or((rank as f64 + 0.5) / count), row)).collect()
}

fn strokes(sheet: &mut Sheet<'_>, lines: &[Vec<Place>], pen: Pen) {
    lines.iter().for_each(|line| sheet.line(line, pen));
}

fn panel(index: usize, height: f64) -> Frame {
    let top = 104.0 + index as f64 * (height + 44.0);
    Frame { left: 92.0, right: 970.0, top, bottom: top + height }
}

fn course(calibrated: &Calibrated, calendar: &Calendar) -> Result<String, ReportError> {
    let record = &calibrated.record;
    let columns: Vec<&String> = record.observed.columns.iter().take(PANELS).collect();
    let height = if columns.len() == 1 { 250.0 } else { 150.0 };
    let last = panel(columns.len() - 1, height);
    let subtitle = format!(
        "Root mean square of what is left: {} with the fit, {} with the scenario as it was{}",
        signed(record.residuals.rms_s),
        signed(record.before.rms_s),
        if record.observed.columns.len() > PANELS {
            format!(" · the first {PANELS} of {} columns", record.observed.columns.len())
        } else {
            String::new()
        }
    );
    draw("plots/course.svg", (WIDTH, last.bottom + 54.0), "Observed and simulated", |sheet| {
        frame::header(sheet, "Observed, and simulated with the fitted values", &subtitle);
        let entries = [(Swatch::Line(OBSERVED), "observed"), (Swatch::Line(SIMULATED), "fitted"), (Swatch::Line(BEFORE), "as it was")];
        frame::legend(sheet, last.right, 70.0, &entries);
        for (index, column) in columns.iter().enumerate() {
            let area = panel(index, height);
            let rows = rows_of(calibrated, column);
            let along = Along::new(calibrated, calendar, (area.left, area.right));
            // A scenario that was far off must not flatten what is compared.
            let fitted = rows.iter().map(|(_, row)| row.observed_s.max(row.simulated_s)).fold(1.0, f64::max);
            let high = rows.iter().map(|(_, row)| row.before_s).fold(fitted, f64::max).min(2.0 * fitted) * 1.05;
            let y = Scale::linear((0.0, high), (area.bottom, area.top));
            frame::panel_title(sheet, area, &shortened(column, 60));
            along.draw(sheet, area, index + 1 == columns.len());
            frame::y_axis(sheet, area, &y, &duration_ticks(high, 5), "");
            strokes(sheet, &along.lines(&rows, &y, |row| row.before_s), BEFORE);
            if rows.len() <= DOTS {
                strokes(sheet, &along.lines(&rows, &y, |row| row.simulated_s), SIMULATED);
                rows.iter().for_each(|(at, row)| sheet.dot((along.scale.px(*at), y.px(row.observed_s)), 1.75, INK));
            } else {
                strokes(sheet, &along.lines(&rows, &y, |row| row.observed_s), OBSERVED);
                strokes(sheet, &along.lines(&rows, &y, |row| row.simulated_s), SIMULATED);
            }
            frame::outline(sheet, area);
        }
    })
}

fn left(calibrated: &Calibrated, calendar: &Calendar) -> Result<String, ReportError> {
    let record = &calibrated.record;
    let area = panel(0, 200.0);
    let of = |row: &Compared| row.observed_s - row.simulated_s;
    let most = calibrated.compared.iter().map(|row| of(row).abs()).fold(1.0, f64::max) * 1.08;
    let subtitle = format!("Observed less simulated: mean {}, root mean square {}", signed(record.residuals.bias_s), signed(record.residuals.rms_s));
    draw("plots/residuals.svg", (WIDTH, area.bottom + 54.0), "What is left between observed and simulated", |sheet| {
        frame::header(sheet, "What is left", &subtitle);
        let along = Along::new(calibrated, calendar, (area.left, area.right));
        let y = Scale::linear((-most, most), (area.bottom, area.top));
        along.draw(sheet, area, true);
        frame::y_axis(sheet, area, &y, &both_ways(most), "");
        let rms = record.residuals.rms_s;
        sheet.box_between((area.left, y.px(rms)), (area.right, y.px(-rms)), SKY, 0.18);
        sheet.text("shaded: ± root mean square", (area.left, area.top - 14.0), Anchor::Left, TICK);
        sheet.line(&[(area.left, y.px(0.0)), (area.right, y.px(0.0))], Pen::solid(FRAME, 1.0));
        let colours = [BLUE, ORANGE, GREEN, PURPLE];
        let shown: Vec<(&String, RGBColor)> = record.observed.columns.iter().zip(colours).collect();
        for (column, colour) in &shown {
            strokes(sheet, &along.lines(&rows_of(calibrated, column), &y, of), Pen::solid(*colour, 1.0));
        }
        if shown.len() > 1 {
            let names: Vec<String> = shown.iter().map(|(column, _)| shortened(column, 24)).collect();
            let entries: Vec<(Swatch, &str)> =
                shown.iter().zip(&names).map(|((_, colour), name)| (Swatch::Line(Pen::solid(*colour, 1.5)), name.as_str())).collect();
            frame::legend(sheet, area.right, 70.0, &entries);
        }
        frame::outline(sheet, area);
    })
}

/// Ticks of time to both sides of nothing.
fn both_ways(most: f64) -> Vec<Tick> {
    let up = duration_ticks(most, 3);
    let down = up.iter().filter(|tick| tick.at > 0.0).map(|tick| Tick { at: -tick.at, label: format!("-{}", tick.label) });
    down.collect::<Vec<_>>().into_iter().chain(up.iter().cloned()).collect()
}

fn slices(calibrated: &Calibrated) -> Result<String, ReportError> {
    let fitted = &calibrated.record.fitted;
    let rows = fitted.len().div_ceil(2);
    let area = |index: usize| {
        let (row, column) = (index / 2, index % 2);
        let (left, right) = match (fitted.len(), column) {
            (1, _) => (92.0, 950.0),
            (_, 0) => (92.0, 486.0),
            _ => (578.0, 950.0),
        };
        let top = 96.0 + row as f64 * 270.0;
        Frame { left, right, top, bottom: top + 190.0 }
    };
    draw("plots/slices.svg", (WIDTH, 60.0 + rows as f64 * 284.0), "What is left by fitted value", |sheet| {
        frame::header(
            sheet,
            "How sharply each value is told",
            "Root mean square of what is left while one value moves and the others stay; shaded, the 95 % interval",
        );
        for (index, of) in fitted.iter().enumerate() {
            slice(sheet, area(index), of);
        }
    })
}

fn slice(sheet: &mut Sheet<'_>, area: Frame, of: &FittedValue) {
    let px = (area.left, area.right);
    let wide = of.from > 0.0 && of.to / of.from > 4.0;
    let x = if wide { Scale::log((of.from, of.to), px) } else { Scale::linear((of.from, of.to), px) };
    let finite = || of.slice.iter().filter(|(_, left)| left.is_finite());
    let high = finite().map(|(_, left)| *left).fold(0.0, f64::max).max(1e-3) * 1.08;
    let low = finite().map(|(_, left)| *left).fold(high, f64::min).max(1e-2);
    // Far from the fit there may be hours left, near it seconds.
    let steep = high / low > 20.0;
    let px = (area.bottom, area.top);
    let y = if steep { Scale::log(log_range(low, high), px) } else { Scale::linear((0.0, high), px) };
    let y_ticks = if steep { log_duration_ticks(&y, |_| 12.0) } else { duration_ticks(high, 5) };
    frame::panel_title(sheet, area, &shortened(&of.key, 54));
    let steps = 5;
    let mark = |step: i32| {
        let along = f64::from(step) / f64::from(steps);
        let at = if wide { of.from * libm::pow(of.to / of.from, along) } else { of.from + (of.to - of.from) * along };
        Tick { at, label: of.kind.words(at) }
    };
    let ticks: Vec<Tick> = (0..=steps).map(mark).collect();
    frame::x_axis(sheet, area, &x, &ticks, if of.kind == Kind::Count { "value" } else { "" });
    frame::y_axis(sheet, area, &y, &y_ticks, "");
    // A sure value has an interval of less than a pixel.
    let (low, high) = (x.px(of.low), x.px(of.high).max(x.px(of.low) + 2.0));
    sheet.box_between((low, area.top), (high, area.bottom), SKY, 0.35);
    sheet.line(&[(x.px(of.value), area.top), (x.px(of.value), area.bottom)], Pen { colour: GREY, width: 1.0, dash: (3.0, 3.0) });
    let places: Vec<Place> = finite().map(|(value, left)| (x.px(*value), y.px(*left))).collect();
    sheet.line(&places, Pen::solid(BLUE, 1.75));
    if let Some(fit) = finite().min_by(|a, b| a.1.total_cmp(&b.1)) {
        sheet.dot((x.px(fit.0), y.px(fit.1)), 4.0, BLUE);
    }
    frame::outline(sheet, area);
}
