//! Random round trips through the simulator and the twin, which is run at smaller and smaller steps until every figure has agreed at one of them (`trial`).

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::twin::trial::{STEPS, Trial};
use crate::twin::trip::cases::{About, Case, cases};
use crate::twin::trip::compare::figures;
use crate::twin::trip::round;

/// Trips tried of each kind.
const CASES: u32 = 5;

fn agree(about: About) {
    let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 20, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    match runner.run(&cases(about), |case| compare(&case)) {
        Err(TestError::Fail(reason, case)) => panic!("{about:?}: {reason}\n{case:#?}"),
        Err(TestError::Abort(reason)) => panic!("{about:?}: {reason}"),
        Ok(()) => {}
    }
}

fn compare(case: &Case) -> Result<(), TestCaseError> {
    let world = case.world();
    let output = failback::simulate::run(&world, 0, &mut |_| ());
    let mut trial = Trial { tried: Vec::new(), finest: STEPS.len(), switches: 0.0 };
    for step in STEPS {
        trial.tried.push(figures(&world, &output, &round::run(&world, step)));
        if trial.disagreeing().is_empty() {
            return Ok(());
        }
    }
    let wrong = trial.complaints();
    prop_assert!(wrong.is_empty(), "{wrong}\n ");
    Ok(())
}

#[test]
fn plain_trips() {
    agree(About::Plain);
}

#[test]
fn shared_and_limited_copies() {
    agree(About::Copies);
}

#[test]
fn units_windows_and_the_service() {
    agree(About::People);
}

#[test]
fn everything_at_once() {
    agree(About::Everything);
}
