//! How sure the parameters of a least-squares fit to a time series are, when its residuals hang together in time and differ in size.
//!
//! What counts of a residual is its *score*, its product with the slope of the series along a parameter: where the series does not move, residuals say nothing. Two
//! answers are worked out from the scores, and for each parameter the wider is taken. One is the textbook's, variance x (J'J)^-1, with the variance where the series
//! moves, times the inflation by the scores' autocorrelations, summed as far as neighbouring pairs stay positive (Geyer 1992). The other is (J'J)^-1 S (J'J)^-1 with S
//! the long-run covariance of all scores (Newey and West 1987). Student's t has as many degrees of freedom as there are independent residuals at which the parameter
//! makes a difference, less the parameters.

use super::interval::Fraction;
use super::known::student_t;
use super::symmetric::Eigen;

/// A fitted series: residuals, and how each simulated value moves with each parameter.
#[derive(Clone, Copy, Debug)]
pub struct Fitted<'a> {
    /// Observed - simulated, in order of time.
    pub residuals: &'a [f64],
    /// Slope of each simulated value along each parameter.
    pub slopes: &'a [Vec<f64>],
    /// Which instant each residual belongs to, ascending: several series may have been observed at one.
    pub instants: &'a [usize],
    /// The least that the standard deviation of a residual can be: what rounding of the observed values leaves.
    pub least: f64,
}

/// What the residuals say of the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Half widths of the intervals, by parameter.
    pub half: Vec<f64>,
    /// Covariance of the parameters, of the kind that takes residuals to be alike and independent: for their correlations.
    pub covariance: Vec<Vec<f64>>,
}

/// How far residuals hang together: by how much their sum varies more than if they were independent (at least 1), and over how many instants. Their mean is taken
/// off first.
pub fn inflation(residuals: &[f64], instants: &[usize]) -> (f64, usize) {
    let mean = residuals.iter().sum::<f64>() / residuals.len().max(1) as f64;
    let off: Vec<f64> = residuals.iter().map(|residual| residual - mean).collect();
    let squares: f64 = off.iter().map(|residual| residual * residual).sum();
    // Series observed at one instant count together.
    let sums = by_instant(off.iter().copied(), instants);
    let (total, window) = long_run_of(&sums);
    if squares > 0.0 { ((total / squares).max(1.0), window) } else { (1.0, 0) }
}

/// Sums over the values of each instant.
fn by_instant(values: impl Iterator<Item = f64>, instants: &[usize]) -> Vec<f64> {
    let mut sums: Vec<f64> = Vec::new();
    let mut last = None;
    for (value, instant) in values.zip(instants) {
        match sums.last_mut() {
            Some(sum) if last == Some(instant) => *sum += value,
            _ => sums.push(value),
        }
        last = Some(instant);
    }
    sums
}

/// The variance of the sum of a series, its autocovariances summed while neighbouring pairs are positive; and how far they were.
fn long_run_of(series: &[f64]) -> (f64, usize) {
    let covariance = |lag: usize| series.iter().zip(&series[lag..]).map(|(a, b)| a * b).sum::<f64>();
    let (mut total, mut lag) = (0.0, 0);
    // A third of the series: beyond, what is summed is noise.
    while 3 * (lag + 1) < series.len().max(4) && lag + 1 < series.len() {
        let pair = covariance(lag) + covariance(lag + 1);
        if pair <= 0.0 {
            break;
        }
        total += pair;
        lag += 2;
    }
    let alone = series.iter().map(|value| value * value).sum::<f64>();
    (if lag == 0 { alone } else { (2.0 * total - alone).max(alone) }, lag.saturating_sub(1))
}

/// The intervals of the parameters at `level`; `None` if some direction among them changes nothing.
pub fn spread(fitted: &Fitted<'_>, level: Fraction) -> Option<Spread> {
    let parameters = fitted.slopes.first()?.len();
    let count = fitted.residuals.len();
    let products = gram(fitted.slopes, parameters);
    let inverse = Eigen::of(&products).inverse()?;
    let freedom = count.saturating_sub(parameters).max(1) as f64;
    let least = fitted.least * fitted.least;
    let squares: f64 = fitted.residuals.iter().map(|residual| residual * residual).sum();
    let variance = (squares / freedom).max(least);
    let covariance: Vec<Vec<f64>> = inverse.iter().map(|row| row.iter().map(|cell| cell * variance).collect()).collect();
    let column = |place: usize| fitted.slopes.iter().zip(fitted.residuals).map(move |(slope, residual)| slope[place] * residual);
    let alone: Vec<(f64, usize)> = (0..parameters).map(|place| long_run_of(&by_instant(column(place), fitted.instants))).collect();
    let window = alone.iter().map(|(_, window)| *window).max().unwrap_or(0);
    let scores = long_run(&scores(fitted, parameters), window, parameters);
    let robust = |place: usize| {
        let row = &inverse[place];
        let sum: f64 = (0..parameters).flat_map(|i| (0..parameters).map(move |j| (i, j))).map(|(i, j)| row[i] * scores[i][j] * row[j]).sum();
        sum * count as f64 / freedom
    };
    let half = |place: usize| {
        let (second, fourth) = fitted.slopes.iter().fold((0.0, 0.0), |(second, fourth), slope| {
            let square = slope[place] * slope[place];
            (second + square, fourth + square * square)
        });
        let independent: f64 = column(place).map(|score| score * score).sum();
        let inflation = if independent > 0.0 { (alone[place].0 / independent).max(1.0) } else { 1.0 };
        // The mean square of the residuals, each weighing as much as the series moves there.
        let there = (independent / second * count as f64 / freedom).max(least);
        // As many residuals as would say as much if all slopes were the same.
        let telling = second * second / fourth / inflation;
        let freedom = (telling as usize).saturating_sub(parameters).max(1);
        let variance = (inverse[place][place] * there * inflation).max(robust(place));
        Some(student_t(freedom, level.get())? * variance.sqrt())
    };
    let half = (0..parameters).map(half).collect::<Option<Vec<f64>>>()?;
    Some(Spread { half, covariance })
}

/// J'J.
pub fn gram(slopes: &[Vec<f64>], parameters: usize) -> Vec<Vec<f64>> {
    let cell = |i: usize, j: usize| slopes.iter().map(|slope| slope[i] * slope[j]).sum();
    (0..parameters).map(|i| (0..parameters).map(|j| cell(i, j)).collect()).collect()
}

/// J'e of each instant.
fn scores(fitted: &Fitted<'_>, parameters: usize) -> Vec<Vec<f64>> {
    let mut scores: Vec<Vec<f64>> = Vec::new();
    let mut last = None;
    for ((residual, slope), instant) in fitted.residuals.iter().zip(fitted.slopes).zip(fitted.instants) {
        if last != Some(instant) {
            scores.push(vec![0.0; parameters]);
            last = Some(instant);
        }
        if let Some(score) = scores.last_mut() {
            score.iter_mut().zip(slope).for_each(|(sum, slope)| *sum += slope * residual);
        }
    }
    scores
}

/// Covariance of the sum of the scores, weights falling evenly to nothing beyond the window.
fn long_run(scores: &[Vec<f64>], window: usize, parameters: usize) -> Vec<Vec<f64>> {
    let mut sum = vec![vec![0.0; parameters]; parameters];
    for lag in 0..=window.min(scores.len().saturating_sub(1)) {
        let weight = 1.0 - lag as f64 / (window as f64 + 1.0);
        for (now, later) in scores.iter().zip(&scores[lag..]) {
            for i in 0..parameters {
                for j in 0..parameters {
                    sum[i][j] += weight * if lag == 0 { now[i] * later[j] } else { now[i] * later[j] + later[i] * now[j] };
                }
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::engine::Streams;

    /// Noise of unit variance, each value `along` times the last one plus something new; its sum varies (1 + along) / (1 - along) times as much (Priestley 1981).
    fn noise(count: usize, along: f64, trial: u64) -> Vec<f64> {
        let mut stream = Streams::new(5, trial).stream("test", "noise");
        let mut fresh = || (0..12).map(|_| stream.random::<f64>()).sum::<f64>() - 6.0;
        let mut value = fresh();
        (0..count)
            .map(|_| {
                let now = value;
                value = along * value + (1.0 - along * along).sqrt() * fresh();
                now
            })
            .collect()
    }

    #[test]
    fn inflation_of_an_autoregression_is_that_of_the_closed_form() {
        for (along, known) in [(0.0, 1.0), (0.5, 3.0), (0.8, 9.0)] {
            let mean = (0..40).map(|trial| inflation(&noise(2000, along, trial), &(0..2000).collect::<Vec<_>>()).0).sum::<f64>() / 40.0;
            assert!((mean / known - 1.0).abs() < 0.15, "{along}: {mean} against {known}");
        }
    }

    #[test]
    fn series_that_move_together_count_once() {
        let one = noise(1000, 0.0, 1);
        let (twice, instants): (Vec<f64>, Vec<usize>) = one.iter().enumerate().flat_map(|(at, value)| [(*value, at), (*value, at)]).unzip();
        let (inflated, _) = inflation(&twice, &instants);
        // About 2, as far as the autocorrelations of a thousand values are known.
        assert!((1.7..2.3).contains(&inflated), "{inflated}");
    }

    /// Straight lines y = a + b x through independent noise: the textbook's interval, b +- t s / sqrt(sum (x - mean)^2), which this one is no narrower than by
    /// more than the noise of its own variance, and not much wider.
    #[test]
    fn a_straight_line_has_the_interval_of_the_textbook() {
        let count = 400;
        let slopes: Vec<Vec<f64>> = (0..count).map(|at| vec![1.0, at as f64 / count as f64 - 0.5]).collect();
        let instants: Vec<usize> = (0..count).collect();
        let about: f64 = slopes.iter().map(|slope| (slope[1] + 0.5 / count as f64).powi(2)).sum();
        let ratio = |trial| {
            let residuals = noise(count, 0.0, trial);
            let found = spread(&Fitted { residuals: &residuals, slopes: &slopes, instants: &instants, least: 0.0 }, Fraction::P95).unwrap();
            let squares: f64 = residuals.iter().map(|e| e * e).sum();
            found.half[1] / (1.966 * (squares / 398.0 / about).sqrt())
        };
        let mean = (0..50).map(ratio).sum::<f64>() / 50.0;
        assert!((1.0..1.3).contains(&mean), "{mean}");
    }

    /// Over 300 trials each, intervals of 95 % for a level and a slope hold the truth as often as they say, or nearly, though neighbouring residuals hang together.
    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let count = 500;
        for (along, least) in [(0.0, 0.92), (0.6, 0.9), (0.9, 0.85)] {
            let mut held = [0, 0];
            for trial in 0..300 {
                let noise = noise(count, along, 1000 + trial);
                let slopes: Vec<Vec<f64>> = (0..count).map(|at| vec![1.0, if at % 100 < 20 { 1.0 } else { 0.0 }]).collect();
                let products = Eigen::of(&gram(&slopes, 2)).inverse().unwrap();
                let right: Vec<f64> = (0..2).map(|j| slopes.iter().zip(&noise).map(|(slope, e)| slope[j] * e).sum()).collect();
                let found: Vec<f64> = (0..2).map(|i| products[i][0] * right[0] + products[i][1] * right[1]).collect();
                let residuals: Vec<f64> = slopes.iter().zip(&noise).map(|(slope, e)| e - slope[0] * found[0] - slope[1] * found[1]).collect();
                let instants: Vec<usize> = (0..count).collect();
                let spread = spread(&Fitted { residuals: &residuals, slopes: &slopes, instants: &instants, least: 0.0 }, Fraction::P95).unwrap();
                // The truth is zero.
                (0..2).for_each(|j| held[j] += u32::from(found[j].abs() <= spread.half[j]));
            }
            for held in held {
                assert!(f64::from(held) / 300.0 >= least, "{along}: {held} of 300");
            }
        }
    }

    #[test]
    fn a_direction_that_changes_nothing_has_no_interval() {
        let slopes = vec![vec![1.0, 2.0]; 9];
        let instants: Vec<usize> = (0..9).collect();
        assert_eq!(spread(&Fitted { residuals: &[0.5; 9], slopes: &slopes, instants: &instants, least: 0.0 }, Fraction::P95), None);
    }
}
