//! Tournament and scan in lockstep, and cases small enough to do by hand.

use proptest::prelude::*;

use super::*;

/// Both envelopes, asked and told the same.
struct Both {
    fast: Tournament,
    slow: ScanEnvelope,
    lines: Vec<(usize, f64, f64)>,
    t0: f64,
}

impl Both {
    fn build(lines: Vec<(usize, f64, f64)>, t0: f64) -> Self {
        let mut both = Both { fast: Tournament::new(), slow: ScanEnvelope::new(), lines, t0 };
        both.fast.build(both.lines.iter().copied(), t0);
        both.slow.build(both.lines.iter().copied(), t0);
        both
    }

    /// Asks both; they agree on the instant, and on the line unless two are hit at that instant.
    fn first_hit(&mut self, t: f64, v: f64, slope: f64) -> Option<(usize, f64)> {
        let (fast, slow) = (self.fast.first_hit(t, v, slope), self.slow.first_hit(t, v, slope));
        let (Some((index, at)), Some((_, expected))) = (fast, slow) else {
            assert_eq!(fast, slow);
            return None;
        };
        // A hit is a quotient of differences: its error is that of the heights over the difference of the slopes.
        let own = |index: usize| {
            let &(_, k, a) = self.lines.iter().find(|line| line.0 == index).unwrap();
            Line { index, k, a }.hit(t - self.t0, v, slope) + self.t0
        };
        let tolerance = 1e-9 * (1.0 + expected.abs());
        assert!((at - expected).abs() <= tolerance, "hit at {at}, scan says {expected}");
        assert!((own(index) - expected).abs() <= tolerance, "line {index} is hit at {}, the first at {expected}", own(index));
        assert!(at >= t);
        fast
    }

    fn remove(&mut self, index: usize) {
        self.fast.remove(index);
        self.slow.remove(index);
        assert_eq!(self.fast.len(), self.slow.len());
    }
}

/// One number of each kind that makes trouble: whole (ties, parallels), real, large.
fn number(whole: i32) -> impl Strategy<Value = f64> {
    prop_oneof![4 => (0..=whole).prop_map(f64::from), 4 => 0.0..f64::from(whole), 1 => (0.0..1.0f64).prop_map(|x| x * 1e9)]
}

fn lines() -> impl Strategy<Value = Vec<(usize, f64, f64)>> {
    prop::collection::vec((number(20), number(5)), 0..60)
        .prop_map(|lines| lines.into_iter().enumerate().map(|(place, (k, a))| (3 * place + 1, k, a)).collect())
}

/// What happens between two questions: the ray bends up by so much (usual), and what share of the way to the hit is gone before it bends.
fn bends() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((number(3), prop_oneof![2 => Just(1.0), 1 => 0.0..1.0f64]), 150)
}

proptest! {
    #[test]
    fn tournament_and_scan_agree_in_lockstep(lines in lines(), bends in bends(), t0 in number(100), gap in number(3), at_once in any::<bool>()) {
        let lowest = lines.iter().map(|line| line.1).fold(f64::INFINITY, f64::min);
        let mut both = Both::build(lines, t0);
        let (mut t, mut v, mut slope) = (t0, if at_once { lowest } else { lowest - gap }, 0.0);
        for (bend, part) in bends {
            match both.first_hit(t, v, slope) {
                Some((index, at)) if part == 1.0 => {
                    v += slope * (at - t);
                    t = at;
                    both.remove(index);
                }
                // Interrupted on the way: the next question is about a time before what was looked at.
                Some((_, at)) => {
                    let step = (at - t) * part;
                    v += slope * step;
                    t += step;
                }
                None => {
                    let step = 0.1 * part;
                    v += slope * step;
                    t += step;
                }
            }
            slope += bend;
        }
    }

    #[test]
    fn every_line_is_hit_in_the_end(lines in lines()) {
        // A ray steeper than all lines hits all of them, in order of time.
        let slope = 1.0 + lines.iter().map(|line| line.2).fold(0.0, f64::max);
        let mut both = Both::build(lines, 0.0);
        let mut last = 0.0;
        while let Some((index, at)) = both.first_hit(last, slope * last, slope) {
            prop_assert!(at >= last);
            last = at;
            both.remove(index);
        }
        prop_assert!(both.fast.is_empty() && both.slow.is_empty());
    }

    #[test]
    fn looking_no_further_than_an_end_changes_no_answer_before_it(lines in lines(), slope in number(8), end in number(20)) {
        let mut both = Both::build(lines, 0.0);
        let whole = both.first_hit(0.0, 0.0, slope);
        let cut = both.fast.first_hit_before(0.0, 0.0, slope, end);
        prop_assert_eq!(cut, whole.filter(|&(_, at)| at <= end));
    }

    #[test]
    fn a_removal_at_any_time_agrees(lines in lines(), picks in prop::collection::vec((any::<prop::sample::Index>(), 0.0..0.5f64), 20)) {
        // Lines taken out from the middle of the envelope, at times that the look-ahead has already passed.
        let mut both = Both::build(lines.clone(), 0.0);
        let mut t = 0.0;
        for (pick, step) in picks {
            let hit = both.first_hit(t, 0.0, 6.0);
            if !lines.is_empty() {
                let index = pick.get(&lines).0;
                both.remove(index);
                // The line that was hit takes the clock along to its hit; any other leaves it where it was.
                t = hit.filter(|hit| hit.0 == index).map_or(t, |hit| t.max(hit.1)) + step;
            }
            both.first_hit(t, 0.0, 6.0);
        }
    }
}

#[test]
fn without_lines_nothing_is_hit() {
    let mut tournament = Tournament::new();
    assert_eq!(tournament.first_hit(0.0, 0.0, 1.0), None);
    tournament.build([], 5.0);
    tournament.advance(6.0);
    tournament.remove(0);
    assert_eq!(tournament.first_hit(7.0, 0.0, 1.0), None);
}

#[test]
fn equal_lines_are_hit_in_the_order_given() {
    let mut both = Both::build(vec![(4, 2.0, 1.0), (9, 2.0, 1.0), (2, 2.0, 1.0)], 0.0);
    for expected in [4, 9, 2] {
        assert_eq!(both.first_hit(0.0, 0.0, 2.0), Some((expected, 2.0)));
        both.remove(expected);
    }
    assert!(both.fast.is_empty());
}

#[test]
fn a_line_that_climbs_as_fast_as_the_ray_is_not_hit() {
    // Both start at the ray: one keeps its distance of nothing, the other runs away, until the ray bends up.
    let mut both = Both::build(vec![(0, 5.0, 2.0), (1, 5.0, 3.0)], 10.0);
    assert_eq!(both.first_hit(10.0, 5.0, 2.0), None);
    assert_eq!(both.first_hit(11.0, 7.0, 2.5), Some((0, 11.0)));
}

#[test]
fn a_ray_above_a_line_by_rounding_hits_it_at_once() {
    let mut both = Both::build(vec![(0, 1.0, 0.0)], 0.0);
    assert_eq!(both.first_hit(3.0, 1.0f64.next_up(), 1.0), Some((0, 3.0)));
}

#[test]
fn a_hit_at_once_is_not_before_the_question() {
    // 5.3 counted from 1.1 and back is one unit in the last place less than 5.3.
    let (t0, t) = (1.1, 5.3);
    assert!(t0 + (t - t0) < t);
    let mut both = Both::build(vec![(0, 1.0, 0.0)], t0);
    assert_eq!(both.first_hit(t, 1.0, 1.0), Some((0, t)));
}

#[test]
fn many_lines_through_one_point_are_all_hit_there() {
    // All meet at t = 1, y = 100, where also the ray goes through: a certificate of every node runs out at the hit itself.
    let mut both = Both::build((0..50).map(|a| (a, 100.0 - a as f64, a as f64)).collect(), 0.0);
    for left in (0..50).rev() {
        let (index, at) = both.first_hit(0.0, 0.0, 100.0).unwrap();
        assert_eq!(at, 1.0);
        both.remove(index);
        assert_eq!(both.fast.len(), left);
    }
}

#[test]
fn replays_stay_polylogarithmic() {
    // Tangents of the parabola -t^2: every line is once the lowest. A ray far below makes the tournament walk the whole envelope.
    const LINES: usize = 1 << 12;
    let mut tournament = Tournament::new();
    tournament.build((0..LINES).map(|i| (i, (i * i) as f64, -2.0 * i as f64)), 0.0);
    tournament.first_hit_before(0.0, -1e18, 0.0, 2.0 * LINES as f64);
    let replays = tournament.undo.len();
    assert!((LINES - 1..=LINES * 12 * 12).contains(&replays), "{replays} replays of {LINES} lines");
}
