//! What a machine is recovered to, and what that costs: for the choice that is taken and for the others.

use crate::model::{PointChoice, World};
use crate::results::{Choice, ChoiceLoss, FailoverSummary, FleetChoiceLoss};
use crate::simulate::journey::{Journey, since};
use crate::simulate::recoverable::Until;
use crate::simulate::run::Run;

/// The source times that one machine may be recovered to \[s\].
#[derive(Clone, Debug, Default)]
pub(super) struct Recovered {
    pub byte: Option<f64>,
    pub marker: Option<f64>,
    pub processed: Option<f64>,
    pub app: Option<f64>,
    /// The one that is taken, and when it is available.
    pub taken: Option<(f64, f64)>,
    /// Another than the one asked for had to be taken.
    pub instead: bool,
    /// The one asked for is older than a change of the tier, and cannot be used.
    pub too_old: bool,
}

/// What the choices cost one machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    pub by_choice: Vec<ChoiceLoss>,
    pub loss_s: f64,
    pub loss_bytes: f64,
    /// By disk: written beyond the point that was taken \[written bytes\].
    pub beyond: Vec<f64>,
}

/// Looks at one leg for what a machine may be recovered to; `strike` is the disaster's instant \[s\].
pub(super) fn recoverable(leg: &mut Run<'_>, world: &World, vm: u32, choice: PointChoice, until: Until, strike: f64) -> Recovered {
    let corrupt = until.clean < until.landed;
    let marker = leg.newest_landed(vm, until);
    let processed = leg.newest_available(vm, until, false);
    let app = leg.newest_available(vm, until, true);
    let byte = if corrupt { None } else { leg.newest_byte(vm) };
    let group = world.vms[vm as usize].group.map(|group| group.0 as usize);
    let now = |point: f64| (point, until.landed);
    let asked = match choice {
        PointChoice::Latest => marker,
        PointChoice::LatestProcessed => processed.map(now),
        PointChoice::LatestApp => app.map(now),
        PointChoice::MultiVm => match group {
            Some(group) => leg.newest_common(group, until, false).map(now),
            None => processed.map(now),
        },
        PointChoice::MultiVmApp => match group {
            Some(group) => leg.newest_common(group, until, true).map(now),
            None => app.map(now),
        },
        PointChoice::Custom(before) => {
            let until = Until { clean: until.clean.min(strike - before.as_secs_f64()), ..until };
            leg.held(vm, until, false).map(now)
        }
    };
    // A common point is taken by the whole group, or by none.
    let members = group.filter(|_| matches!(choice, PointChoice::MultiVm | PointChoice::MultiVmApp)).map(|group| &world.groups[group].vms[..]);
    let since = members.into_iter().flatten().map(|member| leg.usable_since(member.0)).fold(leg.usable_since(vm), f64::max);
    let own = leg.usable_since(vm);
    let too_old = asked.is_some_and(|(point, _)| point < since);
    let asked = asked.filter(|_| !too_old);
    let usable = |point: &f64| *point >= own;
    let (processed, app) = (processed.filter(usable), app.filter(usable));
    let marker = marker.map(|(at, _)| at).filter(usable);
    let taken = asked.or_else(|| processed.map(now));
    Recovered { byte, marker, processed, app, taken, instead: asked.is_none() && taken.is_some(), too_old }
}

impl Journey<'_> {
    /// What the choices cost each machine, if what was written up to `cut` \[s\] beyond them is lost. `home` says on which leg they write.
    pub(super) fn costs(&self, vms: &[u32], found: &[Recovered], cut: f64, home: bool) -> Vec<Cost> {
        let world = match &self.plan.back {
            Some(back) if !home => back,
            _ => self.world,
        };
        let factor = if home { 1.0 } else { self.plan.after.churn_factor };
        let mut instants: Vec<Vec<f64>> = vec![Vec::new(); world.disks.len()];
        let points = |one: &Recovered| {
            let mut list: Vec<f64> = [one.byte, one.marker, one.processed, one.app, one.taken.map(|(at, _)| at)].into_iter().flatten().collect();
            list.sort_by(f64::total_cmp);
            list.dedup();
            list
        };
        for (&vm, one) in vms.iter().zip(found) {
            let spec = &world.vms[vm as usize];
            for disk in spec.first_disk.0..spec.first_disk.0 + spec.disk_count {
                instants[disk as usize] = points(one);
            }
        }
        let end = crate::units::Instant::START + crate::units::Span::from_secs_f64(cut);
        let written = since::written_by(world, &self.streams, &instants, end);
        let mut costs = Vec::new();
        for (&vm, one) in vms.iter().zip(found) {
            let spec = &world.vms[vm as usize];
            let disks = spec.first_disk.0 as usize..(spec.first_disk.0 + spec.disk_count) as usize;
            let list = points(one);
            let beyond = |disk: usize, at: f64| {
                let place = list.iter().position(|other| *other == at)?;
                let (then, now) = (written[disk].get(place)?, written[disk].last()?);
                Some((now - then).max(0.0) * factor)
            };
            let bytes = |at: f64| disks.clone().filter_map(|disk| beyond(disk, at)).sum::<f64>();
            let named = [
                (Choice::LatestByte, one.byte),
                (Choice::LatestMarker, one.marker),
                (Choice::LatestProcessed, one.processed),
                (Choice::LatestApp, one.app),
            ];
            let loss = |(choice, point): (Choice, Option<f64>)| ChoiceLoss {
                choice,
                point_s: point,
                loss_s: point.map_or(0.0, |at| (cut - at).max(0.0)),
                loss_bytes: point.map_or(0.0, bytes),
            };
            let taken = one.taken.map(|(at, _)| at);
            costs.push(Cost {
                by_choice: named.into_iter().map(loss).collect(),
                loss_s: taken.map_or(0.0, |at| (cut - at).max(0.0)),
                loss_bytes: taken.map_or(0.0, bytes),
                beyond: disks.clone().map(|disk| taken.and_then(|at| beyond(disk, at)).unwrap_or(0.0)).collect(),
            });
        }
        costs
    }
}

/// A choice's name in the record, as a scenario writes it.
pub(super) fn name(choice: PointChoice) -> String {
    match choice {
        PointChoice::Latest => "latest".to_owned(),
        PointChoice::LatestProcessed => "latest-processed".to_owned(),
        PointChoice::LatestApp => "latest-app".to_owned(),
        PointChoice::MultiVm => "multi-vm".to_owned(),
        PointChoice::MultiVmApp => "multi-vm-app".to_owned(),
        PointChoice::Custom(before) => format!("{before} before"),
    }
}

/// Sums machines' losses up.
pub(super) fn summarise(summary: &mut FailoverSummary, costs: &[Cost], found: &[Recovered]) {
    let taken: Vec<&Cost> = costs.iter().zip(found).filter(|(_, one)| one.taken.is_some()).map(|(cost, _)| cost).collect();
    summary.without_point = (costs.len() - taken.len()) as u64;
    summary.loss_max_s = taken.iter().map(|cost| cost.loss_s).fold(0.0, f64::max);
    summary.loss_mean_s = taken.iter().map(|cost| cost.loss_s).sum::<f64>() / taken.len().max(1) as f64;
    summary.loss_bytes = taken.iter().map(|cost| cost.loss_bytes).sum();
    for (place, choice) in [Choice::LatestByte, Choice::LatestMarker, Choice::LatestProcessed, Choice::LatestApp].into_iter().enumerate() {
        let of: Vec<&ChoiceLoss> = costs.iter().filter_map(|cost| cost.by_choice.get(place)).filter(|loss| loss.point_s.is_some()).collect();
        summary.by_choice.push(FleetChoiceLoss {
            choice,
            machines: of.len() as u64,
            mean_s: of.iter().map(|loss| loss.loss_s).sum::<f64>() / of.len().max(1) as f64,
            max_s: of.iter().map(|loss| loss.loss_s).fold(0.0, f64::max),
            bytes: of.iter().map(|loss| loss.loss_bytes).sum(),
        });
    }
}
