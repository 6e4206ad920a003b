//! The scenario that an experiment rests on: read once, then loaded again and again with other values set.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::scenario::{self, At, Diagnostics, Loaded, Mistakes, RecordSource, misread};

/// A scenario's text and where it came from: what happens to the file later does not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    text: String,
    shown: String,
    name: String,
    folder: PathBuf,
}

impl Base {
    /// Reads the scenario that an experiment file (at `experiment`) names relative to itself. Where it names none, or one that cannot be read, a mistake is
    /// noted, and the scenario is empty.
    ///
    /// # Errors
    /// Every mistake of form in the scenario: it would be blamed for every point.
    pub fn named(experiment: &Path, named: Option<&At<String>>, mistakes: &mut Mistakes) -> Result<Base, Diagnostics> {
        let none = Base { text: String::new(), shown: String::new(), name: String::new(), folder: PathBuf::new() };
        let Some(named) = named else {
            mistakes.missing_key("scenario", "the experiment names no scenario", "add `scenario = \"…\"`, a file named relative to this one");
            return Ok(none);
        };
        let file = experiment.parent().unwrap_or(Path::new("")).join(named.as_str());
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let name = file.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned());
                let folder = file.parent().unwrap_or(Path::new("")).to_owned();
                scenario::form(&text, &file)?;
                Ok(Base { text, shown: file.display().to_string(), name, folder })
            }
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.split(" (os error").next().unwrap_or_default();
                mistakes.at(&named.span, format!("cannot read {}: {reason}", file.display()), "name a scenario file, relative to this one");
                Ok(none)
            }
        }
    }

    /// Reads the scenario in a file.
    ///
    /// # Errors
    /// If it cannot be read, or every mistake of form in it.
    pub fn read(file: &Path) -> Result<Base, Diagnostics> {
        let text = scenario::text_of(file)?;
        scenario::form(&text, file)?;
        let name = file.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned());
        Ok(Base { text, shown: file.display().to_string(), name, folder: file.parent().unwrap_or(Path::new("")).to_owned() })
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Short name of its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The scenario with these values set, each as `key=value`.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn load(&self, sets: &[String], source: &mut dyn RecordSource) -> Result<Loaded, Diagnostics> {
        scenario::parse(&self.text, &self.shown, &self.name, &self.folder, sets, source)
    }

    /// Notes a mistake unless the scenario knows the key and takes a value of this form.
    pub fn try_set(&self, set: &At<String>, mistakes: &mut Mistakes) {
        if let Some(wrong) = misread(&self.text, set) {
            mistakes.at(&set.span, wrong.problem, wrong.advice);
        }
    }

    /// As [`try_set`](Self::try_set) for the values of one key, each `key=value` with its place; a wrong key is said once.
    pub fn try_values<'v>(&self, key: &At<String>, values: impl Iterator<Item = (String, &'v Range<usize>)>, mistakes: &mut Mistakes) {
        for (set, span) in values {
            match misread(&self.text, &set) {
                Some(wrong) if wrong.of_key => return mistakes.at(&key.span, wrong.problem, wrong.advice),
                Some(wrong) => mistakes.at(span, wrong.problem, wrong.advice),
                None => {}
            }
        }
    }
}
