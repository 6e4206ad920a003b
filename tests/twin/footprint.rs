//! F(x), the distinct bytes that x written bytes touch, and its inverse by bisection.

use failback::model::Footprint;

/// F(x) = Σ W (1 - exp(-p x / W)); without sets, F(x) = x.
pub fn distinct(footprint: &Footprint, written: f64) -> f64 {
    if footprint.sets.is_empty() {
        return written;
    }
    footprint.sets.iter().map(|set| -set.size * (-set.share * written / set.size).exp_m1()).sum()
}

/// The x at which F(x) = `distinct_bytes`.
pub fn written(footprint: &Footprint, distinct_bytes: f64) -> f64 {
    if footprint.sets.is_empty() || distinct_bytes <= 0.0 {
        return distinct_bytes.max(0.0);
    }
    let mut high = distinct_bytes;
    while distinct(footprint, high) < distinct_bytes && high < 1e30 {
        high *= 2.0;
    }
    let mut low = 0.0;
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if distinct(footprint, middle) < distinct_bytes {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use failback::model::WorkingSet;

    #[test]
    fn the_inverse_undoes_f() {
        let footprint = Footprint { sets: vec![WorkingSet { size: 1e9, share: 0.8 }, WorkingSet { size: 20e9, share: 0.2 }] };
        for x in [1.0, 1e6, 1e9, 5e9] {
            let back = written(&footprint, distinct(&footprint, x));
            assert!((back / x - 1.0).abs() < 1e-6, "{x} came back as {back}");
        }
    }
}
