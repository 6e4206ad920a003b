//! What the world says at an instant: write rates, link capacity. Read from plain tables only, so that no generator is shared with the simulator.

use failback::churn::{LoadShape, Pattern};
use failback::model::{Disk, DiskId, World};

const DAY: f64 = 86_400.0;

/// Tracked bytes/s of a disk at `t` seconds; nothing in an excluded gap of its record.
pub fn tracked_rate(world: &World, index: usize, t: f64) -> f64 {
    let disk: &Disk = &world.disks[index];
    let base = written_rate(world, disk, t);
    let base = if base.is_nan() { 0.0 } else { base };
    let mut rate = base * disk.churn.scale;
    let mut added = 0.0;
    for event in world.load_events.iter().filter(|event| event.disks.contains(&DiskId(index as u32))) {
        for start in &event.starts {
            let from = start.as_secs_f64();
            if from <= t && t < from + event.lasts.as_secs_f64() {
                match event.shape {
                    LoadShape::Add(more) => added += more,
                    LoadShape::Multiply(factor) => rate *= factor,
                }
            }
        }
    }
    (rate + added) * disk.tracked_per_written
}

/// Whether the record of a disk has an excluded gap at `t` seconds.
pub fn in_gap(world: &World, index: usize, t: f64) -> bool {
    written_rate(world, &world.disks[index], t).is_nan()
}

/// What the pattern of a disk says at `t` seconds [bytes/s].
fn written_rate(world: &World, disk: &Disk, t: f64) -> f64 {
    match &disk.churn.pattern {
        Pattern::Constant { rate } => *rate,
        Pattern::Recorded { record, column, offset, looped } => {
            let record = &world.records[record.0 as usize];
            let bucket = (t / record.period.as_secs_f64()) as u64 + offset;
            let bucket = if *looped { bucket % record.buckets as u64 } else { bucket };
            if bucket < record.buckets as u64 { f64::from(record.rates[*column as usize * record.buckets + bucket as usize]) } else { 0.0 }
        }
        other => panic!("the twin draws nothing: {other:?}"),
    }
}

/// Wire bytes/s that the link offers replication at `t` seconds.
pub fn link_rate(world: &World, t: f64) -> f64 {
    assert!(world.link.outages.is_empty(), "the twin draws nothing");
    let mut bits = world.link.goodput.as_bits_per_s();
    for change in &world.link.scheduled {
        if change.from.as_secs_f64() <= t && t < change.to.as_secs_f64() {
            bits *= change.factor.get();
        }
    }
    bits = (bits - world.link.background.as_bits_per_s()).max(0.0);
    let since_midnight = seconds_since_midnight(world) + t;
    let weekday = (world.start.date().weekday().to_monday_zero_offset() as usize + (since_midnight / DAY) as usize) % 7;
    let time_of_day = since_midnight % DAY;
    let window = world
        .link
        .throttle
        .iter()
        .find(|window| window.days[weekday] && window.from.as_secs_f64() <= time_of_day && time_of_day < window.to.as_secs_f64());
    if let Some(window) = window {
        bits = bits.min(window.limit.as_bits_per_s());
    }
    bits / 8.0
}

/// Seconds from the last midnight (UTC) to the run's start.
pub fn seconds_since_midnight(world: &World) -> f64 {
    let time = world.start.time();
    f64::from(time.hour()) * 3600.0 + f64::from(time.minute()) * 60.0 + f64::from(time.second()) + f64::from(time.subsec_nanosecond()) * 1e-9
}
