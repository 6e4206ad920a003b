//! One protected machine on its way: the state it is in, and the record of what it lives through.

use crate::life::{Place, Refusal, State, Trigger, request};
use crate::model::System;
use crate::results::{MachineJourney, StateSpan, Trip, Wait};
use crate::simulate::recoverable::Until;

/// A machine.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub state: State,
    /// Users have lost it although its item has not moved: the site is down.
    pub down: bool,
    /// A failover of it was decided on, and has not begun.
    pub pending: bool,
    /// Since when what it writes is corrupt \[s\]; known once the attack is found.
    pub corrupt_since: Option<f64>,
    /// What it would flee home with: the point's time of availability, and the loss \[s, s, bytes\].
    pub flight: Option<(f64, f64, f64)>,
    /// A machine of it stands at the target, or is being made there: it counts against the quotas.
    pub made: bool,
    /// When its original has started at home, if its failover was given up \[s\].
    pub starts: f64,
    /// Its copy at the target is gone: a difference will not do.
    pub target_copy_gone: bool,
    /// Since when it is protected towards home \[s\].
    pub safe_since: f64,
    /// When everything that it had written at the target had reached home \[s\].
    pub landed_home: f64,
    /// When its failover, or failback, is to be committed \[s\].
    pub commit_at: f64,
    /// Tries of its present trip that came to nothing.
    pub attempts: u32,
    since: f64,
    record: MachineJourney,
    /// Grows when something comes between: what was planned before is void.
    pub turn: u32,
    /// By disk: tracked bytes that the side it left had written beyond the point that was taken.
    pub beyond: Vec<f64>,
    /// By disk: bytes that were under way when replication home broke off, and must go again \[tracked bytes\].
    pub owed: Vec<f64>,
    /// The way back was tested.
    pub tested: bool,
    /// A failback of it was cancelled.
    pub cancelled: bool,
    /// Share of the used bytes that an attacker rewrote there.
    pub rewritten: f64,
    /// What comes home beside the bytes of its disks has been copied, or is among what is owed.
    pub extra_copied: bool,
    /// By disk: written where it runs now, when it started there \[bytes\].
    pub written_at_boot: Vec<f64>,
    /// By disk: sent in this direction, when the copy began \[tracked bytes\].
    pub sent_at_copy: Vec<f64>,
    /// When it started where it runs now \[s\].
    pub booted: f64,
    /// When its agent registers there \[s\].
    pub registered: f64,
    /// When it served again, and what it had written by then \[s, bytes\]: the unprotected window since.
    pub exposed: Option<(f64, f64)>,
    /// Its original at home is gone.
    pub original_gone: bool,
    /// What its failover may be recovered to.
    pub until: Option<Until>,
    /// When the point that was taken is available \[s\].
    pub point_ready: f64,
    /// Shutdown began \[s\].
    pub shut_from: f64,
    /// Shutdown is over \[s\].
    pub shut_by: f64,
    /// When the copy under way was first asked for \[s\].
    pub asked: Option<f64>,
    /// An open wait.
    pub waiting: Option<usize>,
}

impl Item {
    pub fn new(name: &str, state: State) -> Self {
        Item {
            state,
            down: false,
            pending: false,
            corrupt_since: None,
            flight: None,
            made: false,
            starts: 0.0,
            target_copy_gone: false,
            safe_since: 0.0,
            landed_home: 0.0,
            commit_at: 0.0,
            attempts: 0,
            since: 0.0,
            record: MachineJourney { vm: name.to_owned(), ..MachineJourney::default() },
            turn: 0,
            beyond: Vec::new(),
            owed: Vec::new(),
            tested: false,
            cancelled: false,
            rewritten: 0.0,
            extra_copied: false,
            written_at_boot: Vec::new(),
            sent_at_copy: Vec::new(),
            booted: 0.0,
            registered: 0.0,
            exposed: None,
            original_gone: false,
            until: None,
            point_ready: 0.0,
            shut_from: 0.0,
            shut_by: 0.0,
            asked: None,
            waiting: None,
        }
    }

    /// Moves it by the table of `life::state`.
    ///
    /// # Errors
    /// If there is no such way from its state.
    pub fn go(&mut self, system: System, trigger: Trigger, at: f64) -> Result<(), Refusal> {
        let next = request(system, self.state, trigger)?;
        self.tell(at);
        self.state = next;
        Ok(())
    }

    /// Users lose it, or get it back, while its state stays.
    pub fn set_down(&mut self, down: bool, at: f64) {
        if self.down != down {
            self.tell(at);
            self.down = down;
        }
    }

    /// Its story is over before the run is.
    pub fn end(&mut self, at: f64, why: String) {
        self.tell(at);
        self.state = State::Ended;
        self.down = true;
        self.pending = false;
        self.turn += 1;
        self.stop_waiting(at);
        self.record.ended.get_or_insert(why);
    }

    fn tell(&mut self, at: f64) {
        if at > self.since {
            let place = if self.down { Place::Nowhere } else { self.state.runs_at() };
            let runs_at = match place {
                Place::Home => "home",
                Place::Target => "target",
                Place::Nowhere => "nowhere",
            };
            self.record.states.push(StateSpan {
                state: name(self.state).to_owned(),
                runs_at: runs_at.to_owned(),
                protected: self.state.is_protected(),
                from_s: self.since,
                to_s: at,
            });
            self.since = at;
        }
    }

    /// It waits for something; a wait for the same goes on. Whether this is news.
    ///
    pub fn wait(&mut self, at: f64, key: &str, text: String) -> bool {
        if let Some(open) = self.waiting.and_then(|place| self.record.waits.get(place))
            && open.key == key
        {
            return false;
        }
        self.stop_waiting(at);
        self.record.waits.push(Wait { from_s: at, to_s: None, key: key.to_owned(), text });
        self.waiting = Some(self.record.waits.len() - 1);
        true
    }

    /// Something that will not change: it is on record, and nothing waits for it.
    pub fn note(&mut self, at: f64, key: &str, text: String) {
        if !self.record.waits.iter().any(|wait| wait.key == key) {
            self.record.waits.push(Wait { from_s: at, to_s: None, key: key.to_owned(), text });
        }
    }

    /// Whether it waits for this.
    pub fn waits_for(&self, key: &str) -> bool {
        self.waiting.and_then(|place| self.record.waits.get(place)).is_some_and(|wait| wait.key == key)
    }

    /// It waits no more.
    pub fn stop_waiting(&mut self, at: f64) {
        if let Some(open) = self.waiting.take().and_then(|place| self.record.waits.get_mut(place)) {
            open.to_s = Some(at);
        }
    }

    /// A new trip begins: nothing of the one before counts any more.
    pub fn set_out(&mut self, trip: Trip) {
        self.turn += 1;
        (self.beyond, self.owed, self.rewritten, self.asked) = (Vec::new(), Vec::new(), 0.0, None);
        (self.tested, self.cancelled, self.attempts, self.flight, self.extra_copied) = (false, false, 0, None, false);
        self.record.trips.push(trip);
    }

    /// Number of its present trip.
    pub fn trips(&self) -> usize {
        self.record.trips.len()
    }

    /// The trip that it is on, if it is on one.
    pub fn trip(&mut self) -> Option<&mut Trip> {
        self.record.trips.last_mut()
    }

    /// The record at the end of the run.
    pub fn finish(mut self, end: f64) -> MachineJourney {
        self.tell(end);
        self.record
    }
}

/// A state's name in the record.
fn name(state: State) -> &'static str {
    match state {
        State::Unprotected => "unprotected",
        State::InitialReplication => "initial_replication",
        State::Protected => "protected",
        State::TestFailedOver => "test_failed_over",
        State::FailingOver => "failing_over",
        State::FailoverFailed => "failover_failed",
        State::FailedOver => "failed_over",
        State::ChangingPoint => "changing_point",
        State::AtTarget => "at_target",
        State::Reprotecting => "reprotecting",
        State::ReverseProtected => "reverse_protected",
        State::TestFailedBack => "test_failed_back",
        State::FailingBack => "failing_back",
        State::FailedBack => "failed_back",
        State::ChangingPointBack => "changing_point_back",
        State::AtHome => "at_home",
        State::ProtectingAgain => "protecting_again",
        State::Ended => "ended",
    }
}
