//! Section 2: how the model works and what it is made of.

use crate::format::{bit_rate, bytes, count, list, plural};
use crate::report::stress_des::{Block, Item, found, in_force, item, words};
use crate::report::words::hub_noun;
use crate::results::{Assumption, Results, Standing};

/// Overrides that are listed; the rest is in the page and the record.
const MOST: usize = 60;

/// Its items.
pub fn items(results: &Results) -> Vec<Item> {
    vec![
        item("2.1", "Base model overview diagram", vec![Block::Picture(diagram(results))]),
        item("2.2", "Base model logic", base(results)),
        item("2.3", "Scenario logic", scenario(results)),
        item("2.4", "Algorithms", algorithms(results)),
        item("2.5.1", "Components: entities", entities(results)),
        item("2.5.2", "Components: activities", activities(results)),
        item("2.5.3", "Components: resources", resources(results)),
        item("2.5.4", "Components: queues", queues(results)),
        item("2.5.5", "Components: entry and exit points", exits(results)),
    ]
}

fn servers(results: &Results) -> String {
    let (one, many) = hub_noun(&results.scenario);
    plural(results.process_servers.len() as u64, one, many)
}

fn diagram(results: &Results) -> String {
    let scenario = &results.scenario;
    let link = format!("{} {}", results.link.name, bit_rate(results.link.goodput_bit_per_s));
    let mut text = format!(
        "{} -> agents (buffer, bitmap) -> {} (cache) -> link {link}\n   -> cache account -> apply -> recovery points -> retention",
        plural(scenario.disks, "disk", "disks"),
        servers(results),
    );
    if results.journey.is_some() {
        text.push_str("\n\nprotected -> [disaster] -> failover -> at the target, unprotected -> reprotect -> protected towards home\n   -> failback -> at home, unprotected -> reprotect -> protected");
    }
    text
}

fn base(results: &Results) -> Vec<Block> {
    let mut text = vec![words(format!(
        "Each disk is a flow of written bytes. What it writes is tracked by an agent, taken in by {}, sent over the link in order for each disk, lands half a round trip later, is applied, and \
         becomes a recovery point when the marker behind it is through on all disks of the machine (or group). Markers come at fixed intervals ({} crash-consistent, {} app-consistent). What does not fit waits: \
         in the cache, then in the agent, and beyond the agent's buffer as a bitmap of changed blocks, whose order is lost until all of it is sent.",
        servers(results),
        found(results, "policy.crash_every"),
        in_force(results, "policy.app_every").map_or("no", |input| &input.found)
    ))];
    if results.journey.is_some() {
        text.push(words(
            "Round trip: two such paths, out and back, and a state of each machine that only documented requests and conditions change. A reprotect compares what is at home and sends what differs; a failback \
             shuts down, sends the rest, and boots.",
        ));
    }
    text
}

fn scenario(results: &Results) -> Vec<Block> {
    let all: Vec<&Assumption> =
        results.assumptions.iter().filter(|value| value.instead_of.is_some() || value.standing == Standing::Scenario).collect();
    if all.is_empty() {
        return vec![words(format!("Nothing differs from the profile {}.", results.scenario.profile))];
    }
    let line = |value: &&Assumption| {
        let instead = value.instead_of.as_ref().map_or_else(String::new, |other| format!(" (profile: {other})"));
        format!("{} = {}{instead}", value.key, value.value)
    };
    let mut text = vec![
        words(format!(
            "The scenario says otherwise than the profile {} in {}:",
            results.scenario.profile,
            plural(all.len() as u64, "value", "values")
        )),
        Block::List(all.iter().take(MOST).map(line).collect()),
    ];
    if all.len() > MOST {
        text.push(words("The rest is in summary.json, under assumptions."));
    }
    text
}

fn algorithms(results: &Results) -> Vec<Block> {
    let mut lines = vec![
        format!("Link: shared {} among the disks that wait, in wire bytes.", found(results, "link.sharing")),
        format!("Churn: {}.", found(results, "churn.kind")),
        "Written again: of x bytes written while out of order, F(x) = sum of W (1 - exp(-p x / W)) over the working sets W of a disk are sent.".to_owned(),
        "Retention: every point while young, then one per bucket of the clock, by the profile's schedule; an app-consistent point goes before a crash-consistent one.".to_owned(),
    ];
    if let Some(input) = in_force(results, "link.features") {
        lines.push(format!("Also on the link: {}.", input.found));
    }
    if let Some(input) = in_force(results, "journey.features") {
        lines.push(format!("Round trip: {}.", input.found));
    }
    lines.push("The model page of the documentation (docs/model.md) derives each of them.".to_owned());
    vec![Block::List(lines)]
}

fn entities(results: &Results) -> Vec<Block> {
    let scenario = &results.scenario;
    let mut lines = vec![
        format!(
            "{}: operating system, disks ({} each), server, account, group, limit.",
            plural(scenario.vms, "machine", "machines"),
            found(results, "fleet.disks_per_vm")
        ),
        format!(
            "{}: size, used bytes, churn (at most {}), working sets, size of a write, tier and its limit.",
            plural(scenario.disks, "disk", "disks"),
            found(results, "churn.disk")
        ),
        "Markers and recovery points: source time, kind, when they landed and can be used.".to_owned(),
    ];
    if !results.groups.is_empty() {
        let names: Vec<String> = results.groups.iter().map(|group| format!("{} ({})", group.name, group.vms)).collect();
        lines.push(format!("{}: {}.", plural(results.groups.len() as u64, "replication group", "replication groups"), list(&names)));
    }
    vec![Block::List(lines)]
}

fn activities(results: &Results) -> Vec<Block> {
    let mut lines = vec!["Tracking, intake, sending, applying: continuous, at rates that hold between two events.".to_owned()];
    let copies = &results.initial_replication;
    if copies.simulated {
        lines.push(format!("Initial replication of {} in {}.", bytes(copies.used_bytes), plural(copies.batches, "batch", "batches")));
    }
    lines.push("Resync after a crash, a resize or a lost cache: a pass of checksums, then what differs.".to_owned());
    if let Some(journey) = &results.journey {
        lines.push(format!(
            "Failover, commit, reprotect, failback: {} and {} in this run.",
            plural(journey.disasters.len() as u64, "disaster", "disasters"),
            plural(journey.failovers.len() as u64, "failover", "failovers")
        ));
    }
    vec![Block::List(lines)]
}

fn resources(results: &Results) -> Vec<Block> {
    let link = &results.link;
    let ceiling = link.per_vm_ceiling_bit_per_s.map_or_else(String::new, |ceiling| format!(", at most {} for one machine", bit_rate(ceiling)));
    let mut lines = vec![format!(
        "Link {}: {} after overhead, round trip {}, packet loss {}{ceiling}; used by everything that is sent.",
        link.name,
        bit_rate(link.goodput_bit_per_s),
        found(results, "link.rtt"),
        found(results, "link.loss")
    )];
    for hub in results.process_servers.iter().take(MOST) {
        let cache = hub.cache_bytes.map_or_else(|| "unbounded".to_owned(), bytes);
        lines.push(format!("{} {}: {}, cache {cache}.", hub_noun(&results.scenario).0, hub.name, plural(hub.vms, "machine", "machines")));
    }
    lines.push(format!("Cache accounts in the target region: {}.", found(results, "path.accounts")));
    vec![Block::List(lines)]
}

fn queues(results: &Results) -> Vec<Block> {
    vec![Block::List(vec![
        format!("Bytes of one disk: first in first out. Between disks: {}.", found(results, "link.sharing")),
        "A cache takes in less while little of it is free, and nothing when it is full; the agent's buffer then fills, and what is beyond it loses its order (nothing is refused, nothing leaves the queue but what is written over).".to_owned(),
        "Initial copies: so many disks of a machine at a time, batch after batch; a failover waits for the service's throughput where the scenario has a round trip.".to_owned(),
    ])]
}

fn exits(results: &Results) -> Vec<Block> {
    vec![words(format!(
        "Enter: bytes as the machines write them ({}; {} events of load). Leave: bytes when they are applied, or written over before they are sent; points when they are pruned. At the end every byte is accounted for, \
         to a relative error of {:.1e} in this run.",
        found(results, "churn.kind"),
        results.credibility.as_ref().map_or_else(|| "0".to_owned(), |credibility| count(credibility.churn.load_events)),
        results.checks.conservation_error
    ))]
}
