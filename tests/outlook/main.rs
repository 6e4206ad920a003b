//! `failback outlook`: closed forms of growth, planning limits and initial replication; the folder it writes; what it refuses.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

#[path = "../import_data/place.rs"]
mod import_data;
mod limits;

/// A folder with one scenario.
struct Room(tempfile::TempDir);

impl Room {
    fn new(scenario: &str) -> Self {
        let room = Room(tempfile::tempdir().unwrap());
        fs::write(room.path("site.toml"), scenario).unwrap();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Exit code, standard output, standard error.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_failback")).current_dir(self.0.path()).args(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    fn done(&self, arguments: &[&str]) -> String {
        let (code, out, err) = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {err}");
        out
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[&["outlook", "site.toml", "--json"], arguments].concat())).unwrap()
    }
}

/// What is over first by name.
fn limit<'v>(outlook: &'v Value, name: &str) -> &'v Value {
    let found = outlook["first"].as_array().unwrap().iter().find(|limit| limit["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {}", outlook["first"]))
}

fn close(found: &Value, expected: f64, within: f64) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{found} is no number"));
    assert!((found - expected).abs() <= within * expected.abs(), "{found}, expected {expected}");
}

/// One VM that writes so much a second, and nothing in its way but the link.
fn steady(rate: &str, mbps: u32) -> String {
    format!(
        r#"
        start = "2026-01-31 00:00"
        horizon = "1 day"
        policy = {{ rpo_threshold = "15 min", app_every = "off" }}
        limits = {{ disk = "off", vm = "off", account = "off" }}
        [[vm]]
        name = "db"
        disks = [{{ size = "2 TiB", used = "10 %" }}]
        churn.constant = "{rate}"
        [link.forward]
        internet = {{ bandwidth = "{mbps} Mbps", payload = "100 %", rtt = "1 ms", loss = "none" }}
        "#
    )
}

/// Churn w on a link of B is over it first in month ceil(ln(B / w) / ln(1 + g)), g a month: 1 MB/s less 30 % by compression is 5.6 Mbps.
#[test]
fn the_link_is_over_in_the_month_of_the_closed_form() {
    let room = Room::new(&steady("1 MB/s", 10));
    let outlook = room.json(&["--months", "31", "--growth", "2 % per month"]);
    let expected = ((10.0_f64 / 5.6).ln() / 1.02_f64.ln()).ceil();
    assert_eq!(expected, 30.0);
    close(&outlook["months"][0]["values"]["link_asked_share"], 0.56, 1e-9);
    assert_eq!(limit(&outlook, "link")["month"].as_f64(), Some(expected));
    assert_eq!(limit(&outlook, "rpo")["month"].as_f64(), Some(expected));
    assert_eq!(limit(&outlook, "link")["good_months"].as_f64(), Some(expected));
    // 30 months from the last day of January.
    assert_eq!(limit(&outlook, "link")["date"], "2028-07-31");
    assert_eq!(outlook["months"][1]["date"], "2026-02-28");
    // The lag grows by 1 - B / w from the first write on.
    let asked = 0.56 * 1.02_f64.powi(30);
    close(&outlook["months"][30]["values"]["rpo_max_s"], 86_400.0 * (1.0 - 1.0 / asked), 1e-3);
    assert_eq!(outlook["random"], false);
    assert_eq!(outlook["months"][3]["runs"], 1);
    assert_eq!(outlook["months"][3]["low"], serde_json::json!({}), "no intervals where nothing is random");
}

/// 20 MB/s are 1.728 TB a day; a process server is planned for 2 TiB (documented), so ceil(day / limit) are needed.
#[test]
fn process_servers_are_the_largest_day_over_the_planning_limit() {
    let largest = "[[process_server]]\nname = \"ps\"\nsize = \"12 vCPU\"\n[link.forward]";
    let room = Room::new(&steady("20 MB/s", 1000).replace("[link.forward]", largest));
    let outlook = room.json(&["--months", "40", "--growth", "2 % per month"]);
    let days = |month: i32| 1.728e12 * 1.02_f64.powi(month) / (2.0 * 1024.0_f64.powi(4));
    for month in 0..=40 {
        let needs = &outlook["months"][month]["needs"];
        assert_eq!(needs["by_daily_limit"].as_f64(), Some(days(month as i32).ceil()), "month {month}");
        close(&outlook["months"][month]["values"]["server_largest_day_share"], days(month as i32), 1e-6);
    }
    let expected = (0..).find(|month| days(*month) > 1.0).unwrap();
    assert_eq!(limit(&outlook, "server_day")["month"].as_f64(), Some(f64::from(expected)));
    // The documented row for more than 1 TiB a day is 12 vCPU with 1 TiB of cache.
    assert_eq!(outlook["months"][0]["needs"]["size"], "12 vCPU");
    close(&outlook["months"][0]["needs"]["cache_documented_bytes"], 1024.0_f64.powi(4), 0.0);
}

/// A P10 disk takes 4 MB/s of 16 KiB writes, documented: 3 MB/s growing by 20 % a year is over it in month ceil(12 ln(4/3) / ln 1.2).
#[test]
fn a_disk_is_over_its_documented_limit_by_name() {
    let scenario = steady("3 MB/s", 1000).replace("size = \"2 TiB\"", "size = \"100 GiB\", io = \"16 KiB\"");
    let outlook = Room::new(&scenario).json(&["--months", "20", "--growth", "20 % per year"]);
    let expected = (12.0 * (4.0_f64 / 3.0).ln() / 1.2_f64.ln()).ceil();
    assert_eq!(limit(&outlook, "disk")["month"].as_f64(), Some(expected));
    assert_eq!(limit(&outlook, "disk")["who"], serde_json::json!(["db/0"]));
}

/// Four machines that write nothing: 90, 60, 30 and 30 GB of used data.
const COPIES: &str = r#"
horizon = "1 day"
policy.app_every = "off"
limits = { disk = "off", vm = "off", account = "off" }
[[vm]]
name = "small"
disks = [{ size = "100 GB", used = "30 GB" }]
churn = "idle"
[[vm]]
name = "large"
disks = [{ size = "100 GB", used = "90 GB" }]
churn = "idle"
[[vm]]
name = "pair-1"
disks = [{ size = "100 GB", used = "60 GB" }]
churn = "idle"
[[vm]]
name = "pair-2"
disks = [{ size = "100 GB", used = "30 GB" }]
churn = "idle"
[link.forward]
internet = { bandwidth = "10 Mbps", payload = "100 %", rtt = "1 ms", loss = "none" }
"#;

/// Source bytes that 10 Mbps carry in a second where 30 % is compressed away.
const RATE: f64 = 10e6 / 8.0 / 0.7;

fn names(batch: &Value) -> Vec<&str> {
    batch["vms"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

/// All at once: used bytes over what the link carries. In batches: 24 h carry 154 GB, so 90 + 60, then 30 + 30.
#[test]
fn initial_replication_is_the_used_bytes_over_the_link() {
    let outlook = Room::new(COPIES).json(&["--months", "1", "--goal", "24 h"]);
    let copy = &outlook["initial_replication"];
    close(&copy["at_once_s"], 210e9 / RATE, 1e-6);
    let batches = copy["batches"].as_array().unwrap();
    assert_eq!(batches.iter().map(names).collect::<Vec<_>>(), [vec!["large", "pair-1"], vec!["small", "pair-2"]]);
    close(&batches[0]["ends_s"], 150e9 / RATE, 1e-6);
    close(&batches[1]["ends_s"], 210e9 / RATE, 1e-6);
    assert!(batches.iter().all(|batch| batch["within_goal"] == true && batch["rpo_held"] == true));
}

/// A replication group stays in one batch (90 and 90 GB do not fit into 24 h, and the order is kept, so the small one comes after the pair), and the line that is printed makes the same batches in a run.
#[test]
fn groups_stay_together_and_the_printed_line_makes_the_batches() {
    let grouped = format!("{COPIES}\n[[group]]\nname = \"pair\"\nvms = [\"pair-1\", \"pair-2\"]\n");
    let outlook = Room::new(&grouped).json(&["--months", "1", "--goal", "24 h"]);
    let copy = &outlook["initial_replication"];
    let batches = copy["batches"].as_array().unwrap();
    assert_eq!(batches.iter().map(names).collect::<Vec<_>>(), [vec!["large"], vec!["pair-1", "pair-2", "small"]]);

    let again = format!("{}\n{grouped}", copy["toml"].as_str().unwrap())
        .replace("horizon = \"1 day\"", "horizon = \"3 days\"")
        .replace("policy.app_every", "policy.start = \"initial-replication\"\npolicy.app_every");
    let run: Value = serde_json::from_str(&Room::new(&again).done(&["run", "site.toml", "--json"])).unwrap();
    let ends = &run["initial_replication"]["batch_ends_s"];
    for (place, batch) in batches.iter().enumerate() {
        close(&ends[place], batch["ends_s"].as_f64().unwrap(), 1e-9);
    }
    assert_eq!(ends.as_array().unwrap().len(), 2);
}

/// What is too large for the goal alone is a batch of its own that says so.
#[test]
fn a_machine_too_large_for_the_goal_is_said_to_be_late() {
    let room = Room::new(COPIES);
    let outlook = room.json(&["--months", "1", "--goal", "10 h"]);
    let batches = outlook["initial_replication"]["batches"].as_array().unwrap();
    assert_eq!(names(&batches[0]), ["large"]);
    assert_eq!(batches[0]["within_goal"], false);
    close(&batches[0]["ends_s"], 90e9 / RATE, 1e-6);
    assert!(batches[1..].iter().all(|batch| batch["within_goal"] == true));
    assert!(room.done(&["outlook", "site.toml", "--months", "1", "--goal", "10 h"]).contains("1 batch does not end within the goal"));
}

/// Batches listed in a scenario are checked.
#[test]
fn listed_batches_are_checked() {
    for (line, said) in [
        ("initial_replication.batches = [[\"large\"], [\"large\"]]", "in an earlier batch already"),
        ("initial_replication.batches = [[\"larg\"]]", "there is no machine `larg`"),
        ("initial_replication = { batch = 2, batches = [[\"large\"]] }", "both counted and listed"),
    ] {
        let (code, _, err) = Room::new(&format!("{line}\n{COPIES}")).run(&["check", "site.toml"]);
        assert_eq!(code, Some(2), "{line}");
        assert!(err.contains(said), "{line}: {err}");
    }
}

/// A scenario in which churn and outages are random.
const RANDOM: &str = r#"
horizon = "3 h"
policy = { rpo_threshold = "5 min", app_every = "off" }
[[vm]]
name = "bursty"
disks = [{ size = "64 GiB", used = "1 GiB" }]
churn.lognormal = { mean = "1 MB/s", variability = 2.0, autocorrelation = 0.5 }
[link.forward]
internet = { bandwidth = "10 Mbps", rtt = "30 ms", outages = { mtbf = "2 h", repair = { median = "2 min", p95 = "10 min" } } }
"#;

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for name in ["outlook.json", "outlook.csv", "first.csv", "batches.csv", "report.html", "plots/outlook.svg", "plots/outlook.png"] {
        files.push((name.to_owned(), fs::read(folder.join(name)).unwrap()));
    }
    assert!(String::from_utf8_lossy(&files[4].1).contains("id=\"credibility\""), "every page says how far it can be relied on");
    files
}

#[test]
fn one_thread_and_two_write_the_same_bytes() {
    let room = Room::new(RANDOM);
    for (threads, out) in [("1", "one"), ("2", "two")] {
        room.done(&["outlook", "site.toml", "--months", "3", "--replications", "2", "--threads", threads, "--out", out, "--quiet"]);
    }
    for ((name, one), (_, two)) in contents(&room.path("one")).into_iter().zip(contents(&room.path("two"))) {
        assert!(one == two, "{name} differs");
    }
}

#[test]
fn what_is_random_has_intervals_and_says_so() {
    let room = Room::new(RANDOM);
    let told = room.done(&["outlook", "site.toml", "--months", "2", "--replications", "10"]);
    assert!(told.contains("Each month is 10 runs"), "{told}");
    let record: Value = serde_json::from_str(&fs::read_to_string(room.path("output/outlook-site/outlook.json")).unwrap()).unwrap();
    assert_eq!((record["random"].clone(), record["months"][1]["runs"].clone()), (Value::Bool(true), Value::from(10)));
    let (month, key) = (&record["months"][1], "link_mean_use");
    let [low, value, high] = ["low", "values", "high"].map(|part| month[part][key].as_f64().unwrap());
    assert!(low < value && value < high, "{low} {value} {high}");
    let header = fs::read_to_string(room.path("output/outlook-site/outlook.csv")).unwrap();
    assert!(header.starts_with("month,date,churn_factor,runs,rpo_p99_s,low_rpo_p99_s,high_rpo_p99_s"), "{header}");
    let one = room.done(&["outlook", "site.toml", "--months", "1"]);
    assert!(one.contains("--replications 20"), "{one}");
}

#[test]
fn growth_has_a_source_and_the_scenarios_own_comes_first() {
    let room = Room::new(&steady("1 MB/s", 10));
    let assumed = room.json(&["--months", "1"]);
    assert_eq!((assumed["growth"]["words"].as_str(), assumed["growth"]["standing"].as_str()), (Some("30 % per year"), Some("assumed")));
    let own = room.json(&["--months", "1", "--set", "growth_per_year=0.1"]);
    assert_eq!((own["growth"]["words"].as_str(), own["growth"]["standing"].as_str()), (Some("10 % per year"), Some("scenario")));
    let overridden = room.json(&["--months", "1", "--set", "override.outlook.growth_per_year=0.5"]);
    assert_eq!(overridden["growth"]["words"], "50 % per year");
}

#[test]
fn the_summary_fits_a_hundred_columns() {
    let told = Room::new(COPIES).done(&["outlook", "site.toml", "--months", "12", "--goal", "24 h"]);
    for line in told.lines().filter(|line| !line.starts_with("Report: ")) {
        assert!(line.chars().count() <= 100, "{line}");
    }
    assert!(told.contains("Saturates first:") && told.contains("Process servers:") && told.contains("Initial replication:"), "{told}");
}

#[test]
fn bad_input_is_one_clear_error_and_nothing_is_written() {
    let room = Room::new(&steady("1 MB/s", 10));
    for (arguments, said) in [
        (&["--growth", "20 %"][..], "20 % per year"),
        (&["--growth", "much per year"], "not a number of per cent"),
        (&["--growth", "1000 % per month"], "look less far"),
        (&["--goal", "3 MB"], "--goal 3 MB"),
        (&["--months", "0"], "--months"),
        (&["--require", "first.lnk.month >= 3"], "outlook.json has no"),
        (&["--set", "override.outlook.growth_per_year=off"], "outlook.growth_per_year"),
        (&["--set", "vm.dbx.churn.constant=1 MB/s"], "vm"),
    ] {
        let (code, _, err) = room.run(&[&["outlook", "site.toml"][..], arguments].concat().into_iter().collect::<Vec<_>>());
        assert_eq!(code, Some(2), "{arguments:?}: {err}");
        assert_eq!(err.matches("error:").count(), 1, "{err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
    assert!(!room.path("output").exists(), "nothing is written");
}

#[test]
fn a_target_that_is_missed_leaves_with_code_3() {
    let room = Room::new(&steady("1 MB/s", 10));
    let months = |least: &str| room.run(&["outlook", "site.toml", "--months", "31", "--growth", "2 % per month", "--quiet", "--require", least]).0;
    assert_eq!(months("first.link.good_months >= 30"), Some(0));
    assert_eq!(months("first.link.good_months >= 31"), Some(3));
}

/// Section H of the oracles: the July 2013 fleet's largest calendar day of 6.35 TB needs 4 process servers of 2 TB a day.
#[test]
fn july_needs_four_process_servers_of_2_tb() {
    let Some(record) = import_data::find("bitbrains-2013-07/write-kb-per-5min.csv.gz") else { return };
    let room = Room::new(&format!(
        r#"
        start = "2013-07-01 00:00"
        horizon = "30 days"
        policy.app_every = "off"
        limits = {{ disk = "off", vm = "off", account = "off" }}
        agent.buffer = "unlimited"
        output = {{ points = false }}
        [churn.record]
        file = "{}"
        unit = "kB"
        align = "start"
        [[vm]]
        name = "bb"
        io = "16 KiB"
        used = "1 GiB"
        churn.record.column = "all"
        [[process_server]]
        name = "ps"
        count = 4
        daily_limit = "2 TB"
        [link.forward]
        internet = {{ bandwidth = "10 Gbps" }}
        "#,
        record.canonicalize().unwrap().display()
    ));
    let outlook = room.json(&["--months", "1"]);
    assert_eq!(outlook["months"][0]["needs"]["by_daily_limit"], 4);
    close(&outlook["months"][0]["values"]["largest_day_bytes"], 6.35e12, 0.001);
}
