//! Max-min fair rates under nested or crossing ceilings, by water filling.
//!
//! Every flow asks for up to its `bound` (its inflow where nothing waits, infinity where something does, never more than its own ceiling). All rates
//! rise together; a flow stops at its bound, a ceiling that is full stops every flow under it. [`Filler`] sorts once and keeps the ceilings in a heap:
//! O((flows + ceilings) log). [`fill_naive`] rescans everything at each step and is its oracle. What flows and ceilings stand for is not known here.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Which flows share which ceilings: fixed for a network; only the capacities change.
#[derive(Clone, Debug, Default)]
pub struct Ceilings {
    members: Vec<Vec<(u32, f64)>>,
    above: Vec<Vec<(u32, f64)>>,
}

impl Ceilings {
    /// No ceiling over so many flows.
    pub fn new(flows: usize) -> Self {
        Ceilings { members: Vec::new(), above: vec![Vec::new(); flows] }
    }

    /// Adds a ceiling on Σ weight x rate of the flows given with their weights (> 0); returns its index.
    pub fn add(&mut self, members: Vec<(u32, f64)>) -> u32 {
        let index = self.members.len() as u32;
        for &(flow, weight) in &members {
            self.above[flow as usize].push((index, weight));
        }
        self.members.push(members);
        index
    }

    /// Takes over the weights of `other`, which has the same shape, each times the flow's `factor`.
    pub fn reweigh(&mut self, other: &Ceilings, factor: impl Fn(u32) -> f64) {
        for (members, others) in self.members.iter_mut().zip(&other.members) {
            for (member, &(flow, weight)) in members.iter_mut().zip(others) {
                member.1 = weight * factor(flow);
            }
        }
        for (flow, (above, others)) in self.above.iter_mut().zip(&other.above).enumerate() {
            for (over, &(_, weight)) in above.iter_mut().zip(others) {
                over.1 = weight * factor(flow as u32);
            }
        }
    }

    /// Number of ceilings.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Flows under a ceiling, with their weights.
    pub fn members(&self, ceiling: u32) -> &[(u32, f64)] {
        &self.members[ceiling as usize]
    }

    /// Ceilings over a flow, with its weight in each.
    pub fn above(&self, flow: u32) -> &[(u32, f64)] {
        &self.above[flow as usize]
    }
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
    order: Vec<(f64, u32)>,
    frozen: Vec<bool>,
    used: Vec<f64>,
    weight: Vec<f64>,
    heap: BinaryHeap<Candidate>,
}

/// What a filling works on.
struct Job<'a> {
    ceilings: &'a Ceilings,
    capacity: &'a [f64],
    rates: &'a mut [f64],
    stopped: &'a mut [Stopped],
}

impl Filler {
    /// Fills `rates` and `stopped` (by flow) for flows with the given `bounds`, under ceilings of the given capacities.
    pub fn fill(&mut self, bounds: &[f64], ceilings: &Ceilings, capacity: &[f64], rates: &mut [f64], stopped: &mut [Stopped]) {
        if fits(bounds, ceilings, capacity) {
            rates.copy_from_slice(bounds);
            stopped.fill(Stopped::Bound);
            return;
        }
        self.start(bounds, ceilings, capacity);
        let mut job = Job { ceilings, capacity, rates, stopped };
        let mut next = 0;
        while next < self.order.len() {
            let (bound, flow) = self.order[next];
            if self.frozen[flow as usize] {
                next += 1;
                continue;
            }
            match self.heap.peek().copied() {
                Some(candidate) if candidate.level < bound => self.close(candidate, &mut job),
                _ => {
                    self.freeze(flow, bound, &mut job);
                    job.stopped[flow as usize] = Stopped::Bound;
                    next += 1;
                }
            }
        }
    }

    fn start(&mut self, bounds: &[f64], ceilings: &Ceilings, capacity: &[f64]) {
        self.order.clear();
        self.order.extend(bounds.iter().enumerate().map(|(flow, &bound)| (bound, flow as u32)));
        self.order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.frozen.clear();
        self.frozen.resize(bounds.len(), false);
        self.used.clear();
        self.used.resize(ceilings.len(), 0.0);
        self.weight.clear();
        self.heap.clear();
        for (index, members) in ceilings.members.iter().enumerate() {
            let weight: f64 = members.iter().map(|m| m.1).sum();
            self.weight.push(weight);
            if weight > 0.0 && capacity[index].is_finite() {
                self.heap.push(Candidate { level: capacity[index] / weight, ceiling: index as u32 });
            }
        }
    }

    /// Takes the lowest ceiling off the heap: puts it back if flows that stopped early have left it more room, else stops everything under it.
    fn close(&mut self, candidate: Candidate, job: &mut Job) {
        self.heap.pop();
        let index = candidate.ceiling as usize;
        let members = job.ceilings.members(candidate.ceiling);
        if !members.iter().any(|&(flow, _)| !self.frozen[flow as usize]) {
            return;
        }
        // Levels only rise, so a level that is still what was promised is the lowest there is.
        let level = ((job.capacity[index] - self.used[index]) / self.weight[index]).max(0.0);
        if level > candidate.level {
            self.heap.push(Candidate { level, ..candidate });
            return;
        }
        for &(flow, _) in members {
            if !self.frozen[flow as usize] {
                self.freeze(flow, level, job);
                job.stopped[flow as usize] = Stopped::Ceiling(candidate.ceiling);
            }
        }
    }

    fn freeze(&mut self, flow: u32, rate: f64, job: &mut Job) {
        self.frozen[flow as usize] = true;
        job.rates[flow as usize] = rate;
        for &(ceiling, share) in job.ceilings.above(flow) {
            self.used[ceiling as usize] += share * rate;
            self.weight[ceiling as usize] -= share;
        }
    }
}

/// Whether every flow can have its bound.
fn fits(bounds: &[f64], ceilings: &Ceilings, capacity: &[f64]) -> bool {
    let asked = |members: &[(u32, f64)]| members.iter().map(|&(flow, share)| share * bounds[flow as usize]).sum::<f64>();
    ceilings.members.iter().zip(capacity).all(|(members, &capacity)| capacity == f64::INFINITY || asked(members) <= capacity)
}

/// The same rates by rescanning everything at each step: the oracle.
pub fn fill_naive(bounds: &[f64], ceilings: &Ceilings, capacity: &[f64]) -> Vec<f64> {
    let mut rates: Vec<Option<f64>> = vec![None; bounds.len()];
    while rates.iter().any(Option::is_none) {
        let open = |flow: u32| rates[flow as usize].is_none();
        let mut level = f64::INFINITY;
        let mut closing = Vec::new();
        for (members, capacity) in ceilings.members.iter().zip(capacity) {
            let waiting: Vec<u32> = members.iter().map(|m| m.0).filter(|&f| open(f)).collect();
            let used: f64 = members.iter().filter_map(|&(f, w)| rates[f as usize].map(|r| w * r)).sum();
            let weight: f64 = members.iter().filter(|m| open(m.0)).map(|m| m.1).sum();
            let full_at = ((capacity - used) / weight).max(0.0);
            if !waiting.is_empty() && full_at < level {
                level = full_at;
                closing = waiting;
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

    fn run(bounds: &[f64], ceilings: &Ceilings, capacity: &[f64]) -> (Vec<f64>, Vec<Stopped>) {
        let mut rates = vec![0.0; bounds.len()];
        let mut stopped = vec![Stopped::Bound; bounds.len()];
        Filler::default().fill(bounds, ceilings, capacity, &mut rates, &mut stopped);
        (rates, stopped)
    }

    fn everyone(flows: u32) -> Vec<(u32, f64)> {
        (0..flows).map(|flow| (flow, 1.0)).collect()
    }

    #[test]
    fn textbook_link_of_10_with_demands_2_2_6_4_5_gives_2_2_6_2_7_2_7() {
        // Keshav, An Engineering Approach to Computer Networking (1997), max-min example.
        let mut link = Ceilings::new(4);
        link.add(everyone(4));
        let (rates, stopped) = run(&[2.0, 2.6, 4.0, 5.0], &link, &[10.0]);
        for (rate, expected) in rates.iter().zip([2.0, 2.6, 2.7, 2.7]) {
            assert!((rate - expected).abs() < 1e-12);
        }
        assert_eq!(stopped, [Stopped::Bound, Stopped::Bound, Stopped::Ceiling(0), Stopped::Ceiling(0)]);
    }

    #[test]
    fn nested_ceiling_leaves_its_rest_to_the_others() {
        let mut ceilings = Ceilings::new(3);
        ceilings.add(everyone(2));
        ceilings.add(everyone(3));
        let (rates, _) = run(&[f64::INFINITY; 3], &ceilings, &[2.0, 10.0]);
        assert_eq!(rates, [1.0, 1.0, 8.0]);
    }

    proptest! {
        #[test]
        fn heap_and_scan_agree_and_waste_nothing(
            bounds in prop::collection::vec(prop_oneof![3 => 0.0..100.0f64, 1 => Just(f64::INFINITY)], 1..12),
            seeds in prop::collection::vec((0.5..200.0f64, prop::collection::vec((any::<bool>(), 0.2..3.0f64), 12)), 1..6),
        ) {
            let flows = bounds.len() as u32;
            let mut ceilings = Ceilings::new(bounds.len());
            let mut capacity = Vec::new();
            for (room, picks) in seeds {
                ceilings.add(picks.iter().take(bounds.len()).enumerate().filter(|(_, p)| p.0).map(|(f, p)| (f as u32, p.1)).collect());
                capacity.push(room);
            }
            ceilings.add(everyone(flows));
            capacity.push(150.0);
            let (rates, _) = run(&bounds, &ceilings, &capacity);
            let naive = fill_naive(&bounds, &ceilings, &capacity);
            for (fast, slow) in rates.iter().zip(&naive) {
                prop_assert!((fast - slow).abs() <= 1e-9 * slow.max(1.0), "{rates:?} {naive:?}");
            }
            let used: Vec<f64> = (0..ceilings.len()).map(|c| ceilings.members(c as u32).iter().map(|&(f, w)| w * rates[f as usize]).sum()).collect();
            for (room, used) in capacity.iter().zip(&used) {
                prop_assert!(*used <= room * (1.0 + 1e-9));
            }
            for flow in 0..flows {
                let rate = rates[flow as usize];
                // Nothing is wasted: a flow below its bound sits under a full ceiling in which nobody has more.
                let blocked = ceilings.above(flow).iter().any(|&(c, _)| {
                    used[c as usize] >= capacity[c as usize] * (1.0 - 1e-9) && ceilings.members(c).iter().all(|&(f, _)| rates[f as usize] <= rate * (1.0 + 1e-9))
                });
                prop_assert!(blocked || rate >= bounds[flow as usize] * (1.0 - 1e-9), "flow {flow} of {rates:?} could have more");
            }
        }
    }
}
