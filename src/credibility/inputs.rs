//! What a world has in force of each input that has a checked range: the least and the largest value, or the kinds.

use std::collections::{BTreeMap, BTreeSet};

use crate::churn::{LoadShape, Pattern};
use crate::credibility::kinds;
use crate::model::{Disk, Link, StartState, World};

/// Values and kinds by input.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    quantities: BTreeMap<&'static str, (f64, f64)>,
    kinds: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

impl InForce {
    /// A value is in force, besides others.
    pub fn add(&mut self, input: &'static str, value: f64) {
        let ends = self.quantities.entry(input).or_insert((value, value));
        *ends = (ends.0.min(value), ends.1.max(value));
    }

    /// So is a kind.
    pub fn add_kind(&mut self, input: &'static str, kind: &'static str) {
        self.kinds.entry(input).or_default().insert(kind);
    }

    /// The least and the largest value of an input, if it has any.
    pub fn quantity(&self, input: &str) -> Option<(f64, f64)> {
        self.quantities.get(input).copied()
    }

    /// The kinds of an input, if it has any.
    pub fn kinds(&self, input: &str) -> Option<Vec<&'static str>> {
        self.kinds.get(input).map(|kinds| kinds.iter().copied().collect())
    }

    /// Takes in what another world has.
    pub fn merge(&mut self, other: &InForce) {
        for (input, ends) in &other.quantities {
            self.add(input, ends.0);
            self.add(input, ends.1);
        }
        for (input, kinds) in &other.kinds {
            kinds.iter().for_each(|kind| self.add_kind(input, kind));
        }
    }
}

/// All that a world has in force, the way back of a round trip included.
pub fn in_force(world: &World) -> InForce {
    let mut found = InForce::default();
    fleet(world, &mut found);
    churn(world, &mut found);
    path(world, &mut found);
    if let Some(journey) = &world.journey {
        kinds::round_trip(journey, &mut found);
        journey.back.iter().for_each(|back| path(back, &mut found));
    }
    let policy = &world.policy;
    found.add("run.horizon", world.horizon.as_secs_f64());
    found.add("policy.crash_every", policy.crash_every.as_secs_f64());
    policy.app_every.iter().for_each(|every| found.add("policy.app_every", every.as_secs_f64()));
    if policy.app_every.is_some() {
        found.add("policy.app_failure", policy.app_failure.get());
    }
    found.add("policy.retention", policy.retention.as_secs_f64());
    let start = if policy.start_state == StartState::Protected { "protected" } else { "initial replication" };
    found.add_kind("policy.start", start);
    found.add_kind("system", kinds::system(world.system));
    found
}

fn fleet(world: &World, found: &mut InForce) {
    found.add("fleet.vms", world.vms.len() as f64);
    world.vms.iter().for_each(|vm| found.add("fleet.disks_per_vm", f64::from(vm.disk_count)));
    world.groups.iter().for_each(|group| found.add("fleet.group", group.vms.len() as f64));
    found.add("path.process_servers", world.hubs.len() as f64);
    found.add("path.accounts", world.accounts.len() as f64);
}

fn churn(world: &World, found: &mut InForce) {
    let mut peaks: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for disk in &world.disks {
        found.add_kind("churn.kind", kinds::pattern(&disk.churn.pattern));
        found.add("churn.disk", disk.churn.scale * highest(disk, world, &mut peaks));
        disk.churn.sampled_every().iter().for_each(|every| found.add("churn.bucket", every.as_secs_f64()));
        if let Pattern::Weekly { variability, .. } | Pattern::LogNormal { variability, .. } | Pattern::HyperExponential { variability, .. } =
            disk.churn.pattern
        {
            found.add("churn.variability", variability);
        }
    }
    for event in &world.load_events {
        if let LoadShape::Add(rate) = event.shape {
            found.add("churn.disk", rate);
        }
    }
}

/// The highest rate that a disk's pattern states, before its scale: the highest of a table or record, the mean of what is drawn \[written bytes/s\].
fn highest(disk: &Disk, world: &World, peaks: &mut BTreeMap<(u32, u32), f64>) -> f64 {
    match &disk.churn.pattern {
        Pattern::Constant { rate } | Pattern::OnOff { rate, .. } => *rate,
        Pattern::Weekly { rates, .. } => rates.iter().copied().fold(0.0, f64::max),
        Pattern::LogNormal { mean, .. } | Pattern::HyperExponential { mean, .. } | Pattern::BModel { mean, .. } => *mean,
        Pattern::Recorded { record, column, .. } => *peaks.entry((record.0, *column)).or_insert_with(|| {
            let of = |record: &crate::model::Record| {
                let from = *column as usize * record.buckets;
                // `max` leaves the gaps, which are no numbers, aside.
                record.rates.get(from..from + record.buckets).unwrap_or_default().iter().copied().fold(0.0, f32::max)
            };
            world.records.get(record.0 as usize).map_or(0.0, |record| f64::from(of(record)))
        }),
    }
}

/// Link, process servers and apply of one direction.
fn path(world: &World, found: &mut InForce) {
    link(&world.link, found);
    for hub in &world.hubs {
        found.add("path.compression", 1.0 - hub.wire_per_tracked);
        found.add_kind("path.server", kinds::hub(hub.kind));
    }
    world.disks.iter().for_each(|disk| found.add("path.tracked_per_written", disk.tracked_per_written));
    found.add("path.apply_delay", world.apply.delay.as_secs_f64());
}

fn link(link: &Link, found: &mut InForce) {
    found.add("link.bandwidth", link.goodput.as_bits_per_s());
    found.add("link.rtt", link.rtt.as_secs_f64());
    found.add("link.loss", link.loss.get());
    found.add_kind("link.sharing", kinds::sharing(link.sharing));
    for (is_there, kind) in [
        (link.flow_ceiling.is_some(), "ceiling of flows"),
        (link.background.as_bits_per_s() > 0.0, "background traffic"),
        (!link.throttle.is_empty(), "calendar throttle"),
        (!link.scheduled.is_empty(), "planned cuts"),
        (!link.outages.is_empty(), "random outages"),
    ] {
        if is_there {
            found.add_kind("link.features", kind);
        }
    }
}
