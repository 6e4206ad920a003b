//! A link that serves in order of arrival: cohorts of one step, the oldest first; within a cohort, and past a ceiling, max-min.

use std::collections::VecDeque;

use crate::twin::disk::DUST;
use crate::twin::share::{Ceiling, fill};

/// What waits, by step of arrival: wire bytes per disk.
#[derive(Clone, Default)]
pub struct FifoLink {
    cohorts: VecDeque<Vec<f64>>,
}

impl FifoLink {
    /// Adds what `arrived` in this step and serves within the ceilings. Disks with nothing `waiting` (their hub is down) are passed over.
    pub fn serve(&mut self, arrived: &[f64], waiting: &[f64], ceilings: &mut [Ceiling]) -> Vec<f64> {
        self.cohorts.push_back(arrived.to_vec());
        self.reconcile(waiting);
        let mut sent = vec![0.0; arrived.len()];
        for cohort in &mut self.cohorts {
            // A disk under a used-up ceiling waits, and others pass it; when all do, younger cohorts need not be asked.
            loop {
                let blocked =
                    |disk: usize| ceilings.iter().any(|ceiling| ceiling.room < DUST && ceiling.members.iter().any(|member| member.0 == disk));
                let open: Vec<bool> = (0..sent.len()).map(|disk| waiting[disk] - sent[disk] > DUST && !blocked(disk)).collect();
                if !open.contains(&true) {
                    return self.served(sent);
                }
                let wish: Vec<f64> = cohort.iter().zip(&open).map(|(bytes, open)| if *open { *bytes } else { 0.0 }).collect();
                let total: f64 = wish.iter().sum();
                if total < DUST {
                    break;
                }
                // Bytes that arrived together leave together: each in proportion to its part of the cohort.
                let link = ceilings.first().map_or(f64::INFINITY, |link| link.room);
                let wish: Vec<f64> = wish.iter().map(|bytes| bytes * (link / total).min(1.0)).collect();
                let got = fill(&wish, ceilings);
                for ceiling in ceilings.iter_mut() {
                    let used: f64 = ceiling.members.iter().map(|(who, weight)| weight * got[*who]).sum();
                    ceiling.room = (ceiling.room - used).max(0.0);
                }
                for disk in 0..got.len() {
                    cohort[disk] = (cohort[disk] - got[disk]).max(0.0);
                    sent[disk] += got[disk];
                }
                if got.iter().sum::<f64>() < DUST {
                    break;
                }
            }
        }
        self.served(sent)
    }

    /// Drops the cohorts that are empty.
    fn served(&mut self, sent: Vec<f64>) -> Vec<f64> {
        while self.cohorts.front().is_some_and(|cohort| cohort.iter().sum::<f64>() < DUST) {
            self.cohorts.pop_front();
        }
        sent
    }

    /// Rounding dust dropped on either side goes with the oldest cohort, so that no sliver waits behind others' bytes.
    fn reconcile(&mut self, waiting: &[f64]) {
        for (disk, &waits) in waiting.iter().enumerate().filter(|(_, waits)| **waits > 0.0) {
            let known: f64 = self.cohorts.iter().map(|cohort| cohort[disk]).sum();
            if let Some(oldest) = self.cohorts.front_mut() {
                oldest[disk] = (oldest[disk] + waits - known).max(0.0);
            }
        }
    }

    /// The cache that held this disk's bytes is gone.
    pub fn forget(&mut self, disk: usize) {
        for cohort in &mut self.cohorts {
            cohort[disk] = 0.0;
        }
    }
}
