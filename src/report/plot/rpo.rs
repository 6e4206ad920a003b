//! Lag of the worst VM over time, with the threshold and the breaches.

use crate::format::{duration, share};
use crate::report::ReportError;
use crate::report::answers::vm_at_worst;
use crate::report::calendar::Calendar;
use crate::report::plot::axis::{Scale, calendar_ticks, duration_ticks};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{ALARM, BLUE, INK, NOTE, SKY, VERMILLION, WIDTH};
use crate::report::plot::sheet::{Anchor, Pen, draw, shortened};
use crate::report::plot::steps::{Merge, area, outline, steps};
use crate::report::words::times;
use crate::results::RunOutput;

const FRAME: Frame = Frame { left: 92.0, right: 896.0, top: 92.0, bottom: 330.0 };
const HEIGHT: f64 = 384.0;
/// Least room for the note at the peak \[px\].
const NOTE_WIDTH: f64 = 150.0;

/// Width of a character of it, on average, in the font of the plots \[px\].
const NOTE_CHARACTER: f64 = 6.3;
/// Breaches shaded over the full height.
const MOST_BANDS: usize = 60;

/// The plot as SVG.
pub fn svg(output: &RunOutput, calendar: &Calendar) -> Result<String, ReportError> {
    let results = &output.results;
    let rows = &output.series;
    let horizon = results.scenario.horizon_s;
    let threshold = results.scenario.rpo_threshold_s;
    let x = Scale::linear((0.0, horizon), (FRAME.left, FRAME.right));
    let largest = rows.iter().map(|row| row.worst_lag_s).fold(0.0, f64::max);
    let high = (largest * 1.15).max(threshold * 1.25);
    let y = Scale::linear((0.0, high), (FRAME.bottom, FRAME.top));
    let columns = x.length_px() as usize;
    let worst = steps(rows, columns, Merge::Largest, |row| row.worst_lag_s);
    let mean = steps(rows, columns, Merge::Mean, |row| row.mean_worst_lag_s);
    // On narrow steps a second line would only blacken the first.
    let with_mean = mean.len() <= 240;
    let breaches = &results.breaches;
    let subtitle = if breaches.count == 0 {
        format!("Never over the RPO threshold of {}; at worst {}", duration(threshold), duration(results.lag.fleet_worst.max))
    } else {
        format!(
            "RPO threshold of {} exceeded {}, for {} of the time, longest {}",
            duration(threshold),
            times(breaches.count),
            share(results.lag.fleet_worst.share_over.unwrap_or(breaches.total_s / horizon)),
            duration(breaches.longest_s)
        )
    };
    draw("plots/rpo.svg", (WIDTH, HEIGHT), "Lag of the worst VM over time, with the RPO threshold", |sheet| {
        frame::header(sheet, "Lag of the worst VM: age of its oldest write not yet safe", &subtitle);
        // A short breach in a long run must still be seen.
        let mut breach_spans: Vec<(f64, f64)> = Vec::new();
        for (from, to) in output.breaches.iter().map(|&(from, to)| (x.px(from), x.px(to).max(x.px(from) + 1.5))) {
            match breach_spans.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => breach_spans.push((from, to)),
            }
        }
        // Many short breaches, each drawn wider than it is, would shade the whole run: then a strip at the top tells enough.
        let many = breach_spans.len() > MOST_BANDS;
        let (foot, opacity) = if many { (FRAME.top + 8.0, 0.6) } else { (FRAME.bottom, 0.18) };
        let interval =
            rows.first().filter(|_| rows.len() == worst.len()).map_or_else(String::new, |row| format!(" in {}", duration(row.to_s - row.from_s)));
        let (largest_label, mean_label) = (format!("largest{interval}"), format!("mean{interval}"));
        let mut entries = vec![(Swatch::Box(SKY, 0.55), largest_label.as_str()), (Swatch::Box(VERMILLION, opacity), "threshold exceeded")];
        if with_mean {
            entries.insert(1, (Swatch::Line(Pen::solid(INK, 1.5)), &mean_label));
        }
        frame::legend(sheet, FRAME.right, 72.0, &entries);
        for &(left, right) in &breach_spans {
            sheet.box_between((left, FRAME.top), (right, foot), VERMILLION, opacity);
        }
        frame::calendar_axis(sheet, FRAME, &x, &calendar_ticks(calendar, horizon, x.length_px()), Some("calendar time (UTC)"));
        frame::y_axis(sheet, FRAME, &y, &duration_ticks(high, 6), "lag");
        if rows.is_empty() {
            sheet.text("no time series was recorded in this run", ((FRAME.left + FRAME.right) / 2.0, 200.0), Anchor::Middle, NOTE);
        } else {
            sheet.shape(&area(&worst, None, &x, &y), SKY, 0.55);
            sheet.line(&outline(&worst, &x, &y), Pen::solid(BLUE, 1.0));
            if with_mean {
                sheet.line(&outline(&mean, &x, &y), Pen::solid(INK, 1.5));
            }
        }
        let level = y.px(threshold);
        sheet.line(&[(FRAME.left, level), (FRAME.right, level)], Pen { colour: VERMILLION, width: 1.75, dash: (8.0, 4.0) });
        sheet.text("threshold", (FRAME.right + 6.0, level - 7.0), Anchor::Left, ALARM);
        sheet.text(&duration(threshold), (FRAME.right + 6.0, level + 8.0), Anchor::Left, ALARM);
        frame::outline(sheet, FRAME);
        let peak = &results.lag.fleet_worst;
        if largest > 0.1 * high {
            let place = (x.px(peak.max_at_s), y.px(peak.max));
            let who = vm_at_worst(results).map_or_else(String::new, |vm| format!(", {}", shortened(vm, 28)));
            let note = format!("{} ({}{who})", duration(peak.max), calendar.label(peak.max_at_s));
            // Beside the shaded breach that holds the peak.
            let around = breach_spans.iter().find(|(from, to)| *from <= place.0 && place.0 <= *to).copied().unwrap_or((place.0, place.0));
            let late = place.0 > FRAME.left + 0.6 * (FRAME.right - FRAME.left);
            let (anchor, at) =
                if late { (Anchor::Right, around.0.min(place.0 - 6.0) - 5.0) } else { (Anchor::Left, around.1.max(place.0 + 6.0) + 5.0) };
            // A breach that shades most of the picture leaves no room beside it: then on it.
            let room = NOTE_WIDTH.max(NOTE_CHARACTER * note.chars().count() as f64);
            let fits = if late { at - room > FRAME.left } else { at + room < FRAME.right };
            let at = match (fits, late) {
                (true, _) => at,
                (false, true) => place.0 - 8.0,
                (false, false) => place.0 + 8.0,
            };
            sheet.dot(place, 3.5, BLUE);
            sheet.text(&note, (at, place.1 - 8.0), anchor, NOTE);
        }
    })
}
