//! Bursts: exponential on/off switching, and the b-model cascade.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::noise::{Coin, exponential, normal};

/// Above so many switches per bucket the share of on-time is drawn from its normal limit instead of switch by switch.
const EXACT_SWITCHES: f64 = 2_000.0;

/// A writer that is on and off for exponential times, stationary from the first bucket.
#[derive(Debug)]
pub(super) struct OnOff {
    rng: ChaCha8Rng,
    /// \[bytes/s\] while on.
    rate: f64,
    /// Mean on and off times \[buckets\].
    on: f64,
    off: f64,
    state: Switch,
}

/// Where an on/off writer stands between two buckets.
#[derive(Clone, Copy, Debug)]
enum Switch {
    /// No bucket drawn yet.
    Fresh,
    /// On or off for so much longer \[buckets\].
    Until { on: bool, left: f64 },
    /// Always on or always off.
    Stuck { on: bool },
    /// Too fast to follow: mean and standard deviation of the on-share of a bucket.
    Blurred { mean: f64, deviation: f64 },
}

impl OnOff {
    /// On and off times in seconds, bucket in seconds. A mean on time of zero is never on; else a mean off time of zero is always on.
    pub(super) fn new(rng: ChaCha8Rng, rate: f64, on: f64, off: f64, bucket: f64) -> Self {
        let (on, off) = (on / bucket, off / bucket);
        let cycle = on + off;
        let state = if on <= 0.0 || !cycle.is_finite() {
            Switch::Stuck { on: false }
        } else if off <= 0.0 {
            Switch::Stuck { on: true }
        } else if 2.0 / cycle > EXACT_SWITCHES {
            // Long-run variance of the on-time of an alternating exponential process, per unit of time: 2 on^2 off^2 / (on + off)^3 (Cox 1962).
            Switch::Blurred { mean: on / cycle, deviation: on * off / cycle * libm::sqrt(2.0 / cycle) }
        } else {
            Switch::Fresh
        };
        OnOff { rng, rate, on, off, state }
    }

    /// The mean rates of the next buckets, times `scale`.
    pub(super) fn fill(&mut self, scale: f64, out: &mut [f64]) {
        let rate = scale * self.rate;
        for slot in out {
            *slot = rate * self.next_share();
        }
    }

    /// The share of the next bucket that is on \[1\].
    fn next_share(&mut self) -> f64 {
        let (mut on, mut left) = match self.state {
            Switch::Stuck { on } => return f64::from(u8::from(on)),
            Switch::Blurred { mean, deviation } => return (mean + deviation * normal(&mut self.rng)).clamp(0.0, 1.0),
            Switch::Until { on, left } => (on, left),
            Switch::Fresh => {
                // Exponential times have no memory, so what is left of the first one is a whole one.
                let on = self.rng.random::<f64>() * (self.on + self.off) < self.on;
                (on, self.draw(on))
            }
        };
        let mut ahead = 1.0;
        let mut share = 0.0;
        while left < ahead {
            if on {
                share += left;
            }
            ahead -= left;
            on = !on;
            left = self.draw(on);
        }
        if on {
            share += ahead;
        }
        self.state = Switch::Until { on, left: left - ahead };
        share.min(1.0)
    }

    fn draw(&mut self, on: bool) -> f64 {
        exponential(&mut self.rng) * if on { self.on } else { self.off }
    }
}

/// A multiplicative cascade: each halving of a span splits its bytes b : 1 - b, the larger part first or last with equal chance.
///
/// The tree is walked depth first, so a cascade of N buckets needs room for log2 N numbers, not for N.
#[derive(Debug)]
pub(super) struct BModel {
    rng: ChaCha8Rng,
    coin: Coin,
    /// Mean \[bytes/s\].
    mean: f64,
    /// Bias, 0.5 to 1.
    bias: f64,
    /// Halvings from a whole cascade to a bucket.
    depth: u32,
    /// Spans still to be walked: mean rate \[bytes/s\] and halvings left; the nearest is last.
    ahead: Vec<(f64, u32)>,
}

impl BModel {
    /// A cascade over `buckets` buckets (the next power of two), over and over.
    pub(super) fn new(rng: ChaCha8Rng, mean: f64, bias: f64, buckets: u32) -> Self {
        let depth = 32 - buckets.saturating_sub(1).leading_zeros();
        BModel { rng, coin: Coin::default(), mean, bias: bias.clamp(0.5, 1.0), depth, ahead: Vec::new() }
    }

    /// The rates of the next buckets, times `scale`.
    pub(super) fn fill(&mut self, scale: f64, out: &mut [f64]) {
        for slot in out {
            *slot = scale * self.next_rate();
        }
    }

    fn next_rate(&mut self) -> f64 {
        let (mut rate, mut halvings) = self.ahead.pop().unwrap_or((self.mean, self.depth));
        while halvings > 0 {
            halvings -= 1;
            let first = if self.coin.flip(&mut self.rng) { self.bias } else { 1.0 - self.bias };
            // Half of the span holds a share of its bytes, so its mean rate is twice that share.
            self.ahead.push((rate * 2.0 * (1.0 - first), halvings));
            rate *= 2.0 * first;
        }
        rate
    }
}
