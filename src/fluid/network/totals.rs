//! Running totals of a network, integrated exactly between events.

use crate::fluid::network::{NetworkSpec, Waits};

/// Totals of one hub.
#[derive(Clone, Debug, Default)]
pub struct HubTotals {
    /// Bytes taken in \[tracked bytes\].
    pub taken_in: f64,
    /// Most bytes in the store \[tracked bytes\].
    pub peak: f64,
    /// When \[s\].
    pub peak_at: f64,
}

/// Totals of the network.
#[derive(Clone, Debug)]
pub struct Totals {
    /// Bytes that left over the trunk \[wire bytes\].
    pub carried: f64,
    /// ∫ trunk capacity \[wire bytes\].
    pub offered: f64,
    /// Time in which the trunk, not being cut, held someone back \[s\].
    pub saturated: f64,
    /// Tracked bytes in front of stage 1, all flows.
    pub buffered: f64,
    /// Most bytes in the stores of all hubs together, whatever holds them there \[tracked bytes\].
    pub peak_stored: f64,
    /// Most bytes that the trunk held back \[tracked bytes\].
    pub peak_at_trunk: Peak,
    /// Most bytes waiting anywhere, dirty sets included \[tracked bytes\].
    pub peak_waiting: Peak,
    /// Events handled.
    pub events: u64,
    /// By hub.
    pub hubs: Vec<HubTotals>,
    steady: f64,
    buffer_rate: f64,
    waits: Vec<WaitClock>,
    ceilings_in: usize,
    ceilings_out: usize,
    hub_count: usize,
}

/// The largest value so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Peak {
    /// The value.
    pub value: f64,
    /// When it was reached \[s\].
    pub at: f64,
}

impl Peak {
    /// Takes a value into account.
    pub(super) fn note(&mut self, value: f64, at: f64) {
        if value > self.value {
            *self = Peak { value, at };
        }
    }
}

/// How long at least one flow waited for one thing.
#[derive(Clone, Copy, Debug, Default)]
struct WaitClock {
    flows: u32,
    since: f64,
    total: f64,
    first: Option<f64>,
}

impl Totals {
    pub(super) fn new(spec: &NetworkSpec) -> Self {
        let (ceilings_in, ceilings_out) = (spec.inward.len(), spec.outward.len());
        Totals {
            carried: 0.0,
            offered: 0.0,
            saturated: 0.0,
            buffered: 0.0,
            peak_stored: 0.0,
            peak_at_trunk: Peak::default(),
            peak_waiting: Peak::default(),
            events: 0,
            hubs: vec![HubTotals::default(); spec.hubs.len()],
            steady: 0.0,
            buffer_rate: 0.0,
            waits: vec![WaitClock::default(); ceilings_in + ceilings_out + spec.hubs.len() + 1 + 2 * spec.flows.len()],
            ceilings_in,
            ceilings_out,
            hub_count: spec.hubs.len(),
        }
    }

    /// Time with at least one flow waiting for this, and when first \[s\]; `flow` matters for a flow's own ceilings only.
    pub fn waited(&self, waits: Waits, flow: u32, now: f64) -> Option<(f64, f64)> {
        let clock = &self.waits[self.slot(waits, flow)?];
        let open = if clock.flows > 0 { now - clock.since } else { 0.0 };
        clock.first.map(|first| (clock.total + open, first))
    }

    /// Starts summing the rates of a new solution.
    pub(super) fn begin_rates(&mut self) {
        self.steady = 0.0;
        self.buffer_rate = 0.0;
    }

    /// Adds a flow outside the pool to what the trunk carries \[wire bytes/s\].
    pub(super) fn add_steady(&mut self, rate: f64) {
        self.steady += rate;
    }

    /// What the trunk carries outside the pool \[wire bytes/s\].
    pub(super) fn steady(&self) -> f64 {
        self.steady
    }

    /// Adds to the rate at which the buffers in front of stage 1 grow \[tracked bytes/s\].
    pub(super) fn add_buffer_rate(&mut self, rate: f64) {
        self.buffer_rate += rate;
    }

    /// Lets `dt` seconds pass.
    pub(super) fn pass(&mut self, dt: f64, stored: f64, pooled: f64, trunk: f64, saturated: bool) {
        self.carried += (self.steady + pooled) * dt;
        self.offered += trunk * dt;
        self.buffered = (self.buffered + self.buffer_rate * dt).max(0.0);
        // Without any capacity it is cut, not full.
        if saturated && trunk > 0.0 {
            self.saturated += dt;
        }
        self.peak_stored = self.peak_stored.max(stored);
    }

    pub(super) fn change(&mut self, flow: u32, from: Waits, to: Waits, now: f64) {
        if from == to {
            return;
        }
        if let Some(slot) = self.slot(from, flow) {
            let clock = &mut self.waits[slot];
            clock.flows -= 1;
            if clock.flows == 0 {
                clock.total += now - clock.since;
            }
        }
        if let Some(slot) = self.slot(to, flow) {
            let clock = &mut self.waits[slot];
            if clock.flows == 0 {
                clock.since = now;
            }
            clock.flows += 1;
            clock.first.get_or_insert(now);
        }
    }

    fn slot(&self, waits: Waits, flow: u32) -> Option<usize> {
        let hubs = self.ceilings_in + self.ceilings_out;
        let held = hubs + self.hub_count;
        let own = held + 1 + 2 * flow as usize;
        match waits {
            Waits::Nothing => None,
            Waits::In(ceiling) => Some(ceiling as usize),
            Waits::Out(ceiling) => Some(self.ceilings_in + ceiling as usize),
            Waits::Shut(hub) => Some(hubs + hub as usize),
            Waits::Held => Some(held),
            Waits::OwnIn => Some(own),
            Waits::OwnOut => Some(own + 1),
        }
    }
}
