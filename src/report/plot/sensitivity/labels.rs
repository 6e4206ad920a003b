//! Labels beside dots so that none lies over another, over a dot, or off the panel: the first place of some around the dot that is free.

use crate::report::plot::frame::Frame;
use crate::report::plot::sheet::Place;

/// A label's box: left, top, right, bottom [logical pixels].
pub type Box = (f64, f64, f64, f64);

const HEIGHT: f64 = 15.0;
/// How far from its dot a label may stand.
const RINGS: [f64; 7] = [9.0, 16.0, 28.0, 42.0, 60.0, 84.0, 112.0];
/// Directions, the most usual first.
const WAYS: [(f64, f64); 8] = [(0.7, -0.7), (0.7, 0.7), (-0.7, -0.7), (-0.7, 0.7), (0.0, -1.0), (0.0, 1.0), (1.0, 0.0), (-1.0, 0.0)];

/// Where the middle left of each label stands, of labels so wide at these dots, with other things in the way; none where there is no room.
pub fn places(dots: &[Place], widths: &[f64], in_the_way: &[Box], panel: Frame) -> Vec<Option<Place>> {
    let mut taken: Vec<Box> = dots.iter().map(|(x, y)| (x - 5.0, y - 5.0, x + 5.0, y + 5.0)).collect();
    taken.extend(in_the_way);
    let mut found = Vec::new();
    for (dot, width) in dots.iter().zip(widths) {
        let candidate = RINGS.iter().flat_map(|ring| WAYS.iter().map(move |way| (ring, way))).find_map(|(ring, (right, down))| {
            let middle = (dot.0 + right * (ring + width / 2.0), dot.1 + down * ring.max(if *right == 0.0 { 14.0 } else { 0.0 }));
            let place = (middle.0 - width / 2.0, middle.1 - HEIGHT / 2.0, middle.0 + width / 2.0, middle.1 + HEIGHT / 2.0);
            let inside = place.0 > panel.left + 2.0 && place.2 < panel.right && place.1 > panel.top && place.3 < panel.bottom;
            (inside && !taken.iter().any(|other| overlap(&place, other))).then_some(place)
        });
        found.push(candidate.map(|place| (place.0, (place.1 + place.3) / 2.0)));
        taken.extend(candidate);
    }
    found
}

fn overlap(a: &Box, b: &Box) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_lies_over_another_or_off_the_panel() {
        let panel = Frame { left: 0.0, right: 600.0, top: 0.0, bottom: 400.0 };
        let dots: Vec<Place> = (0..12).map(|dot| (300.0 + f64::from(dot % 4) * 6.0, 200.0 + f64::from(dot / 4) * 5.0)).collect();
        let found = places(&dots, &[90.0; 12], &[(0.0, 0.0, 600.0, 150.0)], panel);
        let boxes: Vec<Box> = found.iter().flatten().map(|(x, y)| (*x, y - HEIGHT / 2.0, x + 90.0, y + HEIGHT / 2.0)).collect();
        assert!(boxes.len() >= 10, "{found:?}");
        for (index, a) in boxes.iter().enumerate() {
            assert!(a.0 >= 0.0 && a.2 <= 600.0 && a.1 >= 150.0 && a.3 <= 400.0, "off the panel, or over what is in the way");
            assert!(boxes.iter().skip(index + 1).all(|b| !overlap(a, b)), "{boxes:?}");
        }
        // Nowhere to stand.
        assert_eq!(places(&[(5.0, 5.0)], &[700.0], &[], panel), [None]);
    }
}
