//! Closes an epoch: the lag functions that the pieces gave become laws of disks, VMs, groups and the fleet.

use crate::fluid::network::Waits;
use crate::model::World;
use crate::observe::{Envelope, Epoch, GAP, Stretch};
use crate::simulate::lags::{Lags, UnitLag, observe};
use crate::simulate::log::Log;

impl Lags {
    /// Closes an epoch: turns this epoch's functions into laws. `written` says whether a VM writes during the epoch, `protected` whether it has a point.
    /// Functions stay readable through [`function`](Self::function) until [`clear`](Self::clear).
    pub fn close(&mut self, world: &World, epoch: &Epoch, writes: &[bool], any_writes: bool, log: &mut Log) {
        let (t0, t1) = (epoch.from, epoch.to);
        self.sum_disks(world);
        self.dirty.sort_unstable();
        for place in 0..self.dirty.len() {
            let vm = self.dirty[place] as usize;
            self.close_vm(world, vm, t0, t1, writes[vm], log);
        }
        self.end_breaches(world, t0, log);
        if world.output.unit_lags {
            self.close_groups(world, t0, t1, writes);
        }
        self.close_fleet(world, t0, t1, any_writes, log);
    }

    /// Adds the lags of the disks of VMs with several, as far as the VM has a recovery point; of a VM with one disk, the VM's own law says all.
    fn sum_disks(&mut self, world: &World) {
        for (disk, lag) in self.disk_pieces.drain(..) {
            let vm = world.disks[disk as usize].vm.0 as usize;
            if world.vms[vm].disk_count == 1 || !world.output.unit_lags {
                continue;
            }
            let unit = &self.vms[vm];
            if unit.flight.is_hidden() {
                continue;
            }
            let delay = self.delay;
            let piece = unit.window.cut(lag.t0 + delay, lag.t1 - lag.t0, lag.l0 + delay, lag.l1 + delay);
            let sums = &mut self.disks[disk as usize];
            sums.law.add(piece.0, piece.1, piece.2, piece.3);
            sums.breaches.add(piece.0, piece.1, piece.2, piece.3);
            sums.waiting += piece.1;
        }
    }

    fn close_vm(&mut self, world: &World, vm: usize, t0: f64, t1: f64, writes: bool, log: &mut Log) {
        let mut function = std::mem::take(&mut self.functions[vm]);
        let base = if writes { 0.0 } else { -self.delay };
        let all_along = function[0].t0 <= t0
            && function.last().is_some_and(|last| last.t1 >= t1)
            && function.windows(2).all(|pair| pair[1].t0 <= pair[0].t1 + GAP);
        if world.vms[vm].disk_count > 1 || !all_along {
            // Several disks, or waiting only part of the time: the VM's lag is the largest, over what it has anyway.
            self.envelope.reset(t0, t1, base);
            function.sort_by(|a, b| a.t0.total_cmp(&b.t0));
            raise_by_disk(&mut self.envelope, &function);
            function.clear();
            function.extend_from_slice(self.envelope.stretches());
        }
        let (delay, threshold) = (self.delay, self.threshold);
        let unit = &mut self.vms[vm];
        // What comes before the first recovery point counts neither here nor for the fleet's worst.
        let since = unit.window.from - delay;
        if since > t0 {
            function.retain(|s| s.t1 > since);
            if let Some(first) = function.first_mut()
                && first.t0 < since
            {
                *first = first.cut(since, first.t1);
            }
        }
        if !unit.flight.is_hidden() && world.output.unit_lags {
            let mut tell = |t0: f64, dt: f64, a: f64, b: f64| observe(&unit.window, &mut unit.law, &mut unit.breaches, (t0, dt, a, b));
            unit.flight.tell_to(t0, &mut tell);
            if let Some(first) = function.first() {
                unit.flight.lead_to(first.t0 + delay, first.v0 + delay, &mut tell);
            }
            for s in &function {
                tell(s.t0 + delay, s.t1 - s.t0, s.v0 + delay, s.v1 + delay);
            }
            for s in &function {
                let over = s.v1 + delay > threshold;
                if over != unit.over {
                    let at = s.crossing(threshold - delay) + delay;
                    log.breach(at, &world.vms[vm].name, over);
                    unit.over = over;
                    if over {
                        self.over.insert(vm as u32);
                    } else {
                        self.over.remove(&(vm as u32));
                    }
                }
            }
        }
        unit.flight.skip_to(t1 + delay);
        self.functions[vm] = function;
    }

    /// A VM over the threshold that waits no more since the last epoch's end is back under it, and so is the fleet if nobody waits.
    fn end_breaches(&mut self, world: &World, t0: f64, log: &mut Log) {
        let at = t0 + self.delay;
        let functions = &self.functions;
        let ended = |vm: &u32| functions[*vm as usize].is_empty();
        for &vm in self.over.iter().filter(|vm| ended(vm)) {
            self.vms[vm as usize].over = false;
            log.breach(at, &world.vms[vm as usize].name, false);
        }
        self.over.retain(|vm| !ended(vm));
        if self.fleet_over && self.dirty.is_empty() {
            self.fleet_over = false;
            log.breach(at, "fleet", false);
        }
    }

    fn close_groups(&mut self, world: &World, t0: f64, t1: f64, writes: &[bool]) {
        for (index, group) in world.groups.iter().enumerate() {
            let members = || group.vms.iter().map(|vm| vm.0 as usize);
            if !members().any(|vm| !self.functions[vm].is_empty()) {
                continue;
            }
            let base = if members().any(|vm| writes[vm]) { 0.0 } else { -self.delay };
            self.envelope.reset(t0, t1, base);
            for vm in members() {
                self.envelope.raise(&self.functions[vm]);
            }
            let UnitLag { law, breaches, flight, window, .. } = &mut self.groups[index];
            if !flight.is_hidden() {
                let mut tell = |t0: f64, dt: f64, a: f64, b: f64| observe(window, law, breaches, (t0, dt, a, b));
                flight.tell_to(t0, &mut tell);
                if let Some(first) = self.envelope.stretches().first() {
                    flight.lead_to(first.t0 + self.delay, first.v0 + self.delay, &mut tell);
                }
                for s in self.envelope.stretches() {
                    tell(s.t0 + self.delay, s.t1 - s.t0, s.v0 + self.delay, s.v1 + self.delay);
                }
            }
            flight.skip_to(t1 + self.delay);
        }
    }

    fn close_fleet(&mut self, world: &World, t0: f64, t1: f64, any_writes: bool, log: &mut Log) {
        self.day.time += t1 - t0;
        let base = if any_writes { 0.0 } else { -self.delay };
        self.interval.area += (base + self.delay) * (t1 - t0);
        self.interval.worst = self.interval.worst.max(base + self.delay);
        self.day.worst = self.day.worst.max(base + self.delay);
        if self.dirty.is_empty() || self.fleet_window.from >= t1 + self.delay {
            return;
        }
        if self.fleet_flight.is_hidden() {
            self.fleet_flight.skip_to(t1 + self.delay);
            return;
        }
        self.interval.area -= (base + self.delay) * (t1 - t0);
        self.envelope.reset(t0, t1, base);
        // The last epoch's worst first: it mostly is the worst again, and the others are then rejected at a glance.
        if let Some(owner) = self.interval.owner
            && !self.vms[owner as usize].flight.is_hidden()
        {
            self.envelope.raise(&self.functions[owner as usize]);
        }
        for &vm in &self.dirty {
            if !self.vms[vm as usize].flight.is_hidden() {
                self.envelope.raise(&self.functions[vm as usize]);
            }
        }
        let delay = self.delay;
        let (law, breaches, window) = (&mut self.fleet, &mut self.fleet_breaches, &self.fleet_window);
        let mut tell = |t0: f64, dt: f64, a: f64, b: f64| observe(window, law, breaches, (t0, dt, a, b));
        self.fleet_flight.tell_to(t0, &mut tell);
        if let Some(first) = self.envelope.stretches().first() {
            self.fleet_flight.lead_to(first.t0 + delay, first.v0 + delay, &mut tell);
        }
        let vm_of = |disk: u32| world.disks[disk as usize].vm.0;
        for s in self.envelope.stretches() {
            let dt = s.t1 - s.t0;
            let (a, b) = (s.v0 + delay, s.v1 + delay);
            tell(s.t0 + delay, dt, a, b);
            let top = a.max(b);
            if top > self.day.worst {
                self.day.worst = top;
                self.day.owner = s.owner.map(vm_of);
            }
            if top > self.interval.worst || (self.interval.owner.is_none() && s.owner.is_some()) {
                self.interval.worst = self.interval.worst.max(top);
                self.interval.owner = s.owner.map(vm_of);
            }
            self.interval.area += 0.5 * (a + b) * dt;
            if top > self.threshold {
                self.day.over += dt * if a.min(b) > self.threshold { 1.0 } else { (top - self.threshold) / (a - b).abs() };
            }
            if let Some(owner) = s.owner {
                self.worst_time[owner as usize] += dt;
                let own = matches!(s.waits, Waits::OwnIn | Waits::OwnOut).then_some(owner);
                match self.worst_waits.iter_mut().find(|entry| entry.0 == s.waits && entry.1 == own) {
                    Some(entry) => entry.2 += dt,
                    None => self.worst_waits.push((s.waits, own, dt)),
                }
            }
            let over = b > self.threshold;
            if over != self.fleet_over {
                log.breach(s.crossing(self.threshold - delay) + delay, "fleet", over);
                self.fleet_over = over;
            }
        }
        self.fleet_flight.skip_to(t1 + delay);
    }
}

/// Raises the envelope by functions of several disks mixed together, in order of their start: each run of stretches that do not overlap is one function.
fn raise_by_disk(envelope: &mut Envelope, mixed: &[Stretch]) {
    let mut rest: Vec<Stretch> = mixed.to_vec();
    while !rest.is_empty() {
        let (mut run, mut left) = (Vec::new(), Vec::new());
        let mut reached = f64::NEG_INFINITY;
        for stretch in rest {
            if stretch.t0 >= reached {
                reached = stretch.t1;
                run.push(stretch);
            } else {
                left.push(stretch);
            }
        }
        envelope.raise(&run);
        rest = left;
    }
}
