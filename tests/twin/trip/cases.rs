//! Random round trips of one to four machines over ten hours.

use failback::model::{
    Action, BootGroup, CapacityChange, DisasterKind, FailbackTime, Footprint, GroupId, OsFamily, Plan, PlannedFailover, VmId, WorkingSet, World,
};
use failback::units::{ByteRate, DataSize, Instant, Share, Span};
use proptest::prelude::*;

use crate::support::churn::table;
use crate::support::trip::{journey, secs, strikes, with_journey};
use crate::support::world::{Fleet, share};

const MB: f64 = 1e6;
const HOURS: u64 = 10;
/// Length of a table's entry [s].
const ENTRY: u64 = 1300;

/// What a set of cases is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Churn and links.
    Plain,
    /// Working sets, ceilings, cuts, limits on intake.
    Copies,
    /// Units, actions, windows, the service's throughput.
    People,
    /// All of them.
    Everything,
}

/// One disk.
#[derive(Clone, Debug)]
struct DiskCase {
    /// Rates [0.1 MB/s].
    rates: Vec<u8>,
    /// Used [MB].
    used: u16,
    /// Size [MB] and share [%] of the first of two working sets.
    sets: Option<(u16, u8)>,
    /// Tracked bytes per written one, in tenths.
    tracked: u8,
    /// Ceiling on its copies [MB/s].
    send: Option<u8>,
}

/// What people do, and how long it takes.
#[derive(Clone, Debug)]
struct PeopleCase {
    /// One plan of all machines, the first so many of which boot first, with or without actions after; or a group of all machines; or each for itself.
    unit: UnitCase,
    per_hour: Option<(u16, u16)>,
    hydrated: u8,
    windows: u8,
    windows_every: u16,
    failback_after: u16,
}

#[derive(Clone, Copy, Debug)]
enum UnitCase {
    Alone,
    Group,
    Plan(usize, bool),
}

/// A round trip.
#[derive(Clone, Debug)]
pub struct Case {
    vms: Vec<Vec<DiskCase>>,
    /// Capacity out and back, in tenths of the mean of all that is written, plus 1 MB/s.
    links: (u8, u8),
    /// Round trips out and back [ms]; apply out and back [s].
    delays: [u16; 4],
    at: u16,
    /// Home is lost, and repaired after [s]; or a failover on purpose.
    repaired: Option<u16>,
    kept: bool,
    factor: u8,
    /// Rate [60 kB/s], and for how long [s].
    bursts: Vec<(u16, u16)>,
    /// Commit, reprotect, register, autoscale, commit at home [s].
    times: [u16; 5],
    /// Shutdown at home, disks made, boot at the target, shutdown there, disks attached, boot at home [s].
    steps: [u16; 6],
    by_difference: bool,
    replay: u8,
    windows_machines: bool,
    /// Way back cut: so long after the disaster, for so long [s], to so many tenths.
    cut: Option<(u16, u16, u8)>,
    /// Intake limit on the way back and out, in tenths as `links`.
    intake: Option<(u8, u8)>,
    people: PeopleCase,
}

/// Random trips.
pub fn cases(about: About) -> impl Strategy<Value = Case> {
    let copies = matches!(about, About::Copies | About::Everything);
    let people = matches!(about, About::People | About::Everything);
    let vms = if about == About::Plain { 1..3usize } else { 1..5 };
    let vms = prop::collection::vec(prop::collection::vec(disk(copies), 1..4), vms);
    let delay = || prop_oneof![Just(0u16), Just(40), Just(20_000)];
    let apply = || prop_oneof![Just(0u16), 1u16..400];
    let delays = (delay(), delay(), apply(), apply()).prop_map(|(a, b, c, d)| [a, b, c, d]);
    let times = (1u16..1500, 0u16..600, 1u16..900, 0u16..900, 1u16..900).prop_map(|(a, b, c, d, e)| [a, b, c, d, e]);
    let step = || 0u16..150;
    let steps = (step(), step(), step(), step(), step(), step()).prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f]);
    let disaster = (2000u16..9000, prop::option::weighted(0.8, prop_oneof![Just(0u16), 1u16..4000]), prop::bool::weighted(0.75));
    let bursts = prop::collection::vec((1u16..30, 60u16..3000), 0..if copies { 3 } else { 1 });
    let after = (5u8..20, bursts);
    let flags = (any::<bool>(), prop_oneof![Just(0u8), 1u8..60], any::<bool>());
    let cut = sometimes(if copies { 0.6 } else { 0.0 }, (1000u16..6000, 100u16..1500, 0u8..6));
    let intake = sometimes(if copies { 0.4 } else { 0.0 }, (12u8..30, 12u8..30));
    let links = (12u8..40, 12u8..40);
    (vms, links, delays, disaster, after, (times, steps), flags, (cut, intake), people_case(people)).prop_map(
        |(
            vms,
            links,
            delays,
            (at, repaired, kept),
            (factor, bursts),
            (times, steps),
            (by_difference, replay, windows_machines),
            (cut, intake),
            people,
        )| {
            Case {
                vms,
                links,
                delays,
                at,
                repaired,
                kept,
                factor,
                bursts,
                times,
                steps,
                by_difference,
                replay,
                windows_machines,
                cut,
                intake,
                people,
            }
        },
    )
}

fn disk(copies: bool) -> impl Strategy<Value = DiskCase> {
    let weight = if copies { 0.5 } else { 0.0 };
    let sets = sometimes(weight, (100u16..3000, 10u8..90));
    let send = sometimes(weight, 1u8..12);
    let tracked = if copies { prop_oneof![Just(10u8), 11u8..20].boxed() } else { Just(10u8).boxed() };
    let rates = prop::collection::vec(prop_oneof![Just(0u8), 1u8..12], (HOURS * 3600 / ENTRY) as usize + 1);
    (rates, 200u16..4000, sets, tracked, send).prop_map(|(rates, used, sets, tracked, send)| DiskCase { rates, used, sets, tracked, send })
}

fn people_case(people: bool) -> impl Strategy<Value = PeopleCase> {
    let unit = if people {
        prop_oneof![Just(UnitCase::Alone), Just(UnitCase::Group), (1..3usize, any::<bool>()).prop_map(|(first, after)| UnitCase::Plan(first, after))]
            .boxed()
    } else {
        Just(UnitCase::Alone).boxed()
    };
    let weight = if people { 0.5 } else { 0.0 };
    let per_hour = sometimes(weight, (10u16..200, 10u16..200));
    let windows = prop_oneof![Just(0u8), Just(if people { 12 } else { 0 })];
    (unit, per_hour, if people { 0u8..16 } else { 0..1 }, windows, 500u16..3000, 0u16..2000).prop_map(
        |(unit, per_hour, hydrated, windows, windows_every, failback_after)| PeopleCase {
            unit,
            per_hour,
            hydrated,
            windows,
            windows_every,
            failback_after,
        },
    )
}

/// With this probability, which may be 0, one of these.
fn sometimes<S: Strategy<Value: Clone + 'static> + 'static>(weight: f64, of: S) -> BoxedStrategy<Option<S::Value>> {
    if weight > 0.0 { prop::option::weighted(weight, of).boxed() } else { Just(None).boxed() }
}

fn rate(bytes_per_s: f64) -> ByteRate {
    ByteRate::from_bytes_per_s(bytes_per_s)
}

impl Case {
    /// Mean of all that is tracked [bytes/s].
    fn mean(&self) -> f64 {
        let of = |disk: &DiskCase| {
            disk.rates.iter().map(|&rate| f64::from(rate) * 0.1 * MB).sum::<f64>() / disk.rates.len() as f64 * f64::from(disk.tracked) / 10.0
        };
        self.vms.iter().flatten().map(of).sum()
    }

    /// The world.
    pub fn world(&self) -> World {
        let factor = f64::from(self.factor) / 10.0;
        let out = f64::from(self.links.0) / 10.0 * self.mean() + MB;
        let back = f64::from(self.links.1) / 10.0 * self.mean() * factor + MB;
        let mut fleet = self.fleet(out);
        if let Some((_, limit)) = self.intake {
            fleet.hubs[0].intake = Some(rate(f64::from(limit) / 10.0 * self.mean() + MB));
        }
        if matches!(self.people.unit, UnitCase::Group) {
            let all: Vec<VmId> = (0..self.vms.len() as u32).map(VmId).collect();
            fleet.group(&all);
        }
        let base = fleet.build();
        let mut world = with_journey(base, back);
        debug_assert!(world.vms.iter().all(|vm| vm.group.is_none_or(|group| group == GroupId(0))));
        self.way_back(&mut world, factor);
        self.set_people(&mut world);
        let at = u64::from(self.at);
        match self.repaired {
            Some(repaired) => {
                let kind = DisasterKind::SiteLost { repaired: Some(secs(u64::from(repaired))), machines_kept: self.kept };
                strikes(&mut world, at, kind);
            }
            None => {
                let vms = (0..self.vms.len() as u32).map(VmId).collect();
                journey(&mut world).planned.push(PlannedFailover { at: Instant::START + Span::from_secs(at), vms });
            }
        }
        world
    }

    fn fleet(&self, out: f64) -> Fleet {
        let mut fleet = Fleet::new(Span::from_hours(HOURS), out);
        fleet.link.rtt = Span::from_nanos(u64::from(self.delays[0]) * 1_000_000);
        fleet.apply.delay = Span::from_secs(u64::from(self.delays[2]));
        for (number, disks) in self.vms.iter().enumerate() {
            let writes: Vec<_> = disks
                .iter()
                .map(|disk| table(Span::from_secs(ENTRY), &disk.rates.iter().map(|&rate| f32::from(rate) * 1e5).collect::<Vec<_>>()))
                .collect();
            let vm = fleet.vm(&writes);
            let (machine, made) = &mut fleet.vms[vm.0 as usize];
            machine.os = if self.windows_machines && number % 2 == 0 { OsFamily::Windows } else { OsFamily::Linux };
            for (disk, case) in made.iter_mut().zip(disks) {
                disk.used = DataSize::from_bytes(u64::from(case.used) * 1_000_000);
                disk.tracked_per_written = f64::from(case.tracked) / 10.0;
                disk.footprint = case.footprint();
            }
        }
        fleet
    }

    fn way_back(&self, world: &mut World, factor: f64) {
        let mean = self.mean();
        let start = Instant::START + Span::from_secs(u64::from(self.at));
        let plan = journey(world);
        let back = plan.back.as_mut().expect("there is a way back");
        back.link.rtt = Span::from_nanos(u64::from(self.delays[1]) * 1_000_000);
        back.apply.delay = Span::from_secs(u64::from(self.delays[3]));
        if let Some((after, lasts, tenths)) = self.cut {
            let from = start + Span::from_secs(u64::from(after));
            let factor = share(f64::from(tenths) / 10.0);
            let to = from + Span::from_secs(u64::from(lasts));
            back.link.scheduled.push(CapacityChange { from, to, factor, cause: "cut".into() });
        }
        back.hubs[0].intake = self.intake.map(|(limit, _)| rate(f64::from(limit) / 10.0 * mean * factor + MB));
        for (copy, disk) in plan.rules.copies.iter_mut().zip(self.vms.iter().flatten()) {
            copy.send = disk.send.map(|limit| rate(f64::from(limit) * MB));
        }
        plan.rules.replay = Share::new(f64::from(self.replay) / 100.0).unwrap_or(Share::ZERO);
        plan.rules.again_by_difference = self.by_difference;
        plan.after.churn_factor = factor;
        let burst =
            |&(rate, over): &(u16, u16)| (DataSize::from_bytes(60_007 * u64::from(rate) * u64::from(over) + 1), Span::from_secs(u64::from(over)));
        plan.after.bursts = self.bursts.iter().map(burst).collect();
    }

    fn set_people(&self, world: &mut World) {
        let machines = self.vms.len();
        let [commit, reprotect, register, autoscale, commit_back] = self.times.map(|time| Span::from_secs(u64::from(time)));
        let people = &self.people;
        let plan = journey(world);
        let steps = &mut plan.steps;
        [steps.shut_down_home, steps.prepare_disks, steps.boot_target, steps.shut_down_target, steps.attach_disks, steps.boot_home] =
            self.steps.map(|time| secs(u64::from(time)));
        let response = &mut plan.response;
        (response.commit_after, response.reprotect_after, response.commit_back_after) = (commit, Some(reprotect), commit_back);
        let window = |number: u8| {
            let from = Instant::START + Span::from_secs(u64::from(number) * u64::from(people.windows_every) + 77);
            (from, from + Span::from_secs(300))
        };
        let windows = (1..=people.windows).map(window).collect();
        response.failback = Some(FailbackTime { after: Span::from_secs(u64::from(people.failback_after)), windows });
        plan.steps.register = failback::units::DurationLaw::Fixed(register);
        plan.steps.autoscale = failback::units::DurationLaw::Fixed(autoscale);
        plan.steps.address_windows = secs(5);
        plan.steps.hydrated = (0..machines).map(|vm| people.hydrated >> vm & 1 == 1).collect();
        // A failover on purpose is begun as each machine has sent its last byte, in an order that is nobody's business here.
        if let (Some((plain, hydrated)), Some(_)) = (people.per_hour, self.repaired) {
            plan.steps.per_hour = (f64::from(plain), f64::from(hydrated));
        }
        if let UnitCase::Plan(first, actions) = people.unit {
            let action = |name: &str, takes: u64| Action { name: name.into(), takes: secs(takes) };
            let ids: Vec<VmId> = (0..machines as u32).rev().map(VmId).collect();
            let (one, other) = ids.split_at(first.min(machines));
            let after = if actions { vec![action("warm up", 70), action("look", 13)] } else { Vec::new() };
            let mut groups = vec![BootGroup { vms: one.to_vec(), before: vec![action("check", 31)], after }];
            if !other.is_empty() {
                groups.push(BootGroup { vms: other.to_vec(), before: Vec::new(), after: Vec::new() });
            }
            plan.plans.push(Plan { name: "all".into(), groups });
        }
    }
}

impl DiskCase {
    fn footprint(&self) -> Footprint {
        let Some((size, percent)) = self.sets else { return Footprint::default() };
        let share = f64::from(percent) / 100.0;
        let sets = vec![WorkingSet { size: f64::from(size) * MB, share }, WorkingSet { size: 3.0 * f64::from(size) * MB, share: 1.0 - share }];
        Footprint { sets }
    }
}
