//! Tests: of the failover, and (Azure to Azure) of the way back. They change nothing; what they cost is counted.

use crate::life::{State, Trigger};
use crate::results::DrillResult;
use crate::simulate::journey::Journey;
use crate::simulate::journey::act::Act;
use crate::units::Span;

/// A test that runs.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// Number of its record.
    record: usize,
    /// Who is tested, and when its copy began to run \[s\].
    vms: Vec<(u32, f64)>,
    /// The unit to fail back once the test of the way back is over.
    then: Option<usize>,
}

impl Journey<'_> {
    /// A test failover.
    pub(super) fn drill(&mut self, number: usize) {
        let vms: Vec<u32> = self.plan.drills[number].vms.iter().map(|vm| vm.0).collect();
        let lasts = self.plan.drills[number].lasts;
        self.test(&vms, "out", lasts, None);
    }

    /// Tests the way back of a unit before it is taken, where that was asked for and has not been done; whether a test begins or runs.
    pub(super) fn test_way_back(&mut self, unit: usize, vms: &[u32]) -> bool {
        let Some(lasts) = self.plan.response.back_drill else { return false };
        if !self.is_between_regions() || !vms.iter().any(|&vm| !self.items[vm as usize].tested) {
            return false;
        }
        vms.iter().for_each(|&vm| self.items[vm as usize].tested = true);
        self.test(vms, "back", lasts, Some(unit));
        true
    }

    fn test(&mut self, vms: &[u32], direction: &str, lasts: Span, then: Option<usize>) {
        let now = self.now_s();
        let up = |vm: u32| !self.items[vm as usize].down && !self.items[vm as usize].pending;
        let up: Vec<u32> = vms.iter().copied().filter(|&vm| up(vm)).collect();
        let (mut going, mut refused) = (Vec::new(), 0);
        for vm in up {
            let refusal = if direction == "out" { self.refused_there(vm) } else { None };
            match refusal.filter(|_| self.items[vm as usize].state == State::Protected) {
                Some((_, text)) => {
                    self.log(now, "test_failed", vm, text);
                    refused += 1;
                }
                None if self.go_on(vm, Trigger::Test, now) => going.push(vm),
                None => {}
            }
        }
        if going.is_empty() && refused == 0 {
            return;
        }
        let record = self.drills.len();
        let mut running = Vec::new();
        let mut last = now;
        for vm in going {
            let purpose = |step: &str| format!("{step} of test {record}");
            let steps = &self.plan.steps;
            let mut at = now + self.step_of(vm, steps.prepare_disks, &purpose("prepare disks"));
            if direction == "out" && steps.hydrated.get(vm as usize).copied().unwrap_or(false) {
                at += self.step_of(vm, steps.hydrate, &purpose("hydrate"));
            }
            at += self.step_of(vm, if direction == "out" { steps.boot_target } else { steps.boot_home }, &purpose("boot"));
            last = last.max(at);
            running.push((vm, at));
            self.log(now, "test", vm, "A test begins: a copy of it is started, and replication goes on.".to_owned());
        }
        self.drills.push(DrillResult {
            at_s: now,
            direction: direction.to_owned(),
            machines: running.len() as u64,
            refused,
            ready_after_s: last - now,
            ..DrillResult::default()
        });
        self.drilled.push(Running { record, vms: running, then });
        self.push_s(last + lasts.as_secs_f64(), Act::CleanUp(self.drilled.len() - 1));
    }

    /// A test is cleaned up.
    pub(super) fn clean_up(&mut self, number: usize) {
        let now = self.now_s();
        let Running { record, vms, then } = self.drilled[number].clone();
        let mut over = now;
        for &(vm, _) in &vms {
            over = over.max(now + self.step_of(vm, self.plan.steps.clean_up, &format!("clean up test {record}")));
            if matches!(self.items[vm as usize].state, State::TestFailedOver | State::TestFailedBack) && self.go_on(vm, Trigger::Cleanup, now) {
                self.log(now, "test_over", vm, "The test is cleaned up.".to_owned());
            }
        }
        let hours = |from: f64| (now - from).max(0.0) / 3600.0;
        let size = |vm: u32| self.out.disks_of(vm).map(|disk| self.world.disks[disk as usize].size.as_f64()).sum::<f64>();
        let result = &mut self.drills[record];
        result.cleaned_up_s = Some(over);
        result.machine_hours = vms.iter().map(|&(_, from)| hours(from)).sum();
        result.disk_byte_hours = vms.iter().map(|&(vm, from)| size(vm) * hours(from)).sum();
        if let Some(unit) = then {
            self.schedule_return(unit);
        }
    }
}
