//! Disks that leave order and come back: bitmap mode, resync, initial copies.

use crate::fluid::network::Waits;
use crate::simulate::copies::Stage;
use crate::simulate::run::{Happening, Run};
use crate::units::Span;

impl Run<'_> {
    /// A disk leaves order: its horizon freezes, markers under way fail, what waits becomes a dirty set.
    pub(super) fn lose_order(&mut self, disk: u32, stage: Stage, base: f64, extra: f64) {
        self.network.settle();
        let now = self.network.now();
        let index = disk as usize;
        let vm = self.world.disks[index].vm.0;
        // Where the served curve stands, before anything is taken off it.
        let served = self.network.served(disk);
        let epoch = self.epoch;
        self.lags.digest(self.world, &mut self.network, &epoch);
        self.take_landings();
        if !self.lags.tapes[index].is_frozen() {
            self.lags.tapes[index].freeze(now, served);
            self.frozen_told[index] = now;
            self.unordered += 1;
        }
        self.copies.leave(disk, stage, now);
        self.points.follow_vm(vm);
        let group = self.world.vms[vm as usize].group.map(|group| group.0 as usize);
        if let Some(group) = group {
            self.points.follow_group(group);
        }
        self.points.fail_pending(vm, group);
        self.network.hold(disk, base, extra);
    }

    /// A disk's dirty set is empty.
    pub(super) fn back_in_order(&mut self, disk: u32) {
        let now = self.network.now();
        let index = disk as usize;
        self.tell_frozen_disk(index, now);
        self.network.stream(disk);
        let entered = self.network.entered(disk);
        self.lags.cleared_at[index] = now;
        self.lags.tapes[index].thaw(now, entered - self.network.stored(disk), entered);
        self.unordered -= 1;
        self.copies.sent_by_then[index] = self.network.left(disk);
        self.lift_limit(disk);
        let was_copy = self.copies.initial[index];
        self.copies.synced(disk, now);
        if was_copy && self.copies.done_at == Some(now) {
            self.copies_bound_by = self.bottlenecks(now).first().map(|first| first.resource.clone());
        }
        let name = &self.world.disks[index].name;
        self.log.push(now, "in_sync", name, format!("{name} is in sync: changes are kept in order again."));
        if was_copy {
            self.begin_copies();
        }
    }

    /// Lets a disk out of order send what changed; if nothing did, it is in order again at once.
    pub(super) fn catch_up(&mut self, disk: u32) {
        self.network.pull(disk);
        let dirty = self.network.flow(disk).dirty;
        if dirty.base <= 0.0 && dirty.written <= 0.0 {
            self.back_in_order(disk);
        }
    }

    /// A resync: bytes that lost their order and a checksum pass before anything is sent; a disk that is being copied goes on with that after its pass. Returns
    /// whether one is needed: a disk whose copy has yet to begin loses nothing.
    pub(super) fn resync(&mut self, disk: u32, lost: f64, why: &str) -> bool {
        let index = disk as usize;
        let spec = &self.world.disks[index];
        if matches!(self.copies.stage[index], Stage::Queued | Stage::Absent) {
            return false;
        }
        // Only what has been sent can differ: what of a copy is still to go goes in any case.
        let sent = (spec.used.as_f64() - self.network.flow(disk).dirty.base).max(0.0);
        let base = self.world.policy.resync_extra_share.get() * sent;
        self.lose_order(disk, Stage::Stranded, base, lost);
        self.log.push(self.network.now(), "resync_start", &spec.name, format!("{} must be resynced: {why}.", spec.name));
        // A pass needs the process server: where that is gone, it begins when there is one again.
        let hub = self.world.vms[self.world.disks[index].vm.0 as usize].hub;
        if !self.hubs.is_shut(hub.0) {
            self.begin_checksum(disk);
        }
        true
    }

    /// Resyncs the disks whose oldest write that has not arrived, or newest write that waits to be applied, is older than the limit.
    pub(super) fn check_logs(&mut self) {
        let Some(limit) = self.world.policy.log_age_limit else { return };
        let now = self.now.as_secs_f64();
        let mut hit = Vec::new();
        for disk in 0..self.world.disks.len() as u32 {
            let (served, left) = (self.network.served(disk), self.network.left(disk));
            if self.copies.stage[disk as usize] == Stage::Absent {
                continue;
            }
            let tape = &self.lags.tapes[disk as usize];
            let waits_since = if tape.is_frozen() { None } else { tape.source_time(served) };
            let to_apply = if self.lags.applies_slowly() && !tape.is_frozen() { self.lags.applied(disk as usize, now, left) - now } else { 0.0 };
            if now - waits_since.unwrap_or(now) > limit.as_secs_f64() || to_apply > limit.as_secs_f64() {
                hit.push(disk);
            }
        }
        hit.retain(|&disk| self.resync(disk, 0.0, "its log has waited for too long"));
        let mut machines: Vec<u32> = hit.iter().map(|&disk| self.world.disks[disk as usize].vm.0).collect();
        machines.dedup();
        for vm in machines {
            self.copies.resyncs[vm as usize] += 1;
        }
        self.push(self.now + self.world.policy.drain_check_every, Happening::LogCheck);
    }

    pub(super) fn begin_checksum(&mut self, disk: u32) {
        let pass = self.copies.new_pass();
        self.copies.leave(disk, Stage::Checksum(pass), self.network.now());
        let rate = self.world.policy.checksum_rate.as_bytes_per_s();
        let used = self.world.disks[disk as usize].used.as_f64();
        let time = if rate > 0.0 { Span::from_secs_f64(used / rate) } else { Span::ZERO };
        self.push(self.now + time, Happening::ChecksumDone(disk, pass));
    }

    pub(super) fn begin_initial_replication(&mut self) {
        for disk in 0..self.world.disks.len() as u32 {
            self.lags.tapes[disk as usize].freeze(0.0, 0.0);
            self.unordered += 1;
            self.network.hold(disk, 0.0, 0.0);
        }
        self.begin_copies();
    }

    /// Begins the initial copies whose turn it is.
    pub(super) fn begin_copies(&mut self) {
        // What a disk wrote while it waited for its turn is booked before its turn comes.
        for index in 0..self.world.disks.len() {
            if self.copies.stage[index] == Stage::Queued {
                self.account_disk(index);
            }
        }
        for disk in self.copies.start_copies(self.world) {
            let index = disk.0 as usize;
            self.network.hold(disk.0, self.world.disks[index].used.as_f64(), 0.0);
            self.network.pull(disk.0);
            self.network.set_inflow(disk.0, self.feed.rate[index] * self.world.disks[index].tracked_per_written);
            let name = &self.world.disks[index].name;
            self.log.push(self.network.now(), "initial_copy", name, format!("The initial copy of {name} begins."));
        }
    }

    /// Tells the lag of disks out of order up to `t`.
    pub(super) fn tell_frozen(&mut self, t: f64) {
        if self.unordered > 0 {
            for index in 0..self.world.disks.len() {
                self.tell_frozen_disk(index, t);
            }
        }
    }

    pub(super) fn tell_frozen_disk(&mut self, index: usize, t: f64) {
        if self.lags.tapes[index].is_frozen() && self.copies.stage[index] != Stage::Absent {
            let vm = self.world.disks[index].vm.0;
            // What is held while nothing has changed waits to be let go, too.
            let waits = self.network.flow(index as u32).waits;
            let waits = if waits == Waits::Nothing { Waits::Held } else { waits };
            self.lags.digest_frozen(index, vm, self.frozen_told[index], t, waits);
            self.frozen_told[index] = t;
        }
    }
}
