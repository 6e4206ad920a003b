//! Out: failover to the target, what may be changed until the commit, and the reprotect towards home.

use crate::life::{Trigger, conditions};
use crate::model::PointChoice;
use crate::results::{FailoverSummary, Step, Trip};
use crate::simulate::journey::Journey;
use crate::simulate::journey::act::Act;
use crate::simulate::journey::facts::sentence;
use crate::simulate::journey::losses::{self, Cost, Recovered};
use crate::simulate::journey::moves::{Move, Way};
use crate::simulate::recoverable::Until;

/// What a trip begins with.
pub(super) struct Departure {
    /// Number of the fleet's failover.
    pub failover: usize,
    /// The disaster's name, or `planned`.
    pub cause: String,
    /// Destroyed on its way \[tracked bytes\].
    pub destroyed: f64,
    /// What may be recovered to.
    pub until: Until,
    /// Share of the used bytes that an attacker rewrote.
    pub rewritten: f64,
}

impl Journey<'_> {
    /// A machine sets out on a trip.
    pub(super) fn set_out(&mut self, vm: u32, departure: Departure, found: &Recovered, cost: &Cost, steps: &[(&str, f64, f64)]) {
        let now = self.now_s();
        let tracked: Vec<f64> = self.out.disks_of(vm).map(|disk| self.world.disks[disk as usize].tracked_per_written).collect();
        let Departure { failover, cause, destroyed, until, rewritten } = departure;
        let item = &mut self.items[vm as usize];
        let step = |&(name, from_s, to_s): &(&str, f64, f64)| Step { name: name.to_owned(), from_s, to_s };
        item.set_out(Trip {
            failover: failover as u64,
            cause,
            at_s: now,
            down_from_s: now,
            point_s: found.taken.map(|(at, _)| at),
            loss_s: cost.loss_s,
            loss_bytes: cost.loss_bytes,
            by_choice: cost.by_choice.clone(),
            destroyed_bytes: destroyed,
            failover_steps: steps.iter().filter(|step| step.2 > step.1).map(step).collect(),
            ..Trip::default()
        });
        item.beyond = cost.beyond.iter().zip(&tracked).map(|(bytes, factor)| bytes * factor).collect();
        (item.until, item.rewritten, item.pending) = (Some(until), rewritten, true);
        item.point_ready = found.taken.map_or(now, |(_, at)| at);
        item.set_down(true, now);
        // From a clean point it is clean again.
        item.corrupt_since = item.corrupt_since.filter(|since| found.taken.is_some_and(|(at, _)| at > *since));
        if found.too_old {
            let text = conditions::get("tier-changed").map_or_else(String::new, |condition| sentence(condition, ""));
            self.log(now, "point_too_old", vm, text.clone());
            self.items[vm as usize].note(now, "tier-changed", text);
        }
        if found.taken.is_none() {
            let clean = if until.clean < until.landed { "clean " } else { "" };
            self.end_item(vm, format!("there is no {clean}recovery point that it could be recovered to"));
        } else if found.instead {
            self.log(now, "point_instead", vm, "There is no point of the kind asked for: the newest available one is taken.".to_owned());
        }
    }

    /// Begins a move for each unit that has members among these machines.
    pub(super) fn start_moves(&mut self, vms: &[u32], way: Way, begins: f64, summary: usize) {
        let mut units: Vec<usize> = vms.iter().map(|&vm| self.unit_of[vm as usize]).collect();
        units.sort_unstable();
        units.dedup();
        for unit in units {
            let members: Vec<u32> = self.units[unit].members().filter(|vm| vms.contains(vm)).collect();
            let number = self.moves.len();
            members.iter().for_each(|&vm| self.moving[vm as usize] = Some(number));
            self.moves.push(Move { unit, way, members, summary, ready: std::collections::BTreeMap::new(), booted: false });
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
            self.items[vm as usize].pending = false;
            if self.fails_there(vm, now) {
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
        let free = |vm: u32| !self.items[vm as usize].down && !self.items[vm as usize].pending;
        let (free, gone): (Vec<u32>, Vec<u32>) = vms.into_iter().partition(|&vm| free(vm));
        gone.into_iter().for_each(|vm| self.log(now, "refused", vm, "cannot fail over as planned: it is down already".to_owned()));
        let going: Vec<u32> = free.into_iter().filter(|&vm| self.go_on(vm, Trigger::Failover, now)).collect();
        if going.is_empty() {
            return;
        }
        let summary = self.summaries.len();
        self.summaries.push(FailoverSummary {
            cause: "planned".to_owned(),
            at_s: now,
            machines: going.len() as u64,
            point: losses::name(PointChoice::Latest),
            ..FailoverSummary::default()
        });
        // Their boot is not decided by a time but by the last of their data.
        self.start_moves(&going, Way::Out, f64::INFINITY, summary);
        for vm in going {
            let item = &mut self.items[vm as usize];
            item.set_out(Trip { failover: summary as u64, cause: "planned".to_owned(), at_s: now, down_from_s: now, ..Trip::default() });
            (item.beyond, item.until, item.point_ready) = (vec![0.0; self.world.vms[vm as usize].disk_count as usize], None, now);
            let shut = now + self.step_of(vm, self.plan.steps.shut_down_home, "shut down");
            self.add_step(vm, "shut down", now, shut);
            (self.items[vm as usize].shut_from, self.items[vm as usize].shut_by) = (now, shut);
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
        if self.fails_there(vm, processed) {
            return;
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
        if way == Way::Out {
            let summary = self.moves[number].summary;
            if let Some(summary) = self.summaries.get_mut(summary) {
                summary.loss_max_s = summary.loss_max_s.max(cost.loss_s);
                summary.loss_mean_s += cost.loss_s / summary.machines.max(1) as f64;
                summary.loss_bytes += cost.loss_bytes;
                summary.destroyed_bytes += destroyed;
                summary.without_point += u64::from(found.taken.is_none());
            }
        }
        let tracked: Vec<f64> = self.out.disks_of(vm).map(|disk| self.world.disks[disk as usize].tracked_per_written).collect();
        let item = &mut self.items[vm as usize];
        item.until = Some(until);
        if way == Way::Out {
            item.beyond = cost.beyond.iter().zip(&tracked).map(|(bytes, factor)| bytes * factor).collect();
        }
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
        let Some((_, from)) = found.taken else {
            self.leave_move(vm);
            self.end_item(vm, "the site was lost while it was being moved, and there is no recovery point".to_owned());
            return;
        };
        if way == Way::Out && self.fails_there(vm, now) {
            return;
        }
        let processed = from.max(now);
        self.add_step(vm, "process what has landed", now, processed);
        let ready = if way == Way::Out { self.make_disks(vm, processed) } else { self.attach(vm, processed) };
        self.ready(number, vm, ready);
    }

    /// A machine starts at the target.
    pub(super) fn boot_out(&mut self, vm: u32) {
        let now = self.now_s();
        self.done(vm, now);
        self.moving[vm as usize] = None;
        self.items[vm as usize].set_down(false, now);
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
        let failover = item.trip().map(|trip| {
            trip.restored_s = Some(now);
            trip.failover as usize
        });
        self.log(now, "serves_at_target", vm, "It serves at the target.".to_owned());
        if let Some(summary) = failover.and_then(|number| self.summaries.get_mut(number)) {
            summary.recovered += 1;
            summary.rto_s = Some(summary.rto_s.unwrap_or(0.0).max(now - summary.at_s));
        }
        let response = &self.plan.response;
        if let Some((after, _)) = response.change_point {
            self.push(self.now + after, Act::Change(vm, turn));
        }
        let commit = self.now + response.commit_after;
        self.items[vm as usize].commit_at = commit.as_secs_f64();
        self.push(commit, Act::Commit(vm, turn));
    }

    /// Another recovery point is taken: what was written at the target since is given up.
    pub(super) fn change_point(&mut self, vm: u32) {
        let now = self.now_s();
        let (Some((_, choice)), Some(until)) = (self.plan.response.change_point, self.items[vm as usize].until) else { return };
        self.change_to(vm, choice, Until { available: now, ..until });
    }

    /// An attack is found before the commit: a point of before it is taken instead, if there is one.
    pub(super) fn change_to_clean(&mut self, vm: u32, since: f64) {
        let now = self.now_s();
        let Some(until) = self.items[vm as usize].until else { return };
        self.change_to(vm, self.plan.response.point, Until { available: now, clean: since, ..until });
    }

    fn change_to(&mut self, vm: u32, choice: PointChoice, until: Until) {
        let now = self.now_s();
        let found = losses::recoverable(&mut self.out, self.world, vm, choice, until, until.landed);
        // Whoever asks for another kind of point keeps the one there is; after an attack any clean one will do.
        let missing = found.taken.is_none() || (found.instead && until.clean.is_infinite());
        if missing {
            self.log(now, "point_missing", vm, "There is no point of the kind asked for: it stays as it is.".to_owned());
        }
        if missing || !self.go_on(vm, Trigger::ChangePoint, now) {
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
        // What was planned for the machine that is given up is void; the commit is not.
        item.turn += 1;
        let (turn, commit) = (item.turn, item.commit_at);
        item.corrupt_since = item.corrupt_since.filter(|since| found.taken.is_some_and(|(at, _)| at > *since));
        if let (Some(trip), Some(cost)) = (item.trip(), costs.first()) {
            (trip.point_s, trip.loss_s, trip.loss_bytes) = (found.taken.map(|(at, _)| at), cost.loss_s, cost.loss_bytes);
            trip.failover_steps.push(Step { name: "change the recovery point".to_owned(), from_s: now, to_s: booted });
        }
        if let Some(cost) = costs.first() {
            item.beyond = cost.beyond.iter().zip(&tracked).map(|(bytes, factor)| bytes * factor).collect();
        }
        self.push_s(booted, Act::BootOut(vm, turn));
        self.push_s(booted, Act::ServeOut(vm, turn));
        self.push_s(commit.max(booted), Act::Commit(vm, turn));
    }

    /// The failover is committed: the other points go.
    pub(super) fn commit(&mut self, vm: u32) {
        let now = self.now_s();
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
}
