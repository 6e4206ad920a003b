//! The plots of a sweep: of one factor a line, of two a heat map, of more small multiples of them; of points spread over the space a cloud for each factor;
//! and two responses against each other.

mod cividis;
mod cloud;
mod heat;
mod line;
mod trade;

use plotters::style::WHITE;
use rayon::prelude::*;

use crate::experiment::figure::Kind;
use crate::experiment::sweep::Record;
use crate::experiment::sweep::record::{FactorColumn, Limit};
use crate::format::capital;
use crate::report::ReportError;
use crate::report::figure_words::figure_words;
use crate::report::plot::axis::{Scale, Tick, decimal_ticks, duration_ticks, log_duration_ticks, log_range};
use crate::report::plot::frame::Frame;
use crate::report::plot::look::{ALARM, TICK, VERMILLION};
use crate::report::plot::sheet::{Anchor, Pen, Sheet, text_width};
use crate::report::plot::{Plot, raster};
use crate::report::sweep::{Entry, Gathered};

/// File stems of the plots of the first responses; the tables have the others.
const RESPONSES: [&str; 8] = ["response-1", "response-2", "response-3", "response-4", "response-5", "response-6", "response-7", "response-8"];
/// Levels of a factor that a heat map has room for; of more, a cloud is made, which needs none.
const MOST_LEVELS: usize = 200;
/// Points from which on pictures are drawn one after the other.
const MANY: usize = 1_000;
/// File stem of the plot of two responses.
pub const TRADE_OFF: &str = "trade-off";

/// How a limit is drawn.
const LIMIT: Pen = Pen { colour: VERMILLION, width: 1.75, dash: (8.0, 4.0) };

/// All plots of a finished sweep, in the order of the report.
///
/// # Errors
/// If a picture cannot be drawn, which would be a defect of this module.
pub fn all(record: &Record, gathered: &Gathered) -> Result<Vec<Plot>, ReportError> {
    let fonts = raster::fonts();
    let factors: Vec<Factor<'_>> = record.factors.iter().enumerate().map(|(index, of)| Factor::new(of, index, &gathered.entries)).collect();
    let mut names: Vec<(&'static str, usize)> = RESPONSES.iter().copied().zip(0..record.responses.len()).collect();
    if record.responses.len() > 1 {
        names.push((TRADE_OFF, 0));
    }
    let draw = |&(name, response): &(&'static str, usize)| {
        let sweep = Sweep { record, gathered, entries: &gathered.entries, factors: &factors, response };
        let svg = match (name, record.design.as_str(), factors.len()) {
            (TRADE_OFF, ..) => trade::svg(&sweep),
            (_, "grid", 1) => line::svg(name, &sweep),
            (_, "grid", _) if factors.iter().all(|factor| factor.levels.len() <= MOST_LEVELS) => heat::svg(name, &sweep),
            _ => cloud::svg(name, &sweep),
        }?;
        let png = raster::png(name, &svg, &fonts)?;
        Ok(Plot { name, svg, png })
    };
    // Pictures of many points take much memory while they are drawn: then one after the other.
    if gathered.entries.len() > MANY { names.iter().map(draw).collect() } else { names.par_iter().map(draw).collect() }
}

/// What one picture is about.
struct Sweep<'a> {
    record: &'a Record,
    /// What is said of all points.
    gathered: &'a Gathered,
    /// The points that are drawn one by one.
    entries: &'a [Entry],
    factors: &'a [Factor<'a>],
    /// Which response.
    response: usize,
}

impl Sweep<'_> {
    /// What the response is, for people, as a beginning.
    fn words(&self) -> String {
        capital(&self.words_within())
    }

    /// The same within a sentence.
    fn words_within(&self) -> String {
        self.record.responses.get(self.response).map_or_else(String::new, |response| figure_words(&response.path))
    }

    /// What the response is held against.
    fn limit(&self) -> Option<Limit> {
        self.record.responses.get(self.response)?.limit
    }

    /// The limit, where an axis over the response shows it: one that is far beyond all values would flatten them.
    fn shown_limit(&self) -> Option<Limit> {
        let most = self.range().1;
        self.limit().filter(|limit| limit.value <= 2.0 * most)
    }

    /// Least and largest place on an axis over the response.
    fn extent(&self) -> (f64, f64) {
        let (low, high) = self.range();
        self.shown_limit().map_or((low, high), |limit| (low.min(limit.value), high.max(limit.value)))
    }

    /// How many points are on the good side of the limit, in a clause; nothing without a limit.
    fn met(&self) -> String {
        let Some(limit) = self.limit() else { return String::new() };
        let (good, all) = self.gathered.responses.get(self.response).map_or((0, 0), |seen| (seen.met, seen.measured));
        let side = if limit.wants_more { "at least" } else { "at most" };
        format!("; {good} of {all} points {side} {}", self.kind().words(limit.value))
    }

    /// Whether some points are on the good side of the limit and some are not.
    fn is_parted(&self) -> bool {
        self.gathered.responses.get(self.response).is_some_and(|seen| 0 < seen.met && seen.met < seen.measured)
    }

    fn kind(&self) -> Kind {
        self.record.responses.get(self.response).map_or(Kind::Count, |response| response.kind)
    }

    fn value(&self, entry: &Entry) -> Option<f64> {
        entry.values.get(self.response).copied().flatten()
    }

    /// Least and largest value; 0 and 1 if there is none.
    fn range(&self) -> (f64, f64) {
        let extremes = self.gathered.responses.get(self.response).and_then(|seen| seen.extremes);
        extremes.map_or((0.0, 1.0), |[least, most]| (least.0, most.0))
    }

    /// What was done, what met the limit, and what is not drawn.
    fn subtitle(&self) -> String {
        let of = match self.record.replications {
            1 => String::new(),
            many => format!("; mean of {many} replications"),
        };
        let failed = match self.gathered.failed {
            0 => String::new(),
            failed => format!("; {failed} of {} points failed", self.gathered.points),
        };
        let drawn =
            if (self.entries.len() as u64) < self.gathered.points { format!("; the first {} are drawn", self.entries.len()) } else { String::new() };
        format!("{} · {}{of}{}{failed}{drawn}", self.record.title, self.record.scenario, self.met())
    }
}

/// A factor and the levels that occur, in the order of the points.
struct Factor<'a> {
    column: &'a FactorColumn,
    index: usize,
    levels: Vec<String>,
}

impl<'a> Factor<'a> {
    fn new(column: &'a FactorColumn, index: usize, entries: &[Entry]) -> Self {
        let mut levels: Vec<String> = Vec::new();
        for cell in entries.iter().filter_map(|entry| entry.factors.get(index)) {
            if levels.len() <= MOST_LEVELS && !levels.contains(cell) {
                levels.push(cell.clone());
            }
        }
        Factor { column, index, levels }
    }

    /// Which level a point is on.
    fn level(&self, entry: &Entry) -> Option<usize> {
        let cell = entry.factors.get(self.index)?;
        self.levels.iter().position(|level| level == cell)
    }

    /// Where a cell lies along the factor: its number, or which level it is.
    fn place(&self, cell: &str) -> Option<f64> {
        match self.column.kind {
            Some(_) => cell.parse().ok(),
            None => self.levels.iter().position(|level| level == cell).map(|index| index as f64),
        }
    }

    /// A scale along the factor and its ticks.
    fn axis(&self, entries: &[Entry], px: (f64, f64)) -> (Scale, Vec<Tick>) {
        if self.column.kind.is_none() {
            let scale = Scale::linear((-0.5, self.levels.len() as f64 - 0.5), px);
            let ticks = self.levels.iter().enumerate().map(|(index, level)| Tick { at: index as f64, label: level.clone() });
            let ticks = thinned(ticks.collect(), &scale);
            return (scale, ticks);
        }
        let places = || entries.iter().filter_map(|entry| self.place(entry.factors.get(self.index)?));
        let (low, high) = (places().fold(f64::INFINITY, f64::min), places().fold(f64::NEG_INFINITY, f64::max));
        let scale = if self.column.logarithmic { Scale::log((low, high), px) } else { Scale::linear((low, high), px) };
        let marks: Vec<f64> =
            if self.levels.len() <= 12 { self.levels.iter().filter_map(|level| level.parse().ok()).collect() } else { spread(&scale) };
        let ticks = thinned(marks.into_iter().map(|at| Tick { at, label: self.column.words(&at.to_string()) }).collect(), &scale);
        (scale, ticks)
    }
}

/// Six places along a scale, evenly to the eye.
fn spread(scale: &Scale) -> Vec<f64> {
    let (low, high) = scale.range();
    let even = |step: i32| low + (high - low) * f64::from(step) / 5.0;
    let middle = scale.px(even(1)) - scale.px(low);
    let linear = (middle / scale.length_px() - 0.2).abs() < 0.01;
    (0..=5).map(|step| if linear { even(step) } else { low * libm::pow(high / low, f64::from(step) / 5.0) }).collect()
}

/// Leaves off labels that would run into their neighbour.
pub(in crate::report::plot) fn thinned(mut ticks: Vec<Tick>, scale: &Scale) -> Vec<Tick> {
    ticks.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut end = f64::NEG_INFINITY;
    for tick in &mut ticks {
        let (middle, half) = (scale.px(tick.at), text_width(&tick.label, TICK.size) / 2.0);
        if middle - half < end + 8.0 {
            tick.label.clear();
        } else {
            end = middle + half;
        }
    }
    ticks
}

/// A scale over a response and its ticks; logarithmic where times span more than two orders of magnitude.
pub(in crate::report::plot) fn response_axis(kind: Kind, (low, high): (f64, f64), px: (f64, f64)) -> (Scale, Vec<Tick>) {
    let length = (px.1 - px.0).abs();
    if kind == Kind::Time && low > 0.0 && high / low > 100.0 {
        let scale = Scale::log(log_range(low, high), px);
        // Upright axes have room for a label every 18 pixels or so; where labels go is reckoned along an axis that lies flat.
        let flat = Scale::log(log_range(low, high), (0.0, length));
        let ticks = log_duration_ticks(&flat, |label| if px.1 < px.0 { 12.0 } else { text_width(label, TICK.size) });
        return (scale, ticks);
    }
    let high = if high > 0.0 { high * 1.05 } else { 1.0 };
    let most = (length / 40.0).clamp(3.0, 8.0) as usize;
    let ticks = if kind == Kind::Time { duration_ticks(high, most) } else { decimal_ticks(high, most, |value| kind.words(value)) };
    (Scale::linear((low.min(0.0), high), px), ticks)
}

/// The limit as a line across a panel, its value at the right end.
fn limit_line(sheet: &mut Sheet<'_>, area: Frame, y: &Scale, sweep: &Sweep<'_>) {
    let Some(limit) = sweep.shown_limit() else { return };
    let level = y.px(limit.value);
    sheet.line(&[(area.left, level), (area.right, level)], LIMIT);
    let label = format!("limit {}", sweep.kind().words(limit.value));
    let half = text_width(&label, ALARM.size) / 2.0;
    sheet.box_between((area.right - 2.0 * half - 8.0, level - 17.0), (area.right - 2.0, level - 3.0), WHITE, 0.85);
    sheet.text(&label, (area.right - 4.0, level - 10.0), Anchor::Right, ALARM);
}
