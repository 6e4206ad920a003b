//! The churn records of a scenario: each read once, and where in it a run starts.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use jiff::civil::DateTime;

use crate::model::{Record, RecordId};
use crate::scenario::files::{RecordRead, RecordRequest, RecordSource};
use crate::scenario::located::At;
use crate::scenario::raw::{Align, GapPolicy, RecordFormat, Recording, Stamps};
use crate::scenario::resolve::calendar::{Calendar, between};
use crate::scenario::resolve::context::Context;
use crate::units::Span;

/// The records read so far.
pub(super) struct Records<'a> {
    folder: &'a Path,
    source: &'a mut dyn RecordSource,
    /// Every file asked for; `None` if it could not be read.
    read: Vec<(RecordRequest, Option<RecordRead>)>,
    /// Records that some disk replays without a loop.
    once: BTreeSet<usize>,
    /// Records that end before the run does: by how much at most.
    ends_early: BTreeMap<usize, Span>,
    /// Dated records that do not cover the run's start, without a word on how to align them.
    displaced: BTreeSet<usize>,
    /// Those entered within a bucket.
    off_beat: BTreeSet<usize>,
    /// Looped ones that are no whole number of days long.
    wanders: BTreeSet<usize>,
}

impl<'a> Records<'a> {
    pub(super) fn new(folder: &'a Path, source: &'a mut dyn RecordSource) -> Self {
        Records {
            folder,
            source,
            read: Vec::new(),
            once: BTreeSet::new(),
            ends_early: BTreeMap::new(),
            displaced: BTreeSet::new(),
            off_beat: BTreeSet::new(),
            wanders: BTreeSet::new(),
        }
    }

    /// Reads the record that a churn names, unless it was read before; its number if it could be read.
    pub(super) fn load(&mut self, recording: &Recording, at: &Range<usize>, context: &mut Context) -> Option<usize> {
        let Some(file) = &recording.file else {
            context.missing(at, "the record has no file", "add `file = …` here, in the template or in the fleet's [churn.record]");
            return None;
        };
        refuse_layout_of_gwa(recording, context);
        let request = RecordRequest {
            path: self.folder.join(&file.value),
            shown: file.value.clone(),
            format: recording.format.as_ref().map_or(RecordFormat::WideCsv, |at| at.value),
            unit: recording.unit.as_ref().map(|at| at.value),
            period: recording.period.as_ref().map(|at| at.value),
            time_column: recording.time_column.as_ref().map(|at| at.value.clone()),
            time_format: recording.time_format.as_ref().map(|at| at.value),
            stamps: recording.stamps.as_ref().map_or(Stamps::Start, |at| at.value),
            contradictions: recording.contradictions.as_ref().map(|at| at.value),
            gap: gap(recording, context),
        };
        if let Some(known) = self.read.iter().position(|(seen, _)| *seen == request) {
            return self.noted(known, recording);
        }
        let read = match self.source.read(&request) {
            Ok(read) => Some(read),
            Err(error) => {
                context.missing(&file.span, error.problem, error.advice);
                None
            }
        };
        self.read.push((request, read));
        self.noted(self.read.len() - 1, recording)
    }

    fn noted(&mut self, number: usize, recording: &Recording) -> Option<usize> {
        self.read.get(number)?.1.as_ref()?;
        if recording.looped != Some(true) {
            self.once.insert(number);
        }
        Some(number)
    }

    /// A record by its number.
    pub(super) fn get(&self, number: usize) -> Option<&Record> {
        self.read.get(number).and_then(|(_, read)| read.as_ref()).map(|read| &read.record)
    }

    /// The columns of the record that a churn names; none if it cannot be read.
    pub(super) fn columns(&mut self, recording: &Recording, context: &mut Context) -> Vec<String> {
        let at = recording.column.as_ref().map_or(0..0, |at| at.span.clone());
        let number = self.load(recording, &at, context);
        number.and_then(|number| self.get(number)).map(|record| record.columns.clone()).unwrap_or_default()
    }

    /// The earliest start of a record that knows its own.
    pub(super) fn start(&self) -> Option<DateTime> {
        self.read.iter().filter_map(|(_, read)| read.as_ref()?.start).min()
    }

    /// The length of the longest record, if none is looped.
    pub(super) fn length(&self) -> Option<Span> {
        let looped = (0..self.read.len()).any(|number| !self.once.contains(&number));
        let longest = self.read.iter().filter_map(|(_, read)| read.as_ref().map(|read| length(&read.record))).max()?;
        (!looped && !longest.is_zero()).then_some(longest)
    }

    /// The bucket that the run starts in, for the `index`th machine of a count.
    pub(super) fn offset(&mut self, number: usize, recording: &Recording, index: usize, calendar: &Calendar, context: &mut Context) -> u64 {
        let looped = recording.looped == Some(true);
        let Some((_, Some(read))) = self.read.get(number) else { return 0 };
        let (period, buckets) = (read.record.period.as_nanos().max(1), read.record.buckets as u64);
        let aligned = aligned(read, recording.align.as_ref(), calendar, looped, context);
        // A loop of less than a day has no hours of the day that could move.
        let has_hours = !looped || length(&read.record) >= Span::from_days(1);
        let uncovered = |start| !covers(start, length(&read.record), calendar.start);
        let displaced = recording.align.is_none() && has_hours && read.start.is_some_and(uncovered);
        let shift = recording.shift.as_ref().map_or(0, |at| at.value.as_nanos());
        let each = recording.shift_each.as_ref().map_or(0, |at| at.value.as_nanos());
        let nanos = u128::from(aligned.as_nanos()) + u128::from(shift) + u128::from(each) * index as u128;
        let bucket = nanos / u128::from(period);
        if u64::try_from(nanos % u128::from(period)).is_ok_and(|into| into > 0) {
            self.off_beat.insert(number);
        }
        let a_day = Span::from_days(1).as_nanos();
        let record = length(&read.record).as_nanos();
        if looped && record >= a_day && !record.is_multiple_of(a_day) {
            self.wanders.insert(number);
        }
        if displaced {
            self.displaced.insert(number);
        }
        if looped {
            return u64::try_from(bucket % u128::from(buckets.max(1))).unwrap_or(0);
        }
        let bucket = u64::try_from(bucket).unwrap_or(u64::MAX);
        if bucket >= buckets {
            let span = recording.shift.as_ref().map(|at| &at.span).or(recording.shift_each.as_ref().map(|at| &at.span));
            if let Some(span) = span {
                let length = length(&read.record);
                context.error(span, format!("the run would start after the record's end ({length})"), "write a smaller shift, or `loop = true`");
            }
        }
        let left = Span::from_nanos(buckets.saturating_sub(bucket).saturating_mul(period));
        if left < calendar.horizon {
            let missing = Span::from_nanos(calendar.horizon.as_nanos().saturating_sub(left.as_nanos()));
            let most = self.ends_early.entry(number).or_insert(missing);
            *most = missing.max(*most);
        }
        bucket
    }

    /// Warns of records that do not cover the run.
    pub(super) fn warn_of_what_is_not_covered(&self, calendar: &Calendar, context: &mut Context) {
        let shown = |number: &usize| match self.read.get(*number) {
            Some((request, Some(read))) => {
                let from = read.start.map_or_else(String::new, |start| format!(" from {}", start.strftime("%Y-%m-%d %H:%M")));
                Some((format!("{}: the record ({}{from})", request.shown, length(&read.record)), read.start))
            }
            _ => None,
        };
        for (what, start) in self.displaced.iter().filter_map(shown) {
            let now = calendar.start.strftime("%Y-%m-%d %H:%M");
            let instead = start.map_or_else(String::new, |start| start.strftime("%Y-%m-%d %H:%M").to_string());
            context.warnings.push(format!(
                "{what} does not cover the run's start, {now}; it is replayed from its first bucket, so hours and days of the week may move: write `start = \"{instead}\"`, or \
                 `align = \"start\"` if this is meant"
            ));
        }
        for (what, _) in self.off_beat.iter().filter_map(shown) {
            context.warnings.push(format!(
                "{what} is entered within one of its buckets: each is replayed whole from there, so everything is moved by a part of a bucket; write a start or shift in whole buckets"
            ));
        }
        for (what, _) in self.wanders.iter().filter_map(shown) {
            context.warnings.push(format!("{what} is looped, and is no whole number of days long: its hours of the day move with every turn"));
        }
        for (number, missing) in &self.ends_early {
            if let Some((what, _)) = shown(number) {
                context.warnings.push(format!(
                    "{what} ends {missing} before the run does; nothing is written from there on: write a shorter `horizon`, or `loop = true` to start it again"
                ));
            }
        }
    }

    /// The records for the world, and the fingerprints of their files.
    pub(super) fn finish(self) -> (Vec<Record>, Vec<String>) {
        let read = self.read.into_iter().filter_map(|(_, read)| read);
        read.map(|read| (read.record, read.fingerprint)).unzip()
    }

    /// The id that a record has in the world. Every record was read if a world comes out at all.
    pub(super) fn id(number: usize) -> RecordId {
        RecordId(u32::try_from(number).unwrap_or(u32::MAX))
    }
}

fn covers(start: DateTime, length: Span, at: DateTime) -> bool {
    between(start, at).is_some_and(|into| into < length)
}

fn length(record: &Record) -> Span {
    Span::from_nanos(record.period.as_nanos().saturating_mul(record.buckets as u64))
}

/// GWA-T-12 files say themselves how they are laid out: nothing that the scenario says about it would have an effect.
fn refuse_layout_of_gwa(recording: &Recording, context: &mut Context) {
    if recording.format.as_ref().is_none_or(|format| format.value != RecordFormat::GwaT12) {
        return;
    }
    let column = recording.time_column.as_ref().map(|at| ("time_column", &at.span));
    let format = recording.time_format.as_ref().map(|at| ("time_format", &at.span));
    let stamps = recording.stamps.as_ref().map(|at| ("stamps", &at.span));
    for (key, span) in [column, format, stamps].into_iter().flatten() {
        if context.is_news(key, span) {
            let problem = format!("`{key}` has no effect on a folder of GWA-T-12 files");
            context.error(span, problem, "leave it out: the format fixes how its times are written");
        }
    }
}

fn gap(recording: &Recording, context: &mut Context) -> GapPolicy {
    if let Some(written) = &recording.gap {
        context.state("churn.gap", format!("{:?}", written.value).to_lowercase());
        return written.value;
    }
    match context.need::<String>("churn.gap").as_str() {
        "hold" => GapPolicy::Hold,
        "interpolate" => GapPolicy::Interpolate,
        "exclude" => GapPolicy::Exclude,
        _ => GapPolicy::Zero,
    }
}

/// How far into the record the run's start lies.
fn aligned(read: &RecordRead, align: Option<&At<Align>>, calendar: &Calendar, looped: bool, context: &mut Context) -> Span {
    let inside = read.start.and_then(|start| between(start, calendar.start)).filter(|into| looped || *into < length(&read.record));
    match (align.map(|at| (at.value, &at.span)), inside) {
        (Some((Align::Start, _)), _) => Span::ZERO,
        (Some((Align::Calendar, span)), None) => {
            let problem = match read.start {
                Some(start) => format!("the record begins on {start} and does not cover the run's start ({})", calendar.start),
                None => "the record does not say on which date it begins".to_string(),
            };
            context.error(span, problem, "write `align = \"start\"`, or another `start` of the run");
            Span::ZERO
        }
        (Some((Align::Calendar, _)), Some(into)) => into,
        (None, Some(into)) if into < length(&read.record) => into,
        (None, _) => Span::ZERO,
    }
}
