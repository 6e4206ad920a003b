//! Turns what a run has gathered into the results record.

use crate::fluid::network::Waits;
use crate::model::{System, World};
use crate::observe::{LawBuilder, one_queue};
use crate::results::{
    Bottleneck, CdfCurve, CdfPoint, Checks, Choice, ChurnInput, DayWorst, DiskResult, FleetPoints, GroupResult, HeldPoint, HubResult,
    InitialReplication, LinkResult, LossByChoice, OneQueue, PointCalendar, PointCounts, RecordInput, Results, RetentionCost, RunOutput, SCHEMA,
    ScenarioInfo, ScopedLaws, VmResult,
};
use crate::simulate::log::calendar_text;
use crate::simulate::run::Run;

/// Most points of a curve for a plot.
const CURVE_POINTS: usize = 400;

/// Choices of recovery point in the order of the report.
const CHOICES: [Choice; 4] = [Choice::LatestByte, Choice::LatestMarker, Choice::LatestProcessed, Choice::LatestApp];

/// The laws of all VMs together.
struct Pooled {
    lag: LawBuilder,
    reported: LawBuilder,
    any: LawBuilder,
    app: LawBuilder,
}

impl Run<'_> {
    /// Everything that the run found.
    pub(super) fn finish(mut self, replication: u64) -> RunOutput {
        self.row();
        self.end_day();
        let held = self.points.finish();
        let pooled = self.pool();
        let results = self.results(replication, &pooled, &held);
        let curves = self.curves(&pooled);
        let calendars = self.calendars(held);
        RunOutput { results, series: self.rows, curves, events: self.log.finish(), calendars }
    }

    fn pool(&self) -> Pooled {
        let threshold = self.world.policy.rpo_threshold.as_secs_f64();
        let law = || LawBuilder::new().with_histogram();
        let mut pooled = Pooled { lag: law().with_threshold(threshold), reported: law().with_threshold(threshold), any: law(), app: law() };
        for (lag, unit) in self.lags.vms.iter().zip(&self.points.vms) {
            pooled.lag.merge(&lag.law);
            pooled.reported.merge(unit.reported.law());
            pooled.any.merge(unit.any.law());
            if let Some(app) = &unit.app {
                pooled.app.merge(app.law());
            }
        }
        pooled
    }

    fn results(&self, replication: u64, pooled: &Pooled, held: &[Vec<HeldPoint>]) -> Results {
        let world = self.world;
        let end = world.horizon.as_secs_f64();
        let lag = ScopedLaws { fleet_worst: self.lags.fleet.finish(), pooled: pooled.lag.finish() };
        let reported_rpo = ScopedLaws { fleet_worst: self.points.fleet_reported.law().finish(), pooled: pooled.reported.finish() };
        let point_age = ScopedLaws { fleet_worst: self.points.fleet_any.law().finish(), pooled: pooled.any.finish() };
        let app_point_age = self.points.fleet_app.as_ref().map(|fleet| ScopedLaws { fleet_worst: fleet.law().finish(), pooled: pooled.app.finish() });
        let loss = self.loss(&lag, &reported_rpo, &point_age, app_point_age.as_ref());
        let vms = self.vms();
        let disks = self.disks();
        let unprotected = vms.iter().map(|vm| vm.unprotected_share).sum::<f64>() / vms.len().max(1) as f64;
        let conservation_error = disks
            .iter()
            .map(|disk| (disk.tracked_bytes - disk.landed_bytes - disk.superseded_bytes - disk.pending_bytes).abs() / disk.tracked_bytes.max(1.0))
            .fold(0.0, f64::max);
        Results {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario_info(world, replication),
            churn: self.churn(&disks),
            lag,
            reported_rpo,
            point_age,
            app_point_age,
            breaches: self.lags.fleet_breaches.finish(),
            days: self.day_rows(),
            loss,
            points: self.fleet_points(held),
            link: self.link_result(),
            process_servers: self.hub_results(end),
            bottlenecks: self.bottlenecks(end),
            one_queue: self.one_queue(end),
            initial_replication: self.initial_replication(),
            unprotected_share: unprotected,
            vms,
            disks,
            groups: self.groups(),
            assumptions: Vec::new(),
            checks: Checks {
                conservation_error,
                calendar_events: self.calendar_events,
                fluid_events: self.network.totals().events,
                vm_buckets: self.buckets,
            },
        }
    }

    fn loss(&self, lag: &ScopedLaws, reported: &ScopedLaws, age: &ScopedLaws, app: Option<&ScopedLaws>) -> Vec<LossByChoice> {
        let time = |choice| match choice {
            Choice::LatestByte => Some(lag),
            Choice::LatestMarker => Some(reported),
            Choice::LatestProcessed => Some(age),
            Choice::LatestApp => app,
        };
        let bytes = |choice| self.world.output.loss_bytes.then(|| self.bytes.law(choice));
        CHOICES.iter().filter_map(|&choice| time(choice).map(|time| LossByChoice { choice, time: time.clone(), bytes: bytes(choice) })).collect()
    }

    fn vms(&self) -> Vec<VmResult> {
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
                points: points.counts.clone(),
                unprotected_share: points.any.first_arrival().map_or(1.0, |first| first / end),
                written_bytes: self.disk_written[disks].iter().sum(),
                peak_bytes_per_s: self.vm_peak[index],
                worst_of_fleet_s: self.lags.worst_time[index],
                resyncs: self.copies.resyncs[index],
            }
        };
        (0..self.world.vms.len()).map(result).collect()
    }

    fn disks(&self) -> Vec<DiskResult> {
        let end = self.world.horizon.as_secs_f64();
        let delay = self.world.link.rtt.as_secs_f64() / 2.0;
        let result = |index: usize| {
            let spec = &self.world.disks[index];
            let flow = self.network.flow(index as u32);
            let wire = self.world.hubs[self.world.vms[spec.vm.0 as usize].hub.0 as usize].wire_per_tracked;
            let entered = self.network.entered(index as u32);
            let waiting = flow.q_in + flow.q_out / wire;
            let dirty = spec.footprint.distinct(flow.dirty.written);
            let lag = self.lags.disks[index];
            let unordered = self.copies.unordered[index];
            let still = if self.copies.stage[index] == crate::simulate::copies::Stage::InSync { 0.0 } else { end - self.copies.since[index] };
            DiskResult {
                name: spec.name.clone(),
                written_bytes: self.disk_written[index],
                tracked_bytes: self.disk_written[index] * spec.tracked_per_written,
                landed_bytes: entered - waiting + beyond_copies(flow.pulled, flow.base_total - flow.dirty.base),
                superseded_bytes: beyond_copies(flow.superseded + flow.base_total, flow.base_total) + self.untracked[index],
                pending_bytes: waiting + dirty,
                max_lag_s: if lag.busy > 0.0 || lag.max > 0.0 { lag.max + delay } else { 0.0 },
                mean_lag_s: mean_lag(lag.area + delay * lag.busy, end - self.lags.vms[spec.vm.0 as usize].window.from),
                peak_agent_bytes: flow.peak_in,
                documented_limit_bytes_per_s: spec.documented_limit.as_bytes_per_s(),
                mean_tracked_bytes_per_s: self.disk_written[index] * spec.tracked_per_written / end,
                share_over_limit: self.disk_over[index] / end,
                bitmap_entries: self.copies.bitmap_entries[index],
                unordered_s: unordered + still,
            }
        };
        (0..self.world.disks.len()).map(result).collect()
    }

    fn groups(&self) -> Vec<GroupResult> {
        let result = |(index, group): (usize, &crate::model::Group)| {
            let (lag, points) = (&self.lags.groups[index], &self.points.groups[index]);
            GroupResult {
                name: group.name.clone(),
                vms: group.vms.len() as u64,
                lag: lag.law.finish(),
                point_age: points.any.law().finish(),
                app_point_age: points.app.as_ref().map(|app| app.law().finish()),
                points: points.counts.clone(),
            }
        };
        self.world.groups.iter().enumerate().map(result).collect()
    }

    fn one_queue(&self, end: f64) -> OneQueue {
        let world = self.world;
        let room = |hub: &crate::model::Hub| hub.cache.map(|cache| cache.as_f64() * hub.wire_per_tracked);
        let cache: Option<f64> = world.hubs.iter().map(room).sum();
        let capacity = world.link.goodput.to_byte_rate().as_bytes_per_s();
        one_queue(&self.curve, end, world.policy.rpo_threshold.as_secs_f64(), capacity, cache)
    }

    fn churn(&self, disks: &[DiskResult]) -> ChurnInput {
        let end = self.world.horizon.as_secs_f64();
        let record = |record: &crate::model::Record| RecordInput {
            source: record.source.clone(),
            columns: record.columns.len() as u64,
            period_s: record.period.as_secs_f64(),
            length_s: record.period.as_secs_f64() * record.buckets as f64,
            gap_share: record.gap_share,
            notes: record.notes.clone(),
        };
        ChurnInput {
            written_bytes: self.written_total,
            tracked_bytes: disks.iter().map(|disk| disk.tracked_bytes).sum(),
            mean_bytes_per_s: self.written_total / end,
            p95_bytes_per_s: self.fleet_rates.quantile(0.95).unwrap_or(0.0),
            peak_bytes_per_s: self.fleet_peak.0,
            peak_at_s: self.fleet_peak.1,
            largest_day_bytes: self.days.iter().map(|day| day.2).fold(0.0, f64::max),
            coarsest_period_s: self
                .world
                .disks
                .iter()
                .filter_map(|disk| disk.churn.sampled_every())
                .map(crate::units::Span::as_secs_f64)
                .fold(0.0, f64::max),
            vms_with_unknown_split: self.world.vms.iter().filter(|vm| !vm.split_known).count() as u64,
            records: self.world.records.iter().map(record).collect(),
        }
    }

    fn day_rows(&self) -> Vec<DayWorst> {
        let name = |vm: u32| self.world.vms[vm as usize].name.clone();
        let row = |&(from, day, written): &(f64, crate::simulate::lags::Day, f64)| DayWorst {
            date: calendar_text(self.world.start, from)[..10].to_owned(),
            worst_lag_s: day.worst,
            vm: day.owner.map(name),
            share_over: if day.time > 0.0 { day.over / day.time } else { 0.0 },
            written_bytes: written,
        };
        self.days.iter().map(row).collect()
    }

    fn fleet_points(&self, held: &[Vec<HeldPoint>]) -> FleetPoints {
        let mut total = PointCounts::default();
        let worse = |a: Option<f64>, b: Option<f64>, pick: fn(f64, f64) -> f64| match (a, b) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (one, other) => one.or(other),
        };
        for unit in &self.points.vms {
            let c = &unit.counts;
            total.crash_markers += c.crash_markers;
            total.crash_failed += c.crash_failed;
            total.crash_points += c.crash_points;
            total.app_markers += c.app_markers;
            total.app_failed += c.app_failed;
            total.app_points += c.app_points;
            total.pruned += c.pruned;
            total.held_at_end += c.held_at_end;
            total.held_max += c.held_max;
            total.oldest_at_end_s = worse(total.oldest_at_end_s, c.oldest_at_end_s, f64::min);
            total.longest_hole_s = worse(total.longest_hole_s, c.longest_hole_s, f64::max);
            total.longest_without_new_s = total.longest_without_new_s.max(c.longest_without_new_s);
        }
        let retention = self.world.policy.retention.as_secs_f64();
        let samples = self.stored.len();
        let mean = self.stored.iter().map(|s| s.1).sum::<f64>() / samples.max(1) as f64;
        let cost = (samples > 0).then(|| RetentionCost {
            mean_bytes: mean,
            max_bytes: self.stored.iter().map(|s| s.1).fold(0.0, f64::max),
            samples: samples as u64,
            per_extra_day_bytes: if retention > 0.0 { mean * 86_400.0 / retention.min(self.world.horizon.as_secs_f64()) } else { 0.0 },
        });
        debug_assert!(held.len() == self.world.vms.len());
        FleetPoints { total, steady_state_per_vm: self.points.steady_state(), retention_s: retention, retention_cost: cost }
    }

    fn link_result(&self) -> LinkResult {
        let link = &self.world.link;
        let totals = self.network.totals();
        LinkResult {
            name: link.name.clone(),
            goodput_bit_per_s: link.goodput.as_bits_per_s(),
            per_vm_ceiling_bit_per_s: link.flow_ceiling.map(|ceiling| f64::from(ceiling.flows) * ceiling.per_flow.as_bits_per_s()),
            carried_wire_bytes: totals.carried,
            mean_use: if totals.offered > 0.0 { totals.carried / totals.offered } else { 0.0 },
            saturated_s: totals.saturated,
            down_s: self.link_down.0,
            outages: self.link_down.1,
            peak_backlog_bytes: totals.peak_stored,
            peak_backlog_at_s: totals.peak_stored_at,
        }
    }

    fn hub_results(&self, end: f64) -> Vec<HubResult> {
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

    fn bottlenecks(&self, end: f64) -> Vec<Bottleneck> {
        let mut all = Vec::new();
        let worst = |waits: Waits, owner: Option<u32>| {
            self.lags.worst_waits.iter().filter(|entry| entry.0 == waits && entry.1 == owner).map(|entry| entry.2).sum::<f64>()
        };
        let totals = self.network.totals();
        let mut add = |resource: String, waits: Waits, disk: u32, owner: Option<u32>| {
            if let Some((time, first)) = totals.waited(waits, disk, end) {
                all.push(Bottleneck { resource, time_s: time, first_at_s: first, set_fleet_worst_s: worst(waits, owner) });
            }
        };
        for (ceiling, name) in self.wiring.inward_names.iter().enumerate() {
            add(name.clone(), Waits::In(ceiling as u32), 0, None);
        }
        for (ceiling, name) in self.wiring.outward_names.iter().enumerate() {
            add(name.clone(), Waits::Out(ceiling as u32), 0, None);
        }
        for (index, disk) in self.world.disks.iter().enumerate() {
            for waits in [Waits::OwnIn, Waits::OwnOut] {
                add(format!("limit of disk {}", disk.name), waits, index as u32, Some(disk.vm.0));
            }
        }
        all.sort_by(|a, b| b.time_s.total_cmp(&a.time_s));
        all
    }

    fn initial_replication(&self) -> InitialReplication {
        let world = self.world;
        let used: f64 = world.disks.iter().map(|disk| disk.used.as_f64()).sum();
        let batches = world.vms.iter().map(|vm| vm.batch).max().map_or(0, |last| u64::from(last) + 1);
        let simulated = world.policy.start_state == crate::model::StartState::InitialReplication;
        if simulated {
            let bound_by = self.bottlenecks(world.horizon.as_secs_f64()).first().map_or_else(|| "nothing".to_owned(), |first| first.resource.clone());
            return InitialReplication { simulated, used_bytes: used, batches, duration_s: self.copies.done_at, bound_by };
        }
        // An estimate: all used bytes through what the mean churn leaves free of the link.
        let wire: f64 =
            world.disks.iter().map(|disk| disk.used.as_f64() * world.hubs[world.vms[disk.vm.0 as usize].hub.0 as usize].wire_per_tracked).sum();
        let totals = self.network.totals();
        let horizon = world.horizon.as_secs_f64();
        let free = (totals.offered - totals.carried) / horizon;
        let duration = (free > 0.0).then(|| wire / free);
        InitialReplication {
            simulated,
            used_bytes: used,
            batches,
            duration_s: duration,
            bound_by: "the part of the link that the mean churn leaves free".to_owned(),
        }
    }

    fn curves(&self, pooled: &Pooled) -> Vec<CdfCurve> {
        let mut curves = Vec::new();
        let mut add = |name: &str, scope: &str, unit: &str, histogram: Option<&crate::observe::PieceHistogram>| {
            let Some(histogram) = histogram.filter(|histogram| histogram.total() > 0.0) else { return };
            let points = histogram.curve(CURVE_POINTS).into_iter().map(|(value, share)| CdfPoint { value, share }).collect();
            curves.push(CdfCurve { name: name.to_owned(), scope: scope.to_owned(), unit: unit.to_owned(), points });
        };
        let named = [
            ("latest_byte", Some(&self.lags.fleet), &pooled.lag),
            ("latest_marker", Some(self.points.fleet_reported.law()), &pooled.reported),
            ("latest_processed", Some(self.points.fleet_any.law()), &pooled.any),
            ("latest_app", self.points.fleet_app.as_ref().map(|fleet| fleet.law()), &pooled.app),
        ];
        for (name, fleet, pooled) in named {
            add(name, "fleet_worst", "s", fleet.and_then(LawBuilder::histogram));
            add(name, "pooled", "s", pooled.histogram());
        }
        if self.world.output.loss_bytes {
            for (choice, name) in CHOICES.iter().zip(["latest_byte", "latest_marker", "latest_processed", "latest_app"]) {
                add(name, "fleet_bytes", "bytes", self.bytes.fleet_histogram(*choice));
            }
        }
        curves
    }

    fn calendars(&self, held: Vec<Vec<HeldPoint>>) -> Vec<PointCalendar> {
        if !self.world.output.points {
            return Vec::new();
        }
        self.world.vms.iter().zip(held).map(|(vm, points)| PointCalendar { vm: vm.name.clone(), points }).collect()
    }
}

/// Mean of a lag over the observed time; 0 where nothing was observed.
fn mean_lag(area: f64, observed: f64) -> f64 {
    if observed > 0.0 { area / observed } else { 0.0 }
}

/// Bytes sent out of order beyond the `copied` ones; what a copy of so many bytes leaves by rounding is none.
fn beyond_copies(pulled: f64, copied: f64) -> f64 {
    let beyond = pulled - copied;
    if beyond <= 1e-12 * pulled { 0.0 } else { beyond }
}

fn scenario_info(world: &World, replication: u64) -> ScenarioInfo {
    let system = match world.system {
        System::VmwareClassic => "VMware on premises to Azure (classic)",
        System::Physical => "physical servers to Azure",
        System::Avs => "Azure VMware Solution to Azure",
        System::VmwareModernized => "VMware on premises to Azure (modernized appliance)",
        System::AzureToAzure => "Azure to Azure",
    };
    ScenarioInfo {
        title: world.title.clone(),
        name: world.name.clone(),
        system: system.to_owned(),
        profile: world.profile.clone(),
        start: calendar_text(world.start, 0.0),
        horizon_s: world.horizon.as_secs_f64(),
        seed: world.seed,
        replication,
        vms: world.vms.len() as u64,
        disks: world.disks.len() as u64,
        rpo_threshold_s: world.policy.rpo_threshold.as_secs_f64(),
        app_every_s: world.policy.app_every.map(|every| every.as_secs_f64()),
        fingerprint: String::new(),
    }
}
