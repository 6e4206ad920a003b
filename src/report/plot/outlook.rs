//! The months ahead: small multiples, each with its limit and the first month in which it is over.

use plotters::style::WHITE;

use crate::experiment::figure::Kind;
use crate::experiment::outlook::{MonthResult, Outlook};
use crate::report::ReportError;
use crate::report::plot::axis::{Scale, Tick, decimal_ticks, duration_ticks};
use crate::report::plot::frame::{self, Frame, panel_title};
use crate::report::plot::look::{ALARM, BLUE, SKY, VERMILLION, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Sheet, draw, text_width};
use crate::report::plot::{Plot, raster};

/// Height of a panel and the room between two [logical pixels].
const PANEL: f64 = 130.0;
const ROOM: f64 = 74.0;

/// One panel.
struct Panel {
    title: &'static str,
    kind: Kind,
    /// Which resource's first month is marked.
    name: &'static str,
    limit: Option<(f64, String)>,
    of: Of,
}

/// What a panel shows of a month.
type Of = Box<dyn Fn(&MonthResult, End) -> Option<f64>>;

/// Which end of a month's interval.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Value,
    Low,
    High,
}

/// The plot in both forms.
///
/// # Errors
/// If it cannot be drawn, which would be a defect of this module.
pub fn plot(record: &Outlook) -> Result<Plot, ReportError> {
    let svg = svg(record)?;
    let png = raster::png("outlook", &svg, &raster::fonts())?;
    Ok(Plot { name: "outlook", svg, png })
}

fn measured(key: &'static str) -> Of {
    Box::new(move |month, end| match end {
        End::Value => month.value(key),
        End::Low => month.low.get(key).copied().flatten(),
        End::High => month.high.get(key).copied().flatten(),
    })
}

fn panels(record: &Outlook) -> Vec<Panel> {
    let threshold = record.scenario.rpo_threshold_s;
    let limit = |value: f64, kind: Kind| Some((value, kind.words(value)));
    let plain = |title, key: &'static str, name, limit| Panel { title, kind: Kind::of(key), name, limit, of: measured(key) };
    let mut panels = vec![
        plain("Lag of the worst VM, P99", "rpo_p99_s", "rpo", limit(threshold, Kind::Time)),
        plain("Written over what the link carries", "link_asked_share", "link", limit(1.0, Kind::Share)),
        plain("Busiest server's largest day over its daily limit", "server_largest_day_share", "server_day", limit(1.0, Kind::Share)),
        plain("Least free share of any cache", "cache_least_free", "cache", record.throttle_free.and_then(|free| limit(free, Kind::Share))),
        Panel {
            title: "Process servers needed",
            kind: Kind::Count,
            name: "",
            limit: Some((record.servers as f64, format!("{} in use", record.servers))),
            of: Box::new(|month, end| month.needs.as_ref().filter(|_| end == End::Value).map(|needs| needs.servers as f64)),
        },
        plain("Disks over their own limit", "disks_over", "disk", None),
        plain("VMs over their own limit", "vms_over", "vm", None),
        plain("Retention drive: most used, had it no limit, over its size", "drive_peak_share", "drive", limit(1.0, Kind::Share)),
    ];
    panels.retain(|panel| record.months.iter().any(|month| (panel.of)(month, End::Value).is_some()));
    panels
}

fn svg(record: &Outlook) -> Result<String, ReportError> {
    let panels = panels(record);
    let rows = panels.len().div_ceil(2);
    let height = 96.0 + rows as f64 * (PANEL + ROOM);
    let title = format!("{}: the months ahead", record.scenario.title);
    draw("outlook", (WIDTH, height), &title, |sheet| {
        let from = record.months.first().map_or("", |month| &month.date);
        let runs = if record.runs > 1 { format!("; {} runs a month, shaded: intervals of 95 %", record.runs) } else { String::new() };
        frame::header(sheet, &title, &format!("Churn grows by {} from {from} on; each dot is a month, simulated{runs}", record.growth.words));
        for (place, panel) in panels.iter().enumerate() {
            let left = if place % 2 == 0 { 90.0 } else { 590.0 };
            let top = 96.0 + (place / 2) as f64 * (PANEL + ROOM);
            draw_panel(sheet, record, panel, Frame { left, right: left + 380.0, top, bottom: top + PANEL });
        }
    })
}

fn draw_panel(sheet: &mut Sheet<'_>, record: &Outlook, panel: &Panel, area: Frame) {
    let last = record.months.len().saturating_sub(1) as f64;
    let x = Scale::linear((0.0, last), (area.left + 8.0, area.right - 8.0));
    let at = |end: End| record.months.iter().filter_map(move |month| Some((f64::from(month.month), (panel.of)(month, end)?)));
    let high = at(End::Value).chain(at(End::High)).map(|(_, value)| value).chain(panel.limit.iter().map(|(limit, _)| *limit)).fold(0.0, f64::max);
    let high = if high > 0.0 { high * 1.12 } else { 1.0 };
    let y = Scale::linear((0.0, high), (area.bottom, area.top));
    let ticks = match panel.kind {
        Kind::Time => duration_ticks(high, 4),
        // Half a server or a third of a disk is none.
        Kind::Count => decimal_ticks(high, 4, |value| panel.kind.words(value)).into_iter().filter(|tick| tick.at.fract() == 0.0).collect(),
        _ => decimal_ticks(high, 4, |value| panel.kind.words(value)),
    };
    panel_title(sheet, area, panel.title);
    frame::x_axis(sheet, area, &x, &month_ticks(record), "");
    frame::y_axis(sheet, area, &y, &ticks, "");
    let band: Vec<(f64, f64)> = at(End::Low).map(|(month, low)| (x.px(month), y.px(low.max(0.0)))).collect();
    let upper: Vec<(f64, f64)> = at(End::High).map(|(month, value)| (x.px(month), y.px(value))).collect();
    if band.len() > 1 && band.len() == upper.len() {
        sheet.shape(&band.iter().copied().chain(upper.into_iter().rev()).collect::<Vec<_>>(), SKY, 0.35);
    }
    if let Some((limit, words)) = &panel.limit {
        sheet.line(&[(area.left, y.px(*limit)), (area.right, y.px(*limit))], Pen { colour: VERMILLION, width: 1.25, dash: (6.0, 4.0) });
        label(sheet, words, (area.right - 4.0 - text_width(words, ALARM.size) * 0.55, y.px(*limit) - 9.0));
    }
    if let Some(month) = record.first.iter().find(|limit| limit.name == panel.name).and_then(|limit| limit.month) {
        let place = x.px(f64::from(month));
        sheet.line(&[(place, area.top), (place, area.bottom)], Pen::solid(VERMILLION, 1.5));
        let words = if month == 0 { "over now".to_owned() } else { format!("month {month}") };
        let half = text_width(&words, ALARM.size) * 0.55 + 4.0;
        let beside = if place + 2.0 * half > area.right { place - half } else { place + half };
        label(sheet, &words, (beside, area.bottom - 10.0));
    }
    let places: Vec<(f64, f64)> = at(End::Value).map(|(month, value)| (x.px(month), y.px(value))).collect();
    sheet.line(&places, Pen::solid(BLUE, 1.75));
    let radius = if places.len() > 60 { 1.2 } else { 2.2 };
    places.into_iter().for_each(|place| sheet.dot(place, radius, BLUE));
    frame::outline(sheet, area);
}

/// Words in the colour of limits, on white.
fn label(sheet: &mut Sheet<'_>, words: &str, (middle, line): (f64, f64)) {
    let half = text_width(words, ALARM.size) * 0.55;
    sheet.box_between((middle - half - 1.0, line - 7.0), (middle + half + 1.0, line + 7.0), WHITE, 0.8);
    sheet.text(words, (middle, line), Anchor::Middle, Lettering { ..ALARM });
}

/// A label for each year, half-year or quarter, whichever fits, with the month of the calendar.
fn month_ticks(record: &Outlook) -> Vec<Tick> {
    let last = record.months.len().saturating_sub(1) as u32;
    let every = [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(|every| last / every <= 4).unwrap_or(240);
    let month = |month: &MonthResult| month.date.get(..7).unwrap_or("").to_owned();
    record.months.iter().filter(|at| at.month.is_multiple_of(every)).map(|at| Tick { at: f64::from(at.month), label: month(at) }).collect()
}
