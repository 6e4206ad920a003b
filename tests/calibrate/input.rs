//! Bad input is refused with its place, and nothing is written.

use failback::simulate::Quantity;

use crate::room::{Room, in_seconds};

fn calibrate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["calibrate", "site.toml", "--observed", "rpo.csv", "--what", "lag"].iter().chain(more).copied().collect()
}

#[test]
fn a_garbled_file_is_refused_with_its_line() {
    let room = Room::new();
    for (text, said) in [
        ("time,fleet_worst [min]\n0,1\n300,soon\n", "rpo.csv, line 3, column 2 (`fleet_worst`): found `soon`"),
        ("time,fleet_worst [min]\n0,1\n300,-2\n", "rpo.csv, line 3, column 2 (`fleet_worst`): found `-2`"),
        ("time,fleet_worst [min]\n0,1\nnoon,2\n", "rpo.csv, line 3, column 1 (`time`): found `noon`"),
        ("time,fleet_worst [min]\n0,1\n0,2\n", "rpo.csv, line 3, column 2 (`fleet_worst`): found another value than line 2 has for the same time"),
        ("time,fleet_worst [min]\n0\n", "rpo.csv, line 2: found a row of 1 fields"),
        ("time,fleet_worst\n0,1\n", "rpo.csv, line 1, column 2 (`fleet_worst`): found a column name without a unit"),
        ("time,mail [min]\n0,1\n", "rpo.csv, line 1: column `mail`: `mail` is no VM of the scenario; write --column mail=fleet_worst"),
        ("time,fleet_worst [min]\n", "a header line and no rows"),
        ("time,fleet_worst [min]\n0,1\n300,2\n", "rpo.csv: only 2 values lie within the run; at least 8 are needed"),
        ("", "an empty file"),
    ] {
        room.write("rpo.csv", text);
        let found = room.refused(&calibrate(&[]));
        assert!(found.contains(said), "{found}\n{said}");
    }
}

#[test]
fn another_year_is_refused_with_both_spans() {
    let room = Room::new();
    let rows: String = (0..20).map(|minute| format!("2025-01-05 00:{minute:02},1\n")).collect();
    room.write("rpo.csv", &format!("time,fleet_worst [min]\n{rows}"));
    let said = room.refused(&calibrate(&[]));
    assert!(said.contains("the rows are from 2025-01-05 00:00 to 2025-01-05 00:19, the run is from 2026-01-05 00:00 to 2026-01-07 00:00"), "{said}");
}

#[test]
fn options_that_cannot_be_are_refused() {
    let room = Room::new();
    room.write("rpo.csv", &in_seconds(&room.truth(&[], Quantity::Lag, 300.0)));
    for (more, said) in [
        (vec!["--fit", "link.forward.internet.bandwith=1 Mbps..2 Mbps"], "--fit link.forward.internet.bandwith=1 Mbps..2 Mbps: "),
        (vec!["--fit", "link.forward.internet.bandwidth=1 MB..2 MB"], "--fit link.forward.internet.bandwidth=1 MB..2 MB: "),
        (vec!["--fit", "link.forward.internet.bandwidth=2 Mbps..1 Mbps"], "write the smaller end first"),
        (vec!["--fit", "link.forward.internet.bandwidth"], "there is no `=` in it"),
        (vec!["--fit", "link.forward.internet.bandwidth=1 Mbps"], "there is no `..` between two values"),
        (vec!["--fit", "apply.delay=0 s..1 min", "--fit", "apply.delay=0 s..2 min"], "`apply.delay` is there twice"),
        (vec!["--column", "erp"], "found no column `erp`; expected one of `fleet_worst`"),
        (vec!["--column", "fleet_worst=mail"], "`mail` is no VM of the scenario"),
        (vec!["--unit", "parsec"], "a unit of time: ms, s, min, h or days"),
        (vec!["--time-format", "roman"], "--time-format roman: write unix-seconds"),
        (vec!["--replications", "9"], "--replications goes with --by law"),
        (vec!["--set", "horizon=never"], "horizon"),
    ] {
        let found = room.refused(&calibrate(&more));
        assert!(found.contains(said), "{more:?}: {found}");
    }
    let said = room.refused(&["calibrate", "nowhere.toml", "--observed", "rpo.csv", "--what", "lag"]);
    assert!(said.contains("cannot read nowhere.toml"), "{said}");
    let said = room.refused(&["calibrate", "site.toml", "--observed", "nowhere.csv", "--what", "lag"]);
    assert!(said.contains("no file of this name"), "{said}");
}

#[test]
fn gaps_other_orders_and_rows_outside_are_left_out_and_said() {
    let room = Room::new();
    let truth = room.truth(&["link.forward.internet.bandwidth=137 Mbps"], Quantity::Lag, 300.0);
    let mut rows: Vec<String> = truth.iter().map(|(at, value)| format!("{},{value},", 1_767_571_200.0 + at)).collect();
    for (place, row) in rows.iter_mut().enumerate() {
        if place % 7 == 3 {
            *row = format!("{},,", row.split(',').next().unwrap());
        }
    }
    rows.drain(100..180);
    rows.swap(5, 50);
    rows.push(format!("{},9999,", 1_767_571_200_u64 + 400_000));
    room.write("rpo.csv", &format!("epoch,site [s],other [s]\n{}\n", rows.join("\n")));
    let record = room.record(&["--what", "lag", "--column", "site=fleet_worst"]);
    let found = record["fitted"][0]["value"].as_f64().unwrap();
    assert!((found / 137e6 - 1.0).abs() < 1e-3, "{found}");
    let notes = record["observed"]["notes"].to_string();
    for note in ["not in order of time: sorted", "rows lie before or after the run: left out", "cells are empty: left out"] {
        assert!(notes.contains(note), "{notes}");
    }
}

#[test]
fn a_vm_has_a_series_of_its_own() {
    let room = Room::new();
    let world = failback::scenario::load(&room.path("site.toml"), &["link.forward.internet.bandwidth=137 Mbps".to_owned()]).unwrap().world;
    let instants: std::sync::Arc<[f64]> = (0..288).map(|place| f64::from(place) * 600.0).collect();
    let look = failback::simulate::Look { quantity: Quantity::Lag, whom: vec![Some(0), Some(1)], instants: instants.clone() };
    let seen = failback::simulate::sample(&world, 0, &look).values;
    let rows: String = instants.iter().enumerate().map(|(place, at)| format!("{at},{},{}\n", seen[0][place], seen[1][place])).collect();
    room.write("rpo.csv", &format!("time,erp [s],web [s]\n{rows}"));
    let record = room.record(&["--what", "lag"]);
    assert_eq!(record["observed"]["columns"], serde_json::json!(["erp", "web"]));
    let found = record["fitted"][0]["value"].as_f64().unwrap();
    assert!((found / 137e6 - 1.0).abs() < 1e-4, "{found}");
}
