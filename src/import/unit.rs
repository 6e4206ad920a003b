//! Units of a write counter: an amount per bucket, or a rate.

use crate::units::Span;

/// Amounts that may be written, in bytes. `KB` and its like are read as powers of 1000, as the record's owners mostly do; `KiB` is 1024.
const AMOUNTS: [(&str, f64); 13] = [
    ("B", 1.0),
    ("bytes", 1.0),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("KiB", 1024.0),
    ("kiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
    ("sectors", 512.0),
];

/// What a number in a record counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// Each number is an amount written in its bucket; bytes per counted unit.
    PerBucket(f64),
    /// Each number is a mean rate; bytes/s per counted unit.
    Rate(f64),
}

impl Unit {
    /// Reads `kB`, `MiB`, `bytes` (amounts per bucket) or `kB/s`, `MBps`, `bytes/s` (rates), with upper and lower case as people must write them
    /// to keep bits and bytes apart.
    ///
    /// # Errors
    /// Says in a sentence what was expected, and what a unit of bits should have been.
    pub fn parse(text: &str) -> Result<Unit, String> {
        let text: String = text.split_whitespace().collect();
        let (amount, rate) = match ["/sec", "/s", "ps"].iter().find_map(|suffix| text.strip_suffix(suffix)) {
            Some(amount) => (amount, true),
            None => (text.as_str(), false),
        };
        // "Bps" is bytes, "kbps" and "Mb/s" are bits: only an upper-case B is a byte.
        match AMOUNTS.iter().find(|(name, _)| *name == amount) {
            Some(&(_, bytes)) if rate => Ok(Unit::Rate(bytes)),
            Some(&(_, bytes)) => Ok(Unit::PerBucket(bytes)),
            None if is_bits(amount) => Err(String::from(
                "a unit of bytes, as disk writes are counted: B, kB, KiB, MB ... per bucket, or B/s, kB/s, MB/s ...; this one counts bits",
            )),
            None => Err(String::from("one of B, kB, MB, GB, KiB, MiB, GiB (amounts per bucket) or the same with /s (rates)")),
        }
    }

    /// Bytes/s for each 1 in a cell of a record with this period.
    pub(super) fn bytes_per_s(self, period: Span) -> f64 {
        match self {
            Unit::PerBucket(bytes) => bytes / period.as_secs_f64(),
            Unit::Rate(bytes) => bytes,
        }
    }

    /// As messages name it: `kB per bucket`, `MB/s`.
    pub(super) fn describe(self) -> String {
        let (Unit::PerBucket(bytes) | Unit::Rate(bytes)) = self;
        let name = AMOUNTS.iter().find(|(_, amount)| *amount == bytes).map_or_else(|| format!("{bytes} B"), |(name, _)| (*name).to_owned());
        match self {
            Unit::PerBucket(_) => format!("{name} per bucket"),
            Unit::Rate(_) => format!("{name}/s"),
        }
    }
}

/// Whether this looks like a unit of bits.
fn is_bits(amount: &str) -> bool {
    let tail = amount.trim_start_matches(['k', 'K', 'M', 'G', 'T', 'i']);
    ["b", "bit", "bits"].contains(&tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_amounts_and_rates() {
        for (text, unit) in [
            ("kB", Unit::PerBucket(1e3)),
            ("KiB", Unit::PerBucket(1024.0)),
            ("bytes", Unit::PerBucket(1.0)),
            ("MB/s", Unit::Rate(1e6)),
            ("KBps", Unit::Rate(1e3)),
            ("bytes/sec", Unit::Rate(1.0)),
            (" GiB / s ", Unit::Rate(1_073_741_824.0)),
        ] {
            assert_eq!(Unit::parse(text), Ok(unit), "{text}");
        }
    }

    #[test]
    fn refuses_bits_and_strangers() {
        for text in ["Mb/s", "Mbps", "kbit/s", "bits"] {
            assert!(Unit::parse(text).is_err_and(|why| why.ends_with("counts bits")), "{text}");
        }
        for text in ["", "/s", "mB", "packets", "kb B"] {
            assert!(Unit::parse(text).is_err_and(|why| why.starts_with("one of")), "{text}");
        }
    }

    #[test]
    fn amounts_become_rates_by_the_period() {
        assert_eq!(Unit::PerBucket(1e3).bytes_per_s(Span::from_mins(5)), 1e3 / 300.0);
        assert_eq!(Unit::Rate(1e6).bytes_per_s(Span::from_mins(5)), 1e6);
    }
}
