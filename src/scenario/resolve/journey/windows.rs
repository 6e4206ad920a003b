//! When a failback may begin: weekly windows laid over the run's calendar.

use crate::scenario::located::At;
use crate::scenario::raw::{Failback, Window};
use crate::scenario::resolve::calendar::Calendar;
use crate::scenario::resolve::context::Context;
use crate::units::{Instant, Span};

/// More windows than this are a slip.
const MOST: usize = 100;

const DAY: i128 = Span::from_days(1).as_nanos() as i128;

/// The windows that a failback names; none means that it begins as soon as possible.
pub(super) fn windows(failback: &Failback, calendar: &Calendar, context: &mut Context) -> Vec<(Instant, Instant)> {
    let end = Instant::START + calendar.horizon;
    if let (Some(at), Some(_)) = (&failback.at, failback.windows.first()) {
        context.error(&at.span, "`at` and `windows` both say when the failback may begin", "leave one of them out");
        return Vec::new();
    }
    if let Some(at) = &failback.at {
        let from = calendar.instant(at.value, &at.span, context);
        if from >= end {
            context.error(&at.span, "the run ends before, so nobody would come home", "write an earlier time, or a longer `horizon`");
        }
        return vec![(from, end)];
    }
    let Some(first) = failback.windows.first() else { return Vec::new() };
    if let Some(beyond) = failback.windows.get(MOST) {
        context.error(&beyond.span, format!("there are {} windows, more than {MOST}", failback.windows.len()), "write fewer windows");
        return Vec::new();
    }
    for window in &failback.windows {
        if window.value.from.value == window.value.to.value {
            let advice = "write a later time, or \"00:00\" to \"24:00\" for the whole day";
            context.error(&window.value.to.span, "the window ends when it starts", advice);
        }
    }
    let found = weekly(&failback.windows, calendar);
    if found.is_empty() && context.findings.is_empty() {
        context.error(&first.span, format!("no window opens in the run of {}", calendar.horizon), "write other days, or a longer `horizon`");
    }
    found
}

/// Every opening within the run, in order; those that touch are one.
fn weekly(written: &[At<Window>], calendar: &Calendar) -> Vec<(Instant, Instant)> {
    let midnight = calendar.start.time().duration_since(jiff::civil::Time::midnight()).as_nanos();
    let horizon = i128::from(calendar.horizon.as_nanos());
    let weekday = i128::from(calendar.start.weekday().to_monday_zero_offset());
    let mut open: Vec<(i128, i128)> = Vec::new();
    // From the day before on: its window may reach over midnight into the run.
    for day in -1..=(horizon + midnight) / DAY {
        let today = usize::try_from((weekday + day).rem_euclid(7)).unwrap_or(0);
        for window in written.iter().map(|at| &at.value) {
            if !window.days.is_none_or(|days| days.0.get(today).copied().unwrap_or(false)) {
                continue;
            }
            let (from, to) = (i128::from(window.from.value.0.as_nanos()), i128::from(window.to.value.0.as_nanos()));
            let start = day * DAY - midnight;
            let stretch = (start + from, start + if to <= from { to + DAY } else { to });
            let (from, to) = (stretch.0.max(0), stretch.1.min(horizon));
            if from < to {
                open.push((from, to));
            }
        }
    }
    open.sort_unstable();
    let mut merged: Vec<(i128, i128)> = Vec::new();
    for (from, to) in open {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    let instant = |nanos: i128| Instant::from_nanos(u64::try_from(nanos).unwrap_or(0));
    merged.into_iter().map(|(from, to)| (instant(from), instant(to))).collect()
}
