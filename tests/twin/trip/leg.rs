//! One direction of a round trip: a path, the machines that are on it now, and the markers in their streams. It knows nothing of disasters and of people.

use failback::model::{Disk, World};

use crate::twin::curves::{self, Curves, Sampled};
use crate::twin::disk::{DUST, Mode};
use crate::twin::footprint;
use crate::twin::path::{Path, delay};

/// How the copy of one disk begins.
pub struct Copy {
    /// Bytes that go in any case, first.
    pub base: f64,
    /// Written on either side since both were alike [tracked bytes].
    pub written: f64,
    /// How long both ends are compared before anything is sent [s].
    pub compare: f64,
    /// Ceiling on what it sends until its machine is in order [tracked bytes/s].
    pub send: f64,
}

/// A crash-consistent marker of a machine.
struct Marker {
    at: f64,
    /// By disk: the position in its stream.
    positions: Vec<f64>,
    landed: Option<f64>,
}

/// One direction.
pub struct Leg<'w> {
    /// The bytes.
    pub path: Path<'w>,
    world: &'w World,
    step: f64,
    /// By machine, since its replication began.
    markers: Vec<Vec<Marker>>,
}

impl<'w> Leg<'w> {
    /// With every machine on it and protected, or with nobody.
    pub fn new(world: &'w World, step: f64, protected: bool) -> Self {
        assert!(world.apply.rate.is_none(), "points are available so long after they have landed");
        let path = if protected { Path::new(world, step) } else { Path::empty(world, step) };
        let start = |vm: usize| Marker { at: 0.0, positions: vec![0.0; disks_of(world, vm).len()], landed: Some(0.0) };
        let markers = (0..world.vms.len()).map(|vm| if protected { vec![start(vm)] } else { Vec::new() }).collect();
        Leg { path, world, step, markers }
    }

    /// One step from `t`: bytes, then markers.
    pub fn advance(&mut self, t: f64) {
        self.path.advance(t);
        let end = t + self.step;
        for vm in 0..self.markers.len() {
            for disk in self.disks(vm) {
                if matches!(self.path.disks[disk].mode, Mode::Ordered { .. }) {
                    self.path.send[disk] = f64::INFINITY;
                }
            }
        }
        let every = self.world.policy.crash_every.as_secs_f64();
        let due = (end / every - (end / every).round()).abs() < 1e-9;
        for vm in 0..self.markers.len() {
            if due && self.in_order(vm).is_some() {
                let positions = self.disks(vm).map(|disk| self.path.disks[disk].taken + self.path.disks[disk].in_agent()).collect();
                self.markers[vm].push(Marker { at: end, positions, landed: None });
            }
            self.land(vm, end);
        }
    }

    /// Markers all of whose bytes, on all disks, have landed by `t`.
    fn land(&mut self, vm: usize, t: f64) {
        let delay = delay(self.world);
        let disks = disks_of(self.world, vm);
        for marker in self.markers[vm].iter_mut().filter(|marker| marker.landed.is_none()) {
            let mut last = marker.at + delay;
            for (disk, &position) in disks.clone().zip(&marker.positions) {
                let left = Sampled { values: &self.path.disks[disk].left, step: self.step };
                last = left.reaches(position, marker.at).map_or(f64::INFINITY, |left| last.max(left + delay));
            }
            if last > t + 1e-9 {
                return;
            }
            marker.landed = Some(last);
        }
    }

    /// The disks of a machine.
    pub fn disks(&self, vm: usize) -> std::ops::Range<usize> {
        disks_of(self.world, vm)
    }

    /// A machine starts here and writes, its churn times `factor`.
    pub fn host(&mut self, vm: usize, factor: f64) {
        self.disks(vm).for_each(|disk| self.path.factor[disk] = factor);
    }

    /// A machine writes so much on each disk besides [written bytes/s].
    pub fn burden(&mut self, vm: usize, rate: f64) {
        for disk in self.disks(vm) {
            self.path.besides[disk] = rate * self.world.disks[disk].tracked_per_written;
        }
    }

    /// A machine writes no more.
    pub fn stop(&mut self, vm: usize) {
        self.host(vm, 0.0);
        self.burden(vm, 0.0);
    }

    /// A machine is replicated from `at` on.
    pub fn replicate(&mut self, vm: usize, at: f64, copies: &[Copy]) {
        for (disk, copy) in self.disks(vm).zip(copies) {
            let dirty = footprint::distinct(&self.world.disks[disk].footprint, copy.written);
            self.path.disks[disk].copy(at + copy.compare, copy.base, dirty);
            self.path.send[disk] = copy.send;
        }
        self.markers[vm].clear();
    }

    /// A machine is replicated no more, and what has not landed is gone. Returns how much that was [tracked bytes].
    pub fn release(&mut self, vm: usize, t: f64) -> f64 {
        let delay = delay(self.world);
        let mut gone = 0.0;
        for disk in self.disks(vm) {
            let state = &mut self.path.disks[disk];
            let landed = curves::landed(&state.left, self.step, delay, t);
            gone += state.destroy(t, landed);
        }
        self.markers[vm].clear();
        gone
    }

    /// Since when a disk has been in order [s].
    fn ordered_since(&self, disk: usize) -> Option<f64> {
        let state = &self.path.disks[disk];
        state.segments.last().filter(|_| matches!(state.mode, Mode::Ordered { .. })).map(|segment| segment.from)
    }

    /// Since when all disks of a machine have been in order [s].
    pub fn in_order(&self, vm: usize) -> Option<f64> {
        self.disks(vm).try_fold(0.0, |last: f64, disk| Some(last.max(self.ordered_since(disk)?)))
    }

    /// Sent by a machine whose disks are all in order, by each until it was [tracked bytes].
    pub fn sent_until_ordered(&self, vm: usize) -> f64 {
        let left = |disk: usize| Sampled { values: &self.path.disks[disk].left, step: self.step };
        self.disks(vm).map(|disk| self.ordered_since(disk).map_or(0.0, |since| left(disk).at(since))).sum()
    }

    /// The first marker of a machine since it has been replicated: when it had landed [s].
    pub fn first_landed(&self, vm: usize) -> Option<f64> {
        self.markers[vm].first().and_then(|marker| marker.landed)
    }

    /// The newest marker of a machine that has landed: its source time, and when it had landed [s].
    pub fn newest_landed(&self, vm: usize, t: f64) -> Option<(f64, f64)> {
        let mut landed = self.markers[vm].iter().filter_map(|marker| Some((marker.at, marker.landed?)));
        landed.rfind(|(_, landed)| *landed <= t)
    }

    /// When the last byte of a machine that writes no more has left [s], if everything has.
    pub fn drained(&self, vm: usize) -> Option<f64> {
        let mut last: f64 = 0.0;
        for disk in self.disks(vm) {
            let state = &self.path.disks[disk];
            if !matches!(state.mode, Mode::Ordered { .. }) || state.to_send() > DUST {
                return None;
            }
            let sent = *state.left.last().unwrap_or(&0.0);
            last = last.max(Sampled { values: &state.left, step: self.step }.reaches(sent, 0.0)?);
        }
        Some(last)
    }

    /// Bytes of a machine that have not left [tracked bytes].
    pub fn pending(&self, vm: usize) -> f64 {
        self.disks(vm).map(|disk| self.path.disks[disk].to_send()).sum()
    }

    /// By disk of a machine: written here by `t` [written bytes].
    pub fn written(&self, vm: usize, t: f64) -> Vec<f64> {
        let by = |disk: usize| Sampled { values: &self.path.disks[disk].written, step: self.step }.at(t);
        self.disks(vm).map(|disk| by(disk) / self.world.disks[disk].tracked_per_written).collect()
    }

    /// Sent by a machine up to `t`, in order or not [tracked bytes].
    pub fn sent(&self, vm: usize, t: f64) -> f64 {
        self.disks(vm).map(|disk| Sampled { values: &self.path.disks[disk].left, step: self.step }.at(t)).sum()
    }

    /// The curves of each disk, for what is read off them afterwards.
    pub fn into_curves(self) -> Vec<Curves> {
        let (delay, step) = (delay(self.world), self.step);
        self.path.disks.into_iter().map(|disk| Curves::new(disk, step, delay, None, 0.0)).collect()
    }
}

/// The disks of a machine.
fn disks_of(world: &World, vm: usize) -> std::ops::Range<usize> {
    let first = world.vms[vm].first_disk.0 as usize;
    first..first + world.vms[vm].disk_count as usize
}

/// Tracked bytes of so many written ones.
pub fn tracked(disk: &Disk, written: f64) -> f64 {
    written * disk.tracked_per_written
}
