//! The page's tables of results.

use maud::{Markup, html};

use crate::format::{bit_rate, byte_rate, bytes, bytes_or_dash, count, duration, duration_or_dash, number, share, share_or_dash};
use crate::report::answers::{disks_over_limit, fleet_worst_vms};
use crate::report::calendar::{Calendar, day_of};
use crate::report::html::table::Column::{Figures, Words};
use crate::report::html::table::table;
use crate::report::words::{CHOICES, choice_meaning, choice_name, hub_noun};
use crate::results::{AlertCount, DayWorst, Law, PointCounts, Results, RunOutput, VmResult};

/// Rows of the longest tables; the CSV has the rest.
const MOST: usize = 20;
/// Days shown; of longer runs, the worst.
const MOST_DAYS: usize = 31;

/// All tables.
pub fn section(output: &RunOutput, calendar: &Calendar) -> Markup {
    let results = &output.results;
    html! {
        h2 #figures { "Figures" }
        p.remark { "Sizes and rates are decimal (1 GB = 10" sup { "9" } " bytes). P95: 95 % of the time at most this. Unrounded figures are in the files beside this page." }
        (laws(results))
        (loss(results))
        (days(results))
        (machines(results, calendar))
        (groups(results))
        (hubs(results, calendar))
        (bottlenecks(results, calendar))
        (outages(results, calendar))
        (disks(results))
        (points(results))
    }
}

fn law_cells(law: &Law) -> [String; 5] {
    [duration(law.mean), duration_or_dash(law.p50), duration_or_dash(law.p95), duration_or_dash(law.p99), duration(law.max)]
}

fn laws(results: &Results) -> Markup {
    let mut rows = Vec::new();
    let mut add = |name: &str, whose: &str, law: &Law| {
        let over = share_or_dash(law.share_over);
        rows.push([name.to_owned(), whose.to_owned()].into_iter().chain(law_cells(law)).chain([over]).collect::<Vec<_>>());
    };
    let ages = [
        ("Lag: oldest write not yet safe", &results.lag),
        ("Product's clock: newest landed point", &results.reported_rpo),
        ("Newest available point", &results.point_age),
    ];
    for (name, laws) in ages.into_iter().chain(results.app_point_age.iter().map(|laws| ("Newest available app-consistent point", laws))) {
        add(name, "worst VM", &laws.fleet_worst);
        add("", "any VM (pooled)", &laws.pooled);
    }
    let columns = [
        Words("Age of"),
        Words("Whose"),
        Figures("mean"),
        Figures("P50"),
        Figures("P95"),
        Figures("P99"),
        Figures("worst"),
        Figures("time over threshold"),
    ];
    html! { h3 { "RPO and ages of points" } (table("", &columns, &rows)) }
}

fn loss(results: &Results) -> Markup {
    let mut rows = Vec::new();
    for choice in CHOICES {
        let Some(loss) = results.loss.iter().find(|loss| loss.choice == choice) else { continue };
        for (whose, law, lost) in [
            ("worst VM; bytes of all VMs", &loss.time.fleet_worst, loss.bytes.as_ref().map(|bytes| &bytes.fleet_bytes)),
            ("any VM (pooled)", &loss.time.pooled, loss.bytes.as_ref().map(|bytes| &bytes.pooled)),
        ] {
            let name = if whose.starts_with("worst") { choice_name(choice) } else { "" };
            let mut row = vec![name.to_owned(), whose.to_owned()];
            row.extend(law_cells(law));
            row.extend([
                bytes_or_dash(lost.map(|law| law.mean)),
                bytes_or_dash(lost.and_then(|law| law.p95)),
                bytes_or_dash(lost.map(|law| law.max)),
            ]);
            rows.push(row);
        }
    }
    let mut columns = vec![Words("Going back to"), Words("Whose"), Figures("mean"), Figures("P50"), Figures("P95"), Figures("P99"), Figures("worst")];
    columns.extend([Figures("bytes, mean"), Figures("bytes, P95"), Figures("bytes, worst")]);
    html! {
        h3 { "Lost in a disaster at a random moment, by choice of recovery point" }
        (table("", &columns, &rows))
        ul.remark {
            @for choice in CHOICES {
                @if results.loss.iter().any(|loss| loss.choice == choice) { li { b { (choice_name(choice)) } ": " (choice_meaning(choice)) } }
            }
        }
    }
}

fn days(results: &Results) -> Markup {
    let mut days: Vec<&DayWorst> = results.days.iter().collect();
    let all = days.len();
    if all > MOST_DAYS {
        days.sort_by(|a, b| b.worst_lag_s.total_cmp(&a.worst_lag_s));
        days.truncate(MOST_DAYS);
    }
    let rows: Vec<Vec<String>> = days
        .iter()
        .map(|day| {
            vec![
                day_of(&day.date),
                duration(day.worst_lag_s),
                day.vm.clone().unwrap_or_else(|| "-".to_owned()),
                share(day.share_over),
                bytes(day.written_bytes),
            ]
        })
        .collect();
    let columns = [Words("Day (UTC)"), Figures("worst lag"), Words("of"), Figures("time over threshold"), Figures("written, all VMs")];
    html! {
        h3 { @if all > MOST_DAYS { "The worst " (MOST_DAYS) " of " (all) " days" } @else { "Day by day" } }
        (table("", &columns, &rows))
        p.remark { "All days: " a href="days.csv" { "days.csv" } "." }
    }
}

fn machines(results: &Results, calendar: &Calendar) -> Markup {
    let mut vms: Vec<&VmResult> = results.vms.iter().collect();
    vms.sort_by(|a, b| b.lag.max.total_cmp(&a.lag.max));
    let rows: Vec<Vec<String>> = vms
        .iter()
        .take(MOST)
        .map(|vm| {
            vec![
                vm.name.clone(),
                duration(vm.lag.mean),
                duration_or_dash(vm.lag.p95),
                duration(vm.lag.max),
                if vm.lag.max > 0.0 { calendar.label(vm.lag.max_at_s) } else { "-".to_owned() },
                share_or_dash(vm.lag.share_over),
                count(vm.breaches.count),
                duration(vm.worst_of_fleet_s),
                bytes(vm.written_bytes),
                byte_rate(vm.peak_bytes_per_s),
                count(vm.resyncs),
            ]
        })
        .collect();
    let mut columns =
        vec![Words("VM"), Figures("lag, mean"), Figures("P95"), Figures("worst"), Figures("at"), Figures("time over threshold"), Figures("breaches")];
    columns.extend([Figures("worst of fleet for"), Figures("written"), Figures("peak rate"), Figures("resyncs")]);
    let ever = fleet_worst_vms(results).len();
    html! {
        h3 { @if vms.len() > MOST { "The " (MOST) " worst of " (vms.len()) " VMs" } @else { "VMs, worst first" } }
        (table("", &columns, &rows))
        p.remark { (ever) " of " (vms.len()) " had the largest lag of the fleet at some moment. All VMs: " a href="vms.csv" { "vms.csv" } "." }
    }
}

fn groups(results: &Results) -> Markup {
    let rows: Vec<Vec<String>> = results
        .groups
        .iter()
        .map(|group| {
            let app = group.app_point_age.as_ref();
            vec![
                group.name.clone(),
                count(group.vms),
                duration(group.lag.mean),
                duration(group.lag.max),
                duration(group.point_age.mean),
                duration(group.point_age.max),
                duration_or_dash(app.map(|law| law.mean)),
                duration_or_dash(app.map(|law| law.max)),
            ]
        })
        .collect();
    let mut columns =
        vec![Words("Group"), Figures("VMs"), Figures("lag, mean"), Figures("worst"), Figures("common point's age, mean"), Figures("worst")];
    columns.extend([Figures("common app point's age, mean"), Figures("worst")]);
    html! { @if !rows.is_empty() { h3 { "Replication groups (points common to all members)" } (table("", &columns, &rows)) } }
}

fn alert(alert: &AlertCount) -> String {
    if alert.raised == 0 { "never".to_owned() } else { format!("{} ×, {}", count(alert.raised), duration(alert.total_s)) }
}

fn hubs(results: &Results, calendar: &Calendar) -> Markup {
    let hubs = &results.process_servers;
    let (_, many) = hub_noun(&results.scenario);
    let intake: Vec<Vec<String>> = hubs
        .iter()
        .map(|hub| {
            vec![
                hub.name.clone(),
                count(hub.vms),
                bytes(hub.taken_in_bytes),
                byte_rate(hub.peak_offered_bytes_per_s),
                format!("{} /s", number(hub.peak_offered_ops_per_s)),
                bytes(hub.largest_day_bytes),
                bytes(hub.daily_limit_bytes),
                format!("{} of {}", count(hub.days_over), count(hub.days)),
                duration(hub.down_s),
            ]
        })
        .collect();
    let mut intake_columns = vec![Words("Name"), Figures("VMs"), Figures("taken in"), Figures("peak offered"), Figures("peak operations")];
    intake_columns.extend([Figures("largest day"), Figures("daily planning limit"), Figures("days over"), Figures("down")]);
    let caches: Vec<Vec<String>> = hubs
        .iter()
        .map(|hub| {
            vec![
                hub.name.clone(),
                hub.cache_bytes.map_or_else(|| "unbounded".to_owned(), bytes),
                bytes(hub.peak_cache_bytes),
                calendar.label(hub.peak_cache_at_s),
                share_or_dash(hub.least_free),
                duration(hub.throttled_s),
                duration(hub.full_s),
                alert(&hub.space_warning),
                alert(&hub.space_critical),
                alert(&hub.drain_warning),
                alert(&hub.drain_critical),
            ]
        })
        .collect();
    let mut cache_columns =
        vec![Words("Name"), Figures("cache"), Figures("most used"), Figures("at"), Figures("least free"), Figures("throttled"), Figures("full")];
    cache_columns.extend([Figures("space warning"), Figures("space critical"), Figures("drain warning"), Figures("drain critical")]);
    let mut title = many.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    html! {
        @if !hubs.is_empty() {
            h3 { (title) }
            (table("Intake", &intake_columns, &intake))
            (table("Cache, and how often and how long each alert was up", &cache_columns, &caches))
        }
    }
}

fn bottlenecks(results: &Results, calendar: &Calendar) -> Markup {
    let link = &results.link;
    let about_link = vec![vec![
        link.name.clone(),
        bit_rate(link.goodput_bit_per_s),
        link.per_vm_ceiling_bit_per_s.map_or_else(|| "none".to_owned(), bit_rate),
        bytes(link.carried_wire_bytes),
        share(link.mean_use),
        duration(link.saturated_s),
        duration(link.down_s),
        count(link.outages),
        count(link.reductions),
        bytes(link.peak_backlog_bytes),
        calendar.label(link.peak_backlog_at_s),
        bytes(link.peak_waiting_bytes),
        calendar.label(link.peak_waiting_at_s),
    ]];
    let mut link_columns =
        vec![Words("Link"), Figures("goodput"), Figures("ceiling per VM"), Figures("carried"), Figures("mean use"), Figures("full for")];
    link_columns.extend([Figures("down for"), Figures("outages"), Figures("reductions"), Figures("most held back, all VMs"), Figures("at")]);
    link_columns.extend([Figures("most waiting anywhere"), Figures("at")]);
    let rows: Vec<Vec<String>> = results
        .bottlenecks
        .iter()
        .take(MOST)
        .map(|found| vec![found.resource.clone(), duration(found.time_s), calendar.label(found.first_at_s), duration(found.set_fleet_worst_s)])
        .collect();
    let columns = [Words("Disks waited for"), Figures("time, any disk"), Figures("first at"), Figures("held back the worst VM for")];
    html! {
        h3 { "Link and bottlenecks" }
        (table("", &link_columns, &about_link))
        (table("", &columns, &rows))
        @if rows.is_empty() { p { "No disk ever had to wait." } }
        @if results.bottlenecks.len() > MOST { p.remark { "The " (MOST) " longest of " (results.bottlenecks.len()) "; all are in " a href="summary.json" { "summary.json" } "." } }
    }
}

fn outages(results: &Results, calendar: &Calendar) -> Markup {
    let queue = &results.one_queue;
    let rows: Vec<Vec<String>> = queue
        .outages
        .iter()
        .map(|outage| {
            vec![
                duration(outage.cut_s),
                calendar.label(outage.worst_start_s),
                bytes(outage.backlog_bytes),
                outage.back_within_s.map_or_else(|| "not within the run".to_owned(), duration),
                outage.cache_overflows.map_or("unbounded", |full| if full { "overflows" } else { "holds" }).to_owned(),
            ]
        })
        .collect();
    let levels: Vec<Vec<String>> = queue.levels.iter().map(|level| vec![share(level.share), bit_rate(level.goodput_bit_per_s)]).collect();
    let columns = [Words("Link cut for"), Figures("worst begun"), Figures("backlog, all VMs"), Figures("back in RPO after its end"), Words("caches")];
    html! {
        @if !rows.is_empty() || !levels.is_empty() {
            h3 { "The fleet as one queue: link needed, and what an outage would do" }
            p.remark {
                "All VMs' churn through one first-in first-out queue. Exact for one queue; a lower bound on the link that the worst VM needs under fair sharing."
            }
            (table(&format!("Link needed to keep the lag within {}", duration(queue.target_s)), &[Words("Share of the time"), Figures("goodput")], &levels))
            (table("A cut at the worst moment", &columns, &rows))
        }
    }
}

fn disks(results: &Results) -> Markup {
    let over = disks_over_limit(results);
    let rows: Vec<Vec<String>> = over
        .iter()
        .take(MOST)
        .map(|disk| {
            vec![
                disk.name.clone(),
                byte_rate(disk.documented_limit_bytes_per_s),
                byte_rate(disk.mean_tracked_bytes_per_s),
                share(disk.share_over_limit),
                duration(disk.lag.max),
                bytes(disk.peak_agent_bytes),
                count(disk.bitmap_entries),
                duration(disk.unordered_s),
            ]
        })
        .collect();
    let mut columns =
        vec![Words("Disk"), Figures("documented limit"), Figures("mean tracked rate"), Figures("time over limit"), Figures("worst lag")];
    columns.extend([Figures("most in agent"), Figures("bitmap mode"), Figures("unordered for")]);
    html! {
        h3 { "Disks over the documented limit of their own tier" }
        @if rows.is_empty() { p { "None." } }
        (table("", &columns, &rows))
        p.remark {
            @if over.len() > MOST { "The " (MOST) " longest of " (over.len()) ". " }
            "Where the limits are in force a wider link does not help these disks: another tier or less churn does. All disks: " a href="disks.csv" { "disks.csv" } "."
        }
    }
}

fn points(results: &Results) -> Markup {
    let mut vms: Vec<&VmResult> = results.vms.iter().collect();
    let hole = |vm: &VmResult| vm.points.longest_hole_s.unwrap_or(f64::INFINITY);
    vms.sort_by(|a, b| hole(b).total_cmp(&hole(a)));
    let row = |name: &str, points: &PointCounts| {
        vec![
            name.to_owned(),
            format!("{} of {}", count(points.crash_points), count(points.crash_markers)),
            format!("{} of {}", count(points.app_points), count(points.app_markers)),
            count(points.crash_failed + points.app_failed),
            count(points.pruned),
            count(points.held_at_end),
            duration_or_dash(points.oldest_at_end_s),
            duration_or_dash(points.longest_hole_s),
            duration(points.longest_without_new_s),
        ]
    };
    let mut rows = vec![row("All VMs (ages: the worst)", &results.points.total)];
    rows.extend(vms.iter().take(10).map(|vm| row(&vm.name, &vm.points)));
    let mut columns = vec![
        Words("VM"),
        Figures("crash points of markers"),
        Figures("app points of markers"),
        Figures("failed"),
        Figures("pruned"),
        Figures("held"),
    ];
    columns.extend([Figures("oldest held"), Figures("longest hole"), Figures("longest without a new one")]);
    html! {
        h3 { "Recovery points" @if vms.len() > 10 { ": the fleet and the 10 VMs with the longest holes" } }
        (table("", &columns, &rows))
        p.remark { "All VMs: " a href="vms.csv" { "vms.csv" } "; every point held: " a href="points.csv" { "points.csv" } "." }
    }
}
