//! Watches loss in bytes: what each VM has written since the state that a disaster now would recover, for each choice of recovery point.
//!
//! `choice` holds the sums of one choice, `marked` lets time pass for the choices that recover to a marker, `landed` for the newest landed byte.

mod choice;
mod landed;
mod marked;

use std::collections::VecDeque;
use std::rc::Rc;

use crate::observe::{PieceHistogram, Stretch};
use crate::results::{BytesLoss, Choice, Law};
use crate::simulate::bytes::choice::{ByChoice, Coming};
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
    /// When the first of them is due \[s\], by VM; infinite if there is none.
    next_leap: Vec<f64>,
    /// Written curve of VMs that wait: (time, written), by VM.
    history: Vec<VecDeque<(f64, f64)>>,
    /// Leaps of the fleet's sum within an epoch: (time, step, change of slope).
    fleet_leaps: Vec<(f64, f64, f64)>,
}

impl Bytes {
    pub fn new(vms: usize, delay: f64, wanted: bool, quantiles: bool, protected: bool, app: bool) -> Self {
        let choice = |exists: bool| ByChoice::new(vms, exists && protected, quantiles);
        Bytes {
            wanted,
            delay,
            written: vec![0.0; vms],
            rate: vec![0.0; vms],
            before: vec![0.0; vms],
            choices: vec![choice(true), choice(true), choice(app)],
            byte: choice(true),
            leaps: vec![VecDeque::new(); vms],
            next_leap: vec![f64::INFINITY; vms],
            history: vec![VecDeque::new(); vms],
            fleet_leaps: Vec::new(),
        }
    }

    /// A marker is issued, of which each VM had written what `row` says. It will land and become available at these times \[s\] (for the choice of
    /// app-consistent points too if `app`) on all VMs that nothing holds up: those for which `follows` is false, and those that
    /// [`arrive`](Self::arrive) at these times.
    pub fn announce(&mut self, row: &Rc<[f64]>, landed: f64, available: f64, app: bool, follows: impl Fn(usize) -> bool) {
        if self.wanted {
            let takes: Vec<bool> = (0..row.len()).map(|vm| !follows(vm)).collect();
            let times = [Some(landed), Some(available), app.then_some(available)];
            for (choice, at) in self.choices.iter_mut().zip(times) {
                choice.coming.extend(at.map(|at| Coming { at, row: row.clone(), takes: takes.clone() }));
            }
        }
    }

    /// A marker of a followed VM has landed and will be available.
    pub fn arrive(&mut self, arrival: &Arrival) {
        if !self.wanted {
            return;
        }
        let vm = arrival.vm as usize;
        let times = [Some(arrival.landed), Some(arrival.available), arrival.app.then_some(arrival.available)];
        for (choice, at) in times.into_iter().enumerate() {
            let Some(at) = at else { continue };
            // With all others, if nothing holds it up.
            match self.choices[choice].coming.back_mut().filter(|coming| coming.at == at && coming.row[vm] == arrival.written) {
                Some(coming) => coming.takes[vm] = true,
                None => {
                    let queue = &mut self.leaps[vm];
                    let place = queue.partition_point(|leap| leap.0 <= at);
                    queue.insert(place, (at, choice as u8, arrival.written));
                    self.next_leap[vm] = queue[0].0;
                }
            }
        }
    }

    /// Lets an epoch pass. `functions` gives the lag function of VMs that wait (in time of departure); `unseen` says whose losses are not counted, if there
    /// are any such VMs.
    pub fn pass<'a>(&mut self, (t0, t1): (f64, f64), dirty: &[u32], function: impl Fn(u32) -> &'a [Stretch], unseen: Option<&dyn Fn(u32) -> Unseen>) {
        let dt = t1 - t0;
        if self.wanted && dt > 0.0 {
            for choice in 0..MARKED.len() {
                self.pass_marked(choice, t0, t1, unseen);
            }
            self.forget_leaps(t1);
            self.pass_byte(t0, t1, dirty, &function, unseen);
        }
        for (written, rate) in self.written.iter_mut().zip(&self.rate) {
            *written += rate * dt;
        }
        self.before.copy_from_slice(&self.rate);
    }

    /// The leaps of the epoch have been taken.
    fn forget_leaps(&mut self, t1: f64) {
        for (next, queue) in self.next_leap.iter_mut().zip(&mut self.leaps) {
            if *next <= t1 {
                while queue.front().is_some_and(|leap| leap.0 <= t1) {
                    queue.pop_front();
                }
                *next = queue.front().map_or(f64::INFINITY, |leap| leap.0);
            }
        }
    }

    /// A VM has no state to recover any more.
    pub fn forget(&mut self, vm: usize) {
        self.leaps[vm].clear();
        self.next_leap[vm] = f64::INFINITY;
        self.history[vm].clear();
        for choice in &mut self.choices {
            choice.star[vm] = f64::NAN;
            choice.coming.iter_mut().for_each(|coming| coming.takes[vm] = false);
        }
    }

    /// The laws of one choice.
    pub fn law(&self, choice: Choice) -> BytesLoss {
        let by = self.by(choice);
        let mut pooled = by.sums.law(0..by.star.len());
        let quantiles = by.pooled.as_ref().and_then(|pooled| pooled.quantiles([0.5, 0.9, 0.95, 0.99]));
        let [p50, p90, p95, p99] = quantiles.map_or([None; 4], |q| q.map(Some));
        (pooled.p50, pooled.p90, pooled.p95, pooled.p99) = (p50, p90, p95, p99);
        BytesLoss { fleet_bytes: by.fleet.finish(), pooled }
    }

    /// The law of one VM for one choice.
    pub fn vm_law(&self, choice: Choice, vm: usize) -> Law {
        let by = self.by(choice);
        by.own.as_ref().map_or_else(|| by.sums.law(vm..vm + 1), |own| own[vm].finish())
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
