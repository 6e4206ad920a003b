//! What a machine could be recovered to at one instant, for each choice of recovery point (model section 5).

use crate::observe::{Ledger, Point};
use crate::simulate::run::Run;

/// What may be recovered to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Until {
    /// Nothing that landed after this instant is there \[s\].
    pub landed: f64,
    /// Points that are available by this instant count \[s\].
    pub available: f64,
    /// No point of after this source time is any good: what came then is corrupt \[s\].
    pub clean: f64,
}

impl Run<'_> {
    /// Points of before this source time cannot be used now: the tier of the replica disks was changed since \[s\].
    pub fn usable_since(&self, vm: u32) -> f64 {
        let changed = self.world.target.machine(vm as usize).tier_changed;
        changed.filter(|at| *at <= self.now).map_or(f64::NEG_INFINITY, |at| at.as_secs_f64())
    }

    /// Source time to which the newest bytes that have landed reach on all disks of a machine \[s\]; `None` before its first point.
    pub fn newest_byte(&self, vm: u32) -> Option<f64> {
        if self.lags.vms[vm as usize].window.from.is_infinite() {
            return None;
        }
        let now = self.now.as_secs_f64();
        let delay = self.world.link.rtt.as_secs_f64() / 2.0;
        let horizon = |disk: u32| {
            let tape = &self.lags.tapes[disk as usize];
            let waits = tape.frozen_at().or_else(|| tape.source_time(self.network.served(disk)));
            // What left within the delay has not landed.
            let idle = self.feed.rate[disk as usize] <= 0.0;
            waits.map(|at| at - delay).unwrap_or(if idle { now } else { now - delay })
        };
        Some(self.disks_of(vm).map(horizon).fold(now, f64::min).max(0.0))
    }

    /// Source time of the newest marker of a machine that has landed, and when it is available \[s\].
    pub fn newest_landed(&mut self, vm: u32, until: Until) -> Option<(f64, f64)> {
        self.points.follow_vm(vm);
        let unit = &self.points.vms[vm as usize];
        match unit.reported.newest_by(until.landed, until.clean) {
            Some(marker) => Some((marker, unit.any.arrival_of(marker).unwrap_or(until.landed).max(until.landed))),
            // The clock knows the newest only; older ones are in the ledger.
            None => self.held(vm, until, false).map(|marker| (marker, until.available)),
        }
    }

    /// The same for the common marker of a machine's group.
    pub fn newest_common(&mut self, group: usize, until: Until, app: bool) -> Option<f64> {
        self.points.follow_group(group);
        let unit = &self.points.groups[group];
        let clock = if app { unit.app.as_ref()? } else { &unit.any };
        let landed = unit.reported.newest_by(until.landed, until.clean);
        // The clocks know the newest only; older ones are in the ledger.
        landed.and_then(|landed| clock.newest_by(until.available, landed)).or_else(|| newest_held(unit.ledger.as_ref()?, until, app))
    }

    /// Source time of the newest available point of a machine \[s\].
    pub fn newest_available(&mut self, vm: u32, until: Until, app: bool) -> Option<f64> {
        let (landed, _) = self.newest_landed(vm, until)?;
        let unit = &self.points.vms[vm as usize];
        let clock = if app { unit.app.as_ref()? } else { &unit.any };
        match clock.newest_by(until.available, landed) {
            Some(newest) => Some(newest),
            None => self.held(vm, until, app),
        }
    }

    /// Source time of the newest point held that is clean and available \[s\].
    pub fn held(&mut self, vm: u32, until: Until, app: bool) -> Option<f64> {
        self.points.follow_vm(vm);
        newest_held(self.points.vms[vm as usize].ledger.as_ref()?, until, app)
    }

    /// The other points of a machine are deleted: the failover was committed.
    pub fn forget_points(&mut self, vm: u32) {
        let group = self.world.vms[vm as usize].group.map(|group| group.0 as usize);
        if let Some(group) = group {
            self.points.follow_group(group);
        }
        self.points.forget(vm, group, self.now.as_secs_f64());
    }
}

/// Source time of the newest point of a ledger that is clean and available \[s\].
fn newest_held(ledger: &Ledger, until: Until, app: bool) -> Option<f64> {
    let good = |point: &&Point| point.available <= until.available && point.marker <= until.clean.min(until.landed) && (point.app || !app);
    ledger.points().filter(good).map(|point| point.marker).reduce(f64::max)
}
