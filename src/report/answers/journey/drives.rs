//! The retention drives: whether they held what was promised, when they were full, and what would have held it.

use crate::format::{bytes, count, duration, plural, share};
use crate::report::answers::journey::Told;
use crate::report::calendar::Calendar;
use crate::results::{DriveResult, JourneyResult};

/// Drives told one by one; the table has the rest.
const MOST: usize = 4;

/// Question 7; nothing where there is no retention drive.
pub fn drives(journey: &JourneyResult, calendar: &Calendar) -> Option<Told> {
    let ordered = fullest_first(journey);
    let mut lines: Vec<String> = ordered.iter().take(MOST).map(|drive| sentence(drive, calendar)).collect();
    if lines.is_empty() {
        return None;
    }
    let rest = ordered.len().saturating_sub(MOST) as u64;
    if rest > 0 {
        lines.push(format!("And {}.", plural(rest, "drive that is less full", "drives that are less full")));
    }
    let full = ordered.iter().any(|drive| drive.first_full_s.is_some());
    Some(Told::new("retention", "Retention drive", "How big must the retention drive be, and what happens when it fills?", lines).alarming(full))
}

/// Drives, those that came closest to their capacity or passed it first.
pub fn fullest_first(journey: &JourneyResult) -> Vec<&DriveResult> {
    let mut ordered: Vec<&DriveResult> = journey.retention_drives.iter().filter(|drive| drive.machines > 0 || !drive.rows.is_empty()).collect();
    let wanted = |drive: &DriveResult| drive.peak_wanted_bytes / drive.size_bytes.max(1.0);
    ordered.sort_by(|a, b| wanted(b).total_cmp(&wanted(a)));
    ordered
}

fn sentence(drive: &DriveResult, calendar: &Calendar) -> String {
    let of = format!("{} ({})", drive.master_target, plural(drive.machines, "machine", "machines"));
    let promised = duration(drive.window_s);
    let Some(full) = drive.first_full_s else {
        return format!(
            "{of}: holds it; {} of {} used at most ({}, {}). The window of {promised} is {}.",
            bytes(drive.peak_bytes),
            bytes(drive.size_bytes),
            share(drive.peak_bytes / drive.size_bytes.max(1.0)),
            calendar.label(drive.peak_at_s),
            match drive.least_window_s {
                Some(held) if held < drive.window_s * 0.999 => format!("{} at its shortest", duration(held)),
                Some(_) => "held".to_owned(),
                None => "never reached: the run is too short".to_owned(),
            }
        );
    };
    let mut text =
        format!("{of}: full from {}, {} wanted and {} there.", calendar.label(full), bytes(drive.peak_wanted_bytes), bytes(drive.size_bytes));
    match drive.least_window_s {
        Some(held) => text.push_str(&format!(" The window really held is {} of {promised} at its shortest", duration(held))),
        None => text.push_str(&format!(" How much of the window of {promised} it holds, the run is too short to say")),
    }
    if drive.dropped_points > 0 {
        text.push_str(&format!(", {} dropped before their time", counted(drive.dropped_points)));
    }
    if drive.paused_s > 0.0 {
        text.push_str(&format!(", replication paused for {}", duration(drive.paused_s)));
    }
    text.push_str(&format!(". A drive of {} would have held it.", bytes(drive.peak_wanted_bytes)));
    text
}

fn counted(points: u64) -> String {
    if points == 1 { "1 point".to_owned() } else { format!("{} points", count(points)) }
}
