//! Closed forms on small networks; random ones are compared with a brute-force twin in the integration tests.

use std::sync::Arc;

use super::*;
use crate::fluid::dirty::{Coalesce, Shape};
use crate::fluid::fill::Ceilings;

struct Keep;
impl Coalesce for Keep {
    fn distinct(&self, written: f64) -> f64 {
        written
    }
    fn slope(&self, _: f64) -> f64 {
        1.0
    }
    fn inverse(&self, distinct: f64) -> f64 {
        distinct
    }
    fn shape(&self) -> Shape {
        Shape::Identity
    }
}

/// So many flows over one hub with this store, and a trunk.
fn network(flows: u32, store: f64, levels: Vec<f64>, trunk: f64) -> Network {
    let everyone: Vec<(u32, f64)> = (0..flows).map(|flow| (flow, 1.0)).collect();
    let mut inward = Ceilings::new(flows as usize);
    let intake = inward.add(everyone.clone());
    let mut outward = Ceilings::new(flows as usize);
    outward.add(everyone);
    let flow = FlowSpec { hub: 0, own_in: f64::INFINITY, own_out: f64::INFINITY, buffer: f64::INFINITY, law: Arc::new(Keep) };
    let hubs = vec![HubSpec { wire: 1.0, levels, store, intake }];
    let mut network = Network::new(NetworkSpec { flows: vec![flow; flows as usize], hubs, inward, outward, first_in_first_out: false });
    network.set_capacity_out(0, trunk);
    network
}

#[test]
fn burst_above_the_trunk_builds_and_clears_as_in_closed_form_g() {
    // Trunk B = 20, burst h = 50 for d = 600: backlog (h - B) d = 18,000, then idle: clears at d h / B = 1500.
    let mut net = network(1, f64::INFINITY, vec![], 20.0);
    net.set_inflow(0, 50.0);
    assert_eq!(net.advance(600.0), None);
    net.settle();
    assert!((net.bytes_in_hub(0) - 18_000.0).abs() < 1e-6);
    net.set_inflow(0, 0.0);
    net.advance(3000.0);
    let mut pieces = Vec::new();
    net.take_pieces(&mut pieces);
    let end = pieces.iter().find(|piece| piece.emptied).unwrap();
    assert!((end.t0 - 1500.0).abs() < 1e-9);
    assert!((end.u1 - 30_000.0).abs() < 1e-6);
    assert!((net.totals().peak_stored - 18_000.0).abs() < 1e-6);
    assert!((net.totals().saturated - 1500.0).abs() < 1e-9);
}

#[test]
fn two_bursts_share_and_the_small_one_clears_first() {
    // Trunk 10; flow 0 brings 20/s and flow 1 brings 8/s for 10 s. Level 5: queues grow by 15/s and 3/s to 150 and 30. Idle then: flow 1 empties after
    // 30 / 5 = 6 s, flow 0 has 150 - 30 = 120 left and clears at 10/s after 12 s more.
    let mut net = network(2, f64::INFINITY, vec![], 10.0);
    net.set_inflow(0, 20.0);
    net.set_inflow(1, 8.0);
    net.advance(10.0);
    net.set_inflow(0, 0.0);
    net.set_inflow(1, 0.0);
    net.advance(100.0);
    let mut pieces = Vec::new();
    net.take_pieces(&mut pieces);
    let ends: Vec<(u32, f64)> = pieces.iter().filter(|piece| piece.emptied).map(|piece| (piece.flow, piece.t0)).collect();
    assert_eq!(ends.len(), 2);
    assert!(ends[0].0 == 1 && (ends[0].1 - 16.0).abs() < 1e-9);
    assert!(ends[1].0 == 0 && (ends[1].1 - 28.0).abs() < 1e-9);
}

#[test]
fn full_store_holds_intake_to_outflow_and_the_rest_waits_in_front() {
    // Store 100, inflow 30, trunk 10: full after 5 s; from then on 10/s go in and 20/s wait in front.
    let mut net = network(1, 100.0, vec![50.0, 100.0], 10.0);
    net.set_inflow(0, 30.0);
    assert_eq!(net.advance(20.0), Some(Stop::Rose(0, 0)));
    assert!((net.now() - 2.5).abs() < 1e-9);
    assert_eq!(net.advance(20.0), Some(Stop::Rose(0, 1)));
    assert!((net.now() - 5.0).abs() < 1e-9);
    assert_eq!(net.advance(20.0), None);
    net.settle();
    assert!((net.flow(0).q_in - 300.0).abs() < 1e-6, "{}", net.flow(0).q_in);
    assert!((net.bytes_in_hub(0) - 100.0).abs() < 1e-9);
    // Idle: 400 tracked bytes at 10/s; the store begins to fall when the buffer is empty, at 20 + 30 s.
    net.set_inflow(0, 0.0);
    assert_eq!(net.advance(200.0), Some(Stop::Fell(0, 1)));
    assert!((net.now() - 50.0).abs() < 1e-6, "{}", net.now());
    assert_eq!(net.advance(200.0), Some(Stop::Fell(0, 0)));
    assert_eq!(net.advance(200.0), None);
    assert!(net.is_clear());
}

#[test]
fn a_flow_that_a_full_store_holds_to_its_share_of_the_trunk_does_not_queue_there() {
    // Flow 0 has filled the store of 100; then flow 1 brings as much. The full store takes in what leaves, shared by both: flow 1 gets just its half of the
    // trunk, has nothing in the store, and must not join the queue there only to leave it at the same instant, for ever. So for whatever rounding makes of it.
    for step in 1..200 {
        let trunk = 10.0 + f64::from(step) / 7.0;
        let mut net = network(2, 100.0, vec![100.0], trunk);
        net.spec.hubs[0].wire = 0.7;
        net.set_inflow(0, 97.0);
        assert_eq!(net.advance(20.0), Some(Stop::Rose(0, 0)));
        net.set_inflow(1, 97.0);
        net.resolve();
        let (first, second) = (&net.flows[0], &net.flows[1]);
        assert!(first.pooled && !second.pooled, "trunk {trunk}");
        assert!((second.rate_out - trunk / 2.0).abs() < 1e-9 && (second.rate_in * 0.7 - trunk / 2.0).abs() < 1e-9, "trunk {trunk}");
        // Both halves go on for 10 s: half the trunk each, the rest waits in front.
        let from = net.now();
        assert_eq!(net.advance(from + 10.0), None);
        net.settle();
        assert!((net.flow(1).q_in - (970.0 - trunk / 2.0 / 0.7 * 10.0)).abs() < 1e-6, "trunk {trunk}");
        assert!((net.bytes_in_hub(0) - 100.0).abs() < 1e-6);
    }
}

#[test]
fn dirty_set_is_pulled_past_the_store_and_reported_when_empty() {
    // 1,000 B to copy at trunk 20 while 10 B/s are written: 1000 / (20 - 10) = 100 s.
    let mut net = network(1, f64::INFINITY, vec![], 20.0);
    net.set_inflow(0, 10.0);
    net.hold(0, 1000.0, 0.0);
    net.pull(0);
    assert_eq!(net.advance(500.0), Some(Stop::Synced(0)));
    assert!((net.now() - 100.0).abs() < 1e-9);
    net.stream(0);
    assert_eq!(net.advance(500.0), None);
    assert!(net.is_clear());
    let flow = net.flow(0);
    assert!((flow.pulled - 2000.0).abs() < 1e-6 && flow.base_total == 1000.0);
}

#[test]
fn full_buffer_is_reported() {
    let mut net = network(1, f64::INFINITY, vec![], 20.0);
    net.spec.flows[0].buffer = 30.0;
    net.set_capacity_in(0, 7.0);
    net.set_inflow(0, 10.0);
    assert_eq!(net.advance(100.0), Some(Stop::BufferFull(0)));
    assert!((net.now() - 10.0).abs() < 1e-9);
}
