//! The run loop: the only place that advances the clock.

use crate::engine::{Calendar, Streams};
use crate::fluid::network::{Network, Stop};
use crate::model::{StartState, World};
use crate::observe::{Epoch, PieceHistogram};
use crate::results::SeriesRow;
use crate::simulate::account::Account;
use crate::simulate::alone::Alone;
use crate::simulate::bytes::{Bytes, Unseen};
use crate::simulate::copies::{Copies, Stage};
use crate::simulate::feed::Feed;
use crate::simulate::hubs::{Crossing, Hubs};
use crate::simulate::lags::{Day, Lags, Landing};
use crate::simulate::leg::News;
use crate::simulate::link_plan::{LinkStep, plan};
use crate::simulate::log::Log;
use crate::simulate::points::Points;
use crate::simulate::wiring::{Wiring, build, operations_per_byte};
use crate::units::{Instant, Span};

/// What the calendar holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Happening {
    /// The link changes: step of the plan.
    Link(u32),
    /// Fault number.
    Fault(u32),
    /// A process server comes back (fault number).
    Repaired(u32),
    /// A checksum pass is through: disk, pass number.
    ChecksumDone(u32, u32),
    /// The next churn bucket of a cohort.
    Bucket(u32),
    /// Load event begins.
    LoadBegins(u32),
    /// Load event ends.
    LoadEnds(u32),
    /// Midnight.
    Midnight,
    /// A marker is issued.
    Marker,
    /// Process servers look at their drain time.
    DrainCheck,
    /// Is some log too old?
    LogCheck,
    /// A VM has its first recovery point.
    Protected(u32),
    /// A row of the series is due.
    Row,
}

impl Happening {
    /// Order among happenings at one instant: first the world, then what is written, then what is looked at.
    fn class(self) -> u8 {
        match self {
            Happening::Link(_) => 0,
            Happening::Fault(_) => 1,
            Happening::Repaired(_) => 2,
            Happening::ChecksumDone(..) => 3,
            Happening::Bucket(_) => 4,
            Happening::LoadEnds(_) => 5,
            Happening::LoadBegins(_) => 6,
            Happening::Midnight => 7,
            Happening::Marker => 8,
            Happening::DrainCheck => 9,
            Happening::LogCheck => 10,
            Happening::Protected(_) => 11,
            Happening::Row => 12,
        }
    }
}

/// Everything of one run.
pub(super) struct Run<'w> {
    pub world: &'w World,
    pub calendar: Calendar<Happening>,
    pub network: Network,
    pub wiring: Wiring,
    pub feed: Feed,
    pub lags: Lags,
    pub points: Points,
    pub bytes: Bytes,
    pub hubs: Hubs,
    pub copies: Copies,
    pub log: Log,
    pub link: Vec<LinkStep>,
    pub fleet_rates: PieceHistogram,
    /// Wire rate of the fleet from each change on \[bytes/s\].
    pub curve: Vec<(f64, f64)>,
    /// Tracked rate of each process server, row by row of `curve` \[bytes/s\].
    pub hub_curve: Vec<f64>,
    /// What held the initial copies up, once they are done.
    pub copies_bound_by: Option<String>,
    pub rows: Vec<SeriesRow>,
    pub days: Vec<(f64, Day, f64)>,
    pub ledger: Vec<Account>,
    /// Disks with a limit of their own, behind nothing else.
    pub alone: Vec<Option<Alone>>,
    pub vm_peak: Vec<f64>,
    pub fleet_peak: (f64, f64),
    /// Bytes that the held points occupy at midnight: (when, all, those of the oldest part of the retention) \[s, bytes\].
    pub stored: Vec<(f64, f64, f64)>,
    pub calendar_events: u64,
    pub buckets: u64,
    /// Time without any link \[s\].
    pub link_down: f64,
    pub link_outages: u64,
    pub link_reductions: u64,
    pub(super) now: Instant,
    pub(super) end: Instant,
    pub(super) link_capacity: f64,
    pub(super) operations: Vec<f64>,
    pub(super) writes: Vec<bool>,
    pub(super) vm_writes: Vec<u32>,
    /// Observed VMs that write.
    pub(super) writing_vms: u32,
    /// Whether a VM is one of them.
    pub(super) seen_writing: Vec<bool>,
    /// Disks of a VM whose record has an excluded gap now, by VM.
    pub(super) excluded: Vec<u32>,
    /// VMs with such a disk.
    pub(super) hidden_vms: u32,
    /// VMs without a recovery point.
    pub unprotected: usize,
    /// When the last VM gets its first recovery point \[s\]; infinite while that is not known.
    pub last_protected_at: f64,
    /// When the lag of a disk out of order was told last \[s\].
    pub(super) frozen_told: Vec<f64>,
    /// Whether a machine is here, hosted or replicated.
    pub(super) present: Vec<bool>,
    /// Since when a machine is not observed because it was released \[s\].
    pub(super) dark: Vec<Option<f64>>,
    pub(super) dark_time: Vec<f64>,
    /// Machines whose copy is under way.
    pub(super) copying: Vec<u32>,
    /// When a machine's first point since it was last unprotected becomes available, if one has landed.
    pub(super) point_due: Vec<Option<Instant>>,
    /// Machines whose copy is done, until their first point.
    pub(super) awaited: Vec<u32>,
    /// Machines that were shut down and drain, and since when \[s\].
    pub(super) draining: Vec<(u32, f64)>,
    /// Ceilings of disks that are held to less while their copy runs \[wire bytes/s\].
    pub(super) own_out: Vec<Option<f64>>,
    /// Whether some machine was replicated anew.
    pub ever_replicated: bool,
    /// Random streams drawn from.
    pub random_streams: u64,
    /// What the journey has not heard yet.
    pub news: Vec<News>,
    pub(super) landed: Vec<Landing>,
    pub(super) epoch: Epoch,
    pub(super) last_dirty: Vec<u32>,
    pub(super) observed: Vec<bool>,
    pub(super) rates_changed: bool,
    pub(super) unordered: u32,
    pub(super) app_streams: Vec<rand::rngs::ChaCha8Rng>,
    pub(super) next_crash: Instant,
    pub(super) next_app: Option<Instant>,
    pub(super) row_start: (f64, f64, f64, f64),
    pub(super) day_start: (f64, f64),
    pub(super) written_total: f64,
    pub(super) rate_total: f64,
}

impl<'w> Run<'w> {
    /// A run at its start; of a leg that begins `empty`, nobody is here.
    pub fn new(world: &'w World, replication: u64, empty: bool) -> Self {
        let streams = Streams::new(world.seed, replication);
        let (network, wiring) = build(world);
        let (vms, disks) = (world.vms.len(), world.disks.len());
        let end = world.horizon.as_secs_f64();
        let delay = world.link.rtt.as_secs_f64() / 2.0;
        let protected = world.policy.start_state == StartState::Protected;
        let output = world.output;
        let app_failure = world.policy.app_failure.get();
        let mut run = Run {
            world,
            calendar: Calendar::default(),
            network,
            wiring,
            feed: Feed::new(world, &streams),
            lags: Lags::new(world, protected),
            points: Points::new(world, protected),
            bytes: Bytes::new(vms, delay, output.loss_bytes, output.vm_quantiles, protected, world.policy.app_every.is_some()),
            hubs: Hubs::new(world),
            copies: Copies::new(world),
            log: Log::new(world.start, end, output.events),
            link: plan(world, &streams),
            fleet_rates: PieceHistogram::new(),
            curve: Vec::new(),
            hub_curve: Vec::new(),
            copies_bound_by: None,
            rows: Vec::new(),
            days: Vec::new(),
            ledger: Account::all(world),
            alone: world
                .disks
                .iter()
                .map(|disk| disk.churn_limit.map(|limit| Alone::new(limit.as_bytes_per_s(), world.policy.rpo_threshold.as_secs_f64())))
                .collect(),
            vm_peak: vec![0.0; vms],
            fleet_peak: (0.0, 0.0),
            stored: Vec::new(),
            calendar_events: 0,
            buckets: 0,
            link_down: 0.0,
            link_outages: 0,
            link_reductions: 0,
            now: Instant::START,
            end: Instant::START + world.horizon,
            link_capacity: 0.0,
            operations: operations_per_byte(world),
            writes: vec![false; vms],
            vm_writes: vec![0; vms],
            writing_vms: 0,
            seen_writing: vec![false; vms],
            excluded: vec![0; vms],
            hidden_vms: 0,
            unprotected: if protected { 0 } else { world.vms.len() },
            last_protected_at: if protected { 0.0 } else { f64::INFINITY },
            frozen_told: vec![0.0; disks],
            present: vec![true; vms],
            dark: vec![None; vms],
            dark_time: vec![0.0; vms],
            copying: Vec::new(),
            point_due: vec![None; vms],
            awaited: Vec::new(),
            draining: Vec::new(),
            own_out: vec![None; disks],
            ever_replicated: false,
            random_streams: 0,
            news: Vec::new(),
            landed: Vec::new(),
            epoch: Epoch { from: 0.0, to: 0.0, tick: None },
            last_dirty: Vec::new(),
            observed: vec![protected; vms],
            rates_changed: true,
            unordered: 0,
            app_streams: if app_failure > 0.0 { world.vms.iter().map(|vm| streams.stream(&vm.name, "app-marker")).collect() } else { Vec::new() },
            next_crash: Instant::START + world.policy.crash_every,
            next_app: world.policy.app_every.map(|every| Instant::START + every),
            row_start: (0.0, 0.0, 0.0, 0.0),
            day_start: (0.0, 0.0),
            written_total: 0.0,
            rate_total: 0.0,
        };
        if run.lags.applies_slowly() {
            run.network.tell_aside();
        }
        if output.ages && (run.lags.applies_slowly() || app_failure > 0.0) {
            for vm in 0..vms as u32 {
                run.points.follow_vm(vm);
            }
            for group in 0..world.groups.len() {
                run.points.follow_group(group);
            }
        }
        run.random_streams = streams.opened();
        run.schedule();
        if empty {
            run.empty();
        } else if !protected {
            run.begin_initial_replication();
        }
        run
    }

    pub(super) fn push(&mut self, at: Instant, happening: Happening) {
        // What is already past happens now: the clock never runs back.
        let at = at.max(self.now);
        if at <= self.end {
            self.calendar.push(at, happening.class(), happening);
        }
    }

    /// Puts everything that is known beforehand on the calendar.
    fn schedule(&mut self) {
        for step in 0..self.link.len() {
            self.push(self.link[step].at, Happening::Link(step as u32));
        }
        for (index, fault) in self.world.faults.iter().enumerate() {
            self.push(fault.at, Happening::Fault(index as u32));
        }
        for cohort in 0..self.feed.cohorts() {
            self.push(Instant::START, Happening::Bucket(cohort as u32));
        }
        for (index, event) in self.world.load_events.iter().enumerate() {
            for &at in &event.starts {
                self.push(at, Happening::LoadBegins(index as u32));
                self.push(at + event.lasts, Happening::LoadEnds(index as u32));
            }
        }
        let into_day = self.world.start.time().duration_since(jiff::civil::Time::midnight()).as_nanos().unsigned_abs() as u64;
        let day = Span::from_days(1).as_nanos();
        self.push(Instant::from_nanos(day - into_day), Happening::Midnight);
        self.push(self.next_marker(), Happening::Marker);
        if self.world.hubs.iter().any(|hub| hub.cache.is_some()) {
            self.push(Instant::START + self.world.policy.drain_check_every, Happening::DrainCheck);
        }
        if self.world.policy.log_age_limit.is_some() {
            self.push(Instant::START + self.world.policy.drain_check_every, Happening::LogCheck);
        }
        if let Some(every) = self.world.output.series_every {
            self.push(Instant::START + every, Happening::Row);
        }
    }

    pub(super) fn next_marker(&self) -> Instant {
        self.next_app.map_or(self.next_crash, |app| app.min(self.next_crash))
    }

    /// Runs to the end.
    pub fn go(&mut self, progress: &mut dyn FnMut(f64)) {
        let horizon = self.end.as_secs_f64();
        loop {
            self.step(&mut |now| progress(now / horizon));
            if self.now >= self.end {
                break;
            }
        }
        self.close();
    }

    /// Goes on to the next instant of the calendar and does what is due; `midnight` is told when a day is over \[s\].
    pub fn step(&mut self, midnight: &mut dyn FnMut(f64)) {
        let next = self.next_instant();
        self.sync(next);
        // What became known within the last epoch may be due before its end: it happens now.
        while self.calendar.peek_time().is_some_and(|at| at <= self.now) {
            if let Some((_, happening)) = self.calendar.pop() {
                self.calendar_events += 1;
                if matches!(happening, Happening::Midnight) {
                    midnight(self.now.as_secs_f64());
                }
                self.handle(happening);
            }
        }
    }

    /// Lets time pass to the next instant of the calendar: one epoch of constant write rates.
    pub(super) fn let_pass(&mut self, to: Instant) {
        if self.is_asleep() {
            self.sum_rates();
            // Nothing flows, so nothing stops.
            while self.network.advance(to.as_secs_f64()).is_some() {}
            self.link_down += if self.link_capacity <= 0.0 { to.since(self.now).as_secs_f64() } else { 0.0 };
            self.now = to;
            return;
        }
        let (t0, t1) = (self.now.as_secs_f64(), to.as_secs_f64());
        let tick = (self.world.output.ages && self.next_marker() == to).then(|| self.points.last_tick() + 1);
        self.sum_rates();
        let epoch = Epoch { from: t0, to: t1, tick };
        self.epoch = epoch;
        while let Some(stop) = self.network.advance(t1) {
            self.lags.digest(self.world, &mut self.network, &epoch);
            self.decide(stop);
        }
        if !self.network.is_clear() {
            self.network.settle();
        }
        self.lags.digest(self.world, &mut self.network, &epoch);
        self.tell_frozen(t1);
        self.take_landings();
        self.lags.close(self.world, &epoch, &self.writes, self.writing_vms > 0, &mut self.log);
        let lags = &self.lags;
        let excluded = &self.excluded;
        let unseen = |vm: u32| Unseen { excluded: excluded[vm as usize] > 0, unprotected: lags.vms[vm as usize].window.from >= t1 };
        let all_seen = self.hidden_vms == 0 && self.last_protected_at < t1;
        let unseen: Option<&dyn Fn(u32) -> Unseen> = if all_seen { None } else { Some(&unseen) };
        self.bytes.pass((t0, t1), &lags.dirty, |vm| lags.function(vm), unseen);
        self.last_dirty.clone_from(&self.lags.dirty);
        self.lags.clear();
        self.note_applied(t1);
        self.hubs.pass(t1 - t0);
        let dt = t1 - t0;
        self.fleet_rates.add_mass(self.rate_total, dt);
        self.written_total += self.rate_total * dt;
        if self.link_capacity <= 0.0 {
            self.link_down += dt;
        }
        self.now = to;
        self.look_around();
    }

    /// The network needs a decision.
    pub(super) fn decide(&mut self, stop: Stop) {
        let now = self.network.now();
        match stop {
            Stop::BufferFull(disk) => {
                let name = &self.world.disks[disk as usize].name;
                self.log.push(
                    now,
                    "bitmap_mode",
                    name,
                    format!("The agent buffer of {name} is full: it remembers which blocks change, not in which order."),
                );
                self.copies.bitmap_entries[disk as usize] += 1;
                self.lose_order(disk, Stage::Sending, 0.0, 0.0);
                self.catch_up(disk);
            }
            Stop::Synced(disk) => self.back_in_order(disk),
            Stop::Rose(hub, level) => self.crossed(Crossing { hub, level, up: true }),
            Stop::Fell(hub, level) => self.crossed(Crossing { hub, level, up: false }),
        }
    }

    fn crossed(&mut self, crossing: Crossing) {
        self.hubs.crossed(self.world, &self.wiring, &mut self.network, crossing, &mut self.log);
    }

    /// With a rate ceiling on apply, the served curve of disks that do not wait must be told too.
    fn note_applied(&mut self, t: f64) {
        if self.lags.applies_slowly() {
            for disk in 0..self.world.disks.len() {
                if self.lags.tapes[disk].is_empty() && !self.lags.tapes[disk].is_frozen() {
                    self.lags.applied(disk, t, self.network.left(disk as u32));
                }
            }
        }
    }

    pub(super) fn close(&mut self) {
        self.network.settle();
        for disk in 0..self.world.disks.len() {
            self.account_disk(disk);
        }
        self.lags.finish();
    }
}
