//! Watches process servers: throttle, alerts, downtime, daily churn.

use crate::fluid::network::Network;
use crate::model::{Hub, World};
use crate::results::AlertCount;
use crate::simulate::log::Log;
use crate::simulate::wiring::{Wiring, intake_bytes, levels};

/// An alert that is up or not.
#[derive(Clone, Copy, Debug, Default)]
struct Alert {
    since: Option<f64>,
    count: u64,
    total: f64,
}

impl Alert {
    fn set(&mut self, up: bool, now: f64) -> bool {
        match (self.since, up) {
            (None, true) => {
                self.since = Some(now);
                self.count += 1;
                true
            }
            (Some(since), false) => {
                self.total += now - since;
                self.since = None;
                true
            }
            _ => false,
        }
    }

    fn result(&self, end: f64) -> AlertCount {
        AlertCount { raised: self.count, total_s: self.total(end) }
    }

    fn total(&self, end: f64) -> f64 {
        self.total + self.since.map_or(0.0, |since| end - since)
    }
}

/// One process server.
#[derive(Clone, Debug, Default)]
pub(super) struct HubState {
    levels: Vec<f64>,
    /// Overlapping downtimes.
    shut: u32,
    throttled: Alert,
    full: Alert,
    down: Alert,
    space: [Alert; 2],
    drain: [Alert; 2],
    /// Tracked rate asked of it now \[bytes/s\].
    pub offered: f64,
    pub peak_offered: f64,
    pub peak_operations: f64,
    day_bytes: f64,
    pub largest_day: f64,
    pub days_over: u64,
    pub days: u64,
}

/// A cache passed one of its levels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crossing {
    pub hub: u32,
    /// Number of the level, from the emptiest.
    pub level: u32,
    pub up: bool,
}

/// All process servers.
pub(super) struct Hubs {
    pub hubs: Vec<HubState>,
    /// Largest sum over process servers of one day's churn as a share of the daily planning limit.
    pub fullest_day: f64,
}

impl Hubs {
    pub fn new(world: &World) -> Self {
        Hubs { hubs: world.hubs.iter().map(|hub| HubState { levels: levels(hub), ..HubState::default() }).collect(), fullest_day: 0.0 }
    }

    /// The cache crossed level number `level` upwards or downwards.
    pub fn crossed(&mut self, world: &World, wiring: &Wiring, network: &mut Network, crossing: Crossing, log: &mut Log) {
        let Crossing { hub, level, up } = crossing;
        let (now, spec, state) = (network.now(), &world.hubs[hub as usize], &mut self.hubs[hub as usize]);
        let Some(cache) = spec.cache else { return };
        let at = state.levels[level as usize];
        let is = |free: f64| at == cache.as_f64() * (1.0 - free);
        for (rank, kind) in ["warning", "critical"].into_iter().enumerate() {
            if is(spec.alert_free[rank].get()) && state.space[rank].set(up, now) {
                let percent = spec.alert_free[rank].get() * 100.0;
                let side = if up { "less" } else { "more" };
                let text = format!("{}: {side} than {percent:.0} % of the cache is free ({kind}).", spec.name);
                log.push(now, if up { "alert" } else { "alert_over" }, &spec.name, text);
            }
        }
        if up && is(spec.throttle_free.get()) && state.throttled.set(true, now) {
            log.push(now, "throttle_on", &spec.name, format!("{} throttles its intake: the cache is filling up.", spec.name));
            set_intake(wiring, network, hub, spec, state);
        }
        if !up && is(spec.resume_free.get()) && state.throttled.set(false, now) {
            log.push(now, "throttle_off", &spec.name, format!("{} takes in at full rate again.", spec.name));
            set_intake(wiring, network, hub, spec, state);
        }
        if at == cache.as_f64() && state.full.set(up, now) {
            let text = if up { "The cache is full: what cannot go in waits in the agents." } else { "The cache is no longer full." };
            log.push(now, if up { "cache_full" } else { "cache_not_full" }, &spec.name, text.to_owned());
        }
    }

    /// What is asked of the process servers has changed: where no intake is stated, that is what is throttled.
    pub fn reoffer(&self, world: &World, wiring: &Wiring, network: &mut Network) {
        for (index, (spec, state)) in world.hubs.iter().zip(&self.hubs).enumerate() {
            if state.throttled.since.is_some() && intake_bytes(spec).is_infinite() {
                set_intake(wiring, network, index as u32, spec, state);
            }
        }
    }

    /// The process server stops or comes back.
    pub fn shut(&mut self, world: &World, network: &mut Network, hub: u32, shut: bool) {
        let state = &mut self.hubs[hub as usize];
        state.shut = if shut { state.shut + 1 } else { state.shut.saturating_sub(1) };
        state.down.set(state.shut > 0, network.now());
        network.set_hub_open(hub, state.shut == 0);
        debug_assert!(world.hubs.len() == self.hubs.len());
    }

    /// Whether it is down.
    pub fn is_shut(&self, hub: u32) -> bool {
        self.hubs[hub as usize].shut > 0
    }

    /// The cache has been lost: whatever it raised is over.
    pub fn lost_cache(&mut self, world: &World, wiring: &Wiring, network: &mut Network, hub: u32) {
        let (now, state) = (network.now(), &mut self.hubs[hub as usize]);
        state.throttled.set(false, now);
        state.full.set(false, now);
        for alert in &mut state.space {
            alert.set(false, now);
        }
        set_intake(wiring, network, hub, &world.hubs[hub as usize], state);
    }

    /// Every 5 minutes: how long would it take to drain the cache?
    pub fn check_drain(&mut self, world: &World, network: &Network, log: &mut Log) {
        let now = network.now();
        for (index, (spec, state)) in world.hubs.iter().zip(&mut self.hubs).enumerate() {
            let content = network.bytes_in_hub(index as u32);
            let outflow = network.hub_outflow(index as u32);
            // Less than a byte is what rounding left.
            let time = if content < 1.0 { 0.0 } else { content / outflow };
            for (rank, kind) in ["warning", "critical"].into_iter().enumerate() {
                let up = time > spec.alert_drain[rank].as_secs_f64();
                if state.drain[rank].set(up, now) {
                    let verb = if up { "needs more" } else { "no longer needs more" };
                    let text = format!("{} {verb} than {} to drain its cache ({kind}).", spec.name, spec.alert_drain[rank]);
                    log.push(now, if up { "alert" } else { "alert_over" }, &spec.name, text);
                }
            }
        }
    }

    /// Lets time pass.
    pub fn pass(&mut self, dt: f64) {
        for state in &mut self.hubs {
            state.day_bytes += state.offered * dt;
        }
    }

    /// A calendar day is over, or the run.
    pub fn end_day(&mut self, world: &World) {
        let used = |(spec, state): (&Hub, &HubState)| state.day_bytes / spec.daily_limit.as_f64().max(1.0);
        self.fullest_day = self.fullest_day.max(world.hubs.iter().zip(&self.hubs).map(used).fold(0.0, |sum, share| sum + share));
        for (spec, state) in world.hubs.iter().zip(&mut self.hubs) {
            state.days += 1;
            state.days_over += u64::from(state.day_bytes > spec.daily_limit.as_f64());
            state.largest_day = state.largest_day.max(state.day_bytes);
            state.day_bytes = 0.0;
        }
    }
}

impl HubState {
    pub fn throttled_s(&self, end: f64) -> f64 {
        self.throttled.total(end)
    }

    pub fn full_s(&self, end: f64) -> f64 {
        self.full.total(end)
    }

    pub fn down_s(&self, end: f64) -> f64 {
        self.down.total(end)
    }

    pub fn space(&self, rank: usize, end: f64) -> AlertCount {
        self.space[rank].result(end)
    }

    pub fn drain(&self, rank: usize, end: f64) -> AlertCount {
        self.drain[rank].result(end)
    }
}

/// Sets the intake ceilings, throttled or not.
fn set_intake(wiring: &Wiring, network: &mut Network, hub: u32, spec: &Hub, state: &HubState) {
    let throttled = state.throttled.since.is_some();
    let factor = if throttled { spec.throttle_factor.get() } else { 1.0 };
    let intake = intake_bytes(spec);
    // Where no intake is stated, what is asked of it is throttled, as it is at the time: agents that catch up would send without bound.
    let whole = if throttled && intake.is_infinite() { state.offered } else { intake };
    network.set_capacity_in(wiring.intake[hub as usize], whole * factor);
    if let (Some(ceiling), Some(operations)) = (wiring.operations[hub as usize], spec.intake_ops) {
        network.set_capacity_in(ceiling, operations * factor);
    }
}
