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
use crate::twin::compare::figures;
use crate::twin::outcome;
use crate::twin::trial::{STEPS, Trial};

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

fn compare(fleet: &Fleet) -> Result<(), TestCaseError> {
    let world = fleet.build();
    let output = failback::simulate::run(&world, 0, &mut |_| ());
    // The twin's queue keeps a cohort a step, so its work grows with the square of their number.
    let finest = if fleet.link.sharing == Sharing::Fifo { 3 } else { STEPS.len() };
    let mut trial =
        Trial { tried: Vec::new(), finest, switches: output.events.iter().filter(|event| event.kind.starts_with("throttle_")).count() as f64 };
    for &step in &STEPS[..finest] {
        let outcome = outcome::run(&world, step);
        trial.switches = trial.switches.min(outcome.hubs.iter().map(|hub| hub.switches).sum());
        trial.tried.push(figures(&world, &output, &outcome));
        if trial.disagreeing().is_empty() {
            return Ok(());
        }
    }
    let wrong = trial.complaints();
    prop_assert!(wrong.is_empty(), "{wrong}\n ");
    Ok(())
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
