//! Bit rates (links) and byte rates (disks, caches). They convert only by name.

use std::fmt;
use std::str::FromStr;

use crate::units::UnitError;
use crate::units::text::{self, BIT_RATES, Kind, Unit};

/// A transmission rate \[bit/s\], decimal: 1 Mbps = 10^6 bit/s.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct BitRate(f64);

/// A rate of data \[bytes/s\].
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct ByteRate(f64);

impl BitRate {
    /// From bits per second; the caller guarantees a finite value of at least 0.
    pub const fn from_bits_per_s(bits: f64) -> Self {
        BitRate(bits)
    }

    /// From decimal megabits per second.
    pub const fn from_mbps(mbps: f64) -> Self {
        BitRate(mbps * 1e6)
    }

    /// Bits per second.
    pub const fn as_bits_per_s(self) -> f64 {
        self.0
    }

    /// The same rate counted in bytes (8 bits each).
    pub fn to_byte_rate(self) -> ByteRate {
        ByteRate(self.0 / 8.0)
    }
}

impl ByteRate {
    /// From bytes per second; the caller guarantees a finite value of at least 0.
    pub const fn from_bytes_per_s(bytes: f64) -> Self {
        ByteRate(bytes)
    }

    /// Bytes per second.
    pub const fn as_bytes_per_s(self) -> f64 {
        self.0
    }

    /// The same rate counted in bits.
    pub fn to_bit_rate(self) -> BitRate {
        BitRate(self.0 * 8.0)
    }
}

impl FromStr for BitRate {
    type Err = UnitError;

    /// Reads `"250 Mbps"`, `"1 Gbit/s"`, and, because it says so by name, bytes as in `"30 MB/s"`.
    fn from_str(written: &str) -> Result<Self, UnitError> {
        let (number, unit) = text::split(written, "250 Mbps")?;
        let bits = text::factor(BIT_RATES, unit).map(|factor| number * factor);
        let bits = bits.or_else(|| text::byte_rate(number, unit).map(|bytes| bytes * 8.0));
        let bits = bits.ok_or_else(|| wrong_bit_rate(number, unit))?;
        text::check_number(bits, written.trim())?;
        Ok(BitRate(bits))
    }
}

fn wrong_bit_rate(number: f64, unit: &str) -> UnitError {
    let n = text::plain(number, 6);
    match text::kind_of(unit) {
        Kind::Size | Kind::BitSize => UnitError::new(format!("`{unit}` is an amount of data, not a rate"), bytes_or_bits(&n, unit)),
        Kind::Time => UnitError::new(format!("`{unit}` is a unit of time, not a rate"), format!("write a bandwidth, such as \"{n} Mbps\"")),
        _ if unit.is_empty() => UnitError::new(format!("`{n}` has no unit"), format!("write a bandwidth with its unit, such as \"{n} Mbps\"")),
        // MBps: bytes, which the nearest unit of bits would make an eighth of.
        _ if unit.ends_with("Bps") => UnitError::new(format!("`{unit}` is not a unit of bandwidth"), bytes_or_bits(&n, unit)),
        _ => match text::nearest(unit, BIT_RATES.iter().map(|(name, _)| *name)) {
            Some(near) => UnitError::new(format!("`{unit}` is not a unit of bandwidth"), format!("did you mean \"{n} {near}\"?")),
            None => {
                UnitError::new(format!("`{unit}` is not a unit of bandwidth"), "known units: bps, kbps, Mbps, Gbps, Tbps, and bytes such as MB/s")
            }
        },
    }
}

fn bytes_or_bits(n: &str, unit: &str) -> String {
    format!("write \"{n} {}/s\" (bytes per second) or \"{n} {}\" (bits per second)", byte_form(unit), bit_form(unit))
}

/// `MB` for `MB` and for `Mb`.
fn byte_form(unit: &str) -> String {
    let prefix: String = unit.chars().take_while(|c| "kKMGTPi".contains(*c)).collect();
    format!("{prefix}B")
}

/// `Mbps` for `MB`, `MiB` and `Mb`.
fn bit_form(unit: &str) -> String {
    match unit.chars().next() {
        Some('k' | 'K') => "kbps".to_string(),
        Some(prefix @ ('M' | 'G' | 'T')) => format!("{prefix}bps"),
        _ => "bps".to_string(),
    }
}

impl fmt::Display for BitRate {
    /// As people write it, to three decimals: `250 Mbps`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: &[Unit] = &[("bps", 1.0), ("kbps", 1e3), ("Mbps", 1e6), ("Gbps", 1e9), ("Tbps", 1e12)];
        f.write_str(&text::scaled(self.0, SHOWN))
    }
}

impl FromStr for ByteRate {
    type Err = UnitError;

    /// Reads `"2 MB/s"`, `"170 GB/day"`; bits are refused by name.
    fn from_str(written: &str) -> Result<Self, UnitError> {
        let (number, unit) = text::split(written, "2 MB/s")?;
        let bytes = text::byte_rate(number, unit).ok_or_else(|| wrong_byte_rate(number, unit))?;
        text::check_number(bytes, written.trim())?;
        Ok(ByteRate(bytes))
    }
}

fn wrong_byte_rate(number: f64, unit: &str) -> UnitError {
    let n = text::plain(number, 6);
    match text::kind_of(unit) {
        Kind::BitRate => {
            let bytes = ByteRate(number * text::factor(BIT_RATES, unit).unwrap_or(1.0) / 8.0);
            UnitError::new(format!("`{unit}` counts bits; disks are written in bytes"), format!("\"{n} {unit}\" is \"{bytes}\""))
        }
        Kind::Size => UnitError::new(format!("`{unit}` is an amount of data, not a rate"), format!("write \"{n} {unit}/s\" or \"{n} {unit}/day\"")),
        Kind::BitSize => UnitError::new(
            format!("`{unit}` counts bits, and is not a rate"),
            format!("write bytes per second, such as \"{n} {}/s\"", byte_form(unit)),
        ),
        Kind::Time => UnitError::new(format!("`{unit}` is a unit of time, not a rate"), format!("write a rate of data, such as \"{n} MB/s\"")),
        _ if unit.is_empty() => UnitError::new(format!("`{n}` has no unit"), format!("write a rate of data with its unit, such as \"{n} MB/s\"")),
        _ => match text::nearest(unit, BYTE_RATES.iter().map(|(name, _)| *name)) {
            Some(near) => UnitError::new(format!("`{unit}` is not a unit of data rate"), format!("did you mean \"{n} {near}\"?")),
            None => UnitError::new(
                format!("`{unit}` is not a unit of data rate"),
                "known units: B, kB, MB, GB, TB or KiB, MiB, GiB, TiB per s, min, h or day",
            ),
        },
    }
}

const BYTE_RATES: &[Unit] = &[("B/s", 1.0), ("kB/s", 1e3), ("MB/s", 1e6), ("GB/s", 1e9), ("TB/s", 1e12)];

impl fmt::Display for ByteRate {
    /// As people write it, to three decimals: `2 MB/s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::scaled(self.0, BYTE_RATES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_rates_are_decimal_and_take_bytes_by_name() {
        let bits = |text: &str| text.parse::<BitRate>().map(BitRate::as_bits_per_s).map_err(|e| e.to_string());
        assert_eq!(bits("250 Mbps"), Ok(250e6));
        assert_eq!(bits("1 Gbit/s"), Ok(1e9));
        assert_eq!(bits("512 Kbps"), Ok(512e3));
        assert_eq!(bits("30 MB/s"), Ok(240e6));
        assert_eq!(bits("0 bps"), Ok(0.0));
    }

    #[test]
    fn an_amount_is_not_a_rate() {
        let error = "200 MB".parse::<BitRate>().err();
        assert_eq!(
            error,
            Some(UnitError::new("`MB` is an amount of data, not a rate", "write \"200 MB/s\" (bytes per second) or \"200 Mbps\" (bits per second)"))
        );
        assert_eq!("500 Mpbs".parse::<BitRate>().err().map(|e| e.advice), Some("did you mean \"500 Mbps\"?".to_string()));
        let bytes = Some("write \"150 MB/s\" (bytes per second) or \"150 Mbps\" (bits per second)".to_string());
        assert_eq!("150 MBps".parse::<BitRate>().err().map(|e| e.advice), bytes);
        assert_eq!("500 mbps".parse::<BitRate>().err().map(|e| e.advice), Some("did you mean \"500 Mbps\"?".to_string()));
        assert_eq!("-3 Mbps".parse::<BitRate>().err().map(|e| e.problem), Some("`-3` is negative".to_string()));
        assert_eq!("1e308 Gbps".parse::<BitRate>().err().map(|e| e.problem), Some("`1e308 Gbps` is not a finite number".to_string()));
    }

    #[test]
    fn byte_rates_refuse_bits_and_convert_for_the_reader() {
        let bytes = |text: &str| text.parse::<ByteRate>().map(ByteRate::as_bytes_per_s).map_err(|e| e.to_string());
        assert_eq!(bytes("2 MB/s"), Ok(2e6));
        assert_eq!(bytes("86.4 GB/day"), Ok(1e6));
        assert_eq!(bytes("1 MiB/s"), Ok(1_048_576.0));
        let refused = "3.2 Mbps".parse::<ByteRate>().err();
        assert_eq!(refused, Some(UnitError::new("`Mbps` counts bits; disks are written in bytes", "\"3.2 Mbps\" is \"400 kB/s\"")));
    }

    #[test]
    fn rates_print_as_people_write_them() {
        assert_eq!(BitRate::from_mbps(250.0).to_string(), "250 Mbps");
        assert_eq!(BitRate::from_mbps(1500.0).to_string(), "1.5 Gbps");
        assert_eq!(ByteRate::from_bytes_per_s(2e6).to_string(), "2 MB/s");
        assert_eq!(ByteRate::from_bytes_per_s(0.0).to_string(), "0 B/s");
    }
}
