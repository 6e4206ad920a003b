//! Scales and readable ticks: calendar time, durations (linear and logarithmic), sizes and rates.

use crate::format::duration;
use crate::report::calendar::Calendar;

/// A map from a quantity to logical pixels.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    low: f64,
    high: f64,
    from_px: f64,
    to_px: f64,
    logarithmic: bool,
}

impl Scale {
    /// A linear scale; an empty range is widened so that it can be drawn.
    pub fn linear(range: (f64, f64), px: (f64, f64)) -> Self {
        let high = if range.1 > range.0 { range.1 } else { range.0 + 1.0 };
        Scale { low: range.0, high, from_px: px.0, to_px: px.1, logarithmic: false }
    }

    /// A logarithmic scale over positive values.
    pub fn log(range: (f64, f64), px: (f64, f64)) -> Self {
        let low = range.0.max(1e-6);
        let high = if range.1 > low { range.1 } else { low * 10.0 };
        Scale { low: low.ln(), high: high.ln(), from_px: px.0, to_px: px.1, logarithmic: true }
    }

    /// Where a value lies [logical pixels]; values outside the range lie on its edge.
    pub fn px(&self, value: f64) -> f64 {
        let value = if self.logarithmic { value.max(1e-9).ln() } else { value };
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from_px + share * (self.to_px - self.from_px)
    }

    /// Length of the scale [logical pixels].
    pub fn length_px(&self) -> f64 {
        (self.to_px - self.from_px).abs()
    }

    /// First and last value; logarithmic scales give their exponents back as values.
    pub fn range(&self) -> (f64, f64) {
        if self.logarithmic { (self.low.exp(), self.high.exp()) } else { (self.low, self.high) }
    }
}

/// A mark on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Value.
    pub at: f64,
    /// Label; empty for a mark without one.
    pub label: String,
}

fn tick(at: f64, label: impl Into<String>) -> Tick {
    Tick { at, label: label.into() }
}

/// Steps of time that people count in \[s\].
const STEPS: [f64; 27] = [
    0.1,
    0.2,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1800.0,
    3600.0,
    7200.0,
    10_800.0,
    21_600.0,
    43_200.0,
    86_400.0,
    172_800.0,
    432_000.0,
    864_000.0,
    1_728_000.0,
    4_320_000.0,
    8_640_000.0,
];

/// Linear ticks over 0..=`high` seconds, at most `most` steps.
pub fn duration_ticks(high: f64, most: usize) -> Vec<Tick> {
    let step = STEPS.iter().copied().find(|step| high / step <= most as f64).unwrap_or(high.max(1.0));
    steps(high, step).map(|at| tick(at, if at == 0.0 { "0".to_owned() } else { duration(at) })).collect()
}

fn steps(high: f64, step: f64) -> impl Iterator<Item = f64> {
    let last = (high / step + 1e-9).floor() as u32;
    (0..=last.min(1000)).map(move |index| f64::from(index) * step)
}

/// Marks of a logarithmic time axis \[s\].
const LOG_MARKS: [f64; 17] = [
    0.01,
    0.1,
    1.0,
    10.0,
    60.0,
    300.0,
    900.0,
    3600.0,
    4.0 * 3600.0,
    12.0 * 3600.0,
    86_400.0,
    3.0 * 86_400.0,
    7.0 * 86_400.0,
    14.0 * 86_400.0,
    30.0 * 86_400.0,
    90.0 * 86_400.0,
    365.0 * 86_400.0,
];

/// The range of a logarithmic time axis that holds `low..=high`, ending on marks.
pub fn log_range(low: f64, high: f64) -> (f64, f64) {
    let from = LOG_MARKS.iter().copied().rev().find(|mark| *mark <= low).unwrap_or(LOG_MARKS[0]);
    let to = LOG_MARKS.iter().copied().find(|mark| *mark >= high && *mark > from).unwrap_or(high.max(from * 10.0));
    (from, to)
}

/// Ticks of a logarithmic time axis, for labels as wide as `width` says; labels that would run into their neighbour are left off.
pub fn log_duration_ticks(scale: &Scale, width: impl Fn(&str) -> f64) -> Vec<Tick> {
    let (low, high) = scale.range();
    // Middle and half width of the last label; an upright axis counts its pixels downwards.
    let mut last = (f64::NEG_INFINITY, 0.0);
    let within = LOG_MARKS.iter().copied().filter(|mark| *mark >= low * 0.999 && *mark <= high * 1.001);
    within
        .map(|mark| {
            let (px, label) = (scale.px(mark), duration(mark));
            let half = width(&label) / 2.0;
            if (px - last.0).abs() < half + last.1 + 8.0 {
                return tick(mark, "");
            }
            last = (px, half);
            tick(mark, label)
        })
        .collect()
}

/// Linear ticks with decimal steps (1, 2, 2.5, 5) over 0..=`high`, at most `most` steps, labelled by `label`.
pub fn decimal_ticks(high: f64, most: usize, label: impl Fn(f64) -> String) -> Vec<Tick> {
    let raw = (high / most as f64).max(1e-12);
    let power = 10_f64.powf(raw.log10().floor());
    let step =
        [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| high / step <= most as f64 * (1.0 + 1e-9)).unwrap_or(raw);
    steps(high, step).map(|at| tick(at, if at == 0.0 { "0".to_owned() } else { label(at) })).collect()
}

/// Ticks of a calendar axis.
pub struct CalendarTicks {
    /// Marks, and grid lines.
    pub marks: Vec<Tick>,
    /// Whether labels stand between their mark and the next one (days), or under it.
    pub between: bool,
}

/// Ticks over a run of `horizon_s`, for an axis `length_px` long.
pub fn calendar_ticks(calendar: &Calendar, horizon_s: f64, length_px: f64) -> CalendarTicks {
    let days = horizon_s / 86_400.0;
    if days * 78.0 <= length_px && days >= 4.0 {
        // A mark at each midnight, the day's name between them; a day cut off at either end is labelled if there is room.
        let mut marks = Vec::new();
        let first = calendar.first_midnight_s();
        if first > 0.7 * 86_400.0 {
            marks.push(tick(0.0, calendar.day_label(0.0)));
        }
        let mut at = first;
        while at < horizon_s {
            let room = horizon_s - at > 0.7 * 86_400.0;
            marks.push(tick(at, if room { calendar.day_label(at) } else { String::new() }));
            at += 86_400.0;
        }
        return CalendarTicks { marks, between: true };
    }
    let most = (length_px / 62.0).max(2.0);
    if days < 4.0 {
        let hours = [0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 12.0].into_iter().map(|hours| hours * 3600.0);
        let step = hours.into_iter().find(|step| horizon_s / step <= most).unwrap_or(12.0 * 3600.0);
        let offset = calendar.first_midnight_s() % step;
        let marks = (0..=(((horizon_s - offset) / step).floor() as u32).min(1000))
            .map(|index| offset + f64::from(index) * step)
            .map(|at| {
                let clock = calendar.at(at);
                let midnight = clock.hour() == 0 && clock.minute() == 0;
                tick(at, if midnight { calendar.date_label(at) } else { format!("{:02}:{:02}", clock.hour(), clock.minute()) })
            })
            .collect();
        return CalendarTicks { marks, between: false };
    }
    if days <= 150.0 {
        // A label per week or so, and a mark per day where days are wide enough to be told apart.
        let every = [1, 2, 7, 14].into_iter().find(|every| days / f64::from(*every) <= length_px / 84.0).unwrap_or(28);
        let daily = length_px / days >= 8.0;
        let mut marks = Vec::new();
        let mut at = calendar.first_midnight_s();
        for day in 0_u32.. {
            if at > horizon_s {
                break;
            }
            if day.is_multiple_of(every) {
                marks.push(tick(at, calendar.day_label(at)));
            } else if daily {
                marks.push(tick(at, ""));
            }
            at += 86_400.0;
        }
        return CalendarTicks { marks, between: false };
    }
    // Months: every midnight on a first, thinned to what fits.
    let mut firsts = Vec::new();
    let mut at = calendar.first_midnight_s();
    while at <= horizon_s && firsts.len() < 1200 {
        if calendar.at(at).day() == 1 {
            firsts.push(at);
        }
        at += 86_400.0;
    }
    let every = (firsts.len() as f64 / most).ceil().max(1.0) as usize;
    CalendarTicks { marks: firsts.into_iter().step_by(every).map(|at| tick(at, calendar.date_label(at))).collect(), between: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn durations_tick_in_steps_that_people_count_in() {
        assert_eq!(labels(&duration_ticks(4600.0, 6)), ["0", "15 min", "30 min", "45 min", "1 h", "1 h 15 min"]);
        assert_eq!(labels(&duration_ticks(2.1, 5)), ["0", "0.5 s", "1 s", "1.5 s", "2 s"]);
        assert_eq!(duration_ticks(1e12, 5).len(), 2);
    }

    #[test]
    fn log_axis_ends_on_marks_and_drops_crowded_labels() {
        assert_eq!(log_range(1.5, 4700.0), (1.0, 4.0 * 3600.0));
        let scale = Scale::log((1.0, 4.0 * 3600.0), (0.0, 400.0));
        assert_eq!(labels(&log_duration_ticks(&scale, |_| 16.0)), ["1 s", "10 s", "1 min", "5 min", "15 min", "1 h", "4 h"]);
        assert_eq!(labels(&log_duration_ticks(&scale, |_| 52.0)), ["1 s", "10 s", "1 min", "5 min", "", "1 h", ""]);
    }

    #[test]
    fn decimal_ticks_have_decimal_steps() {
        assert_eq!(labels(&decimal_ticks(230.0, 5, |value| value.to_string())), ["0", "50", "100", "150", "200"]);
        assert_eq!(labels(&decimal_ticks(1.0, 4, |value| value.to_string())), ["0", "0.25", "0.5", "0.75", "1"]);
    }

    #[test]
    fn a_week_has_a_label_per_day_and_a_month_has_dates() {
        let week = calendar_ticks(&Calendar::new("2026-01-05T00:00:00", 604_800.0), 604_800.0, 820.0);
        assert!(week.between);
        assert_eq!(labels(&week.marks)[..2], ["Mon 5 Jan", "Tue 6 Jan"]);
        assert_eq!(week.marks.len(), 7);
        let month = calendar_ticks(&Calendar::new("2013-07-01T00:00:00", 2_592_000.0), 2_592_000.0, 820.0);
        assert_eq!(month.marks.len(), 31);
        assert_eq!((month.marks[0].label.as_str(), month.marks[1].label.as_str(), month.marks[7].label.as_str()), ("Mon 1 Jul", "", "Mon 8 Jul"));
        let year = calendar_ticks(&Calendar::new("2026-01-01T00:00:00", 365.0 * 86_400.0), 365.0 * 86_400.0, 820.0);
        assert_eq!(labels(&year.marks)[..2], ["1 Jan", "1 Feb"]);
        let morning = calendar_ticks(&Calendar::new("2026-01-05T06:30:00", 6.0 * 3600.0), 6.0 * 3600.0, 820.0);
        assert_eq!(labels(&morning.marks)[..3], ["06:30", "07:00", "07:30"]);
    }
}
