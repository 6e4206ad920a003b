//! Differences between designs in words.

use crate::experiment::compare::better::Direction;
use crate::experiment::compare::record::{Against, Relevance, Verdict};
use crate::experiment::figure::{Figure, Kind};
use crate::format::{number, plural, share};
use crate::stats::Interval;

/// A difference as people write it, without its sign. What is too small for the words of a value has its own.
pub fn amount(kind: Kind, value: f64) -> String {
    let size = value.abs();
    match kind {
        // A value under a twentieth of a second is "under 0.1 s"; a difference is what it is.
        Kind::Time if size > 0.0 && size < 1e-5 => "under 0.01 ms".to_owned(),
        Kind::Time if size > 0.0 && size < 0.9995 => format!("{} ms", number(size * 1e3)),
        Kind::Share => format!("{} percentage points", number(size * 100.0)),
        _ => kind.words(size),
    }
}

/// A difference with its sign, for tables.
pub fn signed(kind: Kind, value: f64) -> String {
    let sign = if value > 0.0 {
        "+"
    } else if value < 0.0 {
        "-"
    } else {
        ""
    };
    format!("{sign}{}", amount(kind, value).replace("percentage points", "pp").replace("under ", "<"))
}

/// What the better design does, as a verb.
pub fn verb(path: &str) -> &'static str {
    let begins = |begin: &str| path.starts_with(begin);
    if begins("loss.") || path.contains(".loss_") {
        "loses less"
    } else if begins("lag.") || begins("reported_rpo.") || begins("point_age.") || begins("app_point_age.") {
        "lags less"
    } else if path.ends_with("rto_s") {
        "is back sooner"
    } else if begins("cost.") {
        "costs less"
    } else {
        "is better"
    }
}

/// A verdict in a sentence without its full stop.
pub fn verdict(figure: &Figure, better: Direction, against: &Against) -> String {
    let kind = figure.kind();
    let Some(difference) = against.difference else {
        return "there was nothing to measure in both".to_owned();
    };
    match against.verdict {
        Verdict::Nothing => "there was nothing to measure in both".to_owned(),
        Verdict::Same if against.pairs == 1 => "the same".to_owned(),
        Verdict::Same => "the same in every run".to_owned(),
        Verdict::NotBounded => format!("{} more with {}, in one run, which bounds nothing", signed(kind, difference.estimate), against.design),
        Verdict::NotShown => format!(
            "no difference shown: {} - A is {} on average ({}), over {}{}{}",
            against.design,
            signed(kind, difference.estimate),
            interval(kind, &difference),
            futures(against.pairs),
            mostly(against),
            relevance(against.relevance)
        ),
        Verdict::Exact | Verdict::Shown => shown(figure, better, against, &difference),
    }
}

fn shown(figure: &Figure, better: Direction, against: &Against, difference: &Interval) -> String {
    let kind = figure.kind();
    let ends = |interval: &Interval| match (interval.low, interval.high) {
        (Some(low), Some(high)) => {
            let (near, far) = if low.abs() <= high.abs() { (low, high) } else { (high, low) };
            format!("{} interval {} to {}", share(interval.level.get()), amount(kind, near), amount(kind, far))
        }
        _ => "not bounded".to_owned(),
    };
    let how = match against.verdict {
        Verdict::Exact => "exactly, for nothing is random".to_owned(),
        // A constant needs no interval.
        _ if difference.low == difference.high => "in every run".to_owned(),
        _ => format!("on average ({})", ends(difference)),
    };
    let (winner, loser) = match &against.winner {
        Some(winner) if *winner == against.design => (winner.as_str(), "A"),
        Some(winner) => (winner.as_str(), against.design.as_str()),
        None => {
            let more = if difference.estimate > 0.0 { "more" } else { "less" };
            return format!("{} {more} with {} than with A, {how}", amount(kind, difference.estimate), against.design);
        }
    };
    let less = if better == Direction::Larger { "more" } else { "less" };
    let wins = if winner == "A" { &against.a_better } else { &against.other_better };
    let often = match wins {
        Some(wins) if wins.estimate >= 1.0 => format!(", in all {}", futures(against.pairs)),
        Some(wins) => format!(", in {} of {}", share(wins.estimate), futures(against.pairs)),
        None => String::new(),
    };
    format!(
        "{winner} {}: {} {less} than {loser} {how}{often}{}",
        verb(figure.path()),
        amount(kind, difference.estimate),
        relevance(against.relevance)
    )
}

/// One design may win nearly always, and a few futures decide the mean: then that is said, if the interval of the probability excludes one half.
fn mostly(against: &Against) -> String {
    let wins = [("A", &against.a_better), (against.design.as_str(), &against.other_better)];
    let sure = wins.into_iter().filter_map(|(label, wins)| Some((label, (*wins)?))).find(|(_, wins)| wins.low.is_some_and(|low| low > 0.5));
    sure.map_or_else(String::new, |(label, wins)| format!(", though {label} is better in {} of them", share(wins.estimate)))
}

fn relevance(relevance: Option<Relevance>) -> &'static str {
    match relevance {
        Some(Relevance::Larger) => "; more than the indifference",
        Some(Relevance::Smaller) => "; within the indifference either way, so it does not matter",
        Some(Relevance::Open) => "; whether it is more than the indifference is open",
        None => "",
    }
}

fn futures(pairs: u64) -> String {
    plural(pairs, "future", "futures")
}

/// The ends of an interval in words.
pub fn interval(kind: Kind, of: &Interval) -> String {
    match (of.low, of.high) {
        (Some(low), Some(high)) => format!("{} interval {} to {}", share(of.level.get()), signed(kind, low), signed(kind, high)),
        _ => "not bounded".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Better, Fraction, paired};

    /// B a second less in each of nineteen futures, and so much more in one of them that the mean says nothing.
    #[test]
    fn a_few_futures_that_decide_the_mean_do_not_hide_who_mostly_wins() {
        let a: Vec<f64> = (0..20).map(f64::from).collect();
        let b: Vec<f64> = a.iter().map(|a| if *a == 7.0 { a + 39.0 } else { a - 1.0 }).collect();
        let (found, turned) = (paired(&b, &a, Better::Smaller, Fraction::P95), paired(&a, &b, Better::Smaller, Fraction::P95));
        let against = Against {
            design: "B".to_owned(),
            pairs: 20,
            a_mean: None,
            other_mean: None,
            difference: found.map(|found| found.difference),
            variance_ratio: None,
            a_better: turned.map(|turned| turned.a_better),
            other_better: found.map(|found| found.a_better),
            ties: 0,
            verdict: Verdict::NotShown,
            winner: None,
            relevance: None,
            words: String::new(),
        };
        let words = verdict(&Figure::at("lag.fleet_worst.max"), Direction::Smaller, &against);
        assert!(words.starts_with("no difference shown: B - A is +1 s on average (95 % interval "), "{words}");
        assert!(words.ends_with(", over 20 futures, though B is better in 95 % of them"), "{words}");
    }

    #[test]
    fn differences_too_small_for_the_words_of_a_value_have_their_own() {
        assert_eq!(signed(Kind::Time, -0.0401), "-40.1 ms");
        assert_eq!(signed(Kind::Time, 192.0), "+3 min 12 s");
        assert_eq!(signed(Kind::Share, 0.004), "+0.4 pp");
        assert_eq!(amount(Kind::Share, -0.004), "0.4 percentage points");
        assert_eq!(signed(Kind::Amount, 0.0), "0 B");
    }
}
