//! What the link can carry over the run: scheduled changes, random outages, the calendar throttle and background traffic, laid out before the run starts.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Exp1};

use crate::engine::Streams;
use crate::model::{Link, OutageProcess, World};
use crate::simulate::draw::draw;
use crate::units::{Instant, Span};

/// A change of the link.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LinkStep {
    /// When.
    pub at: Instant,
    /// Capacity for replication from then on \[wire bytes/s\].
    pub capacity: f64,
    /// What happened, in words for the event log; empty for a mere throttle change.
    pub events: Vec<LinkEvent>,
}

/// The beginning or end of an outage.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LinkEvent {
    /// Whether it begins.
    pub begins: bool,
    /// What it is.
    pub cause: String,
    /// Factor on the goodput while it lasts.
    pub factor: f64,
}

/// A stretch of time with a factor on the goodput.
struct Stretch {
    from: Instant,
    to: Instant,
    factor: f64,
    cause: String,
    /// Whether its begin is an outage of its own and not the second part of one.
    counts: bool,
}

/// Lays out all changes of the link in order of time; the first is at the run's start.
pub(super) fn plan(world: &World, streams: &Streams) -> Vec<LinkStep> {
    let link = &world.link;
    let end = Instant::START + world.horizon;
    let mut stretches: Vec<Stretch> = link
        .scheduled
        .iter()
        .map(|change| Stretch { from: change.from, to: change.to, factor: change.factor.get(), cause: change.cause.clone(), counts: true })
        .collect();
    for process in &link.outages {
        random_outages(process, &mut streams.stream(&format!("link/{}", process.name), "outages"), end, &mut stretches);
    }
    let mut instants: Vec<Instant> = vec![Instant::START];
    instants.extend(stretches.iter().flat_map(|stretch| [stretch.from, stretch.to]));
    instants.extend(throttle_changes(world));
    instants.retain(|&at| at < end);
    instants.sort_unstable();
    instants.dedup();
    instants
        .into_iter()
        .map(|at| {
            let factor: f64 = stretches.iter().filter(|s| s.from <= at && at < s.to).map(|s| s.factor).product();
            let event = |begins: bool| move |s: &Stretch| LinkEvent { begins, cause: s.cause.clone(), factor: s.factor };
            let begun = stretches.iter().filter(|s| s.from == at && s.counts).map(event(true));
            let ended = stretches.iter().filter(|s| s.to == at && s.counts).map(event(false));
            LinkStep { at, capacity: capacity(world, at, factor), events: ended.chain(begun).collect() }
        })
        .collect()
}

/// Goodput x factors, less background, at most the throttle \[wire bytes/s\].
fn capacity(world: &World, at: Instant, factor: f64) -> f64 {
    let link = &world.link;
    let free = (link.goodput.as_bits_per_s() * factor - link.background.as_bits_per_s()).max(0.0);
    free.min(throttle_at(link, world, at)) / 8.0
}

fn throttle_at(link: &Link, world: &World, at: Instant) -> f64 {
    let Some(moment) = calendar(world, at) else { return f64::INFINITY };
    let day = moment.weekday().to_monday_zero_offset() as usize;
    let since_midnight = Span::from_nanos(moment.time().duration_since(jiff::civil::Time::midnight()).as_nanos().unsigned_abs() as u64);
    let window = link.throttle.iter().find(|window| window.days[day] && window.from <= since_midnight && since_midnight < window.to);
    window.map_or(f64::INFINITY, |window| window.limit.as_bits_per_s())
}

/// The calendar moment of an instant; `None` beyond the calendar's end.
fn calendar(world: &World, at: Instant) -> Option<jiff::civil::DateTime> {
    world.start.checked_add(jiff::SignedDuration::from_nanos(i64::try_from(at.as_nanos()).ok()?)).ok()
}

/// Instants at which some throttle window opens or closes.
fn throttle_changes(world: &World) -> Vec<Instant> {
    if world.link.throttle.is_empty() {
        return Vec::new();
    }
    let into_day = world.start.time().duration_since(jiff::civil::Time::midnight()).as_nanos().unsigned_abs() as u64;
    let mut changes = Vec::new();
    let days = world.horizon.as_nanos() / Span::from_days(1).as_nanos() + 2;
    for day in 0..days {
        for edge in world.link.throttle.iter().flat_map(|window| [window.from, window.to]) {
            let since_first_midnight = Span::from_days(day) + edge;
            if since_first_midnight.as_nanos() >= into_day {
                changes.push(Instant::from_nanos(since_first_midnight.as_nanos() - into_day));
            }
        }
    }
    changes
}

/// Draws outages of one process: up for an exponential time, then `switch_over` with nothing flowing, then the repair with the process's factor.
fn random_outages(process: &OutageProcess, stream: &mut ChaCha8Rng, end: Instant, into: &mut Vec<Stretch>) {
    let mut at = Instant::START;
    loop {
        let up: f64 = Exp1.sample(stream);
        let begin = at + Span::from_secs_f64(up * process.mtbf.as_secs_f64());
        if begin >= end {
            return;
        }
        let resumed = begin + process.switch_over;
        let repaired = resumed + draw(process.repair, stream);
        let factor = process.factor.get();
        if factor > 0.0 && !process.switch_over.is_zero() {
            into.push(Stretch { from: begin, to: resumed, factor: 0.0, cause: process.name.clone(), counts: true });
            into.push(Stretch { from: resumed, to: repaired, factor, cause: process.name.clone(), counts: false });
        } else {
            into.push(Stretch { from: begin, to: repaired, factor, cause: process.name.clone(), counts: true });
        }
        // An outage without length would never let the clock go on.
        at = repaired.max(begin + Span::from_nanos(1));
    }
}

/// Whether an app-consistent marker fails, with this chance.
pub(super) fn fails(stream: &mut ChaCha8Rng, chance: f64) -> bool {
    chance > 0.0 && stream.random::<f64>() < chance
}
