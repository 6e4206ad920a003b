//! The replication policy and the output plan of the world.

use crate::model::{OutputPlan, Policy, PruneRule, StartState};
use crate::scenario::raw::{Scenario, Start};
use crate::scenario::resolve::context::Context;
use crate::units::Span;

/// Builds the policy and checks it against the profile's rules.
pub(super) fn policy(raw: &Scenario, context: &mut Context) -> Policy {
    let policy = &raw.policy;
    let crash_every: Span = context.pick(policy.crash_every.as_ref(), "policy.crash_every");
    let retention = retention(raw, context);
    let app_every = app_every(raw, retention, context);
    let start_state = match policy.start.as_ref().map(|at| at.value) {
        Some(Start::Protected) => StartState::Protected,
        Some(Start::InitialReplication) => {
            context.state("policy.start_state", "initial-replication".to_string());
            StartState::InitialReplication
        }
        None if context.need::<String>("policy.start_state") == "initial-replication" => StartState::InitialReplication,
        None => StartState::Protected,
    };
    let copy_disks_at_once = context.pick(policy.copy_disks_at_once.as_ref(), "policy.copy_disks_at_once");
    let checksum_rate = context.pick(policy.checksum_rate.as_ref(), "policy.checksum_rate");
    let dense_window = context.pick(policy.dense_window.as_ref(), "policy.dense_window");
    Policy {
        rpo_threshold: context.pick(policy.rpo_threshold.as_ref(), "policy.rpo_threshold"),
        crash_every,
        app_every,
        app_failure: context.pick(policy.app_failure.as_ref(), "policy.app_failure"),
        retention,
        dense_window,
        prune: if policy.prune.is_empty() { schedule(retention, context) } else { written_schedule(raw, retention, context) },
        copy_disks_at_once,
        start_state,
        checksum_rate,
        resync_extra_share: context.pick(policy.resync_extra_share.as_ref(), "policy.resync_extra_share"),
        drain_check_every: context.need("process_server.alert_drain_every"),
        log_age_limit: context.pick_or_off(policy.log_age_limit.as_ref(), "policy.log_age_limit"),
    }
}

fn retention(raw: &Scenario, context: &mut Context) -> Span {
    let retention: Span = context.pick(raw.policy.retention.as_ref(), "policy.retention");
    let most: Option<Span> = context.value("policy.retention_max");
    if let Some(most) = most.filter(|most| retention > *most) {
        let advice = format!("profile {} keeps points for at most {most}", context.profile.name);
        let at = context.place(raw.policy.retention.as_ref().map(|at| &at.span), &["policy.retention", "policy.retention_max"]);
        context.error(&at, format!("a retention of {retention} is more than the service offers"), advice);
    }
    retention
}

fn app_every(raw: &Scenario, retention: Span, context: &mut Context) -> Option<Span> {
    let app_every: Option<Span> = context.pick_or_off(raw.policy.app_every.as_ref(), "policy.app_every");
    let every = app_every?;
    let written = raw.policy.app_every.as_ref().map(|at| &at.span);
    let (least, most): (Option<Span>, Option<Span>) = (context.value("policy.app_every_min"), context.value("policy.app_every_max"));
    if least.is_some_and(|least| every < least) || most.is_some_and(|most| every > most) {
        let range = format!("from {} to {}", least.unwrap_or_default(), most.map_or("any length".to_string(), |most| most.to_string()));
        let at = context.place(written, &["policy.app_every", "policy.app_every_min", "policy.app_every_max"]);
        context.error(&at, format!("an app-consistent point every {every}"), format!("the service makes one at intervals {range}, or none: \"off\""));
    } else if !retention.is_zero() && every >= retention {
        let advice = format!("write an interval shorter than the retention ({retention}), or \"off\"");
        let of_retention = raw.policy.retention.as_ref().map(|at| &at.span);
        let at = context.place(written.or(of_retention), &["policy.app_every", "policy.retention"]);
        context.error(&at, format!("an app-consistent point every {every} would not outlive the retention"), advice);
    }
    app_every
}

/// The profile's thinning schedule for this retention (table `prune`): the first row that covers it.
pub(super) fn schedule(retention: Span, context: &mut Context) -> Vec<PruneRule> {
    let up_to = |row: &str, context: &Context| {
        let entry = context.profile.get(&format!("prune.{row}.up_to"));
        entry.and_then(|entry| entry.value.parse::<Span>().ok()).unwrap_or_default()
    };
    let mut rows: Vec<(Span, String)> = context.profile.rows("prune").into_iter().map(|row| (up_to(row, context), row.to_string())).collect();
    rows.sort();
    let covering = rows.iter().find(|(up_to, _)| retention <= *up_to).or(rows.last());
    let Some((_, row)) = covering.cloned() else { return Vec::new() };
    let key = format!("prune.{row}.keep");
    let text: String = context.need(&key);
    if text == "latest only" {
        return Vec::new();
    }
    let steps: Vec<Option<PruneRule>> = text.split(',').map(|step| step_of(step.trim(), retention)).collect();
    let in_order = steps.iter().flatten().is_sorted_by_key(|step| step.up_to);
    if steps.iter().any(Option::is_none) || !in_order {
        let at = context.place_of(&key);
        context.error(&at, format!("`{text}` is no thinning schedule"), "write it as \"1 per 2 h until 7 days, 1 per 4 h\" or \"latest only\"");
    }
    steps.into_iter().flatten().collect()
}

/// Reads `1 per 2 h until 7 days`; the last step has no `until` and holds to the end of the retention.
fn step_of(step: &str, retention: Span) -> Option<PruneRule> {
    let step = step.strip_prefix("1 per ")?;
    let (per, until) = match step.split_once(" until ") {
        Some((per, until)) => (per, until.parse().ok()?),
        None => (step, retention),
    };
    let keep_one_per: Span = per.parse().ok()?;
    (!keep_one_per.is_zero()).then_some(PruneRule { up_to: until.min(retention), keep_one_per })
}

fn written_schedule(raw: &Scenario, retention: Span, context: &mut Context) -> Vec<PruneRule> {
    let mut before = Span::ZERO;
    let mut rules = Vec::new();
    for step in &raw.policy.prune {
        let (up_to, per) = (&step.value.up_to, &step.value.keep_one_per);
        if up_to.value <= before {
            context.error(
                &up_to.span,
                format!("the step ends at {}, where the one before does or later", up_to.value),
                "write the steps in order of age",
            );
        }
        if per.value.is_zero() {
            context.error(&per.span, "one point per no time", "write an interval such as \"2 h\"");
        }
        before = up_to.value;
        rules.push(PruneRule { up_to: up_to.value, keep_one_per: per.value });
    }
    context
        .state("policy.prune", rules.iter().map(|rule| format!("1 per {} until {}", rule.keep_one_per, rule.up_to)).collect::<Vec<_>>().join(", "));
    if before < retention
        && let Some(last) = raw.policy.prune.last()
    {
        context.error(
            &last.value.up_to.span,
            format!("the schedule ends at {before}, before the retention ({retention}) does"),
            "let the last step reach the retention",
        );
    }
    rules
}

/// Builds the output plan.
pub(super) fn output(raw: &Scenario, context: &mut Context) -> OutputPlan {
    let output = &raw.output;
    OutputPlan {
        series_every: context.pick_or_off(output.series_every.as_ref(), "output.series_every"),
        vm_quantiles: context.pick_flag(output.vm_quantiles, "output.vm_quantiles"),
        loss_bytes: context.pick_flag(output.loss_bytes, "output.loss_bytes"),
        events: context.pick_flag(output.events, "output.events"),
        points: context.pick_flag(output.points, "output.points"),
        ages: true,
        unit_lags: true,
        curves: true,
        one_queue: true,
    }
}
