//! The tiles at the top of the page: the figures a manager looks for first.

use maud::{Markup, html};

use crate::format::{bit_rate, count, duration, duration_or_dash, plural, share, unbroken};
use crate::report::answers::vm_at_worst;
use crate::report::calendar::Calendar;
use crate::report::round_trip::{Crossing, crossings};
use crate::report::words::times;
use crate::results::{Choice, Results};

struct Tile {
    name: &'static str,
    figure: String,
    note: String,
    mood: &'static str,
}

/// The tiles.
pub fn tiles(results: &Results, calendar: &Calendar) -> Markup {
    html! {
        div.tiles {
            @for tile in chosen(results, calendar) {
                div class={ "tile " (tile.mood) } {
                    div.name { (tile.name) }
                    div.figure { (unbroken(&tile.figure)) }
                    div.note { (unbroken(&tile.note)) }
                }
            }
        }
    }
}

fn chosen(results: &Results, calendar: &Calendar) -> Vec<Tile> {
    let threshold = duration(results.scenario.rpo_threshold_s);
    let worst = &results.lag.fleet_worst;
    let breaches = &results.breaches;
    let mood = if breaches.count == 0 { "good" } else { "alarm" };
    let who = vm_at_worst(results).map_or_else(String::new, |vm| format!(", {vm}"));
    let mut tiles = vec![Tile {
        name: "Worst lag of any VM",
        figure: duration(worst.max),
        note: format!("{}{who}; P95 of the worst VM {}", calendar.label(worst.max_at_s), duration_or_dash(worst.p95)),
        mood,
    }];
    let over = worst.share_over.unwrap_or(0.0);
    tiles.push(Tile {
        name: "Time over the RPO threshold",
        figure: share(over),
        note: if breaches.count == 0 {
            format!("no VM was ever over {threshold}")
        } else {
            format!("some VM over {threshold}: {}, longest {}", times(breaches.count), duration(breaches.longest_s))
        },
        mood,
    });
    if let Some(latest) = results.loss.iter().find(|loss| loss.choice == Choice::LatestMarker) {
        let time = &latest.time.fleet_worst;
        tiles.push(Tile {
            name: "Lost in a disaster, P95",
            figure: time.p95.map_or_else(|| duration(time.max), duration),
            note: format!("worst VM, going back to Latest; at worst {}", duration(time.max)),
            mood: "",
        });
    }
    if let Some(level) = results.one_queue.levels.iter().fold(
        None,
        |best: Option<&crate::results::OneQueueLevel>, next| {
            if best.is_none_or(|best| next.share > best.share) { Some(next) } else { best }
        },
    ) {
        let enough = results.link.mean_capacity_bit_per_s >= level.goodput_bit_per_s;
        // Late by their own limit alone.
        let alone = results.disks.iter().filter(|disk| disk.late_alone_s.is_some_and(|late| late > 1.0)).count() as u64;
        let left = results.link.mean_capacity_bit_per_s;
        let this = if left < 0.995 * results.link.goodput_bit_per_s {
            format!("this link {}, {} left on average", bit_rate(results.link.goodput_bit_per_s), bit_rate(left))
        } else {
            format!("this link {}", bit_rate(results.link.goodput_bit_per_s))
        };
        let note = if alone > 0 {
            format!("of goodput as one queue; {this}. {} over {threshold} on any link", plural(alone, "disk is", "disks are"))
        } else {
            format!("of goodput for {threshold} {} of the time (one queue); {this}", share(level.share))
        };
        tiles.push(Tile {
            name: "Link needed, at least",
            figure: bit_rate(level.goodput_bit_per_s),
            note,
            // A lower bound that is met promises nothing: throttle, background and ceilings come on top.
            mood: if enough && alone == 0 { "" } else { "alarm" },
        });
    }
    let copy = &results.initial_replication;
    tiles.push(Tile {
        name: "Initial replication",
        figure: copy.duration_s.map_or_else(|| "does not finish".to_owned(), duration),
        note: format!(
            "{}, {}",
            plural(copy.batches, "batch", "batches"),
            match (copy.simulated, copy.duration_s) {
                (true, _) => "simulated",
                (false, Some(_)) => "at least: churn comes on top",
                (false, None) => "reckoned, not simulated",
            }
        ),
        mood: if copy.duration_s.is_none() { "alarm" } else { "" },
    });
    tiles.extend(round_trip(results, calendar));
    tiles
}

/// What a round trip adds: the failover with the longest recovery time, and the longest failback.
fn round_trip(results: &Results, calendar: &Calendar) -> Vec<Tile> {
    let Some(journey) = &results.journey else { return Vec::new() };
    let all = crossings(journey);
    let mut tiles = Vec::new();
    let longest = |of: &&Crossing<'_>| of.summary.rto_s.unwrap_or(f64::INFINITY);
    if let Some(worst) = all.iter().reduce(|best, next| if longest(&next) > longest(&best) { next } else { best }) {
        let of = worst.summary;
        tiles.push(Tile {
            name: "Recovery time (RTO)",
            figure: of.rto_s.map_or_else(|| "nobody recovered".to_owned(), duration),
            note: format!(
                "{} of {} at the target after {}; at most {} lost",
                count(of.recovered),
                plural(of.machines, "machine", "machines"),
                calendar.label(of.at_s),
                duration(of.loss_max_s)
            ),
            mood: if of.recovered < of.machines { "alarm" } else { "" },
        });
    }
    if let Some((machine, _, down)) = all.iter().filter_map(Crossing::worst_failback).reduce(|best, next| if next.2 > best.2 { next } else { best }) {
        let away = all.iter().filter_map(|of| of.of(|trip| trip.restored_s.map(|_| trip.exposed_away_s)).largest()).map(|(most, _)| most);
        tiles.push(Tile {
            name: "Down for the way home",
            figure: duration(down),
            note: format!("{}, the longest; unprotected away for {} at most", machine.vm, duration_or_dash(away.reduce(f64::max))),
            mood: "",
        });
    }
    tiles
}
