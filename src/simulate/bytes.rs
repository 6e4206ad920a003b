//! Watches loss in bytes: what each VM has written since the state that a disaster now would recover, for each choice of recovery point.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::observe::{LawBuilder, PieceHistogram, Stretch};
use crate::results::{BytesLoss, Choice, Law};
use crate::simulate::points::Arrival;

/// Choices that recover to a marker, in the order of the tables here.
const MARKED: [Choice; 3] = [Choice::LatestMarker, Choice::LatestProcessed, Choice::LatestApp];

/// Why a VM's losses are not counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unseen {
    /// Its record has an excluded gap.
    pub excluded: bool,
    /// It has no recovery point.
    pub unprotected: bool,
}

/// Sums of one VM for one choice.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    area: f64,
    time: f64,
    max: f64,
    max_at: f64,
}

impl Sums {
    fn add(&mut self, t0: f64, dt: f64, a: f64, b: f64) {
        self.area += 0.5 * (a + b) * dt;
        self.time += dt;
        if b > self.max {
            (self.max, self.max_at) = (b, t0 + dt);
        }
        if a > self.max {
            (self.max, self.max_at) = (a, t0);
        }
    }
}

/// One choice over the fleet.
struct ByChoice {
    /// Bytes written at the state that would be recovered, by VM; NaN while there is none.
    star: Vec<f64>,
    sums: Vec<Sums>,
    /// Quantiles over all VMs, if wanted: with thousands of VM-buckets of all sizes this table is what costs most.
    pooled: Option<PieceHistogram>,
    fleet: LawBuilder,
    /// Quantiles by VM, if wanted.
    own: Option<Vec<LawBuilder>>,
}

/// Loss in bytes.
pub(super) struct Bytes {
    wanted: bool,
    delay: f64,
    /// Written so far, by VM.
    pub written: Vec<f64>,
    /// Writing now, by VM \[bytes/s\].
    pub rate: Vec<f64>,
    /// Rate in the epoch before, by VM.
    before: Vec<f64>,
    choices: Vec<ByChoice>,
    byte: ByChoice,
    /// Future leaps of followed VMs: (observed time, choice, bytes at the new state), in order of time, by VM.
    leaps: Vec<VecDeque<(f64, u8, f64)>>,
    /// Written curve of VMs that wait: (time, written), by VM.
    history: Vec<VecDeque<(f64, f64)>>,
    /// Leaps of the fleet's sum within an epoch: (time, step, change of slope).
    fleet_leaps: Vec<(f64, f64, f64)>,
}

impl Bytes {
    pub fn new(vms: usize, delay: f64, wanted: bool, quantiles: bool, protected: bool, app: bool) -> Self {
        let choice = |exists: bool| ByChoice {
            star: vec![if exists && protected { 0.0 } else { f64::NAN }; vms],
            sums: vec![Sums::default(); vms],
            pooled: quantiles.then(PieceHistogram::new),
            fleet: LawBuilder::new().with_histogram(),
            own: quantiles.then(|| vec![LawBuilder::new().with_histogram(); vms]),
        };
        Bytes {
            wanted,
            delay,
            written: vec![0.0; vms],
            rate: vec![0.0; vms],
            before: vec![0.0; vms],
            choices: vec![choice(true), choice(true), choice(app)],
            byte: choice(true),
            leaps: vec![VecDeque::new(); vms],
            history: vec![VecDeque::new(); vms],
            fleet_leaps: Vec::new(),
        }
    }

    /// A marker of a followed VM has landed and will be available.
    pub fn arrive(&mut self, arrival: &Arrival) {
        if !self.wanted {
            return;
        }
        let queue = &mut self.leaps[arrival.vm as usize];
        let mut insert = |at: f64, choice: u8| {
            let place = queue.partition_point(|leap| leap.0 <= at);
            queue.insert(place, (at, choice, arrival.written));
        };
        insert(arrival.landed, 0);
        insert(arrival.available, 1);
        if arrival.app {
            insert(arrival.available, 2);
        }
    }

    /// A marker of the regular VMs has landed (choice 0) or become available (1, and 2 if app-consistent).
    pub fn arrive_regular(&mut self, choice: usize, row: &Rc<[f64]>, regular: impl Fn(u32) -> bool) {
        let star = &mut self.choices[choice].star;
        for (vm, (star, &written)) in star.iter_mut().zip(row.iter()).enumerate() {
            if regular(vm as u32) {
                *star = written;
            }
        }
    }

    /// Lets an epoch pass. `functions` gives the lag function of VMs that wait (in time of departure); `unseen` says whose losses are not counted.
    pub fn pass<'a>(&mut self, t0: f64, t1: f64, dirty: &[u32], function: impl Fn(u32) -> &'a [Stretch], unseen: impl Fn(u32) -> Unseen) {
        let dt = t1 - t0;
        if self.wanted && dt > 0.0 {
            for choice in 0..MARKED.len() {
                self.pass_marked(choice, t0, t1, &unseen);
            }
            self.apply_leaps(t1);
            self.pass_byte(t0, t1, dirty, &function, &unseen);
        }
        for (written, rate) in self.written.iter_mut().zip(&self.rate) {
            *written += rate * dt;
        }
        self.before.copy_from_slice(&self.rate);
    }

    /// One choice over an epoch; leaps inside it are looked at, not taken.
    fn pass_marked(&mut self, choice: usize, t0: f64, t1: f64, unseen: &impl Fn(u32) -> Unseen) {
        let ByChoice { star, sums, pooled, fleet, own } = &mut self.choices[choice];
        let (mut base, mut slope, mut counted) = (0.0, 0.0, 0u32);
        self.fleet_leaps.clear();
        for vm in 0..star.len() {
            if unseen(vm as u32).excluded {
                continue;
            }
            let mut state = star[vm];
            let (written, rate) = (self.written[vm], self.rate[vm]);
            let mut from = t0;
            if !state.is_nan() {
                base += written - state;
                slope += rate;
                counted += 1;
            }
            let mut tell = |from: f64, to: f64, state: f64| {
                if to > from && !state.is_nan() {
                    let (a, b) = ((written - state + rate * (from - t0)).max(0.0), (written - state + rate * (to - t0)).max(0.0));
                    sums[vm].add(from, to - from, a, b);
                    if let Some(pooled) = pooled {
                        pooled.add_piece(a, b, to - from);
                    }
                    if let Some(own) = own {
                        own[vm].add(from, to - from, a, b);
                    }
                }
            };
            for &(at, which, new) in &self.leaps[vm] {
                if at > t1 {
                    break;
                }
                if usize::from(which) == choice {
                    tell(from, at.max(from), state);
                    from = at.max(from);
                    let joins = state.is_nan();
                    let step = if joins { written + rate * (from - t0) - new } else { state - new };
                    self.fleet_leaps.push((from, step, if joins { rate } else { 0.0 }));
                    counted += u32::from(joins);
                    state = new;
                }
            }
            tell(from, t1, state);
        }
        if counted == 0 {
            return;
        }
        self.fleet_leaps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut from, mut value) = (t0, base);
        for &(at, step, bend) in self.fleet_leaps.iter().chain([&(t1, 0.0, 0.0)]) {
            let next = value + slope * (at - from);
            fleet.add(from, at - from, value.max(0.0), next.max(0.0));
            (from, value) = (at, next + step);
            slope += bend;
        }
    }

    /// Takes the leaps of the epoch.
    fn apply_leaps(&mut self, t1: f64) {
        for (vm, queue) in self.leaps.iter_mut().enumerate() {
            while let Some(&(at, choice, new)) = queue.front()
                && at <= t1
            {
                self.choices[usize::from(choice)].star[vm] = new;
                queue.pop_front();
            }
        }
    }

    /// Latest, read as the newest landed byte: what was written since the horizon.
    fn pass_byte<'a>(&mut self, t0: f64, t1: f64, dirty: &[u32], function: &impl Fn(u32) -> &'a [Stretch], unseen: &impl Fn(u32) -> Unseen) {
        let (dt, delay) = (t1 - t0, self.delay);
        let ByChoice { sums, pooled, fleet, own, .. } = &mut self.byte;
        let mut tell = |vm: usize, t: f64, dt: f64, a: f64, b: f64| {
            if dt > 0.0 {
                sums[vm].add(t, dt, a, b);
                if let Some(pooled) = pooled {
                    pooled.add_piece(a, b, dt);
                }
                if let Some(own) = own {
                    own[vm].add(t, dt, a, b);
                }
            }
        };
        let (mut flying, mut counted) = (0.0, 0u32);
        let mut waiting: Vec<(f64, f64, f64)> = Vec::new();
        let mut next_dirty = 0;
        for vm in 0..self.written.len() {
            let is_dirty = dirty.get(next_dirty) == Some(&(vm as u32));
            next_dirty += usize::from(is_dirty);
            let Unseen { excluded, unprotected } = unseen(vm as u32);
            let hidden = excluded || unprotected;
            if hidden && !is_dirty {
                continue;
            }
            counted += u32::from(!hidden);
            let (rate, before) = (self.rate[vm], self.before[vm]);
            if !is_dirty {
                self.history[vm].clear();
                flying += rate * delay;
                // What is in flight: the last `delay` seconds of writing.
                let ramp = if rate == before { 0.0 } else { delay.min(dt) };
                tell(vm, t0, ramp, before * delay, before * delay + (rate - before) * ramp);
                tell(vm, t0 + ramp, dt - ramp, rate * delay, rate * delay);
                continue;
            }
            let (history, written) = (&mut self.history[vm], self.written[vm]);
            if history.back().is_none_or(|last| last.0 < t0) {
                history.push_back((t0, written));
            }
            history.push_back((t1, written + rate * dt));
            if hidden {
                continue;
            }
            for s in function(vm as u32) {
                let lost = |t: f64, lag: f64| (written + rate * (t - t0) - written_at(history, t - lag.max(0.0))).max(0.0) + rate * delay;
                let (a, b) = (lost(s.t0, s.v0), lost(s.t1, s.v1));
                tell(vm, s.t0, s.t1 - s.t0, a, b);
                waiting.push((s.t0, a, (b - a) / (s.t1 - s.t0)));
                waiting.push((s.t1, -b, -(b - a) / (s.t1 - s.t0)));
            }
            let horizon = function(vm as u32).last().map_or(t1, |s| s.t1 - s.v1);
            while history.len() > 2 && history[1].0 <= horizon {
                history.pop_front();
            }
        }
        if counted == 0 {
            return;
        }
        waiting.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut from, mut value, mut slope) = (t0, flying, 0.0);
        for &(at, step, bend) in waiting.iter().chain([&(t1, 0.0, 0.0)]) {
            let next = value + slope * (at - from);
            fleet.add(from, at - from, f64::max(value, 0.0), f64::max(next, 0.0));
            (from, value, slope) = (at, next + step, slope + bend);
        }
    }

    /// The laws of one choice.
    pub fn law(&self, choice: Choice) -> BytesLoss {
        let by = self.by(choice);
        let mut pooled = sums_law(by.sums.iter());
        let quantiles = by.pooled.as_ref().and_then(|pooled| pooled.quantiles([0.5, 0.9, 0.95, 0.99]));
        let [p50, p90, p95, p99] = quantiles.map_or([None; 4], |q| q.map(Some));
        (pooled.p50, pooled.p90, pooled.p95, pooled.p99) = (p50, p90, p95, p99);
        BytesLoss { fleet_bytes: by.fleet.finish(), pooled }
    }

    /// The law of one VM for one choice.
    pub fn vm_law(&self, choice: Choice, vm: usize) -> Law {
        let by = self.by(choice);
        by.own.as_ref().map_or_else(|| sums_law([&by.sums[vm]].into_iter()), |own| own[vm].finish())
    }

    /// Histogram over the fleet's sum, for curves.
    pub fn fleet_histogram(&self, choice: Choice) -> Option<&PieceHistogram> {
        self.by(choice).fleet.histogram()
    }

    fn by(&self, choice: Choice) -> &ByChoice {
        match MARKED.iter().position(|&marked| marked == choice) {
            Some(place) => &self.choices[place],
            None => &self.byte,
        }
    }
}

fn sums_law<'a>(sums: impl Iterator<Item = &'a Sums>) -> Law {
    let mut law = Law::default();
    let mut area = 0.0;
    for s in sums {
        area += s.area;
        law.observed_s += s.time;
        if s.max > law.max {
            (law.max, law.max_at_s) = (s.max, s.max_at);
        }
    }
    law.mean = if law.observed_s > 0.0 { area / law.observed_s } else { 0.0 };
    law
}

/// The written curve at `t`, straight between its known points.
fn written_at(history: &VecDeque<(f64, f64)>, t: f64) -> f64 {
    let next = history.partition_point(|point| point.0 <= t);
    match (next.checked_sub(1).and_then(|at| history.get(at)), history.get(next)) {
        (Some(&(t0, w0)), Some(&(t1, w1))) => w0 + (w1 - w0) * ((t - t0) / (t1 - t0)),
        (Some(&(_, w)), None) | (None, Some(&(_, w))) => w,
        (None, None) => 0.0,
    }
}
