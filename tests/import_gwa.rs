//! The traps of GWA-T-12 files, each made small, and that threads do not matter.

use failback::import::gwa::{GwaOptions, parse, read_folder};
use failback::import::{GapPolicy, Imported, Several, Unit};
use failback::units::Span;
use jiff::civil::date;

const HEADER: &str = "Timestamp [ms];\tCPU cores;\tDisk read throughput [KB/s];\tDisk write throughput [KB/s]\n";

/// 2013-07-01 00:00 UTC.
const START: u64 = 1_372_636_800;

fn file(rows: &[(u64, f64)]) -> String {
    rows.iter().fold(String::from(HEADER), |text, (time, rate)| format!("{text}{time};\t4;\t99.0;\t{rate}\n"))
}

fn regular(from: u64, number: u64, rate: f64) -> Vec<(u64, f64)> {
    (0..number).map(|i| (from + 300 * i, rate)).collect()
}

fn import_with(files: &[(&str, String)], options: &GwaOptions) -> Imported {
    let files: Vec<(String, &[u8])> = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes())).collect();
    parse(&files, "folder", options).unwrap_or_else(|error| panic!("{error}"))
}

fn import(files: &[(&str, String)]) -> Imported {
    import_with(files, &GwaOptions::detect(GapPolicy::Zero))
}

#[test]
fn a_column_per_file_in_bytes_per_second() {
    let imported = import(&[("rnd/7.csv", file(&regular(START, 3, 2.0))), ("rnd/8.csv.gz", file(&regular(START, 3, 0.5)))]);
    let record = imported.record;
    assert_eq!((record.columns, record.period, record.buckets), (vec![String::from("7"), String::from("8")], Span::from_mins(5), 3));
    assert_eq!(*record.rates, [2000.0, 2000.0, 2000.0, 500.0, 500.0, 500.0]);
    assert_eq!(imported.start, Some(date(2013, 7, 1).at(0, 0, 0, 0)));
    assert_eq!(record.source, "folder");
}

#[test]
fn seconds_under_a_header_of_milliseconds_are_reported() {
    let imported = import(&[("1.csv", file(&regular(START, 3, 2.0)))]);
    assert_eq!(imported.record.notes, ["1 file, 3 buckets of 5 min; kB/s.", "1 of 1 file: the header says milliseconds, the times are seconds."]);
    let millis: Vec<(u64, f64)> = regular(START, 3, 2.0).into_iter().map(|(time, rate)| (time * 1000, rate)).collect();
    let true_to_its_header = import(&[("1.csv", file(&millis))]);
    assert_eq!(true_to_its_header.start, imported.start);
    assert_eq!(true_to_its_header.record.notes, ["1 file, 3 buckets of 5 min; kB/s."]);
}

#[test]
fn jitter_and_drift_stay_in_their_buckets() {
    let mut rows = vec![(START + 204, 0.0)];
    for i in 1..200 {
        rows.push((rows[i - 1].0 + [300, 300, 300, 301, 300, 299, 300, 301][i % 8], i as f64));
    }
    let imported = import(&[("1.csv", file(&rows))]);
    let expected: Vec<f32> = (0..200).map(|i| i as f32 * 1000.0).collect();
    assert_eq!(*imported.record.rates, expected);
    assert!(
        imported.record.notes[2].starts_with("1.csv: 200 samples off the clock's ticks (75 distances of 299 to 301 s)"),
        "{:?}",
        imported.record.notes
    );
}

#[test]
fn stamps_around_a_tick_get_a_bucket_each() {
    let rows: Vec<(u64, f64)> = (0..60).map(|i| (START + 300 * (i + 1) - i % 2, i as f64)).collect();
    let imported = import(&[("1.csv", file(&rows))]);
    assert_eq!((imported.record.buckets, imported.record.gap_share), (60, 0.0));
}

#[test]
fn exact_repeats_are_dropped() {
    let mut rows = regular(START, 4, 1.0);
    rows.extend(regular(START, 4, 1.0));
    let imported = import(&[("1.csv", file(&rows))]);
    assert_eq!(*imported.record.rates, [1000.0; 4]);
    let note = "1.csv: 1 row not in order of time: sorted; 4 rows repeating the time and the writes of another: dropped.";
    assert_eq!(imported.record.notes[2], note);
}

#[test]
fn interleaved_series_follow_the_rule() {
    // A second series 110 s after the first: 110 s and 190 s apart, so neither is the period, which another file gives.
    let mut rows = regular(START, 40, 1.0);
    rows.extend(regular(START + 110, 40, 3.0));
    rows.sort_by_key(|row| row.0);
    let files = [("1.csv", file(&rows)), ("2.csv", file(&regular(START, 200, 1.0)))];
    let of = |several: Several| import_with(&files, &GwaOptions { several, ..GwaOptions::detect(GapPolicy::Zero) });
    let mean = of(Several::Mean);
    assert_eq!(mean.record.rates[..40], [2000.0; 40]);
    assert!(
        mean.record.notes.iter().any(|note| note.contains("1.csv: 40 buckets with samples at several instants (interleaved series): their mean")),
        "{:?}",
        mean.record.notes
    );
    assert_eq!(of(Several::Sum).record.rates[..40], [4000.0; 40]);
    assert_eq!(of(Several::Largest).record.rates[..40], [3000.0; 40]);
}

#[test]
fn files_that_begin_late_are_placed_on_the_common_clock() {
    let files = [("1.csv", file(&regular(START, 1000, 1.0))), ("2.csv", file(&regular(START + 300 * 600, 100, 1.0)))];
    let imported = import_with(&files, &GwaOptions::detect(GapPolicy::Exclude));
    let late = &imported.record.rates[1000..];
    assert_eq!(late.iter().position(|rate| !rate.is_nan()), Some(600));
    assert_eq!(late.iter().filter(|rate| !rate.is_nan()).count(), 100);
    assert_eq!(imported.record.gap_share, 900.0 / 2000.0);
    assert_eq!(imported.record.notes.last().unwrap(), "2.csv: begins 2.1 days after the record.");
}

#[test]
fn a_file_without_rows_is_an_empty_column_and_said() {
    let imported = import(&[("1.csv", file(&regular(START, 30, 1.0))), ("2.csv", HEADER.to_owned())]);
    assert_eq!(imported.record.rates[30..], [0.0; 30]);
    assert_eq!(imported.record.notes.last().unwrap(), "2.csv: no rows.");
}

#[test]
fn the_unit_may_be_declared() {
    let options = GwaOptions { unit: Some(Unit::Rate(1024.0)), ..GwaOptions::detect(GapPolicy::Zero) };
    assert_eq!(import_with(&[("1.csv", file(&regular(START, 3, 1.0)))], &options).record.rates[0], 1024.0);
}

#[test]
fn any_number_of_threads_reads_the_same_record() {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..50u64 {
        let mut rows = regular(START + 300 * (i % 7) + i, 300, i as f64 / 3.0);
        rows.push((START + 300 * 10, 7.0));
        std::fs::write(folder.path().join(format!("{i}.csv")), file(&rows)).unwrap();
    }
    std::fs::write(folder.path().join("readme.txt"), "not data").unwrap();
    let read = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| read_folder(folder.path(), &GwaOptions::detect(GapPolicy::Hold))).unwrap_or_else(|error| panic!("{error}"))
    };
    let one = read(1);
    assert_eq!(one.record.columns[..3], ["0", "1", "2"]);
    assert_eq!(one.record.notes.last().unwrap(), "1 item in the folder left aside: not .csv or .csv.gz.");
    for threads in [2, 8] {
        let many = read(threads);
        assert_eq!((many.record.rates, many.record.notes, many.start), (one.record.rates.clone(), one.record.notes.clone(), one.start));
    }
}

#[test]
fn gzip_under_a_plain_name_is_read_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, file(&regular(START, 3, 2.0)).as_bytes()).unwrap();
    std::fs::write(folder.path().join("1.csv"), encoder.finish().unwrap()).unwrap();
    let imported = read_folder(folder.path(), &GwaOptions::detect(GapPolicy::Zero)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(imported.record.notes.last().unwrap(), "1.csv: gzip although its name does not end in .gz.");
}
