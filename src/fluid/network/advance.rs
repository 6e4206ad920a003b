//! Lets time pass between solutions: the pool's level rises as flows empty, alarms fire, stores cross their levels.

use std::cmp::Ordering;

use crate::fluid::network::Network;
use crate::fluid::network::state::{Mode, Piece, Stop, Waits};

/// Something foreseen for one flow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alarm {
    pub at: f64,
    pub flow: u32,
    pub kind: AlarmKind,
}

/// What is foreseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AlarmKind {
    BufferEmpty,
    StoreEmpty,
    DirtyEmpty,
    BufferFull,
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    /// Earliest first out of a max-heap; ties by flow, then kind.
    fn cmp(&self, other: &Self) -> Ordering {
        other.at.total_cmp(&self.at).then_with(|| other.flow.cmp(&self.flow)).then_with(|| other.kind.cmp(&self.kind))
    }
}

/// The next event inside the network.
enum Next {
    Nothing,
    Pool(u32),
    Alarm(Alarm),
    Rise(usize),
    Fall(usize),
    Convoys,
}

impl Network {
    /// Lets time pass to `until`, or to the first instant that needs a decision from outside.
    pub fn advance(&mut self, until: f64) -> Option<Stop> {
        loop {
            if self.stale {
                self.resolve();
            }
            let (at, next) = self.next_event(until);
            self.pass(at);
            match next {
                Next::Nothing => return None,
                Next::Convoys => self.stale = true,
                Next::Pool(flow) => self.leave_pool(flow),
                Next::Alarm(alarm) => {
                    self.alarms.pop();
                    if let Some(stop) = self.ring(alarm) {
                        return Some(stop);
                    }
                }
                Next::Rise(hub) => {
                    let state = &mut self.hubs[hub];
                    state.content = self.spec.hubs[hub].levels[state.zone];
                    state.zone += 1;
                    self.stale |= state.zone == self.spec.hubs[hub].levels.len();
                    return Some(Stop::Rose(hub as u32, state.zone as u32 - 1));
                }
                Next::Fall(hub) => {
                    let state = &mut self.hubs[hub];
                    state.zone -= 1;
                    state.content = self.spec.hubs[hub].levels[state.zone];
                    return Some(Stop::Fell(hub as u32, state.zone as u32));
                }
            }
        }
    }

    /// When rates change next without a decision from outside \[s\]; `until` if not before it.
    pub fn next_change(&mut self, until: f64) -> f64 {
        if self.stale {
            self.resolve();
        }
        self.next_event(until).0
    }

    /// The earliest event not after `until`.
    fn next_event(&mut self, until: f64) -> (f64, Next) {
        let mut best = (until, Next::Nothing);
        if let Some(&alarm) = self.alarms.peek()
            && alarm.at <= best.0
        {
            best = (alarm.at, Next::Alarm(alarm));
        }
        if self.pool.members > 0
            && let Some((flow, at)) = self.pool.lines.first_hit_before(self.now, self.pool.volume(), self.pool.level, best.0)
            && at <= best.0
        {
            best = (at, Next::Pool(flow as u32));
        }
        if let Some(at) = self.convoys.as_ref().and_then(|convoys| convoys.next_change())
            && at <= best.0
        {
            best = (at, Next::Convoys);
        }
        for hub in 0..self.hubs.len() {
            let spec = &self.spec.hubs[hub];
            if spec.levels.is_empty() {
                continue;
            }
            let state = &self.hubs[hub];
            let gain = self.hub_gain(hub);
            if gain > 0.0 && state.zone < spec.levels.len() {
                let at = self.now + (spec.levels[state.zone] - state.content).max(0.0) / gain;
                if at < best.0 {
                    best = (at, Next::Rise(hub));
                }
            } else if gain < 0.0 && state.zone > 0 {
                let at = self.now + (state.content - spec.levels[state.zone - 1]).max(0.0) / -gain;
                if at < best.0 {
                    best = (at, Next::Fall(hub));
                }
            }
        }
        best.0 = best.0.max(self.now);
        best
    }

    /// Rate at which a hub's store grows \[tracked bytes/s\].
    fn hub_gain(&self, hub: usize) -> f64 {
        let state = &self.hubs[hub];
        // A capped store neither grows nor shrinks; rounding must not make it cross its brim for ever.
        if state.capped { 0.0 } else { state.inflow - self.hub_out(hub) }
    }

    pub(super) fn hub_out(&self, hub: usize) -> f64 {
        let state = &self.hubs[hub];
        state.steady_out + f64::from(state.pooled) * self.pool.level / self.spec.hubs[hub].wire
    }

    /// Integrates totals up to `at`.
    fn pass(&mut self, at: f64) {
        let dt = at - self.now;
        if dt <= 0.0 {
            return;
        }
        let mut stored = 0.0;
        for hub in 0..self.hubs.len() {
            let gain = self.hub_gain(hub);
            let state = &mut self.hubs[hub];
            state.content = (state.content + gain * dt).max(0.0);
            stored += state.content;
            let totals = &mut self.totals.hubs[hub];
            totals.taken_in += state.inflow * dt;
            if state.content > totals.peak {
                totals.peak = state.content;
                totals.peak_at = at;
            }
        }
        let trunk = self.capacity_out[self.trunk()];
        self.totals.pass(dt, stored, f64::from(self.pool.members) * self.pool.level, trunk, self.pool.members > 0 || self.trunk_holds_others);
        self.pool.advance(at);
        self.now = at;
    }

    /// A flow of the pool has nothing waiting any more at the trunk.
    fn leave_pool(&mut self, index: u32) {
        self.totals.events += 1;
        self.settle_flow(index as usize, self.now);
        self.pool.lines.remove(index as usize);
        let hub = self.spec.flows[index as usize].hub as usize;
        let wire = self.spec.hubs[hub].wire;
        let flow = &mut self.flows[index as usize];
        // The envelope said zero; what rounding left is not a queue.
        flow.q_out = 0.0;
        flow.pooled = false;
        flow.rate_out = flow.rate_in * wire;
        self.hubs[hub].pooled -= 1;
        self.hubs[hub].steady_out += flow.rate_in;
        self.totals.add_steady(flow.rate_out);
        self.pool.members -= 1;
        self.pool.room -= flow.rate_out;
        self.pool.relevel();
        self.pass_through(index);
    }

    /// A flow's store at stage 2 is empty: it waits on at stage 1, or no more.
    fn pass_through(&mut self, index: u32) {
        let flow = &self.flows[index as usize];
        if flow.q_in > 0.0 || flow.mode != Mode::Stream || flow.rate_in < flow.inflow {
            self.stale = true;
        } else {
            self.release(index);
        }
        self.stale |= self.delicate || self.pool.level > self.pool.limit;
    }

    /// Nothing of a flow waits any more.
    fn release(&mut self, index: u32) {
        let flow = &mut self.flows[index as usize];
        flow.waiting = false;
        self.pieces.push(Piece::emptied(index, self.now, flow.entered, flow.pulled, Waits::Nothing));
        self.totals.change(index, flow.waits, Waits::Nothing, self.now);
        flow.waits = Waits::Nothing;
        self.waiting_count -= 1;
    }

    /// Handles an alarm; what it means for the rest is found by solving again, except where only one flow is concerned.
    fn ring(&mut self, alarm: Alarm) -> Option<Stop> {
        self.totals.events += 1;
        let index = alarm.flow as usize;
        match alarm.kind {
            AlarmKind::BufferEmpty => {
                self.settle_flow(index, self.now);
                self.flows[index].q_in = 0.0;
                self.stale = true;
                None
            }
            AlarmKind::StoreEmpty => {
                self.settle_flow(index, self.now);
                let hub = self.spec.flows[index].hub as usize;
                let wire = self.spec.hubs[hub].wire;
                let flow = &mut self.flows[index];
                flow.q_out = 0.0;
                if flow.waits != Waits::OwnOut {
                    self.stale = true;
                    return None;
                }
                let (before, after) = (flow.rate_out, flow.rate_in * wire);
                flow.rate_out = after;
                self.hubs[hub].steady_out += (after - before) / wire;
                self.totals.add_steady(after - before);
                self.pool.room += before - after;
                self.pool.relevel();
                self.pass_through(alarm.flow);
                None
            }
            AlarmKind::DirtyEmpty => {
                self.settle_flow(index, self.now);
                self.stale = true;
                Some(Stop::Synced(alarm.flow))
            }
            AlarmKind::BufferFull => {
                self.settle_flow(index, self.now);
                self.stale = true;
                Some(Stop::BufferFull(alarm.flow))
            }
        }
    }

    /// Brings one waiting flow up to `t`, telling its served curve.
    pub(super) fn settle_flow(&mut self, index: usize, t: f64) {
        let flow = &mut self.flows[index];
        let dt = t - flow.anchor;
        if dt <= 0.0 {
            return;
        }
        let spec = &self.spec.flows[index];
        let wire = self.spec.hubs[spec.hub as usize].wire;
        if flow.mode != Mode::Stream {
            self.settle_aside(index, t);
            return;
        }
        let (mut q_in, mut q_out, mut entered) = (flow.q_in, flow.q_out, flow.entered);
        let mut from = flow.anchor;
        let mut stretch = |to: f64, gone: f64| {
            let dt = to - from;
            let u0 = entered - q_in - q_out / wire;
            entered += flow.inflow * dt;
            q_in = (q_in + (flow.inflow - flow.rate_in) * dt).max(0.0);
            q_out = (q_out + flow.rate_in * wire * dt - gone).max(0.0);
            let u1 = entered - q_in - q_out / wire;
            self.pieces.push(Piece {
                flow: index as u32,
                t0: from,
                t1: to,
                u0,
                u1,
                aside0: flow.pulled,
                aside1: flow.pulled,
                waits: flow.waits,
                emptied: false,
            });
            from = to;
        };
        if flow.pooled {
            let curve = &self.pool.curve;
            let mut at = curve.partition_point(|point| point.0 <= flow.anchor);
            // Pools are rebuilt at every solution, and every flow is settled then: the anchor is a breakpoint.
            let mut volume = curve[at - 1].1;
            while at < curve.len() && curve[at].0 <= t {
                stretch(curve[at].0, curve[at].1 - volume);
                volume = curve[at].1;
                at += 1;
            }
        } else {
            stretch(t, flow.rate_out * dt);
        }
        flow.peak_in = flow.peak_in.max(q_in);
        flow.q_in = q_in;
        flow.q_out = q_out;
        flow.entered = entered;
        flow.anchor = t;
    }

    /// Brings a flow out of order up to `t`: what was stored before drains; then the dirty set goes.
    fn settle_aside(&mut self, index: usize, t: f64) {
        let flow = &mut self.flows[index];
        let spec = &self.spec.flows[index];
        let wire = self.spec.hubs[spec.hub as usize].wire;
        let sending = if flow.mode == Mode::Pull { flow.rate_in } else { 0.0 };
        let curve = &self.pool.curve;
        // The store drains straight between the breakpoints of the pool's curve.
        let bends = if flow.pooled && flow.q_out > 0.0 {
            curve.partition_point(|point| point.0 <= flow.anchor)..curve.partition_point(|point| point.0 < t)
        } else {
            0..0
        };
        for to in curve[bends].iter().map(|point| point.0).chain([t]) {
            let (from, dt) = (flow.anchor, to - flow.anchor);
            let (u0, aside0) = (flow.entered - flow.q_out / wire, flow.pulled);
            if flow.q_out > 0.0 {
                let gone = if flow.pooled { self.pool.volume_between(from, to) } else { flow.rate_out * dt };
                flow.q_out = (flow.q_out - gone).max(0.0);
            }
            flow.superseded += flow.dirty.advance(&*spec.law, flow.inflow, sending, dt);
            flow.pulled += sending * dt;
            flow.anchor = to;
            if self.tells_aside {
                let (u1, aside1) = (flow.entered - flow.q_out / wire, flow.pulled);
                self.pieces.push(Piece { flow: index as u32, t0: from, t1: to, u0, u1, aside0, aside1, waits: flow.waits, emptied: false });
            }
        }
    }
}
