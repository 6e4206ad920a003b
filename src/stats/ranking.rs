//! The best of several designs: where the next runs are worth most, and how likely the apparent best is the best.
//!
//! OCBA (optimal computing budget allocation: Chen and Lee, Stochastic Simulation Optimization, 2010, theorem 3.2): runs go to designs in
//! proportion to (standard deviation / gap to the best) squared, the best itself getting enough to be told from all others. It assumes that designs
//! are simulated independently; where they see the same chances it spends more than needed, and the probability below is too low rather than too high
//! as long as the designs react alike.

use super::known::normal_cdf;

/// What is known of one design so far; the smaller its mean the better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Mean of its runs.
    pub mean: f64,
    /// Variance of one run [unit of the mean, squared].
    pub variance: f64,
    /// Runs so far, at least two.
    pub runs: usize,
}

/// The candidate with the smallest mean, the first among equals.
pub fn best(candidates: &[Candidate]) -> Option<usize> {
    (0..candidates.len()).min_by(|a, b| candidates[*a].mean.total_cmp(&candidates[*b].mean))
}

/// How the next `more` runs are shared out among the candidates: in all exactly `more`, in their order.
///
/// `indifferent` is the difference in means that does not matter [unit of the mean, 0 or more]: smaller gaps count as that, so that two designs as
/// good as each other do not take all runs. A design that has more runs than its share gets none and keeps what it has. Fractions are cut off, and
/// what is left over goes to the best.
pub fn ocba(candidates: &[Candidate], more: usize, indifferent: f64) -> Vec<usize> {
    let Some(best) = best(candidates) else { return Vec::new() };
    let mut wanted = weights(candidates, best, indifferent);
    let runs_of =
        |wanted: &[f64]| candidates.iter().zip(wanted).filter(|(_, wanted)| **wanted > 0.0).map(|(candidate, _)| candidate.runs).sum::<usize>();
    let mut budget = more + runs_of(&wanted);
    // Designs that have more than their share are taken out with what they have, and the rest is shared anew, until all that are left get some.
    loop {
        let total: f64 = wanted.iter().sum();
        let over = |design: &usize| wanted[*design] > 0.0 && wanted[*design] / total * (budget as f64) < candidates[*design].runs as f64;
        let out: Vec<usize> = (0..wanted.len()).filter(over).collect();
        if out.is_empty() {
            break;
        }
        for design in out {
            wanted[design] = 0.0;
        }
        budget = more + runs_of(&wanted);
    }
    let total: f64 = wanted.iter().sum();
    let share = |(candidate, wanted): (&Candidate, &f64)| {
        if *wanted > 0.0 { ((wanted / total * budget as f64) as usize).saturating_sub(candidate.runs) } else { 0 }
    };
    let mut shares: Vec<usize> = candidates.iter().zip(&wanted).map(share).collect();
    shares[best] += more - shares.iter().sum::<usize>();
    shares
}

/// Runs that the candidates should have in all, up to a common factor.
fn weights(candidates: &[Candidate], best: usize, indifferent: f64) -> Vec<f64> {
    let widest = candidates.iter().map(|candidate| candidate.mean - candidates[best].mean).fold(0.0, f64::max);
    // A tie without an indifference zone counts as a thousandth of the widest gap; if all tie, gaps do not matter at all.
    let least = if widest > 0.0 { indifferent.max(widest / 1000.0) } else { 1.0 };
    let weight = |candidate: &Candidate| candidate.variance / (candidate.mean - candidates[best].mean).max(least).powi(2);
    let mut weights: Vec<f64> = candidates.iter().map(weight).collect();
    let others = (0..candidates.len()).filter(|design| *design != best && candidates[*design].variance > 0.0);
    let squares: f64 = others.map(|design| weights[design] * weights[design] / candidates[design].variance).sum();
    weights[best] = (candidates[best].variance * squares).sqrt();
    weights
}

/// A lower bound of the probability that the apparent best is at most `indifferent` worse than every other design: what each of the others may take
/// away, added up (APCS-B: Chen and Lee 2010, section 3.3; Bonferroni). From a normal approximation. 1 for a single candidate, 0 for none.
pub fn correct_selection(candidates: &[Candidate], indifferent: f64) -> f64 {
    let Some(best) = best(candidates) else { return 0.0 };
    let error = |candidate: &Candidate| candidate.variance / candidate.runs as f64;
    let wrong = |design: usize| {
        let gap = candidates[design].mean - candidates[best].mean + indifferent;
        let spread = (error(&candidates[design]) + error(&candidates[best])).sqrt();
        // Where nothing varies the gap is what it is, and an exact tie is no error.
        if spread > 0.0 { normal_cdf(-gap / spread) } else { 0.0 }
    };
    let risk: f64 = (0..candidates.len()).filter(|design| *design != best).map(wrong).sum();
    (1.0 - risk).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(rows: &[(f64, f64, usize)]) -> Vec<Candidate> {
        rows.iter().map(|(mean, variance, runs)| Candidate { mean: *mean, variance: *variance, runs: *runs }).collect()
    }

    /// Row F1 (Chen and Lee 2010, also the documentation of R's SPOT): totals 60, 44, 16, 7 and 5.
    #[test]
    fn f1_ocba_of_chen_and_lee() {
        let known = candidates(&[(1.2, 3.3, 12), (2.1, 2.0, 6), (3.4, 4.5, 5), (4.87, 5.3, 5), (6.05, 6.9, 4)]);
        assert_eq!(ocba(&known, 100, 0.0), [48, 38, 11, 2, 1]);
    }

    /// Closed form for two designs: runs in proportion to the standard deviations.
    #[test]
    fn two_designs_get_runs_by_their_standard_deviations() {
        let known = candidates(&[(1.0, 9.0, 2), (2.0, 1.0, 2)]);
        assert_eq!(ocba(&known, 396, 0.0), [298, 98]);
    }

    #[test]
    fn all_runs_are_shared_out_whatever_the_candidates() {
        let cases = [
            candidates(&[(1.0, 1.0, 2), (1.0, 1.0, 2), (1.0, 1.0, 2)]),
            candidates(&[(1.0, 0.0, 2), (2.0, 0.0, 2)]),
            candidates(&[(1.0, 0.0, 2), (2.0, 4.0, 2), (3.0, 0.0, 2)]),
            candidates(&[(1.0, 1.0, 2), (2.0, 1.0, 500), (2.0, 1.0, 2)]),
            candidates(&[(1.0, 1.0, 2)]),
            candidates(&[(1.0, 1.0, 30), (1.0, 1.0, 30), (9.0, 1.0, 30)]),
        ];
        for known in cases {
            let shares = ocba(&known, 50, 0.1);
            assert_eq!(shares.iter().sum::<usize>(), 50, "{known:?}");
        }
        assert_eq!(ocba(&candidates(&[(1.0, 1.0, 2), (2.0, 1.0, 500), (2.0, 1.0, 2)]), 50, 0.0)[1], 0);
        assert!(ocba(&[], 50, 0.0).is_empty());
    }

    /// Closed form for two designs: Phi(gap / sqrt(v1/n1 + v2/n2)); 1.959964 standard errors apart that is 0.975.
    #[test]
    fn selection_between_two_is_the_normal_law() {
        let gap = 1.959_964 * 0.5_f64.sqrt();
        let known = candidates(&[(gap, 4.0, 16), (0.0, 4.0, 16)]);
        assert!((correct_selection(&known, 0.0) - 0.975).abs() < 1e-7);
        let nearer = candidates(&[(gap - 0.3, 4.0, 16), (0.0, 4.0, 16)]);
        assert!((correct_selection(&nearer, 0.3) - 0.975).abs() < 1e-7);
        assert!((correct_selection(&candidates(&[(0.0, 1.0, 9), (0.0, 1.0, 9)]), 0.0) - 0.5).abs() < 1e-9);
        assert_eq!(correct_selection(&candidates(&[(0.0, 0.0, 9), (1.0, 0.0, 9)]), 0.0), 1.0);
        assert_eq!(correct_selection(&candidates(&[(0.0, 1.0, 9); 9]), 0.0), 0.0);
        assert_eq!((correct_selection(&[], 0.0), correct_selection(&known[..1], 0.0)), (0.0, 1.0));
    }
}
