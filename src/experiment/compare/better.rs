//! Which of two values of a figure is the better one.

use schemars::JsonSchema;
use serde::Serialize;

use crate::stats::Better;

/// Which way is better, of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The smaller: a lag, a loss, a cost, a time to recover.
    Smaller,
    /// The larger: machines recovered, room left.
    Larger,
    /// Neither by itself: how much a link is used, what was written.
    Neither,
}

/// Last keys of figures of which more is better.
const LARGER: [&str; 12] = [
    "recovered",
    "home_again",
    "least_free",
    "crash_points",
    "app_points",
    "held_at_end",
    "held_max",
    "oldest_at_end_s",
    "goodput_bit_per_s",
    "mean_capacity_bit_per_s",
    "per_vm_ceiling_bit_per_s",
    "window_held_s",
];

/// Last keys of figures that say nothing of better or worse, though their part of the record does.
const NEITHER: [&str; 9] =
    ["mean_use", "carried_wire_bytes", "observed_s", "max_at_s", "at_s", "longest_at_s", "first_at_s", "retention_s", "crash_markers"];

/// Beginnings of the paths of figures of which less is better.
const SMALLER: [&str; 13] = [
    "lag.",
    "reported_rpo.",
    "point_age.",
    "app_point_age.",
    "breaches.",
    "reported_breaches.",
    "loss.",
    "points.",
    "link.",
    "initial_replication.",
    "unprotected_share",
    "journey.",
    "cost.",
];

/// Last keys of figures of single machines, disks and servers of which less is better.
const SMALLER_KEYS: [&str; 4] = ["resyncs", "bitmap_entries", "throttled_s", "down_s"];

impl Direction {
    /// Of the figure at this path of `summary.json`.
    pub fn of(path: &str) -> Self {
        let last = path.rsplit('.').next().unwrap_or_default();
        if LARGER.contains(&last) {
            return Direction::Larger;
        }
        let of_a_law = path.contains(".lag.") || path.contains(".loss.");
        let smaller = of_a_law || SMALLER_KEYS.contains(&last) || SMALLER.iter().any(|begin| path.starts_with(begin));
        if smaller && !NEITHER.contains(&last) { Direction::Smaller } else { Direction::Neither }
    }

    /// As the statistics have it; `None` where neither is better.
    pub fn better(self) -> Option<Better> {
        match self {
            Direction::Smaller => Some(Better::Smaller),
            Direction::Larger => Some(Better::Larger),
            Direction::Neither => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_usual_figure_has_its_direction() {
        let smaller = ["lag.fleet_worst.p99", "breaches.count", "link.down_s", "journey.failovers.0.rto_s", "cost.per_month", "vms.a.lag.max"];
        assert!(smaller.iter().all(|path| Direction::of(path) == Direction::Smaller));
        let larger = ["journey.failovers.0.recovered", "journey.failovers.0.home_again", "process_servers.0.least_free"];
        assert!(larger.iter().all(|path| Direction::of(path) == Direction::Larger));
        let neither = ["link.mean_use", "churn.written_bytes", "checks.calendar_events", "lag.fleet_worst.max_at_s"];
        assert!(neither.iter().all(|path| Direction::of(path) == Direction::Neither));
    }
}
