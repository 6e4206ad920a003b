//! The retention drives over time: room used against capacity, and below it the window held against the window promised.

use crate::format::{bytes, duration, plural};
use crate::report::ReportError;
use crate::report::answers::fullest_first;
use crate::report::calendar::Calendar;
use crate::report::plot::axis::{CalendarTicks, Scale, calendar_ticks, decimal_ticks, duration_ticks};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{ALARM, BLUE, GREEN, INK, NOTE, SKY, VERMILLION, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Place, Sheet, draw, shortened, text_width};
use crate::report::plot::span::{Span, around};
use crate::results::{DriveResult, DriveRow, JourneyResult};

/// Drives drawn; the tables have the rest.
const MOST: usize = 3;
const LEFT: f64 = 92.0;
const RIGHT: f64 = 970.0;
const USE: f64 = 118.0;
const WINDOW: f64 = 72.0;
/// Room over a panel for its title, and between two drives.
const GAP: f64 = 36.0;
/// Points of a line; more would not be seen.
const COLUMNS: usize = 800;

/// What all panels share.
struct Panels {
    span: Span,
    x: Scale,
    ticks: CalendarTicks,
}

/// The plot as SVG.
pub fn svg(journey: &JourneyResult, calendar: &Calendar, horizon_s: f64) -> Result<String, ReportError> {
    let all = fullest_first(journey);
    let drives: Vec<&DriveResult> = all.iter().copied().filter(|drive| !drive.rows.is_empty()).take(MOST).collect();
    let whole = Span { from_s: 0.0, to_s: horizon_s.max(1.0) };
    let times = || drives.iter().flat_map(|drive| &drive.rows).map(|row| row.at_s);
    let span = times().reduce(f64::min).zip(times().reduce(f64::max)).and_then(|(first, last)| around(first, last, horizon_s)).unwrap_or(whole);
    let x = Scale::linear((0.0, span.length_s()), (LEFT, RIGHT));
    let panels = Panels { span, x, ticks: calendar_ticks(&calendar.later(span.from_s), span.length_s(), x.length_px()) };
    let height = 68.0 + drives.len().max(1) as f64 * (USE + WINDOW + 2.0 * GAP + 14.0) + 48.0;
    let full = all.iter().filter(|drive| drive.first_full_s.is_some()).count() as u64;
    let subtitle = match (all.len() as u64, full) {
        (0, _) => "No retention drive was written to".to_owned(),
        (1, 0) => "It was never full".to_owned(),
        (_, 0) => "None of them was ever full".to_owned(),
        (drives, full) => format!("{} of {} ran full: then the oldest points go, or replication pauses", full, plural(drives, "drive", "drives")),
    };
    draw("plots/retention.svg", (WIDTH, height), "Retention drives: room used and window held over time", |sheet| {
        frame::header(sheet, "Does the retention drive hold what was promised?", &subtitle);
        let mut top = 68.0;
        for (number, drive) in drives.iter().enumerate() {
            let last = number + 1 == drives.len();
            top += GAP;
            panels.room(sheet, drive, Frame { left: LEFT, right: RIGHT, top, bottom: top + USE }, calendar);
            top += USE + GAP;
            panels.window(sheet, drive, Frame { left: LEFT, right: RIGHT, top, bottom: top + WINDOW }, last);
            top += WINDOW + 14.0;
        }
        if drives.is_empty() {
            sheet.text("the use of retention drives was not recorded in this run", (WIDTH / 2.0, 130.0), Anchor::Middle, NOTE);
        }
    })
}

impl Panels {
    fn px(&self, at_s: f64) -> f64 {
        self.x.px(at_s - self.span.from_s)
    }

    fn room(&self, sheet: &mut Sheet<'_>, drive: &DriveResult, area: Frame, calendar: &Calendar) {
        let high = drive.size_bytes.max(drive.peak_wanted_bytes).max(drive.peak_bytes).max(1.0) * 1.18;
        let y = Scale::linear((0.0, high), (area.bottom, area.top));
        frame::panel_title(sheet, area, &format!("{}: room used", shortened(&drive.master_target, 40)));
        let mut entries = vec![(Swatch::Box(SKY, 0.7), "used"), (Swatch::Line(capacity()), "capacity")];
        if drive.first_full_s.is_some() {
            entries.push((Swatch::Box(VERMILLION, 0.18), "full"));
            entries.push((Swatch::Line(wanted()), "needed to hold it all, at most"));
        }
        frame::legend(sheet, area.right, area.top - 12.0, &entries);
        for (from, to) in full_stretches(drive) {
            sheet.box_between((self.px(from), area.top), (self.px(to).max(self.px(from) + 1.5), area.bottom), VERMILLION, 0.18);
        }
        frame::calendar_axis(sheet, area, &self.x, &self.ticks, None);
        frame::y_axis(sheet, area, &y, &decimal_ticks(high, 4, bytes), "");
        let line = self.line(&drive.rows, &y, |row| row.used_bytes, f64::max);
        sheet.shape(&floored(&line, y.px(0.0)), SKY, 0.7);
        sheet.line(&line, Pen::solid(BLUE, 1.5));
        level(sheet, area, y.px(drive.size_bytes), capacity());
        let look = |colour| Lettering { colour, bold: true, ..NOTE };
        // Where the drive is still empty, at the left, there is room for words.
        sheet.text(&bytes(drive.size_bytes), (area.left + 6.0, y.px(drive.size_bytes) + 9.0), Anchor::Left, look(INK));
        if drive.first_full_s.is_some() && drive.peak_wanted_bytes > drive.size_bytes {
            level(sheet, area, y.px(drive.peak_wanted_bytes), wanted());
            sheet.text(&bytes(drive.peak_wanted_bytes), (area.left + 6.0, y.px(drive.peak_wanted_bytes) - 8.0), Anchor::Left, look(VERMILLION));
        }
        if let Some(at) = drive.first_full_s {
            let text = format!("full from {}", calendar.label(at));
            let x = self.px(at);
            sheet.line(&[(x, area.top), (x, area.bottom)], Pen::solid(VERMILLION, 1.5));
            let fits = x + 6.0 + 1.12 * text_width(&text, ALARM.size) < area.right;
            let (anchor, place) = if fits { (Anchor::Left, x + 6.0) } else { (Anchor::Right, x - 6.0) };
            sheet.text(&text, (place, area.bottom - 12.0), anchor, ALARM);
        }
        frame::outline(sheet, area);
    }

    fn window(&self, sheet: &mut Sheet<'_>, drive: &DriveResult, area: Frame, last: bool) {
        let high = drive.rows.iter().map(|row| row.window_s).fold(drive.window_s, f64::max).max(1.0) * 1.15;
        let y = Scale::linear((0.0, high), (area.bottom, area.top));
        frame::panel_title(sheet, area, "How far back one can go with it");
        frame::legend(
            sheet,
            area.right,
            area.top - 12.0,
            &[(Swatch::Box(GREEN, 0.55), "window held"), (Swatch::Line(capacity()), "window promised")],
        );
        frame::calendar_axis(sheet, area, &self.x, &self.ticks, last.then_some("calendar time (UTC)"));
        frame::y_axis(sheet, area, &y, &duration_ticks(high, 3), "");
        let line = self.line(&drive.rows, &y, |row| row.window_s, f64::min);
        sheet.shape(&floored(&line, y.px(0.0)), GREEN, 0.55);
        sheet.line(&line, Pen::solid(GREEN, 1.5));
        level(sheet, area, y.px(drive.window_s), capacity());
        if let Some(held) = drive.least_window_s.filter(|held| *held < drive.window_s * 0.999) {
            // Looked for where the window could have been whole.
            let first = drive.rows.first().map_or(0.0, |row| row.at_s) + drive.window_s;
            // When nobody is left on it there is no window to speak of.
            let least = drive.rows.iter().filter(|row| row.used_bytes > 0.0 && (row.at_s >= first - 1.0 || drive.dropped_points > 0));
            let off = |row: &&DriveRow| (row.window_s - held).abs();
            if let Some(row) = least.min_by(|a, b| off(a).total_cmp(&off(b))) {
                let place = (self.px(row.at_s), y.px(row.window_s));
                sheet.dot(place, 3.5, VERMILLION);
                let text = format!("held {} of {}", duration(held), duration(drive.window_s));
                let fits = place.0 + 8.0 + 1.12 * text_width(&text, ALARM.size) < area.right;
                let (anchor, x) = if fits { (Anchor::Left, place.0 + 8.0) } else { (Anchor::Right, place.0 - 8.0) };
                sheet.text(&text, (x, (place.1 + 12.0).min(area.bottom - 9.0)), anchor, ALARM);
            }
        }
        frame::outline(sheet, area);
    }

    /// Rows as a line, thinned to what is seen; a chunk gives its most telling row.
    fn line(&self, rows: &[DriveRow], y: &Scale, of: impl Fn(&DriveRow) -> f64, telling: fn(f64, f64) -> f64) -> Vec<Place> {
        rows.chunks(rows.len().div_ceil(COLUMNS).max(1))
            .filter_map(|chunk| {
                let value = chunk.iter().map(&of).filter(|value| value.is_finite()).reduce(telling)?;
                Some((self.px(chunk[0].at_s), y.px(value)))
            })
            .collect()
    }
}

const fn capacity() -> Pen {
    Pen { colour: INK, width: 1.75, dash: (8.0, 4.0) }
}

const fn wanted() -> Pen {
    Pen { colour: VERMILLION, width: 1.75, dash: (3.0, 3.0) }
}

fn level(sheet: &mut Sheet<'_>, area: Frame, y: f64, pen: Pen) {
    sheet.line(&[(area.left, y), (area.right, y)], pen);
}

/// A line closed down to a base.
fn floored(line: &[Place], base: f64) -> Vec<Place> {
    let mut shape = line.to_vec();
    if let (Some(first), Some(last)) = (line.first(), line.last()) {
        shape.extend([(last.0, base), (first.0, base)]);
    }
    shape
}

/// When the drive was full \[s\].
fn full_stretches(drive: &DriveResult) -> Vec<(f64, f64)> {
    let mut found: Vec<(f64, f64)> = Vec::new();
    if drive.first_full_s.is_none() {
        return found;
    }
    for pair in drive.rows.windows(2).filter(|pair| pair[0].used_bytes >= 0.999 * drive.size_bytes) {
        match found.last_mut() {
            Some(last) if last.1 >= pair[0].at_s => last.1 = pair[1].at_s,
            _ => found.push((pair[0].at_s, pair[1].at_s)),
        }
    }
    found
}
