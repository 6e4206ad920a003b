//! Colours, sizes and letterings of all plots: the Okabe-Ito palette, which stays apart for colour-blind readers, on white.

use plotters::style::RGBColor;

use crate::report::plot::sheet::Lettering;

/// Main quantity.
pub const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
/// Thresholds and breaches.
pub const VERMILLION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
/// Third quantity.
pub const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
/// Second quantity.
pub const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
/// Light companion of blue.
pub const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
/// Fourth quantity.
pub const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);
/// Text, and lines that must be seen first.
pub const INK: RGBColor = RGBColor(0x22, 0x26, 0x2B);
/// Secondary text.
pub const GREY: RGBColor = RGBColor(0x5B, 0x63, 0x6C);
/// Grid.
pub const GRID: RGBColor = RGBColor(0xE3, 0xE6, 0xEA);
/// Frame and ticks.
pub const FRAME: RGBColor = RGBColor(0x8A, 0x93, 0x9C);

/// Width of every plot [logical pixels].
pub const WIDTH: f64 = 1000.0;

const fn plain(size: f64, colour: RGBColor, bold: bool) -> Lettering {
    Lettering { size, colour, bold, upwards: false }
}

/// The plot's title.
pub const TITLE: Lettering = plain(17.0, INK, true);
/// The line under it.
pub const SUBTITLE: Lettering = plain(12.5, GREY, false);
/// A panel's title.
pub const PANEL: Lettering = plain(13.0, INK, true);
/// Tick labels and legends.
pub const TICK: Lettering = plain(12.0, GREY, false);
/// Axis titles.
pub const AXIS: Lettering = plain(12.0, GREY, false);
/// Remarks in the plot.
pub const NOTE: Lettering = plain(12.0, INK, false);
/// Remarks on thresholds.
pub const ALARM: Lettering = plain(12.0, VERMILLION, true);
