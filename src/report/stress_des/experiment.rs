//! Section 4: how the run begins, how long it is, how it is estimated.

use crate::format::{count, duration, plural};
use crate::report::stress_des::{Block, Item, found, item, words};
use crate::results::Results;

/// Its items.
pub fn items(results: &Results) -> Vec<Item> {
    vec![
        item("4.1", "Initialisation", initialisation(results)),
        item("4.2", "Run length", vec![words(length(results))]),
        item("4.3", "Estimation approach", estimation(results)),
    ]
}

fn initialisation(results: &Results) -> Vec<Block> {
    let start = match found(results, "policy.start") {
        "initial replication" => "Nothing is replicated at the start: initial replication begins, batch by batch.",
        _ => "At the start every disk is in sync, nothing waits, and a recovery point of both kinds exists.",
    };
    let warm_up = match results.replications.as_ref().and_then(|many| many.long_run.as_ref()) {
        None => "No warm-up is cut: the figures are of the whole run, as it was asked for.".to_owned(),
        Some(long_run) => {
            let how = if long_run.found.is_some() { "found by MSER-5 in series averaged over replications" } else { "given" };
            match long_run.cut_s {
                Some(cut) => format!("Long-run figures leave out the first {} ({how}); all other figures are of the whole run.", duration(cut)),
                None => "A warm-up was looked for by MSER-5, and no steady state was found; there are no long-run figures.".to_owned(),
            }
        }
    };
    vec![words(format!("A terminating run: it ends at its length, whatever then waits. {start} Nothing of that is random. {warm_up}"))]
}

fn length(results: &Results) -> String {
    let scenario = &results.scenario;
    format!("{} from {} UTC on; time is counted in whole nanoseconds, figures are in seconds.", duration(scenario.horizon_s), scenario.start)
}

fn estimation(results: &Results) -> Vec<Block> {
    if results.checks.random_streams == 0 {
        return vec![words("Nothing in this scenario is random, so one run says all and there is no sampling error.")];
    }
    let Some(many) = &results.replications else {
        return vec![words(format!(
            "One run (seed {}, replication {}) of a scenario in which something is random: no error is estimated. `failback run --replications` does.",
            results.scenario.seed, results.scenario.replication
        ))];
    };
    let why = match &many.stop {
        None => "as many as were asked for".to_owned(),
        Some(stop) if stop.cap_hit => format!("the most that were allowed; the precision asked of {} was not reached", stop.figure),
        Some(stop) => format!("so many as the precision asked of {} took", stop.figure),
    };
    let mut text = vec![words(format!(
        "{} (seed {}, numbers 0 to {}), independent of one another: {why}.",
        plural(many.runs, "replication", "replications"),
        results.scenario.seed,
        count(many.runs.saturating_sub(1))
    ))];
    text.push(Block::List(interval_methods()));
    text
}

/// How each kind of interval is made.
pub fn interval_methods() -> Vec<String> {
    [
        "Figures of a law over time (mean, quantiles, share over a threshold): of the law of all runs together; interval by sectioning, Student's t over 10 to 20 sections.",
        "Other figures: mean over the runs; Student's t.",
        "Quantiles over the runs: order statistics, with the binomial law; not bounded where there are too few runs.",
        "Shares of runs: Clopper and Pearson, so that none seen is not none possible.",
        "All at 95 % confidence, each for itself: of many figures, some intervals miss.",
    ]
    .map(str::to_owned)
    .to_vec()
}
