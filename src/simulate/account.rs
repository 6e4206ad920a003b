//! What is kept of each disk at every bucket: apart from the disk's description, so that a walk over all disks stays in the processor's cache.

use crate::churn::Pattern;
use crate::model::World;

/// One disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    /// Its VM, with that VM's first disk and number of disks.
    pub vm: u32,
    pub first: u32,
    pub count: u32,
    /// Process server of the VM.
    pub hub: u32,
    /// Tracked bytes per written byte.
    pub tracked: f64,
    /// Documented limit of its tier \[tracked bytes/s\].
    limit: f64,
    /// Present rate \[written bytes/s\].
    pub rate: f64,
    /// Accounted up to here \[s\].
    since: f64,
    /// Written so far \[bytes\].
    pub written: f64,
    /// The part of `rate` that a record says; 0 for churn that is made up \[written bytes/s\].
    pub measured_rate: f64,
    /// Written so far by the record \[bytes\].
    pub measured: f64,
    /// Whether its churn is a record.
    pub is_measured: bool,
    /// Time written \[s\].
    pub busy: f64,
    /// Time over its documented limit \[s\].
    pub over: f64,
    /// Written while it waited for its initial copy, or was not replicated: never tracked \[tracked bytes\].
    pub untracked: f64,
    /// Written on either side before a copy began, and sent with it \[tracked bytes\].
    pub brought: f64,
    /// Destroyed under way \[tracked bytes\].
    pub destroyed: f64,
}

impl Account {
    /// One for each disk of the world.
    pub fn all(world: &World) -> Vec<Account> {
        let of = |disk: &crate::model::Disk| {
            let vm = &world.vms[disk.vm.0 as usize];
            Account {
                vm: disk.vm.0,
                first: vm.first_disk.0,
                count: vm.disk_count,
                hub: vm.hub.0,
                tracked: disk.tracked_per_written,
                limit: disk.documented_limit.as_bytes_per_s(),
                rate: 0.0,
                since: 0.0,
                written: 0.0,
                measured_rate: 0.0,
                measured: 0.0,
                is_measured: matches!(disk.churn.pattern, Pattern::Recorded { .. }),
                busy: 0.0,
                over: 0.0,
                untracked: 0.0,
                brought: 0.0,
                destroyed: 0.0,
            }
        };
        world.disks.iter().map(of).collect()
    }

    /// Adds what the disk has written at its present rate up to `now` \[s\]; `queued` says whether it still waits for its initial copy.
    pub fn account(&mut self, now: f64, queued: bool) {
        let dt = now - self.since;
        self.since = now;
        self.written += self.rate * dt;
        self.measured += self.measured_rate * dt;
        if self.rate > 0.0 {
            self.busy += dt;
        }
        let tracked = self.rate * self.tracked;
        if tracked > self.limit {
            self.over += dt;
        }
        if queued {
            self.untracked += tracked * dt;
        }
    }
}
