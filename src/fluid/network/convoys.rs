//! First-in first-out service at stage 2: what has waited longest in the stores goes first, whoever sent it.
//!
//! Flows whose oldest waiting byte entered its store at the same instant, the *head*, form a convoy. A convoy serves its members in proportion to the rates at
//! which they entered at the head, so the head moves through past time at one speed for all. A member that a ceiling holds back falls behind in a convoy of
//! its own; an older convoy goes before a younger one and joins it when it has caught up; a convoy whose head reaches the present has nothing waiting any
//! more. Bytes sent out of order have no place in the queue: they take what it leaves free.

use std::collections::VecDeque;

use crate::fluid::fill::{Ceilings, Filler, Stopped};
use crate::fluid::network::spec::NetworkSpec;
use crate::fluid::network::state::{Flow, Mode};

/// Heads closer than this are one \[s\]: the resolution of the calendar, or of a time of this size.
fn same(now: f64) -> f64 {
    1e-9_f64.max(8.0 * f64::EPSILON * now)
}

/// Flows that wait since the same instant.
struct Convoy {
    /// When the oldest waiting byte of each member entered the store \[s\].
    head: f64,
    /// How fast the head moves \[s of arrivals per s\].
    speed: f64,
    flows: Vec<u32>,
}

/// The queue in front of stage 2.
pub(super) struct Convoys {
    /// Oldest first.
    convoys: Vec<Convoy>,
    /// Rates at which each flow entered its store, from its convoy's head on: (since \[s\], wire bytes/s); the last one holds to the present.
    arrivals: Vec<VecDeque<(f64, f64)>>,
    solved_at: f64,
    /// The next instant at which the solution changes by itself, with the convoy that makes it and where its head is then \[s\].
    next: Option<(f64, usize, f64)>,
    /// Share of its present arrival rate that each flow gets, as last solved.
    levels: Vec<f64>,
    work: Work,
}

/// Working memory of one filling.
struct Work {
    scaled: Ceilings,
    room: Vec<f64>,
    weights: Vec<f64>,
    bounds: Vec<f64>,
    levels: Vec<f64>,
    stopped: Vec<Stopped>,
}

/// What stage 2 is asked for, and where the answer goes.
pub(super) struct Asked<'a> {
    pub spec: &'a NetworkSpec,
    pub flows: &'a [Flow],
    /// Most that each flow may send \[wire bytes/s\]: its own ceiling, nothing where its hub is shut.
    pub own: &'a [f64],
    /// Rate at which each flow enters its store \[wire bytes/s\].
    pub entering: &'a [f64],
    pub capacity: &'a [f64],
    pub rates: &'a mut [f64],
    pub stopped: &'a mut [Stopped],
}

impl Convoys {
    pub fn new(spec: &NetworkSpec) -> Self {
        let flows = spec.flows.len();
        Convoys {
            convoys: Vec::new(),
            arrivals: vec![VecDeque::new(); flows],
            solved_at: 0.0,
            next: None,
            levels: vec![0.0; flows],
            work: Work {
                scaled: spec.outward.clone(),
                room: Vec::new(),
                weights: vec![0.0; flows],
                bounds: vec![0.0; flows],
                levels: vec![0.0; flows],
                stopped: vec![Stopped::Bound; flows],
            },
        }
    }

    /// Whether something of a flow waits.
    pub fn holds(&self, flow: usize) -> bool {
        !self.arrivals[flow].is_empty()
    }

    /// When the solution changes by itself \[s\].
    pub fn next_change(&self) -> Option<f64> {
        self.next.map(|next| next.0)
    }

    /// What waited of a flow is gone.
    pub fn forget(&mut self, flow: u32) {
        self.arrivals[flow as usize].clear();
        for convoy in &mut self.convoys {
            convoy.flows.retain(|&other| other != flow);
        }
        self.convoys.retain(|convoy| !convoy.flows.is_empty());
        self.next = None;
    }

    /// Moves the heads to the present: convoys leap over time in which nothing entered, join, or end. Tells the flows of which nothing waits any more.
    pub fn move_to(&mut self, now: f64, emptied: &mut Vec<u32>) {
        let dt = now - self.solved_at;
        if dt > 0.0 {
            for convoy in &mut self.convoys {
                convoy.head += convoy.speed * dt;
            }
        }
        if let Some((at, convoy, head)) = self.next.take()
            && at <= now
        {
            self.convoys[convoy].head = head;
        }
        self.solved_at = now;
        for convoy in &mut self.convoys {
            convoy.leap(&mut self.arrivals, now);
        }
        self.convoys.sort_by(|a, b| a.head.total_cmp(&b.head));
        let arrivals = &mut self.arrivals;
        for convoy in &mut self.convoys {
            let ended = convoy.head >= now - same(now);
            convoy.flows.retain(|&flow| {
                let stretches = &mut arrivals[flow as usize];
                // The last stretch holds to the present: if nothing enters in it, nothing waits.
                let empty = ended || (stretches.len() == 1 && stretches[0].1 <= 0.0);
                if empty {
                    emptied.push(flow);
                    stretches.clear();
                }
                !empty
            });
        }
        self.convoys.retain(|convoy| !convoy.flows.is_empty());
        self.convoys.dedup_by(|younger, older| {
            let joined = younger.head - older.head <= same(now);
            if joined {
                older.head = younger.head;
                older.flows.append(&mut younger.flows);
            }
            joined
        });
        for convoy in &mut self.convoys {
            // A join may have moved a head by a hair over the end of a stretch.
            convoy.leap(&mut self.arrivals, now);
            convoy.flows.sort_unstable();
        }
    }

    /// Rates of stage 2 for what enters now: the queue first, oldest first, then what enters, then what goes out of order.
    pub fn fill(&mut self, filler: &mut Filler, asked: &mut Asked) {
        self.work.room.clear();
        self.work.room.extend_from_slice(asked.capacity);
        asked.rates.fill(0.0);
        asked.stopped.fill(Stopped::Bound);
        for convoy in &self.convoys {
            for &flow in &convoy.flows {
                self.work.weights[flow as usize] = self.arrivals[flow as usize].front().map_or(0.0, |stretch| stretch.1);
            }
            self.work.serve(filler, &convoy.flows, f64::INFINITY, asked, &mut self.levels);
        }
        let enters = |flow: &usize| !self.holds(*flow) && asked.flows[*flow].mode == Mode::Stream && asked.entering[*flow] > 0.0;
        let entering: Vec<u32> = (0..asked.flows.len()).filter(enters).map(|flow| flow as u32).collect();
        for &flow in &entering {
            self.work.weights[flow as usize] = asked.entering[flow as usize];
        }
        self.work.serve(filler, &entering, 1.0, asked, &mut self.levels);
        let pulls = |flow: &usize| !self.holds(*flow) && asked.flows[*flow].mode == Mode::Pull && asked.entering[*flow] > 0.0;
        let pulled: Vec<usize> = (0..asked.flows.len()).filter(pulls).collect();
        if !pulled.is_empty() {
            self.work.bounds.fill(0.0);
            for &flow in &pulled {
                self.work.bounds[flow] = asked.entering[flow].min(asked.own[flow]);
            }
            let Work { bounds, room, levels, stopped, .. } = &mut self.work;
            filler.fill(bounds, &asked.spec.outward, room, levels, stopped);
            for flow in pulled {
                asked.rates[flow] = levels[flow];
                asked.stopped[flow] = stopped[flow];
            }
        }
    }

    /// Takes over the last filling: members that fall behind form convoys of their own, what cannot pass begins to wait, and the next change is foreseen.
    pub fn regroup(&mut self, now: f64, asked: &Asked) {
        let mut convoys = Vec::with_capacity(self.convoys.len());
        for convoy in std::mem::take(&mut self.convoys) {
            self.split(convoy.head, &convoy.flows, &mut convoys);
        }
        let held = |flow: &usize| !self.holds(*flow) && asked.flows[*flow].mode == Mode::Stream && asked.rates[*flow] < asked.entering[*flow];
        let begin: Vec<u32> = (0..asked.flows.len()).filter(held).map(|flow| flow as u32).collect();
        for &flow in &begin {
            self.arrivals[flow as usize].push_back((now, asked.entering[flow as usize]));
        }
        self.split(now, &begin, &mut convoys);
        for convoy in &convoys {
            for &flow in &convoy.flows {
                let stretches = &mut self.arrivals[flow as usize];
                let rate = asked.entering[flow as usize];
                if stretches.back().is_some_and(|last| last.1 != rate) {
                    // A flow that has left order and sends past the queue lets nothing into it.
                    stretches.push_back((now, rate));
                }
            }
        }
        self.convoys = convoys;
        self.foresee(now);
    }

    /// Splits flows with one head by the speed at which each can go, slowest first.
    fn split(&self, head: f64, flows: &[u32], into: &mut Vec<Convoy>) {
        let rides = |flow: u32| self.arrivals[flow as usize].front().is_none_or(|stretch| stretch.1 <= 0.0);
        let mut going: Vec<u32> = flows.iter().copied().filter(|&flow| !rides(flow)).collect();
        going.sort_by(|&a, &b| self.levels[a as usize].total_cmp(&self.levels[b as usize]).then(a.cmp(&b)));
        let first = into.len();
        for flow in going {
            let speed = self.levels[flow as usize];
            match into.get_mut(first..).and_then(<[Convoy]>::last_mut) {
                Some(last) if last.speed == speed => last.flows.push(flow),
                _ => into.push(Convoy { head, speed, flows: vec![flow] }),
            }
        }
        // Members that entered nothing at the head go along with the fastest.
        if let Some(last) = into.get_mut(first..).and_then(<[Convoy]>::last_mut) {
            last.flows.extend(flows.iter().copied().filter(|&flow| rides(flow)));
        }
    }

    /// The next instant at which an arrival rate at a head changes, a convoy reaches the next one, or the present.
    fn foresee(&mut self, now: f64) {
        self.next = None;
        for (index, convoy) in self.convoys.iter().enumerate() {
            let mut consider = |wait: f64, head: f64| {
                let at = now + wait.max(0.0);
                if wait.is_finite() && self.next.is_none_or(|next| at < next.0) {
                    self.next = Some((at, index, head));
                }
            };
            let stretch_ends = convoy.flows.iter().filter_map(|&flow| self.arrivals[flow as usize].get(1)).map(|stretch| stretch.0);
            let end = stretch_ends.fold(f64::INFINITY, f64::min);
            if convoy.speed > 0.0 {
                consider((end - convoy.head) / convoy.speed, end);
            }
            if let Some(younger) = self.convoys.get(index + 1)
                && convoy.speed > younger.speed
            {
                let wait = (younger.head - convoy.head) / (convoy.speed - younger.speed);
                consider(wait, younger.head + younger.speed * wait);
            }
            if convoy.speed > 1.0 {
                let wait = (now - convoy.head) / (convoy.speed - 1.0);
                consider(wait, now + wait);
            }
        }
    }
}

impl Convoy {
    /// Drops the stretches that the head has passed, and moves it over time in which no member entered anything.
    fn leap(&mut self, arrivals: &mut [VecDeque<(f64, f64)>], now: f64) {
        loop {
            for &flow in &self.flows {
                let stretches = &mut arrivals[flow as usize];
                while stretches.get(1).is_some_and(|next| next.0 <= self.head + same(now)) {
                    stretches.pop_front();
                }
            }
            if self.head >= now || self.flows.iter().any(|&flow| arrivals[flow as usize].front().is_some_and(|stretch| stretch.1 > 0.0)) {
                return;
            }
            let next = self.flows.iter().filter_map(|&flow| arrivals[flow as usize].get(1)).map(|stretch| stretch.0);
            self.head = next.fold(now, f64::min);
        }
    }
}

impl Work {
    /// Serves flows with one head from the room that is left: all at one level, the share of their `weights`, up to `most`.
    fn serve(&mut self, filler: &mut Filler, flows: &[u32], most: f64, asked: &mut Asked, levels: &mut [f64]) {
        let outward = &asked.spec.outward;
        let bound = |flow: usize, weight: f64| if weight > 0.0 { (asked.own[flow] / weight).min(most) } else { 0.0 };
        if let &[flow] = flows {
            let index = flow as usize;
            let weight = self.weights[index];
            let (mut level, mut stopped) = (bound(index, weight), Stopped::Bound);
            for &(ceiling, share) in outward.above(flow) {
                let room = (self.room[ceiling as usize] / (share * weight)).max(0.0);
                if weight > 0.0 && room < level {
                    (level, stopped) = (room, Stopped::Ceiling(ceiling));
                }
            }
            (self.levels[index], self.stopped[index]) = (level, stopped);
        } else {
            self.bounds.fill(0.0);
            for &flow in flows {
                self.bounds[flow as usize] = bound(flow as usize, self.weights[flow as usize]);
            }
            let (weights, bounds) = (&self.weights, &self.bounds);
            self.scaled.reweigh(outward, |flow| if bounds[flow as usize] > 0.0 { weights[flow as usize] } else { 0.0 });
            filler.fill(&self.bounds, &self.scaled, &self.room, &mut self.levels, &mut self.stopped);
        }
        for &flow in flows {
            let index = flow as usize;
            levels[index] = self.levels[index];
            asked.rates[index] = self.weights[index] * self.levels[index];
            asked.stopped[index] = self.stopped[index];
            for &(ceiling, share) in outward.above(flow) {
                let room = &mut self.room[ceiling as usize];
                *room = (*room - share * asked.rates[index]).max(0.0);
            }
        }
    }
}
