//! Closed forms at the ends of the checked ranges (`src/credibility/data/ranges.toml`): where the twin and the published rows do not reach.

use failback::churn::{DiskChurn, Generator, Pattern};
use failback::engine::Streams;
use failback::model::{Account, AccountId, CapacityChange, HubId, VmId};
use failback::results::Results;
use failback::units::{ByteRate, Instant, Share, Span};
use jiff::civil::date;

use crate::credibility::close;
use crate::support::churn::{steady, table};
use crate::support::world::{Fleet, hub, share};

const MB: f64 = 1e6;

fn simulate(fleet: &Fleet) -> Results {
    let mut world = fleet.build();
    world.output.vm_quantiles = false;
    failback::simulate::run(&world, 0, &mut |_| ()).results
}

/// All write 2 B / n for 600 s: each gets B / n, so the last byte of each is 600 s late, at 1200 s.
#[test]
fn five_thousand_machines_share_a_link_alike() {
    let (machines, link) = (5000, 250.0 * MB);
    let mut fleet = Fleet::new(Span::from_secs(3000), link);
    for _ in 0..machines {
        fleet.vm(&[table(Span::from_secs(600), &[(2.0 * link / f64::from(machines)) as f32])]);
    }
    let results = simulate(&fleet);
    assert_eq!(results.vms.len(), 5000);
    for vm in &results.vms {
        close(&vm.name, vm.lag.max, 600.0, 1e-3);
        close(&vm.name, vm.lag.mean, 0.5 * 600.0 * 1200.0 / 3000.0, 1e-3);
    }
    close("the fleet", results.lag.fleet_worst.max, 600.0, 1e-3);
    close("carried", results.link.carried_wire_bytes, 2.0 * link * 600.0, 1e3);
}

/// One disk of sixteen is held to 20 MB/s, and what it is written in 512 B is tracked as 8 KiB: 50 MB/s for 600 s. Its machine, and the group of sixteen that the
/// machine is in, are as late as that disk: 600 (50/20 - 1) s.
#[test]
fn the_slowest_of_sixteen_disks_and_of_sixteen_machines_decides() {
    let mut fleet = Fleet::new(Span::from_secs(7200), 1000.0 * MB);
    let mut disks = vec![steady(0.5 * MB as f32); 16];
    disks[11] = table(Span::from_secs(600), &[(50.0 / 16.0 * MB) as f32]);
    fleet.vm(&disks);
    fleet.vms[0].1[11].tracked_per_written = 16.0;
    fleet.vms[0].1[11].churn_limit = Some(ByteRate::from_bytes_per_s(20.0 * MB));
    for _ in 1..16 {
        fleet.vm(&[steady(0.1 * MB as f32)]);
    }
    fleet.group(&(0..16).map(VmId).collect::<Vec<_>>());
    let results = simulate(&fleet);
    let mean = 0.5 * 900.0 * 1500.0 / 7200.0;
    for (what, law) in [("disk", &results.disks[11].lag), ("machine", &results.vms[0].lag), ("group", &results.groups[0].lag)] {
        close(what, law.max, 900.0, 1e-3);
        close(what, law.mean, mean, 1e-3);
    }
    assert_eq!((results.disks.len(), results.groups[0].vms), (31, 16));
    close("another disk", results.disks[3].lag.max, 0.0, 1e-6);
    close("another machine", results.vms[9].lag.max, 0.0, 1e-6);
}

/// Eight servers of 20 MB/s each, each behind a burst of its own; then the same as eight accounts: 600 (h/20 - 1) s each, and nobody waits for another.
#[test]
fn eight_servers_and_eight_accounts_each_hold_back_their_own() {
    for accounts in [false, true] {
        let mut fleet = Fleet::new(Span::from_secs(3600), 1000.0 * MB);
        let limit = Some(ByteRate::from_bytes_per_s(20.0 * MB));
        fleet.hubs.clear();
        fleet.accounts.clear();
        for number in 0..8u32 {
            let burst = 20.0 * MB * (1.0 + f64::from(number + 1) / 8.0);
            let vm = fleet.vm(&[table(Span::from_secs(600), &[burst as f32])]);
            fleet.hubs.push(hub(&format!("ps-{number}")));
            fleet.accounts.push(Account { name: format!("account-{number}"), limit: limit.filter(|_| accounts), operations: None });
            fleet.hubs[number as usize].intake = limit.filter(|_| !accounts);
            let (machine, _) = &mut fleet.vms[vm.0 as usize];
            (machine.hub, machine.account) = (HubId(number), AccountId(number));
        }
        let results = simulate(&fleet);
        for (number, vm) in results.vms.iter().enumerate() {
            close(&vm.name, vm.lag.max, 75.0 * (number + 1) as f64, 1e-3);
        }
    }
}

/// Churn 5, link 8 MB/s, cut for 1200 s: up over the cut, down over 5 x 1200 / 3 s; in a year that is a mean of under a tenth of a second.
#[test]
fn a_cut_in_a_year_counts_for_its_share_of_the_year() {
    let year = Span::from_days(365);
    let mut fleet = Fleet::new(year, 8.0 * MB);
    fleet.vm(&[steady(5.0 * MB as f32)]);
    let from = Instant::START + Span::from_days(200);
    fleet.link.scheduled.push(CapacityChange { from, to: from + Span::from_secs(1200), factor: Share::ZERO, cause: "cut".into() });
    let results = simulate(&fleet);
    close("worst", results.lag.fleet_worst.max, 1200.0, 1e-5);
    close("mean", results.lag.fleet_worst.mean, 0.5 * 1200.0 * 3200.0 / year.as_secs_f64(), 1e-9);
    close("share over", results.lag.fleet_worst.share_over.unwrap_or(0.0), 0.25 * 3200.0 / year.as_secs_f64(), 1e-9);
    close("written", results.churn.written_bytes / (5.0 * MB * year.as_secs_f64()), 1.0, 1e-9);
    close("observed", results.lag.fleet_worst.observed_s, year.as_secs_f64(), 1e-6);
}

/// App points every E, each available a s later: ages from a to E + a, but for the first (from 0) and the last (until the end). Where each fails with chance p, points
/// come after geometric numbers of intervals, and the mean age is E (2 - q) / (2 q), q = 1 - p.
#[test]
fn app_points_are_half_an_interval_old_and_older_where_some_fail() {
    let delay = 300.0;
    for hours in [4u64, 12] {
        let every = hours as f64 * 3600.0;
        let intervals = 60.0;
        let mut fleet = Fleet::new(Span::from_secs_f64(intervals * every), MB);
        fleet.policy.app_every = Some(Span::from_hours(hours));
        fleet.apply.delay = Span::from_secs_f64(delay);
        fleet.vm(&[steady(0.1 * MB as f32)]);
        let law = simulate(&fleet).app_point_age.expect("app points are on").fleet_worst;
        let area = 0.5 * (every + delay).powi(2) + (intervals - 2.0) * every * (delay + 0.5 * every) + 0.5 * (every.powi(2) - delay.powi(2));
        close("mean", law.mean, area / (intervals * every), 1e-6);
        close("worst", law.max, every + delay, 1e-6);
    }
    let (every, failure, intervals) = (3600.0, 0.2, 20_000.0);
    let mut fleet = Fleet::new(Span::from_secs_f64(intervals * every), MB);
    fleet.policy.crash_every = Span::from_hours(1);
    fleet.policy.app_failure = share(failure);
    fleet.vm(&[steady(0.0)]);
    let results = simulate(&fleet);
    let worked = 1.0 - failure;
    // A cycle of N intervals, P(N = n) = q p^(n - 1), has the reward N^2 / 2: the mean's standard error follows from that of N^2 / 2 - r N, by summing over N.
    let ratio = (2.0 - worked) / (2.0 * worked);
    let spread: f64 = (1..60).map(f64::from).map(|n| worked * failure.powf(n - 1.0) * (0.5 * n * n - ratio * n).powi(2)).sum();
    let cycles = intervals * worked;
    let error = every * spread.sqrt() * worked / cycles.sqrt();
    close("mean age", results.app_point_age.expect("app points are on").fleet_worst.mean, every * ratio, 4.0 * error);
    let counts = &results.vms[0].points;
    let failed = counts.app_failed as f64 / counts.app_markers as f64;
    close("failed", failed, failure, 4.0 * (failure * worked / intervals).sqrt());
}

/// Log-normal churn of a coefficient of variation of 3: the log is normal of variance ln 10, around a rate of mean one half of that below the log of the mean.
#[test]
fn drawn_churn_has_its_moments_at_the_largest_variability() {
    let drawn = 400_000;
    let patterns =
        [Pattern::LogNormal { mean: 5.0, variability: 3.0, autocorrelation: 0.0 }, Pattern::Weekly { rates: vec![5.0; 168], variability: 3.0 }];
    for pattern in patterns {
        let churn = DiskChurn { period: Span::from_mins(5), scale: 1.0, pattern, stream: "disk".to_owned() };
        let mut rates = vec![0.0; drawn];
        Generator::new(&churn, &[], &Streams::new(7, 0), date(2026, 1, 5).at(0, 0, 0, 0)).fill(0, &mut rates);
        let logs: Vec<f64> = rates.iter().map(|rate| rate.ln()).collect();
        let n = drawn as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / n;
        let expected = 10f64.ln();
        close("mean of the log", mean, 5f64.ln() - expected / 2.0, 4.0 * (expected / n).sqrt());
        close("variance of the log", variance, expected, 4.0 * expected * (2.0 / n).sqrt());
    }
}
