//! Dated rule sets and presets: data files compiled in, each value with its source, date and standing.
//!
//! A profile is one product generation as documented at one time (`vmware-classic-2021`), a flat list of keys; it may be based on others and
//! state only what differs. Presets (gateway SKUs, circuits, process-server sizes, disk limits) are tables in it: every cell has a key too.
//! A default value has its one home here. Which value is in force in a run is decided in `scenario`.

mod entry;
mod read;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

pub use entry::{Entry, NOT_LISTED, Standing, Unit};

/// The profile that a scenario gets when it names none.
pub const DEFAULT: &str = "vmware-classic-2021";

/// One dated rule set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Name, as a scenario writes it.
    pub name: String,
    /// What it is, in a sentence.
    pub title: String,
    /// Date of its pages.
    pub date: String,
    /// Which system it describes: `vmware-classic`, `physical`, `avs`, `vmware-modernized`, `azure-to-azure`.
    pub system: String,
    /// Shared by all that were loaded: a scenario is resolved for every point of an experiment.
    entries: Arc<BTreeMap<String, Arc<Entry>>>,
}

/// What was read of each data file, once it was asked for.
static LOADED: [OnceLock<Result<Profile, ProfileError>>; read::FILES.len()] = [const { OnceLock::new() }; read::FILES.len()];

/// Why a profile cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// No profile has this name.
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// A compiled-in data file is defective.
    Data {
        /// Which file.
        file: String,
        /// What is wrong with it.
        what: String,
    },
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProfileError::Unknown { name } => write!(f, "unknown profile `{name}`"),
            ProfileError::Data { file, what } => write!(f, "profile data {file}: {what}"),
        }
    }
}

impl std::error::Error for ProfileError {}

/// The names of all profiles, the default first.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    read::FILES.iter().filter(|(_, text)| text.contains("\n[profile]\n")).map(|(name, _)| *name)
}

/// A key as TOML takes it: with quotes around what has blanks or other letters that need them.
pub fn toml_key(key: &str) -> String {
    let bare = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    key.split('.').map(|part| if bare(part) { part.to_owned() } else { format!("\"{part}\"") }).collect::<Vec<_>>().join(".")
}

impl Profile {
    /// Loads a profile with everything that it is based on.
    ///
    /// # Errors
    /// If no profile has this name.
    pub fn load(name: &str) -> Result<Profile, ProfileError> {
        let place = read::FILES.iter().position(|(known, _)| *known == name);
        let loaded = place.filter(|_| names().any(|known| known == name)).and_then(|place| LOADED.get(place));
        let loaded = loaded.ok_or_else(|| ProfileError::Unknown { name: name.to_string() })?;
        loaded.get_or_init(|| read::profile(name)).clone()
    }

    /// The entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key).map(Arc::as_ref)
    }

    /// Every entry, sorted by key.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().map(Arc::as_ref)
    }

    /// Every entry that nobody has published, sorted by key.
    pub fn assumed(&self) -> impl Iterator<Item = &Entry> {
        self.entries().filter(|entry| entry.standing == Standing::Assumed)
    }

    /// The keys under a prefix: `under("vpn_gateway")` gives every cell of that table.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries().filter(move |entry| entry.key.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.')))
    }

    /// The row names of a preset table, sorted: `rows("vpn_gateway")` gives `Basic`, `VpnGw1` ...
    pub fn rows(&self, table: &str) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for key in self.entries.keys() {
            let cell = key.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'));
            if let Some((row, _)) = cell.and_then(|cell| cell.rsplit_once('.'))
                && names.last() != Some(&row)
            {
                names.push(row);
            }
        }
        names
    }

    /// The key most like `key`, for a suggestion.
    pub fn nearest(&self, key: &str) -> Option<&str> {
        let score = |known: &str| strsim::jaro_winkler(known, key);
        let best = self.entries.keys().max_by(|a, b| score(a).total_cmp(&score(b)))?;
        (score(best) > 0.8).then_some(best.as_str())
    }

    /// Replaces a value, keeping its unit; the entry says from then on that the scenario stated it.
    ///
    /// # Errors
    /// If the key is unknown or the value is not of its unit: problem and advice on two lines.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let Some(entry) = Arc::make_mut(&mut self.entries).get_mut(key).map(Arc::make_mut) else {
            let advice = match self.nearest(key) {
                Some(near) => format!("a key with a similar name exists: `{near}`"),
                None => "`failback explain` lists all keys".to_string(),
            };
            return Err(format!("the profile has no key `{key}`\n{advice}"));
        };
        entry.check(value)?;
        entry.value = value.to_string();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_loads_and_names_its_sources() -> Result<(), ProfileError> {
        assert_eq!(names().next(), Some(DEFAULT));
        assert_eq!(names().count(), 8);
        for name in names() {
            let profile = Profile::load(name)?;
            assert_eq!(profile.name, name);
            assert!(!profile.title.is_empty() && !profile.system.is_empty());
            assert!(profile.entries().count() > 200, "{name}");
        }
        Ok(())
    }

    #[test]
    fn an_older_profile_states_only_what_differs() -> Result<(), ProfileError> {
        let (old, new) = (Profile::load("vmware-classic-2018")?, Profile::load("vmware-classic-2021")?);
        let value = |profile: &Profile, key: &str| profile.get(key).map(|e| e.value.clone());
        assert_eq!(value(&old, "policy.retention_max"), Some("72 h".to_string()));
        assert_eq!(value(&new, "policy.retention_max"), Some("15 days".to_string()));
        assert_eq!(value(&old, "policy.crash_every"), value(&new, "policy.crash_every"));
        Ok(())
    }

    #[test]
    fn tables_give_rows_and_cells() -> Result<(), ProfileError> {
        let profile = Profile::load(DEFAULT)?;
        assert!(profile.rows("vpn_gateway").contains(&"VpnGw2 gen2"));
        assert_eq!(profile.rows("expressroute_circuit").len(), 10);
        assert_eq!(profile.get("vpn_gateway.VpnGw2 gen2.aggregate").map(|e| e.value.as_str()), Some("1250 Mbps"));
        assert_eq!(profile.get("process_server_size.8 vCPU.machines").map(|e| e.value.as_str()), Some("150"));
        Ok(())
    }

    #[test]
    fn an_override_is_checked_against_the_unit() -> Result<(), ProfileError> {
        let mut profile = Profile::load(DEFAULT)?;
        assert_eq!(profile.set("policy.crash_every", "10 min"), Ok(()));
        assert_eq!(
            profile.set("policy.crash_evry", "10 min").err().unwrap_or_default().lines().last(),
            Some("a key with a similar name exists: `policy.crash_every`")
        );
        assert!(profile.set("policy.crash_every", "10 MB").is_err());
        assert!(profile.set("limits.vm", "54 Mbps").is_err());
        Ok(())
    }
}
