//! A seeded, plausible `RunOutput` to develop and test the reports on: a crude minute-by-minute toy of one shared link. It is no oracle for the simulator.

use std::sync::OnceLock;

use failback::results::*;

mod journey;
mod laws;
mod parts;

pub use journey::{large_round_trip, round_trip};
use laws::{breaches, law};
use parts::*;

/// What to fake.
#[derive(Clone, Copy)]
pub struct Plan {
    pub vms: usize,
    pub days: usize,
    /// Step of the toy [s].
    pub step_s: f64,
    /// Interval of the series [s].
    pub series_s: f64,
    /// Link [bit/s].
    pub link_bit_per_s: f64,
}

/// Twenty VMs over a week with one bad night.
pub const WEEK: Plan = Plan { vms: 20, days: 7, step_s: 60.0, series_s: 3600.0, link_bit_per_s: 200e6 };

/// As many VMs and series rows as the month of 500 VMs.
pub const MONTH: Plan = Plan { vms: 500, days: 30, step_s: 300.0, series_s: 300.0, link_bit_per_s: 700e6 };

/// One day at five minutes.
pub const DAY: Plan = Plan { vms: 5, days: 1, step_s: 60.0, series_s: 300.0, link_bit_per_s: 24e6 };

/// A year at an hour.
pub const YEAR: Plan = Plan { vms: 3, days: 365, step_s: 3600.0, series_s: 3600.0, link_bit_per_s: 60e6 };

const THRESHOLD: f64 = 900.0;
const MARKER: f64 = 300.0;
const APP: f64 = 4.0 * 3600.0;
const DELAY: f64 = 300.0;
const RETENTION: f64 = 3.0 * 86_400.0;
const CACHE: f64 = 600e9;

/// SplitMix64, so that the fake never changes.
struct Draws(u64);

impl Draws {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Per step and VM: when the newest safe write was made, and how much waits.
struct Toy {
    times: usize,
    step: f64,
    names: Vec<String>,
    written: Vec<Vec<f64>>,
    horizon: Vec<Vec<f64>>,
    backlog: Vec<Vec<f64>>,
    capacity: Vec<f64>,
    used: Vec<f64>,
}

impl Toy {
    fn run(plan: Plan) -> Toy {
        let times = (plan.days as f64 * 86_400.0 / plan.step_s) as usize;
        let step = plan.step_s;
        let names: Vec<String> = (0..plan.vms).map(name).collect();
        let mut draws = Draws(1);
        let base: Vec<f64> = (0..plan.vms).map(|vm| if vm == 0 { 3.2e6 } else { 2.0e5 * (0.3 + 2.5 * draws.unit() * draws.unit()) }).collect();
        let mut written = vec![vec![0.0; times + 1]; plan.vms];
        let mut horizon = vec![vec![0.0; times + 1]; plan.vms];
        let mut backlog = vec![vec![0.0; times + 1]; plan.vms];
        let mut safe = vec![0.0; plan.vms];
        let mut pointer = vec![0_usize; plan.vms];
        let mut capacity = vec![0.0; times];
        let mut used = vec![0.0; times];
        for now in 0..times {
            let at = now as f64 * step;
            let hour = at / 3600.0 % 24.0;
            let day = (at / 86_400.0) as usize;
            let daily = 0.35 + 0.65 * (-((hour - 11.0) / 4.0).powi(2)).exp();
            for vm in 0..plan.vms {
                let noise = 0.4 + 1.2 * draws.unit();
                let mut rate = base[vm] * daily * noise;
                // Backup each night, and one bad night, Wednesday, with a bulk load on top.
                if vm % 7 == 0 && (22.0..22.8).contains(&hour) {
                    rate += if vm == 0 { 14e6 } else { 3e6 };
                }
                if vm < 2 && day == 2 && hour >= 22.0 || vm < 2 && day == 3 && hour < 0.7 {
                    rate += 12e6;
                }
                written[vm][now + 1] = written[vm][now] + rate * step;
            }
            let down = (day == 2 && (22.5..23.2).contains(&hour)) || (day == 5 && (14.0..14.1).contains(&hour));
            capacity[now] = if down { 0.0 } else { plan.link_bit_per_s / 8.0 / 0.7 };
            // Max-min by water filling over what waits.
            let mut left = capacity[now] * step;
            let mut waiting: Vec<(f64, usize)> = (0..plan.vms).map(|vm| (written[vm][now + 1] - safe[vm], vm)).collect();
            waiting.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (place, &(wants, vm)) in waiting.iter().enumerate() {
                let gets = wants.min(left / (plan.vms - place) as f64);
                safe[vm] += gets;
                left -= gets;
                used[now] += gets / step;
            }
            for vm in 0..plan.vms {
                while pointer[vm] < now + 1 && written[vm][pointer[vm] + 1] <= safe[vm] + 1.0 {
                    pointer[vm] += 1;
                }
                let from = pointer[vm];
                let inside = if from > now { 0.0 } else { (safe[vm] - written[vm][from]) / (written[vm][from + 1] - written[vm][from]) };
                let delay = 0.017 + 1.5 * draws.unit();
                horizon[vm][now + 1] = ((from as f64 + inside) * step - if from > now { delay } else { 0.0 }).max(0.0);
                backlog[vm][now + 1] = written[vm][now + 1] - safe[vm];
            }
        }
        Toy { times, step, names, written, horizon, backlog, capacity, used }
    }

    fn now(&self, step: usize) -> f64 {
        step as f64 * self.step
    }

    fn lag(&self, vm: usize, step: usize) -> f64 {
        (self.now(step) - self.horizon[vm][step]).max(0.0)
    }

    /// Source time that is recovered by a choice.
    fn recovered(&self, vm: usize, step: usize, choice: Choice) -> f64 {
        let back = (DELAY / self.step).ceil() as usize;
        let applied = if step >= back { self.horizon[vm][step - back] } else { 0.0 };
        match choice {
            Choice::LatestMarker => (self.horizon[vm][step] / MARKER).floor() * MARKER,
            Choice::LatestByte => self.horizon[vm][step],
            Choice::LatestProcessed => (applied / MARKER).floor() * MARKER,
            Choice::LatestApp => (applied / APP).floor() * APP,
        }
    }

    fn lost_bytes(&self, vm: usize, step: usize, source_s: f64) -> f64 {
        let place = (source_s / self.step).clamp(0.0, step as f64);
        let low = place.floor() as usize;
        let high = (low + 1).min(self.times);
        let at = self.written[vm][low] + (self.written[vm][high] - self.written[vm][low]) * (place - low as f64);
        (self.written[vm][step] - at).max(0.0)
    }

    fn worst(&self, step: usize) -> (f64, usize) {
        (0..self.names.len()).map(|vm| (self.lag(vm, step), vm)).fold((0.0, 0), |best, next| if next.0 > best.0 { next } else { best })
    }
}

fn name(vm: usize) -> String {
    match vm {
        0 => "erp-db".to_owned(),
        1 => "mail <1> & \"co\"".to_owned(),
        _ => format!("web-{vm:02}"),
    }
}

/// Both scopes of a quantity, and its two curves.
fn scoped(toy: &Toy, name: &str, threshold: Option<f64>, of: impl Fn(usize, usize) -> f64) -> (ScopedLaws, Vec<CdfCurve>) {
    let vms = toy.names.len();
    let mut worst = Vec::with_capacity(toy.times);
    let mut pooled = Vec::with_capacity(toy.times * vms);
    for step in 1..=toy.times {
        let mut largest = 0.0_f64;
        for vm in 0..vms {
            let value = of(vm, step);
            largest = largest.max(value);
            pooled.push(value);
        }
        worst.push(largest);
    }
    let curves = vec![curve(name, "fleet_worst", "s", &worst), curve(name, "pooled", "s", &pooled)];
    let mut laws = ScopedLaws { fleet_worst: law(&worst, toy.step, threshold), pooled: law(&pooled, toy.step, threshold) };
    laws.pooled.max_at_s = laws.fleet_worst.max_at_s;
    (laws, curves)
}

fn curve(name: &str, scope: &str, unit: &str, samples: &[f64]) -> CdfCurve {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let points = (0..=400).map(|i| last * i / 400).map(|i| CdfPoint { value: sorted[i], share: (i + 1) as f64 / sorted.len() as f64 }).collect();
    CdfCurve { name: name.to_owned(), scope: scope.to_owned(), unit: unit.to_owned(), points }
}

fn held(toy: &Toy, vm: usize) -> Vec<HeldPoint> {
    let end = toy.now(toy.times);
    let mut points: Vec<HeldPoint> = Vec::new();
    let mut marker = (end - RETENTION).max(0.0);
    let mut bucket = -1.0;
    while marker <= end {
        let age = end - marker;
        let app = marker % APP == 0.0;
        let width = if age < 7200.0 {
            MARKER
        } else if age < 86_400.0 {
            3600.0
        } else {
            7200.0
        };
        let failed = (vm % 5 == 1 && (20_000.0..45_000.0).contains(&age)) || (app && vm % 4 == 3);
        let here = (marker / width).floor() * width;
        if (here != bucket || app) && !failed && marker <= toy.recovered(vm, toy.times, Choice::LatestProcessed) {
            if app {
                points.retain(|held| age < 7200.0 || held.app || (held.marker_s / width).floor() * width != here);
                points.push(HeldPoint { marker_s: marker, available_s: marker + DELAY, app: true });
            } else {
                points.push(HeldPoint { marker_s: marker, available_s: marker + DELAY, app: false });
            }
            bucket = here;
        }
        marker += MARKER;
    }
    points
}

/// The week, made once for all tests.
pub fn week() -> &'static RunOutput {
    static OUTPUT: OnceLock<RunOutput> = OnceLock::new();
    OUTPUT.get_or_init(|| output(WEEK))
}

/// A run in which nothing was recorded and nothing happened.
pub fn empty() -> RunOutput {
    let mut output = week().clone();
    let results = &mut output.results;
    results.churn = ChurnInput::default();
    (results.lag, results.reported_rpo, results.point_age, results.app_point_age) = Default::default();
    (results.breaches, results.points, results.link, results.one_queue) = Default::default();
    results.scenario.rpo_threshold_s = 0.0;
    results.scenario.horizon_s = 0.0;
    results.initial_replication = InitialReplication::default();
    results.days.clear();
    results.loss.clear();
    results.process_servers.clear();
    results.bottlenecks.clear();
    results.vms.clear();
    results.disks.clear();
    results.groups.clear();
    results.assumptions.clear();
    output.series.clear();
    output.curves.clear();
    output.events.clear();
    output.calendars.clear();
    output
}

/// The fake of a plan.
pub fn output(plan: Plan) -> RunOutput {
    let toy = Toy::run(plan);
    let (lag, mut curves) = scoped(&toy, "lag", Some(THRESHOLD), |vm, step| toy.lag(vm, step));
    let choices = [
        (Choice::LatestMarker, "latest_marker"),
        (Choice::LatestByte, "latest_byte"),
        (Choice::LatestProcessed, "latest_processed"),
        (Choice::LatestApp, "latest_app"),
    ];
    let mut loss = Vec::new();
    for (choice, label) in choices {
        let (time, mut lines) = scoped(&toy, label, None, |vm, step| toy.now(step) - toy.recovered(vm, step, choice));
        curves.append(&mut lines);
        let each: Vec<Vec<f64>> = (1..=toy.times)
            .step_by(10)
            .map(|step| (0..plan.vms).map(|vm| toy.lost_bytes(vm, step, toy.recovered(vm, step, choice))).collect())
            .collect();
        let sums: Vec<f64> = each.iter().map(|row| row.iter().sum()).collect();
        let all: Vec<f64> = each.into_iter().flatten().collect();
        let bytes = BytesLoss { fleet_bytes: law(&sums, toy.step * 10.0, None), pooled: law(&all, toy.step * 10.0, None) };
        loss.push(LossByChoice { choice, time, bytes: Some(bytes) });
    }
    let worst: Vec<(f64, usize)> = (1..=toy.times).map(|step| toy.worst(step)).collect();
    let worst_lag: Vec<f64> = worst.iter().map(|w| w.0).collect();
    let calendars: Vec<PointCalendar> = (0..plan.vms).map(|vm| PointCalendar { vm: toy.names[vm].clone(), points: held(&toy, vm) }).collect();
    let series = series(&toy, plan, &worst);
    let vms: Vec<VmResult> = (0..plan.vms).map(|vm| vm_result(&toy, vm, &worst, &calendars[vm])).collect();
    let disks: Vec<DiskResult> = (0..plan.vms).map(|vm| disk_result(&toy, vm)).collect();
    let total = vms.iter().fold(PointCounts::default(), |sum, vm| PointCounts {
        crash_markers: sum.crash_markers + vm.points.crash_markers,
        crash_failed: sum.crash_failed + vm.points.crash_failed,
        crash_points: sum.crash_points + vm.points.crash_points,
        app_markers: sum.app_markers + vm.points.app_markers,
        app_failed: sum.app_failed + vm.points.app_failed,
        app_points: sum.app_points + vm.points.app_points,
        pruned: sum.pruned + vm.points.pruned,
        held_at_end: sum.held_at_end + vm.points.held_at_end,
        held_max: sum.held_max + vm.points.held_max,
        oldest_at_end_s: Some(sum.oldest_at_end_s.unwrap_or(0.0).max(vm.points.oldest_at_end_s.unwrap_or(0.0))),
        newest_at_end_s: Some(sum.newest_at_end_s.unwrap_or(0.0).max(vm.points.newest_at_end_s.unwrap_or(0.0))),
        longest_hole_s: Some(sum.longest_hole_s.unwrap_or(0.0).max(vm.points.longest_hole_s.unwrap_or(0.0))),
        longest_without_new_s: sum.longest_without_new_s.max(vm.points.longest_without_new_s),
    });
    let written: f64 = toy.written.iter().map(|w| w[toy.times]).sum();
    let group = GroupResult {
        name: "erp".to_owned(),
        vms: 2,
        lag: vms[0].lag.clone(),
        reported_rpo: vms[0].reported_rpo.clone(),
        breaches: vms[0].breaches.clone(),
        reported_breaches: vms[0].reported_breaches.clone(),
        point_age: vms[0].point_age.clone(),
        app_point_age: vms[0].app_point_age.clone(),
        points: vms[0].points.clone(),
    };
    let point_age = loss[2].time.clone();
    let app_point_age = Some(loss[3].time.clone());
    let results = Results {
        schema: SCHEMA,
        version: "0.1.0".to_owned(),
        scenario: info(plan, &toy),
        churn: ChurnInput {
            written_bytes: written,
            tracked_bytes: written,
            mean_bytes_per_s: written / toy.now(toy.times),
            p95_bytes_per_s: 9.1e6,
            peak_bytes_per_s: 48e6,
            peak_at_s: 2.94 * 86_400.0,
            largest_day_bytes: 0.72e12,
            coarsest_period_s: 300.0,
            vms_with_unknown_split: 1,
            records: vec![RecordInput {
                source: "records/pgbench-<2026>.csv".to_owned(),
                columns: 2,
                period_s: 300.0,
                length_s: 86_400.0,
                gap_share: 0.0131,
                notes: vec!["13 rows out of order were sorted".to_owned(), "looped 7 times to fill the week".to_owned()],
            }],
        },
        lag,
        reported_rpo: loss[0].time.clone(),
        point_age,
        app_point_age,
        breaches: breaches(&worst_lag, toy.step),
        reported_breaches: breaches(&worst_lag, toy.step),
        days: days(&toy, plan, &worst),
        loss,
        points: FleetPoints {
            total,
            steady_state_per_vm: 83,
            retention_s: RETENTION,
            retention_cost: Some(RetentionCost {
                mean_bytes: 212e9,
                max_bytes: 268e9,
                samples: plan.days as u64,
                steady: true,
                per_extra_day_bytes: Some(61e9),
            }),
        },
        link: link(&toy, plan),
        process_servers: hubs(&toy, plan),
        process_servers_for_largest_day: 1.31,
        bottlenecks: bottlenecks(),
        one_queue: OneQueue {
            target_s: THRESHOLD,
            mean_bit_per_s: 88e6,
            levels: [(1.0, 312e6), (0.99, 214e6), (0.9, 97e6)].map(|(share, goodput_bit_per_s)| OneQueueLevel { share, goodput_bit_per_s }).to_vec(),
            outages: [
                (3600.0, 41e9, Some(4200.0), Some(false)),
                (4.0 * 3600.0, 160e9, Some(19_000.0), Some(false)),
                (86_400.0, 690e9, None, Some(true)),
            ]
            .map(|(cut_s, backlog_bytes, back_within_s, cache_overflows)| OutageWhatIf {
                late_anyway: false,
                cut_s,
                backlog_bytes,
                worst_start_s: 2.9 * 86_400.0,
                back_within_s,
                cache_overflows,
            })
            .to_vec(),
        },
        initial_replication: InitialReplication {
            simulated: false,
            used_bytes: 1.9e12,
            batches: 2,
            duration_s: Some(19.0 * 3600.0 + 2400.0),
            batch_ends_s: Vec::new(),
            bound_by: "the link, after churn is served".to_owned(),
        },
        unprotected_share: 0.0,
        vms,
        disks,
        journey: None,
        cost: Some(cost()),
        groups: vec![group],
        replications: None,
        assumptions: assumptions(),
        checks: Checks {
            conservation_error: 3.1e-13,
            calendar_events: 12_345,
            fluid_events: 6_789,
            random_streams: 3,
            vm_buckets: (plan.vms * toy.times) as u64,
        },
        credibility: Some(credibility()),
    };
    let events = events(&results);
    let over = |step: &usize| worst_lag[*step] > THRESHOLD;
    let breaches = (0..worst_lag.len()).filter(over).map(|step| (toy.now(step), toy.now(step + 1))).collect();
    RunOutput { results, series, breaches, curves, events, calendars, runs: None }
}
