//! What happens beyond replication, and what people do about it: disasters, plans, the rules and durations of failover, reprotect and failback, and the data path
//! of the way back. How it unfolds is in `simulate::journey`; which moves are legal is in `life`.

use crate::model::{ConfigurationServer, VmId, World};
use crate::units::{ByteRate, DataSize, DurationLaw, Instant, Share, Span};

/// The round trip of a fleet.
#[derive(Clone, Debug)]
pub struct Journey {
    /// What goes wrong beyond the data path.
    pub disasters: Vec<Disaster>,
    /// Failovers on purpose.
    pub planned: Vec<PlannedFailover>,
    /// Test failovers.
    pub drills: Vec<Drill>,
    /// Recovery plans; machines in none are failed over one by one, all at once.
    pub plans: Vec<Plan>,
    /// What people do.
    pub response: Response,
    /// How long each step takes.
    pub steps: Steps,
    /// How data comes back.
    pub rules: ReturnRules,
    /// Loads at the target that the machines did not have at home.
    pub after: AfterFailover,
    /// The data path and policy of the way back, as a world of the same machines; `None` where nobody comes back.
    pub back: Option<Box<World>>,
}

/// When something happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Occurs {
    /// At known instants, in order.
    At(Vec<Instant>),
    /// Once, at an instant that is uniform between two.
    Between(Instant, Instant),
    /// Again and again, with exponential times of this mean between the end of one and the next.
    Every(Span),
}

/// A disaster.
#[derive(Clone, Debug)]
pub struct Disaster {
    /// Unique name: it names the random stream.
    pub name: String,
    /// When.
    pub occurs: Occurs,
    /// What.
    pub kind: DisasterKind,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum DisasterKind {
    /// The home site is lost, with everything stored there or in flight from there.
    SiteLost {
        /// Until it can be used again; `None` never.
        repaired: Option<DurationLaw>,
        /// Whether the machines and their disks are still there then.
        machines_kept: bool,
    },
    /// The target region is lost.
    TargetLost {
        /// Until it can be used again; `None` never.
        repaired: Option<DurationLaw>,
    },
    /// An attacker has corrupted or encrypted the machines; only points older than that will do.
    Attack {
        /// Until it is found.
        found: DurationLaw,
        /// Share of the used bytes that the attacker rewrote, which differ from any clean point.
        rewritten: Share,
    },
    /// The configuration server is lost.
    ConfigurationServerLost {
        /// Until it is restored; `None` never.
        restored: Option<DurationLaw>,
        /// How it stands then.
        then: ConfigurationServer,
    },
    /// A master target is lost with its retention drive.
    MasterTargetLost {
        /// Number in the home site's list.
        target: usize,
        /// Until it is replaced; `None` never.
        replaced: Option<DurationLaw>,
    },
    /// An original machine at home is switched on while its successor runs at the target.
    OriginalSwitchedOn {
        /// Which.
        vm: VmId,
        /// For how long; it writes as it did at home.
        lasts: Span,
    },
}

/// Machines failed over on purpose, without loss.
#[derive(Clone, Debug)]
pub struct PlannedFailover {
    /// When.
    pub at: Instant,
    /// Which machines.
    pub vms: Vec<VmId>,
}

/// A test failover.
#[derive(Clone, Debug)]
pub struct Drill {
    /// When, in order.
    pub at: Vec<Instant>,
    /// Which machines.
    pub vms: Vec<VmId>,
    /// How long the copies run before they are cleaned up.
    pub lasts: Span,
}

/// A recovery plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Unique name.
    pub name: String,
    /// Boot groups, in order (documented: up to 7, 100 machines in all).
    pub groups: Vec<BootGroup>,
}

/// Machines that boot together.
#[derive(Clone, Debug)]
pub struct BootGroup {
    /// Members; they boot in parallel.
    pub vms: Vec<VmId>,
    /// Manual actions and scripts before the group boots, one after the other.
    pub before: Vec<Action>,
    /// The same, after it has booted.
    pub after: Vec<Action>,
}

/// A manual action or a script.
#[derive(Clone, Debug)]
pub struct Action {
    /// Name.
    pub name: String,
    /// How long it takes.
    pub takes: DurationLaw,
}

/// Which recovery point (asr-facts 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointChoice {
    /// Process everything that has landed, then take the newest marker.
    Latest,
    /// The newest point that is available.
    LatestProcessed,
    /// The newest app-consistent point that is available.
    LatestApp,
    /// Groups: the newest common point; others: the newest available.
    MultiVm,
    /// Groups: the newest common app-consistent point; others: their newest app-consistent one.
    MultiVmApp,
    /// The newest available point at least so much older than the disaster (single machines only).
    Custom(Span),
}

/// What people do.
#[derive(Clone, Debug)]
pub struct Response {
    /// Recovery point taken on failover.
    pub point: PointChoice,
    /// Another point taken after the machines run, so long after.
    pub change_point: Option<(Span, PointChoice)>,
    /// From the machines' start at the target to the commit.
    pub commit_after: Span,
    /// From the commit until a reprotect is asked for; `None` never.
    pub reprotect_after: Option<Span>,
    /// Until process servers at the target can be chosen that are set up when the first reprotect is asked for; `None` if they stand before.
    pub new_servers: Option<DurationLaw>,
    /// When to come home; `None` never.
    pub failback: Option<FailbackTime>,
    /// Recovery point taken at home.
    pub back_point: PointChoice,
    /// So long after its beginning the first failback of each machine is cancelled, if it has not started at home by then (modernized).
    pub cancel_back: Option<Span>,
    /// Azure to Azure: another point taken at home after the machines run there, so long after.
    pub change_back: Option<(Span, PointChoice)>,
    /// Azure to Azure: test the way back before taking it, for so long.
    pub back_drill: Option<Span>,
    /// From the machines' start at home to the commit.
    pub commit_back_after: Span,
    /// Whether machines are protected again at home.
    pub protect_again: bool,
}

/// When to come home.
#[derive(Clone, Debug, PartialEq)]
pub struct FailbackTime {
    /// Least time between protection towards home and the failback.
    pub after: Span,
    /// Instants at which a failback may begin, in order; empty means as soon as possible.
    pub windows: Vec<(Instant, Instant)>,
}

/// How long each step takes; each with its source in the profile under `journey.<name>`.
#[derive(Clone, Debug)]
pub struct Steps {
    /// Until the disaster is noticed.
    pub detect: DurationLaw,
    /// Until the failover is decided on.
    pub decide: DurationLaw,
    /// Shutdown of a machine at home, if it is alive.
    pub shut_down_home: DurationLaw,
    /// Disks are made from the point.
    pub prepare_disks: DurationLaw,
    /// Hydration (documented 8-10 min), by machine: not all need it.
    pub hydrate: DurationLaw,
    /// Boot at the target.
    pub boot_target: DurationLaw,
    /// The agent registers (documented: up to 15 min after boot).
    pub register: DurationLaw,
    /// Before data flows, the service sizes the temporary disks (Azure to Azure, documented 20-30 min).
    pub autoscale: DurationLaw,
    /// Shutdown of a machine at the target.
    pub shut_down_target: DurationLaw,
    /// Disks are detached from the master target (or appliance) and attached to the machine.
    pub attach_disks: DurationLaw,
    /// Boot at home.
    pub boot_home: DurationLaw,
    /// Addresses are put right at home: Windows.
    pub address_windows: DurationLaw,
    /// The same for Linux, which comes back on DHCP.
    pub address_linux: DurationLaw,
    /// Cleaning up after a test.
    pub clean_up: DurationLaw,
    /// Failovers that the service begins per hour, for machines that need no hydration (documented 2,000) and those that do (1,000).
    pub per_hour: (f64, f64),
    /// Machines that need hydration.
    pub hydrated: Vec<bool>,
}

/// How data comes back, and goes out again.
#[derive(Clone, Debug)]
pub struct ReturnRules {
    /// By disk: how it is compared and sent.
    pub copies: Vec<DiskCopy>,
    /// Time added to a copy, as a share of the time that it took: the points are replayed (Azure to Azure 2023: one fifth).
    pub replay: Share,
    /// A disk of which less than this share is used is copied in full (Azure to Azure 2021: 10 %).
    pub full_below: Share,
    /// Whether the second reprotect sends only what changed (else all used bytes).
    pub again_by_difference: bool,
    /// What the retention drives do when they are full.
    pub overflow: Overflow,
}

/// How one disk is compared and sent when its machine is reprotected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiskCopy {
    /// Speed of the comparison, at both ends at once.
    pub checksum: ByteRate,
    /// Bytes that are compared.
    pub scanned: DataSize,
    /// Ceiling on sending what differs; `None` for none of its own.
    pub send: Option<ByteRate>,
}

/// What a full retention drive does (nobody has published it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// The oldest marker on the drive goes, a whole machine or group at a time; never the newest point.
    DropOldest,
    /// Replication to it pauses.
    Pause,
}

/// Loads at the target that the machines did not have at home (all assumed).
#[derive(Clone, Debug)]
pub struct AfterFailover {
    /// Factor on the churn.
    pub churn_factor: f64,
    /// Bytes written on each machine from its boot on, over a time: catch-up, restart bursts.
    pub bursts: Vec<(DataSize, Span)>,
}
