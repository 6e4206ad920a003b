//! A dirty set: remembers which blocks changed, not in which order, while it is being sent.
//!
//! With F(x) the distinct bytes that x written bytes touch, the set holds base + F(ξ): `base` bytes that must go in any case (an initial copy), then the
//! bytes touched since. Writing at rate w gives dξ/dt = w. Sending takes from the base first; then from the touched bytes D = F(ξ), and ξ = F⁻¹ of what
//! is left: dD/dt = w F'(F⁻¹(D)) - s. That is an autonomous equation in one unknown: its solution is monotone, and the time to empty is an integral.
//! Without coalescing and for one working set both are closed forms; for several sets they are computed, to a stated error.

/// The law that coalesces writes: distinct bytes as a function of written bytes; increasing, concave, F(0) = 0, F'(0) <= 1.
pub trait Coalesce: Send + Sync {
    /// F(x): distinct bytes touched by x written bytes.
    fn distinct(&self, written: f64) -> f64;
    /// F'(x).
    fn slope(&self, written: f64) -> f64;
    /// F⁻¹: the written bytes that touch so many distinct ones; infinite from the size of all sets on.
    fn inverse(&self, distinct: f64) -> f64;
    /// Which closed form holds.
    fn shape(&self) -> Shape;
}

/// The form of a law of coalescing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// F(x) = x: nothing is written twice.
    Identity,
    /// F(x) = W (1 - exp(-p x / W)).
    OneSet {
        /// W \[bytes\].
        size: f64,
        /// p, the share of the writes that goes to the set.
        share: f64,
    },
    /// A sum of several sets.
    Sets {
        /// The least W / p: the written bytes over which F bends most \[bytes\].
        finest: f64,
    },
}

/// A dirty set being written and sent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DirtySet {
    /// Bytes that must be sent whatever is written \[bytes\].
    pub base: f64,
    /// ξ: written bytes that stand for the touched part \[bytes\].
    pub written: f64,
}

/// First step tried, in units of the finest set's time constant W / (p w); from then on the error decides.
const FIRST_STEP: f64 = 0.5;

/// Error that one step may make, in parts of what the set holds: a byte in a gigabyte.
const TOLERANCE: f64 = 1e-9;

/// Change over all the time that is left, in parts of what the set holds, below which it has settled.
const SETTLED: f64 = 1e-12;

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
            let most = self.written + w * rest;
            self.written = match law.shape() {
                Shape::Identity => (most - s * rest).max(0.0),
                Shape::OneSet { size, share } => relax(size, share, self.written, w, s, rest).min(most),
                Shape::Sets { finest } => step(law, finest, self.written, w, s, rest).min(most),
            };
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
        // F' <= 1 and falls: the set shrinks all the way if and only if sending outruns writing when it is nearly empty.
        if s <= w * law.slope(0.0) {
            return f64::INFINITY;
        }
        copying
            + match law.shape() {
                Shape::Identity => start / (s - w),
                Shape::OneSet { size, share } => {
                    let (left, decay, net) = (law.distinct(start), w * share / size, s - w * share);
                    if decay > 0.0 { libm::log1p(left * decay / net) / decay } else { left / net }
                }
                Shape::Sets { finest } => {
                    // Where sending barely outruns writing the last bytes take longest: the integrand bends within this part of the finest set.
                    let spare = 1.0 - w * law.slope(0.0) / s;
                    integral(start, finest * spare, |xi| {
                        let slope = law.slope(xi);
                        slope / (s - w * slope)
                    })
                }
            }
    }
}

/// ξ after `dt` seconds with one working set: D' = w p (1 - D / W) - s is linear, so D relaxes exponentially. Near the end it is computed from D, near
/// saturation from the untouched part, each where it does not cancel.
fn relax(size: f64, share: f64, start: f64, w: f64, s: f64, dt: f64) -> f64 {
    if s <= 0.0 {
        return start + w * dt;
    }
    let (w, xi) = (w * share, share * start / size);
    let gone = w * dt / size;
    // ∫ exp(-w u / W) du over [0, dt].
    let weight = if gone > 0.0 { -libm::expm1(-gone) / gone * dt } else { dt };
    let touched = -size * libm::expm1(-xi) * libm::exp(-gone) + (w - s) * weight;
    if touched <= 0.0 {
        return 0.0;
    }
    let rest = libm::exp(-xi - gone) + s / size * weight;
    let logarithm = if touched < 0.5 * size { libm::log1p(-touched / size) } else { libm::log(rest) };
    -logarithm * size / share
}

/// ξ after `dt` seconds of dD/dt = w F'(F⁻¹(D)) - s by the classic fourth-order rule, each step compared with two of half its length; never below 0. Far
/// from its balance D moves almost evenly and the steps are long; where w F' = s it settles within a few time constants, and the rest of `dt` is skipped.
fn step(law: &dyn Coalesce, finest: f64, start: f64, w: f64, s: f64, dt: f64) -> f64 {
    if s <= 0.0 {
        return start + w * dt;
    }
    let rate = |touched: f64| w * law.slope(law.inverse(touched.max(0.0))) - s;
    let mut touched = law.distinct(start);
    let (mut left, mut h) = (dt, FIRST_STEP * finest / w.max(f64::MIN_POSITIVE));
    let shortest = 1e-9 * dt;
    while left > 0.0 {
        h = h.clamp(shortest, left.max(shortest)).min(left);
        let slope = rate(touched);
        if slope.abs() * left <= SETTLED * touched {
            break;
        }
        let whole = runge_kutta(&rate, touched, slope, h);
        let middle = runge_kutta(&rate, touched, slope, 0.5 * h);
        let halves = runge_kutta(&rate, middle, rate(middle), 0.5 * h);
        // The error of the two halves is a fifteenth of the difference, by the order of the rule.
        let error = (halves - whole).abs() / 15.0 / (TOLERANCE * touched.max(halves) + f64::MIN_POSITIVE);
        if error <= 1.0 || h <= shortest {
            touched = halves;
            left -= h;
            if touched <= 0.0 {
                return 0.0;
            }
        }
        h *= (0.9 * libm::pow(error.max(1e-12), -0.2)).clamp(0.2, 5.0);
    }
    law.inverse(touched)
}

/// One step of the classic fourth-order rule from `y`, where the rate is `k1`.
fn runge_kutta(rate: &impl Fn(f64) -> f64, y: f64, k1: f64, h: f64) -> f64 {
    let k2 = rate(y + 0.5 * h * k1);
    let k3 = rate(y + 0.5 * h * k2);
    let k4 = rate(y + h * k3);
    y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
}

/// ∫ f over [0, end] by Gauss-Legendre on panels that double from half of `scale` on, within which f bends little; further off it bends less.
fn integral(end: f64, scale: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut from, mut to) = (0.0, 0.0, (0.5 * scale).clamp(1e-15 * end, end));
    while from < end {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        sum += half * GAUSS.iter().map(|&(x, weight)| weight * (f(middle - half * x) + f(middle + half * x))).sum::<f64>();
        (from, to) = (to, (2.0 * to).min(end));
    }
    sum
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
        fn inverse(&self, distinct: f64) -> f64 {
            distinct
        }
        fn shape(&self) -> Shape {
            Shape::Identity
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
        fn inverse(&self, distinct: f64) -> f64 {
            -self.0 * (-distinct / self.0).ln_1p()
        }
        fn shape(&self) -> Shape {
            Shape::OneSet { size: self.0, share: 1.0 }
        }
    }

    /// Two sets, or a law whose closed form is hidden so that the general solution is used.
    struct Sets(Vec<(f64, f64)>);
    impl Coalesce for Sets {
        fn distinct(&self, written: f64) -> f64 {
            self.0.iter().map(|&(size, share)| -size * (-share * written / size).exp_m1()).sum()
        }
        fn slope(&self, written: f64) -> f64 {
            self.0.iter().map(|&(size, share)| share * (-share * written / size).exp()).sum()
        }
        fn inverse(&self, distinct: f64) -> f64 {
            let (mut low, mut high) = (0.0, distinct.max(1.0));
            while self.distinct(high) < distinct && high < 1e30 {
                high *= 2.0;
            }
            for _ in 0..200 {
                let middle = 0.5 * (low + high);
                if self.distinct(middle) < distinct { low = middle } else { high = middle }
            }
            high
        }
        fn shape(&self) -> Shape {
            Shape::Sets { finest: self.0.iter().map(|&(size, share)| size / share).fold(f64::INFINITY, f64::min) }
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

    #[test]
    fn the_general_solution_agrees_with_the_closed_form_of_one_set() {
        let (closed, general) = (OneSet(1000.0), Sets(vec![(1000.0, 1.0)]));
        for (start, w, s, dt) in [(1500.0, 5.0, 20.0, 10.0), (50.0, 5.0, 6.0, 3.0), (9000.0, 50.0, 20.0, 30.0), (100.0, 0.0, 2.0, 7.0)] {
            let (mut one, mut other) = (DirtySet { base: 0.0, written: start }, DirtySet { base: 0.0, written: start });
            one.advance(&closed, w, s, dt);
            other.advance(&general, w, s, dt);
            let (one, other) = (one.size(&closed), other.size(&general));
            assert!((one - other).abs() < 1e-6 * one, "{start} {w} {s} {dt}: {one} against {other}");
            let set = DirtySet { base: 0.0, written: start };
            let (one, other) = (set.time_to_empty(&closed, w, s), set.time_to_empty(&general, w, s));
            assert!(one == other || (one - other).abs() < 1e-9 * one, "{start} {w} {s}: {one} s against {other} s");
        }
    }

    /// Time to empty by the midpoint rule in ln(ξ + scale), 100,000 points: other points, other variable.
    fn slow_quadrature(law: &Sets, start: f64, w: f64, s: f64) -> f64 {
        let scale = 1e-6 * start * (1.0 - w * law.slope(0.0) / s);
        let (low, high) = (scale.ln(), (start + scale).ln());
        let width = (high - low) / 1e5;
        let at = |index: u32| (low + width * (f64::from(index) + 0.5)).exp();
        (0..100_000).map(|index| at(index) * law.slope(at(index) - scale) / (s - w * law.slope(at(index) - scale))).sum::<f64>() * width
    }

    #[test]
    fn several_sets_empty_when_they_should_however_little_sending_outruns_writing() {
        // 1 GB takes 80 % of the writes and 20 GB take 20 %; 3 GB have been written while nothing was sent, and 10 MB/s go on. At 0.1 % more than that the
        // last megabytes take longest: panels as wide as the finest set found 962 s instead of 1099.
        let law = Sets(vec![(1e9, 0.8), (20e9, 0.2)]);
        for ahead in [1.5, 1.2, 1.01, 1.005, 1.001, 1.000_001] {
            let (w, s) = (10e6, 10e6 * ahead);
            let mut set = DirtySet { base: 0.0, written: 3e9 };
            let (time, slow) = (set.time_to_empty(&law, w, s), slow_quadrature(&law, 3e9, w, s));
            assert!((time - slow).abs() < 1e-5 * slow, "{ahead}: {time} s against {slow} s");
            set.advance(&law, w, s, time);
            assert!(set.size(&law) < 1e-8 * 3e9, "{ahead}: {} bytes are left", set.size(&law));
        }
    }

    #[test]
    fn several_sets_settle_where_the_finest_takes_new_blocks_as_fast_as_they_go() {
        // 1 MB takes 90 % of 100 MB/s and 100 GB take 10 %: settled where w F' = s, by bisection, after 30,000 time constants of the finest set.
        let law = Sets(vec![(1e6, 0.9), (100e9, 0.1)]);
        for s in [20e6, 50e6, 90e6, 99e6] {
            let (mut low, mut high) = (0.0, 1e12);
            for _ in 0..200 {
                let middle = 0.5 * (low + high);
                if 100e6 * law.slope(middle) > s { low = middle } else { high = middle }
            }
            for start in [0.0, 1e5, 1e7] {
                let mut set = DirtySet { base: 0.0, written: start };
                set.advance(&law, 100e6, s, 300.0);
                let balance = law.distinct(low);
                assert!((set.size(&law) - balance).abs() < 1e-6 * balance, "{s} from {start}: {} against {balance}", set.size(&law));
            }
        }
    }

    #[test]
    fn a_set_never_grows_beyond_its_working_sets_and_comes_back_from_saturation() {
        // Written a thousand times over while nothing is sent: as large as the disk, not larger, and as quick to send as a disk.
        for law in [&OneSet(1e6) as &dyn Coalesce, &Sets(vec![(2e5, 0.9), (8e5, 0.1)])] {
            let mut set = DirtySet::default();
            set.advance(law, 1e6, 0.0, 1000.0);
            assert!((set.size(law) - 1e6).abs() < 1e-6);
            let coalesced = set.advance(law, 0.0, 1e3, 400.0);
            assert!((set.size(law) - 6e5).abs() < 1.0, "{}", set.size(law));
            assert!(coalesced.abs() < 1.0);
            assert!((set.time_to_empty(law, 0.0, 1e3) - 600.0).abs() < 1e-2, "{}", set.time_to_empty(law, 0.0, 1e3));
        }
    }

    #[test]
    fn more_written_than_sent_settles_where_new_blocks_come_as_fast_as_they_go() {
        // D' = 0 at D = W (1 - s / w) for one set.
        let law = OneSet(1e6);
        let mut set = DirtySet { base: 0.0, written: 9e6 };
        set.advance(&law, 4e4, 1e4, 1e5);
        assert!((set.size(&law) - 7.5e5).abs() < 1e-6);
        assert_eq!(set.time_to_empty(&law, 4e4, 1e4), f64::INFINITY);
    }
}
