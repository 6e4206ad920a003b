//! A hub of the twin: throttle with hysteresis, down and lost times, and what was seen of its cache.

use failback::model::{Hub, HubKind};

/// A process server, appliance or source cache account.
pub struct HubState {
    /// Out of service until [s].
    pub down_until: f64,
    /// Whether intake is throttled.
    pub throttled: bool,
    /// Rate at which its disks write now [tracked bytes/s]: what is throttled where no intake is stated.
    pub asked: f64,
    /// Whether the cache is full.
    pub full: bool,
    /// Bytes in the cache at each step's end.
    pub cache: Vec<f64>,
    /// Bytes taken in.
    pub taken: f64,
    /// Steps throttled.
    pub throttled_steps: usize,
    /// Times that the throttle set in or let go.
    pub switches: usize,
    /// Steps full.
    pub full_steps: usize,
    /// Steps out of service.
    pub down_steps: usize,
}

impl HubState {
    /// Empty and up.
    pub fn new() -> Self {
        HubState {
            down_until: 0.0,
            throttled: false,
            asked: 0.0,
            full: false,
            cache: vec![0.0],
            taken: 0.0,
            throttled_steps: 0,
            switches: 0,
            full_steps: 0,
            down_steps: 0,
        }
    }

    /// Intake ceilings now: [tracked bytes/s] and [operations/s].
    pub fn ceilings(&self, hub: &Hub) -> (f64, f64) {
        let factor = if self.throttled { hub.throttle_factor.get() } else { 1.0 };
        let mut bytes = hub.intake.map_or(f64::INFINITY, |rate| rate.as_bytes_per_s());
        if self.throttled && hub.intake.is_none() && !hub.enforce_daily_limit {
            bytes = self.asked;
        }
        if hub.enforce_daily_limit {
            bytes = bytes.min(hub.daily_limit.as_f64() / 86_400.0);
        }
        (bytes * factor, hub.intake_ops.unwrap_or(f64::INFINITY) * factor)
    }

    /// What may go into the cache within a step in which the link takes `leaving` [bytes]: up to the brim, or the level at which the throttle sets in within
    /// the step.
    pub fn room(&self, hub: &Hub, leaving: f64) -> f64 {
        let Some(cache) = hub.cache.map(|cache| cache.as_f64()) else { return f64::INFINITY };
        let stored = self.cache.last().unwrap_or(&0.0);
        let level = cache * (1.0 - hub.throttle_free.get());
        if self.throttled || *stored >= level { (cache - stored).max(0.0) } else { (level - stored + leaving).min(cache - stored) }
    }

    /// After a step: `stored` is what the cache holds now, `most` what it held before the link took its part; `reached`: more would have gone in than up to
    /// the level of the throttle.
    pub fn settle(&mut self, hub: &Hub, t: f64, stored: f64, most: f64, reached: bool) {
        self.throttled_steps += usize::from(self.throttled);
        self.down_steps += usize::from(t < self.down_until);
        if let Some(cache) = hub.cache {
            let before = self.throttled;
            let free = 1.0 - stored / cache.as_f64();
            if free < hub.throttle_free.get() || reached {
                self.throttled = true;
            } else if free >= hub.resume_free.get() {
                self.throttled = false;
            }
            self.switches += usize::from(self.throttled != before);
            // Nothing goes in or out of one that is out of service.
            let unmoved = t < self.down_until && self.full && stored >= *self.cache.last().unwrap_or(&0.0);
            self.full = unmoved || most >= cache.as_f64() * (1.0 - 1e-9);
            self.full_steps += usize::from(self.full);
        }
        self.cache.push(stored);
    }
}

/// Whether disk, VM and account limits act on intake (the account is the hub) rather than on the link.
pub fn limits_at_intake(hub: &Hub) -> bool {
    hub.kind == HubKind::CacheAccount
}
