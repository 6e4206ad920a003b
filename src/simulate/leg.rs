//! Machines that come and go: a run of one direction is a *leg* of a round trip. A machine is *hosted* where its writes begin, and *replicated* from some later
//! instant on; it may be hosted unprotected, and its stream may drain after it was shut down. What moves it from one leg to the other is in `journey`.

use crate::simulate::copies::Stage;
use crate::simulate::run::{Happening, Run};
use crate::units::{Instant, Span};

/// How one disk's copy begins when its machine is replicated anew.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NewCopy {
    /// Bytes that must go in any case \[tracked bytes\].
    pub base: f64,
    /// Bytes written on either side since the two were alike, which coalesce \[tracked bytes\].
    pub written: f64,
    /// Both ends are compared first, for so long.
    pub compare: Span,
}

/// Something that a leg has to say to the journey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum News {
    /// A machine has its first recovery point, at this time \[s\].
    Protected(u32, f64),
    /// All disks of a machine that was copied are in order, at this time \[s\].
    InOrder(u32, f64),
    /// Nothing of a machine that was shut down is under way any more, at this time \[s\].
    Drained(u32, f64),
}

impl Run<'_> {
    /// Nobody is here: takes every machine off a run that has not begun.
    pub fn empty(&mut self) {
        for disk in 0..self.world.disks.len() {
            self.copies.stage[disk] = Stage::Absent;
            self.lags.tapes[disk].freeze(0.0, 0.0);
            self.feed.scale[disk] = 0.0;
        }
        self.present.fill(false);
        // Nobody is observed before its first point.
        for vm in 0..self.world.vms.len() as u32 {
            self.set_dark(vm, true);
        }
    }

    /// Whether no machine is here: then nothing but the calendar moves.
    pub(super) fn is_asleep(&self) -> bool {
        !self.present.iter().any(|here| *here)
    }

    /// Whether a machine is replicated here, or its copy is under way.
    pub fn replicates(&self, vm: u32) -> bool {
        self.disks_of(vm).any(|disk| self.copies.stage[disk as usize] != Stage::Absent)
    }

    /// The disks of a machine.
    pub(super) fn disks_of(&self, vm: u32) -> std::ops::Range<u32> {
        let spec = &self.world.vms[vm as usize];
        spec.first_disk.0..spec.first_disk.0 + spec.disk_count
    }

    /// A machine starts here, its churn times `scale`: nothing is replicated yet.
    pub fn host(&mut self, vm: u32, scale: f64) {
        self.present[vm as usize] = true;
        for disk in self.disks_of(vm) {
            self.feed.scale[disk as usize] = scale;
            self.refresh(disk);
        }
    }

    /// A machine writes this much more from now on \[written bytes/s\], or (negative) less.
    pub fn add_load(&mut self, vm: u32, rate: f64) {
        let count = f64::from(self.world.vms[vm as usize].disk_count);
        for disk in self.disks_of(vm) {
            // What is left of bursts that are over is rounding.
            let extra = self.feed.extra[disk as usize] + rate / count;
            self.feed.extra[disk as usize] = if extra > 1e-6 { extra } else { 0.0 };
            self.refresh(disk);
        }
    }

    /// A machine stops writing: it was shut down, or lost. What it sent stays under way.
    pub fn shut_down(&mut self, vm: u32) {
        for disk in self.disks_of(vm) {
            self.feed.scale[disk as usize] = 0.0;
            self.feed.extra[disk as usize] = 0.0;
            self.refresh(disk);
        }
    }

    /// Replication of a machine begins, disk by disk.
    pub fn replicate(&mut self, vm: u32, copies: &[NewCopy]) {
        self.present[vm as usize] = true;
        self.ever_replicated = true;
        for (disk, copy) in self.disks_of(vm).zip(copies) {
            let index = disk as usize;
            self.account_disk(index);
            self.ledger[index].brought += copy.written;
            self.unordered += 1;
            self.frozen_told[index] = self.now.as_secs_f64();
            self.lags.tapes[index].thaw(self.now.as_secs_f64(), 0.0, 0.0);
            self.lags.tapes[index].freeze(self.now.as_secs_f64(), 0.0);
            let pass = self.copies.new_pass();
            self.copies.leave(disk, Stage::Checksum(pass), self.now.as_secs_f64());
            self.copies.since[index] = self.now.as_secs_f64();
            self.network.hold(disk, copy.base, copy.written);
            self.network.set_inflow(disk, self.feed.rate[index] * self.world.disks[index].tracked_per_written);
            self.push(self.now + copy.compare, Happening::ChecksumDone(disk, pass));
        }
        self.points.follow_vm(vm);
        self.copying.push(vm);
        self.rates_changed = true;
    }

    /// A machine that was shut down goes on being replicated: what it waited for is off. If its replication had ended, nothing differs yet.
    pub fn resume(&mut self, vm: u32) {
        self.draining.retain(|&(other, _)| other != vm);
        self.present[vm as usize] = true;
        if !self.replicates(vm) {
            let alike = vec![NewCopy::default(); self.world.vms[vm as usize].disk_count as usize];
            self.replicate(vm, &alike);
        }
    }

    /// Asks to be told when nothing of a machine that was shut down is under way any more.
    pub fn watch_drain(&mut self, vm: u32) {
        self.draining.push((vm, self.now.as_secs_f64()));
        // What waits for nothing now has drained already.
        self.look_around();
    }

    /// Bytes of a machine that have not left yet \[tracked bytes\].
    pub fn pending(&mut self, vm: u32) -> f64 {
        self.network.settle();
        self.disks_of(vm).map(|disk| self.pending_of(disk)).sum()
    }

    /// Bytes of a disk that have not left, as of its last change \[tracked bytes\].
    pub fn pending_of(&self, disk: u32) -> f64 {
        let flow = self.network.flow(disk);
        flow.q_in + self.network.stored(disk) + flow.dirty.size(&self.world.disks[disk as usize].footprint)
    }

    /// Holds what a disk sends to this rate while its copy runs \[tracked bytes/s\].
    pub fn limit_disk(&mut self, disk: u32, rate: f64) {
        let index = disk as usize;
        let wire = self.world.hubs[self.ledger[index].hub as usize].wire_per_tracked;
        let own = *self.own_out[index].get_or_insert(self.network.own_out(disk));
        self.network.set_own_out(disk, own.min(rate * wire));
    }

    /// Lets a disk send as fast as it may again.
    pub fn lift_limit(&mut self, disk: u32) {
        if let Some(own) = self.own_out[disk as usize].take() {
            self.network.set_own_out(disk, own);
        }
    }

    /// Mean rate of a disk over the run so far, while its machine was here \[written bytes/s\].
    pub fn mean_rate(&self, disk: u32) -> f64 {
        let account = &self.ledger[disk as usize];
        if account.busy > 0.0 { account.written / account.busy } else { 0.0 }
    }

    /// Bytes of a disk sent so far, in order or not \[tracked bytes\].
    pub fn sent(&self, disk: u32) -> f64 {
        self.network.left(disk)
    }

    /// Distinct bytes of a disk that are out of order now \[tracked bytes\].
    pub fn differing(&self, disk: u32) -> f64 {
        self.network.flow(disk).dirty.size(&self.world.disks[disk as usize].footprint)
    }

    /// Bytes of a machine that have left and not landed \[tracked bytes\].
    pub fn in_flight(&self, vm: u32) -> f64 {
        let delay = self.world.link.rtt.as_secs_f64() / 2.0;
        let rate = |disk: u32| self.network.leaving(disk);
        self.disks_of(vm).map(rate).sum::<f64>() * delay
    }

    /// Replication of a machine ends: what is under way is destroyed, or of no use any more. Returns how much that was \[tracked bytes\].
    pub fn release(&mut self, vm: u32) -> f64 {
        let now = self.now.as_secs_f64();
        let mut destroyed = 0.0;
        for disk in self.disks_of(vm) {
            let index = disk as usize;
            if self.copies.stage[index] == Stage::Absent {
                continue;
            }
            self.account_disk(index);
            self.lift_limit(disk);
            if self.copies.initial[index] {
                self.copies.forgo(disk);
            }
            self.lose_order(disk, Stage::Absent, 0.0, 0.0);
            self.unordered -= 1;
            self.copies.unordered[index] += now - self.copies.since[index];
            let (bytes, fallen) = self.network.discard(disk);
            self.ledger[index].destroyed += bytes;
            destroyed += bytes;
            fallen.into_iter().for_each(|stop| self.decide(stop));
        }
        self.copying.retain(|&other| other != vm);
        self.draining.retain(|&(other, _)| other != vm);
        self.awaited.retain(|&other| other != vm);
        if self.point_due[vm as usize].take().is_some() {
            // The next that lands counts.
            self.observed[vm as usize] = true;
        }
        self.bytes.forget(vm as usize);
        self.rates_changed = true;
        self.set_dark(vm, true);
        destroyed
    }

    /// A machine is gone from here.
    pub fn dismiss(&mut self, vm: u32) {
        self.shut_down(vm);
        self.present[vm as usize] = false;
    }

    /// From now on a machine is not observed here, or is again.
    pub(super) fn set_dark(&mut self, vm: u32, dark: bool) {
        let index = vm as usize;
        if self.dark[index].is_some() == dark {
            return;
        }
        let now = self.now.as_secs_f64();
        match self.dark[index].take() {
            None => self.dark[index] = Some(now),
            // What came before the first point is told by that.
            Some(since) => self.dark_time[index] += if since > 0.0 { now - since } else { 0.0 },
        }
        let was_hidden = self.excluded[index] > 0;
        self.excluded[index] = if dark { self.excluded[index] + 1 } else { self.excluded[index] - 1 };
        match (was_hidden, self.excluded[index] > 0) {
            (false, true) => self.hidden_vms += 1,
            (true, false) => self.hidden_vms -= 1,
            _ => {}
        }
        self.watch(vm);
    }

    /// Time without a recovery point, beyond what came before the first \[s\].
    pub(super) fn dark_s(&self, vm: usize) -> f64 {
        self.dark_time[vm] + self.dark[vm].filter(|since| *since > 0.0).map_or(0.0, |since| self.end.as_secs_f64() - since)
    }

    /// Looks who has drained and whose copy is done.
    pub(super) fn look_around(&mut self) {
        if self.draining.is_empty() && self.copying.is_empty() {
            return;
        }
        let delay = self.world.link.rtt.as_secs_f64() / 2.0;
        let mut draining = std::mem::take(&mut self.draining);
        draining.retain(|&(vm, since)| {
            let clear = self.disks_of(vm).all(|disk| self.copies.stage[disk as usize] == Stage::InSync && !self.network.is_waiting(disk));
            if clear {
                let last = self.disks_of(vm).map(|disk| self.lags.cleared_at[disk as usize]).fold(since, f64::max);
                self.news.push(News::Drained(vm, last + delay));
            }
            !clear
        });
        self.draining.append(&mut draining);
        let mut copying = std::mem::take(&mut self.copying);
        copying.retain(|&vm| {
            let done = self.disks_of(vm).all(|disk| self.copies.stage[disk as usize] == Stage::InSync);
            if done {
                let last = self.disks_of(vm).map(|disk| self.copies.synced_at[disk as usize]).fold(0.0, f64::max);
                self.news.push(News::InOrder(vm, last + delay));
                self.awaited.push(vm);
            }
            !done
        });
        self.copying.append(&mut copying);
    }

    /// Lets time pass to `to`, which is not after [`next_instant`](Self::next_instant).
    pub fn sync(&mut self, to: Instant) {
        if to > self.now {
            self.let_pass(to);
        }
    }
}
