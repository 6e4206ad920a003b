//! Lower envelope of lines by rescanning (stand-in).

/// Lines y = k + a t.
#[derive(Default)]
pub struct Tournament {
    lines: Vec<(usize, f64, f64)>,
}

impl Tournament {
    /// Takes new lines.
    pub fn build(&mut self, lines: impl Iterator<Item = (usize, f64, f64)>, _t0: f64) {
        self.lines.clear();
        self.lines.extend(lines);
    }

    /// Removes a line.
    pub fn remove(&mut self, index: usize) {
        self.lines.retain(|line| line.0 != index);
    }

    /// First meeting of the ray v + slope (t' - t) with a line.
    pub fn first_hit(&mut self, t: f64, v: f64, slope: f64) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for &(index, k, a) in &self.lines {
            let gap = k + a * t - v;
            let at = if gap <= 0.0 && slope >= a {
                t
            } else if slope > a {
                t + gap / (slope - a)
            } else {
                continue;
            };
            if best.is_none_or(|b| at < b.1) {
                best = Some((index, at));
            }
        }
        best
    }
}
