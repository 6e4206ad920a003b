//! Paired differences, a row for each figure and design, each on a scale of its own with 0 in the middle.

use plotters::style::RGBColor;

use crate::experiment::compare::Comparison;
use crate::experiment::compare::record::{Against, Verdict};
use crate::experiment::compare::words::signed;
use crate::experiment::figure::{Figure, Kind};
use crate::format::share;
use crate::report::ReportError;
use crate::report::figure_words::figure_words;
use crate::report::plot::compare::colour;
use crate::report::plot::frame;
use crate::report::plot::look::{FRAME, GREY, GRID, INK, NOTE, PANEL, TICK, WIDTH};
use crate::report::plot::sheet::{Anchor, Lettering, Pen, Sheet, draw, shortened, text_width};

const ROW: f64 = 27.0;
const TOP: f64 = 104.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 600.0;
const WORDS: f64 = 618.0;
/// Rows that one picture holds; of more, the first.
const MOST: usize = 60;

/// The plot as SVG.
pub fn svg(name: &str, record: &Comparison) -> Result<String, ReportError> {
    let rows: Vec<(&str, usize, &Against)> = record
        .figures
        .iter()
        .flat_map(|figure| figure.against.iter().enumerate().map(|(place, against)| (figure.figure.as_str(), place, against)))
        .collect();
    let rows: Vec<_> = rows.into_iter().filter(|(_, _, against)| against.difference.is_some()).take(MOST).collect();
    let bottom = TOP + rows.len() as f64 * ROW;
    let title = "Differences from A, run by run under the same chances";
    let others: Vec<String> = record.designs.iter().map(|design| format!("{}: {}", design.label, design.name)).collect();
    draw(name, (WIDTH, bottom + 44.0), title, |sheet| {
        frame::header(sheet, if record.random { title } else { "Differences from A, exact: nothing is random" }, &others.join(" · "));
        let middle = (LEFT + RIGHT) / 2.0;
        let bold = Lettering { size: 12.0, ..PANEL };
        sheet.text("less than A", (middle - 10.0, TOP - 18.0), Anchor::Right, bold);
        sheet.text("more than A", (middle + 10.0, TOP - 18.0), Anchor::Left, bold);
        let head = if record.random { format!("mean difference ({} interval)", share(record.level_each.get())) } else { "difference".to_owned() };
        sheet.text(&head, (WORDS, TOP - 18.0), Anchor::Left, bold);
        for (number, (path, place, against)) in rows.iter().enumerate() {
            let y = TOP + (number as f64 + 0.5) * ROW;
            if number % 2 == 0 {
                sheet.box_between((16.0, y - ROW / 2.0), (WIDTH - 12.0, y + ROW / 2.0), GRID, 0.35);
            }
            let first_of_figure = number == 0 || rows[number - 1].0 != *path;
            if first_of_figure {
                sheet.text(&shortened(&figure_words(path), 44), (20.0, y), Anchor::Left, NOTE);
            }
            if record.designs.len() > 2 {
                sheet.text(&against.design, (LEFT - 12.0, y), Anchor::Right, Lettering { colour: colour(place + 1), bold: true, ..NOTE });
            }
            one(sheet, y, Figure::at(path).kind(), against);
        }
        sheet.line(&[(middle, TOP), (middle, bottom)], Pen::solid(INK, 1.25));
        sheet.line(&[(LEFT, bottom), (RIGHT, bottom)], Pen::solid(FRAME, 1.0));
        sheet.text("0", (middle, bottom + 14.0), Anchor::Middle, TICK);
        let legend = |x: f64, colour: RGBColor, text: &str, sheet: &mut Sheet<'_>| {
            sheet.dot((x, bottom + 30.0), 4.0, colour);
            sheet.text(text, (x + 10.0, bottom + 30.0), Anchor::Left, TICK);
        };
        let other = if record.designs.len() == 2 { "B is better" } else { "the other is better" };
        legend(24.0, colour(1), other, sheet);
        legend(174.0, colour(0), "A is better", sheet);
        legend(284.0, GREY, "no difference shown, or neither way is better", sheet);
    })
}

fn one(sheet: &mut Sheet<'_>, y: f64, kind: Kind, against: &Against) {
    let Some(difference) = against.difference else { return };
    let (low, high) = (difference.low.unwrap_or(difference.estimate), difference.high.unwrap_or(difference.estimate));
    let widest = low.abs().max(high.abs()).max(difference.estimate.abs());
    let half = (RIGHT - LEFT) / 2.0;
    let px = |value: f64| LEFT + half + if widest > 0.0 { value / widest * half * 0.94 } else { 0.0 };
    let paint = match &against.winner {
        Some(winner) if winner == "A" => colour(0),
        Some(_) => colour(1),
        None => GREY,
    };
    if high > low {
        sheet.line(&[(px(low), y), (px(high), y)], Pen::solid(paint, 2.0));
        for end in [low, high] {
            sheet.line(&[(px(end), y - 4.0), (px(end), y + 4.0)], Pen::solid(paint, 1.5));
        }
    }
    sheet.dot((px(difference.estimate), y), 4.0, paint);
    let text = match against.verdict {
        Verdict::Same => "the same in every run".to_owned(),
        _ if high > low => format!("{} ({} to {})", signed(kind, difference.estimate), signed(kind, low), signed(kind, high)),
        Verdict::NotBounded => format!("{}, not bounded", signed(kind, difference.estimate)),
        _ => signed(kind, difference.estimate),
    };
    let size = (NOTE.size * (WIDTH - WORDS - 16.0) / text_width(&text, NOTE.size)).min(NOTE.size);
    sheet.text(&text, (WORDS, y), Anchor::Left, Lettering { size, ..NOTE });
}
