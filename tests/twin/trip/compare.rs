//! A round trip in the simulator and in the twin side by side: the same figures of both, and how far they may lie apart for a step of one second.
//!
//! An instant that follows from stated times and from a marker is exact, one that follows from a queue is wrong by a few steps. The first recovery point after a
//! copy is a marker's: where the two put the end of the copy on different sides of a marker, it lies a whole interval apart, and with it everything after. Nothing
//! is loosened for that: the step is made smaller until both stand on one side.

use failback::model::World;
use failback::results::{CopyResult, Law as SimLaw, RunOutput, Trip};

use crate::twin::compare::Figure;
use crate::twin::inputs;
use crate::twin::law::Law;
use crate::twin::trip::round::Outcome;
use crate::twin::trip::story::{CopyStory, Exposure, Story};

/// Stands for what did not happen.
const NEVER: f64 = -1e6;

struct Table {
    figures: Vec<Figure>,
    /// Largest rate anywhere [bytes/s].
    rate: f64,
    /// One-way delay of the link home [s].
    delay: f64,
}

/// All figures of both.
pub fn figures(world: &World, output: &RunOutput, twin: &Outcome) -> Vec<Figure> {
    let found = output.results.journey.as_ref().expect("the world has a journey");
    let back = world.journey.as_ref().and_then(|journey| journey.back.as_deref()).expect("there is a way back");
    let mut table = Table { figures: Vec::new(), rate: largest_rate(world), delay: back.link.rtt.as_secs_f64() / 2.0 };
    for (machine, story) in found.machines.iter().zip(&twin.stories) {
        let name = &machine.vm;
        table.put(name, "trips", machine.trips.len() as f64, f64::from(u8::from(story.point.is_some())), 0.0);
        if let Some(trip) = machine.trips.first() {
            table.trip(name, trip, story);
        }
    }
    if let Some(back) = &found.back {
        for (vm, law) in back.vms.iter().zip(&twin.reverse_lag) {
            table.law(&vm.name, &vm.lag, law);
        }
        table.law("fleet", &back.lag.fleet_worst, &twin.reverse_worst);
    }
    let rto = twin.stories.iter().filter_map(|story| story.restored).fold(NEVER, f64::max);
    if let Some(summary) = found.failovers.first() {
        table.time("fleet", "restored", summary.rto_s.map(|rto| rto + summary.at_s), Some(rto).filter(|rto| *rto > NEVER));
    }
    table.figures
}

fn largest_rate(world: &World) -> f64 {
    let back = world.journey.as_ref().and_then(|journey| journey.back.as_deref());
    let links = [Some(world), back].into_iter().flatten().map(|world| world.link.goodput.as_bits_per_s() / 8.0).fold(0.0, f64::max);
    let peak = |disk: usize| (0..600).map(|minute| inputs::tracked_rate(world, disk, 60.0 * f64::from(minute))).fold(0.0, f64::max);
    links + (0..world.disks.len()).map(peak).sum::<f64>()
}

impl Table {
    fn put(&mut self, whose: &str, what: &str, simulator: f64, twin: f64, per_second: f64) {
        self.figures.push(Figure { name: format!("{whose} {what}"), simulator, twin, per_second });
    }

    /// An instant that a queue decides: within a few steps.
    fn time(&mut self, whose: &str, what: &str, simulator: Option<f64>, twin: Option<f64>) {
        self.put(whose, what, simulator.unwrap_or(NEVER), twin.unwrap_or(NEVER), 4.0);
    }

    /// Bytes: what the largest rate moves in a few steps.
    fn bytes(&mut self, whose: &str, what: &str, simulator: f64, twin: f64) {
        self.put(whose, what, simulator, twin, 4.0 * self.rate);
    }

    fn law(&mut self, whose: &str, found: &SimLaw, twin: &Law) {
        // Summed over time, because it does not matter how long after the last byte somebody still looks.
        let wrong = 2.0 * twin.observed + 4.0 * twin.max;
        // The simulator begins to observe with what is written from the first point on, one delay after it (docs/model.md).
        let apart = found.mean * found.observed_s - twin.mean * twin.observed;
        let late = apart.clamp(-self.delay * twin.max, 0.0);
        self.put(whose, "reverse lag, sum", apart - late, 0.0, wrong);
        self.put(whose, "reverse lag, max", found.max, twin.max, 4.0);
    }

    fn trip(&mut self, name: &str, trip: &Trip, story: &Story) {
        self.time(name, "point", trip.point_s, story.point);
        self.put(name, "loss", trip.loss_s, story.loss, 0.0);
        self.bytes(name, "loss in bytes", trip.loss_bytes, story.loss_bytes);
        self.bytes(name, "destroyed", trip.destroyed_bytes, story.destroyed);
        self.time(name, "restored", trip.restored_s, story.restored);
        self.time(name, "committed", trip.committed_s, story.committed);
        self.copy(&format!("{name} reprotect"), trip.reprotect.as_ref(), story.reprotect);
        self.exposure(&format!("{name} away"), (trip.exposed_away_s, trip.exposed_away_bytes), story.exposed_away);
        let back = trip.failback.as_ref();
        self.time(name, "failback began", back.map(|back| back.began_s), story.failback);
        self.bytes(name, "failback pending", back.map_or(0.0, |back| back.pending_bytes), story.pending);
        self.time(name, "failback restored", back.and_then(|back| back.restored_s), story.home);
        self.time(name, "downtime", back.and_then(|back| back.downtime_s), story.home.zip(story.failback).map(|(to, from)| to - from));
        self.put(name, "failback loss", back.map_or(0.0, |back| back.loss_bytes), 0.0, 0.0);
        self.time(name, "failback committed", back.and_then(|back| back.committed_s), story.committed_home);
        self.copy(&format!("{name} protect again"), trip.protect_again.as_ref(), story.again);
        self.exposure(&format!("{name} home"), (trip.exposed_home_s, trip.exposed_home_bytes), story.exposed_home);
    }

    fn copy(&mut self, name: &str, found: Option<&CopyResult>, twin: Option<CopyStory>) {
        self.time(name, "began", found.map(|copy| copy.began_s), twin.map(|copy| copy.began));
        let (Some(found), Some(twin)) = (found, twin) else { return };
        self.time(name, "asked", Some(found.asked_s), Some(twin.asked));
        self.bytes(name, "differing", found.differing_bytes, twin.differing);
        self.time(name, "in order", found.in_order_s, twin.in_order);
        self.bytes(name, "sent", found.sent_bytes, twin.sent);
        self.time(name, "protected", found.protected_s, twin.protected);
    }

    /// Only what is over: of what goes on at the end of the run, the record says how long it has gone on.
    fn exposure(&mut self, name: &str, (time, bytes): (f64, f64), twin: Option<Exposure>) {
        if let Some(twin) = twin {
            self.time(name, "exposed", Some(time), Some(twin.time));
            self.bytes(name, "exposed bytes", bytes, twin.bytes);
        }
    }
}
