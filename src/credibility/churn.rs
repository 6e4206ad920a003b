//! How much of the churn was measured: by machine from the world, by bytes from a run.

use std::collections::BTreeMap;

use crate::churn::Pattern;
use crate::model::{Disk, World};
use crate::results::{ChurnQuality, Results};

/// What the world says.
pub fn of_world(world: &World) -> ChurnQuality {
    let mut quality = ChurnQuality { load_events: world.load_events.len() as u64, ..ChurnQuality::default() };
    let is_measured = |disk: &Disk| matches!(disk.churn.pattern, Pattern::Recorded { .. });
    for vm in &world.vms {
        let first = vm.first_disk.0 as usize;
        let disks = world.disks.get(first..first + vm.disk_count as usize).unwrap_or_default();
        let measured = disks.iter().filter(|disk| is_measured(disk)).count();
        let count = match measured {
            0 => &mut quality.synthetic_vms,
            all if all == disks.len() => &mut quality.measured_vms,
            _ => &mut quality.partly_measured_vms,
        };
        *count += 1;
    }
    let mut columns: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for disk in &world.disks {
        let Pattern::Recorded { record, column, looped, .. } = disk.churn.pattern else { continue };
        *columns.entry((record.0, column)).or_default() += 1;
        let Some(record) = world.records.get(record.0 as usize) else { continue };
        let length = record.period.as_secs_f64() * record.buckets as f64;
        if looped && length > 0.0 {
            quality.most_rounds = quality.most_rounds.max(world.horizon.as_secs_f64() / length);
        }
    }
    quality.columns = columns.len() as u64;
    quality.most_disks_per_column = columns.values().copied().max().unwrap_or(0);
    quality.gap_share = world.records.iter().map(|record| record.gap_share).fold(0.0, f64::max);
    quality
}

/// Share of the written bytes that comes from records; `None` if nothing was written.
pub fn measured_share(results: &Results) -> Option<f64> {
    let sum = |of: fn(&crate::results::DiskResult) -> f64| results.disks.iter().map(of).sum::<f64>();
    let written = sum(|disk| disk.written_bytes);
    (written > 0.0).then(|| (sum(|disk| disk.measured_bytes) / written).min(1.0))
}
