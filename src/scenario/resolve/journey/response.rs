//! What people do, how long the steps take, and what the machines do after a failover.

use std::ops::Range;

use crate::model::{AfterFailover, FailbackTime, OsFamily, PointChoice, Response, Steps, System};
use crate::scenario::located::At;
use crate::scenario::raw::{Burst, Failback, Point, Recovery, ReturnServer};
use crate::scenario::resolve::churn;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::journey::{Setting, is_classic, windows};
use crate::units::{ByteRate, DataSize, DurationLaw, Span};

/// Builds what people do.
pub(super) fn response(setting: &Setting<'_>, recovery: &Recovery, context: &mut Context) -> Response {
    let silent = Failback::default();
    let failback = recovery.failback.as_ref().map(|at| &at.value);
    let there = setting.policy.app_every.is_some();
    let point = point(recovery.point.as_ref(), "journey.point", there, setting, context);
    let change_point = recovery.change_point.as_ref().map(|at| {
        let to = choice(&at.value.to, there, setting, context);
        (at.value.after.value, to)
    });
    let commit_after: Span = context.pick(recovery.commit_after.as_ref(), "journey.commit_after");
    if let Some(change) = &recovery.change_point
        && change.value.after.value >= commit_after
    {
        let problem = format!("the commit comes before, after {commit_after}, and takes all other points away");
        context.error(&change.value.after.span, problem, "write a shorter time, or a later `commit_after`");
    }
    let back = failback.unwrap_or(&silent);
    if let (Some(drill), true) = (&back.drill, setting.system != System::AzureToAzure) {
        context.error(&drill.span, "only between Azure regions can the way back be tested", "leave `drill` out");
    }
    if let Some(drill) = back.drill.as_ref().filter(|at| at.value.is_zero()) {
        context.error(&drill.span, "a drill of no length", "write a time above 0, such as \"4 h\"");
    }
    if let (Some(cancel), true) = (&back.cancel_after, setting.system != System::VmwareModernized) {
        context.error(&cancel.span, "only the modernized appliance offers to cancel a failback", "leave `cancel_after` out");
    }
    let commit_back_after: Span = context.pick(back.commit_after.as_ref(), "journey.commit_back_after");
    if let Some(change) = &back.change_point {
        if setting.system != System::AzureToAzure {
            context.error(&change.span, "only between Azure regions can the recovery point be changed at home", "leave `change_point` out");
        } else if change.value.after.value >= commit_back_after {
            let problem = format!("the commit comes before, after {commit_back_after}, and takes all other points away");
            context.error(&change.value.after.span, problem, "write a shorter time, or a later `commit_after`");
        }
    }
    Response {
        point,
        change_point,
        commit_after,
        reprotect_after: setting.outline.reprotect_after,
        failback: failback.map(|failback| FailbackTime {
            after: context.pick(failback.after.as_ref(), "journey.failback_after"),
            windows: windows::windows(failback, setting.calendar, context),
        }),
        back_point: self::point(back.point.as_ref(), "journey.failback_point", apps_on_the_way_back(setting, context), setting, context),
        change_back: back.change_point.as_ref().map(|at| {
            let to = choice(&at.value.to, apps_on_the_way_back(setting, context), setting, context);
            (at.value.after.value, to)
        }),
        new_servers: new_servers(setting, recovery, context),
        cancel_back: back.cancel_after.as_ref().map(|at| at.value),
        back_drill: back.drill.as_ref().map(|at| at.value),
        commit_back_after,
        protect_again: context.pick_flag(recovery.protect_again, "journey.protect_again"),
    }
}

/// Until process servers at the target can be chosen that are set up only when the first reprotect is asked for.
fn new_servers(setting: &Setting<'_>, recovery: &Recovery, context: &mut Context) -> Option<DurationLaw> {
    let back = recovery.failback.as_ref().map(|at| &at.value);
    let visible = recovery.steps.server_visible.as_ref();
    let Some(new) = back.and_then(|back| back.new_process_server.as_ref()).filter(|at| at.value) else {
        if let Some(visible) = visible {
            let advice = "write `new_process_server = true` in [recovery.failback], or leave `server_visible` out";
            context.error(&visible.span, "the process servers of the way back stand before the failover", advice);
        }
        return None;
    };
    let stand_at_home = back.and_then(|back| back.process_server.as_ref()).is_some_and(|at| at.value == ReturnServer::Home);
    if !is_classic(setting.system) {
        context.error(&new.span, "this profile has no process server on the way back", "leave `new_process_server` out");
    } else if stand_at_home {
        context.error(&new.span, "`process_server = \"home\"` takes those at home, which stand already", "leave one of the two out");
    }
    Some(context.pick(visible, "journey.server_visible"))
}

/// Whether app-consistent points are made on the way back.
fn apps_on_the_way_back(setting: &Setting<'_>, context: &Context) -> bool {
    match setting.system {
        System::AzureToAzure => setting.policy.app_every.is_some(),
        _ => context.profile_value::<Span>("failback.app_every").is_some(),
    }
}

/// The recovery point that is taken: as written, else the profile's. `apps` says whether there are app-consistent ones.
fn point(written: Option<&At<Point>>, key: &str, apps: bool, setting: &Setting<'_>, context: &mut Context) -> PointChoice {
    let Some(written) = written else {
        let name: String = context.need(key);
        let found = match name.as_str() {
            "latest-processed" => PointChoice::LatestProcessed,
            "latest-app" => PointChoice::LatestApp,
            "multi-vm" => PointChoice::MultiVm,
            "multi-vm-app" => PointChoice::MultiVmApp,
            _ => PointChoice::Latest,
        };
        check(found, &context.place_of(key), apps, setting, context);
        return found;
    };
    let found = choice(written, apps, setting, context);
    context.state(key, words(found));
    found
}

fn choice(written: &At<Point>, apps: bool, setting: &Setting<'_>, context: &mut Context) -> PointChoice {
    let found = match &written.value {
        Point::Latest => PointChoice::Latest,
        Point::LatestProcessed => PointChoice::LatestProcessed,
        Point::LatestApp => PointChoice::LatestApp,
        Point::MultiVm => PointChoice::MultiVm,
        Point::MultiVmApp => PointChoice::MultiVmApp,
        Point::Custom(older) => PointChoice::Custom(older.value),
    };
    check(found, &written.span, apps, setting, context);
    found
}

fn words(point: PointChoice) -> String {
    match point {
        PointChoice::Latest => "latest".to_string(),
        PointChoice::LatestProcessed => "latest-processed".to_string(),
        PointChoice::LatestApp => "latest-app".to_string(),
        PointChoice::MultiVm => "multi-vm".to_string(),
        PointChoice::MultiVmApp => "multi-vm-app".to_string(),
        PointChoice::Custom(older) => format!("at least {older} old"),
    }
}

/// What a choice asks for must be there (MicrosoftDocs/azure-docs, site-recovery-test-failover-to-azure.md, 2018).
fn check(point: PointChoice, at: &Range<usize>, apps: bool, setting: &Setting<'_>, context: &mut Context) {
    let (groups, plans) = (!setting.fleet.groups.is_empty(), !setting.raw.plan.is_empty());
    match point {
        PointChoice::Custom(_) if groups || plans => {
            let what = if plans { "a recovery plan" } else { "a replication group" };
            context.error(at, format!("{what} cannot take a point of one's own choice"), "write another point, such as \"latest-processed\"");
        }
        PointChoice::MultiVm | PointChoice::MultiVmApp if !groups => {
            let text = format!("the point `{}` is that of replication groups, and the scenario has none", words(point));
            if !context.warnings.contains(&text) {
                context.warnings.push(text);
            }
        }
        _ => {}
    }
    if matches!(point, PointChoice::LatestApp | PointChoice::MultiVmApp) && !apps {
        context.error(at, "no app-consistent point is ever made here", "write another point, such as \"latest\", or set `policy.app_every`");
    }
}

/// Builds the steps.
pub(super) fn steps(setting: &Setting<'_>, recovery: &Recovery, context: &mut Context) -> Steps {
    let steps = &recovery.steps;
    Steps {
        detect: context.pick(steps.detect.as_ref(), "journey.detect"),
        decide: context.pick(steps.decide.as_ref(), "journey.decide"),
        shut_down_home: context.pick(steps.shut_down_home.as_ref(), "journey.shut_down_home"),
        prepare_disks: context.pick(steps.prepare_disks.as_ref(), "journey.prepare_disks"),
        hydrate: context.pick(steps.hydrate.as_ref(), "journey.hydrate"),
        boot_target: context.pick(steps.boot_target.as_ref(), "journey.boot_target"),
        register: context.pick(steps.register.as_ref(), "journey.register"),
        autoscale: context.pick(steps.autoscale.as_ref(), "journey.autoscale"),
        shut_down_target: context.pick(steps.shut_down_target.as_ref(), "journey.shut_down_target"),
        attach_disks: context.pick(steps.attach_disks.as_ref(), "journey.attach_disks"),
        boot_home: context.pick(steps.boot_home.as_ref(), "journey.boot_home"),
        address_windows: context.pick(steps.address_windows.as_ref(), "journey.address_windows"),
        address_linux: context.pick(steps.address_linux.as_ref(), "journey.address_linux"),
        clean_up: context.pick(steps.clean_up.as_ref(), "journey.clean_up"),
        per_hour: (context.need("journey.per_hour"), context.need("journey.per_hour_hydrated")),
        hydrated: hydrated(setting, context),
    }
}

/// The machines that need hydration: as each says, else by its operating system.
fn hydrated(setting: &Setting<'_>, context: &mut Context) -> Vec<bool> {
    let mut list = Vec::new();
    for (vm, one) in setting.fleet.vms.iter().zip(setting.expanded) {
        let key = if vm.os == OsFamily::Linux { "journey.hydration_linux" } else { "journey.hydration_windows" };
        let written = one.machine.hydration.as_ref();
        if let (Some(written), System::AzureToAzure) = (written, setting.system)
            && context.is_news("hydration", &written.span)
        {
            context.error(&written.span, "between Azure regions no machine needs hydration", "leave `hydration` out");
        }
        list.push(context.pick_flag(written.map(|at| at.value), key));
    }
    list
}

/// Builds what the machines do at the target that they did not do at home.
pub(super) fn after(recovery: &Recovery, context: &mut Context) -> AfterFailover {
    let churn_factor = match &recovery.churn_factor {
        Some(written) => {
            let factor = churn::factor(written, context);
            context.state("journey.churn_factor", factor.to_string());
            factor
        }
        None => context.need("journey.churn_factor"),
    };
    let bursts = [&recovery.catch_up, &recovery.restart_burst].into_iter().flatten().map(|burst| self::burst(burst, context)).collect();
    AfterFailover { churn_factor, bursts }
}

fn burst(written: &At<Burst>, context: &mut Context) -> (DataSize, Span) {
    let Burst { bytes, over } = &written.value;
    if over.value < Span::from_secs(1) {
        context.error(&over.span, format!("all at once, in {}", over.value), "write a time of at least 1 s");
    }
    let rate = ByteRate::from_bytes_per_s(bytes.value.as_f64() / over.value.as_secs_f64().max(1.0));
    churn::rate(&rate, &bytes.span, context);
    (bytes.value, over.value)
}
