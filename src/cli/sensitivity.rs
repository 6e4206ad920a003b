//! `failback sensitivity FILE`: check the experiment, say what it will cost, run the parts on all threads, and write the report.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use clap::Args;

use crate::cli::arguments::{Instead, Manner};
use crate::cli::progress::Runs;
use crate::cli::{Failure, input, interrupt, print, run, sweep};
use crate::credibility;
use crate::experiment::figure::{Figure, NoFigure};
use crate::experiment::records::Kept;
use crate::experiment::replications::figures_of;
use crate::experiment::sensitivity::chain::{self, MOST_LEFT, Settings};
use crate::experiment::sensitivity::plan::{self, Read};
use crate::experiment::sensitivity::{Plan, Record, runs};
use crate::format::{count, plural};
use crate::report::sensitivity as report;
use crate::results::Results;
use crate::scenario::Diagnostics;
use crate::simulate;

/// Options of `failback sensitivity`.
#[derive(Debug, Args)]
pub struct SensitivityOptions {
    /// Sensitivity file (TOML), or with --assumed a scenario file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Directory to write to (default: output/sensitivity- and the name of the file)
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Vary every value that the profile in force assumes; of a scenario file, nothing else
    #[arg(long)]
    pub assumed: bool,
    /// Figure of summary.json to look at, as often as needed, instead of the file's
    #[arg(long = "figure", value_name = "PATH")]
    pub figures: Vec<String>,
    /// What is set besides the scenario, in every run
    #[command(flatten)]
    pub instead: Instead,
    /// Replications of each point, instead of the file's [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub replications: Option<u64>,
    /// Trajectories of the screening, instead of the file's [default: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=10_000))]
    pub trajectories: Option<u64>,
    /// Rows of the Sobol indices, instead of the file's; powers of two are best [default: 256]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=65_536))]
    pub rows: Option<u64>,
    /// End with the screening
    #[arg(long)]
    pub screen_only: bool,
    /// Most runs in all: fewer trajectories and rows where they would take more
    #[arg(long, value_name = "RUNS")]
    pub budget: Option<u64>,
    /// Print sensitivity.json instead of the answer
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// How it is carried out
    #[command(flatten)]
    pub manner: Manner,
}

/// Runs an analysis.
///
/// # Errors
/// [`Failure::Input`] for an experiment that cannot be run, [`Failure::Running`] if the report cannot be written, [`Failure::Interrupted`] after Ctrl-C.
pub fn sensitivity(options: &SensitivityOptions) -> Result<(), Failure> {
    run::limit_threads(options.manner.threads)?;
    let records = Kept::default();
    let instead = plan::Instead { sets: input::overrides(&options.instead), figures: options.figures.clone(), assumed: options.assumed };
    let mut read = if is_scenario(&options.file) {
        if !options.assumed {
            let path = options.file.display();
            return Err(Failure::typed(format!(
                "{path} is a scenario, not a sensitivity file: add --assumed to vary what its profile assumes, or write a file that names it (docs/sensitivity.md)"
            )));
        }
        Plan::of_scenario(&options.file, &instead, &records)
    } else {
        Plan::read(&options.file, &instead, &records)
    }
    .map_err(|mistakes| wrong(&mistakes))?;
    if read.plan.inputs.is_empty() {
        return Err(Failure::typed(format!("{}: none of the assumed values in force can be varied", options.file.display())));
    }
    // Not after an hour of runs.
    let out = options.out.clone().unwrap_or_else(|| Path::new("output").join(format!("sensitivity-{}", read.plan.name)));
    report::may_write(&out).map_err(Failure::typed)?;
    if !options.manner.quiet {
        input::warn(&read.loaded);
    }
    let first = simulate::run(&read.loaded.world, 0, &mut |_| ()).results;
    try_responses(&mut read, &first, options)?;
    let random = first.checks.random_streams > 0;
    drop(first);

    let mut plan = read.plan;
    let samples = plan.samples();
    plan.settings = settings(options, &plan, &samples)?;
    let most = most_runs(&plan.settings, &samples);
    if !options.manner.quiet {
        anstream::eprintln!("{}", beforehand(&plan, &samples));
    }

    let progress = Runs::new(options.manner.quiet, most, true);
    let stop = interrupt::stop_gently();
    let mut made = 0;
    let chain = chain::run(&samples, plan.responses.len(), &plan.settings, &mut |places| {
        made += places.len() as u64 * plan.settings.replications;
        // Before the last part it is not known how many inputs are left.
        progress.most(if made > plan.settings.first_places(&samples) * plan.settings.replications { made } else { most });
        runs::evaluate(&plan, &records, places, stop, &|runs| progress.more(runs))
    });
    progress.done();
    let Some(chain) = chain else {
        return Err(Failure::Interrupted("the screening was not finished, so nothing was written".to_owned()));
    };

    let record = Record::new(&plan, &read.loaded, random, &chain);
    let written = {
        let _interrupts_wait = interrupt::hold();
        report::write(&out, &record, &plan, &chain, &credibility::of_world(&read.loaded.world)).map_err(sweep::failure)?
    };
    if options.json {
        print::text(&serde_json::to_string_pretty(&record).map_err(|error| Failure::Running(format!("cannot print the record: {error}")))?)?;
    } else if !options.manner.quiet {
        print::text(&report::answer(&record))?;
        print::text(&format!("Report: {}", written.display()))?;
    }
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted("the report is that of the parts that were finished".to_owned()));
    }
    Ok(())
}

/// Whether a file is a scenario: it has machines and names no other.
fn is_scenario(file: &Path) -> bool {
    let table = std::fs::read_to_string(file).ok().and_then(|text| text.parse::<toml::Table>().ok());
    table.is_some_and(|table| {
        !table.contains_key("scenario") && !table.contains_key("vary") && (table.contains_key("vm") || table.contains_key("link"))
    })
}

/// What the file says, what was typed instead, and what the budget has room for.
fn settings(options: &SensitivityOptions, plan: &Plan, samples: &[Vec<f64>]) -> Result<Settings, Failure> {
    let of_file = plan.settings;
    let settings = Settings {
        trajectories: options.trajectories.unwrap_or(of_file.trajectories),
        rows: options.rows.unwrap_or(of_file.rows),
        screen_only: options.screen_only,
        replications: options.replications.unwrap_or(of_file.replications),
        budget: options.budget,
        seed: of_file.seed,
    };
    settings.within_budget(samples).map_err(|least| {
        let inputs = plural(samples.len() as u64, "input", "inputs");
        Failure::typed(format!("--budget {}: {inputs} take {} runs at least", options.budget.unwrap_or_default(), count(least)))
    })
}

/// Most runs that there can be.
fn most_runs(settings: &Settings, samples: &[Vec<f64>]) -> u64 {
    let most = (settings.first_places(samples) + settings.last_places(samples.len())) * settings.replications;
    settings.budget.map_or(most, |budget| most.min(budget))
}

/// What it will cost, in a few lines.
fn beforehand(plan: &Plan, samples: &[Vec<f64>]) -> String {
    let settings = &plan.settings;
    let each = if settings.replications == 1 { String::new() } else { format!(" of {} replications", count(settings.replications)) };
    let alone = 1 + samples.iter().map(Vec::len).sum::<usize>() as u64;
    let screening = settings.trajectories * (samples.len() as u64 + 1);
    let last = match settings.last_places(samples.len()) {
        0 => String::new(),
        places => format!(", then at most {} for the indices of what is left ({} rows, {MOST_LEFT} inputs at most)", count(places), settings.rows),
    };
    format!(
        "{}: {} points{each} one at a time, {} for the screening ({} trajectories){last}; together at most {} runs.",
        plural(samples.len() as u64, "input", "inputs"),
        count(alone),
        count(screening),
        settings.trajectories,
        count(most_runs(settings, samples))
    )
}

/// Looks whether the responses exist, in the run with every input at its default. Those that nobody named are left out where they do not.
fn try_responses(read: &mut Read, results: &Results, options: &SensitivityOptions) -> Result<(), Failure> {
    let missing = |figure: &Figure| figures_of(results, std::slice::from_ref(figure)).err();
    if !read.named {
        read.plan.responses.retain(|figure| missing(figure).is_none());
        return Ok(());
    }
    let wrongs: Vec<(String, String)> =
        read.plan.responses.iter().filter_map(|figure| missing(figure).map(|NoFigure(why)| (figure.path().to_owned(), why))).collect();
    let Some((path, why)) = wrongs.first() else { return Ok(()) };
    match &mut read.typed {
        Some(typed) if options.figures.is_empty() => {
            for named in typed.value.responses.iter().flat_map(|list| list.iter()) {
                let Some((_, why)) = wrongs.iter().find(|(path, _)| *path == named.value) else { continue };
                let (problem, advice) = why.split_once("; ").unwrap_or((why, ""));
                typed.mistakes.at(&named.span, problem, advice);
            }
            typed.judge().map_err(|mistakes| wrong(&mistakes))
        }
        _ => Err(Failure::typed(format!("--figure {path}: {why}"))),
    }
}

fn wrong(mistakes: &Diagnostics) -> Failure {
    Failure::Input(mistakes.render(print::colour_on_stderr()))
}
