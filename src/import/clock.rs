//! The regular clock behind a file's stamps: its period, and which bucket each stamp belongs to.
//!
//! Real stamps jitter by a second, drift over a month, and are missing for hours. The period is what most neighbours are apart; stamps that
//! share a phase keep it, others are laid onto multiples of the period in UTC.

use crate::units::Span;

/// So many equal distances in a row, other than the period, are a change of period and not missing rows.
const CHANGE_RUN: usize = 8;

/// Distances that differ by no more than this share of a period are taken for the same.
pub(super) const TOLERANCE: f64 = 0.1;

/// At most this share of distances may be out of tick.
const OUT_OF_TICK: f64 = 0.1;

/// Distances that average to within this share of a round period mean that period.
const NEARLY_ROUND: f64 = 0.005;

/// Periods that sampling tools use \[s\].
const ROUND_PERIODS: [i64; 20] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

const SECOND: i64 = 1_000_000_000;

/// Why no single period fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPeriod {
    /// All stamps are the same.
    OneInstant,
    /// Stamp `at` is `apart` after its predecessor; `usual` is the period elsewhere \[ns\].
    Mixed { at: usize, apart: i64, usual: i64 },
}

/// The period of distinct, ascending stamps \[ns\]: the declared one if it fits, else the usual distance.
pub(super) fn period(stamps: &[i64], declared: Option<Span>) -> Result<i64, NoPeriod> {
    let apart: Vec<i64> = stamps.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    let usual = match declared {
        Some(span) => i64::try_from(span.as_nanos()).unwrap_or(i64::MAX).max(1),
        None => usual_distance(&apart).ok_or(NoPeriod::OneInstant)?,
    };
    check(&apart, usual, declared.is_some())?;
    Ok(usual)
}

/// The distance that nine in ten share; else a round period that the usual distances average to; else the most common if half share it; else
/// the median. (With jitter the most common distance may be a second beside the period, but its errors average out.)
pub(super) fn usual_distance(apart: &[i64]) -> Option<i64> {
    let mut sorted = apart.to_vec();
    sorted.sort_unstable();
    let (common, count) = longest_run(&sorted)?;
    if 10 * count >= 9 * sorted.len() {
        return Some(common);
    }
    let median = sorted[sorted.len() / 2];
    let near: Vec<f64> =
        sorted.iter().map(|&distance| distance as f64).filter(|distance| (distance / median as f64 - 1.0).abs() <= TOLERANCE).collect();
    let mean = near.iter().sum::<f64>() / near.len() as f64;
    let round = ROUND_PERIODS.iter().map(|seconds| seconds * SECOND).find(|&round| (mean / round as f64 - 1.0).abs() <= NEARLY_ROUND);
    round.or(Some(if 2 * count >= sorted.len() { common } else { median }))
}

/// The value that occurs most often in a sorted slice (the smallest of several), and how often.
fn longest_run(sorted: &[i64]) -> Option<(i64, usize)> {
    let mut best: Option<(i64, usize)> = None;
    for run in sorted.chunk_by(|a, b| a == b) {
        if best.is_none_or(|(_, count)| run.len() > count) {
            best = Some((run[0], run.len()));
        }
    }
    best
}

fn check(apart: &[i64], usual: i64, declared: bool) -> Result<(), NoPeriod> {
    let mut out_of_tick = (0usize, None);
    let mut run = 0;
    for (i, &distance) in apart.iter().enumerate() {
        let ticks = distance as f64 / usual as f64;
        let near_one = (ticks - 1.0).abs() <= TOLERANCE;
        if (ticks - ticks.round()).abs() > TOLERANCE || ticks < 0.5 {
            out_of_tick.0 += 1;
            out_of_tick.1.get_or_insert(i);
        }
        let same = i > 0 && (distance - apart[i - 1]).abs() as f64 <= TOLERANCE * distance as f64;
        run = if near_one {
            0
        } else if same {
            run + 1
        } else {
            1
        };
        // With a declared period regular distances of several periods are rows that are regularly missing.
        if run >= CHANGE_RUN && !declared {
            return Err(NoPeriod::Mixed { at: i + 2 - run, apart: distance, usual });
        }
    }
    match out_of_tick {
        (count, Some(first)) if count as f64 > OUT_OF_TICK * apart.len() as f64 => Err(NoPeriod::Mixed { at: first + 1, apart: apart[first], usual }),
        _ => Ok(()),
    }
}

/// A regular clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// Bucket \[ns\].
    pub(super) period: i64,
    /// Start of bucket 0 \[ns\].
    zero: i64,
    /// Stamps from here on belong to bucket 0 \[ns\]; half a period before `zero` where stamps jitter around the clock's ticks.
    from: i64,
}

impl Clock {
    /// The clock that distinct, ascending stamps follow.
    pub(super) fn fit(stamps: &[i64], period: i64) -> Clock {
        let mut phases: Vec<i64> = stamps.iter().map(|stamp| stamp.rem_euclid(period)).collect();
        phases.sort_unstable();
        match longest_run(&phases) {
            Some((phase, count)) if 10 * count >= 9 * phases.len() => Clock { period, zero: phase, from: phase - period / 2 },
            _ => Clock::on_multiples(stamps, period),
        }
    }

    /// The clock on multiples of the period in UTC: a bucket holds the stamps from its start on, or those around its start if stamps jitter
    /// around the ticks (which shows in more buckets with two of them).
    pub(super) fn on_multiples(stamps: &[i64], period: i64) -> Clock {
        let plain = Clock { period, zero: 0, from: 0 };
        let centred = Clock { period, zero: 0, from: -(period / 2) };
        let crowded = |clock: Clock| stamps.windows(2).filter(|pair| clock.bucket(pair[0]) == clock.bucket(pair[1])).count();
        if 2 * crowded(centred) < crowded(plain) { centred } else { plain }
    }

    /// The bucket that a stamp belongs to, counted from that of 1970.
    pub(super) fn bucket(self, stamp: i64) -> i64 {
        stamp.saturating_sub(self.from).div_euclid(self.period)
    }

    /// When a bucket begins \[ns\].
    pub(super) fn start(self, bucket: i64) -> i64 {
        bucket.saturating_mul(self.period).saturating_add(self.zero)
    }

    /// Whether a stamp lies exactly on a tick.
    pub(super) fn on_tick(self, stamp: i64) -> bool {
        self.start(self.bucket(stamp)) == stamp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(stamps: &[i64]) -> Vec<i64> {
        stamps.iter().map(|s| s * SECOND).collect()
    }

    #[test]
    fn period_is_the_common_distance_in_spite_of_jitter_and_holes() {
        let mut stamps = vec![1_372_629_804];
        for i in 0..200 {
            let step = [300, 300, 301, 300, 299, 300, 300, 600, 300, 113_400][i % 10];
            stamps.push(stamps[i] + step);
        }
        assert_eq!(period(&seconds(&stamps), None), Ok(300 * SECOND));
    }

    #[test]
    fn jitter_that_repeats_no_distance_still_has_a_round_period() {
        let stamps: Vec<i64> = (0..100).map(|i| i * 20 * SECOND + (i * i * 7919 % 401) * 1_000_003).collect();
        assert_eq!(period(&stamps, None), Ok(20 * SECOND));
    }

    #[test]
    fn a_change_of_period_is_refused_where_it_happens() {
        let mut stamps: Vec<i64> = (0..100).map(|i| i * 60).collect();
        stamps.extend((1..=20).map(|i| 99 * 60 + i * 300));
        assert_eq!(period(&seconds(&stamps), None), Err(NoPeriod::Mixed { at: 100, apart: 300 * SECOND, usual: 60 * SECOND }));
        // Declared, the same distances are missing rows.
        assert_eq!(period(&seconds(&stamps), Some(Span::from_secs(60))), Ok(60 * SECOND));
        assert!(period(&seconds(&stamps), Some(Span::from_secs(300))).is_err());
    }

    #[test]
    fn stamps_with_one_phase_keep_it() {
        let stamps = seconds(&[150, 450, 750, 1050]);
        let clock = Clock::fit(&stamps, 300 * SECOND);
        let starts: Vec<i64> = stamps.iter().map(|&stamp| clock.start(clock.bucket(stamp))).collect();
        assert_eq!(starts, stamps);
    }

    #[test]
    fn stamps_around_a_tick_get_a_bucket_each() {
        let stamps = seconds(&[299, 601, 900, 1199, 1501, 1800, 2099]);
        let clock = Clock::fit(&stamps, 300 * SECOND);
        let buckets: Vec<i64> = stamps.iter().map(|&stamp| clock.bucket(stamp)).collect();
        assert_eq!(buckets, [1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn drifting_stamps_lie_in_the_bucket_that_holds_them() {
        let stamps = seconds(&[204, 505, 806, 1106, 1407]);
        let clock = Clock::fit(&stamps, 300 * SECOND);
        let buckets: Vec<i64> = stamps.iter().map(|&stamp| clock.bucket(stamp)).collect();
        assert_eq!(buckets, [0, 1, 2, 3, 4]);
    }
}
