//! The round trip on the page: answers, pictures, and tables of failovers, machines, drives and the way back.

use maud::{Markup, html};

use crate::format::{bytes, count, duration, duration_or_dash, share, unbroken};
use crate::report::answers::{Told, fullest_first, journey};
use crate::report::calendar::Calendar;
use crate::report::html::table::Column::{Figures, Words};
use crate::report::html::table::table;
use crate::report::html::{caption, shell};
use crate::report::plot::{JOURNEY, Plot};
use crate::report::round_trip::state_words;
use crate::results::{JourneyResult, MachineJourney, RunOutput, Trip};

/// Rows of the longest tables; the CSV has the rest.
const MOST: usize = 25;

/// The section; nothing if the scenario has no round trip.
pub fn section(output: &RunOutput, plots: &[Plot], calendar: &Calendar) -> Markup {
    let Some(result) = &output.results.journey else { return html! {} };
    html! {
        h2 #round-trip { "The round trip" }
        div.answers {
            @for told in journey(&output.results, calendar) { (told_section(&told)) }
        }
        @for plot in plots.iter().filter(|plot| JOURNEY.contains(&plot.name)) { (shell::picture(plot, caption(plot.name))) }
        (disasters(result, calendar))
        (trips(result, calendar))
        (copies(result, calendar))
        (drives(result, calendar))
    }
}

/// An answer with its table.
pub fn told_section(told: &Told) -> Markup {
    html! {
        section.wide[told.table.is_some()] {
            h3 { (told.answer.question) }
            @for (place, line) in told.answer.lines.iter().enumerate() {
                p.alarm-text[told.alarming && place == 0] { (unbroken(&line.text)) }
            }
            @if let Some((header, rows)) = &told.table {
                @let columns: Vec<_> = header.iter().enumerate().map(|(place, title)| if place == 0 { Words(title) } else { Figures(title) }).collect();
                (table("", &columns, rows))
            }
        }
    }
}

fn label(at: Option<f64>, calendar: &Calendar) -> String {
    at.map_or_else(|| "-".to_owned(), |at| calendar.label(at))
}

fn disasters(journey: &JourneyResult, calendar: &Calendar) -> Markup {
    let rows: Vec<Vec<String>> = journey
        .disasters
        .iter()
        .take(MOST)
        .map(|of| {
            vec![
                calendar.label(of.at_s),
                of.name.clone(),
                of.text.clone(),
                of.over_s.map_or_else(|| "not within the run".to_owned(), |at| calendar.label(at)),
            ]
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            h3 { "What happened" }
            (table("", &[Words("When (UTC)"), Words("Name"), Words("What"), Words("Over")], &rows))
            @if journey.disasters.len() > MOST { p.remark { "The first " (MOST) " of " (journey.disasters.len()) "; all are in " a href="summary.json" { "summary.json" } "." } }
        }
    }
}

/// Trips, the longest without protection first.
fn ordered(journey: &JourneyResult) -> Vec<(&MachineJourney, &Trip)> {
    let mut all: Vec<(&MachineJourney, &Trip)> =
        journey.machines.iter().flat_map(|machine| machine.trips.iter().map(move |trip| (machine, trip))).collect();
    // Never restored is worst of all.
    let bare = |trip: &Trip| if trip.restored_s.is_none() { f64::INFINITY } else { trip.exposed_away_s + trip.exposed_home_s };
    all.sort_by(|a, b| bare(b.1).total_cmp(&bare(a.1)));
    all
}

fn trips(journey: &JourneyResult, calendar: &Calendar) -> Markup {
    let all = ordered(journey);
    let rows: Vec<Vec<String>> = all
        .iter()
        .take(MOST)
        .map(|(machine, trip)| {
            let back = trip.failback.as_ref();
            let home = back.and_then(|back| back.restored_s);
            let taken = |text: String| if trip.point_s.is_some() { text } else { "no point".to_owned() };
            vec![
                machine.vm.clone(),
                taken(duration(trip.loss_s)),
                taken(bytes(trip.loss_bytes)),
                duration_or_dash(trip.restored_s.map(|at| at - trip.at_s)),
                duration(trip.exposed_away_s),
                label(home, calendar),
                duration_or_dash(back.and_then(|back| back.downtime_s)),
                duration_or_dash(home.map(|_| trip.exposed_home_s)),
                machine.states.last().map_or_else(String::new, |span| state_words(&span.state)),
            ]
        })
        .collect();
    let mut columns = vec![Words("Machine"), Figures("lost"), Figures("written bytes"), Figures("serves after"), Figures("unprotected away")];
    columns.extend([Figures("home at"), Figures("down for it"), Figures("unprotected at home"), Words("In the end")]);
    html! {
        @if !rows.is_empty() {
            h3 { @if all.len() > MOST { "The " (MOST) " trips of " (count(all.len() as u64)) " that were longest without protection" } @else { "Machine by machine, the longest without protection first" } }
            (table("", &columns, &rows))
            p.remark {
                "Every trip: " a href="journey.csv" { "journey.csv" } "; states, steps and waits: " a href="states.csv" { "states.csv" } ", " a href="steps.csv" { "steps.csv" } ", "
                a href="waits.csv" { "waits.csv" } ". " a href="trace.json" { "trace.json" } " opens in Perfetto or chrome://tracing. One machine's story: " code { "failback story FILE --vm NAME" } "."
            }
        }
    }
}

fn copies(journey: &JourneyResult, calendar: &Calendar) -> Markup {
    let all: Vec<_> = ordered(journey).into_iter().filter_map(|(machine, trip)| trip.reprotect.as_ref().map(|copy| (machine, copy))).collect();
    let rows: Vec<Vec<String>> = all
        .iter()
        .take(MOST)
        .map(|(machine, copy)| {
            vec![
                machine.vm.clone(),
                copy.mode.clone(),
                calendar.label(copy.began_s),
                duration((copy.began_s - copy.asked_s).max(0.0)),
                bytes(copy.scanned_bytes),
                bytes(copy.differing_bytes),
                bytes(copy.sent_bytes),
                duration_or_dash(copy.in_order_s.map(|at| at - copy.began_s)),
                label(copy.protected_s, calendar),
            ]
        })
        .collect();
    let mut columns = vec![Words("Machine"), Words("How"), Figures("began"), Figures("after waiting"), Figures("compared"), Figures("differed")];
    columns.extend([Figures("sent"), Figures("in order after"), Figures("first point")]);
    html! {
        @if !rows.is_empty() {
            h3 { "Reprotect towards home" }
            (table("", &columns, &rows))
            @if all.len() > MOST { p.remark { "The first " (MOST) " of " (count(all.len() as u64)) " in the order above; all: " a href="journey.csv" { "journey.csv" } "." } }
        }
    }
}

fn drives(journey: &JourneyResult, calendar: &Calendar) -> Markup {
    let all = fullest_first(journey);
    let rows: Vec<Vec<String>> = all
        .iter()
        .take(MOST)
        .map(|drive| {
            vec![
                drive.master_target.clone(),
                count(drive.machines),
                bytes(drive.size_bytes),
                bytes(drive.peak_bytes),
                share(drive.peak_bytes / drive.size_bytes.max(1.0)),
                bytes(drive.peak_wanted_bytes),
                label(drive.first_full_s, calendar),
                count(drive.dropped_points),
                duration(drive.paused_s),
                duration(drive.window_s),
                duration_or_dash(drive.least_window_s),
            ]
        })
        .collect();
    let mut columns =
        vec![Words("Master target"), Figures("machines"), Figures("drive"), Figures("most used"), Figures("share"), Figures("would hold all")];
    columns.extend([Figures("first full"), Figures("points dropped"), Figures("paused"), Figures("window promised"), Figures("held")]);
    html! {
        @if !rows.is_empty() {
            h3 { "Retention drives" }
            (table("", &columns, &rows))
            p.remark { "Over time: " a href="retention.csv" { "retention.csv" } "." }
        }
    }
}
