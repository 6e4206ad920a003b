//! What goes wrong on the forward path, and what it makes necessary.

use crate::model::FaultKind;
use crate::simulate::copies::Stage;
use crate::simulate::run::{Happening, Run};

impl Run<'_> {
    pub(super) fn fault(&mut self, index: usize) {
        let now = self.now.as_secs_f64();
        match self.world.faults[index].kind {
            FaultKind::HubDown { hub, lasts } => {
                self.hubs.shut(self.world, &mut self.network, hub.0, true);
                let name = &self.world.hubs[hub.0 as usize].name;
                self.log.push(now, "process_server_down", name, format!("{name} is down; its cache survives, agents buffer."));
                self.push(self.now + lasts, Happening::Repaired(index as u32));
            }
            FaultKind::HubLost { hub, lasts } => {
                self.hubs.shut(self.world, &mut self.network, hub.0, true);
                let name = self.world.hubs[hub.0 as usize].name.clone();
                self.log.push(now, "process_server_lost", &name, format!("{name} is lost with its cache."));
                let lost = self.network.lose_store(hub.0);
                self.hubs.lost_cache(self.world, &self.wiring, &mut self.network, hub.0);
                let mut hit: Vec<u32> = Vec::new();
                for (disk, bytes) in lost {
                    if self.resync(disk, bytes, "its data was in the lost cache") {
                        hit.push(self.world.disks[disk as usize].vm.0);
                    }
                }
                hit.dedup();
                for vm in hit {
                    self.copies.resyncs[vm as usize] += 1;
                }
                self.push(self.now + lasts, Happening::Repaired(index as u32));
            }
            FaultKind::VmCrash { vm } => self.resync_vm(vm.0, "the machine crashed, agent memory is lost"),
            FaultKind::DiskResize { vm } => self.resync_vm(vm.0, "a disk was resized"),
            FaultKind::TransferFailure { vm } => self.resync_vm(vm.0, "a transfer failed"),
            FaultKind::SnapshotsDeleted { vm } => self.resync_vm(vm.0, "snapshots that replication needs were deleted"),
        }
    }

    fn resync_vm(&mut self, vm: u32, why: &str) {
        let spec = &self.world.vms[vm as usize];
        let mut any = false;
        for disk in spec.first_disk.0..spec.first_disk.0 + spec.disk_count {
            any |= self.resync(disk, 0.0, why);
        }
        self.copies.resyncs[vm as usize] += u64::from(any);
    }

    pub(super) fn repaired(&mut self, index: usize) {
        let (FaultKind::HubDown { hub, .. } | FaultKind::HubLost { hub, .. }) = self.world.faults[index].kind else { return };
        self.hubs.shut(self.world, &mut self.network, hub.0, false);
        if self.hubs.is_shut(hub.0) {
            return;
        }
        let name = &self.world.hubs[hub.0 as usize].name;
        self.log.push(self.now.as_secs_f64(), "process_server_up", name, format!("{name} works again."));
        for disk in 0..self.world.disks.len() as u32 {
            let vm = self.world.disks[disk as usize].vm.0 as usize;
            if self.copies.stage[disk as usize] == Stage::Stranded && self.world.vms[vm].hub == hub {
                self.begin_checksum(disk);
            }
        }
    }
}
