//! How many distinct bytes writes touch: F(x) = sum of W (1 - exp(-p x / W)) over working sets (model section 4), its slope and its inverse.

use crate::model::{Footprint, WorkingSet};

/// Newton's steps at most; it needs a handful, and the bound only guards against sets of absurd sizes.
const MAX_STEPS: usize = 200;

impl Footprint {
    /// F(x): distinct bytes touched by writing `written` bytes. Without working sets nothing coalesces and F(x) = x.
    pub fn distinct(&self, written: f64) -> f64 {
        if self.sets.is_empty() {
            return written.max(0.0);
        }
        let written = written.max(0.0);
        self.live().map(|set| -set.size * libm::expm1(-set.share * written / set.size)).sum()
    }

    /// F'(x): distinct bytes per further written byte after `written` bytes, a share; 1 at the start if the shares sum to 1.
    pub fn slope(&self, written: f64) -> f64 {
        if self.sets.is_empty() {
            return 1.0;
        }
        let written = written.max(0.0);
        self.live().map(|set| set.share * libm::exp(-set.share * written / set.size)).sum()
    }

    /// F^-1: the written bytes that touch `distinct` bytes; infinite from the size of all working sets on.
    ///
    /// Newton's method on -ln(1 - F(x) / W), which is concave because each set's untouched part decays exponentially: from the left it
    /// approaches the root without passing it, and one set alone needs one step.
    pub fn written_for(&self, distinct: f64) -> f64 {
        let distinct = distinct.max(0.0);
        if self.sets.is_empty() || distinct == 0.0 {
            return distinct;
        }
        let whole: f64 = self.live().map(|set| set.size).sum();
        if distinct >= whole {
            return f64::INFINITY;
        }
        // F(x) <= x while the shares sum to no more than 1, so the root is not left of here; else begin at 0.
        let shares: f64 = self.live().map(|set| set.share).sum();
        let mut x = distinct / shares.max(1.0);
        for _ in 0..MAX_STEPS {
            let touched = self.distinct(x);
            let rest = self.live().map(|set| set.size * libm::exp(-set.share * x / set.size)).sum::<f64>();
            // Either form of the difference is exact where the other cancels.
            let short = if touched < rest { distinct - touched } else { rest - (whole - distinct) };
            let step = libm::log1p(short / (whole - distinct)) * rest / self.slope(x);
            let next = x + step;
            if !next.is_finite() || next <= x {
                break;
            }
            x = next;
        }
        x
    }

    /// The sets that are ever written.
    fn live(&self) -> impl Iterator<Item = &WorkingSet> {
        self.sets.iter().filter(|set| set.size > 0.0 && set.share > 0.0)
    }
}
