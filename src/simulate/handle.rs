//! What each happening on the calendar does.

use std::rc::Rc;

use crate::results::SeriesRow;
use crate::simulate::account::Account;
use crate::simulate::copies::Stage;
use crate::simulate::lags::{Day, Interval};
use crate::simulate::leg::News;
use crate::simulate::link_plan::fails;
use crate::simulate::points::Standing;
use crate::simulate::run::{Happening, Run};
use crate::units::Span;

impl Run<'_> {
    pub(super) fn handle(&mut self, happening: Happening) {
        match happening {
            Happening::Link(step) => self.change_link(step as usize),
            Happening::Fault(fault) => self.fault(fault as usize),
            Happening::Repaired(fault) => self.repaired(fault as usize),
            Happening::ChecksumDone(disk, pass) => {
                if self.copies.stage[disk as usize] == Stage::Checksum(pass) {
                    self.copies.leave(disk, Stage::Sending, self.now.as_secs_f64());
                    self.catch_up(disk);
                }
            }
            Happening::Bucket(cohort) => self.next_bucket(cohort as usize),
            Happening::LoadBegins(event) => self.load(event as usize, true),
            Happening::LoadEnds(event) => self.load(event as usize, false),
            Happening::Midnight => self.midnight(),
            Happening::Marker => self.marker(),
            Happening::DrainCheck => {
                self.hubs.check_drain(self.world, &self.network, &mut self.log);
                self.push(self.now + self.world.policy.drain_check_every, Happening::DrainCheck);
            }
            Happening::LogCheck => self.check_logs(),
            Happening::Protected(vm) => self.protect(vm),
            Happening::Row => self.row(),
        }
    }

    fn change_link(&mut self, step: usize) {
        let step = self.link[step].clone();
        self.link_capacity = step.capacity;
        self.network.set_capacity_out(self.wiring.trunk, step.capacity);
        let now = self.now.as_secs_f64();
        for event in &step.events {
            let count = if event.factor > 0.0 { &mut self.link_reductions } else { &mut self.link_outages };
            *count += u64::from(event.begins);
            let (kind, text) = match (event.begins, event.factor > 0.0) {
                (true, false) => ("link_down", format!("The link is cut ({}).", event.cause)),
                (true, true) => ("link_reduced", format!("The link falls to {:.0} % ({}).", event.factor * 100.0, event.cause)),
                (false, _) => ("link_up", format!("Over: {}.", event.cause)),
            };
            self.log.push(now, kind, &self.world.link.name, text);
        }
    }

    fn next_bucket(&mut self, cohort: usize) {
        let next = self.feed.next_bucket(cohort, self.now);
        let count = self.feed.disks(cohort).len();
        self.buckets += count as u64;
        for place in 0..count {
            let disk = self.feed.disks(cohort)[place];
            self.refresh(disk);
        }
        if next < self.end {
            self.push(next, Happening::Bucket(cohort as u32));
        }
    }

    fn load(&mut self, event: usize, begins: bool) {
        self.feed.load(self.world, event, begins);
        let load = &self.world.load_events[event];
        for disk in &load.disks {
            self.refresh(disk.0);
        }
        let verb = if begins { "begins" } else { "ends" };
        self.log.push(self.now.as_secs_f64(), if begins { "load_begins" } else { "load_ends" }, &load.name, format!("{} {verb}.", load.name));
    }

    /// Takes a disk's present rate over, if it has changed.
    pub(super) fn refresh(&mut self, disk: u32) {
        let index = disk as usize;
        let Account { vm, first, count, tracked, .. } = self.ledger[index];
        let was_excluded = self.feed.excluded[index];
        let changed = self.feed.refresh(disk);
        let excluded = self.feed.excluded[index];
        if excluded != was_excluded {
            let count = &mut self.excluded[vm as usize];
            let was_hidden = *count > 0;
            *count = if excluded { *count + 1 } else { *count - 1 };
            match (was_hidden, *count > 0) {
                (false, true) => self.hidden_vms += 1,
                (true, false) => self.hidden_vms -= 1,
                _ => {}
            }
            self.watch(vm);
        }
        let Some(rate) = changed else { return };
        let before = self.ledger[index].rate;
        self.account_disk(index);
        self.ledger[index].rate = rate;
        if self.ledger[index].is_measured {
            self.ledger[index].measured_rate = self.feed.of_pattern[index];
        }
        if let Some(alone) = &mut self.alone[index] {
            alone.turn(self.now.as_secs_f64(), rate * tracked);
        }
        self.rates_changed = true;
        let vm_rate: f64 = self.feed.rate[first as usize..(first + count) as usize].iter().sum();
        self.bytes.rate[vm as usize] = vm_rate;
        if (rate > 0.0) != (before > 0.0) {
            let count = &mut self.vm_writes[vm as usize];
            *count = if rate > 0.0 { *count + 1 } else { *count - 1 };
            let writes = *count > 0;
            if writes != self.writes[vm as usize] {
                self.writes[vm as usize] = writes;
                self.watch(vm);
            }
        }
        if !matches!(self.copies.stage[index], Stage::Queued | Stage::Absent) {
            self.network.set_inflow(disk, rate * tracked);
        }
    }

    /// Tells the lag watch whether a VM, its group and the fleet write, and whether they are observed.
    pub(super) fn watch(&mut self, vm: u32) {
        let now = self.now.as_secs_f64();
        let index = vm as usize;
        let hidden = self.excluded[index] > 0;
        let counts = self.writes[index] && !hidden;
        if counts != self.seen_writing[index] {
            self.seen_writing[index] = counts;
            self.writing_vms = if counts { self.writing_vms + 1 } else { self.writing_vms - 1 };
        }
        self.lags.set_vm(vm, now, self.writes[index], hidden);
        self.points.hide_vm(vm, now, hidden);
        if let Some(group) = self.world.vms[index].group {
            let members = || self.world.groups[group.0 as usize].vms.iter().map(|member| member.0 as usize);
            let hidden = members().any(|member| self.excluded[member] > 0);
            self.lags.set_group(group.0 as usize, now, members().any(|member| self.writes[member]), hidden);
            self.points.hide_group(group.0 as usize, now, hidden);
        }
        let all_hidden = self.hidden_vms as usize == self.world.vms.len();
        self.lags.set_fleet(now, self.writing_vms > 0, all_hidden);
    }

    /// A VM has its first recovery point: from here on its lag is observed.
    fn protect(&mut self, vm: u32) {
        // A point that was expected before the machine's replication ended is none any more.
        if self.observed[vm as usize] || self.point_due[vm as usize].is_none_or(|due| due > self.now) {
            return;
        }
        self.point_due[vm as usize] = None;
        self.observed[vm as usize] = true;
        self.set_dark(vm, false);
        self.news.push(News::Protected(vm, self.now.as_secs_f64()));
        let name = &self.world.vms[vm as usize].name;
        self.log.push(self.now.as_secs_f64(), "protected", name, format!("{name} has its first recovery point."));
    }

    /// Adds what a disk has written at its present rate.
    pub(super) fn account_disk(&mut self, index: usize) {
        let now = self.network.now();
        let queued = matches!(self.copies.stage[index], Stage::Queued | Stage::Absent);
        self.ledger[index].account(now, queued);
    }

    /// Sums the rates of the fleet and of each process server, once per instant at which any has changed.
    pub(super) fn sum_rates(&mut self) {
        if !self.rates_changed {
            return;
        }
        self.rates_changed = false;
        let now = self.now.as_secs_f64();
        let mut offered = vec![(0.0, 0.0); self.world.hubs.len()];
        let (mut written, mut wire) = (0.0, 0.0);
        for (index, account) in self.ledger.iter().enumerate() {
            let rate = self.feed.rate[index];
            let tracked = rate * account.tracked;
            let hub = account.hub as usize;
            written += rate;
            if self.copies.stage[index] == Stage::Absent {
                continue;
            }
            wire += tracked * self.world.hubs[hub].wire_per_tracked;
            offered[hub].0 += tracked;
            offered[hub].1 += tracked * self.operations[index];
        }
        for (hub, (bytes, operations)) in self.hubs.hubs.iter_mut().zip(offered) {
            self.hub_curve.push(bytes);
            hub.offered = bytes;
            hub.peak_offered = hub.peak_offered.max(bytes);
            hub.peak_operations = hub.peak_operations.max(operations);
        }
        self.hubs.reoffer(self.world, &self.wiring, &mut self.network);
        // Once all disks have their new rates: before, a VM's sum would mix two buckets.
        for (peak, rate) in self.vm_peak.iter_mut().zip(&self.bytes.rate) {
            *peak = peak.max(*rate);
        }
        self.rate_total = written;
        if written > self.fleet_peak.0 {
            self.fleet_peak = (written, now);
        }
        self.curve.push((now, wire));
    }

    fn marker(&mut self) {
        let now = self.now.as_secs_f64();
        let (crash, app) = (self.now == self.next_crash, Some(self.now) == self.next_app);
        let policy = &self.world.policy;
        if crash {
            self.next_crash = self.now + policy.crash_every;
        }
        if app && let (Some(next), Some(every)) = (&mut self.next_app, policy.app_every) {
            *next = *next + every;
        }
        if self.is_asleep() || !self.world.output.ages {
            self.push(self.next_marker(), Happening::Marker);
            return;
        }
        for place in 0..self.last_dirty.len() {
            let vm = self.last_dirty[place];
            let spec = &self.world.vms[vm as usize];
            let mut disks = spec.first_disk.0 as usize..(spec.first_disk.0 + spec.disk_count) as usize;
            if disks.any(|disk| !self.lags.tapes[disk].is_empty()) {
                self.points.follow_vm(vm);
                if let Some(group) = spec.group {
                    self.points.follow_group(group.0 as usize);
                }
            }
        }
        let row: Option<Rc<[f64]>> = (self.world.output.loss_bytes || self.world.output.points).then(|| self.bytes.written.as_slice().into());
        let tick = self.points.issue(now, crash, app, row.as_ref());
        if let Some(row) = &row {
            let landed = now + self.world.link.rtt.as_secs_f64() / 2.0;
            let available = landed + self.world.apply.delay.as_secs_f64();
            self.bytes.announce(row, landed, available, app, |vm| self.points.is_followed[vm]);
        }
        let standings = self.stand_followed(tick, app);
        self.stand_groups(&standings);
        let next = self.next_marker();
        self.push(next, Happening::Marker);
    }

    /// Says how a marker stands with each followed VM; returns that by VM, with whether its app marker failed.
    fn stand_followed(&mut self, tick: u32, app: bool) -> Vec<(u32, Standing, bool)> {
        let now = self.now.as_secs_f64();
        let chance = self.world.policy.app_failure.get();
        let mut standings = Vec::new();
        for place in 0..self.points.followed.len() {
            let vm = self.points.followed[place];
            let spec = &self.world.vms[vm as usize];
            if self.copies.stage[spec.first_disk.0 as usize] == Stage::Absent {
                continue;
            }
            let disks = spec.first_disk.0 as usize..(spec.first_disk.0 + spec.disk_count) as usize;
            let (mut waiting, mut applied, mut ordered) = (0, now, true);
            for disk in disks {
                let tape = &self.lags.tapes[disk];
                ordered &= !tape.is_frozen();
                if tape.holds(tick) {
                    waiting += 1;
                } else if ordered {
                    applied = applied.max(self.lags.applied(disk, now, self.network.left(disk as u32)));
                }
            }
            let standing = match (ordered, waiting) {
                (false, _) => Standing::Fails,
                (true, 0) => Standing::AtOnce(now, applied),
                (true, waiting) => Standing::Waits(waiting, now, applied),
            };
            let app_failed = app && self.app_streams.get_mut(vm as usize).is_some_and(|stream| fails(stream, chance));
            let (arrival, turned) = self.points.stand(vm, standing, app_failed, self.bytes.written[vm as usize]);
            if let Some(arrival) = arrival {
                self.arrive(&arrival);
            }
            if let Some(failing) = turned {
                let text = if failing { "No recovery points: a disk is not in order." } else { "Recovery points are made again." };
                self.log.push(now, if failing { "points_fail" } else { "points_resume" }, &spec.name, text.to_owned());
            }
            if app_failed {
                self.log.push(now, "app_marker_failed", &spec.name, "The app-consistent marker failed.".to_owned());
            }
            standings.push((vm, standing, app_failed));
        }
        standings
    }

    fn stand_groups(&mut self, standings: &[(u32, Standing, bool)]) {
        let now = self.now.as_secs_f64();
        for (index, group) in self.world.groups.iter().enumerate() {
            if !self.points.is_group_followed(index) {
                continue;
            }
            let (mut waiting, mut applied, mut fails, mut app_failed) = (0, now, false, false);
            // A member that is not here has no marker: then there is no common one. Those that are not followed land it at once.
            let absent =
                group.vms.iter().filter(|vm| self.copies.stage[self.world.vms[vm.0 as usize].first_disk.0 as usize] == Stage::Absent).count();
            if absent == group.vms.len() {
                continue;
            }
            fails |= absent > 0;
            for &(_, standing, app) in standings.iter().filter(|s| group.vms.iter().any(|member| member.0 == s.0)) {
                app_failed |= app;
                match standing {
                    Standing::Fails => fails = true,
                    Standing::Waits(..) => waiting += 1,
                    Standing::AtOnce(_, done) => applied = applied.max(done),
                }
            }
            let standing = match (fails, waiting) {
                (true, _) => Standing::Fails,
                (false, 0) => Standing::AtOnce(now, applied),
                (false, waiting) => Standing::Waits(waiting, now, applied),
            };
            self.points.stand_group(index, standing, app_failed);
        }
    }

    fn midnight(&mut self) {
        self.end_day();
        if self.world.growth_per_year != 0.0 {
            self.feed.grow(self.world.growth_per_year);
            for disk in 0..self.world.disks.len() as u32 {
                self.refresh(disk);
            }
        }
        if self.world.output.points {
            self.sample_storage();
        }
        self.push(self.now + Span::from_days(1), Happening::Midnight);
    }

    /// Closes the books on a calendar day.
    pub(super) fn end_day(&mut self) {
        let now = self.now.as_secs_f64();
        let (from, written) = self.day_start;
        if now > from {
            let day = std::mem::take(&mut self.lags.day);
            self.days.push((from, day, self.written_total - written));
            self.hubs.end_day(self.world);
            self.day_start = (now, self.written_total);
        } else {
            self.lags.day = Day::default();
        }
    }

    /// Writes a row of the series, for the interval that ends now.
    pub(super) fn row(&mut self) {
        let now = self.now.as_secs_f64();
        let totals = self.network.totals();
        let (from, carried, offered, written) = self.row_start;
        let dt = now - from;
        if dt > 0.0 {
            let Interval { worst, owner, area } = std::mem::take(&mut self.lags.interval);
            let contents: Vec<f64> = (0..self.world.hubs.len()).map(|hub| self.network.bytes_in_hub(hub as u32)).collect();
            let share = |(hub, content): (usize, &f64)| self.world.hubs[hub].cache.map_or(0.0, |cache| content / cache.as_f64());
            self.rows.push(SeriesRow {
                from_s: from,
                to_s: now,
                written_bytes_per_s: (self.written_total - written) / dt,
                link_bit_per_s: (totals.carried - carried) * 8.0 / dt,
                link_capacity_bit_per_s: (totals.offered - offered) * 8.0 / dt,
                worst_lag_s: worst,
                mean_worst_lag_s: area / dt,
                worst_vm: owner,
                agent_bytes: self.network.bytes_in_buffers(),
                changed_bytes: if self.unordered > 0 { self.network.bytes_out_of_order() + self.copies.queued_bytes(self.world) } else { 0.0 },
                cache_bytes: contents.iter().sum(),
                fullest_cache: contents.iter().enumerate().map(share).fold(0.0, f64::max),
                unordered_disks: u64::from(self.unordered),
            });
            self.row_start = (now, totals.carried, totals.offered, self.written_total);
        }
        if let Some(every) = self.world.output.series_every
            && self.now < self.end
        {
            self.push(self.now + every, Happening::Row);
        }
    }
}
