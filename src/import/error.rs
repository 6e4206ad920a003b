//! Why a file could not be imported: where, what was found, what was expected.

use std::fmt;

/// A churn file that cannot be used, worded for the person who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The file (or folder), as the caller named it.
    pub file: String,
    /// Line in the file, counted from 1.
    pub line: Option<u64>,
    /// Column, counted from 1, and its name.
    pub column: Option<(usize, String)>,
    /// What is there.
    pub found: String,
    /// What should be there.
    pub expected: String,
}

impl ImportError {
    /// An error about the whole file.
    pub(super) fn new(file: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        ImportError { file: file.to_owned(), line: None, column: None, found: found.into(), expected: expected.into() }
    }

    /// The same error at a line.
    pub(super) fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same error at a column, counted from 0 as the readers do.
    pub(super) fn at_column(mut self, index: usize, name: &str) -> Self {
        self.column = Some((index + 1, name.to_owned()));
        self
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some((number, name)) = &self.column {
            write!(f, ", column {number}")?;
            if !name.is_empty() {
                write!(f, " (`{}`)", shown(name))?;
            }
        }
        write!(f, ": found {}; expected {}", self.found, self.expected)
    }
}

impl std::error::Error for ImportError {}

/// A piece of a file as it may be shown in a message: short, in backquotes, without control characters.
pub(super) fn quoted(bytes: &[u8]) -> String {
    format!("`{}`", shown(&String::from_utf8_lossy(bytes)))
}

fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String = text.chars().take(LONGEST).map(|c| if c.is_control() { '\u{b7}' } else { c }).collect();
    if text.chars().count() > LONGEST {
        short.push('\u{2026}');
    }
    short
}
