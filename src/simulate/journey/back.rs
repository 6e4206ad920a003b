//! Back: the failback at its time, and the second reprotect, after which the trip is over.

use crate::life::{State, Trigger};
use crate::model::PointChoice;
use crate::results::{CopyResult, FailbackResult, Step};
use crate::simulate::journey::act::Act;
use crate::simulate::journey::facts::Facts;
use crate::simulate::journey::moves::{Move, Way};
use crate::simulate::journey::{Journey, losses};
use crate::simulate::leg::NewCopy;
use crate::simulate::recoverable::Until;
use crate::units::{Instant, Span};

impl Journey<'_> {
    /// Puts a unit's failback on the calendar, once all of its machines at the target have a recovery point at home.
    pub(super) fn schedule_return(&mut self, unit: usize) {
        let Some(time) = &self.plan.response.failback else { return };
        let now = self.now_s();
        let away: Vec<u32> = self.units[unit].members().filter(|&vm| is_away(self.items[vm as usize].state)).collect();
        let missing = away.iter().copied().find(|&vm| self.items[vm as usize].state != State::ReverseProtected);
        if let Some(missing) = missing {
            let text = format!("its plan comes home together, and {} has no recovery point there yet", self.world.vms[missing as usize].name);
            for vm in away {
                if self.items[vm as usize].state == State::ReverseProtected {
                    self.items[vm as usize].wait(now, "plan-not-protected", text.clone());
                }
            }
            return;
        }
        if away.is_empty() || self.units[unit].returning {
            return;
        }
        if self.test_way_back(unit, &away) {
            return;
        }
        // From when the last of them was protected, whatever came between.
        let safe = away.iter().map(|&vm| self.items[vm as usize].safe_since).fold(0.0, f64::max);
        let earliest = (Instant::START + Span::from_secs_f64(safe) + time.after).max(self.now);
        let open = |window: &&(Instant, Instant)| window.1 > earliest;
        let at = if time.windows.is_empty() { Some(earliest) } else { time.windows.iter().find(open).map(|window| window.0.max(earliest)) };
        match at.filter(|at| *at <= self.end) {
            Some(at) => {
                away.iter().for_each(|&vm| self.items[vm as usize].stop_waiting(now));
                self.units[unit].returning = true;
                let turn = self.units[unit].turn;
                self.push(at, Act::Return(unit, turn));
            }
            None => {
                let text = "no window for the failback comes before the run ends".to_owned();
                for vm in away {
                    self.items[vm as usize].wait(now, "no-window", text.clone());
                }
            }
        }
    }

    /// A unit fails back: users lose its machines now.
    pub(super) fn fail_back(&mut self, unit: usize) {
        let now = self.now_s();
        self.units[unit].returning = false;
        let away: Vec<u32> = self.units[unit].members().filter(|&vm| is_away(self.items[vm as usize].state)).collect();
        if away.is_empty() || away.iter().any(|&vm| self.items[vm as usize].state != State::ReverseProtected) {
            self.schedule_return(unit);
            return;
        }
        let blocked = away.iter().find_map(|&vm| self.facts.blocks(self.world, vm, |_| true).map(|(key, text)| (vm, key, text)));
        if let Some((first, key, text)) = blocked {
            for &vm in &away {
                let text = if vm == first { text.clone() } else { format!("its plan comes home together: {text}") };
                if self.items[vm as usize].wait(now, &key, text.clone()) {
                    self.log(now, "failback_blocked", vm, text);
                }
            }
            return;
        }
        self.begin_return(unit, &away, true);
    }

    /// Machines begin to come home; `alive` says whether what is pending can still be sent.
    pub(super) fn begin_return(&mut self, unit: usize, vms: &[u32], alive: bool) -> usize {
        let now = self.now_s();
        let number = self.moves.len();
        self.moves.push(Move { unit, way: Way::Back, members: vms.to_vec(), summary: 0, ready: std::collections::BTreeMap::new(), booted: false });
        for &vm in vms {
            if !self.go_on(vm, Trigger::Failback, now) {
                self.leave_move(vm);
                continue;
            }
            self.moving[vm as usize] = Some(number);
            self.items[vm as usize].turn += 1;
            self.items[vm as usize].set_down(false, now);
            self.items[vm as usize].stop_waiting(now);
            let pending = self.back.as_mut().map_or(0.0, |leg| leg.pending(vm));
            if let Some(trip) = self.items[vm as usize].trip() {
                trip.failback = Some(FailbackResult { began_s: now, pending_bytes: pending, ..FailbackResult::default() });
            }
            self.log(now, "failback", vm, "Failback: it is shut down at the target.".to_owned());
            if alive {
                if let Some(after) = self.plan.response.cancel_back.filter(|_| !self.items[vm as usize].cancelled) {
                    self.items[vm as usize].cancelled = true;
                    let turn = self.items[vm as usize].turn;
                    self.push(self.now + after, Act::Cancel(vm, turn));
                }
                let shut = now + self.step_of(vm, self.plan.steps.shut_down_target, "shut down at the target");
                self.add_step(vm, "shut down", now, shut);
                (self.items[vm as usize].shut_from, self.items[vm as usize].shut_by) = (now, shut);
                self.items[vm as usize].until = None;
                if let Some(leg) = &mut self.back {
                    leg.shut_down(vm);
                    leg.watch_drain(vm);
                }
            }
        }
        number
    }

    /// Everything that a machine wrote at the target has reached home.
    pub(super) fn drained_back(&mut self, vm: u32, at: f64) {
        let Some(number) = self.moving[vm as usize] else { return };
        let (from, shut) = (self.items[vm as usize].shut_from, self.items[vm as usize].shut_by);
        let apply = self.plan.back.as_ref().map_or(0.0, |back| back.apply.delay.as_secs_f64());
        let landed = at.max(shut) + apply;
        self.add_step(vm, "send what is pending", shut, landed);
        self.items[vm as usize].landed_home = landed;
        if let (PointChoice::LatestApp | PointChoice::MultiVmApp, Some(back), Some(leg)) =
            (self.plan.response.back_point, self.plan.back.as_deref(), &mut self.back)
        {
            let until = Until { landed, available: landed, clean: f64::INFINITY };
            let found = losses::recoverable(leg, back, vm, self.plan.response.back_point, until, landed);
            let cost = self.costs(&[vm], &[found], from, false);
            if let (Some(cost), Some(failback)) = (cost.first(), self.items[vm as usize].trip().and_then(|trip| trip.failback.as_mut())) {
                (failback.loss_s, failback.loss_bytes) = (cost.loss_s, cost.loss_bytes);
            }
        }
        if let Some(leg) = &mut self.back {
            leg.release(vm);
            leg.dismiss(vm);
        }
        let ready = self.attach(vm, landed);
        self.ready(number, vm, ready);
    }

    /// Disks are detached from what received them and attached to the machine.
    pub(super) fn attach(&mut self, vm: u32, from: f64) -> f64 {
        let attached = from + self.step_of(vm, self.plan.steps.attach_disks, "attach disks");
        self.add_step(vm, "attach disks", from, attached);
        attached
    }

    /// A failback is cancelled before the machine starts at home: where the product offers that, it is started at the target again, and replication goes on.
    pub(super) fn cancel(&mut self, vm: u32) {
        let now = self.now_s();
        if !self.go_on(vm, Trigger::Cancel, now) {
            return;
        }
        self.leave_move(vm);
        let item = &mut self.items[vm as usize];
        item.attempts += 1;
        let began = item.trip().and_then(|trip| trip.failback.take()).map_or(now, |failback| failback.began_s);
        item.wait(began, "failback-cancelled", "its failback was cancelled: snapshots restore its disks, and replication goes on".to_owned());
        self.log(now, "failback_cancelled", vm, "The failback is cancelled; it is started at the target again.".to_owned());
        if let Some(leg) = &mut self.back {
            leg.resume(vm);
        }
        self.start_again(vm, began);
    }

    /// A machine that was shut down for a failback is started at the target again.
    fn start_again(&mut self, vm: u32, down_since: f64) {
        let now = self.now_s();
        let boots = now + self.step_of(vm, self.plan.steps.boot_target, "boot again");
        let item = &mut self.items[vm as usize];
        item.turn += 1;
        let turn = item.turn;
        item.shut_from = down_since;
        item.set_down(true, now);
        self.push_s(boots, Act::UpAgain(vm, turn));
    }

    /// It serves at the target again after a cancel.
    pub(super) fn up_again(&mut self, vm: u32) {
        let now = self.now_s();
        let item = &mut self.items[vm as usize];
        item.set_down(false, now);
        let began = item.shut_from;
        if let Some(trip) = item.trip() {
            trip.cancelled_s += now - began;
        }
        if let Some(leg) = &mut self.back {
            leg.host(vm, self.plan.after.churn_factor);
        }
        if self.items[vm as usize].state == State::AtTarget {
            let turn = self.items[vm as usize].turn;
            self.push(self.now, Act::Ask(vm, turn));
        }
        self.schedule_return(self.unit_of[vm as usize]);
    }

    /// Home is lost while a machine is on its way there: it is started at the target again.
    pub(super) fn failback_fails(&mut self, vm: u32) {
        let now = self.now_s();
        self.leave_move(vm);
        self.go_on(vm, Trigger::Failed, now);
        // It has not come home: the record of the way there begins anew.
        let began = self.items[vm as usize].trip().and_then(|trip| trip.failback.take()).map_or(now, |failback| failback.began_s);
        self.way_back_lost(vm, "the home site was lost during the failback");
        self.start_again(vm, began);
    }

    /// A machine starts at home.
    pub(super) fn boot_back(&mut self, vm: u32) {
        let now = self.now_s();
        self.done(vm, now);
        self.moving[vm as usize] = None;
        self.items[vm as usize].set_down(false, now);
        self.make_room(vm);
        let registers = now + self.step_of(vm, self.plan.steps.register, "register at home");
        self.out.host(vm, 1.0);
        let written = self.written_at_home(vm);
        let item = &mut self.items[vm as usize];
        (item.booted, item.registered, item.written_at_boot, item.original_gone) = (now, registers, written, false);
        self.facts.set_original(self.world, &[vm], crate::model::Original::Kept);
    }

    /// It serves there.
    pub(super) fn serve_back(&mut self, vm: u32) {
        let now = self.now_s();
        let written: f64 = self.written_at_home(vm).iter().sum();
        let item = &mut self.items[vm as usize];
        let turn = item.turn;
        item.exposed = Some((now, written));
        let Some(failback) = item.trip().and_then(|trip| trip.failback.as_mut()) else { return };
        if failback.restored_s.is_some() {
            // From another point: the commit stands.
            return;
        }
        (failback.restored_s, failback.downtime_s) = (Some(now), Some(now - failback.began_s));
        self.log(now, "serves_at_home", vm, "It serves at home again.".to_owned());
        let commit = self.now + self.plan.response.commit_back_after;
        self.items[vm as usize].commit_at = commit.as_secs_f64();
        self.push(commit, Act::CommitBack(vm, turn));
        if let Some((after, _)) = self.plan.response.change_back.filter(|_| self.is_between_regions()) {
            self.push(self.now + after, Act::ChangeBack(vm, turn));
        }
    }

    /// Another recovery point is taken at home: what was written there since is given up, and what was written at the target beyond the point.
    pub(super) fn change_back(&mut self, vm: u32) {
        let now = self.now_s();
        let (Some((_, choice)), Some(back), Some(leg)) = (self.plan.response.change_back, self.plan.back.as_deref(), &mut self.back) else { return };
        let (landed, cut) = (self.items[vm as usize].landed_home, self.items[vm as usize].shut_from);
        let until = Until { landed, available: now, clean: f64::INFINITY };
        let found = losses::recoverable(leg, back, vm, choice, until, cut);
        if found.taken.is_none() || found.instead {
            self.log(now, "point_missing", vm, "There is no point of the kind asked for: it stays as it is.".to_owned());
            return;
        }
        self.close_exposure(vm);
        if !self.go_on(vm, Trigger::ChangePoint, now) {
            return;
        }
        let cost = self.costs(&[vm], &[found], cut, false);
        self.out.shut_down(vm);
        let made = now + self.step_of(vm, self.plan.steps.prepare_disks, "change point at home: prepare disks");
        let booted = made + self.step_of(vm, self.plan.steps.boot_home, "change point at home: boot");
        let item = &mut self.items[vm as usize];
        item.turn += 1;
        let (turn, commit) = (item.turn, item.commit_at);
        if let (Some(failback), Some(cost)) = (item.trip().and_then(|trip| trip.failback.as_mut()), cost.first()) {
            (failback.loss_s, failback.loss_bytes) = (cost.loss_s, cost.loss_bytes);
            failback.steps.push(Step { name: "change the recovery point".to_owned(), from_s: now, to_s: booted });
        }
        self.push_s(booted, Act::BootBack(vm, turn));
        self.push_s(booted, Act::ServeBack(vm, turn));
        self.push_s(commit.max(booted), Act::CommitBack(vm, turn));
    }

    /// The failback is committed.
    pub(super) fn commit_back(&mut self, vm: u32) {
        let now = self.now_s();
        if !self.go_on(vm, Trigger::Commit, now) {
            return;
        }
        if let Some(leg) = &mut self.back {
            leg.forget_points(vm);
        }
        let item = &mut self.items[vm as usize];
        let turn = item.turn;
        if let Some(failback) = item.trip().and_then(|trip| trip.failback.as_mut()) {
            failback.committed_s = Some(now);
        }
        let text = if self.is_between_regions() {
            "The failback is committed; all recovery points are deleted, and the machine at the target stays deallocated."
        } else {
            "The failback is committed; the machine at the target is removed."
        };
        self.log(now, "committed", vm, text.to_owned());
        if !self.is_between_regions() {
            self.items[vm as usize].made = false;
            self.try_again();
        }
        if self.plan.response.protect_again {
            self.push(self.now, Act::AskAgain(vm, turn));
        }
    }

    /// The second reprotect is asked for.
    pub(super) fn ask_again(&mut self, vm: u32) {
        let now = self.now_s();
        if self.items[vm as usize].state != State::AtHome || self.items[vm as usize].down {
            return;
        }
        self.items[vm as usize].asked.get_or_insert(now);
        if self.facts.target_down > 0 {
            self.items[vm as usize].wait(now, "target-down", "the target region is down".to_owned());
            return;
        }
        if let Some((key, text)) = Facts::server_is_critical(self.world, vm) {
            self.items[vm as usize].wait(now, &key, text);
            return;
        }
        let item = &mut self.items[vm as usize];
        let (registered, turn) = (item.registered, item.turn);
        if registered > now {
            item.wait(now, "agent-not-registered", "its agent has not registered yet: reprotect fails, and is asked for again".to_owned());
            self.push_s(registered, Act::AskAgain(vm, turn));
            return;
        }
        item.stop_waiting(now);
        if self.go_on(vm, Trigger::Reprotect, now) {
            let sized = now + self.step_of(vm, self.plan.steps.autoscale, "autoscale again");
            self.push_s(sized, Act::CopyAgain(vm, turn));
        }
    }

    /// Data begins to flow to the target again.
    pub(super) fn copy_again(&mut self, vm: u32) {
        let now = self.now_s();
        let by_difference = self.plan.rules.again_by_difference && !self.items[vm as usize].target_copy_gone;
        let written = self.written_at_home(vm);
        let item = &self.items[vm as usize];
        let copies: Vec<NewCopy> = if by_difference {
            let one = |(place, disk): (usize, u32)| {
                let here = written.get(place).copied().unwrap_or(0.0) - item.written_at_boot.get(place).copied().unwrap_or(0.0);
                let tracked = self.world.disks[disk as usize].tracked_per_written;
                NewCopy { base: 0.0, written: here * tracked, compare: self.compare(disk) }
            };
            self.out.disks_of(vm).enumerate().map(one).collect()
        } else {
            self.full_copies(vm)
        };
        let disks = self.out.disks_of(vm);
        self.out.replicate(vm, &copies);
        self.limit_copies(vm, true);
        let scanned = |disk: u32| self.plan.rules.copies[disk as usize].scanned.as_f64();
        let result = CopyResult {
            asked_s: self.items[vm as usize].asked.take().unwrap_or(now),
            began_s: now,
            mode: if by_difference { "changed blocks" } else { "full copy" }.to_owned(),
            scanned_bytes: if by_difference { disks.clone().map(scanned).sum() } else { 0.0 },
            this_side_bytes: copies.iter().map(|copy| copy.written).sum(),
            differing_bytes: disks.clone().map(|disk| self.out.differing(disk)).sum(),
            ..CopyResult::default()
        };
        self.items[vm as usize].sent_at_copy = disks.map(|disk| self.out.sent(disk)).collect();
        if let Some(trip) = self.items[vm as usize].trip() {
            trip.protect_again = Some(result);
        }
    }

    /// A machine has its first recovery point at the target: of its life, or again.
    pub(super) fn protected(&mut self, vm: u32, at: f64) {
        if self.items[vm as usize].state == State::InitialReplication {
            self.items[vm as usize].target_copy_gone = false;
            self.go_on(vm, Trigger::FirstPoint, at);
            return;
        }
        match self.replayed_after(vm, at, true) {
            Some(done) => {
                let turn = self.items[vm as usize].turn;
                self.push_s(done, Act::Replayed(vm, turn, true));
            }
            None => self.now_protected(vm, at),
        }
    }

    /// It is protected again: the trip is over.
    pub(super) fn now_protected(&mut self, vm: u32, at: f64) {
        if self.items[vm as usize].state != State::ProtectingAgain || !self.go_on(vm, Trigger::FirstPoint, at) {
            return;
        }
        self.close_exposure(vm);
        let item = &mut self.items[vm as usize];
        item.target_copy_gone = false;
        if let Some(copy) = item.trip().and_then(|trip| trip.protect_again.as_mut()) {
            copy.protected_s = Some(at);
        }
        self.log(at, "protected_again", vm, "It is protected again: the round trip is over.".to_owned());
    }

    /// What each disk of a machine has written at home so far \[bytes\].
    pub(super) fn written_at_home(&mut self, vm: u32) -> Vec<f64> {
        let disks = self.out.disks_of(vm);
        disks.clone().for_each(|disk| self.out.account_disk(disk as usize));
        disks.map(|disk| self.out.ledger[disk as usize].written).collect()
    }
}

/// Whether a machine lives at the target, and has still to come home.
fn is_away(state: State) -> bool {
    matches!(
        state,
        State::FailingOver
            | State::FailedOver
            | State::ChangingPoint
            | State::AtTarget
            | State::Reprotecting
            | State::ReverseProtected
            | State::TestFailedBack
    )
}
