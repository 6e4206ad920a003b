//! What a series cannot tell is refused, with what it can tell and what would help.

use failback::simulate::Quantity;

use crate::room::{Noise, Room, in_minutes, in_seconds};

const BANDWIDTH: &str = "link.forward.internet.bandwidth=50 Mbps..400 Mbps";

fn calibrate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["calibrate", "site.toml", "--observed", "rpo.csv"].iter().chain(more).copied().collect()
}

#[test]
fn compression_and_bandwidth_are_one_number_and_both_are_named() {
    let room = Room::new();
    for (deviation, every) in [(0.0, 300.0), (20.0, 600.0)] {
        let truth = room.truth(&["link.forward.internet.bandwidth=137 Mbps"], Quantity::Lag, every);
        room.write("rpo.csv", &in_minutes(&truth, &mut Noise::new(6, 0.0), deviation));
        let said = room.refused(&calibrate(&["--what", "lag", "--fit", BANDWIDTH, "--fit", "process_server.ps-1.compression=0..0.6"]));
        assert!(said.contains("link.forward.internet.bandwidth and process_server.ps-1.compression cannot be told apart"), "{said}");
        assert!(said.contains("divided by what compression leaves"), "{said}");
    }
}

/// The most that is ever written is 56 MB/s: 6 MB/s of churn and 45 GB of each of two machines within half an hour. Of these 20 % are compressed away, so 358.4 Mbps
/// go over the link; on any less some lag would have been seen.
#[test]
fn a_link_that_was_never_full_has_a_lower_bound_only() {
    let room = Room::new();
    room.write("rpo.csv", &in_seconds(&room.truth(&["link.forward.internet.bandwidth=1 Gbps"], Quantity::Lag, 300.0)));
    let said = room.refused(&calibrate(&["--what", "lag", "--fit", "link.forward.internet.bandwidth=50 Mbps..2 Gbps"]));
    assert!(said.contains("only that it is at least ") && said.contains("the link was never full"), "{said}");
    let bound: f64 = said.split("at least ").nth(1).unwrap().split(" Mbps").next().unwrap().parse().unwrap();
    let peak = 8.0 * 0.8 * (6.0 + 2.0 * 45e3 / 1800.0);
    println!("bound {bound} Mbps, peak {peak} Mbps");
    assert!(bound > 0.97 * peak && bound < 1.01 * peak, "{bound} against {peak}: {said}");
}

#[test]
fn a_bound_that_whole_minutes_blur_is_lower_than_the_exact_one() {
    let room = Room::new();
    let truth = room.truth(&["link.forward.internet.bandwidth=1 Gbps"], Quantity::Lag, 300.0);
    // One reading of a minute, or nothing would say that these are minutes.
    let text = in_minutes(&truth, &mut Noise::new(7, 0.0), 0.0).replacen(",0\n", ",1\n", 1);
    room.write("rpo.csv", &text);
    let said = room.refused(&calibrate(&["--what", "lag", "--fit", "link.forward.internet.bandwidth=50 Mbps..2 Gbps"]));
    let bound: f64 = said.split("at least ").nth(1).unwrap().split(" Mbps").next().unwrap().parse().unwrap();
    assert!((200.0..358.0).contains(&bound), "{said}");
}

#[test]
fn lags_do_not_tell_the_apply_delay_and_ages_would() {
    let room = Room::new();
    room.write("rpo.csv", &in_seconds(&room.truth(&[], Quantity::Lag, 300.0)));
    let said = room.refused(&calibrate(&["--what", "lag", "--fit", "apply.delay=0 s..30 min"]));
    assert!(said.contains("apply.delay: nothing from 0 s to") && said.contains("--what point_age"), "{said}");
    // Beside one that is told, it is refused alike.
    let said = room.refused(&calibrate(&["--what", "lag", "--fit", BANDWIDTH, "--fit", "apply.delay=0 s..30 min"]));
    assert!(said.contains("apply.delay") && !said.contains("bandwidth:"), "{said}");
}

/// Every 15 minutes, and a recovery point every 5: an apply delay of 7 minutes looks like any from 5 to 10.
#[test]
fn readings_in_step_with_the_recovery_points_are_said_to_be() {
    let room = Room::new();
    room.write("rpo.csv", &in_seconds(&room.truth(&["apply.delay=7 min"], Quantity::PointAge, 900.0)));
    let output = room.run(&calibrate(&["--what", "point_age", "--fit", "apply.delay=0 s..30 min"]));
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("in step with the recovery points (every 5 min)"), "{said}");
}

#[test]
fn a_best_value_at_the_end_of_its_range_is_said() {
    let room = Room::new();
    room.write("rpo.csv", &in_seconds(&room.truth(&["link.forward.internet.bandwidth=137 Mbps"], Quantity::Lag, 300.0)));
    let record = room.record(&["--what", "lag", "--fit", "link.forward.internet.bandwidth=140 Mbps..300 Mbps"]);
    assert_eq!(record["fitted"][0]["at_end"], true, "{record}");
    assert!(record["remarks"][0].as_str().unwrap().contains("lies at the end of its range"), "{}", record["remarks"]);
}

#[test]
fn a_scenario_that_misses_something_is_said_to() {
    let room = Room::new();
    // A load that the scenario does not know, at noon of each day, besides a lag that it knows.
    let truth = room.truth(&["link.forward.internet.bandwidth=137 Mbps"], Quantity::Lag, 300.0);
    let odd = |at: f64| if (36_000.0..50_000.0).contains(&(at % 86_400.0)) { 6000.0 } else { 0.0 };
    room.write("rpo.csv", &in_seconds(&truth.iter().map(|(at, value)| (*at, value + odd(*at))).collect::<Vec<_>>()));
    let output = room.run(&calibrate(&["--what", "lag", "--fit", BANDWIDTH]));
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // Either the interval is too wide to be told, or the fit says how little it explains.
    assert!(said.contains("less than half of what was observed") || output.status.code() == Some(2), "{said}");
}
