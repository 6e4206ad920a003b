//! The part of a run in which a round trip happens: of a long run only that is drawn.

use crate::results::{JourneyResult, Trip};

/// A part of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Its beginning \[s\].
    pub from_s: f64,
    /// Its end \[s\].
    pub to_s: f64,
}

impl Span {
    /// How long it is \[s\].
    pub fn length_s(self) -> f64 {
        self.to_s - self.from_s
    }
}

/// Shares of the run: what takes less than this is drawn by itself.
const SMALL: f64 = 0.6;

/// The part in which something happens, with some room on both sides, or the whole run if that is most of it.
pub fn of_journey(journey: &JourneyResult, horizon_s: f64) -> Span {
    let whole = Span { from_s: 0.0, to_s: horizon_s.max(1.0) };
    let begins = journey.disasters.iter().map(|disaster| disaster.at_s).chain(trips(journey).map(|trip| trip.down_from_s));
    let Some(first) = begins.reduce(f64::min) else { return whole };
    let changes = journey.machines.iter().flat_map(|machine| machine.states.last()).map(|span| span.from_s);
    let last = changes.chain(journey.disasters.iter().filter_map(|disaster| disaster.over_s)).fold(first, f64::max);
    around(first, last, horizon_s).unwrap_or(whole)
}

/// `first..=last` with room around it and on whole hours; `None` if that is most of the run.
pub fn around(first: f64, last: f64, horizon_s: f64) -> Option<Span> {
    let room = (0.08 * (last - first)).max(3600.0);
    let from_s = (((first - room) / 3600.0).floor() * 3600.0).max(0.0);
    let to_s = (((last + room) / 3600.0).ceil() * 3600.0).min(horizon_s);
    (to_s > from_s && to_s - from_s < SMALL * horizon_s).then_some(Span { from_s, to_s })
}

fn trips(journey: &JourneyResult) -> impl Iterator<Item = &Trip> {
    journey.machines.iter().flat_map(|machine| &machine.trips)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_a_month_is_drawn_by_itself_and_most_of_a_week_is_the_week() {
        let day = around(10.2 * 86_400.0, 11.2 * 86_400.0, 30.0 * 86_400.0).unwrap();
        assert!(day.from_s < 10.2 * 86_400.0 && day.to_s > 11.2 * 86_400.0 && day.length_s() < 1.5 * 86_400.0, "{day:?}");
        assert_eq!(around(2.0 * 86_400.0, 6.5 * 86_400.0, 7.0 * 86_400.0), None);
        assert_eq!(around(0.0, 7200.0, 86_400.0 * 7.0).unwrap().from_s, 0.0);
    }
}
