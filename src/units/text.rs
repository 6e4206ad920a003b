//! Reading a number with a unit, shared by all quantities: the error that says what to write instead, the split of `"250 Mbps"`, and the
//! unit tables of sizes and rates. The quantities themselves live in the files beside this one.

use std::fmt;

/// Why a text is not a quantity, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitError {
    /// What is wrong, naming what was found.
    pub problem: String,
    /// What to write instead.
    pub advice: String,
}

impl UnitError {
    pub(super) fn new(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        UnitError { problem: problem.into(), advice: advice.into() }
    }
}

impl fmt::Display for UnitError {
    /// Problem and advice on two lines: what shows errors with positions puts the first in the title and the second under the caret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.problem, self.advice)
    }
}

impl std::error::Error for UnitError {}

/// Unit name and its factor to the base unit.
pub(super) type Unit = (&'static str, f64);

/// Amounts of data \[bytes\].
pub(super) const SIZES: &[Unit] = &[
    ("B", 1.0),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("PB", 1e15),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
    ("PiB", 1_125_899_906_842_624.0),
];

/// Bit rates \[bit/s\].
pub(super) const BIT_RATES: &[Unit] = &[
    ("bps", 1.0),
    ("kbps", 1e3),
    ("Kbps", 1e3),
    ("Mbps", 1e6),
    ("Gbps", 1e9),
    ("Tbps", 1e12),
    ("bit/s", 1.0),
    ("kbit/s", 1e3),
    ("Mbit/s", 1e6),
    ("Gbit/s", 1e9),
    ("Tbit/s", 1e12),
    ("kb/s", 1e3),
    ("Mb/s", 1e6),
    ("Gb/s", 1e9),
];

/// Amounts counted in bits, only to be refused by name.
const BIT_SIZES: &[&str] = &["b", "bit", "bits", "kb", "Kb", "Mb", "Gb", "Tb", "kbit", "Mbit", "Gbit", "Tbit", "Kib", "Mib", "Gib", "Tib"];

/// Time units that may follow the `/` of a byte rate \[s\].
const PER: &[Unit] = &[("s", 1.0), ("sec", 1.0), ("min", 60.0), ("h", 3600.0), ("hour", 3600.0), ("d", 86_400.0), ("day", 86_400.0)];

/// A number of a byte-rate unit such as `MB/s` or `GB/day` \[bytes/s\].
pub(super) fn byte_rate(number: f64, unit: &str) -> Option<f64> {
    let (size, per) = unit.split_once('/')?;
    let size = factor(SIZES, size)?;
    let per = factor(PER, per)?;
    // Multiplied first, so that whole rates per day stay whole per second.
    Some(number * size / per)
}

/// The factor of a unit, by its exact name.
pub(super) fn factor(units: &[Unit], name: &str) -> Option<f64> {
    units.iter().find(|(unit, _)| *unit == name).map(|(_, factor)| *factor)
}

/// What a unit name that does not fit here would measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Size,
    BitSize,
    BitRate,
    ByteRate,
    Time,
    Unknown,
}

/// Recognises a unit of any quantity, to explain a mix-up.
pub(super) fn kind_of(unit: &str) -> Kind {
    if factor(SIZES, unit).is_some() {
        Kind::Size
    } else if BIT_SIZES.contains(&unit) {
        Kind::BitSize
    } else if factor(BIT_RATES, unit).is_some() {
        Kind::BitRate
    } else if byte_rate(1.0, unit).is_some() {
        Kind::ByteRate
    } else if humantime::parse_duration(&format!("1{unit}")).is_ok() {
        Kind::Time
    } else {
        Kind::Unknown
    }
}

/// Splits `"1.5 TiB"` into 1.5 and `TiB`. `example` is a good value of the quantity, for the advice.
pub(super) fn split<'a>(text: &'a str, example: &str) -> Result<(f64, &'a str), UnitError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(UnitError::new("an empty text is not a quantity", format!("write a number and a unit, such as \"{example}\"")));
    }
    let end = number_end(trimmed);
    let (digits, unit) = (trimmed.get(..end).unwrap_or_default(), trimmed.get(end..).unwrap_or_default().trim());
    if digits.is_empty() {
        let what = if is_not_finite_name(trimmed) { "is not a finite number" } else { "does not start with a number" };
        return Err(UnitError::new(format!("`{trimmed}` {what}"), format!("write a number and a unit, such as \"{example}\"")));
    }
    if unit.starts_with(',') {
        return Err(UnitError::new(
            format!("`{trimmed}` has a comma in its number"),
            "write the number without thousands separators and with a point for decimals".to_string(),
        ));
    }
    let number: f64 = digits
        .replace('_', "")
        .parse()
        .map_err(|_| UnitError::new(format!("`{digits}` is not a number"), format!("write a number and a unit, such as \"{example}\"")))?;
    check_number(number, digits)?;
    Ok((number, unit))
}

/// The number at the start of `text`, if it is a whole one.
pub(super) fn whole(text: &str) -> Option<u64> {
    let trimmed = text.trim();
    trimmed.get(..number_end(trimmed))?.parse().ok()
}

/// Refuses negatives and what is not finite.
pub(super) fn check_number(number: f64, found: &str) -> Result<(), UnitError> {
    if !number.is_finite() {
        return Err(UnitError::new(format!("`{found}` is not a finite number"), "write a finite number of at least 0"));
    }
    if number < 0.0 {
        return Err(UnitError::new(format!("`{found}` is negative"), "write a number of at least 0"));
    }
    Ok(())
}

fn is_not_finite_name(text: &str) -> bool {
    let lower = text.trim_start_matches(['+', '-']).to_lowercase();
    lower.starts_with("nan") || lower.starts_with("inf")
}

/// Where the number at the start of `text` ends.
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    if bytes.first().is_some_and(|b| matches!(b, b'+' | b'-')) {
        end = 1;
    }
    let start = end;
    while bytes.get(end).is_some_and(|b| b.is_ascii_digit() || matches!(b, b'.' | b'_')) {
        end += 1;
    }
    if end == start {
        return 0;
    }
    // An exponent only if digits follow, so that "2 EB" and "5e" keep their letters.
    if bytes.get(end).is_some_and(|b| matches!(b, b'e' | b'E')) {
        let sign = usize::from(bytes.get(end + 1).is_some_and(|b| matches!(b, b'+' | b'-')));
        let mut exponent = end + 1 + sign;
        if digit(exponent) {
            while digit(exponent) {
                exponent += 1;
            }
            end = exponent;
        }
    }
    end
}

/// The unit that was probably meant: the same letters in another case (but bits stay bits), else the nearest name.
pub(super) fn nearest<'a>(unit: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    // Bits and bytes differ in one letter's case: "MBps" is not meant to be "Mbps".
    let bytes = unit.contains('B');
    let alike = |name: &&str| name.eq_ignore_ascii_case(unit);
    let rates = known.clone().any(|name| name.contains("bps"));
    if let Some(same) = known.clone().find(|name| alike(name) && (!rates || name.contains('B') == bytes)) {
        return Some(same);
    }
    if let Some(rate) = unit.strip_suffix("Bps")
        && let Some(same) = known.clone().find(|name| name.eq_ignore_ascii_case(&format!("{rate}B/s")))
    {
        return Some(same);
    }
    let mut best: Option<(f64, &str)> = None;
    for name in known {
        let score = strsim::damerau_levenshtein(unit, name) as f64 / unit.chars().count().max(1) as f64;
        if score <= 0.5 && best.is_none_or(|(least, _)| score < least) {
            best = Some((score, name));
        }
    }
    best.map(|(_, name)| name)
}

/// A number without trailing zeros, at most `decimals` places.
pub(super) fn plain(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Prints `value` in the largest of `units` (ascending) that leaves at least 1.
pub(super) fn scaled(value: f64, units: &[Unit]) -> String {
    let (name, factor) = units.iter().rev().find(|(_, factor)| value >= *factor).or(units.first()).copied().unwrap_or(("", 1.0));
    format!("{} {name}", plain(value / factor, 3))
}
