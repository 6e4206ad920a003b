//! Markers, the points they become, and pruning.

use failback::model::{Policy, World};

use crate::twin::curves::{Curves, Fate};
use crate::twin::inputs;

/// A recovery point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Source time of its marker [s].
    pub marker: f64,
    /// Available since [s].
    pub available: f64,
    /// App-consistent.
    pub app: bool,
}

/// What became of the markers of a VM, or of a group.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Landed markers: (landed, marker) [s], the start point included.
    pub landed: Vec<(f64, f64)>,
    /// Points, in order of becoming available.
    pub points: Vec<Point>,
    /// Crash and app markers issued.
    pub issued: [u64; 2],
    /// Crash and app markers that failed.
    pub failed: [u64; 2],
    /// Crash and app markers that became points.
    pub made: [u64; 2],
    /// Points pruned.
    pub pruned: u64,
    /// Points held at the end.
    pub held: Vec<Point>,
    /// Most points held at once.
    pub held_max: u64,
}

/// The ledger of the disks `own`, over a run of `end` seconds; `protected` if a start point exists.
pub fn ledger(world: &World, own: &[&Curves], end: f64, protected: bool) -> Ledger {
    let policy = &world.policy;
    let mut ledger = Ledger::default();
    if protected {
        ledger.landed.push((0.0, 0.0));
        ledger.points.push(Point { marker: 0.0, available: 0.0, app: false });
        if policy.app_every.is_some() {
            ledger.points.push(Point { marker: 0.0, available: 0.0, app: true });
        }
    }
    for (kind, every) in [Some(policy.crash_every), policy.app_every].into_iter().enumerate() {
        let Some(every) = every.map(|span| span.as_secs_f64()) else { continue };
        let markers = (1..).map(|k| f64::from(k) * every).take_while(|&marker| marker <= end);
        for marker in markers {
            ledger.issued[kind] += 1;
            let refused = kind == 1 && policy.app_failure.get() == 1.0;
            match fate(own, marker, refused) {
                Fate::Failed => ledger.failed[kind] += 1,
                Fate::Pending => {}
                Fate::Landed(landed, available) => {
                    ledger.landed.push((landed, marker));
                    if let Some(available) = available {
                        ledger.made[kind] += 1;
                        ledger.points.push(Point { marker, available, app: kind == 1 });
                    }
                }
            }
        }
    }
    ledger.landed.sort_by(|a, b| a.partial_cmp(b).expect("times are numbers"));
    ledger.points.sort_by(|a, b| (a.available, a.marker, a.app).partial_cmp(&(b.available, b.marker, b.app)).expect("times are numbers"));
    keep(&mut ledger, policy, inputs::seconds_since_midnight(world), end);
    ledger
}

/// A marker's fate over all disks: the worst of them; and it fails if one of them loses its order before all have landed it.
fn fate(own: &[&Curves], marker: f64, refused: bool) -> Fate {
    let mut all = Fate::Landed(marker, Some(marker));
    for curves in own {
        all = match (all, curves.marker(marker)) {
            (Fate::Failed, _) | (_, Fate::Failed) => Fate::Failed,
            (Fate::Pending, _) | (_, Fate::Pending) => Fate::Pending,
            (Fate::Landed(a, b), Fate::Landed(c, d)) => Fate::Landed(a.max(c), b.zip(d).map(|(b, d)| b.max(d))),
        };
    }
    let until = if let Fate::Landed(landed, _) = all { landed } else { f64::INFINITY };
    let disturbed = own.iter().any(|curves| curves.loses_order(marker, until));
    if refused || disturbed { Fate::Failed } else { all }
}

/// Pruning, each time that a point becomes available, and once more at the end.
fn keep(ledger: &mut Ledger, policy: &Policy, midnight: f64, end: f64) {
    let mut held: Vec<Point> = Vec::new();
    for together in ledger.points.chunk_by(|a, b| a.marker == b.marker) {
        held.extend(together);
        prune(&mut held, policy, midnight, together[0].available, true);
        ledger.held_max = ledger.held_max.max(held.len() as u64);
    }
    prune(&mut held, policy, midnight, end, false);
    held.sort_by(|a, b| (a.marker, a.app).partial_cmp(&(b.marker, b.app)).expect("times are numbers"));
    ledger.pruned = (ledger.points.len() - held.len()) as u64;
    ledger.held = held;
}

/// Thins what is held at `now`; old points expire only if a `new` one came (stall rule).
fn prune(held: &mut Vec<Point>, policy: &Policy, midnight: f64, now: f64, new: bool) {
    let retention = policy.retention.as_secs_f64();
    if policy.prune.is_empty() || retention == 0.0 {
        let newest = held.iter().map(|point| point.marker).fold(f64::NEG_INFINITY, f64::max);
        held.retain(|point| point.marker == newest);
        if held.iter().any(|point| point.app) {
            held.retain(|point| point.app);
        }
        return;
    }
    let newest = held.iter().map(|point| point.marker).fold(f64::NEG_INFINITY, f64::max);
    let all: Vec<Point> = held.iter().copied().filter(|point| point.marker < newest).collect();
    held.retain(|point| {
        let age = now - point.marker;
        if age < policy.dense_window.as_secs_f64() || point.marker == newest {
            return true;
        }
        if age >= retention {
            return !new && best_of_bucket(&all, point, policy, midnight, now);
        }
        best_of_bucket(&all, point, policy, midnight, now)
    });
}

/// Whether `point` is the one that its bucket keeps, among the points under the same rule.
fn best_of_bucket(all: &[Point], point: &Point, policy: &Policy, midnight: f64, now: f64) -> bool {
    let rule_of = |point: &Point| {
        let age = now - point.marker;
        if age < policy.dense_window.as_secs_f64() {
            return None;
        }
        policy.prune.iter().position(|rule| age < rule.up_to.as_secs_f64()).or(Some(policy.prune.len() - 1))
    };
    let Some(rule) = rule_of(point) else { return true };
    let width = policy.prune[rule].keep_one_per.as_secs_f64();
    let bucket = |point: &Point| ((midnight + point.marker) / width).floor();
    let best = all
        .iter()
        .filter(|other| rule_of(other) == Some(rule) && bucket(other) == bucket(point))
        .max_by(|a, b| (a.app, a.marker).partial_cmp(&(b.app, b.marker)).expect("times are numbers"));
    best == Some(point)
}
