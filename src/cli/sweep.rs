//! `failback sweep FILE`: check the experiment, run its points on all threads, keep every row as it comes, and draw the report at the end.

use std::path::{Path, PathBuf};

use crate::cli::progress::Progress;
use crate::cli::{Failure, SweepOptions, input, interrupt, print, run};
use crate::credibility;
use crate::experiment::figure::NoFigure;
use crate::experiment::records::Kept;
use crate::experiment::replications::figures_of;
use crate::experiment::sweep::workers::{self, Known};
use crate::experiment::sweep::{Plan, Record, Shard, raw};
use crate::format::plural;
use crate::report::ReportError;
use crate::report::sweep::{self as folder, Gathered, Ledger};
use crate::scenario::{Diagnostics, Loaded, Typed};
use crate::simulate;

/// Points that are tried for one whose scenario can be loaded: if none can, the experiment is wrong, not its points.
const TRIED: u64 = 64;

/// Runs an experiment, from where it was stopped if it was.
///
/// # Errors
/// [`Failure::Input`] for an experiment that cannot be run or another one's folder, [`Failure::Running`] if rows cannot be written.
pub fn sweep(options: &SweepOptions) -> Result<(), Failure> {
    run::limit_threads(options.manner.threads)?;
    let sets = input::overrides(&options.instead);
    let (plan, typed) = Plan::read(&options.file, &sets).map_err(|mistakes| wrong(&mistakes))?;
    let records = Kept::default();
    let (first, loaded) = plan.first(TRIED, &mut &records).map_err(|mistakes| no_point(&plan, &mistakes))?;
    let mut record = plan.record(&loaded, options.shard);
    let mut together = credibility::Together::new(&loaded.world);
    plan.around(first, &mut &records, &mut |loaded| together.add(&loaded.world));
    record.credibility = Some(together.finish());
    let whole = options.out.clone().unwrap_or_else(|| Path::new("output").join(&record.name));
    let out = options.shard.map_or(whole.clone(), |shard| whole.join(folder::shard_folder(shard)));

    // What was begun passed this before.
    let begun = !options.fresh && folder::holds(&out, &record).map_err(failure)?;
    let known = if begun { None } else { Some(try_responses(&plan, typed, first, &loaded)?) };
    drop(loaded);
    let mut ledger = {
        let _interrupts_wait = interrupt::hold();
        Ledger::open(&out, &record, options.fresh).map_err(failure)?
    };
    points(&plan, &records, &record, known, &mut ledger, options.manner.quiet)?;

    let _interrupts_wait = interrupt::hold();
    if options.shard.is_some() {
        return if options.manner.quiet { Ok(()) } else { print::text(&shard_done(&record, &ledger, &whole, &out)) };
    }
    let gathered = folder::write_page(&out, &record).map_err(failure)?;
    if options.manner.quiet { Ok(()) } else { print::text(&summary(&record, &gathered, &out)) }
}

/// Runs what is not in the tables yet.
fn points(plan: &Plan, records: &Kept, record: &Record, known: Option<Known>, ledger: &mut Ledger, quiet: bool) -> Result<(), Failure> {
    let shard = record.shard.unwrap_or(Shard::ALL);
    let (begin, all) = (ledger.finished(), record.size());
    if begin > 0 && begin < all && !quiet {
        anstream::eprintln!("{begin} of {} are finished already; going on from there", plural(all, "point", "points"));
    }
    interrupt::say_on_leaving(Some("interrupted; the finished rows are kept, and the same command goes on from there".to_owned()));
    let mut progress = Progress::new(quiet);
    let threads = rayon::current_num_threads();
    let ran = workers::run(plan, records, (&|place| shard.point(begin + place), all - begin), known, threads, &mut |finished| {
        let cells = plan.point(finished.point).cells;
        let _interrupts_wait = interrupt::hold();
        ledger.append(&cells, &finished)?;
        progress.at(ledger.finished() as f64 / all as f64);
        Ok(())
    });
    progress.done();
    let kept = |error: ReportError| {
        Failure::Running(format!("{error}\nThe finished rows are kept; once this is mended, the same command goes on from there."))
    };
    ran.and_then(|()| ledger.settle()).map_err(kept)
}

/// Runs the first point once, to see whether the responses exist.
fn try_responses(plan: &Plan, mut typed: Typed<raw::Sweep>, point: u64, loaded: &Loaded) -> Result<Known, Failure> {
    let results = simulate::run(&loaded.world, 0, &mut |_| ()).results;
    let known = |row| Known { point, row, random: results.checks.random_streams > 0 };
    figures_of(&results, &plan.responses).map(known).or_else(|_| {
        for (index, figure) in plan.responses.iter().enumerate() {
            let Err(NoFigure(why)) = figures_of(&results, std::slice::from_ref(figure)) else { continue };
            let (problem, advice) = why.split_once("; ").unwrap_or((&why, ""));
            let named = typed.value.responses.as_ref().and_then(|list| list.get(index));
            let span = named.map_or(0..0, |named| named.span.clone());
            typed.mistakes.at(&span, problem, advice);
        }
        typed.judge().map_err(|mistakes| wrong(&mistakes))?;
        Err(Failure::Running("the first point has no such figures".to_owned()))
    })
}

fn wrong(mistakes: &Diagnostics) -> Failure {
    Failure::Input(mistakes.render(print::colour_on_stderr()))
}

fn no_point(plan: &Plan, mistakes: &Diagnostics) -> Failure {
    let tried = plan.points().min(TRIED);
    let said = match tried {
        1 => "The scenario cannot be loaded.".to_owned(),
        _ => format!("None of the first {tried} points has a scenario that can be loaded; this is the very first."),
    };
    Failure::Input(format!("{}\n\n{said}", mistakes.render(print::colour_on_stderr())))
}

/// What a folder refuses is a mistake of what was typed; anything else failed while running.
pub(super) fn failure(error: ReportError) -> Failure {
    match error {
        ReportError::Refused { .. } => Failure::typed(error),
        other => Failure::Running(other.to_string()),
    }
}

fn shard_done(record: &Record, ledger: &Ledger, whole: &Path, out: &Path) -> String {
    let shard = record.shard.unwrap_or(Shard::ALL);
    format!(
        "{}: shard {shard} is finished, {}{}\nResults: {}\nWhen all shards are: failback merge {}",
        record.title,
        plural(ledger.finished(), "point", "points"),
        failed(ledger.failed()),
        out.join(folder::RESULTS).display(),
        whole.display()
    )
}

/// The answer in a few lines.
pub(super) fn summary(record: &Record, gathered: &Gathered, out: &Path) -> String {
    let replications = match record.replications {
        1 => String::new(),
        many => format!(" of {many} replications (means are shown)"),
    };
    let mut lines = vec![format!("{}: {}{replications}{}", record.title, plural(gathered.points, "point", "points"), failed(gathered.failed))];
    let widest = record.responses.iter().map(|response| response.path.len()).max().unwrap_or(0);
    for (response, seen) in record.responses.iter().zip(&gathered.responses) {
        let said = match &seen.extremes {
            None => "nothing to measure".to_owned(),
            Some([least, most]) => {
                format!("from {} (point {}) to {} (point {})", response.kind.words(least.0), least.1, response.kind.words(most.0), most.1)
            }
        };
        lines.push(format!("  {:widest$}  {said}", response.path));
    }
    let paths: Vec<PathBuf> = [folder::RESULTS, "report.html"].iter().map(|name| out.join(name)).collect();
    lines.extend(paths.iter().zip(["Results: ", "Report:  "]).map(|(path, what)| format!("{what}{}", path.display())));
    lines.join("\n")
}

fn failed(points: u64) -> String {
    if points == 0 { String::new() } else { format!("; {points} failed, and the column `error` says why") }
}
