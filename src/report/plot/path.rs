//! Link, caches and backlog over time: small panels over one calendar axis.

use crate::format::{bit_rate, bytes, count, duration, share};
use crate::report::ReportError;
use crate::report::calendar::Calendar;
use crate::report::plot::axis::{CalendarTicks, Scale, calendar_ticks, decimal_ticks};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{ALARM, BLUE, GREY, INK, NOTE, ORANGE, PURPLE, SKY, VERMILLION, WIDTH};
use crate::report::plot::sheet::{Anchor, Pen, Sheet, draw};
use crate::report::plot::steps::{Merge, Step, area, outline, steps, stretches};
use crate::report::words::hub_noun;
use crate::results::{RunOutput, SeriesRow};

const LEFT: f64 = 92.0;
const RIGHT: f64 = 970.0;
/// Room over each panel for its title, and under the last for the axis.
const GAP: f64 = 34.0;

struct Panels<'a> {
    output: &'a RunOutput,
    x: Scale,
    ticks: CalendarTicks,
    columns: usize,
}

/// The plot as SVG.
pub fn svg(output: &RunOutput, calendar: &Calendar) -> Result<String, ReportError> {
    let results = &output.results;
    let horizon = results.scenario.horizon_s;
    let x = Scale::linear((0.0, horizon), (LEFT, RIGHT));
    let panels = Panels { output, x, ticks: calendar_ticks(calendar, horizon, x.length_px()), columns: x.length_px() as usize };
    let with_cache = results.process_servers.iter().any(|hub| hub.cache_bytes.is_some());
    let with_unordered = output.series.iter().any(|row| row.unordered_disks > 0);
    let mut heights = vec![130.0];
    if with_cache {
        heights.push(92.0);
    }
    heights.push(110.0);
    if with_unordered {
        heights.push(56.0);
    }
    let mut top = 62.0;
    let mut frames = Vec::new();
    for height in heights {
        top += GAP;
        frames.push(Frame { left: LEFT, right: RIGHT, top, bottom: top + height });
        top += height;
    }
    let link = &results.link;
    let subtitle = format!(
        "Link {}: {} used on average, {}, {}; at most {} waiting anywhere on the way",
        link.name,
        share(link.mean_use),
        if link.saturated_s > 0.0 { format!("full for {}", duration(link.saturated_s)) } else { "never full".to_owned() },
        if link.down_s > 0.0 { format!("down for {}", duration(link.down_s)) } else { "never down".to_owned() },
        bytes(link.peak_waiting_bytes)
    );
    draw("plots/path.svg", (WIDTH, top + 54.0), "Link use against capacity, fullest cache and backlog over time", |sheet| {
        frame::header(sheet, "The path: link, caches and backlog", &subtitle);
        let last = frames.len() - 1;
        let mut next = frames.iter().copied().enumerate().map(|(index, frame)| (frame, index == last));
        if let Some((frame, last)) = next.next() {
            panels.link(sheet, frame, last);
        }
        if with_cache && let Some((frame, last)) = next.next() {
            panels.cache(sheet, frame, last);
        }
        if let Some((frame, last)) = next.next() {
            panels.backlog(sheet, frame, last);
        }
        if with_unordered && let Some((frame, last)) = next.next() {
            panels.unordered(sheet, frame, last);
        }
    })
}

impl Panels<'_> {
    fn steps(&self, merge: Merge, of: impl Fn(&SeriesRow) -> f64) -> Vec<Step> {
        steps(&self.output.series, self.columns, merge, of)
    }

    fn calendar(&self, sheet: &mut Sheet<'_>, frame: Frame, last: bool) {
        frame::calendar_axis(sheet, frame, &self.x, &self.ticks, last.then_some("calendar time (UTC)"));
    }

    fn link(&self, sheet: &mut Sheet<'_>, frame: Frame, last: bool) {
        let used = self.steps(Merge::Mean, |row| row.link_bit_per_s);
        let capacity = self.steps(Merge::Mean, |row| row.link_capacity_bit_per_s);
        let high = used.iter().chain(&capacity).map(|step| step.value).fold(1.0, f64::max);
        let y = Scale::linear((0.0, high * 1.08), (frame.bottom, frame.top));
        frame::panel_title(sheet, frame, "Link");
        let down = self.servers_down();
        let (one, _) = hub_noun(&self.output.results.scenario);
        let label = format!("a {one} down");
        let mut entries = vec![
            (Swatch::Box(SKY, 0.7), "used"),
            (Swatch::Line(Pen::solid(INK, 1.75)), "capacity there for replication"),
            (Swatch::Box(VERMILLION, 0.18), "capacity reduced or gone"),
        ];
        if !down.is_empty() {
            entries.push((Swatch::Box(PURPLE, 0.22), &label));
        }
        frame::legend(sheet, frame.right, frame.top - 12.0, &entries);
        for (from, to) in down {
            sheet.box_between((self.x.px(from), frame.top), (self.x.px(to).max(self.x.px(from) + 1.5), frame.bottom), PURPLE, 0.22);
        }
        let full = self.output.results.link.goodput_bit_per_s;
        for (from, to) in stretches(&self.output.series, |row| row.link_capacity_bit_per_s < 0.995 * full) {
            sheet.box_between((self.x.px(from), frame.top), (self.x.px(to).max(self.x.px(from) + 1.5), frame.bottom), VERMILLION, 0.18);
        }
        self.calendar(sheet, frame, last);
        frame::y_axis(sheet, frame, &y, &decimal_ticks(high * 1.08, 5, bit_rate), "");
        sheet.shape(&area(&used, None, &self.x, &y), SKY, 0.7);
        sheet.line(&outline(&used, &self.x, &y), Pen::solid(BLUE, 1.0));
        let width = if capacity.len() > 240 { 1.0 } else { 1.75 };
        sheet.line(&outline(&capacity, &self.x, &y), Pen::solid(INK, width));
        frame::outline(sheet, frame);
    }

    /// When process servers were down, as far as the event log tells \[s\].
    fn servers_down(&self) -> Vec<(f64, f64)> {
        let events = &self.output.events;
        let ends = |subject: &str, after: f64| {
            let up = events.iter().find(|event| event.kind == "process_server_up" && event.subject == subject && event.at_s > after);
            up.map_or(self.output.results.scenario.horizon_s, |event| event.at_s)
        };
        let begins = events.iter().filter(|event| matches!(event.kind.as_str(), "process_server_down" | "process_server_lost"));
        begins.map(|event| (event.at_s, ends(&event.subject, event.at_s))).collect()
    }

    fn cache(&self, sheet: &mut Sheet<'_>, frame: Frame, last: bool) {
        let fullest = self.steps(Merge::Largest, |row| row.fullest_cache);
        let y = Scale::linear((0.0, 1.0), (frame.bottom, frame.top));
        let (one, _) = hub_noun(&self.output.results.scenario);
        frame::panel_title(sheet, frame, &format!("Fullest {one} cache at the end of each interval, share used"));
        self.calendar(sheet, frame, last);
        frame::y_axis(sheet, frame, &y, &decimal_ticks(1.0, 4, share), "");
        if let Some(free) = self.output.results.process_servers.iter().filter_map(|hub| hub.throttle_free).reduce(f64::max) {
            let level = y.px(1.0 - free);
            sheet.line(&[(frame.left, level), (frame.right, level)], Pen { colour: VERMILLION, width: 1.5, dash: (8.0, 4.0) });
            let label = format!("intake throttled above {}", share(1.0 - free));
            sheet.text(&label, (frame.right, frame.top - 12.0), Anchor::Right, ALARM);
        }
        sheet.shape(&area(&fullest, None, &self.x, &y), PURPLE, 0.45);
        sheet.line(&outline(&fullest, &self.x, &y), Pen::solid(PURPLE, 1.25));
        frame::outline(sheet, frame);
    }

    fn backlog(&self, sheet: &mut Sheet<'_>, frame: Frame, last: bool) {
        let caches = self.steps(Merge::Largest, |row| row.cache_bytes);
        let both = self.steps(Merge::Largest, |row| row.cache_bytes + row.agent_bytes);
        let all = self.steps(Merge::Largest, |row| row.cache_bytes + row.agent_bytes + row.changed_bytes);
        let with_changed = self.output.series.iter().any(|row| row.changed_bytes > 0.0);
        let high = all.iter().map(|step| step.value).fold(1.0, f64::max) * 1.08;
        let y = Scale::linear((0.0, high), (frame.bottom, frame.top));
        let (_, many) = hub_noun(&self.output.results.scenario);
        frame::panel_title(sheet, frame, "Backlog at the end of each interval");
        let stored = format!("in {many}");
        let mut entries = vec![(Swatch::Box(ORANGE, 0.8), "in agents"), (Swatch::Box(BLUE, 0.7), stored.as_str())];
        if with_changed {
            entries.insert(0, (Swatch::Box(GREY, 0.6), "changed blocks, copies to come"));
        }
        frame::legend(sheet, frame.right, frame.top - 12.0, &entries);
        self.calendar(sheet, frame, last);
        frame::y_axis(sheet, frame, &y, &decimal_ticks(high, 4, bytes), "");
        if high <= 1.08 {
            sheet.text(
                "nothing waited at the end of any interval",
                ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0),
                Anchor::Middle,
                NOTE,
            );
        }
        if with_changed {
            sheet.shape(&area(&all, Some(&both), &self.x, &y), GREY, 0.6);
        }
        sheet.shape(&area(&both, Some(&caches), &self.x, &y), ORANGE, 0.8);
        sheet.shape(&area(&caches, None, &self.x, &y), BLUE, 0.7);
        frame::outline(sheet, frame);
    }

    fn unordered(&self, sheet: &mut Sheet<'_>, frame: Frame, last: bool) {
        let disks = self.steps(Merge::Largest, |row| row.unordered_disks as f64);
        let high = disks.iter().map(|step| step.value).fold(1.0, f64::max);
        let y = Scale::linear((0.0, high * 1.1), (frame.bottom, frame.top));
        frame::panel_title(sheet, frame, "Disks in first copy, bitmap mode or resync (no points can be made)");
        self.calendar(sheet, frame, last);
        let whole = |value: f64| if value.fract() == 0.0 { count(value as u64) } else { String::new() };
        frame::y_axis(sheet, frame, &y, &decimal_ticks(high, 2, whole), "");
        sheet.shape(&area(&disks, None, &self.x, &y), GREY, 0.7);
        frame::outline(sheet, frame);
    }
}
