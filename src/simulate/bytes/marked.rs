//! Choices that recover to a marker: what is lost grows with what is written, and falls whenever a newer marker lands or becomes available.

use crate::simulate::bytes::choice::Coming;
use crate::simulate::bytes::{Bytes, Unseen};

/// The fleet's sum at the start of an epoch and how fast it grows; its leaps are listed apart.
#[derive(Default)]
struct Together {
    base: f64,
    slope: f64,
    counted: u32,
}

impl Together {
    /// Counts a VM that loses so much at the start of the epoch, and writes at this rate.
    #[inline]
    fn add(&mut self, lost: f64, rate: f64) {
        self.base += lost;
        self.slope += rate;
        self.counted += 1;
    }
}

impl Bytes {
    /// One choice over an epoch; its leaps inside it are taken.
    pub(super) fn pass_marked(&mut self, choice: usize, t0: f64, t1: f64, unseen: Option<&dyn Fn(u32) -> Unseen>) {
        self.fleet_leaps.clear();
        let queue = &mut self.choices[choice].coming;
        let due = queue.partition_point(|coming| coming.at <= t1);
        let coming: Vec<Coming> = queue.drain(..due).collect();
        let mut sum = Together::default();
        let hidden = |vm: usize| unseen.is_some_and(|unseen| unseen(vm as u32).excluded);
        let apart = self.pass_alike(choice, (t0, t1), &coming, &hidden, &mut sum);
        for vm in apart {
            self.pass_alone(choice, vm, (t0, t1), &coming, hidden(vm), &mut sum);
        }
        self.sum_up(choice, t0, t1, &sum);
    }

    /// Most VMs most of the time: they have a state to recover, no leap of their own, and at most one that all take. Returns the others. This walk is the
    /// innermost of a run, so each row is cut to one length first and a VM's stretches before and after the leap are told at once.
    fn pass_alike(
        &mut self,
        choice: usize,
        (t0, t1): (f64, f64),
        coming: &[Coming],
        hidden: &impl Fn(usize) -> bool,
        sum: &mut Together,
    ) -> Vec<usize> {
        let by = &mut self.choices[choice];
        let vms = self.written.len();
        if coming.len() > 1 || by.pooled.is_some() {
            return (0..vms).collect();
        }
        let (written, rates, next_leaps, states) = (&self.written[..vms], &self.rate[..vms], &self.next_leap[..vms], &mut by.star[..vms]);
        let mut apart = Vec::new();
        let mut step = 0.0;
        let Some(leap) = coming.first() else {
            for vm in 0..vms {
                let lost = written[vm] - states[vm];
                if next_leaps[vm] <= t1 || lost.is_nan() || hidden(vm) {
                    apart.push(vm);
                    continue;
                }
                sum.add(lost, rates[vm]);
                by.sums.add(vm, t0, t1 - t0, lost.max(0.0), (lost + rates[vm] * (t1 - t0)).max(0.0));
            }
            return apart;
        };
        let (row, takes, at) = (&leap.row[..vms], &leap.takes[..vms], leap.at.max(t0));
        for vm in 0..vms {
            let lost = written[vm] - states[vm];
            if !takes[vm] || next_leaps[vm] <= t1 || lost.is_nan() || hidden(vm) {
                apart.push(vm);
                continue;
            }
            sum.add(lost, rates[vm]);
            let gain = row[vm] - states[vm];
            let before = (lost.max(0.0), (lost + rates[vm] * (at - t0)).max(0.0));
            let after = ((before.1 - gain).max(0.0), (lost - gain + rates[vm] * (t1 - t0)).max(0.0));
            by.sums.add_leaping(vm, (t0, at, t1), before, after);
            states[vm] = row[vm];
            step -= gain;
        }
        self.fleet_leaps.push((at, step, 0.0));
        apart
    }

    /// A VM with leaps of its own, or that is not counted.
    fn pass_alone(&mut self, choice: usize, vm: usize, (t0, t1): (f64, f64), coming: &[Coming], hidden: bool, sum: &mut Together) {
        let common = coming.iter().filter(|coming| coming.takes[vm]).map(|coming| (coming.at, coming.row[vm]));
        let own = self.leaps[vm].iter().take_while(|leap| leap.0 <= t1).filter(|leap| usize::from(leap.1) == choice).map(|leap| (leap.0, leap.2));
        let mut leaps: Vec<(f64, f64)> = common.chain(own).collect();
        leaps.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let by = &mut self.choices[choice];
        let (written, rate) = (self.written[vm], self.rate[vm]);
        let mut state = by.star[vm];
        if hidden {
            by.star[vm] = leaps.last().map_or(state, |leap| leap.1);
            return;
        }
        if !state.is_nan() {
            sum.add(written - state, rate);
        }
        let lost = |at: f64, state: f64| (written - state + rate * (at - t0)).max(0.0);
        let mut from = t0;
        for (at, new) in leaps {
            let at = at.max(from);
            if state.is_nan() {
                self.fleet_leaps.push((at, written + rate * (at - t0) - new, rate));
                sum.counted += 1;
            } else {
                self.fleet_leaps.push((at, state - new, 0.0));
                by.tell(vm, from, at - from, lost(from, state), lost(at, state));
            }
            (from, state) = (at, new);
        }
        if !state.is_nan() {
            by.tell(vm, from, t1 - from, lost(from, state), lost(t1, state));
        }
        by.star[vm] = state;
    }

    /// The law of the fleet's sum over the epoch.
    fn sum_up(&mut self, choice: usize, t0: f64, t1: f64, sum: &Together) {
        if sum.counted == 0 {
            return;
        }
        self.fleet_leaps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let fleet = &mut self.choices[choice].fleet;
        let (mut from, mut value, mut slope) = (t0, sum.base, sum.slope);
        for &(at, step, bend) in self.fleet_leaps.iter().chain([&(t1, 0.0, 0.0)]) {
            let next = value + slope * (at - from);
            fleet.add(from, at - from, value.max(0.0), next.max(0.0));
            (from, value) = (at, next + step);
            slope += bend;
        }
    }
}
