//! Watches lags: of every disk, VM, group and of the fleet's worst VM, with breaches, days and who set the worst.

use crate::fluid::network::{Network, Piece, Waits};
use crate::model::World;
use crate::observe::{BreachTracker, Envelope, Epoch, Flight, LagPiece, LawBuilder, Stretch, Tape, Told, Window};
use crate::simulate::log::Log;

/// What is known of a disk's lag.
#[derive(Clone, Debug)]
pub(super) struct DiskLag {
    /// Lags while it waited.
    pub law: LawBuilder,
    pub breaches: BreachTracker,
    /// Time waiting, as far as observed \[s\].
    pub waiting: f64,
}

/// A VM or group.
pub(super) struct UnitLag {
    pub law: LawBuilder,
    pub breaches: BreachTracker,
    pub flight: Flight,
    /// From its first recovery point to the end of the run.
    pub window: Window,
    over: bool,
}

/// The worst of one calendar day.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Day {
    pub worst: f64,
    pub owner: Option<u32>,
    pub over: f64,
    pub time: f64,
}

/// The fleet over one interval of the series.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Interval {
    pub worst: f64,
    pub owner: Option<u32>,
    pub area: f64,
}

/// All lags.
pub(super) struct Lags {
    delay: f64,
    threshold: f64,
    /// From the fleet's first recovery point to the end of the run.
    pub fleet_window: Window,
    pub tapes: Vec<Tape>,
    pub disks: Vec<DiskLag>,
    pub vms: Vec<UnitLag>,
    pub groups: Vec<UnitLag>,
    pub fleet: LawBuilder,
    pub fleet_breaches: BreachTracker,
    fleet_flight: Flight,
    fleet_over: bool,
    /// Lag functions of this epoch in time of departure, by VM; only those of `dirty` VMs are filled.
    functions: Vec<Vec<Stretch>>,
    pub dirty: Vec<u32>,
    envelope: Envelope,
    /// Time in which a disk set the fleet's largest lag, by disk \[s\].
    pub worst_time: Vec<f64>,
    /// Time in which a cause held back the worst VM, with the disk where the cause is one disk's own \[s\].
    pub worst_waits: Vec<(Waits, Option<u32>, f64)>,
    pub day: Day,
    pub interval: Interval,
    /// Last time of writing seen in the present unit of work \[s\].
    pieces: Vec<Piece>,
    landed: Vec<Landing>,
    /// Lags of single disks in this epoch.
    disk_pieces: Vec<(u32, LagPiece)>,
    /// Apply behind a rate ceiling, if there is one.
    apply: Option<ApplyQueue>,
    end: f64,
}

/// A marker that a disk has landed, and when it is applied there (times of departure) \[s\].
#[derive(Clone, Copy, Debug)]
pub(super) struct Landing {
    pub disk: u32,
    pub tick: u32,
    pub landed: f64,
    pub applied: f64,
}

/// Apply behind a rate ceiling: P(t) = min over s <= t of U(s) + rate (t - s), so a byte at position u is applied at max over s of s + (u - U(s)) / rate.
#[derive(Clone, Debug)]
struct ApplyQueue {
    rate: f64,
    /// Largest s - U(s) / rate so far, by disk.
    front: Vec<f64>,
}

impl ApplyQueue {
    fn note(&mut self, disk: usize, t: f64, served: f64) {
        let front = &mut self.front[disk];
        *front = front.max(t - served / self.rate);
    }
}

impl Lags {
    pub fn new(world: &World, protected: bool) -> Self {
        let delay = world.link.rtt.as_secs_f64() / 2.0;
        let threshold = world.policy.rpo_threshold.as_secs_f64();
        let law = || LawBuilder::new().with_histogram().with_threshold(threshold);
        let end = world.horizon.as_secs_f64();
        let window = Window { from: if protected { 0.0 } else { f64::INFINITY }, end };
        let unit = || UnitLag { law: law(), breaches: BreachTracker::new(threshold), flight: Flight::new(delay), window, over: false };
        let (vms, disks) = (world.vms.len(), world.disks.len());
        Lags {
            delay,
            threshold,
            fleet_window: window,
            end,
            tapes: vec![Tape::default(); disks],
            disks: (0..disks).map(|_| DiskLag { law: law(), breaches: BreachTracker::new(threshold), waiting: 0.0 }).collect(),
            vms: (0..vms).map(|_| unit()).collect(),
            groups: world.groups.iter().map(|_| unit()).collect(),
            fleet: law(),
            fleet_breaches: BreachTracker::new(threshold),
            fleet_flight: Flight::new(delay),
            fleet_over: false,
            functions: vec![Vec::new(); vms],
            dirty: Vec::new(),
            envelope: Envelope::default(),
            worst_time: vec![0.0; disks],
            worst_waits: Vec::new(),
            day: Day::default(),
            interval: Interval::default(),
            pieces: Vec::new(),
            landed: Vec::new(),
            disk_pieces: Vec::new(),
            apply: world.apply.rate.map(|rate| ApplyQueue { rate: rate.as_bytes_per_s(), front: vec![0.0; disks] }),
        }
    }

    /// Takes what the network has told so far in this epoch. Markers that landed are appended to [`landed`](Self::take_landed).
    pub fn digest(&mut self, world: &World, network: &mut Network, epoch: &Epoch) {
        let mut pieces = std::mem::take(&mut self.pieces);
        network.take_pieces(&mut pieces);
        for piece in &pieces {
            let disk = piece.flow as usize;
            let vm = world.disks[disk].vm.0;
            let (function, landed, singles) = (&mut self.functions[vm as usize], &mut self.landed, &mut self.disk_pieces);
            let first = function.is_empty();
            if let Some(apply) = &mut self.apply {
                apply.note(disk, piece.t0, piece.u0 + piece.aside0);
            }
            let apply = self.apply.as_ref().map(|apply| (apply.front[disk], apply.rate));
            self.tapes[disk].serve(piece, epoch, network.flow(piece.flow).inflow, &mut |told| match told {
                Told::Lag(lag) => {
                    singles.push((piece.flow, lag));
                    function.push(Stretch { t0: lag.t0, t1: lag.t1, v0: lag.l0, v1: lag.l1, owner: Some(piece.flow), waits: lag.waits });
                }
                Told::Landed(tick, at, served) => {
                    let applied = apply.map_or(at, |(front, rate)| (front + (served + piece.aside0) / rate).max(at));
                    landed.push(Landing { disk: piece.flow, tick, landed: at, applied });
                }
            });
            if let Some(apply) = &mut self.apply {
                apply.note(disk, piece.t1, piece.u1 + piece.aside1);
            }
            if first && !function.is_empty() {
                self.dirty.push(vm);
            }
        }
        self.pieces = pieces;
    }

    /// Adds the lags of disks whose order is lost, from `t0` to `t1`.
    pub fn digest_frozen(&mut self, disk: usize, vm: u32, t0: f64, t1: f64, waits: Waits) {
        if t1 <= t0 {
            return;
        }
        if let Some(lag) = self.tapes[disk].tell_frozen(t0, t1, waits) {
            self.disk_pieces.push((disk as u32, lag));
            let function = &mut self.functions[vm as usize];
            if function.is_empty() {
                self.dirty.push(vm);
            }
            function.push(Stretch { t0: lag.t0, t1: lag.t1, v0: lag.l0, v1: lag.l1, owner: Some(disk as u32), waits: lag.waits });
        }
    }

    /// When a disk on which nothing waits has applied what it served by `t`: everything up to `served`, in order or not.
    pub fn applied(&mut self, disk: usize, t: f64, served: f64) -> f64 {
        match &mut self.apply {
            None => t,
            Some(apply) => {
                apply.note(disk, t, served);
                apply.front[disk] + served / apply.rate
            }
        }
    }

    /// Whether apply has a rate ceiling, so that the served curve of every disk must be told to [`applied`](Self::applied) epoch by epoch.
    pub fn applies_slowly(&self) -> bool {
        self.apply.is_some()
    }

    /// Markers that landed since the last call.
    pub fn take_landed(&mut self, into: &mut Vec<Landing>) {
        into.clear();
        std::mem::swap(into, &mut self.landed);
    }

    /// A VM writes or waits from `now` on, or does neither; or its observation begins or pauses.
    pub fn set_vm(&mut self, vm: u32, now: f64, busy: bool, hidden: bool) {
        let UnitLag { law, breaches, flight, window, .. } = &mut self.vms[vm as usize];
        flight.set(now, busy, hidden, &mut |t0, dt, a, b| observe(window, law, breaches, (t0, dt, a, b)));
        if hidden {
            breaches.interrupt();
        }
    }

    /// The same for a group.
    pub fn set_group(&mut self, group: usize, now: f64, busy: bool, hidden: bool) {
        let UnitLag { law, breaches, flight, window, .. } = &mut self.groups[group];
        flight.set(now, busy, hidden, &mut |t0, dt, a, b| observe(window, law, breaches, (t0, dt, a, b)));
        if hidden {
            breaches.interrupt();
        }
    }

    /// The same for the fleet.
    pub fn set_fleet(&mut self, now: f64, busy: bool, hidden: bool) {
        let (law, breaches, window) = (&mut self.fleet, &mut self.fleet_breaches, &self.fleet_window);
        self.fleet_flight.set(now, busy, hidden, &mut |t0, dt, a, b| observe(window, law, breaches, (t0, dt, a, b)));
        if hidden {
            breaches.interrupt();
        }
    }

    /// Closes an epoch: turns this epoch's functions into laws. `written` says whether a VM writes during the epoch, `protected` whether it has a point.
    /// Functions stay readable through [`function`](Self::function) until [`clear`](Self::clear).
    pub fn close(&mut self, world: &World, epoch: &Epoch, writes: &[bool], any_writes: bool, log: &mut Log) {
        let (t0, t1) = (epoch.from, epoch.to);
        self.sum_disks(world);
        self.dirty.sort_unstable();
        for place in 0..self.dirty.len() {
            let vm = self.dirty[place] as usize;
            self.close_vm(world, vm, t0, t1, writes[vm], log);
        }
        self.close_groups(world, t0, t1, writes);
        self.close_fleet(world, t0, t1, any_writes, log);
    }

    /// Adds the lags of the disks of VMs with several, as far as the VM has a recovery point; of a VM with one disk, the VM's own law says all.
    fn sum_disks(&mut self, world: &World) {
        for (disk, lag) in self.disk_pieces.drain(..) {
            let vm = world.disks[disk as usize].vm.0 as usize;
            if world.vms[vm].disk_count == 1 {
                continue;
            }
            let unit = &self.vms[vm];
            if unit.flight.is_hidden() {
                continue;
            }
            let delay = self.delay;
            let piece = unit.window.cut(lag.t0 + delay, lag.t1 - lag.t0, lag.l0 + delay, lag.l1 + delay);
            let sums = &mut self.disks[disk as usize];
            sums.law.add(piece.0, piece.1, piece.2, piece.3);
            sums.breaches.add(piece.0, piece.1, piece.2, piece.3);
            sums.waiting += piece.1;
        }
    }

    fn close_vm(&mut self, world: &World, vm: usize, t0: f64, t1: f64, writes: bool, log: &mut Log) {
        let mut function = std::mem::take(&mut self.functions[vm]);
        let base = if writes { 0.0 } else { -self.delay };
        if world.vms[vm].disk_count > 1 || function.last().is_some_and(|last| last.t1 < t1) || function[0].t0 > t0 {
            // Several disks, or waiting only part of the time: the VM's lag is the largest, over what it has anyway.
            self.envelope.reset(t0, t1, base);
            function.sort_by(|a, b| a.t0.total_cmp(&b.t0));
            raise_by_disk(&mut self.envelope, &function);
            function.clear();
            function.extend_from_slice(self.envelope.stretches());
        }
        let (delay, threshold) = (self.delay, self.threshold);
        let unit = &mut self.vms[vm];
        // What comes before the first recovery point counts neither here nor for the fleet's worst.
        let since = unit.window.from - delay;
        if since > t0 {
            function.retain(|s| s.t1 > since);
            if let Some(first) = function.first_mut()
                && first.t0 < since
            {
                *first = first.cut(since, first.t1);
            }
        }
        if !unit.flight.is_hidden() {
            let mut tell = |t0: f64, dt: f64, a: f64, b: f64| observe(&unit.window, &mut unit.law, &mut unit.breaches, (t0, dt, a, b));
            unit.flight.tell_to(t0, &mut tell);
            for s in &function {
                tell(s.t0 + delay, s.t1 - s.t0, s.v0 + delay, s.v1 + delay);
            }
            for s in &function {
                let over = s.v1 + delay > threshold;
                if over != unit.over {
                    let at = s.crossing(threshold - delay) + delay;
                    log.breach(at, &world.vms[vm].name, over);
                    unit.over = over;
                }
            }
        }
        unit.flight.skip_to(t1 + delay);
        self.functions[vm] = function;
    }

    fn close_groups(&mut self, world: &World, t0: f64, t1: f64, writes: &[bool]) {
        for (index, group) in world.groups.iter().enumerate() {
            let members = || group.vms.iter().map(|vm| vm.0 as usize);
            if !members().any(|vm| !self.functions[vm].is_empty()) {
                continue;
            }
            let base = if members().any(|vm| writes[vm]) { 0.0 } else { -self.delay };
            self.envelope.reset(t0, t1, base);
            for vm in members() {
                self.envelope.raise(&self.functions[vm]);
            }
            let UnitLag { law, breaches, flight, window, .. } = &mut self.groups[index];
            if !flight.is_hidden() {
                let mut tell = |t0: f64, dt: f64, a: f64, b: f64| observe(window, law, breaches, (t0, dt, a, b));
                flight.tell_to(t0, &mut tell);
                for s in self.envelope.stretches() {
                    tell(s.t0 + self.delay, s.t1 - s.t0, s.v0 + self.delay, s.v1 + self.delay);
                }
            }
            flight.skip_to(t1 + self.delay);
        }
    }

    fn close_fleet(&mut self, world: &World, t0: f64, t1: f64, any_writes: bool, log: &mut Log) {
        self.day.time += t1 - t0;
        let base = if any_writes { 0.0 } else { -self.delay };
        self.interval.area += (base + self.delay) * (t1 - t0);
        self.interval.worst = self.interval.worst.max(base + self.delay);
        self.day.worst = self.day.worst.max(base + self.delay);
        if self.dirty.is_empty() || self.fleet_window.from >= t1 + self.delay {
            return;
        }
        if self.fleet_flight.is_hidden() {
            self.fleet_flight.skip_to(t1 + self.delay);
            return;
        }
        self.interval.area -= (base + self.delay) * (t1 - t0);
        self.envelope.reset(t0, t1, base);
        // The last epoch's worst first: it mostly is the worst again, and the others are then rejected at a glance.
        if let Some(owner) = self.interval.owner
            && !self.vms[owner as usize].flight.is_hidden()
        {
            self.envelope.raise(&self.functions[owner as usize]);
        }
        for &vm in &self.dirty {
            if !self.vms[vm as usize].flight.is_hidden() {
                self.envelope.raise(&self.functions[vm as usize]);
            }
        }
        let delay = self.delay;
        let (law, breaches, window) = (&mut self.fleet, &mut self.fleet_breaches, &self.fleet_window);
        let mut tell = |t0: f64, dt: f64, a: f64, b: f64| observe(window, law, breaches, (t0, dt, a, b));
        self.fleet_flight.tell_to(t0, &mut tell);
        let vm_of = |disk: u32| world.disks[disk as usize].vm.0;
        for s in self.envelope.stretches() {
            let dt = s.t1 - s.t0;
            let (a, b) = (s.v0 + delay, s.v1 + delay);
            tell(s.t0 + delay, dt, a, b);
            let top = a.max(b);
            if top > self.day.worst {
                self.day.worst = top;
                self.day.owner = s.owner.map(vm_of);
            }
            if top > self.interval.worst || (self.interval.owner.is_none() && s.owner.is_some()) {
                self.interval.worst = self.interval.worst.max(top);
                self.interval.owner = s.owner.map(vm_of);
            }
            self.interval.area += 0.5 * (a + b) * dt;
            if top > self.threshold {
                self.day.over += dt * if a.min(b) > self.threshold { 1.0 } else { (top - self.threshold) / (a - b).abs() };
            }
            if let Some(owner) = s.owner {
                self.worst_time[owner as usize] += dt;
                let own = matches!(s.waits, Waits::OwnIn | Waits::OwnOut).then_some(owner);
                match self.worst_waits.iter_mut().find(|entry| entry.0 == s.waits && entry.1 == own) {
                    Some(entry) => entry.2 += dt,
                    None => self.worst_waits.push((s.waits, own, dt)),
                }
            }
            let over = b > self.threshold;
            if over != self.fleet_over {
                log.breach(s.crossing(self.threshold - delay) + delay, "fleet", over);
                self.fleet_over = over;
            }
        }
        self.fleet_flight.skip_to(t1 + delay);
    }

    /// The lag function of a dirty VM in this epoch, in time of departure; add the delay to time and value to get what is observed.
    pub fn function(&self, vm: u32) -> &[Stretch] {
        &self.functions[vm as usize]
    }

    /// Forgets this epoch's functions.
    pub fn clear(&mut self) {
        for &vm in &self.dirty {
            self.functions[vm as usize].clear();
        }
        self.dirty.clear();
    }

    /// Ends the observation at the end of the run.
    pub fn finish(&mut self) {
        let end = self.end;
        for UnitLag { law, breaches, flight, window, .. } in self.vms.iter_mut().chain(&mut self.groups) {
            flight.tell_to(end, &mut |t0, dt, a, b| observe(window, law, breaches, (t0, dt, a, b)));
        }
        let (law, breaches, window) = (&mut self.fleet, &mut self.fleet_breaches, &self.fleet_window);
        self.fleet_flight.tell_to(end, &mut |t0, dt, a, b| observe(window, law, breaches, (t0, dt, a, b)));
    }
}

/// Adds the observed part of a piece to a law and its breaches.
fn observe(window: &Window, law: &mut LawBuilder, breaches: &mut BreachTracker, piece: (f64, f64, f64, f64)) {
    let (t0, dt, a, b) = window.cut(piece.0, piece.1, piece.2, piece.3);
    law.add(t0, dt, a, b);
    if dt > 0.0 {
        breaches.add(t0, dt, a, b);
    }
}

/// Raises the envelope by functions of several disks mixed together, in order of their start: each run of stretches that do not overlap is one function.
fn raise_by_disk(envelope: &mut Envelope, mixed: &[Stretch]) {
    let mut rest: Vec<Stretch> = mixed.to_vec();
    while !rest.is_empty() {
        let (mut run, mut left) = (Vec::new(), Vec::new());
        let mut reached = f64::NEG_INFINITY;
        for stretch in rest {
            if stretch.t0 >= reached {
                reached = stretch.t1;
                run.push(stretch);
            } else {
                left.push(stretch);
            }
        }
        envelope.raise(&run);
        rest = left;
    }
}
