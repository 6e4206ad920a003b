//! The record of a round trip at the end of the run.

use crate::results::{JourneyResult, RunOutput};
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
            machines: self.items.into_iter().map(|item| item.finish(end)).collect(),
            retention_drives: self.drives.finish(end),
            back: back.map(|back| Box::new(back.results)),
        });
        output
    }
}
