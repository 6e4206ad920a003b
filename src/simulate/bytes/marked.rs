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

impl Bytes {
    /// One choice over an epoch; its leaps inside it are taken.
    pub(super) fn pass_marked(&mut self, choice: usize, t0: f64, t1: f64, unseen: Option<&dyn Fn(u32) -> Unseen>) {
        self.fleet_leaps.clear();
        let queue = &mut self.choices[choice].coming;
        let due = queue.partition_point(|coming| coming.at <= t1);
        let coming: Vec<Coming> = queue.drain(..due).collect();
        let mut sum = Together::default();
        // Most VMs most of the time: they have a state to recover, no leap of their own, and at most one that all take.
        let plain = coming.len() <= 1 && self.choices[choice].pooled.is_none();
        let leap = coming.first();
        let mut step = 0.0;
        for vm in 0..self.written.len() {
            let hidden = unseen.is_some_and(|unseen| unseen(vm as u32).excluded);
            let alike = plain && !hidden && self.next_leap[vm] > t1 && leap.is_none_or(|leap| leap.takes[vm]);
            let by = &mut self.choices[choice];
            let state = by.star[vm];
            if !alike || state.is_nan() {
                self.pass_alone(choice, vm, (t0, t1), &coming, hidden, &mut sum);
                continue;
            }
            let (lost, rate) = (self.written[vm] - state, self.rate[vm]);
            sum.base += lost;
            sum.slope += rate;
            sum.counted += 1;
            match leap {
                None => by.sums.add(vm, t0, t1 - t0, lost.max(0.0), (lost + rate * (t1 - t0)).max(0.0)),
                Some(leap) => {
                    let (at, new) = (leap.at.max(t0), leap.row[vm]);
                    let fallen = lost + (state - new);
                    by.sums.add(vm, t0, at - t0, lost.max(0.0), (lost + rate * (at - t0)).max(0.0));
                    by.sums.add(vm, at, t1 - at, (fallen + rate * (at - t0)).max(0.0), (fallen + rate * (t1 - t0)).max(0.0));
                    by.star[vm] = new;
                    step += state - new;
                }
            }
        }
        if let Some(leap) = leap {
            self.fleet_leaps.push((leap.at.max(t0), step, 0.0));
        }
        self.sum_up(choice, t0, t1, &sum);
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
            sum.base += written - state;
            sum.slope += rate;
            sum.counted += 1;
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
