//! Simulates every month, side by side.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::experiment::gather::Gathered;
use crate::experiment::grown::grow;
use crate::experiment::outlook::growth::Growth;
use crate::experiment::outlook::measures::{MEASURES, View, disks_over, vms_over};
use crate::experiment::outlook::record::{MonthResult, date_after};
use crate::experiment::outlook::servers::{Band, machines_share, need};
use crate::model::World;
use crate::results::Results;
use crate::simulate;
use crate::stats::Fraction;

/// What is simulated.
pub struct Ahead<'a> {
    /// The scenario as it is now.
    pub world: &'a World,
    /// How fast all churn grows.
    pub growth: Growth,
    /// Months from now on, besides the one that it is.
    pub months: u32,
    /// Runs of each month, where something is random.
    pub runs: u64,
    /// Confidence of the intervals.
    pub level: Fraction,
    /// Share of the time for which a disk's churn may be above its limit \[1\].
    pub above_allowed: f64,
    /// Documented sizes of process servers.
    pub bands: &'a [Band],
}

/// It was interrupted, and not all months are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// The world with all churn multiplied: what the patterns and records write, and what loads add; a load that multiplies does so in any month. What only plots and
/// tables of a single run need is not recorded.
pub fn grown(world: &World, factor: f64) -> World {
    let mut world = World { output: lean(world), ..world.clone() };
    grow(&mut world, factor);
    world
}

fn lean(world: &World) -> crate::model::OutputPlan {
    // A round trip goes back to the points held.
    let points = world.output.points && world.journey.is_some();
    crate::model::OutputPlan {
        series_every: None,
        vm_quantiles: false,
        loss_bytes: false,
        events: false,
        points,
        ages: true,
        unit_lags: true,
        curves: false,
        one_queue: false,
    }
}

/// Simulates months 0 to `months`, in parallel, and returns them in order with the record of the first; `done` is told after each run.
///
/// # Errors
/// [`Interrupted`] if `stop` was set before all were done.
pub fn ahead(of: &Ahead<'_>, stop: &AtomicBool, done: &(dyn Fn() + Sync)) -> Result<(Results, Vec<MonthResult>), Interrupted> {
    let found: Vec<Option<(Option<Results>, MonthResult)>> = (0..of.months + 1).into_par_iter().map(|month| of.month(month, stop, done)).collect();
    let mut first = None;
    let mut months = Vec::with_capacity(found.len());
    for month in found {
        let (results, month) = month.ok_or(Interrupted)?;
        first = first.or(results);
        months.push(month);
    }
    Ok((first.ok_or(Interrupted)?, months))
}

impl Ahead<'_> {
    /// One month; the whole record only of the first. `None` if it was interrupted.
    fn month(&self, month: u32, stop: &AtomicBool, done: &(dyn Fn() + Sync)) -> Option<(Option<Results>, MonthResult)> {
        let factor = self.growth.factor(month);
        let world = grown(self.world, factor);
        let mut gathered = Gathered::new(MEASURES.iter().map(super::Measure::figure).collect(), self.runs);
        let mut kept = None;
        let (mut disks, mut vms) = (Vec::new(), Vec::new());
        for number in 0..self.runs.max(1) {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let (output, laws) = simulate::run_with_laws(&world, number, &mut |_| ());
            let results = output.results;
            let view = View { world: &world, results: &results, above_allowed: self.above_allowed };
            gathered.add(MEASURES.iter().map(|measure| measure.of(&view)).collect(), &laws);
            done();
            if number > 0 {
                continue;
            }
            disks = disks_over(&view).into_iter().map(str::to_owned).collect();
            vms = vms_over(&view).into_iter().map(str::to_owned).collect();
            let random = results.checks.random_streams > 0;
            kept = (month == 0).then_some(results);
            // Nothing is random: the others would be the same.
            if !random {
                break;
            }
        }
        Some((kept, self.result(month, factor, &world, &gathered, disks, vms)))
    }

    fn result(&self, month: u32, factor: f64, world: &World, gathered: &Gathered, disks_over: Vec<String>, vms_over: Vec<String>) -> MonthResult {
        let runs = gathered.runs();
        let (mut values, mut low, mut high) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (number, measure) in MEASURES.iter().enumerate() {
            let key = measure.key.to_owned();
            // Of one run the record has the figure; putting its law together again would only round it.
            if runs == 1 {
                values.insert(key, gathered.values(number).first().copied());
                continue;
            }
            let found = gathered.estimate(number, self.level);
            values.insert(key.clone(), found.as_ref().map(|interval| interval.estimate));
            low.insert(key.clone(), found.as_ref().and_then(|interval| interval.low));
            high.insert(key, found.as_ref().and_then(|interval| interval.high));
        }
        values.insert("server_machines_share".to_owned(), machines_share(world, self.bands));
        let value = |key: &str| values.get(key).copied().flatten();
        let needs = need(world, self.bands, value("servers_for_largest_day").unwrap_or(0.0), value("cache_peak_bytes"));
        let date = date_after(self.world.start, month);
        MonthResult { month, date, factor, runs: runs as u64, values, low, high, disks_over, vms_over, needs }
    }
}
