//! Section H: the link of the July 2013 Bitbrains fleet at three levels, found by `failback size` from a scenario file. The record may not be shipped; without it
//! nothing is checked.

use std::fs;
use std::path::Path;

use crate::import_data;
use crate::room::{Room, assert_neighbours, values};

/// One shared link, no compression, no other limit, no delay; the run's clock starts with the record.
fn scenario(record: &Path, columns: &str) -> String {
    format!(
        r#"
        title   = "July fleet"
        start   = "2013-07-01 00:00"
        horizon = "30 days"
        limits  = {{ disk = "off", vm = "off", account = "off" }}
        agent   = {{ buffer = "unlimited" }}
        policy  = {{ app_every = "off" }}
        process_server = [{{ name = "p", compression = "0 %", cache = "unlimited" }}]
        link.forward.internet = {{ bandwidth = "1 Gbps", payload = "100 %", rtt = "0 ms" }}
        [churn.record]
        file  = {:?}
        unit  = "kB"
        gap   = "zero"
        align = "start"
        [[vm]]
        name = "bb"
        disks = [{{ size = "2 TiB", io = "64 KiB" }}]
        churn.record.column = "{columns}"
        "#,
        record.display().to_string()
    )
}

const RECORD: &str = "bitbrains-2013-07/write-kb-per-5min.csv.gz";

const SIZING: &str = r#"
    title    = "Link of the July fleet"
    scenario = "scenario.toml"
    target   = "rpo.fleet_worst <= 15 min"
    [find]
    key    = "link.forward.internet.bandwidth"
    from   = "100 Mbps"
    to     = "10 Gbps"
    within = "0.5 %"
"#;

fn check(columns: &str, record: &Path, expected: [f64; 3]) {
    let found = Room::new(&scenario(record, columns), SIZING).found(0);
    println!("{:?} with {} simulations", values(&found), found["simulations"]);
    assert_neighbours(&found);
    for (mbps, found) in expected.into_iter().zip(values(&found)) {
        let found = found.unwrap() / 1e6;
        assert!((found / mbps - 1.0).abs() <= 0.01, "{found} Mbps, {mbps} expected");
    }
}

/// One queue, the fleet summed into one disk: within 15 min always at 2,043.5 Mbit/s; 99 % of the time at 1,188; 90 % at 697.
#[test]
fn h1_one_fifo_queue() {
    let Some(record) = import_data::find(RECORD) else { return };
    let folder = tempfile::tempdir().unwrap();
    let summed = folder.path().join("fleet.csv");
    let sum = |row: &Vec<String>| format!("{},{}\n", row[0], row[1..].iter().filter_map(|cell| cell.parse::<f64>().ok()).sum::<f64>());
    let rows: String = import_data::rows(&record).iter().skip(1).map(sum).collect();
    fs::write(&summed, format!("time,fleet\n{rows}")).unwrap();
    check("fleet", &summed, [2043.5, 1188.0, 697.0]);
}

/// Max-min, the worst VM at each instant: 2,428 Mbit/s; 1,232; 745.
#[test]
fn h2_max_min() {
    let Some(record) = import_data::find(RECORD) else { return };
    check("all", &record, [2428.0, 1232.0, 745.0]);
}
