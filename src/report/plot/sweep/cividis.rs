//! Cividis: a colour scale that reads the same for colour-blind readers and in grey.

use plotters::style::RGBColor;

/// The scale at even steps (Nuñez, Anderton and Renslow 2018).
const STEPS: [(f64, f64, f64); 9] = [
    (0.0, 34.0, 78.0),
    (18.0, 53.0, 112.0),
    (59.0, 73.0, 108.0),
    (87.0, 93.0, 109.0),
    (112.0, 113.0, 115.0),
    (138.0, 134.0, 120.0),
    (165.0, 156.0, 116.0),
    (195.0, 179.0, 105.0),
    (254.0, 232.0, 56.0),
];

/// The colour at a share of the way \[0..1\].
pub fn colour(share: f64) -> RGBColor {
    let place = share.clamp(0.0, 1.0) * (STEPS.len() - 1) as f64;
    let index = (place as usize).min(STEPS.len() - 2);
    let part = place - index as f64;
    let (from, to) = (STEPS[index], STEPS[index + 1]);
    let mix = |from: f64, to: f64| (from + (to - from) * part).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// Black or white, whichever is read better on a colour.
pub fn on(colour: RGBColor) -> RGBColor {
    let bright = 0.299 * f64::from(colour.0) + 0.587 * f64::from(colour.1) + 0.114 * f64::from(colour.2) > 125.0;
    if bright { RGBColor(0, 0, 0) } else { RGBColor(255, 255, 255) }
}
