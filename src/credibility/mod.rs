//! How far a run can be relied on, for the report: which inputs lie outside the range that was checked, how much of the churn was measured, and what the program
//! was checked against.
//!
//! Ranges and checks are data (`data/ranges.toml`, `data/checks.toml`), each with the tests that stand behind it; `tests/credibility` holds that those tests exist.
//! What a world has in force is read off in `inputs`; `churn` says how much of its writing was measured. Nothing here changes a result.

mod checks;
mod churn;
mod inputs;
mod kinds;
mod ranges;

use crate::model::World;
use crate::results::{Credibility, Results};

pub use checks::checks;
pub use ranges::{Range, ranges};

use inputs::InForce;

/// What can be said of a world before it is run.
pub fn of_world(world: &World) -> Credibility {
    let inputs = ranges::judge(&inputs::in_force(world));
    let mut credibility = Credibility { churn: churn::of_world(world), inputs, outside: Vec::new(), checks: checks() };
    credibility.outside = sentences(&credibility);
    credibility
}

/// The same after a run, with how much of what was written was measured.
pub fn of_run(world: &World, results: &Results) -> Credibility {
    let mut credibility = of_world(world);
    credibility.churn.measured_share = churn::measured_share(results);
    credibility
}

/// Several worlds as one: what lies outside the checked range in any of them does. The churn is that of the first.
#[derive(Clone, Debug)]
pub struct Together {
    first: Credibility,
    in_force: InForce,
}

impl Together {
    /// Of one world so far.
    pub fn new(first: &World) -> Self {
        Together { first: of_world(first), in_force: inputs::in_force(first) }
    }

    /// And of this one.
    pub fn add(&mut self, world: &World) {
        self.in_force.merge(&inputs::in_force(world));
    }

    /// What can be said of them all.
    pub fn finish(self) -> Credibility {
        let mut credibility = self.first;
        credibility.inputs = ranges::judge(&self.in_force);
        credibility.outside = sentences(&credibility);
        credibility
    }
}

fn sentences(credibility: &Credibility) -> Vec<String> {
    let outside = credibility.inputs.iter().filter(|input| !input.inside);
    outside.map(|input| format!("{}: {}; checked: {}", input.name, input.found, input.checked)).collect()
}
