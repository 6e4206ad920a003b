//! Every kind of broken churn file gets one clear error: the table of all messages is a snapshot.

use std::io::Write;
use std::path::{Path, PathBuf};

use failback::import::gwa::{GwaOptions, read_folder};
use failback::import::wide_csv::{WideOptions, read};
use failback::import::{GapPolicy, ImportError, TimeFormat, Unit};
use failback::units::Span;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A folder of broken files, and the table of what was said about them.
struct Table {
    folder: tempfile::TempDir,
    said: String,
}

impl Table {
    fn new() -> Self {
        Table { folder: tempfile::tempdir().unwrap(), said: String::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn say<T>(&mut self, case: &str, result: Result<T, ImportError>) {
        let error = result.err().unwrap_or_else(|| panic!("{case}: no error"));
        let folder = format!("{}{}", self.folder.path().display(), std::path::MAIN_SEPARATOR);
        let message = error.to_string().replace(&folder, "").replace('\\', "/");
        self.said.push_str(&format!("{case}\n    {message}\n"));
    }

    fn wide(&mut self, case: &str, name: &str, bytes: &[u8], options: &WideOptions) {
        let path = self.write(name, bytes);
        self.say(case, read(&path, options));
    }

    fn csv(&mut self, case: &str, text: &str) {
        self.wide(case, "churn.csv", text.as_bytes(), &options());
    }

    fn gwa(&mut self, case: &str, folder: &str, files: &[(&str, &str)]) {
        for (name, text) in files {
            self.write(&format!("{folder}/{name}"), text.as_bytes());
        }
        let path = self.path(folder);
        self.say(case, read_folder(&path, &GwaOptions::detect(GapPolicy::Zero)));
    }
}

fn options() -> WideOptions {
    WideOptions { unit: Some(Unit::PerBucket(1e3)), ..WideOptions::detect(GapPolicy::Zero) }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// So many rows, `period` seconds apart, from `start` on.
fn rows(start: u64, period: u64, number: u64) -> String {
    (0..number).map(|i| format!("{},1\n", start + i * period)).collect()
}

#[test]
fn files_that_are_no_readable_file() {
    let mut table = Table::new();
    table.say("missing file", read(&table.path("nowhere.csv"), &options()));
    table.say("folder instead of a file", read(table.folder.path(), &options()).map_err(|error| ImportError { file: String::from("."), ..error }));
    let whole = gzip(format!("ts,vm\n{}", rows(0, 300, 5000)).as_bytes());
    table.wide("truncated gzip", "cut.csv.gz", &whole[..whole.len() / 2], &options());
    table.wide("gzip without its last bytes", "short.csv.gz", &whole[..whole.len() - 3], &options());
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 0xff;
    damaged[whole.len() / 2 + 1] ^= 0xff;
    table.wide("damaged gzip", "damaged.csv.gz", &damaged, &options());
    table.wide("not gzip", "plain.csv.gz", b"ts,vm\n0,1\n300,1\n", &options());
    table.wide("empty gzip file", "nothing.csv.gz", b"", &options());
    table.wide("gzip of nothing", "hollow.csv.gz", &gzip(b""), &options());
    table.wide("UTF-16", "utf16.csv", b"\xff\xfet\0s\0,\0v\0", &options());
    insta::assert_snapshot!(table.said);
}

#[test]
fn csv_files_with_a_bad_header() {
    let mut table = Table::new();
    table.csv("empty", "");
    table.csv("blank lines only", "\n\n\n");
    table.csv("header only", "ts,vm\n");
    table.csv("no header", "1372636800,1\n1372637100,1\n");
    table.csv("one column", "ts\n0\n300\n");
    table.csv("duplicate column names", "ts,web,db,web\n0,1,1,1\n300,1,1,1\n");
    table.csv("column without a name", "ts,web,,db\n0,1,1,1\n300,1,1,1\n");
    table.csv("separator at the end of the header", "ts,web,\n0,1,\n300,1,\n");
    let named = WideOptions { time_column: Some(String::from("when")), ..options() };
    table.wide("declared time column missing", "churn.csv", b"ts,web\n0,1\n300,1\n", &named);
    let detect = WideOptions::detect(GapPolicy::Zero);
    table.wide("no unit anywhere", "churn.csv", b"ts,web\n0,1\n300,1\n", &detect);
    table.wide("unknown unit in a name", "churn.csv", b"ts,web [pages]\n0,1\n300,1\n", &detect);
    table.wide("bits in a name", "churn.csv", b"ts,web [Mbit/s]\n0,1\n300,1\n", &detect);
    table.wide("two units", "churn.csv", b"ts,web [kB/s],db [MB/s]\n0,1,1\n300,1,1\n", &detect);
    insta::assert_snapshot!(table.said);
}

#[test]
fn csv_files_with_bad_cells() {
    let mut table = Table::new();
    table.csv("ragged row, short", "ts,web,db\n0,1,1\n300,1\n");
    table.csv("ragged row, long", "ts,web,db\n0,1,1\n300,1,1,1\n");
    table.csv("unclosed quote", "ts,web\n0,\"1\n300,1\n600,1\n");
    table.csv("not a number", "ts,web,db\n0,1,1\n300,1,lots\n");
    table.csv("number with a unit", "ts,web\n0,1\n300,12 kB\n");
    table.csv("decimal comma", "ts;web\n0;1,5\n300;2,5\n");
    table.csv("word for a missing sample", "ts,web\n0,1\n300,N/A\n");
    table.csv("negative", "ts,web\n0,1\n300,-1\n");
    table.csv("NaN", "ts,web\n0,1\n300,NaN\n");
    table.csv("infinite", "ts,web\n0,1\n300,inf\n");
    table.csv("overflow", "ts,web\n0,1\n300,1e999\n");
    table.csv("absurd rate", "ts,web\n0,1\n300,1e30\n");
    table.csv("not UTF-8", "ts,web\n0,1\n300,\u{fffd}\n");
    table.wide("Latin-1", "churn.csv", b"ts,web\n0,1\n300,\xe9\n", &options());
    table.csv("a long cell with control characters", &format!("ts,web\n0,1\n300,\u{1b}{}\n", "x".repeat(100)));
    insta::assert_snapshot!(table.said);
}

#[test]
fn csv_files_with_bad_times() {
    let mut table = Table::new();
    table.csv("one row", "ts,web\n0,1\n");
    table.csv("all rows at one time", "ts,web\n300,1\n300,1\n");
    table.csv("no time", "ts,web\nyesterday,1\ntoday,1\n");
    table.csv("empty time", "ts,web\n0,1\n,1\n600,1\n");
    table.csv("one bad time", "ts,web\n2013-07-01 00:00:00,1\n2013-07-01 00:05:00,1\n2013-07-01 24:10:00,1\n");
    table.csv("day or month first", "ts,web\n01/07/2013 00:00,1\n01/07/2013 00:05,1\n");
    let day_first = WideOptions { time: Some(TimeFormat::DayFirst), ..options() };
    table.wide("not the declared format", "churn.csv", b"ts,web\n2013-07-01 00:00,1\n", &day_first);
    let millis = WideOptions { time: Some(TimeFormat::UnixMillis), ..options() };
    table.wide("time out of range", "churn.csv", b"ts,web\n0,1\n99999999999999999999,1\n", &millis);
    table.csv("contradiction", "ts,web,db\n0,1,1\n300,1,5\n300,1,6\n600,1,1\n");
    table.csv("two periods", &format!("ts,web\n{}{}", rows(0, 60, 100), rows(6000 + 240, 300, 50)));
    table.csv("no period", "ts,web\n0,1\n100,1\n900,1\n950,1\n1400,1\n5000,1\n");
    table.csv("a stamp from another age", &format!("ts,web\n1,1\n{}", rows(1_372_636_800, 300, 20)));
    let hour = WideOptions { period: Some(Span::from_hours(1)), ..options() };
    table.wide("not the declared period", "churn.csv", format!("ts,web\n{}", rows(0, 300, 20)).as_bytes(), &hour);
    insta::assert_snapshot!(table.said);
}

#[test]
fn units_that_are_none() {
    let said: Vec<String> = ["", "kilos", "mB", "Mbps", "kbit/s", "Gb", "MB/h"]
        .iter()
        .map(|text| format!("{text:?}: expected {}", Unit::parse(text).expect_err("a bad unit")))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

const HEADER: &str = "Timestamp [ms];\tCPU cores;\tDisk write throughput [KB/s];\tNetwork received throughput [KB/s]\n";

fn gwa_rows(start: u64, period: u64, number: u64) -> String {
    (0..number).map(|i| format!("{};\t4;\t1.5;\t0.0\n", start + i * period)).collect()
}

#[test]
fn gwa_folders() {
    let mut table = Table::new();
    table.say("missing folder", read_folder(&table.path("nowhere"), &GwaOptions::detect(GapPolicy::Zero)));
    table.gwa("folder without data", "empty", &[("readme.txt", "nothing here")]);
    table.write("file.csv", HEADER.as_bytes());
    table.say("file instead of a folder", read_folder(Path::new(&table.path("file.csv")), &GwaOptions::detect(GapPolicy::Zero)));
    let good = format!("{HEADER}{}", gwa_rows(1_372_629_804, 300, 50));
    table.gwa("empty file", "a", &[("1.csv", &good), ("2.csv", "")]);
    table.gwa("no rows at all", "b", &[("1.csv", HEADER)]);
    let declared = GwaOptions { period: Some(Span::from_mins(5)), ..GwaOptions::detect(GapPolicy::Zero) };
    table.say("no rows at all, period declared", read_folder(&table.path("b"), &declared));
    table.gwa("another header", "c", &[("1.csv", &good), ("2.csv", "ts,vm\n0,1\n300,1\n")]);
    table.gwa("ragged row", "d", &[("1.csv", &format!("{good}1372700000;\t4;\t1.5\n"))]);
    table.gwa("not a number", "e", &[("1.csv", &format!("{good}1372700000;\t4;\tx;\t0\n"))]);
    table.gwa("negative", "f", &[("1.csv", &format!("{good}1372700000;\t4;\t-1;\t0\n"))]);
    table.gwa("not a time", "g", &[("1.csv", &format!("{good}soon;\t4;\t1;\t0\n"))]);
    table.gwa("seconds, then milliseconds", "h", &[("1.csv", &format!("{good}1372700000000;\t4;\t1;\t0\n"))]);
    table.gwa("unknown unit", "i", &[("1.csv", &good.replace("write throughput [KB/s]", "write throughput [IOPS]"))]);
    table.gwa("unit of amounts", "j", &[("1.csv", &good.replace("write throughput [KB/s]", "write throughput [KB]"))]);
    let minute = format!("{HEADER}{}", gwa_rows(1_372_629_804, 60, 40));
    table.gwa("mixed periods", "k", &[("1.csv", &good), ("2.csv", &minute)]);
    let old = format!("{HEADER}{}", gwa_rows(1000, 300, 40));
    table.gwa("another age", "l", &[("1.csv", &good), ("2.csv", &old)]);
    table.gwa("not gzip", "m", &[("1.csv.gz", &good)]);
    table.write("n/1.csv.gz", &gzip(good.as_bytes()));
    table.gwa("a VM twice", "n", &[("1.csv", &good)]);
    insta::assert_snapshot!(table.said);
}

/// With many bad files the error is that of the first in order, however many threads read them.
#[test]
fn the_first_bad_file_is_named() {
    let table = Table::new();
    let good = format!("{HEADER}{}", gwa_rows(1_372_629_804, 300, 50));
    for i in 0..40 {
        table.write(&format!("many/{i}.csv"), if i < 7 { good.as_bytes() } else { b"bad" });
    }
    for _ in 0..5 {
        let error = read_folder(&table.path("many"), &GwaOptions::detect(GapPolicy::Zero)).unwrap_err();
        assert!(error.file.ends_with("7.csv") && !error.file.ends_with("17.csv"), "{error}");
    }
}
