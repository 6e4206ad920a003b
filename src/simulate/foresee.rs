//! How far a run may let time pass at once. Mostly to the next happening of the calendar; but while the journey waits for something that comes about
//! between two of them (nothing of a machine waits any more; its first point lands), only to where that may be.

use crate::simulate::run::Run;
use crate::units::{Instant, Span};

/// What is foreseen is looked at this much later, so that rounding cannot put it after the look.
const AFTERWARDS: Span = Span::from_nanos(1000);

/// Share of the way that is gone at once towards something foreseen beyond the network's next change, which may bring it nearer. Stopping at every change would
/// be exact as well, and in a fleet that comes home all at once twice as slow; so it is a little late only where a rate rises by a third within one such step.
const SHARE_OF_THE_WAY: f64 = 0.75;

/// Nearer than this, it is gone to directly \[s\].
const NEAR: f64 = 0.01;

impl Run<'_> {
    /// When something is due or may come about next, or the run ends.
    pub fn next_instant(&mut self) -> Instant {
        let due = self.calendar.peek_time().unwrap_or(self.end).min(self.end);
        if self.draining.is_empty() && !self.awaited.iter().any(|vm| self.points.awaits(*vm)) {
            return due;
        }
        self.network.settle();
        // Solves the network if need be: rates hold until then.
        let change = self.network.next_change(due.as_secs_f64());
        let (now, foreseen) = (self.now.as_secs_f64(), self.foreseen());
        if foreseen >= due.as_secs_f64() && change >= due.as_secs_f64() {
            return due;
        }
        let near = foreseen <= change || foreseen - now <= NEAR;
        let to = match foreseen {
            // What is held up now may go on from the next change.
            f64::INFINITY => change,
            foreseen if near => foreseen,
            foreseen => change.max(now + SHARE_OF_THE_WAY * (foreseen - now)),
        };
        if to < due.as_secs_f64() { due.min(Instant::START + Span::from_secs_f64(to) + AFTERWARDS) } else { due }
    }

    /// When, at the present rates, the first of the awaited comes about \[s\]; infinite if nothing does.
    fn foreseen(&self) -> f64 {
        let now = self.now.as_secs_f64();
        let takes = |bytes: f64, disk: u32| Some(now + bytes / self.network.leaving(disk)).filter(|at| *at > now);
        // A marker lands where the served curve reaches it.
        let landing = |disk: u32| takes(self.lags.tapes[disk as usize].next_marker()? - self.network.served(disk), disk);
        let landings = self.awaited.iter().flat_map(|vm| self.disks_of(*vm)).filter_map(landing);
        // A machine that was shut down writes no more.
        let waits = |disk: &u32| self.network.is_waiting(*disk);
        let drained = self.draining.iter().flat_map(|(vm, _)| self.disks_of(*vm)).filter(waits).filter_map(|disk| takes(self.pending_of(disk), disk));
        landings.chain(drained).fold(f64::INFINITY, f64::min)
    }
}
