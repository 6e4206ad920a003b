//! `failback story`: one machine's life on the terminal, also of a run without a round trip.

use std::fs;

use assert_cmd::Command;
use predicates::prelude::*;

const SCENARIO: &str = r#"
title   = "Two machines"
profile = "vmware-classic-2021"
start   = "2026-01-05 00:00"
horizon = "6 h"
output.events = false

[[vm]]
name  = "orders"
disks = [{ size = "64 GiB", used = "20 GiB" }]
churn.constant = "2 MB/s"

[[vm]]
name  = "files"
disks = [{ size = "64 GiB", used = "20 GiB" }]
churn.constant = "1 kB/s"

[link.forward]
internet = { bandwidth = "50 Mbps", rtt = "30 ms", cuts = [{ at = "Mon 02:00", lasts = "1 h" }] }
"#;

fn story(arguments: &[&str]) -> Command {
    let room = tempfile::tempdir().unwrap().keep();
    fs::write(room.join("two.toml"), SCENARIO).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_failback"));
    command.current_dir(room).args(["story", "two.toml"]).args(arguments);
    command
}

#[test]
fn a_machine_is_followed_in_order_of_time_whether_or_not_the_scenario_keeps_a_log() {
    let output = story(&["--vm", "orders"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.starts_with("orders of Two machines\n1 disk, "), "{text}");
    let cut = text.find("02:00:00").unwrap_or_else(|| panic!("no cut in {text}"));
    let over = text.find("03:00:00").unwrap_or_else(|| panic!("no repair in {text}"));
    assert!(cut < over && text.contains("The lag of orders passes the RPO threshold."), "{text}");
    assert!(!text.contains("files"), "{text}");
}

#[test]
fn options_are_those_of_a_run() {
    story(&["--vm", "orders", "--horizon", "1 h", "--seed", "9", "--set", "title=\"Another\""])
        .assert()
        .code(0)
        .stdout(predicate::str::contains("orders of Another").and(predicate::str::contains("1 h from Mon 5 Jan 2026 (UTC), seed 9")));
}

#[test]
fn an_unknown_machine_is_bad_input_with_a_suggestion() {
    story(&["--vm", "order"]).assert().code(2).stderr("error: --vm order: two.toml has no such machine; did you mean `orders`?\n");
    story(&["--vm", "zzz"]).assert().code(2).stderr(predicate::str::contains("its machines are `orders` to `files`"));
    story(&[]).assert().code(2).stderr(predicate::str::contains("--vm"));
}
