//! Watches lags: of every disk, VM, group and of the fleet's worst VM, with breaches, days and who set the worst.

mod close;

use std::collections::BTreeSet;

use crate::fluid::network::{Network, Piece, Waits};
use crate::model::World;
use crate::observe::{BreachTracker, Envelope, Epoch, Flight, LagPiece, LawBuilder, Stretch, Tape, Told, Window};

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
    /// What the network tells, kept for its room.
    pieces: Vec<Piece>,
    landed: Vec<Landing>,
    /// Lags of single disks in this epoch.
    disk_pieces: Vec<(u32, LagPiece)>,
    /// Since when something of a disk waits \[s\], by disk.
    behind: Vec<Option<f64>>,
    /// When nothing waited any more last \[s\], by disk.
    pub cleared_at: Vec<f64>,
    /// VMs over the threshold, as the event log has it.
    over: BTreeSet<u32>,
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
            fleet_breaches: BreachTracker::new(threshold).with_spans(),
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
            behind: vec![None; disks],
            cleared_at: vec![0.0; disks],
            over: BTreeSet::new(),
            apply: world.apply.rate.map(|rate| ApplyQueue { rate: rate.as_bytes_per_s(), front: vec![0.0; disks] }),
        }
    }

    /// The laws of the fleet and of each VM leave out what lies before `from` \[s\].
    pub fn begin_laws_at(&mut self, from: f64) {
        self.fleet.begin_at(from);
        self.vms.iter_mut().for_each(|vm| vm.law.begin_at(from));
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
            if piece.emptied {
                self.cleared_at[disk] = piece.t0;
            }
            self.behind[disk] = if piece.emptied { None } else { self.behind[disk].or(Some(piece.t0)) };
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
            self.behind[disk].get_or_insert(t0);
            self.disk_pieces.push((disk as u32, lag));
            let function = &mut self.functions[vm as usize];
            if function.is_empty() {
                self.dirty.push(vm);
            }
            function.push(Stretch { t0: lag.t0, t1: lag.t1, v0: lag.l0, v1: lag.l1, owner: Some(disk as u32), waits: lag.waits });
        }
    }

    /// Since when something of a disk waits without a break \[s\]; `None` if nothing does.
    pub fn behind_since(&self, disk: usize) -> Option<f64> {
        self.behind[disk]
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
