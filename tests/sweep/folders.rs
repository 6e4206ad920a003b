//! Folders that hold something else, or cannot be written.

use std::fs;

use assert_cmd::Command;

use crate::room::{Room, SCENARIO, SWEEP, age, assert_same, contents, rows, text};

#[test]
fn another_experiment_in_the_same_folder_is_refused_until_it_is_told_to_start_over() {
    let room = Room::new();
    room.done(&["sweep", "sweep.toml", "--out", "out"]);
    let before = contents(&room.path("out"));
    for (what, with) in
        [("steps = 3", "steps = 4"), ("link.mean_use", "link.saturated_s"), ("5 Mbps", "6 Mbps"), ("title = \"Small\"", "title = \"Other\"")]
    {
        fs::write(room.path("sweep.toml"), SWEEP.replace(what, with)).unwrap();
        let said = room.refused(&["sweep", "sweep.toml", "--out", "out"], 2);
        assert!(said.contains("another sweep") && said.contains("--fresh"), "{said}");
    }
    fs::write(room.path("sweep.toml"), SWEEP).unwrap();
    room.refused(&["sweep", "sweep.toml", "--out", "out", "--set", "horizon=1 h"], 2);
    fs::write(room.path("small.toml"), SCENARIO.replace("30 ms", "31 ms")).unwrap();
    room.refused(&["sweep", "sweep.toml", "--out", "out"], 2);
    assert_eq!(before, contents(&room.path("out")), "a refusal changes nothing");

    room.done(&["sweep", "sweep.toml", "--out", "out", "--fresh"]);
    room.done(&["sweep", "sweep.toml", "--out", "anew"]);
    assert_same(&room.path("out"), &room.path("anew"));
}

#[test]
fn a_sweep_of_another_version_is_refused() {
    let room = Room::new();
    room.done(&["sweep", "sweep.toml", "--out", "out"]);
    age(&room.path("out"));
    let said = room.refused(&["sweep", "sweep.toml", "--out", "out"], 2);
    assert!(said.contains("failback 0.0.1 began"), "{said}");
}

#[test]
fn a_folder_with_other_things_in_it_is_left_alone() {
    let room = Room::new();
    fs::create_dir(room.path("mine")).unwrap();
    fs::write(room.path("mine/thesis.doc"), "years of work").unwrap();
    let said = room.refused(&["sweep", "sweep.toml", "--out", "mine"], 1);
    assert!(said.contains("not a former output"), "{said}");
    room.refused(&["sweep", "sweep.toml", "--out", "mine", "--fresh"], 1);
    assert!(room.refused(&["sweep", "sweep.toml", "--out", "small.toml"], 1).contains("not a folder"));
    assert_eq!(contents(&room.path("mine")).len(), 1);
}

#[test]
fn what_is_not_ours_survives_a_fresh_start() {
    let room = Room::new();
    room.done(&["sweep", "sweep.toml", "--out", "out"]);
    fs::write(room.path("out/notes.txt"), "mine").unwrap();
    room.done(&["sweep", "sweep.toml", "--out", "out", "--fresh"]);
    assert_eq!(fs::read(room.path("out/notes.txt")).unwrap(), b"mine");
}

#[test]
fn an_unwritable_place_is_one_clear_error() {
    let room = Room::new();
    // A file where a folder is needed stops even root.
    let said = room.refused(&["sweep", "sweep.toml", "--out", "small.toml/inside"], 1);
    assert!(said.contains("small.toml/inside"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_is_one_clear_error_and_what_was_written_stays() {
    let room = Room::with(&SWEEP.replace("replications = 2", "replications = 250"));
    room.done(&["sweep", "sweep.toml", "--quiet", "--out", "whole"]);
    // Files of at most 64 blocks, which some shells count in 512 and some in 1024 bytes: the record has less, the table of 3,000 runs more.
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" sweep sweep.toml --quiet --out full";
    let output = Command::new("sh").current_dir(room.0.path()).args(["-c", script, env!("CARGO_BIN_EXE_failback")]).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write full/runs.csv: File too large") && said.contains("goes on from there"), "{said}");
    assert!(rows(&room.path("full/results.csv")).len() > 1);
    room.done(&["sweep", "sweep.toml", "--quiet", "--out", "full"]);
    assert_same(&room.path("whole"), &room.path("full"));
}
