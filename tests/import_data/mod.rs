//! Where real records lie that may not be shipped with the project, and a plain reader for them that shares no code with the importers.

use std::io::Read;
use std::path::{Path, PathBuf};

/// A file or folder of the real data: below the folder that `FAILBACK_TEST_DATA` names, else below `test-data` in the checkout. `None`, with a printed
/// reason, where there is none: the test then has nothing to check.
pub fn find(name: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("FAILBACK_TEST_DATA") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("test-data"),
    };
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no {} (set FAILBACK_TEST_DATA to the folder of the real records)", path.display());
    None
}

/// All rows of a CSV file, plain or gzip, the header first.
pub fn rows(path: &Path) -> Vec<Vec<String>> {
    let raw = std::fs::read(path).unwrap();
    let mut text = String::new();
    match path.extension() {
        Some(extension) if extension == "gz" => flate2::read::GzDecoder::new(raw.as_slice()).read_to_string(&mut text).unwrap(),
        _ => raw.as_slice().read_to_string(&mut text).unwrap(),
    };
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}
