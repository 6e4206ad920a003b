//! The round trip itself: what is due before each step, what is seen after it. Instants that follow from stated times are kept exact; what they set off
//! happens at the first step that begins at or after them.

use failback::model::{Disaster, DisasterKind, Journey, Occurs, PointChoice, World};

use crate::twin::footprint;
use crate::twin::law::Law;
use crate::twin::outcome;
use crate::twin::path::delay;
use crate::twin::trip::leg::{Copy, Leg, tracked};
use crate::twin::trip::story::{CopyStory, Exposure, Story};
use crate::twin::trip::units::{Unit, fixed, units};

/// A finished run.
pub struct Outcome {
    /// By machine.
    pub stories: Vec<Story>,
    /// By machine: lag towards home, from the first recovery point there until the last byte has landed [s].
    pub reverse_lag: Vec<Law>,
    /// The same of whichever machine's is largest.
    pub reverse_worst: Law,
}

/// What is planned for a machine, each at an instant [s], and what must be remembered of it.
#[derive(Clone, Default)]
struct Machine {
    unit: usize,
    starts_away: Option<f64>,
    serves_away: Option<f64>,
    commits: Option<f64>,
    copies_home: Option<f64>,
    protected_away: Option<f64>,
    starts_home: Option<f64>,
    serves_home: Option<f64>,
    commits_home: Option<f64>,
    copies_again: Option<f64>,
    protected_home: Option<f64>,
    /// It was shut down, which is over by then: its last bytes are on their way, to the target or home.
    drains_away: Option<f64>,
    drains_home: Option<f64>,
    /// Disks made at the target, or attached at home.
    ready: Option<f64>,
    /// It runs at the target, since then.
    away: Option<f64>,
    asked: f64,
    registered: f64,
    /// By disk: written at home beyond the point [written bytes].
    beyond: Vec<f64>,
    /// By disk: written where it runs, when it started there [written bytes].
    written_at_start: Vec<f64>,
    /// Served again, when it had written so much [s, written bytes].
    served: (f64, f64),
    story: Story,
}

struct Round<'w> {
    world: &'w World,
    plan: &'w Journey,
    step: f64,
    out: Leg<'w>,
    back: Leg<'w>,
    units: Vec<Unit>,
    /// By unit: when it fails back.
    returns: Vec<Option<f64>>,
    machines: Vec<Machine>,
    /// When the service can begin the next failover.
    service_free: f64,
    /// When home can be used again.
    repaired: f64,
    originals_gone: bool,
}

/// Steps through a world with a round trip.
pub fn run(world: &World, step: f64) -> Outcome {
    let plan = world.journey.as_ref().expect("the world has a journey");
    let back_world = plan.back.as_deref().expect("there is a way back");
    assert!(plan.response.point == PointChoice::Latest && plan.response.back_point == PointChoice::Latest, "the newest marker is taken");
    assert!(plan.disasters.len() + plan.planned.len() <= 1, "one trip");
    let units = units(world, plan);
    let unit_of = |vm: usize| units.iter().position(|unit| unit.members().contains(&vm)).expect("every machine is in a unit");
    let machines = (0..world.vms.len()).map(|vm| Machine { unit: unit_of(vm), ..Machine::default() }).collect();
    let mut round = Round {
        world,
        plan,
        step,
        out: Leg::new(world, step, true),
        back: Leg::new(back_world, step, false),
        returns: vec![None; units.len()],
        units,
        machines,
        service_free: 0.0,
        repaired: 0.0,
        originals_gone: false,
    };
    let steps = (world.horizon.as_secs_f64() / step).round() as usize;
    for index in 0..steps {
        let t = index as f64 * step;
        round.strike(t);
        for vm in 0..round.machines.len() {
            round.act(vm, t);
        }
        round.fail_back(t);
        round.out.advance(t);
        round.back.advance(t);
        for vm in 0..round.machines.len() {
            round.look(vm, t + step);
        }
    }
    round.finish(steps)
}

/// Takes what is planned if it is due.
fn due(plan: &mut Option<f64>, t: f64) -> Option<f64> {
    plan.take_if(|at| *at <= t + 1e-9)
}

impl Round<'_> {
    /// The disaster, or the failover on purpose, if it falls into the step that has just begun.
    fn strike(&mut self, t: f64) {
        let step = self.step;
        let now = |at: f64| t - step + 1e-9 < at && at <= t + 1e-9;
        if let Some(Disaster { occurs: Occurs::At(instants), kind, .. }) = self.plan.disasters.first() {
            let DisasterKind::SiteLost { repaired, machines_kept } = kind else { panic!("the twin knows lost sites only: {kind:?}") };
            let at = instants[0].as_secs_f64();
            if now(at) {
                self.repaired = repaired.map_or(f64::INFINITY, |law| at + fixed(law));
                self.originals_gone = !machines_kept;
                self.lose_site(at, t);
            }
        }
        if let Some(planned) = self.plan.planned.first().filter(|planned| now(planned.at.as_secs_f64())) {
            let at = planned.at.as_secs_f64();
            for vm in planned.vms.iter().map(|vm| vm.0 as usize) {
                self.out.stop(vm);
                let machine = &mut self.machines[vm];
                machine.drains_away = Some(at + fixed(self.plan.steps.shut_down_home));
                machine.beyond = vec![0.0; self.world.vms[vm].disk_count as usize];
                machine.story.point = Some(at);
            }
        }
    }

    /// Home is lost at `at`: each machine goes to its newest marker that has landed, once it has been decided.
    fn lose_site(&mut self, at: f64, t: f64) {
        let steps = &self.plan.steps;
        let decided = at + fixed(steps.detect) + fixed(steps.decide);
        self.service_free = decided;
        for unit in 0..self.units.len() {
            let members = self.units[unit].members();
            for &vm in &members {
                let (point, landed) = self.out.newest_landed(vm, at).expect("it was protected from the start on");
                let written: Vec<f64> = self.out.written(vm, at).iter().zip(self.out.written(vm, point)).map(|(now, then)| now - then).collect();
                let destroyed = self.out.release(vm, t);
                self.out.stop(vm);
                let from = self.wait_for_service(vm, decided);
                let made = self.make_disks(vm, from.max(landed + self.world.apply.delay.as_secs_f64()));
                let machine = &mut self.machines[vm];
                let story = &mut machine.story;
                (story.point, story.loss, story.loss_bytes, story.destroyed) = (Some(point), at - point, written.iter().sum(), destroyed);
                (machine.beyond, machine.ready) = (written, Some(made));
            }
            self.boot_away(unit);
        }
    }

    /// The service begins so many failovers an hour.
    fn wait_for_service(&mut self, vm: usize, from: f64) -> f64 {
        let (plain, hydrated) = self.plan.steps.per_hour;
        let rate = if self.plan.steps.hydrated[vm] { hydrated } else { plain };
        let begins = self.service_free.max(from);
        self.service_free = begins + if rate > 0.0 { 3600.0 / rate } else { 0.0 };
        begins
    }

    fn make_disks(&self, vm: usize, from: f64) -> f64 {
        let hydrate = if self.plan.steps.hydrated[vm] { fixed(self.plan.steps.hydrate) } else { 0.0 };
        from + fixed(self.plan.steps.prepare_disks) + hydrate
    }

    /// Those of a unit that are under way to the target boot, if all of them are ready.
    fn boot_away(&mut self, unit: usize) {
        let going: Vec<usize> = self.units[unit]
            .members()
            .into_iter()
            .filter(|&vm| self.machines[vm].ready.is_some() || self.machines[vm].drains_away.is_some())
            .collect();
        let Some(ready) = going.iter().try_fold(0.0, |last: f64, &vm| Some(last.max(self.machines[vm].ready?))) else { return };
        let boot = fixed(self.plan.steps.boot_target);
        for (vm, starts, serves) in self.units[unit].boots(&going, ready, true, |_| boot) {
            let machine = &mut self.machines[vm];
            (machine.starts_away, machine.serves_away, machine.ready) = (Some(starts), Some(serves), None);
        }
    }

    /// Those of a unit that are under way home boot, if all of them are ready. Scripts of plans do not run there.
    fn boot_home(&mut self, unit: usize) {
        let members = self.units[unit].members();
        let going: Vec<usize> =
            members.into_iter().filter(|&vm| self.machines[vm].ready.is_some() || self.machines[vm].drains_home.is_some()).collect();
        let Some(ready) = going.iter().try_fold(0.0, |last: f64, &vm| Some(last.max(self.machines[vm].ready?))) else { return };
        let steps = &self.plan.steps;
        let boot = |vm: usize| {
            let linux = self.world.vms[vm].os == failback::model::OsFamily::Linux;
            fixed(steps.boot_home) + fixed(if linux { steps.address_linux } else { steps.address_windows })
        };
        for (vm, starts, serves) in self.units[unit].boots(&going, ready, false, boot) {
            let machine = &mut self.machines[vm];
            (machine.starts_home, machine.serves_home, machine.ready) = (Some(starts), Some(serves), None);
        }
    }

    /// What is due for a machine by `t`.
    fn act(&mut self, vm: usize, t: f64) {
        let (steps, response) = (&self.plan.steps, &self.plan.response);
        let machine = &mut self.machines[vm];
        if let Some(at) = due(&mut machine.starts_away, t) {
            self.back.host(vm, self.plan.after.churn_factor);
            machine.written_at_start = self.back.written(vm, t);
            (machine.away, machine.registered) = (Some(at), at + fixed(steps.register));
        }
        if let Some(since) = machine.away {
            let disks = f64::from(self.world.vms[vm].disk_count);
            let bursts = self.plan.after.bursts.iter().map(|(bytes, over)| (bytes.as_f64(), over.as_secs_f64()));
            let rate: f64 = bursts.filter(|(_, over)| t + 1e-9 < since + over).map(|(bytes, over)| bytes / over / disks).sum();
            self.back.burden(vm, rate);
        }
        if let Some(at) = due(&mut machine.serves_away, t) {
            machine.story.restored = Some(at);
            machine.served = (at, self.back.written(vm, at).iter().sum());
            machine.commits = Some(at + response.commit_after.as_secs_f64());
        }
        if let Some(at) = due(&mut machine.commits, t) {
            machine.story.committed = Some(at);
            if let Some(after) = response.reprotect_after {
                machine.asked = at + after.as_secs_f64();
                machine.copies_home = Some(machine.asked.max(machine.registered).max(self.repaired) + fixed(steps.autoscale));
            }
        }
        if let Some(at) = due(&mut machine.copies_home, t) {
            self.copy_home(vm, at, t);
        }
        let machine = &mut self.machines[vm];
        if let Some(at) = due(&mut machine.protected_away, t) {
            let written: f64 = self.back.written(vm, at).iter().sum();
            let (since, then) = machine.served;
            machine.story.exposed_away = Some(Exposure { time: at - since, bytes: written - then });
            set_protected(&mut machine.story.reprotect, at);
            self.plan_return(vm, at);
        }
        let machine = &mut self.machines[vm];
        if let Some(at) = due(&mut machine.starts_home, t) {
            self.out.host(vm, 1.0);
            machine.written_at_start = self.out.written(vm, t);
            machine.registered = at + fixed(steps.register);
        }
        if let Some(at) = due(&mut machine.serves_home, t) {
            machine.story.home = Some(at);
            machine.served = (at, self.out.written(vm, at).iter().sum());
            machine.commits_home = Some(at + response.commit_back_after.as_secs_f64());
        }
        if let Some(at) = due(&mut machine.commits_home, t) {
            machine.story.committed_home = Some(at);
            if response.protect_again {
                machine.asked = at;
                machine.copies_again = Some(at.max(machine.registered) + fixed(steps.autoscale));
            }
        }
        if let Some(at) = due(&mut machine.copies_again, t) {
            self.copy_again(vm, at, t);
        }
        let machine = &mut self.machines[vm];
        if let Some(at) = due(&mut machine.protected_home, t) {
            let written: f64 = self.out.written(vm, at).iter().sum();
            let (since, then) = machine.served;
            machine.story.exposed_home = Some(Exposure { time: at - since, bytes: written - then });
            set_protected(&mut machine.story.again, at);
        }
    }

    /// What differs goes home: written at home beyond the point, and at the target since the start. Where the originals are gone, everything.
    fn copy_home(&mut self, vm: usize, at: f64, t: f64) {
        let machine = &mut self.machines[vm];
        let hardly_used = self.back.disks(vm).any(|disk| {
            let disk = &self.world.disks[disk];
            disk.used.as_f64() < self.plan.rules.full_below.get() * disk.size.as_f64()
        });
        let since: Vec<f64> = self.back.written(vm, t).iter().zip(&machine.written_at_start).map(|(now, then)| now - then).collect();
        let full = self.originals_gone || hardly_used;
        let written: Vec<f64> = since.iter().zip(&machine.beyond).map(|(here, there)| here + there).collect();
        let copies = copies(self.world, self.plan, self.back.disks(vm), (!full).then_some(&written));
        machine.story.reprotect = Some(begin(&mut self.back, self.world, vm, (machine.asked, at, t), &copies));
    }

    /// Everything that is used goes to the target again; or what was written at home since the start.
    fn copy_again(&mut self, vm: usize, at: f64, t: f64) {
        let machine = &mut self.machines[vm];
        let since: Vec<f64> = self.out.written(vm, t).iter().zip(&machine.written_at_start).map(|(now, then)| now - then).collect();
        let copies = copies(self.world, self.plan, self.out.disks(vm), self.plan.rules.again_by_difference.then_some(&since));
        machine.story.again = Some(begin(&mut self.out, self.world, vm, (machine.asked, at, t), &copies));
    }

    /// A machine is protected towards home at `at`: once all of its unit that are away are, the unit comes home in the first window.
    fn plan_return(&mut self, vm: usize, at: f64) {
        let unit = self.machines[vm].unit;
        let members = self.units[unit].members();
        let waits = members.iter().any(|&vm| {
            let machine = &self.machines[vm];
            let gone = machine.away.is_some() || machine.ready.is_some() || machine.starts_away.is_some() || machine.drains_away.is_some();
            gone && machine.story.exposed_away.is_none()
        });
        let Some(time) = self.plan.response.failback.as_ref().filter(|_| !waits) else { return };
        let earliest = at + time.after.as_secs_f64();
        let open = time.windows.iter().find(|(_, to)| to.as_secs_f64() > earliest);
        self.returns[unit] = if time.windows.is_empty() { Some(earliest) } else { open.map(|(from, _)| from.as_secs_f64().max(earliest)) };
    }

    /// Units whose time it is are shut down at the target.
    fn fail_back(&mut self, t: f64) {
        for unit in 0..self.units.len() {
            let Some(at) = due(&mut self.returns[unit], t) else { continue };
            for vm in self.units[unit].members() {
                let machine = &mut self.machines[vm];
                if machine.away.take().is_none() {
                    continue;
                }
                (machine.story.failback, machine.story.pending) = (Some(at), self.back.pending(vm));
                machine.drains_home = Some(at + fixed(self.plan.steps.shut_down_target));
                self.back.stop(vm);
            }
        }
    }

    /// What the step that ended at `t` has brought about.
    fn look(&mut self, vm: usize, t: f64) {
        let replay = self.plan.rules.replay.get();
        let machine = &mut self.machines[vm];
        if let Some(copy) = machine.story.reprotect.as_mut().filter(|copy| copy.protected.is_none()) {
            machine.protected_away = watch(&self.back, self.plan.back.as_deref().unwrap_or(self.world), vm, copy, replay);
        }
        if let Some(copy) = machine.story.again.as_mut().filter(|copy| copy.protected.is_none()) {
            machine.protected_home = watch(&self.out, self.world, vm, copy, replay);
        }
        let unit = machine.unit;
        if let Some((shut, drained)) = machine.drains_away.zip(self.out.drained(vm)) {
            let began = machine.story.point.unwrap_or(0.0);
            let landed = drained.max(began) + delay(self.world);
            machine.story.point = Some(landed);
            machine.drains_away = None;
            self.out.release(vm, t);
            let from = self.wait_for_service(vm, landed.max(shut) + self.world.apply.delay.as_secs_f64());
            self.machines[vm].ready = Some(self.make_disks(vm, from));
            self.boot_away(unit);
        }
        let machine = &mut self.machines[vm];
        if let Some((shut, drained)) = machine.drains_home.zip(self.back.drained(vm)) {
            let back = self.plan.back.as_deref().unwrap_or(self.world);
            let landed = drained.max(machine.story.failback.unwrap_or(0.0)) + delay(back);
            machine.story.drained = Some(landed);
            machine.drains_home = None;
            machine.ready = Some(landed.max(shut) + back.apply.delay.as_secs_f64() + fixed(self.plan.steps.attach_disks));
            self.boot_home(unit);
        }
    }

    fn finish(self, steps: usize) -> Outcome {
        let threshold = self.world.policy.rpo_threshold.as_secs_f64();
        let stories: Vec<Story> = self.machines.into_iter().map(|machine| machine.story).collect();
        let disks: Vec<_> = (0..stories.len()).map(|vm| self.back.disks(vm)).collect();
        let curves = self.back.into_curves();
        let step = self.step;
        let lags: Vec<outcome::Steps> = stories
            .iter()
            .zip(disks)
            .map(|(story, disks)| {
                let from = story.reprotect.and_then(|copy| copy.first_point).unwrap_or(f64::INFINITY);
                let to = story.drained.unwrap_or(f64::INFINITY);
                let own: Vec<_> = curves[disks].iter().collect();
                outcome::lag(&own, steps, step, &|index| (index as f64 + 0.5) * step > from && (index as f64 + 0.5) * step < to)
            })
            .collect();
        let worst = (0..steps).map(|index| lags.iter().filter_map(|lag| lag[index]).reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))).collect::<Vec<_>>();
        let reverse_lag = lags.iter().map(|lag| Law::new(lag, step, threshold)).collect();
        Outcome { stories, reverse_lag, reverse_worst: Law::new(&worst, step, threshold) }
    }
}

/// How each of these disks is copied: what differs after so much was `written`, or all that is used.
fn copies(world: &World, plan: &Journey, disks: std::ops::Range<usize>, written: Option<&Vec<f64>>) -> Vec<Copy> {
    let copy = |(place, disk): (usize, usize)| {
        let rule = &plan.rules.copies[disk];
        let send = rule.send.map_or(f64::INFINITY, |rate| rate.as_bytes_per_s());
        match written {
            Some(written) => Copy {
                base: 0.0,
                written: tracked(&world.disks[disk], written[place]),
                compare: rule.scanned.as_f64() / rule.checksum.as_bytes_per_s(),
                send,
            },
            None => Copy { base: world.disks[disk].used.as_f64(), written: 0.0, compare: 0.0, send },
        }
    };
    disks.enumerate().map(copy).collect()
}

/// A copy begins that was asked for, and was due, at these instants, in the step from `t`.
fn begin(leg: &mut Leg, world: &World, vm: usize, (asked, began, t): (f64, f64, f64), copies: &[Copy]) -> CopyStory {
    let differing = leg.disks(vm).zip(copies).map(|(disk, copy)| copy.base + footprint::distinct(&world.disks[disk].footprint, copy.written)).sum();
    leg.replicate(vm, began, copies);
    CopyStory { asked, began, differing, sent_before: leg.sent(vm, t), ..CopyStory::default() }
}

/// Looks how a copy is getting on. Once it has its first marker: when it has its first recovery point.
fn watch(leg: &Leg, world: &World, vm: usize, copy: &mut CopyStory, replay: f64) -> Option<f64> {
    if copy.in_order.is_none() {
        let since = leg.in_order(vm)?;
        copy.in_order = Some(since + delay(world));
        copy.sent = leg.sent_until_ordered(vm) - copy.sent_before;
    }
    let available = leg.first_landed(vm)? + world.apply.delay.as_secs_f64();
    copy.first_point = Some(available);
    copy.in_order.map(|done| available.max(done + replay * (done - copy.began)))
}

fn set_protected(copy: &mut Option<CopyStory>, at: f64) {
    if let Some(copy) = copy {
        copy.protected = Some(at);
    }
}
