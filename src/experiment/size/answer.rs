//! A whole sizing: searches, and puts what was found into the record.

use crate::experiment::figure::Kind;
use crate::experiment::records::Kept;
use crate::experiment::size::Plan;
use crate::experiment::size::aim::Subject;
use crate::experiment::size::binding::binding;
use crate::experiment::size::measure::{Bench, Tried, Trouble};
use crate::experiment::size::record::{Answer, NextSize, Outcome, Point, SCHEMA, SizeRecord, Sought};
use crate::experiment::size::search::{Level, search};
use crate::experiment::sweep::record::with_unit;
use crate::profile::Profile;

/// Searches on all threads; `done` is told after each simulation.
///
/// # Errors
/// What is wrong with the scenario at some value, or a figure that the record does not have.
pub fn size(plan: &Plan, records: &Kept, done: &(dyn Fn() + Sync)) -> Result<SizeRecord, Trouble> {
    let mut bench = Bench::new(plan, records, done);
    // The ends are loaded first: a value that the scenario does not take is said before anything runs.
    let (last, mut source) = (plan.candidates.count().saturating_sub(1), records);
    let load = |number: usize, source: &mut &Kept| plan.load(number, source).map_err(|mistakes| Trouble::Load { sets: plan.sets(number), mistakes });
    load(0, &mut source)?;
    let loaded = load(last, &mut source)?;
    let found = search(plan.candidates.count(), plan.aim.levels(), &mut |batch| bench.evaluate(batch))?;
    let version = env!("CARGO_PKG_VERSION");
    let judged_by = match &plan.aim.subject {
        Subject::Law(law, _) => format!("{law}.share_over"),
        Subject::Figure => plan.aim.target.figure().path().to_owned(),
    };
    let random = bench.tried.values().any(|tried| tried.random);
    let profile = Profile::load(&loaded.world.profile).ok();
    let answers = found.levels.iter().enumerate().map(|(number, level)| answer(plan, &bench, number, level, profile.as_ref()));
    Ok(SizeRecord {
        schema: SCHEMA,
        version: version.to_owned(),
        fingerprint: plan.fingerprint(version, &loaded),
        title: plan.title.clone(),
        name: plan.name.clone(),
        scenario: loaded.world.title.clone(),
        set: plan.fixed().to_vec(),
        seed: loaded.world.seed,
        target: plan.aim.target.to_string(),
        judged_by,
        unit: plan.aim.kind().unit().to_owned(),
        kind: Some(plan.aim.kind()),
        limit: plan.aim.target.limit(),
        sought: sought(plan),
        confidence: (random && plan.replications > 1).then(|| plan.confidence.get()),
        random,
        growth: plan.growth,
        headroom: plan.headroom,
        simulations: bench.tried.values().map(|tried| tried.measured.runs).sum(),
        answers: answers.collect(),
        points: bench.tried.values().map(|tried| point(plan, tried)).collect(),
    })
}

fn sought(plan: &Plan) -> Sought {
    let candidates = &plan.candidates;
    Sought {
        name: candidates.factor.name.clone(),
        key: candidates.key.clone(),
        column: with_unit(&candidates.factor.name, candidates.kind()),
        unit: candidates.kind().map(|kind| kind.unit().to_owned()),
        kind: candidates.kind(),
        logarithmic: candidates.factor.logarithmic,
        from: candidates.at(0).written,
        to: candidates.at(candidates.count().saturating_sub(1)).written,
        within: candidates.within,
        candidates: candidates.count() as u64,
    }
}

fn point(plan: &Plan, tried: &Tried) -> Point {
    let measured = &tried.measured;
    let of_a_law = matches!(plan.aim.subject, Subject::Law(..));
    Point {
        written: tried.candidate.written.clone(),
        value: value(plan, tried),
        runs: measured.runs,
        estimate: measured.estimate,
        low: measured.low,
        high: measured.high,
        worst_s: measured.worst,
        runs_over: of_a_law.then_some(measured.runs_over),
        met: measured.met.clone(),
        words: plan.aim.words(measured, plan.confidence),
    }
}

fn value(plan: &Plan, tried: &Tried) -> Option<f64> {
    plan.candidates.kind().and_then(|_| tried.candidate.cell.parse().ok())
}

fn answer(plan: &Plan, bench: &Bench<'_>, number: usize, level: &Level, profile: Option<&Profile>) -> Answer {
    let place = |candidate: usize| bench.tried.keys().position(|known| *known == candidate).map(|place| place as u64);
    let tried = level.smallest.and_then(|smallest| bench.tried.get(&smallest));
    let more = 1.0 + plan.headroom;
    let (with_headroom, next_sizes) = match tried.and_then(|tried| Some((tried, value(plan, tried)?))) {
        None => (None, Vec::new()),
        Some((tried, value)) => {
            let needed = if plan.candidates.whole() { (value * more - 1e-9).ceil() } else { value * more };
            let words = (plan.headroom > 0.0).then(|| plan.candidates.in_words(needed));
            let of_a_link = plan.candidates.key.as_ref().is_some_and(|key| key.starts_with("link.")) && plan.candidates.kind() == Some(Kind::BitRate);
            let next = plan.skus.iter().filter_map(|column| {
                // What a gateway gives is published as goodput; only of the way out is that known here.
                let forward = of_a_link && plan.candidates.key.as_ref().is_some_and(|key| key.starts_with("link.forward."));
                let needed = if column.is_goodput() && forward { tried.goodput_bit_per_s * more } else { needed };
                column.next(profile?, needed)
            });
            (words, next.map(|sku| NextSize { table: sku.table, name: sku.name, gives: sku.gives }).collect())
        }
    };
    let outcome = match level.smallest {
        None => Outcome::NoneIsEnough,
        Some(0) => Outcome::LeastIsEnough,
        Some(_) => Outcome::Found,
    };
    let exceptions = level.exceptions.iter().filter_map(|candidate| bench.tried.get(candidate)).map(|tried| tried.candidate.written.clone());
    Answer {
        share: plan.aim.share_of(number),
        asked: plan.aim.asked(number),
        outcome,
        written: tried.map(|tried| tried.candidate.written.clone()),
        value: tried.and_then(|tried| value(plan, tried)),
        point: level.smallest.and_then(place),
        below: level.smallest.and_then(|smallest| smallest.checked_sub(1)).and_then(place),
        above: level.smallest.and_then(|smallest| place(smallest + 1)),
        exceptions: exceptions.collect(),
        with_headroom,
        next_sizes,
        because: match (&bench.largest, level.smallest) {
            (Some(results), None) => Some(binding(results, &plan.aim, number)),
            _ => None,
        },
    }
}
