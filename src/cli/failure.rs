//! How a command can fail, and which exit code that is.

use std::process::ExitCode;

use crate::cli::interrupt::INTERRUPTED;

/// A command that did not end well. The text is for the user: what was being done, what went wrong, what to do about it.
#[derive(Debug)]
pub enum Failure {
    /// The input is wrong; the text is complete, `error:` included, and may hold several mistakes (code 2).
    Input(String),
    /// Something failed while running (code 1).
    Running(String),
    /// The run went well but a `--require` was missed (code 3).
    Missed(Vec<String>),
    /// It was interrupted, and what it had finished is kept (code 130).
    Interrupted(String),
    /// The reader of standard output went away, as `head` does: nobody is left to tell (code 0).
    ReaderGone,
}

impl Failure {
    /// A mistake in what was typed, from a sentence without `error:`.
    pub fn typed(sentence: impl std::fmt::Display) -> Self {
        Failure::Input(format!("error: {sentence}"))
    }

    /// Says it on standard error and returns the exit code.
    pub fn report(&self) -> ExitCode {
        match self {
            Failure::Input(text) => {
                anstream::eprintln!("{}", text.trim_end());
                ExitCode::from(2)
            }
            Failure::Running(text) => {
                anstream::eprintln!("error: {text}");
                ExitCode::from(1)
            }
            Failure::Missed(targets) => {
                for target in targets {
                    anstream::eprintln!("missed: {target}");
                }
                ExitCode::from(3)
            }
            Failure::Interrupted(text) => {
                anstream::eprintln!("interrupted: {text}");
                ExitCode::from(INTERRUPTED)
            }
            Failure::ReaderGone => ExitCode::SUCCESS,
        }
    }
}
