//! The states of a protected item and every way from one to another, as one table.
//!
//! ```text
//! Unprotected ─enable─► InitialReplication ─first point─► Protected ◄─test failover / cleanup─► TestFailedOver
//! Protected ─failover─► FailingOver ─done─► FailedOver ─commit─► AtTarget       FailedOver ─change point─► ChangingPoint ─done─► FailedOver
//! FailingOver ─failed─► FailoverFailed ─failover─► FailingOver
//! AtTarget ─reprotect─► Reprotecting ─first point─► ReverseProtected ◄─(Azure to Azure) test failback / cleanup─► TestFailedBack
//! ReverseProtected ─failback─► FailingBack ─done─► FailedBack ─commit─► AtHome  FailedBack ─(Azure to Azure) change point─► ChangingPointBack ─done─► FailedBack
//! AtHome ─reprotect─► ProtectingAgain ─first point─► Protected
//! ```
//!
//! A request that the table does not know is refused, with what the product answers where that is documented. The names are those of the
//! documentation (MicrosoftDocs/azure-docs, articles/site-recovery: failover and failback pages of 2016 to 2026); the API calls `FailedOver`
//! `UnplannedFailoverCommitPending`.

use std::fmt;

use crate::model::System;

/// Where a protected item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Runs at home; nothing replicates it.
    Unprotected,
    /// Its disks are being copied; no recovery point yet.
    InitialReplication,
    /// Replicated, with at least one recovery point.
    Protected,
    /// A copy runs at the target, in a network of its own; replication goes on.
    TestFailedOver,
    /// A failover is under way: replication has stopped.
    FailingOver,
    /// A failover has failed: its points are kept, nothing replicates (assumed), and it can be tried again.
    FailoverFailed,
    /// Runs at the target; the recovery point may still be changed.
    FailedOver,
    /// Another recovery point is being taken: the machine at the target is being replaced.
    ChangingPoint,
    /// Runs at the target, committed: unprotected (the first window without protection, which began with the failover).
    AtTarget,
    /// The way home is being prepared: checksums, differing blocks or a full copy; no point in the new direction yet.
    Reprotecting,
    /// Replicated to home, with at least one recovery point there.
    ReverseProtected,
    /// A copy runs at home (Azure to Azure only); reverse replication goes on.
    TestFailedBack,
    /// A failback is under way: the machine at the target is being shut down, and the last changes sent.
    FailingBack,
    /// Runs at home again, not committed.
    FailedBack,
    /// Another recovery point is being taken at home (Azure to Azure only).
    ChangingPointBack,
    /// Runs at home, committed: unprotected (the second window, which began with the failback).
    AtHome,
    /// Being replicated to the target again; no point yet.
    ProtectingAgain,
    /// Migrated, or protection disabled after a failover: there is no way back.
    Ended,
}

/// What may move an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// Enable replication.
    Enable,
    /// Disable protection.
    Disable,
    /// Test failover, or the test of the way back.
    Test,
    /// Clean a test up.
    Cleanup,
    /// Fail over.
    Failover,
    /// Change the recovery point.
    ChangePoint,
    /// Commit.
    Commit,
    /// Complete the migration.
    CompleteMigration,
    /// Reprotect: replicate the other way.
    Reprotect,
    /// Fail back.
    Failback,
    /// Cancel what is under way.
    Cancel,
    /// The service: the first recovery point in this direction is available.
    FirstPoint,
    /// The service: the job under way has ended well.
    Done,
    /// The service: the job under way has failed.
    Failed,
    /// The side that it runs at, or was going to, is lost without a recovery point elsewhere: what is left of it is its original.
    Lost,
}

impl Trigger {
    /// Whether an operator, or a recovery plan, asks for it; else the service brings it about.
    pub fn is_request(self) -> bool {
        !matches!(self, Trigger::FirstPoint | Trigger::Done | Trigger::Failed | Trigger::Lost)
    }
}

/// All states, in the order of a round trip.
pub const STATES: [State; 18] = [
    State::Unprotected,
    State::InitialReplication,
    State::Protected,
    State::TestFailedOver,
    State::FailingOver,
    State::FailoverFailed,
    State::FailedOver,
    State::ChangingPoint,
    State::AtTarget,
    State::Reprotecting,
    State::ReverseProtected,
    State::TestFailedBack,
    State::FailingBack,
    State::FailedBack,
    State::ChangingPointBack,
    State::AtHome,
    State::ProtectingAgain,
    State::Ended,
];

/// All triggers.
pub const TRIGGERS: [Trigger; 15] = [
    Trigger::Enable,
    Trigger::Disable,
    Trigger::Test,
    Trigger::Cleanup,
    Trigger::Failover,
    Trigger::ChangePoint,
    Trigger::Commit,
    Trigger::CompleteMigration,
    Trigger::Reprotect,
    Trigger::Failback,
    Trigger::Cancel,
    Trigger::FirstPoint,
    Trigger::Done,
    Trigger::Failed,
    Trigger::Lost,
];

/// Systems for which a transition exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    All,
    AzureToAzure,
    Modernized,
}

impl Only {
    fn holds(self, system: System) -> bool {
        match self {
            Only::All => true,
            Only::AzureToAzure => system == System::AzureToAzure,
            Only::Modernized => system == System::VmwareModernized,
        }
    }
}

/// Every transition: from, by, to, and for which systems.
const TRANSITIONS: &[(State, Trigger, State, Only)] = {
    use State::*;
    use Trigger as By;
    &[
        (Unprotected, By::Enable, InitialReplication, Only::All),
        (InitialReplication, By::FirstPoint, Protected, Only::All),
        (InitialReplication, By::Failed, Unprotected, Only::All),
        (InitialReplication, By::Disable, Unprotected, Only::All),
        (Protected, By::Disable, Unprotected, Only::All),
        // The target is lost: there is nothing to go to any more.
        (Protected, By::Failed, Unprotected, Only::All),
        (Protected, By::Test, TestFailedOver, Only::All),
        (TestFailedOver, By::Cleanup, Protected, Only::All),
        // A disaster does not wait for the cleanup; the copy that is left may clash with the machine's addresses.
        (TestFailedOver, By::Failover, FailingOver, Only::All),
        (Protected, By::Failover, FailingOver, Only::All),
        (FailingOver, By::Done, FailedOver, Only::All),
        // Replication was stopped first: the item is not replicated any more (articles/site-recovery/avs-tutorial-failover.md).
        (FailingOver, By::Cancel, Unprotected, Only::All),
        // "Then retry the failover": articles/site-recovery/site-recovery-failover-to-azure-troubleshoot.md.
        (FailingOver, By::Failed, FailoverFailed, Only::All),
        (FailoverFailed, By::Failover, FailingOver, Only::All),
        (FailoverFailed, By::Disable, Unprotected, Only::All),
        // The target is lost: the original at home, if there is one, is an unprotected machine.
        (FailingOver, By::Lost, Unprotected, Only::All),
        (FailoverFailed, By::Lost, Unprotected, Only::All),
        (FailedOver, By::Lost, Unprotected, Only::All),
        (ChangingPoint, By::Lost, Unprotected, Only::All),
        (AtTarget, By::Lost, Unprotected, Only::All),
        (Reprotecting, By::Lost, Unprotected, Only::All),
        (FailedOver, By::ChangePoint, ChangingPoint, Only::All),
        (ChangingPoint, By::Done, FailedOver, Only::All),
        (ChangingPoint, By::Failed, FailedOver, Only::All),
        (FailedOver, By::Commit, AtTarget, Only::All),
        (FailedOver, By::CompleteMigration, Ended, Only::All),
        (FailedOver, By::Disable, Ended, Only::All),
        (AtTarget, By::CompleteMigration, Ended, Only::All),
        (AtTarget, By::Disable, Ended, Only::All),
        (AtTarget, By::Reprotect, Reprotecting, Only::All),
        (Reprotecting, By::FirstPoint, ReverseProtected, Only::All),
        (Reprotecting, By::Failed, AtTarget, Only::All),
        // What held the way back's points is lost: home, or the master target.
        (ReverseProtected, By::Failed, AtTarget, Only::All),
        (Reprotecting, By::CompleteMigration, Ended, Only::All),
        (Reprotecting, By::Disable, Ended, Only::All),
        (ReverseProtected, By::CompleteMigration, Ended, Only::All),
        (ReverseProtected, By::Disable, Ended, Only::All),
        (ReverseProtected, By::Test, TestFailedBack, Only::AzureToAzure),
        (TestFailedBack, By::Cleanup, ReverseProtected, Only::AzureToAzure),
        (ReverseProtected, By::Failback, FailingBack, Only::All),
        (FailingBack, By::Done, FailedBack, Only::All),
        // The appliance keeps snapshots of the disks: replication resumes. That a failed failback leaves the machine at the target is assumed elsewhere.
        (FailingBack, By::Cancel, ReverseProtected, Only::Modernized),
        (FailingBack, By::Failed, ReverseProtected, Only::All),
        (FailedBack, By::ChangePoint, ChangingPointBack, Only::AzureToAzure),
        (ChangingPointBack, By::Done, FailedBack, Only::AzureToAzure),
        (ChangingPointBack, By::Failed, FailedBack, Only::AzureToAzure),
        (FailedBack, By::Commit, AtHome, Only::All),
        (AtHome, By::Reprotect, ProtectingAgain, Only::All),
        (AtHome, By::Disable, Unprotected, Only::All),
        (ProtectingAgain, By::FirstPoint, Protected, Only::All),
        (ProtectingAgain, By::Failed, AtHome, Only::All),
        (ProtectingAgain, By::Disable, Unprotected, Only::All),
    ]
};

/// Which way data is replicated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From home to the target.
    Forward,
    /// From the target to home.
    Reverse,
}

/// Where users work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The protected site.
    Home,
    /// The other site.
    Target,
    /// Nowhere: the machine is being moved.
    Nowhere,
}

impl State {
    /// Which way its writes are carried, if they are.
    pub fn replicates(self) -> Option<Direction> {
        match self {
            State::InitialReplication | State::Protected | State::TestFailedOver | State::ProtectingAgain => Some(Direction::Forward),
            State::Reprotecting | State::ReverseProtected | State::TestFailedBack => Some(Direction::Reverse),
            State::Unprotected
            | State::FailingOver
            | State::FailoverFailed
            | State::FailedOver
            | State::ChangingPoint
            | State::AtTarget
            | State::FailingBack
            | State::FailedBack
            | State::ChangingPointBack
            | State::AtHome
            | State::Ended => None,
        }
    }

    /// Whether a recovery point in the direction in which it replicates exists: a disaster now can be recovered from.
    pub fn is_protected(self) -> bool {
        matches!(self, State::Protected | State::TestFailedOver | State::ReverseProtected | State::TestFailedBack)
    }

    /// Where users work.
    pub fn runs_at(self) -> Place {
        match self {
            State::FailingOver | State::FailoverFailed | State::ChangingPoint | State::FailingBack | State::ChangingPointBack => Place::Nowhere,
            State::FailedOver | State::AtTarget | State::Reprotecting | State::ReverseProtected | State::TestFailedBack | State::Ended => {
                Place::Target
            }
            State::Unprotected
            | State::InitialReplication
            | State::Protected
            | State::TestFailedOver
            | State::FailedBack
            | State::AtHome
            | State::ProtectingAgain => Place::Home,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Unprotected => "not protected",
            State::InitialReplication => "in initial replication",
            State::Protected => "protected",
            State::TestFailedOver => "in a test failover",
            State::FailingOver => "failing over",
            State::FailoverFailed => "in a failover that failed",
            State::ChangingPoint => "changing its recovery point",
            State::ChangingPointBack => "changing its recovery point at home",
            State::FailedOver => "failed over, not committed",
            State::AtTarget => "running at the target, unprotected",
            State::Reprotecting => "being reprotected",
            State::ReverseProtected => "protected towards home",
            State::TestFailedBack => "in a test of the way back",
            State::FailingBack => "failing back",
            State::FailedBack => "failed back, not committed",
            State::AtHome => "running at home, unprotected",
            State::ProtectingAgain => "being protected again",
            State::Ended => "migrated or no longer protected",
        })
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Trigger::Enable => "enable replication",
            Trigger::Disable => "disable protection",
            Trigger::Test => "test failover",
            Trigger::Cleanup => "clean up",
            Trigger::Failover => "fail over",
            Trigger::ChangePoint => "change the recovery point",
            Trigger::Commit => "commit",
            Trigger::CompleteMigration => "complete the migration",
            Trigger::Reprotect => "reprotect",
            Trigger::Failback => "fail back",
            Trigger::Cancel => "cancel",
            Trigger::FirstPoint => "the first recovery point",
            Trigger::Done => "the end of the job",
            Trigger::Failed => "the failure of the job",
            Trigger::Lost => "the loss of its side",
        })
    }
}

/// Why a request is not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where the item stands.
    pub state: State,
    /// What was asked for.
    pub trigger: Trigger,
    /// What the product answers, or that it does not offer it.
    pub outcome: &'static str,
    /// What may be asked for instead.
    pub allowed: Vec<Trigger>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed: Vec<String> = self.allowed.iter().map(Trigger::to_string).collect();
        let instead = if allowed.is_empty() { "nothing can be asked for".to_owned() } else { format!("allowed: {}", allowed.join(", ")) };
        write!(f, "cannot {} while {}: {}; {instead}", self.trigger, self.state, self.outcome)
    }
}

/// What an operator, or a plan, may ask for.
pub fn allowed(system: System, state: State) -> Vec<Trigger> {
    TRIGGERS.into_iter().filter(|trigger| trigger.is_request() && request(system, state, *trigger).is_ok()).collect()
}

/// The state after `trigger`.
///
/// # Errors
/// [`Refusal`] if there is no such way, with the product's outcome.
pub fn request(system: System, state: State, trigger: Trigger) -> Result<State, Refusal> {
    let way = TRANSITIONS.iter().find(|(from, by, _, only)| *from == state && *by == trigger && only.holds(system));
    way.map(|(_, _, to, _)| *to).ok_or_else(|| {
        // Not by `allowed`, which asks here.
        let open = |by: &Trigger| TRANSITIONS.iter().any(|(from, way, _, only)| *from == state && way == by && only.holds(system));
        let allowed = TRIGGERS.into_iter().filter(|by| by.is_request() && open(by)).collect();
        Refusal { state, trigger, outcome: outcome(system, state, trigger), allowed }
    })
}

/// What the product answers to a request that it does not follow (conditions 21 to 23, 37 and 41 among them).
fn outcome(system: System, state: State, trigger: Trigger) -> &'static str {
    use State::*;
    match (trigger, state) {
        (_, Ended) => "the machine was migrated or its protection disabled: there is no failback",
        (Trigger::Failback, FailedOver | AtTarget) => "a machine that was not reprotected cannot fail back",
        (Trigger::Failback | Trigger::Test, Reprotecting) => "there is no recovery point yet in this direction",
        (Trigger::Failover | Trigger::Test, InitialReplication | ProtectingAgain) => "there is no recovery point yet",
        (Trigger::Test, TestFailedOver | TestFailedBack) => "the last test has not been cleaned up: its copy would clash",
        (Trigger::Test, ReverseProtected) => "the way back can be tested from Azure to Azure only",
        (Trigger::Failback | Trigger::Disable, TestFailedBack) => "clean the test up first",
        (Trigger::Failback, _) => "it does not run at the target",
        (Trigger::Reprotect, FailedOver | FailedBack) => "the failover has not been committed",
        (Trigger::ChangePoint, AtTarget | AtHome) => "commit has deleted the other recovery points",
        (Trigger::ChangePoint, FailedBack) => "on this way back the recovery point is final",
        (Trigger::Cancel, FailingBack) if system != System::VmwareModernized => {
            "a failback through a master target can neither be cancelled nor retried"
        }
        (Trigger::Cancel, FailingBack | ChangingPoint | ChangingPointBack | InitialReplication | Reprotecting | ProtectingAgain) => {
            "the service does not offer to cancel this"
        }
        (Trigger::Cancel, _) => "nothing is under way that could be cancelled",
        (Trigger::Reprotect, Unprotected) => "it was never protected: enable replication",
        (Trigger::Reprotect, FailingOver | FailingBack | ChangingPoint | ChangingPointBack) => "it is being moved",
        (Trigger::Reprotect, FailoverFailed) => "it has not been failed over",
        (Trigger::Reprotect, _) => "it is replicated already, or on its way",
        (Trigger::Enable, AtTarget | AtHome) => "it is still an item of the service: reprotect it",
        (Trigger::Enable, _) => "it is an item of the service already",
        (Trigger::FirstPoint | Trigger::Done | Trigger::Failed | Trigger::Lost, _) => "nothing of the kind is under way",
        _ => "the service does not offer it in this state",
    }
}
