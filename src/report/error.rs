//! Why a report could not be written.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a report could not be written. Each message is one line and names the path that the user asked for, never a temporary one.
#[derive(Debug)]
pub enum ReportError {
    /// A file or folder could not be created, written or moved.
    Io {
        /// What was being done: `write`, `create`, `replace`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The output folder holds something that is not a former output of this program, which must not be lost.
    NotOurs {
        /// The folder.
        path: PathBuf,
        /// The file that a former output has.
        marker: &'static str,
    },
    /// What lies in a folder is something else than was asked for.
    Refused {
        /// The folder or file.
        path: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// The output path is not a folder.
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// A table, plot or page could not be made: a defect of the program, not of the input.
    Render {
        /// Which file.
        what: String,
        /// Why not.
        reason: String,
    },
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportError::Io { doing, path, source } => {
                // The system's words without Rust's "(os error 28)".
                let reason = source.to_string();
                let reason = reason.split(" (os error").next().unwrap_or_default();
                write!(f, "cannot {doing} {}: {reason}", path.display())
            }
            ReportError::NotOurs { path, marker } => {
                write!(f, "{} holds files that are not a former output (no {marker} in it); name an empty or new folder", path.display())
            }
            ReportError::Refused { path, why } => write!(f, "{}: {why}", path.display()),
            ReportError::NotAFolder { path } => write!(f, "{} is a file, not a folder; name another place for the output", path.display()),
            ReportError::Render { what, reason } => write!(f, "cannot make {what}: {reason}"),
        }
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReportError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
