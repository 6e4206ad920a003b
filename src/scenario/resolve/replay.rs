//! How records are replayed, in a sentence for the report: a reader must see what was looped and shifted to fill the run.

use std::collections::BTreeSet;

use crate::churn::Pattern;
use crate::model::{Disk, Record};
use crate::units::Span;

/// Adds to each record a note on how the disks replay it over a run of `horizon`.
pub(super) fn note(records: &mut [Record], disks: &[Disk], horizon: Span) {
    for (number, record) in records.iter_mut().enumerate() {
        let (mut total, mut looping) = (0, 0);
        let mut places = BTreeSet::new();
        for disk in disks {
            if let Pattern::Recorded { record: of, offset, looped, .. } = &disk.churn.pattern
                && of.0 as usize == number
            {
                total += 1;
                looping += usize::from(*looped);
                places.insert(*offset);
            }
        }
        let length = Span::from_nanos(record.period.as_nanos().saturating_mul(record.buckets as u64));
        if looping > 0 && length < horizon {
            let rounds = horizon.as_secs_f64() / length.as_secs_f64();
            let whose = if looping == total { String::from("every disk") } else { format!("{looping} of {total} disks") };
            record.notes.push(format!("Looped: {whose} replays its {length} over and over, {rounds:.1} times in this run."));
        }
        if places.len() > 1 {
            record.notes.push(format!("Phase-shifted: the {total} disks start at {} different places of it.", places.len()));
        }
    }
}
