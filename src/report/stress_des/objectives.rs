//! Section 1: what the model is for, what it says, what is tried.

use crate::format::{duration, plural};
use crate::report::stress_des::{Block, Item, found, item, words};
use crate::results::Results;

/// Its items.
pub fn items(results: &Results) -> Vec<Item> {
    vec![
        item("1.1", "Purpose of the model", purpose(results)),
        item("1.2", "Model outputs", outputs(results)),
        item("1.3", "Experimentation aims", aims(results)),
    ]
}

fn purpose(results: &Results) -> Vec<Block> {
    let scenario = &results.scenario;
    let trip = if results.journey.is_some() { ", and what a disaster, the failover and the way home then cost in time and data" } else { "" };
    vec![
        words(format!("Study: {}.", scenario.title)),
        words(format!(
            "The model says what recovery point {} with {} get over the link {} ({}), what a disaster would lose, and what holds replication back{trip}. System: {}.",
            plural(scenario.vms, "machine", "machines"),
            plural(scenario.disks, "disk", "disks"),
            results.link.name,
            found(results, "link.bandwidth"),
            scenario.system
        )),
        words("For the authors to add: which decision the study is made for, and who asked."),
    ]
}

fn outputs(results: &Results) -> Vec<Block> {
    let mut list = vec![
        "Lag of a disk at t: t less the instant at which its oldest write that is not yet safe at the target was made; of a machine, group or fleet: the largest of its disks'."
            .to_owned(),
        "RPO as the product shows it: t less the newest marker that has landed. Age of the newest point: t less the newest point that can be used.".to_owned(),
        "Loss of a disaster at t, for each choice of recovery point at source time s: t - s, and all that was written from s to t.".to_owned(),
        format!("Breaches: time with the lag above {} (their number, total and longest).", duration(results.scenario.rpo_threshold_s)),
        "Link: use, time without capacity, bytes that wait; process servers: cache, throttling, alerts; bottlenecks by time.".to_owned(),
        "Recovery points: made, failed, pruned, held; initial replication and resyncs: bytes and time.".to_owned(),
    ];
    if results.journey.is_some() {
        list.push(
            "Round trip: RTO (disaster to the end of the last boot group), loss, time without protection at the target and at home, bytes and time of the reprotect, downtime of the failback."
                .to_owned(),
        );
    }
    vec![
        Block::List(list),
        words(
            "When: rates are constant between two events, so every quantity moves in straight pieces; a figure of a law over time is the integral over these pieces, from the first \
             recovery point to the end of the run. Means, maxima, shares over a threshold and breaches are exact; quantiles come from bins of at most 0.1 %. Errors: see 4.3.",
        ),
    ]
}

fn aims(results: &Results) -> Vec<Block> {
    let set = &results.scenario.set;
    let mut text = vec![words(
        "One scenario; no alternatives are compared in this run, and nothing is optimised. Sweeps and comparisons have reports of their own.",
    )];
    if !set.is_empty() {
        text.push(words("Set for this run, besides the file:"));
        text.push(Block::List(set.clone()));
    }
    text
}
