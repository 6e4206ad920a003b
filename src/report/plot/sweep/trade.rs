//! Two responses against each other, and the points that no other beats in both, if less is better.

use crate::report::ReportError;
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{ALARM, BLUE, GREY, INK, NOTE, SKY, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Place, draw, text_width};
use crate::report::plot::sweep::{LIMIT, Sweep, limit_line, response_axis};

/// A point of the plane: both responses, and its number.
type At = (f64, f64, u64);

/// The plot as SVG, of the first two responses.
pub fn svg(sweep: &Sweep<'_>) -> Result<String, ReportError> {
    let of = |response: usize| Sweep { response, ..*sweep };
    let (first, second) = (of(0), of(1));
    let area = Frame { left: 110.0, right: 950.0, top: 104.0, bottom: 490.0 };
    let (x, x_ticks) = response_axis(first.kind(), first.extent(), (area.left + 10.0, area.right - 20.0));
    let (y, y_ticks) = response_axis(second.kind(), second.extent(), (area.bottom - 10.0, area.top + 10.0));
    let points: Vec<At> = sweep.entries.iter().filter_map(|entry| Some((first.value(entry)?, second.value(entry)?, entry.point))).collect();
    let best = unbeaten(points.clone());
    let title = format!("{} against {}", second.words(), first.words());
    draw("plots/trade-off.svg", (WIDTH, area.bottom + 58.0), &title, |sheet| {
        frame::header(sheet, &title, &sweep.subtitle());
        let entries = [(Swatch::Box(SKY, 1.0), "a point"), (Swatch::Line(Pen::solid(BLUE, 1.5)), "no other is less in both (with its number)")];
        frame::legend(sheet, area.right, area.top - 22.0, &entries);
        frame::x_axis(sheet, area, &x, &x_ticks, &first.words());
        frame::y_axis(sheet, area, &y, &y_ticks, &second.words());
        limit_line(sheet, area, &y, &second);
        if let Some(limit) = first.shown_limit() {
            let at = x.px(limit.value);
            sheet.line(&[(at, area.top), (at, area.bottom)], LIMIT);
            sheet.text(&format!("limit {}", first.kind().words(limit.value)), (at + 5.0, area.bottom - 10.0), Anchor::Left, ALARM);
        }
        let size = if points.len() > 500 { 1.5 } else { 3.5 };
        for &(a, b, _) in &points {
            sheet.dot((x.px(a), y.px(b)), size, SKY);
        }
        // From one to the next: first along, then down.
        let mut stairs: Vec<Place> = Vec::new();
        for &(a, b, _) in &best {
            if let Some(&(_, before)) = stairs.last() {
                stairs.push((x.px(a), before));
            }
            stairs.push((x.px(a), y.px(b)));
        }
        sheet.line(&stairs, Pen::solid(BLUE, 1.5));
        let mut labels: Vec<Place> = Vec::new();
        for &(a, b, number) in &best {
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

/// The points that no other is at most as large in both and less in one, from the least first response on.
fn unbeaten(mut points: Vec<At>) -> Vec<At> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut least = f64::INFINITY;
    points.retain(|point| {
        let better = point.1 < least;
        least = least.min(point.1);
        better
    });
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_point_beats_in_both_is_no_choice() {
        let points = vec![(3.0, 1.0, 0), (1.0, 3.0, 1), (2.0, 2.0, 2), (2.0, 2.5, 3), (4.0, 1.0, 4), (3.0, 3.0, 5)];
        assert_eq!(unbeaten(points), [(1.0, 3.0, 1), (2.0, 2.0, 2), (3.0, 1.0, 0)]);
    }
}
