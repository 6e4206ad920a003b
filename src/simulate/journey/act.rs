//! What the journey's calendar holds, and the order of what happens at one instant.

use crate::life::Trigger;
use crate::simulate::journey::Journey;

/// Something due. Acts on one machine carry its turn: they are void if something came between.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// A disaster strikes (number in the plan).
    Strike(usize),
    /// What it struck is repaired, restored or replaced (number in the record).
    Over(usize, usize),
    /// An attack is found.
    Found(usize, usize),
    /// An original that was switched on is off again: machine.
    OffAgain(u32),
    /// A failover that was decided on begins (move).
    Begin(usize),
    /// A failover on purpose (number in the plan).
    Planned(usize),
    /// A test failover (number in the plan).
    Drill(usize),
    /// A test is cleaned up (number of the running drill).
    CleanUp(usize),
    /// The target refuses a machine.
    Refused(u32, u32),
    /// The quotas of the target are raised.
    Raised,
    /// A machine starts at the target.
    BootOut(u32, u32),
    /// It serves.
    ServeOut(u32, u32),
    /// A burst of writes ends there: machine, turn, number.
    BurstEnds(u32, u32, usize),
    /// Another recovery point is taken.
    Change(u32, u32),
    /// The failover is committed.
    Commit(u32, u32),
    /// Reprotect is asked for.
    Ask(u32, u32),
    /// Data begins to flow home.
    Copy(u32, u32),
    /// A unit fails back: unit, turn.
    Return(usize, u32),
    /// An original at home is started after the target was lost.
    Resume(u32, u32),
    /// A failback is cancelled.
    Cancel(u32, u32),
    /// A machine whose failback was cancelled serves at the target again.
    UpAgain(u32, u32),
    /// A machine starts at home.
    BootBack(u32, u32),
    /// It serves.
    ServeBack(u32, u32),
    /// Another recovery point is taken at home.
    ChangeBack(u32, u32),
    /// The failback is committed.
    CommitBack(u32, u32),
    /// The second reprotect is asked for.
    AskAgain(u32, u32),
    /// Data begins to flow to the target again.
    CopyAgain(u32, u32),
    /// Retention drives are looked at.
    Look,
    /// One retention drive is looked at, because it may be full by now.
    Glance(usize),
    /// A replay of points after a copy is through: machine, turn, outwards or not.
    Replayed(u32, u32, bool),
}

impl Act {
    /// Order among acts at one instant: what happens to the world, then what people do, from the end of a trip to its beginning.
    pub fn class(self) -> u8 {
        match self {
            Act::Strike(_) => 0,
            Act::Over(..) | Act::OffAgain(_) | Act::Raised => 1,
            Act::Found(..) => 2,
            Act::BurstEnds(..) => 3,
            Act::BootOut(..) | Act::BootBack(..) | Act::UpAgain(..) | Act::Resume(..) => 4,
            Act::Cancel(..) => 3,
            Act::ServeOut(..) | Act::ServeBack(..) => 5,
            Act::Replayed(..) | Act::Refused(..) => 6,
            Act::CleanUp(_) => 7,
            Act::Commit(..) | Act::CommitBack(..) => 8,
            Act::Change(..) | Act::ChangeBack(..) => 9,
            Act::Ask(..) | Act::AskAgain(..) => 10,
            Act::Copy(..) | Act::CopyAgain(..) => 11,
            Act::Return(..) => 12,
            Act::Planned(_) => 13,
            Act::Begin(_) => 14,
            Act::Drill(_) => 15,
            Act::Look | Act::Glance(_) => 16,
        }
    }
}

impl Journey<'_> {
    pub(super) fn act(&mut self, act: Act) {
        let holds = |vm: u32, turn: u32| self.items[vm as usize].turn == turn;
        match act {
            Act::Strike(number) => self.strike(number),
            Act::Over(number, record) => self.over(number, record),
            Act::Found(number, record) => self.found(number, record),
            Act::OffAgain(vm) => self.original_off_again(vm),
            Act::Raised => self.try_again(),
            Act::Begin(number) => self.begin_failover(number),
            Act::Planned(number) => self.planned(number),
            Act::Drill(number) => self.drill(number),
            Act::Look => self.look_at_drives(),
            Act::Glance(number) => self.look_at(number),
            Act::CleanUp(number) => self.clean_up(number),
            Act::Refused(vm, turn) if holds(vm, turn) => self.refused(vm),
            Act::BootOut(vm, turn) if holds(vm, turn) => self.boot_out(vm),
            Act::ServeOut(vm, turn) if holds(vm, turn) => self.serve_out(vm),
            Act::BurstEnds(vm, turn, number) if holds(vm, turn) => self.burst(vm, number, false),
            Act::Change(vm, turn) if holds(vm, turn) => self.change_point(vm),
            Act::Commit(vm, turn) if holds(vm, turn) => self.commit(vm),
            Act::Ask(vm, turn) if holds(vm, turn) => self.ask(vm),
            Act::Copy(vm, turn) if holds(vm, turn) => self.copy_home(vm),
            Act::Return(unit, turn) if self.units[unit].turn == turn => self.fail_back(unit),
            Act::Resume(vm, turn) if holds(vm, turn) => self.resume_at_home(),
            Act::Cancel(vm, turn) if holds(vm, turn) => self.cancel(vm),
            Act::UpAgain(vm, turn) if holds(vm, turn) => self.up_again(vm),
            Act::BootBack(vm, turn) if holds(vm, turn) => self.boot_back(vm),
            Act::ServeBack(vm, turn) if holds(vm, turn) => self.serve_back(vm),
            Act::ChangeBack(vm, turn) if holds(vm, turn) => self.change_back(vm),
            Act::CommitBack(vm, turn) if holds(vm, turn) => self.commit_back(vm),
            Act::AskAgain(vm, turn) if holds(vm, turn) => self.ask_again(vm),
            Act::CopyAgain(vm, turn) if holds(vm, turn) => self.copy_again(vm),
            Act::Replayed(vm, turn, outwards) if holds(vm, turn) => {
                let at = self.now_s();
                if outwards { self.now_protected(vm, at) } else { self.now_reverse_protected(vm, at) }
            }
            _ => {}
        }
    }

    /// A machine's job under way ends well or badly.
    pub(super) fn done(&mut self, vm: u32, at: f64) -> bool {
        self.go_on(vm, Trigger::Done, at)
    }
}
