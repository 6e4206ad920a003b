//! The round trip of a run: what each machine lived through, how long every step took, what was lost, what came back.

use schemars::JsonSchema;
use serde::Serialize;

use crate::results::{Choice, Results};

/// The round trip.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct JourneyResult {
    /// What happened, in order of time.
    pub disasters: Vec<DisasterResult>,
    /// The fleet's figures, one entry per failover of at least one machine (a disaster, or a failover on purpose), in order of time.
    pub failovers: Vec<FailoverSummary>,
    /// Test failovers.
    pub drills: Vec<DrillResult>,
    /// By machine, in scenario order.
    pub machines: Vec<MachineJourney>,
    /// Retention drives of the master targets.
    pub retention_drives: Vec<DriveResult>,
    /// The way back as a replication of its own: lags, losses, link, process servers, from the target to home. Null if nobody was reprotected.
    pub back: Option<Box<Results>>,
}

/// A disaster that happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct DisasterResult {
    /// Name.
    pub name: String,
    /// `site_lost`, `target_lost`, `attack`, `configuration_server_lost`, `master_target_lost`, `original_switched_on`.
    pub kind: String,
    /// When [s since the run's start].
    pub at_s: f64,
    /// When it is over (repaired, found, restored, replaced); null if not within the run.
    pub over_s: Option<f64>,
    /// In a sentence.
    pub text: String,
}

/// One failover of the fleet or a part of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct FailoverSummary {
    /// The disaster's name, or `planned`.
    pub cause: String,
    /// Disaster, or beginning of the planned failover \[s\].
    pub at_s: f64,
    /// Machines concerned.
    pub machines: u64,
    /// Machines that run at the target afterwards.
    pub recovered: u64,
    /// Machines that had no recovery point to go to.
    pub without_point: u64,
    /// From the disaster to the end of the last boot group and its actions \[s\]; null if nobody was recovered.
    pub rto_s: Option<f64>,
    /// Recovery point that was asked for: `latest`, `latest-processed` ...
    pub point: String,
    /// Largest loss \[s\].
    pub loss_max_s: f64,
    /// Mean loss over the machines recovered \[s\].
    pub loss_mean_s: f64,
    /// Sum of the losses \[written bytes\].
    pub loss_bytes: f64,
    /// Tracked bytes that the disaster destroyed on their way.
    pub destroyed_bytes: f64,
    /// What each choice of recovery point would have lost.
    pub by_choice: Vec<FleetChoiceLoss>,
    /// Machines reprotected towards home.
    pub reprotected: u64,
    /// Tracked bytes that their reprotects sent.
    pub reprotect_bytes: f64,
    /// Longest time from the beginning of a machine's reprotect to its first point at home \[s\]; null if none has one.
    pub reprotect_longest_s: Option<f64>,
    /// Machines that serve at home again.
    pub home_again: u64,
    /// Longest downtime of a failback \[s\]; null if none is home.
    pub failback_downtime_max_s: Option<f64>,
    /// Largest loss of a failback \[written bytes\].
    pub failback_loss_bytes: f64,
    /// Machines protected again at home.
    pub protected_again: u64,
    /// Longest first unprotected window \[s\], as far as it has gone.
    pub exposed_away_max_s: f64,
    /// Written in all first unprotected windows \[bytes\].
    pub exposed_away_bytes: f64,
    /// Longest second unprotected window \[s\], as far as it has gone.
    pub exposed_home_max_s: f64,
    /// Written in all second unprotected windows \[bytes\].
    pub exposed_home_bytes: f64,
}

/// What one choice would have lost, over the machines of a failover.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FleetChoiceLoss {
    /// The choice.
    pub choice: Choice,
    /// Machines for which there was such a point.
    pub machines: u64,
    /// Mean loss \[s\].
    pub mean_s: f64,
    /// Largest \[s\].
    pub max_s: f64,
    /// Sum \[written bytes\].
    pub bytes: f64,
}

/// A test failover.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct DrillResult {
    /// When it began \[s\].
    pub at_s: f64,
    /// `out`, or `back` for a test of the way back (Azure to Azure).
    pub direction: String,
    /// Machines tested.
    pub machines: u64,
    /// Machines that the target refused, for its quotas or a policy.
    pub refused: u64,
    /// From its beginning to the end of the last boot group \[s\].
    pub ready_after_s: f64,
    /// When it was cleaned up \[s\]; null if not within the run.
    pub cleaned_up_s: Option<f64>,
    /// Machine-hours that the copies ran \[h\].
    pub machine_hours: f64,
    /// Disks of the copies, provisioned bytes x hours [byte h].
    pub disk_byte_hours: f64,
}

/// What one machine lived through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct MachineJourney {
    /// Name.
    pub vm: String,
    /// States in order; together they cover the run.
    pub states: Vec<StateSpan>,
    /// Round trips, in order; the last may not be finished.
    pub trips: Vec<Trip>,
    /// What it waited for, and why it stayed where it was.
    pub waits: Vec<Wait>,
    /// Why its story ended before the run did; null if it did not.
    pub ended: Option<String>,
}

/// A stretch of time in one state of the lifecycle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct StateSpan {
    /// The state: `protected`, `failing_over`, `at_target`, `reprotecting`, `reverse_protected` ...
    pub state: String,
    /// Where users work: `home`, `target`, `nowhere`.
    pub runs_at: String,
    /// Whether a disaster now could be recovered from.
    pub protected: bool,
    /// From \[s\].
    pub from_s: f64,
    /// To \[s\].
    pub to_s: f64,
}

/// One failover, and what came after it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Trip {
    /// The disaster's name, or `planned`.
    pub cause: String,
    /// Which of the fleet's failovers it was part of, from 0.
    pub failover: u64,
    /// When \[s\].
    pub at_s: f64,
    /// When users lost the machine \[s\].
    pub down_from_s: f64,
    /// Source time of the point that was taken \[s\]; null if there was none.
    pub point_s: Option<f64>,
    /// Loss \[s\].
    pub loss_s: f64,
    /// Loss \[written bytes\].
    pub loss_bytes: f64,
    /// What each choice would have lost.
    pub by_choice: Vec<ChoiceLoss>,
    /// Tracked bytes destroyed on their way.
    pub destroyed_bytes: f64,
    /// Steps of the failover, in order.
    pub failover_steps: Vec<Step>,
    /// When the machine served again \[s\]; null if not yet.
    pub restored_s: Option<f64>,
    /// When the failover was committed \[s\]; null if not yet.
    pub committed_s: Option<f64>,
    /// The last reprotect towards home; null if none began.
    pub reprotect: Option<CopyResult>,
    /// Reprotects that were lost before the machine came home: the site, the master target or what else they stood on was lost.
    pub lost_copies: Vec<CopyResult>,
    /// Unprotected time at the target: from service restored to the first available point in the other direction, and again after each one that was lost \[s\], so far.
    pub exposed_away_s: f64,
    /// Written in it \[bytes\].
    pub exposed_away_bytes: f64,
    /// Time for which users were without the machine because a failback was begun and cancelled \[s\].
    pub cancelled_s: f64,
    /// The failback; null if it did not begin.
    pub failback: Option<FailbackResult>,
    /// The second reprotect; null if it did not begin.
    pub protect_again: Option<CopyResult>,
    /// Second unprotected window \[s\], so far.
    pub exposed_home_s: f64,
    /// Written in it \[bytes\].
    pub exposed_home_bytes: f64,
}

/// What one choice of recovery point would have lost.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ChoiceLoss {
    /// The choice.
    pub choice: Choice,
    /// Source time of the point \[s\]; null if there was none.
    pub point_s: Option<f64>,
    /// Loss \[s\].
    pub loss_s: f64,
    /// Loss \[written bytes\].
    pub loss_bytes: f64,
}

/// A step of a failover or failback.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// Name: `detect`, `decide`, `process what has landed`, `prepare disks`, `hydrate`, `boot` ...
    pub name: String,
    /// From \[s\].
    pub from_s: f64,
    /// To \[s\].
    pub to_s: f64,
}

/// A reprotect: the copy that brings the other side up to date.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct CopyResult {
    /// When it was first asked for \[s\].
    pub asked_s: f64,
    /// When it began \[s\].
    pub began_s: f64,
    /// `changed blocks` or `full copy`.
    pub mode: String,
    /// Bytes compared at both ends.
    pub scanned_bytes: f64,
    /// Tracked bytes that the other side had written since the point that was taken: they differ.
    pub other_side_bytes: f64,
    /// Tracked bytes written here before the copy began.
    pub this_side_bytes: f64,
    /// Distinct bytes that differed when the copy began.
    pub differing_bytes: f64,
    /// Tracked bytes that the copy sent: of each disk, until it was in order.
    pub sent_bytes: f64,
    /// When every disk was in order \[s\]; null if not yet.
    pub in_order_s: Option<f64>,
    /// When the first recovery point was available \[s\]; null if not yet.
    pub protected_s: Option<f64>,
}

/// A failback.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct FailbackResult {
    /// When users lost the machine at the target \[s\].
    pub began_s: f64,
    /// Tracked bytes that were still to be sent then.
    pub pending_bytes: f64,
    /// Steps, in order.
    pub steps: Vec<Step>,
    /// When the machine served again at home \[s\]; null if not yet.
    pub restored_s: Option<f64>,
    /// From shutdown to service restored \[s\]; null if not yet.
    pub downtime_s: Option<f64>,
    /// Loss \[s\]: 0 unless the target was lost.
    pub loss_s: f64,
    /// Loss \[written bytes\].
    pub loss_bytes: f64,
    /// When it was committed \[s\]; null if not yet.
    pub committed_s: Option<f64>,
}

/// Something that a machine waited for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Wait {
    /// From \[s\].
    pub from_s: f64,
    /// To \[s\]; null if it waits still.
    pub to_s: Option<f64>,
    /// Key of the condition (see docs/way-home.md), or of what else it waits for.
    pub key: String,
    /// In a sentence, with the remedy if there is one.
    pub text: String,
}

/// A retention drive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct DriveResult {
    /// Its master target.
    pub master_target: String,
    /// Capacity \[bytes\].
    pub size_bytes: f64,
    /// Machines that wrote to it.
    pub machines: u64,
    /// Most used, if it had had no limit \[bytes\].
    pub peak_wanted_bytes: f64,
    /// Most used, as far as was looked: at every marker, once an hour while more than half is free \[bytes\].
    pub peak_bytes: f64,
    /// When \[s\].
    pub peak_at_s: f64,
    /// When it was full for the first time \[s\]; null if never.
    pub first_full_s: Option<f64>,
    /// Points dropped before their time.
    pub dropped_points: u64,
    /// Time for which replication paused because it was full \[s\].
    pub paused_s: f64,
    /// Window that was promised \[s\].
    pub window_s: f64,
    /// Shortest window really held, from when it could have been whole on \[s\]; null if the run was too short to say.
    pub least_window_s: Option<f64>,
    /// Use and window over time.
    pub rows: Vec<DriveRow>,
}

/// A retention drive at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct DriveRow {
    /// When \[s\].
    pub at_s: f64,
    /// Bytes used.
    pub used_bytes: f64,
    /// Age of the oldest point that all its machines hold \[s\].
    pub window_s: f64,
}
