//! Shares between 0 and 1.

use std::fmt;
use std::str::FromStr;

use crate::units::UnitError;
use crate::units::text;

/// A share of a whole, a number between 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// Nothing.
    pub const ZERO: Share = Share(0.0);
    /// All.
    pub const ONE: Share = Share(1.0);

    /// From a number; `None` unless it lies in 0..=1.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Share(value))
    }

    /// The share as a number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Share {
    type Err = UnitError;

    /// Reads `"30 %"` or `"0.3"`.
    fn from_str(written: &str) -> Result<Self, UnitError> {
        let (number, unit) = text::split(written, "30 %")?;
        let value = match unit {
            "" => number,
            "%" => number / 100.0,
            other => return Err(UnitError::new(format!("`{other}` is not a share"), "write a share, such as \"30 %\" or 0.3")),
        };
        Share::new(value).ok_or_else(|| {
            let advice = if unit.is_empty() && value <= 100.0 {
                format!("write a number from 0 to 1, or \"{} %\"", text::plain(number, 6))
            } else {
                "write a share from \"0 %\" to \"100 %\"".to_string()
            };
            UnitError::new(format!("`{}` is more than the whole", written.trim()), advice)
        })
    }
}

impl fmt::Display for Share {
    /// As a percentage with up to six significant decimals: `30 %`, `0.001 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.0 * 100.0;
        let decimals = if percent >= 1.0 { 3 } else { 9 };
        write!(f, "{} %", text::plain(percent, decimals))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_read_as_percent_or_number() {
        assert_eq!("30 %".parse(), Ok(Share(0.3)));
        assert_eq!("0.3".parse(), Ok(Share(0.3)));
        assert_eq!("1e-5".parse(), Ok(Share(1e-5)));
        assert_eq!("100%".parse(), Ok(Share::ONE));
    }

    #[test]
    fn more_than_the_whole_is_refused() {
        let error = "30".parse::<Share>().err();
        assert_eq!(error, Some(UnitError::new("`30` is more than the whole", "write a number from 0 to 1, or \"30 %\"")));
        assert!("130 %".parse::<Share>().is_err());
        assert!("-1 %".parse::<Share>().is_err());
        assert!("NaN".parse::<Share>().is_err());
        assert!("3 Mbps".parse::<Share>().is_err());
    }

    #[test]
    fn shares_print_as_percent() {
        assert_eq!(Share(0.3).to_string(), "30 %");
        assert_eq!(Share(1e-5).to_string(), "0.001 %");
        assert_eq!(Share::ONE.to_string(), "100 %");
    }
}
