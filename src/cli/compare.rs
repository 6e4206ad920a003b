//! `failback compare A B …`: load the designs, run them under common random numbers, write what the pairs show, print the verdict.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use clap::Args;

use crate::cli::arguments::{Instead, Manner};
use crate::cli::progress::Runs;
use crate::cli::{Failure, input, interrupt, many, print, run};
use crate::credibility;
use crate::experiment::compare::better::Direction;
use crate::experiment::compare::designs::{self, Design, MOST_DESIGNS};
use crate::experiment::compare::judge::Indifference;
use crate::experiment::compare::rounds::{self, Lacking, Lanes};
use crate::experiment::compare::write_up::{Asked, comparison};
use crate::experiment::compare::{LOSS, best};
use crate::experiment::figure::Figure;
use crate::experiment::replications::{HowMany, Row};
use crate::experiment::target::quantity;
use crate::profile::{self, Profile};
use crate::report::compare as report;
use crate::results::Standing;

/// Where the number of disasters a year stands in a profile.
const DISASTERS: &str = "compare.disasters_per_year";

/// Options of `failback compare`.
#[derive(Debug, Args)]
pub struct CompareOptions {
    /// Scenario files (TOML): A, B and so on; the others are held against A
    #[arg(value_name = "FILE", num_args = 2.., required = true)]
    pub files: Vec<PathBuf>,
    /// Directory to write to (default: output/compare- and the names of the scenarios)
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What is set in every design besides its file
    #[command(flatten)]
    pub instead: Instead,
    /// So many replications of each design [default: 40]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub replications: Option<u64>,
    /// Replications until the first figure's difference is known to this share of A's value: "5 %"; --replications is then the cap [default cap: 1000]
    #[arg(long, value_name = "SHARE", conflicts_with = "best")]
    pub precision: Option<String>,
    /// Figure of summary.json to compare before the usual ones, as often as needed; the verdict begins with the first
    #[arg(long = "figure", value_name = "PATH")]
    pub figures: Vec<String>,
    /// Spend runs where they tell which design is best in this figure; --replications is then the cap, on average [default cap: 1000]
    #[arg(long, value_name = "FIGURE")]
    pub best: Option<String>,
    /// Probability that --best is to be right with
    #[arg(long, value_name = "SHARE", requires = "best", default_value = "95 %")]
    pub probability: String,
    /// Difference in the figure of --best, else in the first figure, that does not matter: "1 min"
    #[arg(long, value_name = "VALUE")]
    pub indifference: Option<String>,
    /// Losses of a site a year, for what a lost minute less costs [default: the profile's]
    #[arg(long, value_name = "X")]
    pub disasters_per_year: Option<f64>,
    /// Print comparison.json instead of the table
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// How it is carried out
    #[command(flatten)]
    pub manner: Manner,
}

/// Compares designs and writes what was found.
///
/// # Errors
/// [`Failure::Input`] for scenarios that cannot be run or compared, [`Failure::Running`] if the output cannot be written.
pub fn compare(options: &CompareOptions) -> Result<(), Failure> {
    if options.files.len() > MOST_DESIGNS {
        return Err(Failure::typed(format!("{} designs: at most {MOST_DESIGNS} can be compared at once", options.files.len())));
    }
    let typed = figures(options);
    let mut asked = asked(options, &typed)?;
    run::limit_threads(options.manner.threads)?;
    let designs = designs::load(&options.files, &asked.sets).map_err(|mistakes| Failure::Input(mistakes.render(print::colour_on_stderr())))?;
    let remarks = designs::compare(&designs).map_err(Failure::typed)?;
    if options.disasters_per_year.is_none() {
        asked.disasters = disasters(&designs)?;
    }
    if !options.manner.quiet {
        designs.iter().for_each(|design| input::warn(&design.loaded));
    }

    let (lanes, interrupted) = run_all(options, &designs, &typed, &asked)?;
    let record = comparison(&designs, &lanes, remarks, &asked);
    let runs: Vec<Vec<Row>> = lanes.lanes.iter().map(|lane| lane.gathered.rows().to_vec()).collect();
    let directory = options.out.clone().unwrap_or_else(|| Path::new("output").join(folder(&designs)));
    {
        let _interrupts_wait = interrupt::hold();
        let mut together = credibility::Together::new(&designs[0].loaded.world);
        designs.iter().skip(1).for_each(|design| together.add(&design.loaded.world));
        report::write_all(&directory, &record, &runs, &together.finish()).map_err(|error| Failure::Running(error.to_string()))?;
    }
    if options.json {
        print::text(&report::json(&record).map_err(|error| Failure::Running(error.to_string()))?)?;
    } else if !options.manner.quiet {
        let text = report::terminal::render(&record, print::width(), print::colour());
        print::text(&format!("{text}\nReport: {}", directory.join("report.html").display()))?;
    }
    if interrupted {
        return Err(Failure::Interrupted(format!("the report is that of the {} replications that all designs had finished", record.replications)));
    }
    Ok(())
}

/// The figures typed, that of `--best` first.
fn figures(options: &CompareOptions) -> Vec<Figure> {
    options.best.iter().chain(&options.figures).map(|path| Figure::at(path)).collect()
}

/// What is asked for, as far as it does not depend on the designs.
fn asked(options: &CompareOptions, typed: &[Figure]) -> Result<Asked, Failure> {
    let first = typed.first().cloned().unwrap_or_else(|| Figure::at(LOSS));
    let indifference = options.indifference.as_ref().map(|typed| indifference(typed, &first)).transpose()?;
    let best = match &options.best {
        Some(path) if Direction::of(path) == Direction::Neither => {
            return Err(Failure::typed(format!("--best {path}: of this figure neither less nor more is better; take one that is, such as {LOSS}")));
        }
        Some(_) => Some(best::Wanted {
            figure: first.clone(),
            indifference: indifference.unwrap_or(0.0),
            probability: probability(&options.probability)?,
            most_each: options.replications.unwrap_or(many::CAP) as usize,
        }),
        None => None,
    };
    let disasters = options.disasters_per_year.unwrap_or(0.0);
    if !disasters.is_finite() || disasters < 0.0 {
        return Err(Failure::typed(format!("--disasters-per-year {disasters}: write a number of 0 or more, such as 0.05")));
    }
    Ok(Asked {
        sets: input::overrides(&options.instead),
        how_many: many::how_many(options.precision.as_deref(), options.replications)?.unwrap_or(HowMany::Fixed(many::FLOOR)),
        best,
        indifference: indifference.map(|value| Indifference { figure: first.path().to_owned(), value }),
        disasters: (disasters, Standing::Scenario),
        level: many::LEVEL,
    })
}

fn indifference(typed: &str, figure: &Figure) -> Result<f64, Failure> {
    let kind = figure.kind();
    let found = quantity(typed).filter(|(limit, value)| kind.takes(*limit, *value) && *value >= 0.0);
    found
        .map(|(_, value)| value)
        .ok_or_else(|| Failure::typed(format!("--indifference {typed}: `{}` is held against {}", figure.path(), kind.example())))
}

fn probability(typed: &str) -> Result<f64, Failure> {
    let found = typed.parse::<crate::units::Share>().ok().map(|share| share.get()).filter(|share| *share > 0.0 && *share < 1.0);
    found.ok_or_else(|| Failure::typed(format!("--probability {typed}: write a share between 0 and 1, such as \"95 %\"")))
}

/// Disasters a year by the profile of A.
fn disasters(designs: &[Design]) -> Result<(f64, Standing), Failure> {
    let name = designs.first().map_or(profile::DEFAULT, |design| &design.loaded.world.profile);
    let profile = Profile::load(name).map_err(|error| Failure::Running(error.to_string()))?;
    let entry = profile.get(DISASTERS).and_then(|entry| Some((entry.value.parse().ok()?, entry.standing)));
    let (value, standing) = entry.ok_or_else(|| Failure::Running(format!("profile {name} has no number at {DISASTERS}")))?;
    Ok((value, standing.into()))
}

/// Runs the designs; returns whether an interrupt ended it.
fn run_all(options: &CompareOptions, designs: &[Design], typed: &[Figure], asked: &Asked) -> Result<(Lanes, bool), Failure> {
    let (most, early) = match (&asked.best, &asked.how_many) {
        (Some(wanted), _) => (wanted.most_each as u64, true),
        (None, HowMany::Fixed(runs)) => (*runs, false),
        (None, HowMany::Until(rule)) => (rule.cap as u64, true),
    };
    let progress = Runs::new(options.manner.quiet, most * designs.len() as u64, early);
    let stop = interrupt::stop_gently();
    let done = || progress.one_more();
    let ran = match &asked.best {
        Some(wanted) => best::run(designs, wanted, typed, stop, &done),
        None => rounds::run(designs, &asked.how_many, typed, asked.level, stop, &done),
    };
    progress.done();
    let lacking = |Lacking { figure, label, why }: Lacking| {
        let option = if options.best.as_deref() == Some(&figure) { "--best" } else { "--figure" };
        Failure::typed(format!("{option} {figure}: in {label}, {why}"))
    };
    Ok((ran.map_err(lacking)?, stop.load(Ordering::Relaxed)))
}

/// The folder's name: of two designs their names, of more the first's and how many others.
fn folder(designs: &[Design]) -> String {
    let names: Vec<&str> = designs.iter().map(|design| design.loaded.world.name.as_str()).collect();
    match names.as_slice() {
        [a, b] => format!("compare-{a}-vs-{b}"),
        [a, others @ ..] => format!("compare-{a}-vs-{}-others", others.len()),
        [] => "compare".to_owned(),
    }
}
