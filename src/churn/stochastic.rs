//! Stochastic series with one number per bucket: log-normal with memory, and two-phase hyper-exponential without.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::noise::{exponential, log_sigma, normal};

/// Log-normal rates whose logarithm is an autoregressive series of order 1, stationary from the first bucket.
#[derive(Debug)]
pub(super) struct LogNormal {
    rng: ChaCha8Rng,
    /// Mean of the log-rate [ln(bytes/s)]; -inf for a mean of zero.
    mu: f64,
    /// Standard deviation of the log-rate \[1\].
    sigma: f64,
    /// Autocorrelation of the log-rate \[1\].
    phi: f64,
    /// Share of each new normal number: sqrt(1 - phi^2).
    fresh: f64,
    /// The standardised log-rate of the last bucket; none before the first.
    level: Option<f64>,
}

impl LogNormal {
    /// Rates of this mean, coefficient of variation and autocorrelation of the logarithm (clamped to -1..=1).
    pub(super) fn new(rng: ChaCha8Rng, mean: f64, variability: f64, autocorrelation: f64) -> Self {
        let sigma = log_sigma(variability);
        let phi = autocorrelation.clamp(-1.0, 1.0);
        LogNormal { rng, mu: libm::log(mean) - sigma * sigma / 2.0, sigma, phi, fresh: libm::sqrt(1.0 - phi * phi), level: None }
    }

    /// The rates of the next buckets, times `scale`.
    pub(super) fn fill(&mut self, scale: f64, out: &mut [f64]) {
        let Some((first, rest)) = out.split_first_mut() else { return };
        let mut level = match self.level {
            None => normal(&mut self.rng),
            Some(last) => self.phi * last + self.fresh * normal(&mut self.rng),
        };
        *first = level;
        for slot in rest {
            level = self.phi * level + self.fresh * normal(&mut self.rng);
            *slot = level;
        }
        self.level = Some(level);
        // A second pass, so that the exponentials of neighbours overlap in the processor instead of waiting for the series.
        for slot in out {
            *slot = scale * libm::exp(self.mu + self.sigma * *slot);
        }
    }
}

/// Independent rates, exponential with one of two means (balanced: both phases carry half of the bytes).
#[derive(Debug)]
pub(super) struct HyperExponential {
    rng: ChaCha8Rng,
    /// Probability of the slow phase \[1\].
    p: f64,
    /// Mean of the slow phase \[bytes/s\].
    slow: f64,
    /// Mean of the fast phase \[bytes/s\].
    fast: f64,
}

impl HyperExponential {
    /// Rates of this mean and coefficient of variation; at or below 1 it is the plain exponential (coefficient 1).
    pub(super) fn new(rng: ChaCha8Rng, mean: f64, variability: f64) -> Self {
        let c2 = (variability * variability).max(1.0);
        let p = (1.0 + libm::sqrt((c2 - 1.0) / (c2 + 1.0))) / 2.0;
        // 1 - p written so that it does not cancel: (1 - s)(1 + s) = 2 / (c2 + 1).
        let q = 1.0 / ((c2 + 1.0) * 2.0 * p);
        HyperExponential { rng, p, slow: mean / (2.0 * p), fast: mean / (2.0 * q) }
    }

    /// The rates of the next buckets, times `scale`.
    pub(super) fn fill(&mut self, scale: f64, out: &mut [f64]) {
        for slot in out {
            let mean = if self.rng.random::<f64>() < self.p { self.slow } else { self.fast };
            *slot = scale * mean * exponential(&mut self.rng);
        }
    }
}
