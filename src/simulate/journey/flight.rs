//! Flight: the target is lost while machines are protected towards home, and they come home with what has landed there.

use crate::results::Step;
use crate::simulate::journey::{Journey, losses};
use crate::simulate::recoverable::Until;

impl Journey<'_> {
    /// The target is lost while machines are protected towards home: they come home as soon as that may be, with what has landed there.
    pub(super) fn flee_home(&mut self, vms: &[u32], record: usize) {
        let Some(back) = self.plan.back.as_deref() else { return };
        if vms.is_empty() {
            return;
        }
        let now = self.now_s();
        let name = self.disasters[record].name.clone();
        let occurrence = self.occurrence(record, &name);
        let decided = now
            + self.take(self.plan.steps.detect, &name, &format!("journey/detect/{occurrence}")).as_secs_f64()
            + self.take(self.plan.steps.decide, &name, &format!("journey/decide/{occurrence}")).as_secs_f64();
        let until = Until { landed: now, available: decided, clean: f64::INFINITY };
        let Some(leg) = &mut self.back else { return };
        let found: Vec<_> = vms.iter().map(|&vm| losses::recoverable(leg, back, vm, self.plan.response.back_point, until, now)).collect();
        let destroyed: Vec<f64> = vms.iter().map(|&vm| leg.in_flight(vm) + leg.release(vm)).collect();
        vms.iter().for_each(|&vm| leg.dismiss(vm));
        let costs = self.costs(vms, &found, now, false);
        for (((&vm, one), cost), destroyed) in vms.iter().zip(&found).zip(&costs).zip(destroyed) {
            let item = &mut self.items[vm as usize];
            item.set_down(true, now);
            item.turn += 1;
            item.shut_from = now;
            let ready = one.taken.map_or(decided, |(_, at)| at).max(decided);
            item.flight = Some((ready, cost.loss_s, cost.loss_bytes));
            if let Some(trip) = item.trip() {
                trip.destroyed_bytes += destroyed;
            }
            let unit = self.unit_of[vm as usize];
            (self.units[unit].returning, self.units[unit].turn) = (false, self.units[unit].turn + 1);
        }
        self.land_home();
    }

    /// Machines that flee come home, unless something is in the way; then they wait, down.
    pub(super) fn land_home(&mut self) {
        let now = self.now_s();
        for unit in 0..self.units.len() {
            let members: Vec<u32> = self.units[unit].members().filter(|&vm| self.items[vm as usize].flight.is_some()).collect();
            if members.is_empty() {
                continue;
            }
            let blocked = members.iter().find_map(|&vm| self.facts.blocks(self.world, vm, |_| true));
            if let Some((key, text)) = blocked {
                for vm in members {
                    self.items[vm as usize].wait(now, &key, text.clone());
                }
                continue;
            }
            let number = self.begin_return(unit, &members, false);
            for vm in members {
                let Some((ready, loss_s, loss_bytes)) = self.items[vm as usize].flight.take() else { continue };
                let from = self.items[vm as usize].shut_from;
                let decided = ready.max(now);
                if let Some(failback) = self.items[vm as usize].trip().and_then(|trip| trip.failback.as_mut()) {
                    (failback.began_s, failback.loss_s, failback.loss_bytes) = (from, loss_s, loss_bytes);
                    failback.steps.push(Step { name: "detect and decide".to_owned(), from_s: from, to_s: decided });
                }
                let ready = self.attach(vm, decided);
                self.ready(number, vm, ready);
            }
        }
    }
}
