//! Random small fleets: a few VMs with a few disks each, under some of the limits and mishaps that the forward path knows.

use failback::churn::Pattern;
use failback::model::{
    Account, AccountId, CapacityChange, Fault, FaultKind, FlowCeiling, Footprint, HubId, HubKind, Sharing, StartState, ThrottleWindow, VmId,
    WorkingSet,
};
use failback::units::{BitRate, ByteRate, DataSize, Instant, Share, Span};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::churn::{Writes, table};
use crate::support::world::{Fleet, hub, share};

/// What a fleet is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// One link, nothing else.
    Link,
    /// Disk, VM, account and flow ceilings, background, calendar, outages.
    Ceilings,
    /// Two hubs with limits on intake.
    Hubs,
    /// Hubs with small caches that throttle and fill up.
    Caches,
    /// Small agent buffers: bitmap mode, with coalescing.
    Bitmap,
    /// Hubs down or lost, crashes, resized disks.
    Faults,
    /// Initial replication, with outages, hubs down or lost, crashes and resized disks in half of the fleets.
    Copies,
    /// Azure to Azure: limits on intake into the source cache account.
    SourceAccount,
    /// Logs that grow too old.
    Logs,
    /// First in first out on the link.
    Fifo,
    /// First in first out on the link, with disk, VM, account and flow ceilings, full caches and bitmap mode.
    FifoUnderCeilings,
    /// Apply with a rate and a delay, replication groups, short retention.
    Points,
    /// Excluded gaps in the records, with outages, faults, groups and apply.
    Gaps,
    /// All of it together.
    Everything,
}

/// Fleets about something.
pub fn fleets(about: About) -> impl Strategy<Value = Fleet> {
    let machines = vec(vec(writes(), 1..=3), 1..=4);
    (machines, prop::array::uniform32(0.0..1.0f64)).prop_map(move |(machines, dice)| fleet(about, &machines, Dice(dice, 0)))
}

fn writes() -> impl Strategy<Value = Writes> {
    let rate = prop_oneof![2 => Just(0.0f32), 3 => 0.1f32..3.0, 1 => 5.0f32..30.0];
    (prop::sample::select(std::vec![60u64, 300, 600]), vec(rate, 8..=24)).prop_map(|(period, rates)| {
        let rates: Vec<f32> = rates.iter().map(|rate| rate * 1e6).collect();
        table(Span::from_secs(period), &rates)
    })
}

/// Uniform numbers to be used up one after the other.
struct Dice([f64; 32], usize);

impl Dice {
    fn next(&mut self) -> f64 {
        self.1 += 1;
        self.0[(self.1 - 1) % 32]
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }

    fn odds(&mut self, chance: f64) -> bool {
        self.next() < chance
    }

    fn seconds(&mut self, low: f64, high: f64) -> Span {
        Span::from_secs(self.between(low, high) as u64)
    }

    fn instant(&mut self, low: f64, high: f64) -> Instant {
        Instant::START + self.seconds(low, high)
    }
}

/// Run length [s]; at no marker's instant.
const HORIZON_S: f64 = 7_277.0;

fn fleet(about: About, machines: &[Vec<Writes>], mut dice: Dice) -> Fleet {
    let all = about == About::Everything;
    let mut fleet = Fleet::new(Span::from_secs(HORIZON_S as u64), 1.0);
    fleet.policy.app_every = Some(Span::from_mins(25));
    fleet.policy.rpo_threshold = Span::from_secs(311);
    for disks in machines {
        let gaps = |writes: &Writes| if about == About::Gaps { with_gap(writes, &mut dice) } else { writes.clone() };
        let disks: Vec<Writes> = disks.iter().map(gaps).collect();
        fleet.vm(&disks);
    }
    let mean = mean_rate(&fleet).max(1e5);
    let wire = dice.between(0.5, 1.0);
    fleet.hubs[0].wire_per_tracked = wire;
    let slack = if matches!(about, About::Hubs | About::Bitmap) { dice.between(1.0, 3.0) } else { dice.between(0.6, 2.0) };
    fleet.link.goodput = BitRate::from_bits_per_s(8.0 * mean * wire * slack);
    fleet.link.rtt = Span::from_secs_f64(if dice.odds(0.5) { dice.between(0.0, 0.3) } else { 0.0 });
    if about == About::Ceilings || all {
        ceilings(&mut fleet, mean, &mut dice);
    }
    if matches!(about, About::Hubs | About::Caches | About::SourceAccount) || all {
        hubs(&mut fleet, about, mean, &mut dice);
    }
    if about == About::SourceAccount {
        fleet.hubs.iter_mut().for_each(|hub| hub.kind = HubKind::CacheAccount);
        limits(&mut fleet, mean, &mut dice);
    }
    if about == About::Bitmap || all {
        bitmap(&mut fleet, &mut dice);
    }
    if about == About::Faults || all {
        faults(&mut fleet, &mut dice);
    }
    if about == About::Copies {
        if dice.odds(0.5) {
            faults(&mut fleet, &mut dice);
        }
        copies(&mut fleet, &mut dice);
    }
    if about == About::Points || all {
        points(&mut fleet, &mut dice);
    }
    if about == About::Logs {
        faults(&mut fleet, &mut dice);
        fleet.policy.log_age_limit = Some(dice.seconds(250.0, 1500.0));
    }
    if about == About::Gaps {
        faults(&mut fleet, &mut dice);
        if dice.odds(0.5) {
            points(&mut fleet, &mut dice);
        }
    }
    if about == About::Fifo {
        outage(&mut fleet, &mut dice);
    }
    if about == About::FifoUnderCeilings {
        ceilings(&mut fleet, mean, &mut dice);
        hubs(&mut fleet, about, mean, &mut dice);
        if dice.odds(0.5) {
            bitmap(&mut fleet, &mut dice);
        }
    }
    if matches!(about, About::Fifo | About::FifoUnderCeilings) {
        fleet.link.sharing = Sharing::Fifo;
    }
    fleet
}

/// Half of the disks have a gap of some buckets.
fn with_gap(writes: &Writes, dice: &mut Dice) -> Writes {
    let mut gapped = writes.clone();
    if dice.odds(0.5) {
        let count = writes.rates.len() as f64;
        let from = dice.between(0.0, count) as usize;
        let to = from + 1 + dice.between(0.0, count / 2.0) as usize;
        gapped.rates.iter_mut().take(to).skip(from).for_each(|rate| *rate = f32::NAN);
    }
    gapped
}

/// Mean tracked rate of the fleet over the run [bytes/s].
fn mean_rate(fleet: &Fleet) -> f64 {
    let world = fleet.build();
    let mut sum = 0.0;
    for disk in &world.disks {
        if let Pattern::Recorded { record, .. } = &disk.churn.pattern {
            let record = &world.records[record.0 as usize];
            sum += record.rates.iter().filter(|rate| rate.is_finite()).map(|rate| f64::from(*rate)).sum::<f64>() * record.period.as_secs_f64()
                / HORIZON_S;
        }
    }
    sum
}

fn outage(fleet: &mut Fleet, dice: &mut Dice) {
    let from = dice.instant(100.0, 5000.0);
    let factor = if dice.odds(0.6) { Share::ZERO } else { share(0.5) };
    let lasts = dice.seconds(60.0, 900.0);
    fleet.link.scheduled.push(CapacityChange { from, to: from + lasts, factor, cause: "outage".into() });
}

fn limits(fleet: &mut Fleet, mean: f64, dice: &mut Dice) {
    let rate = |bytes: f64| Some(ByteRate::from_bytes_per_s(bytes));
    if dice.odds(0.5) {
        let limit = dice.between(0.2, 1.5) * mean;
        fleet.each_disk(|disk| disk.churn_limit = rate(limit));
    }
    if dice.odds(0.5) {
        let limit = dice.between(0.3, 1.5) * mean;
        fleet.vms.iter_mut().for_each(|(vm, _)| vm.churn_limit = rate(limit));
    }
    if dice.odds(0.5) {
        fleet.accounts.push(Account { name: "account-2".into(), limit: rate(dice.between(0.4, 1.5) * mean), operations: None });
        fleet.vms.iter_mut().skip(1).for_each(|(vm, _)| vm.account = AccountId(1));
    }
}

fn ceilings(fleet: &mut Fleet, mean: f64, dice: &mut Dice) {
    limits(fleet, mean, dice);
    outage(fleet, dice);
    if dice.odds(0.5) {
        let per_flow = BitRate::from_bits_per_s(8.0 * mean * dice.between(0.05, 0.3));
        fleet.link.flow_ceiling = Some(FlowCeiling { flows: 4, per_flow });
    }
    if dice.odds(0.3) {
        fleet.link.background = BitRate::from_bits_per_s(0.1 * fleet.link.goodput.as_bits_per_s());
    }
    if dice.odds(0.3) {
        let limit = BitRate::from_bits_per_s(dice.between(0.3, 0.9) * fleet.link.goodput.as_bits_per_s());
        let (from, to) = (dice.seconds(0.0, 3000.0), dice.seconds(3000.0, 7000.0));
        fleet.link.throttle.push(ThrottleWindow { days: [true; 7], from, to, limit });
    }
}

fn hubs(fleet: &mut Fleet, about: About, mean: f64, dice: &mut Dice) {
    let wire = if dice.odds(0.5) { fleet.hubs[0].wire_per_tracked } else { dice.between(0.5, 1.0) };
    fleet.hubs.push(hub("ps-2"));
    fleet.hubs[1].wire_per_tracked = wire;
    fleet.vms.iter_mut().skip(1).step_by(2).for_each(|(vm, _)| vm.hub = HubId(1));
    for hub in &mut fleet.hubs {
        if about != About::Caches || dice.odds(0.3) {
            hub.intake = Some(ByteRate::from_bytes_per_s(mean * dice.between(0.4, 1.5)));
        }
        if dice.odds(0.3) {
            hub.intake_ops = Some(mean / 16_384.0 * dice.between(0.4, 1.5));
        }
        if about != About::Hubs {
            hub.cache = Some(DataSize::from_bytes((mean * dice.between(60.0, 900.0)) as u64));
        }
    }
}

fn bitmap(fleet: &mut Fleet, dice: &mut Dice) {
    let mean = mean_rate(fleet).max(1e5);
    fleet.hubs[0].intake = Some(ByteRate::from_bytes_per_s(mean * dice.between(0.7, 1.6)));
    let buffer = DataSize::from_bytes((mean * dice.between(20.0, 300.0)) as u64);
    let (coalesces, small) = (dice.odds(0.7), dice.odds(0.5));
    let hot = dice.between(0.2, 2.0) * 1e9;
    let set = |size: f64, share: f64| WorkingSet { size, share };
    let sets = match (coalesces, small) {
        (false, _) => Vec::new(),
        // A disk that is written over many times while it is out of order.
        (true, true) => vec![set(hot, 1.0)],
        (true, false) => vec![set(hot, 0.8), set(20.0 * hot, 0.2)],
    };
    fleet.each_disk(|disk| (disk.agent_buffer, disk.footprint) = (Some(buffer), Footprint { sets: sets.clone() }));
}

fn faults(fleet: &mut Fleet, dice: &mut Dice) {
    outage(fleet, dice);
    fleet.policy.checksum_rate = ByteRate::from_bytes_per_s(dice.between(5e6, 50e6));
    fleet.policy.resync_extra_share = share(dice.between(0.0, 0.05));
    let used = DataSize::from_bytes(dice.between(0.5e9, 5e9) as u64);
    fleet.each_disk(|disk| disk.used = used);
    let at = dice.instant(500.0, 4000.0);
    let lasts = dice.seconds(60.0, 900.0);
    let hub = HubId(0);
    let kind = if dice.odds(0.5) { FaultKind::HubDown { hub, lasts } } else { FaultKind::HubLost { hub, lasts } };
    fleet.faults.push(Fault { at, kind });
    let vm = VmId(fleet.vms.len() as u32 - 1);
    let at = dice.instant(500.0, 4000.0);
    if dice.odds(0.7) {
        fleet.faults.push(Fault { at, kind: if dice.odds(0.5) { FaultKind::VmCrash { vm } } else { FaultKind::DiskResize { vm } } });
    }
}

fn copies(fleet: &mut Fleet, dice: &mut Dice) {
    fleet.policy.start_state = StartState::InitialReplication;
    fleet.policy.copy_disks_at_once = 1 + (3.0 * dice.next()) as u32;
    let mean = mean_rate(fleet).max(1e5);
    let seconds = dice.between(100.0, 600.0);
    fleet.each_disk(|disk| disk.used = DataSize::from_bytes((mean * seconds) as u64));
    if dice.odds(0.5) {
        fleet.vms.iter_mut().skip(1).for_each(|(vm, _)| vm.batch = 1);
    }
    let slack = dice.between(1.5, 4.0);
    fleet.link.goodput = BitRate::from_bits_per_s(8.0 * mean * slack * fleet.hubs[0].wire_per_tracked);
}

fn points(fleet: &mut Fleet, dice: &mut Dice) {
    // Not whole seconds, so that no point becomes available just at the run's end, by the link's delay before or after it.
    fleet.apply.delay = dice.seconds(0.0, 301.0) + Span::from_secs_f64(0.5);
    if dice.odds(0.5) {
        fleet.apply.rate = Some(ByteRate::from_bytes_per_s(mean_rate(fleet) * dice.between(0.5, 3.0)));
    }
    fleet.policy.retention = Span::from_mins(80);
    fleet.policy.dense_window = Span::from_mins(29);
    fleet.policy.prune = vec![failback::model::PruneRule { up_to: Span::from_mins(80), keep_one_per: Span::from_mins(15) }];
    let vms: Vec<VmId> = (0..fleet.vms.len() as u32).take(2).map(VmId).collect();
    fleet.group(&vms);
    outage(fleet, dice);
}
