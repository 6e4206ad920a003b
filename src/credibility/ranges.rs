//! The range of each input that was checked: the list that ships with the program, and what lies outside it.

use serde::Deserialize;

use crate::credibility::inputs::InForce;
use crate::format::{bit_rate, byte_rate, count, duration, number, share};
use crate::results::InputInForce;
use crate::units::{BitRate, ByteRate, Share, Span};

const DATA: &str = include_str!("data/ranges.toml");

/// What a quantity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A whole number.
    Count,
    /// Any number.
    Number,
    /// A time.
    Time,
    /// A rate in bits.
    BitRate,
    /// A rate in bytes.
    ByteRate,
    /// A share.
    Share,
}

impl Unit {
    /// What is written, in SI base units.
    fn read(self, text: &str) -> Option<f64> {
        match self {
            Unit::Count | Unit::Number => text.parse().ok(),
            Unit::Time => text.parse::<Span>().ok().map(Span::as_secs_f64),
            Unit::BitRate => text.parse::<BitRate>().ok().map(BitRate::as_bits_per_s),
            Unit::ByteRate => text.parse::<ByteRate>().ok().map(ByteRate::as_bytes_per_s),
            Unit::Share => text.parse::<Share>().ok().map(Share::get),
        }
    }

    fn words(self, value: f64) -> String {
        match self {
            Unit::Count => count(value as u64),
            Unit::Number => number(value),
            Unit::Time if value > 0.0 && value < 1.0 => format!("{} ms", number(value * 1e3)),
            Unit::Time => duration(value),
            Unit::BitRate => bit_rate(value),
            Unit::ByteRate => byte_rate(value),
            Unit::Share if value > 0.0 && value < 0.001 => format!("{} %", number(value * 100.0)),
            Unit::Share => share(value),
        }
    }
}

/// What of an input was checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Key.
    pub input: String,
    /// What it is, in words.
    pub name: String,
    /// For a quantity: its unit.
    pub unit: Option<Unit>,
    /// For a quantity: the least value that was checked, as people write it.
    pub from: Option<String>,
    /// For a quantity: the largest.
    pub to: Option<String>,
    /// For kinds: those that were checked.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// How and where.
    pub by: String,
    /// Tests that stand behind it, as `file::name`.
    pub tests: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    range: Vec<Range>,
}

/// Every range, in the order of the list.
pub fn ranges() -> Vec<Range> {
    // That the data is good is held by a test.
    toml::from_str::<File>(DATA).unwrap_or_default().range
}

/// What is in force against what was checked; inputs that a world does not have are left out.
pub fn judge(in_force: &InForce) -> Vec<InputInForce> {
    ranges().iter().filter_map(|range| one(range, in_force)).collect()
}

fn one(range: &Range, in_force: &InForce) -> Option<InputInForce> {
    let (found, checked, inside) = match range.bounds() {
        Some((unit, from, to)) => {
            let (least, most) = in_force.quantity(&range.input)?;
            let words = |least: f64, most: f64| {
                let (least, most) = (unit.words(least), unit.words(most));
                if least == most { most } else { format!("{least} to {most}") }
            };
            // Units are read and multiplied, so the last digits of a limit may differ.
            let slack = 1e-9 * to.abs();
            (words(least, most), words(from, to), least >= from - slack && most <= to + slack)
        }
        None => {
            let found = in_force.kinds(&range.input)?;
            (found.join(", "), range.kinds.join(", "), found.iter().all(|kind| range.kinds.iter().any(|known| known == kind)))
        }
    };
    Some(InputInForce { input: range.input.clone(), name: range.name.clone(), found, checked, inside, by: range.by.clone() })
}

impl Range {
    /// Unit, least and largest value of a quantity, in SI base units.
    pub fn bounds(&self) -> Option<(Unit, f64, f64)> {
        let unit = self.unit?;
        Some((unit, unit.read(self.from.as_deref()?)?, unit.read(self.to.as_deref()?)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_and_every_range_is_one() {
        let file: File = toml::from_str(DATA).unwrap();
        assert!(file.range.len() > 15);
        for range in &file.range {
            assert!(!range.by.is_empty() && !range.tests.is_empty(), "{}", range.input);
            match range.bounds() {
                Some((_, from, to)) => assert!(from <= to && range.kinds.is_empty(), "{}", range.input),
                None => assert!(range.unit.is_none() && !range.kinds.is_empty(), "{}", range.input),
            }
        }
    }

    #[test]
    fn a_value_beyond_its_range_is_told_in_its_unit() {
        let mut in_force = InForce::default();
        in_force.add("link.bandwidth", 40e9);
        in_force.add("fleet.vms", 20.0);
        let judged = judge(&in_force);
        let bandwidth = judged.iter().find(|input| input.input == "link.bandwidth").unwrap();
        assert!(!bandwidth.inside && bandwidth.found.contains("40"), "{bandwidth:?}");
        assert!(judged.iter().find(|input| input.input == "fleet.vms").unwrap().inside);
        // What the world does not have is not judged.
        assert_eq!(judged.len(), 2);
    }
}
