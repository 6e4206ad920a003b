//! `failback calibrate FILE --observed CSV`: fit assumed inputs to a series that a real system reported, or say what the series cannot tell.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::arguments::{Instead, Manner};
use crate::cli::progress::Runs;
use crate::cli::{Failure, input, interrupt, print, run, sweep};
use crate::credibility;
use crate::experiment::base::Base;
use crate::experiment::calibrate::observed::{Wanted, lay};
use crate::experiment::calibrate::record::calibrate as fit;
use crate::experiment::calibrate::{Matching, Model, Refusal, usual, wish};
use crate::experiment::records::Kept;
use crate::experiment::sweep::factor::Between;
use crate::import::TimeFormat;
use crate::import::wide_csv::course::{self, CourseOptions};
use crate::report::calibrate as report;
use crate::scenario::Diagnostics;
use crate::simulate::Quantity;

/// Replications of each candidate where values are compared by size, unless more are asked for.
const RUNS: u64 = 8;

/// What the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum What {
    /// Age of the oldest write not yet safe
    Lag,
    /// What the product shows as RPO: now - newest landed recovery point
    ReportedRpo,
    /// Now - newest available point ("latest processed")
    PointAge,
}

/// How they are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Instant by instant
    Course,
    /// Sorted by size, with replications: for scenarios in which something is random
    Law,
}

/// Options of `failback calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateOptions {
    /// Scenario file (TOML)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What was observed: a CSV with a time column and a column per VM, or one of the fleet's worst
    #[arg(long, value_name = "CSV")]
    pub observed: PathBuf,
    /// What its numbers are
    #[arg(long, value_enum)]
    pub what: What,
    /// A column that counts, as often as needed: NAME, NAME=VM or NAME=fleet_worst [default: all, each named after its VM]
    #[arg(long = "column", value_name = "NAME[=VM]")]
    pub columns: Vec<String>,
    /// Unit of the numbers: s, min, h [default: what the names of the columns end in, like `erp-db [min]`]
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
    /// How times are written: unix-seconds, unix-milliseconds, elapsed-seconds, iso, day-first, month-first [default: detected]
    #[arg(long, value_name = "FORMAT")]
    pub time_format: Option<String>,
    /// What is fitted, and between which values, up to four: link.forward.internet.bandwidth="50 Mbps..500 Mbps" [default: the link's bandwidth from a quarter to
    /// four times the scenario's; with --what point_age also apply.delay, if the scenario leaves it to its profile]
    #[arg(long = "fit", value_name = "KEY=FROM..TO")]
    pub fits: Vec<String>,
    /// How observed and simulated are compared
    #[arg(long, value_enum, default_value = "course")]
    pub by: By,
    /// Replications of each candidate with --by law [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=1000))]
    pub replications: Option<u64>,
    /// Directory to write to (default: output/calibrate- and the name of the scenario)
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What is set besides the file
    #[command(flatten)]
    pub instead: Instead,
    /// Print calibration.json instead of the answer
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// How it is carried out
    #[command(flatten)]
    pub manner: Manner,
}

/// Calibrates a scenario and writes the report.
///
/// # Errors
/// [`Failure::Input`] for input that cannot be used, and for a series that cannot tell what is to be fitted; [`Failure::Running`] if the report cannot be written.
pub fn calibrate(options: &CalibrateOptions) -> Result<(), Failure> {
    run::limit_threads(options.manner.threads)?;
    let sets = input::overrides(&options.instead);
    let base = Base::read(&options.file).map_err(|mistakes| wrong(&mistakes))?;
    let records = Kept::default();
    let loaded = base.load(&sets, &mut &records).map_err(|mistakes| wrong(&mistakes))?;
    if !options.manner.quiet {
        input::warn(&loaded);
    }
    if loaded.world.journey.is_some() {
        return Err(Failure::typed(
            "the scenario has a disaster or another journey: a calibration looks at the time before it; take `disaster`, `planned_failover` and `drill` out of a copy of the file",
        ));
    }
    let quantity = match options.what {
        What::Lag => Quantity::Lag,
        What::ReportedRpo => Quantity::ReportedRpo,
        What::PointAge => Quantity::PointAge,
    };
    let wishes = wishes(options, &base, usual(&base, &loaded.world, quantity))?;
    let file = options.observed.display().to_string();
    let wanted: Vec<Wanted> = options.columns.iter().map(|typed| Wanted::read(typed)).collect();
    let course = course::read(&options.observed, &how(options, &wanted)?).map_err(Failure::typed)?;
    let observed = lay(&course, &wanted, &file, &loaded.world).map_err(Failure::typed)?;
    let matching = match options.by {
        By::Course if options.replications.is_some() => {
            return Err(Failure::typed("--replications goes with --by law: instant by instant there is one run"));
        }
        By::Course => Matching::Course,
        By::Law => Matching::Law { runs: options.replications.unwrap_or(RUNS) },
    };
    let mut model = Model { base: &base, records: &records, sets: &sets, wishes: &wishes, quantity, observed, matching };
    let world = model.world(&sets).map_err(|mistakes| wrong(&mistakes))?;
    let streams = model.answer_of(&world).random_streams;
    if streams > 0 && matching == Matching::Course {
        return Err(Failure::typed(format!(
            "{} of this scenario are random (churn that is not recorded, outages): what a system did on a certain day is not what a draw of chance does on that day; replay a record \
             and write known outages as `cuts`, or compare how often which value was there with --by law",
            crate::format::plural(streams, "input", "inputs")
        )));
    }
    let progress = Runs::candidates(options.manner.quiet);
    let calibrated = fit(&mut model, &file, &world, &|| progress.one_more());
    progress.done();
    let calibrated = calibrated.map_err(|refusal| match refusal {
        Refusal::Scenario(mistakes) => wrong(&mistakes),
        Refusal::Input(text) => Failure::typed(text),
    })?;
    let out = options.out.clone().unwrap_or_else(|| Path::new("output").join(format!("calibrate-{}", base.name())));
    {
        let _interrupts_wait = interrupt::hold();
        report::write(&out, &options.file, &calibrated, &credibility::of_world(&loaded.world)).map_err(sweep::failure)?;
    }
    if options.json {
        print::text(&report::json(&calibrated.record).map_err(sweep::failure)?)
    } else if options.manner.quiet {
        Ok(())
    } else {
        print::text(&report::answer(&calibrated, &options.file, &out))
    }
}

fn wishes(options: &CalibrateOptions, base: &Base, usual: Vec<Between>) -> Result<Vec<Between>, Failure> {
    if options.fits.is_empty() {
        let none = "nothing to fit: the scenario does not say its link; write --fit KEY=FROM..TO";
        return if usual.is_empty() { Err(Failure::typed(none)) } else { Ok(usual) };
    }
    if options.fits.len() > wish::MOST {
        return Err(Failure::typed(format!("{} values to fit: at most {} can be fitted together", options.fits.len(), wish::MOST)));
    }
    let wishes = options.fits.iter().map(|typed| wish::read(typed, base)).collect::<Result<Vec<_>, _>>().map_err(Failure::typed)?;
    for (place, wish) in wishes.iter().enumerate() {
        if wishes[..place].iter().any(|other| other.key == wish.key) {
            return Err(Failure::typed(format!("--fit: `{}` is there twice; fit a key once", wish.key)));
        }
    }
    Ok(wishes)
}

fn how(options: &CalibrateOptions, wanted: &[Wanted]) -> Result<CourseOptions, Failure> {
    let time = options.time_format.as_deref().map(|typed| {
        let known = "write unix-seconds, unix-milliseconds, elapsed-seconds, iso, day-first or month-first";
        TimeFormat::parse(typed).ok_or_else(|| Failure::typed(format!("--time-format {typed}: {known}")))
    });
    Ok(CourseOptions { unit: options.unit.clone(), columns: wanted.iter().map(|wanted| wanted.column.clone()).collect(), time: time.transpose()? })
}

fn wrong(mistakes: &Diagnostics) -> Failure {
    Failure::Input(mistakes.render(print::colour_on_stderr()))
}
