//! The whole fleet as one first-in first-out queue on one link: which link a lag target needs, and what a cut of the link would do.
//!
//! Exact for one queue; under fair sharing it is a lower bound on the link that the worst VM needs, since the oldest waiting byte of the fleet is never
//! younger than one queue's. The lag is over the target T at t if the link has not carried by t what was written by t - T: U(t) < A(t - T). Both curves
//! are piecewise linear, so the share of time is exact, and so is the instant at which the lag comes back under the target after a cut.

use crate::results::{OneQueue, OneQueueLevel, OutageWhatIf};

/// Shares of the time that are asked for.
const SHARES: [f64; 3] = [1.0, 0.99, 0.9];

/// Lengths of the cuts that are tried \[s\].
const CUTS: [f64; 4] = [3600.0, 4.0 * 3600.0, 8.0 * 3600.0, 24.0 * 3600.0];

/// Relative width at which a bracket on the link is narrow enough.
const NARROW: f64 = 1e-6;

/// Bytes that are rounding, not lateness.
const SLIVER: f64 = 1.0;

/// A rate that holds from an instant on: (when \[s\], bytes/s), in order of time.
pub type Steps = [(f64, f64)];

/// What the fleet writes and what it is carried on.
pub struct QueueInput<'a> {
    /// Wire rate of the whole fleet.
    pub wire: &'a Steps,
    /// Tracked rate of each process server, row by row of `wire` \[bytes/s\].
    pub tracked: &'a [f64],
    /// Room of each process server's cache \[tracked bytes\]; `None` if unbounded.
    pub caches: &'a [Option<f64>],
    /// What the link could carry \[wire bytes/s\], with its throttle, background and outages.
    pub link: &'a Steps,
    /// End of the run \[s\].
    pub end: f64,
    /// Lag target \[s\].
    pub target: f64,
}

/// A cumulative curve by its breakpoints (t, bytes), straight between them.
struct Curve(Vec<(f64, f64)>);

impl Curve {
    fn of(steps: impl Iterator<Item = (f64, f64)>, end: f64) -> Self {
        let mut points: Vec<(f64, f64)> = Vec::new();
        let (mut bytes, mut last) = (0.0, 0.0);
        for (from, rate) in steps {
            if let Some(&(before, _)) = points.last() {
                bytes += last * (from.min(end) - before).max(0.0);
            }
            points.push((from.min(end), bytes));
            last = rate;
        }
        if let Some(&(before, _)) = points.last() {
            bytes += last * (end - before).max(0.0);
        }
        points.push((end, bytes));
        Curve(points)
    }

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

    /// The last instant up to `until` by which no more than `bytes` had been written.
    fn reached(&self, bytes: f64, until: f64) -> f64 {
        let next = self.0.partition_point(|point| point.1 <= bytes);
        match (next.checked_sub(1), self.0.get(next)) {
            (_, None) => until,
            (None, _) => 0.0,
            (Some(last), Some(&(t1, b1))) => {
                let (t0, b0) = self.0[last];
                (t0 + (t1 - t0) * ((bytes - b0) / (b1 - b0))).min(until)
            }
        }
    }
}

/// The figures of one run; the mean alone unless the rest is `asked` for, since every level is a search of its own.
pub fn one_queue(input: &QueueInput<'_>, asked: bool) -> OneQueue {
    let written = Curve::of(input.wire.iter().copied(), input.end);
    let mean_bit_per_s = 8.0 * written.at(input.end) / input.end.max(f64::MIN_POSITIVE);
    if !asked {
        return OneQueue { target_s: input.target, mean_bit_per_s, ..OneQueue::default() };
    }
    let peak = input.wire.iter().map(|rate| rate.1).fold(0.0, f64::max);
    let level = |share: f64| OneQueueLevel { share, goodput_bit_per_s: 8.0 * needed(&written, peak, input.target, 1.0 - share, input.end) };
    let hubs = input.caches.len();
    let by_hub: Vec<Curve> = (0..hubs)
        .map(|hub| Curve::of(input.wire.iter().enumerate().map(|(row, step)| (step.0, input.tracked[row * hubs + hub])), input.end))
        .collect();
    let cuts = CUTS.iter().filter(|&&cut| cut < input.end);
    let served = serve(&written, input.link);
    let outages = cuts.map(|&cut| cut_at_worst(input, (&written, &served), &by_hub, cut)).collect();
    OneQueue { target_s: input.target, mean_bit_per_s, levels: SHARES.iter().map(|&share| level(share)).collect(), outages }
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

/// Time for which the lag of one queue on a link of constant capacity is over the target \[s\].
fn time_over(written: &Curve, capacity: f64, target: f64) -> f64 {
    let mut over = 0.0;
    let served = serve(written, &[(0.0, capacity)]);
    lateness(written, &served, target, &mut |t0, d0, t1, d1| {
        let dt = t1 - t0;
        over += if d0 > 0.0 && d1 > 0.0 {
            dt
        } else if d0 > 0.0 || d1 > 0.0 {
            dt * d0.max(d1) / (d0 - d1).abs()
        } else {
            0.0
        };
    });
    over
}

/// Tells how many bytes late the queue is, A(t - target) - U(t) less a sliver, as straight pieces (t0, d0, t1, d1) between the breakpoints of both curves.
fn lateness(written: &Curve, served: &Curve, target: f64, tell: &mut impl FnMut(f64, f64, f64, f64)) {
    let (a, u) = (&written.0, &served.0);
    let (mut i, mut j) = (0, 0);
    let mut before: Option<(f64, f64)> = None;
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
        let d = value(a, i, t - target) - value(u, j, t) - SLIVER;
        if let Some((t0, d0)) = before {
            tell(t0, d0, t, d);
        }
        before = Some((t, d));
        if t >= end {
            return;
        }
        i += usize::from(next_a <= t);
        j += usize::from(next_u <= t);
    }
}

/// The served curve of one queue.
fn serve(written: &Curve, link: &Steps) -> Curve {
    let mut served = Vec::with_capacity(written.0.len() * 2);
    let mut done = 0.0;
    let mut step = 0;
    served.push((written.0[0].0, 0.0));
    for pair in written.0.windows(2) {
        let ((t0, b0), (t1, b1)) = (pair[0], pair[1]);
        if t1 <= t0 {
            continue;
        }
        let rate = (b1 - b0) / (t1 - t0);
        let mut from = t0;
        while from < t1 {
            while link.get(step + 1).is_some_and(|next| next.0 <= from) {
                step += 1;
            }
            let to = link.get(step + 1).map_or(t1, |next| next.0.min(t1));
            let capacity = link[step].1;
            let waiting = (b0 + rate * (from - t0) - done).max(0.0);
            let arrived = b0 + rate * (to - t0);
            let empties = if capacity > rate { from + waiting / (capacity - rate) } else { f64::INFINITY };
            if waiting > 0.0 && empties < to {
                served.push((empties, done + capacity * (empties - from)));
                done = arrived;
            } else if waiting <= 0.0 && rate <= capacity {
                done = arrived;
            } else {
                done = (done + capacity * (to - from)).min(arrived);
            }
            served.push((to, done));
            from = to;
        }
    }
    Curve(served)
}

/// The link with nothing on it from `from` to `to`.
fn cut_link(link: &Steps, from: f64, to: f64) -> Vec<(f64, f64)> {
    let before = link.iter().copied().filter(|step| step.0 < from);
    let within = link.iter().rev().find(|step| step.0 <= to).map_or(0.0, |step| step.1);
    let after = link.iter().copied().filter(|step| step.0 > to);
    before.chain([(from, 0.0), (to, within)]).chain(after).collect()
}

/// A cut begun at the worst of the instants at which rates change (or so that it ends there): where most waits at its end.
fn cut_at_worst(input: &QueueInput<'_>, (written, served): (&Curve, &Curve), by_hub: &[Curve], cut: f64) -> OutageWhatIf {
    let starts = written.0.iter().flat_map(|point| [point.0, point.0 - cut]).filter(|&start| start >= 0.0 && start + cut <= input.end);
    let backlog = |start: f64| written.at(start + cut) - served.at(start);
    let worst = starts.fold((0.0, f64::NEG_INFINITY), |best, start| if backlog(start) > best.1 { (start, backlog(start)) } else { best });
    let (start, ends) = (worst.0, worst.0 + cut);
    let after = serve(written, &cut_link(input.link, start, ends));
    let late_anyway = ends > input.target && written.at(ends - input.target) - served.at(ends) > SLIVER;
    // The lag may rise to the target well after the cut: it is back when it is under it with what the cut held up gone too.
    let met = after.0.iter().map(|point| point.0).find(|&t| t >= ends && after.at(t) >= served.at(t) - SLIVER).unwrap_or(f64::INFINITY);
    let (mut back, mut settled) = (Some(ends), false);
    lateness(written, &after, input.target, &mut |t0, d0, t1, d1| {
        // The end of the cut is a breakpoint of what is served.
        settled |= t0 >= met && d0 <= 0.0;
        if t0 < ends || settled || t1 <= t0 {
            return;
        }
        if d1 > 0.0 {
            back = None;
        } else if d0 > 0.0 {
            back = Some(t0 + (t1 - t0) * (d0 / (d0 - d1)));
        }
    });
    // What waits when the cut ends was written since the oldest of it.
    let oldest = written.reached(served.at(start), start);
    let waiting = |hub: &Curve| hub.at(ends) - hub.at(oldest);
    let overflows = by_hub.iter().zip(input.caches).filter_map(|(hub, cache)| cache.map(|cache| waiting(hub) > cache));
    OutageWhatIf {
        cut_s: cut,
        backlog_bytes: by_hub.iter().map(waiting).fold(0.0, |sum, bytes| sum + bytes),
        worst_start_s: start,
        back_within_s: back.map(|t| t - ends),
        late_anyway,
        cache_overflows: overflows.reduce(|a, b| a || b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input<'a>(wire: &'a Steps, tracked: &'a [f64], caches: &'a [Option<f64>], link: &'a Steps, end: f64, target: f64) -> QueueInput<'a> {
        QueueInput { wire, tracked, caches, link, end, target }
    }

    /// h = 50 for 600 s, then nothing, until 3,000 s: with B the peak lag is 600 (h / B - 1) (oracle G), so T = 300 s needs B = h / 1.5.
    #[test]
    fn link_for_a_burst_is_the_closed_form_of_oracle_g() {
        let found = one_queue(&input(&[(0.0, 50e6), (600.0, 0.0)], &[50e6, 0.0], &[Some(1e9)], &[(0.0, 20e6)], 3000.0, 300.0), true);
        assert!((found.levels[0].goodput_bit_per_s / 8.0 - 50e6 / 1.5).abs() < 100.0, "{found:?}");
        assert!(found.levels[1].goodput_bit_per_s < found.levels[0].goodput_bit_per_s);
    }

    /// Churn 10, link 20: a cut of an hour leaves 36,000, which drains at 10 net in an hour more. The lag of one queue, whose head moves at 2 s a second, is
    /// 3600 - t: 15 min of it are left 2,700 s after the cut. One step of constant churn, so the crossing lies inside a piece.
    #[test]
    fn cut_leaves_churn_times_length_and_drains_at_the_difference() {
        let found = one_queue(&input(&[(0.0, 10e3)], &[10e3], &[None], &[(0.0, 20e3)], 30_000.0, 900.0), true);
        let hour = &found.outages[0];
        assert!((hour.backlog_bytes - 36e6).abs() < 1e-3, "{hour:?}");
        assert!((hour.back_within_s.unwrap() - 2700.0).abs() < 1e-3, "{hour:?}");
        assert_eq!(hour.cache_overflows, None);
        assert!(!hour.late_anyway);
        // 25 for 1,000 s on 20 leave 5,000, of which none is 900 s old; a link of 5 is more and more behind, with a cut or without.
        let late = one_queue(&input(&[(0.0, 10e3)], &[10e3], &[None], &[(0.0, 5e3)], 30_000.0, 900.0), true);
        assert!(late.outages.iter().all(|cut| cut.late_anyway), "{late:?}");
    }

    /// Compression halves what crosses; what waits is reckoned in tracked bytes, server by server: 3 of 4 parts are written behind the first.
    #[test]
    fn backlog_is_in_tracked_bytes_and_caches_are_looked_at_one_by_one() {
        let wire = [(0.0, 10e3)];
        let cut =
            |caches: [Option<f64>; 2]| one_queue(&input(&wire, &[15e3, 5e3], &caches, &[(0.0, 20e3)], 30_000.0, 900.0), true).outages[0].clone();
        let hour = cut([Some(60e6), Some(60e6)]);
        assert!((hour.backlog_bytes - 72e6).abs() < 1e-3, "{hour:?}");
        // 54 MB and 18 MB wait: 120 MB of caches hold that, but not if 80 MB of them are behind the second server.
        assert_eq!(hour.cache_overflows, Some(false));
        assert_eq!(cut([Some(40e6), Some(80e6)]).cache_overflows, Some(true));
        assert_eq!(cut([None, Some(17e6)]).cache_overflows, Some(true));
    }

    /// The same cut, but the link has only 12 from 3,600 s on, when the cut ends at the latest: drains at 2 net. The head then moves at 1.2 s a second.
    #[test]
    fn a_throttle_holds_the_queue_up_after_the_cut() {
        let found = one_queue(&input(&[(0.0, 10e3)], &[10e3], &[None], &[(0.0, 12e3)], 60_000.0, 900.0), true);
        assert!((found.outages[0].back_within_s.unwrap() - 2700.0 / 0.2).abs() < 1e-3, "{found:?}");
        let throttled = [(0.0, 20e3), (3600.0, 12e3), (20_000.0, 20e3)];
        let found = one_queue(&input(&[(0.0, 10e3), (10_000.0, 0.0)], &[10e3, 0.0], &[None], &throttled, 60_000.0, 900.0), true);
        // Worst from 0 s to 6,400 s before the end of writing: all cuts leave the same; the first is taken. 2,700 s of lag go at 0.2 s a second.
        assert_eq!(found.outages[0].worst_start_s, 0.0);
        let drained_by_end_of_writing = (10_000.0 - 3600.0) * 0.2;
        assert!(found.outages[0].back_within_s.unwrap() > drained_by_end_of_writing);
    }

    #[test]
    fn time_over_counts_exactly() {
        // Burst of oracle G on B = 20: lag(t) = 0.6 t up to 600 s, then 360 + 0.6 (t - 600) up to 900 at 1500: over 300 s from t = 500 on.
        let curve = Curve::of([(0.0, 50e6), (600.0, 0.0)].into_iter(), 3000.0);
        assert!((time_over(&curve, 20e6, 300.0) - 1000.0).abs() < 1e-3);
    }
}
