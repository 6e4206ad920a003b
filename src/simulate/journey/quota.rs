//! What the target refuses: machines beyond its quotas, or forbidden by a policy. Their failover fails and is tried again when there is room, or they go on at home.

use crate::life::{State, Trigger, Used, conditions, refusal};
use crate::simulate::journey::Journey;
use crate::simulate::journey::act::Act;
use crate::simulate::journey::facts::sentence;
use crate::simulate::journey::moves::Way;

impl Journey<'_> {
    /// Why the target would not take a machine now: a key, and a sentence with the remedy.
    pub(super) fn refused_there(&self, vm: u32) -> Option<(String, String)> {
        let mut used = Used::default();
        for (other, item) in self.items.iter().enumerate().filter(|&(other, _)| other != vm as usize) {
            // The copy that a test has started counts as much.
            if item.made || item.state == State::TestFailedOver {
                used.add(self.world.target.machine(other));
            }
        }
        let raised = self.quota_raised.is_some_and(|at| at <= self.now);
        let (key, detail) = match refusal(&self.world.target, vm as usize, used) {
            Some(_) if raised && self.world.target.machine(vm as usize).forbidden.is_none() => None,
            found => found,
        }?;
        let condition = conditions::get(key)?;
        Some((condition.key.clone(), sentence(condition, &detail)))
    }

    /// A machine is to be made at the target, at `at` \[s\]; whether that is refused, so that its failover fails then.
    pub(super) fn fails_there(&mut self, vm: u32, at: f64) -> bool {
        let refused = self.refused_there(vm).is_some();
        self.items[vm as usize].made = !refused;
        if refused {
            let turn = self.items[vm as usize].turn;
            self.push_s(at, Act::Refused(vm, turn));
        }
        refused
    }

    /// The target refuses a machine: its failover has failed.
    pub(super) fn refused(&mut self, vm: u32) {
        let now = self.now_s();
        if self.items[vm as usize].state != State::FailingOver {
            return;
        }
        if let (Some(after), None) = (self.world.target.raised_after, self.quota_raised) {
            self.quota_raised = Some(self.now + after);
            self.push(self.now + after, Act::Raised);
        }
        self.leave_move(vm);
        self.go_on(vm, Trigger::Failed, now);
        let item = &mut self.items[vm as usize];
        item.turn += 1;
        item.attempts += 1;
        item.set_down(true, now);
        match self.refused_there(vm) {
            Some((key, text)) => {
                self.items[vm as usize].wait(now, &key, text.clone());
                self.log(now, "failover_failed", vm, text);
                self.stay_home(vm);
            }
            // Room has come meanwhile.
            None => self.try_again(),
        }
    }

    /// A failover that failed is given up where the original can be started at home (assumed).
    pub(super) fn stay_home(&mut self, vm: u32) {
        let now = self.now_s();
        let item = &self.items[vm as usize];
        let gone = item.original_gone || item.corrupt_since.is_some();
        if item.state != State::FailoverFailed || self.facts.home_down > 0 || gone || !self.go_on(vm, Trigger::Disable, now) {
            return;
        }
        let item = &mut self.items[vm as usize];
        item.turn += 1;
        let turn = item.turn;
        item.stop_waiting(now);
        self.out.forget_points(vm);
        self.log(now, "failover_given_up", vm, "Its failover is given up: home can be used, and its original is started there.".to_owned());
        let boots = now + self.step_of(vm, self.plan.steps.boot_home, "start the original");
        let item = &mut self.items[vm as usize];
        item.starts = boots;
        // What it had written is still there.
        if let Some(trip) = item.trip() {
            (trip.point_s, trip.loss_s, trip.loss_bytes) = (None, 0.0, 0.0);
        }
        self.push_s(boots, Act::Resume(vm, turn));
    }

    /// There may be room at the target: failovers that failed are tried again, in the order of the units.
    pub(super) fn try_again(&mut self) {
        let now = self.now_s();
        let all: Vec<u32> = self.units.iter().flat_map(|unit| unit.members()).collect();
        for vm in all {
            if self.items[vm as usize].state != State::FailoverFailed || self.refused_there(vm).is_some() {
                continue;
            }
            let item = &mut self.items[vm as usize];
            item.stop_waiting(now);
            // From now on the room is its own.
            item.made = true;
            let failover = item.trip().map_or(0, |trip| trip.failover as usize);
            self.log(now, "failover_again", vm, "There is room at the target: its failover is tried again.".to_owned());
            self.start_moves(&[vm], Way::Out, now, failover);
        }
    }
}
