//! Laws from pieces: a quantity that moves linearly, piece by piece, becomes a [`Law`].
//!
//! Mean, maximum and time over a threshold are closed forms of each piece, so they are exact; quantiles come from [`PieceHistogram`].
//! What the quantity is (a lag, an age, bytes) is the caller's business.

use std::sync::Arc;

use crate::observe::sum::Sum;
use crate::observe::{PieceHistogram, Probe};
use crate::results::Law;

/// Collects the law of one non-negative quantity.
///
/// ```
/// use failback::observe::LawBuilder;
///
/// let mut builder = LawBuilder::new().with_threshold(8.0);
/// builder.add(0.0, 10.0, 0.0, 10.0); // rises from 0 to 10 during the first 10 s
/// let law = builder.finish();
/// assert_eq!((law.mean, law.max, law.max_at_s, law.share_over), (5.0, 10.0, 10.0, Some(0.2)));
/// assert_eq!(law.p50, None); // quantiles were not asked for
/// ```
#[derive(Clone, Debug, Default)]
pub struct LawBuilder {
    threshold: Option<f64>,
    histogram: Option<PieceHistogram>,
    /// Observed time \[s\].
    observed: Sum,
    /// Integral of the quantity over the observed time [unit x s].
    integral: Sum,
    /// Observed time over the threshold \[s\].
    over: Sum,
    /// Largest value and when it was first reached [s since the run's start].
    max: Option<(f64, f64)>,
    /// What lies before this is left out [s since the run's start].
    from: f64,
    /// Values at given instants, where asked for.
    probe: Option<Box<Probe>>,
}

impl LawBuilder {
    /// Mean and maximum only.
    pub fn new() -> Self {
        LawBuilder::default()
    }

    /// Quantiles too.
    pub fn with_histogram(mut self) -> Self {
        self.histogram = Some(PieceHistogram::new());
        self
    }

    /// The share of the time above `threshold` too [in the unit of the quantity].
    pub fn with_threshold(mut self, threshold: f64) -> Self {
        self.threshold = Some(threshold);
        self
    }

    /// From now on what the quantity is at these instants too, ascending [s since the run's start].
    pub fn watch(&mut self, instants: Arc<[f64]>) {
        self.probe = Some(Box::new(Probe::new(instants)));
    }

    /// What was seen at these instants, where asked for.
    pub fn probe(&mut self) -> Option<&mut Probe> {
        self.probe.as_deref_mut()
    }

    /// What lies before `from` [s since the run's start] is left out from now on: the warm-up of a long-run law. A piece that is under way then is cut there.
    ///
    /// ```
    /// use failback::observe::LawBuilder;
    ///
    /// let mut builder = LawBuilder::new();
    /// builder.begin_at(6.0);
    /// builder.add(0.0, 10.0, 0.0, 10.0);
    /// let law = builder.finish();
    /// assert_eq!((law.observed_s, law.mean, law.max), (4.0, 8.0, 10.0));
    /// ```
    pub fn begin_at(&mut self, from: f64) {
        self.from = from;
    }

    /// From `t0` [s since the run's start] on, for `dt` seconds, the quantity moves linearly from `a` to `b`. A piece without duration is ignored.
    pub fn add(&mut self, t0: f64, dt: f64, a: f64, b: f64) {
        self.add_weighted(t0, dt, a, b, 1.0);
    }

    /// Like [`add`](Self::add), the same movement `count` times, one after the other.
    pub fn add_in_a_row(&mut self, t0: f64, dt: f64, a: f64, b: f64, count: u64) {
        if t0 >= self.from || dt.is_nan() || dt <= 0.0 {
            self.add_weighted(t0, dt, a, b, count as f64);
            if let Some(probe) = &mut self.probe {
                // The first piece it has been told already.
                (1..count).for_each(|k| probe.note(t0 + dt * k as f64, dt, a, b));
            }
            return;
        }
        let gone = ((self.from - t0) / dt).min(count as f64) as u64;
        let Some(more) = (count - gone).checked_sub(1) else { return };
        let t0 = t0 + dt * gone as f64;
        self.add(t0, dt, a, b);
        self.add_in_a_row((t0 + dt).max(self.from), dt, a, b, more);
    }

    /// Like [`add`](Self::add), the piece counting `weight` times: for instance for so many VMs at once.
    pub fn add_weighted(&mut self, t0: f64, dt: f64, a: f64, b: f64, weight: f64) {
        let (t0, dt, a) = match self.from - t0 {
            early if early <= 0.0 => (t0, dt, a),
            early if early < dt => (self.from, dt - early, a + (b - a) * (early / dt)),
            _ => return,
        };
        let time = dt * weight;
        if time.is_nan() || time <= 0.0 {
            return;
        }
        if let Some(probe) = &mut self.probe {
            probe.note(t0, dt, a, b);
        }
        self.observed.add(time);
        self.integral.add(time * 0.5 * (a + b));
        let (top, top_at) = if b > a { (b, t0 + dt) } else { (a, t0) };
        if self.max.is_none_or(|(max, _)| top > max) {
            self.max = Some((top, top_at));
        }
        if let Some(threshold) = self.threshold
            && top > threshold
        {
            self.over.add(time * share_above(threshold, a, b));
        }
        if let Some(histogram) = &mut self.histogram {
            histogram.add_piece(a, b, time);
        }
    }

    /// Takes in everything that `other` has observed, whenever that was: the pooled law of two quantities. Thresholds must agree; without a histogram in `other` the
    /// quantiles of its part are missing, so both have one or neither.
    pub fn merge(&mut self, other: &LawBuilder) {
        for (ours, theirs) in [(&mut self.observed, &other.observed), (&mut self.integral, &other.integral), (&mut self.over, &other.over)] {
            ours.add(theirs.value);
            ours.add(theirs.error);
        }
        if let Some((top, top_at)) = other.max
            && self.max.is_none_or(|(max, at)| top > max || top == max && top_at < at)
        {
            self.max = Some((top, top_at));
        }
        if let (Some(ours), Some(theirs)) = (&mut self.histogram, &other.histogram) {
            ours.merge(theirs);
        }
    }

    /// The histogram, where asked for: for curves.
    pub fn histogram(&self) -> Option<&PieceHistogram> {
        self.histogram.as_ref()
    }

    /// The law of what was observed so far; all zero if nothing was.
    pub fn finish(&self) -> Law {
        let observed = self.observed.get();
        let share = |part: Sum| if observed > 0.0 { part.get() / observed } else { 0.0 };
        let quantiles = self.histogram.as_ref().and_then(|histogram| histogram.quantiles([0.5, 0.9, 0.95, 0.99]));
        let [p50, p90, p95, p99] = quantiles.map_or([None; 4], |values| values.map(Some));
        let (max, max_at_s) = self.max.unwrap_or_default();
        Law {
            observed_s: observed,
            mean: share(self.integral),
            p50,
            p90,
            p95,
            p99,
            max,
            max_at_s,
            share_over: self.threshold.map(|_| share(self.over)),
        }
    }
}

/// Share of a linear movement from `a` to `b` that lies above `threshold` \[1\].
pub fn share_above(threshold: f64, a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low > threshold {
        1.0
    } else if high <= threshold {
        0.0
    } else {
        (high - threshold) / (high - low)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::observe::BreachTracker;
    use crate::results::BreachSummary;

    #[test]
    fn sawtooth_has_the_textbook_law() {
        // An age that grows for 300 s and falls back to 0, a thousand times: uniform on 0 .. 300, 40 % of it over 180.
        let mut builder = LawBuilder::new().with_histogram().with_threshold(180.0);
        let mut tracker = BreachTracker::new(180.0);
        for tooth in 0..1000 {
            let t0 = f64::from(tooth) * 300.0;
            builder.add(t0, 300.0, 0.0, 300.0);
            tracker.add(t0, 300.0, 0.0, 300.0);
        }
        let law = builder.finish();
        assert_eq!((law.observed_s, law.mean, law.max, law.max_at_s), (300_000.0, 150.0, 300.0, 300.0));
        for (got, expected) in [(law.p50, 150.0), (law.p90, 270.0), (law.p95, 285.0), (law.p99, 297.0)] {
            assert!((got.unwrap() - expected).abs() < 1e-9, "{law:?}");
        }
        assert!((law.share_over.unwrap() - 0.4).abs() < 1e-12);
        let breaches = tracker.finish();
        assert_eq!((breaches.count, breaches.first_at_s, breaches.longest_at_s.is_some()), (1000, Some(180.0), true));
        assert!((breaches.total_s - 120_000.0).abs() < 1e-6 && (breaches.longest_s - 120.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_observed_gives_zeros_and_no_quantiles() {
        let mut builder = LawBuilder::new().with_histogram().with_threshold(1.0);
        builder.add(5.0, 0.0, 9.0, 9.0);
        assert_eq!(builder.finish(), Law { share_over: Some(0.0), ..Law::default() });
        assert_eq!(BreachTracker::new(1.0).finish(), BreachSummary::default());
    }

    #[test]
    fn a_million_equal_terms_do_not_drift() {
        // Added plainly, 0.1 s a million times is 1.3e-6 s off.
        let mut builder = LawBuilder::new();
        for _ in 0..1_000_000 {
            builder.add(0.0, 0.1, 0.1, 0.1);
        }
        let law = builder.finish();
        assert!((law.observed_s - 1e5).abs() < 1e-10, "{}", law.observed_s);
        assert!((law.mean - 0.1).abs() < 1e-16, "{}", law.mean);
    }

    fn pieces() -> impl Strategy<Value = Vec<(f64, f64, f64)>> {
        // Whole numbers, so that values meet the threshold 5 exactly quite often.
        let whole = |to: u32| (0..to).prop_map(f64::from);
        prop::collection::vec(((1u32..5).prop_map(f64::from), whole(11), whole(11)), 1..40)
    }

    proptest! {
        #[test]
        fn random_pieces_agree_with_fine_sampling(pieces in pieces()) {
            const STEPS: u32 = 200;
            let mut builder = LawBuilder::new().with_threshold(5.0);
            let mut tracker = BreachTracker::new(5.0);
            let (mut t0, mut area, mut over, mut max, mut count, mut was_over) = (0.0, 0.0, 0.0, f64::NEG_INFINITY, 0, false);
            for &(dt, a, b) in &pieces {
                builder.add(t0, dt, a, b);
                tracker.add(t0, dt, a, b);
                let step = dt / f64::from(STEPS);
                // A piece that begins on the threshold begins below it, and so does what follows one that ends there.
                was_over &= a > 5.0;
                for k in 0..STEPS {
                    let value = a + (b - a) * (f64::from(k) + 0.5) / f64::from(STEPS);
                    area += value * step;
                    over += if value > 5.0 { step } else { 0.0 };
                    count += u64::from(value > 5.0 && !was_over);
                    was_over = value > 5.0;
                }
                was_over &= b > 5.0;
                max = a.max(b).max(max);
                t0 += dt;
            }
            let (law, breaches) = (builder.finish(), tracker.finish());
            let error = 2e-2 * pieces.len() as f64;
            prop_assert!((law.mean - area / t0).abs() < 1e-9 && law.max == max);
            prop_assert!((law.share_over.unwrap() * t0 - over).abs() < error);
            prop_assert!((breaches.total_s - over).abs() < error);
            prop_assert!((breaches.total_s - law.share_over.unwrap() * t0).abs() < 1e-9 * t0);
            prop_assert!(breaches.longest_s <= breaches.total_s + 1e-9);
            prop_assert_eq!(breaches.count, count);
        }

        #[test]
        fn merged_builders_equal_one(pieces in pieces(), cut in 0.0f64..1.0) {
            let new = || LawBuilder::new().with_histogram().with_threshold(5.0);
            let (mut whole, mut left, mut right) = (new(), new(), new());
            let cut = (cut * pieces.len() as f64) as usize;
            for (number, &(dt, a, b)) in pieces.iter().enumerate() {
                let t0 = number as f64 * 10.0;
                whole.add(t0, dt, a, b);
                (if number < cut { &mut left } else { &mut right }).add(t0, dt, a, b);
            }
            right.merge(&left);
            let (one, two) = (whole.finish(), right.finish());
            prop_assert_eq!((one.observed_s, one.max, one.max_at_s), (two.observed_s, two.max, two.max_at_s));
            prop_assert!((one.mean - two.mean).abs() < 1e-12 && one.p90.is_some() && two.p90.is_some());
            for value in [0.0, 2.5, 5.0, 9.0] {
                let cdf = |builder: &LawBuilder| builder.histogram().unwrap().cdf(value);
                prop_assert!((cdf(&whole) - cdf(&right)).abs() < 1e-12);
            }
        }

        #[test]
        fn a_weight_counts_like_repetition(pieces in pieces(), weight in 1u32..5) {
            let (mut weighted, mut repeated) = (LawBuilder::new().with_threshold(5.0), LawBuilder::new().with_threshold(5.0));
            for &(dt, a, b) in &pieces {
                weighted.add_weighted(0.0, dt, a, b, f64::from(weight));
                for _ in 0..weight {
                    repeated.add(0.0, dt, a, b);
                }
            }
            let (one, many) = (weighted.finish(), repeated.finish());
            prop_assert!((one.mean - many.mean).abs() < 1e-12 && (one.observed_s - many.observed_s).abs() < 1e-9);
            prop_assert!((one.share_over.unwrap() - many.share_over.unwrap()).abs() < 1e-12);
        }
    }
}
