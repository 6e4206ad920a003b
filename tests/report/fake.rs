//! A seeded, plausible `RunOutput` to develop and test the reports on: a crude minute-by-minute toy of one shared link. It is no oracle for the simulator.

use std::sync::OnceLock;

use failback::results::*;

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

fn law(samples: &[f64], step: f64, threshold: Option<f64>) -> Law {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |q: f64| sorted.get(((sorted.len() as f64 * q) as usize).min(sorted.len().saturating_sub(1))).copied();
    let (max_index, max) = samples.iter().enumerate().fold((0, 0.0), |best, (i, &v)| if v > best.1 { (i, v) } else { best });
    Law {
        observed_s: samples.len() as f64 * step,
        mean: samples.iter().sum::<f64>() / samples.len().max(1) as f64,
        p50: at(0.5),
        p90: at(0.9),
        p95: at(0.95),
        p99: at(0.99),
        max,
        max_at_s: (max_index + 1) as f64 * step,
        share_over: threshold.map(|t| samples.iter().filter(|&&v| v > t).count() as f64 / samples.len().max(1) as f64),
    }
}

fn breaches(samples: &[f64], step: f64) -> BreachSummary {
    let mut summary = BreachSummary::default();
    let mut length = 0.0;
    for (index, &lag) in samples.iter().enumerate() {
        let at = (index + 1) as f64 * step;
        if lag <= THRESHOLD {
            length = 0.0;
            continue;
        }
        if length == 0.0 {
            summary.count += 1;
            summary.first_at_s.get_or_insert(at);
        }
        length += step;
        summary.total_s += step;
        if length > summary.longest_s {
            summary.longest_s = length;
            summary.longest_at_s = Some(at - length + step);
        }
    }
    summary
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
        longest_hole_s: Some(sum.longest_hole_s.unwrap_or(0.0).max(vm.points.longest_hole_s.unwrap_or(0.0))),
        longest_without_new_s: sum.longest_without_new_s.max(vm.points.longest_without_new_s),
    });
    let written: f64 = toy.written.iter().map(|w| w[toy.times]).sum();
    let group = GroupResult {
        name: "erp".to_owned(),
        vms: 2,
        lag: vms[0].lag.clone(),
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
        days: days(&toy, plan, &worst),
        loss,
        points: FleetPoints {
            total,
            steady_state_per_vm: 83,
            retention_s: RETENTION,
            retention_cost: Some(RetentionCost { mean_bytes: 212e9, max_bytes: 268e9, samples: plan.days as u64, per_extra_day_bytes: 61e9 }),
        },
        link: link(&toy, plan),
        process_servers: hubs(&toy, plan),
        bottlenecks: bottlenecks(),
        one_queue: OneQueue {
            target_s: THRESHOLD,
            levels: [(1.0, 312e6), (0.99, 214e6), (0.9, 97e6)].map(|(share, goodput_bit_per_s)| OneQueueLevel { share, goodput_bit_per_s }).to_vec(),
            outages: [
                (3600.0, 41e9, Some(4200.0), Some(false)),
                (4.0 * 3600.0, 160e9, Some(19_000.0), Some(false)),
                (86_400.0, 690e9, None, Some(true)),
            ]
            .map(|(cut_s, backlog_bytes, back_within_s, cache_overflows)| OutageWhatIf {
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
            bound_by: "the link, after churn is served".to_owned(),
        },
        unprotected_share: 0.0,
        vms,
        disks,
        groups: vec![group],
        assumptions: assumptions(),
        checks: Checks { conservation_error: 3.1e-13, calendar_events: 12_345, fluid_events: 6_789, vm_buckets: (plan.vms * toy.times) as u64 },
    };
    let events = events(&results);
    RunOutput { results, series, curves, events, calendars }
}

fn info(plan: Plan, toy: &Toy) -> ScenarioInfo {
    ScenarioInfo {
        title: format!("Head office: {} VMs to Azure over a {:.0} Mbps line", plan.vms, plan.link_bit_per_s / 1e6),
        name: "head-office".to_owned(),
        system: "VMware on premises to Azure (classic)".to_owned(),
        profile: "vmware-classic-2021".to_owned(),
        start: "2026-01-05T00:00:00".to_owned(),
        horizon_s: toy.now(toy.times),
        seed: 1,
        replication: 0,
        vms: plan.vms as u64,
        disks: plan.vms as u64,
        rpo_threshold_s: THRESHOLD,
        app_every_s: Some(APP),
        fingerprint: "5f3c9a0e7d1b2c4486aa0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a".to_owned(),
    }
}

fn link(toy: &Toy, plan: Plan) -> LinkResult {
    let total: Vec<f64> = (1..=toy.times).map(|step| toy.backlog.iter().map(|b| b[step]).sum()).collect();
    let backlog = law(&total, toy.step, None);
    let carried: f64 = toy.used.iter().map(|u| u * toy.step * 0.7).sum();
    LinkResult {
        name: "internet".to_owned(),
        goodput_bit_per_s: plan.link_bit_per_s,
        per_vm_ceiling_bit_per_s: Some(180e6),
        carried_wire_bytes: carried,
        mean_use: carried / (toy.capacity.iter().sum::<f64>() * toy.step * 0.7),
        saturated_s: (0..toy.times).filter(|&t| toy.capacity[t] > 0.0 && toy.used[t] > 0.999 * toy.capacity[t]).count() as f64 * toy.step,
        down_s: toy.capacity.iter().filter(|&&c| c == 0.0).count() as f64 * toy.step,
        outages: 2,
        peak_backlog_bytes: backlog.max,
        peak_backlog_at_s: backlog.max_at_s,
    }
}

fn hubs(toy: &Toy, plan: Plan) -> Vec<HubResult> {
    (0..2)
        .map(|index| HubResult {
            name: format!("ps-{}", index + 1),
            vms: plan.vms as u64 / 2,
            taken_in_bytes: toy.written[0][toy.times],
            peak_offered_bytes_per_s: 31e6 / (index + 1) as f64,
            peak_offered_ops_per_s: 1900.0,
            cache_bytes: Some(CACHE),
            peak_cache_bytes: if index == 0 { 0.86 * CACHE } else { 0.21 * CACHE },
            peak_cache_at_s: 3.03 * 86_400.0,
            least_free: Some(if index == 0 { 0.14 } else { 0.79 }),
            throttle_free: Some(0.2),
            throttled_s: if index == 0 { 2400.0 } else { 0.0 },
            full_s: 0.0,
            down_s: 0.0,
            space_warning: AlertCount { raised: 1 - index, total_s: 5400.0 },
            space_critical: AlertCount { raised: 1 - index, total_s: 4100.0 },
            drain_warning: AlertCount { raised: 2, total_s: 9000.0 },
            drain_critical: AlertCount { raised: 1, total_s: 4000.0 },
            largest_day_bytes: if index == 0 { 2.3e12 } else { 0.4e12 },
            days_over: 1 - index,
            days: plan.days as u64,
            daily_limit_bytes: 2e12,
        })
        .collect()
}

fn bottlenecks() -> Vec<Bottleneck> {
    [
        ("link internet", 11_160.0, 79_200.0, 10_400.0),
        ("process server ps-1", 2400.0, 259_000.0, 2100.0),
        ("disk erp-db/0 churn limit", 900.0, 79_300.0, 300.0),
    ]
    .map(|(resource, time_s, first_at_s, set_fleet_worst_s)| Bottleneck { resource: resource.to_owned(), time_s, first_at_s, set_fleet_worst_s })
    .to_vec()
}

fn series(toy: &Toy, plan: Plan, worst: &[(f64, usize)]) -> Vec<SeriesRow> {
    let per_row = (plan.series_s / toy.step).max(1.0) as usize;
    (0..toy.times / per_row)
        .map(|row| {
            let range = row * per_row..(row + 1) * per_row;
            let end = range.end;
            let top = worst[range.clone()].iter().fold((0.0, 0), |best, next| if next.0 > best.0 { *next } else { best });
            let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / per_row as f64;
            let waiting: f64 = toy.backlog.iter().map(|b| b[end]).sum();
            let cached = waiting.min(90e9);
            SeriesRow {
                from_s: toy.now(range.start),
                to_s: toy.now(end),
                written_bytes_per_s: toy.written.iter().map(|w| w[end] - w[range.start]).sum::<f64>() / plan.series_s,
                link_bit_per_s: mean(&mut range.clone().map(|t| toy.used[t] * 0.7 * 8.0)),
                link_capacity_bit_per_s: mean(&mut range.clone().map(|t| toy.capacity[t] * 0.7 * 8.0)),
                worst_lag_s: top.0,
                mean_worst_lag_s: mean(&mut range.clone().map(|t| worst[t].0)),
                worst_vm: Some(top.1 as u32),
                agent_bytes: waiting - cached,
                cache_bytes: cached,
                fullest_cache: (cached / 105e9).min(1.0),
                unordered_disks: u64::from(row % 160 == 70),
            }
        })
        .collect()
}

fn days(toy: &Toy, plan: Plan, worst: &[(f64, usize)]) -> Vec<DayWorst> {
    let per_day = (86_400.0 / toy.step) as usize;
    (0..plan.days)
        .map(|day| {
            let range = day * per_day..(day + 1) * per_day;
            let top = worst[range.clone()].iter().fold((0.0, 0), |best, next| if next.0 > best.0 { *next } else { best });
            let over = worst[range.clone()].iter().filter(|w| w.0 > THRESHOLD).count() as f64 / per_day as f64;
            let bytes = toy.written.iter().map(|w| w[range.end] - w[range.start]).sum();
            let date = jiff::civil::date(2026, 1, 5).saturating_add(jiff::Span::new().days(day as i64)).to_string();
            DayWorst { date, worst_lag_s: top.0, vm: Some(toy.names[top.1].clone()), share_over: over, written_bytes: bytes }
        })
        .collect()
}

fn vm_result(toy: &Toy, vm: usize, worst: &[(f64, usize)], calendar: &PointCalendar) -> VmResult {
    let lags: Vec<f64> = (1..=toy.times).map(|step| toy.lag(vm, step)).collect();
    let of = |choice: Choice| -> Vec<f64> { (1..=toy.times).map(|step| toy.now(step) - toy.recovered(vm, step, choice)).collect() };
    let end = toy.now(toy.times);
    let hole = calendar.points.windows(2).map(|w| w[1].marker_s - w[0].marker_s).fold(0.0, f64::max);
    let markers = (end / MARKER) as u64;
    VmResult {
        name: toy.names[vm].clone(),
        lag: law(&lags, toy.step, Some(THRESHOLD)),
        reported_rpo: law(&of(Choice::LatestMarker), toy.step, Some(THRESHOLD)),
        point_age: law(&of(Choice::LatestProcessed), toy.step, None),
        app_point_age: Some(law(&of(Choice::LatestApp), toy.step, None)),
        loss_bytes: vec![(Choice::LatestMarker, Law { mean: 1.1e8, max: 4.1e9, ..Law::default() })],
        breaches: breaches(&lags, toy.step),
        points: PointCounts {
            crash_markers: markers,
            crash_failed: 0,
            crash_points: markers - 2,
            app_markers: markers / 48,
            app_failed: (vm % 4) as u64,
            app_points: markers / 48 - (vm % 4) as u64,
            pruned: markers.saturating_sub(90),
            held_at_end: calendar.points.len() as u64,
            held_max: calendar.points.len() as u64 + 2,
            oldest_at_end_s: calendar.points.first().map(|p| end - p.marker_s),
            longest_hole_s: Some(hole),
            longest_without_new_s: 2900.0,
        },
        unprotected_share: 0.0,
        written_bytes: toy.written[vm][toy.times],
        peak_bytes_per_s: (0..toy.times).map(|t| (toy.written[vm][t + 1] - toy.written[vm][t]) / toy.step).fold(0.0, f64::max),
        worst_of_fleet_s: worst.iter().filter(|w| w.1 == vm).count() as f64 * toy.step,
        resyncs: u64::from(vm == 1),
    }
}

fn disk_result(toy: &Toy, vm: usize) -> DiskResult {
    let written = toy.written[vm][toy.times];
    let limit = if vm == 0 { 8e6 } else { 2e6 };
    let over = (0..toy.times).filter(|&t| (toy.written[vm][t + 1] - toy.written[vm][t]) / toy.step > limit).count() as f64 / toy.times as f64;
    DiskResult {
        name: format!("{}/0", toy.names[vm]),
        written_bytes: written,
        tracked_bytes: written,
        landed_bytes: written - toy.backlog[vm][toy.times],
        pending_bytes: toy.backlog[vm][toy.times],
        max_lag_s: (1..=toy.times).map(|s| toy.lag(vm, s)).fold(0.0, f64::max),
        mean_lag_s: (1..=toy.times).map(|s| toy.lag(vm, s)).sum::<f64>() / toy.times as f64,
        peak_agent_bytes: 2.2e9,
        documented_limit_bytes_per_s: limit,
        mean_tracked_bytes_per_s: written / toy.now(toy.times),
        share_over_limit: over,
        bitmap_entries: u64::from(vm == 1),
        unordered_s: if vm == 1 { 1800.0 } else { 0.0 },
        ..DiskResult::default()
    }
}

fn assumptions() -> Vec<Assumption> {
    let rows = [
        ("crash_every", "5 min", Standing::Documented, "Microsoft Learn, VMware replication architecture", "2021-06", None),
        ("daily_limit", "2 TB/day", Standing::Documented, "Microsoft Learn, plan capacity for VMware", "2020-11", None),
        ("wire_per_tracked", "0.7", Standing::Derived, "Deployment Planner: 30 % compression", "2019-05", None),
        ("throttle_factor", "0.5", Standing::Assumed, "nobody has published it", "", None),
        ("resume_free", "25 %", Standing::Assumed, "nobody has published it; hysteresis over the 20 % limit", "", None),
        ("io_size", "16 KiB", Standing::Assumed, "the record has no I/O size <typical for databases>", "", None),
        ("retention", "3 days", Standing::Scenario, "the scenario file", "", Some("24 h")),
    ];
    rows.map(|(key, value, standing, source, date, instead_of)| Assumption {
        key: key.to_owned(),
        value: value.to_owned(),
        standing,
        source: source.to_owned(),
        date: date.to_owned(),
        instead_of: instead_of.map(str::to_owned),
    })
    .to_vec()
}

fn events(results: &Results) -> Vec<Event> {
    let mut events = vec![
        (254_000.0, "link_down", "internet", "Scheduled outage: no capacity for 42 min."),
        (256_520.0, "link_up", "internet", "Back at 200 Mbps."),
        (259_000.0, "throttle_on", "ps-1", "Cache under 20 % free: intake halved."),
    ];
    if let Some(first) = results.breaches.first_at_s {
        events.push((first, "breach_start", "erp-db", "Lag over 15 min."));
    }
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    events
        .into_iter()
        .map(|(at_s, kind, subject, text)| Event {
            at_s,
            at: format!(
                "2026-01-{:02}T{:02}:{:02}:{:02}",
                5 + at_s as u64 / 86_400,
                at_s as u64 / 3600 % 24,
                at_s as u64 / 60 % 60,
                at_s as u64 % 60
            ),
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
        })
        .collect()
}
