//! Laws that hold in every scenario, tried on random small fleets.

mod caveats;
mod sharing;

use failback::results::RunOutput;
use failback::simulate;
use failback::units::{BitRate, Span};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::random::{About, fleets};
use crate::support::world::Fleet;

fn run(fleet: &Fleet) -> RunOutput {
    simulate::run(&fleet.build(), 0, &mut |_| ())
}

fn has_gaps(fleet: &Fleet) -> bool {
    fleet.build().records.iter().any(|record| record.rates.iter().any(|rate| rate.is_nan()))
}

/// Fleets of every kind.
fn any_fleet() -> impl Strategy<Value = Fleet> {
    let all = vec![
        About::Link,
        About::Ceilings,
        About::Hubs,
        About::Caches,
        About::Bitmap,
        About::Faults,
        About::Copies,
        About::SourceAccount,
        About::Logs,
        About::Fifo,
        About::FifoUnderCeilings,
        About::Points,
        About::Gaps,
        About::Everything,
    ];
    select(all).prop_flat_map(fleets)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Written = landed + superseded + still stored on the way, for every disk, within 1e-9.
    #[test]
    fn bytes_are_conserved(fleet in any_fleet()) {
        let results = run(&fleet).results;
        for disk in &results.disks {
            let accounted = disk.landed_bytes + disk.superseded_bytes + disk.pending_bytes;
            // Copies of used bytes pass through the same sums, so their rounding counts too.
            let rounding = 1e-9 * disk.tracked_bytes.max(1e3);
            let error = (disk.tracked_bytes - accounted).abs();
            prop_assert!(error <= rounding, "{}: {} tracked, {accounted} accounted for", disk.name, disk.tracked_bytes);
            for part in [disk.landed_bytes, disk.superseded_bytes, disk.pending_bytes] {
                prop_assert!(part >= -rounding, "{}: a negative amount, {part}", disk.name);
            }
        }
        prop_assert!(results.checks.conservation_error <= 1e-9, "{}", results.checks.conservation_error);
    }

    /// What all VMs lose together is the sum of what each loses, at every instant and so on average, whatever the recovery point: leaps, waits and ramps of the
    /// one are summed as they come, of the others each for itself.
    #[test]
    fn the_fleet_loses_what_its_machines_lose(fleet in any_fleet()) {
        let results = run(&fleet).results;
        for by in &results.loss {
            let Some(bytes) = &by.bytes else { continue };
            let all = bytes.fleet_bytes.mean * bytes.fleet_bytes.observed_s;
            let own = |vm: &failback::results::VmResult| vm.loss_bytes.iter().filter(|(choice, _)| *choice == by.choice).map(|(_, law)| law.mean * law.observed_s).sum::<f64>();
            let each: f64 = results.vms.iter().map(own).sum();
            prop_assert!((all - each).abs() <= 1e-6 * (1.0 + each), "{:?}: {all} byte-seconds together, {each} one by one", by.choice);
        }
    }

    /// A VM that is protected from the start and has no gap in its churn is observed all the time.
    #[test]
    fn nothing_is_left_unobserved(fleet in any_fleet()) {
        let results = run(&fleet).results;
        if !results.initial_replication.simulated && !has_gaps(&fleet) {
            let horizon = results.scenario.horizon_s;
            for vm in &results.vms {
                prop_assert!((vm.lag.observed_s - horizon).abs() <= 1e-6 * horizon, "{}: {} of {horizon} s observed", vm.name, vm.lag.observed_s);
            }
            let all = results.lag.fleet_worst.observed_s;
            prop_assert!((all - horizon).abs() <= 1e-6 * horizon, "fleet: {all} of {horizon} s observed");
        }
    }

    /// The time over the threshold, counted piece by piece, is the total length of the breaches, found one by one: for disks, VMs, groups and the fleet.
    #[test]
    fn breaches_are_the_time_over_the_threshold(fleet in any_fleet(), threshold in 1u64..1200) {
        let mut world = fleet.build();
        world.policy.rpo_threshold = Span::from_secs(threshold);
        let results = simulate::run(&world, 0, &mut |_| ()).results;
        let disks = results.disks.iter().map(|disk| (&disk.name, &disk.lag, &disk.breaches));
        let vms = results.vms.iter().map(|vm| (&vm.name, &vm.lag, &vm.breaches));
        let reported = results.vms.iter().map(|vm| (&vm.name, &vm.reported_rpo, &vm.reported_breaches));
        let groups = results.groups.iter().map(|group| (&group.name, &group.lag, &group.breaches));
        let all = String::from("fleet");
        for (name, law, breaches) in disks.chain(vms).chain(reported).chain(groups).chain([(&all, &results.lag.fleet_worst, &results.breaches)]) {
            let over = law.share_over.unwrap_or(0.0) * law.observed_s;
            prop_assert!((over - breaches.total_s).abs() <= 1e-6 * (1.0 + over), "{name}: {over} s over, breaches of {} s", breaches.total_s);
            prop_assert!(breaches.longest_s <= breaches.total_s + 1e-6 && (breaches.count > 0) == (breaches.total_s > 0.0), "{name}: {breaches:?}");
        }
    }

    /// The lag grows by at most a second per second, so at no time is it larger than the time since the start, nor larger than some intervals
    /// before by more than these intervals.
    #[test]
    fn lag_never_grows_faster_than_time(fleet in any_fleet()) {
        let mut world = fleet.build();
        world.output.series_every = Some(Span::from_mins(1));
        let output = simulate::run(&world, 0, &mut |_| ());
        prop_assert!(!output.series.is_empty());
        for vm in &output.results.vms {
            prop_assert!(vm.lag.max <= vm.lag.max_at_s + 1e-6, "{}: {} s at {} s", vm.name, vm.lag.max, vm.lag.max_at_s);
        }
        for rows in output.series.windows(2) {
            let grown = rows[1].worst_lag_s - rows[0].worst_lag_s;
            // A VM that comes in with its first point, or after a gap of its record, brings its own lag.
            let newcomer = output.results.initial_replication.simulated || has_gaps(&fleet);
            // Rows are cut by time of departure: a row may look one delay further than the one before did.
            let delay = world.link.rtt.as_secs_f64() / 2.0;
            prop_assert!(newcomer || grown <= rows[1].to_s - rows[1].from_s + delay + 1e-6, "{grown} s more in {} .. {} s", rows[1].from_s, rows[1].to_s);
        }
    }

    /// With one shared bottleneck and no bitmap mode, resync or hysteresis, more bandwidth raises no lag, of no disk, in mean or maximum.
    #[test]
    fn more_bandwidth_raises_no_lag(fleet in fleets(About::Link), more in 1.001f64..3.0) {
        let slow = run(&fleet).results;
        let mut faster = fleet;
        faster.link.goodput = BitRate::from_bits_per_s(more * faster.link.goodput.as_bits_per_s());
        let fast = run(&faster).results;
        for (slow, fast) in slow.disks.iter().zip(&fast.disks) {
            prop_assert!(fast.lag.max <= slow.lag.max + 1e-6, "{}: max {} -> {}", slow.name, slow.lag.max, fast.lag.max);
            prop_assert!(fast.lag.mean <= slow.lag.mean + 1e-6, "{}: mean {} -> {}", slow.name, slow.lag.mean, fast.lag.mean);
        }
        prop_assert!(fast.lag.fleet_worst.mean <= slow.lag.fleet_worst.mean + 1e-6);
        prop_assert!(fast.lag.fleet_worst.share_over <= slow.lag.fleet_worst.share_over.map(|share| share + 1e-12));
    }

    /// Points become available in the order of their markers, never before their marker plus the apply delay.
    #[test]
    fn points_become_available_in_order(fleet in any_fleet()) {
        let output = run(&fleet);
        let delay = fleet.apply.delay.as_secs_f64();
        for (calendar, vm) in output.calendars.iter().zip(&output.results.vms) {
            let newest = calendar.points.iter().map(|point| point.marker_s).reduce(f64::max);
            prop_assert_eq!(vm.points.newest_at_end_s, newest.map(|marker| output.results.scenario.horizon_s - marker), "{}", calendar.vm);
            for pair in calendar.points.windows(2) {
                prop_assert!(pair[0].marker_s <= pair[1].marker_s, "{}: not sorted", calendar.vm);
                prop_assert!(pair[0].available_s <= pair[1].available_s, "{}: {pair:?}", calendar.vm);
            }
            for point in calendar.points.iter().filter(|point| point.marker_s > 0.0) {
                prop_assert!(point.available_s >= point.marker_s + delay - 1e-6, "{}: {point:?}", calendar.vm);
            }
        }
        for vm in &output.results.vms {
            let points = &vm.points;
            prop_assert!(points.crash_failed + points.crash_points <= points.crash_markers, "{points:?}");
            prop_assert!(points.app_failed + points.app_points <= points.app_markers, "{points:?}");
            // Marker age at least lag: what has landed as a marker has landed as bytes.
            prop_assert!(vm.reported_rpo.mean >= vm.lag.mean - 1e-6, "{}: reported {} under lag {}", vm.name, vm.reported_rpo.mean, vm.lag.mean);
            prop_assert!(vm.point_age.mean >= vm.reported_rpo.mean - 1e-6, "{}: point age under reported RPO", vm.name);
        }
    }

    /// The same world gives the same bytes, also from another thread.
    #[test]
    fn a_run_is_a_pure_function(fleet in any_fleet()) {
        let text = |output: &RunOutput| serde_json::to_string(&output.results).expect("the record is plain data");
        let here = run(&fleet);
        let there = std::thread::scope(|scope| scope.spawn(|| run(&fleet)).join()).expect("the run does not fail");
        prop_assert_eq!(text(&here), text(&there));
        prop_assert_eq!(here.events, there.events);
        prop_assert_eq!(here.calendars, there.calendars);
    }
}
