//! Turns the world's data path into a fluid network: which ceiling of the field becomes which ceiling of which stage.
//!
//! | ceiling | classic, physical, AVS, modernized | Azure to Azure |
//! |---|---|---|
//! | hub intake, bytes/s and operations/s | stage 1 | stage 1 |
//! | disk, VM and account limits (tracked bytes) | stage 2: they limit the upload | stage 1: the cache account is the hub |
//! | flow ceiling of a VM (wire bytes) | stage 2 | stage 2 |
//! | link | stage 2, the trunk | stage 2, the trunk |

use std::sync::Arc;

use crate::fluid::network::{FlowSpec, HubSpec, Network, NetworkSpec};
use crate::fluid::{Ceilings, Coalesce, Shape};
use crate::model::{Footprint, Hub, HubKind, Sharing, Vm, WorkingSet, World};

impl Coalesce for Footprint {
    fn distinct(&self, written: f64) -> f64 {
        Footprint::distinct(self, written)
    }

    fn slope(&self, written: f64) -> f64 {
        Footprint::slope(self, written)
    }

    fn inverse(&self, distinct: f64) -> f64 {
        Footprint::written_for(self, distinct)
    }

    fn shape(&self) -> Shape {
        match self.sets.as_slice() {
            [] => Shape::Identity,
            &[WorkingSet { size, share }] if size > 0.0 && share > 0.0 => Shape::OneSet { size, share },
            sets => Shape::Sets { finest: sets.iter().map(|set| set.size / set.share).filter(|bytes| *bytes > 0.0).fold(f64::INFINITY, f64::min) },
        }
    }
}

/// Which ceiling is which in the network.
pub(super) struct Wiring {
    /// Stage 1: intake in bytes/s, by hub.
    pub intake: Vec<u32>,
    /// Stage 1: intake in operations/s, by hub.
    pub operations: Vec<Option<u32>>,
    /// Stage 2: the link.
    pub trunk: u32,
    /// Names of stage 1 ceilings, for reports.
    pub inward_names: Vec<String>,
    /// Names of stage 2 ceilings.
    pub outward_names: Vec<String>,
    /// What a disk's own ceiling at stage 1 is, by disk.
    pub own_in_names: Vec<String>,
    /// What a disk's own ceiling at stage 2 is, by disk.
    pub own_out_names: Vec<String>,
}

/// Operations per tracked byte of each disk: a write is tracked as its size, or as the floor that `tracked_per_written` comes from.
pub(super) fn operations_per_byte(world: &World) -> Vec<f64> {
    world.disks.iter().map(|disk| 1.0 / (disk.io_size.as_f64() * disk.tracked_per_written)).collect()
}

/// Builds the network, with every capacity but the link's set.
pub(super) fn build(world: &World) -> (Network, Wiring) {
    let disks = world.disks.len();
    let operations_of = operations_per_byte(world);
    let hub_of = |disk: usize| world.vms[world.disks[disk].vm.0 as usize].hub.0;
    let mut inward = Stage::new(disks);
    let mut outward = Stage::new(disks);
    let (mut intake, mut operations) = (Vec::new(), Vec::new());
    for (index, hub) in world.hubs.iter().enumerate() {
        let members = || (0..disks).filter(move |&disk| hub_of(disk) as usize == index);
        let name = format!("{} intake", hub.name);
        intake.push(inward.add(members().map(|disk| (disk as u32, 1.0)).collect(), intake_bytes(hub), name));
        operations.push(hub.intake_ops.map(|ceiling| {
            let weighted = members().map(|disk| (disk as u32, operations_of[disk])).collect();
            inward.add(weighted, ceiling, format!("{} operations/s", hub.name))
        }));
    }
    let mut flows: Vec<FlowSpec> = world
        .disks
        .iter()
        .map(|disk| FlowSpec {
            hub: world.vms[disk.vm.0 as usize].hub.0,
            own_in: f64::INFINITY,
            own_out: f64::INFINITY,
            buffer: disk.agent_buffer.map_or(f64::INFINITY, |room| room.as_f64()),
            law: Arc::new(disk.footprint.clone()),
        })
        .collect();
    let mut own_names = vec![(String::new(), String::new()); disks];
    for vm in &world.vms {
        limit_vm(world, vm, &mut flows, &mut own_names, &mut inward, &mut outward);
    }
    let (own_in_names, own_out_names) = own_names.into_iter().unzip();
    for (index, account) in world.accounts.iter().enumerate() {
        let members = || (0..disks).filter(|&disk| world.vms[world.disks[disk].vm.0 as usize].account.0 as usize == index);
        let name = format!("account {}", account.name);
        if let Some(ceiling) = account.operations {
            let wire = |disk: usize| if at_intake(world) { 1.0 } else { world.hubs[hub_of(disk) as usize].wire_per_tracked };
            let weighted = members().map(|disk| (disk as u32, operations_of[disk] / wire(disk))).collect();
            let stage = if at_intake(world) { &mut inward } else { &mut outward };
            stage.add(weighted, ceiling, format!("{name} operations/s"));
        }
        let Some(limit) = account.limit else { continue };
        if at_intake(world) {
            inward.add(members().map(|disk| (disk as u32, 1.0)).collect(), limit.as_bytes_per_s(), name);
        } else {
            let weighted = members().map(|disk| (disk as u32, 1.0 / world.hubs[hub_of(disk) as usize].wire_per_tracked)).collect();
            outward.add(weighted, limit.as_bytes_per_s(), name);
        }
    }
    let trunk = outward.add((0..disks as u32).map(|disk| (disk, 1.0)).collect(), f64::INFINITY, format!("link {}", world.link.name));
    let hubs = world.hubs.iter().zip(&intake).map(|(hub, &intake)| HubSpec {
        wire: hub.wire_per_tracked,
        levels: levels(hub),
        store: hub.cache.map_or(f64::INFINITY, |cache| cache.as_f64()),
        intake,
    });
    let spec = NetworkSpec {
        flows,
        hubs: hubs.collect(),
        inward: inward.ceilings,
        outward: outward.ceilings,
        first_in_first_out: world.link.sharing == Sharing::Fifo,
    };
    let mut network = Network::new(spec);
    for (index, &capacity) in inward.capacity.iter().enumerate() {
        network.set_capacity_in(index as u32, capacity);
    }
    for (index, &capacity) in outward.capacity.iter().enumerate() {
        network.set_capacity_out(index as u32, capacity);
    }
    (network, Wiring { intake, operations, trunk, inward_names: inward.names, outward_names: outward.names, own_in_names, own_out_names })
}

/// Where the disk, VM and account limits apply: at the intake of a source cache account, else at the upload.
fn at_intake(world: &World) -> bool {
    world.hubs.iter().any(|hub| hub.kind == HubKind::CacheAccount)
}

/// A ceiling and its name.
type Named = (f64, String);

fn lower(a: Named, b: Named) -> Named {
    if b.0 < a.0 { b } else { a }
}

/// Ceilings of one VM and its disks; those of a single disk need no ceiling of their own in the network.
fn limit_vm(world: &World, vm: &Vm, flows: &mut [FlowSpec], names: &mut [(String, String)], inward: &mut Stage, outward: &mut Stage) {
    let wire = world.hubs[vm.hub.0 as usize].wire_per_tracked;
    let disks = vm.first_disk.0..vm.first_disk.0 + vm.disk_count;
    let limit = vm.churn_limit.map_or(f64::INFINITY, |limit| limit.as_bytes_per_s());
    let limit_name = || format!("limit of VM {}", vm.name);
    let ceiling = world.link.flow_ceiling.map_or(f64::INFINITY, |c| f64::from(c.flows) * c.per_flow.to_byte_rate().as_bytes_per_s());
    let flow_ceiling = (ceiling, format!("TCP flows of VM {}", vm.name));
    let (vm_in, vm_out) = if at_intake(world) {
        ((limit, limit_name()), flow_ceiling)
    } else {
        ((f64::INFINITY, String::new()), lower(flow_ceiling, (limit * wire, limit_name())))
    };
    for disk in disks.clone() {
        let spec = &world.disks[disk as usize];
        let own = spec.churn_limit.map_or(f64::INFINITY, |limit| limit.as_bytes_per_s());
        let own_name = || format!("limit of disk {}", spec.name);
        let (mut own_in, mut own_out) =
            if at_intake(world) { ((own, own_name()), (f64::INFINITY, own_name())) } else { ((f64::INFINITY, own_name()), (own * wire, own_name())) };
        if vm.disk_count == 1 {
            own_in = lower(own_in, vm_in.clone());
            own_out = lower(own_out, vm_out.clone());
        }
        let flow = &mut flows[disk as usize];
        (flow.own_in, flow.own_out) = (own_in.0, own_out.0);
        names[disk as usize] = (own_in.1, own_out.1);
    }
    if vm.disk_count > 1 {
        let members: Vec<(u32, f64)> = disks.map(|disk| (disk, 1.0)).collect();
        for (stage, (ceiling, name)) in [(inward, vm_in), (outward, vm_out)] {
            if ceiling.is_finite() {
                stage.add(members.clone(), ceiling, name);
            }
        }
    }
}

/// Intake of a hub that is not throttled \[tracked bytes/s\].
pub(super) fn intake_bytes(hub: &Hub) -> f64 {
    let intake = hub.intake.map_or(f64::INFINITY, |rate| rate.as_bytes_per_s());
    let daily = if hub.enforce_daily_limit { hub.daily_limit.as_f64() / 86_400.0 } else { f64::INFINITY };
    intake.min(daily)
}

/// Contents of a hub's store at which something happens \[tracked bytes\], ascending and without repetition; the full store is the last.
pub(super) fn levels(hub: &Hub) -> Vec<f64> {
    let Some(cache) = hub.cache else { return Vec::new() };
    let mut levels: Vec<f64> = [hub.alert_free[0], hub.alert_free[1], hub.resume_free, hub.throttle_free]
        .iter()
        .map(|free| cache.as_f64() * (1.0 - free.get()))
        .chain([cache.as_f64()])
        .collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    levels
}

/// Ceilings of one stage while they are gathered.
struct Stage {
    ceilings: Ceilings,
    capacity: Vec<f64>,
    names: Vec<String>,
}

impl Stage {
    fn new(flows: usize) -> Self {
        Stage { ceilings: Ceilings::new(flows), capacity: Vec::new(), names: Vec::new() }
    }

    fn add(&mut self, members: Vec<(u32, f64)>, capacity: f64, name: String) -> u32 {
        self.capacity.push(capacity);
        self.names.push(name);
        self.ceilings.add(members)
    }
}
