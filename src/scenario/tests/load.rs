//! Load events and faults. The run starts on Monday 5 January 2026, 00:00.

use super::resolve;
use crate::churn::LoadShape;
use crate::model::{DiskId, FaultKind, HubId, VmId};
use crate::units::{Instant, Span};

fn with(horizon: &str, rest: &str) -> crate::scenario::Loaded {
    resolve(&format!(
        "horizon = \"{horizon}\"\nchurn.constant = \"1 MB/s\"\n[link.forward]\ninternet = {{ bandwidth = \"1 Gbps\" }}\n\
         [[vm]]\nname = \"db\"\ndisks = [{{ size = \"100 GiB\", count = 2 }}]\n[[vm]]\nname = \"web\"\ncount = 2\n{rest}"
    ))
}

fn hours(starts: &[Instant]) -> Vec<u64> {
    starts.iter().map(|start| start.as_nanos() / 3_600_000_000_000).collect()
}

/// 72 GB in 2 h are 10 MB/s, 5 on each of the two disks.
#[test]
fn a_backup_writes_so_many_bytes_in_its_time_on_all_disks() {
    let loaded = with(
        "7 days",
        "[[event]]\nat = \"Wed 22:00\"\nevery = \"1 day\"\nuntil = \"Fri 23:00\"\nbackup = { vms = [\"db\"], bytes = \"72 GB\", over = \"2 h\" }",
    );
    let event = &loaded.world.load_events[0];
    assert_eq!((event.name.as_str(), event.lasts), ("backup", Span::from_hours(2)));
    assert_eq!(event.disks, [DiskId(0), DiskId(1)]);
    assert_eq!(hours(&event.starts), [70, 94, 118]);
    assert!(matches!(event.shape, LoadShape::Add(rate) if super::close(rate, 5e6)));
}

#[test]
fn machines_with_as_many_disks_share_an_event() {
    let loaded = with("7 days", "[[event]]\nat = \"24 h\"\nextra = { vms = [\"all\"], rate = \"2 MB/s\", lasts = \"1 h\" }");
    let found: Vec<(Vec<u32>, f64)> = loaded
        .world
        .load_events
        .iter()
        .map(|event| (event.disks.iter().map(|disk| disk.0).collect(), if let LoadShape::Add(rate) = event.shape { rate } else { 0.0 }))
        .collect();
    assert_eq!(found, [(vec![2, 3], 2e6), (vec![0, 1], 1e6)]);
}

#[test]
fn a_bulk_load_happens_once() {
    let loaded = with("7 days", "[[event]]\nname = \"import\"\nat = \"2026-01-06 12:00\"\nbulk_load = { vms = [\"web\"], bytes = \"14.4 GB\" }");
    let event = &loaded.world.load_events[0];
    assert_eq!((event.name.as_str(), hours(&event.starts), event.disks.len()), ("import", vec![36], 2));
    // 4 h where nothing is said.
    assert!(matches!(event.shape, LoadShape::Add(rate) if super::close(rate, 1e6)));
}

/// 31 January is 26 days after the start, 28 February 54.
#[test]
fn month_ends_are_the_last_days_of_each_month() {
    let loaded = with("60 days", "[[event]]\nmonth_end = { vms = [\"all\"], factor = \"300 %\", days = 2 }");
    let event = &loaded.world.load_events[0];
    assert_eq!(event.starts.iter().map(|start| start.as_nanos() / Span::from_days(1).as_nanos()).collect::<Vec<_>>(), [25, 26, 53, 54]);
    assert_eq!((event.lasts, event.disks.len()), (Span::from_days(1), 4));
    assert!(matches!(event.shape, LoadShape::Multiply(factor) if factor == 3.0));
}

/// Second Tuesdays: 13 January (day 8), 10 February (day 36).
#[test]
fn patch_days_are_second_tuesdays() {
    let loaded = with("40 days", "[[event]]\npatch_day = { vms = [\"web\"], bytes = \"4 GB\", from = \"03:00\", over = \"1 h\" }");
    assert_eq!(hours(&loaded.world.load_events[0].starts), [8 * 24 + 3, 36 * 24 + 3]);
}

/// The run may begin on such a day, after midnight: Tuesday 13 January at 08:00, Saturday 31 January at 06:00.
#[test]
fn days_of_the_month_that_have_begun_count_for_what_is_left_of_them() {
    let from = |start: &str, event: &str| {
        let loaded = resolve(&format!(
            "start = \"{start}\"\nhorizon = \"2 days\"\nchurn.constant = \"1 MB/s\"\n[link.forward]\ninternet = {{ bandwidth = \"1 Gbps\" }}\n[[vm]]\nname = \"web\"\n[[event]]\n{event}"
        ));
        loaded.world.load_events.iter().map(|event| (hours(&event.starts), event.lasts)).collect::<Vec<_>>()
    };
    let patch = |at: &str| format!("patch_day = {{ vms = [\"web\"], bytes = \"4 GB\", from = \"{at}\", over = \"1 h\" }}");
    assert_eq!(from("2026-01-13 08:00", &patch("22:00")), [(vec![14], Span::from_hours(1))]);
    assert_eq!(from("2026-01-13 08:00", &patch("07:00")), [], "that is over");
    let month_end = "month_end = { vms = [\"web\"], factor = \"300 %\" }";
    assert_eq!(from("2026-01-31 06:00", month_end), [(vec![0], Span::from_hours(18))]);
    assert_eq!(from("2026-01-30 06:00", month_end), [(vec![18], Span::from_days(1))]);
}

/// A load follows the shares that the scenario gives the VM's churn: 5 % of 4 MB/s on the log.
#[test]
fn a_load_falls_on_the_disks_as_the_churn_does() {
    let loaded = resolve(
        "horizon = \"2 days\"\n[link.forward]\ninternet = { bandwidth = \"1 Gbps\" }\n[[vm]]\nname = \"db\"\nchurn.constant = \"1 MB/s\"\n\
         disks = [{ name = \"data\", churn_share = \"95 %\" }, { name = \"log\", churn_share = \"5 %\" }]\n\
         [[event]]\nat = \"2 h\"\nextra = { vms = [\"db\"], rate = \"4 MB/s\", lasts = \"1 h\" }",
    );
    let rate = |event: &crate::churn::LoadEvent| if let LoadShape::Add(rate) = event.shape { rate } else { 0.0 };
    let found: Vec<(u32, f64)> = loaded.world.load_events.iter().map(|event| (event.disks[0].0, rate(event))).collect();
    assert!(found.len() == 2 && found[0].0 == 0 && super::close(found[0].1, 3.8e6) && super::close(found[1].1, 0.2e6), "{found:?}");
}

#[test]
fn moments_with_an_offset_are_instants() {
    let start = |text: &str| {
        let text = format!(
            "start = {text}\nhorizon = \"2 days\"\n[link.forward]\ninternet = {{ bandwidth = \"1 Gbps\" }}\n[[vm]]\nname = \"db\"\nchurn = \"idle\""
        );
        super::load(&text, &[]).map(|loaded| loaded.world.start.to_string()).map_err(|mistakes| mistakes.to_string())
    };
    for (written, utc) in [
        ("\"2026-01-05T00:00:00+02:00\"", "2026-01-04T22:00:00"),
        ("2026-01-05T00:00:00-05:00", "2026-01-05T05:00:00"),
        ("\"2026-01-05T00:00:00Z\"", "2026-01-05T00:00:00"),
        ("\"2026-01-05\"", "2026-01-05T00:00:00"),
    ] {
        assert_eq!(start(written).as_deref(), Ok(utc), "{written}");
    }
    assert!(start("\"2026-01-05T00:00:00[Europe/Berlin]\"").unwrap_err().contains("names a zone but no offset"));
}

#[test]
fn an_until_before_the_first_time_is_told_as_such() {
    let loaded = with(
        "7 days",
        "[[event]]\nname = \"b\"\nat = \"Wed 10:00\"\nevery = \"1 day\"\nuntil = \"Tue 10:00\"\nbackup = { vms = [\"db\"], bytes = \"1 GB\" }",
    );
    assert_eq!(loaded.warnings, ["b: its `until` comes before it first happens"]);
}

#[test]
fn an_event_after_the_end_is_worth_a_warning() {
    let loaded = with("2 days", "[[event]]\nname = \"late\"\nat = \"Fri 10:00\"\nbackup = { vms = [\"db\"], bytes = \"1 GB\" }");
    assert!(loaded.world.load_events.is_empty());
    assert_eq!(loaded.warnings, ["late: it would happen after the run ends"]);
}

#[test]
fn faults_in_order_of_time_and_cuts_in_the_link() {
    let loaded = with(
        "7 days",
        "[[process_server]]\nname = \"ps\"\n[[fault]]\nat = \"Wed 10:00\"\nprocess_server_down = { name = \"ps\", lasts = \"2 h\" }\n\
         [[fault]]\nat = \"Tue 10:00\"\nvm_crash = { vm = \"web\" }\n[[fault]]\nat = \"Thu 10:00\"\nprocess_server_lost = { name = \"ps\", lasts = \"1 day\" }\n\
         [[fault]]\nat = \"Fri 10:00\"\ndisk_resize = { vm = \"db\" }\n[[fault]]\nat = \"Sat 10:00\"\nlink_cut = { lasts = \"3 h\" }",
    );
    let at: Vec<u64> = loaded.world.faults.iter().map(|fault| hours(&[fault.at])[0]).collect();
    assert_eq!(at, [34, 34, 58, 82, 106]);
    assert!(matches!(loaded.world.faults[0].kind, FaultKind::VmCrash { vm: VmId(1) }));
    assert!(matches!(loaded.world.faults[2].kind, FaultKind::HubDown { hub: HubId(0), lasts } if lasts == Span::from_hours(2)));
    assert!(matches!(loaded.world.faults[3].kind, FaultKind::HubLost { hub: HubId(0), .. }));
    assert!(matches!(loaded.world.faults[4].kind, FaultKind::DiskResize { vm: VmId(0) }));
    let cut = &loaded.world.link.scheduled[0];
    assert_eq!((hours(&[cut.from, cut.to]), cut.factor.get(), cut.cause.as_str()), (vec![130, 133], 0.0, "link cut"));
}

#[test]
fn moments_count_from_the_start() {
    let at = |when: &str, start: &str| {
        let loaded = resolve(&format!(
            "start = \"{start}\"\nhorizon = \"14 days\"\n[link.forward]\ninternet = {{ bandwidth = \"1 Gbps\" }}\n[[vm]]\nname = \"db\"\nchurn = \"idle\"\n[[fault]]\nat = \"{when}\"\nvm_crash = {{ vm = \"db\" }}\n"
        ));
        hours(&[loaded.world.faults[0].at])[0]
    };
    assert_eq!(at("Mon 00:00", "2026-01-05 00:00"), 0);
    assert_eq!(at("Mon 06:00", "2026-01-05 12:00"), 7 * 24 - 6, "this Monday's 06:00 is past");
    assert_eq!(at("Mon 18:00", "2026-01-05 12:00"), 6);
    assert_eq!(at("sunday 12:00", "2026-01-05 12:00"), 6 * 24);
    assert_eq!(at("06:00", "2026-01-05 12:00"), 18);
    assert_eq!(at("2026-01-06 00:00", "2026-01-05 12:00"), 12);
    assert_eq!(at("36 h", "2026-01-05 12:00"), 36);
}
