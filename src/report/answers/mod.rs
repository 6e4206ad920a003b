//! What a manager asks, answered in words and numbers from the record: the questions of the model's first section that the forward path can answer.
//!
//! Shared by the terminal and the page, so that both say the same. Every figure names whose it is: the worst VM at each moment, any VM (pooled), or all together.

mod capacity;
mod cost;
mod culprit;
mod journey;
mod long_run;
mod replications;
mod rpo;

pub use culprit::{disks_over_limit, fleet_worst_vms};
pub use journey::{Told, fullest_first, journey};
pub use long_run::long_run;
pub use replications::replications;

use crate::format::duration_or_dash;
use crate::report::calendar::Calendar;
use crate::results::{Law, Results, RunOutput};

/// One question and its answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Anchor in the page, stable.
    pub key: &'static str,
    /// A few words, for the terminal.
    pub label: &'static str,
    /// The question in full, for the page.
    pub question: &'static str,
    /// The answer, sentence by sentence; the first says the most.
    pub lines: Vec<Line>,
}

/// A sentence of an answer.
#[derive(Clone, Debug)]
pub struct Line {
    /// The sentence.
    pub text: String,
    /// Whether a table beside the answer says it too, so that the terminal can leave it out.
    pub tabled: bool,
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Line { text, tabled: false }
    }
}

impl Line {
    /// A sentence that a table says too.
    fn tabled(text: String) -> Self {
        Line { text, tabled: true }
    }
}

/// All answers, in the order in which a planner asks.
pub fn answers(output: &RunOutput) -> Vec<Answer> {
    let results = &output.results;
    let calendar = Calendar::new(&results.scenario.start, results.scenario.horizon_s);
    let mut all = vec![
        rpo::rpo(results, &calendar),
        rpo::loss(results),
        rpo::app_cost(results),
        rpo::how_far_back(output),
        capacity::link_needed(results),
        capacity::saturates(results, &calendar),
        capacity::hubs(results, &calendar),
        culprit::culprit(results),
        capacity::outages(results, &calendar),
        capacity::initial_replication(results),
    ];
    all.extend(cost::cost(results));
    all
}

/// The VM at the largest lag of the fleet, if it can be told.
pub fn vm_at_worst(results: &Results) -> Option<&str> {
    let worst = &results.lag.fleet_worst;
    let mut best: Option<(f64, &str)> = None;
    for vm in &results.vms {
        if vm.lag.max > 0.0 && vm.lag.max >= worst.max * (1.0 - 1e-9) {
            let distance = (vm.lag.max_at_s - worst.max_at_s).abs();
            if best.is_none_or(|(nearest, _)| distance < nearest) {
                best = Some((distance, &vm.name));
            }
        }
    }
    best.map(|(_, name)| name)
}

/// `P50 12 s, P95 3 min, P99 21 min`, only those that were recorded.
fn quantiles(law: &Law) -> String {
    [("P50", law.p50), ("P95", law.p95), ("P99", law.p99)]
        .into_iter()
        .filter(|(_, value)| value.is_some())
        .map(|(name, value)| format!(", {name} {}", duration_or_dash(value)))
        .collect()
}
