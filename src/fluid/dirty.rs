//! A dirty set: remembers which blocks changed, not in which order, while it is being sent.
//!
//! With F(x) the distinct bytes that x written bytes touch, the set holds base + F(ξ): `base` bytes that must go in any case (an initial copy), then the
//! bytes touched since. Writing at rate w gives dξ/dt = w. Sending takes from the base first; then from the touched bytes, and ξ = F⁻¹ of what is
//! left: dξ/dt = w - s / F'(ξ). That is an autonomous equation in one unknown: its solution is monotone, and the time to empty is an integral.

/// The law that coalesces writes: distinct bytes as a function of written bytes; increasing, concave, F(0) = 0, F'(0) = 1.
pub trait Coalesce: Send + Sync {
    /// F(x): distinct bytes touched by x written bytes.
    fn distinct(&self, written: f64) -> f64;
    /// F'(x).
    fn slope(&self, written: f64) -> f64;
    /// Whether F(x) = x, so that the closed form holds.
    fn is_identity(&self) -> bool;
}

/// A dirty set being written and sent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DirtySet {
    /// Bytes that must be sent whatever is written \[bytes\].
    pub base: f64,
    /// ξ: written bytes that stand for the touched part \[bytes\].
    pub written: f64,
}

/// Steps of the fourth-order rule per call where no closed form holds; the interval between two events is short against the time constants.
const STEPS: usize = 16;

/// Nodes and weights of the 8-point Gauss-Legendre rule on [-1, 1] (Abramowitz & Stegun, table 25.4), positive half.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
];

impl DirtySet {
    /// Bytes that would have to be sent if nothing more were written.
    pub fn size(&self, law: &dyn Coalesce) -> f64 {
        self.base + law.distinct(self.written)
    }

    /// Lets `dt` seconds pass with writing at rate `w` and sending at rate `s` \[bytes/s\]; returns the bytes that coalesced away. The caller stops at
    /// [`time_to_empty`](Self::time_to_empty) at the latest.
    pub fn advance(&mut self, law: &dyn Coalesce, w: f64, s: f64, dt: f64) -> f64 {
        let before = self.size(law);
        let copying = if s > 0.0 { (self.base / s).min(dt) } else { dt };
        self.base = (self.base - s * copying).max(0.0);
        self.written += w * copying;
        let rest = dt - copying;
        if rest > 0.0 {
            self.base = 0.0;
            self.written = if law.is_identity() { (self.written + (w - s) * rest).max(0.0) } else { step(law, self.written, w, s, rest) };
        }
        before + w * dt - s * dt - self.size(law)
    }

    /// Seconds until nothing is left to send at constant rates; infinite if it never comes to that.
    pub fn time_to_empty(&self, law: &dyn Coalesce, w: f64, s: f64) -> f64 {
        if self.base <= 0.0 && self.written <= 0.0 {
            return if s >= w { 0.0 } else { f64::INFINITY };
        }
        if s <= 0.0 {
            return f64::INFINITY;
        }
        let copying = self.base / s;
        let start = self.written + w * copying;
        if start <= 0.0 {
            return copying;
        }
        // F' <= 1, so s / F' >= s: the set shrinks all the way if and only if s > w.
        if s <= w {
            return f64::INFINITY;
        }
        if law.is_identity() {
            return copying + start / (s - w);
        }
        copying + integral(start, |xi| 1.0 / (s / law.slope(xi).max(f64::MIN_POSITIVE) - w))
    }
}

/// dξ/dt = w - s / F'(ξ) by the classic fourth-order rule, never below 0.
fn step(law: &dyn Coalesce, start: f64, w: f64, s: f64, dt: f64) -> f64 {
    let h = dt / STEPS as f64;
    let rate = |xi: f64| w - s / law.slope(xi.max(0.0)).max(f64::MIN_POSITIVE);
    let mut xi = start;
    for _ in 0..STEPS {
        let k1 = rate(xi);
        let k2 = rate(xi + 0.5 * h * k1);
        let k3 = rate(xi + 0.5 * h * k2);
        let k4 = rate(xi + h * k3);
        xi = (xi + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)).max(0.0);
    }
    xi
}

/// ∫ f over [0, end] by Gauss-Legendre on 16 panels; the integrand is smooth.
fn integral(end: f64, f: impl Fn(f64) -> f64) -> f64 {
    let panel = end / 16.0;
    (0..16)
        .map(|i| {
            let middle = (i as f64 + 0.5) * panel;
            let sum: f64 = GAUSS.iter().map(|&(x, weight)| weight * (f(middle - 0.5 * panel * x) + f(middle + 0.5 * panel * x))).sum();
            0.5 * panel * sum
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Identity;
    impl Coalesce for Identity {
        fn distinct(&self, written: f64) -> f64 {
            written
        }
        fn slope(&self, _: f64) -> f64 {
            1.0
        }
        fn is_identity(&self) -> bool {
            true
        }
    }

    /// One working set of W bytes: F(x) = W (1 - exp(-x / W)).
    struct OneSet(f64);
    impl Coalesce for OneSet {
        fn distinct(&self, written: f64) -> f64 {
            -self.0 * (-written / self.0).exp_m1()
        }
        fn slope(&self, written: f64) -> f64 {
            (-written / self.0).exp()
        }
        fn is_identity(&self) -> bool {
            false
        }
    }

    #[test]
    fn copy_then_catch_up_without_coalescing_is_a_geometric_series_in_closed_form() {
        // 100 B at 10 B/s while 2 B/s are written: 100 / (10 - 2) = 12.5 s in all.
        let set = DirtySet { base: 100.0, written: 0.0 };
        assert!((set.time_to_empty(&Identity, 2.0, 10.0) - 12.5).abs() < 1e-12);
        assert_eq!(set.time_to_empty(&Identity, 10.0, 10.0), f64::INFINITY);
    }

    #[test]
    fn one_working_set_follows_its_linear_equation() {
        // D' = w (1 - D/W) - s has the closed form D∞ + (D0 - D∞) exp(-w t / W) with D∞ = W (1 - s/w).
        let (size, w, s) = (1000.0, 5.0, 20.0);
        let law = OneSet(size);
        let mut set = DirtySet { base: 0.0, written: 1500.0 };
        let d0 = set.size(&law);
        let limit = size * (1.0 - s / w);
        let empty = (size / w) * ((d0 - limit) / -limit).ln();
        assert!((set.time_to_empty(&law, w, s) - empty).abs() < 1e-9 * empty);
        let lost = set.advance(&law, w, s, 10.0);
        let expected = limit + (d0 - limit) * (-w * 10.0 / size).exp();
        assert!((set.size(&law) - expected).abs() < 1e-6 * expected);
        // Bytes are conserved: written = sent + grown + coalesced.
        assert!((d0 + w * 10.0 - s * 10.0 - set.size(&law) - lost).abs() < 1e-9 * d0);
        assert!(lost > 0.0);
    }

    #[test]
    fn empties_at_the_time_it_said() {
        let law = OneSet(1e6);
        let mut set = DirtySet { base: 5e5, written: 2e5 };
        let end = set.time_to_empty(&law, 100.0, 1e4);
        set.advance(&law, 100.0, 1e4, end);
        assert!(set.size(&law) < 1e-3, "{}", set.size(&law));
    }
}
