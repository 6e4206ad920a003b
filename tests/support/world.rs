//! A builder of test worlds: everything unbounded, undelayed and fault-free unless a test says otherwise.
//!
//! [`Fleet`] is a bag of public parts, so a test changes just what it is about: `fleet.link.rtt = ...`, `fleet.hubs[0].cache = ...`.

use std::sync::Arc;

use failback::churn::{DiskChurn, LoadEvent, Pattern};
use failback::model::{
    Account, AccountId, Apply, Disk, DiskId, Fault, Footprint, Group, GroupId, Hub, HubId, HubKind, Link, OsFamily, OutputPlan, Policy, PruneRule,
    Record, RecordId, Sharing, StartState, System, Vm, VmId, World,
};
use failback::units::{BitRate, ByteRate, DataSize, Share, Span};
use jiff::civil::{DateTime, date};

use crate::support::churn::Writes;

/// A world in the making.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// Calendar instant of the start (UTC); a Monday, midnight, unless said otherwise.
    pub start: DateTime,
    /// Length of the run.
    pub horizon: Span,
    /// Process servers; one unbounded one to begin with.
    pub hubs: Vec<Hub>,
    /// Cache accounts; one unbounded one to begin with.
    pub accounts: Vec<Account>,
    /// The link.
    pub link: Link,
    /// Apply at the target.
    pub apply: Apply,
    /// Policy.
    pub policy: Policy,
    /// Faults, in any order.
    pub faults: Vec<Fault>,
    /// Load events.
    pub load_events: Vec<LoadEvent>,
    /// Replication groups; add them with [`Fleet::group`].
    pub groups: Vec<Group>,
    /// Machines and their disks.
    pub vms: Vec<(Vm, Vec<Disk>)>,
    records: Vec<Record>,
}

impl Fleet {
    /// An empty fleet on a link of so many bytes/s.
    pub fn new(horizon: Span, link_bytes_per_s: f64) -> Self {
        Fleet {
            start: date(2026, 1, 5).at(0, 0, 0, 0),
            horizon,
            hubs: vec![hub("ps-1")],
            accounts: vec![Account { name: "account-1".into(), limit: None, operations: None }],
            link: link(link_bytes_per_s),
            apply: Apply { rate: None, delay: Span::ZERO },
            policy: policy(),
            faults: Vec::new(),
            load_events: Vec::new(),
            groups: Vec::new(),
            vms: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Adds a machine with one disk per entry of `disks`; change what is special about it through [`Fleet::vms`].
    pub fn vm(&mut self, disks: &[Writes]) -> VmId {
        let id = VmId(self.vms.len() as u32);
        let name = format!("vm-{}", id.0);
        let disks: Vec<Disk> = disks.iter().enumerate().map(|(index, writes)| self.disk(id, &format!("{name}/{index}"), writes)).collect();
        let vm = Vm {
            name,
            os: OsFamily::Linux,
            first_disk: DiskId(0),
            disk_count: disks.len() as u32,
            hub: HubId(0),
            account: AccountId(0),
            group: None,
            churn_limit: None,
            batch: 0,
            split_known: true,
        };
        self.vms.push((vm, disks));
        id
    }

    /// Adds machines of one disk each whose writes are the columns of one record (column-major rates [bytes/s]).
    pub fn vms_of_record(&mut self, period: Span, columns: Vec<String>, rates: Vec<f32>) {
        let record = RecordId(self.records.len() as u32);
        let buckets = rates.len() / columns.len();
        for (column, name) in columns.iter().enumerate() {
            let id = self.vm(&[]);
            let pattern = Pattern::Recorded { record, column: column as u32, offset: 0, looped: false };
            let disk = disk(id, name, DiskChurn { period, scale: 1.0, pattern, stream: name.clone() });
            self.vms[id.0 as usize].1.push(disk);
        }
        self.records.push(Record { source: "test".into(), period, columns, buckets, rates: Arc::new(rates), gap_share: 0.0, notes: Vec::new() });
    }

    /// A change to the only disk of every machine, or to all of them.
    pub fn each_disk(&mut self, change: impl Fn(&mut Disk)) {
        self.vms.iter_mut().flat_map(|(_, disks)| disks).for_each(change);
    }

    /// Puts machines into one replication group.
    pub fn group(&mut self, vms: &[VmId]) {
        let id = GroupId(self.groups.len() as u32);
        for vm in vms {
            self.vms[vm.0 as usize].0.group = Some(id);
        }
        self.groups.push(Group { name: format!("group-{}", id.0), vms: vms.to_vec() });
    }

    /// The finished world.
    pub fn build(&self) -> World {
        let mut disks = Vec::new();
        let mut vms = Vec::new();
        for (vm, own) in &self.vms {
            let first_disk = DiskId(disks.len() as u32);
            vms.push(Vm { first_disk, disk_count: own.len() as u32, ..vm.clone() });
            disks.extend(own.iter().cloned());
        }
        let mut faults = self.faults.clone();
        faults.sort_by_key(|fault| fault.at);
        World {
            title: "test".into(),
            name: "test".into(),
            profile: "test".into(),
            system: System::VmwareClassic,
            start: self.start,
            horizon: self.horizon,
            seed: 1,
            vms,
            disks,
            groups: self.groups.clone(),
            hubs: self.hubs.clone(),
            accounts: self.accounts.clone(),
            link: self.link.clone(),
            apply: self.apply,
            policy: self.policy.clone(),
            records: self.records.clone(),
            load_events: self.load_events.clone(),
            growth_per_year: 0.0,
            faults,
            home: None,
            target: failback::model::Target::default(),
            journey: None,
            cost: failback::model::CostPlan::default(),
            output: OutputPlan {
                series_every: None,
                vm_quantiles: true,
                loss_bytes: true,
                events: true,
                points: true,
                ages: true,
                unit_lags: true,
                curves: true,
                one_queue: true,
            },
        }
    }

    fn disk(&mut self, vm: VmId, name: &str, writes: &Writes) -> Disk {
        let pattern = if writes.rates.len() == 1 && writes.period > self.horizon {
            Pattern::Constant { rate: f64::from(writes.rates[0]) }
        } else {
            let record = RecordId(self.records.len() as u32);
            self.records.push(Record {
                source: format!("test {name}"),
                period: writes.period,
                columns: vec![name.to_owned()],
                buckets: writes.rates.len(),
                rates: Arc::new(writes.rates.clone()),
                gap_share: 0.0,
                notes: Vec::new(),
            });
            Pattern::Recorded { record, column: 0, offset: 0, looped: false }
        };
        disk(vm, name, DiskChurn { period: writes.period, scale: 1.0, pattern, stream: name.to_owned() })
    }
}

/// A process server without limits.
pub fn hub(name: &str) -> Hub {
    Hub {
        name: name.into(),
        kind: HubKind::ProcessServer,
        critical: false,
        intake: None,
        intake_ops: None,
        cache: None,
        throttle_free: share(0.2),
        throttle_factor: share(0.5),
        resume_free: share(0.25),
        alert_free: [share(0.3), share(0.25)],
        alert_drain: [Span::from_mins(30), Span::from_mins(45)],
        daily_limit: DataSize::from_bytes(2_000_000_000_000),
        enforce_daily_limit: false,
        wire_per_tracked: 1.0,
    }
}

/// A share that is known to lie in 0..=1.
pub fn share(value: f64) -> Share {
    Share::new(value).expect("tests write shares between 0 and 1")
}

fn link(bytes_per_s: f64) -> Link {
    Link {
        name: "link".into(),
        goodput: BitRate::from_bits_per_s(bytes_per_s * 8.0),
        rtt: Span::ZERO,
        loss: Share::ZERO,
        flow_ceiling: None,
        sharing: Sharing::MaxMin,
        background: BitRate::from_bits_per_s(0.0),
        throttle: Vec::new(),
        scheduled: Vec::new(),
        outages: Vec::new(),
    }
}

fn policy() -> Policy {
    Policy {
        rpo_threshold: Span::from_mins(15),
        crash_every: Span::from_mins(5),
        app_every: Some(Span::from_hours(1)),
        app_failure: Share::ZERO,
        retention: Span::from_days(1),
        dense_window: Span::from_hours(2),
        prune: vec![PruneRule { up_to: Span::from_days(1), keep_one_per: Span::from_hours(1) }],
        copy_disks_at_once: 3,
        start_state: StartState::Protected,
        checksum_rate: ByteRate::from_bytes_per_s(22.8 * 1_048_576.0),
        resync_extra_share: Share::ZERO,
        drain_check_every: Span::from_mins(5),
        log_age_limit: None,
    }
}

fn disk(vm: VmId, name: &str, churn: DiskChurn) -> Disk {
    Disk {
        name: name.into(),
        vm,
        size: DataSize::from_gib(100),
        used: DataSize::from_gib(10),
        tier: "P10".into(),
        churn,
        tracked_per_written: 1.0,
        io_size: DataSize::from_bytes(16_384),
        footprint: Footprint::default(),
        agent_buffer: None,
        churn_limit: None,
        documented_limit: ByteRate::from_bytes_per_s(20e6),
    }
}
