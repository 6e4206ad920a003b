//! The figures that are asked of many runs unless others are named.

use crate::experiment::figure::Figure;
use crate::model::World;

/// Of every scenario: the largest lag of any VM, what a disaster at a random instant would lose, breaches, points and the link.
const FORWARD: [&str; 16] = [
    "lag.fleet_worst.mean",
    "lag.fleet_worst.p95",
    "lag.fleet_worst.p99",
    "lag.fleet_worst.max",
    "lag.fleet_worst.share_over",
    "loss.latest_marker.time.fleet_worst.mean",
    "loss.latest_marker.time.fleet_worst.p95",
    "loss.latest_processed.time.fleet_worst.p95",
    "loss.latest_marker.time.fleet_worst.max",
    "breaches.count",
    "breaches.longest_s",
    "points.total.longest_hole_s",
    "points.total.longest_without_new_s",
    "link.mean_use",
    "link.down_s",
    "link.peak_waiting_bytes",
];

/// With app-consistent points.
const APP: [&str; 1] = ["loss.latest_app.time.fleet_worst.p95"];

/// Where losses are counted in bytes.
const BYTES: [&str; 2] = ["loss.latest_marker.bytes.fleet_bytes.mean", "loss.latest_marker.bytes.fleet_bytes.p95"];

/// Of a round trip: its first failover, from the disaster until everybody is protected again.
const JOURNEY: [&str; 11] = [
    "journey.failovers.0.rto_s",
    "journey.failovers.0.recovered",
    "journey.failovers.0.without_point",
    "journey.failovers.0.loss_max_s",
    "journey.failovers.0.loss_bytes",
    "journey.failovers.0.exposed_away_max_s",
    "journey.failovers.0.reprotect_longest_s",
    "journey.failovers.0.reprotect_bytes",
    "journey.failovers.0.failback_downtime_max_s",
    "journey.failovers.0.home_again",
    "journey.failovers.0.exposed_home_max_s",
];

/// The usual figures of such a world.
pub fn usual(world: &World) -> Vec<Figure> {
    let app = world.policy.app_every.is_some().then_some(APP).into_iter().flatten();
    let bytes = world.output.loss_bytes.then_some(BYTES).into_iter().flatten();
    let journey = world.journey.is_some().then_some(JOURNEY).into_iter().flatten();
    FORWARD.into_iter().chain(app).chain(bytes).chain(journey).map(Figure::at).collect()
}
