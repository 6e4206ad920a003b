//! Watches loss in bytes: what each VM has written since the state that a disaster now would recover, for each choice of recovery point.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use crate::observe::{LawBuilder, PieceHistogram, Stretch};
use crate::results::{BytesLoss, Choice, Law};
use crate::simulate::points::Arrival;

/// Choices that recover to a marker, in the order of the tables here.
const MARKED: [Choice; 3] = [Choice::LatestMarker, Choice::LatestProcessed, Choice::LatestApp];

/// Why a VM's losses are not counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unseen {
    /// Its record has an excluded gap.
    pub excluded: bool,
    /// It has no recovery point.
    pub unprotected: bool,
}

/// Sums by VM for one choice, each in a row of its own: they are walked through for every VM at every epoch.
#[derive(Clone, Debug)]
struct Sums {
    area: Vec<f64>,
    time: Vec<f64>,
    max: Vec<f64>,
    max_at: Vec<f64>,
}

impl Sums {
    fn new(vms: usize) -> Self {
        let zeros = vec![0.0; vms];
        Sums { area: zeros.clone(), time: zeros.clone(), max: zeros.clone(), max_at: zeros }
    }

    #[inline]
    fn add(&mut self, vm: usize, t0: f64, dt: f64, a: f64, b: f64) {
        self.area[vm] += 0.5 * (a + b) * dt;
        self.time[vm] += dt;
        let (top, at) = if b >= a { (b, t0 + dt) } else { (a, t0) };
        if top > self.max[vm] {
            (self.max[vm], self.max_at[vm]) = (top, at);
        }
    }
}

/// A marker of the regular VMs on its way: when it leaps \[s\], its tick, and what each VM had written.
type Coming = (f64, u32, Rc<[f64]>);

/// One choice over the fleet.
struct ByChoice {
    /// Bytes written at the state that would be recovered, by VM; NaN while there is none.
    star: Vec<f64>,
    /// Future leaps that all regular VMs take alike, in order of time.
    coming: VecDeque<Coming>,
    sums: Sums,
    /// Quantiles over all VMs, if wanted: with thousands of VM-buckets of all sizes this table is what costs most.
    pooled: Option<PieceHistogram>,
    fleet: LawBuilder,
    /// Quantiles by VM, if wanted.
    own: Option<Vec<LawBuilder>>,
}

impl ByChoice {
    /// A VM loses from `a` to `b` for `dt` seconds.
    #[inline]
    fn tell(&mut self, vm: usize, t0: f64, dt: f64, a: f64, b: f64) {
        if dt > 0.0 {
            self.sums.add(vm, t0, dt, a, b);
            if self.pooled.is_some() {
                self.tell_quantiles(vm, t0, dt, a, b);
            }
        }
    }

    #[cold]
    fn tell_quantiles(&mut self, vm: usize, t0: f64, dt: f64, a: f64, b: f64) {
        if let Some(pooled) = &mut self.pooled {
            pooled.add_piece(a, b, dt);
        }
        if let Some(own) = &mut self.own {
            own[vm].add(t0, dt, a, b);
        }
    }
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
            coming: VecDeque::new(),
            sums: Sums::new(vms),
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

    /// A marker of the regular VMs, with what each had written, will land and become available (for the choice of app-consistent points too if `app`).
    pub fn announce(&mut self, tick: u32, row: &Rc<[f64]>, landed: f64, available: f64, app: bool) {
        if self.wanted {
            self.choices[0].coming.push_back((landed, tick, row.clone()));
            self.choices[1].coming.push_back((available, tick, row.clone()));
            if app {
                self.choices[2].coming.push_back((available, tick, row.clone()));
            }
        }
    }

    /// Lets an epoch pass. `functions` gives the lag function of VMs that wait (in time of departure); `unseen` says whose losses are not counted, if there
    /// are any such VMs; `regular_until` is, by VM, the last tick that it takes with all others.
    pub fn pass<'a>(
        &mut self,
        (t0, t1): (f64, f64),
        dirty: &[u32],
        function: impl Fn(u32) -> &'a [Stretch],
        unseen: Option<&dyn Fn(u32) -> Unseen>,
        regular_until: &[u32],
    ) {
        let dt = t1 - t0;
        if self.wanted && dt > 0.0 {
            for choice in 0..MARKED.len() {
                self.pass_marked(choice, t0, t1, unseen, regular_until);
            }
            self.apply_leaps(t1);
            self.pass_byte(t0, t1, dirty, &function, unseen);
        }
        for (written, rate) in self.written.iter_mut().zip(&self.rate) {
            *written += rate * dt;
        }
        self.before.copy_from_slice(&self.rate);
    }

    /// One choice over an epoch; its leaps inside it are taken, except for those of followed VMs, which stay in their queues.
    fn pass_marked(&mut self, choice: usize, t0: f64, t1: f64, unseen: Option<&dyn Fn(u32) -> Unseen>, regular_until: &[u32]) {
        let by = &mut self.choices[choice];
        let (mut base, mut slope, mut counted) = (0.0, 0.0, 0u32);
        self.fleet_leaps.clear();
        let common = by.coming.partition_point(|coming| coming.0 <= t1);
        let coming: Vec<Coming> = by.coming.drain(..common).collect();
        // What the regular VMs' leaps add to the fleet's sum.
        let mut together = vec![(0.0, 0.0); common];
        for vm in 0..by.star.len() {
            let hidden = unseen.is_some_and(|unseen| unseen(vm as u32).excluded);
            let mut state = by.star[vm];
            let (written, rate) = (self.written[vm], self.rate[vm]);
            let mut from = t0;
            if !hidden && !state.is_nan() {
                base += written - state;
                slope += rate;
                counted += 1;
            }
            let lost = |at: f64, state: f64| (written - state + rate * (at - t0)).max(0.0);
            for ((at, tick, row), sum) in coming.iter().zip(&mut together) {
                if *tick > regular_until[vm] {
                    break;
                }
                let (at, new) = (at.max(t0), row[vm]);
                if !hidden {
                    if state.is_nan() {
                        sum.0 += written + rate * (at - t0) - new;
                        sum.1 += rate;
                        counted += 1;
                    } else {
                        sum.0 += state - new;
                        let (a, b) = (lost(from, state), lost(at, state));
                        by.tell(vm, from, at - from, a, b);
                    }
                }
                (from, state) = (at, new);
            }
            by.star[vm] = state;
            if hidden {
                continue;
            }
            for &(at, which, new) in &self.leaps[vm] {
                if at > t1 {
                    break;
                }
                if usize::from(which) == choice {
                    let at = at.max(from);
                    if state.is_nan() {
                        self.fleet_leaps.push((at, written + rate * (at - t0) - new, rate));
                        counted += 1;
                    } else {
                        self.fleet_leaps.push((at, state - new, 0.0));
                        let (a, b) = (lost(from, state), lost(at, state));
                        by.tell(vm, from, at - from, a, b);
                    }
                    (from, state) = (at, new);
                }
            }
            if !state.is_nan() {
                let (a, b) = (lost(from, state), lost(t1, state));
                by.tell(vm, from, t1 - from, a, b);
            }
        }
        self.fleet_leaps.extend(coming.iter().zip(together).map(|(coming, (step, bend))| (coming.0.max(t0), step, bend)));
        if counted == 0 {
            return;
        }
        self.fleet_leaps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut from, mut value) = (t0, base);
        for &(at, step, bend) in self.fleet_leaps.iter().chain([&(t1, 0.0, 0.0)]) {
            let next = value + slope * (at - from);
            by.fleet.add(from, at - from, value.max(0.0), next.max(0.0));
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
    fn pass_byte<'a>(
        &mut self,
        t0: f64,
        t1: f64,
        dirty: &[u32],
        function: &impl Fn(u32) -> &'a [Stretch],
        unseen: Option<&dyn Fn(u32) -> Unseen>,
    ) {
        let (dt, delay) = (t1 - t0, self.delay);
        let by = &mut self.byte;
        let (mut flying, mut counted) = (0.0, 0u32);
        let mut waiting: Vec<(f64, f64, f64)> = Vec::new();
        let mut next_dirty = 0;
        for vm in 0..self.written.len() {
            let is_dirty = dirty.get(next_dirty) == Some(&(vm as u32));
            next_dirty += usize::from(is_dirty);
            let Unseen { excluded, unprotected } = unseen.map_or_else(Unseen::default, |unseen| unseen(vm as u32));
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
                by.tell(vm, t0, ramp, before * delay, before * delay + (rate - before) * ramp);
                by.tell(vm, t0 + ramp, dt - ramp, rate * delay, rate * delay);
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
                by.tell(vm, s.t0, s.t1 - s.t0, a, b);
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
            by.fleet.add(from, at - from, f64::max(value, 0.0), f64::max(next, 0.0));
            (from, value, slope) = (at, next + step, slope + bend);
        }
    }

    /// The laws of one choice.
    pub fn law(&self, choice: Choice) -> BytesLoss {
        let by = self.by(choice);
        let mut pooled = sums_law(&by.sums, 0..by.star.len());
        let quantiles = by.pooled.as_ref().and_then(|pooled| pooled.quantiles([0.5, 0.9, 0.95, 0.99]));
        let [p50, p90, p95, p99] = quantiles.map_or([None; 4], |q| q.map(Some));
        (pooled.p50, pooled.p90, pooled.p95, pooled.p99) = (p50, p90, p95, p99);
        BytesLoss { fleet_bytes: by.fleet.finish(), pooled }
    }

    /// The law of one VM for one choice.
    pub fn vm_law(&self, choice: Choice, vm: usize) -> Law {
        let by = self.by(choice);
        by.own.as_ref().map_or_else(|| sums_law(&by.sums, vm..vm + 1), |own| own[vm].finish())
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

fn sums_law(sums: &Sums, vms: Range<usize>) -> Law {
    let mut law = Law::default();
    let mut area = 0.0;
    for vm in vms {
        area += sums.area[vm];
        law.observed_s += sums.time[vm];
        if sums.max[vm] > law.max {
            (law.max, law.max_at_s) = (sums.max[vm], sums.max_at[vm]);
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
