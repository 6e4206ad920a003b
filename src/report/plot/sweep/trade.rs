//! Two responses against each other, and the points that no other beats in both, if less is better.

use crate::report::ReportError;
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{ALARM, BLUE, GREY, INK, NOTE, SKY, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Place, draw, text_width};
use crate::report::plot::sweep::{LIMIT, Sweep, limit_line, response_axis};

/// Dots that can be told apart; of more points, about so many are drawn.
const MOST_DOTS: usize = 2_000;

/// The plot as SVG, of the first two responses.
pub fn svg(sweep: &Sweep<'_>) -> Result<String, ReportError> {
    let of = |response: usize| Sweep { response, ..*sweep };
    let (first, second) = (of(0), of(1));
    let area = Frame { left: 110.0, right: 950.0, top: 104.0, bottom: 490.0 };
    let (x, x_ticks) = response_axis(first.kind(), first.extent(), (area.left + 10.0, area.right - 20.0));
    let (y, y_ticks) = response_axis(second.kind(), second.extent(), (area.bottom - 10.0, area.top + 10.0));
    let drawn = sweep.entries.iter().filter(|entry| is_drawn(entry.point, sweep.entries.len()));
    let points: Vec<Place> = drawn.filter_map(|entry| Some((first.value(entry)?, second.value(entry)?))).collect();
    let best = sweep.gathered.unbeaten.points();
    let title = format!("{} against {}", second.words(), first.words_within());
    draw("plots/trade-off.svg", (WIDTH, area.bottom + 58.0), &title, |sheet| {
        frame::header(sheet, &title, &sweep.subtitle());
        let dots = if sweep.entries.len() > MOST_DOTS { "a point (some of them)" } else { "a point" };
        let entries = [(Swatch::Box(SKY, 1.0), dots), (Swatch::Line(Pen::solid(BLUE, 1.5)), "no other is less in both (with its number)")];
        frame::legend(sheet, area.right, area.top - 22.0, &entries);
        frame::x_axis(sheet, area, &x, &x_ticks, &first.words());
        frame::y_axis(sheet, area, &y, &y_ticks, &second.words());
        let size = if points.len() > 500 { 1.5 } else { 3.5 };
        for &(a, b) in &points {
            sheet.dot((x.px(a), y.px(b)), size, SKY);
        }
        limit_line(sheet, area, &y, &second);
        if let Some(limit) = first.shown_limit() {
            let at = x.px(limit.value);
            sheet.line(&[(at, area.top), (at, area.bottom)], LIMIT);
            sheet.text(&format!("limit {}", first.kind().words(limit.value)), (at + 5.0, area.bottom - 10.0), Anchor::Left, ALARM);
        }
        // From one to the next: first along, then down.
        let mut stairs: Vec<Place> = Vec::new();
        for &(a, b, _) in best {
            if let Some(&(_, before)) = stairs.last() {
                stairs.push((x.px(a), before));
            }
            stairs.push((x.px(a), y.px(b)));
        }
        sheet.line(&stairs, Pen::solid(BLUE, 1.5));
        let mut labels: Vec<Place> = Vec::new();
        for &(a, b, number) in best {
            let at = (x.px(a), y.px(b));
            sheet.dot(at, size + 1.0, BLUE);
            let label = number.to_string();
            let place = (at.0 + 8.0, at.1 - 11.0);
            let apart = |other: &Place| (place.0 - other.0).abs() > text_width(&label, NOTE.size) + 6.0 || (place.1 - other.1).abs() > 14.0;
            if labels.iter().all(apart) {
                sheet.text(&label, place, Anchor::Left, Lettering { colour: INK, ..NOTE });
                labels.push(place);
            }
        }
        if points.is_empty() {
            let middle = ((area.left + area.right) / 2.0, (area.top + area.bottom) / 2.0);
            sheet.text("no point has both", middle, Anchor::Middle, Lettering { colour: GREY, ..NOTE });
        }
        frame::outline(sheet, area);
    })
}

/// Whether a point of so many is drawn as a dot. The golden ratio spreads them evenly over the numbers without falling into step with the levels of a grid.
fn is_drawn(point: u64, of: usize) -> bool {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    of <= MOST_DOTS || (point as f64 * GOLDEN).fract() < MOST_DOTS as f64 / of as f64
}
