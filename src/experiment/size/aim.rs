//! What a sizing asks for, and whether the runs of one value meet it. A law of time under a limit is held for shares of the time; any other figure is one question.
//!
//! That a law is within its limit for 99 % of the time is the same as that its P99 is at most the limit, and that its share of time over the limit is at most 1 %. The
//! last is exact where the limit is the threshold of the run, so it is made that: the threshold decides what is called a breach, and nothing else.

use crate::experiment::figure::{Figure, Kind};
use crate::experiment::gather::Gathered;
use crate::experiment::size::search::Judged;
use crate::experiment::target::Target;
use crate::format::{duration, number, plural, share};
use crate::model::World;
use crate::stats::{Fraction, Sides, share as share_seen};
use crate::units::Span;

/// Shares of the time that are looked at where none are named.
pub const LEVELS: [f64; 3] = [1.0, 0.99, 0.9];

/// Least ratio of a figure to its limit that the search is told: nothing at all has no logarithm.
const LEAST: f64 = 0.02;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Aim {
    /// The target as typed.
    pub target: Target,
    /// What of the record it is about.
    pub subject: Subject,
}

/// What of the record a target is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A law of time by its place in the record, within the limit for these shares of the time.
    Law(String, Vec<Level>),
    /// A figure.
    Figure,
}

/// A share of the time for which a law is to be within its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Share, above 0 and at most 1.
    pub share: f64,
    /// Whether it was asked for: what is only shown besides can be missed.
    pub asked: bool,
}

/// What the runs of one value say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Runs.
    pub runs: u64,
    /// Estimate of the share of the time over the limit, or of the figure; `None` if there was nothing to measure.
    pub estimate: Option<f64>,
    /// Lower end of its interval; `None` if there was one run, or the runs do not bound it.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Of a law: largest value in any run.
    pub worst: Option<f64>,
    /// Of a law: runs in which it was over the limit at some time.
    pub runs_over: u64,
    /// Whether each level is met.
    pub met: Vec<bool>,
    /// By how much each level is missed (positive) or met, as a logarithm.
    pub excess: Vec<Option<f64>>,
}

impl Aim {
    /// What a target asks for: `levels` are those named, if any were. The error is a problem and an advice.
    pub fn new(target: Target, levels: Option<Vec<f64>>) -> Result<Self, (String, String)> {
        let path = target.figure().path().to_owned();
        let (law, part) = match path.rsplit_once('.') {
            Some((law, part)) if is_law(law) && quantile(part).is_some() => (law.to_owned(), quantile(part)),
            _ => (path.clone(), None),
        };
        if !is_law(&law) || target.limit_kind() == Kind::Amount {
            if levels.is_some() {
                let problem = format!("`{path}` is one figure, and not held for shares of the time");
                return Err((problem, "leave `levels` out, or name a law of time, such as \"lag.fleet_worst <= 15 min\"".to_owned()));
            }
            if target.figure().kind() == Kind::Count && target.limit_kind() != Kind::Count {
                return Err((
                    format!("`{path}` is no figure that is held against such a limit"),
                    "write it like \"lag.fleet_worst <= 15 min\"".to_owned(),
                ));
            }
            return Ok(Aim { target, subject: Subject::Figure });
        }
        if target.limit_kind() != Kind::Time && target.limit() != 0.0 {
            return Err((format!("`{law}` is held against a time"), "write it like \"lag.fleet_worst <= 15 min\"".to_owned()));
        }
        if target.wants_more() {
            let problem = "a law of time is held under a limit, not over it".to_owned();
            return Err((problem, "write `<=`, or name a figure of it, such as `.mean`".to_owned()));
        }
        let asked = levels.clone().unwrap_or_default();
        let mut all: Vec<Level> = levels.unwrap_or_else(|| LEVELS.to_vec()).into_iter().map(|share| Level { share, asked: part.is_none() }).collect();
        if let Some(part) = part {
            all.retain(|level| level.share != part);
            all.push(Level { share: part, asked: true });
        }
        all.iter_mut().for_each(|level| level.asked |= asked.contains(&level.share));
        all.sort_by(|a, b| b.share.total_cmp(&a.share));
        all.dedup();
        Ok(Aim { target, subject: Subject::Law(law, all) })
    }

    /// How many levels there are; a figure is one.
    pub fn levels(&self) -> usize {
        match &self.subject {
            Subject::Law(_, levels) => levels.len(),
            Subject::Figure => 1,
        }
    }

    /// The share of the time of a level; `None` for a figure.
    pub fn share_of(&self, level: usize) -> Option<f64> {
        match &self.subject {
            Subject::Law(_, levels) => levels.get(level).map(|level| level.share),
            Subject::Figure => None,
        }
    }

    /// Whether a level was asked for.
    pub fn asked(&self, level: usize) -> bool {
        match &self.subject {
            Subject::Law(_, levels) => levels.get(level).is_some_and(|level| level.asked),
            Subject::Figure => true,
        }
    }

    /// What is gathered of every run.
    pub fn figures(&self) -> Vec<Figure> {
        match &self.subject {
            Subject::Law(law, _) => ["share_over", "max"].iter().map(|part| Figure::at(&format!("{law}.{part}"))).collect(),
            Subject::Figure => vec![self.target.figure().clone()],
        }
    }

    /// What the estimate is: the share of the time over the limit, or the figure.
    pub fn kind(&self) -> Kind {
        match self.subject {
            Subject::Law(..) => Kind::Share,
            Subject::Figure => self.target.figure().kind(),
        }
    }

    /// Makes the limit of a law the threshold of the run, on both ways.
    pub fn set_threshold(&self, world: &mut World) {
        if let Subject::Law(..) = self.subject {
            let limit = Span::from_secs_f64(self.target.limit());
            world.policy.rpo_threshold = limit;
            if let Some(back) = world.journey.as_mut().and_then(|journey| journey.back.as_mut()) {
                back.policy.rpo_threshold = limit;
            }
        }
    }

    /// Judges what was gathered of the runs of one value.
    pub fn measure(&self, gathered: &Gathered, confidence: Fraction) -> Measured {
        let runs = gathered.runs() as u64;
        let first = gathered.values(0);
        let interval = if runs > 1 { gathered.estimate(0, confidence) } else { None };
        let estimate = interval.map(|interval| interval.estimate).or(first.first().copied()).filter(|_| !first.is_empty());
        let (low, high) = (interval.and_then(|interval| interval.low), interval.and_then(|interval| interval.high));
        let mut measured = Measured { runs, estimate, low, high, ..Measured::default() };
        match &self.subject {
            Subject::Law(_, levels) => {
                let largest = gathered.values(1);
                measured.runs_over = largest.iter().filter(|value| !self.target.is_met_by(**value)).count() as u64;
                measured.worst = if first.is_empty() { None } else { largest.iter().copied().reduce(f64::max) };
                let over = if runs > 1 { high } else { estimate };
                for level in levels {
                    let (value, limit) = if level.share == 1.0 { (measured.worst, self.target.limit()) } else { (over, 1.0 - level.share) };
                    let met = if level.share == 1.0 { value.is_some() && measured.runs_over == 0 } else { value.is_some_and(|value| value <= limit) };
                    measured.met.push(met);
                    measured.excess.push(value.and_then(|value| excess(value, limit, false)));
                }
            }
            Subject::Figure => {
                let unfavourable = if self.target.wants_more() { low } else { high };
                let end = if runs > 1 { unfavourable } else { estimate };
                measured.met.push(end.is_some_and(|end| self.target.is_met_by(end)));
                measured.excess.push(end.and_then(|end| excess(end, self.target.limit(), self.target.wants_more())));
            }
        }
        measured
    }

    /// What was measured, in words.
    pub fn words(&self, measured: &Measured, confidence: Fraction) -> String {
        let Some(estimate) = measured.estimate else { return "there was nothing to measure in any run".to_owned() };
        let kind = self.kind();
        let words = |value: f64| kind.words(value);
        let level = share(confidence.get());
        let ends = match (measured.low, measured.high) {
            _ if measured.runs == 1 => String::new(),
            (Some(low), Some(high)) => format!(" ({} to {} at {level} confidence)", words(low.max(0.0)), words(high)),
            _ => format!(" (which {} do not bound)", plural(measured.runs, "run", "runs")),
        };
        let Subject::Law(..) = self.subject else { return format!("{}{ends}", words(estimate)) };
        let limit = duration(self.target.limit());
        let worst = exact_duration(measured.worst.unwrap_or(0.0), self.target.limit());
        match (measured.runs_over, measured.runs) {
            (0, 1) => format!("never over {limit}, at worst {worst}"),
            (_, 1) => format!("over {limit} for {} of the time, at worst {worst}", words(estimate)),
            (0, runs) => {
                let most = share_seen(0, runs as usize, confidence, Sides::Upper).and_then(|bound| bound.high).unwrap_or(1.0);
                format!("never over {limit} in {runs} runs, at worst {worst} (at {level} confidence at most {} of such runs are)", share(most))
            }
            (over, runs) => format!("over {limit} for {} of the time{ends}, in {over} of {runs} runs, at worst {worst}", words(estimate)),
        }
    }
}

impl Measured {
    /// As the search wants it.
    pub fn judged(&self, guesses: &[Option<usize>]) -> Vec<Judged> {
        let levels = self.met.iter().zip(&self.excess).enumerate();
        levels.map(|(level, (met, excess))| Judged { passes: *met, excess: *excess, guess: guesses.get(level).copied().flatten() }).collect()
    }
}

/// A time that is read beside a limit: in seconds if both look alike otherwise.
fn exact_duration(value: f64, limit: f64) -> String {
    if value != limit && duration(value) == duration(limit) { format!("{} s", number_of_seconds(value)) } else { duration(value) }
}

fn number_of_seconds(value: f64) -> String {
    if value < 1000.0 { format!("{value:.1}") } else { number(value) }
}

/// Whether a place of the record is a law of time.
fn is_law(place: &str) -> bool {
    let last = place.rsplit('.').next().unwrap_or_default();
    ["fleet_worst", "pooled", "lag", "reported_rpo", "point_age", "app_point_age"].contains(&last) && !place.contains("bytes")
}

/// The share of the time that a part of a law is about.
fn quantile(part: &str) -> Option<f64> {
    let parts = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)];
    parts.iter().find(|(name, _)| *name == part).map(|(_, share)| *share)
}

/// Ratio to the limit as a logarithm, positive if the target is missed.
fn excess(value: f64, limit: f64, wants_more: bool) -> Option<f64> {
    if limit <= 0.0 || !value.is_finite() {
        return None;
    }
    let ratio = libm::log((value / limit).max(LEAST));
    Some(if wants_more { -ratio } else { ratio })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aim(target: &str, levels: Option<&[f64]>) -> Result<Aim, (String, String)> {
        Aim::new(Target::parse(target).unwrap(), levels.map(<[f64]>::to_vec))
    }

    fn levels(aim: &Aim) -> Vec<(f64, bool)> {
        match &aim.subject {
            Subject::Law(_, levels) => levels.iter().map(|level| (level.share, level.asked)).collect(),
            Subject::Figure => Vec::new(),
        }
    }

    #[test]
    fn a_law_is_held_at_levels_and_a_quantile_of_it_is_one_of_them() {
        assert_eq!(levels(&aim("rpo.fleet_worst <= 15 min", None).unwrap()), [(1.0, true), (0.99, true), (0.9, true)]);
        assert_eq!(levels(&aim("lag.fleet_worst <= 15 min", Some(&[0.95, 0.995])).unwrap()), [(0.995, true), (0.95, true)]);
        assert_eq!(levels(&aim("lag.fleet_worst.p95 <= 15 min", None).unwrap()), [(1.0, false), (0.99, false), (0.95, true), (0.9, false)]);
        assert_eq!(levels(&aim("vms.erp.lag.max <= 15 min", None).unwrap()), [(1.0, true), (0.99, false), (0.9, false)]);
        assert_eq!(levels(&aim("rpo.p99 <= 15 min", Some(&[1.0])).unwrap()), [(1.0, true), (0.99, true)]);
    }

    #[test]
    fn other_figures_are_one_question() {
        for target in
            ["link.mean_use <= 80 %", "lag.fleet_worst.mean <= 1 min", "retention.window >= 24 h", "loss.latest_byte.bytes.pooled.p99 <= 2 GB"]
        {
            assert_eq!(aim(target, None).unwrap().subject, Subject::Figure, "{target}");
            assert!(aim(target, Some(&[0.99])).is_err(), "{target}");
        }
        assert!(aim("lag.fleet_worst >= 15 min", None).is_err());
        assert!(aim("lag.fleet_worst <= 15 %", None).is_err());
    }

    fn gathered(aim: &Aim, rows: &[(f64, f64)]) -> Gathered {
        let mut gathered = Gathered::new(aim.figures(), rows.len() as u64);
        rows.iter().for_each(|(over, max)| gathered.add(vec![Some(*over), Some(*max)], &crate::simulate::RunLaws::default()));
        gathered
    }

    #[test]
    fn all_of_the_time_means_in_every_run_and_less_is_judged_by_the_upper_end() {
        let aim = aim("lag.fleet_worst <= 15 min", None).unwrap();
        let one = aim.measure(&gathered(&aim, &[(0.02, 1000.0)]), Fraction::P95);
        assert_eq!((one.met, one.low, one.runs_over), (vec![false, false, true], None, 1));
        // The mean share of 20 runs, 1 %, is not enough: its upper end is above that.
        let rows: Vec<(f64, f64)> = (0..20).map(|run| if run % 2 == 0 { (0.02, 1000.0) } else { (0.0, 10.0) }).collect();
        let many = aim.measure(&gathered(&aim, &rows), Fraction::P95);
        assert!((many.estimate.unwrap() - 0.01).abs() < 1e-12 && many.high.unwrap() > 0.01);
        assert_eq!((many.met, many.runs_over, many.worst), (vec![false, false, true], 10, Some(1000.0)));
        let never = aim.measure(&gathered(&aim, &[(0.0, 10.0); 20]), Fraction::P95);
        assert_eq!(never.met, [true, true, true]);
        // Rule of three: nothing in 20 runs leaves about 3 / 20.
        assert!(aim.words(&never, Fraction::P95).contains("at most 13.9 % of such runs"), "{}", aim.words(&never, Fraction::P95));
    }
}
