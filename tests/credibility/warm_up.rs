//! Long-run figures: the laws are cut where the warm-up ends, exactly, and the mean after the cut is that of the steady state.

use std::sync::atomic::AtomicBool;

use failback::experiment::figure::Figure;
use failback::experiment::gather::Gathered;
use failback::experiment::long_run::{WarmUp, long_run};
use failback::experiment::replications::{HowMany, gather};
use failback::model::World;
use failback::observe::LawBuilder;
use failback::results::LongRun;
use failback::simulate::{laws_from, run_with_laws};
use failback::stats::Fraction;
use failback::units::Span;
use predicates::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::credibility::{STEADY, close, failback, room, summary};
use crate::support::churn::table;
use crate::support::random::{About, fleets};
use crate::support::world::Fleet;

const MB: f64 = 1e6;
const MEAN: &str = "lag.fleet_worst.mean";

/// Every 10 min a burst of 15 MB/s for 5 min on a link of 10: the lag rises to 150 s and is gone after 450 s, so its mean is 0.5 x 150 x 450 / 600 = 56.25 s. Before that
/// a backlog: 30 MB/s for 10 min leave 12 GB, which the spare 2.5 MB/s take 80 min to carry away.
fn saw_after_a_backlog(hours: u64) -> World {
    let mut fleet = Fleet::new(Span::from_hours(hours), 10.0 * MB);
    fleet.policy.app_every = None;
    let mut rates = [15.0 * MB as f32, 0.0].repeat(6 * hours as usize);
    rates[0] = 30.0 * MB as f32;
    rates[1] = 30.0 * MB as f32;
    fleet.vm(&[table(Span::from_mins(5), &rates)]);
    fleet.build()
}

const STEADY_MEAN: f64 = 56.25;
/// When the backlog is gone: it is within the cycle of the 80 min's end.
const DRAINED: f64 = 5400.0;

fn of(world: &World, how: WarmUp) -> (Gathered, LongRun) {
    let stop = AtomicBool::new(false);
    let figures = vec![Figure::at(MEAN), Figure::at("lag.fleet_worst.max"), Figure::at("link.mean_use"), Figure::at("lag.pooled.p95")];
    let gathered = gather(world, &HowMany::Fixed(5), figures, Fraction::P95, &stop, &|| ()).unwrap();
    let found = long_run(world, how, &gathered, Fraction::P95, &stop, &|| ()).unwrap();
    (gathered, found)
}

#[test]
fn the_mean_after_the_cut_is_that_of_the_steady_state() {
    let world = saw_after_a_backlog(40);
    let (gathered, found) = of(&world, WarmUp::Given(Span::from_hours(2)));
    assert_eq!((gathered.runs(), found.runs, found.cut_s), (1, 1, Some(7200.0)));
    // The maximum and the use of the link belong to the whole run.
    let names: Vec<&str> = found.figures.iter().map(|figure| figure.figure.as_str()).collect();
    assert_eq!(names, [MEAN, "lag.pooled.p95"]);
    let mean = &found.figures[0];
    close("long run", mean.estimate.unwrap().estimate, STEADY_MEAN, 1e-6);
    // Without the cut it is biased by the area of the backlog's lag.
    let whole = mean.whole.unwrap();
    assert!(whole > 1.2 * STEADY_MEAN, "{whole}");
    // The lag is over x for 450 (1 - x / 150) s of 600: the 95th percentile is at 150 (1 - 30 / 450).
    close("p95", found.figures[1].estimate.unwrap().estimate, 140.0, 0.2);
}

#[test]
fn mser_5_cuts_where_the_backlog_is_gone() {
    let world = saw_after_a_backlog(40);
    let (_, found) = of(&world, WarmUp::Auto);
    let search = found.found.as_ref().unwrap();
    assert_eq!((search.pilot_runs, search.step_s), (1, 144.0));
    let cut = found.cut_s.unwrap();
    // At a multiple of five steps, not before the last cycle of the drain, and not long after it.
    assert_eq!(cut % (5.0 * 144.0), 0.0);
    assert!((DRAINED - 600.0..DRAINED + 3600.0).contains(&cut), "{cut} {search:?}");
    let mean = found.figures[0].estimate.unwrap().estimate;
    assert!((mean / STEADY_MEAN - 1.0).abs() < 0.01, "{mean}");
}

#[test]
fn a_run_that_never_settles_has_no_long_run_figures() {
    // Overloaded: the lag grows to the end.
    let mut fleet = Fleet::new(Span::from_hours(10), 5.0 * MB);
    fleet.vm(&[table(Span::from_mins(5), &[6.0 * MB as f32; 120])]);
    let (_, found) = of(&fleet.build(), WarmUp::Auto);
    assert_eq!((found.cut_s, found.figures.len()), (None, 0));
}

/// Area under the lag of the worst VM, from `from` on.
fn area(law: &LawBuilder) -> f64 {
    let law = law.finish();
    law.mean * law.observed_s
}

#[test]
fn what_is_left_of_the_laws_is_what_the_series_says_after_the_cut() {
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 12, failure_persistence: None, ..Config::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    for about in [About::Link, About::Caches, About::Bitmap] {
        let tried = runner.run(&fleets(about), |fleet| {
            let mut world = fleet.build();
            world.link.rtt = Span::ZERO;
            world.output.series_every = Some(Span::from_secs(100));
            let (output, whole) = run_with_laws(&world, 0, &mut |_| ());
            let end = world.horizon.as_secs_f64();
            for cut in [0u64, 100, 2500, 7200] {
                let laws = laws_from(&world, 0, Span::from_secs(cut));
                let rows = output.series.iter().filter(|row| row.from_s >= cut as f64 - 1e-6);
                let told: f64 = rows.map(|row| row.mean_worst_lag_s * (row.to_s - row.from_s)).sum();
                let left = area(laws.get("lag.fleet_worst").unwrap());
                assert!((left - told).abs() < 1e-6 * (1.0 + told), "{about:?} from {cut}: {left}, the series says {told}");
                for place in ["lag.fleet_worst", "reported_rpo.fleet_worst", "point_age.fleet_worst", "app_point_age.fleet_worst"] {
                    let observed = laws.get(place).unwrap().finish().observed_s;
                    assert!((observed - (end - cut as f64)).abs() < 1e-6, "{about:?} {place} from {cut}: {observed}");
                }
                for place in ["lag.pooled", "reported_rpo.pooled", "point_age.pooled", "app_point_age.pooled"] {
                    let observed = laws.get(place).unwrap().finish().observed_s;
                    assert!((observed - world.vms.len() as f64 * (end - cut as f64)).abs() < 1e-6, "{about:?} {place} from {cut}: {observed}");
                    if cut == 0 {
                        assert_eq!(laws.get(place).unwrap().finish(), whole.get(place).unwrap().finish());
                    }
                }
            }
            Ok(())
        });
        assert!(tried.is_ok(), "{about:?}: {tried:?}");
    }
}

const DRAWN: &str = "churn.lognormal = { mean = \"200 kB/s\", variability = 1.5, autocorrelation = 0.5, period = \"5 min\" }";

#[test]
fn a_run_says_where_it_cut_and_any_number_of_threads_says_the_same() {
    let room = room(&STEADY.replace("churn.constant = \"200 kB/s\"", DRAWN));
    let run = |threads: &str| {
        let done = failback(room.path(), &["--replications", "24", "--warm-up", "auto", "--threads", threads, "--out", threads]).assert().success();
        String::from_utf8(done.get_output().stdout.clone()).unwrap()
    };
    assert!(run("1").contains("In the long run"));
    run("3");
    let read = |threads: &str| std::fs::read(room.path().join(threads).join("summary.json")).unwrap();
    assert!(read("1") == read("3"));
    let long_run = &summary(room.path(), "1")["replications"]["long_run"];
    assert!(long_run["found"]["step_s"].as_f64() == Some(86.4) && long_run["found"]["pilot_runs"] == 20 && long_run["runs"] == 24, "{long_run}");
    for figure in long_run["figures"].as_array().unwrap() {
        let estimate = &figure["estimate"];
        assert!(estimate["low"].as_f64() <= estimate["high"].as_f64() && estimate["method"] == "sectioning", "{figure}");
    }
}

#[test]
fn a_warm_up_that_cannot_be_cut_is_bad_input() {
    let refused = |scenario: &str, arguments: &[&str], why: &str| {
        let room = room(scenario);
        failback(room.path(), arguments).arg("--out").arg("o").assert().code(2).stderr(predicate::str::contains(why));
        assert!(!room.path().join("o").exists());
    };
    let many = ["--replications", "2", "--warm-up"];
    refused(STEADY, &["--warm-up", "auto"], "say how many with --replications");
    refused(STEADY, &[&many[..], &["soon"]].concat(), "write `auto` or a span");
    refused(STEADY, &[&many[..], &["2 days"]].concat(), "leave nothing of a run");
    let trip = format!("{STEADY}\n[[disaster]]\nname = \"fire\"\nat = \"12 h\"\nsite_lost = {{}}\n\n[recovery]\n");
    refused(&trip, &[&many[..], &["auto"]].concat(), "has no long run");
}
