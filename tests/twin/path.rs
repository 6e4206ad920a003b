//! The stepping: writes, agents, hubs, link; faults and initial replication on the way. What comes out is cumulative curves per disk.

use failback::model::{FaultKind, HubId, Sharing, StartState, World};

use crate::twin::curves;
use crate::twin::disk::{DUST, DiskState, Mode};
use crate::twin::fifo::FifoLink;
use crate::twin::hub::{HubState, limits_at_intake};
use crate::twin::inputs;
use crate::twin::share::{Ceiling, fill};

/// Everything that changes while stepping.
pub struct Path<'w> {
    world: &'w World,
    step: f64,
    /// Disks.
    pub disks: Vec<DiskState>,
    /// Hubs.
    pub hubs: Vec<HubState>,
    /// Wire bytes carried.
    pub carried: f64,
    /// Wire bytes that could have been carried.
    pub offered: f64,
    /// Most bytes waiting anywhere, copies included.
    pub peak_waiting: f64,
    /// Steps in which the link had no capacity.
    pub down_steps: usize,
    /// Resyncs by VM.
    pub resyncs: Vec<u64>,
    /// When the last disk of the initial replication was in sync [s].
    pub replicated_at: Option<f64>,
    /// Factor on what each disk writes: 0 while its machine is not here.
    pub factor: Vec<f64>,
    /// What each disk writes besides [tracked bytes/s].
    pub besides: Vec<f64>,
    /// Ceiling on what each disk sends while it is copied [tracked bytes/s].
    pub send: Vec<f64>,
    fifo: FifoLink,
    next_fault: usize,
    batch: u32,
}

impl<'w> Path<'w> {
    /// The world at its first instant.
    pub fn new(world: &'w World, step: f64) -> Self {
        let protected = world.policy.start_state == StartState::Protected;
        Path {
            world,
            step,
            disks: world.disks.iter().map(|_| DiskState::new(protected)).collect(),
            hubs: world.hubs.iter().map(|_| HubState::new()).collect(),
            carried: 0.0,
            offered: 0.0,
            peak_waiting: 0.0,
            down_steps: 0,
            resyncs: vec![0; world.vms.len()],
            replicated_at: None,
            factor: vec![1.0; world.disks.len()],
            besides: vec![0.0; world.disks.len()],
            send: vec![f64::INFINITY; world.disks.len()],
            fifo: FifoLink::default(),
            next_fault: 0,
            batch: 0,
        }
    }

    /// The path with nobody on it: machines come and go, so no initial replication begins by itself.
    pub fn empty(world: &'w World, step: f64) -> Self {
        let disks = world.disks.iter().map(|_| DiskState::new(false)).collect();
        Path { disks, factor: vec![0.0; world.disks.len()], replicated_at: Some(0.0), ..Path::new(world, step) }
    }

    /// What a disk writes at `t` [tracked bytes/s].
    fn rate(&self, disk: usize, t: f64) -> f64 {
        self.factor[disk] * inputs::tracked_rate(self.world, disk, t) + self.besides[disk]
    }

    /// One step from `t`.
    pub fn advance(&mut self, t: f64) {
        self.strike(t);
        self.check_logs(t);
        self.start_copies(t);
        for disk in 0..self.disks.len() {
            let bytes = self.rate(disk, t + 0.5 * self.step) * self.step;
            self.disks[disk].write(&self.world.disks[disk], bytes);
        }
        let capacity = self.capacity(t);
        self.offered += capacity;
        self.down_steps += usize::from(capacity == 0.0);
        self.hubs.iter_mut().for_each(|hub| hub.asked = 0.0);
        for disk in 0..self.disks.len() {
            let hub = self.hub_of(disk);
            self.hubs[hub].asked += self.rate(disk, t + 0.5 * self.step);
        }
        let (most, reached) = self.carry(t);
        let end = t + self.step;
        for (index, disk) in self.disks.iter_mut().enumerate() {
            let landed = curves::landed(&disk.left, self.step, delay(self.world), end);
            disk.settle(&self.world.disks[index], end, landed);
        }
        self.peak_waiting = self.peak_waiting.max(self.disks.iter().map(DiskState::to_send).sum());
        for hub in 0..self.hubs.len() {
            let stored = self.stored(hub);
            self.hubs[hub].settle(&self.world.hubs[hub], t, stored, most[hub], reached[hub]);
        }
    }

    fn hub_of(&self, disk: usize) -> usize {
        self.world.vms[self.world.disks[disk].vm.0 as usize].hub.0 as usize
    }

    fn stored(&self, hub: usize) -> f64 {
        (0..self.disks.len()).filter(|&disk| self.hub_of(disk) == hub).map(|disk| self.disks[disk].cached).sum()
    }

    fn is_down(&self, hub: usize, t: f64) -> bool {
        t < self.hubs[hub].down_until
    }

    /// Every 5 minutes: logs whose oldest byte that has not left the link is older than the limit make a resync necessary.
    fn check_logs(&mut self, t: f64) {
        let Some(limit) = self.world.policy.log_age_limit else { return };
        let place = t / 300.0;
        if t == 0.0 || (place - place.round()).abs() > 1e-9 {
            return;
        }
        let hit: Vec<usize> = (0..self.disks.len()).filter(|&disk| self.disks[disk].waits_since(t, self.step) < t - limit.as_secs_f64()).collect();
        for &disk in &hit {
            self.resync(disk, t, t);
        }
        self.count_resyncs(&hit);
    }

    /// Faults that are due.
    fn strike(&mut self, t: f64) {
        while let Some(fault) = self.world.faults.get(self.next_fault).filter(|fault| fault.at.as_secs_f64() <= t + 1e-9) {
            self.next_fault += 1;
            let at = fault.at.as_secs_f64();
            match fault.kind {
                FaultKind::HubDown { hub, lasts } => self.stop(hub, at + lasts.as_secs_f64()),
                FaultKind::HubLost { hub, lasts } => {
                    let back = at + lasts.as_secs_f64();
                    self.stop(hub, back);
                    let hit: Vec<usize> =
                        (0..self.disks.len()).filter(|&disk| self.hub_of(disk) == hub.0 as usize && self.disks[disk].cached > 0.0).collect();
                    for &disk in &hit {
                        self.disks[disk].lose_cache(&self.world.disks[disk]);
                        self.fifo.forget(disk);
                        self.resync(disk, t, back);
                    }
                    self.count_resyncs(&hit);
                }
                FaultKind::VmCrash { vm } | FaultKind::DiskResize { vm } | FaultKind::TransferFailure { vm } | FaultKind::SnapshotsDeleted { vm } => {
                    let hit: Vec<usize> = (0..self.disks.len()).filter(|&disk| self.world.disks[disk].vm == vm).collect();
                    for &disk in &hit {
                        self.resync(disk, t, t);
                    }
                    self.count_resyncs(&hit);
                }
            }
        }
    }

    fn stop(&mut self, hub: HubId, until: f64) {
        let hub = &mut self.hubs[hub.0 as usize];
        hub.down_until = hub.down_until.max(until);
    }

    fn count_resyncs(&mut self, disks: &[usize]) {
        for vm in 0..self.world.vms.len() {
            let hit = disks.iter().any(|&disk| self.world.disks[disk].vm.0 as usize == vm);
            self.resyncs[vm] += u64::from(hit);
        }
    }

    fn resync(&mut self, disk: usize, t: f64, from: f64) {
        let spec = &self.world.disks[disk];
        let policy = &self.world.policy;
        let state = &mut self.disks[disk];
        if matches!(state.mode, Mode::Waiting) {
            return;
        }
        let landed = curves::landed(&state.left, self.step, delay(self.world), t);
        // A pass needs the hub.
        let down_until = self.hubs[self.world.vms[spec.vm.0 as usize].hub.0 as usize].down_until;
        let from = if t < down_until { from.max(down_until) } else { from };
        let scan_until = from + spec.used.as_f64() / policy.checksum_rate.as_bytes_per_s();
        // Only what has been sent can differ.
        let to_copy = if let Mode::Unordered { copy_left, .. } = state.mode { copy_left } else { 0.0 };
        let extra = policy.resync_extra_share.get() * (spec.used.as_f64() - to_copy).max(0.0);
        state.disorder(spec, t, landed, scan_until, extra);
    }

    /// Initial replication: the disks whose turn it is start their copy.
    fn start_copies(&mut self, t: f64) {
        if self.world.policy.start_state == StartState::Protected || self.replicated_at.is_some() {
            return;
        }
        let last_batch = self.world.vms.iter().map(|vm| vm.batch).max().unwrap_or(0);
        while self.batch_done(t) {
            if self.batch == last_batch {
                self.replicated_at = Some(t);
                return;
            }
            self.batch += 1;
        }
        for (vm, _) in self.world.vms.iter().enumerate().filter(|(_, spec)| spec.batch == self.batch) {
            let own: Vec<usize> = (0..self.disks.len()).filter(|&disk| self.world.disks[disk].vm.0 as usize == vm).collect();
            let busy = own.iter().filter(|&&disk| !matches!(self.disks[disk].mode, Mode::Waiting) && !self.in_sync(disk, t)).count();
            let free = (self.world.policy.copy_disks_at_once as usize).saturating_sub(busy);
            let waiting: Vec<usize> = own.into_iter().filter(|&disk| matches!(self.disks[disk].mode, Mode::Waiting)).take(free).collect();
            for disk in waiting {
                let used = self.world.disks[disk].used.as_f64();
                self.disks[disk].copied += used;
                self.disks[disk].mode = Mode::Unordered { scan_until: t, copy_left: used, dirty: 0.0 };
            }
        }
    }

    fn batch_done(&self, t: f64) -> bool {
        (0..self.disks.len())
            .filter(|&disk| self.world.vms[self.world.disks[disk].vm.0 as usize].batch == self.batch)
            .all(|disk| self.in_sync(disk, t))
    }

    /// Whether the disk has been in order once, and everything sent before has landed.
    fn in_sync(&self, disk: usize, t: f64) -> bool {
        let state = &self.disks[disk];
        let landed = curves::landed(&state.left, self.step, delay(self.world), t);
        state.segments.first().is_some_and(|segment| landed >= segment.base - DUST)
    }

    /// Agents to hubs to the link. What is out of order is not stored in between, and what goes in until the throttle sets in depends on what leaves: a round
    /// that finds the link to take less holds the intake to it, until both agree. Returns what each hub held before the link took its part, and whether it
    /// took no more because its throttle sets in.
    fn carry(&mut self, t: f64) -> (Vec<f64>, Vec<bool>) {
        let mut offers: Vec<f64> =
            (0..self.disks.len()).map(|disk| if self.is_down(self.hub_of(disk), t) { 0.0 } else { self.disks[disk].offer(t) }).collect();
        let mut leaving: Vec<f64> = self.world.hubs.iter().map(|hub| self.capacity(t) / hub.wire_per_tracked).collect();
        let (taken, sent, fifo) = loop {
            let taken = self.intake(&offers, &leaving);
            let mut fifo = self.fifo.clone();
            let sent = self.cross(t, &taken, &mut fifo);
            let mut agree = true;
            for disk in (0..self.disks.len()).filter(|&disk| self.disks[disk].is_pulled()) {
                if taken[disk] > sent[disk] + DUST {
                    offers[disk] = sent[disk];
                    agree = false;
                }
            }
            for (hub, leaving) in leaving.iter_mut().enumerate() {
                let left = self.of_hub(hub, &sent);
                if self.fills_up_to_throttle(hub, &taken, *leaving) && left < *leaving - DUST {
                    *leaving = left;
                    agree = false;
                }
            }
            if agree {
                break (taken, sent, fifo);
            }
        };
        self.fifo = fifo;
        let reached = (0..self.hubs.len()).map(|hub| self.fills_up_to_throttle(hub, &taken, leaving[hub])).collect();
        let mut most = vec![0.0; self.hubs.len()];
        for disk in 0..self.disks.len() {
            let hub = self.hub_of(disk);
            self.hubs[hub].taken += taken[disk];
            self.disks[disk].hand_over(taken[disk]);
            most[hub] += self.disks[disk].cached;
            self.carried += sent[disk] * self.world.hubs[hub].wire_per_tracked;
            self.disks[disk].send(sent[disk]);
        }
        (most, reached)
    }

    /// Sum over the disks of a hub.
    fn of_hub(&self, hub: usize, bytes: &[f64]) -> f64 {
        (0..self.disks.len()).filter(|&disk| self.hub_of(disk) == hub).map(|disk| bytes[disk]).sum()
    }

    /// Whether a hub takes in all that may go in before its throttle sets in.
    fn fills_up_to_throttle(&self, hub: usize, taken: &[f64], leaving: f64) -> bool {
        let spec = &self.world.hubs[hub];
        spec.cache.is_some() && !self.hubs[hub].throttled && self.of_hub(hub, taken) >= self.hubs[hub].room(spec, leaving) - DUST
    }

    /// What the hubs take of the offers, while so much leaves them: tracked bytes, max-min.
    fn intake(&self, offers: &[f64], leaving: &[f64]) -> Vec<f64> {
        let mut ceilings = Vec::new();
        for (hub, &leaving) in leaving.iter().enumerate() {
            let spec = &self.world.hubs[hub];
            let members = || (0..self.disks.len()).filter(|&disk| self.hub_of(disk) == hub);
            let (bytes, operations) = self.hubs[hub].ceilings(spec);
            let room = (bytes * self.step).min(self.hubs[hub].room(spec, leaving));
            ceilings.push(Ceiling { members: members().map(|disk| (disk, 1.0)).collect(), room });
            let room = operations * self.step;
            ceilings.push(Ceiling { members: members().map(|disk| (disk, 1.0 / self.operation(disk))).collect(), room });
        }
        // An account may serve VMs of several hubs, so its ceiling is one over all of them.
        self.limits(&|disk| limits_at_intake(&self.world.hubs[self.hub_of(disk)]), &|_| 1.0, &mut ceilings);
        ceilings.retain(|ceiling| ceiling.room.is_finite());
        fill(offers, &ceilings)
    }

    /// Tracked bytes of one operation of a disk.
    fn operation(&self, disk: usize) -> f64 {
        let disk = &self.world.disks[disk];
        disk.io_size.as_f64() * disk.tracked_per_written
    }

    /// Disk, VM and account limits for the disks that `concerns`; `tracked` turns the unit of fairness into tracked bytes.
    fn limits(&self, concerns: &dyn Fn(usize) -> bool, tracked: &dyn Fn(usize) -> f64, ceilings: &mut Vec<Ceiling>) {
        let mut add = |who: &dyn Fn(usize) -> bool, rate: f64| {
            let members = (0..self.disks.len()).filter(|&disk| concerns(disk) && who(disk)).map(|disk| (disk, tracked(disk))).collect();
            ceilings.push(Ceiling { members, room: rate * self.step });
        };
        for (index, disk) in self.world.disks.iter().enumerate() {
            if let Some(limit) = disk.churn_limit {
                add(&|other| other == index, limit.as_bytes_per_s());
            }
            if self.send[index].is_finite() {
                add(&|other| other == index, self.send[index]);
            }
        }
        for (index, vm) in self.world.vms.iter().enumerate() {
            if let Some(limit) = vm.churn_limit {
                add(&|disk| self.world.disks[disk].vm.0 as usize == index, limit.as_bytes_per_s());
            }
        }
        for (index, account) in self.world.accounts.iter().enumerate() {
            if let Some(limit) = account.limit {
                add(&|disk| self.world.vms[self.world.disks[disk].vm.0 as usize].account.0 as usize == index, limit.as_bytes_per_s());
            }
        }
    }

    /// What the link takes, in tracked bytes: wire bytes, max-min or first in first out.
    fn cross(&self, t: f64, taken: &[f64], fifo: &mut FifoLink) -> Vec<f64> {
        let capacity = self.capacity(t);
        let wire: Vec<f64> = (0..self.disks.len()).map(|disk| self.world.hubs[self.hub_of(disk)].wire_per_tracked).collect();
        let waiting: Vec<f64> = (0..self.disks.len())
            .map(|disk| if self.is_down(self.hub_of(disk), t) { 0.0 } else { (self.disks[disk].cached + taken[disk]) * wire[disk] })
            .collect();
        let mut ceilings = vec![Ceiling { members: (0..self.disks.len()).map(|disk| (disk, 1.0)).collect(), room: capacity }];
        self.limits(&|disk| !limits_at_intake(&self.world.hubs[self.hub_of(disk)]), &|disk| 1.0 / wire[disk], &mut ceilings);
        if let Some(ceiling) = self.world.link.flow_ceiling {
            let room = ceiling.per_flow.as_bits_per_s() * f64::from(ceiling.flows) / 8.0 * self.step;
            for vm in 0..self.world.vms.len() {
                let own = (0..self.disks.len()).filter(|&disk| self.world.disks[disk].vm.0 as usize == vm);
                ceilings.push(Ceiling { members: own.map(|disk| (disk, 1.0)).collect(), room });
            }
        }
        let sent = match self.world.link.sharing {
            Sharing::MaxMin => fill(&waiting, &ceilings),
            Sharing::Fifo => {
                // What goes out of order has no place in the queue: it takes what is left.
                let pulled: Vec<bool> = self.disks.iter().map(DiskState::is_pulled).collect();
                let only = |of_pulled: bool, bytes: &[f64]| -> Vec<f64> {
                    bytes.iter().zip(&pulled).map(|(bytes, pulled)| if *pulled == of_pulled { *bytes } else { 0.0 }).collect()
                };
                let arrived: Vec<f64> = taken.iter().zip(&wire).map(|(bytes, wire)| bytes * wire).collect();
                let mut sent = fifo.serve(&only(false, &arrived), &only(false, &waiting), &mut ceilings);
                let rest = fill(&only(true, &waiting), &ceilings);
                sent.iter_mut().zip(&rest).for_each(|(sent, rest)| *sent += rest);
                sent
            }
        };
        sent.iter().zip(&wire).map(|(bytes, wire)| bytes / wire).collect()
    }

    fn capacity(&self, t: f64) -> f64 {
        inputs::link_rate(self.world, t + 0.5 * self.step) * self.step
    }
}

/// One-way delay of the link [s].
pub fn delay(world: &World) -> f64 {
    0.5 * world.link.rtt.as_secs_f64()
}
