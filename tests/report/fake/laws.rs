//! Laws and breaches of a quantity that is known step by step, by counting.

use failback::results::{BreachSummary, Law};

use super::THRESHOLD;

pub(super) fn law(samples: &[f64], step: f64, threshold: Option<f64>) -> Law {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |q: f64| sorted.get(((sorted.len() as f64 * q) as usize).min(sorted.len().saturating_sub(1))).copied();
    let (max_index, max) = samples.iter().enumerate().fold((0, 0.0), |best, (i, &v)| if v > best.1 { (i, v) } else { best });
    Law {
        observed_s: samples.len() as f64 * step,
        mean: samples.iter().sum::<f64>() / samples.len().max(1) as f64,
        p50: at(0.5),
        p90: at(0.9),
        p95: at(0.95),
        p99: at(0.99),
        max,
        max_at_s: (max_index + 1) as f64 * step,
        share_over: threshold.map(|t| samples.iter().filter(|&&v| v > t).count() as f64 / samples.len().max(1) as f64),
    }
}

pub(super) fn breaches(samples: &[f64], step: f64) -> BreachSummary {
    let mut summary = BreachSummary::default();
    let mut length = 0.0;
    for (index, &lag) in samples.iter().enumerate() {
        let at = (index + 1) as f64 * step;
        if lag <= THRESHOLD {
            length = 0.0;
            continue;
        }
        if length == 0.0 {
            summary.count += 1;
            summary.first_at_s.get_or_insert(at);
        }
        length += step;
        summary.total_s += step;
        if length > summary.longest_s {
            summary.longest_s = length;
            summary.longest_at_s = Some(at - length + step);
        }
    }
    summary
}
