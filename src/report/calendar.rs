//! From seconds since the run's start to the calendar (UTC): labels for sentences, tables and time axes.

use jiff::ToSpan as _;
use jiff::civil::DateTime;

/// The run's calendar.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    start: DateTime,
    short_run: bool,
}

/// Months are written out by name, since 05-01 reads differently in different countries.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEK: f64 = 7.0 * 86_400.0;

impl Calendar {
    /// The calendar of a run that starts at `start` (`2026-01-05T00:00:00`, UTC) and lasts `horizon_s` seconds. An unreadable start, which the scenario check does
    /// not let through, counts from 1970.
    pub fn new(start: &str, horizon_s: f64) -> Self {
        let start = start.parse().unwrap_or(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
        // Up to a week the weekday alone is unambiguous.
        Calendar { start, short_run: horizon_s <= WEEK }
    }

    /// The same calendar counted from `by_s` seconds later on.
    pub fn later(&self, by_s: f64) -> Self {
        Calendar { start: self.at(by_s), short_run: self.short_run }
    }

    /// The calendar instant `at_s` seconds after the start, to the second.
    pub fn at(&self, at_s: f64) -> DateTime {
        // Casts saturate; an instant beyond the calendar stays at its end.
        self.start.saturating_add((at_s.round() as i64).clamp(-600_000_000_000, 600_000_000_000).seconds())
    }

    /// Seconds after the start of the first midnight at or after it.
    pub fn first_midnight_s(&self) -> f64 {
        let since_midnight = f64::from(self.start.hour()) * 3600.0 + f64::from(self.start.minute()) * 60.0 + f64::from(self.start.second());
        if since_midnight == 0.0 { 0.0 } else { 86_400.0 - since_midnight }
    }

    /// For sentences: `Thu 02:14`, or `Thu 8 Jan 02:14` where the run is longer than a week.
    pub fn label(&self, at_s: f64) -> String {
        let at = self.at(at_s);
        let clock = format!("{:02}:{:02}", at.hour(), at.minute());
        if self.short_run { format!("{} {clock}", self.weekday(at_s)) } else { format!("{} {clock}", self.day_label(at_s)) }
    }

    /// `02:14:05`.
    pub fn clock(&self, at_s: f64) -> String {
        let at = self.at(at_s);
        format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
    }

    /// `Thu 8 Jan`.
    pub fn day_label(&self, at_s: f64) -> String {
        let at = self.at(at_s);
        format!("{} {} {}", self.weekday(at_s), at.day(), month(at))
    }

    /// `8 Jan`.
    pub fn date_label(&self, at_s: f64) -> String {
        let at = self.at(at_s);
        format!("{} {}", at.day(), month(at))
    }

    /// `8 Jan 2026`.
    pub fn long_date(&self, at_s: f64) -> String {
        format!("{} {}", self.date_label(at_s), self.at(at_s).year())
    }

    /// `Thu`.
    pub fn weekday(&self, at_s: f64) -> &'static str {
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][usize::from(self.at(at_s).weekday().to_monday_zero_offset().unsigned_abs()) % 7]
    }

    /// `2026-01-08T02:14:00`, for machines.
    pub fn iso(&self, at_s: f64) -> String {
        let at = self.at(at_s);
        format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute(), at.second())
    }
}

fn month(at: DateTime) -> &'static str {
    MONTHS[usize::from(at.month().unsigned_abs().saturating_sub(1)) % 12]
}

/// A date as in the record (`2026-01-08`) for a sentence: `Thu 8 Jan`; unreadable dates as they are.
pub fn day_of(date: &str) -> String {
    match date.parse::<jiff::civil::Date>() {
        Ok(day) => Calendar { start: day.at(0, 0, 0, 0), short_run: false }.day_label(0.0),
        Err(_) => date.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_land_on_the_right_weekday() {
        // 5 January 2026 is a Monday.
        let week = Calendar::new("2026-01-05T00:00:00", WEEK);
        assert_eq!(week.label(3.0 * 86_400.0 + 2.0 * 3600.0 + 14.0 * 60.0), "Thu 02:14");
        assert_eq!(week.iso(86_399.6), "2026-01-06T00:00:00");
        let month = Calendar::new("2013-07-01T00:00:00", 30.0 * 86_400.0);
        assert_eq!(month.label(28.0 * 86_400.0 + 9.0 * 3600.0 + 300.0), "Mon 29 Jul 09:05");
        assert_eq!(day_of("2026-01-11"), "Sun 11 Jan");
        assert_eq!(day_of("nonsense"), "nonsense");
    }

    #[test]
    fn midnight_is_found_from_any_start() {
        assert_eq!(Calendar::new("2026-01-05T00:00:00", WEEK).first_midnight_s(), 0.0);
        assert_eq!(Calendar::new("2026-01-05T22:30:00", WEEK).first_midnight_s(), 5400.0);
    }

    #[test]
    fn absurd_instants_do_not_panic() {
        let week = Calendar::new("9999-12-31T00:00:00", WEEK);
        let _ = (week.iso(1e300), week.iso(-1e300), week.iso(f64::NAN));
    }
}
