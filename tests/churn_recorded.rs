//! Replay of a record's column: offset, loop, excluded gaps, and buckets of another length.

use std::sync::Arc;

use failback::churn::{DiskChurn, Generator, Pattern};
use failback::engine::Streams;
use failback::model::{Record, RecordId};
use failback::units::Span;
use jiff::civil::date;

const PERIOD: Span = Span::from_mins(5);

fn record(columns: &[&[f32]], period: Span) -> Record {
    Record {
        source: String::from("test"),
        period,
        columns: (0..columns.len()).map(|i| i.to_string()).collect(),
        buckets: columns[0].len(),
        rates: Arc::new(columns.concat()),
        gap_share: 0.0,
        notes: Vec::new(),
    }
}

fn replay(records: &[Record], offset: u64, looped: bool, period: Span, buckets: usize) -> Vec<f64> {
    let pattern = Pattern::Recorded { record: RecordId(0), column: 1, offset, looped };
    let mut out = vec![0.0; buckets];
    let churn = DiskChurn { period, scale: 2.0, pattern, stream: String::new() };
    Generator::new(&churn, records, &Streams::new(1, 0), date(2026, 1, 5).at(0, 0, 0, 0)).fill(0, &mut out);
    out
}

#[test]
fn recorded_replays_its_column_from_the_offset() {
    let records = [record(&[&[9.0, 9.0, 9.0], &[1.0, 2.0, 3.0]], PERIOD)];
    assert_eq!(replay(&records, 1, true, PERIOD, 5), [4.0, 6.0, 2.0, 4.0, 6.0]);
    assert_eq!(replay(&records, 1, false, PERIOD, 5), [4.0, 6.0, 0.0, 0.0, 0.0]);
    assert_eq!(replay(&records, 7, true, PERIOD, 2), [4.0, 6.0]);
    assert_eq!(replay(&records, 7, false, PERIOD, 2), [0.0, 0.0]);
    assert_eq!(replay(&[], 0, true, PERIOD, 2), [0.0, 0.0]);
}

#[test]
fn recorded_passes_excluded_gaps_through() {
    let records = [record(&[&[0.0; 3], &[1.0, f32::NAN, 3.0]], PERIOD)];
    let out = replay(&records, 0, true, PERIOD, 4);
    assert_eq!([out[0], out[2], out[3]], [2.0, 6.0, 2.0]);
    assert!(out[1].is_nan());
}

#[test]
fn recorded_on_another_period_keeps_the_bytes() {
    let records = [record(&[&[0.0; 4], &[1.0, 2.0, f32::NAN, 5.0]], PERIOD)];
    // Finer: the rate of the bucket that holds it. Coarser: the mean of what is known.
    assert_eq!(replay(&records, 0, true, Span::from_secs(150), 4), [2.0, 2.0, 4.0, 4.0]);
    assert_eq!(replay(&records, 0, true, Span::from_mins(10), 3), [3.0, 10.0, 3.0]);
    assert_eq!(replay(&records, 3, false, Span::from_mins(10), 2), [5.0, 0.0]);
    // Buckets of 2.5 periods: 1, 2 and half a gap; half a gap, 5 and 1; then the same again, shifted.
    assert_eq!(replay(&records, 0, true, Span::from_secs(750), 2), [3.0, 6.0]);
}
