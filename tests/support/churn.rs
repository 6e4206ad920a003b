//! Churn for test worlds: rate tables written out, so that no generator is involved.

use failback::units::Span;

/// The writes of one disk, as a table of mean rates.
#[derive(Clone, Debug)]
pub struct Writes {
    /// Length of one entry.
    pub period: Span,
    /// Written bytes/s, one entry per period; zero after the last.
    pub rates: Vec<f32>,
}

/// The same rate [bytes/s] for ever.
pub fn steady(rate: f32) -> Writes {
    Writes { period: Span::from_days(3650), rates: vec![rate] }
}

/// These rates [bytes/s], each for `period`, then nothing.
pub fn table(period: Span, rates: &[f32]) -> Writes {
    Writes { period, rates: rates.to_vec() }
}

/// `bytes` written in the last second of every `interval`, `times` times: what a batch replicator hands over at its checkpoints, just before the
/// checkpoint's marker.
pub fn batches(interval: Span, bytes: f64, times: usize) -> Writes {
    let seconds = interval.as_secs_f64() as usize;
    let mut rates = vec![0.0; seconds * times];
    rates.iter_mut().skip(seconds - 1).step_by(seconds).for_each(|rate| *rate = bytes as f32);
    Writes { period: Span::from_secs(1), rates }
}
