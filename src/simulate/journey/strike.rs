//! What disasters do to the machines, state by state, and what happens when they are over.

use crate::life::{Place, State, Trigger};
use crate::model::{ConfigurationServer, DisasterKind, Occurs, Original};
use crate::results::{DisasterResult, FailoverSummary};
use crate::simulate::journey::act::Act;
use crate::simulate::journey::facts::Facts;
use crate::simulate::journey::losses::name;
use crate::simulate::journey::moves::Way;
use crate::simulate::journey::out::Departure;
use crate::simulate::journey::{Journey, losses};
use crate::simulate::recoverable::Until;
use crate::units::{DurationLaw, Instant, Span};

impl Journey<'_> {
    /// Puts the first strikes of a disaster on the calendar.
    pub(super) fn lay_out_disaster(&mut self, number: usize) {
        let disaster = &self.plan.disasters[number];
        match &disaster.occurs {
            Occurs::At(instants) => instants.iter().for_each(|&at| self.push(at, Act::Strike(number))),
            Occurs::Between(from, to) => {
                let at = *from + self.take(DurationLaw::Uniform(Span::ZERO, to.since(*from)), &disaster.name, "journey/when/0");
                self.push(at, Act::Strike(number));
            }
            Occurs::Every(mean) => {
                let at = Instant::START + self.take(DurationLaw::Exponential(*mean), &disaster.name, "journey/when/0");
                self.push(at, Act::Strike(number));
            }
        }
    }

    /// A disaster strikes.
    pub(super) fn strike(&mut self, number: usize) {
        let disaster = &self.plan.disasters[number];
        let (record, now) = (self.disasters.len(), self.now_s());
        // By the disaster's own occurrences alone, so that another one shifts none of its draws.
        let occurrence = self.occurrence(record, &disaster.name);
        let lasting = |law: Option<DurationLaw>| law.map(|law| self.take(law, &disaster.name, &format!("journey/lasts/{occurrence}")).as_secs_f64());
        let (kind, lasts, text) = match &disaster.kind {
            DisasterKind::SiteLost { repaired, .. } => ("site_lost", lasting(*repaired), "The home site is lost."),
            DisasterKind::TargetLost { repaired } => ("target_lost", lasting(*repaired), "The target region is lost."),
            DisasterKind::Attack { found, .. } => ("attack", lasting(Some(*found)), "The machines are corrupted from here on; nobody has noticed."),
            DisasterKind::ConfigurationServerLost { restored, .. } => {
                ("configuration_server_lost", lasting(*restored), "The configuration server is lost.")
            }
            DisasterKind::MasterTargetLost { replaced, .. } => {
                ("master_target_lost", lasting(*replaced), "A master target is lost with its retention drive.")
            }
            DisasterKind::OriginalSwitchedOn { lasts, .. } => {
                ("original_switched_on", Some(lasts.as_secs_f64()), "An original machine at home is switched on.")
            }
        };
        let over = lasts.map(|lasts| now + lasts);
        self.disasters.push(DisasterResult {
            name: disaster.name.clone(),
            kind: kind.to_owned(),
            at_s: now,
            over_s: over.filter(|over| *over <= self.end.as_secs_f64()),
            text: text.to_owned(),
        });
        self.out.log.push(now, kind, &disaster.name, text.to_owned());
        if let (Occurs::Every(mean), Some(over)) = (&disaster.occurs, over) {
            let next = over + self.take(DurationLaw::Exponential(*mean), &disaster.name, &format!("journey/when/{}", occurrence + 1)).as_secs_f64();
            self.push_s(next, Act::Strike(number));
        }
        match disaster.kind.clone() {
            DisasterKind::SiteLost { machines_kept, .. } => self.site_lost(record, machines_kept, over.is_some()),
            DisasterKind::TargetLost { .. } => self.target_lost(record),
            DisasterKind::Attack { .. } => {
                self.corrupt();
                self.push_s(over.unwrap_or(f64::INFINITY), Act::Found(number, record));
                return;
            }
            DisasterKind::ConfigurationServerLost { .. } => self.facts.set_configuration_server(self.world, ConfigurationServer::Down),
            DisasterKind::MasterTargetLost { target, .. } => self.master_target_lost(target),
            DisasterKind::OriginalSwitchedOn { vm, lasts } => {
                self.original_on(vm.0, lasts.as_secs_f64());
                self.push_s(now + lasts.as_secs_f64(), Act::OffAgain(vm.0));
                return;
            }
        }
        if let Some(over) = over {
            self.push_s(over, Act::Over(number, record));
        }
    }

    /// How often a disaster struck before this record.
    pub(super) fn occurrence(&self, record: usize, name: &str) -> usize {
        self.disasters.iter().take(record).filter(|other| other.name == name).count()
    }

    /// What was struck is there again.
    pub(super) fn over(&mut self, number: usize, record: usize) {
        let (now, disaster) = (self.now_s(), &self.plan.disasters[number]);
        let text = match &disaster.kind {
            DisasterKind::SiteLost { .. } => {
                self.facts.home_down -= 1;
                "The home site can be used again."
            }
            DisasterKind::TargetLost { .. } => {
                self.facts.target_down -= 1;
                "The target region can be used again."
            }
            DisasterKind::ConfigurationServerLost { then, .. } => {
                self.facts.set_configuration_server(self.world, *then);
                "The configuration server is restored."
            }
            DisasterKind::MasterTargetLost { target, .. } => {
                self.facts.set_master_target_lost(*target, false);
                "The master target is replaced."
            }
            DisasterKind::Attack { .. } | DisasterKind::OriginalSwitchedOn { .. } => "",
        };
        let name = self.disasters[record].name.clone();
        self.out.log.push(now, "repaired", &name, text.to_owned());
        self.resume_at_home();
        self.reconsider();
    }

    /// Machines that stood still at home without a recovery point go on, and those whose target is back are protected anew.
    pub(super) fn resume_at_home(&mut self) {
        let now = self.now_s();
        for vm in 0..self.items.len() as u32 {
            self.stay_home(vm);
            let item = &self.items[vm as usize];
            if item.starts > now {
                continue;
            }
            let (state, down) = (item.state, item.down);
            let stays = item.pending || !matches!(state, State::Unprotected | State::AtHome);
            if self.facts.home_down == 0 && down && !stays {
                self.items[vm as usize].set_down(false, now);
                self.out.host(vm, 1.0);
                let given_up = std::mem::take(&mut self.items[vm as usize].starts) > 0.0;
                let text = if given_up { "Its original runs at home." } else { "It runs at home again; it had no recovery point, and needed none." };
                self.log(now, "resumed", vm, text.to_owned());
                if state == State::AtHome && self.plan.response.protect_again {
                    let turn = self.items[vm as usize].turn;
                    self.push(self.now, Act::AskAgain(vm, turn));
                }
            }
            if self.facts.home_down > 0 || self.facts.target_down > 0 || self.items[vm as usize].state != State::Unprotected {
                continue;
            }
            if let Some((key, text)) = Facts::server_is_critical(self.world, vm) {
                self.items[vm as usize].wait(now, &key, text);
            } else if self.go_on(vm, Trigger::Enable, now) {
                self.items[vm as usize].stop_waiting(now);
                let copies = self.full_copies(vm);
                self.out.replicate(vm, &copies);
            }
        }
    }

    fn site_lost(&mut self, record: usize, machines_kept: bool, comes_back: bool) {
        self.facts.home_down += 1;
        let now = self.now_s();
        let all: Vec<u32> = (0..self.items.len() as u32).collect();
        if !machines_kept {
            self.facts.set_original(self.world, &all, Original::Lost);
            self.items.iter_mut().for_each(|item| item.original_gone = true);
        }
        let mut failing = Vec::new();
        for vm in all {
            match self.items[vm as usize].state {
                // It was lost before, and its failover is decided on.
                _ if self.items[vm as usize].pending => {}
                State::Protected => failing.push(vm),
                State::TestFailedOver => {
                    self.go_on(vm, Trigger::Cleanup, now);
                    failing.push(vm);
                }
                State::Unprotected
                | State::InitialReplication
                | State::ProtectingAgain
                | State::AtHome
                | State::FailedBack
                | State::ChangingPointBack => {
                    self.lost_without_point(vm, machines_kept && comes_back);
                }
                State::FailingOver => self.cut_off(vm),
                State::Reprotecting | State::ReverseProtected | State::TestFailedBack => self.way_back_lost(vm, "the home site was lost"),
                State::FailingBack => self.failback_fails(vm),
                State::FailoverFailed | State::FailedOver | State::ChangingPoint | State::AtTarget | State::Ended => {}
            }
        }
        let steps = &self.plan.steps;
        let name = self.disasters[record].name.clone();
        let occurrence = self.occurrence(record, &name);
        let detected = now + self.take(steps.detect, &name, &format!("journey/detect/{occurrence}")).as_secs_f64();
        let decided = detected + self.take(steps.decide, &name, &format!("journey/decide/{occurrence}")).as_secs_f64();
        let until = Until { landed: now, available: decided, clean: f64::INFINITY };
        self.fail_over_from(&failing, record, until, 0.0, &[("detect", now, detected), ("decide", detected, decided)]);
    }

    /// An attack is found: only points of before it will do.
    pub(super) fn found(&mut self, number: usize, record: usize) {
        let DisasterKind::Attack { rewritten, .. } = self.plan.disasters[number].kind else { return };
        let now = self.now_s();
        let since = self.disasters[record].at_s;
        let name = self.disasters[record].name.clone();
        self.out.log.push(now, "attack_found", &name, "The attack is found.".to_owned());
        let mut failing = Vec::new();
        for vm in 0..self.items.len() as u32 {
            let item = &self.items[vm as usize];
            // Machines that were not at home when it struck were not hit, and those that have gone back to a clean point since are clean.
            if item.corrupt_since.is_none_or(|hit| hit > since) {
                continue;
            }
            match item.state {
                State::TestFailedOver => {
                    self.go_on(vm, Trigger::Cleanup, now);
                    failing.push(vm);
                }
                State::Protected if !item.pending => failing.push(vm),
                State::FailedOver => self.change_to_clean(vm, since),
                State::Ended => {}
                _ => {
                    let text = "it was failed over to a state of after the attack, before that was found: it runs from corrupt disks".to_owned();
                    self.log(now, "runs_corrupt", vm, text.clone());
                    self.items[vm as usize].note(now, "runs-corrupt", text);
                }
            }
        }
        let occurrence = self.occurrence(record, &name);
        let decided = now + self.take(self.plan.steps.decide, &name, &format!("journey/decide/{occurrence}")).as_secs_f64();
        let until = Until { landed: now, available: decided, clean: since };
        self.fail_over_from(&failing, record, until, rewritten.get(), &[("decide", now, decided)]);
    }

    /// An attack hits what runs at home.
    fn corrupt(&mut self) {
        let now = self.now_s();
        for item in self.items.iter_mut().filter(|item| !item.down && item.state.runs_at() == Place::Home) {
            item.corrupt_since.get_or_insert(now);
        }
    }

    /// Machines lose their home now: what they are recovered to is settled, and their failover begins when the last of `steps` is over. `rewritten` is the share of their used
    /// bytes that an attacker rewrote.
    fn fail_over_from(&mut self, vms: &[u32], record: usize, until: Until, rewritten: f64, steps: &[(&str, f64, f64)]) {
        if vms.is_empty() {
            return;
        }
        let now = self.now_s();
        let choice = self.plan.response.point;
        let found: Vec<_> = vms.iter().map(|&vm| losses::recoverable(&mut self.out, self.world, vm, choice, until, now)).collect();
        let costs = self.costs(vms, &found, now, true);
        let cause = self.disasters[record].name.clone();
        let mut summary = FailoverSummary { cause, at_s: now, machines: vms.len() as u64, point: name(choice), ..FailoverSummary::default() };
        losses::summarise(&mut summary, &costs, &found);
        let begins = steps.last().map_or(now, |step| step.2);
        for ((&vm, one), cost) in vms.iter().zip(&found).zip(&costs) {
            let destroyed = self.out.in_flight(vm) + self.out.release(vm);
            self.out.dismiss(vm);
            summary.destroyed_bytes += destroyed;
            let departure = Departure { failover: self.summaries.len(), cause: summary.cause.clone(), destroyed, until, rewritten };
            self.set_out(vm, departure, one, cost, steps);
        }
        let number = self.summaries.len();
        self.summaries.push(summary);
        let recovered: Vec<u32> = vms.iter().zip(&found).filter(|(_, one)| one.taken.is_some()).map(|(&vm, _)| vm).collect();
        self.start_moves(&recovered, Way::Out, begins, number);
    }

    /// A machine at home without a recovery point is lost with the site, or stands still until it is back.
    fn lost_without_point(&mut self, vm: u32, comes_back: bool) {
        let now = self.now_s();
        let state = self.items[vm as usize].state;
        self.items[vm as usize].turn += 1;
        self.leave_move(vm);
        self.out.release(vm);
        self.out.dismiss(vm);
        if !comes_back {
            let since = self.items[vm as usize].exposed.map_or(0.0, |(at, _)| at);
            let text = format!("the site was lost while it had no recovery point: nothing is left (unprotected for {:.1} h)", (now - since) / 3600.0);
            self.end_item(vm, text);
            return;
        }
        match state {
            State::InitialReplication | State::ProtectingAgain => {
                self.go_on(vm, Trigger::Failed, now);
            }
            State::FailedBack => {
                self.go_on(vm, Trigger::Commit, now);
            }
            _ => {}
        }
        self.items[vm as usize].set_down(true, now);
        self.items[vm as usize].wait(now, "home-down", "its site is down, and it has no recovery point elsewhere".to_owned());
    }

    fn target_lost(&mut self, record: usize) {
        self.facts.target_down += 1;
        self.servers.1 = None;
        let now = self.now_s();
        let mut homeward = Vec::new();
        for vm in 0..self.items.len() as u32 {
            (self.items[vm as usize].target_copy_gone, self.items[vm as usize].made) = (true, false);
            match self.items[vm as usize].state {
                _ if self.items[vm as usize].pending => self.lost_at_target(vm),
                State::Protected | State::TestFailedOver | State::InitialReplication | State::ProtectingAgain => {
                    if self.items[vm as usize].state == State::TestFailedOver {
                        self.go_on(vm, Trigger::Cleanup, now);
                    }
                    self.out.release(vm);
                    self.items[vm as usize].turn += 1;
                    self.go_on(vm, Trigger::Failed, now);
                    self.out.forget_points(vm);
                    self.items[vm as usize].wait(now, "target-down", "the target region is lost with its recovery points".to_owned());
                }
                State::FailingOver | State::FailoverFailed | State::FailedOver | State::ChangingPoint | State::AtTarget | State::Reprotecting => {
                    self.lost_at_target(vm);
                }
                State::TestFailedBack => {
                    self.go_on(vm, Trigger::Cleanup, now);
                    homeward.push(vm);
                }
                State::ReverseProtected => homeward.push(vm),
                State::FailingBack => self.cut_off(vm),
                State::Unprotected | State::FailedBack | State::ChangingPointBack | State::AtHome | State::Ended => {}
            }
        }
        self.flee_home(&homeward, record);
    }

    /// A machine at the target without a recovery point elsewhere is lost with it: what is left is its original at home, as it was when it left.
    fn lost_at_target(&mut self, vm: u32) {
        let now = self.now_s();
        self.leave_move(vm);
        let lost = self.exposure(vm);
        if let Some(leg) = &mut self.back {
            leg.release(vm);
            leg.dismiss(vm);
        }
        self.out.release(vm);
        self.out.dismiss(vm);
        self.out.forget_points(vm);
        let words = match lost {
            Some((since, bytes)) => format!("{:.1} h of work and {:.2} GB are lost", since / 3600.0, bytes / 1e9),
            None => "nothing had been written there".to_owned(),
        };
        let item = &self.items[vm as usize];
        let comes_back = !item.original_gone
            && (self.facts.home_down == 0 || self.disasters.iter().any(|other| other.kind == "site_lost" && other.over_s > Some(now)));
        // An original that an attacker rewrote is none.
        if !comes_back || item.corrupt_since.is_some() {
            self.end_item(vm, format!("the target was lost while it ran there unprotected: {words}, and there is no original at home"));
            return;
        }
        self.close_exposure(vm);
        let trigger = if item_at_home(self.items[vm as usize].state) { Trigger::Failed } else { Trigger::Lost };
        self.go_on(vm, trigger, now);
        let item = &mut self.items[vm as usize];
        item.turn += 1;
        item.pending = false;
        item.set_down(true, now);
        let text = format!("the target was lost while it ran there unprotected: {words}; its original is started at home once that can be used");
        self.log(now, "lost_at_target", vm, text.clone());
        self.items[vm as usize].wait(now, "target-lost", text);
        if self.facts.home_down == 0 {
            let turn = self.items[vm as usize].turn;
            let boots = now + self.step_of(vm, self.plan.steps.boot_home, "start the original");
            self.push_s(boots, Act::Resume(vm, turn));
        }
    }

    /// Its story is over.
    pub(super) fn end_item(&mut self, vm: u32, why: String) {
        let now = self.now_s();
        self.close_exposure(vm);
        self.log(now, "ended", vm, why.clone());
        self.items[vm as usize].end(now, why);
    }

    fn master_target_lost(&mut self, target: usize) {
        self.facts.set_master_target_lost(target, true);
        for vm in 0..self.items.len() as u32 {
            let replicates = matches!(self.items[vm as usize].state, State::Reprotecting | State::ReverseProtected);
            if replicates && self.facts.master_target(vm) == Some(target) {
                self.way_back_lost(vm, "its master target was lost");
            }
        }
    }

    /// A machine's disks have left the master target: others that wait for room there ask again, in their order, as long as there is some.
    pub(super) fn make_room(&mut self, vm: u32) {
        let target = self.facts.master_target(vm);
        for other in 0..self.items.len() as u32 {
            let item = &self.items[other as usize];
            if item.state == State::AtTarget && item.waits_for("master-target-full") && self.facts.master_target(other) == target {
                if self.lacks_room(other).is_some() {
                    break;
                }
                self.ask(other);
            }
        }
    }

    /// What waited for a fact to change looks again.
    pub(super) fn reconsider(&mut self) {
        self.land_home();
        for vm in 0..self.items.len() as u32 {
            let item = &self.items[vm as usize];
            if item.waiting.is_none() {
                continue;
            }
            let turn = item.turn;
            match item.state {
                State::AtTarget => self.push(self.now, Act::Ask(vm, turn)),
                State::AtHome => self.push(self.now, Act::AskAgain(vm, turn)),
                State::ReverseProtected => self.schedule_return(self.unit_of[vm as usize]),
                _ => {}
            }
        }
    }
}

/// Whether a state's service is at home, protected by what the target holds.
fn item_at_home(state: State) -> bool {
    matches!(state, State::Protected | State::TestFailedOver | State::InitialReplication)
}
