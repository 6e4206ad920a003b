//! The files of a round trip: tables, trace, pictures and the page's section; and their absence where there is none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use failback::report::{self, Written};
use serde_json::Value;

use crate::fake;

const FILES: [&str; 12] = [
    "journey.csv",
    "states.csv",
    "steps.csv",
    "waits.csv",
    "retention.csv",
    "trace.json",
    "plots/timeline.svg",
    "plots/timeline.png",
    "plots/waterfall.svg",
    "plots/waterfall.png",
    "plots/retention.svg",
    "plots/retention.png",
];

fn written(room: &Path) -> Written {
    report::write_all(&room.join("run"), fake::round_trip()).unwrap()
}

/// Rows of a table by column name.
fn rows(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_round_trip_has_its_files_and_a_run_without_one_takes_them_away() {
    let room = tempfile::tempdir().unwrap();
    let folder = written(room.path()).folder;
    for name in FILES {
        assert!(fs::metadata(folder.join(name)).unwrap().len() > 100, "{name}");
    }
    report::write_all(&folder, fake::week()).unwrap();
    for name in FILES {
        assert!(!folder.join(name).exists(), "{name} is left over");
    }
}

#[test]
fn tables_have_a_row_for_each_trip_state_step_wait_and_instant() {
    let room = tempfile::tempdir().unwrap();
    let folder = written(room.path()).folder;
    let journey = fake::round_trip().results.journey.as_ref().unwrap();
    let trips = rows(&folder, "journey.csv");
    assert_eq!(trips.len(), 20);
    let first = &journey.machines[0].trips[0];
    let number = |text: &str| text.parse::<f64>().unwrap();
    assert_eq!(trips[0]["vm"], "erp-db");
    assert_eq!(trips[0]["at_utc"], "2026-01-07T10:00:00");
    assert_eq!(number(&trips[0]["rto_s"]), first.restored_s.unwrap() - first.at_s);
    assert_eq!(number(&trips[0]["reprotect_sent_bytes"]), first.reprotect.as_ref().unwrap().sent_bytes);
    assert_eq!(trips[7]["reprotect_mode"], "full copy");
    assert_eq!(number(&trips[0]["failback_downtime_s"]), first.failback.as_ref().unwrap().downtime_s.unwrap());
    assert_eq!((trips[19]["loss_s"].as_str(), trips[19]["reprotect_mode"].as_str()), ("", ""), "nothing was recovered: that is no loss of 0");
    assert_eq!(rows(&folder, "states.csv").len(), journey.machines.iter().map(|machine| machine.states.len()).sum::<usize>());
    assert_eq!(rows(&folder, "waits.csv").len(), journey.machines.iter().map(|machine| machine.waits.len()).sum::<usize>());
    assert!(rows(&folder, "steps.csv").iter().any(|row| row["part"] == "failback" && row["step"] == "boot" && row["vm"] == "erp-db"));
    let drives = rows(&folder, "retention.csv");
    assert_eq!(drives.len(), journey.retention_drives.iter().map(|drive| drive.rows.len()).sum::<usize>());
    for (name, header) in [("journey.csv", &trips[0]), ("retention.csv", &drives[0])] {
        for column in header.keys() {
            let plain = ["vm", "trip", "cause", "at_utc", "reprotect_mode", "protect_again_mode", "master_target"].contains(&column.as_str());
            assert!(plain || column.ends_with("_s") || column.ends_with("_bytes"), "{name}: no unit in {column}");
        }
    }
}

#[test]
fn the_trace_has_the_form_that_viewers_read() {
    let room = tempfile::tempdir().unwrap();
    let folder = written(room.path()).folder;
    let trace: Value = serde_json::from_slice(&fs::read(folder.join("trace.json")).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last = i64::MIN;
    // What is open on each thread: a complete event lies within the one that it began in.
    let mut open: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
    for event in events {
        let kind = event["ph"].as_str().unwrap();
        *kinds.entry(kind).or_default() += 1;
        assert!(event["name"].is_string() && event["pid"].is_i64() && event["tid"].is_i64(), "{event}");
        let at = event["ts"].as_i64().unwrap();
        assert!(at >= last, "not in order of time: {event}");
        last = at;
        match kind {
            "X" => {
                let end = at + event["dur"].as_i64().unwrap();
                assert!(end >= at, "{event}");
                let stack = open.entry((event["pid"].as_i64().unwrap(), event["tid"].as_i64().unwrap())).or_default();
                stack.retain(|outer| *outer > at);
                assert!(stack.last().is_none_or(|outer| end <= *outer), "not nested: {event}");
                stack.push(end);
            }
            "i" => assert!(["g", "t"].contains(&event["s"].as_str().unwrap()), "{event}"),
            "C" => assert!(event["args"]["used [bytes]"].is_number(), "{event}"),
            "M" => assert!(event["args"].is_object(), "{event}"),
            other => panic!("unknown kind {other}"),
        }
    }
    assert!(kinds["X"] > 100 && kinds["C"] > 100 && kinds["i"] >= 1 && kinds["M"] > 20, "{kinds:?}");
    let threads: Vec<&str> =
        events.iter().filter(|event| event["name"] == "thread_name").filter_map(|event| event["args"]["name"].as_str()).collect();
    assert_eq!(threads.iter().filter(|name| **name == "erp-db").count(), 2, "one at home and one at the target");
    let fire = events.iter().find(|event| event["ph"] == "i" && event["name"] == "fire").unwrap();
    assert_eq!(fire["ts"], 208_800_000_000_i64);
}

#[test]
fn the_page_tells_the_round_trip_with_pictures_and_escapes_it() {
    let mut output = fake::round_trip().clone();
    let journey = output.results.journey.as_mut().unwrap();
    journey.disasters[0].text = "A <b>fire</b>.".to_owned();
    journey.machines[19].ended = Some("No <i>point</i>.".to_owned());
    let room = tempfile::tempdir().unwrap();
    let written = report::write_all(&room.path().join("run"), &output).unwrap();
    let page = fs::read_to_string(&written.report).unwrap();
    for needed in
        ["id=\"round-trip\"", "id=\"plot-timeline\"", "id=\"plot-waterfall\"", "id=\"plot-retention\"", "mt-linux", "A &lt;b&gt;fire&lt;/b&gt;."]
    {
        assert!(page.contains(needed), "{needed} is missing");
    }
    assert!(!page.contains("<b>fire") && !page.contains("<i>point") && !page.contains("Only the forward path"));
    for reference in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|reference| !reference.starts_with('#')) {
        assert!(written.folder.join(reference).is_file(), "no file {reference}");
    }
    let timeline = fs::read_to_string(written.folder.join("plots/timeline.svg")).unwrap();
    assert!(timeline.contains("mail &lt;1&gt; &amp;") && timeline.contains("site lost Wed 10:00"), "names in the timeline");
}

#[test]
fn half_a_story_is_reported_without_a_panic() {
    let room = tempfile::tempdir().unwrap();
    let whole = fake::round_trip().clone();
    let mut nothing = whole.clone();
    nothing.results.journey = Some(failback::results::JourneyResult::default());
    let mut odd = whole.clone();
    let journey = odd.results.journey.as_mut().unwrap();
    journey.failovers[0].rto_s = None;
    journey.retention_drives[1].rows[3].used_bytes = f64::NAN;
    journey.retention_drives[0].rows.clear();
    journey.retention_drives[0].size_bytes = 0.0;
    for machine in &mut journey.machines {
        machine.trips[0].restored_s = None;
        machine.trips[0].failback = None;
    }
    journey.machines[3].states.clear();
    journey.machines[4].trips.clear();
    journey.back = None;
    let mut unrecorded = whole;
    let journey = unrecorded.results.journey.as_mut().unwrap();
    journey.retention_drives.clear();
    journey.failovers.clear();
    for (name, output) in [("nothing", nothing), ("odd", odd), ("unrecorded", unrecorded)] {
        report::write_all(&room.path().join(name), &output).unwrap();
        assert!(!report::terminal::render(&output, 80, true).is_empty());
    }
}
