//! The reprotect towards home: asked for, refused while something is in the way, compared and copied, and lost again if what it stands on is.

use crate::life::{Place, State, Step as LifeStep, Trigger};
use crate::model::System;
use crate::results::CopyResult;
use crate::simulate::journey::act::Act;
use crate::simulate::journey::facts::Facts;
use crate::simulate::journey::{Journey, since};
use crate::simulate::leg::NewCopy;
use crate::units::Span;

impl Journey<'_> {
    /// Reprotect is asked for: whatever the documents name must be in order, else it waits until that changes.
    pub(super) fn ask(&mut self, vm: u32) {
        let now = self.now_s();
        if self.items[vm as usize].state != State::AtTarget {
            return;
        }
        self.items[vm as usize].asked.get_or_insert(now);
        let visible = self.servers_visible();
        let counts = |step| matches!(step, LifeStep::Reprotect | LifeStep::ReverseReplication);
        let full = || self.lacks_room(vm).map(|text| ("master-target-full".to_owned(), text));
        let critical = || self.plan.back.as_ref().and_then(|back| Facts::server_is_critical(back, vm));
        if let Some((key, text)) = self.facts.blocks(self.world, vm, counts).or_else(full).or_else(critical) {
            if self.items[vm as usize].wait(now, &key, text.clone()) {
                self.log(now, "reprotect_blocked", vm, text);
            }
            return;
        }
        let item = &mut self.items[vm as usize];
        let (registered, turn) = (item.registered, item.turn);
        if visible > now {
            item.wait(now, "process-server-new-in-azure", "the process server was just set up at the target, and cannot be chosen yet".to_owned());
            self.push_s(visible, Act::Ask(vm, turn));
            return;
        }
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

    /// When the process servers at the target can be chosen \[s\]: where they are new, they are set up now, if they are not yet.
    fn servers_visible(&mut self) -> f64 {
        let Some(law) = self.plan.response.new_servers else { return 0.0 };
        let (times, visible) = self.servers;
        visible.unwrap_or_else(|| {
            let at = self.now_s() + self.take(law, "process servers at the target", &format!("journey/visible/{times}")).as_secs_f64();
            self.servers = (times + 1, Some(at));
            at
        })
    }

    /// Whether a machine's master target has no room for it: a sentence if so.
    pub(super) fn lacks_room(&self, vm: u32) -> Option<String> {
        let attached = (0..self.items.len() as u32).filter(|&other| {
            matches!(self.items[other as usize].state, State::Reprotecting | State::ReverseProtected | State::TestFailedBack | State::FailingBack)
        });
        self.facts.is_full(self.world, vm, attached)
    }

    /// Data begins to flow home: what differs where the original is still there, else everything.
    pub(super) fn copy_home(&mut self, vm: u32) {
        let now = self.now_s();
        let full = self.is_full_copy(vm);
        let mut copies = if full { self.full_copies(vm) } else { self.differing_copies(vm) };
        if let (Some(first), false) = (copies.first_mut(), self.items[vm as usize].extra_copied && !full) {
            first.base += self.facts.extra_bytes(self.world, vm);
        }
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
        self.begin_to_look();
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
        if self.back.is_none() {
            return self.written_unwatched(vm);
        }
        let Some(leg) = &mut self.back else { return 0.0 };
        let disks = leg.disks_of(vm);
        disks.clone().for_each(|disk| leg.account_disk(disk as usize));
        disks.map(|disk| leg.ledger[disk as usize].written).sum()
    }

    /// The same where nobody comes back, so that nothing watches what is written there: by replay.
    fn written_unwatched(&self, vm: u32) -> f64 {
        let item = &self.items[vm as usize];
        if item.state.runs_at() != Place::Target {
            return 0.0;
        }
        let mut instants = vec![Vec::new(); self.world.disks.len()];
        self.out.disks_of(vm).for_each(|disk| instants[disk as usize] = vec![item.booted]);
        let written = since::written_by(self.world, &self.streams, &instants, self.now);
        let disks = self.out.disks_of(vm).map(|disk| &written[disk as usize]);
        let churn: f64 = disks.filter_map(|own| Some(own.last()? - own.first()?)).sum();
        let since = self.now_s() - item.booted;
        let bursts = self.plan.after.bursts.iter().map(|(bytes, over)| bytes.as_f64() * (since / over.as_secs_f64().max(1.0)).min(1.0));
        churn * self.plan.after.churn_factor + bursts.sum::<f64>()
    }

    /// The unprotected window so far, while a machine runs at the target \[s, bytes\].
    pub(super) fn exposure(&mut self, vm: u32) -> Option<(f64, f64)> {
        let now = self.now_s();
        let written = self.written_there(vm);
        self.items[vm as usize].exposed.map(|(since, then)| (now - since, (written - then).max(0.0)))
    }

    /// The unprotected window that is open ends here: it goes into the trip, on the side where the machine runs.
    pub(super) fn close_exposure(&mut self, vm: u32) {
        let now = self.now_s();
        let home = self.items[vm as usize].state.runs_at() == Place::Home;
        let written = if home { self.written_at_home(vm).iter().sum() } else { self.written_there(vm) };
        let item = &mut self.items[vm as usize];
        let Some((since, then)) = item.exposed.take() else { return };
        let Some(trip) = item.trip() else { return };
        let (time, bytes) =
            if home { (&mut trip.exposed_home_s, &mut trip.exposed_home_bytes) } else { (&mut trip.exposed_away_s, &mut trip.exposed_away_bytes) };
        *time += now - since;
        *bytes += (written - then).max(0.0);
    }

    /// The copy that began is in order on all disks.
    pub(super) fn in_order(&mut self, vm: u32, at: f64, outwards: bool) {
        let leg = if outwards { Some(&mut self.out) } else { self.back.as_mut() };
        let Some(leg) = leg else { return };
        let disks = leg.disks_of(vm);
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
        match self.replayed_after(vm, at, false) {
            Some(done) => {
                let turn = self.items[vm as usize].turn;
                self.push_s(done, Act::Replayed(vm, turn, false));
            }
            None => self.now_reverse_protected(vm, at),
        }
    }

    /// When the points of a machine's copy have been replayed, if that is after `at` \[s\]: its share of the time that the copy took.
    pub(super) fn replayed_after(&mut self, vm: u32, at: f64, outwards: bool) -> Option<f64> {
        let trip = self.items[vm as usize].trip()?;
        let copy = if outwards { trip.protect_again.as_ref()? } else { trip.reprotect.as_ref()? };
        let done = copy.in_order_s?;
        Some(done + self.plan.rules.replay.get() * (done - copy.began_s)).filter(|done| *done > at)
    }

    /// It is protected towards home.
    pub(super) fn now_reverse_protected(&mut self, vm: u32, at: f64) {
        if self.items[vm as usize].state != State::Reprotecting || !self.go_on(vm, Trigger::FirstPoint, at) {
            return;
        }
        self.close_exposure(vm);
        let item = &mut self.items[vm as usize];
        item.safe_since = at;
        if let Some(copy) = item.trip().and_then(|trip| trip.reprotect.as_mut()) {
            copy.protected_s = Some(at);
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
        let copied = leg.replicates(vm);
        // What was under way must be sent again, beside what is written from here on.
        let owed = leg.disks_of(vm).map(|disk| leg.pending_of(disk)).collect();
        let sent: Vec<f64> = leg.disks_of(vm).map(|disk| leg.sent(disk)).collect();
        leg.release(vm);
        // The points that lay there are gone with it.
        leg.forget_points(vm);
        let written_by_disk = leg.disks_of(vm).map(|disk| leg.ledger[disk as usize].written).collect();
        let item = &mut self.items[vm as usize];
        item.turn += 1;
        item.exposed.get_or_insert((now, written));
        let turn = item.turn;
        item.attempts += 1;
        item.flight = None;
        // Where no copy had begun, all that had to come home still has to.
        if copied {
            (item.owed, item.written_at_boot, item.rewritten, item.extra_copied) = (owed, written_by_disk, 0.0, true);
            item.beyond.fill(0.0);
        }
        let before = std::mem::take(&mut item.sent_at_copy);
        if let Some(trip) = item.trip()
            && let Some(mut copy) = trip.reprotect.take()
        {
            if copy.in_order_s.is_none() {
                copy.sent_bytes = sent.iter().zip(&before).map(|(now, then)| now - then).sum();
            }
            trip.lost_copies.push(copy);
        }
        let unit = self.unit_of[vm as usize];
        (self.units[unit].returning, self.units[unit].turn) = (false, self.units[unit].turn + 1);
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
        if state.runs_at() == Place::Home || matches!(state, State::Ended) {
            return;
        }
        self.log(now, "original_on", vm, "Its original at home is switched on and writes: the two sides differ.".to_owned());
        if matches!(state, State::Reprotecting | State::ReverseProtected | State::TestFailedBack) {
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
