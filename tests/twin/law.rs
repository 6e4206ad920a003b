//! Laws of a quantity over time that is linear within each step.

/// Mean, maximum, share above a threshold and quantiles.
#[derive(Clone, Debug, Default)]
pub struct Law {
    /// Seconds observed.
    pub observed: f64,
    /// Mean.
    pub mean: f64,
    /// Maximum.
    pub max: f64,
    /// Share of the observed time above the threshold.
    pub over: f64,
    /// Middle values of the observed steps, ascending.
    sorted: Vec<f64>,
}

impl Law {
    /// Of a quantity that is linear within each step, over the steps that have one.
    pub fn new(steps: &[Option<(f64, f64)>], step: f64, threshold: f64) -> Law {
        let pieces: Vec<(f64, f64)> = steps.iter().flatten().copied().collect();
        Law::from_pieces(&pieces, step, threshold)
    }

    /// From the laws of several, each weighted by its observed time.
    pub fn pooled(laws: &[Law]) -> Law {
        let observed: f64 = laws.iter().map(|law| law.observed).sum();
        let weighted = |of: fn(&Law) -> f64| laws.iter().map(|law| law.observed * of(law)).sum::<f64>() / observed.max(f64::MIN_POSITIVE);
        let mut sorted: Vec<f64> = laws.iter().flat_map(|law| law.sorted.iter().copied()).collect();
        sorted.sort_by(f64::total_cmp);
        Law {
            observed,
            mean: weighted(|law| law.mean),
            max: laws.iter().map(|law| law.max).fold(0.0, f64::max),
            over: weighted(|law| law.over),
            sorted,
        }
    }

    /// The value that is not passed for this share of the time.
    pub fn quantile(&self, share: f64) -> f64 {
        if self.sorted.is_empty() {
            return 0.0;
        }
        let rank = (share * self.sorted.len() as f64).ceil() as usize;
        self.sorted[rank.clamp(1, self.sorted.len()) - 1]
    }

    fn from_pieces(pieces: &[(f64, f64)], step: f64, threshold: f64) -> Law {
        let count = pieces.len().max(1) as f64;
        let over = pieces.iter().map(|&(a, b)| share_over(a, b, threshold)).sum::<f64>() / count;
        let mut sorted: Vec<f64> = pieces.iter().map(|(a, b)| 0.5 * (a + b)).collect();
        sorted.sort_by(f64::total_cmp);
        Law {
            observed: pieces.len() as f64 * step,
            mean: pieces.iter().map(|(a, b)| 0.5 * (a + b)).sum::<f64>() / count,
            max: pieces.iter().map(|(a, b)| a.max(*b)).fold(0.0, f64::max),
            over,
            sorted,
        }
    }
}

fn share_over(a: f64, b: f64, threshold: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low > threshold {
        1.0
    } else if high <= threshold {
        0.0
    } else {
        (high - threshold) / (high - low)
    }
}
