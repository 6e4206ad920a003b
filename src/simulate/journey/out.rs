//! Out: failover to the target, what may be changed until the commit, and the reprotect towards home.

use crate::life::{State, Step as LifeStep, Trigger};
use crate::model::{PointChoice, System};
use crate::results::{CopyResult, FailoverSummary, Step, Trip};
use crate::simulate::journey::Journey;
use crate::simulate::journey::act::Act;
use crate::simulate::journey::losses::{self, Cost, Recovered};
use crate::simulate::journey::moves::{Move, Way};
use crate::simulate::leg::NewCopy;
use crate::simulate::recoverable::Until;
use crate::units::Span;

impl Journey<'_> {
    /// A machine sets out on a trip.
    #[expect(clippy::too_many_arguments, reason = "all that a trip begins with")]
    pub(super) fn set_out(
        &mut self,
        vm: u32,
        cause: &str,
        down: f64,
        found: &Recovered,
        cost: &Cost,
        destroyed: f64,
        steps: &[(&str, f64, f64)],
        until: Until,
    ) {
        let now = self.now_s();
        let tracked: Vec<f64> = self.out.disks_of(vm).map(|disk| self.world.disks[disk as usize].tracked_per_written).collect();
        let item = &mut self.items[vm as usize];
        item.turn += 1;
        (item.owed, item.tested) = (Vec::new(), false);
        item.beyond = cost.beyond.iter().zip(&tracked).map(|(bytes, factor)| bytes * factor).collect();
        item.until = Some(until);
        item.point_ready = found.taken.map_or(now, |(_, at)| at);
        item.set_down(true, down.max(now));
        let step = |&(name, from_s, to_s): &(&str, f64, f64)| Step { name: name.to_owned(), from_s, to_s };
        item.set_out(Trip {
            cause: cause.to_owned(),
            at_s: now,
            down_from_s: down,
            point_s: found.taken.map(|(at, _)| at),
            loss_s: cost.loss_s,
            loss_bytes: cost.loss_bytes,
            by_choice: cost.by_choice.clone(),
            destroyed_bytes: destroyed,
            failover_steps: steps.iter().filter(|step| step.2 > step.1).map(step).collect(),
            ..Trip::default()
        });
        if found.taken.is_none() {
            let clean = if until.clean < until.landed { "clean " } else { "" };
            item.end(now, format!("there is no {clean}recovery point that it could be recovered to"));
        } else if found.instead {
            self.log(now, "point_instead", vm, "There is no point of the kind asked for: the newest available one is taken.".to_owned());
        }
    }

    /// Begins a move for each unit that has members among these machines.
    pub(super) fn start_moves(&mut self, vms: &[u32], way: Way, begins: f64) {
        let mut units: Vec<usize> = vms.iter().map(|&vm| self.unit_of[vm as usize]).collect();
        units.sort_unstable();
        units.dedup();
        for unit in units {
            let members: Vec<u32> = self.units[unit].members().filter(|vm| vms.contains(vm)).collect();
            let number = self.moves.len();
            members.iter().for_each(|&vm| self.moving[vm as usize] = Some(number));
            self.moves.push(Move { unit, way, members, ready: std::collections::BTreeMap::new(), booted: false });
            self.push_s(begins, Act::Begin(number));
        }
    }

    /// A failover that was decided on begins: each machine waits for the service, its disks are made, and it is hydrated where that is needed.
    pub(super) fn begin_failover(&mut self, number: usize) {
        let now = self.now_s();
        for vm in self.moves[number].members.clone() {
            if !self.go_on(vm, Trigger::Failover, now) {
                self.leave_move(vm);
                continue;
            }
            let corrupt = self.items[vm as usize].until.is_some_and(|until| until.clean < until.landed);
            let from = self.wait_for_service(vm, now);
            // An attacked machine is alive, and is shut down; one that was lost is not.
            let shut = if corrupt { from + self.step_of(vm, self.plan.steps.shut_down_home, "shut down") } else { from };
            self.add_step(vm, "shut down", from, shut);
            let processed = shut.max(self.items[vm as usize].point_ready);
            self.add_step(vm, "process what has landed", shut, processed);
            let ready = self.make_disks(vm, processed);
            self.ready(number, vm, ready);
        }
    }

    /// The service begins so many failovers an hour.
    fn wait_for_service(&mut self, vm: u32, now: f64) -> f64 {
        let (compliant, hydrated) = self.plan.steps.per_hour;
        let needs = self.plan.steps.hydrated.get(vm as usize).copied().unwrap_or(false);
        let rate = if needs { hydrated } else { compliant };
        let from = self.service_free.max(now);
        self.service_free = from + if rate > 0.0 { 3600.0 / rate } else { 0.0 };
        self.add_step(vm, "wait for the service", now, from);
        from
    }

    /// Disks from the point, and hydration.
    pub(super) fn make_disks(&mut self, vm: u32, from: f64) -> f64 {
        let made = from + self.step_of(vm, self.plan.steps.prepare_disks, "prepare disks");
        self.add_step(vm, "prepare disks", from, made);
        if !self.plan.steps.hydrated.get(vm as usize).copied().unwrap_or(false) {
            return made;
        }
        let hydrated = made + self.step_of(vm, self.plan.steps.hydrate, "hydrate");
        self.add_step(vm, "hydrate", made, hydrated);
        hydrated
    }

    pub(super) fn add_step(&mut self, vm: u32, name: &str, from_s: f64, to_s: f64) {
        if to_s > from_s
            && let Some(trip) = self.items[vm as usize].trip()
        {
            let step = Step { name: name.to_owned(), from_s, to_s };
            match &mut trip.failback {
                Some(back) => back.steps.push(step),
                None => trip.failover_steps.push(step),
            }
        }
    }

    /// Machines are failed over on purpose: shut down first, so that nothing is lost.
    pub(super) fn planned(&mut self, number: usize) {
        let now = self.now_s();
        let vms: Vec<u32> = self.plan.planned[number].vms.iter().map(|vm| vm.0).collect();
        let going: Vec<u32> = vms.iter().copied().filter(|&vm| self.go_on(vm, Trigger::Failover, now)).collect();
        if going.is_empty() {
            return;
        }
        self.summaries.push(FailoverSummary {
            cause: "planned".to_owned(),
            at_s: now,
            machines: going.len() as u64,
            point: losses::name(PointChoice::Latest),
            ..FailoverSummary::default()
        });
        // Their boot is not decided by a time but by the last of their data.
        self.start_moves(&going, Way::Out, f64::INFINITY);
        for vm in going {
            let item = &mut self.items[vm as usize];
            item.turn += 1;
            (item.beyond, item.until, item.point_ready) = (vec![0.0; self.world.vms[vm as usize].disk_count as usize], None, now);
            item.set_out(Trip { cause: "planned".to_owned(), at_s: now, down_from_s: now, ..Trip::default() });
            let shut = now + self.step_of(vm, self.plan.steps.shut_down_home, "shut down");
            self.add_step(vm, "shut down", now, shut);
            self.items[vm as usize].shut_by = shut;
            self.out.shut_down(vm);
            self.out.watch_drain(vm);
        }
    }

    /// Everything that a machine wrote has reached the target.
    pub(super) fn drained_out(&mut self, vm: u32, at: f64) {
        let Some(number) = self.moving[vm as usize] else { return };
        let shut = self.items[vm as usize].shut_by;
        self.add_step(vm, "send what is pending", shut, at);
        let landed = at.max(shut);
        let processed = landed + self.world.apply.delay.as_secs_f64();
        self.add_step(vm, "process what has landed", landed, processed);
        self.out.release(vm);
        self.out.dismiss(vm);
        if let Some(trip) = self.items[vm as usize].trip() {
            trip.point_s = Some(at);
        }
        let from = self.wait_for_service(vm, processed);
        let ready = self.make_disks(vm, from);
        self.ready(number, vm, ready);
    }

    /// The site is lost while a machine is on its way: a planned failover goes on from what has landed.
    pub(super) fn cut_off(&mut self, vm: u32) {
        let now = self.now_s();
        let Some(number) = self.moving[vm as usize] else { return };
        let way = self.moves[number].way;
        if self.moves[number].ready.contains_key(&vm) || self.items[vm as usize].until.is_some() {
            return;
        }
        let until = Until { landed: now, available: now, clean: f64::INFINITY };
        let Some(back) = self.plan.back.as_deref() else { return };
        let (found, cost) = match (way, &mut self.back) {
            (Way::Out, _) => {
                let found = losses::recoverable(&mut self.out, self.world, vm, self.plan.response.point, until, now);
                (found.clone(), self.costs(&[vm], &[found], self.items[vm as usize].shut_from, true))
            }
            (Way::Back, Some(leg)) => {
                let found = losses::recoverable(leg, back, vm, self.plan.response.back_point, until, now);
                (found.clone(), self.costs(&[vm], &[found], self.items[vm as usize].shut_from, false))
            }
            (Way::Back, None) => return,
        };
        let Some(cost) = cost.into_iter().next() else { return };
        let destroyed = match (way, &mut self.back) {
            (Way::Out, _) => {
                let destroyed = self.out.release(vm);
                self.out.dismiss(vm);
                destroyed
            }
            (Way::Back, Some(leg)) => {
                let destroyed = leg.release(vm);
                leg.dismiss(vm);
                destroyed
            }
            (Way::Back, None) => 0.0,
        };
        let item = &mut self.items[vm as usize];
        if let Some(trip) = item.trip() {
            trip.destroyed_bytes += destroyed;
            match (way, &mut trip.failback) {
                (Way::Back, Some(failback)) => (failback.loss_s, failback.loss_bytes) = (cost.loss_s, cost.loss_bytes),
                _ => {
                    (trip.loss_s, trip.loss_bytes) = (cost.loss_s, cost.loss_bytes);
                    trip.point_s = found.taken.map(|(at, _)| at);
                }
            }
        }
        let ready = if way == Way::Out { self.make_disks(vm, now) } else { self.attach(vm, now) };
        self.ready(number, vm, ready);
    }

    /// A machine starts at the target.
    pub(super) fn boot_out(&mut self, vm: u32) {
        let now = self.now_s();
        self.done(vm, now);
        self.moving[vm as usize] = None;
        let registers = now + self.step_of(vm, self.plan.steps.register, "register");
        if let Some(leg) = &mut self.back {
            leg.host(vm, self.plan.after.churn_factor);
            let disks = leg.disks_of(vm);
            disks.clone().for_each(|disk| leg.account_disk(disk as usize));
            self.items[vm as usize].written_at_boot = disks.map(|disk| leg.ledger[disk as usize].written).collect();
        }
        let item = &mut self.items[vm as usize];
        (item.booted, item.registered) = (now, registers);
        for number in 0..self.plan.after.bursts.len() {
            self.burst(vm, number, true);
        }
    }

    /// A burst of writes after the start begins or ends.
    pub(super) fn burst(&mut self, vm: u32, number: usize, begins: bool) {
        let (bytes, over) = self.plan.after.bursts[number];
        let rate = bytes.as_f64() / over.as_secs_f64().max(1.0);
        if let Some(leg) = &mut self.back {
            leg.add_load(vm, if begins { rate } else { -rate });
        }
        if begins {
            let turn = self.items[vm as usize].turn;
            self.push(self.now + over, Act::BurstEnds(vm, turn, number));
        }
    }

    /// It serves there.
    pub(super) fn serve_out(&mut self, vm: u32) {
        let now = self.now_s();
        let written = self.written_there(vm);
        let item = &mut self.items[vm as usize];
        let turn = item.turn;
        item.exposed = Some((now, written));
        let first = item.trip().is_some_and(|trip| trip.restored_s.is_none());
        if !first {
            return;
        }
        let mut at = 0.0;
        let cause = item.trip().map(|trip| {
            trip.restored_s = Some(now);
            at = trip.at_s;
            trip.cause.clone()
        });
        self.log(now, "serves_at_target", vm, "It serves at the target.".to_owned());
        let summary = self.summaries.iter_mut().rev().find(|summary| summary.at_s == at && Some(&summary.cause) == cause.as_ref());
        if let Some(summary) = summary {
            summary.recovered += 1;
            summary.rto_s = Some(summary.rto_s.unwrap_or(0.0).max(now - at));
        }
        let response = &self.plan.response;
        if let Some((after, _)) = response.change_point {
            self.push(self.now + after, Act::Change(vm, turn));
        }
        self.push(self.now + response.commit_after, Act::Commit(vm, turn));
    }

    /// Another recovery point is taken: what was written at the target since is given up.
    pub(super) fn change_point(&mut self, vm: u32) {
        let now = self.now_s();
        let (Some((_, choice)), Some(until)) = (self.plan.response.change_point, self.items[vm as usize].until) else { return };
        let until = Until { available: now, ..until };
        let found = losses::recoverable(&mut self.out, self.world, vm, choice, until, until.landed);
        if found.taken.is_none() || !self.go_on(vm, Trigger::ChangePoint, now) {
            return;
        }
        let costs = self.costs(&[vm], std::slice::from_ref(&found), until.landed, true);
        if let Some(leg) = &mut self.back {
            leg.shut_down(vm);
        }
        let made = now + self.step_of(vm, self.plan.steps.prepare_disks, "change point: prepare disks");
        let booted = made + self.step_of(vm, self.plan.steps.boot_target, "change point: boot");
        let tracked: Vec<f64> = self.out.disks_of(vm).map(|disk| self.world.disks[disk as usize].tracked_per_written).collect();
        let item = &mut self.items[vm as usize];
        let turn = item.turn;
        if let (Some(trip), Some(cost)) = (item.trip(), costs.first()) {
            (trip.point_s, trip.loss_s, trip.loss_bytes) = (found.taken.map(|(at, _)| at), cost.loss_s, cost.loss_bytes);
            trip.failover_steps.push(Step { name: "change the recovery point".to_owned(), from_s: now, to_s: booted });
        }
        if let Some(cost) = costs.first() {
            item.beyond = cost.beyond.iter().zip(&tracked).map(|(bytes, factor)| bytes * factor).collect();
        }
        self.push_s(booted, Act::BootOut(vm, turn));
        self.push_s(booted, Act::ServeOut(vm, turn));
    }

    /// The failover is committed: the other points go.
    pub(super) fn commit(&mut self, vm: u32) {
        let now = self.now_s();
        if self.items[vm as usize].state == State::ChangingPoint {
            let turn = self.items[vm as usize].turn;
            self.push(self.now + Span::from_secs_f64(60.0), Act::Commit(vm, turn));
            return;
        }
        if !self.go_on(vm, Trigger::Commit, now) {
            return;
        }
        self.out.forget_points(vm);
        let item = &mut self.items[vm as usize];
        let turn = item.turn;
        if let Some(trip) = item.trip() {
            trip.committed_s = Some(now);
        }
        self.log(now, "committed", vm, "The failover is committed; its other recovery points are deleted.".to_owned());
        if let Some(after) = self.plan.response.reprotect_after
            && self.back.is_some()
        {
            self.push(self.now + after, Act::Ask(vm, turn));
        }
    }

    /// Reprotect is asked for: whatever the documents name must be in order, else it waits until that changes.
    pub(super) fn ask(&mut self, vm: u32) {
        let now = self.now_s();
        if self.items[vm as usize].state != State::AtTarget {
            return;
        }
        self.items[vm as usize].asked.get_or_insert(now);
        let counts = |step| matches!(step, LifeStep::Reprotect | LifeStep::ReverseReplication);
        let attached = (0..self.items.len() as u32).filter(|&other| {
            matches!(self.items[other as usize].state, State::Reprotecting | State::ReverseProtected | State::TestFailedBack | State::FailingBack)
        });
        let full = || self.facts.is_full(self.world, vm, attached).map(|text| ("master-target-full".to_owned(), text));
        if let Some((key, text)) = self.facts.blocks(self.world, vm, counts).or_else(full) {
            self.log(now, "reprotect_blocked", vm, text.clone());
            self.items[vm as usize].wait(now, &key, text);
            return;
        }
        let item = &mut self.items[vm as usize];
        let (registered, turn) = (item.registered, item.turn);
        if registered > now {
            item.wait(now, "agent-not-registered", "its agent has not registered yet: reprotect fails, and is asked for again".to_owned());
            self.push_s(registered, Act::Ask(vm, turn));
            return;
        }
        item.stop_waiting(now);
        if self.go_on(vm, Trigger::Reprotect, now) {
            self.log(now, "reprotect", vm, "Reprotect begins.".to_owned());
            let sized = now + self.step_of(vm, self.plan.steps.autoscale, "autoscale");
            self.push_s(sized, Act::Copy(vm, turn));
        }
    }

    /// Data begins to flow home: what differs where the original is still there, else everything.
    pub(super) fn copy_home(&mut self, vm: u32) {
        let now = self.now_s();
        let full = self.is_full_copy(vm);
        let copies = if full { self.full_copies(vm) } else { self.differing_copies(vm) };
        let Some(leg) = &mut self.back else { return };
        let disks = leg.disks_of(vm);
        leg.replicate(vm, &copies);
        let item = &mut self.items[vm as usize];
        item.sent_at_copy = disks.clone().map(|disk| leg.sent(disk)).collect();
        let written: f64 = copies.iter().map(|copy| copy.written).sum();
        let beyond: f64 = item.beyond.iter().sum();
        let rules = &self.plan.rules.copies;
        let result = CopyResult {
            asked_s: item.asked.take().unwrap_or(now),
            began_s: now,
            mode: if full { "full copy" } else { "changed blocks" }.to_owned(),
            scanned_bytes: if full { 0.0 } else { disks.clone().map(|disk| rules[disk as usize].scanned.as_f64()).sum() },
            other_side_bytes: if full { 0.0 } else { beyond },
            this_side_bytes: (written - if full { 0.0 } else { beyond }).max(0.0),
            differing_bytes: disks.map(|disk| leg.differing(disk)).sum(),
            ..CopyResult::default()
        };
        if let Some(trip) = item.trip() {
            trip.reprotect = Some(result);
        }
        self.limit_copies(vm, false);
    }

    /// While a copy runs, what it sends is held to its rule's rate.
    pub(super) fn limit_copies(&mut self, vm: u32, outwards: bool) {
        let leg = if outwards { Some(&mut self.out) } else { self.back.as_mut() };
        let Some(leg) = leg else { return };
        for disk in leg.disks_of(vm) {
            if let Some(send) = self.plan.rules.copies[disk as usize].send {
                leg.limit_disk(disk, send.as_bytes_per_s());
            }
        }
    }

    fn is_full_copy(&self, vm: u32) -> bool {
        let gone = self.items[vm as usize].original_gone || self.facts.needs_full_copy(vm) || self.world.system == System::Physical;
        let hardly_used = |disk: u32| {
            let disk = &self.world.disks[disk as usize];
            disk.used.as_f64() < self.plan.rules.full_below.get() * disk.size.as_f64()
        };
        gone || self.out.disks_of(vm).any(hardly_used)
    }

    /// Everything that is used goes.
    pub(super) fn full_copies(&self, vm: u32) -> Vec<NewCopy> {
        let copy = |disk: u32| NewCopy { base: self.world.disks[disk as usize].used.as_f64(), written: 0.0, compare: Span::ZERO };
        self.out.disks_of(vm).map(copy).collect()
    }

    /// F(x_source + x_cloud), after a comparison at both ends.
    fn differing_copies(&mut self, vm: u32) -> Vec<NewCopy> {
        let here = self.written_here(vm);
        let item = &self.items[vm as usize];
        let copy = |(place, disk): (usize, u32)| {
            let spec = &self.world.disks[disk as usize];
            let here = here.get(place).copied().unwrap_or(0.0) * spec.tracked_per_written;
            let beyond = item.beyond.get(place).copied().unwrap_or(0.0);
            let owed = item.owed.get(place).copied().unwrap_or(0.0);
            NewCopy { base: owed + item.rewritten * spec.used.as_f64(), written: beyond + here, compare: self.compare(disk) }
        };
        self.out.disks_of(vm).enumerate().map(copy).collect()
    }

    /// How long one disk is compared at both ends.
    pub(super) fn compare(&self, disk: u32) -> Span {
        let rule = self.plan.rules.copies[disk as usize];
        let rate = rule.checksum.as_bytes_per_s();
        if rate > 0.0 { Span::from_secs_f64(rule.scanned.as_f64() / rate) } else { Span::ZERO }
    }

    /// Bytes that each disk has written at the target since its machine started there.
    fn written_here(&mut self, vm: u32) -> Vec<f64> {
        let Some(leg) = &mut self.back else { return Vec::new() };
        let disks = leg.disks_of(vm);
        disks.clone().for_each(|disk| leg.account_disk(disk as usize));
        disks.zip(&self.items[vm as usize].written_at_boot).map(|(disk, then)| leg.ledger[disk as usize].written - then).collect()
    }

    /// All that a machine has written at the target so far \[bytes\].
    pub(super) fn written_there(&mut self, vm: u32) -> f64 {
        let Some(leg) = &mut self.back else { return 0.0 };
        let disks = leg.disks_of(vm);
        disks.clone().for_each(|disk| leg.account_disk(disk as usize));
        disks.map(|disk| leg.ledger[disk as usize].written).sum()
    }

    /// The unprotected window so far, while a machine runs at the target \[s, bytes\].
    pub(super) fn exposure(&mut self, vm: u32) -> Option<(f64, f64)> {
        let now = self.now_s();
        let written = self.written_there(vm);
        self.items[vm as usize].exposed.map(|(since, then)| (now - since, (written - then).max(0.0)))
    }

    /// The copy that began is in order on all disks.
    pub(super) fn in_order(&mut self, vm: u32, at: f64, outwards: bool) {
        let leg = if outwards { Some(&mut self.out) } else { self.back.as_mut() };
        let Some(leg) = leg else { return };
        let disks = leg.disks_of(vm);
        disks.clone().for_each(|disk| leg.lift_limit(disk));
        let item = &mut self.items[vm as usize];
        let sent: f64 = disks.zip(&item.sent_at_copy).map(|(disk, then)| leg.copies.sent_by_then[disk as usize] - then).sum();
        let Some(trip) = item.trip() else { return };
        let copy = if outwards { &mut trip.protect_again } else { &mut trip.reprotect };
        if let Some(copy) = copy.as_mut().filter(|copy| copy.in_order_s.is_none()) {
            (copy.in_order_s, copy.sent_bytes) = (Some(at), sent);
        }
    }

    /// A machine has its first recovery point at home; where points are replayed after a copy, that takes its share of the time.
    pub(super) fn reverse_protected(&mut self, vm: u32, at: f64) {
        let replay = self.plan.rules.replay.get();
        let item = &mut self.items[vm as usize];
        let turn = item.turn;
        let done =
            item.trip().and_then(|trip| trip.reprotect.as_ref()).and_then(|copy| copy.in_order_s.map(|done| done + replay * (done - copy.began_s)));
        match done.filter(|done| *done > at) {
            Some(done) => self.push_s(done, Act::Replayed(vm, turn, false)),
            None => self.now_reverse_protected(vm, at),
        }
    }

    /// It is protected towards home.
    pub(super) fn now_reverse_protected(&mut self, vm: u32, at: f64) {
        if self.items[vm as usize].state != State::Reprotecting || !self.go_on(vm, Trigger::FirstPoint, at) {
            return;
        }
        let exposure = self.exposure(vm);
        let item = &mut self.items[vm as usize];
        item.exposed = None;
        if let Some(trip) = item.trip() {
            (trip.exposed_away_s, trip.exposed_away_bytes) = exposure.unwrap_or_default();
            if let Some(copy) = &mut trip.reprotect {
                copy.protected_s = Some(at);
            }
        }
        self.log(at, "reverse_protected", vm, "It is protected towards home: it can fail back.".to_owned());
        self.schedule_return(self.unit_of[vm as usize]);
    }

    /// Replication home has lost what it stood on.
    pub(super) fn way_back_lost(&mut self, vm: u32, why: &str) {
        let now = self.now_s();
        if self.items[vm as usize].state == State::TestFailedBack {
            self.go_on(vm, Trigger::Cleanup, now);
        }
        let written = self.written_there(vm);
        let Some(leg) = &mut self.back else { return };
        leg.network.settle();
        // What was under way must be sent again, beside what is written from here on.
        let owed = leg.disks_of(vm).map(|disk| leg.pending_of(disk)).collect();
        leg.release(vm);
        let written_by_disk = leg.disks_of(vm).map(|disk| leg.ledger[disk as usize].written).collect();
        let item = &mut self.items[vm as usize];
        item.turn += 1;
        item.exposed.get_or_insert((now, written));
        let turn = item.turn;
        (item.owed, item.written_at_boot, item.rewritten) = (owed, written_by_disk, 0.0);
        item.beyond.fill(0.0);
        self.go_on(vm, Trigger::Failed, now);
        self.log(now, "reprotect_lost", vm, format!("It is not protected any more: {why}."));
        self.push(self.now, Act::Ask(vm, turn));
    }

    /// An original at home is switched on: the two sides diverge by what it writes.
    pub(super) fn original_on(&mut self, vm: u32, lasts: f64) {
        let now = self.now_s();
        let state = self.items[vm as usize].state;
        if self.facts.home_down > 0 || self.items[vm as usize].original_gone {
            self.log(now, "original_off", vm, "There is no original that could be switched on.".to_owned());
            return;
        }
        let rates: Vec<f64> = self.out.disks_of(vm).map(|disk| self.out.mean_rate(disk)).collect();
        let tracked: Vec<f64> = self.out.disks_of(vm).map(|disk| self.world.disks[disk as usize].tracked_per_written).collect();
        let wrote: Vec<f64> = rates.iter().zip(&tracked).map(|(rate, factor)| rate * factor * lasts).collect();
        self.log(now, "original_on", vm, "Its original at home is switched on and writes: the two sides differ.".to_owned());
        if matches!(state, State::Reprotecting | State::ReverseProtected) {
            self.way_back_lost(vm, "its original at home was switched on, and wrote to the disks that data comes home to");
        }
        self.items[vm as usize].beyond.iter_mut().zip(&wrote).for_each(|(beyond, more)| *beyond += more);
    }

    /// It is off again.
    pub(super) fn original_off_again(&mut self, vm: u32) {
        let now = self.now_s();
        self.log(now, "original_off", vm, "Its original at home is off again.".to_owned());
    }
}
