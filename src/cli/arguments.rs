//! What may be typed: subcommands and their options, as clap parses them. What they do is in the file of each subcommand.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::CalibrateOptions;
use crate::cli::compare::CompareOptions;
use crate::cli::outlook::OutlookOptions;
use crate::cli::sensitivity::SensitivityOptions;
use crate::cli::size::SizeOptions;
use crate::experiment::sweep::Shard;

/// Simulates disaster-recovery replication: what RPO, what loss and what bottleneck a fleet of VMs gets on a given link.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Start with: failback new vmware-internet --out my-site.toml, then: failback run my-site.toml\n\
    Exit codes: 0 done, 1 failed while running, 2 bad input, 3 a --require was missed, 130 interrupted.")]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate a scenario and write its report
    Run(RunOptions),
    /// Simulate a scenario and tell what one machine lived through, in order of time
    Story(StoryOptions),
    /// Compare designs under common random numbers: paired differences, who is better how often, and at what cost
    Compare(CompareOptions),
    /// Find the smallest bandwidth, drive, cache, number of servers or other value that meets a target
    Size(SizeOptions),
    /// Look months ahead under growth: what saturates first, how many process servers, which batches of initial replication
    Outlook(OutlookOptions),
    /// Simulate a scenario at many points, as an experiment file says; stopped at any moment, it goes on where it was
    Sweep(SweepOptions),
    /// Put the shards of a sweep together
    Merge(MergeOptions),
    /// Say on which uncertain inputs the answer hangs: screening, Sobol indices, a tornado plot
    Sensitivity(SensitivityOptions),
    /// Fit assumed inputs to a series of lags or RPOs that a real system reported, or say what it cannot tell
    Calibrate(CalibrateOptions),
    /// Check a scenario file, and the records it names, without running it
    Check(CheckOptions),
    /// Print a commented starter scenario
    New(NewOptions),
    /// Say where a default value comes from: value, unit, source, date, standing
    Explain(ExplainOptions),
    /// Print the JSON Schema of scenario, experiment or sizing files, or of a record that is written
    Schema(SchemaOptions),
}

/// What is set besides the file, for a run.
#[derive(Debug, Args)]
pub struct Instead {
    /// Master seed, instead of the scenario's
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Length of the run, instead of the scenario's: "2 days", "12 h"
    #[arg(long, value_name = "SPAN")]
    pub horizon: Option<String>,
    /// Set any key of the scenario, as often as needed: link.forward.internet.bandwidth="300 Mbps"
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
}

/// How it is carried out.
#[derive(Debug, Args)]
pub struct Manner {
    /// Threads (results never depend on it) [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// Options of `failback run`.
#[derive(Debug, Args)]
pub struct RunOptions {
    /// Scenario file (TOML)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Directory to write to (default: output/ and the name of the scenario)
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What is set besides the file
    #[command(flatten)]
    pub instead: Instead,
    /// So many independent replications instead of one run: figures with confidence intervals
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub replications: Option<u64>,
    /// Replications until the interval of the first --figure is within this share of it: "5 %"; --replications is then the cap [default cap: 1000]
    #[arg(long, value_name = "SHARE")]
    pub precision: Option<String>,
    /// Laws over time once more without their warm-up, as long-run figures: a span that it takes, or auto (MSER-5)
    #[arg(long, value_name = "auto|SPAN")]
    pub warm_up: Option<String>,
    /// Figure of summary.json to gather over the replications, as often as needed, besides the usual ones
    #[arg(long = "figure", value_name = "PATH")]
    pub figures: Vec<String>,
    /// Leave with code 3 unless a figure of summary.json meets a target: "lag.fleet_worst.p99 <= 15 min"
    #[arg(long = "require", value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Print summary.json instead of the table
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// How it is carried out
    #[command(flatten)]
    pub manner: Manner,
}

/// Options of `failback story`.
#[derive(Debug, Args)]
pub struct StoryOptions {
    /// Scenario file (TOML)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Whose story: the name of a VM
    #[arg(long, value_name = "NAME")]
    pub vm: String,
    /// What is set besides the file
    #[command(flatten)]
    pub instead: Instead,
}

/// Options of `failback sweep`.
#[derive(Debug, Args)]
pub struct SweepOptions {
    /// Experiment file (TOML)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Directory to write to (default: output/ and the name of the experiment); a shard takes a folder in it
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only a part of the points: those whose number leaves K over when divided by N (K from 0)
    #[arg(long, value_name = "K/N")]
    pub shard: Option<Shard>,
    /// Throw away what an earlier sweep left in the directory, and start over
    #[arg(long)]
    pub fresh: bool,
    /// What is set besides the scenario, in every point
    #[command(flatten)]
    pub instead: Instead,
    /// How it is carried out
    #[command(flatten)]
    pub manner: Manner,
}

/// Options of `failback merge`.
#[derive(Debug, Args)]
pub struct MergeOptions {
    /// Directory to write to
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Folders of the shards, or folders that hold them [default: those in OUT]
    #[arg(value_name = "SHARD")]
    pub shards: Vec<PathBuf>,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// Options of `failback check`.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// Scenario file (TOML)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Set any key of the scenario before checking it
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// Which schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// Scenario files
    Scenario,
    /// Experiment files, of `failback sweep`
    Sweep,
    /// Sizing files, of `failback size`
    Size,
    /// Sensitivity files, of `failback sensitivity`
    Sensitivity,
    /// The results record, summary.json
    Results,
    /// The record of a comparison, comparison.json
    CompareResults,
    /// What a sizing found, size.json
    SizeResults,
    /// The record of a sensitivity analysis, sensitivity.json
    SensitivityResults,
    /// The record of `failback outlook`, outlook.json
    OutlookResults,
}

/// Options of `failback schema`.
#[derive(Debug, Args)]
pub struct SchemaOptions {
    /// Of what
    #[arg(value_enum, default_value = "scenario")]
    pub of: SchemaOf,
}

/// Options of `failback new`.
#[derive(Debug, Args)]
pub struct NewOptions {
    /// Which starter; without it, the list is printed
    #[arg(value_name = "PRESET")]
    pub preset: Option<String>,
    /// File to write instead of standard output; an existing file is left alone
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Options of `failback explain`.
#[derive(Debug, Args)]
pub struct ExplainOptions {
    /// Key of the value; without it, all are listed
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
    /// Only values that nobody has published
    #[arg(long)]
    pub assumed: bool,
    /// Profile to look in [default: the newest classic VMware profile]
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_contradiction_in_the_definitions() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }
}
