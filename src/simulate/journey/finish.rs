//! The record of a round trip at the end of the run.

use crate::results::{FailoverSummary, JourneyResult, MachineJourney, RunOutput, Trip};
use crate::simulate::RunLaws;
use crate::simulate::journey::Journey;

impl Journey<'_> {
    /// Everything that was found.
    pub(super) fn finish(mut self, replication: u64) -> (RunOutput, RunLaws) {
        let end = self.end.as_secs_f64();
        // Windows that are still open are told as far as they have gone.
        (0..self.items.len() as u32).for_each(|vm| self.close_exposure(vm));
        let machines: Vec<MachineJourney> = std::mem::take(&mut self.items).into_iter().map(|item| item.finish(end)).collect();
        for trip in machines.iter().flat_map(|machine| &machine.trips) {
            if let Some(summary) = self.summaries.get_mut(trip.failover as usize) {
                add(summary, trip);
            }
        }
        let anybody = self.back.as_ref().is_some_and(|leg| leg.ever_replicated);
        let (mut output, laws) = self.out.finish(replication);
        let mut back = self.back.filter(|_| anybody).map(|leg| leg.finish(replication).0);
        if let Some(back) = &mut back {
            output.events.append(&mut back.events);
            output.events.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        }
        // Each leg has counted its own; the way back draws its churn from the same.
        let of_back = back.as_ref().map_or(0, |back| back.results.checks.random_streams);
        output.results.checks.random_streams += of_back + self.streams.opened();
        output.results.journey = Some(JourneyResult {
            disasters: self.disasters,
            failovers: self.summaries,
            drills: self.drills,
            machines,
            retention_drives: self.drives.finish(end),
            back: back.map(|back| Box::new(back.results)),
        });
        (output, laws)
    }
}

/// Adds what one machine's trip came to.
fn add(summary: &mut FailoverSummary, trip: &Trip) {
    let longer = |so_far: Option<f64>, other: f64| Some(so_far.map_or(other, |so_far| so_far.max(other)));
    summary.reprotect_bytes += trip.lost_copies.iter().map(|copy| copy.sent_bytes).sum::<f64>();
    if let Some(copy) = &trip.reprotect {
        summary.reprotect_bytes += copy.sent_bytes;
        if let Some(protected) = copy.protected_s {
            summary.reprotected += 1;
            summary.reprotect_longest_s = longer(summary.reprotect_longest_s, protected - copy.began_s);
        }
    }
    if let Some(failback) = &trip.failback {
        summary.failback_loss_bytes += failback.loss_bytes;
        if let Some(downtime) = failback.downtime_s {
            summary.home_again += 1;
            summary.failback_downtime_max_s = longer(summary.failback_downtime_max_s, downtime);
        }
    }
    summary.protected_again += u64::from(trip.protect_again.as_ref().is_some_and(|copy| copy.protected_s.is_some()));
    summary.exposed_away_max_s = summary.exposed_away_max_s.max(trip.exposed_away_s);
    summary.exposed_away_bytes += trip.exposed_away_bytes;
    summary.exposed_home_max_s = summary.exposed_home_max_s.max(trip.exposed_home_s);
    summary.exposed_home_bytes += trip.exposed_home_bytes;
}
