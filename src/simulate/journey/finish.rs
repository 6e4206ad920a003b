//! The record of a round trip at the end of the run.

use crate::results::{FailoverSummary, JourneyResult, MachineJourney, RunOutput, Trip};
use crate::simulate::journey::Journey;

impl Journey<'_> {
    /// Everything that was found.
    pub(super) fn finish(mut self, replication: u64) -> RunOutput {
        let end = self.end.as_secs_f64();
        for vm in 0..self.items.len() as u32 {
            // Windows that are still open are told as far as they have gone.
            let away = !matches!(self.items[vm as usize].state.runs_at(), crate::life::Place::Home);
            let exposed = self.items[vm as usize].exposed;
            let written = if away { self.written_there(vm) } else { self.written_at_home(vm).iter().sum() };
            if let (Some((since, then)), Some(trip)) = (exposed, self.items[vm as usize].trip()) {
                let so_far = (end - since, (written - then).max(0.0));
                if away {
                    (trip.exposed_away_s, trip.exposed_away_bytes) = so_far;
                } else {
                    (trip.exposed_home_s, trip.exposed_home_bytes) = so_far;
                }
            }
        }
        let machines: Vec<MachineJourney> = std::mem::take(&mut self.items).into_iter().map(|item| item.finish(end)).collect();
        for summary in &mut self.summaries {
            // A cause may strike again: a trip belongs to the failover of its own instant.
            let trips = machines.iter().flat_map(|machine| &machine.trips);
            let own: Vec<&Trip> = trips.filter(|trip| trip.cause == summary.cause && trip.at_s == summary.at_s).collect();
            own.into_iter().for_each(|trip| add(summary, trip));
        }
        let anybody = self.back.as_ref().is_some_and(|leg| leg.ever_replicated);
        let mut output = self.out.finish(replication);
        let mut back = self.back.filter(|_| anybody).map(|leg| leg.finish(replication));
        if let Some(back) = &mut back {
            output.events.append(&mut back.events);
            output.events.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        }
        output.results.journey = Some(JourneyResult {
            disasters: self.disasters,
            failovers: self.summaries,
            drills: self.drills,
            machines,
            retention_drives: self.drives.finish(end),
            back: back.map(|back| Box::new(back.results)),
        });
        output
    }
}

/// Adds what one machine's trip came to.
fn add(summary: &mut FailoverSummary, trip: &Trip) {
    let longer = |so_far: Option<f64>, other: f64| Some(so_far.map_or(other, |so_far| so_far.max(other)));
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
