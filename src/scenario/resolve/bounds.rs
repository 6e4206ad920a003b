//! Which values of the profile's keys a run can be made of. They hold for the value in force, wherever it was stated: by a key of the scenario,
//! by an override, or by the profile itself.
//!
//! What the service allows is a rule of the profile (`policy.retention_max`); here stands what would keep a run from ending, divide by nothing, or
//! mean nothing.

use crate::profile::Unit;
use crate::units::{BitRate, ByteRate, DataSize, DurationLaw, Share, Span};

/// What must hold for the values of a key, in SI base units, and what to say where it does not.
struct Bound {
    /// A key, or `table.*.column` for a column of a table.
    key: &'static str,
    holds: fn(f64) -> bool,
    /// `{}` stands for the value.
    problem: &'static str,
    advice: &'static str,
}

const fn bound(key: &'static str, holds: fn(f64) -> bool, problem: &'static str, advice: &'static str) -> Bound {
    Bound { key, holds, problem, advice }
}

fn above_zero(value: f64) -> bool {
    value > 0.0
}

fn a_second_or_more(value: f64) -> bool {
    value >= 1.0
}

fn at_least_one(value: f64) -> bool {
    value >= 1.0
}

const NO_RATE: &str = "at {} nothing would ever get through";
const A_RATE: &str = "write a rate above 0";
const A_RATE_OR_OFF: &str = "write a rate above 0, or \"off\"";
const A_BANDWIDTH: &str = "write a bandwidth above 0";

/// The bounds, in the order of `failback explain`.
const BOUNDS: &[Bound] = &[
    bound("agent.buffer", |x| x >= 1_048_576.0, "an agent with a buffer of {}", "write a size of at least \"1 MiB\", or \"unlimited\""),
    bound("apply.rate", above_zero, "nothing is ever applied at {}", A_RATE_OR_OFF),
    bound("churn.autocorrelation", |x| x < 1.0, "an autocorrelation of {} never changes", "write a number from 0 to below 1"),
    bound("churn.b_model_bias", |x| (0.5..1.0).contains(&x), "a bias of {} is not from 0.5 (even) to below 1", "write a bias such as 0.7"),
    bound(
        "churn.b_model_cascade",
        |x| x >= 1.0 && x <= f64::from(1 << 20) && (x as u32).is_power_of_two(),
        "{} is not a power of two up to 1048576",
        "write a power of two, such as 256",
    ),
    bound("churn.bulk_duration", a_second_or_more, "all at once, in {}", "write a time of at least 1 s"),
    bound("churn.growth_per_year", |x| x <= 1000.0, "a growth of more than a thousandfold a year", "write a growth of at most 1000, such as 0.3"),
    bound("churn.month_end_days", |x| (1.0..=28.0).contains(&x), "the last {} days of a month", "write 1 to 28"),
    bound("churn.period", |x| (1.0..=86_400.0).contains(&x), "a bucket of {} is not between 1 s and 1 day", "write a bucket such as \"5 min\""),
    bound("churn.variability", |x| x <= 1000.0, "a coefficient of variation above 1000", "write a number of at most 1000, such as 0.5"),
    bound("churn_limit.*.*", above_zero, NO_RATE, A_RATE),
    bound("churn_limit_high.*.*", above_zero, NO_RATE, A_RATE),
    bound("cost.drill_lasts", |x| x <= 3650.0 * 86_400.0, "drills of {}", "write a time of at most ten years, such as \"7 days\""),
    bound("cost.drills_per_year", |x| x <= 1e6, "more than a million drills a year", "write a number such as 4"),
    bound("cost.licences_per_machine", |x| x <= 1e6, "more than a million licences for a machine", "write a number such as 1"),
    bound("disk.io", above_zero, "writes of no size", "write a size above 0, such as \"16 KiB\""),
    bound("disk.size", above_zero, "a disk of no size", "write a size above 0"),
    bound("disk.tracked_floor", |x| x <= 1_073_741_824.0, "a smallest tracked write of {}", "write a size of at most \"1 GiB\""),
    bound("disk_tier.*.iops", above_zero, "a disk of no operations", "write a number above 0"),
    bound("disk_tier.*.throughput", above_zero, NO_RATE, A_RATE),
    bound("expressroute_circuit.*.bandwidth", above_zero, "a link of no bandwidth", A_BANDWIDTH),
    bound("expressroute_gateway.*.bandwidth", above_zero, "a link of no bandwidth", A_BANDWIDTH),
    bound("failback.app_every", a_second_or_more, "an app-consistent point every {}", "write an interval of at least 1 s, or \"off\""),
    bound("failback.crash_every", a_second_or_more, "a crash-consistent point every {}", "write an interval of at least 1 s"),
    bound("journey.checksum", above_zero, "a checksum pass at no speed never ends", A_RATE),
    bound("journey.checksum_premium", above_zero, "a checksum pass at no speed never ends", A_RATE_OR_OFF),
    bound("journey.churn_factor", |x| x <= 1e6, "a factor above a million", "write a factor of at most 1000000"),
    bound("journey.compression", |x| x < 1.0, "data cannot shrink to nothing", "write a share below 100 %"),
    bound("journey.per_hour", above_zero, "no failover ever begins", "write a number above 0"),
    bound("journey.per_hour_hydrated", above_zero, "no failover ever begins", "write a number above 0"),
    bound("journey.send", above_zero, NO_RATE, A_RATE_OR_OFF),
    bound("journey.send_share", above_zero, NO_RATE, "write a share above 0 %, or \"off\""),
    bound("journey.target_ios_per_write", |x| (0.01..=1000.0).contains(&x), "{} operations for a write", "write a number such as 2"),
    bound("limits.account", above_zero, NO_RATE, A_RATE_OR_OFF),
    bound("limits.disk", above_zero, NO_RATE, A_RATE_OR_OFF),
    bound("limits.disk_enhanced", above_zero, NO_RATE, A_RATE),
    bound("limits.vm", above_zero, NO_RATE, A_RATE_OR_OFF),
    bound("limits.vm_enhanced", above_zero, NO_RATE, A_RATE_OR_OFF),
    bound("limits.vm_high", above_zero, NO_RATE, A_RATE_OR_OFF),
    bound("link.flows", at_least_one, "no flow carries nothing", "write at least 1"),
    bound("link.flows_max", at_least_one, "no flow carries nothing", "write at least 1"),
    bound("link.inter_region_bandwidth", above_zero, "a link of no bandwidth", A_BANDWIDTH),
    bound("link.mathis_constant", above_zero, "with a constant of {} nothing would ever get through", "write a number above 0, such as 1"),
    bound("link.private_endpoint_factor", above_zero, "a link of no bandwidth", "write a share above 0 %"),
    bound("link.vpn_generation", |x| x == 1.0 || x == 2.0, "there is no generation {}", "write 1 or 2"),
    bound("link.window", above_zero, "a window of no size", "write a size above 0"),
    bound("loss_preset.*.loss", below_two_percent, TOO_LOSSY, A_LOSS),
    bound("master_target.iops", above_zero, "no operation ever gets through", "write a number above 0"),
    bound("master_target.throughput", above_zero, NO_RATE, A_RATE),
    bound("outage_law.*.median", above_zero, "an outage of no length", "write a time above 0"),
    bound("outage_law.*.mtbf", above_zero, "it would fail all the time", "write a time above 0, such as \"75 days\""),
    bound("output.series_every", a_second_or_more, "a series finer than a second", "write an interval such as \"5 min\", or \"off\""),
    bound("path.*.mss", above_zero, "a segment of no size", "write a size above 0"),
    bound("path.*.payload", above_zero, "a link without payload", "write a share above 0 %"),
    bound("path_default.*.loss", below_two_percent, TOO_LOSSY, A_LOSS),
    bound("path_default.*.rtt", |x| x <= 60.0, "a round trip of {}", "write a time of at most 1 min, such as \"30 ms\""),
    bound("policy.app_every", a_second_or_more, "an app-consistent point every {}", "write an interval of at least 1 s, or \"off\""),
    bound("policy.checksum_rate", above_zero, "a checksum pass at no speed never ends", A_RATE),
    bound("policy.copy_disks_at_once", at_least_one, "no disk at a time is never done", "write at least 1"),
    bound(
        "policy.crash_every",
        a_second_or_more,
        "a crash-consistent point every {}",
        "write an interval of at least 1 s; the service makes one every 5 min",
    ),
    bound("policy.initial_batch", at_least_one, "no machine at a time is never done", "write at least 1, or \"off\""),
    bound("policy.log_age_limit", above_zero, "every log is older than {}", "write a time above 0, or \"off\""),
    bound("process_server.alert_drain_every", a_second_or_more, "a look every {}", "write an interval of at least 1 s, such as \"5 min\""),
    bound("process_server.cache", |x| x >= 1e9, "a cache of {}", "write a size of at least \"1 GB\", or \"off\""),
    bound("process_server.compression", |x| x < 1.0, "data cannot shrink to nothing", "write a share below 100 %"),
    bound("process_server.daily_limit", above_zero, "planned for no churn at all", "write a size above 0"),
    bound("process_server.intake", above_zero, NO_RATE, A_RATE_OR_OFF),
    bound("process_server.intake_ops", above_zero, "no operation ever gets through", "write a number above 0, or \"off\""),
    bound("process_server_size.*.cache", |x| x >= 1e9, "a cache of {}", "write a size of at least \"1 GB\", or \"off\""),
    bound("process_server_size.*.churn_per_day", above_zero, "planned for no churn at all", "write a size above 0"),
    bound("process_server_size.*.intake", above_zero, NO_RATE, A_RATE_OR_OFF),
    bound("process_server_size.*.intake_ops", above_zero, "no operation ever gets through", "write a number above 0, or \"off\""),
    bound("process_server_size.*.machines", at_least_one, "planned for no machine", "write at least 1"),
    bound("rtt.*.rtt", |x| x <= 60.0, "a round trip of {}", "write a time of at most 1 min, such as \"30 ms\""),
    bound("run.horizon", a_second_or_more, "the run would have no length", "write a length such as \"7 days\""),
    bound(
        "run.horizon",
        |x| x <= super::calendar::LONGEST.as_nanos() as f64 / 1e9,
        "the run would be longer than 100 years",
        "write a shorter length",
    ),
    bound("vpn_gateway.*.tunnels", at_least_one, "a gateway without a tunnel", "write at least 1"),
    bound("vpn_gateway.*.*", above_zero, "a link of no bandwidth", A_BANDWIDTH),
];

const TOO_LOSSY: &str = "a loss of {} is beyond the throughput rule, which is good below about 1 %";
const A_LOSS: &str = "write a smaller loss, or `mathis = false` and a window";

fn below_two_percent(value: f64) -> bool {
    value <= 0.02
}

impl Bound {
    fn is_for(&self, key: &str) -> bool {
        // Most bounds are of another table: that is seen at once.
        let table = key.split_once('.').map_or(key.len(), |(table, _)| table.len());
        if !self.key.starts_with(key.get(..=table).unwrap_or(key)) {
            return false;
        }
        match self.key.get(table + 1..).and_then(|rest| rest.strip_prefix("*.")) {
            // A row's name may have dots in it, the table's and the column's have none.
            Some(column) => key.get(table + 1..).and_then(|rest| rest.rsplit_once('.')).is_some_and(|(_, cell)| column == "*" || column == cell),
            None => self.key == key,
        }
    }
}

/// What is wrong with this value of a key, if anything: problem and advice.
pub(super) fn breach(key: &str, unit: Unit, value: &str) -> Option<(String, &'static str)> {
    let mut bounds = BOUNDS.iter().filter(|bound| bound.is_for(key)).peekable();
    bounds.peek()?;
    let number = number(unit, value)?;
    let broken = bounds.find(|bound| !(bound.holds)(number))?;
    Some((broken.problem.replace("{}", value), broken.advice))
}

/// A quantity as a number in its SI base unit; `None` for what is none, such as `off`.
fn number(unit: Unit, value: &str) -> Option<f64> {
    match unit {
        Unit::Time => value.parse().ok().map(Span::as_secs_f64),
        Unit::Law => value.parse().ok().map(DurationLaw::mean),
        Unit::Size => value.parse().ok().map(DataSize::as_f64),
        Unit::BitRate => value.parse().ok().map(BitRate::as_bits_per_s),
        Unit::ByteRate | Unit::Ceiling => value.parse().ok().map(ByteRate::as_bytes_per_s),
        Unit::Share => value.parse().ok().map(Share::get),
        Unit::Number | Unit::Count => value.parse().ok(),
        Unit::Flag | Unit::Moment | Unit::Text | Unit::Price(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{self, Profile, ProfileError};

    #[test]
    fn every_profile_keeps_its_own_bounds() -> Result<(), ProfileError> {
        for name in profile::names() {
            let profile = Profile::load(name)?;
            let broken: Vec<_> =
                profile.entries().filter_map(|entry| breach(&entry.key, entry.unit, &entry.value).map(|breach| (&entry.key, breach))).collect();
            assert!(broken.is_empty(), "{name}: {broken:?}");
        }
        Ok(())
    }

    #[test]
    fn every_bound_is_for_a_key_that_exists() -> Result<(), ProfileError> {
        let profiles: Vec<Profile> = profile::names().map(Profile::load).collect::<Result<_, _>>()?;
        let keys: Vec<&str> = profiles.iter().flat_map(|profile| profile.entries().map(|entry| entry.key.as_str())).collect();
        let idle: Vec<&str> = BOUNDS.iter().filter(|bound| !keys.iter().any(|key| bound.is_for(key))).map(|bound| bound.key).collect();
        // These have no key of their own in a profile: of the cache a scenario states it in the place of its size's, of the others there is no default.
        assert_eq!(idle, ["master_target.iops", "master_target.throughput", "process_server.cache"]);
        Ok(())
    }
}
