//! What one TCP flow can carry however idle the link is: the window limit and the loss limit.
//!
//! Both are upper bounds from the literature; which of them binds decides how many parallel flows pay off. Used when a scenario is resolved;
//! checked against published figures in `tests/oracles/throughput.rs`.

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

    fn ms(millis: u64) -> Span {
        Span::from_nanos(millis * 1_000_000)
    }

    #[test]
    fn a_flow_without_round_trip_or_loss_has_no_limit_of_that_kind() {
        let (window, mss) = (DataSize::from_bytes(65_535), DataSize::from_bytes(1350));
        let loss = Share::new(1e-5).unwrap_or(Share::ZERO);
        assert!(window_limit(window, Span::ZERO).is_none());
        assert!(mathis_limit(mss, Span::ZERO, loss, 1.0).is_none());
        assert!(mathis_limit(mss, ms(30), Share::ZERO, 1.0).is_none());
        assert!(per_flow_ceiling(4, None, None).is_none());
    }

    #[test]
    fn the_smaller_limit_of_a_flow_binds() {
        let (slow, fast) = (BitRate::from_mbps(3.0), BitRate::from_mbps(5.0));
        for (window, mathis) in [(Some(slow), Some(fast)), (Some(fast), Some(slow)), (Some(slow), None), (None, Some(slow))] {
            let ceiling = per_flow_ceiling(4, window, mathis);
            assert_eq!(ceiling.map(|ceiling| (ceiling.flows, ceiling.per_flow)), Some((4, slow)));
        }
    }
}
