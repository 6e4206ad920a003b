//! `failback size FILE`: the smallest value of something that meets a target, from a sizing file or, with `--key`, from a scenario and a few options.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::arguments::{Instead, Manner};
use crate::cli::progress::Trials;
use crate::cli::sweep::failure;
use crate::cli::{Failure, input, interrupt, print, run};
use crate::credibility;
use crate::experiment::records::Kept;
use crate::experiment::size::{Plan, SizeRecord, Trouble, raw, size as search};
use crate::report::size as report;
use crate::results::Credibility;
use crate::scenario::{Diagnostics, Typed};

/// What the sizing that options make is called in messages.
const OPTIONS: &str = "the options as a sizing file";

/// Options of `failback size`.
#[derive(Debug, Args)]
pub struct SizeOptions {
    /// Sizing file (TOML); with --key, a scenario
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Key that is sought, where FILE is a scenario: link.forward.internet.bandwidth
    #[arg(long, value_name = "KEY", requires_all = ["from", "to", "target"])]
    pub key: Option<String>,
    /// Smallest value that is looked at: "50 Mbps"
    #[arg(long, value_name = "VALUE", requires = "key")]
    pub from: Option<String>,
    /// Largest value that is looked at: "10 Gbps"
    #[arg(long, value_name = "VALUE", requires = "key")]
    pub to: Option<String>,
    /// How close the answer is to its neighbour that is not enough [default: 1 %]
    #[arg(long, value_name = "SHARE", requires = "key", conflicts_with = "step")]
    pub within: Option<String>,
    /// Even steps instead: "64 GiB"
    #[arg(long, value_name = "VALUE", requires = "key")]
    pub step: Option<String>,
    /// What must hold: "lag.fleet_worst <= 15 min", or any figure of summary.json with a limit
    #[arg(long, value_name = "TARGET", requires = "key")]
    pub target: Option<String>,
    /// Share of the time for which a law is to be within its limit, as often as needed [default: 100 %, 99 %, 90 %]
    #[arg(long = "level", value_name = "SHARE", requires = "key")]
    pub levels: Vec<String>,
    /// By how much more is written than the scenario says: "30 %"
    #[arg(long, value_name = "SHARE", requires = "key", allow_hyphen_values = true)]
    pub growth: Option<String>,
    /// What is added to the answer: "20 %"
    #[arg(long, value_name = "SHARE", requires = "key")]
    pub headroom: Option<String>,
    /// Runs of each value, where something is random [default: 20]
    #[arg(long, value_name = "N", requires = "key")]
    pub replications: Option<u64>,
    /// Directory to write to (default: output/size- and the name of the file)
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What is set besides the scenario
    #[command(flatten)]
    pub instead: Instead,
    /// Print size.json instead of the answer in words
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// How it is carried out
    #[command(flatten)]
    pub manner: Manner,
}

/// Finds the smallest value, writes its report and prints the answer.
///
/// # Errors
/// [`Failure::Input`] for a sizing that cannot be run, [`Failure::Running`] if the report cannot be written, [`Failure::Missed`] if no value is enough.
pub fn size(options: &SizeOptions) -> Result<(), Failure> {
    run::limit_threads(options.manner.threads)?;
    let sets = input::overrides(&options.instead);
    let read = match &options.key {
        Some(key) => Plan::of_text(as_a_file(options, key), OPTIONS, &stem(&options.file), &sets),
        None if is_a_scenario(&options.file) => {
            return Err(Failure::typed(format!(
                "{} is a scenario: say what is sought with --key, --from, --to and --target, or name a sizing file (docs/size.md shows one)",
                options.file.display()
            )));
        }
        None => Plan::read(&options.file, &sets),
    };
    let (plan, typed) = read.map_err(|mistakes| wrong(&mistakes))?;
    let progress = Trials::new(options.manner.quiet);
    let records = Kept::default();
    let found = search(&plan, &records, &|| progress.one_more());
    progress.done();
    let record = found.map_err(|trouble| refused(trouble, typed))?;

    let out = options.out.clone().unwrap_or_else(|| Path::new("output").join(format!("size-{}", record.name)));
    {
        let _interrupts_wait = interrupt::hold();
        report::write(&out, &record, &ends(&plan, &records)).map_err(failure)?;
    }
    if options.json {
        print::text(&report::json(&record).map_err(failure)?)?;
    } else if !options.manner.quiet {
        print::text(&told(&record, &out))?;
    }
    let missed = report::missed(&record);
    if missed.is_empty() { Ok(()) } else { Err(Failure::Missed(missed)) }
}

/// What can be said of the scenario with the least and with the largest value, as far as they can be loaded.
fn ends(plan: &Plan, records: &Kept) -> Credibility {
    let mut source = records;
    let last = plan.candidates.count().saturating_sub(1);
    let mut worlds = [0, last].into_iter().filter_map(|candidate| plan.load(candidate, &mut source).ok());
    let Some(first) = worlds.next() else { return Credibility::default() };
    let mut together = credibility::Together::new(&first.world);
    worlds.for_each(|loaded| together.add(&loaded.world));
    together.finish()
}

fn told(record: &SizeRecord, out: &Path) -> String {
    let path = |name: &str| out.join(name).display().to_string();
    format!("{}\n\nReport: {}\nRecord: {}\nCurve:  {}", report::terminal(record), path("report.html"), path("size.json"), path("curve.csv"))
}

/// The options as the file that they stand for.
fn as_a_file(options: &SizeOptions, key: &str) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    // Whole numbers are told from other values by having no unit.
    let value = |text: &String| if text.trim().parse::<f64>().is_ok_and(f64::is_finite) { text.trim().to_owned() } else { quoted(text) };
    let list = |texts: &[String]| format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "));
    let title = format!("{}: {key}", stem(&options.file));
    let mut lines = vec![format!("title = {}", quoted(&title)), format!("scenario = {}", quoted(&options.file.display().to_string()))];
    let mut add = |name: &str, written: Option<String>| lines.extend(written.map(|written| format!("{name} = {written}")));
    add("target", options.target.as_deref().map(quoted));
    add("levels", Some(list(&options.levels)).filter(|_| !options.levels.is_empty()));
    add("replications", options.replications.map(|runs| runs.to_string()));
    add("growth", options.growth.as_ref().map(value));
    add("headroom", options.headroom.as_ref().map(value));
    add("find.key", Some(quoted(key)));
    add("find.from", options.from.as_ref().map(value));
    add("find.to", options.to.as_ref().map(value));
    add("find.within", options.within.as_ref().map(value));
    add("find.step", options.step.as_ref().map(value));
    lines.join("\n")
}

fn stem(file: &Path) -> String {
    file.file_stem().map_or_else(|| "size".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// Whether a file describes machines or links and nothing that is sought.
fn is_a_scenario(file: &Path) -> bool {
    let table = std::fs::read_to_string(file).ok().and_then(|text| text.parse::<toml::Table>().ok());
    table.is_some_and(|table| {
        !table.contains_key("find") && !table.contains_key("scenario") && (table.contains_key("vm") || table.contains_key("link"))
    })
}

fn wrong(mistakes: &Diagnostics) -> Failure {
    Failure::Input(mistakes.render(print::colour_on_stderr()))
}

/// A value that the scenario does not take, or a figure that there is not, is a mistake of what was typed.
fn refused(trouble: Trouble, mut typed: Typed<raw::Size>) -> Failure {
    match trouble {
        Trouble::Load { sets, mistakes } => {
            let set = sets.join(", ");
            Failure::Input(format!("{}\n\nThe scenario cannot be loaded with {set}.", mistakes.render(print::colour_on_stderr())))
        }
        Trouble::NoFigure(why) => {
            let (problem, advice) = why.split_once("; ").unwrap_or((&why, ""));
            let span = typed.value.target.as_ref().map_or(0..0, |target| target.span.clone());
            typed.mistakes.at(&span, problem, advice);
            typed.judge().map_or_else(|mistakes| wrong(&mistakes), |()| Failure::typed(why.clone()))
        }
    }
}
