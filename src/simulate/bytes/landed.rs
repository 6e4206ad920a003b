//! Latest, read as the newest landed byte: what was written since the horizon.

use std::collections::VecDeque;

use crate::observe::Stretch;
use crate::simulate::bytes::{Bytes, Unseen};

impl Bytes {
    /// Lets an epoch pass.
    pub(super) fn pass_byte<'a>(
        &mut self,
        t0: f64,
        t1: f64,
        dirty: &[u32],
        function: &impl Fn(u32) -> &'a [Stretch],
        unseen: Option<&dyn Fn(u32) -> Unseen>,
    ) {
        let (dt, delay) = (t1 - t0, self.delay);
        let by = &mut self.byte;
        let (mut flying, mut turning, mut counted) = (0.0, 0.0, 0u32);
        let mut waiting: Vec<(f64, f64, f64)> = Vec::new();
        let mut next_dirty = 0;
        for vm in 0..self.written.len() {
            let is_dirty = dirty.get(next_dirty) == Some(&(vm as u32));
            next_dirty += usize::from(is_dirty);
            let Unseen { excluded, unprotected } = unseen.map_or_else(Unseen::default, |unseen| unseen(vm as u32));
            let hidden = excluded || unprotected;
            if hidden && !is_dirty {
                continue;
            }
            counted += u32::from(!hidden);
            let (rate, before) = (self.rate[vm], self.before[vm]);
            if !is_dirty {
                self.history[vm].clear();
                flying += before * delay;
                turning += rate - before;
                // What is in flight: the last `delay` seconds of writing.
                let ramp = if rate == before { 0.0 } else { delay.min(dt) };
                by.tell(vm, t0, ramp, before * delay, before * delay + (rate - before) * ramp);
                by.tell(vm, t0 + ramp, dt - ramp, rate * delay, rate * delay);
                continue;
            }
            let (history, written) = (&mut self.history[vm], self.written[vm]);
            if history.back().is_none_or(|last| last.0 < t0) {
                history.push_back((t0, written));
            }
            history.push_back((t1, written + rate * dt));
            if hidden {
                continue;
            }
            // Where a stretch has no length it has no slope either.
            for s in function(vm as u32).iter().filter(|s| s.t1 > s.t0) {
                let lost = |t: f64, lag: f64| (written + rate * (t - t0) - written_at(history, t - lag.max(0.0))).max(0.0) + rate * delay;
                let (a, b) = (lost(s.t0, s.v0), lost(s.t1, s.v1));
                by.tell(vm, s.t0, s.t1 - s.t0, a, b);
                waiting.push((s.t0, a, (b - a) / (s.t1 - s.t0)));
                waiting.push((s.t1, -b, -(b - a) / (s.t1 - s.t0)));
            }
            let horizon = function(vm as u32).last().map_or(t1, |s| s.t1 - s.v1);
            while history.len() > 2 && history[1].0 <= horizon {
                history.pop_front();
            }
        }
        if counted == 0 {
            return;
        }
        let ramp = delay.min(dt);
        waiting.push((t0 + ramp, turning * (delay - ramp), -turning));
        waiting.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut from, mut value, mut slope) = (t0, flying, turning);
        for &(at, step, bend) in waiting.iter().chain([&(t1, 0.0, 0.0)]) {
            let next = value + slope * (at - from);
            by.fleet.add(from, at - from, f64::max(value, 0.0), f64::max(next, 0.0));
            (from, value, slope) = (at, next + step, slope + bend);
        }
    }
}

/// The written curve at `t`, straight between its known points.
fn written_at(history: &VecDeque<(f64, f64)>, t: f64) -> f64 {
    let next = history.partition_point(|point| point.0 <= t);
    match (next.checked_sub(1).and_then(|at| history.get(at)), history.get(next)) {
        (Some(&(t0, w0)), Some(&(t1, w1))) => w0 + (w1 - w0) * ((t - t0) / (t1 - t0)),
        (Some(&(_, w)), None) | (None, Some(&(_, w))) => w,
        (None, None) => 0.0,
    }
}
