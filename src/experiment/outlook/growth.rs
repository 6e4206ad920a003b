//! How fast churn grows, as people say it: `20 % per year`, `2 % per month`.

use std::fmt;
use std::str::FromStr;

/// A factor on all churn beyond this is a slip: nobody plans for a fleet that writes a million times what it does.
pub const MOST_FACTOR: f64 = 1e6;

/// A steady growth, compounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// Growth over `months` \[1\].
    rate: f64,
    /// Over how many months.
    months: f64,
}

impl Growth {
    /// So much a year \[1\].
    pub fn per_year(rate: f64) -> Self {
        Growth { rate, months: 12.0 }
    }

    /// What churn is multiplied by after so many months: (1 + g)^(m / 12) for a growth of g per year.
    pub fn factor(self, months: u32) -> f64 {
        libm::pow(1.0 + self.rate, f64::from(months) / self.months)
    }

    /// The same growth over a year \[1\].
    pub fn in_a_year(self) -> f64 {
        self.factor(12) - 1.0
    }
}

impl FromStr for Growth {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let wrong = |found: &str| format!("{found}; write it like \"20 % per year\" or \"2 % per month\"");
        let (amount, unit) = typed.split_once(" per ").ok_or_else(|| wrong(&format!("`{typed}` does not say over what time")))?;
        let months = match unit.trim() {
            "year" => 12.0,
            "month" => 1.0,
            other => return Err(wrong(&format!("`{other}` is neither a year nor a month"))),
        };
        let number = amount.trim().strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok()).filter(|number| number.is_finite());
        let rate = number.ok_or_else(|| wrong(&format!("`{}` is not a number of per cent", amount.trim())))? / 100.0;
        if rate <= -1.0 {
            return Err(wrong(&format!("`{typed}` leaves nothing, or less")));
        }
        Ok(Growth { rate, months })
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Six decimals of a per cent, without the zeros: 0.1 + 0.2 is not shown as it is stored.
        let percent = (self.rate * 1e8).round() / 1e6;
        write!(f, "{percent} % per {}", if self.months == 1.0 { "month" } else { "year" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_compounded_by_the_month() {
        let yearly: Growth = "20 % per year".parse().unwrap();
        assert!((yearly.factor(12) - 1.2).abs() < 1e-12 && (yearly.factor(36) - 1.728).abs() < 1e-12);
        let monthly: Growth = "2 % per month".parse().unwrap();
        assert!((monthly.factor(2) - 1.0404).abs() < 1e-12 && (monthly.in_a_year() - 0.268_241_794_562_545).abs() < 1e-12);
        assert_eq!((yearly.to_string(), monthly.to_string()), ("20 % per year".to_owned(), "2 % per month".to_owned()));
        assert_eq!(yearly.factor(0), 1.0);
    }

    #[test]
    fn what_is_no_growth_is_refused_with_an_example() {
        for typed in ["20 %", "20 per year", "x % per year", "5 % per week", "-100 % per year", "inf % per year"] {
            let said = typed.parse::<Growth>().unwrap_err();
            assert!(said.contains("20 % per year"), "{said}");
        }
    }
}
