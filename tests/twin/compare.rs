//! The simulator and the twin side by side: the same figures of both, and how far they may lie apart for a step of one second.

use failback::model::World;
use failback::results::{Choice, Law as SimLaw, PointCounts, RunOutput};

use crate::twin::law::Law;
use crate::twin::outcome::{Outcome, Story};
use crate::twin::points::Ledger;

/// One figure of both.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// What the simulator says.
    pub simulator: f64,
    /// What the twin says.
    pub twin: f64,
    /// How far apart they may lie per second of step; 0 for what is counted.
    pub per_second: f64,
}

impl Figure {
    /// How far they lie apart.
    pub fn apart(&self) -> f64 {
        (self.simulator - self.twin).abs()
    }

    /// Whether they agree for a step of so many seconds; rounding has its own, tiny allowance.
    pub fn agrees(&self, step: f64) -> bool {
        self.apart() <= self.per_second * step + 1e-6 * self.simulator.abs().max(1e-3)
    }
}

/// Collects figures.
struct Table<'a> {
    figures: Vec<Figure>,
    outcome: &'a Outcome,
    /// Largest rate anywhere on the path [bytes/s].
    rate: f64,
}

/// All figures of both.
pub fn figures(world: &World, output: &RunOutput, outcome: &Outcome) -> Vec<Figure> {
    let link = world.link.goodput.as_bits_per_s() / 8.0 / world.hubs.iter().map(|hub| hub.wire_per_tracked).fold(1.0, f64::min);
    let writes = (0..world.disks.len()).map(|disk| peak_rate(world, disk)).sum::<f64>();
    let mut table = Table { figures: Vec::new(), outcome, rate: link + writes };
    let results = &output.results;
    table.scoped("lag", &results.lag.fleet_worst, &results.lag.pooled, |story| &story.lag, true);
    table.scoped("reported", &results.reported_rpo.fleet_worst, &results.reported_rpo.pooled, |story| &story.reported, false);
    table.scoped("point age", &results.point_age.fleet_worst, &results.point_age.pooled, |story| &story.point_age, false);
    if let Some(laws) = &results.app_point_age {
        table.scoped("app point age", &laws.fleet_worst, &laws.pooled, |story| &story.app_age, false);
    }
    for (vm, story) in outcome.vms.iter().enumerate() {
        let found = &results.vms[vm];
        table.law(&format!("{} lag", found.name), &found.lag, &outcome.law(&story.lag), true);
        table.law(&format!("{} reported", found.name), &found.reported_rpo, &outcome.law(&story.reported), false);
        table.law(&format!("{} point age", found.name), &found.point_age, &outcome.law(&story.point_age), false);
        table.points(&found.name, &found.points, &story.ledger);
        table.count(&format!("{} resyncs", found.name), found.resyncs as f64, outcome.resyncs[vm] as f64);
        table.held(&found.name, &output.calendars[vm].points, &story.ledger);
        table.losses(&found.name, &found.loss_bytes, story);
    }
    for (found, story) in results.groups.iter().zip(&outcome.groups) {
        table.law(&format!("{} lag", found.name), &found.lag, &outcome.law(&story.lag), true);
        table.law(&format!("{} point age", found.name), &found.point_age, &outcome.law(&story.point_age), false);
        table.points(&found.name, &found.points, &story.ledger);
    }
    table.path(output);
    table.figures
}

fn peak_rate(world: &World, disk: usize) -> f64 {
    let step = 60.0;
    (0..(world.horizon.as_secs_f64() / step) as usize)
        .map(|index| crate::twin::inputs::tracked_rate(world, disk, index as f64 * step))
        .fold(0.0, f64::max)
}

impl Table<'_> {
    fn put(&mut self, name: &str, simulator: f64, twin: f64, per_second: f64) {
        self.figures.push(Figure { name: name.to_owned(), simulator, twin, per_second });
    }

    fn count(&mut self, name: &str, simulator: f64, twin: f64) {
        self.put(name, simulator, twin, 0.0);
    }

    fn bytes(&mut self, name: &str, simulator: f64, twin: f64) {
        self.put(name, simulator, twin, 2.0 * self.rate);
    }

    /// Mean and maximum within two steps, the share over the threshold within a few crossings' steps.
    fn law(&mut self, name: &str, found: &SimLaw, twin: &Law, shares: bool) {
        self.put(&format!("{name}, observed"), found.observed_s, twin.observed, 4.0);
        self.put(&format!("{name}, mean"), found.mean, twin.mean, 2.0);
        self.put(&format!("{name}, max"), found.max, twin.max, 2.0);
        if let (Some(over), true) = (found.share_over, shares) {
            self.put(&format!("{name}, share over"), over, twin.over, 10.0 / self.outcome.end);
        }
    }

    fn scoped(&mut self, name: &str, worst: &SimLaw, pooled: &SimLaw, series: crate::twin::outcome::Series, linear: bool) {
        let outcome = self.outcome;
        let twin_worst = outcome.law(&outcome.worst(series));
        self.law(&format!("{name} fleet_worst"), worst, &twin_worst, linear);
        if let Some(p95) = worst.p95 {
            // A quantile of a law with steep stretches moves more than the values do; 0.1 % is the bins' own width.
            self.put(&format!("{name} fleet_worst, p95"), p95, twin_worst.quantile(0.95), 10.0 + 0.002 * p95 / outcome.step);
        }
        let laws: Vec<Law> = outcome.vms.iter().map(|story| outcome.law(series(story))).collect();
        self.put(&format!("{name} pooled, mean"), pooled.mean, Law::pooled(&laws).mean, 2.0);
    }

    fn points(&mut self, name: &str, found: &PointCounts, twin: &Ledger) {
        self.count(&format!("{name} crash markers"), found.crash_markers as f64, twin.issued[0] as f64);
        self.count(&format!("{name} crash failed"), found.crash_failed as f64, twin.failed[0] as f64);
        self.count(&format!("{name} crash points"), found.crash_points as f64, twin.made[0] as f64);
        self.count(&format!("{name} app markers"), found.app_markers as f64, twin.issued[1] as f64);
        self.count(&format!("{name} app failed"), found.app_failed as f64, twin.failed[1] as f64);
        self.count(&format!("{name} app points"), found.app_points as f64, twin.made[1] as f64);
        self.count(&format!("{name} pruned"), found.pruned as f64, twin.pruned as f64);
        self.count(&format!("{name} held at the end"), found.held_at_end as f64, twin.held.len() as f64);
        self.count(&format!("{name} held at most"), found.held_max as f64, twin.held_max as f64);
    }

    fn held(&mut self, name: &str, found: &[failback::results::HeldPoint], twin: &Ledger) {
        if found.len() != twin.held.len() {
            return;
        }
        for (found, twin) in found.iter().zip(&twin.held) {
            let label = format!("{name} point of {}", twin.marker);
            self.put(&format!("{label}, marker"), found.marker_s, twin.marker, 0.0);
            self.count(&format!("{label}, app"), f64::from(u8::from(found.app)), f64::from(u8::from(twin.app)));
            self.put(&format!("{label}, available"), found.available_s, twin.available, 2.0);
        }
    }

    fn losses(&mut self, name: &str, found: &[(Choice, SimLaw)], twin: &Story) {
        let order = [Choice::LatestByte, Choice::LatestMarker, Choice::LatestProcessed, Choice::LatestApp];
        for (choice, lost) in order.into_iter().zip(&twin.lost) {
            if let Some((_, found)) = found.iter().find(|(other, _)| *other == choice) {
                let twin = self.outcome.law(lost);
                self.bytes(&format!("{name} loss {choice:?}, mean"), found.mean, twin.mean);
                self.bytes(&format!("{name} loss {choice:?}, max"), found.max, twin.max);
            }
        }
    }

    fn path(&mut self, output: &RunOutput) {
        let results = &output.results;
        let outcome = self.outcome;
        self.bytes("peak stored", results.link.peak_stored_bytes, outcome.peak_backlog);
        self.bytes("peak waiting", results.link.peak_waiting_bytes, outcome.peak_waiting);
        self.bytes("link carried", results.link.carried_wire_bytes, outcome.carried);
        self.put("link mean use", results.link.mean_use, outcome.carried / outcome.offered.max(1.0), 2.0 * self.rate / outcome.offered.max(1.0));
        self.put("link down", results.link.down_s, outcome.link_down, 4.0);
        for (found, twin) in results.process_servers.iter().zip(&outcome.hubs) {
            self.bytes(&format!("{} taken in", found.name), found.taken_in_bytes, twin.taken);
            self.bytes(&format!("{} peak cache", found.name), found.peak_cache_bytes, twin.peak);
            // Each time that the throttle sets in or lets go, the twin is up to a step late.
            let switches = output.events.iter().filter(|event| event.kind.starts_with("throttle_") && event.subject == found.name).count();
            self.put(&format!("{} throttled", found.name), found.throttled_s, twin.throttled, twin.switches.min(switches as f64).max(10.0));
            self.put(&format!("{} full", found.name), found.full_s, twin.full, 10.0);
            self.put(&format!("{} down", found.name), found.down_s, twin.down, 2.0);
        }
        for (found, twin) in results.disks.iter().zip(&outcome.disks) {
            let lag = outcome.law(&twin.lag);
            // During initial replication a disk is observed from its VM's first point on, which is not the disk's own.
            if !results.initial_replication.simulated {
                self.put(&format!("{} mean lag", found.name), found.lag.mean, lag.mean, 2.0);
                self.put(&format!("{} max lag", found.name), found.lag.max, lag.max, 2.0);
            }
            self.put(&format!("{} tracked", found.name), found.tracked_bytes, twin.tracked, 0.0);
            self.bytes(&format!("{} landed", found.name), found.landed_bytes, twin.landed);
            self.bytes(&format!("{} superseded", found.name), found.superseded_bytes, twin.superseded);
            self.bytes(&format!("{} pending", found.name), found.pending_bytes, twin.pending);
            self.bytes(&format!("{} peak agent", found.name), found.peak_agent_bytes, twin.peak_agent);
            self.put(&format!("{} unordered", found.name), found.unordered_s, twin.unordered, 4.0);
            self.count(&format!("{} bitmap entries", found.name), found.bitmap_entries as f64, twin.bitmap_entries as f64);
        }
        if results.initial_replication.simulated {
            let never = f64::from(u32::MAX);
            let found = results.initial_replication.duration_s.unwrap_or(never);
            self.put("initial replication", found, outcome.replicated_at.unwrap_or(never), 6.0);
        }
    }
}
