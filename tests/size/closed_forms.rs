//! Sizings whose answer is a formula.

use crate::room::{Room, assert_neighbours, values};

/// Nothing but a burst of `gigabytes` within 10 minutes, in 3 hours, on a link without overhead or delay.
pub fn burst(gigabytes: u32) -> String {
    format!(
        r#"
        title = "One burst"
        horizon = "3 h"
        limits  = {{ disk = "off", vm = "off" }}
        agent   = {{ buffer = "unlimited" }}
        vm      = [{{ name = "a", churn = "idle", disks = [{{ size = "2 TiB", io = "64 KiB" }}] }}]
        event   = [{{ at = "1 h", bulk_load = {{ vms = ["a"], bytes = "{gigabytes} GB", over = "10 min" }} }}]
        process_server = [{{ name = "p", compression = "0 %", cache = "unlimited" }}]
        link.forward.internet = {{ bandwidth = "32 Mbps", payload = "100 %", rtt = "0 ms" }}
        "#
    )
}

fn sizing(more: &str) -> String {
    format!(
        r#"
        title = "Burst"
        scenario = "scenario.toml"
        {more}
        [find]
        key = "link.forward.internet.bandwidth"
        from = "8 Mbps"
        to = "800 Mbps"
        "#
    )
}

/// Section G: a burst of h for d on a link B peaks at a lag of d (h / B - 1), so a lag of R needs B = h d / (R + d).
#[test]
fn link_for_a_burst_is_h_d_over_r_plus_d() {
    for (minutes, factor, growth) in [(5.0, 1.0, "0 %"), (15.0, 1.0, "0 %"), (60.0, 1.0, "0 %"), (15.0, 1.4, "40 %")] {
        let record = Room::new(&burst(6), &sizing(&format!("growth = \"{growth}\"\ntarget = \"lag.fleet_worst.max <= {minutes} min\""))).found(0);
        let (h, d, r) = (factor * 80e6, 600.0, minutes * 60.0);
        let exact = h * d / (r + d);
        let found = values(&record)[0].unwrap();
        assert!((exact..=exact * 1.01).contains(&found), "{found} for {minutes} min, {exact} expected");
        assert_eq!(record["random"], false);
        let tried = record["points"].as_array().unwrap().len();
        assert!(tried <= 22, "{tried} values tried for three levels");
    }
}

/// The lag of that burst is a triangle, t (1 - B / h) up to t = d h / B. It is over R for d h / B - R / (1 - B / h), which may be so long a share of the run.
#[test]
fn link_for_a_share_of_the_time_is_where_the_triangle_is_short_enough() {
    let record = Room::new(&burst(6), &sizing("target = \"rpo <= 5 min\"\nlevels = [\"99.5 %\", \"97 %\", \"92 %\"]")).found(0);
    assert_neighbours(&record);
    for (share, found) in [0.995, 0.97, 0.92].into_iter().zip(values(&record)) {
        let over = |b: f64| 600.0 / b - 300.0 / (1.0 - b) - (1.0 - share) * 10_800.0;
        // From B just above what no lag is over, down: the time over the limit only grows.
        let (mut low, mut high) = (0.3, 0.999);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if over(middle) > 0.0 { low = middle } else { high = middle }
        }
        let (exact, found) = (high * 80e6, found.unwrap());
        assert!((exact * 0.9999..=exact * 1.0101).contains(&found), "{found} for {share}, {exact} expected");
    }
}

/// 1 MB/s of steady churn uses half of 16 Mbps; half as much again with growth, a fifth more with headroom; then the next circuit and the next gateway.
#[test]
fn growth_headroom_and_the_next_size_up() {
    let scenario = burst(6).replace("churn = \"idle\"", "churn = { constant = \"1 MB/s\" }").replace("event ", "# event ");
    let room = Room::new(&scenario, &sizing("target = \"link.mean_use <= 50 %\"\ngrowth = \"50 %\"\nheadroom = \"20 %\""));
    let record = room.found(0);
    let found = values(&record)[0].unwrap();
    assert!((24e6..=24.24e6).contains(&found), "{found}");
    let answer = &record["answers"][0];
    let more: f64 = answer["with_headroom"].as_str().unwrap().strip_suffix(" Mbps").unwrap().parse().unwrap();
    assert!((more * 1e6 - 1.2 * found).abs() < 1e-4 * found, "{more}");
    let sizes: Vec<&str> = answer["next_sizes"].as_array().unwrap().iter().map(|size| size["name"].as_str().unwrap()).collect();
    assert_eq!(sizes, ["50 Mbps", "Basic"]);
}

/// Twelve machines of 1 MB/s each, spread evenly over servers that take 3.5 MB/s in: three machines on each of four is the most that fits.
#[test]
fn process_servers_are_counted_exactly() {
    let scenario = burst(6)
        .replace("horizon = \"3 h\"", "horizon = \"6 h\"")
        .replace("name = \"a\", churn = \"idle\"", "name = \"a\", count = 12, churn = { constant = \"1 MB/s\" }")
        .replace("event ", "# event ")
        .replace("bandwidth = \"32 Mbps\"", "bandwidth = \"1 Gbps\"")
        .replace("compression", "intake = \"3.5 MB/s\", compression");
    let sizing = r#"
        scenario = "scenario.toml"
        target = "lag.fleet_worst <= 15 min"
        levels = ["100 %"]
        headroom = "10 %"
        [find]
        name = "process servers"
        key = "process_server.p.count"
        from = 1
        to = 12
    "#;
    let record = Room::new(&scenario, sizing).found(0);
    assert_neighbours(&record);
    assert_eq!(values(&record), [Some(4.0)]);
    assert_eq!(record["answers"][0]["with_headroom"], "5");
}

/// A disk that writes 3 MB/s against its own 2 MB/s is late on any link; one that writes 1 MB/s is not.
#[test]
fn no_link_is_enough_for_a_disk_over_its_own_limit() {
    let scenario = burst(6)
        .replace("disk = \"off\"", "disk = \"2 MB/s\"")
        .replace("churn = \"idle\", disks", "churn = { constant = \"3 MB/s\" }, disks")
        .replace("event ", "# event ");
    let room = Room::new(&scenario, &sizing("target = \"lag.fleet_worst <= 15 min\"\nlevels = [\"100 %\", \"50 %\"]"));
    let record = room.found(3);
    let because = record["answers"][0]["because"].as_str().unwrap();
    assert!(because.starts_with("disk a/0 is over its own limit of 2 MB/s: behind nothing else it would be over 15 min for "), "{because}");
    assert_eq!(record["answers"][0]["outcome"], "none-is-enough");
    assert_eq!(record["points"].as_array().unwrap().len(), 2, "the largest and the middle say it all");
    let output = room.run(&["sizing.toml"]);
    let said = crate::room::text(&output.stderr);
    assert!(
        said.contains("missed: lag.fleet_worst <= 15 min for 100 % and 50 % of the time; no value is enough, not even 800 Mbps: disk a/0"),
        "{said}"
    );
    // Within its limit it is the link's affair again.
    let calm = Room::new(&scenario.replace("3 MB/s", "1 MB/s"), &sizing("target = \"lag.fleet_worst <= 15 min\"\nlevels = [\"100 %\"]")).found(0);
    assert!(values(&calm)[0].unwrap() < 8.1e6);
}

/// More of a named choice, or of a list, is whatever the file puts later.
#[test]
fn choices_and_lists_are_taken_in_their_order() {
    let listed = r#"
        scenario = "scenario.toml"
        target = "lag.fleet_worst.max <= 15 min"
        [find]
        key = "link.forward.internet.bandwidth"
        values = ["10 Mbps", "30 Mbps", "34 Mbps", "100 Mbps"]
    "#;
    let record = Room::new(&burst(6), listed).found(0);
    assert_eq!(values(&record)[0], Some(34e6));
    assert_neighbours(&record);
    let named = r#"
        scenario = "scenario.toml"
        target = "lag.fleet_worst <= 15 min"
        levels = ["100 %"]
        [find]
        choices = [
          { name = "copper", set = ["link.forward.internet.bandwidth=10 Mbps"] },
          { name = "glass", set = ["link.forward.internet.bandwidth=40 Mbps"] },
          { name = "two of glass", set = ["link.forward.internet.bandwidth=80 Mbps"] },
        ]
    "#;
    let record = Room::new(&burst(6), named).found(0);
    assert_eq!(record["answers"][0]["written"], "glass");
    assert_neighbours(&record);
}

/// A throttle of 8 Mbps from one to two o'clock holds a burst up however wide the line: of three hours of 800 Mbps it leaves (2 x 800 + 8) / 3 = 536 Mbps.
#[test]
fn what_a_throttle_takes_is_not_called_the_width_of_the_line() {
    let throttle = "rtt = \"0 ms\", throttle = [{ from = \"01:00\", to = \"02:00\", limit = \"8 Mbps\" }] }";
    let room = Room::new(&burst(6).replace("rtt = \"0 ms\" }", throttle), &sizing("target = \"lag.fleet_worst <= 15 min\"\nlevels = [\"100 %\"]"));
    let record = room.found(3);
    let because = record["answers"][0]["because"].as_str().unwrap();
    assert!(because.contains("(throttle, background traffic and outages leave 536 Mbps of its 800 Mbps on average)"), "{because}");
}

/// What a sizing set besides its scenario is said with the answer: it is part of the question.
#[test]
fn what_was_set_besides_the_scenario_is_said() {
    let room = Room::new(&burst(6), &sizing("set = [\"horizon=2 h\"]\ntarget = \"lag.fleet_worst <= 15 min\"\nlevels = [\"100 %\"]"));
    assert!(room.done(&["sizing.toml", "--out", "o"]).contains("Set besides the scenario: horizon=2 h."));
    let page = std::fs::read_to_string(room.path("o/report.html")).unwrap();
    assert!(page.contains("Set besides the scenario: <code>horizon=2 h</code>"));
}
