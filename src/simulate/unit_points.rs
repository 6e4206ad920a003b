//! The points of one VM or group: clocks, counts and ledger, marker by marker or many regular markers at once.

use std::collections::VecDeque;

use crate::observe::{AgeClock, Ledger, Point, Schedule, Written};
use crate::results::PointCounts;

/// A marker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tick {
    /// Source time \[s\].
    pub at: f64,
    /// A crash-consistent marker is issued.
    pub crash: bool,
    /// An app-consistent marker is issued.
    pub app: bool,
    /// Number of app-consistent markers issued up to and including this one.
    pub apps: u32,
    /// Number of crash-consistent ones.
    pub crashes: u32,
}

/// A marker that has not landed on all disks (or members).
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub tick: u32,
    pub remaining: u32,
    pub landed: f64,
    pub applied: f64,
    /// The app-consistent marker failed at the source.
    pub app_failed: bool,
    pub written: f64,
}

/// One VM or group.
pub(super) struct UnitPoints {
    pub reported: AgeClock,
    pub any: AgeClock,
    pub app: Option<AgeClock>,
    pub counts: PointCounts,
    pub ledger: Option<Ledger>,
    /// Last tick that was regular; `None` once the unit is followed on its own.
    pub regular: bool,
    pub caught_up: u32,
    pub pending: VecDeque<Pending>,
    pub failing: bool,
}

impl UnitPoints {
    /// Every point is deleted.
    pub fn forget(&mut self, now: f64) {
        for clock in [Some(&mut self.reported), Some(&mut self.any), self.app.as_mut()].into_iter().flatten() {
            clock.forget(now);
        }
        if let Some(ledger) = &mut self.ledger {
            ledger.clear();
        }
    }

    /// The unit is not observed from `now` on, or is again: its ages pause.
    pub fn hide(&mut self, now: f64, hidden: bool) {
        for clock in [Some(&mut self.reported), Some(&mut self.any), self.app.as_mut()].into_iter().flatten() {
            clock.hide(now, hidden);
        }
    }
}

/// The kinds of point that a marker gives: crash-consistent (`false`) first, then app-consistent.
pub(super) fn kinds(crash: bool, app: bool) -> impl Iterator<Item = bool> {
    [crash.then_some(false), app.then_some(true)].into_iter().flatten()
}

/// Counts a disk or member in; hands the marker out once it was the last.
pub(super) fn settle(pending: &mut VecDeque<Pending>, tick: u32, landed: f64, applied: f64) -> Option<Pending> {
    let place = pending.iter().position(|p| p.tick == tick)?;
    let entry = &mut pending[place];
    entry.landed = entry.landed.max(landed);
    entry.applied = entry.applied.max(applied);
    entry.remaining = entry.remaining.saturating_sub(1);
    if entry.remaining > 0 {
        return None;
    }
    pending.remove(place)
}

/// A marker has landed everywhere: the unit's clocks, counts and ledger.
pub(super) fn complete(unit: &mut UnitPoints, tick: &Tick, done: &Pending, landed: f64, available: f64, end: f64, schedule: Option<&Schedule>) {
    let app = tick.app && !done.app_failed;
    unit.counts.app_failed += u64::from(tick.app && done.app_failed);
    if !tick.crash && !app {
        return;
    }
    unit.reported.arrive(tick.at, landed);
    unit.any.arrive(tick.at, available);
    if available > end {
        return;
    }
    unit.counts.crash_points += u64::from(tick.crash);
    unit.counts.app_points += u64::from(app);
    if app && let Some(clock) = &mut unit.app {
        clock.arrive(tick.at, available);
    }
    if let (Some(ledger), Some(schedule)) = (&mut unit.ledger, schedule) {
        let written = Written::Own(done.written);
        let point = |app| Point { marker: tick.at, available, app, written: written.clone() };
        ledger.add(kinds(tick.crash, app).map(point), available, schedule);
    }
}

/// Brings a regular unit's clocks and counts up to tick `to`: every marker landed and was applied at once.
pub(super) fn catch_up(unit: &mut UnitPoints, ticks: &[Tick], to: u32, delay: f64, apply_delay: f64, crash_every: f64, app_every: Option<f64>) {
    let from = unit.caught_up;
    if !unit.regular || to <= from {
        return;
    }
    let (first, last) = (&ticks[from as usize + 1], &ticks[to as usize]);
    let count = u64::from(to - from);
    let crashes = u64::from(last.crashes - ticks[from as usize].crashes);
    let apps = u64::from(last.apps - ticks[from as usize].apps);
    if crashes == count {
        unit.reported.arrive_regularly(first.at, crash_every, count, delay);
        unit.any.arrive_regularly(first.at, crash_every, count, delay + apply_delay);
    } else {
        // App markers stand between the crash markers: the intervals differ.
        for tick in &ticks[from as usize + 1..=to as usize] {
            unit.reported.arrive(tick.at, tick.at + delay);
            unit.any.arrive(tick.at, tick.at + delay + apply_delay);
        }
    }
    if let (Some(clock), Some(every)) = (&mut unit.app, app_every)
        && let Some(first_app) = ticks[from as usize + 1..=to as usize].iter().find(|tick| tick.app)
    {
        clock.arrive_regularly(first_app.at, every, apps, delay + apply_delay);
    }
    unit.counts.crash_markers += crashes;
    unit.counts.app_markers += apps;
    let end = unit.any.end();
    let available = |tick: &&Tick| tick.at + delay + apply_delay <= end;
    let reached: Vec<&Tick> = ticks[from as usize + 1..=to as usize].iter().rev().skip_while(|tick| !available(tick)).take(1).collect();
    if let Some(newest) = reached.first() {
        unit.counts.crash_points += u64::from(newest.crashes - ticks[from as usize].crashes);
        unit.counts.app_points += u64::from(newest.apps - ticks[from as usize].apps);
    }
    unit.caught_up = to;
}
