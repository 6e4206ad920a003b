//! What the held points occupy: sampled at midnight, summed up at the end.

use crate::results::RetentionCost;
use crate::simulate::run::Run;

/// The oldest part of the retention, by which a further day is judged: its last day, or its older half if it is short \[s\].
fn oldest_part(retention: f64) -> f64 {
    86_400.0_f64.min(0.5 * retention)
}

impl Run<'_> {
    /// Bytes that the held points occupy now.
    pub(super) fn sample_storage(&mut self) {
        let now = self.now.as_secs_f64();
        for disk in 0..self.world.disks.len() {
            self.account_disk(disk);
        }
        let retention = self.world.policy.retention.as_secs_f64();
        let old = now - retention + oldest_part(retention);
        let (mut total, mut total_old) = (0.0, 0.0);
        for (vm, spec) in self.world.vms.iter().enumerate() {
            let disks = spec.first_disk.0 as usize..(spec.first_disk.0 + spec.disk_count) as usize;
            let all: f64 = disks.clone().map(|disk| self.ledger[disk].written).sum();
            // The split of a VM's bytes over its disks so far; F of each disk's part.
            let distinct = |bytes: f64| -> f64 {
                let share = |disk: usize| if all > 0.0 { self.ledger[disk].written / all } else { 1.0 / f64::from(spec.disk_count) };
                disks.clone().map(|disk| self.world.disks[disk].footprint.distinct(bytes * share(disk))).sum()
            };
            let (all, oldest) = self.points.stored(vm, self.bytes.written[vm], old, &distinct);
            total += all;
            total_old += oldest;
        }
        self.stored.push((now, total, total_old));
    }

    /// What the points held occupy; `None` if they were not kept. Midnights by which the retention was not yet full are left out if there are later ones.
    pub(super) fn retention_cost(&self, retention: f64) -> Option<RetentionCost> {
        let full_from = if self.unprotected == 0 { self.last_protected_at + retention } else { f64::INFINITY };
        let full: Vec<_> = self.stored.iter().filter(|sample| sample.0 >= full_from).copied().collect();
        let steady = !full.is_empty();
        let samples = if steady { &full } else { &self.stored };
        let mean = |of: fn(&(f64, f64, f64)) -> f64| samples.iter().map(of).fold(0.0, |sum, bytes| sum + bytes) / samples.len() as f64;
        let part = oldest_part(retention);
        (!samples.is_empty()).then(|| RetentionCost {
            mean_bytes: mean(|sample| sample.1),
            max_bytes: samples.iter().map(|sample| sample.1).fold(0.0, f64::max),
            samples: samples.len() as u64,
            steady,
            per_extra_day_bytes: (steady && part > 0.0).then(|| mean(|sample| sample.2) * 86_400.0 / part),
        })
    }
}
