//! The screening: mean size of each input's elementary effects against how much they differ from place to place.

use crate::experiment::figure::Kind;
use crate::experiment::sensitivity::Record;
use crate::experiment::sensitivity::record::{OfInput, ResponseRecord};
use crate::report::ReportError;
use crate::report::plot::axis::{Scale, Tick, decimal_ticks, duration_ticks};
use crate::report::plot::frame::{self, Frame, Swatch};
use crate::report::plot::look::{AXIS, BLUE, FRAME, GREY, INK, NOTE, SKY, TICK, WIDTH};
use crate::report::plot::sensitivity::{LONGEST, labels, subtitle};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Place, draw, shortened, text_width};
use crate::stats::Effect;

/// The plot as SVG.
pub fn svg(name: &str, record: &Record, response: &ResponseRecord) -> Result<String, ReportError> {
    let kind = response.kind();
    let mut known: Vec<(&OfInput, Effect)> = response.inputs.iter().filter_map(|of| Some((of, of.effect?))).collect();
    // The largest gets the best place for its label.
    known.sort_by(|a, b| b.1.mu_star.estimate.total_cmp(&a.1.mu_star.estimate));
    let most = |of: &dyn Fn(&Effect) -> f64| known.iter().map(|(_, effect)| of(effect)).fold(0.0, f64::max);
    let reach = |effect: &Effect| effect.mu_star.high.unwrap_or(effect.mu_star.estimate);
    let right = most(&reach).max(f64::MIN_POSITIVE) * 1.05;
    let top = most(&|effect| effect.sigma.unwrap_or_default()).max(0.3 * right) * 1.08;
    let area = Frame { left: 110.0, right: 970.0, top: 104.0, bottom: 500.0 };
    let x = Scale::linear((0.0, right), (area.left, area.right));
    let y = Scale::linear((0.0, top), (area.bottom, area.top));
    let marks = |high: f64, count: usize| -> Vec<Tick> {
        if kind == Kind::Time { duration_ticks(high, count) } else { decimal_ticks(high, count, |value| kind.words(value)) }
    };
    draw(name, (WIDTH, area.bottom + 60.0), "Screening: size of effects against their standard deviation", |sheet| {
        let trajectories = format!("screening of {} trajectories (Morris)", record.trajectories);
        frame::header(sheet, "Which inputs matter at all?", &subtitle(record, response, &trajectories));
        let entries = [
            (Swatch::Diamond(BLUE), "kept"),
            (Swatch::Diamond(GREY), "fixed at its default"),
            (Swatch::Line(Pen::solid(SKY, 2.0)), "95 % interval of the mean"),
            (Swatch::Line(Pen { dash: (5.0, 4.0), ..Pen::solid(FRAME, 1.0) }), "above: depends on where one is"),
        ];
        frame::legend(sheet, area.right, 78.0, &entries);
        frame::x_axis(sheet, area, &x, &marks(right, 7), "mean size of the effect over the input's whole range (mu*)");
        frame::y_axis(sheet, area, &y, &marks(top, 6), "");
        let beside = Lettering { upwards: true, ..AXIS };
        sheet.text("standard deviation of the effect (sigma)", (18.0, (area.top + area.bottom) / 2.0), Anchor::Middle, beside);
        let corner = right.min(top);
        sheet.line(&[(x.px(0.0), y.px(0.0)), (x.px(corner), y.px(corner))], Pen { dash: (5.0, 4.0), ..Pen::solid(FRAME, 1.0) });
        let at = |effect: &Effect| -> Place { (x.px(effect.mu_star.estimate), y.px(effect.sigma.unwrap_or_default())) };
        let mut lines: Vec<labels::Box> = Vec::new();
        for (_, effect) in known.iter().filter(|(of, _)| of.kept) {
            if let (Some(low), Some(high)) = (effect.mu_star.low, effect.mu_star.high) {
                let (from, to, height) = (x.px(low.max(0.0)), x.px(high), at(effect).1);
                sheet.line(&[(from, height), (to, height)], Pen::solid(SKY, 2.0));
                lines.push((from, height - 1.0, to, height + 1.0));
            }
        }
        for (of, effect) in known.iter().rev() {
            let (radius, colour) = if of.kept { (6.0, BLUE) } else { (4.0, GREY) };
            frame::diamond(sheet, at(effect), radius, colour);
        }
        // Those that were left out crowd around nothing: the table has their names.
        let named: Vec<&(&OfInput, Effect)> = known.iter().filter(|(of, _)| of.kept).collect();
        let texts: Vec<String> = named.iter().map(|(of, _)| shortened(&of.input, LONGEST)).collect();
        let dots: Vec<Place> = named.iter().map(|(_, effect)| at(effect)).collect();
        let widths: Vec<f64> = texts.iter().map(|text| text_width(text, NOTE.size) + 4.0).collect();
        for ((text, dot), place) in texts.iter().zip(&dots).zip(labels::places(&dots, &widths, &lines, area)) {
            let Some(place) = place else { continue };
            let near = (dot.0.clamp(place.0, place.0 + text_width(text, NOTE.size)), place.1);
            if (near.0 - dot.0).hypot(near.1 - dot.1) > 14.0 {
                sheet.line(&[*dot, near], Pen::solid(FRAME, 0.5));
            }
            sheet.text(text, (place.0 + 2.0, place.1), Anchor::Left, Lettering { colour: INK, ..NOTE });
        }
        let fixed = known.len() - named.len();
        if fixed > 0 {
            let words = format!(
                "{fixed} fixed: even the upper end is under {:.0} % of the largest",
                100.0 * crate::experiment::sensitivity::chain::NEXT_TO_NOTHING
            );
            sheet.text(&words, (area.right - 6.0, area.bottom - 14.0), Anchor::Right, Lettering { colour: GREY, ..TICK });
        }
        frame::outline(sheet, area);
    })
}
