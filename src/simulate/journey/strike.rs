//! What disasters do to the machines, state by state, and what happens when they are over.

use crate::life::{State, Trigger};
use crate::model::{ConfigurationServer, DisasterKind, Occurs, Original};
use crate::results::{DisasterResult, FailoverSummary};
use crate::simulate::journey::act::Act;
use crate::simulate::journey::losses::name;
use crate::simulate::journey::moves::Way;
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
        let lasting = |law: Option<DurationLaw>| law.map(|law| self.take(law, &disaster.name, &format!("journey/lasts/{record}")).as_secs_f64());
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
            let next = over + self.take(DurationLaw::Exponential(*mean), &disaster.name, &format!("journey/when/{}", record + 1)).as_secs_f64();
            self.push_s(next, Act::Strike(number));
        }
        match disaster.kind.clone() {
            DisasterKind::SiteLost { machines_kept, .. } => self.site_lost(record, machines_kept, over.is_some()),
            DisasterKind::TargetLost { .. } => self.target_lost(record),
            DisasterKind::Attack { .. } => {
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
    fn resume_at_home(&mut self) {
        let now = self.now_s();
        for vm in 0..self.items.len() as u32 {
            let item = &self.items[vm as usize];
            let (state, down) = (item.state, item.down);
            if self.facts.home_down == 0 && down && matches!(state, State::Unprotected | State::AtHome) {
                self.items[vm as usize].set_down(false, now);
                self.out.host(vm, 1.0);
                self.log(now, "resumed", vm, "It runs at home again; it had no recovery point, and needed none.".to_owned());
                if state == State::AtHome {
                    let turn = self.items[vm as usize].turn;
                    self.push(self.now, Act::AskAgain(vm, turn));
                }
            }
            let free = self.facts.home_down == 0 && self.facts.target_down == 0;
            if free && self.items[vm as usize].state == State::Unprotected && self.go_on(vm, Trigger::Enable, now) {
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
        let detected = now + self.take(steps.detect, &name, &format!("journey/detect/{record}")).as_secs_f64();
        let decided = detected + self.take(steps.decide, &name, &format!("journey/decide/{record}")).as_secs_f64();
        let until = Until { landed: now, available: decided, clean: f64::INFINITY };
        self.fail_over_from(&failing, record, until, now, &[("detect", now, detected), ("decide", detected, decided)]);
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
            if self.items[vm as usize].state == State::TestFailedOver {
                self.go_on(vm, Trigger::Cleanup, now);
            }
            if self.items[vm as usize].state == State::Protected {
                self.items[vm as usize].rewritten = rewritten.get();
                failing.push(vm);
            }
        }
        let decided = now + self.take(self.plan.steps.decide, &name, &format!("journey/decide/{record}")).as_secs_f64();
        let until = Until { landed: now, available: decided, clean: since };
        self.fail_over_from(&failing, record, until, now, &[("decide", now, decided)]);
    }

    /// Machines lose their home at `down` \[s\]: what they are recovered to is settled now, and their failover begins when the last of `steps` is over.
    fn fail_over_from(&mut self, vms: &[u32], record: usize, until: Until, down: f64, steps: &[(&str, f64, f64)]) {
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
            self.set_out(vm, &summary.cause, down, one, cost, destroyed, steps, until);
        }
        self.summaries.push(summary);
        let recovered: Vec<u32> = vms.iter().zip(&found).filter(|(_, one)| one.taken.is_some()).map(|(&vm, _)| vm).collect();
        self.start_moves(&recovered, Way::Out, begins);
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
            self.items[vm as usize].end(now, text);
            return;
        }
        match state {
            State::InitialReplication => {
                self.go_on(vm, Trigger::Failed, now);
            }
            State::ProtectingAgain => {
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
        let now = self.now_s();
        let mut homeward = Vec::new();
        for vm in 0..self.items.len() as u32 {
            match self.items[vm as usize].state {
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

    /// A machine at the target without a recovery point elsewhere is lost with it.
    fn lost_at_target(&mut self, vm: u32) {
        let now = self.now_s();
        self.leave_move(vm);
        if let Some(leg) = &mut self.back {
            leg.release(vm);
            leg.dismiss(vm);
        }
        let (since, bytes) = self.exposure(vm).unwrap_or((0.0, 0.0));
        if let Some(trip) = self.items[vm as usize].trip() {
            (trip.exposed_away_s, trip.exposed_away_bytes) = (since, bytes);
        }
        let text = format!("the target was lost while it ran there unprotected: {:.1} h of work and {:.2} GB are lost", since / 3600.0, bytes / 1e9);
        self.items[vm as usize].end(now, text);
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

    /// What waited for a fact to change looks again.
    pub(super) fn reconsider(&mut self) {
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
