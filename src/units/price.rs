//! Prices: an amount of money for a unit of time, of data, or of data kept for a time.

use std::fmt;
use std::str::FromStr;

use crate::units::UnitError;
use crate::units::text;

/// The currency of the price list, and so of every price: amounts in two currencies cannot be added.
pub const CURRENCY: &str = "USD";

/// A month of a price \[s\]: 730 h, as the source of the gateways' prices reckons it (Infracost), a twelfth of a year of 365 days.
pub const MONTH_S: f64 = 730.0 * 3600.0;

/// What a price is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// So much time: `0.19 USD/h`.
    Time,
    /// So much data: `0.087 USD/GB`.
    Data,
    /// So much data, kept for so much time: `0.16 USD/GiB-month`.
    DataTime,
}

impl Per {
    /// An hour, with its length \[s\].
    pub const HOUR: (&'static str, f64) = ("h", 3600.0);

    /// The unit that quantities of this kind are told in where no price says one, with its size \[s, bytes or byte s\].
    pub fn usual(self) -> (&'static str, f64) {
        match self {
            Per::Time => ("month", MONTH_S),
            Per::Data => ("GB", 1e9),
            Per::DataTime => ("GiB-month", GIB * MONTH_S),
        }
    }

    /// A good price of this kind.
    pub fn example(self) -> &'static str {
        match self {
            Per::Time => "436 USD/month",
            Per::Data => "0.087 USD/GB",
            Per::DataTime => "0.16 USD/GiB-month",
        }
    }

    /// The kind in words.
    pub fn words(self) -> &'static str {
        match self {
            Per::Time => "a price of time",
            Per::Data => "a price of data",
            Per::DataTime => "a price of data kept for a time",
        }
    }
}

const GIB: f64 = 1_073_741_824.0;
const TIB: f64 = 1_099_511_627_776.0;

/// What a price may be for: name, kind, and how many base units (s, bytes, byte s) that is.
const UNITS: &[(&str, Per, f64)] = &[
    ("h", Per::Time, 3600.0),
    ("hour", Per::Time, 3600.0),
    ("day", Per::Time, 86_400.0),
    ("month", Per::Time, MONTH_S),
    ("year", Per::Time, 12.0 * MONTH_S),
    ("GB", Per::Data, 1e9),
    ("GiB", Per::Data, GIB),
    ("TB", Per::Data, 1e12),
    ("TiB", Per::Data, TIB),
    ("GB-month", Per::DataTime, 1e9 * MONTH_S),
    ("GiB-month", Per::DataTime, GIB * MONTH_S),
    ("TB-month", Per::DataTime, 1e12 * MONTH_S),
    ("TiB-month", Per::DataTime, TIB * MONTH_S),
];

/// A dearer one is a slip.
const DEAREST: f64 = 1e9;

/// An amount of money for a unit of something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Of the currency, for one unit.
    amount: f64,
    unit: &'static str,
    per: Per,
    /// One unit in base units \[s, bytes or byte s\].
    size: f64,
}

impl Price {
    /// What it is paid for.
    pub const fn per(self) -> Per {
        self.per
    }

    /// What one unit costs, of the currency.
    pub const fn amount(self) -> f64 {
        self.amount
    }

    /// The unit: `h`, `GB`, `GiB-month`.
    pub const fn unit(self) -> &'static str {
        self.unit
    }

    /// The size of the unit \[s, bytes or byte s\].
    pub const fn size(self) -> f64 {
        self.size
    }

    /// What so much costs, of the currency; `quantity` in s, bytes or byte s, as [`per`](Self::per) says.
    pub fn of(self, quantity: f64) -> f64 {
        self.amount * (quantity / self.size)
    }
}

impl FromStr for Price {
    type Err = UnitError;

    /// Reads `"0.19 USD/h"`, `"0.025 USD/GB"`, `"0.16 USD/GiB-month"`.
    fn from_str(written: &str) -> Result<Self, UnitError> {
        let (amount, unit) = text::split(written, "436 USD/month")?;
        let n = text::plain(amount, 6);
        let examples = format!("write what it is for, such as \"{n} {CURRENCY}/month\", \"{n} {CURRENCY}/h\" or \"{n} {CURRENCY}/GB\"");
        let (currency, per) = match unit.split_once('/') {
            Some((currency, per)) => (currency.trim(), per.trim()),
            None if unit == CURRENCY => return Err(UnitError::new(format!("`{n} {unit}` does not say for what"), examples)),
            None => return Err(UnitError::new(format!("`{}` is not a price", written.trim()), examples)),
        };
        if currency != CURRENCY {
            return Err(UnitError::new(
                format!("`{currency}` is not the currency of the price list"),
                format!("prices are in {CURRENCY}, since amounts in two currencies cannot be added: convert it"),
            ));
        }
        if amount > DEAREST {
            return Err(UnitError::new(format!("`{}` is more than a billion", written.trim()), "write a smaller price"));
        }
        match UNITS.iter().find(|(name, ..)| *name == per) {
            Some(&(unit, per, size)) => Ok(Price { amount, unit, per, size }),
            None => {
                let names = UNITS.iter().map(|(name, ..)| *name);
                Err(match text::nearest(per, names.clone()) {
                    Some(near) => {
                        UnitError::new(format!("`{per}` is nothing that a price is for"), format!("did you mean \"{n} {CURRENCY}/{near}\"?"))
                    }
                    None => {
                        UnitError::new(format!("`{per}` is nothing that a price is for"), format!("known: {}", names.collect::<Vec<_>>().join(", ")))
                    }
                })
            }
        }
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {CURRENCY}/{}", self.amount, self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(text: &str) -> Price {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// Infracost's test of Azure gateways: 0.036, 0.19, 0.49, 1.25, 2.10 and 3.65 USD an hour are 26.28, 138.70, 357.70, 912.50, 1,533 and 2,664.50 a month.
    #[test]
    fn a_month_has_730_hours() {
        for (hour, month) in [(0.036, 26.28), (0.19, 138.70), (0.49, 357.70), (1.25, 912.50), (2.10, 1533.0), (3.65, 2664.50), (0.361, 263.53)] {
            assert!((price(&format!("{hour} USD/h")).of(MONTH_S) - month).abs() < 1e-9, "{hour}");
        }
        assert_eq!(price("436 USD/month").of(MONTH_S), 436.0);
        assert_eq!(price("1200 USD/year").of(MONTH_S), 100.0);
    }

    #[test]
    fn data_is_decimal_or_binary_as_written() {
        assert_eq!(price("0.025 USD/GB").of(1e12), 25.0);
        assert!((price("0.025 USD/GiB").of(1_099_511_627_776.0) - 25.6).abs() < 1e-12, "1 TB of 1024 GB, as the page of 2021 reckons");
        assert!((price("0.16 USD/GiB-month").of(10.0 * GIB * MONTH_S) - 1.6).abs() < 1e-12);
        assert_eq!(price("1 USD/TB-month").of(1e12 * MONTH_S), 1.0);
    }

    #[test]
    fn what_is_no_price_is_refused_with_what_to_write() {
        let refused = |text: &str| text.parse::<Price>().err().map(|error| error.problem).unwrap_or_default();
        assert_eq!(refused("436 USD"), "`436 USD` does not say for what");
        assert_eq!(refused("436"), "`436` is not a price");
        assert_eq!(refused("436 EUR/month"), "`EUR` is not the currency of the price list");
        assert_eq!(refused("0.1 USD/MB/s"), "`MB/s` is nothing that a price is for");
        assert_eq!(refused("-1 USD/h"), "`-1` is negative");
        assert_eq!(refused("$5/h"), "`$5/h` does not start with a number");
        assert_eq!(refused("1e300 USD/h"), "`1e300 USD/h` is more than a billion");
        let near = "0.1 USD/gb-month".parse::<Price>().err().map(|error| error.advice);
        assert_eq!(near.as_deref(), Some("did you mean \"0.1 USD/GB-month\"?"));
    }

    #[test]
    fn prices_print_so_that_they_read_back_the_same() {
        for text in ["0.19 USD/h", "436 USD/month", "0.087 USD/GB", "0.16 USD/GiB-month", "0 USD/month"] {
            assert_eq!(price(text).to_string(), text);
            assert_eq!(price(&price(text).to_string()), price(text));
        }
    }
}
