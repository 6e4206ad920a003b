//! TCP throughput by distance: the formulas against Microsoft's measurements from Seattle (ExpressRoute, 10 G circuit), and one run that uses them.

use failback::model::{mathis_limit, per_flow_ceiling, window_limit};
use failback::units::{BitRate, DataSize, Share, Span};

use crate::oracles::{MB, close, simulate};
use crate::support::churn::steady;
use crate::support::world::Fleet;

/// Round trip [ms], one session with the default window, 16 flows with a window of 1 MB [Mbit/s] (MicrosoftDocs, expressroute-troubleshooting-network-
/// performance, text of 2017 to 2023).
const MEASURED: [(u64, f64, f64); 14] = [
    (5, 262.0, 3740.0),
    (18, 82.3, 3700.0),
    (40, 38.8, 2550.0),
    (51, 30.6, 2490.0),
    (55, 27.7, 2190.0),
    (73, 21.3, 1790.0),
    (74, 21.1, 1780.0),
    (106, 14.6, 1220.0),
    (146, 10.6, 896.0),
    (153, 10.2, 761.0),
    (165, 9.4, 794.0),
    (170, 9.2, 756.0),
    (189, 8.2, 699.0),
    (202, 7.7, 634.0),
];

/// What one session and one of the 16 flows had in flight, fitted once over all rows, and what the sending host could do [Mbit/s].
const SESSION_WINDOW: u64 = 194_000;
const FLOW_WINDOW: u64 = 1_020_000;
const HOST_MBPS: f64 = 3700.0;

fn ms(millis: u64) -> Span {
    Span::from_nanos(millis * 1_000_000)
}

fn window_mbps(window: u64, rtt: u64) -> f64 {
    window_limit(DataSize::from_bytes(window), ms(rtt)).map_or(f64::INFINITY, BitRate::as_bits_per_s) / 1e6
}

/// 25 of the 28 figures come out within 10 %. The three that do not are known and unexplained; they are not fitted away.
#[test]
fn link_facts_4_validation_table() {
    let mut unexplained = Vec::new();
    for (rtt, session, flows) in MEASURED {
        for (kind, model, measured) in
            [("one session", window_mbps(SESSION_WINDOW, rtt), session), ("16 flows", (16.0 * window_mbps(FLOW_WINDOW, rtt)).min(HOST_MBPS), flows)]
        {
            let off = 100.0 * (model / measured - 1.0);
            if off.abs() > 10.0 {
                unexplained.push((rtt, kind, off.round()));
            }
        }
    }
    assert_eq!(unexplained, [(5, "one session", 18.0), (40, "16 flows", 28.0), (153, "16 flows", 12.0)]);
}

/// 65,535 B: 524 Mbit/s at 1 ms, 17.5 at 30, 8.7 at 60, 5.8 at 90, 4.4 at 120.
#[test]
fn link_facts_4_window_limit() {
    for (rtt, mbps) in [(1, 524.0), (30, 17.5), (60, 8.7), (90, 5.8), (120, 4.4)] {
        close("Mbit/s", window_mbps(65_535, rtt), mbps, 0.05f64.max(0.001 * mbps));
    }
}

/// MSS 1350, C = 1: at 30 ms 360 / 114 / 36 / 11.4 Mbit/s for a loss of 1e-6 / 1e-5 / 1e-4 / 1e-3; at 80 ms 135 / 43 / 13.5 / 4.3.
#[test]
fn link_facts_4_loss_limit() {
    for (rtt, expected) in [(30, [360.0, 114.0, 36.0, 11.4]), (80, [135.0, 43.0, 13.5, 4.3])] {
        for (loss, mbps) in [1e-6, 1e-5, 1e-4, 1e-3].into_iter().zip(expected) {
            let loss = Share::new(loss).expect("a share");
            let limit = mathis_limit(DataSize::from_bytes(1350), ms(rtt), loss, 1.0).map_or(0.0, BitRate::as_bits_per_s) / 1e6;
            close("Mbit/s", limit, mbps, 0.01 * mbps);
        }
    }
}

/// However idle the link, a VM gets flows x min(window / RTT, loss limit): four flows of 17.5 Mbit/s at 30 ms on a line of 10 Gbit/s.
#[test]
fn link_facts_4_a_vm_alone_on_an_idle_link() {
    let mut fleet = Fleet::new(Span::from_hours(1), 1250.0 * MB);
    fleet.link.rtt = ms(30);
    fleet.link.flow_ceiling = per_flow_ceiling(4, window_limit(DataSize::from_bytes(65_535), ms(30)), None);
    fleet.vm(&[steady(100.0 * MB as f32), steady(100.0 * MB as f32)]);
    let results = simulate(&fleet).results;
    close("Mbit/s", results.link.carried_wire_bytes * 8.0 / 3600.0 / 1e6, 4.0 * 65_535.0 * 8.0 / 0.030 / 1e6, 0.001);
}
