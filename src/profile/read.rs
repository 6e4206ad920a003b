//! Reading the data files: entries one by one, and tables whose every cell becomes an entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::{Table, Value};

use crate::profile::entry::{Entry, Standing, Unit};
use crate::profile::{Profile, ProfileError};

/// Data files by name, in the order `failback explain` lists the profiles.
pub(super) const FILES: &[(&str, &str)] = &[
    ("vmware-classic-2021", include_str!("data/vmware-classic-2021.toml")),
    ("vmware-classic-2018", include_str!("data/vmware-classic-2018.toml")),
    ("physical-2021", include_str!("data/physical-2021.toml")),
    ("avs-2026", include_str!("data/avs-2026.toml")),
    ("vmware-modernized-2026", include_str!("data/vmware-modernized-2026.toml")),
    ("azure-to-azure-2025", include_str!("data/azure-to-azure-2025.toml")),
    ("azure-to-azure-2021", include_str!("data/azure-to-azure-2021.toml")),
    ("azure-to-azure-2019", include_str!("data/azure-to-azure-2019.toml")),
    ("common", include_str!("data/common.toml")),
    ("links", include_str!("data/links.toml")),
    ("rtt", include_str!("data/rtt.toml")),
    ("home", include_str!("data/home.toml")),
    ("journey", include_str!("data/journey.toml")),
    ("process_servers", include_str!("data/process_servers.toml")),
    ("prices", include_str!("data/prices.toml")),
];

/// Reads a profile and everything that it is based on.
pub(super) fn profile(file: &str) -> Result<Profile, ProfileError> {
    let (mut profile, mut entries) = (Profile::default(), BTreeMap::new());
    apply(&mut profile, &mut entries, file, 0)?;
    profile.entries = Arc::new(entries);
    Ok(profile)
}

/// Adds what `file` says to `profile` and its entries, what it is based on first.
fn apply(profile: &mut Profile, entries: &mut BTreeMap<String, Arc<Entry>>, file: &str, depth: u32) -> Result<(), ProfileError> {
    let text = FILES.iter().find(|(name, _)| *name == file).map(|(_, text)| *text);
    let defect = |what: String| ProfileError::Data { file: file.to_string(), what };
    let text = text.ok_or_else(|| defect("no such data file".to_string()))?;
    if depth > 8 {
        return Err(defect("based on itself".to_string()));
    }
    let table: Table = text.parse().map_err(|error: toml::de::Error| defect(error.to_string()))?;
    let head = table.get("profile").and_then(Value::as_table);
    for base in head.and_then(|head| head.get("based_on")).and_then(Value::as_array).into_iter().flatten() {
        apply(profile, entries, base.as_str().unwrap_or_default(), depth + 1)?;
    }
    if let Some(head) = head {
        let text = |key: &str| head.get(key).and_then(Value::as_str).map(str::to_string);
        profile.name = text("name").unwrap_or_default();
        profile.title = text("title").unwrap_or_default();
        profile.date = text("date").unwrap_or_default();
        profile.system = text("system").unwrap_or_default();
    }
    let sources = table.get("sources").and_then(Value::as_table).cloned().unwrap_or_default();
    let reader = Reader { file, sources: &sources };
    for (key, value) in &table {
        if !matches!(key.as_str(), "profile" | "sources") {
            reader.walk(key, value, entries).map_err(&defect)?;
        }
    }
    Ok(())
}

struct Reader<'a> {
    file: &'a str,
    sources: &'a Table,
}

impl Reader<'_> {
    /// A table with `value` is an entry, one with `rows` a table of entries, any other a level of the key.
    fn walk(&self, key: &str, node: &Value, into: &mut BTreeMap<String, Arc<Entry>>) -> Result<(), String> {
        let table = node.as_table().ok_or_else(|| format!("{key} is not a table"))?;
        if let Some(value) = table.get("value") {
            return self.entry(key, value, table, text(table, "unit"), into);
        }
        if let Some(rows) = table.get("rows").and_then(Value::as_array) {
            for row in rows.iter().filter_map(Value::as_table) {
                self.row(key, row, table, into)?;
            }
        }
        for (name, child) in table {
            if child.is_table() && name != "units" {
                self.walk(&format!("{key}.{name}"), child, into)?;
            }
        }
        Ok(())
    }

    fn row(&self, key: &str, row: &Table, head: &Table, into: &mut BTreeMap<String, Arc<Entry>>) -> Result<(), String> {
        let name = text(row, "key");
        let units = head.get("units").and_then(Value::as_table).ok_or_else(|| format!("{key} has no units"))?;
        for (column, value) in row.iter().filter(|(column, _)| *column != "key") {
            let unit = units.get(column).and_then(Value::as_str).ok_or_else(|| format!("{key} has no unit for {column}"))?;
            self.entry(&format!("{key}.{name}.{column}"), value, head, unit, into)?;
        }
        Ok(())
    }

    fn entry(&self, key: &str, value: &Value, about: &Table, unit: &str, into: &mut BTreeMap<String, Arc<Entry>>) -> Result<(), String> {
        let value = as_text(value);
        let unit = Unit::named(unit).ok_or_else(|| format!("{key}: unknown unit {unit}"))?;
        let standing = Standing::named(text(about, "standing")).ok_or_else(|| format!("{key} has no standing"))?;
        let (source, date) = (self.source(text(about, "source")), text(about, "date").to_string());
        if source.is_empty() || date.is_empty() {
            return Err(format!("{key} has no source or no date"));
        }
        let note = text(about, "note").to_string();
        let choices = about.get("choices").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect();
        let entry = Entry { key: key.to_string(), value, unit, source, date, standing, choices, note, stated_in: self.file.to_string() };
        entry.check(&entry.value).map_err(|error| format!("{key}: {error}"))?;
        into.insert(key.to_string(), Arc::new(entry));
        Ok(())
    }

    /// `sr:page.md` with `sr` written out.
    fn source(&self, written: &str) -> String {
        match written.split_once(':') {
            Some((alias, rest)) => match self.sources.get(alias).and_then(Value::as_str) {
                Some(long) => format!("{long}{rest}"),
                None => written.to_string(),
            },
            None => written.to_string(),
        }
    }
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
