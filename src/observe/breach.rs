//! Breaches from pieces: the stretches of time during which a quantity that moves linearly, piece by piece, is above a threshold. Exact, as means and maxima are.

use crate::observe::share_above;
use crate::observe::sum::Sum;
use crate::results::BreachSummary;

/// Finds the breaches of a threshold: maximal stretches of time during which the quantity is above it.
///
/// Fed with pieces in order of time; between two pieces the quantity may leap. Touching the threshold is no breach, and time between two pieces, told by
/// nobody, is none either.
#[derive(Clone, Debug)]
pub struct BreachTracker {
    threshold: f64,
    /// Start of the breach that goes on at the end of the last piece \[s\].
    since: Option<f64>,
    /// End of the last piece \[s\].
    end: f64,
    total: Sum,
    summary: BreachSummary,
    /// Every breach that is over, from and to \[s\], if wanted.
    spans: Option<Vec<(f64, f64)>>,
}

/// Pieces further apart than this do not follow each other \[s\]; less is rounding.
pub const GAP: f64 = 1e-6;

impl BreachTracker {
    /// Nothing observed yet.
    pub fn new(threshold: f64) -> Self {
        BreachTracker { threshold, since: None, end: 0.0, total: Sum::default(), summary: BreachSummary::default(), spans: None }
    }

    /// Keeps every breach besides their summary.
    pub fn with_spans(mut self) -> Self {
        self.spans = Some(Vec::new());
        self
    }

    /// Every breach, from and to \[s\]; empty unless kept.
    pub fn spans(&self) -> Vec<(f64, f64)> {
        let open = self.since.map(|since| (since, self.end)).filter(|_| self.spans.is_some());
        self.spans.iter().flatten().copied().chain(open).collect()
    }

    /// From `t0` [s since the run's start] on, for `dt` seconds, the quantity moves linearly from `a` to `b`. A piece without duration is ignored.
    pub fn add(&mut self, t0: f64, dt: f64, a: f64, b: f64) {
        if dt.is_nan() || dt <= 0.0 {
            return;
        }
        if t0 > self.end + GAP {
            self.interrupt();
        }
        let over = |value: f64| value > self.threshold;
        match (over(a), over(b)) {
            (false, false) => self.close(t0),
            (true, true) => self.open(t0),
            (false, true) => {
                self.close(t0);
                self.open(t0 + dt * (1.0 - share_above(self.threshold, a, b)));
            }
            (true, false) => {
                self.open(t0);
                self.close(t0 + dt * share_above(self.threshold, a, b));
            }
        }
        self.end = t0 + dt;
    }

    /// The quantity ceases to exist until the next piece: a breach that goes on ends here.
    pub fn interrupt(&mut self) {
        self.close(self.end);
    }

    /// Whether a value is above the threshold.
    pub fn passes(&self, value: f64) -> bool {
        value > self.threshold
    }

    /// Whether the quantity is above the threshold at the end of the last piece.
    pub fn is_over(&self) -> bool {
        self.since.is_some()
    }

    /// The breaches so far; one that goes on counts up to the end of the last piece.
    pub fn finish(&self) -> BreachSummary {
        let mut ended = self.clone();
        ended.interrupt();
        BreachSummary { total_s: ended.total.get(), ..ended.summary }
    }

    /// The quantity is above from `at` on, if it was not already.
    fn open(&mut self, at: f64) {
        self.since.get_or_insert(at);
    }

    /// The quantity is not above any more from `at` on.
    fn close(&mut self, at: f64) {
        let Some(since) = self.since.take() else { return };
        let length = (at - since).max(0.0);
        if let Some(spans) = &mut self.spans {
            spans.push((since, since + length));
        }
        self.summary.count += 1;
        self.total.add(length);
        self.summary.first_at_s.get_or_insert(since);
        if self.summary.longest_at_s.is_none() || length > self.summary.longest_s {
            self.summary.longest_s = length;
            self.summary.longest_at_s = Some(since);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_the_threshold_is_no_breach() {
        let mut tracker = BreachTracker::new(10.0);
        tracker.add(0.0, 5.0, 0.0, 10.0);
        tracker.add(5.0, 1.0, 10.0, 10.0);
        tracker.add(6.0, 5.0, 10.0, 0.0);
        assert_eq!(tracker.finish(), BreachSummary::default());
    }

    #[test]
    fn a_breach_goes_on_across_pieces_and_leaps() {
        // Above from 2.5 (crossing) over a leap to 30 and back to 20, until the leap down at 9.
        let mut tracker = BreachTracker::new(10.0);
        tracker.add(0.0, 5.0, 0.0, 20.0);
        tracker.add(5.0, 2.0, 30.0, 40.0);
        tracker.add(7.0, 2.0, 20.0, 20.0);
        assert!(tracker.is_over());
        tracker.add(9.0, 1.0, 0.0, 0.0);
        let expected = BreachSummary { count: 1, total_s: 6.5, longest_s: 6.5, longest_at_s: Some(2.5), first_at_s: Some(2.5) };
        assert_eq!(tracker.finish(), expected);
    }

    #[test]
    fn a_breach_ends_where_pieces_end() {
        // Over the threshold from 2 to 4, then nothing to observe until 50: two breaches, not one of 50 s.
        let mut tracker = BreachTracker::new(10.0);
        tracker.add(2.0, 2.0, 11.0, 13.0);
        tracker.add(50.0, 2.0, 11.0, 13.0);
        let expected = BreachSummary { count: 2, total_s: 4.0, longest_s: 2.0, longest_at_s: Some(2.0), first_at_s: Some(2.0) };
        assert_eq!(tracker.finish(), expected);
    }

    #[test]
    fn a_breach_that_goes_on_at_the_end_counts_up_to_it() {
        let mut tracker = BreachTracker::new(10.0);
        tracker.add(0.0, 4.0, 20.0, 0.0);
        tracker.add(4.0, 4.0, 12.0, 12.0);
        let expected = BreachSummary { count: 2, total_s: 6.0, longest_s: 4.0, longest_at_s: Some(4.0), first_at_s: Some(0.0) };
        assert_eq!(tracker.finish(), expected);
        tracker.interrupt();
        assert_eq!(tracker.finish(), expected);
    }
}
