//! Feeds the fleet's write rates into the network: one calendar event per cohort of disks with the same bucket length, load events on top, growth at midnight.

use crate::churn::{Generator, LoadShape};
use crate::engine::Streams;
use crate::model::World;
use crate::units::{Instant, Span};

/// Buckets drawn at a time per disk: long enough to keep a generator's state in registers, short enough to stay in cache.
const BLOCK: usize = 64;

/// Disks whose rates change at the same instants.
struct Cohort {
    period: Span,
    disks: Vec<u32>,
    generators: Vec<Generator>,
    /// Rates of the current block, bucket by bucket, disk by disk \[written bytes/s\].
    block: Vec<f64>,
    scratch: Vec<f64>,
    next_bucket: u64,
}

/// The write rates of all disks.
pub(super) struct Feed {
    cohorts: Vec<Cohort>,
    /// Rate from the pattern, before growth and load events \[written bytes/s\], by disk; NaN counts as 0 and is not observed.
    pattern: Vec<f64>,
    added: Vec<f64>,
    factor: Vec<f64>,
    /// Load events that hit a disk, by disk.
    events_of: Vec<Vec<u32>>,
    /// How many occurrences of a load event go on.
    going_on: Vec<u32>,
    growth: f64,
    /// Factor on a disk's rate, by disk: 0 while its machine is not here.
    pub scale: Vec<f64>,
    /// Rate beside all that \[written bytes/s\], by disk.
    pub extra: Vec<f64>,
    /// Present rate \[written bytes/s\], by disk.
    pub rate: Vec<f64>,
    /// The part of it that comes from the pattern alone, without load events \[written bytes/s\], by disk.
    pub of_pattern: Vec<f64>,
    /// Whether the record has an excluded gap now, by disk.
    pub excluded: Vec<bool>,
}

impl Feed {
    pub fn new(world: &World, streams: &Streams) -> Self {
        Self::of_some(world, streams, |_| true)
    }

    /// Of some disks only; the others write nothing.
    pub fn of_some(world: &World, streams: &Streams, wanted: impl Fn(usize) -> bool) -> Self {
        let mut cohorts: Vec<Cohort> = Vec::new();
        for (index, disk) in world.disks.iter().enumerate().filter(|(index, _)| wanted(*index)) {
            let generator = Generator::new(&disk.churn, &world.records, streams, world.start);
            let period = disk.churn.period.max(Span::from_nanos(1));
            let place = cohorts.iter().position(|cohort| cohort.period == period).unwrap_or_else(|| {
                let empty =
                    Cohort { period, disks: Vec::new(), generators: Vec::new(), block: Vec::new(), scratch: vec![0.0; BLOCK], next_bucket: 0 };
                cohorts.push(empty);
                cohorts.len() - 1
            });
            cohorts[place].disks.push(index as u32);
            cohorts[place].generators.push(generator);
        }
        let disks = world.disks.len();
        let mut events_of = vec![Vec::new(); disks];
        for (event, load) in world.load_events.iter().enumerate() {
            for disk in &load.disks {
                events_of[disk.0 as usize].push(event as u32);
            }
        }
        Feed {
            events_of,
            going_on: vec![0; world.load_events.len()],
            cohorts,
            pattern: vec![0.0; disks],
            added: vec![0.0; disks],
            factor: vec![1.0; disks],
            growth: 1.0,
            scale: vec![1.0; disks],
            extra: vec![0.0; disks],
            rate: vec![0.0; disks],
            of_pattern: vec![0.0; disks],
            excluded: vec![false; disks],
        }
    }

    /// Number of cohorts.
    pub fn cohorts(&self) -> usize {
        self.cohorts.len()
    }

    /// Disks of a cohort.
    pub fn disks(&self, cohort: usize) -> &[u32] {
        &self.cohorts[cohort].disks
    }

    /// Takes the cohort's next bucket; returns when the one after begins.
    pub fn next_bucket(&mut self, cohort: usize, now: Instant) -> Instant {
        let cohort = &mut self.cohorts[cohort];
        let place = (cohort.next_bucket % BLOCK as u64) as usize;
        let width = cohort.disks.len();
        if place == 0 {
            cohort.block.resize(BLOCK * width, 0.0);
            for (column, generator) in cohort.generators.iter_mut().enumerate() {
                generator.fill(cohort.next_bucket, &mut cohort.scratch);
                for (bucket, &rate) in cohort.scratch.iter().enumerate() {
                    cohort.block[bucket * width + column] = rate;
                }
            }
        }
        let row = &cohort.block[place * width..(place + 1) * width];
        for (&disk, &rate) in cohort.disks.iter().zip(row) {
            self.pattern[disk as usize] = rate;
        }
        cohort.next_bucket += 1;
        now + cohort.period
    }

    /// Begins or ends an occurrence of a load event.
    pub fn load(&mut self, world: &World, event: usize, begins: bool) {
        let count = &mut self.going_on[event];
        *count = if begins { *count + 1 } else { count.saturating_sub(1) };
        for disk in &world.load_events[event].disks {
            // Summed anew each time, so that ended loads leave exactly nothing behind.
            let (mut added, mut factor) = (0.0, 1.0);
            for &other in &self.events_of[disk.0 as usize] {
                let going_on = self.going_on[other as usize];
                match world.load_events[other as usize].shape {
                    LoadShape::Add(rate) => added += rate * f64::from(going_on),
                    LoadShape::Multiply(by) if going_on > 0 => factor *= by,
                    LoadShape::Multiply(_) => {}
                }
            }
            self.added[disk.0 as usize] = added;
            self.factor[disk.0 as usize] = factor;
        }
    }

    /// A day has passed: growth is compounded.
    pub fn grow(&mut self, per_year: f64) {
        self.growth *= libm::pow(1.0 + per_year, 1.0 / 365.0);
    }

    /// Computes the present rate of a disk; returns it if it has changed.
    pub fn refresh(&mut self, disk: u32) -> Option<f64> {
        let index = disk as usize;
        let pattern = self.pattern[index];
        let scale = self.scale[index];
        self.excluded[index] = pattern.is_nan() && scale > 0.0;
        let pattern = if pattern.is_nan() { 0.0 } else { pattern };
        let rate = (pattern * self.factor[index] + self.added[index]) * self.growth * scale + self.extra[index];
        self.of_pattern[index] = pattern * self.growth * scale;
        let changed = rate != self.rate[index];
        self.rate[index] = rate;
        changed.then_some(rate)
    }
}
