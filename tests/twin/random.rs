//! Random small fleets through the simulator and the twin.
//!
//! At a step of one second the figures must agree within their allowance. Where one does not (a trigger lies close to a threshold, or two events fall
//! into one step), the twin runs again at half the step, and so on: the allowance shrinks in proportion to the step, and so must the difference. What was
//! counted must agree exactly at one of the steps.

use failback::model::Sharing;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::support::random::{About, fleets};
use crate::support::world::Fleet;
use crate::twin::compare::{Figure, figures};
use crate::twin::outcome;

/// Fleets tried of each kind.
const CASES: u32 = 24;

fn agree(about: About) {
    // The twin's queue of cohorts is slow where a ceiling lets many of them wait.
    let cases = if about == About::FifoUnderCeilings { CASES / 3 } else { CASES };
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let tried = runner.run(&fleets(about), |fleet| compare(&fleet));
    match tried {
        Err(TestError::Fail(reason, fleet)) => panic!("{about:?}: {reason}\n{fleet:#?}"),
        Err(TestError::Abort(reason)) => panic!("{about:?}: {reason}"),
        Ok(()) => {}
    }
}

/// Steps that the twin is run at, one after the other, until every figure has agreed at one of them [s].
const STEPS: [f64; 5] = [1.0, 0.5, 0.25, 0.125, 0.0625];

fn compare(fleet: &Fleet) -> Result<(), TestCaseError> {
    let world = fleet.build();
    let output = failback::simulate::run(&world, 0, &mut |_| ());
    let mut tried: Vec<Vec<Figure>> = Vec::new();
    // The twin's queue keeps a cohort a step, so its work grows with the square of their number.
    let finest = if fleet.link.sharing == Sharing::Fifo { 3 } else { STEPS.len() };
    for &step in &STEPS[..finest] {
        tried.push(figures(&world, &output, &outcome::run(&world, step)));
        if disagreeing(&tried).is_empty() {
            return Ok(());
        }
    }
    let mut wrong = String::new();
    for name in disagreeing(&tried) {
        let found: Vec<&Figure> = tried.iter().filter_map(|figures| figures.iter().find(|figure| figure.name == name)).collect();
        let apart: Vec<f64> = found.iter().map(|figure| figure.apart()).collect();
        let (simulator, twin) = found.last().map_or((f64::NAN, f64::NAN), |figure| (figure.simulator, figure.twin));
        wrong += &format!("\n  {name}: simulator {simulator}, twin {twin} (apart {apart:?} at steps of {STEPS:?} s)");
    }
    prop_assert!(wrong.is_empty(), "{wrong}\n ");
    Ok(())
}

/// Figures that have agreed at none of the steps tried, the allowance being in proportion to the step, and whose difference has not shrunk with the step
/// either: it is one of triggers if it does, by steps that a hysteresis or a chain of resyncs makes more or less late.
fn disagreeing(tried: &[Vec<Figure>]) -> Vec<String> {
    let of = |name: &str| -> Vec<(f64, &Figure)> {
        let found = tried.iter().zip(STEPS).map(|(figures, step)| (step, figures.iter().find(|figure| figure.name == name)));
        found.filter_map(|(step, figure)| Some((step, figure?))).collect()
    };
    let agrees = |name: &str| of(name).iter().any(|(step, figure)| figure.agrees(*step));
    let shrinks = |name: &str| {
        let found = of(name);
        let (coarsest, first) = found[0];
        // A point that is held at the last two steps only must keep the proportion; over more steps, within a factor of two.
        let allowed = |place: usize| if place > 1 { 2.0 } else { 1.0 } * found[place].0 / coarsest * first.apart();
        let told = if tried.len() == STEPS.len() && found.len() == 2 { 1 } else { 2 };
        (told..found.len()).any(|place| found[place].1.per_second > 0.0 && found[place].1.apart() <= allowed(place))
    };
    let names = tried[tried.len() - 1].iter().map(|figure| figure.name.clone());
    names.filter(|name| !agrees(name) && !shrinks(name)).collect()
}

/// The twin itself loses no byte.
#[test]
fn the_twin_conserves_bytes() {
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 8, failure_persistence: None, ..Config::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    for about in [About::Bitmap, About::Faults, About::Everything] {
        let tried = runner.run(&fleets(about), |fleet| {
            for disk in outcome::run(&fleet.build(), 1.0).disks {
                let accounted = disk.landed + disk.superseded + disk.pending;
                prop_assert!((disk.tracked - accounted).abs() < 10.0 + 1e-7 * disk.tracked, "{} tracked, {accounted} accounted for", disk.tracked);
            }
            Ok(())
        });
        assert!(tried.is_ok(), "{about:?}: {tried:?}");
    }
}

#[test]
fn link_alone() {
    agree(About::Link);
}

#[test]
fn nested_ceilings_outages_and_calendar() {
    agree(About::Ceilings);
}

#[test]
fn two_hubs_with_limits_on_intake() {
    agree(About::Hubs);
}

#[test]
fn caches_that_throttle_and_fill() {
    agree(About::Caches);
}

#[test]
fn bitmap_mode() {
    agree(About::Bitmap);
}

#[test]
fn faults_and_resyncs() {
    agree(About::Faults);
}

#[test]
fn initial_replication() {
    agree(About::Copies);
}

#[test]
fn azure_to_azure() {
    agree(About::SourceAccount);
}

#[test]
fn logs_too_old() {
    agree(About::Logs);
}

#[test]
fn first_in_first_out() {
    agree(About::Fifo);
}

#[test]
fn first_in_first_out_under_ceilings() {
    agree(About::FifoUnderCeilings);
}

#[test]
fn points_groups_and_apply() {
    agree(About::Points);
}

#[test]
fn gaps_of_records() {
    agree(About::Gaps);
}

#[test]
fn everything_at_once() {
    agree(About::Everything);
}
