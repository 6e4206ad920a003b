//! The parts of the fake's record, one function a part.

use failback::results::*;

use super::*;

pub(super) fn info(plan: Plan, toy: &Toy) -> ScenarioInfo {
    ScenarioInfo {
        title: format!("Head office: {} VMs to Azure over a {:.0} Mbps line", plan.vms, plan.link_bit_per_s / 1e6),
        name: "head-office".to_owned(),
        system: "VMware on premises to Azure (classic)".to_owned(),
        profile: "vmware-classic-2021".to_owned(),
        set: vec!["link.forward.internet.bandwidth=300 Mbps".to_owned()],
        start: "2026-01-05T00:00:00".to_owned(),
        horizon_s: toy.now(toy.times),
        seed: 1,
        replication: 0,
        vms: plan.vms as u64,
        disks: plan.vms as u64,
        rpo_threshold_s: THRESHOLD,
        app_every_s: Some(APP),
        warnings: vec!["churn.csv: the record (6 days) ends 1 day before the run does".to_owned()],
        fingerprint: "5f3c9a0e7d1b2c4486aa0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a".to_owned(),
    }
}

pub(super) fn link(toy: &Toy, plan: Plan) -> LinkResult {
    let total: Vec<f64> = (1..=toy.times).map(|step| toy.backlog.iter().map(|b| b[step]).sum()).collect();
    let backlog = law(&total, toy.step, None);
    let carried: f64 = toy.used.iter().map(|u| u * toy.step * 0.7).sum();
    LinkResult {
        name: "internet".to_owned(),
        goodput_bit_per_s: plan.link_bit_per_s,
        mean_capacity_bit_per_s: 0.97 * plan.link_bit_per_s,
        per_vm_ceiling_bit_per_s: Some(180e6),
        carried_wire_bytes: carried,
        mean_use: carried / (toy.capacity.iter().sum::<f64>() * toy.step * 0.7),
        saturated_s: (0..toy.times).filter(|&t| toy.capacity[t] > 0.0 && toy.used[t] > 0.999 * toy.capacity[t]).count() as f64 * toy.step,
        down_s: toy.capacity.iter().filter(|&&c| c == 0.0).count() as f64 * toy.step,
        outages: 2,
        reductions: 1,
        peak_backlog_bytes: backlog.max,
        peak_backlog_at_s: backlog.max_at_s,
        peak_waiting_bytes: 1.2 * backlog.max,
        peak_waiting_at_s: backlog.max_at_s,
        peak_stored_bytes: backlog.max,
    }
}

pub(super) fn hubs(toy: &Toy, plan: Plan) -> Vec<HubResult> {
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

pub(super) fn bottlenecks() -> Vec<Bottleneck> {
    [
        ("link internet", 11_160.0, 79_200.0, 10_400.0),
        ("process server ps-1", 2400.0, 259_000.0, 2100.0),
        ("disk erp-db/0 churn limit", 900.0, 79_300.0, 300.0),
    ]
    .map(|(resource, time_s, first_at_s, set_fleet_worst_s)| Bottleneck { resource: resource.to_owned(), time_s, first_at_s, set_fleet_worst_s })
    .to_vec()
}

pub(super) fn series(toy: &Toy, plan: Plan, worst: &[(f64, usize)]) -> Vec<SeriesRow> {
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
                changed_bytes: if row % 160 == 70 { 6e9 } else { 0.0 },
                cache_bytes: cached,
                fullest_cache: (cached / 105e9).min(1.0),
                unordered_disks: u64::from(row % 160 == 70),
            }
        })
        .collect()
}

pub(super) fn days(toy: &Toy, plan: Plan, worst: &[(f64, usize)]) -> Vec<DayWorst> {
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

pub(super) fn vm_result(toy: &Toy, vm: usize, worst: &[(f64, usize)], calendar: &PointCalendar) -> VmResult {
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
        reported_breaches: breaches(&of(Choice::LatestMarker), toy.step),
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
            newest_at_end_s: calendar.points.last().map(|p| end - p.marker_s),
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

pub(super) fn disk_result(toy: &Toy, vm: usize) -> DiskResult {
    let written = toy.written[vm][toy.times];
    let limit = if vm == 0 { 8e6 } else { 2e6 };
    let over = (0..toy.times).filter(|&t| (toy.written[vm][t + 1] - toy.written[vm][t]) / toy.step > limit).count() as f64 / toy.times as f64;
    DiskResult {
        name: format!("{}/0", toy.names[vm]),
        vm: toy.names[vm].to_string(),
        written_bytes: written,
        measured_bytes: 0.75 * written,
        tracked_bytes: written,
        landed_bytes: written - toy.backlog[vm][toy.times],
        pending_bytes: toy.backlog[vm][toy.times],
        lag: law(&(1..=toy.times).map(|s| toy.lag(vm, s)).collect::<Vec<f64>>(), toy.step, Some(THRESHOLD)),
        peak_agent_bytes: 2.2e9,
        documented_limit_bytes_per_s: limit,
        limit_in_force_bytes_per_s: Some(limit),
        mean_tracked_bytes_per_s: written / toy.now(toy.times),
        share_over_limit: over,
        bitmap_entries: u64::from(vm == 1),
        unordered_s: if vm == 1 { 1800.0 } else { 0.0 },
        ..DiskResult::default()
    }
}

pub(super) fn assumptions() -> Vec<Assumption> {
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

pub(super) fn events(results: &Results) -> Vec<Event> {
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

/// A gateway and points at their prices, and two things without.
pub(super) fn cost() -> CostResult {
    let item = |name: &str, quantity: f64, unit: &str, price: f64, key: &str| CostItem {
        name: name.to_owned(),
        paid: Paid::PerMonth,
        quantity,
        unit: unit.to_owned(),
        price,
        key: key.to_owned(),
        amount: quantity * price,
    };
    let missing = |name: &str, paid: Paid, unit: &str, set: &str, form: &str| MissingPrice {
        name: name.to_owned(),
        paid,
        quantity: Some(20.0),
        unit: unit.to_owned(),
        set: set.to_owned(),
        form: form.to_owned(),
    };
    let items = vec![
        item("VPN gateway VpnGw2", 730.0, "h", 0.49, "prices.vpn_gateway.VpnGw2"),
        item("recovery points", 197.5, "GiB-month", 0.16, "prices.recovery_points"),
    ];
    CostResult {
        currency: "USD".to_owned(),
        per_month: items.iter().map(|item| item.amount).sum(),
        once: 0.0,
        complete: false,
        items,
        missing: vec![
            missing("licences", Paid::PerMonth, "month", "cost.prices.licence", "… USD/month"),
            missing("machines at the target", Paid::Once, "h", "cost.prices.compute", "… USD/h"),
        ],
    }
}

pub(super) fn credibility() -> Credibility {
    let input = |input: &str, name: &str, found: &str, checked: &str, inside: bool| InputInForce {
        input: input.to_owned(),
        name: name.to_owned(),
        found: found.to_owned(),
        checked: checked.to_owned(),
        inside,
        by: "a test".to_owned(),
    };
    Credibility {
        churn: ChurnQuality {
            measured_share: Some(0.75),
            measured_vms: 15,
            synthetic_vms: 5,
            columns: 7,
            most_disks_per_column: 3,
            ..ChurnQuality::default()
        },
        inputs: vec![
            input("fleet.vms", "machines", "20", "1 to 5,000", true),
            input("link.bandwidth", "link bandwidth", "40 Gbit/s", "256 kbit/s to 10 Gbit/s", false),
        ],
        outside: vec!["link bandwidth: 40 Gbit/s; checked: 256 kbit/s to 10 Gbit/s".to_owned()],
        checks: vec![Check {
            against: Against::Twin,
            what: "lags <all>".to_owned(),
            source: "a twin".to_owned(),
            tests: vec!["tests/a.rs::b".to_owned()],
        }],
    }
}
