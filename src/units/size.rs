//! Amounts of data in bytes.

use std::fmt;
use std::str::FromStr;

use crate::units::UnitError;
use crate::units::text::{self, Kind, SIZES, Unit};

/// An amount of data, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataSize(u64);

impl DataSize {
    /// From whole bytes.
    pub const fn from_bytes(bytes: u64) -> Self {
        DataSize(bytes)
    }

    /// From GiB (2^30 bytes).
    pub const fn from_gib(gib: u64) -> Self {
        DataSize(gib << 30)
    }

    /// Bytes.
    pub const fn as_bytes(self) -> u64 {
        self.0
    }

    /// Bytes as a real number, for the fluid model.
    pub const fn as_f64(self) -> f64 {
        self.0 as f64
    }
}

impl FromStr for DataSize {
    type Err = UnitError;

    /// Reads `"600 GiB"`, `"1.5 TB"`; units are case-sensitive, bits and rates are refused by name.
    fn from_str(written: &str) -> Result<Self, UnitError> {
        let (number, unit) = text::split(written, "600 GiB")?;
        let factor = text::factor(SIZES, unit).ok_or_else(|| wrong_unit(number, unit))?;
        // Whole numbers exactly: a real number holds only 53 bits.
        let bytes = match text::whole(written) {
            Some(whole) => u128::from(whole) * factor as u128,
            None => (number * factor).round() as u128,
        };
        // 2^63: beyond it a count of bytes is a slip, and sums of a few such sizes still fit.
        if bytes >= 1 << 63 {
            return Err(UnitError::new(format!("`{}` is more than 8 EiB", written.trim()), "write a smaller size"));
        }
        Ok(DataSize(bytes as u64))
    }
}

fn wrong_unit(number: f64, unit: &str) -> UnitError {
    let n = text::plain(number, 6);
    match text::kind_of(unit) {
        Kind::BitSize => UnitError::new(
            format!("`{unit}` counts bits; sizes are in bytes"),
            format!("write a size in bytes, such as \"{n} {}\" (8 times as much as \"{n} {unit}\")", to_bytes(unit)),
        ),
        Kind::BitRate | Kind::ByteRate => {
            UnitError::new(format!("`{unit}` is a rate, not an amount of data"), format!("write a size, such as \"{n} GiB\" or \"{n} GB\""))
        }
        Kind::Time => UnitError::new(format!("`{unit}` is a unit of time, not of data"), format!("write a size, such as \"{n} GiB\"")),
        _ if unit.is_empty() => UnitError::new(format!("`{n}` has no unit"), format!("write a size with its unit, such as \"{n} GiB\"")),
        _ => match text::nearest(unit, SIZES.iter().map(|(name, _)| *name)) {
            Some(near) => UnitError::new(format!("`{unit}` is not a unit of size"), format!("did you mean \"{n} {near}\"?")),
            None => UnitError::new(format!("`{unit}` is not a unit of size"), "known units: B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB"),
        },
    }
}

/// The byte unit with the prefix of a bit unit.
fn to_bytes(unit: &str) -> String {
    match unit.chars().next() {
        Some(prefix @ ('K' | 'M' | 'G' | 'T')) => format!("{prefix}B"),
        Some('k') => "kB".to_string(),
        _ => "B".to_string(),
    }
}

impl fmt::Display for DataSize {
    /// As people write it, in the largest unit that is exact to three decimals: `600 GiB`, `1.5 TB`, `123 B`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EXACT: &[Unit] = &[
            ("PiB", 1_125_899_906_842_624.0),
            ("TiB", 1_099_511_627_776.0),
            ("PB", 1e15),
            ("TB", 1e12),
            ("GiB", 1_073_741_824.0),
            ("GB", 1e9),
            ("MiB", 1_048_576.0),
            ("MB", 1e6),
            ("KiB", 1024.0),
            ("kB", 1e3),
        ];
        let bytes = self.0 as f64;
        for (name, factor) in EXACT {
            let shown = format!("{} {name}", text::plain(bytes / factor, 3));
            if bytes >= *factor && shown.parse() == Ok(*self) {
                return f.write_str(&shown);
            }
        }
        write!(f, "{} B", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_write_them() {
        let bytes = |text: &str| text.parse::<DataSize>().map(DataSize::as_bytes).map_err(|e| e.to_string());
        assert_eq!(bytes("600 GiB"), Ok(644_245_094_400));
        assert_eq!(bytes("600GB"), Ok(600_000_000_000));
        assert_eq!(bytes("1.5 TiB"), Ok(1_649_267_441_664));
        assert_eq!(bytes(" 8 KiB "), Ok(8192));
        assert_eq!(bytes("1e3 MB"), Ok(1_000_000_000));
        assert_eq!(bytes("0 B"), Ok(0));
    }

    #[test]
    fn bits_rates_negatives_and_overflow_are_refused_as_sizes() {
        let refused = |text: &str| text.parse::<DataSize>().err().map(|e| e.problem).unwrap_or_default();
        assert_eq!(refused("500 Mb"), "`Mb` counts bits; sizes are in bytes");
        assert_eq!(refused("10 gib"), "`gib` is not a unit of size");
        assert_eq!(refused("5 MB/s"), "`MB/s` is a rate, not an amount of data");
        assert_eq!(refused("-1 GiB"), "`-1` is negative");
        assert_eq!(refused("NaN GiB"), "`NaN GiB` is not a finite number");
        assert_eq!(refused("9000000 TB"), "");
        assert_eq!(refused("10000 PB"), "`10000 PB` is more than 8 EiB");
        assert_eq!(refused("1e999 B"), "`1e999` is not a finite number");
        assert_eq!(refused("90"), "`90` has no unit");
        assert_eq!(refused("1,000 GB"), "`1,000 GB` has a comma in its number");
        assert_eq!("10 gib".parse::<DataSize>().err().map(|e| e.advice), Some("did you mean \"10 GiB\"?".to_string()));
    }

    #[test]
    fn sizes_print_so_that_they_read_back_the_same() {
        for (bytes, shown) in
            [(600_u64 << 30, "600 GiB"), (1_500_000_000_000, "1.5 TB"), (123, "123 B"), (8192, "8 KiB"), (0, "0 B"), (2_000_000_000_000, "2 TB")]
        {
            assert_eq!(DataSize::from_bytes(bytes).to_string(), shown);
            assert_eq!(shown.parse(), Ok(DataSize::from_bytes(bytes)));
        }
    }
}
