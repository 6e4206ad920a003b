//! The `failback` program: read the command line, do the one thing that was asked for, say in words what went wrong, leave with a code.

use std::process::ExitCode;

use clap::Parser;
use failback::cli::{self, Arguments, Command};

fn main() -> ExitCode {
    // Help, version and misuse end here: clap prints them and leaves with 0, 0 and 2.
    let arguments = Arguments::parse();
    cli::watch_for_interrupt();

    let outcome = match &arguments.command {
        Command::Run(options) => cli::run(options),
        Command::Story(options) => cli::story(options),
        Command::Compare(options) => cli::compare(options),
        Command::Size(options) => cli::size(options),
        Command::Outlook(options) => cli::outlook(options),
        Command::Sweep(options) => cli::sweep(options),
        Command::Merge(options) => cli::merge(options),
        Command::Sensitivity(options) => cli::sensitivity(options),
        Command::Calibrate(options) => cli::calibrate(options),
        Command::Check(options) => cli::check(options),
        Command::New(options) => cli::new(options),
        Command::Explain(options) => cli::explain(options),
        Command::Schema(options) => cli::schema(options),
    };

    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
