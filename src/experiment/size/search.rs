//! The search: among candidates in order, the smallest that is enough, at several levels at once with as few evaluations as possible. It knows nothing of what is
//! searched: a candidate is its number, and a closure judges some at a time.
//!
//! At each level the bracket is the largest candidate known to fail and the smallest tested one above it; so "enough" always means: this one, and every tested
//! one above it. A round proposes two candidates for each level, around where a straight line through the ends of the bracket crosses from failing to
//! passing (regula falsi, which is quick), or at the thirds of the bracket if the last round did not halve it (which is sure). All levels share what was
//! evaluated. A level ends when the bracket has nothing between its ends and the candidate above the answer was tested too: if that one fails, the
//! bracket moves up and the search goes on.

use std::collections::BTreeMap;

/// How wide the two candidates of a round lie apart, as a share of the bracket: wide enough that what is sought mostly lies between them.
const SPREAD: f64 = 1.0 / 12.0;

/// How far above a guess the second candidate lies, as a share of the bracket.
const ABOVE_GUESS: f64 = 1.0 / 20.0;

/// What one candidate is at one level.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Judged {
    /// Whether it is enough.
    pub passes: bool,
    /// By how much it fails (positive) or passes (negative), if that is known. Any measure that falls as candidates grow; it only makes the search quicker.
    pub excess: Option<f64>,
    /// A candidate that this one's evaluation suggests: the answer is there or a little above.
    pub guess: Option<usize>,
}

/// What was found at one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The smallest that is enough, as are all tested ones above it; `None` if the largest is not.
    pub smallest: Option<usize>,
    /// Tested candidates below a failing one that pass: where there are any, the response is not monotone.
    pub exceptions: Vec<usize>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Every candidate that was evaluated, at each level.
    pub tested: BTreeMap<usize, Vec<Judged>>,
    /// By level.
    pub levels: Vec<Level>,
    /// Rounds of evaluations.
    pub rounds: usize,
}

/// What some candidates are: of each, what it is at every level.
pub type Rows = Vec<Vec<Judged>>;

/// Searches `count` candidates at `levels` levels. `evaluate` judges some candidates, each at every level.
///
/// # Errors
/// The first of `evaluate`.
pub fn search<E>(count: usize, levels: usize, evaluate: &mut dyn FnMut(&[usize]) -> Result<Rows, E>) -> Result<Found, E> {
    let mut found = Found { tested: BTreeMap::new(), levels: Vec::new(), rounds: 0 };
    // The largest says whether anything is enough; the middle halves what is left of it.
    let mut batch: Vec<usize> = if count == 0 { Vec::new() } else { vec![(count - 1) / 2, count - 1] };
    let mut widths = vec![f64::INFINITY; levels];
    loop {
        batch.sort_unstable();
        batch.dedup();
        batch.retain(|candidate| !found.tested.contains_key(candidate));
        if batch.is_empty() {
            break;
        }
        let judged = evaluate(&batch)?;
        found.tested.extend(batch.drain(..).zip(judged));
        found.rounds += 1;
        for (level, width) in widths.iter_mut().enumerate() {
            let bracket = Bracket::of(&found.tested, level);
            let slow = bracket.width() > 0.5 * *width;
            *width = bracket.width();
            batch.extend(bracket.proposals(count, slow));
        }
    }
    found.levels = (0..levels).map(|level| Bracket::of(&found.tested, level).level()).collect();
    Ok(found)
}

/// A level between two rounds.
struct Bracket<'t> {
    tested: &'t BTreeMap<usize, Vec<Judged>>,
    level: usize,
    /// The largest that fails.
    fails: Option<usize>,
    /// The smallest tested one above it, which passes.
    passes: Option<usize>,
}

impl<'t> Bracket<'t> {
    fn of(tested: &'t BTreeMap<usize, Vec<Judged>>, level: usize) -> Self {
        let fails = tested.iter().rev().find(|(_, judged)| !judged[level].passes).map(|(candidate, _)| *candidate);
        let above = fails.map_or(0, |fails| fails + 1);
        Bracket { tested, level, fails, passes: tested.range(above..).next().map(|(candidate, _)| *candidate) }
    }

    fn at(&self, candidate: usize) -> Judged {
        self.tested.get(&candidate).map_or_else(Judged::default, |judged| judged[self.level])
    }

    /// The lower end as a number: below all candidates while none fails.
    fn low(&self) -> f64 {
        self.fails.map_or(-1.0, |fails| fails as f64)
    }

    fn width(&self) -> f64 {
        self.passes.map_or(0.0, |passes| passes as f64 - self.low())
    }

    fn level(&self) -> Level {
        let below = 0..self.fails.unwrap_or(0);
        let passing = self.tested.range(below).filter(|(_, judged)| judged[self.level].passes);
        Level { smallest: self.passes, exceptions: passing.map(|(candidate, _)| *candidate).collect() }
    }

    /// Candidates to evaluate next; none if this level is done.
    fn proposals(&self, count: usize, slow: bool) -> Vec<usize> {
        let Some(passes) = self.passes else { return Vec::new() };
        let (low, high, width) = (self.low(), passes as f64, self.width());
        if width <= 1.0 {
            return if passes + 1 < count { vec![passes + 1] } else { Vec::new() };
        }
        // A candidate strictly inside the bracket, whatever the arithmetic says.
        let inside = |place: f64| place.clamp(low + 1.0, high - 1.0) as usize;
        if width <= 3.0 {
            return vec![inside(low + 1.0), inside(high - 1.0)];
        }
        let guess = self.tested.values().find_map(|judged| judged[self.level].guess).map(|guess| guess as f64);
        if let Some(guess) = guess.filter(|guess| *guess > low && *guess < high) {
            return vec![inside(guess), inside(guess + (width * ABOVE_GUESS).ceil())];
        }
        match self.crossing().filter(|_| !slow) {
            Some(place) => vec![inside((place - width * SPREAD / 2.0).floor()), inside((place + width * SPREAD / 2.0).ceil())],
            None => vec![inside((low + width / 3.0).round()), inside((low + 2.0 * width / 3.0).round())],
        }
    }

    /// Where a straight line through the excess at both ends of the bracket crosses 0; where nothing fails yet, one through the two lowest.
    fn crossing(&self) -> Option<f64> {
        let passes = self.passes?;
        let (at, excess) = (passes as f64, self.at(passes).excess?);
        let (other, other_excess) = match self.fails {
            Some(fails) => (fails as f64, self.at(fails).excess?),
            None => {
                let (above, _) = self.tested.range(passes + 1..).next()?;
                (*above as f64, self.at(*above).excess?)
            }
        };
        let slope = (excess - other_excess) / (at - other);
        let place = at - excess / slope;
        (slope < 0.0 && place.is_finite()).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches with a response at each level; counts evaluations.
    fn find(count: usize, response: &[&dyn Fn(usize) -> Judged]) -> (Found, usize) {
        let mut evaluations = 0;
        let mut evaluate = |batch: &[usize]| -> Result<_, ()> {
            evaluations += batch.len();
            Ok(batch.iter().map(|candidate| response.iter().map(|level| level(*candidate)).collect()).collect())
        };
        let found = search(count, response.len(), &mut evaluate).unwrap();
        assert_eq!(found.tested.len(), evaluations, "nothing is evaluated twice");
        (found, evaluations)
    }

    /// Enough from `from` on, with nothing known of by how much.
    fn step(from: usize) -> impl Fn(usize) -> Judged {
        move |candidate| Judged { passes: candidate >= from, ..Judged::default() }
    }

    /// By how much is known too.
    fn smooth(excess: impl Fn(f64) -> f64) -> impl Fn(usize) -> Judged {
        move |candidate| {
            let excess = excess(candidate as f64);
            Judged { passes: excess <= 0.0, excess: Some(excess), guess: None }
        }
    }

    /// The answer, the one below and the one above were all tested.
    fn assert_neighbours(found: &Found, level: usize, count: usize) {
        let smallest = found.levels[level].smallest.unwrap();
        assert!(found.tested[&smallest][level].passes);
        assert!(smallest == 0 || !found.tested[&(smallest - 1)][level].passes);
        assert!(smallest + 1 == count || found.tested[&(smallest + 1)][level].passes);
    }

    #[test]
    fn every_step_is_found_with_both_neighbours_whatever_is_known_of_it() {
        for count in 1..40 {
            for from in 0..count {
                let (found, evaluations) = find(count, &[&step(from)]);
                assert_eq!(found.levels[0], Level { smallest: Some(from), exceptions: Vec::new() }, "{from} of {count}");
                assert_neighbours(&found, 0, count);
                // Thirds: two evaluations for each factor of three, the two ends and the neighbours.
                let bound = 2.0 * ((count as f64).ln() / 3f64.ln()).ceil() + 5.0;
                assert!(evaluations as f64 <= bound, "{evaluations} evaluations for {from} of {count}");
            }
        }
    }

    #[test]
    fn a_large_step_costs_the_logarithm() {
        for from in [0, 1, 77, 499_999, 500_000, 999_998, 999_999] {
            let (found, evaluations) = find(1_000_000, &[&step(from)]);
            assert_eq!(found.levels[0].smallest, Some(from));
            assert!(evaluations <= 32, "{evaluations} evaluations for {from}");
        }
    }

    #[test]
    fn a_smooth_response_costs_few_evaluations() {
        for root in [3.5, 100.2, 266.0, 300.7, 480.9] {
            // A straight line, a bent one, and one that is flat where it passes.
            let responses: [Box<dyn Fn(f64) -> f64>; 3] = [
                Box::new(move |x: f64| (root - x) / 50.0),
                Box::new(move |x: f64| 40.0 * ((root - x) / 200.0).exp() - 40.0),
                Box::new(move |x: f64| ((root - x) / 40.0).max(-1.0)),
            ];
            for (which, response) in responses.iter().enumerate() {
                let (found, evaluations) = find(533, &[&smooth(response)]);
                assert_eq!(found.levels[0].smallest, Some(root.ceil() as usize), "response {which}, root {root}");
                assert_neighbours(&found, 0, 533);
                assert!(evaluations <= 13, "{evaluations} evaluations of response {which}, root {root}");
            }
        }
    }

    #[test]
    fn levels_share_what_was_evaluated_and_guesses_are_followed() {
        let at = |root: f64| move |x: f64| (root - x) / 60.0;
        let guessed = |root: f64| {
            let plain = smooth(at(root));
            move |candidate| Judged { guess: Some(root as usize - 8), ..plain(candidate) }
        };
        let (alone, evaluations) = find(533, &[&guessed(391.3)]);
        assert_eq!(alone.levels[0].smallest, Some(392));
        assert!(evaluations <= 9, "{evaluations}");
        let (together, evaluations) = find(533, &[&guessed(391.3), &guessed(320.4), &guessed(270.5)]);
        assert_eq!(together.levels.iter().map(|level| level.smallest).collect::<Vec<_>>(), [Some(392), Some(321), Some(271)]);
        assert!(evaluations <= 21, "{evaluations}");
        let (same, evaluations) = find(533, &[&guessed(391.3), &guessed(391.3)]);
        assert_eq!(same.levels[0], same.levels[1]);
        assert!(evaluations <= 9, "{evaluations}");
    }

    #[test]
    fn a_wrong_guess_or_measure_costs_time_and_not_the_answer() {
        let misled = |candidate: usize| Judged { passes: candidate >= 123, excess: Some(1.0), guess: Some(500) };
        let (found, evaluations) = find(533, &[&misled]);
        assert_eq!(found.levels[0].smallest, Some(123));
        assert!(evaluations <= 20, "{evaluations}");
        let nonsense = |candidate: usize| Judged { passes: candidate >= 123, excess: Some(f64::NAN), guess: Some(usize::MAX) };
        assert_eq!(find(533, &[&nonsense]).0.levels[0].smallest, Some(123));
    }

    #[test]
    fn never_and_always_are_said_at_once() {
        let (never, evaluations) = find(533, &[&step(usize::MAX)]);
        assert_eq!((never.levels[0].smallest, evaluations), (None, 2));
        let (always, evaluations) = find(533, &[&step(0)]);
        assert_eq!(always.levels[0].smallest, Some(0));
        assert!(evaluations <= 16, "{evaluations}");
        assert_eq!(find(1, &[&step(0)]).0.levels[0].smallest, Some(0));
        assert_eq!(find(1, &[&step(1)]).0.levels[0].smallest, None);
        assert_eq!(find(0, &[&step(0)]).0.levels[0].smallest, None);
    }

    #[test]
    fn a_response_that_is_not_monotone_is_noticed_and_answered_from_above() {
        // Enough from 20 to 30 and from 40 on, of 61: the middle, 30, passes, and what the search meets above it decides.
        let (found, _) = find(61, &[&|candidate| Judged { passes: (20..=30).contains(&candidate) || candidate >= 40, ..Judged::default() }]);
        let level = &found.levels[0];
        // The gap from 31 to 39 is seen only if a candidate in it is tested; above the answer everything tested passes, in any case.
        let answer = level.smallest.unwrap();
        assert!(found.tested.range(answer..).all(|(_, judged)| judged[0].passes));
        // Every second candidate fails: any neighbour shows it.
        let (found, _) = find(61, &[&|candidate| Judged { passes: candidate >= 50 || candidate % 2 == 0, ..Judged::default() }]);
        let level = &found.levels[0];
        assert!(!level.exceptions.is_empty(), "{level:?}");
        assert_eq!(level.smallest, Some(50));
        // A failing candidate right above the first answer sends the search up.
        let (found, _) = find(9, &[&|candidate| Judged { passes: candidate >= 4 && candidate != 5, ..Judged::default() }]);
        assert_eq!(found.levels[0], Level { smallest: Some(6), exceptions: vec![4] });
    }
}
