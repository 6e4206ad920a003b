//! The law of a duration, as people write it: `"30 s"`, `"8 min to 10 min"`, `"2 min, 95 % within 5 min"`, `"about 4 h"`.

use std::fmt;
use std::str::FromStr;

use crate::units::text::UnitError;
use crate::units::{Share, Span};

/// How long something takes, if it does not always take the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationLaw {
    /// Always the same: `30 s`.
    Fixed(Span),
    /// Any time between two, all alike likely: `8 min to 10 min`.
    Uniform(Span, Span),
    /// Exponential with this mean: `about 4 h`.
    Exponential(Span),
    /// Log-normal with this median and 95th percentile: `2 min, 95 % within 5 min`.
    LogNormal {
        /// P50.
        median: Span,
        /// P95.
        p95: Span,
    },
}

impl DurationLaw {
    /// Takes no time.
    pub const NONE: DurationLaw = DurationLaw::Fixed(Span::ZERO);

    /// The longest that it may take; `None` if there is no bound.
    pub fn longest(self) -> Option<Span> {
        match self {
            DurationLaw::Fixed(span) | DurationLaw::Uniform(_, span) => Some(span),
            DurationLaw::Exponential(_) | DurationLaw::LogNormal { .. } => None,
        }
    }

    /// Standard deviation of the logarithm of a log-normal time with this median and 95th percentile \[1\]; 0 for a median of 0.
    pub fn log_sigma(median: Span, p95: Span) -> f64 {
        if median.is_zero() { 0.0 } else { libm::log(p95.as_secs_f64() / median.as_secs_f64()) / Z95 }
    }

    /// Mean \[s\]; the log-normal's is median x exp(sigma²/2) with sigma = ln(p95 / median) / 1.645.
    pub fn mean(self) -> f64 {
        match self {
            DurationLaw::Fixed(span) | DurationLaw::Exponential(span) => span.as_secs_f64(),
            DurationLaw::Uniform(from, to) => 0.5 * (from.as_secs_f64() + to.as_secs_f64()),
            DurationLaw::LogNormal { median, p95 } => {
                let sigma = Self::log_sigma(median, p95);
                median.as_secs_f64() * libm::exp(sigma * sigma / 2.0)
            }
        }
    }
}

impl Default for DurationLaw {
    fn default() -> Self {
        DurationLaw::NONE
    }
}

/// Standard normal quantile at 95 %: a log-normal's ln(P95 / P50) is this many standard deviations of its logarithm.
const Z95: f64 = 1.644_853_626_951_472_2;

impl fmt::Display for DurationLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DurationLaw::Fixed(span) => write!(f, "{span}"),
            DurationLaw::Uniform(from, to) => write!(f, "{from} to {to}"),
            DurationLaw::Exponential(mean) => write!(f, "about {mean}"),
            DurationLaw::LogNormal { median, p95 } => write!(f, "{median}, 95 % within {p95}"),
        }
    }
}

impl FromStr for DurationLaw {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let text = text.trim();
        if let Some(mean) = text.strip_prefix("about ") {
            return Ok(DurationLaw::Exponential(mean.parse()?));
        }
        if let Some((from, to)) = text.split_once(" to ") {
            let (from, to): (Span, Span) = (from.parse()?, to.parse()?);
            return if to < from {
                Err(UnitError::new(format!("`{text}` ends before it begins"), "write the shorter time first, such as \"8 min to 10 min\""))
            } else {
                Ok(DurationLaw::Uniform(from, to))
            };
        }
        if let Some((median, tail)) = text.split_once(',') {
            let Some((share, p95)) = tail.split_once(" within ") else {
                return Err(UnitError::new(format!("`{text}` is no law of a duration"), ADVICE));
            };
            let (median, p95, share): (Span, Span, Share) = (median.parse()?, p95.parse()?, share.trim().parse()?);
            if (share.get() - 0.95).abs() > 1e-12 {
                return Err(UnitError::new(format!("`{text}` says {share}, not 95 %"), ADVICE));
            }
            if median.is_zero() || p95 <= median {
                return Err(UnitError::new(format!("`{text}`: its 95th percentile is not above its median"), ADVICE));
            }
            return Ok(DurationLaw::LogNormal { median, p95 });
        }
        Ok(DurationLaw::Fixed(text.parse()?))
    }
}

const ADVICE: &str = "write \"30 s\", \"8 min to 10 min\", \"about 4 h\" (exponential) or \"2 min, 95 % within 5 min\" (log-normal)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_are_read_and_written_back() -> Result<(), UnitError> {
        for text in ["30s", "8m to 10m", "about 4h", "2m, 95 % within 5m", "0s"] {
            let law: DurationLaw = text.parse()?;
            assert_eq!(law.to_string().parse::<DurationLaw>()?, law, "{text}: {law}");
        }
        assert_eq!("8 min to 10 min".parse::<DurationLaw>()?.mean(), 540.0);
        Ok(())
    }

    #[test]
    fn what_is_no_law_is_refused_with_advice() {
        for text in ["10 min to 8 min", "2 min, 90 % within 5 min", "2 min, 95 % within 1 min", "2 min, 5 min", "soon", "about soon", ""] {
            assert!(text.parse::<DurationLaw>().is_err(), "{text}");
        }
    }
}
