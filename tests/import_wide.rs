//! What the wide CSV importer makes of good and odd files: clocks, units, formats, gaps, repeats, and the sentences it says about them.

use failback::import::wide_csv::{WideOptions, parse};
use failback::import::{GapPolicy, Imported, Several, StampMarks, TimeFormat, Unit};
use failback::units::Span;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;

fn options() -> WideOptions {
    WideOptions { unit: Some(Unit::PerBucket(1e3)), ..WideOptions::detect(GapPolicy::Zero) }
}

fn import(text: &str, options: &WideOptions) -> Imported {
    parse(text.as_bytes(), "test.csv", options).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn midnight() -> Option<DateTime> {
    Some(date(2013, 7, 1).at(0, 0, 0, 0))
}

/// A file of one column and these rows.
fn column(rows: &[&str]) -> String {
    format!("ts,vm\n{}\n", rows.join("\n"))
}

fn rates(imported: &Imported) -> Vec<f32> {
    imported.record.rates.to_vec()
}

#[test]
fn amounts_per_bucket_become_rates_column_by_column() {
    let imported = import("ts,a,b\n1372636800,300,600\n1372637100,0,1.5\n", &options());
    let record = &imported.record;
    assert_eq!(record.columns, ["a", "b"]);
    assert_eq!((record.period, record.buckets, imported.start), (Span::from_mins(5), 2, midnight()));
    assert_eq!(rates(&imported), [1000.0, 0.0, 2000.0, 5.0]);
    assert_eq!(record.source, "test.csv");
    assert_eq!(record.notes, ["2 columns, 2 buckets of 5 min from 2013-07-01 00:00 to 00:10, Unix seconds; kB per bucket."]);
}

#[test]
fn the_time_column_may_stand_anywhere_and_have_any_name() {
    let text = "a,Time,b\n1,1372636800,3\n2,1372637100,4\n";
    assert_eq!(import(text, &options()).record.columns, ["a", "b"]);
    let text = "a,when,b\n1,1372636800,3\n2,1372637100,4\n";
    let named = WideOptions { time_column: Some(String::from("when")), ..options() };
    assert_eq!(import(text, &named).record.columns, ["a", "b"]);
}

#[test]
fn separators_quotes_marks_and_line_ends_do_not_matter() {
    let plain = import("ts,a,b\n1372636800,300,600\n1372637100,0,1.5\n", &options());
    for text in [
        "\u{feff}ts,a,b\r\n1372636800,300,600\r\n1372637100,0,1.5\r\n",
        "ts;a;b\n1372636800;300;600\n1372637100;0;1.5",
        "ts\ta\tb\n1372636800\t300\t600\n\n1372637100\t0\t1.5\n",
        "\"ts\",\"a\",\"b\"\n\"1372636800\",\"300\",\"600\"\n\"1372637100\",\"0\",\"1.5\"\n",
        "ts , a , b\n 1372636800 , 300 , 600\n 1372637100 , 0 , 1.5e0\n",
    ] {
        let other = import(text, &options());
        assert_eq!((rates(&other), other.start, other.record.columns), (rates(&plain), plain.start, plain.record.columns.clone()), "{text:?}");
    }
}

#[test]
fn units_are_declared_or_taken_from_the_names() {
    let of = |unit: Unit| import(&column(&["0,2", "10,2"]), &WideOptions { unit: Some(unit), ..options() }).record.rates[0];
    assert_eq!(of(Unit::Rate(1e6)), 2e6);
    assert_eq!(of(Unit::PerBucket(1.0)), 0.2);
    let detect = WideOptions::detect(GapPolicy::Zero);
    let imported = import("ts,web [KiB/s],db [KiB/s]\n0,2,1\n10,2,1\n", &detect);
    assert_eq!(imported.record.columns, ["web", "db"]);
    assert_eq!(imported.record.rates[0], 2048.0);
    assert!(imported.record.notes[0].ends_with("KiB/s, as the column names say."), "{:?}", imported.record.notes);
}

#[test]
fn times_are_read_in_every_format() {
    for rows in [
        ["1372636800,1", "1372637100,1"],
        ["1372636800000,1", "1372637100000,1"],
        ["2013-07-01T00:00:00Z,1", "2013-07-01T00:05:00Z,1"],
        ["2013-07-01T02:00:00+02:00,1", "2013-07-01T02:05:00+02:00,1"],
        ["2013-07-01 00:00:00,1", "2013-07-01 00:05:00,1"],
        ["2013-07-01 00:00,1", "2013-07-01 00:05,1"],
    ] {
        let imported = import(&column(&rows), &options());
        assert_eq!((imported.start, imported.record.period), (midnight(), Span::from_mins(5)), "{rows:?}");
        let zoneless = imported.record.notes.contains(&String::from("Times name no zone: taken as UTC."));
        assert_eq!(zoneless, rows[0].contains('-') && !rows[0].contains(['Z', '+']), "{rows:?}");
    }
    let rows = ["01/07/2013 00:00,1", "01/07/2013 00:05,1"];
    let day_first = WideOptions { time: Some(TimeFormat::DayFirst), ..options() };
    assert_eq!(import(&column(&rows), &day_first).start, midnight());
    let month_first = WideOptions { time: Some(TimeFormat::MonthFirst), ..options() };
    assert_eq!(import(&column(&rows), &month_first).start, Some(date(2013, 1, 7).at(0, 0, 0, 0)));
    // Past the twelfth there is no doubt.
    assert_eq!(import(&column(&["30.06.2013 23:55,1", "01.07.2013 00:00,1"]), &options()).start, Some(date(2013, 6, 30).at(23, 55, 0, 0)));
}

#[test]
fn seconds_from_the_start_have_no_calendar() {
    let imported = import(&column(&["0,1", "2.5,1", "5.0,1"]), &options());
    assert_eq!((imported.start, imported.record.period), (None, Span::from_secs_f64(2.5)));
}

#[test]
fn stamps_may_mark_the_end_of_their_bucket() {
    let end = WideOptions { marks: StampMarks::End, ..options() };
    assert_eq!(import(&column(&["1372637100,1", "1372637400,1"]), &end).start, midnight());
}

#[test]
fn gaps_are_counted_and_filled_by_the_policy() {
    // An empty cell, two missing rows, a column that starts late.
    let text = "ts,a,b\n0,300,\n300,,\n600,900,600\n1500,1800,600\n";
    let fill = |gaps: GapPolicy| import(text, &WideOptions { gaps, ..options() });
    assert_eq!(rates(&fill(GapPolicy::Zero)), [1e3, 0.0, 3e3, 0.0, 0.0, 6e3, 0.0, 0.0, 2e3, 0.0, 0.0, 2e3]);
    assert_eq!(rates(&fill(GapPolicy::Hold)), [1e3, 1e3, 3e3, 3e3, 3e3, 6e3, 0.0, 0.0, 2e3, 2e3, 2e3, 2e3]);
    assert_eq!(rates(&fill(GapPolicy::Interpolate)), [1e3, 2e3, 3e3, 4e3, 5e3, 6e3, 0.0, 0.0, 2e3, 2e3, 2e3, 2e3]);
    let excluded = fill(GapPolicy::Exclude);
    assert_eq!(rates(&excluded).iter().filter(|rate| rate.is_nan()).count(), 7);
    for policy in [GapPolicy::Zero, GapPolicy::Hold, GapPolicy::Interpolate, GapPolicy::Exclude] {
        assert_eq!(fill(policy).record.gap_share, 7.0 / 12.0);
    }
    assert_eq!(excluded.record.notes[1], "7 of 12 cells (58.3 %) are gaps: left out; 1 column starts after the record's first bucket.");
}

#[test]
fn unsorted_rows_are_sorted_and_counted() {
    let imported = import(&column(&["600,3", "0,1", "300,2", "900,4"]), &options());
    assert_eq!(rates(&imported), [1e3 / 300.0, 2e3 / 300.0, 3e3 / 300.0, 4e3 / 300.0]);
    assert_eq!(imported.record.notes[1], "1 row not in order of time: sorted.");
}

#[test]
fn exact_repeats_are_dropped_and_counted() {
    let imported = import(&column(&["0,1", "300,2", "300,2", "600,3", "300,2"]), &options());
    assert_eq!(rates(&imported), [1e3 / 300.0, 2e3 / 300.0, 3e3 / 300.0]);
    assert_eq!(imported.record.notes[1..], ["1 row not in order of time: sorted.", "2 rows repeating the time and the writes of another: dropped."]);
}

#[test]
fn rows_that_complete_each_other_are_no_contradiction() {
    let imported = import("ts,a,b\n0,300,\n0,,600\n300,300,600\n", &options());
    assert_eq!(rates(&imported), [1e3, 1e3, 2e3, 2e3]);
    assert_eq!(imported.record.gap_share, 0.0);
}

#[test]
fn contradictions_follow_the_rule() {
    let text = column(&["0,300", "300,300", "300,900", "600,300"]);
    let with = |several: Several| import(&text, &WideOptions { several, ..options() });
    assert_eq!(with(Several::Mean).record.rates[1], 2e3);
    assert_eq!(with(Several::Largest).record.rates[1], 3e3);
    assert_eq!(with(Several::Sum).record.rates[1], 4e3);
    assert_eq!(with(Several::Sum).record.notes[1], "1 instant with rows that disagree: their sum is taken.");
    let refused = parse(text.as_bytes(), "test.csv", &options()).unwrap_err().to_string();
    assert!(refused.starts_with("test.csv, line 4, column 2 (`vm`): found a row for the same time as line 3"), "{refused}");
}

#[test]
fn jitter_is_laid_onto_the_clock_and_counted() {
    let mut stamps = vec![300];
    stamps.extend((1..40).map(|i| 300 + i * 300 + [0, 1, -1][i as usize % 3]));
    let rows: Vec<String> = stamps.iter().map(|stamp: &i32| format!("{stamp},300")).collect();
    let imported = import(&column(&rows.iter().map(String::as_str).collect::<Vec<_>>()), &options());
    assert_eq!((imported.record.buckets, imported.record.period), (40, Span::from_mins(5)));
    assert!(rates(&imported).iter().all(|rate| *rate == 1e3));
    assert_eq!(imported.record.notes[1], "26 samples off the clock's ticks (39 distances of 298 to 301 s): laid into the bucket that holds them.");
}

#[test]
fn a_clock_off_the_hour_keeps_its_phase() {
    let imported = import(&column(&["1372636950,1", "1372637250,1", "1372637550,1"]), &options());
    assert_eq!(imported.start, Some(date(2013, 7, 1).at(0, 2, 30, 0)));
    assert_eq!(imported.record.notes.len(), 1);
}

#[test]
fn one_row_needs_a_declared_period() {
    let declared = WideOptions { period: Some(Span::from_mins(5)), ..options() };
    let imported = import(&column(&["1372636800,300"]), &declared);
    assert_eq!((imported.record.buckets, rates(&imported)), (1, vec![1e3]));
}

#[test]
fn a_declared_period_turns_regular_distances_into_gaps() {
    let text = column(&["0,1", "60,1", "120,1", "240,1", "360,1", "480,1", "600,1", "720,1", "840,1", "960,1", "1080,1", "1200,1"]);
    let refused = parse(text.as_bytes(), "test.csv", &options()).unwrap_err().to_string();
    assert!(refused.contains("a row 1 min after the one before it, where others are 2 min apart"), "{refused}");
    let declared = WideOptions { period: Some(Span::from_mins(1)), ..options() };
    assert_eq!(import(&text, &declared).record.buckets, 21);
}

#[test]
fn idle_columns_are_named_by_number() {
    let imported = import("ts,a,b,c\n0,0,1,\n300,0,1,\n", &options());
    assert_eq!(imported.record.notes[2], "2 columns are never written to.");
}

#[test]
fn rates_in_f32_keep_the_sum() {
    // 200,000 amounts from bytes to terabytes: the sum of the rates as stored against the sum in f64.
    let mut text = String::from("ts,a\n");
    let mut exact = 0.0;
    let mut seed = 1u64;
    for i in 0..200_000u64 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let amount = (seed >> 33) % 1_000_000_007;
        exact += amount as f64 * 1e3;
        text.push_str(&format!("{},{amount}\n", i * 300));
    }
    let imported = import(&text, &options());
    let sum: f64 = imported.record.rates.iter().map(|rate| f64::from(*rate) * 300.0).sum();
    assert!((sum / exact - 1.0).abs() < 1e-9, "{sum} against {exact}");
}

proptest! {
    /// Whatever the bytes, the importer answers or refuses; it never panics, and what it answers is sound.
    #[test]
    fn any_text_is_read_or_refused(rows in prop::collection::vec("[0-9.,;: eE+TZ-]{0,30}", 0..20), gaps in 0..4usize) {
        let gaps = [GapPolicy::Zero, GapPolicy::Hold, GapPolicy::Interpolate, GapPolicy::Exclude][gaps];
        let text = format!("ts,a,b\n{}", rows.join("\n"));
        if let Ok(imported) = parse(text.as_bytes(), "any", &WideOptions { gaps, ..options() }) {
            let record = imported.record;
            prop_assert_eq!(record.rates.len(), record.buckets * record.columns.len());
            prop_assert!(record.rates.iter().all(|rate| *rate >= 0.0 || rate.is_nan() && gaps == GapPolicy::Exclude));
        }
    }

    /// Any order of rows gives the same record.
    #[test]
    fn order_of_rows_does_not_matter(order in Just((0..30usize).collect::<Vec<_>>()).prop_shuffle()) {
        let rows: Vec<String> = (0..30).map(|i| format!("{},{}", i * 60, i * i)).collect();
        let shuffled: Vec<&str> = order.iter().map(|&i| rows[i].as_str()).collect();
        let sorted: Vec<&str> = rows.iter().map(String::as_str).collect();
        prop_assert_eq!(rates(&import(&column(&shuffled), &options())), rates(&import(&column(&sorted), &options())));
    }
}

/// Read as numbers, they would be seconds or milliseconds, and every rate wrong by orders of magnitude.
#[test]
fn dates_written_as_digits_are_not_guessed() {
    for rows in [["20260701,300", "20260702,300"], ["202607010000,300", "202607010005,300"], ["2026070100,300", "2026070101,300"]] {
        let refused = parse(column(&rows).as_bytes(), "test.csv", &options()).unwrap_err().to_string();
        assert!(refused.starts_with("test.csv, line 2, column 1"), "{refused}");
    }
    // Seconds of 2013 and seconds from the start are still read.
    assert!(parse(column(&["1372636800,300", "1372637100,300"]).as_bytes(), "test.csv", &options()).is_ok());
    assert!(parse(column(&["0,300", "300,300"]).as_bytes(), "test.csv", &options()).is_ok());
}
