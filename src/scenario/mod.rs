//! Scenario files: text as typed, checked and resolved into a world; errors with positions and suggestions.
//!
//! The way of a file: `reading` turns text and `--set` overrides into the [`raw`] scenario, noting every wrong key and value; `resolve` fills in
//! the profile's defaults and makes the [`World`]; `diagnostics` shows what is wrong. What a key means once it is resolved is said in `model`.

mod diagnostics;
mod document;
mod files;
mod located;
pub mod raw;
mod reading;
mod resolve;
mod schema;
mod starters;
mod typed;
mod values;

use std::fmt::{self, Write};
use std::path::Path;

use crate::churn::Pattern;
use crate::model::World;
use crate::profile::Profile;
use crate::results::Assumption;

pub use diagnostics::{Diagnostic, Diagnostics};
pub use files::{Files, RecordError, RecordRead, RecordRequest, RecordSource};
pub use located::At;
pub use schema::{schema, schema_of};
pub use starters::{starter, starters};
pub use typed::{Misread, Mistakes, Typed, form, misread};

/// A scenario, ready to run.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The world.
    pub world: World,
    /// Every default in force and every override, sorted by key.
    pub assumptions: Vec<Assumption>,
    /// BLAKE3 of the resolved scenario and of the bytes of every file it names, as hexadecimal text.
    pub fingerprint: String,
    /// The system in words.
    pub system_words: String,
    /// What is allowed but worth a look, in sentences.
    pub warnings: Vec<String>,
    /// The profile with the scenario's overrides laid over it, for what is not part of a run.
    pub profile: Profile,
}

/// Loads a scenario file, with `--set` overrides (`key=value`; any key of the scenario, elements of lists by name or number).
///
/// # Errors
/// Every mistake found in the file, the overrides and the records they name.
pub fn load(path: &Path, sets: &[String]) -> Result<Loaded, Diagnostics> {
    load_with(path, sets, &mut Files)
}

/// As [`load`], with records from `source`.
///
/// # Errors
/// As [`load`].
pub fn load_with(path: &Path, sets: &[String], source: &mut dyn RecordSource) -> Result<Loaded, Diagnostics> {
    let text = text_of(path)?;
    let stem = typed::stem(path, "scenario");
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&text, &path.display().to_string(), &stem, folder, sets, source)
}

/// The text of a scenario file.
///
/// # Errors
/// If it cannot be read or is no text.
pub fn text_of(path: &Path) -> Result<String, Diagnostics> {
    typed::text_of(path, "name a scenario file; `failback new` writes one to start from")
}

/// Loads a scenario from its text. `shown` names it in messages, `name` is its short name, `folder` what its file names are relative to.
///
/// # Errors
/// Every mistake found.
pub fn parse(text: &str, shown: &str, name: &str, folder: &Path, sets: &[String], source: &mut dyn RecordSource) -> Result<Loaded, Diagnostics> {
    let (sources, padded) = reading::sources(shown, text, sets)
        .map_err(|problem| Diagnostics::whole(format!("--set: {problem}"), "write --set key=value, such as --set policy.retention=\"3 days\""))?;
    let read = reading::read::<raw::Scenario>(text, &padded);
    let mut findings = read.findings.clone();
    let mut resolved = None;
    if read.whole {
        let (world, more) = resolve::resolve(&read.typed, name, folder, source);
        findings.extend(more.into_iter().filter(|finding| !read.follows_from_taken_out(finding)));
        resolved = world;
    }
    let Some(mut resolved) = resolved.filter(|_| findings.is_empty()) else {
        return Err(Diagnostics::new(sources, findings, |finding| read.key(finding)));
    };
    let fingerprint = fingerprint(&mut resolved);
    Ok(Loaded {
        system_words: resolve::system_words(resolved.world.system).to_string(),
        world: resolved.world,
        assumptions: resolved.assumptions,
        fingerprint,
        warnings: resolved.warnings,
        profile: resolved.profile,
    })
}

/// BLAKE3 over the resolved world (without the records' numbers) and the fingerprints of the files that these came from.
fn fingerprint(resolved: &mut resolve::Resolved) -> String {
    let mut hash = Hashing::default();
    let mut back = resolved.world.journey.as_mut().and_then(|journey| journey.back.take());
    hash.world(&mut resolved.world);
    if let Some(back) = &mut back {
        hash.world(back);
    }
    if let Some(journey) = &mut resolved.world.journey {
        journey.back = back;
    }
    for file in &resolved.files {
        hash.of.update(file.as_bytes());
    }
    hash.of.finalize().to_hex().to_string()
}

/// Takes a text in piece by piece as it is written: the whole text of a large fleet is much larger than the fleet.
#[derive(Default)]
struct Hashing {
    of: blake3::Hasher,
    text: String,
}

impl Hashing {
    fn world(&mut self, world: &mut World) {
        let records = std::mem::take(&mut world.records);
        // A week of rates for every disk is too long to be spelt out.
        let mut weeks = Vec::new();
        for disk in &mut world.disks {
            if let Pattern::Weekly { rates, .. } = &mut disk.churn.pattern {
                let bits: Vec<u8> = rates.iter().flat_map(|rate| rate.to_bits().to_le_bytes()).collect();
                self.of.update(&bits);
                weeks.push(std::mem::take(rates));
            }
        }
        // `Debug` of plain data is exact: floats print so that they read back the same. Taking it in cannot fail.
        let _ = write!(self, "{world:?}");
        self.take_in();
        let mut weeks = weeks.into_iter();
        for disk in &mut world.disks {
            if let Pattern::Weekly { rates, .. } = &mut disk.churn.pattern {
                *rates = weeks.next().unwrap_or_default();
            }
        }
        world.records = records;
    }

    fn take_in(&mut self) {
        self.of.update(self.text.as_bytes());
        self.text.clear();
    }
}

impl Write for Hashing {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.push_str(text);
        if self.text.len() > 1 << 16 {
            self.take_in();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
