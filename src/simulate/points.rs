//! Watches recovery points: markers issued, landed, available or failed, for every VM and group, with the ages that follow and the points held.
//!
//! Units that never waited get every marker at the same two delays after its source time. They are *regular*: nothing is done for them marker by
//! marker, their clocks are caught up in one step, and they share one ledger of held points. A unit that waits once is followed on its own from then on.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::model::World;
use crate::observe::{AgeClock, FleetAge, LawBuilder, Ledger, Point, Schedule, Written};
use crate::results::{HeldPoint, PointCounts};
use crate::simulate::unit_points::{Pending, Tick, UnitPoints, catch_up, complete, kinds, settle};

/// A point that becomes known: for loss in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub vm: u32,
    /// Bytes written at the marker.
    pub written: f64,
    /// Observed time at which it has landed \[s\].
    pub landed: f64,
    /// Observed time at which it is available \[s\].
    pub available: f64,
    pub app: bool,
}

/// How a marker stands with a unit when it is issued, or later.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Standing {
    /// Nothing waits: landed at once (time of departure and of apply).
    AtOnce(f64, f64),
    /// So many disks or members still have to land it; the others have, and applied it, by then.
    Waits(u32, f64, f64),
    /// Order is not kept: it fails.
    Fails,
}

/// All points.
pub(super) struct Points {
    delay: f64,
    apply_delay: f64,
    end: f64,
    crash_every: f64,
    app_every: Option<f64>,
    keep: bool,
    schedule: Schedule,
    pub ticks: Vec<Tick>,
    pub vms: Vec<UnitPoints>,
    pub groups: Vec<UnitPoints>,
    shared: Ledger,
    pub fleet_reported: FleetAge,
    pub fleet_any: FleetAge,
    pub fleet_app: Option<FleetAge>,
    /// VMs followed on their own.
    pub followed: Vec<u32>,
    /// Whether a VM is, by VM.
    pub is_followed: Vec<bool>,
}

impl Points {
    pub fn new(world: &World, protected: bool) -> Self {
        let policy = &world.policy;
        let end = world.horizon.as_secs_f64();
        // Where nobody asks for ages, nobody is ever protected and nothing is followed.
        let (asked, seen) = (world.output.ages, protected && world.output.ages);
        let law = || {
            let law = LawBuilder::new().with_threshold(policy.rpo_threshold.as_secs_f64());
            if asked { law.with_histogram() } else { law }
        };
        let clock = || AgeClock::new(law(), end);
        let reported = || clock().with_breaches(policy.rpo_threshold.as_secs_f64());
        let midnight = world.start.time().duration_since(jiff::civil::Time::midnight()).as_secs_f64();
        let rules: Vec<_> = policy.prune.iter().copied().filter(|rule| rule.up_to > policy.dense_window).collect();
        let schedule = Schedule::new(policy.dense_window.as_secs_f64(), policy.retention.as_secs_f64(), &rules, midnight);
        let unit = || UnitPoints {
            reported: reported(),
            any: clock(),
            app: policy.app_every.map(|_| clock()),
            counts: PointCounts::default(),
            ledger: None,
            regular: true,
            caught_up: 0,
            pending: VecDeque::new(),
            failing: false,
        };
        let vms = world.vms.len() as u32;
        let mut points = Points {
            delay: world.link.rtt.as_secs_f64() / 2.0,
            apply_delay: world.apply.delay.as_secs_f64(),
            end,
            crash_every: policy.crash_every.as_secs_f64(),
            app_every: policy.app_every.map(|every| every.as_secs_f64()),
            keep: world.output.points || world.journey.is_some(),
            shared: Ledger::new(&schedule),
            schedule,
            ticks: vec![Tick { at: 0.0, crash: true, app: policy.app_every.is_some(), apps: 0, crashes: 0 }],
            vms: (0..vms).map(|_| unit()).collect(),
            groups: world.groups.iter().map(|_| unit()).collect(),
            fleet_reported: FleetAge::new(reported(), world.vms.len(), seen),
            fleet_any: FleetAge::new(clock(), world.vms.len(), seen),
            fleet_app: policy.app_every.map(|_| FleetAge::new(clock(), world.vms.len(), seen)),
            followed: Vec::new(),
            is_followed: vec![false; world.vms.len()],
        };
        if seen {
            points.start_protected(world);
        } else if asked {
            for vm in 0..vms {
                points.follow_vm(vm);
            }
            for group in 0..points.groups.len() {
                points.follow_group(group);
            }
        }
        points
    }

    /// A point of both kinds exists at the start.
    fn start_protected(&mut self, world: &World) {
        let row: Rc<[f64]> = vec![0.0; world.vms.len()].into();
        let point = |app| Point { marker: 0.0, available: 0.0, app, written: Written::Shared(row.clone()) };
        let points = kinds(true, self.app_every.is_some()).map(point);
        self.shared.add(points, 0.0, &self.schedule);
        for unit in self.vms.iter_mut().chain(&mut self.groups) {
            unit.reported.arrive(0.0, 0.0);
            unit.any.arrive(0.0, 0.0);
            if let Some(app) = &mut unit.app {
                app.arrive(0.0, 0.0);
            }
        }
    }

    /// The laws of the fleet and of each VM leave out what lies before `from` \[s\].
    pub fn begin_laws_at(&mut self, from: f64) {
        self.fleets(|fleet| fleet.begin_at(from));
        for unit in &mut self.vms {
            let clocks = [Some(&mut unit.reported), Some(&mut unit.any), unit.app.as_mut()];
            clocks.into_iter().flatten().for_each(|clock| clock.begin_at(from));
        }
    }

    /// Does the same to the fleet's clocks of every kind.
    fn fleets(&mut self, mut act: impl FnMut(&mut FleetAge)) {
        for fleet in [Some(&mut self.fleet_reported), Some(&mut self.fleet_any), self.fleet_app.as_mut()].into_iter().flatten() {
            act(fleet);
        }
    }

    /// A VM is not observed from `now` on, or is again.
    pub fn hide_vm(&mut self, vm: u32, now: f64, hidden: bool) {
        if hidden {
            // Its ages are told marker by marker from here on, so that they can pause.
            self.follow_vm(vm);
        }
        self.vms[vm as usize].hide(now, hidden);
        self.fleets(|fleet| fleet.hide(vm, now, hidden));
    }

    /// A group is not observed from `now` on, or is again.
    pub fn hide_group(&mut self, group: usize, now: f64, hidden: bool) {
        if hidden {
            self.follow_group(group);
        }
        self.groups[group].hide(now, hidden);
    }

    /// Whether a group is followed on its own.
    pub fn is_group_followed(&self, group: usize) -> bool {
        !self.groups[group].regular
    }

    /// Last tick issued.
    pub fn last_tick(&self) -> u32 {
        self.ticks.len() as u32 - 1
    }

    /// Follows a VM on its own from the next tick on.
    pub fn follow_vm(&mut self, vm: u32) {
        let unit = &mut self.vms[vm as usize];
        if unit.regular {
            self.followed.push(vm);
            let last = self.ticks.len() as u32 - 1;
            self.catch_up_vm(vm as usize, last);
            let unit = &mut self.vms[vm as usize];
            unit.regular = false;
            self.is_followed[vm as usize] = true;
            if self.keep {
                unit.ledger = Some(self.shared.own(vm as usize));
            }
            // The first points exist from the start; all others are regular.
            let landed = |tick: &Tick| if tick.at > 0.0 { tick.at + self.delay } else { 0.0 };
            let available = |tick: &Tick| if tick.at > 0.0 { landed(tick) + self.apply_delay } else { 0.0 };
            let newest = &self.ticks[last as usize];
            self.fleet_reported.part(vm, landed(newest));
            self.fleet_any.part(vm, available(newest));
            if let Some(fleet) = &mut self.fleet_app {
                let newest = self.ticks.iter().rfind(|tick| tick.app).unwrap_or(newest);
                fleet.part(vm, available(newest));
            }
        }
    }

    /// Follows a group on its own from the next tick on.
    pub fn follow_group(&mut self, group: usize) {
        if self.groups[group].regular {
            let last = self.ticks.len() as u32 - 1;
            self.catch_up_group(group, last);
            self.groups[group].regular = false;
            if self.keep {
                self.groups[group].ledger = Some(self.shared.own(usize::MAX));
            }
        }
    }

    fn catch_up_vm(&mut self, vm: usize, to: u32) {
        let unit = &mut self.vms[vm];
        catch_up(unit, &self.ticks, to, self.delay, self.apply_delay, self.crash_every, self.app_every);
    }

    fn catch_up_group(&mut self, group: usize, to: u32) {
        let unit = &mut self.groups[group];
        catch_up(unit, &self.ticks, to, self.delay, self.apply_delay, self.crash_every, self.app_every);
    }

    /// Issues a marker for everyone. VMs in `followed` must be given their standing afterwards with [`stand`](Self::stand). `written` is what each VM has
    /// written so far.
    pub fn issue(&mut self, at: f64, crash: bool, app: bool, written: Option<&Rc<[f64]>>) -> u32 {
        let last = self.ticks[self.ticks.len() - 1];
        self.ticks.push(Tick { at, crash, app, apps: last.apps + u32::from(app), crashes: last.crashes + u32::from(crash) });
        let available = at + self.delay + self.apply_delay;
        self.fleet_reported.issue(at, at + self.delay);
        self.fleet_any.issue(at, available);
        if app && let Some(fleet) = &mut self.fleet_app {
            fleet.issue(at, available);
        }
        if self.keep && available <= self.end {
            let written = || written.map_or(Written::Own(0.0), |row| Written::Shared(row.clone()));
            let points = kinds(crash, app).map(|app| Point { marker: at, available, app, written: written() });
            self.shared.add(points, available, &self.schedule);
        }
        self.last_tick()
    }

    /// Says how the last marker stands with a followed VM. Returns arrivals and whether a run of failures begins (`Some(true)`) or ends.
    pub fn stand(&mut self, vm: u32, standing: Standing, app_failed: bool, written: f64) -> (Option<Arrival>, Option<bool>) {
        let tick = self.last_tick();
        let kinds = self.ticks[tick as usize];
        let unit = &mut self.vms[vm as usize];
        unit.counts.crash_markers += u64::from(kinds.crash);
        unit.counts.app_markers += u64::from(kinds.app);
        let failing = standing == Standing::Fails;
        let turned = (failing != unit.failing).then_some(failing);
        unit.failing = failing;
        match standing {
            Standing::AtOnce(landed, applied) => {
                let pending = Pending { tick, remaining: 0, landed, applied, app_failed, written };
                (self.complete_vm(vm, pending), turned)
            }
            Standing::Waits(remaining, landed, applied) => {
                unit.pending.push_back(Pending { tick, remaining, landed, applied, app_failed, written });
                (None, turned)
            }
            Standing::Fails => {
                unit.counts.crash_failed += u64::from(kinds.crash);
                unit.counts.app_failed += u64::from(kinds.app);
                (None, turned)
            }
        }
    }

    /// Says how the last marker stands with a followed group.
    pub fn stand_group(&mut self, group: usize, standing: Standing, app_failed: bool) {
        let tick = self.last_tick();
        let kinds = self.ticks[tick as usize];
        let unit = &mut self.groups[group];
        unit.counts.crash_markers += u64::from(kinds.crash);
        unit.counts.app_markers += u64::from(kinds.app);
        match standing {
            Standing::AtOnce(landed, applied) => {
                self.complete_group(group, Pending { tick, remaining: 0, landed, applied, app_failed, written: 0.0 });
            }
            Standing::Waits(remaining, landed, applied) => {
                unit.pending.push_back(Pending { tick, remaining, landed, applied, app_failed, written: 0.0 });
            }
            Standing::Fails => {
                unit.counts.crash_failed += u64::from(kinds.crash);
                unit.counts.app_failed += u64::from(kinds.app);
            }
        }
    }

    /// Whether a VM has issued a marker that has not landed everywhere yet.
    pub fn awaits(&self, vm: u32) -> bool {
        !self.vms[vm as usize].pending.is_empty()
    }

    /// A disk of a VM has landed a marker and applied it (times of departure). Returns, once all disks have, the point that arrives (none if the marker was of
    /// the kind that failed only), and when it landed and was applied.
    pub fn land(&mut self, vm: u32, tick: u32, landed: f64, applied: f64) -> Option<(Option<Arrival>, f64, f64)> {
        let done = settle(&mut self.vms[vm as usize].pending, tick, landed, applied)?;
        let (landed, applied) = (done.landed, done.applied);
        Some((self.complete_vm(vm, done), landed, applied))
    }

    /// A member of a group has landed a marker.
    pub fn land_group(&mut self, group: usize, tick: u32, landed: f64, applied: f64) {
        if let Some(done) = settle(&mut self.groups[group].pending, tick, landed, applied) {
            self.complete_group(group, done);
        }
    }

    /// The points of a followed VM age, though no new one comes.
    pub fn age(&mut self, vm: u32, now: f64) {
        if let Some(ledger) = &mut self.vms[vm as usize].ledger {
            ledger.age(now, &self.schedule);
        }
    }

    /// The points of a followed VM are deleted, and so are the common ones of its group.
    pub fn forget(&mut self, vm: u32, group: Option<usize>, now: f64) {
        let units = [Some(&mut self.vms[vm as usize]), group.map(|group| &mut self.groups[group])];
        units.into_iter().flatten().for_each(|unit| unit.forget(now));
    }

    /// A VM loses the order of its writes: markers that have not landed fail.
    pub fn fail_pending(&mut self, vm: u32, group: Option<usize>) {
        let ticks = &self.ticks;
        let units = [Some(&mut self.vms[vm as usize]), group.map(|group| &mut self.groups[group])];
        for unit in units.into_iter().flatten() {
            for pending in unit.pending.drain(..) {
                let kinds = ticks[pending.tick as usize];
                unit.counts.crash_failed += u64::from(kinds.crash);
                unit.counts.app_failed += u64::from(kinds.app);
            }
        }
    }

    fn complete_vm(&mut self, vm: u32, done: Pending) -> Option<Arrival> {
        let kinds = self.ticks[done.tick as usize];
        let (landed, available) = (done.landed + self.delay, done.applied + self.delay + self.apply_delay);
        let app = kinds.app && !done.app_failed;
        let unit = &mut self.vms[vm as usize];
        complete(unit, &kinds, &done, landed, available, self.end, self.keep.then_some(&self.schedule));
        if !kinds.crash && !app {
            return None;
        }
        self.fleet_reported.reach(vm, done.tick, landed);
        self.fleet_any.reach(vm, done.tick, available);
        if app && let Some(fleet) = &mut self.fleet_app {
            fleet.reach(vm, kinds.apps, available);
        }
        Some(Arrival { vm, written: done.written, landed, available, app })
    }

    fn complete_group(&mut self, group: usize, done: Pending) {
        let kinds = self.ticks[done.tick as usize];
        let (landed, available) = (done.landed + self.delay, done.applied + self.delay + self.apply_delay);
        complete(&mut self.groups[group], &kinds, &done, landed, available, self.end, self.keep.then_some(&self.schedule));
    }

    /// Points that one VM holds in steady state if every marker becomes a point: counted by letting the schedule run for its reach and a day more, and then
    /// looking just before midnight, when a bucket of every width is about to be complete and nothing more is begun.
    pub fn steady_state(&self) -> u64 {
        let reach = self.schedule.reach();
        let mut ledger = Ledger::new(&self.schedule);
        let mut next_app = self.app_every.map(|_| 0.0);
        let whole_days = ((reach / 86_400.0).ceil() + 2.0) * 86_400.0;
        let steps = ((whole_days - self.schedule.clock()) / self.crash_every) as u64;
        for step in 0..steps {
            let marker = step as f64 * self.crash_every;
            let app = next_app.is_some_and(|due| marker >= due);
            let points = kinds(true, app).map(|app| Point { marker, available: marker, app, written: Written::Own(0.0) });
            ledger.add(points, marker, &self.schedule);
            if app {
                next_app = next_app.zip(self.app_every).map(|(due, every)| due + every);
            }
        }
        ledger.len()
    }

    /// Bytes that the points of a VM occupy beyond the newest copy, with F as `distinct`; and the part of them that points of before `old` hold.
    pub fn stored(&self, vm: usize, written_now: f64, old: f64, distinct: &dyn Fn(f64) -> f64) -> (f64, f64) {
        let ledger = self.vms[vm].ledger.as_ref().unwrap_or(&self.shared);
        let marks: Vec<(f64, f64)> =
            ledger.points().map(|point| (point.marker, point.written_by(vm))).chain([(f64::INFINITY, written_now)]).collect();
        let (mut all, mut oldest) = (0.0, 0.0);
        for pair in marks.windows(2) {
            let bytes = distinct((pair[1].1 - pair[0].1).max(0.0));
            all += bytes;
            if pair[0].0 < old {
                oldest += bytes;
            }
        }
        (all, oldest)
    }

    /// Ends the observation; returns the points held at the end, by VM, if they were kept.
    pub fn finish(&mut self) -> Vec<Vec<HeldPoint>> {
        let last = self.last_tick();
        for vm in 0..self.vms.len() {
            self.catch_up_vm(vm, last);
        }
        for group in 0..self.groups.len() {
            self.catch_up_group(group, last);
        }
        let (end, schedule) = (self.end, &self.schedule);
        let mut shared = self.shared.clone();
        shared.thin(end, schedule);
        let mut held = Vec::new();
        let vms = self.vms.len();
        for (place, unit) in self.vms.iter_mut().chain(&mut self.groups).enumerate() {
            unit.reported.close();
            unit.any.close();
            if let Some(app) = &mut unit.app {
                app.close();
            }
            if let Some(own) = &mut unit.ledger {
                own.thin(end, schedule);
            }
            let ledger = unit.ledger.as_ref().unwrap_or(&shared);
            let points: Vec<HeldPoint> = ledger.points().map(|p| HeldPoint { marker_s: p.marker, available_s: p.available, app: p.app }).collect();
            let counts = &mut unit.counts;
            counts.pruned = ledger.pruned;
            counts.held_at_end = points.len() as u64;
            counts.held_max = ledger.most;
            counts.oldest_at_end_s = points.first().map(|p| end - p.marker_s);
            counts.newest_at_end_s = points.last().map(|p| end - p.marker_s);
            let edges = points.iter().map(|p| p.marker_s).chain([end]);
            counts.longest_hole_s = points.first().map(|_| edges.clone().zip(edges.skip(1)).map(|(a, b)| b - a).fold(0.0, f64::max));
            counts.longest_without_new_s = unit.any.longest_gap();
            if place < vms {
                held.push(points);
            }
        }
        self.fleets(FleetAge::close);
        held
    }
}
