//! The wide CSV importer on any bytes: it answers or refuses, and what it answers is sound.

#![no_main]

use failback::import::wide_csv::{WideOptions, parse};
use failback::import::{GapPolicy, Several, StampMarks, TimeFormat, Unit};
use failback::units::Span;
use libfuzzer_sys::fuzz_target;

fn options(choice: u8) -> WideOptions {
    let gaps = [GapPolicy::Zero, GapPolicy::Hold, GapPolicy::Interpolate, GapPolicy::Exclude][usize::from(choice & 3)];
    let several = [Several::Refuse, Several::Mean, Several::Largest, Several::Sum][usize::from(choice >> 2 & 3)];
    WideOptions {
        unit: [None, Some(Unit::PerBucket(1e3)), Some(Unit::Rate(1.0)), Some(Unit::PerBucket(512.0))][usize::from(choice >> 4 & 3)],
        period: (choice & 64 != 0).then_some(Span::from_mins(5)),
        time: (choice & 128 != 0).then_some(TimeFormat::DayFirst),
        marks: if choice & 16 != 0 { StampMarks::End } else { StampMarks::Start },
        several,
        ..WideOptions::detect(gaps)
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, text)) = data.split_first() else { return };
    let options = options(*choice);
    match parse(text, "fuzz.csv", &options) {
        Ok(imported) => {
            let record = imported.record;
            assert_eq!(record.rates.len(), record.buckets * record.columns.len());
            assert!(record.buckets > 0 && !record.columns.is_empty() && !record.period.is_zero());
            assert!((0.0..=1.0).contains(&record.gap_share));
            let gap_allowed = options.gaps == GapPolicy::Exclude;
            assert!(record.rates.iter().all(|rate| rate.is_finite() && *rate >= 0.0 || rate.is_nan() && gap_allowed));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
