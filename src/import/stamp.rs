//! Time stamps: formats, detection, and instants in nanoseconds of the Unix clock.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

const SECOND: i64 = 1_000_000_000;

/// How a file writes its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// Seconds since 1970 (UTC).
    UnixSeconds,
    /// Milliseconds since 1970 (UTC).
    UnixMillis,
    /// Seconds since the record's own start.
    ElapsedSeconds,
    /// `2013-07-01T00:05:00Z`, `2013-07-01 00:05:00`, `2013-07-01 00:05`, with or without zone.
    Iso,
    /// `18-09-2015 10:44:20`, with `/`, `.` or `-`; 12-hour times with AM or PM.
    DayFirst,
    /// `09/18/2015 10:44:20`, likewise.
    MonthFirst,
}

/// Which end of its bucket a stamp marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampMarks {
    /// The bucket begins at the stamp.
    Start,
    /// The bucket ends at the stamp (counters that report what has been).
    End,
}

impl StampMarks {
    /// Reads `start` or `end`.
    pub fn parse(text: &str) -> Option<StampMarks> {
        Some(match text.trim() {
            "start" => StampMarks::Start,
            "end" => StampMarks::End,
            _ => return None,
        })
    }
}

impl TimeFormat {
    /// Reads `unix-seconds`, `unix-milliseconds`, `elapsed-seconds`, `iso`, `day-first` or `month-first`.
    pub fn parse(text: &str) -> Option<TimeFormat> {
        Some(match text.trim() {
            "unix-seconds" => TimeFormat::UnixSeconds,
            "unix-milliseconds" => TimeFormat::UnixMillis,
            "elapsed-seconds" => TimeFormat::ElapsedSeconds,
            "iso" => TimeFormat::Iso,
            "day-first" => TimeFormat::DayFirst,
            "month-first" => TimeFormat::MonthFirst,
            _ => return None,
        })
    }

    /// As messages name it.
    pub(super) fn describe(self) -> &'static str {
        match self {
            TimeFormat::UnixSeconds => "Unix seconds",
            TimeFormat::UnixMillis => "Unix milliseconds",
            TimeFormat::ElapsedSeconds => "seconds from the record's start",
            TimeFormat::Iso => "dates like 2013-07-01 00:05:00",
            TimeFormat::DayFirst => "dates with the day first, like 18/09/2015 10:44:20",
            TimeFormat::MonthFirst => "dates with the month first, like 09/18/2015 10:44:20",
        }
    }

    /// As the summary of a record names it, after the times.
    pub(super) fn noted(self) -> &'static str {
        match self {
            TimeFormat::UnixSeconds => ", Unix seconds",
            TimeFormat::UnixMillis => ", Unix milliseconds",
            TimeFormat::ElapsedSeconds => ", seconds from the record's start",
            TimeFormat::Iso => "",
            TimeFormat::DayFirst => ", dates with the day first",
            TimeFormat::MonthFirst => ", dates with the month first",
        }
    }

    /// The instant that `text` names [ns since 1970, or since the record's start], and whether it names a zone.
    pub(super) fn read(self, text: &str) -> Option<Stamp> {
        let text = text.trim();
        match self {
            TimeFormat::UnixSeconds | TimeFormat::ElapsedSeconds => Some(Stamp { nanos: scaled(text, SECOND)?, zoned: true }),
            TimeFormat::UnixMillis => Some(Stamp { nanos: scaled(text, SECOND / 1000)?, zoned: true }),
            TimeFormat::Iso => iso(text),
            TimeFormat::DayFirst => civil(text, "%d/%m/%Y"),
            TimeFormat::MonthFirst => civil(text, "%m/%d/%Y"),
        }
    }
}

/// An instant as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) nanos: i64,
    pub(super) zoned: bool,
}

/// What the first stamps of a file say about its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detected {
    Format(TimeFormat),
    /// Day first and month first both fit.
    DayOrMonth,
    Unknown,
}

/// Guesses the format that reads every one of `samples`.
pub(super) fn detect<'a>(samples: impl Iterator<Item = &'a str> + Clone) -> Detected {
    let reads = |format: TimeFormat| samples.clone().all(|text| format.read(text).is_some());
    if samples.clone().all(is_packed_date) {
        return Detected::Unknown;
    }
    if reads(TimeFormat::UnixSeconds) {
        let largest = samples.clone().filter_map(|text| TimeFormat::UnixSeconds.read(text)).map(|stamp| stamp.nanos / SECOND).max();
        return Detected::Format(match largest {
            // 1e8 s is March 1973: no record is that old, and none is three years long. Milliseconds of today overflow and are not read as seconds.
            Some(seconds) if seconds >= 100_000_000 => TimeFormat::UnixSeconds,
            _ => TimeFormat::ElapsedSeconds,
        });
    }
    if reads(TimeFormat::UnixMillis) {
        return Detected::Format(TimeFormat::UnixMillis);
    }
    if reads(TimeFormat::Iso) {
        return Detected::Format(TimeFormat::Iso);
    }
    match (reads(TimeFormat::DayFirst), reads(TimeFormat::MonthFirst)) {
        (true, true) => Detected::DayOrMonth,
        (true, false) => Detected::Format(TimeFormat::DayFirst),
        (false, true) => Detected::Format(TimeFormat::MonthFirst),
        (false, false) => Detected::Unknown,
    }
}

/// The calendar instant (UTC) of so many nanoseconds since 1970.
pub(super) fn calendar(nanos: i64) -> Option<DateTime> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_nanosecond(i128::from(nanos)).ok()?))
}

/// A decimal number times `unit` nanoseconds, to the nearest nanosecond, exact as far as the digits go.
fn scaled(text: &str, unit: i64) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        // Some tools print 1.3726296E9.
        let seconds: f64 = text.parse().ok()?;
        let nanos = seconds * unit as f64;
        return (nanos >= 0.0 && nanos < i64::MAX as f64 && text.starts_with(|c: char| c.is_ascii_digit())).then_some(nanos as i64);
    }
    let mut nanos = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    let mut place = unit / 10;
    for digit in fraction.bytes() {
        nanos = nanos.checked_add(i64::from(digit - b'0') * place)?;
        place /= 10;
    }
    Some(nanos)
}

fn iso(text: &str) -> Option<Stamp> {
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Some(Stamp { nanos: i64::try_from(stamp.as_nanosecond()).ok()?, zoned: true });
    }
    // Digits alone would also be read as a date (20130701).
    if !text.contains('-') || text.contains('[') {
        return None;
    }
    local(text.parse::<DateTime>().ok()?)
}

/// A date with the fields in the order of `date`, then a time of day in one of the usual forms.
fn civil(text: &str, date: &str) -> Option<Stamp> {
    let (day, time) = match text.split_once([' ', 'T']) {
        Some((day, time)) => (day, time.trim_start()),
        None => (text, "00:00"),
    };
    let separator = day.chars().find(|c| !c.is_ascii_digit()).filter(|c| ['/', '.', '-'].contains(c))?;
    if day.matches(separator).count() != 2 {
        return None;
    }
    let text = format!("{} {time}", day.replace(separator, "/"));
    // jiff pads nothing when it parses, so 1/7/2013 is read as well as 01/07/2013.
    let times: &[&str] = if time.ends_with(['m', 'M']) { &["%I:%M:%S%.f %p", "%I:%M %p"] } else { &["%H:%M:%S%.f", "%H:%M"] };
    times.iter().find_map(|time| local(strtime::parse(format!("{date} {time}"), &text).ok()?.to_datetime().ok()?))
}

/// Whether this is a date written as digits only (20260701, 2026070100, 202607010005): it would be read as a count of seconds or milliseconds.
fn is_packed_date(text: &str) -> bool {
    let text = text.trim();
    let digits = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    let day = matches!((digits(4..6), digits(6..8)), (Some(1..=12), Some(1..=31)));
    let clock = digits(8..10).is_none_or(|hour| hour < 24) && digits(10..12).is_none_or(|minute| minute < 60);
    matches!(text.len(), 8 | 10 | 12)
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text.starts_with("19") || text.starts_with("20"))
        && day
        && clock
}

/// A calendar instant without zone, taken as UTC.
fn local(instant: DateTime) -> Option<Stamp> {
    let stamp = TimeZone::UTC.to_timestamp(instant).ok()?;
    Some(Stamp { nanos: i64::try_from(stamp.as_nanosecond()).ok()?, zoned: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2013-07-01 00:05:00 UTC.
    const FIVE_PAST: i64 = 1_372_637_100 * SECOND;

    #[test]
    fn every_format_reads_the_same_instant() {
        for (format, text) in [
            (TimeFormat::UnixSeconds, "1372637100"),
            (TimeFormat::UnixSeconds, "1372637100.000"),
            (TimeFormat::UnixSeconds, "1.3726371E9"),
            (TimeFormat::UnixMillis, "1372637100000"),
            (TimeFormat::Iso, "2013-07-01T00:05:00Z"),
            (TimeFormat::Iso, "2013-07-01T02:05:00+02:00"),
            (TimeFormat::Iso, "2013-07-01 00:05:00"),
            (TimeFormat::Iso, "2013-07-01 00:05"),
            (TimeFormat::DayFirst, "01/07/2013 00:05:00"),
            (TimeFormat::DayFirst, "1.7.2013 0:05"),
            (TimeFormat::DayFirst, "01-07-2013 12:05:00 AM"),
            (TimeFormat::MonthFirst, "07/01/2013 00:05:00.000"),
            (TimeFormat::MonthFirst, "7/1/2013 12:05 am"),
        ] {
            let nanos = format.read(text).map(|stamp| stamp.nanos);
            assert_eq!(nanos, Some(FIVE_PAST), "{format:?} {text}");
        }
    }

    #[test]
    fn fractions_are_exact() {
        assert_eq!(TimeFormat::UnixSeconds.read("1.123456789"), Some(Stamp { nanos: 1_123_456_789, zoned: true }));
        assert_eq!(TimeFormat::UnixMillis.read("1.5"), Some(Stamp { nanos: 1_500_000, zoned: true }));
    }

    #[test]
    fn detects_what_only_one_format_reads() {
        let detected = |text: &'static str| detect([text].into_iter());
        assert_eq!(detected("1372637100"), Detected::Format(TimeFormat::UnixSeconds));
        assert_eq!(detected("1372637100000"), Detected::Format(TimeFormat::UnixMillis));
        assert_eq!(detected("300"), Detected::Format(TimeFormat::ElapsedSeconds));
        assert_eq!(detected("2013-07-01"), Detected::Format(TimeFormat::Iso));
        assert_eq!(detected("18-09-2015 10:44:20"), Detected::Format(TimeFormat::DayFirst));
        assert_eq!(detected("09/18/2015 10:44"), Detected::Format(TimeFormat::MonthFirst));
        assert_eq!(detected("01/02/2015 10:44"), Detected::DayOrMonth);
        assert_eq!(detected("yesterday"), Detected::Unknown);
    }

    #[test]
    fn refuses_what_is_no_time() {
        for format in [TimeFormat::UnixSeconds, TimeFormat::UnixMillis, TimeFormat::Iso, TimeFormat::DayFirst, TimeFormat::MonthFirst] {
            for text in ["", " ", "-1", "inf", "nan", "2013-13-45 99:00", "99/99/2013 00:00", "1e300", "9999999999999999999"] {
                assert_eq!(format.read(text), None, "{format:?} {text}");
            }
        }
    }
}
