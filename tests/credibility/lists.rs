//! The lists that ship: every test that they name exists, every input of a world is in them, and what lies outside is told everywhere.

use std::fs;
use std::path::Path;

use failback::credibility::{checks, of_world, ranges};
use failback::units::{BitRate, Share, Span};

use crate::credibility::{STEADY, close, failback, room, summary};
use crate::support::churn::{steady, table};
use crate::support::world::Fleet;

#[test]
fn every_test_that_the_lists_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named: Vec<String> = ranges().into_iter().flat_map(|range| range.tests).chain(checks().into_iter().flat_map(|check| check.tests)).collect();
    assert!(named.len() > 60, "{}", named.len());
    for test in named {
        let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("{test} is not `file::name`"));
        let text = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{test}: {error}"));
        // `#[test]` may stand above the function, or above another attribute of it.
        let found = text.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{test} does not exist"));
        assert!(text[..found].trim_end().ends_with("#[test]"), "{test} is no test");
    }
}

#[test]
fn a_plain_fleet_has_a_range_for_each_of_its_inputs_and_lies_within() {
    let mut fleet = Fleet::new(Span::from_hours(2), 20e6);
    fleet.vm(&[steady(1e6), table(Span::from_mins(5), &[1e6, 2e6])]);
    let credibility = of_world(&fleet.build());
    assert_eq!(credibility.outside, Vec::<String>::new());
    let inputs: Vec<&str> = credibility.inputs.iter().map(|input| input.input.as_str()).collect();
    for input in
        ["fleet.vms", "link.bandwidth", "link.rtt", "link.loss", "churn.kind", "churn.disk", "churn.bucket", "run.horizon", "policy.retention"]
    {
        assert!(inputs.contains(&input), "{input} is not judged: {inputs:?}");
    }
    // What it does not have is not judged.
    assert!(!inputs.contains(&"fleet.group") && !inputs.contains(&"journey.features"), "{inputs:?}");
    assert_eq!((credibility.churn.measured_vms, credibility.churn.partly_measured_vms, credibility.churn.synthetic_vms), (0, 1, 0));
}

#[test]
fn each_input_is_flagged_beyond_each_end_of_its_range() {
    type Change = fn(&mut Fleet);
    let cases: [(&str, Change); 8] = [
        ("link.bandwidth", |fleet| fleet.link.goodput = BitRate::from_mbps(40_000.0)),
        ("link.bandwidth", |fleet| fleet.link.goodput = BitRate::from_mbps(0.1)),
        ("link.rtt", |fleet| fleet.link.rtt = Span::from_nanos(600_000_000)),
        ("link.loss", |fleet| fleet.link.loss = Share::new(0.02).unwrap()),
        ("run.horizon", |fleet| fleet.horizon = Span::from_days(800)),
        ("policy.retention", |fleet| fleet.policy.retention = Span::from_days(30)),
        ("policy.crash_every", |fleet| fleet.policy.crash_every = Span::from_mins(1)),
        ("churn.disk", |fleet| {
            fleet.vm(&[steady(3e9)]);
        }),
    ];
    for (input, change) in cases {
        let mut fleet = Fleet::new(Span::from_hours(2), 20e6);
        fleet.vm(&[steady(1e6)]);
        change(&mut fleet);
        let credibility = of_world(&fleet.build());
        let outside: Vec<&str> = credibility.inputs.iter().filter(|known| !known.inside).map(|known| known.input.as_str()).collect();
        assert_eq!(outside, [input]);
        assert_eq!(credibility.outside.len(), 1);
    }
}

#[test]
fn what_lies_outside_is_told_in_the_record_on_the_page_and_on_the_terminal() {
    let room = room(&STEADY.replace("100 Mbps", "40 Gbps"));
    let said = failback(room.path(), &["--out", "o"]).assert().success().get_output().stdout.clone();
    let said = String::from_utf8(said).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let told = said.split("Outside the range that was checked").nth(1).unwrap_or_else(|| panic!("{said}"));
    assert!(told.contains("link bandwidth") && told.contains("38.9 Gbps; checked: 256 kbps to 10 Gbps."), "{told}");
    let credibility = &summary(room.path(), "o")["credibility"];
    assert_eq!(credibility["outside"].as_array().unwrap().len(), 1, "{credibility}");
    let page = fs::read_to_string(room.path().join("o/report.html")).unwrap();
    assert!(page.contains("id=\"credibility\"") && page.contains("OUTSIDE"));
    let usual =
        failback(room.path(), &["--out", "p", "--set", "link.forward.internet.bandwidth=100 Mbps"]).assert().success().get_output().stdout.clone();
    assert!(!String::from_utf8(usual).unwrap().contains("Outside the range"));
}

#[test]
fn the_share_of_bytes_that_was_measured_leaves_out_load_events_and_what_is_made_up() {
    // 1 MB/s as recorded for an hour, a backup of 2 MB/s on top of it for a quarter of an hour, and 1 MB/s made up beside it.
    let record: String = "time,a\n"
        .chars()
        .chain((0..60).flat_map(|minute| format!("{},60000000\n", 1_767_571_200 + 60 * minute).chars().collect::<Vec<_>>()))
        .collect();
    let room = room(
        r#"
        start = "2026-01-05 00:00"
        horizon = "1 h"
        churn.record = { file = "r.csv", unit = "B" }
        [[vm]]
        name = "a"
        churn.record.column = "a"
        [[vm]]
        name = "b"
        churn.constant = "1 MB/s"
        [[event]]
        at = "30 min"
        bulk_load = { vms = ["a"], bytes = "1.8 GB", over = "15 min" }
        [link.forward]
        internet = { bandwidth = "1 Gbps" }
        "#,
    );
    fs::write(room.path().join("r.csv"), record).unwrap();
    failback(room.path(), &["--out", "o", "--quiet"]).assert().success();
    let churn = &summary(room.path(), "o")["credibility"]["churn"];
    // 3.6 of 3.6 + 1.8 + 3.6 GB.
    close("measured", churn["measured_share"].as_f64().unwrap(), 0.4, 1e-6);
    assert_eq!((churn["measured_vms"].as_u64(), churn["synthetic_vms"].as_u64(), churn["load_events"].as_u64()), (Some(1), Some(1), Some(1)));
}

#[test]
fn a_sweep_flags_what_any_of_its_points_has() {
    let room = room(STEADY);
    fs::write(
        room.path().join("sweep.toml"),
        "scenario = \"s.toml\"\n[[vary]]\nkey = \"link.forward.internet.bandwidth\"\nvalues = [\"100 Mbps\", \"40 Gbps\"]\n[[vary]]\nkey = \"policy.crash_every\"\nvalues = [\"5 min\", \"10 min\"]\n",
    )
    .unwrap();
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_failback"));
    command.current_dir(room.path()).args(["sweep", "sweep.toml", "--out", "o", "--quiet"]).assert().success();
    let record: serde_json::Value = serde_json::from_slice(&fs::read(room.path().join("o/sweep.json")).unwrap()).unwrap();
    let outside = record["credibility"]["outside"].as_array().unwrap();
    assert_eq!(outside.len(), 1, "{outside:?}");
    assert!(outside[0].as_str().unwrap().contains("link bandwidth"));
    let page = fs::read_to_string(room.path().join("o/report.html")).unwrap();
    assert!(page.contains("id=\"credibility\"") && page.contains("id=\"stress-des\""));
}
