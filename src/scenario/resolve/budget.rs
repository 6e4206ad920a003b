//! What a run may ask of the machine: counts beyond which it would not end this day, or not fit into memory. They are far above what a plan
//! for years and thousands of machines needs, and every message names its limit.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::model::{Apply, Disk, Journey, Link, Occurs, OutputPlan, Policy};
use crate::scenario::raw::Scenario;
use crate::scenario::resolve::context::Context;
use crate::units::Span;

/// Instants at which the churn of some disk changes: each is a step of the whole fleet, and kept for the report.
const MOST_STEPS: f64 = 50e6;
/// Buckets of all disks; some 40 ns each.
const MOST_BUCKETS: f64 = 100e9;
/// Markers issued, each for the whole fleet.
const MOST_MARKERS: f64 = 20e6;
/// Markers of all machines.
const MOST_VM_MARKERS: f64 = 100e9;
/// Points that all machines hold at once, or that are under way to be available.
const MOST_HELD: f64 = 20e6;
/// Rows of the time series.
const MOST_ROWS: f64 = 1e6;
/// Outages of the link, cuts and those to be expected by its laws.
const MOST_OUTAGES: f64 = 20e3;
/// Disasters and drills, those to be expected among them.
const MOST_DISASTERS: f64 = 10e3;
/// Growth of the churn over the whole run.
const MOST_GROWTH: f64 = 1e12;

/// The parts of a world that say how much a run has to do.
pub(super) struct Parts<'w> {
    pub raw: &'w Scenario,
    pub horizon: Span,
    pub vms: usize,
    pub disks: &'w [Disk],
    pub policy: &'w Policy,
    pub output: &'w OutputPlan,
    pub link: &'w Link,
    pub link_home: Option<&'w Link>,
    pub journey: Option<&'w Journey>,
    pub apply: &'w Apply,
    pub growth_per_year: f64,
}

/// How often something that comes every so often does so in the run.
fn times(horizon: Span, every: Span) -> f64 {
    horizon.as_nanos() as f64 / every.as_nanos().max(1) as f64
}

/// A large count as people say it.
fn count(number: f64) -> String {
    let (number, unit) = match number {
        n if n >= 1e9 => (n / 1e9, " billion"),
        n if n >= 1e6 => (n / 1e6, " million"),
        n => (n, ""),
    };
    let text = format!("{number:.1}");
    format!("{}{unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// Checks all of it.
pub(super) fn check(parts: &Parts<'_>, context: &mut Context) {
    let horizon = parts.horizon;
    let length = parts.raw.horizon.as_ref().map(|at| at.span.clone());
    // Where the interval is stated, else where the length of the run is.
    let stated = |context: &Context, written: Option<&Range<usize>>, keys: &[&str]| {
        let interval = context.place(written, keys);
        if interval == (0..0) { length.clone().unwrap_or_else(|| context.place_of("run.horizon")) } else { interval }
    };
    let mut limit = |found: f64, most: f64, what: &str, at: &dyn Fn(&Context) -> Range<usize>, advice: &str| {
        if found > most {
            let (at, found, most) = (at(context), count(found), count(most));
            context.error(&at, format!("the run of {horizon} has {found} {what}, more than {most}"), advice);
        }
    };

    let periods: BTreeSet<Span> = parts.disks.iter().map(|disk| disk.churn.period).collect();
    let steps: f64 = periods.iter().map(|period| times(horizon, *period)).sum();
    let of_churn = |context: &Context| stated(context, None, &["churn.period"]);
    limit(steps, MOST_STEPS, "churn buckets one after the other", &of_churn, "write a longer `period` of the churn, or a shorter run");
    let buckets: f64 = parts.disks.iter().map(|disk| times(horizon, disk.churn.period)).sum();
    limit(buckets, MOST_BUCKETS, "churn buckets over all disks", &of_churn, "write a longer `period` of the churn, a shorter run or fewer machines");

    let policy = &parts.raw.policy;
    let crash_at = policy.crash_every.as_ref().map(|at| &at.span);
    let app_at = policy.app_every.as_ref().map(|at| &at.span);
    let of_markers = |context: &Context| stated(context, crash_at.or(app_at), &["policy.crash_every", "policy.app_every"]);
    let markers = times(horizon, parts.policy.crash_every) + parts.policy.app_every.map_or(0.0, |every| times(horizon, every));
    limit(markers, MOST_MARKERS, "recovery points of each machine", &of_markers, "write a longer interval, or a shorter run");
    let all = markers * parts.vms as f64;
    limit(all, MOST_VM_MARKERS, "recovery points of all machines", &of_markers, "write a longer interval, a shorter run or fewer machines");

    if parts.output.points {
        let held = held(parts.policy, horizon) * parts.vms as f64;
        let window_at = policy.dense_window.as_ref().map(|at| &at.span);
        let prune_at = policy.prune.first().map(|at| &at.value.keep_one_per.span);
        let keys = ["policy.dense_window", "policy.retention", "policy.crash_every"];
        let of_points =
            |context: &Context| context.place(window_at.or(prune_at).or(policy.retention.as_ref().map(|at| &at.span)).or(crash_at), &keys);
        limit(held, MOST_HELD, "points held at once", &of_points, "write a shorter `dense_window` or a coarser thinning, or `output.points = false`");
    }

    if parts.output.loss_bytes {
        // Each keeps what every machine had written.
        let under_way = times(parts.apply.delay.min(horizon), parts.policy.crash_every) * parts.vms as f64;
        let delay_at = parts.raw.apply.delay.as_ref().map(|at| &at.span);
        let of_apply = |context: &Context| stated(context, delay_at.or(crash_at), &["apply.delay", "policy.crash_every"]);
        let advice = "write a shorter `delay` or a longer `crash_every`, or `output.loss_bytes = false`";
        limit(under_way, MOST_HELD, "points under way at once", &of_apply, advice);
    }

    if let Some(every) = parts.output.series_every {
        let series_at = parts.raw.output.series_every.as_ref().map(|at| &at.span);
        let of_series = |context: &Context| stated(context, series_at, &["output.series_every"]);
        limit(times(horizon, every), MOST_ROWS, "rows of the series", &of_series, "write a longer interval such as \"1 h\", or \"off\"");
    }

    let links = [(Some(parts.link), &parts.raw.link.forward), (parts.link_home, &parts.raw.link.failback)];
    for (link, written) in links.into_iter().filter_map(|(link, written)| Some((link?, written))) {
        let expected: f64 = link.outages.iter().map(|process| times(horizon, process.mtbf)).sum();
        let outages = link.scheduled.len() as f64 + expected;
        let of_link = |context: &Context| {
            let law = context.place_in("outage_law");
            if law == (0..0) { context.place(written.as_ref().map(|at| &at.span), &[]) } else { law }
        };
        limit(outages, MOST_OUTAGES, "outages of the link", &of_link, "write a longer `mtbf` or interval of the cuts, or a shorter run");
    }

    if let Some(journey) = parts.journey {
        let of_journey = |context: &Context| {
            let again = |disaster: &crate::scenario::raw::Disaster| disaster.every.as_ref().or(disaster.mtbf.as_ref()).map(|at| at.span.clone());
            let of_disaster = parts.raw.disaster.iter().find_map(|at| again(&at.value));
            let of_drill = parts.raw.drill.iter().find_map(|at| at.value.every.as_ref()).map(|at| at.span.clone());
            context.place(of_disaster.or(of_drill).as_ref(), &[])
        };
        let advice = "write a longer interval or `mtbf`, or a shorter run";
        limit(disasters(journey, horizon), MOST_DISASTERS, "disasters and drills", &of_journey, advice);
    }

    let years = horizon.as_secs_f64() / (365.25 * 86_400.0);
    if libm::log(1.0 + parts.growth_per_year) * years > libm::log(MOST_GROWTH) {
        let at = context.place(parts.raw.growth_per_year.as_ref().map(|at| &at.span), &["churn.growth_per_year"]);
        context.error(
            &at,
            format!("over {horizon} the churn would grow more than a million millionfold"),
            "write a smaller growth, or a shorter run",
        );
    }
}

/// Disasters and drills of the run, expected ones among them.
fn disasters(journey: &Journey, horizon: Span) -> f64 {
    let occurrences = journey.disasters.iter().map(|disaster| match &disaster.occurs {
        Occurs::At(instants) => instants.len() as f64,
        Occurs::Between(..) => 1.0,
        Occurs::Every(mtbf) => times(horizon, *mtbf),
    });
    occurrences.sum::<f64>() + journey.drills.iter().map(|drill| drill.at.len() as f64).sum::<f64>()
}

/// Points that one machine holds at once: all within the dense window, then one in each bucket.
fn held(policy: &Policy, horizon: Span) -> f64 {
    let dense = policy.dense_window.min(policy.retention).min(horizon);
    let mut points = times(dense, policy.crash_every) + policy.app_every.map_or(0.0, |every| times(dense, every));
    let mut from = dense;
    for rule in &policy.prune {
        let to = rule.up_to.min(horizon).max(from);
        points += times(to - from, rule.keep_one_per.max(policy.crash_every));
        from = to;
    }
    points
}
