//! Section G: closed forms of our own.

use failback::model::{CapacityChange, OutageProcess};
use failback::results::Choice;
use failback::units::{DurationLaw, Instant, Share, Span};

use crate::oracles::{MB, close, simulate};
use crate::support::churn::{batches, steady, table};
use crate::support::world::Fleet;

/// Link B, burst h > B for d: peak backlog (h - B) d, peak RPO d (h/B - 1), clear at d h/B. The list has B = 20, h = 50 MB/s, d = 600 s.
#[test]
fn g_fluid_burst() {
    let mut fleet = Fleet::new(Span::from_secs(3000), 20.0 * MB);
    fleet.vm(&[table(Span::from_secs(600), &[50.0 * MB as f32])]);
    let results = simulate(&fleet).results;
    close("peak backlog", results.link.peak_backlog_bytes, 18_000.0 * MB, 1e-6 * MB);
    close("at", results.link.peak_backlog_at_s, 600.0, 1e-6);
    close("peak lag", results.lag.fleet_worst.max, 900.0, 1e-6);
    close("clears", results.lag.fleet_worst.max_at_s, 1500.0, 1e-6);
    close("busy", results.link.saturated_s, 1500.0, 1e-6);
    // A triangle of height 900 s over 1500 s, of which the part above 900 s of threshold is nothing and above 450 s is half.
    close("mean lag", results.lag.fleet_worst.mean, 0.5 * 900.0 * 1500.0 / 3000.0, 1e-6);
    close("carried", results.link.carried_wire_bytes, 30_000.0 * MB, 1.0);
}

/// Batch every I with transfer T <= I: age in [T, I + T], mean T + I/2, worst I + T.
#[test]
fn g_batch_age() {
    let (interval, transfer) = (900.0, 300.0);
    let law = batch_law(interval, transfer);
    close("worst", law.max, interval + transfer, 1.5);
    close("mean", law.mean, transfer + interval / 2.0, 2.0);
}

/// Back to back, T = I: age in [T, 2T], mean 1.5 T.
#[test]
fn g_back_to_back() {
    let law = batch_law(600.0, 600.0);
    close("worst", law.max, 1200.0, 1.5);
    // The first point is missing for two intervals (1.5 s of mean over 400), and a batch takes 1 s to be written.
    close("mean", law.mean, 900.0, 3.0);
    // Never younger than T: half of the time under 1.5 T.
    close("median", law.p50.expect("quantiles were asked for"), 900.0, 3.0);
}

/// The reported clock of a batch replicator over 40 cycles. The start is not in the closed form; it weighs 1/40 of at most one interval.
fn batch_law(interval: f64, transfer: f64) -> failback::results::Law {
    let cycles = 400;
    let every = Span::from_secs(interval as u64);
    let mut fleet = Fleet::new(Span::from_secs(interval as u64 * cycles), MB);
    fleet.policy.crash_every = every;
    fleet.policy.app_every = None;
    fleet.vm(&[batches(every, transfer * MB, cycles as usize)]);
    simulate(&fleet).results.reported_rpo.fleet_worst
}

/// Disaster uniform in time, a crash point every 5 min, lag L: mean loss L + 2.5 min, worst L + 5; with hourly app points L' + 30. Here L is the
/// link's delay and L' adds the apply delay.
#[test]
fn g_disaster_uniform_in_time() {
    let (lag, apply) = (60.0, 300.0);
    let mut fleet = Fleet::new(Span::from_days(20), 2.0 * MB);
    fleet.vm(&[steady(MB as f32)]);
    fleet.link.rtt = Span::from_secs_f64(2.0 * lag);
    fleet.apply.delay = Span::from_secs_f64(apply);
    let output = simulate(&fleet);
    let loss = |choice| {
        let found = output.results.loss.iter().find(|loss| loss.choice == choice);
        &found.unwrap_or_else(|| panic!("{choice:?} is missing")).time.fleet_worst
    };
    // The run begins with a point at 0, which shortens the first interval's ages by up to L.
    let start = 2.0;
    close("latest byte", loss(Choice::LatestByte).mean, lag, start);
    close("latest marker, mean", loss(Choice::LatestMarker).mean, lag + 150.0, start);
    close("latest marker, worst", loss(Choice::LatestMarker).max, lag + 300.0, 1e-6);
    close("processed, mean", loss(Choice::LatestProcessed).mean, lag + apply + 150.0, start);
    close("processed, worst", loss(Choice::LatestProcessed).max, lag + apply + 300.0, 1e-6);
    close("app, mean", loss(Choice::LatestApp).mean, lag + apply + 1800.0, start);
    close("app, worst", loss(Choice::LatestApp).max, lag + apply + 3600.0, 1e-6);
}

/// The fleet's peak is at most the sum of its members' peaks, and equal only if they coincide.
#[test]
fn g_peak_of_sum() {
    let minute = Span::from_mins(1);
    let mut fleet = Fleet::new(Span::from_mins(10), 100.0 * MB);
    fleet.vm(&[table(minute, &[MB as f32, 5.0 * MB as f32, 2.0 * MB as f32])]);
    fleet.vm(&[table(minute, &[4.0 * MB as f32, MB as f32, 2.0 * MB as f32])]);
    let results = simulate(&fleet).results;
    close("fleet", results.churn.peak_bytes_per_s, 6.0 * MB, 1.0);
    close("members", results.vms.iter().map(|vm| vm.peak_bytes_per_s).sum(), 9.0 * MB, 1.0);
}

/// A point needs all disks of the VM, so the slowest sets its RPO: VM RPO = max over disks.
#[test]
fn g_slowest_disk() {
    let mut fleet = Fleet::new(Span::from_hours(2), 100.0 * MB);
    fleet.vm(&[steady(MB as f32), table(Span::from_secs(600), &[50.0 * MB as f32]), steady(MB as f32)]);
    fleet.vms[0].1[1].churn_limit = Some(failback::units::ByteRate::from_bytes_per_s(20.0 * MB));
    let results = simulate(&fleet).results;
    close("slow disk", results.disks[1].lag.max, 900.0, 1e-6);
    close("its neighbours", results.disks[0].lag.max.max(results.disks[2].lag.max), 0.0, 1e-6);
    close("the VM", results.vms[0].lag.max, 900.0, 1e-6);
    close("the VM, mean", results.vms[0].lag.mean, results.disks[1].lag.mean, 1e-6);
}

/// Backlog at repair = churn x outage; it drains in churn x outage / (B - churn).
#[test]
fn g_link_outage_backlog_and_drain() {
    let (churn, link, outage) = (5.0 * MB, 8.0 * MB, 1200.0);
    let mut fleet = Fleet::new(Span::from_hours(3), link);
    fleet.vm(&[steady(churn as f32)]);
    let from = Instant::START + Span::from_secs(1800);
    fleet.link.scheduled.push(CapacityChange { from, to: from + Span::from_secs_f64(outage), factor: Share::ZERO, cause: "cut".into() });
    let results = simulate(&fleet).results;
    close("backlog", results.link.peak_backlog_bytes, churn * outage, 1.0);
    close("lag", results.lag.fleet_worst.max, outage, 1e-6);
    close("down", results.link.down_s, outage, 1e-6);
    // The lag has a value from the cut to the end of the drain: a ramp up over the outage, down over the drain.
    let drain = churn * outage / (link - churn);
    close("mean", results.lag.fleet_worst.mean, 0.5 * outage * (outage + drain) / 10_800.0, 1e-6);
}

/// Up and down times exponential: availability = MTBF / (MTBF + MTTR).
#[test]
fn g_link_availability() {
    let (mtbf, mttr) = (Span::from_hours(90), Span::from_hours(10));
    let mut fleet = Fleet::new(Span::from_days(3650), MB);
    fleet.policy.crash_every = Span::from_days(30);
    fleet.policy.app_every = None;
    fleet.vm(&[steady(0.0)]);
    fleet.link.outages.push(OutageProcess {
        name: "line".into(),
        mtbf,
        repair: DurationLaw::Exponential(mttr),
        factor: Share::ZERO,
        switch_over: Span::ZERO,
    });
    let link = simulate(&fleet).results.link;
    // 876 cycles of mean 100 h: the down share has a standard error of about 0.1 x 0.9 x sqrt(2 / 876) = 0.0043; four of them.
    close("down share", link.down_s / (3650.0 * 86_400.0), 0.1, 0.0172);
    close("outages", link.outages as f64, 876.0, 4.0 * 876.0f64.sqrt());
}
