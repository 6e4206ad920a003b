//! What one TCP flow can carry however idle the link is: the window limit and the loss limit.
//!
//! Both are upper bounds from the literature; which of them binds decides how many parallel flows pay off. Used when a scenario is resolved;
//! checked against published figures in the tests below.

use crate::model::FlowCeiling;
use crate::units::{BitRate, DataSize, Share, Span};

/// Rate of one flow whose sender waits for an acknowledgement after each window: window / RTT. `None` where the RTT is 0.
pub fn window_limit(window: DataSize, rtt: Span) -> Option<BitRate> {
    if rtt.is_zero() {
        return None;
    }
    Some(BitRate::from_bits_per_s(window.as_f64() * 8.0 / rtt.as_secs_f64()))
}

/// Rate of one flow of a loss-driven TCP: (MSS / RTT) x C / sqrt(p) (Mathis, Semke, Mahdavi, Ott, CCR 27(3), 1997); good for p below about 1 %.
/// C is 1 in the usual form, sqrt(3/2) without delayed acknowledgements. `None` where the RTT or the loss is 0.
pub fn mathis_limit(mss: DataSize, rtt: Span, loss: Share, constant: f64) -> Option<BitRate> {
    if rtt.is_zero() || loss.get() <= 0.0 {
        return None;
    }
    Some(BitRate::from_bits_per_s(mss.as_f64() * 8.0 / rtt.as_secs_f64() * constant / loss.get().sqrt()))
}

/// The ceiling of one VM: so many parallel flows of the smaller of the two limits each. `None` where neither limits (RTT 0).
pub fn per_flow_ceiling(flows: u32, window: Option<BitRate>, mathis: Option<BitRate>) -> Option<FlowCeiling> {
    let per_flow = match (window, mathis) {
        (Some(a), Some(b)) => BitRate::from_bits_per_s(a.as_bits_per_s().min(b.as_bits_per_s())),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return None,
    };
    Some(FlowCeiling { flows, per_flow })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mbps(rate: Option<BitRate>) -> f64 {
        rate.map_or(f64::NAN, |rate| rate.as_bits_per_s() / 1e6)
    }

    fn ms(millis: u64) -> Span {
        Span::from_nanos(millis * 1_000_000)
    }

    /// 65,535 B: 524 Mbit/s at 1 ms, 17.5 at 30, 8.7 at 60, 5.8 at 90, 4.4 at 120 (MicrosoftDocs, virtual-network-tcpip-performance-tuning, 2019).
    #[test]
    fn window_limit_of_64_kib_by_round_trip() {
        for (rtt, published) in [(1, 524.0), (30, 17.5), (60, 8.7), (90, 5.8), (120, 4.4)] {
            let limit = mbps(window_limit(DataSize::from_bytes(65_535), ms(rtt)));
            assert!((limit / published - 1.0).abs() < 0.01, "{rtt} ms: {limit} against {published}");
        }
        assert!(window_limit(DataSize::from_bytes(65_535), Span::ZERO).is_none());
    }

    /// MSS 1350: at 30 ms, loss 1e-6 .. 1e-3: 360, 114, 36, 11.4 Mbit/s per flow; at 80 ms 135, 43, 13.5, 4.3 (arithmetic on the formula).
    #[test]
    fn mathis_limit_by_loss_and_round_trip() {
        let loss = |p: f64| Share::new(p).unwrap_or(Share::ZERO);
        for (rtt, figures) in [(30, [360.0, 114.0, 36.0, 11.4]), (80, [135.0, 43.0, 13.5, 4.3])] {
            for (p, expected) in [1e-6, 1e-5, 1e-4, 1e-3].into_iter().zip(figures) {
                let limit = mbps(mathis_limit(DataSize::from_bytes(1350), ms(rtt), loss(p), 1.0));
                assert!((limit / expected - 1.0).abs() < 0.01, "{rtt} ms, loss {p}: {limit} against {expected}");
            }
        }
        assert!(mathis_limit(DataSize::from_bytes(1350), ms(30), Share::ZERO, 1.0).is_none());
    }

    /// TCP throughput by distance, measured by Microsoft (MicrosoftDocs/azure-docs, expressroute-troubleshooting-network-performance.md): Seattle, 10 G
    /// circuit, one session / 16 flows of 1 MB. The window model with 194 kB, and 16 x 1.02 MB under a host cap of 3.7 Gbit/s, gives 25 of the
    /// 28 figures within 10 %; the other three (5 ms one session, 40 ms and 153 ms 16 flows) are unexplained and listed here as such.
    #[test]
    fn tcp_throughput_by_distance_25_of_28_within_10_percent() {
        let table = [
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
        let mut unexplained = Vec::new();
        for (rtt, one, sixteen) in table {
            let single = mbps(window_limit(DataSize::from_bytes(194_000), ms(rtt)));
            let ceiling = per_flow_ceiling(16, window_limit(DataSize::from_bytes(1_020_000), ms(rtt)), None);
            let many = ceiling.map_or(f64::NAN, |c| f64::from(c.flows) * c.per_flow.as_bits_per_s() / 1e6).min(3700.0);
            for (flows, model, measured) in [(1, single, one), (16, many, sixteen)] {
                if (model / measured - 1.0_f64).abs() > 0.10 {
                    unexplained.push((rtt, flows));
                }
            }
        }
        assert_eq!(unexplained, [(5, 1), (40, 16), (153, 16)]);
    }
}
