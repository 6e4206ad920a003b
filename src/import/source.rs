//! From a path to the bytes of a text file, plain or gzip, with errors worded for people.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::ImportError;

/// The first bytes of any gzip file (RFC 1952).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Refuses larger files (unpacked) instead of filling memory: ten times a year of 1,000 VMs at 5 minutes.
const LARGEST: u64 = 8 << 30;

/// The text of a file, and whether it was packed although its name does not say so.
pub(super) struct Text {
    pub(super) bytes: Vec<u8>,
    pub(super) disguised_gzip: bool,
}

/// Reads a whole file, unpacking it if it is gzip by name or by content.
pub(super) fn read(path: &Path) -> Result<Text, ImportError> {
    let name = path.display().to_string();
    let fail = |error: &io::Error| ImportError::new(&name, what_failed(error), "a CSV file that can be read (.csv or .csv.gz)");
    let metadata = std::fs::metadata(path).map_err(|error| fail(&error))?;
    if metadata.is_dir() {
        return Err(ImportError::new(&name, "a folder", "one CSV file (.csv or .csv.gz)"));
    }
    let mut raw = Vec::with_capacity(usize::try_from(metadata.len().min(LARGEST)).unwrap_or(0));
    File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut raw)).map_err(|error| fail(&error))?;
    let named_gzip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    let packed = raw.starts_with(&GZIP_MAGIC);
    let bytes = match (named_gzip, packed) {
        (_, true) => unpack(&name, &raw)?,
        (true, false) if raw.is_empty() => return Err(ImportError::new(&name, "an empty file", "a gzip file")),
        (true, false) => return Err(ImportError::new(&name, "a file that is not gzip", "gzip, as the name ends in .gz")),
        (false, false) => raw,
    };
    if bytes.len() as u64 > LARGEST {
        return Err(ImportError::new(&name, "more than 8 GiB of text", "a smaller file, or a coarser period"));
    }
    Ok(Text { bytes, disguised_gzip: packed && !named_gzip })
}

fn unpack(name: &str, raw: &[u8]) -> Result<Vec<u8>, ImportError> {
    let mut bytes = Vec::with_capacity(raw.len().saturating_mul(4));
    match MultiGzDecoder::new(raw).take(LARGEST + 1).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(ImportError::new(name, "a gzip file that breaks off", "a whole gzip file: was the download or the copy cut short?"))
        }
        Err(_) => Err(ImportError::new(name, "a damaged gzip file", "a sound gzip file")),
    }
}

/// An I/O error in words that are the same on every platform where the common ones are concerned.
pub(super) fn what_failed(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => String::from("no file of this name"),
        ErrorKind::PermissionDenied => String::from("a file that may not be read (permission denied)"),
        _ => format!("a file that cannot be read ({error})"),
    }
}

/// The text without its byte-order mark.
pub(super) fn without_mark<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a [u8], ImportError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ImportError::new(name, "UTF-16 text", "UTF-8 text: export or save the file as UTF-8"));
    }
    Ok(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// An error of the CSV reader; on text in memory with rows of any length there is none that we know of.
pub(super) fn csv_failed(name: &str, error: &csv::Error) -> ImportError {
    let failed = ImportError::new(name, format!("text that is not CSV ({error})"), "a CSV file");
    match error.position() {
        Some(position) => failed.at_line(position.line()),
        None => failed,
    }
}
