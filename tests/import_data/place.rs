//! Where real records lie that may not be shipped with the project.

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
