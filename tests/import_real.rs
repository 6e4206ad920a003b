//! The importers on the month of 500 business VMs of July 2013 (GWA-T-12, Bitbrains): the published facts, and raw files against the wide CSV.

mod import_data;

use failback::import::gwa::{GwaOptions, read_folder};
use failback::import::wide_csv::{WideOptions, read};
use failback::import::{GapPolicy, Imported, Unit};
use failback::units::Span;
use jiff::civil::date;

const BUCKET: f64 = 300.0;

fn july(gaps: GapPolicy) -> Option<Imported> {
    let path = import_data::find("bitbrains-2013-07/write-kb-per-5min.csv.gz")?;
    let options = WideOptions { unit: Some(Unit::PerBucket(1e3)), ..WideOptions::detect(gaps) };
    Some(read(&path, &options).unwrap_or_else(|error| panic!("{error}")))
}

/// The sorted value that a share of all values do not exceed.
fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((values.len() as f64 * share).ceil() as usize - 1).min(values.len() - 1)]
}

fn assert_within(value: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((value - expected).abs() <= tolerance, "{what}: {value}, published {expected}");
}

#[test]
fn july_fleet_has_its_published_facts() {
    let Some(Imported { record, start }) = july(GapPolicy::Zero) else { return };
    assert_eq!((record.buckets, record.columns.len(), record.period), (8640, 500, Span::from_mins(5)));
    // 30 days of the archive's own time zone: midnight in Amsterdam is 22:00 UTC.
    assert_eq!(start, Some(date(2013, 6, 30).at(22, 0, 0, 0)));
    assert_within(100.0 * record.gap_share, 13.1, 0.05, "share of empty cells [%]");
    let columns: Vec<f64> = record.rates.chunks(8640).map(|column| column.iter().map(|rate| f64::from(*rate) * BUCKET).sum()).collect();
    let written: f64 = columns.iter().sum();
    assert_within(written / 1e12, 130.2, 0.05, "TB written");
    assert_eq!(columns.iter().filter(|bytes| **bytes > 0.0).count(), 495);
    assert!(record.notes.contains(&String::from("5 columns are never written to.")), "{:?}", record.notes);

    let fleet: Vec<f64> = (0..8640).map(|bucket| record.rates.iter().skip(bucket).step_by(8640).map(|rate| f64::from(*rate)).sum()).collect();
    assert_within(fleet.iter().sum::<f64>() / 8640.0 / 1e6, 50.2, 0.05, "fleet mean [MB/s]");
    assert_within(quantile(&fleet, 0.95) / 1e6, 105.0, 0.5, "P95 [MB/s]");
    assert_within(quantile(&fleet, 0.99) / 1e6, 154.0, 0.5, "P99 [MB/s]");
    let (peak, rate) = fleet.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    assert_within(rate / 1e6, 646.0, 0.5, "peak bucket [MB/s]");
    let minutes = i64::try_from(peak).unwrap() * 5;
    assert_eq!(start.unwrap() + jiff::Span::new().minutes(minutes), date(2013, 7, 29).at(9, 5, 0, 0));

    let mut largest = columns.clone();
    largest.sort_by(|a, b| b.total_cmp(a));
    assert_within(100.0 * largest[..10].iter().sum::<f64>() / written, 60.0, 5.0, "share of ten VMs [%]");
    assert_within(quantile(&columns, 0.5) / 30.0 / 1e9, 0.45, 0.005, "median VM [GB/day]");
    // The published day begins where the record does, at 22:00 UTC (days cut at midnight UTC reach 6.58 TB).
    let days: Vec<f64> = fleet.chunks(288).map(|day| day.iter().sum::<f64>() * BUCKET / 1e12).collect();
    assert_within(days.iter().copied().fold(0.0, f64::max), 6.35, 0.005, "largest calendar day [TB]");
}

#[test]
fn july_rates_in_f32_keep_every_column_within_a_millionth() {
    let Some(Imported { record, .. }) = july(GapPolicy::Zero) else { return };
    let Some(path) = import_data::find("bitbrains-2013-07/write-kb-per-5min.csv.gz") else { return };
    let mut kilobytes = vec![0u64; 500];
    for row in &import_data::rows(&path)[1..] {
        for (sum, cell) in kilobytes.iter_mut().zip(&row[1..]) {
            *sum += cell.parse::<u64>().unwrap_or(0);
        }
    }
    for (column, exact) in record.rates.chunks(8640).zip(&kilobytes) {
        let sum: f64 = column.iter().map(|rate| f64::from(*rate) * BUCKET).sum();
        assert!((sum - *exact as f64 * 1e3).abs() <= 1e-6 * sum, "{sum} against {exact} kB");
    }
}

#[test]
fn raw_archive_files_agree_with_the_wide_csv() {
    let Some(wide) = july(GapPolicy::Exclude) else { return };
    let Some(folder) = import_data::find("bitbrains-2013-07/raw") else { return };
    let raw = read_folder(&folder, &GwaOptions::detect(GapPolicy::Exclude)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((raw.start, raw.record.buckets, raw.record.period), (wide.start, wide.record.buckets, wide.record.period));
    assert_eq!(raw.record.columns.len(), 23);
    for (name, column) in raw.record.columns.iter().zip(raw.record.rates.chunks(8640)) {
        let at = wide.record.columns.iter().position(|other| other == name).unwrap();
        for (bucket, (raw, wide)) in column.iter().zip(&wide.record.rates[at * 8640..]).enumerate() {
            // The wide file holds whole kilobytes per bucket.
            let apart = f64::from((raw - wide).abs()) * BUCKET;
            assert!(
                raw.is_nan() && wide.is_nan() || apart <= 500.0 + 1e-6 * f64::from(*raw) * BUCKET,
                "VM {name}, bucket {bucket}: {raw} and {wide}"
            );
        }
    }
}

#[test]
fn the_traps_of_the_archive_are_reported_file_by_file() {
    let Some(folder) = import_data::find("bitbrains-2013-07/raw") else { return };
    let notes = read_folder(&folder, &GwaOptions::detect(GapPolicy::Zero)).unwrap_or_else(|error| panic!("{error}")).record.notes;
    let says =
        |part: &str, start: &str| assert!(notes.iter().any(|note| note.starts_with(start) && note.contains(part)), "{start}: {part}\n{notes:#?}");
    says("the header says milliseconds, the times are seconds", "23 of 23 files");
    says("7,402 rows repeating the time and the writes of another: dropped", "194.csv.gz");
    says("6,967 buckets with samples at several instants (interleaved series): their mean is taken", "196.csv.gz");
    says("distances of 299 to 307 s", "107.csv.gz");
    says("begins 22.6 days after the record", "173.csv.gz");
    // One sentence a file at most, and none that is odd goes unnamed.
    assert_eq!(notes.iter().filter(|note| note.contains(".csv.gz:")).count(), 23);
}
