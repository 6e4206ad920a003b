//! What the churn generators promise: rates that depend on the bucket alone, their first two moments, their memory, and exact shares of
//! switching and of calendars. All with fixed seeds; statistical bounds are five standard errors.

use std::sync::Arc;

use failback::churn::{DiskChurn, Generator, Pattern};
use failback::engine::Streams;
use failback::model::{Record, RecordId};
use failback::units::Span;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;

const PERIOD: Span = Span::from_mins(5);

/// A Monday.
fn monday() -> DateTime {
    date(2026, 1, 5).at(0, 0, 0, 0)
}

fn churn(pattern: Pattern, stream: &str) -> DiskChurn {
    DiskChurn { period: PERIOD, scale: 1.0, pattern, stream: stream.to_owned() }
}

fn draw(pattern: Pattern, buckets: usize) -> Vec<f64> {
    let mut out = vec![0.0; buckets];
    Generator::new(&churn(pattern, "disk"), &[], &Streams::new(42, 0), monday()).fill(0, &mut out);
    out
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
}

/// Autocorrelation at `lag`.
fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    let mean = mean(values);
    let products: f64 = values.windows(lag + 1).map(|window| (window[0] - mean) * (window[lag] - mean)).sum();
    products / values.len() as f64 / variance(values)
}

fn assert_near(value: f64, expected: f64, standard_error: f64, what: &str) {
    let off = (value - expected).abs() / standard_error;
    assert!(off <= 5.0, "{what}: {value} is {off:.1} standard errors from {expected}");
}

fn record(columns: &[&[f32]], period: Span) -> Record {
    Record {
        source: String::from("test"),
        period,
        columns: (0..columns.len()).map(|i| i.to_string()).collect(),
        buckets: columns[0].len(),
        rates: Arc::new(columns.concat()),
        gap_share: 0.0,
        notes: Vec::new(),
    }
}

/// One pattern of every kind.
fn every_kind() -> Vec<Pattern> {
    let rates = (0..168).map(f64::from).collect();
    vec![
        Pattern::Constant { rate: 3.0 },
        Pattern::Weekly { rates, variability: 0.5 },
        Pattern::OnOff { rate: 2.0, on: Span::from_mins(7), off: Span::from_mins(20) },
        Pattern::OnOff { rate: 2.0, on: Span::from_nanos(5_000_000), off: Span::from_nanos(20_000_000) },
        Pattern::LogNormal { mean: 1e5, variability: 1.5, autocorrelation: 0.8 },
        Pattern::HyperExponential { mean: 1e5, variability: 3.0 },
        Pattern::BModel { mean: 1e5, bias: 0.7, levels: 64 },
        Pattern::Recorded { record: RecordId(0), column: 1, offset: 3, looped: true },
        Pattern::Recorded { record: RecordId(0), column: 1, offset: 3, looped: false },
    ]
}

#[test]
fn blocks_of_any_size_give_the_same_buckets() {
    let records = [record(&[&[0.0; 11], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]], PERIOD)];
    let new = |pattern: &Pattern| Generator::new(&churn(pattern.clone(), "disk"), &records, &Streams::new(7, 0), monday());
    for pattern in every_kind() {
        let mut whole = vec![0.0; 3000];
        new(&pattern).fill(0, &mut whole);
        for sizes in [vec![1], vec![12], vec![288], vec![5, 1, 700, 64, 2]] {
            let mut pieces = Vec::new();
            let mut generator = new(&pattern);
            for size in sizes.iter().cycle() {
                let mut piece = vec![0.0; (*size).min(whole.len() - pieces.len())];
                generator.fill(pieces.len() as u64, &mut piece);
                pieces.extend(piece);
                if pieces.len() == whole.len() {
                    break;
                }
            }
            assert_eq!(pieces, whole, "{pattern:?} in blocks of {sizes:?}");
        }
        // A first block that is not at 0, a jump ahead over more than one internal block, and a jump back.
        let mut generator = new(&pattern);
        let mut piece = [0.0; 10];
        for first in [100, 2900, 0, 1500] {
            generator.fill(first, &mut piece);
            assert_eq!(piece, whole[first as usize..first as usize + 10], "{pattern:?} from {first}");
        }
    }
}

#[test]
fn a_far_jump_drops_exactly_what_lies_between() {
    let pattern = Pattern::LogNormal { mean: 1.0, variability: 1.0, autocorrelation: 0.9 };
    let whole = draw(pattern.clone(), 20_000);
    let mut piece = [0.0; 5];
    Generator::new(&churn(pattern, "disk"), &[], &Streams::new(42, 0), monday()).fill(19_990, &mut piece);
    assert_eq!(piece, whole[19_990..19_995]);
}

#[test]
fn one_name_is_one_stream() {
    let pattern = Pattern::HyperExponential { mean: 1.0, variability: 2.0 };
    let first = |stream: &str, streams: Streams| {
        let mut out = [0.0; 3];
        Generator::new(&churn(pattern.clone(), stream), &[], &streams, monday()).fill(0, &mut out);
        out
    };
    let base = first("a", Streams::new(1, 0));
    assert_eq!(base, first("a", Streams::new(1, 0)));
    assert_ne!(base, first("b", Streams::new(1, 0)));
    assert_ne!(base, first("a", Streams::new(1, 1)));
    assert_ne!(base, first("a", Streams::new(2, 0)));
}

#[test]
fn scale_multiplies_every_rate() {
    let records = [record(&[&[0.5; 11], &[1.5; 11]], PERIOD)];
    for pattern in every_kind() {
        let (mut once, mut thrice) = (vec![0.0; 500], vec![0.0; 500]);
        let mut churn = churn(pattern.clone(), "disk");
        Generator::new(&churn, &records, &Streams::new(7, 0), monday()).fill(0, &mut once);
        churn.scale = 4.0;
        Generator::new(&churn, &records, &Streams::new(7, 0), monday()).fill(0, &mut thrice);
        // A power of two, so the products are exact.
        assert!(once.iter().zip(&thrice).all(|(a, b)| 4.0 * a == *b), "{pattern:?}");
    }
}

#[test]
fn log_normal_has_its_moments_and_the_memory_of_an_ar1_series() {
    let (m, cv, phi) = (2e5, 0.5, 0.7);
    let n = 2_000_000;
    let rates = draw(Pattern::LogNormal { mean: m, variability: cv, autocorrelation: phi }, n);
    // Of the mean: autocorrelation of the rates at lag k is (e^(sigma^2 phi^k) - 1) / (e^(sigma^2) - 1); its sum inflates the error.
    let sigma2 = (1.0 + cv * cv).ln();
    let rho = |lag: i32| ((sigma2 * phi.powi(lag)).exp() - 1.0) / (sigma2.exp() - 1.0);
    let inflation = 1.0 + 2.0 * (1..200).map(rho).sum::<f64>();
    assert_near(mean(&rates), m, m * cv * (inflation / n as f64).sqrt(), "mean");
    // The log is normal: its variance and autocorrelations have the textbook errors of an AR(1) series (Bartlett).
    let logs: Vec<f64> = rates.iter().map(|rate| rate.ln()).collect();
    let memory = (1.0 + phi * phi) / (1.0 - phi * phi);
    assert_near(mean(&logs), m.ln() - sigma2 / 2.0, (sigma2 * (1.0 + phi) / (1.0 - phi) / n as f64).sqrt(), "mean of the log");
    assert_near(variance(&logs), sigma2, sigma2 * (2.0 * memory / n as f64).sqrt(), "variance of the log");
    assert_near(autocorrelation(&logs, 1), phi, ((1.0 - phi * phi) / n as f64).sqrt(), "lag-1 autocorrelation of the log");
    assert_near(autocorrelation(&logs, 5), phi.powi(5), (memory / n as f64).sqrt(), "lag-5 autocorrelation of the log");
    assert_near(autocorrelation(&rates, 1), rho(1), 3.0 / (n as f64).sqrt(), "lag-1 autocorrelation of the rate");
}

#[test]
fn log_normal_is_stationary_from_its_first_bucket() {
    // First buckets of many disks: mean and variance of the log as later on.
    let firsts: Vec<f64> = (0..20_000)
        .map(|disk| {
            let pattern = Pattern::LogNormal { mean: 1.0, variability: 1.0, autocorrelation: 0.99 };
            let mut out = [0.0];
            Generator::new(&churn(pattern, &format!("disk-{disk}")), &[], &Streams::new(3, 0), monday()).fill(0, &mut out);
            out[0].ln()
        })
        .collect();
    let sigma2 = 2f64.ln();
    assert_near(mean(&firsts), -sigma2 / 2.0, (sigma2 / 20_000.0).sqrt(), "mean of the log");
    assert_near(variance(&firsts), sigma2, sigma2 * (2.0 / 20_000f64).sqrt(), "variance of the log");
}

#[test]
fn hyper_exponential_has_its_moments_and_balanced_means() {
    let (m, cv) = (1e5, 3.0);
    let n = 4_000_000;
    let rates = draw(Pattern::HyperExponential { mean: m, variability: cv }, n);
    let c2 = cv * cv;
    let p: f64 = (1.0 + ((c2 - 1.0_f64) / (c2 + 1.0)).sqrt()) / 2.0;
    let moment = |k: i32, factorial: f64| factorial * m.powi(k) * (p / (2.0 * p).powi(k) + (1.0 - p) / (2.0 * (1.0 - p)).powi(k));
    assert!((moment(2, 2.0) / (m * m) - 1.0 - c2).abs() < 1e-12, "balanced means give the coefficient of variation");
    assert_near(mean(&rates), m, m * cv / (n as f64).sqrt(), "mean");
    let squares: Vec<f64> = rates.iter().map(|rate| rate * rate).collect();
    let error = ((moment(4, 24.0) - moment(2, 2.0).powi(2)) / n as f64).sqrt();
    assert_near(mean(&squares), moment(2, 2.0), error, "second moment");
    assert_near(autocorrelation(&rates, 1), 0.0, 1.0 / (n as f64).sqrt(), "no memory");
}

#[test]
fn hyper_exponential_at_variability_one_is_exponential() {
    let n = 1_000_000;
    let rates = draw(Pattern::HyperExponential { mean: 5.0, variability: 1.0 }, n);
    let above = rates.iter().filter(|rate| **rate > 10.0).count() as f64 / n as f64;
    let expected = (-2f64).exp();
    assert_near(above, expected, (expected * (1.0 - expected) / n as f64).sqrt(), "share above twice the mean");
}

#[test]
fn b_model_conserves_the_bytes_of_each_cascade_and_has_its_second_moment() {
    let (m, bias, buckets, cascades) = (100.0, 0.8_f64, 64, 40_000);
    let rates = draw(Pattern::BModel { mean: m, bias, levels: buckets }, buckets as usize * cascades);
    for cascade in rates.chunks(buckets as usize) {
        assert!((mean(cascade) / m - 1.0).abs() < 1e-12);
    }
    // Sum over a cascade of squares is the same for each: every halving multiplies it by (2b)^2/2 + (2(1-b))^2/2, whatever the order.
    let expected = m * m * (2.0 * (bias * bias + (1.0 - bias) * (1.0 - bias))).powi(6);
    for cascade in rates.chunks(buckets as usize) {
        let squares = cascade.iter().map(|rate| rate * rate).sum::<f64>() / cascade.len() as f64;
        assert!((squares / expected - 1.0).abs() < 1e-12);
    }
    // The largest bucket, m (2b)^6, is as often in the first half as in the second.
    let peak = m * (2.0 * bias).powi(6);
    let first_half = rates.chunks(64).filter(|cascade| cascade[..32].iter().any(|rate| (rate / peak - 1.0).abs() < 1e-9)).count();
    assert_near(first_half as f64, cascades as f64 / 2.0, (cascades as f64).sqrt() / 2.0, "peaks in the first half");
}

#[test]
fn b_model_without_bias_or_levels_is_constant() {
    assert!(draw(Pattern::BModel { mean: 7.0, bias: 0.5, levels: 128 }, 300).iter().all(|rate| *rate == 7.0));
    assert!(draw(Pattern::BModel { mean: 7.0, bias: 0.9, levels: 1 }, 300).iter().all(|rate| *rate == 7.0));
    assert!(draw(Pattern::BModel { mean: 7.0, bias: 0.9, levels: 0 }, 300).iter().all(|rate| *rate == 7.0));
}

/// Variance of the share of on-time in a bucket of length 1 (Cox 1962): the autocovariance of the state is p q e^(-(1/on + 1/off) t).
fn on_share_variance(on: f64, off: f64) -> f64 {
    let (p, lambda) = (on / (on + off), 1.0 / on + 1.0 / off);
    2.0 * p * (1.0 - p) / (lambda * lambda) * (lambda - 1.0 + (-lambda).exp())
}

#[test]
fn on_off_has_the_mean_and_variance_of_exact_switching() {
    let n = 2_000_000;
    for (on, off) in [(2.0, 6.0), (0.4, 0.4), (0.05, 0.2)] {
        let (on_span, off_span) = (Span::from_secs_f64(on * 300.0), Span::from_secs_f64(off * 300.0));
        let shares = draw(Pattern::OnOff { rate: 1.0, on: on_span, off: off_span }, n);
        let (p, variance_expected) = (on / (on + off), on_share_variance(on, off));
        // Long-run variance of the mean: 2 p q / lambda per bucket.
        let lambda = 1.0 / on + 1.0 / off;
        assert_near(mean(&shares), p, (2.0 * p * (1.0 - p) / lambda / n as f64).sqrt(), "share of on-time");
        // The variance of squares is below 1, and the memory of a few cycles widens the error.
        let error = variance_expected.max(p * (1.0 - p) / 4.0) * (2.0 * (1.0 + on + off) / n as f64).sqrt();
        assert_near(variance(&shares), variance_expected, error, "variance of the share");
        assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
    }
}

#[test]
fn on_off_faster_than_can_be_followed_keeps_mean_and_variance() {
    let n = 4_000;
    // 1,000 and 3,000 cycles a bucket: the second is beyond the limit of exact switching.
    for cycle in [0.3, 0.1] {
        let (on, off) = (0.3 * cycle, 0.7 * cycle);
        let shares = draw(Pattern::OnOff { rate: 1.0, on: Span::from_secs_f64(on), off: Span::from_secs_f64(off) }, n);
        let expected = on_share_variance(on / 300.0, off / 300.0);
        assert_near(mean(&shares), 0.3, (expected / n as f64).sqrt(), "share of on-time");
        assert_near(variance(&shares), expected, expected * (2.0 / n as f64).sqrt(), "variance of the share");
    }
}

#[test]
fn on_off_with_a_zero_time_is_stuck() {
    let (none, some) = (Span::ZERO, Span::from_mins(1));
    assert!(draw(Pattern::OnOff { rate: 5.0, on: some, off: none }, 100).iter().all(|rate| *rate == 5.0));
    assert!(draw(Pattern::OnOff { rate: 5.0, on: none, off: some }, 100).iter().all(|rate| *rate == 0.0));
    assert!(draw(Pattern::OnOff { rate: 5.0, on: none, off: none }, 100).iter().all(|rate| *rate == 0.0));
}

#[test]
fn weekly_follows_the_calendar_from_any_start() {
    let rates: Vec<f64> = (0..168).map(f64::from).collect();
    let pattern = Pattern::Weekly { rates, variability: 0.0 };
    // Wednesday 22:30: hour 70 for 6 buckets, then 71 for 12, and Monday's first hour after the Sunday's last.
    let start = date(2026, 1, 7).at(22, 30, 0, 0);
    let mut out = vec![0.0; 2016];
    Generator::new(&churn(pattern, "disk"), &[], &Streams::new(1, 0), start).fill(0, &mut out);
    assert!(out[..6].iter().all(|rate| *rate == 70.0));
    assert!(out[6..18].iter().all(|rate| *rate == 71.0));
    let monday = 6 + 12 * (168 - 71);
    assert_eq!(out[monday - 1..=monday], [167.0, 0.0]);
    assert!((mean(&out) - 83.5).abs() < 1e-12);
}

#[test]
fn weekly_buckets_that_cross_hours_and_weeks_hold_the_mean() {
    let rates: Vec<f64> = (0..168).map(f64::from).collect();
    let start = date(2026, 1, 5).at(0, 30, 0, 0);
    let of = |period: Span| {
        let churn = DiskChurn { period, scale: 1.0, pattern: Pattern::Weekly { rates: rates.clone(), variability: 0.0 }, stream: String::new() };
        let mut out = [0.0; 2];
        Generator::new(&churn, &[], &Streams::new(1, 0), start).fill(0, &mut out);
        out
    };
    assert_eq!(of(Span::from_mins(60)), [0.5, 1.5]);
    // 00:30-03:00 holds half of hour 0, hours 1 and 2; 03:00-05:30 hours 3 and 4 and half of 5.
    assert_eq!(of(Span::from_mins(150)), [3.0 / 2.5, 9.5 / 2.5]);
    assert_eq!(of(Span::from_days(7)), [83.5, 83.5]);
    // Eight days from Monday 00:30: the week, and Monday again up to Tuesday 00:30.
    let monday: f64 = (0..24).map(f64::from).sum();
    assert_eq!(of(Span::from_days(8))[0], (83.5 * 168.0 + monday + 12.0) / 192.0);
}

#[test]
fn weekly_noise_is_log_normal_of_mean_one() {
    let n = 1_000_000;
    let rates = draw(Pattern::Weekly { rates: vec![10.0; 168], variability: 0.4 }, n);
    assert_near(mean(&rates), 10.0, 4.0 / (n as f64).sqrt(), "mean");
    let logs: Vec<f64> = rates.iter().map(|rate| (rate / 10.0).ln()).collect();
    let sigma2 = 1.16_f64.ln();
    assert_near(mean(&logs), -sigma2 / 2.0, (sigma2 / n as f64).sqrt(), "mean of the log");
    assert_near(variance(&logs), sigma2, sigma2 * (2.0 / n as f64).sqrt(), "variance of the log");
    assert_near(autocorrelation(&logs, 1), 0.0, 1.0 / (n as f64).sqrt(), "no memory");
}

/// Rates are the same to the last bit on every platform and with every compatible version of the random-number crates; a difference here means
/// that published results can no longer be reproduced.
#[test]
fn draws_keep_their_bits() {
    let kinds = [
        Pattern::OnOff { rate: 2.0, on: Span::from_mins(7), off: Span::from_mins(20) },
        Pattern::LogNormal { mean: 1e5, variability: 1.5, autocorrelation: 0.8 },
        Pattern::HyperExponential { mean: 1e5, variability: 3.0 },
        Pattern::BModel { mean: 1e5, bias: 0.7, levels: 64 },
        Pattern::Weekly { rates: vec![1.0; 168], variability: 0.5 },
    ];
    // Folded over 100,000 buckets, so that rare branches (the normal's tail) are in it.
    let folded = kinds.map(|kind| draw(kind, 100_000).iter().fold(0u64, |fold, rate| fold.rotate_left(5) ^ rate.to_bits()));
    assert_eq!(
        folded.map(|fold| format!("{fold:016x}")),
        ["f1cbca3c604aa499", "2481ff5176ce3658", "cce304ca290802a3", "10a1d038ebd781ae", "610a673d1fb072ed"]
    );
}

proptest! {
    /// Whatever a scenario may ask for, rates are finite and not negative.
    #[test]
    fn rates_are_finite_and_not_negative(
        rate in 0.0f64..1e12, variability in 0.0f64..50.0, phi in -1.0f64..=1.0, bias in 0.5f64..=1.0, levels in 0u32..100_000,
        on in 0u64..10_000_000_000_000, off in 0u64..10_000_000_000_000, period in 1u64..1_000_000_000_000,
    ) {
        let kinds = [
            Pattern::Constant { rate },
            Pattern::Weekly { rates: vec![rate; 168], variability },
            Pattern::OnOff { rate, on: Span::from_nanos(on), off: Span::from_nanos(off) },
            Pattern::LogNormal { mean: rate, variability, autocorrelation: phi },
            Pattern::HyperExponential { mean: rate, variability },
            Pattern::BModel { mean: rate, bias, levels },
        ];
        for pattern in kinds {
            let churn = DiskChurn { period: Span::from_nanos(period), scale: 1.5, pattern, stream: String::from("any") };
            let mut out = [0.0; 40];
            Generator::new(&churn, &[], &Streams::new(9, 9), monday()).fill(3, &mut out);
            prop_assert!(out.iter().all(|rate| rate.is_finite() && *rate >= 0.0), "{churn:?}: {out:?}");
        }
    }
}
