//! Why no value is enough: what still holds a machine back with the largest that was looked at.

use crate::experiment::size::aim::{Aim, Subject};
use crate::format::{bit_rate, byte_rate, duration, plural};
use crate::results::{Bottleneck, DiskResult, Results};

/// Time that is rounding, not lateness \[s\].
const SLIVER: f64 = 1.0;

/// What binds in this run at a level, as a clause: `disk erp-db/0 is over its own limit of 20 MB/s: …`.
pub fn binding(results: &Results, aim: &Aim, level: usize) -> String {
    // Of the way back, its own record tells.
    let path = aim.target.figure().path();
    let results = match results.journey.as_ref().and_then(|journey| journey.back.as_deref()).filter(|_| path.starts_with("journey.back.")) {
        Some(back) => back,
        None => results,
    };
    let own_limits = || over_their_own_limits(results, aim, level);
    own_limits()
        .or_else(|| promised_window(results, aim))
        .or_else(|| bottleneck(results))
        .unwrap_or_else(|| "nothing in the record says what binds".to_owned())
}

/// Disks that their own limit alone keeps over the limit of a lag for longer than is allowed.
fn over_their_own_limits(results: &Results, aim: &Aim, level: usize) -> Option<String> {
    let Subject::Law(law, _) = &aim.subject else { return None };
    if !law.split('.').any(|key| ["lag", "reported_rpo"].contains(&key)) {
        return None;
    }
    let observed = results.lag.fleet_worst.observed_s;
    let allowed = ((1.0 - aim.share_of(level)?) * observed).max(SLIVER);
    let mut late: Vec<(&DiskResult, f64)> =
        results.disks.iter().filter_map(|disk| Some((disk, disk.late_alone_s?))).filter(|late| late.1 > SLIVER).collect();
    if let Some(vm) = law.strip_prefix("vms.").and_then(|rest| rest.rsplit_once('.')) {
        late.retain(|(disk, _)| {
            disk.vm == vm.0 || results.vms.iter().position(|known| known.name == disk.vm).map(|place| place.to_string()).as_deref() == Some(vm.0)
        });
    }
    late.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
    let (first, longest) = *late.first()?;
    let all: f64 = late.iter().map(|(_, late)| late).sum();
    if all <= allowed {
        return None;
    }
    let limit = first.limit_in_force_bytes_per_s.map_or_else(String::new, |limit| format!(" of {}", byte_rate(limit)));
    let over = duration(aim.target.limit());
    let more = match late.len() as u64 - 1 {
        0 => String::new(),
        1 => "; another disk is over its own too".to_owned(),
        others => format!("; {} are over their own too", plural(others, "other disk", "other disks")),
    };
    Some(format!("disk {} is over its own limit{limit}: behind nothing else it would be over {over} for {}{more}", first.name, duration(longest)))
}

/// A retention drive holds no more than the window that was promised, however large it is.
fn promised_window(results: &Results, aim: &Aim) -> Option<String> {
    let path = aim.target.figure().path();
    if path != "retention.window" && !path.ends_with("least_window_s") {
        return None;
    }
    let drives = &results.journey.as_ref()?.retention_drives;
    let short = drives.iter().find(|drive| drive.window_s < aim.target.limit())?;
    Some(format!("the drive of {} keeps {}, as the policy of the way back promises, and no more", short.master_target, duration(short.window_s)))
}

/// If it is the link, and less is left of it than it could carry: that its own width is not what is short.
fn left_of_link(results: &Results, bottleneck: &Bottleneck) -> String {
    let link = &results.link;
    if bottleneck.resource != format!("link {}", link.name) || link.mean_capacity_bit_per_s > 0.999 * link.goodput_bit_per_s {
        return String::new();
    }
    let (left, all) = (bit_rate(link.mean_capacity_bit_per_s), bit_rate(link.goodput_bit_per_s));
    format!(" (throttle, background traffic and outages leave {left} of its {all} on average)")
}

/// What held the worst VM back longest, else what made disks wait longest.
fn bottleneck(results: &Results) -> Option<String> {
    let worst = |bottleneck: &&Bottleneck| bottleneck.set_fleet_worst_s > 0.0;
    let most = |best: &'_ Bottleneck, next: &'_ Bottleneck| next.set_fleet_worst_s > best.set_fleet_worst_s;
    let longest = results.bottlenecks.iter().filter(worst).reduce(|best, next| if most(best, next) { next } else { best });
    match longest {
        Some(bottleneck) => {
            let time = duration(bottleneck.set_fleet_worst_s);
            Some(format!(
                "what holds the worst VM back is {}{}, for {time} with the largest value",
                bottleneck.resource,
                left_of_link(results, bottleneck)
            ))
        }
        None => results
            .bottlenecks
            .first()
            .map(|first| format!("what makes disks wait is {}, for {} with the largest value", first.resource, duration(first.time_s))),
    }
}
