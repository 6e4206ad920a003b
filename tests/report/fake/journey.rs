//! A made-up round trip on top of the made-up week: the site is lost on Wednesday at 10:00 and usable again on Thursday at 18:00; most machines come home on
//! Saturday night and are protected again on Sunday. One has no recovery point, a group of three is blocked, two come back by a full copy, one retention drive is
//! too small.

use super::*;

const MIN: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY_S: f64 = 86_400.0;
const LOST: f64 = 2.0 * DAY_S + 10.0 * HOUR;
const REPAIRED: f64 = 3.0 * DAY_S + 18.0 * HOUR;
const WINDOW: f64 = 5.0 * DAY_S + 22.0 * HOUR;

/// The week with its round trip, made once for all tests.
pub fn round_trip() -> &'static RunOutput {
    static OUTPUT: OnceLock<RunOutput> = OnceLock::new();
    OUTPUT.get_or_init(|| travelled(week().clone()))
}

/// A week with so many machines that they cannot all be shown.
pub fn large_round_trip() -> RunOutput {
    let mut output = week().clone();
    let first = output.results.vms[2].clone();
    output.results.vms.extend((20..500).map(|vm| VmResult { name: name(vm), ..first.clone() }));
    output.results.scenario.vms = 500;
    travelled(output)
}

fn travelled(mut output: RunOutput) -> RunOutput {
    let names: Vec<String> = output.results.vms.iter().map(|vm| vm.name.clone()).collect();
    let end = output.results.scenario.horizon_s;
    let machines: Vec<MachineJourney> = names.iter().enumerate().map(|(vm, name)| machine(vm, names.len(), name, end)).collect();
    let mut back = output.results.clone();
    back.link.name = "vpn-home".to_owned();
    back.link.goodput_bit_per_s = 250e6;
    output.results.journey = Some(JourneyResult {
        disasters: vec![DisasterResult {
            name: "fire".to_owned(),
            kind: "site_lost".to_owned(),
            at_s: LOST,
            over_s: Some(REPAIRED),
            text: "The home site is lost; it can be used again after 32 h.".to_owned(),
        }],
        failovers: vec![summary(&machines)],
        drills: vec![DrillResult {
            at_s: DAY_S + 14.0 * HOUR,
            direction: "out".to_owned(),
            machines: 4,
            refused: 0,
            ready_after_s: 38.0 * MIN,
            cleaned_up_s: Some(DAY_S + 17.0 * HOUR),
            machine_hours: 9.5,
            disk_byte_hours: 4.1e12,
        }],
        machines,
        retention_drives: vec![drive("mt-windows", 8, 1.1e12, 14e9), drive("mt-linux", 8, 600.0 * 1024.0_f64.powi(3), 36e9)],
        back: Some(Box::new(back)),
    });
    output
}

fn summary(machines: &[MachineJourney]) -> FailoverSummary {
    let trips: Vec<&Trip> = machines.iter().flat_map(|machine| &machine.trips).collect();
    let served: Vec<&&Trip> = trips.iter().filter(|trip| trip.restored_s.is_some()).collect();
    let by_choice = [Choice::LatestByte, Choice::LatestMarker, Choice::LatestProcessed, Choice::LatestApp].map(|choice| {
        let lost: Vec<&ChoiceLoss> =
            served.iter().flat_map(|trip| &trip.by_choice).filter(|lost| lost.choice == choice && lost.point_s.is_some()).collect();
        FleetChoiceLoss {
            choice,
            machines: lost.len() as u64,
            mean_s: lost.iter().map(|lost| lost.loss_s).sum::<f64>() / lost.len() as f64,
            max_s: lost.iter().map(|lost| lost.loss_s).fold(0.0, f64::max),
            bytes: lost.iter().map(|lost| lost.loss_bytes).sum(),
        }
    });
    FailoverSummary {
        cause: "fire".to_owned(),
        at_s: LOST,
        machines: trips.len() as u64,
        recovered: served.len() as u64,
        without_point: trips.iter().filter(|trip| trip.point_s.is_none()).count() as u64,
        rto_s: served.iter().filter_map(|trip| trip.restored_s).reduce(f64::max).map(|last| last - LOST),
        loss_max_s: served.iter().map(|trip| trip.loss_s).fold(0.0, f64::max),
        loss_mean_s: served.iter().map(|trip| trip.loss_s).sum::<f64>() / served.len() as f64,
        loss_bytes: served.iter().map(|trip| trip.loss_bytes).sum(),
        destroyed_bytes: trips.iter().map(|trip| trip.destroyed_bytes).sum(),
        by_choice: by_choice.to_vec(),
        point: "latest".to_owned(),
        ..FailoverSummary::default()
    }
}

/// Steps one after the other from `at` on, and their end.
fn steps(mut at: f64, list: &[(&str, f64)]) -> (Vec<Step>, f64) {
    let made = list
        .iter()
        .map(|&(name, minutes)| {
            let from_s = at;
            at += minutes * MIN;
            Step { name: name.to_owned(), from_s, to_s: at }
        })
        .collect();
    (made, at)
}

fn machine(vm: usize, of: usize, name: &str, end: f64) -> MachineJourney {
    let mut states = Vec::new();
    let mut state = |state: &str, runs_at: &str, protected: bool, from_s: f64, to_s: f64| {
        states.push(StateSpan { state: state.to_owned(), runs_at: runs_at.to_owned(), protected, from_s, to_s });
    };
    let mut trip = Trip { cause: "fire".to_owned(), at_s: LOST, down_from_s: LOST, ..Trip::default() };
    trip.destroyed_bytes = 4.0e6 * (1 + vm % 5) as f64;
    if vm + 1 == of {
        state("initial_replication", "home", false, 0.0, LOST);
        state("failover_failed", "nowhere", false, LOST, end);
        let ended = Some("It had no recovery point when the site was lost: restore it from a backup.".to_owned());
        return MachineJourney { vm: name.to_owned(), states, trips: vec![trip], waits: Vec::new(), ended };
    }
    let second = vm % 10 >= 5;
    let hydrate = if vm.is_multiple_of(2) { 8.0 + (vm % 3) as f64 } else { 0.0 };
    let mut list = vec![("detect", 15.0), ("decide", 25.0), ("process what has landed", 2.0 + 0.5 * (vm % 3) as f64)];
    let (mut failover_steps, before) = steps(LOST, &list);
    list = vec![("prepare disks", 6.0)];
    if hydrate > 0.0 {
        list.push(("hydrate", hydrate));
    }
    list.push(("boot", 5.0 + (vm % 4) as f64));
    if second {
        list.push(("action: switch names over", 9.0));
    }
    let (more, restored) = steps(if second { LOST + 80.0 * MIN } else { before }, &list);
    failover_steps.extend(more);
    trip.failover_steps = failover_steps;
    trip.restored_s = Some(restored);
    trip.loss_s = if vm == 0 { 370.0 } else { 60.0 + 11.0 * (vm % 20) as f64 };
    trip.loss_bytes = trip.loss_s * if vm == 0 { 1.6e6 } else { 0.2e6 };
    trip.point_s = Some(LOST - trip.loss_s);
    trip.by_choice = [(Choice::LatestByte, -55.0), (Choice::LatestMarker, 0.0), (Choice::LatestProcessed, 300.0), (Choice::LatestApp, 2.0 * HOUR)]
        .map(|(choice, more)| {
            let loss_s = trip.loss_s + more;
            let made = choice != Choice::LatestApp || vm % 4 != 3;
            ChoiceLoss { choice, point_s: made.then_some(LOST - loss_s), loss_s, loss_bytes: loss_s * 0.3e6 }
        })
        .to_vec();
    let committed = restored + HOUR;
    trip.committed_s = Some(committed);
    state("protected", "home", true, 0.0, LOST);
    state("failing_over", "nowhere", false, LOST, restored);
    state("failed_over", "target", false, restored, committed);
    let rate = if vm == 0 { 0.9e6 } else { 0.07e6 };
    let mut waits =
        vec![Wait { from_s: committed, to_s: Some(REPAIRED), key: "site".to_owned(), text: "The home site cannot be used yet.".to_owned() }];
    if vm + 4 >= of {
        waits[0].key = "group-of-mixed-os".to_owned();
        waits[0].to_s = None;
        waits[0].text =
            "The replication group web-store has Windows and Linux members, which cannot share a master target; make one group for each family \
                         of operating systems before the failover."
                .to_owned();
        state("at_target", "target", false, committed, end);
        trip.exposed_away_s = end - restored;
        trip.exposed_away_bytes = rate * trip.exposed_away_s;
        return MachineJourney { vm: name.to_owned(), states, trips: vec![trip], waits, ended: None };
    }
    let full = vm == 7 || vm == 14;
    let began = REPAIRED + 5.0 * MIN + 3.0 * MIN * (vm % 20) as f64;
    let hours = if full { 19.0 - 4.0 * f64::from(u8::from(vm == 14)) } else { 3.0 + (vm * 37 % 20) as f64 * 0.4 };
    let (in_order, protected) = (began + hours * HOUR, began + hours * HOUR + 6.0 * MIN);
    state("at_target", "target", false, committed, began);
    state("reprotecting", "target", false, began, protected);
    trip.reprotect = Some(CopyResult {
        asked_s: committed,
        began_s: began,
        mode: if full { "full copy" } else { "changed blocks" }.to_owned(),
        scanned_bytes: if full { 0.0 } else { 95e9 },
        other_side_bytes: trip.loss_bytes,
        this_side_bytes: (began - restored) * rate,
        differing_bytes: if full { 150e9 } else { 20e9 + 0.4e9 * (vm % 20) as f64 },
        sent_bytes: if full { 151e9 } else { 21e9 + 0.5e9 * (vm % 20) as f64 },
        in_order_s: Some(in_order),
        protected_s: Some(protected),
    });
    trip.exposed_away_s = protected - restored;
    trip.exposed_away_bytes = rate * trip.exposed_away_s;
    state("reverse_protected", "target", true, protected, WINDOW);
    let send = if vm == 0 { 31.0 } else { 3.0 + (vm % 7) as f64 };
    let list = [
        ("shut down", 4.0),
        ("send what is pending", send),
        ("detach and attach disks", 6.0 + (vm % 3) as f64),
        ("boot", 5.0),
        ("put addresses right", if vm.is_multiple_of(2) { 12.0 } else { 3.0 }),
    ];
    let (steps, home) = steps(WINDOW, &list);
    trip.failback = Some(FailbackResult {
        began_s: WINDOW,
        pending_bytes: send * MIN * 1.1e6,
        steps,
        restored_s: Some(home),
        downtime_s: Some(home - WINDOW),
        committed_s: Some(home + 30.0 * MIN),
        ..FailbackResult::default()
    });
    let again = home + 30.0 * MIN;
    let (in_order, protected) = (again + (1.5 + 0.4 * (vm % 20) as f64) * HOUR, again + (1.6 + 0.4 * (vm % 20) as f64) * HOUR);
    trip.protect_again = Some(CopyResult {
        asked_s: again,
        began_s: again,
        mode: "changed blocks".to_owned(),
        scanned_bytes: 95e9,
        this_side_bytes: 0.3e9,
        differing_bytes: 7e9,
        sent_bytes: 7.4e9,
        in_order_s: Some(in_order),
        protected_s: Some(protected),
        ..CopyResult::default()
    });
    trip.exposed_home_s = protected - home;
    trip.exposed_home_bytes = rate * trip.exposed_home_s;
    state("failing_back", "nowhere", false, WINDOW, home);
    state("failed_back", "home", false, home, again);
    state("protecting_again", "home", false, again, protected);
    state("protected", "home", true, protected, end);
    MachineJourney { vm: name.to_owned(), states, trips: vec![trip], waits, ended: None }
}

/// A drive that takes so many bytes an hour from Thursday 22:00 to Saturday 22:00, more in the night to Saturday.
fn drive(name: &str, machines: u64, size: f64, per_hour: f64) -> DriveResult {
    let (from, promised) = (3.0 * DAY_S + 22.0 * HOUR, 24.0 * HOUR);
    let written = |at: f64| per_hour / HOUR * ((at - from).max(0.0) + 0.6 * (at - from - 26.0 * HOUR).clamp(0.0, 8.0 * HOUR));
    let mut rows = Vec::new();
    let mut result = DriveResult { master_target: name.to_owned(), size_bytes: size, machines, window_s: promised, ..DriveResult::default() };
    for quarter in 0..=(48 * 4) {
        let at_s = from + f64::from(quarter) * 15.0 * MIN;
        let wanted = written(at_s) - written(at_s - promised);
        // Back to where the drive would have been full.
        let mut window_s = (at_s - from).min(promised);
        while written(at_s) - written(at_s - window_s) > size {
            window_s -= MIN;
        }
        let used_bytes = wanted.min(size);
        if wanted > size && result.first_full_s.is_none() {
            result.first_full_s = Some(at_s);
        }
        if used_bytes > result.peak_bytes {
            (result.peak_bytes, result.peak_at_s) = (used_bytes, at_s);
        }
        result.peak_wanted_bytes = result.peak_wanted_bytes.max(wanted);
        if at_s >= from + promised {
            result.least_window_s = Some(result.least_window_s.unwrap_or(promised).min(window_s));
        }
        rows.push(DriveRow { at_s, used_bytes, window_s });
    }
    result.dropped_points = if result.first_full_s.is_some() { 1240 } else { 0 };
    result.rows = rows;
    result
}
