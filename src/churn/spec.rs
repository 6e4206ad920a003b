//! What a churn source is: the resolved specification, before any number is drawn.

use crate::model::{DiskId, RecordId};
use crate::units::{Instant, Span};

/// The churn of one disk.
#[derive(Clone, Debug)]
pub struct DiskChurn {
    /// Bucket length: the rate is constant within a bucket.
    pub period: Span,
    /// Factor on every rate \[1\].
    pub scale: f64,
    /// Where the rates come from.
    pub pattern: Pattern,
    /// Name of the random stream; one name, one stream.
    pub stream: String,
}

impl DiskChurn {
    /// The bucket below which nothing is known of the writes; `None` where the rate is known at every instant.
    pub fn sampled_every(&self) -> Option<Span> {
        let exact = match &self.pattern {
            Pattern::Constant { .. } => true,
            // The rate changes on the hour, and so at the edge of a bucket that divides it.
            Pattern::Weekly { variability, .. } => {
                *variability <= 0.0 && Span::from_hours(1).as_nanos().is_multiple_of(self.period.as_nanos().max(1))
            }
            // An on/off writer gives the mean of each bucket, too.
            Pattern::OnOff { .. }
            | Pattern::LogNormal { .. }
            | Pattern::HyperExponential { .. }
            | Pattern::BModel { .. }
            | Pattern::Recorded { .. } => false,
        };
        (!exact).then_some(self.period)
    }
}

/// The kinds of churn (model section 4). Rates are written bytes/s.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Always the same rate.
    Constant {
        /// \[bytes/s\]
        rate: f64,
    },
    /// One rate per hour of the week, Monday 00:00 first; with log-normal noise of the given coefficient of variation around it.
    Weekly {
        /// 168 rates \[bytes/s\].
        rates: Vec<f64>,
        /// Coefficient of variation of the bucket's rate around the profile \[1\].
        variability: f64,
    },
    /// Exponential on and off times; rate while on.
    OnOff {
        /// \[bytes/s\] while on.
        rate: f64,
        /// Mean on time.
        on: Span,
        /// Mean off time.
        off: Span,
    },
    /// Log-normal rates with lag-1 autocorrelation of the logarithm.
    LogNormal {
        /// Mean \[bytes/s\].
        mean: f64,
        /// Coefficient of variation \[1\].
        variability: f64,
        /// Autocorrelation of the log-rate from one bucket to the next \[1\].
        autocorrelation: f64,
    },
    /// Two-phase hyper-exponential rates, balanced means.
    HyperExponential {
        /// Mean \[bytes/s\].
        mean: f64,
        /// Coefficient of variation, above 1.
        variability: f64,
    },
    /// Multiplicative cascade: each halving of a span splits its bytes b : 1 - b in random order.
    BModel {
        /// Mean \[bytes/s\].
        mean: f64,
        /// Bias b, 0.5 (even) to 1.
        bias: f64,
        /// Number of buckets in one cascade, a power of two.
        levels: u32,
    },
    /// A column of a record.
    Recorded {
        /// Which record.
        record: RecordId,
        /// Which column of it.
        column: u32,
        /// Bucket of the record that the run starts in.
        offset: u64,
        /// Whether it starts again at its end (else zero after it).
        looped: bool,
    },
}

/// A scheduled load on top of the patterns.
#[derive(Clone, Debug)]
pub struct LoadEvent {
    /// Name for the event log.
    pub name: String,
    /// Disks it hits.
    pub disks: Vec<DiskId>,
    /// Occurrences: start instants, sorted.
    pub starts: Vec<Instant>,
    /// How long each lasts.
    pub lasts: Span,
    /// What it does.
    pub shape: LoadShape,
}

/// What a load event adds.
#[derive(Clone, Copy, Debug)]
pub enum LoadShape {
    /// Adds this rate to each disk \[written bytes/s\].
    Add(f64),
    /// Multiplies each disk's rate.
    Multiply(f64),
}
