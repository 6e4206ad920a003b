//! The footprint F(x) = sum of W (1 - exp(-p x / W)) of model section 4: closed forms and laws.

use failback::model::{Footprint, WorkingSet};
use proptest::prelude::*;

fn footprint(sets: &[(f64, f64)]) -> Footprint {
    Footprint { sets: sets.iter().map(|&(size, share)| WorkingSet { size, share }).collect() }
}

fn assert_close(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance * expected.abs().max(f64::MIN_POSITIVE), "{value} against {expected}");
}

#[test]
fn without_sets_nothing_coalesces() {
    let none = Footprint::default();
    assert_eq!([none.distinct(5e12), none.slope(5e12), none.written_for(5e12)], [5e12, 1.0, 5e12]);
}

#[test]
fn one_set_has_the_closed_form_and_its_inverse() {
    let one = footprint(&[(1e9, 1.0)]);
    for written in [1.0, 1e3, 1e6, 1e9, 5e9, 2e10] {
        assert_close(one.distinct(written), -1e9 * (-written / 1e9).exp_m1(), 1e-14);
        assert_close(one.slope(written), (-written / 1e9).exp(), 1e-14);
    }
    // A nearly full set magnifies the rounding of its share by 1 / (1 - share).
    for (share, tolerance) in [(1e-9, 1e-14), (0.1, 1e-14), (0.5, 1e-14), (0.9, 1e-14), (0.999_999, 1e-10)] {
        assert_close(one.written_for(share * 1e9), -1e9 * f64::ln_1p(-share), tolerance);
    }
    assert_close(one.distinct(1e9), 1e9 * (1.0 - (-1f64).exp()), 1e-14);
}

#[test]
fn writing_a_little_touches_as_much_as_is_written() {
    // F(x) = x - x^2 / (2 W) + ...: no cancellation for tiny x.
    let two = footprint(&[(4e9, 0.8), (400e9, 0.2)]);
    assert_close(two.distinct(1e-3), 1e-3, 1e-12);
    assert_close(two.written_for(1e-3), 1e-3, 1e-12);
}

#[test]
fn the_whole_working_set_is_reached_only_in_the_limit() {
    let two = footprint(&[(4e9, 0.8), (40e9, 0.2)]);
    assert_close(two.distinct(1e15), 44e9, 1e-15);
    assert_eq!(two.written_for(44e9), f64::INFINITY);
    assert_eq!(two.written_for(45e9), f64::INFINITY);
    assert!(two.written_for(44e9 * (1.0 - 1e-12)).is_finite());
}

#[test]
fn odd_input_is_harmless() {
    let two = footprint(&[(4e9, 0.8), (40e9, 0.2)]);
    assert_eq!([two.distinct(0.0), two.written_for(0.0), two.distinct(-1.0), two.written_for(-1.0)], [0.0; 4]);
    // Sets without room or without writes do not count.
    let idle = footprint(&[(0.0, 0.5), (1e9, 0.5), (5e9, 0.0)]);
    assert_close(idle.distinct(1e12), 1e9, 1e-12);
    assert_eq!(idle.written_for(1e9), f64::INFINITY);
    assert_eq!(footprint(&[(0.0, 1.0)]).distinct(10.0), 0.0);
}

/// One to three working sets whose shares sum to 1.
fn any_footprint() -> impl Strategy<Value = Footprint> {
    prop::collection::vec((1.0f64..12.0, 0.01f64..1.0), 1..4).prop_map(|sets| {
        let whole: f64 = sets.iter().map(|(_, share)| share).sum();
        footprint(&sets.iter().map(|&(magnitude, share)| (10f64.powf(magnitude), share / whole)).collect::<Vec<_>>())
    })
}

proptest! {
    #[test]
    fn distinct_is_monotone_and_at_most_what_is_written(f in any_footprint(), magnitude in -2.0f64..14.0, factor in 1.0f64..10.0) {
        let x = 10f64.powf(magnitude);
        let whole: f64 = f.sets.iter().map(|set| set.size).sum();
        prop_assert!(f.distinct(x) <= x * (1.0 + 1e-15));
        prop_assert!(f.distinct(x) <= whole * (1.0 + 1e-15));
        prop_assert!(f.distinct(x) <= f.distinct(x * factor) * (1.0 + 1e-15));
    }

    #[test]
    fn distinct_is_concave(f in any_footprint(), magnitude in -2.0f64..14.0, factor in 1.0f64..10.0) {
        let x = 10f64.powf(magnitude);
        let y = x * factor;
        let middle = f.distinct((x + y) / 2.0);
        prop_assert!(middle >= (f.distinct(x) + f.distinct(y)) / 2.0 * (1.0 - 1e-14));
        prop_assert!(f.slope(x) >= f.slope(y));
        // Writing x + y touches no more than writing each alone: why copies that coalesce save bytes.
        prop_assert!(f.distinct(x + y) <= (f.distinct(x) + f.distinct(y)) * (1.0 + 1e-14));
    }

    #[test]
    fn slope_is_the_derivative(f in any_footprint(), magnitude in 0.0f64..12.0) {
        let x = 10f64.powf(magnitude);
        let h = x * 1e-5;
        let difference = (f.distinct(x + h) - f.distinct(x - h)) / (2.0 * h);
        // The error of a central difference: rounding of F over h, and h^2 of the third derivative, p (p/W)^2 at most.
        let third: f64 = f.sets.iter().map(|set| set.share * (set.share / set.size).powi(2)).sum();
        let allowed = 1e-15 * f.distinct(x) / h * 8.0 + third * h * h + 1e-12;
        prop_assert!((f.slope(x) - difference).abs() <= allowed, "{} against {difference}", f.slope(x));
    }

    #[test]
    fn inverse_round_trips(f in any_footprint(), share in 0.0f64..0.999_999) {
        let whole: f64 = f.sets.iter().map(|set| set.size).sum();
        let distinct = share * whole;
        let written = f.written_for(distinct);
        prop_assert!(written >= distinct * (1.0 - 1e-12));
        prop_assert!((f.distinct(written) - distinct).abs() <= 1e-12 * distinct, "{} against {distinct}", f.distinct(written));
    }

    #[test]
    fn inverse_finds_what_was_written(f in any_footprint(), magnitude in -2.0f64..14.0) {
        let x = 10f64.powf(magnitude);
        let back = f.written_for(f.distinct(x));
        // Where the sets are nearly full, a rounding error of F is a large step of x: eps F / F'.
        let allowed = 1e-12 * x + 8.0 * f64::EPSILON * f.distinct(x) / f.slope(x);
        prop_assert!(back.is_infinite() && f.slope(x) < 1e-10 || (back - x).abs() <= allowed, "{back} against {x}");
    }
}
