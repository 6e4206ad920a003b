//! Solves both stages at one instant and derives what happens next.

use crate::fluid::fill::Stopped;
use crate::fluid::network::Network;
use crate::fluid::network::advance::{Alarm, AlarmKind};
use crate::fluid::network::convoys::Asked;
use crate::fluid::network::state::{Mode, Piece, Waits};

/// Stands for "as fast as you like" where no ceiling is set \[bytes/s\]: far above any device, small enough that rounding stays in the bytes.
const UNBOUNDED: f64 = 1e12;

/// Rounds of the coupling between the stages; each shrinks the change, and the fixed point is reached to rounding long before.
const ROUNDS: usize = 200;

/// Relative change below which the coupling counts as settled.
const SETTLED: f64 = 1e-13;

/// Relative difference that is rounding.
const ROUNDING: f64 = 1e-10;

impl Network {
    /// Solves for the rates from now on and schedules the next events.
    pub(super) fn resolve(&mut self) {
        self.settle();
        self.stale = false;
        self.totals.events += 1;
        self.move_convoys();
        self.bound_inward();
        self.filler.fill(&self.bounds, &self.spec.inward, &self.capacity_in, &mut self.rates_in, &mut self.stopped_in);
        self.delicate = false;
        self.pulled_by.fill(None);
        for hub in &mut self.hubs {
            hub.capped = false;
        }
        let mut inward = None;
        for _ in 0..ROUNDS {
            self.fill_outward();
            if !self.couple(&mut inward) {
                break;
            }
        }
        self.uncap();
        self.regroup_convoys();
        self.adopt();
        self.note_backlogs();
        self.waiting_count = self.waiting.len();
        if self.waiting.is_empty() {
            self.forget_rounding();
        }
        self.gather_pool();
        self.set_alarms();
    }

    /// What each flow asks of stage 1.
    fn bound_inward(&mut self) {
        for (index, flow) in self.flows.iter().enumerate() {
            let spec = &self.spec.flows[index];
            let free = spec.own_in.min(UNBOUNDED);
            self.bounds[index] = match flow.mode {
                _ if self.hubs[spec.hub as usize].shut => 0.0,
                Mode::Stream if flow.q_in > 0.0 => free,
                Mode::Stream => flow.inflow.min(spec.own_in),
                // What was stored before goes first, so that the dirty set never has to queue.
                Mode::Pull if flow.q_out <= 0.0 => free,
                Mode::Pull | Mode::Held => 0.0,
            };
        }
    }

    /// What each flow asks of stage 2, given its rate at stage 1.
    fn bound_outward(&mut self) {
        for (index, flow) in self.flows.iter().enumerate() {
            let spec = &self.spec.flows[index];
            let hub = &self.hubs[spec.hub as usize];
            let entering = self.rates_in[index] * self.spec.hubs[spec.hub as usize].wire;
            self.entering[index] = entering;
            self.bounds[index] = if hub.shut {
                0.0
            } else if flow.q_out > 0.0 || self.convoys.is_some() {
                spec.own_out.min(UNBOUNDED)
            } else {
                entering.min(spec.own_out)
            };
        }
    }

    /// Shares stage 2, given the rates of stage 1.
    fn fill_outward(&mut self) {
        self.bound_outward();
        let Some(mut convoys) = self.convoys.take() else {
            self.filler.fill(&self.bounds, &self.spec.outward, &self.capacity_out, &mut self.rates_out, &mut self.stopped_out);
            return;
        };
        let mut filler = std::mem::take(&mut self.filler);
        convoys.fill(&mut filler, &mut self.asked());
        self.filler = filler;
        self.convoys = Some(convoys);
    }

    /// What the queue of stage 2 is asked for.
    fn asked(&mut self) -> Asked<'_> {
        Asked {
            spec: &self.spec,
            flows: &self.flows,
            own: &self.bounds,
            entering: &self.entering,
            capacity: &self.capacity_out,
            rates: &mut self.rates_out,
            stopped: &mut self.stopped_out,
        }
    }

    /// Brings the queue of stage 2 to the present, if there is one.
    fn move_convoys(&mut self) {
        let Some(convoys) = &mut self.convoys else { return };
        let mut emptied = Vec::new();
        convoys.move_to(self.now, &mut emptied);
        for flow in emptied {
            // The head has reached the present; what rounding left is not a queue.
            self.flows[flow as usize].q_out = 0.0;
        }
    }

    /// Groups the queue of stage 2 anew by the solution found, if there is one.
    fn regroup_convoys(&mut self) {
        let Some(mut convoys) = self.convoys.take() else { return };
        convoys.regroup(self.now, &self.asked());
        self.convoys = Some(convoys);
    }

    /// Holds stage 1 to what stage 2 lets through where nothing may be stored between: pulled flows, and full stores. Returns whether a further round is
    /// needed. `inward` keeps the bounds and capacities of stage 1 between rounds.
    fn couple(&mut self, inward: &mut Option<(Vec<f64>, Vec<f64>)>) -> bool {
        let pulls = |flow: &super::Flow| flow.mode == Mode::Pull && flow.q_out <= 0.0;
        let full = |network: &Network, hub: usize| {
            let spec = &network.spec.hubs[hub];
            spec.store.is_finite() && network.hubs[hub].zone == spec.levels.len()
        };
        let any_full = (0..self.hubs.len()).any(|hub| full(self, hub));
        if !any_full && !self.flows.iter().any(pulls) {
            return false;
        }
        self.delicate = true;
        if inward.is_none() {
            self.bound_inward();
        }
        let (mut bounds, mut capacity) = inward.take().unwrap_or_else(|| (self.bounds.clone(), self.capacity_in.clone()));
        let mut changed = false;
        let mut lower = |value: &mut f64, to: f64| {
            if value.is_infinite() || (*value - to).abs() > SETTLED * value.abs().max(1.0) {
                *value = to;
                changed = true;
            }
        };
        for (index, flow) in self.flows.iter().enumerate() {
            if pulls(flow) {
                let through = self.rates_out[index] / self.spec.hubs[self.spec.flows[index].hub as usize].wire;
                // What differs by rounding only has got through whole, and may take more in the next round.
                if through < self.rates_in[index] * (1.0 - ROUNDING) {
                    self.pulled_by[index] = Some(self.stopped_out[index]);
                    lower(&mut bounds[index], through);
                }
            }
        }
        for hub in 0..self.hubs.len() {
            if !full(self, hub) {
                continue;
            }
            let spec = &self.spec.hubs[hub];
            let (inflow, outflow) = self.through(hub);
            if inflow > outflow || self.hubs[hub].capped {
                self.hubs[hub].capped = true;
                lower(&mut capacity[spec.intake as usize], outflow);
            }
        }
        if changed {
            self.filler.fill(&bounds, &self.spec.inward, &capacity, &mut self.rates_in, &mut self.stopped_in);
        }
        *inward = Some((bounds, capacity));
        changed
    }

    /// Rates into and out of a hub \[tracked bytes/s\].
    fn through(&self, hub: usize) -> (f64, f64) {
        let wire = self.spec.hubs[hub].wire;
        let (mut inflow, mut outflow) = (0.0, 0.0);
        for (index, flow) in self.spec.flows.iter().enumerate() {
            if flow.hub as usize == hub {
                inflow += self.rates_in[index];
                outflow += self.rates_out[index] / wire;
            }
        }
        (inflow, outflow)
    }

    /// A full store that takes in less than it lets out is full no more: what seemed to press on it at first was a pulled flow that the trunk holds back.
    fn uncap(&mut self) {
        for hub in 0..self.hubs.len() {
            if self.hubs[hub].capped {
                let (inflow, outflow) = self.through(hub);
                self.hubs[hub].capped = inflow >= outflow * (1.0 - ROUNDING);
            }
        }
    }

    /// Takes the solution over into the flows and hubs.
    fn adopt(&mut self) {
        for (hub, spec) in self.hubs.iter_mut().zip(&self.spec.hubs) {
            hub.inflow = 0.0;
            hub.steady_out = 0.0;
            hub.pooled = 0;
            debug_assert!(spec.wire > 0.0);
        }
        self.totals.begin_rates();
        self.waiting.clear();
        self.trunk_holds_others = false;
        let trunk = self.trunk() as u32;
        for index in 0..self.flows.len() {
            if self.adopt_free(index) {
                continue;
            }
            let hub = self.spec.flows[index].hub as usize;
            let wire = self.spec.hubs[hub].wire;
            let (rate_in, rate_out) = (self.rates_in[index], self.rates_out[index]);
            let flow = &mut self.flows[index];
            // What held a pulled flow to its rate, now that it asks for no more.
            let stopped_out = self.pulled_by[index].unwrap_or(self.stopped_out[index]);
            let queues = self.convoys.as_ref().is_some_and(|convoys| convoys.holds(index));
            // By more than rounding: what a full store lets in is just what leaves it, and no queue.
            let held_out = queues || flow.q_out > 0.0 || rate_out < rate_in * wire * (1.0 - ROUNDING);
            let held_in = flow.mode == Mode::Stream && (flow.q_in > 0.0 || rate_in < flow.inflow);
            let waiting = flow.mode != Mode::Stream || held_in || held_out;
            let waits = if self.hubs[hub].shut && waiting {
                Waits::Shut(hub as u32)
            } else if held_out || (flow.mode == Mode::Pull && (self.pulled_by[index].is_some() || stopped_out != Stopped::Bound)) {
                match stopped_out {
                    Stopped::Bound => Waits::OwnOut,
                    Stopped::Ceiling(ceiling) => Waits::Out(ceiling),
                }
            } else if held_in || flow.mode == Mode::Pull {
                match self.stopped_in[index] {
                    Stopped::Bound => Waits::OwnIn,
                    Stopped::Ceiling(ceiling) => Waits::In(ceiling),
                }
            } else if flow.mode == Mode::Held {
                Waits::Held
            } else {
                Waits::Nothing
            };
            if waiting != flow.waiting {
                if waiting {
                    flow.entered += flow.inflow * (self.now - flow.anchor);
                } else {
                    self.pieces.push(Piece::emptied(index as u32, self.now, flow.entered, flow.pulled, waits));
                }
                flow.anchor = self.now;
                flow.waiting = waiting;
            }
            self.totals.change(index as u32, flow.waits, waits, self.now);
            flow.waits = waits;
            flow.rate_in = rate_in;
            flow.rate_out = rate_out;
            let stopped_by_trunk = stopped_out == Stopped::Ceiling(trunk);
            // Only what queues, or begins to, may empty: not a pulled flow, nor one that a full store already holds to its share; they only fill the trunk.
            flow.pooled = stopped_by_trunk && held_out && self.convoys.is_none() && (flow.mode != Mode::Pull || flow.q_out > 0.0);
            self.trunk_holds_others |= stopped_by_trunk && !flow.pooled;
            if waiting {
                self.waiting.push(index as u32);
            }
            let state = &mut self.hubs[hub];
            state.inflow += rate_in;
            if flow.pooled {
                state.pooled += 1;
            } else {
                state.steady_out += rate_out / wire;
                self.totals.add_steady(rate_out);
            }
            if flow.mode == Mode::Stream {
                self.totals.add_buffer_rate(flow.inflow - rate_in);
            }
        }
    }

    /// Takes the solution over for a flow that waited for nothing and goes on so; false for any other. Most flows most of the time.
    #[inline]
    fn adopt_free(&mut self, index: usize) -> bool {
        let flow = &mut self.flows[index];
        let hub = self.spec.flows[index].hub as usize;
        let (rate_in, rate_out) = (self.rates_in[index], self.rates_out[index]);
        let free = flow.mode == Mode::Stream && !flow.waiting && rate_in == flow.inflow && rate_out == rate_in * self.spec.hubs[hub].wire;
        if !free || self.stopped_out[index] != Stopped::Bound || self.convoys.is_some() {
            return false;
        }
        debug_assert!(flow.q_in <= 0.0 && flow.q_out <= 0.0 && !flow.pooled && flow.waits == Waits::Nothing);
        (flow.rate_in, flow.rate_out) = (rate_in, rate_out);
        self.hubs[hub].inflow += rate_in;
        self.hubs[hub].steady_out += rate_in;
        self.totals.add_steady(rate_out);
        true
    }

    /// Nothing waits: what the running sums still hold is rounding.
    fn forget_rounding(&mut self) {
        self.totals.buffered = 0.0;
        for hub in &mut self.hubs {
            hub.content = 0.0;
            hub.zone = 0;
        }
    }

    /// Builds the pool of flows that the trunk holds back.
    fn gather_pool(&mut self) {
        let trunk = self.trunk();
        let (flows, hubs, spec) = (&self.flows, &self.spec.hubs, &self.spec);
        self.pool.curve.clear();
        self.pool.curve.push((self.now, 0.0));
        self.pool.room = self.capacity_out[trunk] - self.totals.steady();
        let pooled = || self.waiting.iter().copied().filter(|&f| flows[f as usize].pooled);
        self.pool.members = pooled().count() as u32;
        self.pool.relevel();
        self.pool.limit = f64::INFINITY;
        if self.pool.members == 0 {
            return;
        }
        let line = |f: u32| {
            let flow = &flows[f as usize];
            let slope = flow.rate_in * hubs[spec.flows[f as usize].hub as usize].wire;
            (f as usize, flow.q_out, slope)
        };
        self.pool.lines.build(pooled().map(line), self.now);
        for flow in pooled() {
            self.pool.limit = self.pool.limit.min(spec.flows[flow as usize].own_out);
        }
        for ceiling in 0..trunk as u32 {
            let (mut steady, mut weight) = (0.0, 0.0);
            for &(flow, share) in spec.outward.members(ceiling) {
                if flows[flow as usize].pooled {
                    weight += share;
                } else {
                    steady += share * flows[flow as usize].rate_out;
                }
            }
            if weight > 0.0 {
                self.pool.limit = self.pool.limit.min((self.capacity_out[ceiling as usize] - steady) / weight);
            }
        }
    }

    /// Schedules what can be foreseen for each waiting flow on its own.
    fn set_alarms(&mut self) {
        self.alarms.clear();
        for &index in &self.waiting {
            let flow = &self.flows[index as usize];
            let spec = &self.spec.flows[index as usize];
            let wire = self.spec.hubs[spec.hub as usize].wire;
            let mut push = |wait: f64, kind: AlarmKind| {
                if wait.is_finite() {
                    self.alarms.push(Alarm { at: self.now + wait, flow: index, kind });
                }
            };
            let gain = flow.inflow - flow.rate_in;
            match flow.mode {
                Mode::Stream if gain < 0.0 => push(flow.q_in / -gain, AlarmKind::BufferEmpty),
                Mode::Stream if gain > 0.0 => push(((spec.buffer - flow.q_in) / gain).max(0.0), AlarmKind::BufferFull),
                Mode::Pull if flow.q_out <= 0.0 => push(flow.dirty.time_to_empty(&*spec.law, flow.inflow, flow.rate_in), AlarmKind::DirtyEmpty),
                _ => {}
            }
            let drain = flow.rate_out - flow.rate_in * wire;
            if self.convoys.is_none() && !flow.pooled && flow.q_out > 0.0 && drain > 0.0 {
                push(flow.q_out / drain, AlarmKind::StoreEmpty);
            }
        }
    }
}
