//! Max-min fair rates under nested or crossing ceilings, by water filling.
//!
//! Every flow asks for up to its `bound` (its inflow where nothing waits, infinity where something does, never more than its own ceiling). All rates
//! rise together; a flow stops at its bound, a ceiling that is full stops every flow under it. [`Filler`] sorts once and keeps the ceilings in a heap:
//! O((flows + ceilings) log). [`fill_naive`] rescans everything at each step and is its oracle. What flows and ceilings stand for is not known here.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A ceiling on a weighted sum of rates.
#[derive(Clone, Debug, PartialEq)]
pub struct Ceiling {
    /// Largest allowed Σ weight x rate.
    pub capacity: f64,
    /// Flows under it, with their weights (> 0).
    pub members: Vec<(u32, f64)>,
}

/// What stopped a flow's rate from rising.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Its own bound.
    Bound,
    /// The ceiling with this index.
    Ceiling(u32),
}

/// A ceiling in the heap: the level at which it fills, as far as known.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Candidate {
    level: f64,
    ceiling: u32,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    /// Smallest level first out of a max-heap; equal levels by index, so that ties never depend on heap order.
    fn cmp(&self, other: &Self) -> Ordering {
        other.level.total_cmp(&self.level).then_with(|| other.ceiling.cmp(&self.ceiling))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Water filling with its working memory, reused from call to call.
#[derive(Clone, Debug, Default)]
pub struct Filler {
    order: Vec<u32>,
    frozen: Vec<bool>,
    used: Vec<f64>,
    weight: Vec<f64>,
    above: Vec<Vec<(u32, f64)>>,
    heap: BinaryHeap<Candidate>,
}

impl Filler {
    /// Fills `rates` and `stopped` for flows with the given bounds under `ceilings`; slices are indexed by flow.
    pub fn fill(&mut self, bounds: &[f64], ceilings: &[Ceiling], rates: &mut [f64], stopped: &mut [Stopped]) {
        let flows = bounds.len();
        self.order.clear();
        self.order.extend(0..flows as u32);
        self.order.sort_unstable_by(|&a, &b| bounds[a as usize].total_cmp(&bounds[b as usize]).then(a.cmp(&b)));
        self.frozen.clear();
        self.frozen.resize(flows, false);
        self.above.resize(flows.max(self.above.len()), Vec::new());
        for list in &mut self.above[..flows] {
            list.clear();
        }
        self.used.clear();
        self.used.resize(ceilings.len(), 0.0);
        self.weight.clear();
        self.heap.clear();
        for (index, ceiling) in ceilings.iter().enumerate() {
            let mut weight = 0.0;
            for &(flow, share) in &ceiling.members {
                self.above[flow as usize].push((index as u32, share));
                weight += share;
            }
            self.weight.push(weight);
            if weight > 0.0 && ceiling.capacity.is_finite() {
                self.heap.push(Candidate { level: ceiling.capacity / weight, ceiling: index as u32 });
            }
        }
        let mut next = 0;
        while next < flows {
            let flow = self.order[next] as usize;
            if self.frozen[flow] {
                next += 1;
                continue;
            }
            let bound = bounds[flow];
            match self.heap.peek().copied() {
                Some(candidate) if candidate.level < bound => self.close(candidate, ceilings, rates, stopped),
                _ => {
                    self.freeze(flow, bound, rates);
                    stopped[flow] = Stopped::Bound;
                    next += 1;
                }
            }
        }
    }

    /// Takes the lowest ceiling off the heap: puts it back if flows that stopped early have left it more room, else stops everything under it.
    fn close(&mut self, candidate: Candidate, ceilings: &[Ceiling], rates: &mut [f64], stopped: &mut [Stopped]) {
        self.heap.pop();
        let index = candidate.ceiling as usize;
        let ceiling = &ceilings[index];
        if !ceiling.members.iter().any(|&(flow, _)| !self.frozen[flow as usize]) {
            return;
        }
        // Levels only rise, so a level that is still what was promised is the lowest there is.
        let level = ((ceiling.capacity - self.used[index]) / self.weight[index]).max(0.0);
        if level > candidate.level {
            self.heap.push(Candidate { level, ..candidate });
            return;
        }
        for &(flow, _) in &ceiling.members {
            if !self.frozen[flow as usize] {
                self.freeze(flow as usize, level, rates);
                stopped[flow as usize] = Stopped::Ceiling(candidate.ceiling);
            }
        }
    }

    fn freeze(&mut self, flow: usize, rate: f64, rates: &mut [f64]) {
        self.frozen[flow] = true;
        rates[flow] = rate;
        for &(ceiling, share) in &self.above[flow] {
            self.used[ceiling as usize] += share * rate;
            self.weight[ceiling as usize] -= share;
        }
    }
}

/// The same rates by rescanning everything at each step: the oracle.
pub fn fill_naive(bounds: &[f64], ceilings: &[Ceiling]) -> Vec<f64> {
    let mut rates: Vec<Option<f64>> = vec![None; bounds.len()];
    while rates.iter().any(Option::is_none) {
        let open = |flow: u32| rates[flow as usize].is_none();
        let mut level = f64::INFINITY;
        let mut closing = Vec::new();
        for ceiling in ceilings {
            let members: Vec<u32> = ceiling.members.iter().map(|m| m.0).filter(|&f| open(f)).collect();
            let used: f64 = ceiling.members.iter().filter_map(|&(f, w)| rates[f as usize].map(|r| w * r)).sum();
            let weight: f64 = ceiling.members.iter().filter(|m| open(m.0)).map(|m| m.1).sum();
            if !members.is_empty() && ((ceiling.capacity - used) / weight).max(0.0) < level {
                level = ((ceiling.capacity - used) / weight).max(0.0);
                closing = members;
            }
        }
        let lowest = bounds.iter().enumerate().filter(|(f, _)| open(*f as u32)).map(|(_, &b)| b).fold(f64::INFINITY, f64::min);
        if lowest <= level {
            for flow in 0..bounds.len() {
                if rates[flow].is_none() && bounds[flow] == lowest {
                    rates[flow] = Some(lowest);
                }
            }
        } else {
            for flow in closing {
                rates[flow as usize] = Some(level);
            }
        }
    }
    rates.into_iter().map(|rate| rate.unwrap_or(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(bounds: &[f64], ceilings: &[Ceiling]) -> (Vec<f64>, Vec<Stopped>) {
        let mut rates = vec![0.0; bounds.len()];
        let mut stopped = vec![Stopped::Bound; bounds.len()];
        Filler::default().fill(bounds, ceilings, &mut rates, &mut stopped);
        (rates, stopped)
    }

    #[test]
    fn textbook_single_link_10_with_demands_2_2_6_4_5_4_gives_2_2_7_2_7() {
        // Bertsekas & Gallager's scheme on demands 2, 2.6, 4, 5 and capacity 10: 2, 2.6, 2.7, 2.7.
        let link = Ceiling { capacity: 10.0, members: (0..4).map(|f| (f, 1.0)).collect() };
        let (rates, stopped) = run(&[2.0, 2.6, 4.0, 5.0], &[link]);
        for (rate, expected) in rates.iter().zip([2.0, 2.6, 2.7, 2.7]) {
            assert!((rate - expected).abs() < 1e-12);
        }
        assert_eq!(stopped, [Stopped::Bound, Stopped::Bound, Stopped::Ceiling(0), Stopped::Ceiling(0)]);
    }

    #[test]
    fn nested_ceiling_leaves_its_rest_to_the_others() {
        let vm = Ceiling { capacity: 2.0, members: vec![(0, 1.0), (1, 1.0)] };
        let link = Ceiling { capacity: 10.0, members: (0..3).map(|f| (f, 1.0)).collect() };
        let (rates, _) = run(&[f64::INFINITY; 3], &[vm, link]);
        assert_eq!(rates, [1.0, 1.0, 8.0]);
    }

    proptest! {
        #[test]
        fn heap_and_scan_agree_and_waste_nothing(
            bounds in prop::collection::vec(prop_oneof![3 => 0.0..100.0f64, 1 => Just(f64::INFINITY)], 1..12),
            seeds in prop::collection::vec((0.5..200.0f64, prop::collection::vec((any::<bool>(), 0.2..3.0f64), 12)), 1..6),
        ) {
            let mut ceilings: Vec<Ceiling> = seeds
                .into_iter()
                .map(|(capacity, picks)| Ceiling {
                    capacity,
                    members: picks.iter().take(bounds.len()).enumerate().filter(|(_, p)| p.0).map(|(f, p)| (f as u32, p.1)).collect(),
                })
                .collect();
            ceilings.push(Ceiling { capacity: 150.0, members: (0..bounds.len() as u32).map(|f| (f, 1.0)).collect() });
            let (rates, _) = run(&bounds, &ceilings);
            let naive = fill_naive(&bounds, &ceilings);
            for (fast, slow) in rates.iter().zip(&naive) {
                prop_assert!((fast - slow).abs() <= 1e-9 * slow.max(1.0), "{rates:?} {naive:?}");
            }
            let sums: Vec<f64> = ceilings.iter().map(|c| c.members.iter().map(|&(f, w)| w * rates[f as usize]).sum()).collect();
            for (ceiling, sum) in ceilings.iter().zip(&sums) {
                prop_assert!(*sum <= ceiling.capacity * (1.0 + 1e-9));
            }
            for (flow, &rate) in rates.iter().enumerate() {
                // Nothing is wasted: a flow below its bound sits under a full ceiling in which nobody has more.
                let content = rate >= bounds[flow] * (1.0 - 1e-9) || ceilings.iter().zip(&sums).any(|(c, sum)| {
                    c.members.iter().any(|m| m.0 as usize == flow)
                        && *sum >= c.capacity * (1.0 - 1e-9)
                        && c.members.iter().all(|&(f, _)| rates[f as usize] <= rate * (1.0 + 1e-9))
                });
                prop_assert!(content, "flow {flow} of {rates:?} could have more");
            }
        }
    }
}
