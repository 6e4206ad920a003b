//! One value of a profile: what it is, where it comes from, how far it can be trusted.

use std::fmt;

use crate::units::{BitRate, ByteRate, DataSize, DurationLaw, Per, Price, Share, Span};

/// The value of a price that no source of the list states: what it is for is known, and a scenario may state it.
pub const NOT_LISTED: &str = "not listed";

/// How well a value is founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Published by the vendor or in a cited study.
    Documented,
    /// Arithmetic on documented values.
    Derived,
    /// Nobody has published it.
    Assumed,
    /// No source at hand states it, and nothing stands in its place: a scenario may state it.
    Missing,
}

impl Standing {
    /// From its name in a data file.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "documented" => Standing::Documented,
            "derived" => Standing::Derived,
            "assumed" => Standing::Assumed,
            "missing" => Standing::Missing,
            _ => return None,
        })
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Standing::Documented => "documented",
            Standing::Derived => "derived",
            Standing::Assumed => "assumed",
            Standing::Missing => "missing",
        })
    }
}

/// What kind of quantity a value is; it decides how an override is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A length of time: `15 min`.
    Time,
    /// The law of a length of time: `8 min to 10 min`.
    Law,
    /// An amount of data: `600 GiB`.
    Size,
    /// A bandwidth: `250 Mbps`.
    BitRate,
    /// A rate of data: `2 MB/s`.
    ByteRate,
    /// A share of a whole: `30 %`.
    Share,
    /// A real number of at least 0.
    Number,
    /// A whole number.
    Count,
    /// Yes or no.
    Flag,
    /// A rate of data, or `documented`.
    Ceiling,
    /// A calendar instant: `2026-01-05 00:00`.
    Moment,
    /// A price, or `not listed`.
    Price(Per),
    /// A name.
    Text,
}

impl Unit {
    /// From its name in a data file.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "time" => Unit::Time,
            "law" => Unit::Law,
            "size" => Unit::Size,
            "bit rate" => Unit::BitRate,
            "byte rate" => Unit::ByteRate,
            "share" => Unit::Share,
            "number" => Unit::Number,
            "count" => Unit::Count,
            "flag" => Unit::Flag,
            "ceiling" => Unit::Ceiling,
            "moment" => Unit::Moment,
            "price of time" => Unit::Price(Per::Time),
            "price of data" => Unit::Price(Per::Data),
            "price of data kept" => Unit::Price(Per::DataTime),
            "text" => Unit::Text,
            _ => return None,
        })
    }

    /// Checks that `text` is a value of this kind; the error says what to write instead (problem and advice on two lines).
    pub(super) fn check(self, text: &str) -> Result<(), String> {
        match self {
            Unit::Time => text.parse::<Span>().map(drop).map_err(|e| e.to_string()),
            Unit::Law => text.parse::<DurationLaw>().map(drop).map_err(|e| e.to_string()),
            Unit::Size => text.parse::<DataSize>().map(drop).map_err(|e| e.to_string()),
            Unit::BitRate => text.parse::<BitRate>().map(drop).map_err(|e| e.to_string()),
            Unit::ByteRate => text.parse::<ByteRate>().map(drop).map_err(|e| e.to_string()),
            Unit::Share => text.parse::<Share>().map(drop).map_err(|e| e.to_string()),
            Unit::Number => match text.parse::<f64>() {
                Ok(number) if number.is_finite() && number >= 0.0 => Ok(()),
                _ => Err(format!("`{text}` is not a number of at least 0\nwrite a number, such as 0.8")),
            },
            Unit::Count => text.parse::<u64>().map(drop).map_err(|_| format!("`{text}` is not a whole number\nwrite a whole number, such as 4")),
            Unit::Flag => text.parse::<bool>().map(drop).map_err(|_| format!("`{text}` is neither true nor false\nwrite true or false")),
            Unit::Ceiling if text == "documented" => Ok(()),
            Unit::Ceiling => text.parse::<ByteRate>().map(drop).map_err(|e| format!("{e}, \"documented\" or \"off\"")),
            Unit::Moment => {
                let read = text.parse::<jiff::civil::DateTime>().map(drop);
                read.map_err(|e| format!("`{text}` is not a calendar instant: {e}\nwrite it as \"2026-01-05 00:00\""))
            }
            Unit::Price(_) if text == NOT_LISTED => Ok(()),
            Unit::Price(per) => {
                let price: Price = text.parse().map_err(|e: crate::units::UnitError| e.to_string())?;
                let (found, wanted) = (price.per(), per.words());
                if found == per {
                    Ok(())
                } else {
                    Err(format!("`{text}` is {}, wanted is {wanted}\nwrite a price such as \"{}\"", found.words(), per.example()))
                }
            }
            Unit::Text => Ok(()),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::Time => "time",
            Unit::Law => "law of a time",
            Unit::Size => "size",
            Unit::BitRate => "bit rate",
            Unit::ByteRate => "byte rate",
            Unit::Share => "share",
            Unit::Number => "number",
            Unit::Count => "count",
            Unit::Flag => "flag",
            Unit::Ceiling => "ceiling",
            Unit::Moment => "moment",
            Unit::Price(Per::Time) => "price of time",
            Unit::Price(Per::Data) => "price of data",
            Unit::Price(Per::DataTime) => "price of data kept for a time",
            Unit::Text => "text",
        })
    }
}

impl Entry {
    /// The key as `--set` takes it: below `override` (prices: below `cost`), with quotes where TOML needs them.
    pub fn override_key(&self) -> String {
        let table = if self.key.starts_with("prices.") { "cost" } else { "override" };
        format!("{table}.{}", super::toml_key(&self.key))
    }

    /// Checks that `text` may stand as this value; problem and advice on two lines.
    pub(super) fn check(&self, text: &str) -> Result<(), String> {
        if !self.choices.is_empty() {
            let known = self.choices.iter().any(|choice| choice == text);
            return if known { Ok(()) } else { Err(format!("`{text}` is no choice of `{}`\nknown: {}", self.key, self.choices.join(", "))) };
        }
        if text == "off" && matches!(self.unit, Unit::Price(_)) {
            return Err(format!("`{}` cannot be off\nwrite \"0 USD/…\" for what costs you nothing", self.key));
        }
        if text == "off" { Ok(()) } else { self.unit.check(text) }
    }
}

/// A value with its provenance.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Dotted key: `policy.crash_every`, `vpn_gateway.VpnGw2 gen1.aggregate`.
    pub key: String,
    /// Value as people write it; `off` where there is no such limit.
    pub value: String,
    /// What kind of quantity it is.
    pub unit: Unit,
    /// Source, in a phrase.
    pub source: String,
    /// Date of the source.
    pub date: String,
    /// How well it is founded.
    pub standing: Standing,
    /// The names it may have, for a text with a choice; empty where any will do.
    pub choices: Vec<String>,
    /// What else to know about it; may be empty.
    pub note: String,
    /// The rule set that states it: the profile itself or one that it is based on.
    pub stated_in: String,
}
