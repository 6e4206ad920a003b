//! How far a run may let time pass at once. Mostly to the next happening of the calendar; but while the journey waits for something that comes about
//! between two of them (nothing of a machine waits any more; its first point lands), only to where that may be.

use crate::simulate::run::Run;
use crate::units::{Instant, Span};

/// What is foreseen is looked at this much later, so that rounding cannot put it after the look.
const AFTERWARDS: Span = Span::from_nanos(1000);

impl Run<'_> {
    /// When something is due or may come about next, or the run ends.
    pub fn next_instant(&mut self) -> Instant {
        let due = self.calendar.peek_time().unwrap_or(self.end).min(self.end);
        if self.draining.is_empty() && !self.awaited.iter().any(|vm| self.points.awaits(*vm)) {
            return due;
        }
        // Rates are constant until the network's next change, so a marker lands where the served curve reaches it.
        self.network.settle();
        let change = self.network.next_change(due.as_secs_f64());
        let now = self.now.as_secs_f64();
        let landing = |disk: u32| {
            let marker = self.lags.tapes[disk as usize].next_marker()?;
            let at = now + (marker - self.network.served(disk)) / self.network.leaving(disk);
            (at > now).then_some(at)
        };
        let landings = self.awaited.iter().flat_map(|vm| self.disks_of(*vm)).filter_map(landing);
        let first = landings.fold(change, f64::min);
        if first < due.as_secs_f64() { due.min(Instant::START + Span::from_secs_f64(first) + AFTERWARDS) } else { due }
    }
}
