//! Random numbers of the kinds that churn needs: standard normal, exponential, coin flips. Which process they drive is said elsewhere.
//!
//! Every logarithm and exponential goes through `libm`, whose results are the same on every platform; the standard library's are not.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::StandardNormal;

/// Where the tail of the ziggurat's normal begins (Doornik 2005, 256 layers): draws beyond it come from logarithms, all others from tables.
const TAIL: f64 = 3.654_152_885_361_009;

/// A standard normal number, the same on every platform.
///
/// The ziggurat's tail uses the platform's logarithm, so a tail draw keeps only its sign and is made again here (Marsaglia 1964), with `libm`.
#[inline]
pub(super) fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let z: f64 = rng.sample(StandardNormal);
    if z.abs() < TAIL { z } else { tail(rng).copysign(z) }
}

/// A normal number conditional on being above [`TAIL`].
#[cold]
fn tail(rng: &mut ChaCha8Rng) -> f64 {
    loop {
        let x = exponential(rng) / TAIL;
        let y = exponential(rng);
        if 2.0 * y >= x * x {
            return TAIL + x;
        }
    }
}

/// An exponential number of mean 1.
#[inline]
pub(super) fn exponential(rng: &mut ChaCha8Rng) -> f64 {
    // 1 - u lies in (0, 1], so the logarithm is finite.
    -libm::log(1.0 - rng.random::<f64>())
}

/// The standard deviation of the logarithm of a log-normal with this coefficient of variation: sigma^2 = ln(1 + c^2).
pub(super) fn log_sigma(variability: f64) -> f64 {
    libm::sqrt(libm::log1p(variability * variability))
}

/// Fair coin flips, 64 for each number drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Coin {
    bits: u64,
    left: u32,
}

impl Coin {
    /// Heads or tails.
    #[inline]
    pub(super) fn flip(&mut self, rng: &mut ChaCha8Rng) -> bool {
        if self.left == 0 {
            self.bits = rng.random();
            self.left = 64;
        }
        self.left -= 1;
        let heads = self.bits & 1 == 1;
        self.bits >>= 1;
        heads
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Streams;

    #[test]
    fn normal_has_its_moments_and_its_tail() {
        let mut rng = Streams::new(1, 0).stream("noise", "test");
        let n = 2_000_000;
        let (mut sum, mut squares, mut fourth, mut beyond) = (0.0, 0.0, 0.0, 0);
        for _ in 0..n {
            let z = normal(&mut rng);
            sum += z;
            squares += z * z;
            fourth += z.powi(4);
            beyond += i32::from(z.abs() > TAIL);
        }
        let n = f64::from(n);
        // Five sigma: Var z = 1, Var z^2 = 2, Var z^4 = 96.
        assert!((sum / n).abs() < 5.0 / n.sqrt());
        assert!((squares / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt());
        assert!((fourth / n - 3.0).abs() < 5.0 * (96.0 / n).sqrt());
        // P(|z| > 3.654153) = 2.580e-4 = erfc(TAIL / sqrt 2).
        let expected = libm::erfc(TAIL / 2f64.sqrt()) * n;
        assert!((f64::from(beyond) - expected).abs() < 5.0 * expected.sqrt(), "{beyond} against {expected}");
    }

    #[test]
    fn tail_follows_the_normal_law_beyond_its_start() {
        let mut rng = Streams::new(2, 0).stream("noise", "tail");
        let n = 100_000;
        let beyond = (0..n).filter(|_| tail(&mut rng) > 4.0).count() as f64;
        let p = libm::erfc(4.0 / 2f64.sqrt()) / libm::erfc(TAIL / 2f64.sqrt());
        let n = f64::from(n);
        assert!((beyond / n - p).abs() < 5.0 * (p * (1.0 - p) / n).sqrt());
    }

    #[test]
    fn exponential_has_mean_and_variance_one() {
        let mut rng = Streams::new(3, 0).stream("noise", "test");
        let n = 1_000_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let x = exponential(&mut rng);
            sum += x;
            squares += x * x;
        }
        let n = f64::from(n);
        // Var x = 1, Var x^2 = 4! - 2^2 = 20.
        assert!((sum / n - 1.0).abs() < 5.0 / n.sqrt());
        assert!((squares / n - 2.0).abs() < 5.0 * (20.0 / n).sqrt());
    }

    #[test]
    fn coin_is_fair() {
        let mut rng = Streams::new(4, 0).stream("noise", "test");
        let mut coin = Coin::default();
        let heads = (0..1_000_000).filter(|_| coin.flip(&mut rng)).count() as f64;
        assert!((heads - 5e5).abs() < 5.0 * 500.0);
    }
}
