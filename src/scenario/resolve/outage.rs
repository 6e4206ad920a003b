//! Outages of a link: random laws by kind of link, gateway switch-overs, cuts at known times, calendar throttles.

use crate::model::{CapacityChange, OutageProcess, ThrottleWindow};
use crate::scenario::located::At;
use crate::scenario::raw::{Cut, OutageEntry, OutageLaw, RepairLaw, Throttle};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::calendar::Calendar;
use crate::scenario::resolve::context::Context;
use crate::scenario::values::Several;
use crate::units::{BitRate, DurationLaw, Instant, Share, Span};

/// More throttles than this are a slip.
const MOST_THROTTLES: usize = 100;

/// What a kind of link is made of, as far as its outages go.
pub(super) enum Anatomy {
    /// One line, which an outage cuts.
    OneLine,
    /// A line, and an Azure VPN gateway in front of it.
    Gateway {
        /// What one instance carries of the goodput; `None` for active-standby.
        left: Option<Share>,
    },
    /// Two connections, either of which carries all.
    TwoConnections {
        /// Share of failures that take both.
        common_cause: Share,
        /// Detection and convergence.
        switch_over: Span,
    },
}

/// The outage processes of a link.
pub(super) fn processes(written: Option<&At<Several<OutageEntry>>>, anatomy: &Anatomy, context: &mut Context) -> Vec<OutageProcess> {
    let Some(written) = written else {
        let default: String = context.need("link.outages");
        if default != "none" {
            return named(&At { value: default, span: context.place_of("link.outages") }, anatomy, context);
        }
        return Vec::new();
    };
    let mut list: Vec<OutageProcess> = Vec::new();
    let mut names = Vec::new();
    for entry in &written.value.0 {
        let processes = match entry {
            OutageEntry::Named(name) => {
                names.push(name.clone());
                named(&At { value: name.clone(), span: written.span.clone() }, anatomy, context)
            }
            OutageEntry::Law(law) => {
                names.push(format!("{} every {}", law.name.as_deref().unwrap_or("outage"), law.mtbf.value));
                own_law(law, anatomy, context)
            }
        };
        for process in processes {
            if list.iter().any(|other| other.name == process.name) {
                context.error(&written.span, format!("there are two outage laws called `{}`", process.name), "give each its own `name`");
            }
            list.push(process);
        }
    }
    context.state("link.outages", names.join(", "));
    list
}

/// A law by name: `suggested` is all that the anatomy suggests.
fn named(name: &At<String>, anatomy: &Anatomy, context: &mut Context) -> Vec<OutageProcess> {
    match name.value.as_str() {
        "none" => Vec::new(),
        "suggested" => {
            let mut list = on_line(law("last mile", "line", context), anatomy);
            if let Anatomy::Gateway { left } = anatomy {
                for (row, name) in [("vpn planned", "gateway maintenance"), ("vpn unplanned", "gateway failure")] {
                    let mut process = law(row, name, context);
                    process.factor = left.unwrap_or(Share::ZERO);
                    list.push(process);
                }
            }
            list
        }
        other => {
            let rows: Vec<String> = context.profile.rows("outage_law").into_iter().map(str::to_string).collect();
            if rows.iter().any(|row| row == other) {
                return on_line(law(other, other, context), anatomy);
            }
            let names = rows.iter().map(String::as_str).chain(["none", "suggested"]);
            context.error(&name.span, format!("there is no outage law `{other}`"), suggest(other, names));
            Vec::new()
        }
    }
}

/// A row of `outage_law`.
fn law(row: &str, name: &str, context: &mut Context) -> OutageProcess {
    let median: Span = context.need(&format!("outage_law.{row}.median"));
    let p95: Span = context.need(&format!("outage_law.{row}.p95"));
    if p95 < median {
        let at = context.place(None, &[&format!("outage_law.{row}.p95"), &format!("outage_law.{row}.median")]);
        context.error(&at, format!("a 95th percentile of {p95} is not above the median ({median})"), "write a longer p95");
    }
    let repair = if p95 <= median { DurationLaw::Fixed(median) } else { DurationLaw::LogNormal { median, p95 } };
    let mtbf = context.need(&format!("outage_law.{row}.mtbf"));
    OutageProcess { name: name.to_string(), mtbf, repair, factor: Share::ZERO, switch_over: Span::ZERO }
}

/// A law of the scenario's own.
fn own_law(law: &OutageLaw, anatomy: &Anatomy, context: &mut Context) -> Vec<OutageProcess> {
    if law.mtbf.value.is_zero() {
        context.error(&law.mtbf.span, "it would fail all the time", "write a time above 0, such as \"75 days\"");
    }
    let repair = repair(&law.repair, context);
    let none = match &law.repair.value {
        RepairLaw::Fixed(span) => span.is_zero(),
        RepairLaw::Law(law) => law.mean.as_ref().is_some_and(|mean| mean.value.is_zero()),
    };
    if none && law.switch_over.as_ref().is_none_or(|at| at.value.is_zero()) {
        context.error(&law.repair.span, "an outage of no length", "write a repair time above 0, such as \"2 h\"");
    }
    let process = OutageProcess {
        name: law.name.clone().unwrap_or_else(|| "outage".to_string()),
        mtbf: law.mtbf.value,
        repair,
        factor: law.left.as_ref().map_or(Share::ZERO, |at| at.value),
        switch_over: law.switch_over.as_ref().map_or(Span::ZERO, |at| at.value),
    };
    // A law that says what is left or how long traffic takes to move describes the whole link, not one of its connections.
    if law.left.is_some() || law.switch_over.is_some() { vec![process] } else { on_line(process, anatomy) }
}

/// The law of a line, on each connection that the link has. With two connections, one failure only costs the switch-over (either carries
/// the whole circuit); both are lost by a common cause, or by chance: at rate 2 r²·(mean repair), for half a repair on average (derived).
fn on_line(line: OutageProcess, anatomy: &Anatomy) -> Vec<OutageProcess> {
    let Anatomy::TwoConnections { common_cause, switch_over } = anatomy else { return vec![line] };
    let share = common_cause.get();
    let mean = line.repair.mean();
    let own = |name: &str, mtbf: f64, factor: Share, switch_over: Span, repair: DurationLaw| OutageProcess {
        name: format!("{} {name}", line.name),
        mtbf: Span::from_secs_f64(mtbf),
        repair,
        factor,
        switch_over,
    };
    let mtbf = line.mtbf.as_secs_f64();
    let mut list = Vec::new();
    if share < 1.0 {
        for name in ["primary", "secondary"] {
            list.push(own(name, mtbf / (1.0 - share), Share::ONE, *switch_over, line.repair));
        }
        list.push(own(
            "both by chance",
            mtbf * mtbf / (2.0 * mean * (1.0 - share) * (1.0 - share)),
            Share::ZERO,
            Span::ZERO,
            DurationLaw::Exponential(Span::from_secs_f64(mean / 2.0)),
        ));
    }
    if share > 0.0 {
        list.push(own("both by one cause", mtbf / share, Share::ZERO, Span::ZERO, line.repair));
    }
    list
}

fn repair(written: &At<RepairLaw>, context: &mut Context) -> DurationLaw {
    let law = match &written.value {
        RepairLaw::Fixed(span) => return DurationLaw::Fixed(*span),
        RepairLaw::Law(law) => law,
    };
    match (&law.mean, &law.median, &law.p95) {
        (Some(mean), None, None) => return DurationLaw::Exponential(mean.value),
        (None, Some(median), Some(p95)) if p95.value > median.value && !median.value.is_zero() => {
            return DurationLaw::LogNormal { median: median.value, p95: p95.value };
        }
        (None, Some(median), Some(p95)) => {
            context.error(&p95.span, format!("a 95th percentile of {} is not above the median ({})", p95.value, median.value), "write a longer p95");
        }
        _ => {
            context.error(&written.span, "the repair time needs a law", "write \"2 h\", { mean = \"2 h\" } or { median = \"30 min\", p95 = \"8 h\" }")
        }
    }
    DurationLaw::Fixed(Span::ZERO)
}

/// Cuts at known times.
pub(super) fn cuts(written: &[At<Cut>], calendar: &Calendar, context: &mut Context) -> Vec<CapacityChange> {
    let mut changes = Vec::new();
    for cut in written {
        let cut = &cut.value;
        if cut.lasts.value.is_zero() {
            context.error(&cut.lasts.span, "a cut of no length", "write a time above 0");
        }
        let first = calendar.instant(cut.at.value, &cut.at.span, context);
        for from in calendar.repeat(first, cut.every.as_ref(), None, context) {
            changes.push(change(from, cut.lasts.value, cut.left.as_ref(), cut.cause.as_deref().unwrap_or("scheduled outage")));
        }
    }
    changes.sort_by_key(|change| change.from);
    changes
}

/// A stretch of less capacity.
pub(super) fn change(from: Instant, lasts: Span, left: Option<&At<Share>>, cause: &str) -> CapacityChange {
    CapacityChange { from, to: from + lasts, factor: left.map_or(Share::ZERO, |at| at.value), cause: cause.to_string() }
}

/// Calendar throttles; windows over midnight are split.
pub(super) fn throttles(written: &[At<Throttle>], context: &mut Context) -> Vec<ThrottleWindow> {
    let (least, most): (Option<BitRate>, Option<BitRate>) = (context.profile_value("link.throttle_min"), context.profile_value("link.throttle_max"));
    let mut windows = Vec::new();
    if let Some(next) = written.get(MOST_THROTTLES) {
        context.error(&next.span, format!("the link has {} throttles, more than {MOST_THROTTLES}", written.len()), "write fewer windows");
    }
    for throttle in written.iter().take(MOST_THROTTLES) {
        let throttle = &throttle.value;
        let limit = throttle.limit.value;
        let outside = |bound: Option<BitRate>, low: bool| {
            bound.filter(|bound| if low { limit.as_bits_per_s() < bound.as_bits_per_s() } else { limit.as_bits_per_s() > bound.as_bits_per_s() })
        };
        if let Some(bound) = outside(least, true).or(outside(most, false)) {
            context.warnings.push(format!(
                "a throttle of {limit} is beyond what the agent's own setting allows ({bound}); it must be made elsewhere on the path"
            ));
        }
        let (from, to) = (throttle.from.value.0, throttle.to.value.0);
        let days = throttle.days.map_or([true; 7], |days| days.0);
        if from == to {
            context.error(&throttle.to.span, "the window ends when it starts", "write a later time, or \"00:00\" to \"24:00\" for the whole day");
        } else if from < to {
            windows.push(ThrottleWindow { days, from, to, limit });
        } else {
            let mut next = days;
            next.rotate_right(1);
            windows.push(ThrottleWindow { days, from, to: Span::from_days(1), limit });
            if !to.is_zero() {
                windows.push(ThrottleWindow { days: next, from: Span::ZERO, to, limit });
            }
        }
    }
    windows
}
