//! Replacing an output folder as a whole: write everything beside it, then swap by renaming, so that a failure leaves the old output as it was.
//!
//! What the user has put into the folder stays: only files that this program writes are replaced. A folder with other content and no former output is refused.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::report::ReportError;

/// The folder while it is being written; removed if it is not put into place.
pub struct Draft {
    target: PathBuf,
    scratch: PathBuf,
}

impl Draft {
    /// Makes an empty scratch folder beside `target`. A former output is known by its file `marker`; entries whose names are `welcome` do not matter.
    ///
    /// # Errors
    /// If `target` is a file or a folder with foreign content, or if nothing can be created beside it.
    pub fn beside(target: &Path, marker: &'static str, welcome: fn(&str) -> bool) -> Result<Self, ReportError> {
        let target = resolved(target)?;
        if target.exists() {
            if !target.is_dir() {
                return Err(ReportError::NotAFolder { path: target });
            }
            if !target.join(marker).is_file() && !only_welcome(&target, welcome)? {
                return Err(ReportError::NotOurs { path: target, marker });
            }
        }
        let scratch = fresh_sibling(&target, "partial").map_err(|source| failed("create", &target, source))?;
        Ok(Draft { target, scratch })
    }

    /// Writes one file of the new output.
    ///
    /// # Errors
    /// If it cannot be written, say because the disk is full.
    pub fn put(&self, relative: &str, content: &[u8]) -> Result<(), ReportError> {
        let path = self.scratch.join(relative);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, content));
        made.map_err(|source| failed("write", &self.target.join(relative), source))
    }

    /// Begins a file of the new output that is too long to be held in memory.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn begin(&self, relative: &str) -> Result<fs::File, ReportError> {
        fs::File::create(self.scratch.join(relative)).map_err(|source| failed("write", &self.target.join(relative), source))
    }

    /// Puts the new output into place and returns the folder's path. Files of the old output that the new one lacks are dropped if their name is in `ours`, and kept if not.
    ///
    /// # Errors
    /// If the folders cannot be renamed; the old output is then back in place.
    pub fn publish(self, ours: &[&str]) -> Result<PathBuf, ReportError> {
        let target = self.target.clone();
        if !target.exists() {
            fs::rename(&self.scratch, &target).map_err(|source| failed("create", &target, source))?;
            return Ok(target);
        }
        let aside = fresh_sibling(&target, "old").map_err(|source| failed("replace", &target, source))?;
        // Renaming onto an empty folder replaces it, on every system that has folders.
        if let Err(source) = fs::remove_dir(&aside).and_then(|()| fs::rename(&target, &aside)) {
            return Err(failed("replace", &target, source));
        }
        if let Err(source) = fs::rename(&self.scratch, &target) {
            // Best effort: if even this fails, the old output is whole beside the target, under its `.old` name.
            let _ = fs::rename(&aside, &target);
            return Err(failed("replace", &target, source));
        }
        keep_foreign(&aside, &target, Path::new(""), ours).map_err(|source| failed("keep your own files in", &target, source))?;
        fs::remove_dir_all(&aside).map_err(|source| failed("remove the former output of", &target, source))?;
        Ok(target)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already if it was put into place; otherwise nothing can be done about a failure here.
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

/// Whether a folder holds nothing but entries whose names are welcome.
pub fn only_welcome(folder: &Path, welcome: fn(&str) -> bool) -> Result<bool, ReportError> {
    let entries = fs::read_dir(folder).map_err(|source| failed("read", folder, source))?;
    Ok(entries.flatten().all(|entry| entry.file_name().to_str().is_some_and(welcome)))
}

pub(super) fn failed(doing: &'static str, path: &Path, source: io::Error) -> ReportError {
    ReportError::Io { doing, path: path.to_owned(), source }
}

/// The real path, links followed, so that the sibling lies on the same file system; parents are created.
fn resolved(target: &Path) -> Result<PathBuf, ReportError> {
    if let Ok(real) = target.canonicalize() {
        return Ok(real);
    }
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(|source| failed("create", target, source))?;
    let real = parent.canonicalize().map_err(|source| failed("create", target, source))?;
    target.file_name().map(|name| real.join(name)).ok_or_else(|| failed("create", target, io::ErrorKind::InvalidInput.into()))
}

/// A new empty folder beside `target`: `.<name>.<purpose>-<number>`.
fn fresh_sibling(target: &Path, purpose: &str) -> io::Result<PathBuf> {
    let parent = target.parent().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the root of the file system cannot be replaced"))?;
    for number in 0..1000_u32 {
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{purpose}-{}-{number}", std::process::id()));
        let path = parent.join(name);
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Moves what is in `old` and not ours into `new`, keeping relative paths.
fn keep_foreign(old: &Path, new: &Path, relative: &Path, ours: &[&str]) -> io::Result<()> {
    for entry in fs::read_dir(old.join(relative))? {
        let entry = entry?;
        let inside = relative.join(entry.file_name());
        let target = new.join(&inside);
        if target.is_dir() && entry.file_type()?.is_dir() {
            keep_foreign(old, new, &inside, ours)?;
        } else if !target.exists() && !ours.iter().any(|name| Path::new(name) == inside) {
            fs::rename(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(target: &Path) -> Result<Draft, ReportError> {
        Draft::beside(target, "summary.json", |_| false)
    }

    #[test]
    fn a_failure_keeps_the_old_output_and_leaves_nothing_beside_it() {
        let room = tempfile::tempdir().unwrap();
        let out = room.path().join("run");
        let first = beside(&out).unwrap();
        first.put("summary.json", b"old").unwrap();
        first.publish(&[]).unwrap();

        let second = beside(&out).unwrap();
        second.put("summary.json", b"new").unwrap();
        // A file where a folder is needed cannot be written, not even by root.
        let error = second.put("summary.json/inside", b"x").unwrap_err();
        assert!(error.to_string().contains("run/summary.json/inside"), "{error}");
        assert!(!error.to_string().contains("partial"), "{error}");
        drop(second);

        assert_eq!(fs::read(out.join("summary.json")).unwrap(), b"old");
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_one_clear_error_and_keeps_the_old_output() {
        let room = tempfile::tempdir().unwrap();
        let out = room.path().join("run");
        let first = beside(&out).unwrap();
        first.put("summary.json", b"old").unwrap();
        first.publish(&[]).unwrap();

        let second = beside(&out).unwrap();
        std::os::unix::fs::symlink("/dev/full", second.scratch.join("series.csv")).unwrap();
        let error = second.put("series.csv", b"from_s\n0\n").unwrap_err();
        let path = out.canonicalize().unwrap().join("series.csv");
        assert_eq!(error.to_string(), format!("cannot write {}: No space left on device", path.display()));
        drop(second);
        assert_eq!(fs::read(out.join("summary.json")).unwrap(), b"old");
    }

    #[test]
    fn foreign_files_stay_and_stale_files_of_ours_go() {
        let room = tempfile::tempdir().unwrap();
        let out = room.path().join("deep/er/run");
        let first = beside(&out).unwrap();
        first.put("summary.json", b"old").unwrap();
        first.put("plots/rpo.svg", b"old").unwrap();
        first.publish(&[]).unwrap();
        fs::write(out.join("notes.txt"), "mine").unwrap();
        fs::write(out.join("plots/mine.png"), "mine").unwrap();

        let second = beside(&out).unwrap();
        second.put("summary.json", b"new").unwrap();
        second.put("plots/loss.svg", b"new").unwrap();
        second.publish(&["plots/rpo.svg"]).unwrap();
        assert_eq!(fs::read(out.join("summary.json")).unwrap(), b"new");
        assert_eq!(fs::read(out.join("notes.txt")).unwrap(), b"mine");
        assert_eq!(fs::read(out.join("plots/mine.png")).unwrap(), b"mine");
        assert!(!out.join("plots/rpo.svg").exists());
    }

    #[test]
    fn a_folder_that_is_not_ours_is_refused() {
        let room = tempfile::tempdir().unwrap();
        fs::write(room.path().join("thesis.doc"), "years of work").unwrap();
        let error = beside(room.path()).err().unwrap();
        assert!(matches!(error, ReportError::NotOurs { .. }), "{error}");
        let error = beside(&room.path().join("thesis.doc")).err().unwrap();
        assert!(matches!(error, ReportError::NotAFolder { .. }), "{error}");
        assert_eq!(fs::read(room.path().join("thesis.doc")).unwrap(), b"years of work");
    }
}
