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
    let mut wrong = String::new();
    for name in trial.disagreeing() {
        let found = trial.of(&name);
        let apart: Vec<f64> = found.iter().map(|(_, figure)| figure.apart()).collect();
        let (simulator, twin) = found.last().map_or((f64::NAN, f64::NAN), |(_, figure)| (figure.simulator, figure.twin));
        wrong += &format!("\n  {name}: simulator {simulator}, twin {twin} (apart {apart:?} at steps of {STEPS:?} s)");
    }
    prop_assert!(wrong.is_empty(), "{wrong}\n ");
    Ok(())
}

/// One fleet through both, at finer and finer steps of the twin.
struct Trial {
    tried: Vec<Vec<Figure>>,
    /// Steps that it may be tried at.
    finest: usize,
    /// Times that a throttle set in or let go.
    switches: f64,
}

impl Trial {
    /// A figure at the steps at which it is one.
    fn of(&self, name: &str) -> Vec<(f64, &Figure)> {
        let found = self.tried.iter().zip(STEPS).map(|(figures, step)| (step, figures.iter().find(|figure| figure.name == name)));
        found.filter_map(|(step, figure)| Some((step, figure?))).collect()
    }

    /// Figures that have agreed at none of the steps tried, the allowance being in proportion to the step; whose difference has not shrunk with the step
    /// either (it is one of triggers if it does); and that differ at the finest step by more than the throttle accounts for: the twin is up to a step late each
    /// time that it sets in or lets go, and one cycle begins where the last one ended.
    fn disagreeing(&self) -> Vec<String> {
        let names = self.tried[self.tried.len() - 1].iter().map(|figure| figure.name.clone());
        names.filter(|name| !self.agrees(name) && !self.shrinks(name) && !self.is_late(name)).collect()
    }

    fn agrees(&self, name: &str) -> bool {
        self.of(name).iter().any(|(step, figure)| figure.agrees(*step))
    }

    fn shrinks(&self, name: &str) -> bool {
        let found = self.of(name);
        let (coarsest, first) = found[0];
        // A point that is held at the last two steps only must keep the proportion; over more steps, within a factor of two.
        let allowed = |place: usize| if place > 1 { 2.0 } else { 1.0 } * found[place].0 / coarsest * first.apart();
        let told = if self.tried.len() == STEPS.len() && found.len() == 2 { 1 } else { 2 };
        (told..found.len()).any(|place| found[place].1.per_second > 0.0 && found[place].1.apart() <= allowed(place))
    }

    fn is_late(&self, name: &str) -> bool {
        let found = self.of(name);
        let (step, figure) = found[found.len() - 1];
        self.tried.len() == self.finest && figure.apart() <= figure.per_second * step * (1.0 + 0.5 * self.switches)
    }
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
