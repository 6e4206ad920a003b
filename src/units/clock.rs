//! Spans and instants in integer nanoseconds.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

use crate::units::UnitError;
use crate::units::text::{self, Kind};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// A length of time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

/// A moment of a run, in nanoseconds since its start.
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
    /// As people write it: `15 min`, `1 h 30 min`, `2 days`, `34 ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const PARTS: &[(u64, &str, &str)] = &[
            (86_400 * NANOS_PER_SECOND, "day", "days"),
            (3600 * NANOS_PER_SECOND, "h", "h"),
            (60 * NANOS_PER_SECOND, "min", "min"),
            (NANOS_PER_SECOND, "s", "s"),
            (1_000_000, "ms", "ms"),
            (1_000, "us", "us"),
            (1, "ns", "ns"),
        ];
        if self.0 == 0 {
            return f.write_str("0 s");
        }
        let (mut rest, mut gap) = (self.0, "");
        for (size, one, many) in PARTS {
            let count = rest / size;
            if count > 0 {
                write!(f, "{gap}{count} {}", if count == 1 { one } else { many })?;
                (rest, gap) = (rest % size, " ");
            }
        }
        Ok(())
    }
}

impl FromStr for Span {
    type Err = UnitError;

    /// Reads `"15 min"`, `"1 h 30 min"`, `"1.5 h"`, `"34 ms"`, `"2 weeks"`.
    fn from_str(written: &str) -> Result<Self, UnitError> {
        let trimmed = written.trim();
        let (number, rest) = text::split(trimmed, "15 min")?;
        let n = text::plain(number, 6);
        let first: String = rest.chars().take_while(|c| !c.is_ascii_digit() && *c != ' ').collect();
        match text::kind_of(&first) {
            _ if rest.is_empty() && number == 0.0 => return Ok(Span::ZERO),
            _ if rest.is_empty() => {
                return Err(UnitError::new(format!("`{n}` has no unit"), format!("write a length of time with its unit, such as \"{n} min\"")));
            }
            Kind::Time if first == "M" => {
                return Err(UnitError::new("`M` could be minutes or months", format!("did you mean \"{n} min\"?")));
            }
            Kind::Time => {}
            Kind::Unknown => {
                return Err(match text::nearest(&first, TIME_UNITS.iter().copied()) {
                    Some(near) => UnitError::new(format!("`{first}` is not a unit of time"), format!("did you mean \"{n} {near}\"?")),
                    None => UnitError::new(format!("`{first}` is not a unit of time"), "known units: ns, us, ms, s, min, h, days, weeks"),
                });
            }
            _ => return Err(UnitError::new(format!("`{first}` is not a unit of time"), format!("write a length of time, such as \"{n} min\""))),
        }
        let duration = humantime::parse_duration(trimmed).map_err(|error| {
            UnitError::new(format!("`{trimmed}` is not a length of time: {error}"), "write it as \"15 min\", \"1 h 30 min\" or \"7 days\"")
        })?;
        u64::try_from(duration.as_nanos())
            .map(Span)
            .map_err(|_| UnitError::new(format!("`{trimmed}` is longer than 584 years"), "write a shorter time"))
    }
}

const TIME_UNITS: &[&str] = &["ns", "us", "ms", "s", "sec", "seconds", "min", "minutes", "h", "hours", "day", "days", "week", "weeks"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_write_them() {
        assert_eq!("15 min".parse(), Ok(Span::from_mins(15)));
        assert_eq!("1h 30m".parse(), Ok(Span::from_mins(90)));
        assert_eq!("1.5 h".parse(), Ok(Span::from_mins(90)));
        assert_eq!("34 ms".parse(), Ok(Span::from_nanos(34_000_000)));
        assert_eq!("2 weeks".parse(), Ok(Span::from_days(14)));
        assert_eq!("0".parse(), Ok(Span::ZERO));
        assert_eq!("72 h".parse(), Ok(Span::from_hours(72)));
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        let refused = |text: &str| text.parse::<Span>().err().map(|e| e.problem).unwrap_or_default();
        assert_eq!(refused("90"), "`90` has no unit");
        assert_eq!(refused("15 M"), "`M` could be minutes or months");
        assert_eq!(refused("-5 min"), "`-5` is negative");
        assert_eq!(refused("15 minuts"), "`minuts` is not a unit of time");
        assert_eq!(refused("15 MB"), "`MB` is not a unit of time");
        assert_eq!(refused("1000 years"), "`1000 years` is longer than 584 years");
        assert_ne!(refused("99999999999999999999 days"), "");
        assert_eq!(refused("NaN s"), "`NaN s` is not a finite number");
        assert_eq!(refused("PT15M"), "`PT15M` does not start with a number");
    }

    #[test]
    fn spans_print_so_that_they_read_back_the_same() {
        for (span, shown) in [
            (Span::from_mins(15), "15 min"),
            (Span::from_mins(90), "1 h 30 min"),
            (Span::from_days(1), "1 day"),
            (Span::from_hours(49), "2 days 1 h"),
            (Span::from_nanos(34_500_000), "34 ms 500 us"),
            (Span::ZERO, "0 s"),
        ] {
            assert_eq!(span.to_string(), shown);
            assert_eq!(shown.parse(), Ok(span));
        }
    }
}
