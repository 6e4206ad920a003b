//! Shards, and what `failback merge` takes and refuses.

use std::fs;

use crate::room::{Room, SWEEP, age, assert_same, contents, text};

fn shard(room: &Room, out: &str, which: &str) {
    room.done(&["sweep", "sweep.toml", "--quiet", "--out", out, "--shard", which]);
}

#[test]
fn merged_shards_are_the_whole_sweep_byte_for_byte() {
    let room = Room::new();
    room.done(&["sweep", "sweep.toml", "--out", "whole"]);
    for which in ["2/5", "0/5", "4/5", "1/5", "3/5"] {
        shard(&room, "parts", which);
    }
    room.done(&["merge", "merged", "parts"]);
    assert_same(&room.path("whole"), &room.path("merged"));
    // Shards in folders of their own, named one by one, in any order.
    shard(&room, "a", "1/2");
    shard(&room, "b", "0/2");
    room.done(&["merge", "again", "a/shard-1-of-2", "b/shard-0-of-2"]);
    assert_same(&room.path("whole"), &room.path("again"));
    // More shards than points: some are empty.
    for index in 0..13 {
        shard(&room, "many", &format!("{index}/13"));
    }
    room.done(&["merge", "many"]);
    assert_eq!(fs::read(room.path("many/results.csv")).unwrap(), fs::read(room.path("whole/results.csv")).unwrap());
    assert!(room.path("many/shard-12-of-13/results.csv").exists(), "merging leaves the shards where they are");
    room.done(&["merge", "many"]);
    // A merged sweep is a finished one.
    room.done(&["sweep", "sweep.toml", "--out", "merged"]);
    assert_same(&room.path("whole"), &room.path("merged"));
}

#[test]
fn missing_doubled_unfinished_and_foreign_shards_are_refused_and_nothing_is_written() {
    let room = Room::new();
    shard(&room, "parts", "0/2");
    let refused = |arguments: &[&str], code: i32, says: &[&str]| {
        let said = room.refused(&[&["merge", "out"], arguments].concat(), code);
        assert!(says.iter().all(|says| said.contains(says)), "{said}");
        assert!(!room.path("out").exists(), "{said}");
    };
    refused(&["parts"], 2, &["shard 1/2 is missing"]);
    refused(&["nowhere"], 1, &["cannot read nowhere"]);
    refused(&["."], 2, &["there is no shard here"]);

    shard(&room, "parts", "1/2");
    fs::create_dir(room.path("copy")).unwrap();
    for (name, bytes) in contents(&room.path("parts/shard-1-of-2")) {
        fs::write(room.path("copy").join(name), bytes).unwrap();
    }
    refused(&["parts", "copy"], 2, &["shard 1/2 is there twice"]);
    refused(&["parts/shard-1-of-2", "copy"], 2, &["shard 1/2 is there twice"]);

    let table = fs::read_to_string(room.path("copy/results.csv")).unwrap();
    fs::write(room.path("copy/results.csv"), &table[..table.len() - 3]).unwrap();
    refused(&["parts/shard-0-of-2", "copy"], 2, &["shard 1/2 is not finished (5 of 6 points)"]);
    fs::write(room.path("copy/results.csv"), format!("{table}{}\n", table.lines().last().unwrap())).unwrap();
    refused(&["parts/shard-0-of-2", "copy"], 2, &["go on after its last point"]);
    fs::write(room.path("copy/results.csv"), &table).unwrap();
    let runs = fs::read_to_string(room.path("copy/runs.csv")).unwrap();
    fs::write(room.path("copy/runs.csv"), runs.replacen("1,0,", "1,1,", 1)).unwrap();
    refused(&["parts/shard-0-of-2", "copy"], 2, &["not finished (0 of 6 points)"]);
    fs::write(room.path("copy/runs.csv"), &runs).unwrap();

    shard(&room, "thirds", "1/3");
    refused(&["parts/shard-0-of-2", "thirds"], 2, &["one of 3 shards"]);
    age(&room.path("copy"));
    refused(&["parts/shard-0-of-2", "copy"], 2, &["failback 0.0.1 made it"]);
    room.done(&["sweep", "sweep.toml", "--out", "whole", "--quiet"]);
    refused(&["parts/shard-0-of-2", "whole"], 2, &["not a shard"]);

    fs::write(room.path("sweep.toml"), SWEEP.replace("5 Mbps", "6 Mbps")).unwrap();
    shard(&room, "foreign", "1/2");
    refused(&["parts/shard-0-of-2", "foreign"], 2, &["another sweep"]);
    // A folder that holds another sweep is not written over.
    let said = room.refused(&["merge", "whole", "parts", "foreign"], 2);
    assert!(said.contains("there twice") || said.contains("another sweep"), "{said}");
}

#[test]
fn merging_over_another_sweep_is_refused() {
    let room = Room::new();
    shard(&room, "parts", "0/1");
    fs::write(room.path("sweep.toml"), SWEEP.replace("5 Mbps", "6 Mbps")).unwrap();
    room.done(&["sweep", "sweep.toml", "--out", "other", "--quiet"]);
    let before = contents(&room.path("other"));
    assert!(room.refused(&["merge", "other", "parts"], 2).contains("it holds another sweep"));
    assert_eq!(before, contents(&room.path("other")));
}

#[test]
fn a_shard_is_written_as_k_of_n() {
    let room = Room::new();
    let output = room.run(&["sweep", "sweep.toml", "--shard", "2/2"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("counted from 0"), "{}", text(&output.stderr));
}
