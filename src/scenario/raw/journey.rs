//! The round trip, as typed: disasters, what people do about them, recovery plans, planned failovers and drills.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::located::At;
use crate::scenario::values::{Between, Days, Factor, OrNever, TimeOfDay, When};
use crate::units::{DataSize, DurationLaw, Share, Span};

/// A disaster: when (`at`, `between` or `mtbf`), and one of the kinds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Disaster {
    /// Unique name, for the event log. Default: the kind.
    pub name: Option<At<String>>,
    /// At a known time (first).
    pub at: Option<At<When>>,
    /// How often it comes again. Default: never.
    pub every: Option<At<Span>>,
    /// Once, at any instant between two, all alike likely: `["Mon 00:00", "Sun 00:00"]`, or `run` for the whole run.
    pub between: Option<At<Between>>,
    /// Again and again, so long on average from the end of one to the next.
    pub mtbf: Option<At<Span>>,
    /// The home site is lost, with what is stored there or on its way from there.
    pub site_lost: Option<At<SiteLost>>,
    /// The target region is lost.
    pub target_lost: Option<At<TargetLost>>,
    /// Machines are corrupted or encrypted; only older recovery points will do.
    pub attack: Option<At<Attack>>,
    /// The configuration server is lost (classic, physical, AVS).
    pub configuration_server_lost: Option<At<ConfigurationServerLost>>,
    /// A master target is lost with its retention drive (classic, physical, AVS).
    pub master_target_lost: Option<At<MasterTargetLost>>,
    /// An original machine is switched on while its successor runs at the target.
    pub original_switched_on: Option<At<OriginalSwitchedOn>>,
}

/// The loss of the home site.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteLost {
    /// Until it can be used again. Default: `never`.
    pub repaired: Option<At<OrNever<DurationLaw>>>,
    /// Whether the machines and their disks are still there then. Default: `kept`.
    pub machines: Option<At<Machines>>,
}

/// What becomes of the machines of a lost site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Machines {
    /// They are there once the site is repaired.
    Kept,
    /// They are lost with it.
    Lost,
}

/// The loss of the target region.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TargetLost {
    /// Until it can be used again. Default: `never`.
    pub repaired: Option<At<OrNever<DurationLaw>>>,
}

/// An attack on the machines.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Until it is found.
    pub found: At<DurationLaw>,
    /// Share of the used bytes that the attacker rewrites.
    pub rewritten: Option<At<Share>>,
}

/// The loss of the configuration server.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigurationServerLost {
    /// Until it is restored. Default: `never`.
    pub restored: Option<At<OrNever<DurationLaw>>>,
    /// How it stands then. Default: `same-address`.
    #[serde(rename = "as")]
    pub restored_as: Option<At<RestoredAs>>,
}

/// How a configuration server stands once it is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RestoredAs {
    /// With its address, knowing all machines.
    SameAddress,
    /// With another address.
    OtherAddress,
    /// From a backup older than the machines' enablement.
    OldBackup,
}

/// The loss of a master target.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MasterTargetLost {
    /// Which.
    pub name: At<String>,
    /// Until it is replaced. Default: `never`.
    pub replaced: Option<At<OrNever<DurationLaw>>>,
}

/// An original machine switched on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginalSwitchedOn {
    /// Which.
    pub vm: At<String>,
    /// For how long; it writes as it did before.
    pub lasts: At<Span>,
}

/// What people do when machines have to fail over, and after.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recovery {
    /// Recovery point taken: `latest`, `latest-processed`, `latest-app`, `multi-vm`, `multi-vm-app`, or `{ custom = "2 h" }` for one so much older than the disaster.
    pub point: Option<At<Point>>,
    /// Another point taken once the machines run.
    pub change_point: Option<At<ChangePoint>>,
    /// From the machines' start at the target to the commit.
    pub commit_after: Option<At<Span>>,
    /// From the commit until a reprotect is asked for, or `never`.
    pub reprotect_after: Option<At<OrNever<Span>>>,
    /// Whether machines that have come home are protected again.
    pub protect_again: Option<bool>,
    /// Churn at the target over churn at home.
    pub churn_factor: Option<At<Factor>>,
    /// Bytes that each machine writes at the target to catch up on what it missed.
    pub catch_up: Option<At<Burst>>,
    /// Bytes that each machine writes because it was restarted.
    pub restart_burst: Option<At<Burst>>,
    /// What a full retention drive does (classic, physical, AVS).
    pub overflow: Option<At<Overflow>>,
    /// How long each step takes.
    pub steps: Steps,
    /// The way home. Without it the fleet stays at the target.
    pub failback: Option<At<Failback>>,
}

/// Which recovery point.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// What has landed is processed first: the least loss.
    Latest,
    /// The newest that is available.
    LatestProcessed,
    /// The newest app-consistent one that is available.
    LatestApp,
    /// Replication groups take their newest common point, other machines their newest.
    MultiVm,
    /// Replication groups take their newest common app-consistent point, other machines their newest app-consistent one.
    MultiVmApp,
    /// The newest at least so much older than the disaster.
    Custom(At<Span>),
}

/// Another recovery point, before the commit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePoint {
    /// From the machines' start at the target.
    pub after: At<Span>,
    /// Which point.
    pub to: At<Point>,
}

/// Bytes that each machine writes from its boot at the target on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// How many.
    pub bytes: At<DataSize>,
    /// Over how long.
    pub over: At<Span>,
}

/// What a full retention drive does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// The oldest points go.
    DropOldest,
    /// Replication to it pauses.
    Pause,
}

/// How long each step takes: a time (`5 min`), `8 min to 10 min`, `about 4 h`, or `15 min, 95 % within 1 h`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Steps {
    /// Until the disaster is noticed.
    pub detect: Option<At<DurationLaw>>,
    /// Until the failover is decided on.
    pub decide: Option<At<DurationLaw>>,
    /// Shutdown of a machine at home, if it is alive.
    pub shut_down_home: Option<At<DurationLaw>>,
    /// Disks are made from the recovery point.
    pub prepare_disks: Option<At<DurationLaw>>,
    /// Hydration, of the machines that need it.
    pub hydrate: Option<At<DurationLaw>>,
    /// Boot at the target.
    pub boot_target: Option<At<DurationLaw>>,
    /// The agent registers with the configuration server, counted from boot.
    pub register: Option<At<DurationLaw>>,
    /// Until a process server that was just set up at the target can be chosen.
    pub server_visible: Option<At<DurationLaw>>,
    /// Temporary disks are sized before data flows back (Azure to Azure).
    pub autoscale: Option<At<DurationLaw>>,
    /// Shutdown of a machine at the target.
    pub shut_down_target: Option<At<DurationLaw>>,
    /// Disks are detached from the master target or appliance and attached to the machine at home.
    pub attach_disks: Option<At<DurationLaw>>,
    /// Boot at home.
    pub boot_home: Option<At<DurationLaw>>,
    /// Addresses are put right at home, Windows.
    pub address_windows: Option<At<DurationLaw>>,
    /// The same, Linux, which comes back on DHCP.
    pub address_linux: Option<At<DurationLaw>>,
    /// Cleaning up after a test failover.
    pub clean_up: Option<At<DurationLaw>>,
}

/// The way home. Without `at` or `windows`: as soon as possible.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Failback {
    /// Not before this time.
    pub at: Option<At<When>>,
    /// Weekly windows in which a failback may begin.
    pub windows: Vec<At<Window>>,
    /// Least time between protection towards home and the failback.
    pub after: Option<At<Span>>,
    /// Where the process servers of the way back stand: `target`, or `home` for those of the way out (classic, physical, AVS).
    pub process_server: Option<At<ReturnServer>>,
    /// Whether those at the target are set up only when the first reprotect is asked for (classic, physical, AVS). Default: they stand before.
    pub new_process_server: Option<At<bool>>,
    /// Recovery point taken at home.
    pub point: Option<At<Point>>,
    /// So long after its beginning the first failback of each machine is cancelled, if the machine has not started at home by then (modernized appliance). Default: never.
    pub cancel_after: Option<At<Span>>,
    /// Another point taken at home after the machines run there (Azure to Azure). Default: none.
    pub change_point: Option<At<ChangePoint>>,
    /// A test of the way back comes first, for so long (Azure to Azure). Default: none.
    pub drill: Option<At<Span>>,
    /// From the machines' start at home to the commit.
    pub commit_after: Option<At<Span>>,
}

/// Where the process servers of the way back stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReturnServer {
    /// At the target, near the machines.
    Target,
    /// At home: data crosses the link before it is compressed.
    Home,
}

/// A weekly window.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Days it begins on: `Sat, Sun`. Default: every day.
    pub days: Option<Days>,
    /// From this time of day.
    pub from: At<TimeOfDay>,
    /// To this time of day; earlier than `from` means over midnight.
    pub to: At<TimeOfDay>,
}

/// A recovery plan: machines boot group by group. Machines in no plan are failed over one by one, all at once.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Unique name.
    pub name: At<String>,
    /// Boot groups, in order.
    #[serde(default)]
    pub groups: Vec<At<BootGroup>>,
}

/// Machines that boot together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BootGroup {
    /// Members, by name; the name of a `count` means all of them, `all` the fleet.
    pub vms: Vec<At<String>>,
    /// Manual actions and scripts before they boot, one after the other.
    #[serde(default)]
    pub before: Vec<Action>,
    /// The same, after they have booted.
    #[serde(default)]
    pub after: Vec<Action>,
}

/// A manual action or a script.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Name, for the event log.
    pub name: String,
    /// How long it takes.
    pub takes: At<DurationLaw>,
}

/// Machines failed over on purpose, without loss.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedFailover {
    /// When.
    pub at: At<When>,
    /// Which machines, by name; `all` for the fleet.
    pub vms: Vec<At<String>>,
}

/// A test failover: copies of the machines run for a while beside them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// When (first).
    pub at: At<When>,
    /// How often it comes again. Default: never.
    pub every: Option<At<Span>>,
    /// Which machines, by name; `all` for the fleet.
    pub vms: Vec<At<String>>,
    /// How long the copies run before they are cleaned up.
    pub lasts: At<Span>,
}
