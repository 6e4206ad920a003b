//! Disks out of order: initial copies in batches, bitmap mode, and resyncs with their checksum pass.

use crate::model::{DiskId, StartState, World};

/// Where a disk stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// In order.
    InSync,
    /// Waits for its turn of initial replication: nothing is tracked yet.
    Queued,
    /// Checksum pass of a resync (its number tells a later pass from an earlier one).
    Checksum(u32),
    /// Sends its initial copy or its dirty set, after bitmap mode or a checksum pass too.
    Sending,
    /// The process server is gone: the pass begins when it is replaced.
    Stranded,
    /// Its machine is not replicated here.
    Absent,
}

/// Books on all disks.
pub(super) struct Copies {
    pub stage: Vec<Stage>,
    /// Whether a disk has yet to be in sync for the first time, by disk.
    pub initial: Vec<bool>,
    passes: u32,
    batch: u32,
    /// When the last initial copy was in sync \[s\].
    pub done_at: Option<f64>,
    /// When it was in order again last \[s\].
    pub synced_at: Vec<f64>,
    /// What it had sent by then \[tracked bytes\].
    pub sent_by_then: Vec<f64>,
    pub bitmap_entries: Vec<u64>,
    pub unordered: Vec<f64>,
    pub since: Vec<f64>,
    pub resyncs: Vec<u64>,
    left: usize,
    /// Batch of each disk, how many disks of each batch have yet to be in sync for the first time, and when the last of them was \[s\].
    batch_of: Vec<u32>,
    left_in: Vec<usize>,
    ended: Vec<Option<f64>>,
}

impl Copies {
    pub fn new(world: &World) -> Self {
        let replicated = world.policy.start_state == StartState::Protected;
        let disks = world.disks.len();
        let batch_of: Vec<u32> = world.disks.iter().map(|disk| world.vms[disk.vm.0 as usize].batch).collect();
        let mut left_in = vec![0; world.vms.iter().map(|vm| vm.batch as usize + 1).max().unwrap_or(0)];
        if !replicated {
            batch_of.iter().for_each(|batch| left_in[*batch as usize] += 1);
        }
        Copies {
            stage: vec![if replicated { Stage::InSync } else { Stage::Queued }; disks],
            initial: vec![!replicated; disks],
            passes: 0,
            batch: 0,
            done_at: None,
            synced_at: vec![0.0; disks],
            sent_by_then: vec![0.0; disks],
            bitmap_entries: vec![0; disks],
            unordered: vec![0.0; disks],
            since: vec![0.0; disks],
            resyncs: vec![0; world.vms.len()],
            left: if replicated { 0 } else { disks },
            ended: vec![None; left_in.len()],
            batch_of,
            left_in,
        }
    }

    /// Disks whose initial copy may begin now.
    pub fn start_copies(&mut self, world: &World) -> Vec<DiskId> {
        let mut begin = Vec::new();
        while begin.is_empty() && self.left > 0 {
            let mut open = false;
            for vm in &world.vms {
                if vm.batch != self.batch {
                    continue;
                }
                let disks = vm.first_disk.0..vm.first_disk.0 + vm.disk_count;
                let copies = |disk: u32| self.initial[disk as usize] && self.stage[disk as usize] != Stage::Queued;
                let copying = disks.clone().filter(|&disk| copies(disk)).count() as u32;
                let free = world.policy.copy_disks_at_once.saturating_sub(copying) as usize;
                begin.extend(disks.clone().filter(|&disk| self.stage[disk as usize] == Stage::Queued).take(free).map(DiskId));
                open |= disks.clone().any(|disk| self.initial[disk as usize]);
            }
            if open || world.vms.iter().all(|vm| vm.batch <= self.batch) {
                break;
            }
            self.batch += 1;
        }
        for disk in &begin {
            self.stage[disk.0 as usize] = Stage::Sending;
        }
        begin
    }

    /// A disk is in sync again at `now`.
    pub fn synced(&mut self, disk: u32, now: f64) {
        let index = disk as usize;
        if self.initial[index] {
            self.initial[index] = false;
            self.left -= 1;
            let batch = self.batch_of[index] as usize;
            self.left_in[batch] -= 1;
            if self.left_in[batch] == 0 {
                self.ended[batch] = Some(now);
            }
            if self.left == 0 {
                self.done_at = Some(now);
            }
        }
        self.stage[index] = Stage::InSync;
        self.synced_at[index] = now;
        self.unordered[index] += now - self.since[index];
    }

    /// A disk leaves order at `now`.
    pub fn leave(&mut self, disk: u32, stage: Stage, now: f64) {
        let index = disk as usize;
        if self.stage[index] == Stage::InSync {
            self.since[index] = now;
        }
        self.stage[index] = stage;
    }

    /// A disk leaves before its initial copy is done: nobody waits for it any more.
    pub fn forgo(&mut self, disk: u32) {
        self.initial[disk as usize] = false;
        self.left -= 1;
        self.left_in[self.batch_of[disk as usize] as usize] -= 1;
    }

    /// When the last disk of each batch was in sync, up to the first batch of which that cannot be said \[s\]; batches without a machine end with the one before.
    pub fn batch_ends(&self) -> Vec<f64> {
        let mut ends: Vec<f64> = Vec::new();
        for (ended, left) in self.ended.iter().zip(&self.left_in) {
            match (ended, left) {
                (Some(end), _) => ends.push(*end),
                (None, 0) => ends.push(ends.last().copied().unwrap_or(0.0)),
                _ => break,
            }
        }
        ends
    }

    /// Used bytes of the disks whose initial copy waits for its turn.
    pub fn queued_bytes(&self, world: &World) -> f64 {
        let queued = world.disks.iter().zip(&self.stage).filter(|(_, stage)| **stage == Stage::Queued);
        queued.fold(0.0, |sum, (disk, _)| sum + disk.used.as_f64())
    }

    /// A new checksum pass begins; returns its number.
    pub fn new_pass(&mut self) -> u32 {
        self.passes += 1;
        self.passes
    }
}
