//! What a network is made of: fixed for its life.

use std::sync::Arc;

use crate::fluid::dirty::Coalesce;
use crate::fluid::fill::Ceilings;

/// A flow.
#[derive(Clone)]
pub struct FlowSpec {
    /// Its hub.
    pub hub: u32,
    /// Its own ceiling at stage 1 \[tracked bytes/s\]; may be infinite.
    pub own_in: f64,
    /// Its own ceiling at stage 2 \[wire bytes/s\]; may be infinite.
    pub own_out: f64,
    /// Room in front of stage 1 \[tracked bytes\]; may be infinite. The network reports when it is full.
    pub buffer: f64,
    /// How its writes coalesce while their order is not kept.
    pub law: Arc<dyn Coalesce>,
}

/// A hub.
#[derive(Clone, Debug)]
pub struct HubSpec {
    /// Wire bytes per tracked byte sent on.
    pub wire: f64,
    /// Store contents at which the network reports a crossing \[tracked bytes\], ascending. With a finite `store` the last one is the full store.
    pub levels: Vec<f64>,
    /// Room of the store \[tracked bytes\]; may be infinite.
    pub store: f64,
    /// Index in `inward` of the ceiling on its intake in bytes.
    pub intake: u32,
}

/// The whole network.
#[derive(Clone)]
pub struct NetworkSpec {
    /// Flows.
    pub flows: Vec<FlowSpec>,
    /// Hubs.
    pub hubs: Vec<HubSpec>,
    /// Ceilings of stage 1, in tracked bytes/s x weight.
    pub inward: Ceilings,
    /// Ceilings of stage 2, in wire bytes/s x weight; the last is the trunk, over all flows with weight 1.
    pub outward: Ceilings,
    /// Whether stage 2 serves in order of arrival instead of max-min.
    pub first_in_first_out: bool,
}
