//! A two-stage fluid network: flows enter hubs (stage 1), wait there, and leave over one shared trunk (stage 2).
//!
//! ```text
//! flow i: inflow a_i -> [buffer q_in] -> stage 1 ceilings -> [store of its hub, q_out] -> stage 2 ceilings, trunk last -> gone
//! ```
//!
//! All rates are constant between events, so queues, stores and totals are linear there and every event time is a closed form. Within a stage the flows
//! share max-min ([`Filler`]); flows stopped by the trunk form a *pool*: they all leave at one level λ(t), so their queues are q_i(t) = k_i + a_i t - V(t)
//! with V = ∫ λ, and the next one to empty is where V meets the lower envelope of lines. A full solution is needed only when inputs or the shape of the
//! solution change; a flow that empties just raises λ. Where stage 2 serves in order of arrival instead, its flows travel in *convoys*. Nothing here knows
//! what a flow carries.
//!
//! Units: stage 1 and stores count *tracked* bytes, stage 2 counts *wire* bytes = tracked x the hub's `wire`. Times are seconds since the run's start.

mod advance;
mod convoys;
mod pool;
mod resolve;
mod spec;
mod state;
#[cfg(test)]
mod tests;
mod totals;

pub use spec::{FlowSpec, HubSpec, NetworkSpec};
pub use state::{Flow, Mode, Piece, Stop, Waits};
pub use totals::{HubTotals, Peak, Totals};

use crate::fluid::fill::{Filler, Stopped};
use advance::Alarm;
use convoys::Convoys;
use pool::Pool;
use state::Hub;
use std::collections::BinaryHeap;

/// The network and its state at one instant.
pub struct Network {
    spec: NetworkSpec,
    flows: Vec<Flow>,
    hubs: Vec<Hub>,
    /// Stage 1 capacities [by ceiling of `spec.inward`].
    capacity_in: Vec<f64>,
    /// Stage 2 capacities [by ceiling of `spec.outward`]; the trunk is the last.
    capacity_out: Vec<f64>,
    now: f64,
    stale: bool,
    /// A flow that empties changes more than the pool's level (a pulled flow or a full store is about): solve again then.
    delicate: bool,
    pool: Pool,
    /// The queue in front of stage 2, where it serves in order of arrival.
    convoys: Option<Convoys>,
    alarms: BinaryHeap<Alarm>,
    waiting: Vec<u32>,
    /// Flows in `waiting` that still wait; the others are dropped at the next solution.
    waiting_count: usize,
    /// The trunk holds back flows that are not in the pool.
    trunk_holds_others: bool,
    totals: Totals,
    pieces: Vec<Piece>,
    /// Whether the pieces of flows out of order are wanted too.
    tells_aside: bool,
    filler: Filler,
    bounds: Vec<f64>,
    rates_in: Vec<f64>,
    /// Rates at which flows enter stage 2, as last asked \[wire bytes/s\].
    entering: Vec<f64>,
    stopped_in: Vec<Stopped>,
    rates_out: Vec<f64>,
    stopped_out: Vec<Stopped>,
    /// What of stage 2 held a pulled flow back, by flow.
    pulled_by: Vec<Option<Stopped>>,
}

impl Network {
    /// An empty network at time 0, with nothing flowing.
    pub fn new(spec: NetworkSpec) -> Self {
        let flows = spec.flows.len();
        Network {
            flows: vec![Flow::default(); flows],
            hubs: vec![Hub::default(); spec.hubs.len()],
            capacity_in: vec![f64::INFINITY; spec.inward.len()],
            capacity_out: vec![f64::INFINITY; spec.outward.len()],
            now: 0.0,
            stale: true,
            delicate: false,
            pool: Pool::default(),
            convoys: spec.first_in_first_out.then(|| Convoys::new(&spec)),
            alarms: BinaryHeap::new(),
            waiting: Vec::new(),
            waiting_count: 0,
            trunk_holds_others: false,
            totals: Totals::new(&spec),
            pieces: Vec::new(),
            tells_aside: false,
            filler: Filler::default(),
            bounds: vec![0.0; flows],
            rates_in: vec![0.0; flows],
            entering: vec![0.0; flows],
            stopped_in: vec![Stopped::Bound; flows],
            rates_out: vec![0.0; flows],
            stopped_out: vec![Stopped::Bound; flows],
            pulled_by: vec![None; flows],
            spec,
        }
    }

    /// Current time \[s\].
    pub fn now(&self) -> f64 {
        self.now
    }

    /// State of a flow as of its last change; use after [`settle`](Self::settle) for the present.
    pub fn flow(&self, flow: u32) -> &Flow {
        &self.flows[flow as usize]
    }

    /// Bytes of a flow that have entered in order up to now \[tracked bytes\].
    pub fn entered(&self, flow: u32) -> f64 {
        let state = &self.flows[flow as usize];
        state.entered + if state.waiting { 0.0 } else { state.inflow * (self.now - state.anchor) }
    }

    /// Running totals.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Takes the pieces of the served curves that have become known since the last call; the emptied vector given is reused.
    pub fn take_pieces(&mut self, into: &mut Vec<Piece>) {
        into.clear();
        std::mem::swap(&mut self.pieces, into);
    }

    /// From now on what flows out of order send is told in pieces too.
    pub fn tell_aside(&mut self) {
        self.tells_aside = true;
    }

    /// Tracked bytes of a flow that have left so far, in order or not, as of its last change if it waits.
    pub fn left(&self, flow: u32) -> f64 {
        self.served(flow) + self.flows[flow as usize].pulled
    }

    /// Bytes of a flow that have left in order by now \[tracked bytes\].
    pub fn served(&self, flow: u32) -> f64 {
        let state = &self.flows[flow as usize];
        self.entered(flow) - state.q_in - self.stored(flow)
    }

    /// Bytes of a flow in its hub's store \[tracked bytes\].
    pub fn stored(&self, flow: u32) -> f64 {
        let hub = self.spec.flows[flow as usize].hub;
        self.flows[flow as usize].q_out / self.spec.hubs[hub as usize].wire
    }

    /// Whether nothing waits anywhere.
    pub fn is_clear(&self) -> bool {
        self.waiting_count == 0
    }

    /// Tracked bytes waiting in front of stage 1, all flows.
    pub fn bytes_in_buffers(&self) -> f64 {
        self.totals.buffered
    }

    /// Tracked bytes in the dirty sets of all flows, as of their last change; use after [`settle`](Self::settle) for the present.
    pub fn bytes_out_of_order(&self) -> f64 {
        let flows = self.flows.iter().zip(&self.spec.flows).filter(|(flow, _)| flow.mode != Mode::Stream);
        flows.map(|(flow, spec)| flow.dirty.size(&*spec.law)).fold(0.0, |sum, bytes| sum + bytes)
    }

    /// Tracked bytes in the store of a hub.
    pub fn bytes_in_hub(&self, hub: u32) -> f64 {
        self.hubs[hub as usize].content
    }

    /// Current rate of tracked bytes entering a hub \[bytes/s\].
    pub fn hub_inflow(&self, hub: u32) -> f64 {
        self.hubs[hub as usize].inflow
    }

    /// Current rate of tracked bytes leaving a hub \[bytes/s\].
    pub fn hub_outflow(&self, hub: u32) -> f64 {
        self.hub_out(hub as usize)
    }

    /// Sets the inflow of a flow from now on \[tracked bytes/s\].
    pub fn set_inflow(&mut self, flow: u32, rate: f64) {
        let state = &mut self.flows[flow as usize];
        if state.inflow != rate {
            // A waiting flow's past must be told at the old rate; `resolve` would be too late.
            if state.waiting {
                self.settle_flow(flow as usize, self.now);
            } else {
                state.entered += state.inflow * (self.now - state.anchor);
                state.anchor = self.now;
            }
            self.flows[flow as usize].inflow = rate;
            self.stale = true;
        }
    }

    /// Sets the capacity of a stage 1 ceiling from now on \[its unit\].
    pub fn set_capacity_in(&mut self, ceiling: u32, capacity: f64) {
        self.stale |= self.capacity_in[ceiling as usize] != capacity;
        self.capacity_in[ceiling as usize] = capacity;
    }

    /// Sets the capacity of a stage 2 ceiling from now on \[its unit\].
    pub fn set_capacity_out(&mut self, ceiling: u32, capacity: f64) {
        self.stale |= self.capacity_out[ceiling as usize] != capacity;
        self.capacity_out[ceiling as usize] = capacity;
    }

    /// Opens or shuts a hub: a shut hub takes nothing in and lets nothing out, and keeps its store.
    pub fn set_hub_open(&mut self, hub: u32, open: bool) {
        self.stale |= self.hubs[hub as usize].shut == open;
        self.hubs[hub as usize].shut = !open;
    }

    /// Stops a flow from sending and turns what waits in its buffer into a dirty set, together with `base` bytes that must go in any case and `extra`
    /// written bytes whose order was lost elsewhere.
    pub fn hold(&mut self, flow: u32, base: f64, extra: f64) {
        self.settle();
        let index = flow as usize;
        let law = &*self.spec.flows[index].law;
        let state = &mut self.flows[index];
        let folded = if state.mode == Mode::Stream { state.q_in } else { 0.0 };
        let before = state.dirty.size(law);
        state.entered -= folded;
        state.dirty.written += folded + extra;
        state.dirty.base += base;
        state.base_total += base;
        state.superseded += before + folded + extra + base - state.dirty.size(law);
        state.q_in -= folded;
        state.mode = Mode::Held;
        self.totals.buffered -= folded;
        self.stale = true;
    }

    /// Lets a held flow send its dirty set.
    pub fn pull(&mut self, flow: u32) {
        self.settle();
        self.flows[flow as usize].mode = Mode::Pull;
        self.stale = true;
    }

    /// Returns a flow whose dirty set is empty to first-in first-out order.
    pub fn stream(&mut self, flow: u32) {
        self.settle();
        let law = &*self.spec.flows[flow as usize].law;
        let state = &mut self.flows[flow as usize];
        state.mode = Mode::Stream;
        // The set was said to be empty now; what the integration left of it has been sent.
        state.pulled += state.dirty.size(law);
        state.dirty = Default::default();
        self.stale = true;
    }

    /// Takes everything of a flow out, its dirty set and what its hub stores, and lets it stream from nothing; returns the tracked bytes taken (without those that
    /// had to go in any case) and the levels that its hub's store fell below.
    pub fn discard(&mut self, flow: u32) -> (f64, Vec<Stop>) {
        self.settle();
        let hub = self.spec.flows[flow as usize].hub;
        let stored = self.stored(flow);
        // What a flow that does not wait has passed on so far is told with its inflow, which ends here.
        let entered = self.entered(flow);
        let law = &*self.spec.flows[flow as usize].law;
        let state = &mut self.flows[flow as usize];
        (state.entered, state.anchor) = (entered, self.now);
        let folded = if state.mode == Mode::Stream { state.q_in } else { 0.0 };
        let bytes = folded + stored + law.distinct(state.dirty.written);
        state.base_total -= state.dirty.base;
        state.entered -= folded + stored;
        (state.q_in, state.q_out, state.dirty, state.mode, state.inflow) = (0.0, 0.0, Default::default(), Mode::Stream, 0.0);
        self.totals.buffered -= folded;
        if let Some(convoys) = &mut self.convoys {
            convoys.forget(flow);
        }
        let levels = &self.spec.hubs[hub as usize].levels;
        let state = &mut self.hubs[hub as usize];
        let before = state.zone;
        state.content = (state.content - stored).max(0.0);
        state.zone = before.min(levels.partition_point(|level| *level <= state.content));
        let fallen = (state.zone..before).rev().map(|level| Stop::Fell(hub, level as u32)).collect();
        self.stale = true;
        (bytes, fallen)
    }

    /// Sets a flow's own ceiling at stage 2 from now on \[wire bytes/s\].
    pub fn set_own_out(&mut self, flow: u32, ceiling: f64) {
        self.stale |= self.spec.flows[flow as usize].own_out != ceiling;
        self.spec.flows[flow as usize].own_out = ceiling;
    }

    /// The flow's own ceiling at stage 2 \[wire bytes/s\].
    pub fn own_out(&self, flow: u32) -> f64 {
        self.spec.flows[flow as usize].own_out
    }

    /// Rate at which a flow leaves, as last solved \[tracked bytes/s\].
    pub fn leaving(&self, flow: u32) -> f64 {
        let state = &self.flows[flow as usize];
        let hub = self.spec.flows[flow as usize].hub;
        if state.waiting { state.rate_out / self.spec.hubs[hub as usize].wire } else { state.inflow }
    }

    /// Whether something of a flow waits, in order or not.
    pub fn is_waiting(&self, flow: u32) -> bool {
        self.flows[flow as usize].waiting
    }

    /// Destroys what is stored in a hub; returns the flows that had bytes there with the tracked bytes lost.
    pub fn lose_store(&mut self, hub: u32) -> Vec<(u32, f64)> {
        self.settle();
        let wire = self.spec.hubs[hub as usize].wire;
        let mut lost = Vec::new();
        for (index, state) in self.flows.iter_mut().enumerate() {
            if self.spec.flows[index].hub == hub && state.q_out > 0.0 {
                let bytes = state.q_out / wire;
                state.q_out = 0.0;
                state.entered -= bytes;
                if let Some(convoys) = &mut self.convoys {
                    convoys.forget(index as u32);
                }
                lost.push((index as u32, bytes));
            }
        }
        let state = &mut self.hubs[hub as usize];
        state.content = 0.0;
        state.zone = 0;
        self.stale = true;
        lost
    }

    /// Brings every flow's state up to the present.
    pub fn settle(&mut self) {
        for position in 0..self.waiting.len() {
            let flow = self.waiting[position] as usize;
            if self.flows[flow].waiting {
                self.settle_flow(flow, self.now);
            }
        }
        self.note_backlogs();
    }

    /// What waits changes linearly between two solutions, so its peaks lie at them.
    fn note_backlogs(&mut self) {
        let trunk = Waits::Out(self.trunk() as u32);
        let (mut at_trunk, mut everywhere) = (0.0, 0.0);
        for &index in &self.waiting {
            let flow = &self.flows[index as usize];
            if !flow.waiting {
                continue;
            }
            let spec = &self.spec.flows[index as usize];
            let stored = flow.q_out / self.spec.hubs[spec.hub as usize].wire;
            let dirty = if flow.mode == Mode::Stream { flow.q_in } else { flow.dirty.size(&*spec.law) };
            everywhere += stored + dirty;
            if flow.waits == trunk {
                at_trunk += stored;
            }
        }
        self.totals.peak_at_trunk.note(at_trunk, self.now);
        self.totals.peak_waiting.note(everywhere, self.now);
    }

    fn trunk(&self) -> usize {
        self.capacity_out.len() - 1
    }
}
