//! The failover: what happened, who runs at the target and how soon, what was lost, and what each other choice of recovery point would have lost.

use crate::format::{bytes, count, duration, list, plural};
use crate::report::answers::journey::Told;
use crate::report::calendar::Calendar;
use crate::report::round_trip::{Crossing, some_names, with_waits};
use crate::report::words::{CHOICES, choice_name};

/// Steps told of the machine that was last.
const MOST_STEPS: usize = 4;

/// One failover.
pub fn failover(crossing: &Crossing<'_>, calendar: &Calendar) -> Told {
    let summary = crossing.summary;
    let all = plural(summary.machines, "machine", "machines");
    let mut lines = Vec::new();
    let loss = crossing.of(|trip| trip.restored_s.map(|_| trip.loss_s));
    match (summary.rto_s, loss.largest()) {
        (Some(rto), Some((_, worst))) => {
            let whose = if summary.loss_max_s > 0.0 { format!(" ({worst})") } else { String::new() };
            lines.push(format!(
                "{}: {} of {all} run at the target, the last after {} (RTO), losing at most {}{whose}; {} in all.",
                happened(crossing, calendar),
                count(summary.recovered),
                duration(rto),
                duration(summary.loss_max_s),
                bytes(summary.loss_bytes)
            ));
            lines.push(format!(
                "On average {} of a machine's writes are lost. {} were on their way and are destroyed (all machines, as the agents track them).",
                duration(summary.loss_mean_s),
                bytes(summary.destroyed_bytes)
            ));
        }
        _ => lines.push(format!("{}: none of {all} could be recovered.", happened(crossing, calendar))),
    }
    if summary.without_point > 0 {
        let names: Vec<&str> = crossing.trips.iter().filter(|(_, trip)| trip.point_s.is_none()).map(|(machine, _)| machine.vm.as_str()).collect();
        let who = if names.is_empty() { String::new() } else { format!(": {}", some_names(&names)) };
        lines.push(format!("{} had no recovery point to go to{who}.", plural(summary.without_point, "machine", "machines")));
    }
    lines.extend(last_machine(crossing));
    if let Some(over) = crossing.disaster.filter(|disaster| disaster.kind == "site_lost").map(|disaster| disaster.over_s) {
        lines.push(match over {
            Some(at) => format!("The site can be used again from {} on.", calendar.label(at)),
            None => "The site cannot be used again within the run.".to_owned(),
        });
    }
    let label = match crossing.disaster.map(|disaster| disaster.kind.as_str()) {
        Some("site_lost") => "Site lost",
        Some("target_lost") => "Target lost",
        Some("attack") => "Attack",
        Some(_) => "Disaster",
        None => "Failover",
    };
    let mut told = Told::new("failover", label, "What does the failover take, and what is lost?", lines);
    told.alarming = summary.recovered < summary.machines;
    told.table = table(crossing);
    told
}

fn happened(crossing: &Crossing<'_>, calendar: &Calendar) -> String {
    let at = calendar.label(crossing.summary.at_s);
    let Some(disaster) = crossing.disaster else { return format!("A planned failover begins {at}") };
    let what = match disaster.kind.as_str() {
        "site_lost" => "The home site is lost",
        "target_lost" => "The target is lost",
        "attack" => return format!("An attack of {} is found {at} ({})", calendar.label(disaster.at_s), disaster.name),
        _ => return format!("{at}, {}", disaster.name),
    };
    format!("{what} {at} ({})", disaster.name)
}

/// Where the time of the machine that served last went.
fn last_machine(crossing: &Crossing<'_>) -> Option<String> {
    let (machine, trip, at) = crossing.last_restored()?;
    let mut steps = with_waits(&trip.failover_steps, trip.at_s);
    steps.sort_by(|a, b| (b.2 - b.1).total_cmp(&(a.2 - a.1)));
    let named: Vec<String> = steps
        .iter()
        .take(MOST_STEPS)
        .map(|&(name, from, to)| format!("{} {}", if name.is_empty() { "waiting for its turn" } else { name }, duration(to - from)))
        .collect();
    let most = if named.is_empty() { String::new() } else { format!(": {}", list(&named)) };
    Some(format!("The last machine to serve is {}, {} after; most of that{most}.", machine.vm, duration(at - crossing.summary.at_s)))
}

/// What each choice would have lost.
fn table(crossing: &Crossing<'_>) -> Option<(Vec<&'static str>, Vec<Vec<String>>)> {
    let found = &crossing.summary.by_choice;
    let rows: Vec<Vec<String>> = CHOICES
        .iter()
        .filter_map(|choice| found.iter().find(|lost| lost.choice == *choice))
        .map(|lost| {
            let (mean, max, sum) = if lost.machines == 0 {
                ("-".to_owned(), "-".to_owned(), "-".to_owned())
            } else {
                (duration(lost.mean_s), duration(lost.max_s), bytes(lost.bytes))
            };
            vec![choice_name(lost.choice).to_owned(), count(lost.machines), mean, max, sum]
        })
        .collect();
    let header = vec!["Would have lost going back to", "machines\nwith one", "mean of\nmachines", "worst\nmachine", "all\nmachines"];
    (!rows.is_empty()).then_some((header, rows))
}
