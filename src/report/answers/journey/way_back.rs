//! The way back: how long reprotect takes and how much data comes back, when users are home and how long they were down, how long nobody was protected.

use crate::format::{bit_rate, bytes, count, duration, duration_or_dash, list, plural, share};
use crate::report::answers::journey::Told;
use crate::report::calendar::Calendar;
use crate::report::round_trip::{Copies, Crossing, Figures, some_names, with_waits};
use crate::results::{CopyResult, JourneyResult, Results, Trip, Wait};

/// Steps told of the longest failback.
const MOST_STEPS: usize = 3;

/// Question 8.
pub fn reprotect(crossing: &Crossing<'_>, journey: &JourneyResult, calendar: &Calendar, of: &str) -> Told {
    let question = "How long does reprotect take, and how much data comes back?";
    let copies = crossing.reprotects();
    let served = crossing.recovered().count() as u64;
    let done = copies.of(|copy| copy.protected_s);
    let mut lines = Vec::new();
    match (done.largest(), copies.of(|copy| Some(copy.began_s)).smallest()) {
        (Some((last, who)), Some(first)) => lines.push(format!(
            "{of}{} of {} have a recovery point at home again, the last {} ({who}), {} after the first copy began.",
            count(done.count()),
            plural(served, "machine", "machines"),
            calendar.label(last),
            duration(last - first)
        )),
        _ if copies.count() > 0 => {
            lines.push(format!("{of}{} began; none has a recovery point at home within the run.", plural(copies.count(), "copy", "copies")))
        }
        _ => lines.push(format!("{of}None of {} was reprotected within the run.", plural(served, "machine", "machines"))),
    }
    if copies.count() > 0 {
        lines.push(format!("{} sent towards home: {}.", bytes(copies.of(|copy| Some(copy.sent_bytes)).sum()), by_mode(&copies)));
        let took = copies.of(|copy| copy.protected_s.map(|at| at - copy.began_s));
        if let (Some((most, who)), Some(middle)) = (took.largest(), took.median()) {
            lines.push(format!(
                "A machine takes {} from its beginning to its first point at the median, {} at most ({who}).",
                duration(middle),
                duration(most)
            ));
        }
        let waited = copies.of(|copy| Some(copy.began_s - copy.asked_s));
        if let Some((most, who)) = waited.largest().filter(|(most, _)| *most >= 1.0) {
            lines.push(format!("From being asked for to its beginning it waits {} at most ({who}).{}", duration(most), why_waiting(crossing)));
        }
        lines.push(format!(
            "Compared at both ends: {}. What may differ: {} written at home after the points that were taken, {} at the target before the copies began.",
            bytes(copies.of(|copy| Some(copy.scanned_bytes)).sum()),
            bytes(copies.of(|copy| Some(copy.other_side_bytes)).sum()),
            bytes(copies.of(|copy| Some(copy.this_side_bytes)).sum())
        ));
        lines.extend(journey.back.as_deref().map(way_back_lag));
    }
    Told::new("reprotect", "Reprotect", question, lines)
}

fn by_mode(copies: &Copies<'_>) -> String {
    let (full, changed) = (copies.in_full(true), copies.in_full(false));
    let mut parts = Vec::new();
    if changed.count() > 0 {
        let sent = bytes(changed.of(|copy| Some(copy.sent_bytes)).sum());
        parts.push(format!("{sent} of changed blocks ({})", plural(changed.count(), "machine", "machines")));
    }
    if full.count() > 0 {
        let sent = bytes(full.of(|copy| Some(copy.sent_bytes)).sum());
        parts.push(format!("{sent} in {} ({})", plural(full.count(), "full copy", "full copies"), some_names(&full.names())));
    }
    list(&parts)
}

/// What the machine that waited longest for its reprotect waited for.
fn why_waiting(crossing: &Crossing<'_>) -> String {
    let longest = crossing.trips.iter().filter_map(|(machine, trip)| trip.reprotect.as_ref().map(|copy| (machine, copy.asked_s, copy.began_s)));
    let Some((machine, asked, began)) = longest.reduce(|best, next| if next.2 - next.1 > best.2 - best.1 { next } else { best }) else {
        return String::new();
    };
    let within = |wait: &&Wait| wait.from_s < began && wait.to_s.is_none_or(|to| to > asked);
    let longest = machine.waits.iter().filter(within).reduce(|best, next| {
        let length = |wait: &Wait| wait.to_s.unwrap_or(began) - wait.from_s;
        if length(next) > length(best) { next } else { best }
    });
    longest.map_or_else(String::new, |wait| format!(" {}", wait.text))
}

fn way_back_lag(back: &Results) -> String {
    let lag = &back.lag.fleet_worst;
    format!(
        "On the way back (link {}, {} of goodput, {} used on average) the worst machine's lag is {} at P95 and {} at most.",
        back.link.name,
        bit_rate(back.link.goodput_bit_per_s),
        share(back.link.mean_use),
        duration_or_dash(lag.p95),
        duration(lag.max)
    )
}

/// Question 9.
pub fn home(crossing: &Crossing<'_>, calendar: &Calendar, of: &str) -> Vec<Told> {
    let question = "When to cut over, and how long are users down?";
    let began = crossing.of(|trip| trip.failback.as_ref().map(|back| back.began_s));
    let (Some(first), served) = (began.smallest(), crossing.recovered().count() as u64) else {
        if crossing.reprotects().count() == 0 {
            return Vec::new();
        }
        let line = format!("{of}No failback begins within the run.");
        return vec![Told::new("home", "Home again", question, vec![line])];
    };
    let back = crossing.of(|trip| trip.failback.as_ref().and_then(|back| back.restored_s));
    let down = crossing.of(|trip| trip.failback.as_ref().and_then(|back| back.downtime_s));
    let mut lines = Vec::new();
    match (back.largest(), down.largest(), down.median()) {
        (Some((last, who)), Some((most, whose)), Some(middle)) => lines.push(format!(
            "{of}{} of {} serve at home again, the last {} ({who}); users are without a machine for {} at most ({whose}), {} at the median.",
            count(back.count()),
            plural(served, "machine", "machines"),
            calendar.label(last),
            duration(most),
            duration(middle)
        )),
        _ => lines.push(format!("{of}{} began; none has ended within the run.", plural(began.count(), "failback", "failbacks"))),
    }
    let ready = crossing.of(|trip| trip.failback.as_ref().and(trip.reprotect.as_ref()).and_then(|copy| copy.protected_s));
    if let Some((ready, _)) = ready.largest() {
        lines.push(format!(
            "The last of them could have come home from {} on; the cut-over begins {}, {} later.",
            calendar.label(ready),
            calendar.label(first),
            duration((first - ready).max(0.0))
        ));
    }
    let pending = crossing.of(|trip| trip.failback.as_ref().map(|back| back.pending_bytes)).sum();
    let lost = crossing.of(|trip| trip.failback.as_ref().map(|back| back.loss_bytes)).sum();
    let loss = if lost > 0.0 { format!("{} are lost on the way home", bytes(lost)) } else { "nothing is lost on the way home".to_owned() };
    lines.push(format!("{} were still to be sent when they were shut down (all machines); {loss}.", bytes(pending)));
    let cancelled = crossing.of(|trip| (trip.cancelled_s > 0.0).then_some(trip.cancelled_s));
    if let Some((most, who)) = cancelled.largest() {
        lines.push(format!(
            "Before that {} begun and cancelled: users were without a machine for {} at most ({who}).",
            plural(cancelled.count(), "failback was", "failbacks were"),
            duration(most)
        ));
    }
    lines.extend(longest_steps(crossing));
    let again = crossing.protected_again();
    let protected = again.of(|copy| copy.protected_s);
    if let Some((last, who)) = protected.largest() {
        lines.push(format!(
            "{} are protected at the target again, the last {} ({who}), with {} sent.",
            count(protected.count()),
            calendar.label(last),
            bytes(again.of(|copy| Some(copy.sent_bytes)).sum())
        ));
    } else if back.count() > 0 {
        lines.push("None is protected at the target again within the run.".to_owned());
    }
    vec![Told::new("home", "Home again", question, lines)]
}

fn longest_steps(crossing: &Crossing<'_>) -> Option<String> {
    let (machine, back, _) = crossing.worst_failback()?;
    let mut steps = with_waits(&back.steps, back.began_s);
    steps.sort_by(|a, b| (b.2 - b.1).total_cmp(&(a.2 - a.1)));
    let named: Vec<String> = steps
        .iter()
        .take(MOST_STEPS)
        .map(|&(name, from, to)| format!("{} {}", if name.is_empty() { "waiting" } else { name }, duration(to - from)))
        .collect();
    (!named.is_empty()).then(|| format!("Of {}'s downtime most is {}.", machine.vm, list(&named)))
}

/// The two windows without protection.
pub fn exposure(crossing: &Crossing<'_>, of: &str) -> Told {
    let away = crossing.of(|trip| trip.restored_s.map(|_| trip.exposed_away_s));
    let away_bytes = crossing.of(|trip| trip.restored_s.map(|_| trip.exposed_away_bytes)).sum();
    let restored = |trip: &Trip| trip.failback.as_ref().and_then(|back| back.restored_s);
    let home = crossing.of(|trip| restored(trip).map(|_| trip.exposed_home_s));
    let home_bytes = crossing.of(|trip| restored(trip).map(|_| trip.exposed_home_bytes)).sum();
    let open: Vec<&str> = crossing.trips.iter().filter(|(_, trip)| still_open(trip)).map(|(machine, _)| machine.vm.as_str()).collect();
    let window = |figures: &Figures<'_>, what: &str, written: f64, until: &str| {
        let (most, who) = figures.largest()?;
        let middle = duration_or_dash(figures.median());
        Some(format!(
            "{what} {} at most ({who}), {middle} at the median, from service restored to {until}; {} written meanwhile (all machines).",
            duration(most),
            bytes(written)
        ))
    };
    let mut lines: Vec<String> = Vec::new();
    lines.extend(window(&away, &format!("{of}Away:"), away_bytes, "the first recovery point at home"));
    lines.extend(window(&home, "At home:", home_bytes, "the first recovery point at the target"));
    if !open.is_empty() {
        let (who, are) = (some_names(&open), if open.len() == 1 { "is" } else { "are" });
        lines.push(format!("{who} {are} unprotected still when the run ends."));
    }
    lines.push("A second disaster in these times loses all that was written in them.".to_owned());
    Told::new("exposure", "Unprotected", "How long is nobody protected, and what is at stake?", lines)
}

/// Whether the machine serves and has no recovery point in the other direction by the end of the run.
fn still_open(trip: &Trip) -> bool {
    let protected = |copy: &Option<CopyResult>| copy.as_ref().is_some_and(|copy| copy.protected_s.is_some());
    let home = trip.failback.as_ref().is_some_and(|back| back.restored_s.is_some());
    trip.restored_s.is_some() && if home { !protected(&trip.protect_again) } else { !protected(&trip.reprotect) }
}
