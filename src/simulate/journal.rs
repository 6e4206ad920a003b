//! What a machine's recovery points occupy on a retention drive: before-images of every byte applied since its oldest point (model section 6).

use crate::simulate::run::Run;

impl Run<'_> {
    /// Brings what waits up to the present, before journals are read.
    pub fn settle(&mut self) {
        self.network.settle();
    }

    /// After [`settle`](Self::settle): bytes that a machine's points occupy now, and source time of the oldest \[s\]; `None` before its first. In the dense window every byte applied is kept; between
    /// two older neighbours only distinct ones are.
    pub fn journal(&mut self, vm: u32) -> Option<(f64, f64)> {
        let now = self.now.as_secs_f64();
        let dense = now - self.world.policy.dense_window.as_secs_f64();
        let disks = self.disks_of(vm);
        let pending: f64 = disks.clone().map(|disk| self.pending_of(disk)).sum();
        disks.clone().for_each(|disk| self.account_disk(disk as usize));
        let (written, tracked) = disks.clone().fold((0.0, 0.0), |(written, tracked), disk| {
            let account = &self.ledger[disk as usize];
            (written + account.written, tracked + account.written * account.tracked)
        });
        let factor = if written > 0.0 { tracked / written } else { 1.0 };
        // The split of a machine's bytes over its disks so far; F of each disk's part.
        let distinct = |bytes: f64| -> f64 {
            let share = |disk: u32| {
                let account = &self.ledger[disk as usize];
                if tracked > 0.0 { account.written * account.tracked / tracked } else { 0.0 }
            };
            disks.clone().map(|disk| self.world.disks[disk as usize].footprint.distinct(bytes * share(disk))).sum()
        };
        let ledger = self.points.vms[vm as usize].ledger.as_ref()?;
        let points = ledger.points().filter(|point| point.available <= now);
        let marks: Vec<(f64, f64)> = points.map(|point| (point.marker, point.written_by(vm as usize))).collect();
        let &(oldest, _) = marks.first()?;
        let applied = self.bytes.written[vm as usize] - pending / factor;
        let mut bytes = 0.0;
        for (place, &(marker, from)) in marks.iter().enumerate() {
            let (next, to) = marks.get(place + 1).copied().unwrap_or((now, applied));
            let between = (to - from).max(0.0) * factor;
            bytes += if next <= dense && marker < dense { distinct(between) } else { between };
        }
        Some((bytes, oldest))
    }

    /// The most that the link carries now \[tracked bytes/s\].
    pub fn most_bytes_per_s(&self) -> f64 {
        let wire = self.world.hubs.iter().map(|hub| hub.wire_per_tracked).fold(1.0, f64::min);
        (self.link_capacity / wire).max(1.0)
    }

    /// The points of a machine age, though no new one comes.
    pub fn expire_points(&mut self, vm: u32) {
        self.points.age(vm, self.now.as_secs_f64());
    }

    /// Nothing of a machine is sent any more, or it is again.
    pub fn pause(&mut self, vm: u32, paused: bool) {
        if paused && !self.replicates(vm) {
            return;
        }
        for disk in self.disks_of(vm) {
            if paused {
                self.limit_disk(disk, 0.0);
            } else {
                self.lift_limit(disk);
            }
        }
    }

    /// The oldest point of a machine is dropped, unless it is the newest too; whether one was.
    pub fn drop_oldest_point(&mut self, vm: u32) -> bool {
        self.points.vms[vm as usize].ledger.as_mut().is_some_and(crate::observe::Ledger::drop_oldest)
    }
}
