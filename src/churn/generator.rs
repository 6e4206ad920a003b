//! Draws the write rates of one disk, block by block. Load events and growth come on top of it, elsewhere.

use jiff::civil::DateTime;

use super::bursts::{BModel, OnOff};
use super::recorded::Recorded;
use super::stochastic::{HyperExponential, LogNormal};
use super::weekly::Weekly;
use super::{DiskChurn, Pattern};
use crate::engine::Streams;
use crate::model::Record;

/// What a churn stream is for, in the family of random streams.
const PURPOSE: &str = "churn";

/// Buckets drawn at a time to skip what nobody asked for.
const SKIP_BLOCK: usize = 4096;

/// The churn of one disk: mean written rates \[bytes/s\] of consecutive buckets.
///
/// What it yields depends on the bucket alone, not on how the buckets are cut into blocks.
#[derive(Debug)]
pub struct Generator {
    source: Source,
    /// What the source is made from again, for a caller that goes back.
    churn: DiskChurn,
    streams: Streams,
    start: DateTime,
    /// The bucket that the source draws next.
    next: u64,
}

/// One kind of churn in motion.
#[derive(Debug)]
enum Source {
    Constant(f64),
    Weekly(Box<Weekly>),
    OnOff(Box<OnOff>),
    LogNormal(Box<LogNormal>),
    HyperExponential(Box<HyperExponential>),
    BModel(Box<BModel>),
    Recorded(Recorded),
}

impl Source {
    fn new(churn: &DiskChurn, records: &[Record], streams: &Streams, start: DateTime) -> Source {
        let rng = || streams.stream(&churn.stream, PURPOSE);
        let period = churn.period.as_nanos().max(1);
        match churn.pattern {
            Pattern::Constant { rate } => Source::Constant(rate),
            Pattern::Weekly { ref rates, variability } => Source::Weekly(Box::new(Weekly::new(rng(), rates, variability, start, period))),
            Pattern::OnOff { rate, on, off } => {
                Source::OnOff(Box::new(OnOff::new(rng(), rate, on.as_secs_f64(), off.as_secs_f64(), churn.period.as_secs_f64())))
            }
            Pattern::LogNormal { mean, variability, autocorrelation } => {
                Source::LogNormal(Box::new(LogNormal::new(rng(), mean, variability, autocorrelation)))
            }
            Pattern::HyperExponential { mean, variability } => Source::HyperExponential(Box::new(HyperExponential::new(rng(), mean, variability))),
            Pattern::BModel { mean, bias, levels } => Source::BModel(Box::new(BModel::new(rng(), mean, bias, levels))),
            Pattern::Recorded { record, column, offset, looped } => {
                Source::Recorded(Recorded::new(records.get(record.0 as usize), column, offset, looped, period))
            }
        }
    }
}

impl Generator {
    /// The churn of a disk in a run that begins at the calendar instant `start` (which weekly profiles need).
    ///
    /// A record or column that does not exist counts as never written: names are resolved, and refused, by the scenario.
    pub fn new(churn: &DiskChurn, records: &[Record], streams: &Streams, start: DateTime) -> Generator {
        let source = Source::new(churn, records, streams, start);
        Generator { source, churn: churn.clone(), streams: streams.clone(), start, next: 0 }
    }

    /// Writes the mean written rates \[bytes/s\] of `out.len()` buckets from `first_bucket` on.
    ///
    /// Consecutive blocks cost only their own draws; a jump ahead draws and drops what lies between, a jump back starts again at bucket 0.
    /// NaN marks an excluded gap of a record.
    pub fn fill(&mut self, first_bucket: u64, out: &mut [f64]) {
        if let Source::Constant(_) | Source::Recorded(_) = self.source {
            // These have no memory, so there is nothing to skip or to make again.
            self.next = first_bucket;
        }
        if first_bucket < self.next {
            self.source = Source::new(&self.churn, &[], &self.streams, self.start);
            self.next = 0;
        }
        let mut dropped = Vec::new();
        while self.next < first_bucket {
            let count = (first_bucket - self.next).min(SKIP_BLOCK as u64);
            dropped.resize(count as usize, 0.0);
            self.draw(&mut dropped);
        }
        self.draw(out);
    }

    fn draw(&mut self, out: &mut [f64]) {
        let scale = self.churn.scale;
        match &mut self.source {
            Source::Constant(rate) => out.fill(*rate * scale),
            Source::Weekly(weekly) => weekly.fill_noisy(scale, out),
            Source::OnOff(on_off) => on_off.fill(scale, out),
            Source::LogNormal(series) => series.fill(scale, out),
            Source::HyperExponential(series) => series.fill(scale, out),
            Source::BModel(cascade) => cascade.fill(scale, out),
            Source::Recorded(recorded) => recorded.fill(self.next, scale, out),
        }
        self.next = self.next.saturating_add(out.len() as u64);
    }
}
