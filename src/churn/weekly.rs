//! Hour-of-week profiles: one rate for each of the 168 hours from Monday 00:00, with log-normal noise.

use jiff::civil::DateTime;
use rand::rngs::ChaCha8Rng;

use super::noise::{log_sigma, normal};

const HOUR: u64 = 3_600_000_000_000;
const WEEK_HOURS: usize = 168;
const WEEK: u64 = HOUR * WEEK_HOURS as u64;

/// A weekly profile from a calendar instant on.
#[derive(Debug)]
pub(super) struct Weekly {
    /// Rates \[bytes/s\], Monday 00:00 first.
    rates: Vec<f64>,
    /// Bucket \[ns\].
    period: u64,
    /// Where in the week the next bucket begins \[ns\].
    at: u64,
    noise: Option<Noise>,
}

/// Independent log-normal factors of mean 1.
#[derive(Debug)]
struct Noise {
    rng: ChaCha8Rng,
    sigma: f64,
}

impl Weekly {
    /// The profile from `start` on, with noise of this coefficient of variation. Missing hours have rate 0.
    pub(super) fn new(rng: ChaCha8Rng, rates: &[f64], variability: f64, start: DateTime, period: u64) -> Self {
        let mut rates = rates.to_vec();
        rates.resize(WEEK_HOURS, 0.0);
        let noise = (variability > 0.0).then(|| Noise { rng, sigma: log_sigma(variability) });
        Weekly { rates, period, at: nanos_of_week(start), noise }
    }

    /// The rates of the next buckets, times `scale`.
    pub(super) fn fill(&mut self, scale: f64, out: &mut [f64]) {
        for slot in out {
            *slot = scale * self.mean_from(self.at);
            self.at = (self.at + self.period % WEEK) % WEEK;
        }
    }

    /// As [`Weekly::fill`], with the noise.
    pub(super) fn fill_noisy(&mut self, scale: f64, out: &mut [f64]) {
        self.fill(scale, out);
        if let Some(Noise { rng, sigma }) = &mut self.noise {
            for slot in out {
                *slot *= libm::exp(*sigma * normal(rng) - *sigma * *sigma / 2.0);
            }
        }
    }

    /// Mean of the profile over the bucket that begins at `at`, exact across hours and weeks.
    fn mean_from(&self, at: u64) -> f64 {
        let hour = (at / HOUR) as usize;
        if (at % HOUR).saturating_add(self.period) <= HOUR {
            return self.rates[hour];
        }
        let whole_weeks = self.period / WEEK;
        let mut bytes = whole_weeks as f64 * HOUR as f64 * self.rates.iter().sum::<f64>();
        let (mut at, mut left) = (at, self.period % WEEK);
        while left > 0 {
            let step = (HOUR - at % HOUR).min(left);
            bytes += self.rates[(at / HOUR) as usize] * step as f64;
            at = (at + step) % WEEK;
            left -= step;
        }
        bytes / self.period as f64
    }
}

/// Nanoseconds from Monday 00:00 to this instant of the week.
fn nanos_of_week(instant: DateTime) -> u64 {
    let day = instant.weekday().to_monday_zero_offset().unsigned_abs();
    let (hour, minute, second) = (instant.hour(), instant.minute(), instant.second());
    let seconds = [(u64::from(day), 86_400), (u64::from(hour.unsigned_abs()), 3600), (u64::from(minute.unsigned_abs()), 60)];
    let seconds: u64 = seconds.iter().map(|(count, length)| count * length).sum::<u64>() + u64::from(second.unsigned_abs());
    seconds * 1_000_000_000 + u64::from(instant.subsec_nanosecond().unsigned_abs())
}
