//! Every kind of churn, and records: columns, shifts, alignment.

use std::path::Path;

use super::{OneRecord, close, in_force, load, one_vm, resolve};
use crate::churn::Pattern;
use crate::results::Standing;
use crate::scenario::{Loaded, parse};
use crate::units::Span;

const LINK: &str = "[link.forward]\ninternet = { bandwidth = \"1 Gbps\" }\n";

fn pattern(churn: &str) -> (Pattern, Span) {
    let loaded = one_vm(churn);
    let churn = &loaded.world.disks[0].churn;
    (churn.pattern.clone(), churn.period)
}

#[test]
fn constant_and_idle() {
    assert!(matches!(pattern("churn.constant = \"2 MB/s\"").0, Pattern::Constant { rate } if rate == 2e6));
    assert!(matches!(pattern("churn = \"idle\"").0, Pattern::Constant { rate } if rate == 0.0));
    assert!(matches!(pattern("churn.constant = \"86.4 GB/day\"").0, Pattern::Constant { rate } if close(rate, 1e6)));
}

/// Mean of the week as asked, the peak where asked, the quietest hour over the busiest as asked, weekends scaled.
#[test]
fn daily_churn_has_its_mean_peak_trough_and_weekend() {
    let (pattern, period) =
        pattern("churn.daily = { mean = \"0.4 MB/s\", peak = \"11:30\", trough = 0.1, weekend = \"50 %\", variability = 0.6, period = \"1 min\" }");
    let Pattern::Weekly { rates, variability } = pattern else { panic!("{pattern:?}") };
    assert_eq!((rates.len(), variability, period), (168, 0.6, Span::from_mins(1)));
    assert!(close(rates.iter().sum::<f64>() / 168.0, 0.4e6));
    let monday = &rates[..24];
    let (most, least) = (monday.iter().fold(0.0_f64, |a, b| a.max(*b)), monday.iter().fold(f64::MAX, |a, b| a.min(*b)));
    assert!(close(least / most, 0.1), "{least} over {most}");
    assert!(close(monday[11], most) && close(monday[23], least));
    assert!(close(rates[5 * 24 + 11], most / 2.0), "Saturday");
}

#[test]
fn a_day_peaks_when_the_profile_says_unless_the_scenario_does() {
    let busiest = |scenario: &str| {
        let loaded = one_vm(&format!("churn.daily = {{ mean = \"1 MB/s\", trough = \"0 %\" }}\n{scenario}"));
        let Pattern::Weekly { rates, .. } = loaded.world.disks[0].churn.pattern.clone() else { panic!("weekly") };
        let standing = in_force(&loaded, "churn.peak").map(|(_, standing, _)| standing);
        (rates[..24].iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(hour, _)| hour), standing)
    };
    // The hours before and after 11:00 are alike.
    assert!(matches!(busiest(""), (Some(10 | 11), Some(Standing::Assumed))));
    assert!(matches!(busiest("[override]\nchurn.peak = \"15:30\""), (Some(15), Some(Standing::Scenario))));
    assert!(load("[[vm]]\nname = \"db\"\nchurn.daily = { mean = \"1 MB/s\" }\n[override]\nchurn.peak = \"25:00\"", &[]).is_err());
}

#[test]
fn a_day_may_fall_to_nothing() {
    let (pattern, _) = pattern("churn.daily = { mean = \"1 MB/s\", peak = \"12:00\", trough = 0 }");
    let Pattern::Weekly { rates, .. } = pattern else { panic!("{pattern:?}") };
    assert!(rates.iter().all(|rate| *rate >= 0.0));
    assert!(rates.iter().any(|rate| *rate < 1.0), "the quietest hour");
}

#[test]
fn weekly_rates_of_a_day_or_of_a_week() {
    let rates =
        |count: usize| format!("churn.weekly = {{ rates = [{}] }}", (0..count).map(|n| format!("\"{n} kB/s\"")).collect::<Vec<_>>().join(", "));
    let Pattern::Weekly { rates: of_day, .. } = pattern(&rates(24)).0 else { panic!("weekly") };
    assert_eq!((of_day.len(), of_day[23], of_day[24], of_day[167]), (168, 23e3, 0.0, 23e3));
    let Pattern::Weekly { rates: of_week, .. } = pattern(&rates(168)).0 else { panic!("weekly") };
    assert_eq!(of_week[167], 167e3);
}

#[test]
fn stochastic_kinds_take_the_profile_s_assumptions() {
    let (on_off, period) = pattern("churn.on_off = { rate = \"6 MB/s\", on = \"10 min\", off = \"50 min\" }");
    assert!(matches!(on_off, Pattern::OnOff { rate, on, off } if rate == 6e6 && on == Span::from_mins(10) && off == Span::from_mins(50)));
    assert_eq!(period, Span::from_mins(5));
    let (lognormal, _) = pattern("churn.lognormal = { mean = \"1 MB/s\", variability = 1.2 }");
    assert!(
        matches!(lognormal, Pattern::LogNormal { mean, variability, autocorrelation } if mean == 1e6 && variability == 1.2 && autocorrelation == 0.8)
    );
    let (hyper, _) = pattern("churn.hyperexponential = { mean = \"1 MB/s\", variability = 2 }");
    assert!(matches!(hyper, Pattern::HyperExponential { mean, variability } if mean == 1e6 && variability == 2.0));
    let (cascade, _) = pattern("churn.b_model = { mean = \"1 MB/s\" }");
    assert!(matches!(cascade, Pattern::BModel { mean, bias, levels } if mean == 1e6 && bias == 0.7 && levels == 256));
}

#[test]
fn an_assumption_of_the_churn_is_listed() {
    let loaded = one_vm("churn.b_model = { mean = \"1 MB/s\", bias = 0.75 }");
    assert_eq!(in_force(&loaded, "churn.b_model_bias"), Some(("0.75".to_string(), Standing::Scenario, Some("0.7".to_string()))));
    assert_eq!(in_force(&loaded, "churn.b_model_cascade").map(|(_, standing, _)| standing), Some(Standing::Assumed));
}

fn recorded(loaded: &Loaded) -> Vec<(u32, u64, bool, f64)> {
    let of = |disk: &crate::model::Disk| match disk.churn.pattern {
        Pattern::Recorded { column, offset, looped, .. } => (column, offset, looped, disk.churn.scale),
        _ => (u32::MAX, 0, false, 0.0),
    };
    loaded.world.disks.iter().map(of).collect()
}

#[test]
fn a_record_is_read_once_and_its_columns_found_by_name() {
    let loaded = resolve(&format!(
        r#"
        [churn.record]
        file = "writes.csv"
        unit = "kB"
        loop = true
        [[vm]]
        name = "web"
        [[vm]]
        name = "erp"
        churn.record = {{ column = "db", scale = 1.3 }}
        [[vm]]
        name = "x"
        count = 3
        churn.record = {{ column = ["app", "db"] }}
        {LINK}"#
    ));
    assert_eq!(loaded.world.records.len(), 1);
    assert_eq!(recorded(&loaded), [(1, 0, true, 1.0), (0, 0, true, 1.3), (2, 0, true, 1.0), (0, 0, true, 1.0), (2, 0, true, 1.0)]);
}

#[test]
fn one_machine_for_each_column() {
    let loaded = resolve(&format!(
        "churn.record = {{ file = \"writes.csv\", unit = \"kB\" }}\n[[vm]]\nname = \"bb\"\nchurn.record = {{ column = \"all\" }}\n{LINK}"
    ));
    let names: Vec<&str> = loaded.world.vms.iter().map(|vm| vm.name.as_str()).collect();
    assert_eq!(names, ["bb-db", "bb-web", "bb-app"]);
    assert_eq!(recorded(&loaded).iter().map(|one| one.0).collect::<Vec<_>>(), [0, 1, 2]);
}

/// The record lasts an hour from 7 January 2026, 06:00.
#[test]
fn start_and_length_follow_the_record_unless_written() {
    let text =
        |top: &str, more: &str| format!("{top}\nchurn.record = {{ file = \"writes.csv\", unit = \"kB\" {more} }}\n[[vm]]\nname = \"db\"\n{LINK}");
    let plain = resolve(&text("", ""));
    assert_eq!((plain.world.start.to_string().as_str(), plain.world.horizon), ("2026-01-07T06:00:00", Span::from_hours(1)));
    assert_eq!(recorded(&plain)[0].1, 0);
    assert!(plain.warnings.is_empty(), "{:?}", plain.warnings);

    let inside = resolve(&text("start = \"2026-01-07 06:20\"\nhorizon = \"40 min\"", ""));
    assert_eq!(recorded(&inside)[0].1, 4, "the record is on the calendar");
    let elsewhere = resolve(&text("start = \"2026-03-02 00:00\"\nhorizon = \"40 min\"", ""));
    // A loop of an hour has no hours of the day; one of a day has.
    let looped = |period: Span| {
        let text = text("start = \"2026-03-02 00:00\"\nhorizon = \"10 h\"", ", loop = true");
        let mut source = OneRecord { asked: Vec::new(), period };
        parse(&text, "test.toml", "test", Path::new(""), &[], &mut source).unwrap_or_else(|mistakes| panic!("{mistakes}")).warnings
    };
    assert!(looped(Span::from_mins(5)).is_empty(), "{:?}", looped(Span::from_mins(5)));
    assert!(looped(Span::from_hours(2)).iter().any(|warning| warning.contains("does not cover the run's start")));
    assert_eq!(recorded(&elsewhere)[0].1, 0, "a record of another date is played from its beginning");
    assert!(
        elsewhere.warnings.iter().any(|warning| warning.contains("does not cover the run's start, 2026-03-02 00:00")),
        "{:?}",
        elsewhere.warnings
    );
    let from_start = resolve(&text("start = \"2026-01-07 06:20\"\nhorizon = \"40 min\"", ", align = \"start\""));
    assert_eq!(recorded(&from_start)[0].1, 0);

    let long = resolve(&text("horizon = \"2 h\"", ""));
    assert!(long.warnings.iter().any(|warning| warning.contains("ends 1 h before the run does")), "{:?}", long.warnings);
    let looped = resolve(&text("", ", loop = true"));
    assert_eq!(looped.world.horizon, Span::from_days(7), "a looped record has no length of its own");
    assert!(looped.warnings.is_empty(), "{:?}", looped.warnings);
}

#[test]
fn shifts_go_around_in_a_loop_and_set_copies_apart() {
    let loaded = resolve(&format!(
        "start = \"2026-01-05 00:00\"\n[[vm]]\nname = \"x\"\ncount = 4\nchurn.record = {{ file = \"writes.csv\", unit = \"kB\", column = \"db\", loop = true, shift = \"10 min\", shift_each = \"20 min\" }}\n{LINK}"
    ));
    let offsets: Vec<u64> = recorded(&loaded).iter().map(|one| one.1).collect();
    assert_eq!(offsets, [2, 6, 10, 2]);
}

#[test]
fn a_shift_past_the_end_is_refused_without_a_loop() {
    let text = format!("[[vm]]\nname = \"db\"\nchurn.record = {{ file = \"writes.csv\", unit = \"kB\", shift = \"1 h\" }}\n{LINK}");
    assert!(load(&text, &[]).is_err());
}

#[test]
fn the_fingerprint_follows_values_and_files() {
    let text = |file: &str, rate: &str| {
        format!(
            "[[vm]]\nname = \"db\"\nchurn.record = {{ file = \"{file}\", unit = \"kB\" }}\n[[vm]]\nname = \"x\"\nchurn.constant = \"{rate}\"\n{LINK}"
        )
    };
    let print = |file: &str, rate: &str| resolve(&text(file, rate)).fingerprint;
    assert_eq!(print("a.csv", "1 MB/s"), print("a.csv", "1000 kB/s"), "the same values, however written");
    assert_ne!(print("a.csv", "1 MB/s"), print("a.csv", "2 MB/s"));
    assert_ne!(print("a.csv", "1 MB/s"), print("b.csv", "1 MB/s"), "other bytes");
}
