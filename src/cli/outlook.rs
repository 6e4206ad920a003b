//! `failback outlook FILE`: simulate the months ahead, find the batches of initial replication, write the report, print the answer.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::arguments::{Instead, Manner};
use crate::cli::progress::Runs;
use crate::cli::{Failure, input, interrupt, print, run};
use crate::credibility;
use crate::experiment::outlook::{
    Ahead, Copying, Growth, GrowthResult, Interrupted, MOST_FACTOR, Outlook, SCHEMA, ahead, bands, breaches, copying, date_after,
};
use crate::experiment::target::{Target, TargetError};
use crate::profile::{Profile, Standing};
use crate::report::outlook as folder;
use crate::results;
use crate::results::Credibility;
use crate::scenario::Loaded;
use crate::stats::Fraction;
use crate::units::{Share, Span};

/// Confidence of all intervals.
const LEVEL: Fraction = Fraction::P95;

/// Options of `failback outlook`.
#[derive(Debug, Args)]
pub struct OutlookOptions {
    /// Scenario file (TOML)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Months to look ahead
    #[arg(long, value_name = "N", default_value_t = 36, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub months: u32,
    /// How fast all churn grows: "20 % per year", "2 % per month" [default: the scenario's growth_per_year, else outlook.growth_per_year of its profile]
    #[arg(long, value_name = "GROWTH", allow_hyphen_values = true)]
    pub growth: Option<String>,
    /// Time within which each batch of initial replication is to end: "72 h" [default: outlook.goal of the profile]
    #[arg(long, value_name = "SPAN")]
    pub goal: Option<String>,
    /// Directory to write to (default: output/outlook- and the name of the scenario)
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What is set besides the file
    #[command(flatten)]
    pub instead: Instead,
    /// So many independent replications of each month, where something is random: figures with confidence intervals
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub replications: u64,
    /// Leave with code 3 unless a figure of outlook.json meets a target: "first.link.good_months >= 24", "months.12.values.rpo_p99_s <= 15 min"
    #[arg(long = "require", value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Print outlook.json instead of the summary
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// How it is carried out
    #[command(flatten)]
    pub manner: Manner,
}

/// Looks ahead and writes what there is to see.
///
/// # Errors
/// [`Failure::Input`] for a scenario or an option that cannot be used, [`Failure::Running`] if the report cannot be written, [`Failure::Interrupted`] with nothing
/// written, [`Failure::Missed`] if a `--require` was.
pub fn outlook(options: &OutlookOptions) -> Result<(), Failure> {
    let targets = options.targets.iter().map(|typed| Target::parse(typed)).collect::<Result<Vec<_>, _>>().map_err(require)?;
    let typed =
        options.growth.as_deref().map(|typed| typed.parse::<Growth>().map_err(|why| Failure::typed(format!("--growth: {why}")))).transpose()?;
    let goal = options.goal.as_deref().map(goal).transpose()?;
    run::limit_threads(options.manner.threads)?;
    let sets = input::overrides(&options.instead);
    let mut loaded = input::load(&options.file, &sets)?;
    // These are used here, though no run uses them.
    loaded.warnings.retain(|warning| !warning.starts_with("override.outlook."));
    if !options.manner.quiet {
        input::warn(&loaded);
    }
    let (growth, said) = growth(typed, &loaded)?;
    let most = growth.factor(options.months);
    if !(most < MOST_FACTOR && date_after(loaded.world.start, options.months) != String::new()) {
        return Err(Failure::typed(format!(
            "{growth} over {} months makes churn {most:.3e} times what it is: look less far, or grow less",
            options.months
        )));
    }
    let goal = goal.map_or_else(|| value::<Span>(&loaded.profile, "outlook.goal"), Ok)?;
    let percentile: Share = value(&loaded.profile, "outlook.churn_percentile")?;
    let bands = bands(&loaded.profile);

    let stop = interrupt::stop_gently();
    let left = |Interrupted| Failure::Interrupted("nothing was written".to_owned());
    let of = Ahead {
        world: &loaded.world,
        growth,
        months: options.months,
        runs: options.replications,
        level: LEVEL,
        above_allowed: 1.0 - percentile.get(),
        bands: &bands,
    };
    let progress = Runs::new(options.manner.quiet, u64::from(options.months + 1) * options.replications, true);
    let found = ahead(&of, stop, &|| progress.one_more());
    progress.done();
    let (mut now, months) = found.map_err(left)?;
    let progress = Runs::new(options.manner.quiet, 0, false);
    let initial_replication = copying(&Copying { world: &loaded.world, without: &now, goal_s: goal.as_secs_f64() }, stop, &|| progress.one_more());
    progress.done();
    let initial_replication = initial_replication.map_err(left)?;

    input::describe(&loaded, &sets, &mut now);
    let record = Outlook {
        schema: SCHEMA,
        version: now.version,
        random: now.checks.random_streams > 0,
        runs: months.first().map_or(1, |month| month.runs),
        servers: now.process_servers.len() as u64,
        throttle_free: now.process_servers.iter().find_map(|hub| hub.throttle_free),
        scenario: now.scenario,
        growth: said,
        first: breaches(&months),
        months,
        initial_replication,
        assumptions: now.assumptions,
    };
    finish(&record, &credibility::of_world(&loaded.world), options, &targets)
}

/// Judges the targets, writes the folder, prints the answer.
fn finish(record: &Outlook, found: &Credibility, options: &OutlookOptions, targets: &[Target]) -> Result<(), Failure> {
    let summary = serde_json::to_value(record).map_err(|error| Failure::Running(format!("cannot read the record back: {error}")))?;
    // A target that names no figure is a mistake of what was typed: nothing is written then.
    let mut missed = Vec::new();
    for target in targets {
        if let Err(sentence) = target.judge(&summary).map_err(require)? {
            missed.push(sentence);
        }
    }
    let directory = options.out.clone().unwrap_or_else(|| Path::new("output").join(format!("outlook-{}", record.scenario.name)));
    let report = {
        let _interrupts_wait = interrupt::hold();
        folder::write(&directory, record, found).map_err(|error| Failure::Running(error.to_string()))?
    };
    if options.json {
        print::text(&folder::json(record).map_err(|error| Failure::Running(error.to_string()))?)?;
    } else if !options.manner.quiet {
        print::text(&folder::terminal::render(record, print::width()))?;
        print::text(&format!("Report: {} (and tables and plots beside it)", report.display()))?;
    }
    if missed.is_empty() { Ok(()) } else { Err(Failure::Missed(missed)) }
}

/// What is looked up in a run's record is looked up in that of the outlook here.
fn require(TargetError(why): TargetError) -> Failure {
    Failure::typed(format!("--require {}", why.replace("summary.json", "outlook.json").replace("in this run", "in this outlook")))
}

fn goal(typed: &str) -> Result<Span, Failure> {
    let span: Span = typed.parse().map_err(|error| Failure::typed(format!("--goal {typed}: {}", one_line(&format!("{error}")))))?;
    if span.as_secs_f64() < 1.0 {
        return Err(Failure::typed(format!("--goal {typed}: no copy ends at once; write a time of at least a second, such as \"72 h\"")));
    }
    Ok(span)
}

/// The growth in force and who says so: the command line, the scenario, the profile.
fn growth(typed: Option<Growth>, loaded: &Loaded) -> Result<(Growth, GrowthResult), Failure> {
    let (growth, standing, source) = match typed {
        Some(typed) => (typed, results::Standing::Scenario, "--growth".to_owned()),
        None if loaded.world.growth_per_year != 0.0 => {
            (Growth::per_year(loaded.world.growth_per_year), results::Standing::Scenario, "growth_per_year of the scenario".to_owned())
        }
        None => {
            let key = "outlook.growth_per_year";
            let entry = loaded.profile.get(key);
            let standing = match entry.map(|entry| entry.standing) {
                Some(Standing::Documented) => results::Standing::Documented,
                Some(Standing::Derived) => results::Standing::Derived,
                _ => results::Standing::Assumed,
            };
            let note = entry.map_or("", |entry| entry.note.as_str());
            (Growth::per_year(value(&loaded.profile, key)?), standing, format!("{key}: {note}"))
        }
    };
    Ok((growth, GrowthResult { words: growth.to_string(), per_year: growth.in_a_year(), standing, source }))
}

/// A value of the profile, overrides laid over it.
fn value<T: std::str::FromStr>(profile: &Profile, key: &str) -> Result<T, Failure> {
    let text = profile.get(key).map_or("", |entry| entry.value.as_str());
    text.parse().map_err(|_| Failure::typed(format!("override.{key}: `{text}` cannot be used here; `failback explain {key}` shows what is expected")))
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("; ")
}
