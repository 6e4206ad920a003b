//! Recovery points held by one VM or group: made, thinned, dropped (model section 6).
//!
//! Points younger than the dense window are all kept. Older ones are thinned to one per bucket of the clock, rule by rule as they age; a bucket keeps its
//! newest app-consistent point, else its newest crash-consistent one. Past the retention a point goes when a newer one appears, and never otherwise: if no
//! new point can be made, old ones outlive the window.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::model::PruneRule;

/// When points are thinned and dropped \[s\].
#[derive(Clone, Debug)]
pub struct Schedule {
    dense: f64,
    retention: f64,
    rules: Vec<(f64, f64)>,
    /// Seconds from midnight to the run's start: buckets lie on the clock.
    clock: f64,
}

impl Schedule {
    /// Seconds from midnight to the run's start.
    pub fn clock(&self) -> f64 {
        self.clock
    }

    /// From the policy's values; `clock` is the time of day at which the run starts [s since midnight].
    pub fn new(dense: f64, retention: f64, rules: &[PruneRule], clock: f64) -> Self {
        let rules = rules.iter().map(|rule| (rule.up_to.as_secs_f64(), rule.keep_one_per.as_secs_f64())).collect();
        Schedule { dense, retention, rules, clock }
    }

    /// Longest age of a point \[s\].
    pub fn reach(&self) -> f64 {
        self.retention
    }

    fn bucket(&self, rule: usize, marker: f64) -> f64 {
        ((marker + self.clock) / self.rules[rule].1).floor()
    }
}

/// What a point's bytes are counted from.
#[derive(Clone, Debug)]
pub enum Written {
    /// Bytes written by this unit up to the marker.
    Own(f64),
    /// The same, by unit, where many units share a ledger.
    Shared(Rc<[f64]>),
}

/// A recovery point.
#[derive(Clone, Debug)]
pub struct Point {
    /// Source time of its marker \[s\].
    pub marker: f64,
    /// When it became available \[s\].
    pub available: f64,
    /// App-consistent.
    pub app: bool,
    /// Bytes written up to the marker.
    pub written: Written,
}

/// The points held.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Zone 0 is the dense window, zone k the reach of rule k - 1; each oldest first, and zone k older than zone k - 1.
    zones: Vec<VecDeque<Point>>,
    /// Points pruned so far.
    pub pruned: u64,
    /// Most points held at once.
    pub most: u64,
}

impl Ledger {
    /// No point yet.
    pub fn new(schedule: &Schedule) -> Self {
        Ledger { zones: vec![VecDeque::new(); schedule.rules.len() + 1], pruned: 0, most: 0 }
    }

    /// New points of one marker become available at `now`: old ones are thinned and dropped as of that instant.
    pub fn add(&mut self, points: impl IntoIterator<Item = Point>, now: f64, schedule: &Schedule) {
        self.zones[0].extend(points);
        if schedule.retention <= 0.0 {
            self.keep_latest_only();
        }
        self.thin(now, schedule);
        self.drop_expired(now, schedule);
        self.most = self.most.max(self.len());
    }

    /// Moves points that have outgrown a zone into the next one, where they meet their bucket.
    pub fn thin(&mut self, now: f64, schedule: &Schedule) {
        for zone in 0..schedule.rules.len() {
            let reach = if zone == 0 { schedule.dense } else { schedule.rules[zone - 1].0 };
            while self.zones[zone].front().is_some_and(|point| now - point.marker >= reach && !self.is_newest(point)) {
                if let Some(point) = self.zones[zone].pop_front() {
                    self.enter(zone + 1, point, schedule);
                }
            }
        }
    }

    /// Whether no point of a newer marker is held.
    fn is_newest(&self, point: &Point) -> bool {
        let newest = self.zones.iter().find_map(VecDeque::back);
        newest.is_some_and(|newest| newest.marker == point.marker)
    }

    /// Puts a point into a thinned zone; the bucket keeps its newest app point, else its newest crash point.
    fn enter(&mut self, zone: usize, point: Point, schedule: &Schedule) {
        let rule = zone - 1;
        let list = &mut self.zones[zone];
        let shares_bucket = |other: &Point| schedule.bucket(rule, other.marker) == schedule.bucket(rule, point.marker);
        match list.back() {
            Some(last) if shares_bucket(last) => {
                self.pruned += 1;
                if point.app || !last.app {
                    list.pop_back();
                    list.push_back(point);
                }
            }
            _ => list.push_back(point),
        }
    }

    fn drop_expired(&mut self, now: f64, schedule: &Schedule) {
        for zone in (0..self.zones.len()).rev() {
            while self.zones[zone].front().is_some_and(|point| now - point.marker >= schedule.retention && !self.is_newest(point)) {
                self.zones[zone].pop_front();
                self.pruned += 1;
            }
        }
    }

    fn keep_latest_only(&mut self) {
        while self.zones[0].len() > 1 {
            // Of two points of one marker the app-consistent one stays: it is the later in the list.
            self.zones[0].pop_front();
            self.pruned += 1;
        }
    }

    /// The oldest marker's points go, unless it is the newest; whether any did.
    pub fn drop_oldest(&mut self) -> bool {
        let (Some(oldest), Some(newest)) = (self.points().next().map(|point| point.marker), self.points().last().map(|point| point.marker)) else {
            return false;
        };
        if oldest == newest {
            return false;
        }
        for zone in &mut self.zones {
            while zone.front().is_some_and(|point| point.marker == oldest) {
                zone.pop_front();
                self.pruned += 1;
            }
        }
        true
    }

    /// Thins and drops what has aged by `now`, though no new point has come.
    pub fn age(&mut self, now: f64, schedule: &Schedule) {
        self.thin(now, schedule);
        self.drop_expired(now, schedule);
    }

    /// Every point is deleted.
    pub fn clear(&mut self) {
        self.zones.iter_mut().for_each(VecDeque::clear);
    }

    /// Number of points held.
    pub fn len(&self) -> u64 {
        self.zones.iter().map(|zone| zone.len() as u64).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The points, oldest first.
    pub fn points(&self) -> impl Iterator<Item = &Point> {
        self.zones.iter().rev().flatten()
    }

    /// Turns a shared ledger into that of one unit.
    pub fn own(&self, unit: usize) -> Ledger {
        let mut own = self.clone();
        for point in own.zones.iter_mut().flatten() {
            point.written = Written::Own(point.written_by(unit));
        }
        own
    }
}

impl Point {
    /// Bytes that the unit had written at the marker.
    pub fn written_by(&self, unit: usize) -> f64 {
        match &self.written {
            Written::Own(bytes) => *bytes,
            Written::Shared(row) => row.get(unit).copied().unwrap_or(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    const DAY: u64 = 24;

    /// Points of regular crash markers each 5 min, and app markers each `app` h, up to tick `end`, kept for `days`.
    fn held(days: u64, app: Option<u64>, end: u64) -> Vec<Point> {
        let rule = |up_to, per| PruneRule { up_to: Span::from_hours(up_to), keep_one_per: Span::from_hours(per) };
        let rules = match days {
            0 => vec![],
            1 => vec![rule(DAY, 1)],
            2..=7 => vec![rule(days * DAY, 2)],
            _ => vec![rule(7 * DAY, 2), rule(days * DAY, 4)],
        };
        let schedule = Schedule::new(7200.0, (days * 86_400) as f64, &rules, 0.0);
        let mut ledger = Ledger::new(&schedule);
        for tick in 0..=end {
            let marker = (tick * 300) as f64;
            let point = |app| Point { marker, available: marker, app, written: Written::Own(0.0) };
            let second = app.is_some_and(|every| tick % (every * 12) == 0).then(|| point(true));
            ledger.add([point(false)].into_iter().chain(second), marker, &schedule);
        }
        let all: Vec<Point> = ledger.points().cloned().collect();
        assert!(all.windows(2).all(|w| w[0].marker <= w[1].marker));
        assert_eq!(all.len() as u64, ledger.len());
        all
    }

    #[test]
    fn b1_last_two_hours_hold_24_crash_and_2_app_points() {
        let end = 40.0 * 3600.0;
        let points = held(1, Some(1), 40 * 12);
        let recent: Vec<_> = points.iter().filter(|p| end - p.marker < 7200.0).collect();
        assert_eq!(recent.iter().filter(|p| !p.app).count(), 24);
        assert_eq!(recent.iter().filter(|p| p.app).count(), 2);
        assert!(points.iter().filter(|p| end - p.marker >= 7200.0).all(|p| p.app), "a bucket keeps its app point");
    }

    #[test]
    fn v3_points_stored_are_46_47_59_107_113_155() {
        // The pruning table of the documentation (1 per hour; 2 hours; 4 hours after day 7), counted at bucket edges: when the newest bucket is complete
        // and the oldest has just gone, 24 points of the dense window and (retention - 2 h) / width buckets are held. In between it is one more.
        for (days, expected) in [(1, 46), (2, 47), (3, 59), (7, 107), (8, 113), (15, 155)] {
            let end = 24 * (days + 2) * 12 - 1;
            assert_eq!(held(days, None, end).len(), expected, "{days} days");
            assert_eq!(held(days, None, end + 1).len(), expected + 1, "{days} days, a bucket begun");
        }
    }

    #[test]
    fn b2_zero_days_keep_the_latest_only() {
        assert_eq!(held(0, None, 360).len(), 1);
    }

    #[test]
    fn b4_old_points_stay_until_new_ones_come() {
        let schedule = Schedule::new(7200.0, 86_400.0, &[PruneRule { up_to: Span::from_days(1), keep_one_per: Span::from_hours(1) }], 0.0);
        let mut ledger = Ledger::new(&schedule);
        let point = |marker: f64| Point { marker, available: marker, app: false, written: Written::Own(0.0) };
        for tick in 0..100 {
            ledger.add([point(f64::from(tick) * 300.0)], f64::from(tick) * 300.0, &schedule);
        }
        let before = ledger.len();
        // Three days of silence, then one point.
        assert_eq!(ledger.len(), before);
        ledger.add([point(3.0 * 86_400.0)], 3.0 * 86_400.0, &schedule);
        assert_eq!(ledger.len(), 1);
    }
}
