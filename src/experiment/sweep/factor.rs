//! What is varied: the values of one key, a range between two, or named levels that set several keys; and what each is in a table.

use crate::experiment::design::Coordinate;
use crate::experiment::figure::Kind;
use crate::experiment::sweep::raw;
use crate::experiment::target::quantity;
use crate::units::CURRENCY;

/// Significant digits of values inside a range: what a table shows is what was simulated.
const DIGITS: usize = 6;

/// One factor of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// What people call it.
    pub name: String,
    /// What its cells hold: numbers of one kind in SI base units, or words.
    pub kind: Option<Kind>,
    /// Whether its values have even ratios.
    pub logarithmic: bool,
    /// Its values.
    pub ways: Ways,
}

/// The values of a factor.
#[derive(Clone, Debug, PartialEq)]
pub enum Ways {
    /// One after the other.
    Listed(Vec<Choice>),
    /// Anything between two.
    Between(Between),
}

/// One value of a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// As a table has it.
    pub cell: String,
    /// What it sets, as `key=value`.
    pub sets: Vec<String>,
}

/// A range of values of one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// The key.
    pub key: String,
    /// First and last value, in `unit`.
    pub from: f64,
    /// Last value.
    pub to: f64,
    /// Unit that values are written in; empty for plain numbers.
    pub unit: String,
    /// Whether only whole numbers are meant.
    pub whole: bool,
    /// Whether ratios are even, not steps.
    pub logarithmic: bool,
}

impl Factor {
    /// The value at a place of the design.
    pub fn choice(&self, at: Coordinate) -> Choice {
        match (&self.ways, at) {
            (Ways::Listed(choices), at) => {
                let index = match at {
                    Coordinate::Level(level) => level as usize,
                    Coordinate::Share(share) => (share * choices.len() as f64) as usize,
                };
                // A share just under 1 may round up to 1.
                choices[index.min(choices.len() - 1)].clone()
            }
            (Ways::Between(between), Coordinate::Share(share)) => between.choice(share),
            // Ranges of a grid are laid out as lists.
            (Ways::Between(between), Coordinate::Level(_)) => between.choice(0.0),
        }
    }

    /// Values that show whether the scenario takes the factor's keys and values: all of a list, the ends of a range.
    pub fn samples(&self) -> Vec<Choice> {
        match &self.ways {
            Ways::Listed(choices) => choices.clone(),
            Ways::Between(between) => vec![between.choice(0.0), between.choice(1.0)],
        }
    }
}

impl Between {
    /// Reads both ends; the error is a problem and an advice.
    pub fn new(key: &str, range: &raw::Range, logarithmic: bool) -> Result<Self, (String, String)> {
        let (from, to) = (end(&range.from), end(&range.to));
        let number = |found: &raw::Scalar| (format!("`{found}` is not a quantity"), "write a number, with its unit where it has one".to_owned());
        let (from_kind, from_base, unit) = from.ok_or_else(|| number(&range.from))?;
        let (to_kind, to_base, _) = to.ok_or_else(|| number(&range.to))?;
        if from_kind != to_kind {
            return Err((format!("`{}` and `{}` are not of one kind", *range.from, *range.to), "write both ends in units of one kind".to_owned()));
        }
        if to_base <= from_base {
            return Err((format!("`{}` is not more than `{}`", *range.to, *range.from), "write the smaller end first".to_owned()));
        }
        if logarithmic && from_base <= 0.0 {
            return Err(("even ratios cannot begin at nothing".to_owned(), "begin above 0, or write `range`".to_owned()));
        }
        let per = base_of_one(&unit);
        let whole = matches!((&*range.from, &*range.to), (raw::Scalar::Whole(_), raw::Scalar::Whole(_)));
        Ok(Between { key: key.to_owned(), from: from_base / per, to: to_base / per, unit, whole, logarithmic })
    }

    /// From a value divided by `ratio` to the value times it, in even ratios; `None` for what is no quantity above 0.
    pub fn times(key: &str, value: &raw::Scalar, ratio: f64) -> Option<Self> {
        let (_, base, unit) = end(value).filter(|(_, base, _)| *base > 0.0)?;
        let value = base / base_of_one(&unit);
        Some(Between { key: key.to_owned(), from: value / ratio, to: value * ratio, unit, whole: false, logarithmic: true })
    }

    /// From a share less so many `points` to the share and as many, 0 and 1 at most; `None` for what is no quantity.
    pub fn points(key: &str, value: &raw::Scalar, points: f64) -> Option<Self> {
        let (_, base, unit) = end(value)?;
        let per = base_of_one(&unit);
        let (from, to) = ((base - points).max(0.0) / per, (base + points).min(1.0) / per);
        Some(Between { key: key.to_owned(), from, to, unit, whole: false, logarithmic: false })
    }

    /// The kind of its values.
    pub fn kind(&self) -> Kind {
        quantity(&self.written(self.from)).map_or(Kind::Count, |(kind, _)| kind)
    }

    /// The part from one share of the way to another.
    pub fn part(&self, from: f64, to: f64) -> Self {
        Between { from: self.value(from), to: self.value(to), ..self.clone() }
    }

    fn value(&self, share: f64) -> f64 {
        let value = match self.logarithmic {
            true => self.from * libm::pow(self.to / self.from, share),
            false => self.from + (self.to - self.from) * share,
        };
        if self.whole { value.round() } else { rounded(value) }
    }

    /// The value at a share of the way.
    pub fn choice(&self, share: f64) -> Choice {
        let value = self.value(share);
        let written = self.written(value);
        let toml = if self.unit.is_empty() { written.clone() } else { format!("{written:?}") };
        Choice { cell: cell(&written).1, sets: vec![format!("{}={toml}", self.key)] }
    }

    /// Base units in one of its unit.
    pub fn per(&self) -> f64 {
        base_of_one(&self.unit)
    }

    /// Another quantity of the same kind, in its unit; `None` if it is of another kind.
    pub fn in_unit(&self, scalar: &raw::Scalar) -> Option<f64> {
        end(scalar).filter(|(kind, ..)| *kind == self.kind()).map(|(_, base, _)| base / self.per())
    }

    fn written(&self, value: f64) -> String {
        match self.unit.as_str() {
            "" if self.whole => value.to_string(),
            // TOML tells 1 from 1.0, and so do some keys.
            "" => format!("{value:?}"),
            unit => format!("{value} {unit}"),
        }
    }
}

/// One value as its kind (if it is a quantity) and its cell: a quantity in SI base units, or the words as they are.
pub fn cell(written: &str) -> (Option<Kind>, String) {
    match quantity(written) {
        Some((kind, value)) => (Some(kind), value.to_string()),
        None => (None, written.to_owned()),
    }
}

/// An end of a range: kind, value in base units, and the unit it is written in.
fn end(scalar: &raw::Scalar) -> Option<(Kind, f64, String)> {
    let text = match scalar {
        raw::Scalar::Flag(_) => return None,
        other => other.to_string(),
    };
    let (kind, value) = quantity(&text)?;
    let unit = text.trim_start().trim_start_matches(|letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '_' | '+' | '-')).trim();
    // Several numbers in one text, as in `1 h 30 min`, or an exponent: base units then.
    let unit = match kind {
        Kind::Count => "",
        _ if !unit.contains(|letter: char| letter.is_ascii_digit()) && quantity(&format!("1 {unit}")).is_some() => unit,
        Kind::Time => "s",
        Kind::Amount => "B",
        Kind::BitRate => "bps",
        Kind::ByteRate => "B/s",
        Kind::Share => "%",
        Kind::Money => CURRENCY,
    };
    Some((kind, value, unit.to_owned()))
}

/// One of a unit in base units.
fn base_of_one(unit: &str) -> f64 {
    if unit.is_empty() { 1.0 } else { quantity(&format!("1 {unit}")).map_or(1.0, |(_, base)| base) }
}

/// To so many significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::At;

    fn range(from: raw::Scalar, to: raw::Scalar) -> raw::Range {
        let at = |value| At { value, span: 0..0 };
        raw::Range { from: at(from), to: at(to), steps: None }
    }

    fn text(text: &str) -> raw::Scalar {
        raw::Scalar::Text(text.to_owned())
    }

    fn sets(between: &Between, steps: u32) -> Vec<String> {
        (0..steps).flat_map(|step| between.choice(f64::from(step) / f64::from(steps - 1)).sets).collect()
    }

    #[test]
    fn a_range_is_written_in_the_unit_of_its_first_end_and_tabled_in_base_units() {
        let between = Between::new("bandwidth", &range(text("100 Mbps"), text("1 Gbps")), true).unwrap();
        assert_eq!(sets(&between, 3), ["bandwidth=\"100 Mbps\"", "bandwidth=\"316.228 Mbps\"", "bandwidth=\"1000 Mbps\""]);
        assert_eq!(between.choice(0.5).cell, "316228000");
        assert_eq!(between.kind(), Kind::BitRate);
    }

    #[test]
    fn times_shares_and_plain_numbers_have_ranges_too() {
        let time = Between::new("rtt", &range(text("1 h 30 min"), text("2 h")), false).unwrap();
        assert_eq!(sets(&time, 2), ["rtt=\"5400 s\"", "rtt=\"7200 s\""]);
        let share = Between::new("free", &range(text("10 %"), text("30 %")), false).unwrap();
        assert_eq!(sets(&share, 3), ["free=\"10 %\"", "free=\"20 %\"", "free=\"30 %\""]);
        assert_eq!(share.choice(0.5).cell, "0.2");
        let whole = Between::new("count", &range(raw::Scalar::Whole(1), raw::Scalar::Whole(10)), true).unwrap();
        assert_eq!(sets(&whole, 3), ["count=1", "count=3", "count=10"]);
        let real = Between::new("scale", &range(raw::Scalar::Real(1.0), raw::Scalar::Real(2.0)), false).unwrap();
        assert_eq!(sets(&real, 3), ["scale=1.0", "scale=1.5", "scale=2.0"]);
    }

    #[test]
    fn a_range_around_a_value_goes_as_far_both_ways_and_a_share_stays_one() {
        let size = Between::times("io", &text("16 KiB"), 2.0).unwrap();
        assert_eq!(sets(&size, 3), ["io=\"8 KiB\"", "io=\"16 KiB\"", "io=\"32 KiB\""]);
        let number = Between::times("factor", &text("0.8"), 2.0).unwrap();
        assert_eq!(sets(&number, 3), ["factor=0.4", "factor=0.8", "factor=1.6"]);
        let share = Between::points("payload", &text("97 %"), 0.1).unwrap();
        assert_eq!(sets(&share, 2), ["payload=\"87 %\"", "payload=\"100 %\""]);
        assert_eq!(sets(&Between::points("failure", &text("0 %"), 0.1).unwrap(), 2), ["failure=\"0 %\"", "failure=\"10 %\""]);
        assert_eq!((Between::times("delay", &text("0 s"), 2.0), Between::times("rate", &text("off"), 2.0)), (None, None));
    }

    #[test]
    fn ends_that_do_not_go_together_are_refused() {
        for (from, to, logarithmic) in [
            (text("100 Mbps"), text("1 h"), false),
            (text("2 h"), text("1 h"), false),
            (text("soon"), text("1 h"), false),
            (raw::Scalar::Flag(false), raw::Scalar::Flag(true), false),
            (text("0 s"), text("1 h"), true),
        ] {
            assert!(Between::new("key", &range(from.clone(), to.clone()), logarithmic).is_err(), "{from} to {to}");
        }
    }
}
