//! How much of what differs between points is chance: points by replications, both with effects of their own (two-way analysis of variance).
//!
//! Replication r of every point has the same random numbers, so what chance does to all points alike shifts them together and does no harm. What is left when the
//! means of points and of replications are taken away is chance that a comparison of points suffers from.

/// The share \[0..1\] of the variance between the points' means that comes from there being so few replications. `None` for fewer than two of either, rows of unequal
/// length, or means that do not differ.
pub fn noise_share(rows: &[Vec<f64>]) -> Option<f64> {
    let (points, runs) = (rows.len(), rows.first()?.len());
    if points < 2 || runs < 2 || rows.iter().any(|row| row.len() != runs || row.iter().any(|value| !value.is_finite())) {
        return None;
    }
    let of_point: Vec<f64> = rows.iter().map(|row| row.iter().sum::<f64>() / runs as f64).collect();
    let of_run: Vec<f64> = (0..runs).map(|run| rows.iter().map(|row| row[run]).sum::<f64>() / points as f64).collect();
    let mean = of_point.iter().sum::<f64>() / points as f64;
    let between = of_point.iter().map(|of| (of - mean).powi(2)).sum::<f64>() / (points - 1) as f64;
    if between <= 0.0 {
        return None;
    }
    let rest =
        |(row, of_point): (&Vec<f64>, &f64)| row.iter().zip(&of_run).map(|(value, of_run)| (value - of_point - of_run + mean).powi(2)).sum::<f64>();
    let chance = rows.iter().zip(&of_point).map(rest).sum::<f64>() / ((points - 1) * (runs - 1)) as f64;
    Some((chance / runs as f64 / between).min(1.0))
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::engine::Streams;

    /// Closed form: points uniform over 0..a have variance a²/12, chance uniform over 0..b has b²/12, so of the means of R runs the share is (b²/R) / (a² + b²/R).
    /// What all points have in common in a run counts for nothing.
    #[test]
    fn chance_is_told_from_what_all_points_have_in_common() {
        let mut stream = Streams::new(3, 0).stream("sensitivity", "noise");
        let (a, b, runs) = (2.0, 3.0, 5);
        let common: Vec<f64> = (0..runs).map(|_| 100.0 * stream.random::<f64>()).collect();
        let rows: Vec<Vec<f64>> = (0..20_000)
            .map(|_| {
                let point = a * stream.random::<f64>();
                common.iter().map(|common| point + common + b * stream.random::<f64>()).collect()
            })
            .collect();
        let expected = (b * b / runs as f64) / (a * a + b * b / runs as f64);
        let found = noise_share(&rows).expect("there are many");
        assert!((found - expected).abs() < 0.01, "{found} against {expected}");
        let still: Vec<Vec<f64>> = (0..10).map(|point| common.iter().map(|common| f64::from(point) + common).collect()).collect();
        assert!(noise_share(&still).expect("points differ") < 1e-12);
    }

    #[test]
    fn what_tells_nothing_has_no_share() {
        assert_eq!(noise_share(&[]), None);
        assert_eq!(noise_share(&[vec![1.0], vec![2.0]]), None);
        assert_eq!(noise_share(&[vec![1.0, 2.0]]), None);
        assert_eq!(noise_share(&[vec![1.0, 2.0], vec![1.0]]), None);
        assert_eq!(noise_share(&[vec![1.0, 1.0], vec![1.0, 1.0]]), None);
    }
}
