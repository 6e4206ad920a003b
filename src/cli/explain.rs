//! `failback explain`: where a default comes from. One value in full, a group of them, or the list.

use comfy_table::{ContentArrangement, Table, TableStyle};

use crate::cli::{ExplainOptions, Failure, print};
use crate::profile::{self, Entry, NOT_LISTED, Profile, ProfileError, Standing, Unit};
use crate::units::CURRENCY;

/// Prints what is asked for.
///
/// # Errors
/// [`Failure::Input`] for a key or profile that does not exist.
pub fn explain(options: &ExplainOptions) -> Result<(), Failure> {
    let profile = load(options.profile.as_deref().unwrap_or(profile::DEFAULT))?;
    let wanted = |entry: &&Entry| !options.assumed || entry.standing == Standing::Assumed;

    let Some(key) = options.key.as_deref() else {
        return print::text(&list(&profile, profile.entries().filter(wanted)));
    };
    if let Some(entry) = profile.get(key) {
        return print::text(&one(&profile, entry)?);
    }
    let mut group = profile.under(key).filter(wanted).peekable();
    if group.peek().is_some() {
        return print::text(&list(&profile, group));
    }
    Err(unknown_key(&profile, key))
}

fn load(name: &str) -> Result<Profile, Failure> {
    Profile::load(name).map_err(|error| match error {
        ProfileError::Unknown { .. } => {
            let names = profile::names().map(|known| format!("  {known}")).collect::<Vec<_>>().join("\n");
            Failure::typed(format!("--profile {name}: there is no such profile; there are\n{names}"))
        }
        ProfileError::Data { .. } => Failure::Running(error.to_string()),
    })
}

fn unknown_key(profile: &Profile, key: &str) -> Failure {
    match profile.nearest(key) {
        Some(near) => Failure::typed(format!("profile {} has no key `{key}`; did you mean `{near}`?", profile.name)),
        None => Failure::typed(format!("profile {} has no key `{key}`; `failback explain` lists them", profile.name)),
    }
}

/// One value with everything that is known about it, and what other profiles say.
fn one(profile: &Profile, entry: &Entry) -> Result<String, Failure> {
    let mut lines = vec![
        format!("{} = {}", entry.key, entry.value),
        String::new(),
        format!("  unit      {}", entry.unit),
        format!("  standing  {}", meaning(entry.standing)),
        format!("  source    {}", entry.source),
        format!("  date      {}", entry.date),
        format!("  profile   {} ({})", profile.name, stated(profile, entry)),
    ];
    if !entry.note.is_empty() {
        lines.push(format!("  note      {}", entry.note));
    }
    for name in profile::names().filter(|name| *name != profile.name) {
        let other = load(name)?;
        match other.get(&entry.key) {
            Some(theirs) if theirs.value != entry.value => {
                lines.push(format!("  elsewhere {} in {name} ({}, {})", theirs.value, theirs.standing, theirs.date))
            }
            _ => {}
        }
    }
    lines.push(String::new());
    let value = match entry.unit {
        // A price that the list lacks: its form, for an amount of one's own.
        Unit::Price(per) if entry.value == NOT_LISTED => format!("… {CURRENCY}/{}", per.usual().0),
        _ => entry.value.clone(),
    };
    lines.push(format!("To try another value: failback run FILE --set '{}={value}'", override_key(&entry.key)));
    Ok(lines.join("\n"))
}

/// The key as `--set` takes it: below `override` (prices: below `cost`), with quotes where TOML needs them.
fn override_key(key: &str) -> String {
    let table = if key.starts_with("prices.") { "cost" } else { "override" };
    format!("{table}.{}", profile::toml_key(key))
}

fn stated(profile: &Profile, entry: &Entry) -> String {
    if entry.stated_in == profile.name { "stated there".into() } else { format!("taken over from {}", entry.stated_in) }
}

fn meaning(standing: Standing) -> &'static str {
    match standing {
        Standing::Documented => "documented: published by the vendor or in the study cited",
        Standing::Derived => "derived: arithmetic on documented values",
        Standing::Assumed => "assumed: nobody has published it; try other values",
        Standing::Missing => "missing: no source of this program states it, and it is not guessed; state your own",
    }
}

fn list<'a>(profile: &Profile, entries: impl Iterator<Item = &'a Entry>) -> String {
    let mut table = Table::new();
    // One entry a line, whatever the width: so that it can be searched with grep.
    table
        .load_style(TableStyle::new())
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(["key", "value", "standing", "date", "source"]);
    for entry in entries {
        table.add_row([entry.key.clone(), entry.value.clone(), entry.standing.to_string(), entry.date.clone(), entry.source.clone()]);
    }
    let rows = table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n");
    format!("{}: {}\n\n{rows}\n", profile.name, profile.title)
}
