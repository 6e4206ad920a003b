//! `failback new PRESET`: a commented starter scenario, to standard output or a new file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::cli::{Failure, NewOptions, print};
use crate::scenario;

/// Prints or writes a starter; without a preset, the list of them.
///
/// # Errors
/// [`Failure::Input`] for an unknown preset or a file that exists already, [`Failure::Running`] if it cannot be written.
pub fn new(options: &NewOptions) -> Result<(), Failure> {
    let Some(preset) = options.preset.as_deref() else {
        return print::text(&format!("failback new PRESET writes a commented starter:\n\n{}", list()));
    };
    let text = scenario::starter(preset).ok_or_else(|| unknown(preset))?;
    match &options.out {
        None => print::text(&text),
        Some(file) => write(file, &text),
    }
}

fn list() -> String {
    let presets = scenario::starters();
    let widest = presets.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    presets.iter().map(|(name, what)| format!("  {name:widest$}  {what}\n")).collect()
}

fn unknown(preset: &str) -> Failure {
    let presets = scenario::starters();
    let score = |name: &str| strsim::jaro_winkler(name, preset);
    let near = presets.iter().map(|(name, _)| *name).max_by(|a, b| score(a).total_cmp(&score(b))).filter(|name| score(name) > 0.8);
    let hint = near.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    Failure::typed(format!("there is no starter `{preset}`{hint} There are:\n\n{}", list()))
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let mut open = match OpenOptions::new().write(true).create_new(true).open(file) {
        Ok(open) => open,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Failure::typed(format!("{} exists already and is left as it is; name another file", file.display())));
        }
        Err(error) => return Err(cannot(file, &error)),
    };
    open.write_all(text.as_bytes()).map_err(|error| cannot(file, &error))?;
    print::text(&format!("{0} written. Next: failback check {0}", file.display()))
}

fn cannot(file: &Path, error: &std::io::Error) -> Failure {
    let reason = error.to_string();
    Failure::Running(format!("cannot write {}: {}", file.display(), reason.split(" (os error").next().unwrap_or_default()))
}
