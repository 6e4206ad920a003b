//! Instants of the run as scenarios write them: calendar instants, weekdays, times of day, windows.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::{FromText, from_text, read_text};
use crate::scenario::located::At;
use crate::units::Span;

/// A calendar instant, UTC: `2026-01-05 00:00`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment(pub DateTime);

from_text!(Moment, { "type": "string", "description": "A calendar instant, UTC: `2026-01-05 00:00`.", "examples": ["2026-01-05 00:00"] });

impl FromText for Moment {
    fn what() -> String {
        "a calendar instant such as \"2026-01-05 00:00\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        // With an offset it is an instant, and the calendar here is UTC's; without one it is UTC already.
        if let Ok(instant) = trimmed.parse::<Timestamp>() {
            return Ok(Moment(TimeZone::UTC.to_datetime(instant)));
        }
        if trimmed.contains('[') {
            return Err(format!(
                "`{trimmed}` names a zone but no offset\nwrite it as \"2026-01-05 00:00\" (UTC), or with its offset, \"2026-01-05T00:00+01:00\""
            ));
        }
        trimmed
            .parse::<DateTime>()
            .map(Moment)
            .map_err(|error| format!("`{trimmed}` is not a calendar instant: {error}\nwrite it as \"2026-01-05 00:00\" (UTC)"))
    }
}

/// The end of a run: a length, or the calendar instant it runs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Horizon {
    /// So long.
    For(Span),
    /// To this instant.
    Until(DateTime),
}

from_text!(Horizon, { "type": "string", "description": "How long the run lasts (`7 days`), or the instant it ends (`2026-02-01 00:00`).", "examples": ["7 days", "2026-02-01 00:00"] });

impl FromText for Horizon {
    fn what() -> String {
        "a length of time such as \"7 days\", or an end such as \"2026-02-01 00:00\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if looks_like_date(text) {
            return Moment::from_text(text).map(|moment| Horizon::Until(moment.0));
        }
        text.parse().map(Horizon::For).map_err(|error| error.to_string())
    }
}

fn looks_like_date(text: &str) -> bool {
    text.trim().as_bytes().get(4) == Some(&b'-') && text.trim().bytes().take(4).all(|b| b.is_ascii_digit())
}

/// A moment of the run: on a weekday, on a date, at a time of the first day, or so long after the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// The first such weekday (0 is Monday) and time of day from the start on.
    Weekday(u8, Span),
    /// The first such time of day from the start on.
    Daily(Span),
    /// A calendar instant.
    On(DateTime),
    /// So long after the start.
    After(Span),
}

from_text!(When, { "type": "string", "description": "When: `Wed 22:00` (the first one), `2026-01-07 22:00`, `22:00` (the first one) or `36 h` (after the start).", "examples": ["Wed 22:00", "2026-01-07 22:00", "36 h"] });

impl FromText for When {
    fn what() -> String {
        "a moment such as \"Wed 22:00\", \"2026-01-07 22:00\" or \"36 h\" (after the start)".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        if looks_like_date(trimmed) {
            return Moment::from_text(trimmed).map(|moment| When::On(moment.0));
        }
        if trimmed.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (day, time) = trimmed.split_once(' ').unwrap_or((trimmed, "00:00"));
            return Ok(When::Weekday(weekday(day)?, TimeOfDay::from_text(time)?.0));
        }
        if trimmed.contains(':') {
            return Ok(When::Daily(TimeOfDay::from_text(trimmed)?.0));
        }
        trimmed.parse().map(When::After).map_err(|error| error.to_string())
    }
}

/// A stretch of the run.
#[derive(Clone, Debug, PartialEq)]
pub enum Between {
    /// All of it: `run`.
    Run,
    /// From the first to the second: `["Mon 00:00", "Sun 00:00"]`.
    Moments(At<When>, At<When>),
}

struct BetweenVisitor;

impl<'de> Visitor<'de> for BetweenVisitor {
    type Value = Between;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("two moments such as [\"Mon 00:00\", \"Sun 00:00\"], or \"run\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Between, E> {
        match text.trim() {
            "run" => Ok(Between::Run),
            other => {
                Err(E::custom(format!("`{other}` is not a stretch of the run\nwrite [\"Mon 00:00\", \"Sun 00:00\"], or \"run\" for the whole run")))
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Between, A::Error> {
        let wrong = |count: &str| A::Error::custom(format!("found {count}\nwrite two moments, such as [\"Mon 00:00\", \"Sun 00:00\"]"));
        let from = list.next_element()?.ok_or_else(|| wrong("no moment"))?;
        let to = list.next_element()?.ok_or_else(|| wrong("one moment"))?;
        match list.next_element::<At<When>>()? {
            None => Ok(Between::Moments(from, to)),
            Some(_) => Err(wrong("more than two moments")),
        }
    }
}

impl<'de> Deserialize<'de> for Between {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BetweenVisitor)
    }
}

impl JsonSchema for Between {
    fn schema_name() -> Cow<'static, str> {
        "Between".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let moment = generator.subschema_for::<When>();
        json_schema!({ "anyOf": [{ "enum": ["run"] }, { "type": "array", "items": moment, "minItems": 2, "maxItems": 2 }] })
    }
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads `Wed`, `wednesday`.
fn weekday(text: &str) -> Result<u8, String> {
    let lower = text.trim().to_lowercase();
    let found = WEEKDAYS.iter().position(|day| lower.len() >= 2 && day.starts_with(lower.as_str()));
    found.and_then(|day| u8::try_from(day).ok()).ok_or_else(|| format!("`{text}` is not a weekday\nwrite Mon, Tue, Wed, Thu, Fri, Sat or Sun"))
}

/// A time of day, since midnight: `08:00`, `24:00`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeOfDay(pub Span);

from_text!(TimeOfDay, { "type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$", "description": "A time of day, UTC: `08:00`; `24:00` is the day's end." });

impl FromText for TimeOfDay {
    fn what() -> String {
        "a time of day such as \"08:00\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let parts = text.trim().split_once(':').and_then(|(h, m)| Some((h.parse::<u64>().ok()?, m.parse::<u64>().ok()?)));
        match parts {
            Some((hours, minutes)) if minutes < 60 && hours * 60 + minutes <= 1440 => Ok(TimeOfDay(Span::from_mins(hours * 60 + minutes))),
            _ => Err(format!("`{text}` is not a time of day\nwrite it as \"08:00\", from \"00:00\" to \"24:00\"")),
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.as_nanos() / Span::from_mins(1).as_nanos();
        write!(f, "{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// Days of the week: `Mon-Fri`, `Sat, Sun`, `daily`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Days(pub [bool; 7]);

from_text!(Days, { "type": "string", "description": "Days of the week: `Mon-Fri`, `Sat, Sun`, `daily`.", "examples": ["Mon-Fri", "Sat, Sun", "daily"] });

impl FromText for Days {
    fn what() -> String {
        "days of the week such as \"Mon-Fri\", \"Sat, Sun\" or \"daily\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if matches!(text.trim().to_lowercase().as_str(), "daily" | "every day" | "all") {
            return Ok(Days([true; 7]));
        }
        let mut days = [false; 7];
        for part in text.split(',') {
            let (first, last) = match part.split_once('-') {
                Some((first, last)) => (weekday(first)?, weekday(last)?),
                None => (weekday(part)?, weekday(part)?),
            };
            let mut day = first;
            loop {
                if let Some(slot) = days.get_mut(usize::from(day)) {
                    *slot = true;
                }
                if day == last {
                    break;
                }
                day = (day + 1) % 7;
            }
        }
        Ok(Days(days))
    }
}
