//! The whole fleet as one first-in first-out queue on one link: which link a lag target needs, and what a cut of the link would do.
//!
//! Exact for one queue; under fair sharing it is a lower bound on the link that the worst VM needs, since the oldest waiting byte of the fleet is never
//! younger than one queue's. The lag is over the target T at t if the link has not carried by t what was written by t - T: U(t) < A(t - T). Both curves
//! are piecewise linear, so the share of time is exact.

use crate::results::{OneQueue, OneQueueLevel, OutageWhatIf};

/// Shares of the time that are asked for.
const SHARES: [f64; 3] = [1.0, 0.99, 0.9];

/// Lengths of the cuts that are tried \[s\].
const CUTS: [f64; 4] = [3600.0, 4.0 * 3600.0, 8.0 * 3600.0, 24.0 * 3600.0];

/// Relative width at which a bracket on the link is narrow enough.
const NARROW: f64 = 1e-6;

/// A cumulative curve by its breakpoints (t, bytes), straight between them.
struct Curve(Vec<(f64, f64)>);

impl Curve {
    fn at(&self, t: f64) -> f64 {
        let next = self.0.partition_point(|point| point.0 <= t);
        match (next.checked_sub(1), self.0.get(next)) {
            (None, _) => 0.0,
            (Some(last), None) => self.0[last].1,
            (Some(last), Some(&(t1, b1))) => {
                let (t0, b0) = self.0[last];
                b0 + (b1 - b0) * ((t - t0) / (t1 - t0))
            }
        }
    }
}

/// The figures for the wire rate `rates` ((from when, bytes/s), in order of time) until `end`, lag target `target` \[s\] and a link of `capacity`
/// \[wire bytes/s\]. `cache` is the room of all process-server caches together \[wire bytes\], if they are bounded.
pub fn one_queue(rates: &[(f64, f64)], end: f64, target: f64, capacity: f64, cache: Option<f64>) -> OneQueue {
    let written = written(rates, end);
    let peak = rates.iter().map(|rate| rate.1).fold(0.0, f64::max);
    let level = |share: f64| OneQueueLevel { share, goodput_bit_per_s: 8.0 * needed(&written, peak, target, 1.0 - share, end) };
    let outages = CUTS.iter().filter(|&&cut| cut < end).map(|&cut| cut_at_worst(&written, end, cut, target, capacity, cache)).collect();
    OneQueue { target_s: target, levels: SHARES.iter().map(|&share| level(share)).collect(), outages }
}

fn written(rates: &[(f64, f64)], end: f64) -> Curve {
    let mut points = Vec::with_capacity(rates.len() + 1);
    let mut bytes = 0.0;
    for (place, &(from, rate)) in rates.iter().enumerate() {
        points.push((from, bytes));
        let to = rates.get(place + 1).map_or(end, |next| next.0).min(end);
        bytes += rate * (to - from).max(0.0);
    }
    points.push((end, bytes));
    Curve(points)
}

/// Smallest capacity with which the lag is over the target for at most `allowed` of the time \[bytes/s\].
fn needed(written: &Curve, peak: f64, target: f64, allowed: f64, end: f64) -> f64 {
    let (mut low, mut high) = (0.0, peak);
    while high - low > NARROW * high {
        let middle = 0.5 * (low + high);
        if time_over(written, middle, target) <= allowed * end { high = middle } else { low = middle }
    }
    high
}

/// Time for which the lag of one queue is over the target \[s\].
fn time_over(written: &Curve, capacity: f64, target: f64) -> f64 {
    let served = serve(written, capacity, None);
    // d(t) = A(t - T) - U(t) is linear between the breakpoints of both.
    let (a, u) = (&written.0, &served.0);
    let (mut i, mut j) = (0, 0);
    let (mut before, mut over): (Option<(f64, f64)>, f64) = (None, 0.0);
    let end = a.last().map_or(0.0, |last| last.0);
    let value = |points: &[(f64, f64)], place: usize, t: f64| -> f64 {
        match (place.checked_sub(1), points.get(place)) {
            (None, _) => 0.0,
            (Some(last), None) => points[last].1,
            (Some(last), Some(&(t1, b1))) => {
                points[last].1 + (b1 - points[last].1) * ((t - points[last].0) / (t1 - points[last].0).max(f64::MIN_POSITIVE))
            }
        }
    };
    loop {
        let next_a = a.get(i).map_or(f64::INFINITY, |point| point.0 + target);
        let next_u = u.get(j).map_or(f64::INFINITY, |point| point.0);
        let t = next_a.min(next_u).min(end);
        let d = value(a, i, t - target) - value(u, j, t);
        if let Some((t0, d0)) = before {
            let dt = t - t0;
            // A byte or so is rounding, not lateness.
            let (d0, d1) = (d0 - 1.0, d - 1.0);
            over += if d0 > 0.0 && d1 > 0.0 {
                dt
            } else if d0 > 0.0 || d1 > 0.0 {
                dt * d0.max(d1) / (d0 - d1).abs()
            } else {
                0.0
            };
        }
        before = Some((t, d));
        if t >= end {
            return over;
        }
        i += usize::from(next_a <= t);
        j += usize::from(next_u <= t);
    }
}

/// The served curve of one queue, with the link cut from `cut.0` to `cut.1`.
fn serve(written: &Curve, capacity: f64, cut: Option<(f64, f64)>) -> Curve {
    let mut served = Vec::with_capacity(written.0.len() * 2);
    let mut done = 0.0;
    served.push((written.0[0].0, 0.0));
    for pair in written.0.windows(2) {
        let ((t0, b0), (t1, b1)) = (pair[0], pair[1]);
        if t1 <= t0 {
            continue;
        }
        let rate = (b1 - b0) / (t1 - t0);
        let mut edges = vec![t0, t1];
        if let Some((from, to)) = cut {
            edges.extend([from, to].into_iter().filter(|&edge| t0 < edge && edge < t1));
            edges.sort_unstable_by(f64::total_cmp);
        }
        for edge in edges.windows(2) {
            let (from, to) = (edge[0], edge[1]);
            let open = cut.is_none_or(|(begin, end)| to <= begin || from >= end);
            let capacity = if open { capacity } else { 0.0 };
            let waiting = (b0 + rate * (from - t0) - done).max(0.0);
            let arrived = b0 + rate * (to - t0);
            let empties = if capacity > rate { from + waiting / (capacity - rate) } else { f64::INFINITY };
            if waiting > 0.0 && empties < to {
                done += capacity * (empties - from);
                served.push((empties, done));
                done = arrived;
            } else if waiting <= 0.0 && rate <= capacity {
                done = arrived;
            } else {
                done = (done + capacity * (to - from)).min(arrived);
            }
            served.push((to, done));
        }
    }
    Curve(served)
}

/// A cut begun at the worst of the instants at which rates change (or so that it ends there): where most is written while it lasts.
fn cut_at_worst(written: &Curve, end: f64, cut: f64, target: f64, capacity: f64, cache: Option<f64>) -> OutageWhatIf {
    let starts = written.0.iter().flat_map(|point| [point.0, point.0 - cut]).filter(|&start| start >= 0.0 && start + cut <= end);
    let served = serve(written, capacity, None);
    let backlog = |start: f64| written.at(start + cut) - served.at(start);
    let worst = starts.fold((0.0, f64::NEG_INFINITY), |best, start| if backlog(start) > best.1 { (start, backlog(start)) } else { best });
    let (start, bytes) = (worst.0, worst.1.max(0.0));
    let after = serve(written, capacity, Some((start, start + cut)));
    let within = after.0.iter().map(|point| point.0).filter(|&t| t >= start + cut).find(|&t| written.at(t - target) <= after.at(t) + 1.0);
    OutageWhatIf {
        cut_s: cut,
        backlog_bytes: bytes,
        worst_start_s: start,
        back_within_s: within.map(|t| t - start - cut),
        cache_overflows: cache.map(|cache| bytes > cache),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// h = 50 for 600 s, then nothing, until 3,000 s: with B the peak lag is 600 (h / B - 1) (oracle G), so T = 300 s needs B = h / 1.5.
    #[test]
    fn link_for_a_burst_is_the_closed_form_of_oracle_g() {
        let found = one_queue(&[(0.0, 50e6), (600.0, 0.0)], 3000.0, 300.0, 20e6, Some(1e9));
        assert!((found.levels[0].goodput_bit_per_s / 8.0 - 50e6 / 1.5).abs() < 100.0, "{found:?}");
        assert!(found.levels[1].goodput_bit_per_s < found.levels[0].goodput_bit_per_s);
    }

    /// Churn 10, link 20: a cut of an hour leaves 36,000, which drains at 10 net in an hour more; within 15 min of lag again a little earlier.
    #[test]
    fn cut_leaves_churn_times_length_and_drains_at_the_difference() {
        let rates: Vec<(f64, f64)> = (0..100).map(|k| (f64::from(k) * 300.0, 10.0)).collect();
        let found = one_queue(&rates, 30_000.0, 900.0, 20.0, None);
        let hour = &found.outages[0];
        assert!((hour.backlog_bytes - 36_000.0).abs() < 1e-6);
        // The lag of one queue after the cut: t - H with H = U / 10: 3600 - (t - end): back at 900 after 2,700 s.
        assert!((hour.back_within_s.unwrap() - 2700.0).abs() <= 300.0, "{hour:?}");
    }

    #[test]
    fn time_over_counts_exactly() {
        // Burst of oracle G on B = 20: lag(t) = 0.6 t up to 600 s, then 360 + 0.6 (t - 600) up to 900 at 1500: over 300 s from t = 500 on.
        let curve = written(&[(0.0, 50e6), (600.0, 0.0)], 3000.0);
        assert!((time_over(&curve, 20e6, 300.0) - 1000.0).abs() < 1e-3);
    }
}
