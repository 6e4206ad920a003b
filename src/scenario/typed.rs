//! Any TOML file that people write for this program: read with the habits of scenario files, every mistake with its place, several at once.
//!
//! What the keys of another kind of file mean is said where that kind lives; here is what reading it has in common with a scenario.

use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::scenario::Diagnostics;
use crate::scenario::diagnostics::{Finding, Source};
use crate::scenario::raw::Scenario;
use crate::scenario::reading;

/// The text of a file; `advice` says what to name instead if there is none.
///
/// # Errors
/// If it cannot be read or is no text.
pub(super) fn text_of(path: &Path, advice: &str) -> Result<String, Diagnostics> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" (os error").next().unwrap_or_default();
        Diagnostics::whole(format!("cannot read {shown}: {reason}"), advice)
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Diagnostics::whole(format!("{shown} is not a text: byte {at} is not UTF-8"), "save it as UTF-8")
    })
}

/// What a file is called for short.
pub(super) fn stem(path: &Path, otherwise: &str) -> String {
    path.file_stem().map_or_else(|| otherwise.to_string(), |stem| stem.to_string_lossy().into_owned())
}

/// Mistakes of one file, while they are collected.
#[derive(Clone, Debug, Default)]
pub struct Mistakes(Vec<Finding>);

impl Mistakes {
    /// A mistake at a place.
    pub fn at(&mut self, span: &Range<usize>, problem: impl Into<String>, advice: impl Into<String>) {
        self.0.push(Finding::at(span, problem, advice));
    }

    /// Something is missing at a place, unless it is there and was taken out because it could not be read.
    pub fn missing(&mut self, span: &Range<usize>, problem: impl Into<String>, advice: impl Into<String>) {
        self.0.push(Finding { follows: true, ..Finding::at(span, problem, advice) });
    }

    /// A key of the whole file is missing, and was not taken out because it could not be read.
    pub fn missing_key(&mut self, key: &'static str, problem: impl Into<String>, advice: impl Into<String>) {
        self.0.push(Finding { span: Some(0..0), follows: true, about: key, problem: problem.into(), advice: advice.into() });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A file as typed, with what is wrong with it.
#[derive(Clone, Debug)]
pub struct Typed<T> {
    /// What could be read.
    pub value: T,
    /// Its text.
    pub text: String,
    /// What a check of the value finds goes here.
    pub mistakes: Mistakes,
    shown: String,
    whole: bool,
}

impl<T: DeserializeOwned + Default> Typed<T> {
    /// Reads a file; `advice` says what to name if there is none. Mistakes of form are among [`mistakes`](Self::mistakes) afterwards.
    ///
    /// # Errors
    /// If there is no such text, or so little of it can be read that checking the rest would be guesswork.
    pub fn read(path: &Path, advice: &str) -> Result<Self, Diagnostics> {
        Typed::of_text(text_of(path, advice)?, &path.display().to_string())
    }

    /// The same for a text that is at hand, called `shown` in messages.
    ///
    /// # Errors
    /// If so little of it can be read that checking the rest would be guesswork.
    pub fn of_text(text: String, shown: &str) -> Result<Self, Diagnostics> {
        let read = reading::read::<T>(&text, &[]);
        let (value, findings, whole) = (read.typed, read.findings, read.whole);
        let typed = Typed { value, text, mistakes: Mistakes(findings), shown: shown.to_string(), whole };
        if typed.whole { Ok(typed) } else { Err(typed.diagnostics()) }
    }

    /// Passes if no mistake was found.
    ///
    /// # Errors
    /// All mistakes, in the order of the text.
    pub fn judge(&self) -> Result<(), Diagnostics> {
        let diagnostics = if self.mistakes.is_empty() { Diagnostics::default() } else { self.diagnostics() };
        if diagnostics.is_empty() { Ok(()) } else { Err(diagnostics) }
    }

    fn diagnostics(&self) -> Diagnostics {
        let sources = vec![Source { name: self.shown.clone(), text: self.text.clone(), base: 0 }];
        // Read again for the paths of its keys; this happens once, before the program ends.
        let read = reading::read::<T>(&self.text, &[]);
        let findings = self.mistakes.0.iter().filter(|finding| !read.follows_from_taken_out(finding)).cloned().collect();
        Diagnostics::new(sources, findings, |finding| read.key(finding))
    }
}

/// Passes if a scenario's text, without the records it names, is of the right form.
///
/// # Errors
/// Every mistake of form.
pub fn form(text: &str, path: &Path) -> Result<(), Diagnostics> {
    let read = reading::read::<Scenario>(text, &[]);
    let sources = vec![Source { name: path.display().to_string(), text: text.to_string(), base: 0 }];
    if read.findings.is_empty() { Ok(()) } else { Err(Diagnostics::new(sources, read.findings.clone(), |finding| read.key(finding))) }
}

/// What is wrong with an override.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub advice: String,
    /// Whether the key is wrong, not its value.
    pub of_key: bool,
}

/// What is wrong with the form of an override, `key=value`: a key that there is not, a value of the wrong kind. What the file itself does wrong is left out.
/// Whether the values go together is not looked at: that shows when the scenario is loaded.
pub fn misread(text: &str, set: &str) -> Option<Misread> {
    let (sources, padded) = match reading::sources("", text, &[set.to_string()]) {
        Ok(sources) => sources,
        Err(problem) => return Some(Misread { problem, advice: "write key=value, such as policy.retention=\"3 days\"".to_string(), of_key: true }),
    };
    let own = sources.last()?;
    let read = reading::read::<Scenario>(text, &padded);
    let (finding, start) = read.findings.iter().find_map(|finding| Some((finding, finding.span.as_ref()?.start.checked_sub(own.base)?)))?;
    let of_key = own.text.get(..start).is_some_and(|before| !before.contains('='));
    Some(Misread { problem: finding.problem.clone(), advice: finding.advice.clone(), of_key })
}
