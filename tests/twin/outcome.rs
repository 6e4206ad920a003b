//! One run of the twin, from the world to laws, points and peaks.

use failback::model::{StartState, VmId, World};

use crate::twin::curves::Curves;
use crate::twin::inputs;
use crate::twin::law::Law;
use crate::twin::path::{Path, delay};
use crate::twin::points::{Ledger, ledger};

/// What a quantity is at the beginning and at the end of each step (what is read in the middle: twice that); none while it is not observed.
pub type Steps = Vec<Option<(f64, f64)>>;

/// What one VM, or one group, went through; nothing of it while unprotected or in an excluded gap of a record.
pub struct Story {
    /// Lag [s].
    pub lag: Steps,
    /// Now - newest landed marker, in the middle of the steps [s].
    pub reported: Steps,
    /// Now - newest available point, in the middle of the steps [s].
    pub point_age: Steps,
    /// Now - newest available app point, in the middle of the steps [s].
    pub app_age: Steps,
    /// Written bytes after the newest landed byte, marker, available point, app point, in the middle of the steps.
    pub lost: [Steps; 4],
    /// Points.
    pub ledger: Ledger,
}

/// What one disk went through.
pub struct DiskStory {
    /// Lag [s]; none while there is no horizon.
    pub lag: Steps,
    /// Most bytes in the agent.
    pub peak_agent: f64,
    /// Tracked bytes written.
    pub tracked: f64,
    /// Of them, landed.
    pub landed: f64,
    /// Of them, superseded.
    pub superseded: f64,
    /// Of them, still stored on the way.
    pub pending: f64,
    /// Seconds out of ordered mode.
    pub unordered: f64,
    /// Entries into bitmap mode.
    pub bitmap_entries: u64,
}

/// What one hub went through.
pub struct HubStory {
    /// Bytes taken in.
    pub taken: f64,
    /// Most bytes in the cache.
    pub peak: f64,
    /// Seconds throttled.
    pub throttled: f64,
    /// Times that the throttle set in or let go.
    pub switches: f64,
    /// Seconds with a full cache.
    pub full: f64,
    /// Seconds out of service.
    pub down: f64,
}

/// A whole run.
pub struct Outcome {
    /// Step [s].
    pub step: f64,
    /// Length of the run [s].
    pub end: f64,
    /// RPO threshold [s].
    pub threshold: f64,
    /// VMs.
    pub vms: Vec<Story>,
    /// Groups.
    pub groups: Vec<Story>,
    /// Disks.
    pub disks: Vec<DiskStory>,
    /// Hubs.
    pub hubs: Vec<HubStory>,
    /// Resyncs by VM.
    pub resyncs: Vec<u64>,
    /// Most bytes waiting anywhere.
    pub peak_waiting: f64,
    /// Most bytes in all hubs together, waiting for the link.
    pub peak_backlog: f64,
    /// Wire bytes carried.
    pub carried: f64,
    /// Wire bytes that could have been carried.
    pub offered: f64,
    /// Seconds without link.
    pub link_down: f64,
    /// When initial replication ended [s].
    pub replicated_at: Option<f64>,
}

/// Steps through `world`.
pub fn run(world: &World, step: f64) -> Outcome {
    let steps = (world.horizon.as_secs_f64() / step).round() as usize;
    let mut path = Path::new(world, step);
    for index in 0..steps {
        path.advance(index as f64 * step);
    }
    let end = steps as f64 * step;
    let hubs: Vec<HubStory> = path
        .hubs
        .iter()
        .map(|hub| HubStory {
            taken: hub.taken,
            peak: hub.cache.iter().copied().fold(0.0, f64::max),
            throttled: hub.throttled_steps as f64 * step,
            switches: hub.switches as f64,
            full: hub.full_steps as f64 * step,
            down: hub.down_steps as f64 * step,
        })
        .collect();
    let peak_backlog = (0..=steps).map(|index| path.hubs.iter().map(|hub| hub.cache[index]).sum()).fold(0.0, f64::max);
    let (carried, offered, link_down) = (path.carried, path.offered, path.down_steps as f64 * step);
    let peak_waiting = path.peak_waiting;
    let (resyncs, replicated_at) = (path.resyncs, path.replicated_at);
    let mut disks = Vec::new();
    let mut curves = Vec::new();
    for (disk, state) in path.disks.into_iter().enumerate() {
        let (agent_peak, agent_end) = (state.agent.iter().copied().fold(0.0, f64::max), state.in_agent());
        let (cached, superseded, copied) = (state.cached, state.superseded, state.copies_sent());
        let (unordered, bitmap_entries) = (state.unordered_steps as f64 * step, state.bitmap_entries);
        let apply = &world.apply;
        let own = Curves::new(state, step, delay(world), apply.rate.map(|rate| rate.as_bytes_per_s()), apply.delay.as_secs_f64());
        let landed = own.landed(end);
        disks.push(DiskStory {
            lag: lag(&[&own], steps, step, &|index| !vm_in_gap(world, world.disks[disk].vm, (index as f64 + 0.5) * step)),
            peak_agent: agent_peak,
            tracked: own.written(end),
            landed: (landed - copied).max(0.0),
            superseded,
            pending: agent_end + cached + own.left[steps] - landed,
            unordered,
            bitmap_entries,
        });
        curves.push(own);
    }
    let story = |own: Vec<usize>| story(world, &curves, &own, steps, step);
    let of_vm = |vm: usize| -> Vec<usize> { (0..curves.len()).filter(|&disk| world.disks[disk].vm.0 as usize == vm).collect() };
    Outcome {
        step,
        end,
        threshold: world.policy.rpo_threshold.as_secs_f64(),
        vms: (0..world.vms.len()).map(|vm| story(of_vm(vm))).collect(),
        groups: world.groups.iter().map(|group| story(group.vms.iter().flat_map(|vm| of_vm(vm.0 as usize)).collect())).collect(),
        disks,
        hubs,
        resyncs,
        peak_backlog,
        peak_waiting,
        carried,
        offered,
        link_down,
        replicated_at,
    }
}

/// The lag within each step, where the disks have a horizon and `seen` does not leave the step out.
pub fn lag(own: &[&Curves], steps: usize, step: f64, seen: &dyn Fn(usize) -> bool) -> Steps {
    let at = |index: usize| {
        let t = index as f64 * step;
        own.iter().map(|curves| curves.horizon(t).map(|horizon| t - horizon)).try_fold(0.0, |worst: f64, lag| Some(worst.max(lag?)))
    };
    (0..steps).map(|index| at(index).zip(at(index + 1)).filter(|_| seen(index))).collect()
}

/// Whether any disk of a VM has an excluded gap at `t` seconds.
fn vm_in_gap(world: &World, vm: VmId, t: f64) -> bool {
    (0..world.disks.len()).any(|disk| world.disks[disk].vm == vm && inputs::in_gap(world, disk, t))
}

fn story(world: &World, curves: &[Curves], disks: &[usize], steps: usize, step: f64) -> Story {
    let own: Vec<&Curves> = disks.iter().map(|&disk| &curves[disk]).collect();
    let protected = world.policy.start_state == StartState::Protected;
    let ledger = ledger(world, &own, steps as f64 * step, protected);
    let first_point = ledger.points.first().map_or(f64::INFINITY, |point| point.available);
    let middle = |index: usize| (index as f64 + 0.5) * step;
    let in_gap: Vec<bool> = (0..steps).map(|index| disks.iter().any(|&disk| inputs::in_gap(world, disk, middle(index)))).collect();
    let newest = |known: Vec<(f64, f64)>| -> Vec<Option<f64>> {
        (0..steps)
            .map(|index| {
                let t = middle(index);
                let until = known.partition_point(|(at, _)| *at <= t);
                // Points may become available out of order in a group's view, so the newest marker counts, not the last arrival.
                let newest = known[..until].iter().rev().take(8).map(|(_, marker)| *marker).fold(f64::NEG_INFINITY, f64::max);
                (newest.is_finite() && t >= first_point && !in_gap[index]).then_some(newest)
            })
            .collect()
    };
    let available =
        |app_only: bool| ledger.points.iter().filter(|point| point.app || !app_only).map(|point| (point.available, point.marker)).collect();
    let lag = lag(&own, steps, step, &|index| index as f64 * step >= first_point && !in_gap[index]);
    let byte: Vec<Option<f64>> = (0..steps).map(|index| lag[index].map(|(a, b)| middle(index) - 0.5 * (a + b))).collect();
    let (marker, point, app) = (newest(ledger.landed.clone()), newest(available(false)), newest(available(true)));
    let twice = |value: f64| (value, value);
    let age = |sources: &[Option<f64>]| -> Steps {
        sources.iter().enumerate().map(|(index, source)| source.map(|source| twice(middle(index) - source))).collect()
    };
    let lost = |sources: &[Option<f64>]| -> Steps {
        let after = |index: usize, source: f64| -> f64 {
            disks
                .iter()
                .map(|&disk| (curves[disk].written(middle(index)) - curves[disk].written(source)) / world.disks[disk].tracked_per_written)
                .sum()
        };
        sources.iter().enumerate().map(|(index, source)| source.map(|source| twice(after(index, source)))).collect()
    };
    Story {
        reported: age(&marker),
        point_age: age(&point),
        app_age: age(&app),
        lost: [lost(&byte), lost(&marker), lost(&point), lost(&app)],
        lag,
        ledger,
    }
}

/// Which quantity of a story.
pub type Series = fn(&Story) -> &Steps;

impl Outcome {
    /// Law of a quantity.
    pub fn law(&self, steps: &Steps) -> Law {
        Law::new(steps, self.step, self.threshold)
    }

    /// The largest over VMs at each instant.
    pub fn worst(&self, of: Series) -> Steps {
        let length = self.vms.iter().map(|vm| of(vm).len()).max().unwrap_or(0);
        let larger = |one: (f64, f64), other: (f64, f64)| (one.0.max(other.0), one.1.max(other.1));
        (0..length).map(|index| self.vms.iter().filter_map(|vm| of(vm)[index]).reduce(larger)).collect()
    }
}
