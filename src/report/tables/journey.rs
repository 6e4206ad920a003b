//! The CSV files of the round trip: trips, states, steps, waits, and the retention drives over time.

use crate::report::ReportError;
use crate::report::calendar::Calendar;
use crate::report::tables::{Row, csv};
use crate::report::words::{CHOICES, choice_key};
use crate::results::{CopyResult, JourneyResult};

impl Row {
    fn yes(self, value: bool) -> Self {
        self.text(if value { "true" } else { "false" })
    }

    fn copy(self, copy: Option<&CopyResult>) -> Self {
        let Some(copy) = copy else { return self.numbers(&[f64::NAN; 2]).text("").numbers(&[f64::NAN; 7]) };
        self.numbers(&[copy.asked_s, copy.began_s])
            .text(&copy.mode)
            .numbers(&[copy.scanned_bytes, copy.other_side_bytes, copy.this_side_bytes, copy.differing_bytes, copy.sent_bytes])
            .maybe(copy.in_order_s)
            .maybe(copy.protected_s)
    }
}

fn copy_header(name: &str) -> impl Iterator<Item = String> {
    let parts = ["asked_s", "began_s", "mode", "scanned_bytes", "other_side_bytes", "this_side_bytes", "differing_bytes", "sent_bytes", "in_order_s"];
    parts.into_iter().chain(["protected_s"]).map(move |part| format!("{name}_{part}"))
}

/// `journey.csv`: one row per machine and trip.
pub fn trips(journey: &JourneyResult, calendar: &Calendar) -> Result<Vec<u8>, ReportError> {
    let mut header: Vec<String> =
        ["vm", "trip", "cause", "at_utc", "at_s", "down_from_s", "point_s", "loss_s", "loss_bytes"].map(str::to_owned).to_vec();
    for choice in CHOICES {
        header.extend(["loss_s", "loss_bytes"].map(|part| format!("{}_{part}", choice_key(choice))));
    }
    header.extend(["destroyed_bytes", "restored_s", "rto_s", "committed_s"].map(str::to_owned));
    header.extend(copy_header("reprotect"));
    header.extend(["exposed_away_s", "exposed_away_bytes", "failback_began_s", "failback_pending_bytes", "failback_restored_s"].map(str::to_owned));
    header.extend(["failback_downtime_s", "failback_loss_s", "failback_loss_bytes", "failback_committed_s"].map(str::to_owned));
    header.extend(copy_header("protect_again"));
    header.extend(["exposed_home_s", "exposed_home_bytes"].map(str::to_owned));
    let rows = journey.machines.iter().flat_map(|machine| machine.trips.iter().enumerate().map(move |(number, trip)| (machine, number, trip)));
    let rows = rows.map(|(machine, number, trip)| {
        let mut row = Row::default().text(&machine.vm).counts(&[number as u64 + 1]).text(&trip.cause).text(&calendar.iso(trip.at_s));
        row = row.numbers(&[trip.at_s, trip.down_from_s]).maybe(trip.point_s);
        // Without a point nothing was recovered, which is not a loss of 0.
        let taken = |value: f64| trip.point_s.map(|_| value);
        row = row.maybe(taken(trip.loss_s)).maybe(taken(trip.loss_bytes));
        for choice in CHOICES {
            let lost = trip.by_choice.iter().find(|lost| lost.choice == choice && lost.point_s.is_some());
            row = row.maybe(lost.map(|lost| lost.loss_s)).maybe(lost.map(|lost| lost.loss_bytes));
        }
        row = row.number(trip.destroyed_bytes).maybe(trip.restored_s).maybe(trip.restored_s.map(|at| at - trip.at_s)).maybe(trip.committed_s);
        row = row.copy(trip.reprotect.as_ref()).numbers(&[trip.exposed_away_s, trip.exposed_away_bytes]);
        let back = trip.failback.as_ref();
        row = row.maybe(back.map(|back| back.began_s)).maybe(back.map(|back| back.pending_bytes)).maybe(back.and_then(|back| back.restored_s));
        row = row.maybe(back.and_then(|back| back.downtime_s)).maybe(back.map(|back| back.loss_s)).maybe(back.map(|back| back.loss_bytes));
        row = row.maybe(back.and_then(|back| back.committed_s)).copy(trip.protect_again.as_ref());
        row.numbers(&[trip.exposed_home_s, trip.exposed_home_bytes])
    });
    csv("journey.csv", &header, rows)
}

/// `states.csv`: one row per machine and state.
pub fn states(journey: &JourneyResult, calendar: &Calendar) -> Result<Vec<u8>, ReportError> {
    let header = ["vm", "state", "runs_at", "protected", "from_utc", "from_s", "to_s"];
    let rows = journey.machines.iter().flat_map(|machine| machine.states.iter().map(move |span| (machine, span))).map(|(machine, span)| {
        let row = Row::default().text(&machine.vm).text(&span.state).text(&span.runs_at).yes(span.protected);
        row.text(&calendar.iso(span.from_s)).numbers(&[span.from_s, span.to_s])
    });
    csv("states.csv", &header, rows)
}

/// `steps.csv`: one row per machine, trip and step of a failover or failback.
pub fn steps(journey: &JourneyResult, calendar: &Calendar) -> Result<Vec<u8>, ReportError> {
    let header = ["vm", "trip", "part", "step", "from_utc", "from_s", "to_s"];
    let mut rows = Vec::new();
    for machine in &journey.machines {
        for (number, trip) in machine.trips.iter().enumerate() {
            let back = trip.failback.as_ref().map_or(&[][..], |back| &back.steps);
            for (part, step) in trip.failover_steps.iter().map(|step| ("failover", step)).chain(back.iter().map(|step| ("failback", step))) {
                let row = Row::default().text(&machine.vm).counts(&[number as u64 + 1]).text(part).text(&step.name);
                rows.push(row.text(&calendar.iso(step.from_s)).numbers(&[step.from_s, step.to_s]));
            }
        }
    }
    csv("steps.csv", &header, rows.into_iter())
}

/// `waits.csv`: one row per machine and thing that it waited for; a wait without an end lasts still when the run ends.
pub fn waits(journey: &JourneyResult, calendar: &Calendar) -> Result<Vec<u8>, ReportError> {
    let header = ["vm", "key", "from_utc", "from_s", "to_s", "why"];
    let rows = journey.machines.iter().flat_map(|machine| machine.waits.iter().map(move |wait| (machine, wait))).map(|(machine, wait)| {
        let row = Row::default().text(&machine.vm).text(&wait.key).text(&calendar.iso(wait.from_s));
        row.number(wait.from_s).maybe(wait.to_s).text(&wait.text)
    });
    csv("waits.csv", &header, rows)
}

/// `retention.csv`: the retention drives over time.
pub fn retention(journey: &JourneyResult, calendar: &Calendar) -> Result<Vec<u8>, ReportError> {
    let header = ["master_target", "at_utc", "at_s", "used_bytes", "size_bytes", "window_held_s", "window_promised_s"];
    let rows = journey.retention_drives.iter().flat_map(|drive| drive.rows.iter().map(move |row| (drive, row))).map(|(drive, at)| {
        let row = Row::default().text(&drive.master_target).text(&calendar.iso(at.at_s));
        row.numbers(&[at.at_s, at.used_bytes, drive.size_bytes, at.window_s, drive.window_s])
    });
    csv("retention.csv", &header, rows)
}
