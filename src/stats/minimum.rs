//! The least value of a function that can only be evaluated: along a line by golden section, in the unit cube by the simplex of Nelder and Mead.
//!
//! Both take only comparisons of values, so they do not mind kinks. A value that is not finite counts as worse than any other.

/// Where a function is least, as far as was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// Where.
    pub at: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// How often the function was evaluated.
    pub evaluations: usize,
}

fn worth(value: f64) -> f64 {
    if value.is_nan() { f64::INFINITY } else { value }
}

/// The golden section (Kiefer 1953): narrows `low..high` until it is shorter than `width`; right if the function falls to one minimum there and rises from it.
///
/// ```
/// use failback::stats::golden_section;
///
/// let found = golden_section((0.0, 1.0), 1e-6, |x| (x - 0.3_f64).powi(2));
/// assert!((found.at[0] - 0.3).abs() < 1e-6);
/// ```
pub fn golden_section((mut low, mut high): (f64, f64), width: f64, mut of: impl FnMut(f64) -> f64) -> Minimum {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut left, mut right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut at_left, mut at_right) = (worth(of(left)), worth(of(right)));
    let mut evaluations = 2;
    while high - low > width && evaluations < 200 {
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - GOLDEN * (high - low);
            at_left = worth(of(left));
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + GOLDEN * (high - low);
            at_right = worth(of(right));
        }
        evaluations += 1;
    }
    let (at, value) = if at_left <= at_right { (left, at_left) } else { (right, at_right) };
    Minimum { at: vec![at], value, evaluations }
}

/// The simplex method (Nelder and Mead 1965) from `start`, with edges of `edge` at first, inside the unit cube: places outside are moved onto its faces. Ends
/// when the simplex is smaller than `width` in every coordinate, or after so many evaluations.
pub fn simplex(start: &[f64], edge: f64, width: f64, most: usize, mut of: impl FnMut(&[f64]) -> f64) -> Minimum {
    let factors = start.len();
    let mut evaluations = 0;
    let mut value = |at: &[f64]| {
        evaluations += 1;
        worth(of(at))
    };
    let inside = |at: Vec<f64>| -> Vec<f64> { at.into_iter().map(|x| x.clamp(0.0, 1.0)).collect() };
    let mut corners: Vec<(Vec<f64>, f64)> = Vec::with_capacity(factors + 1);
    let first = inside(start.to_vec());
    for corner in 0..=factors {
        let mut at = first.clone();
        if let Some(moved) = corner.checked_sub(1) {
            // Away from the nearer face, so that the corners differ.
            at[moved] += if at[moved] > 0.5 { -edge } else { edge };
        }
        let found = value(&at);
        corners.push((at, found));
    }
    let mut spent = factors + 1;
    while spent < most {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let spread = |factor: usize| {
            let of = || corners.iter().map(|(at, _)| at[factor]);
            of().fold(f64::NEG_INFINITY, f64::max) - of().fold(f64::INFINITY, f64::min)
        };
        if (0..factors).all(|factor| spread(factor) < width) {
            break;
        }
        let worst = corners[factors].clone();
        let middle: Vec<f64> = (0..factors).map(|factor| corners[..factors].iter().map(|(at, _)| at[factor]).sum::<f64>() / factors as f64).collect();
        let along = |share: f64| inside((0..factors).map(|factor| middle[factor] + share * (worst.0[factor] - middle[factor])).collect());
        let reflected = along(-1.0);
        let at_reflected = value(&reflected);
        spent += 1;
        if at_reflected < corners[0].1 {
            let expanded = along(-2.0);
            let at_expanded = value(&expanded);
            spent += 1;
            corners[factors] = if at_expanded < at_reflected { (expanded, at_expanded) } else { (reflected, at_reflected) };
        } else if factors > 1 && at_reflected < corners[factors - 1].1 {
            corners[factors] = (reflected, at_reflected);
        } else {
            let contracted = along(if at_reflected < worst.1 { -0.5 } else { 0.5 });
            let at_contracted = value(&contracted);
            spent += 1;
            if at_contracted < worst.1.min(at_reflected) {
                corners[factors] = (contracted, at_contracted);
            } else {
                // Everything towards the best corner.
                let best = corners[0].0.clone();
                for (at, found) in &mut corners[1..] {
                    for (x, towards) in at.iter_mut().zip(&best) {
                        *x = f64::midpoint(*x, *towards);
                    }
                    *found = value(at);
                    spent += 1;
                }
            }
        }
    }
    corners.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (at, least) = corners.swap_remove(0);
    Minimum { at, value: least, evaluations }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_section_finds_the_kink_of_a_function_without_slope() {
        let found = golden_section((0.0, 1.0), 1e-9, |x| (x - std::f64::consts::FRAC_1_SQRT_2).abs());
        assert!((found.at[0] - std::f64::consts::FRAC_1_SQRT_2).abs() < 1e-8, "{found:?}");
        assert!(found.evaluations < 50);
    }

    #[test]
    fn golden_section_stays_inside_and_goes_to_the_end_where_the_least_is_there() {
        let found = golden_section((0.2, 1.0), 1e-6, |x| {
            assert!((0.2..=1.0).contains(&x));
            x
        });
        assert!((found.at[0] - 0.2).abs() < 1e-5);
    }

    /// Rosenbrock 1960, shrunk so that (1, 1) lies at (0.75, 0.75) of the unit square [-2, 2]^2.
    #[test]
    fn the_simplex_follows_the_valley_of_rosenbrock() {
        let rosenbrock = |u: &[f64]| {
            let (x, y) = (4.0 * u[0] - 2.0, 4.0 * u[1] - 2.0);
            (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)
        };
        let found = simplex(&[0.2, 0.75], 0.1, 1e-9, 2000, rosenbrock);
        assert!((found.at[0] - 0.75).abs() < 1e-6 && (found.at[1] - 0.75).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn the_simplex_finds_the_middle_of_a_quadratic_in_four_factors() {
        let middle = [0.3, 0.6, 0.45, 0.8];
        let bowl = |u: &[f64]| u.iter().zip(&middle).enumerate().map(|(place, (x, m))| (place as f64 + 1.0) * (x - m).powi(2)).sum();
        let found = simplex(&[0.5; 4], 0.1, 1e-8, 3000, bowl);
        assert!(found.at.iter().zip(&middle).all(|(x, m)| (x - m).abs() < 1e-5), "{found:?}");
    }

    #[test]
    fn the_simplex_keeps_to_the_cube_and_steps_around_what_cannot_be_evaluated() {
        let found = simplex(&[0.5, 0.5], 0.2, 1e-7, 2000, |u| {
            assert!(u.iter().all(|x| (0.0..=1.0).contains(x)));
            if u[1] > 0.9 { f64::NAN } else { (u[0] - 2.0).powi(2) + (u[1] - 0.7).powi(2) }
        });
        assert!((found.at[0] - 1.0).abs() < 1e-5 && (found.at[1] - 0.7).abs() < 1e-4, "{found:?}");
    }
}
