//! Turns what a run has gathered into the results record.

use crate::model::{System, World};
use crate::observe::{BreachTracker, LawBuilder};
use crate::results::{
    CdfCurve, CdfPoint, Checks, Choice, ChurnInput, DayWorst, DiskResult, FleetPoints, HeldPoint, LossByChoice, PointCalendar, PointCounts,
    RecordInput, Results, RunOutput, SCHEMA, ScenarioInfo, ScopedLaws,
};
use crate::simulate::laws::RunLaws;
use crate::simulate::log::calendar_text;
use crate::simulate::run::Run;

/// Most points of a curve for a plot.
const CURVE_POINTS: usize = 400;

/// Choices of recovery point in the order of the report.
pub(super) const CHOICES: [Choice; 4] = [Choice::LatestByte, Choice::LatestMarker, Choice::LatestProcessed, Choice::LatestApp];

/// The laws of all VMs together.
struct Pooled {
    lag: LawBuilder,
    reported: LawBuilder,
    any: LawBuilder,
    app: LawBuilder,
}

impl Run<'_> {
    /// Everything that the run found.
    pub(super) fn finish(mut self, replication: u64) -> (RunOutput, RunLaws) {
        self.row();
        self.end_day();
        let held = self.points.finish();
        let pooled = self.pool();
        let results = self.results(replication, &pooled, &held);
        let curves = self.curves(&pooled);
        let calendars = self.calendars(held);
        let laws = self.laws(pooled);
        (
            RunOutput {
                results,
                series: self.rows,
                breaches: self.lags.fleet_breaches.spans(),
                curves,
                events: self.log.finish(),
                calendars,
                runs: None,
            },
            laws,
        )
    }

    fn laws(&self, pooled: Pooled) -> RunLaws {
        let points = &self.points;
        let mut laws = vec![
            ("lag.fleet_worst", self.lags.fleet.clone()),
            ("lag.pooled", pooled.lag),
            ("reported_rpo.fleet_worst", points.fleet_reported.law().clone()),
            ("reported_rpo.pooled", pooled.reported),
            ("point_age.fleet_worst", points.fleet_any.law().clone()),
            ("point_age.pooled", pooled.any),
        ];
        if let Some(app) = &points.fleet_app {
            laws.extend([("app_point_age.fleet_worst", app.law().clone()), ("app_point_age.pooled", pooled.app)]);
        }
        RunLaws { laws }
    }

    fn pool(&self) -> Pooled {
        let threshold = self.world.policy.rpo_threshold.as_secs_f64();
        let law = || LawBuilder::new().with_histogram();
        let mut pooled = Pooled { lag: law().with_threshold(threshold), reported: law().with_threshold(threshold), any: law(), app: law() };
        for (lag, unit) in self.lags.vms.iter().zip(&self.points.vms) {
            pooled.lag.merge(&lag.law);
            if !self.world.output.ages {
                continue;
            }
            pooled.reported.merge(unit.reported.law());
            pooled.any.merge(unit.any.law());
            if let Some(app) = &unit.app {
                pooled.app.merge(app.law());
            }
        }
        pooled
    }

    fn results(&self, replication: u64, pooled: &Pooled, held: &[Vec<HeldPoint>]) -> Results {
        let world = self.world;
        let end = world.horizon.as_secs_f64();
        let lag = ScopedLaws { fleet_worst: self.lags.fleet.finish(), pooled: pooled.lag.finish() };
        let reported_rpo = ScopedLaws { fleet_worst: self.points.fleet_reported.law().finish(), pooled: pooled.reported.finish() };
        let point_age = ScopedLaws { fleet_worst: self.points.fleet_any.law().finish(), pooled: pooled.any.finish() };
        let app_point_age = self.points.fleet_app.as_ref().map(|fleet| ScopedLaws { fleet_worst: fleet.law().finish(), pooled: pooled.app.finish() });
        let loss = self.loss(&lag, &reported_rpo, &point_age, app_point_age.as_ref());
        let vms = self.vms();
        let disks = self.disks();
        let unprotected = vms.iter().map(|vm| vm.unprotected_share).sum::<f64>() / vms.len().max(1) as f64;
        let conservation_error = disks
            .iter()
            .map(|disk| {
                let come = disk.tracked_bytes + disk.brought_bytes;
                (come - disk.landed_bytes - disk.superseded_bytes - disk.pending_bytes - disk.destroyed_bytes).abs() / come.max(1.0)
            })
            .fold(0.0, f64::max);
        Results {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario_info(world, replication),
            churn: self.churn(&disks),
            lag,
            reported_rpo,
            point_age,
            app_point_age,
            breaches: self.lags.fleet_breaches.finish(),
            reported_breaches: self.points.fleet_reported.breaches().map(BreachTracker::finish).unwrap_or_default(),
            days: self.day_rows(),
            loss,
            points: self.fleet_points(held),
            link: self.link_result(),
            process_servers: self.hub_results(end),
            process_servers_for_largest_day: self.hubs.fullest_day,
            bottlenecks: self.bottlenecks(end),
            one_queue: self.one_queue(end),
            initial_replication: self.initial_replication(),
            unprotected_share: unprotected,
            vms,
            disks,
            groups: self.groups(),
            journey: None,
            cost: None,
            replications: None,
            assumptions: Vec::new(),
            checks: Checks {
                conservation_error,
                calendar_events: self.calendar_events,
                fluid_events: self.network.totals().events,
                random_streams: self.random_streams,
                vm_buckets: self.buckets,
            },
            credibility: None,
        }
    }

    fn loss(&self, lag: &ScopedLaws, reported: &ScopedLaws, age: &ScopedLaws, app: Option<&ScopedLaws>) -> Vec<LossByChoice> {
        let time = |choice| match choice {
            Choice::LatestByte => Some(lag),
            Choice::LatestMarker => Some(reported),
            Choice::LatestProcessed => Some(age),
            Choice::LatestApp => app,
        };
        let bytes = |choice| self.world.output.loss_bytes.then(|| self.bytes.law(choice));
        CHOICES.iter().filter_map(|&choice| time(choice).map(|time| LossByChoice { choice, time: time.clone(), bytes: bytes(choice) })).collect()
    }

    fn churn(&self, disks: &[DiskResult]) -> ChurnInput {
        let end = self.world.horizon.as_secs_f64();
        let record = |record: &crate::model::Record| RecordInput {
            source: record.source.clone(),
            columns: record.columns.len() as u64,
            period_s: record.period.as_secs_f64(),
            length_s: record.period.as_secs_f64() * record.buckets as f64,
            gap_share: record.gap_share,
            notes: record.notes.clone(),
        };
        ChurnInput {
            written_bytes: self.written_total,
            tracked_bytes: disks.iter().map(|disk| disk.tracked_bytes).sum(),
            mean_bytes_per_s: self.written_total / end,
            p95_bytes_per_s: self.fleet_rates.quantile(0.95).unwrap_or(0.0),
            peak_bytes_per_s: self.fleet_peak.0,
            peak_at_s: self.fleet_peak.1,
            largest_day_bytes: self.days.iter().map(|day| day.2).fold(0.0, f64::max),
            coarsest_period_s: self
                .world
                .disks
                .iter()
                .filter_map(|disk| disk.churn.sampled_every())
                .map(crate::units::Span::as_secs_f64)
                .fold(0.0, f64::max),
            vms_with_unknown_split: self.world.vms.iter().filter(|vm| !vm.split_known).count() as u64,
            records: self.world.records.iter().map(record).collect(),
        }
    }

    fn day_rows(&self) -> Vec<DayWorst> {
        let name = |vm: u32| self.world.vms[vm as usize].name.clone();
        let row = |&(from, day, written): &(f64, crate::simulate::lags::Day, f64)| DayWorst {
            date: calendar_text(self.world.start, from)[..10].to_owned(),
            worst_lag_s: day.worst,
            vm: day.owner.map(name),
            share_over: if day.time > 0.0 { day.over / day.time } else { 0.0 },
            written_bytes: written,
        };
        self.days.iter().map(row).collect()
    }

    fn fleet_points(&self, held: &[Vec<HeldPoint>]) -> FleetPoints {
        let mut total = PointCounts::default();
        let worse = |a: Option<f64>, b: Option<f64>, pick: fn(f64, f64) -> f64| match (a, b) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (one, other) => one.or(other),
        };
        for unit in &self.points.vms {
            let c = &unit.counts;
            total.crash_markers += c.crash_markers;
            total.crash_failed += c.crash_failed;
            total.crash_points += c.crash_points;
            total.app_markers += c.app_markers;
            total.app_failed += c.app_failed;
            total.app_points += c.app_points;
            total.pruned += c.pruned;
            total.held_at_end += c.held_at_end;
            total.held_max += c.held_max;
            total.oldest_at_end_s = worse(total.oldest_at_end_s, c.oldest_at_end_s, f64::min);
            total.newest_at_end_s = worse(total.newest_at_end_s, c.newest_at_end_s, f64::max);
            total.longest_hole_s = worse(total.longest_hole_s, c.longest_hole_s, f64::max);
            total.longest_without_new_s = total.longest_without_new_s.max(c.longest_without_new_s);
        }
        let retention = self.world.policy.retention.as_secs_f64();
        let cost = self.retention_cost(retention);
        debug_assert!(held.len() == self.world.vms.len());
        FleetPoints { total, steady_state_per_vm: self.points.steady_state(), retention_s: retention, retention_cost: cost }
    }

    fn curves(&self, pooled: &Pooled) -> Vec<CdfCurve> {
        let mut curves = Vec::new();
        if !self.world.output.curves {
            return curves;
        }
        let mut add = |name: &str, scope: &str, unit: &str, histogram: Option<&crate::observe::PieceHistogram>| {
            let Some(histogram) = histogram.filter(|histogram| histogram.total() > 0.0) else { return };
            let points = histogram.curve(CURVE_POINTS).into_iter().map(|(value, share)| CdfPoint { value, share }).collect();
            curves.push(CdfCurve { name: name.to_owned(), scope: scope.to_owned(), unit: unit.to_owned(), points });
        };
        let named = [
            ("latest_byte", Some(&self.lags.fleet), &pooled.lag),
            ("latest_marker", Some(self.points.fleet_reported.law()), &pooled.reported),
            ("latest_processed", Some(self.points.fleet_any.law()), &pooled.any),
            ("latest_app", self.points.fleet_app.as_ref().map(|fleet| fleet.law()), &pooled.app),
        ];
        for (name, fleet, pooled) in named {
            add(name, "fleet_worst", "s", fleet.and_then(LawBuilder::histogram));
            add(name, "pooled", "s", pooled.histogram());
        }
        if self.world.output.loss_bytes {
            for (choice, name) in CHOICES.iter().zip(["latest_byte", "latest_marker", "latest_processed", "latest_app"]) {
                add(name, "fleet_bytes", "bytes", self.bytes.fleet_histogram(*choice));
            }
        }
        curves
    }

    fn calendars(&self, held: Vec<Vec<HeldPoint>>) -> Vec<PointCalendar> {
        if !self.world.output.points {
            return Vec::new();
        }
        self.world.vms.iter().zip(held).map(|(vm, points)| PointCalendar { vm: vm.name.clone(), points }).collect()
    }
}

fn scenario_info(world: &World, replication: u64) -> ScenarioInfo {
    let system = match world.system {
        System::VmwareClassic => "VMware on premises to Azure (classic)",
        System::Physical => "physical servers to Azure",
        System::Avs => "Azure VMware Solution to Azure",
        System::VmwareModernized => "VMware on premises to Azure (modernized appliance)",
        System::AzureToAzure => "Azure to Azure",
    };
    ScenarioInfo {
        title: world.title.clone(),
        name: world.name.clone(),
        system: system.to_owned(),
        profile: world.profile.clone(),
        start: calendar_text(world.start, 0.0),
        horizon_s: world.horizon.as_secs_f64(),
        seed: world.seed,
        replication,
        vms: world.vms.len() as u64,
        disks: world.disks.len() as u64,
        rpo_threshold_s: world.policy.rpo_threshold.as_secs_f64(),
        app_every_s: world.policy.app_every.map(|every| every.as_secs_f64()),
        set: Vec::new(),
        warnings: Vec::new(),
        fingerprint: String::new(),
    }
}
