//! Results of the data path: link, process servers, what was binding, initial replication, the fleet as one queue.

use crate::fluid::network::Waits;
use crate::model::StartState;
use crate::observe::{QueueInput, one_queue};
use crate::results::{Bottleneck, HubResult, InitialReplication, LinkResult, OneQueue};
use crate::simulate::copy_bound::least_copy_time;
use crate::simulate::run::Run;

impl Run<'_> {
    pub(super) fn one_queue(&self, end: f64) -> OneQueue {
        let caches: Vec<Option<f64>> = self.world.hubs.iter().map(|hub| hub.cache.map(|cache| cache.as_f64())).collect();
        let link: Vec<(f64, f64)> = self.link.iter().map(|step| (step.at.as_secs_f64(), step.capacity)).collect();
        let target = self.world.policy.rpo_threshold.as_secs_f64();
        let asked = self.world.output.one_queue;
        one_queue(&QueueInput { wire: &self.curve, tracked: &self.hub_curve, caches: &caches, link: &link, end, target }, asked)
    }

    pub(super) fn link_result(&self) -> LinkResult {
        let link = &self.world.link;
        let totals = self.network.totals();
        LinkResult {
            name: link.name.clone(),
            goodput_bit_per_s: link.goodput.as_bits_per_s(),
            mean_capacity_bit_per_s: 8.0 * totals.offered / self.world.horizon.as_secs_f64(),
            per_vm_ceiling_bit_per_s: link.flow_ceiling.map(|ceiling| f64::from(ceiling.flows) * ceiling.per_flow.as_bits_per_s()),
            carried_wire_bytes: totals.carried,
            mean_use: if totals.offered > 0.0 { totals.carried / totals.offered } else { 0.0 },
            saturated_s: totals.saturated,
            down_s: self.link_down,
            outages: self.link_outages,
            reductions: self.link_reductions,
            peak_backlog_bytes: totals.peak_at_trunk.value,
            peak_backlog_at_s: totals.peak_at_trunk.at,
            peak_waiting_bytes: totals.peak_waiting.value,
            peak_waiting_at_s: totals.peak_waiting.at,
            peak_stored_bytes: totals.peak_stored,
        }
    }

    pub(super) fn hub_results(&self, end: f64) -> Vec<HubResult> {
        let result = |(index, hub): (usize, &crate::model::Hub)| {
            let (state, totals) = (&self.hubs.hubs[index], &self.network.totals().hubs[index]);
            let cache = hub.cache.map(|cache| cache.as_f64());
            HubResult {
                name: hub.name.clone(),
                vms: self.world.vms.iter().filter(|vm| vm.hub.0 as usize == index).count() as u64,
                taken_in_bytes: totals.taken_in,
                peak_offered_bytes_per_s: state.peak_offered,
                peak_offered_ops_per_s: state.peak_operations,
                cache_bytes: cache,
                peak_cache_bytes: totals.peak,
                peak_cache_at_s: totals.peak_at,
                least_free: cache.map(|cache| (1.0 - totals.peak / cache).max(0.0)),
                throttle_free: cache.map(|_| hub.throttle_free.get()),
                throttled_s: state.throttled_s(end),
                full_s: state.full_s(end),
                down_s: state.down_s(end),
                space_warning: state.space(0, end),
                space_critical: state.space(1, end),
                drain_warning: state.drain(0, end),
                drain_critical: state.drain(1, end),
                largest_day_bytes: state.largest_day,
                days_over: state.days_over,
                days: state.days,
                daily_limit_bytes: hub.daily_limit.as_f64(),
            }
        };
        self.world.hubs.iter().enumerate().map(result).collect()
    }

    /// What made disks wait up to `end`, longest first.
    pub(super) fn bottlenecks(&self, end: f64) -> Vec<Bottleneck> {
        let mut all = Vec::new();
        let worst = |waits: Waits, disk: Option<u32>| {
            let own = self.lags.worst_waits.iter().filter(|entry| entry.0 == waits && entry.1 == disk);
            own.fold(0.0, |sum, entry| sum + entry.2)
        };
        let totals = self.network.totals();
        let mut add = |resource: String, waits: Waits, disk: Option<u32>| {
            if let Some((time, first)) = totals.waited(waits, disk.unwrap_or(0), end) {
                all.push(Bottleneck { resource, time_s: time, first_at_s: first, set_fleet_worst_s: worst(waits, disk) });
            }
        };
        for (ceiling, name) in self.wiring.inward_names.iter().enumerate() {
            add(name.clone(), Waits::In(ceiling as u32), None);
        }
        for (ceiling, name) in self.wiring.outward_names.iter().enumerate() {
            add(name.clone(), Waits::Out(ceiling as u32), None);
        }
        for (hub, spec) in self.world.hubs.iter().enumerate() {
            add(format!("{} (down)", spec.name), Waits::Shut(hub as u32), None);
        }
        add("checksum passes, and copies that wait for their turn".to_owned(), Waits::Held, None);
        for disk in 0..self.world.disks.len() {
            add(self.wiring.own_in_names[disk].clone(), Waits::OwnIn, Some(disk as u32));
            add(self.wiring.own_out_names[disk].clone(), Waits::OwnOut, Some(disk as u32));
        }
        all.sort_by(|a, b| b.time_s.total_cmp(&a.time_s));
        all
    }

    pub(super) fn initial_replication(&self) -> InitialReplication {
        let world = self.world;
        let used_bytes = world.disks.iter().fold(0.0, |sum, disk| sum + disk.used.as_f64());
        let batches = world.vms.iter().map(|vm| vm.batch).max().map_or(0, |last| u64::from(last) + 1);
        if world.policy.start_state == StartState::InitialReplication {
            let until = self.copies.done_at.unwrap_or(world.horizon.as_secs_f64());
            let longest = || self.bottlenecks(until).into_iter().next().map(|first| first.resource);
            let bound_by = self.copies_bound_by.clone().or_else(longest).unwrap_or_else(|| "nothing".to_owned());
            return InitialReplication {
                simulated: true,
                used_bytes,
                batches,
                duration_s: self.copies.done_at,
                batch_ends_s: self.copies.batch_ends(),
                bound_by,
            };
        }
        let widest = self.link.iter().map(|step| step.capacity).fold(0.0, f64::max);
        let least = least_copy_time(world, widest);
        InitialReplication {
            simulated: false,
            used_bytes,
            batches,
            duration_s: least.seconds.is_finite().then_some(least.seconds),
            batch_ends_s: Vec::new(),
            bound_by: least.bound_by,
        }
    }
}
