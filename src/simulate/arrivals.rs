//! Markers that land, and the recovery points that come of them.

use crate::simulate::points::Arrival;
use crate::simulate::run::{Happening, Run};
use crate::units::{Instant, Span};

impl Run<'_> {
    /// Passes landed markers on to the VMs and groups.
    pub(super) fn take_landings(&mut self) {
        let mut landed = std::mem::take(&mut self.landed);
        self.lags.take_landed(&mut landed);
        for landing in &landed {
            let vm = self.world.disks[landing.disk as usize].vm.0;
            if let Some((arrival, landed, applied)) = self.points.land(vm, landing.tick, landing.landed, landing.applied) {
                if let Some(arrival) = arrival {
                    self.arrive(&arrival);
                }
                if let Some(group) = self.world.vms[vm as usize].group {
                    self.points.land_group(group.0 as usize, landing.tick, landed, applied);
                }
            }
        }
        self.landed = landed;
    }

    /// A followed VM has a new point, or will have.
    pub(super) fn arrive(&mut self, arrival: &Arrival) {
        self.bytes.arrive(arrival);
        let index = arrival.vm as usize;
        self.awaited.retain(|vm| *vm != arrival.vm);
        if self.lags.vms[index].window.from.is_infinite() {
            self.lags.vms[index].window.from = arrival.available;
            self.unprotected -= 1;
            if self.unprotected == 0 {
                self.last_protected_at = self.lags.vms.iter().map(|unit| unit.window.from).fold(0.0, f64::max);
            }
            self.lags.fleet_window.from = self.lags.fleet_window.from.min(arrival.available);
            if let Some(group) = self.world.vms[index].group {
                let members = self.world.groups[group.0 as usize].vms.iter();
                let last = members.map(|vm| self.lags.vms[vm.0 as usize].window.from).fold(0.0, f64::max);
                self.lags.groups[group.0 as usize].window.from = last;
            }
            self.expect_point(arrival.vm, arrival.available);
        } else if self.dark[index].is_some() && self.observed[index] {
            // Back after an absence: once it can be recovered it is observed again.
            self.observed[index] = false;
            self.expect_point(arrival.vm, arrival.available);
        }
    }

    /// A VM is protected from `available` on \[s\], if nothing happens to its points before.
    fn expect_point(&mut self, vm: u32, available: f64) {
        let at = (Instant::START + Span::from_secs_f64(available)).max(self.now);
        self.point_due[vm as usize] = Some(at);
        self.push(at, Happening::Protected(vm));
    }
}
