//! Replay of a column of a record: offset, looped, and spread onto buckets of another length where the scenario asks for one.

use std::ops::Range;
use std::sync::Arc;

use crate::model::Record;

/// A column of a record from some bucket on.
#[derive(Debug)]
pub(super) struct Recorded {
    rates: Arc<Vec<f32>>,
    /// Where the column lies in `rates`; empty if the record has no such column.
    column: Range<usize>,
    /// The record's bucket that the run starts in.
    offset: u64,
    looped: bool,
    /// Buckets of the record and of the run \[ns\].
    record_period: u64,
    period: u64,
}

impl Recorded {
    /// Column `column` of `record`. A column that does not exist is never written.
    pub(super) fn new(record: Option<&Record>, column: u32, offset: u64, looped: bool, period: u64) -> Self {
        let (rates, buckets, record_period) = match record {
            Some(record) => (Arc::clone(&record.rates), record.buckets, record.period.as_nanos()),
            None => (Arc::default(), 0, 0),
        };
        let first = (column as usize).saturating_mul(buckets);
        let column = if first.saturating_add(buckets) <= rates.len() { first..first + buckets } else { 0..0 };
        let record_period = if record_period == 0 { period } else { record_period };
        Recorded { rates, column, offset, looped, record_period, period }
    }

    /// The rates of buckets `first..`, times `scale`; NaN in excluded gaps, zero after the end of a record that is not looped.
    pub(super) fn fill(&self, first: u64, scale: f64, out: &mut [f64]) {
        let values = &self.rates[self.column.clone()];
        if values.is_empty() {
            out.fill(0.0);
        } else if self.period == self.record_period {
            self.copy(values, first, scale, out);
        } else {
            for (i, slot) in out.iter_mut().enumerate() {
                *slot = scale * self.mean_over(values, first.saturating_add(i as u64));
            }
        }
    }

    /// Bucket for bucket.
    fn copy(&self, values: &[f32], first: u64, scale: f64, mut out: &mut [f64]) {
        let length = values.len() as u64;
        let mut at = first.saturating_add(self.offset);
        if self.looped {
            at %= length;
        }
        while !out.is_empty() {
            if at >= length {
                out.fill(0.0);
                return;
            }
            let run = &values[at as usize..];
            let count = run.len().min(out.len());
            let (now, later) = out.split_at_mut(count);
            for (slot, value) in now.iter_mut().zip(run) {
                *slot = f64::from(*value) * scale;
            }
            at += count as u64;
            if self.looped {
                at %= length;
            }
            out = later;
        }
    }

    /// Mean of the record over one of the run's buckets; parts in excluded gaps are left out, NaN if there is nothing else.
    fn mean_over(&self, values: &[f32], bucket: u64) -> f64 {
        let record_period = u128::from(self.record_period);
        let begin = u128::from(bucket) * u128::from(self.period) + u128::from(self.offset) * record_period;
        let end = begin + u128::from(self.period);
        let (mut at, mut bytes, mut known) = (begin, 0.0, 0.0);
        while at < end {
            let index = at / record_period;
            let step = ((index + 1) * record_period).min(end) - at;
            let index = if self.looped { index % values.len() as u128 } else { index };
            // Past the end of a record that is not looped nothing is written, in one step.
            let Some(value) = usize::try_from(index).ok().and_then(|index| values.get(index)) else {
                known += (end - at) as f64;
                break;
            };
            if !value.is_nan() {
                bytes += f64::from(*value) * step as f64;
                known += step as f64;
            }
            at += step;
        }
        if known > 0.0 { bytes / known } else { f64::NAN }
    }
}
