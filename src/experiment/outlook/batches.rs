//! Cuts initial replication into batches: each ends within the goal while the VMs already protected keep their RPO, as simulated.
//!
//! The order is fixed first: replication groups stay together, and the largest (by used bytes) come first. Then, batch by batch, as many of what is left are
//! taken as still end within the goal: the number is found by bisection, and every number that is tried is a run of the simulator, with all batches before it.
//! Batches follow one another at once. A group or machine that is too large for the goal alone makes a batch of its own, which says so.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::churn::Pattern;
use crate::experiment::outlook::measures::SHARE_MISSED;
use crate::experiment::outlook::months::{Interrupted, grown};
use crate::experiment::outlook::record::{BatchResult, CopyResult};
use crate::model::{StartState, World};
use crate::results::Results;
use crate::simulate;
use crate::units::Span;

/// Copies that take longer than this are not followed further \[s\].
const MOST: f64 = 366.0 * 86_400.0;

/// What is asked.
pub struct Copying<'a> {
    /// The scenario.
    pub world: &'a World,
    /// A run of it without copies: what the RPO is anyway, and the least that the copies can take.
    pub without: &'a Results,
    /// Time within which each batch is to end \[s\].
    pub goal_s: f64,
}

/// What goes into a batch as one: a replication group, or a machine of none.
struct Unit {
    vms: Vec<usize>,
    used: f64,
}

/// One trial: when the batch ends, and the RPO up to then.
struct Trial {
    ends: Option<f64>,
    over: Option<f64>,
}

/// Simulates the whole fleet at once, then finds the batches; `done` is told after each run.
///
/// # Errors
/// [`Interrupted`] if `stop` was set before all was done.
pub fn copying(of: &Copying<'_>, stop: &AtomicBool, done: &(dyn Fn() + Sync)) -> Result<CopyResult, Interrupted> {
    let world = copied(of.world);
    let mut search = Search { world, goal: of.goal_s, allowed: 0.0, stop, done };
    // What the RPO misses without any copy is not the copies' doing.
    search.allowed = of.without.lag.fleet_worst.share_over.unwrap_or(0.0).max(SHARE_MISSED);
    let used_bytes = search.world.disks.iter().map(|disk| disk.used.as_f64()).sum();
    let (at_once_s, bound_by) = search.at_once(of.without.initial_replication.duration_s)?;
    let units = units(&search.world);
    let (batches, taken) = search.batches(&units)?;
    let left_out = units[taken..].iter().flat_map(|unit| names(&search.world, &unit.vms)).collect();
    let toml = toml(&batches);
    Ok(CopyResult { used_bytes, goal_s: of.goal_s, at_once_s, bound_by, allowed_over_share: search.allowed, batches, left_out, toml })
}

/// The world as the copies see it: nothing is protected yet, records go on from their start where they end, and no disaster comes between.
fn copied(world: &World) -> World {
    let mut world = World { journey: None, ..grown(world, 1.0) };
    world.output.points = false;
    world.policy.start_state = StartState::InitialReplication;
    for disk in &mut world.disks {
        if let Pattern::Recorded { looped, .. } = &mut disk.churn.pattern {
            *looped = true;
        }
    }
    world
}

/// Groups and machines of none, the largest first; where two are as large, in the order of the scenario.
fn units(world: &World) -> Vec<Unit> {
    let used = |vm: usize| {
        let vm = &world.vms[vm];
        let first = vm.first_disk.0 as usize;
        world.disks[first..first + vm.disk_count as usize].iter().map(|disk| disk.used.as_f64()).sum::<f64>()
    };
    let groups = world.groups.iter().map(|group| group.vms.iter().map(|vm| vm.0 as usize).collect::<Vec<_>>()).filter(|vms| !vms.is_empty());
    let alone = world.vms.iter().enumerate().filter(|(_, vm)| vm.group.is_none()).map(|(vm, _)| vec![vm]);
    let mut units: Vec<Unit> = groups.chain(alone).map(|vms| Unit { used: vms.iter().map(|vm| used(*vm)).sum(), vms }).collect();
    units.sort_by(|a, b| b.used.total_cmp(&a.used).then_with(|| a.vms.first().cmp(&b.vms.first())));
    units
}

fn names<'w>(world: &'w World, vms: &'w [usize]) -> impl Iterator<Item = String> + use<'w> {
    vms.iter().map(|vm| world.vms[*vm].name.clone())
}

/// The line that makes these batches in a scenario.
fn toml(batches: &[BatchResult]) -> String {
    let quoted = |name: &String| toml::Value::String(name.clone()).to_string();
    let list = |batch: &BatchResult| format!("[{}]", batch.vms.iter().map(quoted).collect::<Vec<_>>().join(", "));
    format!("initial_replication.batches = [{}]", batches.iter().map(list).collect::<Vec<_>>().join(", "))
}

struct Search<'a> {
    world: World,
    goal: f64,
    allowed: f64,
    stop: &'a AtomicBool,
    done: &'a (dyn Fn() + Sync),
}

impl Search<'_> {
    fn run(&mut self, horizon_s: f64) -> Result<Results, Interrupted> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Interrupted);
        }
        self.world.horizon = Span::from_secs_f64(horizon_s);
        let results = simulate::run(&self.world, 0, &mut |_| ()).results;
        (self.done)();
        Ok(results)
    }

    /// All machines in one batch: how long, and what holds it up.
    fn at_once(&mut self, least: Option<f64>) -> Result<(Option<f64>, String), Interrupted> {
        self.world.vms.iter_mut().for_each(|vm| vm.batch = 0);
        let mut horizon = (2.0 * least.unwrap_or(MOST) + 86_400.0).min(MOST);
        loop {
            let copy = self.run(horizon)?.initial_replication;
            if copy.duration_s.is_some() || horizon >= MOST {
                return Ok((copy.duration_s, copy.bound_by));
            }
            horizon = (2.0 * horizon).min(MOST);
        }
    }

    /// The batches, and how many units they take.
    fn batches(&mut self, units: &[Unit]) -> Result<(Vec<BatchResult>, usize), Interrupted> {
        let mut batches: Vec<BatchResult> = Vec::new();
        // Whatever has not been dealt out waits for a batch after all others.
        let waiting = u32::try_from(units.len()).unwrap_or(u32::MAX);
        self.world.vms.iter_mut().for_each(|vm| vm.batch = waiting);
        let (mut taken, mut begins) = (0, 0.0);
        while taken < units.len() {
            let number = batches.len() as u32;
            // The least number that is known to be too many, and the most that is known to do.
            let (mut least_bad, mut good): (usize, Option<(usize, Trial)>) = (units.len() - taken + 1, None);
            let mut next = units.len() - taken;
            while next > good.as_ref().map_or(0, |(most, _)| *most) {
                self.deal(&units[taken..], next, number, waiting);
                let trial = self.trial(number, begins, begins + self.goal + 1.0)?;
                if self.does(&trial, begins) {
                    good = Some((next, trial));
                } else {
                    least_bad = next;
                }
                next = usize::midpoint(good.as_ref().map_or(0, |(most, _)| *most), least_bad);
            }
            let (count, trial) = match good {
                Some(good) => good,
                None => {
                    self.deal(&units[taken..], 1, number, waiting);
                    (1, self.alone(number, begins)?)
                }
            };
            self.deal(&units[taken..], count, number, waiting);
            let batch = &units[taken..taken + count];
            batches.push(BatchResult {
                batch: number + 1,
                vms: batch.iter().flat_map(|unit| names(&self.world, &unit.vms)).collect(),
                used_bytes: batch.iter().map(|unit| unit.used).sum(),
                begins_s: begins,
                ends_s: trial.ends,
                within_goal: trial.ends.is_some_and(|ends| ends - begins <= self.goal),
                over_share: trial.over,
                rpo_held: trial.over.is_none_or(|over| over <= self.allowed),
            });
            taken += count;
            match trial.ends {
                Some(ends) if ends < MOST => begins = ends,
                _ => break,
            }
        }
        Ok((batches, taken))
    }

    /// Puts the first `count` units into batch `number`, and makes the others wait.
    fn deal(&mut self, units: &[Unit], count: usize, number: u32, waiting: u32) {
        for (place, unit) in units.iter().enumerate() {
            for vm in &unit.vms {
                self.world.vms[*vm].batch = if place < count { number } else { waiting };
            }
        }
    }

    /// A run until the batch ends, or up to `horizon`; the RPO is looked at up to the batch's end and no further, for what comes then is not of this batch.
    fn trial(&mut self, number: u32, begins: f64, horizon: f64) -> Result<Trial, Interrupted> {
        let ends = self.run(horizon)?.initial_replication.batch_ends_s.get(number as usize).copied();
        match ends {
            Some(ends) if ends - begins <= self.goal || horizon >= MOST => {
                let law = self.run(ends.max(1.0))?.lag.fleet_worst;
                Ok(Trial { ends: Some(ends), over: law.share_over.filter(|_| law.observed_s > 0.0) })
            }
            _ => Ok(Trial { ends, over: None }),
        }
    }

    fn does(&self, trial: &Trial, begins: f64) -> bool {
        trial.ends.is_some_and(|ends| ends - begins <= self.goal) && trial.over.is_none_or(|over| over <= self.allowed)
    }

    /// A unit that does not do even alone: how long it takes.
    fn alone(&mut self, number: u32, begins: f64) -> Result<Trial, Interrupted> {
        let mut horizon = begins + 2.0 * self.goal + 86_400.0;
        loop {
            horizon = horizon.min(MOST);
            let ends = self.run(horizon)?.initial_replication.batch_ends_s.get(number as usize).copied();
            if let Some(ends) = ends {
                let law = self.run(ends.max(1.0))?.lag.fleet_worst;
                return Ok(Trial { ends: Some(ends), over: law.share_over.filter(|_| law.observed_s > 0.0) });
            }
            if horizon >= MOST {
                return Ok(Trial { ends: None, over: None });
            }
            horizon *= 2.0;
        }
    }
}
