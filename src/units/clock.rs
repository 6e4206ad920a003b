//! Spans and instants in integer nanoseconds.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// A length of time [ns].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

/// A moment of a run [ns since the run's start].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// From whole nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        Span(nanos)
    }

    /// From whole seconds (saturating at about 584 years).
    pub const fn from_secs(secs: u64) -> Self {
        Span(secs.saturating_mul(NANOS_PER_SECOND))
    }

    /// From whole minutes.
    pub const fn from_mins(mins: u64) -> Self {
        Span::from_secs(mins.saturating_mul(60))
    }

    /// From whole hours.
    pub const fn from_hours(hours: u64) -> Self {
        Span::from_secs(hours.saturating_mul(3600))
    }

    /// From whole days of 24 h.
    pub const fn from_days(days: u64) -> Self {
        Span::from_secs(days.saturating_mul(86_400))
    }

    /// From seconds as a real number, rounded **up** to the next nanosecond (model: instants are rounded up). Negative and NaN give zero.
    pub fn from_secs_f64(secs: f64) -> Self {
        let nanos = (secs * NANOS_PER_SECOND as f64).ceil();
        // The float-to-int cast saturates, and maps NaN and negatives to 0.
        Span(nanos as u64)
    }

    /// Nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }

    /// Whether this is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Instant {
    /// The run's start.
    pub const START: Instant = Instant(0);

    /// A moment so many nanoseconds after the run's start.
    pub const fn from_nanos(nanos: u64) -> Self {
        Instant(nanos)
    }

    /// Nanoseconds since the run's start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the run's start.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }

    /// Time from `earlier` to here; zero if `earlier` is later.
    pub const fn since(self, earlier: Instant) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Span> for Instant {
    type Output = Instant;
    fn add(self, span: Span) -> Instant {
        Instant(self.0.saturating_add(span.0))
    }
}

impl Sub<Instant> for Instant {
    type Output = Span;
    fn sub(self, earlier: Instant) -> Span {
        self.since(earlier)
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Span) {
        *self = *self + other;
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Span {
    /// As people write it: `15min`, `1h 30min`, `2days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = humantime::format_duration(std::time::Duration::from_nanos(self.0)).to_string();
        write!(f, "{text}")
    }
}
