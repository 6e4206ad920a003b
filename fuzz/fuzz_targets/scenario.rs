//! The scenario reader on any text with any overrides: it answers or refuses. What it refuses is worded and shown; what it answers is a world that can be
//! simulated. Parts after the first NUL are `--set` overrides. No file is read: every record that a scenario names is the one made here.

#![no_main]

use std::path::Path;
use std::sync::Arc;

use failback::churn::{DiskChurn, Pattern};
use failback::model::{Record, World};
use failback::scenario::{RecordError, RecordRead, RecordRequest, RecordSource, parse};
use failback::units::{Instant, Span};
use libfuzzer_sys::fuzz_target;

/// Columns of the records that the shipped scenarios, the starters and the tests name.
const COLUMNS: &[&str] = &["oltp", "web", "erp", "report", "log", "files", "idle", "db", "app"];

const BUCKETS: usize = 12;

/// An hour of 5-minute buckets under any name; files called `missing…` cannot be read.
struct OneRecord;

impl RecordSource for OneRecord {
    fn read(&mut self, request: &RecordRequest) -> Result<RecordRead, RecordError> {
        if request.shown.starts_with("missing") {
            return Err(RecordError { problem: "there is no such file".to_string(), advice: String::new() });
        }
        let record = Record {
            source: request.shown.clone(),
            period: request.period.filter(|period| !period.is_zero()).unwrap_or(Span::from_mins(5)),
            columns: COLUMNS.iter().map(|name| (*name).to_string()).collect(),
            buckets: BUCKETS,
            rates: Arc::new(vec![1e6; BUCKETS * COLUMNS.len()]),
            gap_share: 0.0,
            notes: Vec::new(),
        };
        let start = request.time_column.is_none().then(|| jiff::civil::date(2026, 1, 7).at(6, 0, 0, 0));
        Ok(RecordRead { record, start, fingerprint: request.shown.clone() })
    }
}

fn is_amount(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

fn check_churn(churn: &DiskChurn, records: &[Record]) {
    assert!(!churn.period.is_zero() && is_amount(churn.scale));
    match &churn.pattern {
        Pattern::Recorded { record, column, .. } => {
            let record = &records[record.0 as usize];
            assert!((*column as usize) < record.columns.len());
        }
        Pattern::Weekly { rates, variability } => {
            assert!(rates.len() == 168 && rates.iter().all(|rate| is_amount(*rate)) && is_amount(*variability));
        }
        Pattern::Constant { rate } | Pattern::OnOff { rate, .. } => assert!(is_amount(*rate)),
        Pattern::LogNormal { mean, variability, autocorrelation } => {
            assert!(is_amount(*mean) && is_amount(*variability) && (0.0..1.0).contains(autocorrelation));
        }
        Pattern::HyperExponential { mean, variability } => assert!(is_amount(*mean) && is_amount(*variability)),
        Pattern::BModel { mean, bias, .. } => assert!(is_amount(*mean) && (0.5..=1.0).contains(bias)),
    }
}

/// What the simulation takes for granted.
fn check(world: &World) {
    let end = Instant::START + world.horizon;
    assert!(!world.horizon.is_zero() && !world.vms.is_empty());
    assert!(world.vms.len() <= 100_000 && world.disks.len() <= 400_000 && world.hubs.len() <= 10_000);
    let mut next_disk = 0;
    for vm in &world.vms {
        assert!(vm.first_disk.0 == next_disk && vm.disk_count > 0);
        next_disk += vm.disk_count;
        assert!((vm.hub.0 as usize) < world.hubs.len() && (vm.account.0 as usize) < world.accounts.len());
        assert!(vm.group.is_none_or(|group| (group.0 as usize) < world.groups.len()));
    }
    assert_eq!(next_disk as usize, world.disks.len());
    for disk in &world.disks {
        assert!(disk.size.as_bytes() > 0 && disk.used <= disk.size && disk.io_size.as_bytes() > 0);
        assert!(disk.tracked_per_written >= 1.0 && disk.tracked_per_written.is_finite());
        assert!(disk.footprint.sets.iter().all(|set| is_amount(set.size) && (0.0..=1.0).contains(&set.share)));
        check_churn(&disk.churn, &world.records);
    }
    for hub in &world.hubs {
        assert!(hub.wire_per_tracked > 0.0 && hub.wire_per_tracked <= 1.0);
        assert!(hub.throttle_free <= hub.resume_free);
    }
    let link = &world.link;
    assert!(is_amount(link.goodput.as_bits_per_s()) && link.goodput.as_bits_per_s() > 0.0);
    assert!(link.scheduled.windows(2).all(|pair| pair[0].from <= pair[1].from));
    assert!(link.outages.iter().all(|process| !process.mtbf.is_zero()));
    for event in &world.load_events {
        assert!(event.starts.iter().all(|at| *at < end) && event.starts.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(event.disks.iter().all(|disk| (disk.0 as usize) < world.disks.len()));
    }
    assert!(world.faults.windows(2).all(|pair| pair[0].at <= pair[1].at));
    can_be_simulated(world);
}

/// No run that never ends or fits no memory: a reckoning of its own, a little above what the reader allows.
fn can_be_simulated(world: &World) {
    let second = Span::from_secs(1);
    let policy = &world.policy;
    assert!(policy.crash_every >= second && policy.app_every.is_none_or(|every| every >= second));
    let times = |every: Span| world.horizon.as_secs_f64() / every.as_secs_f64();
    let buckets: f64 = world.disks.iter().map(|disk| times(disk.churn.period)).sum();
    assert!(buckets <= 1.1e11, "{buckets} buckets");
    let rows = world.output.series_every.map_or(0.0, times);
    assert!(rows <= 2.2e6, "{rows} rows");
    let markers = times(policy.crash_every) + policy.app_every.map_or(0.0, times);
    assert!(markers <= 1.1e8 && markers * world.vms.len() as f64 <= 1.1e11, "{markers} markers");
    let outages: f64 = world.link.outages.iter().map(|process| times(process.mtbf)).sum();
    assert!(world.link.scheduled.len() as f64 + outages <= 1.1e5, "{outages} outages");
    let loads: usize = world.load_events.iter().map(|event| event.starts.len()).sum();
    assert!(loads <= 1_100_000, "{loads} loads");
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut parts = text.split('\0');
    let text = parts.next().unwrap_or_default();
    let sets: Vec<String> = parts.map(str::to_string).collect();
    match parse(text, "fuzz.toml", "fuzz", Path::new(""), &sets, &mut OneRecord) {
        Ok(loaded) => {
            assert!(!loaded.fingerprint.is_empty() && !loaded.assumptions.is_empty());
            check(&loaded.world);
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty() && !mistakes.render(false).is_empty());
            for mistake in mistakes.iter() {
                assert!(!mistake.problem.is_empty());
                // Raises an alarm on a position outside the text.
                let _ = mistakes.position(mistake);
            }
        }
    }
});
