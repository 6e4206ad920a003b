//! When each resource is over first, against closed forms: churn w under a growth of g a month passes a limit L in month ceil(ln(L / w) / ln(1 + g)).

use crate::{Room, close, limit, steady};

/// Growth of 2 % a month.
const GROWTH: f64 = 1.02;

fn months(limit: f64, churn: f64) -> f64 {
    ((limit / churn).ln() / GROWTH.ln()).ceil()
}

fn month(outlook: &serde_json::Value, name: &str) -> Option<f64> {
    limit(outlook, name)["month"].as_f64()
}

/// The planner's sheet: at most 54 MB/s over all disks of a VM (documented).
#[test]
fn a_vm_is_over_its_documented_limit_by_name() {
    let scenario = steady("50 MB/s", 10_000).replace("vm = \"off\", ", "");
    let outlook = Room::new(&scenario).json(&["--months", "8", "--growth", "2 % per month"]);
    assert_eq!(months(54.0, 50.0), 4.0);
    assert_eq!(month(&outlook, "vm"), Some(4.0));
    assert_eq!(limit(&outlook, "vm")["who"], serde_json::json!(["db"]));
}

/// What the link leaves of a day stays in the cache: 10 Mbps carry c = 1.786 MB/s of what is compressed by 30 %. With 20 % free, intake is throttled (documented): of 30 GB
/// after 24 GB / (w - c). From then on half of what is written (assumed) stays in the agent, whose buffer b is full after 2 b / w more.
#[test]
fn a_cache_is_over_when_a_day_leaves_more_than_its_share_and_the_agent_after_it() {
    let server = "[[process_server]]\nname = \"ps\"\ncache = \"30 GB\"\n[link.forward]";
    let scenario = format!("agent.buffer = \"1.5 GiB\"\n{}", steady("1.8 MB/s", 10).replace("[link.forward]", server));
    let outlook = Room::new(&scenario).json(&["--months", "10", "--growth", "2 % per month"]);
    let carried = 10e6 / 8.0 / 0.7;
    let written = |month: i32| 1.8e6 * GROWTH.powi(month);
    let throttled = |month: i32| if written(month) > carried { 24e9 / (written(month) - carried) } else { f64::INFINITY };
    let full = |month: i32| throttled(month) + 2.0 * 1.5 * 1_073_741_824.0 / written(month);
    let first = |within: &dyn Fn(i32) -> f64| (0..).find(|month| within(*month) < 86_400.0).map(f64::from);
    assert_eq!((first(&throttled), first(&full)), (Some(7.0), Some(8.0)));
    assert_eq!(month(&outlook, "cache"), Some(7.0));
    assert_eq!(month(&outlook, "agent"), Some(8.0));
    // The month before, what is in it is what the link left.
    close(&outlook["months"][6]["values"]["cache_peak_bytes"], 86_400.0 * (written(6) - carried), 1e-6);
}

/// A cache account that takes 20 MB/s.
#[test]
fn a_cache_account_is_over_when_more_is_written_than_it_takes() {
    let scenario = steady("18 MB/s", 10_000).replace("account = \"off\"", "account = \"20 MB/s\"");
    let outlook = Room::new(&scenario).json(&["--months", "8", "--growth", "2 % per month"]);
    assert_eq!(months(20.0, 18.0), 6.0);
    assert_eq!(month(&outlook, "account"), Some(6.0));
    assert_eq!(month(&outlook, "link"), None);
}

/// A drive holds 24 h if it has room for what is written between its oldest point and now. Beyond two hours one point an hour is kept, so that is 23 to 24 h of churn: of
/// 5 % a month both ends pass 9.1 GB in the same month.
#[test]
fn a_retention_drive_is_over_when_a_day_of_churn_does_not_fit() {
    const TRIP: &str = r#"
        start = "2026-01-05 00:00"
        horizon = "8 days"
        policy = { app_every = "off" }
        limits = { disk = "off", vm = "off", account = "off" }
        [[vm]]
        name = "db"
        os = "windows"
        disks = [{ size = "64 GiB", used = "1 GiB" }]
        churn.constant = "100 kB/s"
        [[home.master_target]]
        name = "mt"
        os = "windows"
        retention = { size = "9.1 GB" }
        [link.forward]
        internet = { bandwidth = "100 Mbps", payload = "100 %", rtt = "1 ms", loss = "none" }
        [link.failback]
        vpn = { bandwidth = "200 Mbps", rtt = "1 ms", sku = "VpnGw2", cipher = "GCMAES256" }
        [[disaster]]
        at = "2026-01-05 12:00"
        site_lost = { repaired = "2 h" }
        [recovery.failback]
        at = "2026-01-12 00:00"
    "#;
    let outlook = Room::new(TRIP).json(&["--months", "4", "--growth", "5 % per month"]);
    let fits = |hours: f64| ((9.1e9 / (hours * 3600.0 * 100e3)).ln() / 1.05_f64.ln()).ceil();
    assert_eq!((fits(24.0), fits(23.0)), (2.0, 2.0));
    assert_eq!(month(&outlook, "drive"), Some(2.0));
    // As long as no point is dropped the window is as promised, though the oldest point is younger by up to an hour.
    assert_eq!(outlook["months"][1]["values"]["drive_window_short_s"].as_f64(), Some(0.0));
}
