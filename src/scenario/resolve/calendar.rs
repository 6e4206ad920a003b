//! Calendar instants to instants of the run, and repetitions.

use std::ops::Range;

use jiff::civil::{DateTime, Weekday};

use crate::scenario::located::At;
use crate::scenario::resolve::context::Context;
use crate::scenario::values::{Horizon, When};
use crate::units::{Instant, Span};

/// Nothing here is meant to be simulated for longer.
pub(super) const LONGEST: Span = Span::from_days(36_525);

/// Start and length of the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    pub start: DateTime,
    pub horizon: Span,
}

/// Time from one calendar instant to another, both UTC; `None` if it is not ahead.
pub(super) fn between(from: DateTime, to: DateTime) -> Option<Span> {
    let nanos = to.duration_since(from).as_nanos();
    u64::try_from(nanos).ok().map(Span::from_nanos)
}

/// The length of the run from what is written.
pub(super) fn horizon(written: &At<Horizon>, start: DateTime, context: &mut Context) -> Span {
    let length = match written.value {
        Horizon::For(span) => span,
        Horizon::Until(end) => match between(start, end) {
            Some(span) => span,
            None => {
                context.error(
                    &written.span,
                    format!("the run would end on {end}, before it starts on {start}"),
                    "write an end after `start`, or a length such as \"7 days\"",
                );
                return Span::from_days(1);
            }
        },
    };
    context.check("run.horizon", &length.to_string(), &written.span);
    length.min(LONGEST)
}

impl Calendar {
    /// The instant that a moment names; a moment before the run is a mistake.
    pub(super) fn instant(&self, when: When, span: &Range<usize>, context: &mut Context) -> Instant {
        let since_midnight = Span::from_nanos(u64::try_from(self.start.time().duration_since(jiff::civil::Time::midnight()).as_nanos()).unwrap_or(0));
        let after = match when {
            When::After(span) => span,
            When::Daily(time) => until_time(since_midnight, time),
            When::Weekday(day, time) => {
                let today = self.start.weekday().to_monday_zero_offset();
                let days = (i32::from(day) - i32::from(today)).rem_euclid(7).unsigned_abs();
                if days == 0 && time < since_midnight {
                    Span::from_days(7) + time - since_midnight
                } else {
                    Span::from_days(u64::from(days)) + time - since_midnight
                }
            }
            When::On(instant) => match between(self.start, instant) {
                Some(after) => after,
                None => {
                    context.error(span, format!("{instant} is before the run starts ({})", self.start), "write a moment of the run");
                    Span::ZERO
                }
            },
        };
        Instant::START + after
    }

    /// The first instant and its repetitions within the run.
    pub(super) fn repeat(&self, first: Instant, every: Option<&At<Span>>, until: Option<Instant>, context: &mut Context) -> Vec<Instant> {
        const MOST: usize = 1_000_000;
        let end = Instant::START + self.horizon;
        let end = until.map_or(end, |until| until.min(end));
        let mut instants = Vec::new();
        if first < end {
            instants.push(first);
        }
        let Some(every) = every else { return instants };
        if every.value < Span::from_secs(1) {
            context.error(&every.span, "it would come again more often than every second", "write a longer interval, such as \"1 day\"");
            return instants;
        }
        let mut next = first + every.value;
        while next < end {
            if instants.len() == MOST {
                let problem = format!("it would come again more than {MOST} times in {}", self.horizon);
                context.error(&every.span, problem, "write a longer interval, an earlier `until`, or a shorter run");
                break;
            }
            instants.push(next);
            next = next + every.value;
        }
        instants
    }

    /// Days that the run has a part of, with how far into its first day it starts (nothing for the others): the last day of each month, the second Tuesday ...
    pub(super) fn days(&self) -> impl Iterator<Item = Day> + '_ {
        let first = self.start.date().to_datetime(jiff::civil::Time::midnight());
        let days = self.horizon.as_nanos() / Span::from_days(1).as_nanos() + 1;
        (0..=days).filter_map(move |day| {
            let date = first.checked_add(jiff::Span::new().try_days(i64::try_from(day).ok()?).ok()?).ok()?;
            let begun = between(date, self.start).unwrap_or(Span::ZERO);
            let start = Instant::START + between(self.start, date).unwrap_or(Span::ZERO);
            Some(Day { date, start, begun })
        })
    }
}

/// A day of the run's calendar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    /// Its midnight.
    pub date: DateTime,
    /// Where the run comes to it: at its midnight, or at the run's own start.
    pub start: Instant,
    /// How much of it had passed by then.
    pub begun: Span,
}

fn until_time(now: Span, time: Span) -> Span {
    if time >= now { time - now } else { Span::from_days(1) + time - now }
}

/// Whether a day is one of the last `days` of its month.
pub(super) fn is_month_end(date: DateTime, days: u32) -> bool {
    let left = date.date().days_in_month() - date.day();
    u32::from(left.unsigned_abs()) < days
}

/// Whether a day is the second Tuesday of its month.
pub(super) fn is_patch_tuesday(date: DateTime) -> bool {
    date.weekday() == Weekday::Tuesday && (8..=14).contains(&date.day())
}
