//! Results by VM, disk and group.

use crate::observe::{BreachTracker, LawBuilder};
use crate::results::{Choice, DiskResult, GroupResult, VmResult};
use crate::simulate::finish::CHOICES;
use crate::simulate::run::Run;

impl Run<'_> {
    pub(super) fn vms(&self) -> Vec<VmResult> {
        let end = self.world.horizon.as_secs_f64();
        let result = |index: usize| {
            let (spec, lag, points) = (&self.world.vms[index], &self.lags.vms[index], &self.points.vms[index]);
            let disks = spec.first_disk.0 as usize..(spec.first_disk.0 + spec.disk_count) as usize;
            let choices = CHOICES.iter().filter(|&&choice| choice != Choice::LatestApp || self.world.policy.app_every.is_some());
            let loss = |&choice: &Choice| (choice, self.bytes.vm_law(choice, index));
            VmResult {
                name: spec.name.clone(),
                lag: lag.law.finish(),
                reported_rpo: points.reported.law().finish(),
                point_age: points.any.law().finish(),
                app_point_age: points.app.as_ref().map(|app| app.law().finish()),
                loss_bytes: if self.world.output.loss_bytes { choices.map(loss).collect() } else { Vec::new() },
                breaches: lag.breaches.finish(),
                reported_breaches: points.reported.breaches().map(BreachTracker::finish).unwrap_or_default(),
                points: points.counts.clone(),
                unprotected_share: points.any.first_arrival().map_or(1.0, |first| (first + self.dark_s(index)) / end),
                written_bytes: self.ledger[disks.clone()].iter().map(|account| account.written).sum(),
                peak_bytes_per_s: self.vm_peak[index],
                worst_of_fleet_s: self.lags.worst_time[disks].iter().fold(0.0, |sum, time| sum + time),
                resyncs: self.copies.resyncs[index],
            }
        };
        (0..self.world.vms.len()).map(result).collect()
    }

    pub(super) fn disks(&self) -> Vec<DiskResult> {
        let end = self.world.horizon.as_secs_f64();
        let result = |index: usize| {
            let spec = &self.world.disks[index];
            let flow = self.network.flow(index as u32);
            let served = self.network.served(index as u32);
            let waiting = flow.q_in + self.network.stored(index as u32);
            let dirty = spec.footprint.distinct(flow.dirty.written);
            let unordered = self.copies.unordered[index];
            let still = if self.copies.stage[index] == crate::simulate::copies::Stage::InSync { 0.0 } else { end - self.copies.since[index] };
            DiskResult {
                name: spec.name.clone(),
                vm: self.world.vms[spec.vm.0 as usize].name.clone(),
                written_bytes: self.ledger[index].written,
                measured_bytes: self.ledger[index].measured,
                tracked_bytes: self.ledger[index].written * spec.tracked_per_written,
                brought_bytes: self.ledger[index].brought,
                destroyed_bytes: self.ledger[index].destroyed,
                landed_bytes: served + beyond_copies(flow.pulled, flow.base_total - flow.dirty.base),
                superseded_bytes: beyond_copies(flow.superseded + flow.base_total, flow.base_total) + self.ledger[index].untracked,
                pending_bytes: waiting + dirty,
                behind_since_s: self.lags.behind_since(index),
                lag: self.disk_lag(index).finish(),
                breaches: self.disk_breaches(index).finish(),
                worst_of_fleet_s: self.lags.worst_time[index],
                peak_agent_bytes: flow.peak_in,
                documented_limit_bytes_per_s: spec.documented_limit.as_bytes_per_s(),
                limit_in_force_bytes_per_s: spec.churn_limit.map(|limit| limit.as_bytes_per_s()),
                late_alone_s: self.alone[index].clone().map(|alone| alone.late(end)),
                mean_tracked_bytes_per_s: self.ledger[index].written * spec.tracked_per_written / end,
                share_over_limit: self.ledger[index].over / end,
                bitmap_entries: self.copies.bitmap_entries[index],
                unordered_s: unordered + still,
            }
        };
        (0..self.world.disks.len()).map(result).collect()
    }

    /// The law of a disk's lag: that of its VM if it is the only one; else what it waited, and the link's delay or nothing for the rest of the time.
    fn disk_lag(&self, disk: usize) -> LawBuilder {
        let vm = self.world.disks[disk].vm.0 as usize;
        let own = &self.lags.disks[disk];
        if self.world.vms[vm].disk_count == 1 {
            return self.lags.vms[vm].law.clone();
        }
        let mut law = own.law.clone();
        let rest = (self.lags.vms[vm].law.finish().observed_s - own.waiting).max(0.0);
        let flying = (self.ledger[disk].busy - own.waiting).clamp(0.0, rest);
        let delay = self.world.link.rtt.as_secs_f64() / 2.0;
        law.add(0.0, flying, delay, delay);
        law.add(0.0, rest - flying, 0.0, 0.0);
        law
    }

    /// The breaches of a disk's lag, likewise.
    fn disk_breaches(&self, disk: usize) -> &BreachTracker {
        let vm = self.world.disks[disk].vm.0 as usize;
        if self.world.vms[vm].disk_count == 1 { &self.lags.vms[vm].breaches } else { &self.lags.disks[disk].breaches }
    }

    pub(super) fn groups(&self) -> Vec<GroupResult> {
        let result = |(index, group): (usize, &crate::model::Group)| {
            let (lag, points) = (&self.lags.groups[index], &self.points.groups[index]);
            GroupResult {
                name: group.name.clone(),
                vms: group.vms.len() as u64,
                lag: lag.law.finish(),
                breaches: lag.breaches.finish(),
                reported_rpo: points.reported.law().finish(),
                reported_breaches: points.reported.breaches().map(BreachTracker::finish).unwrap_or_default(),
                point_age: points.any.law().finish(),
                app_point_age: points.app.as_ref().map(|app| app.law().finish()),
                points: points.counts.clone(),
            }
        };
        self.world.groups.iter().enumerate().map(result).collect()
    }
}

/// Bytes sent out of order beyond the `copied` ones; what a copy of so many bytes leaves by rounding is none.
fn beyond_copies(pulled: f64, copied: f64) -> f64 {
    let beyond = pulled - copied;
    if beyond <= 1e-12 * pulled { 0.0 } else { beyond }
}
