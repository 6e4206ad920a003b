//! What the runs show of each figure: the paired difference from A, what pairing saved, who wins how often, and the verdict.

use crate::experiment::compare::better::Direction;
use crate::experiment::compare::record::{Against, Compared, Relevance, Verdict};
use crate::experiment::compare::rounds::{Lane, Lanes};
use crate::experiment::compare::words;
use crate::experiment::figure::Figure;
use crate::experiment::gather::Gathered;
use crate::stats::{Better, Fraction, Interval, mean, paired};

/// Values that differ by less than this share of their size are the same number, rounded twice.
const ROUNDING: f64 = 1e-9;

/// A difference that does not matter, in one figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Indifference {
    /// The figure's path.
    pub figure: String,
    /// How much \[unit of the figure\].
    pub value: f64,
}

/// The confidence of each of so many intervals for which all hold together with confidence `level` (Bonferroni).
pub fn simultaneous(level: Fraction, intervals: usize) -> Fraction {
    if intervals <= 1 { level } else { Fraction::new(1.0 - level.rest() / intervals as f64).unwrap_or(level) }
}

/// The values of a figure in the replications in which both designs had something to measure, rounding taken out.
pub fn pairs(a: &Gathered, other: &Gathered, figure: usize) -> (Vec<f64>, Vec<f64>) {
    let both = a.rows().iter().zip(other.rows()).filter_map(|(a, other)| Some((a[figure]?, other[figure]?)));
    let same = |a: f64, other: f64| (a - other).abs() <= ROUNDING * a.abs().max(other.abs());
    both.map(|(a, other)| (a, if same(a, other) { a } else { other })).unzip()
}

/// All figures of all designs, judged.
pub fn judge(lanes: &Lanes, labels: &[String], level: Fraction, indifference: Option<&Indifference>) -> Vec<Compared> {
    let Some((first, others)) = lanes.lanes.split_first() else { return Vec::new() };
    let level = simultaneous(level, others.len());
    let one = |(number, figure): (usize, &Figure)| {
        let better = Direction::of(figure.path());
        let indifference = indifference.filter(|of| of.figure == figure.path()).map(|of| of.value);
        let against = others.iter().zip(labels.iter().skip(1)).map(|(other, label)| {
            let mut against = hold_against(first, other, number, better, level);
            against.design.clone_from(label);
            against.winner = winner(&against, better);
            against.relevance = indifference.zip(against.difference).map(|(limit, difference)| relevance(limit, &difference));
            against.words = words::verdict(figure, better, &against);
            against
        });
        Compared {
            figure: figure.path().to_owned(),
            unit: figure.kind().unit().to_owned(),
            better,
            per_run: first.gathered.is_of_law(number) && !figure.path().ends_with(".mean"),
            against: against.collect(),
        }
    };
    lanes.figures().iter().enumerate().map(one).collect()
}

fn hold_against(first: &Lane, other: &Lane, figure: usize, better: Direction, level: Fraction) -> Against {
    let (ours, theirs) = pairs(&first.gathered, &other.gathered, figure);
    let of = |values: &[f64]| mean(values, level).map(|mean| mean.estimate);
    let found = paired(&theirs, &ours, better.better().unwrap_or(Better::Smaller), level);
    let turned = paired(&ours, &theirs, better.better().unwrap_or(Better::Smaller), level);
    let random = first.random() || other.random();
    let mut difference = found.map(|found| found.difference);
    let all_ties = found.is_some_and(|found| found.ties == ours.len());
    if let Some(difference) = difference.as_mut().filter(|_| !random || all_ties) {
        // Nothing to be unsure of.
        (difference.low, difference.high) = (Some(difference.estimate), Some(difference.estimate));
    }
    let verdict = match difference {
        None => Verdict::Nothing,
        Some(_) if all_ties => Verdict::Same,
        Some(_) if !random => Verdict::Exact,
        Some(difference) if !difference.is_bounded() => Verdict::NotBounded,
        Some(difference) if difference.contains(0.0) => Verdict::NotShown,
        Some(_) => Verdict::Shown,
    };
    let chances = random && better != Direction::Neither;
    Against {
        design: String::new(),
        pairs: ours.len() as u64,
        a_mean: of(&ours),
        other_mean: of(&theirs),
        difference,
        variance_ratio: found.and_then(|found| found.variance_ratio),
        a_better: turned.map(|turned| turned.a_better).filter(|_| chances),
        other_better: found.map(|found| found.a_better).filter(|_| chances),
        ties: found.map_or(0, |found| found.ties as u64),
        verdict,
        winner: None,
        relevance: None,
        words: String::new(),
    }
}

/// Which of the two is better, if a difference is shown and one way is better.
fn winner(against: &Against, better: Direction) -> Option<String> {
    let difference = against.difference?.estimate;
    let shown = matches!(against.verdict, Verdict::Shown | Verdict::Exact);
    let other = match better {
        Direction::Smaller => difference < 0.0,
        Direction::Larger => difference > 0.0,
        Direction::Neither => return None,
    };
    shown.then(|| if other { against.design.clone() } else { "A".to_owned() })
}

fn relevance(limit: f64, difference: &Interval) -> Relevance {
    match (difference.low, difference.high) {
        (Some(low), Some(high)) if low > limit || high < -limit => Relevance::Larger,
        (Some(low), Some(high)) if low >= -limit && high <= limit => Relevance::Smaller,
        _ => Relevance::Open,
    }
}

/// The verdict over all figures in sentences, that of the first figure first.
pub fn overall(figures: &[Compared], labels: &[String]) -> Vec<String> {
    let mut said = Vec::new();
    for (place, label) in labels.iter().skip(1).enumerate() {
        let of = |figure: &Compared| figure.against.get(place).cloned();
        let Some(first) = figures.first().and_then(of) else { continue };
        let named = if labels.len() > 2 { format!("{label} against A: ") } else { String::new() };
        said.push(format!("{named}{}.", first.words));
        let count = |wanted: &dyn Fn(&Against) -> bool| figures.iter().filter_map(of).filter(|against| wanted(against)).count();
        let same = count(&|against| against.verdict == Verdict::Same);
        if same > 0 && same == count(&|against| against.verdict != Verdict::Nothing) {
            said.push(format!("{named}every figure is the same in every run: they are one design in all that was compared."));
            continue;
        }
        let parts = [
            (count(&|against| against.winner.as_deref() == Some(label.as_str())), format!("{label} is better in")),
            (count(&|against| against.winner.as_deref() == Some("A")), "A in".to_owned()),
            (count(&|against| matches!(against.verdict, Verdict::NotShown | Verdict::NotBounded)), "no difference is shown in".to_owned()),
            (same, "the same in".to_owned()),
            (
                count(&|against| against.winner.is_none() && matches!(against.verdict, Verdict::Shown | Verdict::Exact)),
                "different, but neither better, in".to_owned(),
            ),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what} {count}")).collect();
        said.push(format!("{named}{} {} figures {}.", if named.is_empty() { "Of" } else { "of" }, figures.len(), parts.join(", ")));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed form: of m intervals at 1 - 0.05/m each, the chance that one is wrong is at most 5 %.
    #[test]
    fn bonferroni_shares_the_risk_out() {
        assert_eq!(simultaneous(Fraction::P95, 1), Fraction::P95);
        assert!((simultaneous(Fraction::P95, 5).rest() - 0.01).abs() < 1e-12);
    }

    fn about(low: f64, high: f64) -> Interval {
        let estimate = (low + high) / 2.0;
        let mut interval = mean(&[estimate, estimate], Fraction::P95).unwrap_or_else(|| panic!("there are values"));
        (interval.low, interval.high) = (Some(low), Some(high));
        interval
    }

    #[test]
    fn a_difference_matters_if_all_of_its_interval_does() {
        assert_eq!(relevance(60.0, &about(61.0, 90.0)), Relevance::Larger);
        assert_eq!(relevance(60.0, &about(-90.0, -61.0)), Relevance::Larger);
        assert_eq!(relevance(60.0, &about(-60.0, 12.0)), Relevance::Smaller);
        assert_eq!(relevance(60.0, &about(50.0, 70.0)), Relevance::Open);
    }
}
