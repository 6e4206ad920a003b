//! What one choice of recovery point loses: sums by VM, the law of the fleet's sum, and the markers on their way.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use crate::observe::{LawBuilder, PieceHistogram};
use crate::results::Law;

/// Sums by VM for one choice, each in a row of its own: they are walked through for every VM at every epoch.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    area: Vec<f64>,
    time: Vec<f64>,
    max: Vec<f64>,
    max_at: Vec<f64>,
}

impl Sums {
    pub fn new(vms: usize) -> Self {
        let zeros = vec![0.0; vms];
        Sums { area: zeros.clone(), time: zeros.clone(), max: zeros.clone(), max_at: zeros }
    }

    /// A VM loses from `a` to `b` for `dt` seconds from `t0` on.
    #[inline]
    pub fn add(&mut self, vm: usize, t0: f64, dt: f64, a: f64, b: f64) {
        self.area[vm] += 0.5 * (a + b) * dt;
        self.time[vm] += dt;
        let (top, at) = if b >= a { (b, t0 + dt) } else { (a, t0) };
        if top > self.max[vm] {
            (self.max[vm], self.max_at[vm]) = (top, at);
        }
    }

    /// A VM's loss rises over each of two stretches that meet at `at`, where it leaps to a newer state; it never falls otherwise.
    #[inline]
    pub fn add_leaping(&mut self, vm: usize, (t0, at, t1): (f64, f64, f64), before: (f64, f64), after: (f64, f64)) {
        self.area[vm] += 0.5 * ((before.0 + before.1) * (at - t0) + (after.0 + after.1) * (t1 - at));
        self.time[vm] += t1 - t0;
        let (top, when) = if after.1 > before.1 { (after.1, t1) } else { (before.1, at) };
        if top > self.max[vm] {
            (self.max[vm], self.max_at[vm]) = (top, when);
        }
    }

    /// The law of what some VMs lose, without quantiles.
    pub fn law(&self, vms: Range<usize>) -> Law {
        let mut law = Law::default();
        let mut area = 0.0;
        for vm in vms {
            area += self.area[vm];
            law.observed_s += self.time[vm];
            if self.max[vm] > law.max {
                (law.max, law.max_at_s) = (self.max[vm], self.max_at[vm]);
            }
        }
        law.mean = if law.observed_s > 0.0 { area / law.observed_s } else { 0.0 };
        law
    }
}

/// A marker on its way, and the VMs that take it all at one time.
#[derive(Clone, Debug)]
pub(super) struct Coming {
    /// When they leap \[s\].
    pub at: f64,
    /// What each VM had written.
    pub row: Rc<[f64]>,
    /// Whether a VM takes it with all others.
    pub takes: Vec<bool>,
}

/// One choice over the fleet.
pub(super) struct ByChoice {
    /// Bytes written at the state that would be recovered, by VM; NaN while there is none.
    pub star: Vec<f64>,
    /// Markers on their way, in order of time.
    pub coming: VecDeque<Coming>,
    pub sums: Sums,
    /// Quantiles over all VMs, if wanted: with thousands of VM-buckets of all sizes this table is what costs most.
    pub pooled: Option<PieceHistogram>,
    pub fleet: LawBuilder,
    /// Quantiles by VM, if wanted.
    pub own: Option<Vec<LawBuilder>>,
}

impl ByChoice {
    /// With a state to recover from the start on if `protected`; with quantiles by VM and over all if `quantiles`.
    pub fn new(vms: usize, protected: bool, quantiles: bool) -> Self {
        ByChoice {
            star: vec![if protected { 0.0 } else { f64::NAN }; vms],
            coming: VecDeque::new(),
            sums: Sums::new(vms),
            pooled: quantiles.then(PieceHistogram::new),
            fleet: LawBuilder::new().with_histogram(),
            own: quantiles.then(|| vec![LawBuilder::new().with_histogram(); vms]),
        }
    }

    /// A VM loses from `a` to `b` for `dt` seconds.
    #[inline]
    pub fn tell(&mut self, vm: usize, t0: f64, dt: f64, a: f64, b: f64) {
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
