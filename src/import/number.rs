//! Decimal numbers straight from bytes: the hot loop of every import.

/// Why a cell holds no usable number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadNumber {
    /// Not a decimal number at all.
    NotANumber,
    /// NaN or infinity, spelled out.
    NotFinite,
    /// Below zero.
    Negative,
    /// Beyond the range of a 64-bit float.
    Overflow,
}

impl BadNumber {
    /// What to expect where a rate is far too large.
    pub(super) const ABSURD: &str = "a rate that a disk can reach: is the unit right?";

    /// What should be in the cell instead.
    pub(super) fn expected(self) -> &'static str {
        match self {
            BadNumber::NotANumber => "a number with a decimal point, or an empty cell for a missing sample",
            BadNumber::NotFinite => "a finite number, or an empty cell for a missing sample",
            BadNumber::Negative => "a number of at least 0",
            BadNumber::Overflow => "a number below 1e308",
        }
    }
}

/// No disk writes a petabyte per second: that is a wrong unit, not a rate \[bytes/s\].
const ABSURD_RATE: f64 = 1e15;

/// The rate of a number in units of so many bytes/s; `None` if no disk could write that.
pub(super) fn rate(number: f64, bytes_per_s: f64) -> Option<f64> {
    Some(number * bytes_per_s).filter(|rate| *rate <= ABSURD_RATE || rate.is_nan())
}

/// Digits that fit a 64-bit float's mantissa whatever they are.
const EXACT_DIGITS: usize = 15;

/// Powers of ten that a 64-bit float holds exactly, so one division rounds correctly.
const TENS: [f64; EXACT_DIGITS + 1] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A number of at least 0, written with a decimal point and perhaps an exponent.
pub(super) fn non_negative(text: &[u8]) -> Result<f64, BadNumber> {
    if let Some(number) = plain(text) {
        return Ok(number);
    }
    let text = str::from_utf8(text).map_err(|_| BadNumber::NotANumber)?;
    let number: f64 = text.parse().map_err(|_| BadNumber::NotANumber)?;
    // The standard parser takes "nan", "inf" and "infinity" too, and turns an overflow into infinity.
    match text.bytes().any(|byte| byte.is_ascii_digit()) {
        false => Err(BadNumber::NotFinite),
        true if number.is_infinite() => Err(BadNumber::Overflow),
        true if number < 0.0 => Err(BadNumber::Negative),
        true => Ok(number.abs()),
    }
}

/// Up to 15 digits with at most one point among them; anything else is left to the general parser.
fn plain(text: &[u8]) -> Option<f64> {
    if text.len() > EXACT_DIGITS + 1 {
        return None;
    }
    let (mut mantissa, mut digits, mut point) = (0u64, 0, None);
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                digits += 1;
            }
            b'.' if point.is_none() => point = Some(digits),
            _ => return None,
        }
    }
    if digits == 0 || digits > EXACT_DIGITS {
        return None;
    }
    Some(mantissa as f64 / TENS[point.map_or(0, |at| digits - at)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard_parser() {
        for text in [
            "0",
            "7",
            "13.133333333333333",
            "0.06666666666666667",
            "1.6703488E7",
            "999999999999999",
            "9999999999999999",
            ".5",
            "5.",
            "1e-3",
            "+4",
            "-0",
        ] {
            assert_eq!(non_negative(text.as_bytes()), Ok(text.parse::<f64>().unwrap().abs()), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, why) in [
            ("", BadNumber::NotANumber),
            (".", BadNumber::NotANumber),
            ("1,5", BadNumber::NotANumber),
            ("1 000", BadNumber::NotANumber),
            ("12kB", BadNumber::NotANumber),
            ("nan", BadNumber::NotFinite),
            ("-inf", BadNumber::NotFinite),
            ("1e400", BadNumber::Overflow),
            ("-3", BadNumber::Negative),
        ] {
            assert_eq!(non_negative(text.as_bytes()), Err(why), "{text}");
        }
    }
}
