//! The round trip of a fleet: two legs, one from home to the target and one back, and the machines that move between them.
//!
//! Each leg is a whole run of one direction (`simulate::run`), with its own calendar, network and watches; machines join and leave them (`simulate::leg`). The journey
//! has a third calendar: disasters, what people do about them, and the steps of each machine's life, drawn from streams of their own. It moves machines by the table
//! of `life::state` and never otherwise. What it records is `results::journey`.
//!
//! `item` is one machine, `strike` what disasters do, `moves` how machines boot on the other side, `out`, `reprotect` and `back` the parts of a trip, `flight` the way home when the target is lost, `facts` what
//! blocks it, `quota` what the target refuses, `drills` the tests, `drives` the retention drives, `finish` the record.

mod act;
mod back;
mod drills;
mod drives;
mod facts;
mod finish;
mod flight;
mod item;
mod losses;
mod moves;
mod out;
mod quota;
mod reprotect;
mod since;
mod strike;

use crate::engine::{Calendar, Streams};
use crate::life::{State, Trigger};
use crate::model::{self, StartState, System, World};
use crate::results::{DisasterResult, DrillResult, FailoverSummary, RunOutput};
use crate::simulate::RunLaws;
use crate::simulate::draw::draw;
use crate::simulate::leg::News;
use crate::simulate::run::Run;
use crate::units::{DurationLaw, Instant, Span};

use act::Act;
use drives::Drives;
use facts::Facts;
use item::Item;
use moves::{Move, Unit};

/// Simulates a world with a journey once; see [`run`](crate::simulate::run()).
pub(super) fn run(world: &World, plan: &model::Journey, replication: u64, progress: &mut dyn FnMut(f64)) -> (RunOutput, RunLaws) {
    let mut journey = Journey::new(world, plan, replication);
    journey.go(progress);
    journey.finish(replication)
}

/// Everything of one round trip.
pub(super) struct Journey<'w> {
    world: &'w World,
    plan: &'w model::Journey,
    streams: Streams,
    /// From home to the target.
    out: Run<'w>,
    /// From the target home, if anybody ever comes back.
    back: Option<Run<'w>>,
    calendar: Calendar<Act>,
    now: Instant,
    end: Instant,
    items: Vec<Item>,
    facts: Facts,
    units: Vec<Unit>,
    /// The unit of each machine.
    unit_of: Vec<usize>,
    moves: Vec<Move>,
    /// The move that each machine is in, if it is in one.
    moving: Vec<Option<usize>>,
    /// When the service can begin the next failover \[s\].
    service_free: f64,
    /// When the quotas of the target are raised, once a failover has failed for them.
    quota_raised: Option<Instant>,
    /// How often the process servers at the target were set up, and when those that stand now can be chosen \[s\].
    servers: (u32, Option<f64>),
    disasters: Vec<DisasterResult>,
    summaries: Vec<FailoverSummary>,
    drills: Vec<DrillResult>,
    /// Machines of each drill that ran, with the state of the drill.
    drilled: Vec<drills::Running>,
    drives: Drives,
}

impl<'w> Journey<'w> {
    fn new(world: &'w World, plan: &'w model::Journey, replication: u64) -> Self {
        let streams = Streams::new(world.seed, replication);
        let out = Run::new(world, replication, false);
        let back = plan.back.as_deref().map(|world| Run::new(world, replication, true));
        let start = match world.policy.start_state {
            StartState::Protected => State::Protected,
            StartState::InitialReplication => State::InitialReplication,
        };
        let (units, unit_of) = moves::units(world, plan);
        let mut journey = Journey {
            world,
            plan,
            streams,
            out,
            back,
            calendar: Calendar::default(),
            now: Instant::START,
            end: Instant::START + world.horizon,
            items: world.vms.iter().map(|vm| Item::new(&vm.name, start)).collect(),
            facts: Facts::new(world),
            units,
            unit_of,
            moves: Vec::new(),
            moving: vec![None; world.vms.len()],
            service_free: 0.0,
            quota_raised: None,
            servers: (0, None),
            disasters: Vec::new(),
            summaries: Vec::new(),
            drills: Vec::new(),
            drilled: Vec::new(),
            drives: Drives::new(world, plan),
        };
        journey.lay_out();
        journey
    }

    /// Puts what is known beforehand on the calendar.
    fn lay_out(&mut self) {
        for index in 0..self.plan.disasters.len() {
            self.lay_out_disaster(index);
        }
        for (index, planned) in self.plan.planned.iter().enumerate() {
            self.push(planned.at, Act::Planned(index));
        }
        for (index, drill) in self.plan.drills.iter().enumerate() {
            for &at in &drill.at {
                self.push(at, Act::Drill(index));
            }
        }
    }

    fn push(&mut self, at: Instant, act: Act) {
        let at = at.max(self.now);
        if at <= self.end {
            self.calendar.push(at, act.class(), act);
        }
    }

    fn push_s(&mut self, at: f64, act: Act) {
        if at.is_finite() {
            self.push(Instant::START + Span::from_secs_f64(at), act);
        }
    }

    fn now_s(&self) -> f64 {
        self.now.as_secs_f64()
    }

    /// Runs to the end: whichever calendar is next goes on; the legs meet where the journey has something to do.
    fn go(&mut self, progress: &mut dyn FnMut(f64)) {
        let horizon = self.end.as_secs_f64();
        loop {
            let (out, back) = (self.out.next_instant(), self.back.as_mut().map_or(self.end, Run::next_instant));
            let own = self.calendar.peek_time().unwrap_or(self.end).min(self.end);
            let to = out.min(back).min(own);
            if out == to {
                self.out.step(&mut |now| progress(now / horizon));
            }
            if back == to
                && let Some(leg) = &mut self.back
            {
                leg.step(&mut |_| ());
            }
            self.now = to;
            if own == to {
                self.out.sync(to);
                if let Some(leg) = &mut self.back {
                    leg.sync(to);
                }
            }
            self.listen();
            while self.calendar.peek_time().is_some_and(|at| at <= to) {
                if let Some((_, act)) = self.calendar.pop() {
                    self.act(act);
                    self.listen();
                }
            }
            if to >= self.end {
                break;
            }
        }
        self.out.close();
        if let Some(leg) = &mut self.back {
            leg.close();
        }
    }

    /// Hears what the legs have to say.
    fn listen(&mut self) {
        for news in std::mem::take(&mut self.out.news) {
            match news {
                News::Protected(vm, at) => self.protected(vm, at),
                News::InOrder(vm, at) => self.in_order(vm, at, true),
                News::Drained(vm, at) => self.drained_out(vm, at),
            }
        }
        let news = self.back.as_mut().map(|leg| std::mem::take(&mut leg.news)).unwrap_or_default();
        for news in news {
            match news {
                News::Protected(vm, at) => self.reverse_protected(vm, at),
                News::InOrder(vm, at) => self.in_order(vm, at, false),
                News::Drained(vm, at) => self.drained_back(vm, at),
            }
        }
    }

    /// How long something takes for somebody.
    fn take(&self, law: DurationLaw, whom: &str, what: &str) -> Span {
        if let DurationLaw::Fixed(span) = law {
            return span;
        }
        draw(law, &mut self.streams.stream(whom, what))
    }

    /// How long a step of a machine's present trip takes \[s\].
    fn step_of(&self, vm: u32, law: DurationLaw, what: &str) -> f64 {
        // By the machine's own story alone, so that two designs compared see the same durations.
        let item = &self.items[vm as usize];
        let purpose = format!("journey/{what}/{}.{}", item.trips(), item.attempts);
        self.take(law, &self.world.vms[vm as usize].name, &purpose).as_secs_f64()
    }

    /// Moves a machine in its lifecycle; a refusal is written down, and nothing moves.
    fn go_on(&mut self, vm: u32, trigger: Trigger, at: f64) -> bool {
        match self.items[vm as usize].go(self.world.system, trigger, at) {
            Ok(()) => true,
            Err(refusal) => {
                self.log(at, "refused", vm, format!("{refusal}"));
                false
            }
        }
    }

    fn log(&mut self, at: f64, kind: &str, vm: u32, text: String) {
        let name = &self.world.vms[vm as usize].name;
        self.out.log.push(at, kind, name, text);
    }

    fn is_between_regions(&self) -> bool {
        self.world.system == System::AzureToAzure
    }
}
