//! `failback compare`: identical designs do not differ, differences that are known come out, common random numbers save variance where they must, the best is found,
//! and what cannot be compared is refused.

mod room;

use std::fs;
use std::path::{Path, PathBuf};

use failback::experiment::compare::designs;
use serde_json::Value;

use room::{Room, against, figure};

const LOSS: &str = "loss.latest_marker.time.fleet_worst.mean";

#[test]
fn identical_designs_differ_by_exactly_nothing() {
    let room = Room::new();
    room.write("a.toml", &room::line("10 Mbps"));
    room.write("copy.toml", &room::line("10 Mbps"));
    for other in ["a.toml", "copy.toml"] {
        let record = room.compare(&["a.toml", other, "--replications", "12"]);
        assert_eq!(record["random"], true);
        let figures = record["figures"].as_array().unwrap();
        assert!(figures.len() > 15, "{}", figures.len());
        for figure in figures {
            let against = &figure["against"][0];
            if against["verdict"] == "nothing" {
                continue;
            }
            assert_eq!(against["verdict"], "same", "{figure}");
            assert_eq!(["estimate", "low", "high"].map(|end| against["difference"][end].as_f64()), [Some(0.0); 3], "{figure}");
            assert_eq!(against["ties"], against["pairs"], "{figure}");
            assert!(against["variance_ratio"].is_null() || against["variance_ratio"] == 0.0, "{figure}");
        }
        // That nothing differs is not for want of chances.
        let lag = &record["designs"][0]["figures"].as_array().unwrap().iter().find(|figure| figure["figure"] == LOSS).unwrap().clone();
        assert!(lag["least"].as_f64() < lag["most"].as_f64(), "{lag}");
        assert!(record["verdict"][0].as_str().unwrap().contains("the same in every run"), "{}", record["verdict"]);
        assert_eq!(record["differences"], serde_json::json!([]));
        assert_eq!(record["remarks"], serde_json::json!([]));
    }
}

/// Who decides ten minutes later is back ten minutes later, in every future: a constant, though the time to recover itself is random (hydration).
#[test]
fn a_known_constant_comes_out_as_a_constant() {
    let room = Room::new();
    room.write("a.toml", &room::fire("5 min"));
    room.write("b.toml", &room::fire("5 min").replace("[[vm]]", "override.journey.decide = \"25 min\"\n\n[[vm]]"));
    let record = room.compare(&["a.toml", "b.toml", "--figure", "journey.failovers.0.rto_s", "--indifference", "9 min", "--replications", "30"]);
    let rto = against(&record, "journey.failovers.0.rto_s");
    let ends = ["estimate", "low", "high"].map(|end| rto["difference"][end].as_f64().unwrap());
    assert!(ends.iter().all(|end| (end - 600.0).abs() < 1e-6), "{rto}");
    assert!(rto["variance_ratio"].as_f64().unwrap() < 1e-12, "the time to recover varies, the difference does not: {rto}");
    assert_eq!((rto["verdict"].as_str(), rto["winner"].as_str(), rto["relevance"].as_str()), (Some("shown"), Some("A"), Some("larger")));
    assert_eq!(rto["a_better"]["estimate"], 1.0);
    // Clopper-Pearson, all of 30 seen: the lower end is 0.025^(1/30).
    assert!((rto["a_better"]["low"].as_f64().unwrap() - 0.025_f64.powf(1.0 / 30.0)).abs() < 1e-9);
    assert!(rto["words"].as_str().unwrap().starts_with("A is back sooner: 10 min less than B"), "{rto}");
    let keys: Vec<&str> = record["differences"].as_array().unwrap().iter().map(|difference| difference["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["journey.decide"]);
}

/// A point is available once it has been applied, 5 min later in B: at any moment its newest is 300 s older, except in the first 10 min, in which neither has a new
/// one. So the worst differs by 300 s, and the mean over a day by 300 s less those first minutes' share.
#[test]
fn a_longer_apply_delay_costs_exactly_that_much() {
    let room = Room::new();
    let calm = |delay: &str| room::fire(delay).split("[[disaster]]").next().unwrap().to_owned();
    room.write("a.toml", &calm("5 min"));
    room.write("b.toml", &calm("10 min"));
    let (mean, worst) = ("loss.latest_processed.time.fleet_worst.mean", "loss.latest_processed.time.fleet_worst.max");
    let record = room.compare(&["a.toml", "b.toml", "--figure", mean, "--figure", worst]);
    assert_eq!((record["random"].as_bool(), record["replications"].as_u64()), (Some(false), Some(1)));
    // 15 ms on the way.
    for (path, difference) in [(mean, 300.0 * (1.0 - 600.015 / 86_400.0)), (worst, 300.0)] {
        let age = against(&record, path);
        assert_eq!((age["verdict"].as_str(), age["winner"].as_str()), (Some("exact"), Some("A")));
        assert!((age["difference"]["estimate"].as_f64().unwrap() - difference).abs() < 1e-4, "{age}");
        assert!(age["a_better"].is_null() && age["variance_ratio"].is_null(), "{age}");
        assert!(age["words"].as_str().unwrap().contains("exactly"), "{age}");
    }
}

/// Closed form: the same bytes on a link twice as wide use half of it, in every future. Two perfectly correlated figures, one k times the other, have a difference
/// whose variance is (k - 1)^2 / (k^2 + 1) of that of independent ones: 0.2 for k = 2.
#[test]
fn the_variance_that_pairing_saves_is_that_of_the_closed_form() {
    let room = Room::new();
    let calm = |bandwidth: &str| room::line(bandwidth).replace(room::OUTAGES, "");
    room.write("a.toml", &calm("40 Mbps"));
    room.write("b.toml", &calm("80 Mbps"));
    let record = room.compare(&["a.toml", "b.toml", "--replications", "20"]);
    let used = against(&record, "link.mean_use");
    assert!((used["variance_ratio"].as_f64().unwrap() - 0.2).abs() < 0.01, "{used}");
    assert!(used["winner"].is_null() && used["a_better"].is_null(), "to use less of a link is neither better nor worse: {used}");
}

#[test]
fn the_small_fleets_vpn_and_expressroute_share_their_chances() {
    let (vpn, circuit) = (shipped("small-vpn.toml"), shipped("small-expressroute.toml"));
    let room = Room::new();
    let said = room.done(&[&vpn, &circuit, "--replications", "12", "--horizon", "14 days", "--out", "o"]);
    assert!(said.contains("var.") && said.lines().all(|line| line.chars().count() <= 100), "{said}");
    let record = room.record();
    // The same line fails at the same times, and the same disks are written alike: what is left is how fast a backlog drains, and a gateway.
    for path in [LOSS, "lag.fleet_worst.mean", "lag.fleet_worst.max", "link.mean_use", "link.down_s"] {
        let ratio = against(&record, path)["variance_ratio"].as_f64().unwrap();
        assert!(ratio < 0.5, "{path}: {ratio}");
    }
    assert!(against(&record, "link.down_s")["a_mean"].as_f64().unwrap() > 30.0, "some line failed");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let room = Room::new();
    room.write("a.toml", &room::line("10 Mbps"));
    room.write("b.toml", &room::line("12 Mbps"));
    for threads in ["1", "2"] {
        room.done(&["a.toml", "b.toml", "--replications", "20", "--threads", threads, "--out", threads, "--quiet"]);
    }
    for file in ["comparison.json", "comparison.csv", "runs.csv", "report.html", "plots/differences.svg", "plots/futures.png"] {
        let of = |threads: &str| fs::read(room.path(threads).join(file)).unwrap();
        assert!(of("1") == of("2"), "{file} differs");
    }
    let rows = fs::read_to_string(room.path("1/runs.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 2 * 20);
    // The tables say what the record says.
    let record: Value = serde_json::from_slice(&fs::read(room.path("1/comparison.json")).unwrap()).unwrap();
    let table = fs::read_to_string(room.path("1/comparison.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + record["figures"].as_array().unwrap().len());
}

#[test]
fn several_designs_share_the_risk_of_being_wrong() {
    let room = Room::new();
    for (name, bandwidth) in [("a.toml", "10 Mbps"), ("b.toml", "12 Mbps"), ("c.toml", "14 Mbps")] {
        room.write(name, &room::line(bandwidth));
    }
    let record = room.compare(&["a.toml", "b.toml", "c.toml", "--replications", "20"]);
    assert!((record["level_each"].as_f64().unwrap() - 0.975).abs() < 1e-12);
    let lag = figure(&record, "lag.fleet_worst.mean");
    assert_eq!(lag["against"].as_array().unwrap().len(), 2);
    assert_eq!(lag["against"][1]["design"], "C");
    let half = |level: f64| {
        let two = room.compare(&["a.toml", "b.toml", "--replications", "20"]);
        let record = if level < 0.96 { &two } else { &record };
        let difference = &against(record, "lag.fleet_worst.mean")["difference"];
        difference["high"].as_f64().unwrap() - difference["low"].as_f64().unwrap()
    };
    // Student's t on 19 degrees of freedom: 2.433 (97.5 %) to 2.093 (95 %).
    assert!((half(0.975) / half(0.95) - 2.4334 / 2.0930).abs() < 1e-3);
    assert!(std::fs::read_to_string(room.path("o/report.html")).unwrap().contains("id=\"credibility\""));
}

#[test]
fn a_precision_is_that_of_the_difference() {
    let room = Room::new();
    room.write("a.toml", &room::line("10 Mbps"));
    room.write("b.toml", &room::line("20 Mbps"));
    let record = room.compare(&["a.toml", "b.toml", "--precision", "30 %", "--replications", "400", "--figure", "link.mean_use"]);
    let (stop, used) = (&record["stop"], against(&record, "link.mean_use"));
    let half = (used["difference"]["high"].as_f64().unwrap() - used["difference"]["low"].as_f64().unwrap()) / 2.0;
    assert!((stop["reached"].as_f64().unwrap() - half / used["a_mean"].as_f64().unwrap()).abs() < 1e-9, "{stop}");
    assert_eq!((stop["cap_hit"].as_bool(), record["replications"].as_u64()), (Some(false), Some(40)));
    let record = room.compare(&["a.toml", "b.toml", "--precision", "0.01 %", "--replications", "45", "--figure", "lag.fleet_worst.mean"]);
    assert_eq!((record["stop"]["cap_hit"].as_bool(), record["replications"].as_u64()), (Some(true), Some(45)));
}

/// More bandwidth on the only bottleneck never raises a lag, so the widest line is the best, whatever the chances.
#[test]
fn the_best_of_three_lines_is_the_widest() {
    let room = Room::new();
    for (name, bandwidth) in [("a.toml", "8 Mbps"), ("b.toml", "30 Mbps"), ("c.toml", "9 Mbps")] {
        room.write(name, &room::line(bandwidth));
    }
    let arguments = ["a.toml", "b.toml", "c.toml", "--best", "lag.fleet_worst.mean", "--indifference", "1 s", "--replications", "200"];
    let record = room.compare(&arguments);
    let best = &record["best"];
    assert_eq!((best["best"].as_str(), best["cap_hit"].as_bool()), (Some("B"), Some(false)), "{best}");
    assert!(best["probability"].as_f64().unwrap() >= 0.95, "{best}");
    let runs: Vec<u64> = best["designs"].as_array().unwrap().iter().map(|design| design["runs"].as_u64().unwrap()).collect();
    assert!(runs.iter().all(|runs| *runs >= 20) && runs.iter().sum::<u64>() <= 600, "{runs:?}");
    assert_eq!(record["replications"].as_u64(), runs.iter().copied().min());
    let rows = fs::read_to_string(room.path("o/runs.csv")).unwrap().lines().count() as u64;
    assert_eq!(rows, 1 + runs.iter().sum::<u64>());
    // One design, three times: no winner for sure, but any is within a minute of the best.
    room.write("b.toml", &room::line("8 Mbps"));
    room.write("c.toml", &room::line("8 Mbps"));
    let mut capped = arguments;
    (capped[6], capped[8]) = ("0 s", "25");
    let best = room.compare(&capped)["best"].clone();
    assert_eq!(best["cap_hit"], true, "{best}");
    capped[6] = "1 h";
    assert!(room.compare(&capped)["best"]["probability"].as_f64().unwrap() > 0.95);
}

#[test]
fn what_cannot_be_compared_is_refused_and_nothing_is_written() {
    let room = Room::new();
    room.write("a.toml", &room::line("10 Mbps"));
    room.write("long.toml", &room::line("10 Mbps").replace("90 min", "2 h"));
    room.write("late.toml", &room::line("10 Mbps").replace("2026-01-05", "2026-01-06"));
    room.write("broken.toml", &room::line("10 MB"));
    let cases: [(&[&str], &[&str]); 10] = [
        (&["a.toml"], &["2 values required"]),
        (&["a.toml", "long.toml"], &["long.toml: `horizon` is 2 h, but", "--horizon"]),
        (&["a.toml", "late.toml"], &["late.toml: `start`", "--set start"]),
        (&["a.toml", "broken.toml"], &["broken.toml:", "amount of data"]),
        (&["a.toml", "nowhere.toml"], &["nowhere.toml"]),
        (&["a.toml", "a.toml", "--figure", "lag.worst.p99"], &["--figure lag.worst.p99: in A", "`fleet_worst`"]),
        (&["a.toml", "a.toml", "--best", "link.mean_use"], &["--best link.mean_use", "neither less nor more"]),
        (&["a.toml", "a.toml", "--indifference", "1 GB"], &["--indifference 1 GB", "a time"]),
        (&["a.toml", "a.toml", "--set", "polcy.retention=1 day"], &["polcy"]),
        (&["a.toml", "a.toml", "--disasters-per-year=-1"], &["--disasters-per-year", "0.05"]),
    ];
    for (arguments, said) in cases {
        let text = room.refused(arguments);
        for said in said {
            assert!(text.contains(said), "{arguments:?} says\n{text}");
        }
    }
    assert!(!room.path("output").exists() && !room.path("o").exists());
    // The same length makes them comparable.
    room.compare(&["a.toml", "long.toml", "--horizon", "1 h", "--replications", "2"]);
}

#[test]
fn what_is_comparable_only_in_part_is_said() {
    let room = Room::new();
    room.write("a.toml", &room::line("10 Mbps"));
    let other = room::line("10 Mbps")
        .replace("name  = \"bursty\"", "name  = \"other\"")
        .replace("200 kB/s", "300 kB/s")
        .replace("seed    = 7", "seed    = 8");
    room.write("b.toml", &other.replace("mtbf = \"1 h\"", "name = \"digger\", mtbf = \"1 h\""));
    let record = room.compare(&["a.toml", "b.toml", "--replications", "3"]);
    let remarks = record["remarks"].to_string();
    for said in ["seed 8 of its own", "Only A has 1 machine: bursty", "Only B has 1 machine: other", "not written alike", "drawn independently"] {
        assert!(remarks.contains(said), "{said}: {remarks}");
    }
    assert_eq!(record["seed"], 7);
}

#[test]
fn the_pairs_that_ship_are_comparable_and_open_with_their_question() {
    for fleet in ["small", "middle", "large"] {
        let files: Vec<PathBuf> = ["vpn", "expressroute"].iter().map(|link| PathBuf::from(shipped(&format!("{fleet}-{link}.toml")))).collect();
        let designs = designs::load(&files, &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let remarks = designs::compare(&designs).unwrap();
        // The small pair hangs on one line, the others fail by causes of their own.
        let outages = if fleet == "small" { "share `line`" } else { "pairing takes nothing out" };
        assert!(remarks.len() == 1 && remarks[0].contains(outages), "{remarks:?}");
        for file in files {
            let text = fs::read_to_string(file).unwrap();
            assert!(text.starts_with("#:schema ../scenario.schema.json\n# ") && text.contains("\n# Question:"), "{text}");
        }
    }
}

#[test]
fn the_records_schema_describes_every_key_of_it() {
    let schema = failback::report::compare::schema();
    let room = Room::new();
    room.write("a.toml", &room::line("10 Mbps"));
    let record = room.compare(&["a.toml", "a.toml", "--replications", "2"]);
    for key in record.as_object().unwrap().keys() {
        assert!(schema["properties"][key]["description"].is_string(), "{key}");
    }
    let printed = room.done_plain(&["schema", "compare-results"]);
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), schema);
}

#[cfg(unix)]
#[test]
fn an_interrupt_keeps_whole_rounds() {
    let room = Room::new();
    room.write("a.toml", &room::line("10 Mbps"));
    room.write("b.toml", &room::line("12 Mbps"));
    let mut child = room.start(&["a.toml", "b.toml", "--replications", "1000000", "--out", "o", "--quiet"]);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let record = room.record();
    let rounds = record["replications"].as_u64().unwrap();
    assert!((1..1_000_000).contains(&rounds));
    assert!(record["designs"].as_array().unwrap().iter().all(|design| design["runs"] == rounds));
}

fn shipped(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/compare").join(name).display().to_string()
}
