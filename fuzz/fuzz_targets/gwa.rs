//! The GWA-T-12 importer on any files: it answers or refuses, and what it answers is sound.

#![no_main]

use failback::import::gwa::{GwaOptions, parse};
use failback::import::{GapPolicy, Several, Unit};
use failback::units::Span;
use libfuzzer_sys::fuzz_target;

fn options(choice: u8) -> GwaOptions {
    let gaps = [GapPolicy::Zero, GapPolicy::Hold, GapPolicy::Interpolate, GapPolicy::Exclude][usize::from(choice & 3)];
    let several = [Several::Refuse, Several::Mean, Several::Largest, Several::Sum][usize::from(choice >> 2 & 3)];
    GwaOptions {
        unit: (choice & 16 != 0).then_some(Unit::Rate(1e3)),
        period: (choice & 32 != 0).then_some(Span::from_mins(5)),
        several,
        ..GwaOptions::detect(gaps)
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, texts)) = data.split_first() else { return };
    let options = options(*choice);
    let files: Vec<(String, &[u8])> = texts.split(|byte| *byte == 0).enumerate().map(|(i, text)| (format!("{i}.csv"), text)).collect();
    match parse(&files, "fuzz", &options) {
        Ok(imported) => {
            let record = imported.record;
            assert_eq!(record.rates.len(), record.buckets * record.columns.len());
            assert_eq!(record.columns.len(), files.len());
            assert!((0.0..=1.0).contains(&record.gap_share));
            let gap_allowed = options.gaps == GapPolicy::Exclude;
            assert!(record.rates.iter().all(|rate| rate.is_finite() && *rate >= 0.0 || rate.is_nan() && gap_allowed));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
