//! What the program was checked against: the list that ships with it.

use serde::Deserialize;

use crate::results::Check;

const DATA: &str = include_str!("data/checks.toml");

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    check: Vec<Check>,
}

/// Every check, in the order of the list.
pub fn checks() -> Vec<Check> {
    // That the data is good is held by a test.
    toml::from_str::<File>(DATA).unwrap_or_default().check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_and_names_a_source_and_a_test_for_each() {
        let file: File = toml::from_str(DATA).unwrap();
        assert!(file.check.len() > 20);
        for check in &file.check {
            assert!(!check.what.is_empty() && !check.source.is_empty() && !check.tests.is_empty(), "{check:?}");
        }
    }
}
