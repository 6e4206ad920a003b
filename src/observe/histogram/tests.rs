//! The histogram against exact mixtures of uniforms: every piece is one, so the true distribution function is a sum over the pieces.

use proptest::prelude::*;

use super::*;

/// Distribution function of the mixture, by summing over the pieces (from, to, duration).
fn exact_cdf(pieces: &[(f64, f64, f64)], x: f64) -> f64 {
    let total: f64 = pieces.iter().map(|piece| piece.2).sum();
    let below: f64 = pieces
        .iter()
        .map(|&(a, b, dt)| {
            let (lo, hi) = (a.min(b), a.max(b));
            if x >= hi {
                dt
            } else if x < lo {
                0.0
            } else {
                dt * (x - lo) / (hi - lo)
            }
        })
        .sum();
    below / total
}

fn histogram(pieces: &[(f64, f64, f64)]) -> PieceHistogram {
    let mut histogram = PieceHistogram::new();
    for &(a, b, dt) in pieces {
        histogram.add_piece(a, b, dt);
    }
    histogram
}

/// Checks the distribution function at bin edges and the quantiles, both against the mixture.
fn agrees(histogram: &PieceHistogram, pieces: &[(f64, f64, f64)]) {
    for &(a, b, _) in pieces {
        for value in [a, b, 0.5 * (a + b)] {
            let edge = lower_edge(bin_of(value).max(BINS) + 1);
            let (got, expected) = (histogram.cdf(edge), exact_cdf(pieces, edge));
            // The bin ends before its upper edge, so an atom on the edge itself belongs to the next bin.
            let below_edge = exact_cdf(pieces, edge.next_down());
            assert!(got >= below_edge - 1e-11 && got <= expected + 1e-11, "cdf({edge}) = {got}, exactly {below_edge} .. {expected}");
        }
    }
    for percent in 1..100 {
        let q = f64::from(percent) / 100.0;
        let value = histogram.quantile(q).unwrap();
        // The true quantile lies within 0.1 % of the value found: the exact law is below q a bin to the left and at least q a bin to the right.
        let (left, right) = (exact_cdf(pieces, value * 0.999 - SMALLEST), exact_cdf(pieces, value * 1.001 + SMALLEST));
        assert!(left <= q + 1e-11 && right >= q - 1e-11, "quantile({q}) = {value}: {left} .. {right}");
    }
}

#[test]
fn one_rising_piece_is_the_uniform_law() {
    let histogram = histogram(&[(0.0, 300.0, 300.0)]);
    for percent in 1..100 {
        let q = f64::from(percent) / 100.0;
        let value = histogram.quantile(q).unwrap();
        assert!((value - 300.0 * q).abs() < 1e-9 * value, "a linear law is interpolated exactly, but quantile({q}) = {value}");
        assert!((histogram.cdf(300.0 * q) - q).abs() < 1e-12);
    }
}

#[test]
fn a_constant_has_one_value() {
    let mut histogram = PieceHistogram::new();
    histogram.add_mass(123.456, 10.0);
    histogram.add_piece(123.456, 123.456, 5.0);
    assert_eq!(histogram.quantiles([0.01, 0.5, 0.99]), Some([123.456; 3]));
    assert_eq!((histogram.cdf(123.4), histogram.cdf(123.456), histogram.total()), (0.0, 1.0, 15.0));
}

#[test]
fn zero_is_kept_apart() {
    // 90 % of the time exactly nothing, then a ramp of 10 s: the median is 0, P95 the middle of the ramp.
    let histogram = histogram(&[(0.0, 0.0, 90.0), (0.0, 40.0, 10.0)]);
    assert_eq!(histogram.quantile(0.5), Some(0.0));
    assert_eq!(histogram.quantile(0.9), Some(0.0));
    let p95 = histogram.quantile(0.95).unwrap();
    assert!((p95 - 20.0).abs() < 1e-9, "{p95}");
    assert!((histogram.cdf(0.0) - 0.9).abs() < 1e-7);
}

#[test]
fn nothing_observed_gives_no_law() {
    let mut histogram = PieceHistogram::new();
    histogram.add_piece(1.0, 2.0, 0.0);
    histogram.add_piece(1.0, 2.0, -1.0);
    histogram.add_mass(1.0, f64::NAN);
    assert_eq!((histogram.total(), histogram.quantile(0.5), histogram.cdf(1.0)), (0.0, None, 0.0));
    assert!(histogram.curve(100).is_empty());
}

#[test]
fn values_out_of_range_are_clamped() {
    let histogram = histogram(&[(-1.0, f64::NAN, 1.0), (f64::INFINITY, 1e300, 1.0)]);
    assert_eq!(histogram.quantile(0.5), Some(0.0));
    let top = histogram.quantile(1.0).unwrap();
    assert!((top / (1u64 << 60) as f64 - 1.0).abs() < 1e-12, "{top}");
}

#[test]
fn an_untouched_octave_costs_nothing() {
    let histogram = histogram(&[(1e-3, 1e12, 1.0), (2e-3, 3e12, 1.0)]);
    assert!(histogram.pages.iter().flatten().count() <= 4);
    agrees(&histogram, &[(1e-3, 1e12, 1.0), (2e-3, 3e12, 1.0)]);
}

#[test]
fn no_residue_of_narrow_pieces_far_below_reaches_large_values() {
    // A million steep pieces near 1e-3, then a few near 1e12: with densities summed over all values the residue of the first would be
    // multiplied by 1e12.
    let mut pieces: Vec<_> = (0..1_000_000).map(|k| (1e-3, 1.01e-3 + f64::from(k) * 1e-9, 1.0)).collect();
    pieces.extend((0..10).map(|k| (1e12, 1e12 + f64::from(k) * 1e9, 1000.0)));
    let histogram = histogram(&pieces);
    for x in [1.5e-3, 1.0, 1e6, 9e11].map(|x| lower_edge(bin_of(x))) {
        let (got, expected) = (histogram.cdf(x), exact_cdf(&pieces, x));
        assert!((got - expected).abs() < 1e-10, "cdf({x}) = {got}, exactly {expected}");
    }
}

#[test]
fn the_curve_follows_the_law_and_keeps_leaps() {
    let pieces = [(0.0, 0.0, 50.0), (10.0, 100.0, 20.0), (300.0, 300.0, 20.0), (300.0, 1000.0, 10.0)];
    let histogram = histogram(&pieces);
    for max_points in [20, 100, 5000] {
        let curve = histogram.curve(max_points);
        assert!(curve.len() <= max_points, "{} points of {max_points}", curve.len());
        assert_eq!(curve.first().map(|point| point.0), Some(0.0));
        assert_eq!(curve.last(), Some(&(1000.0, 1.0)));
        assert!(curve.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 <= pair[1].1), "must ascend");
        for &(value, share) in &curve {
            let (left, right) = (exact_cdf(&pieces, value * 0.999), exact_cdf(&pieces, value * 1.001));
            assert!((left - 1e-9..=right + 1e-9).contains(&share), "({value}, {share}) is off the law: {left} .. {right}");
        }
        // The leap at 300 stands upright, two points a bin apart and 20 % high, unless that is less than one step.
        assert!(max_points < 40 || curve.windows(2).any(|pair| pair[1].0 <= pair[0].0 * 1.001 && pair[1].1 - pair[0].1 > 0.19), "{curve:?}");
    }
}

/// A value anywhere in range, zero often.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![2 => Just(0.0), 4 => (-25.0f64..45.0).prop_map(f64::exp2), 2 => 100.0f64..1000.0, 1 => Just(300.0)]
}

/// A piece: between two values, or barely moving, so that it fills a part of a bin or crosses one edge.
fn piece() -> impl Strategy<Value = (f64, f64, f64)> {
    let pair = prop_oneof![
        4 => (value(), value()),
        1 => value().prop_map(|v| (v, v)),
        2 => (value(), -3e-3f64..3e-3).prop_map(|(v, part)| (v, v * (1.0 + part))),
        1 => value().prop_map(|v| (v, v.next_up())),
    ];
    (pair, prop_oneof![0.001f64..1.0, 1.0f64..1000.0]).prop_map(|((a, b), dt)| (a, b, dt))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn random_pieces_give_the_exact_mixture(pieces in prop::collection::vec(piece(), 1..60)) {
        agrees(&histogram(&pieces), &pieces);
    }

    #[test]
    fn merged_halves_equal_the_whole(pieces in prop::collection::vec(piece(), 2..60), cut in 0.0f64..1.0) {
        let (left, right) = pieces.split_at((cut * pieces.len() as f64) as usize);
        let mut merged = histogram(left);
        merged.merge(&histogram(right));
        agrees(&merged, &pieces);
    }

    #[test]
    fn random_pieces_agree_with_sampling(pieces in prop::collection::vec(piece(), 1..20)) {
        // Brute force: each piece at 2,000 evenly spaced instants, weighted by its duration.
        const SAMPLES: u32 = 2_000;
        let histogram = histogram(&pieces);
        let total: f64 = pieces.iter().map(|piece| piece.2).sum();
        for x in [0.5, 100.0, 299.0, 301.0, 900.0, 1e6] {
            let below: f64 = pieces.iter().map(|&(a, b, dt)| {
                let hits = (0..SAMPLES).filter(|&k| a + (b - a) * (f64::from(k) + 0.5) / f64::from(SAMPLES) <= x).count();
                dt * hits as f64 / f64::from(SAMPLES)
            }).sum();
            // Either side of the bin that holds x, for inside it the histogram interpolates.
            let (left, right) = (histogram.cdf(x * 0.999), histogram.cdf(x * 1.001));
            let sampled = below / total;
            prop_assert!(left - 1e-3 <= sampled && sampled <= right + 1e-3, "at {}: {} .. {}, sampled {}", x, left, right, sampled);
        }
    }
}
