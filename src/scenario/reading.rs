//! From text to the raw scenario, or to another file of this program: syntax, `--set` overrides, and every wrong key and value of the file, not only the first.
//!
//! serde stops at the first error. So what it stumbles over is noted and taken out of the tree, and the rest is read again, until it is whole.

use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::scenario::diagnostics::{Finding, Source};
use crate::scenario::document::{self, Mistake, Root};

/// Findings of one file; beyond this many the rest would only tire.
const MOST: usize = 50;

/// What came of reading.
pub(super) struct Read<'i, T> {
    /// The tree as written (with overrides), for key paths.
    pub root: Root<'i>,
    /// What could be read of it.
    pub typed: T,
    /// What could not.
    pub findings: Vec<Finding>,
    /// Key paths of what had to be taken out for the rest to be read.
    pub taken_out: Vec<String>,
    /// Whether `typed` is worth checking further.
    pub whole: bool,
}

/// Lays out the sources one after the other: the file, then each `--set` as TOML. The second list holds the sets padded to their place.
pub(super) fn sources(name: &str, text: &str, sets: &[String]) -> Result<(Vec<Source>, Vec<String>), String> {
    let mut sources = vec![Source { name: name.to_string(), text: text.to_string(), base: 0 }];
    let mut padded = Vec::new();
    let mut base = text.len() + 1;
    for set in sets {
        let toml = document::set_as_toml(set)?;
        padded.push(format!("{}{toml}", " ".repeat(base)));
        let length = toml.len() + 1;
        sources.push(Source { name: "--set".to_string(), text: toml, base });
        base += length;
    }
    Ok((sources, padded))
}

/// Reads a text with overrides laid over it.
pub(super) fn read<'i, T: DeserializeOwned + Default>(text: &'i str, padded_sets: &'i [String]) -> Read<'i, T> {
    let (mut root, mut mistakes) = document::parse(text);
    if !mistakes.is_empty() {
        mistakes.sort_by_key(|mistake| mistake.span.start);
        // What follows a syntax error is guesswork, so nothing else is reported with it, and not many of them.
        let findings = mistakes.into_iter().take(3).map(|mistake| syntax(&mistake)).collect();
        return Read { root, typed: T::default(), findings, taken_out: Vec::new(), whole: false };
    }
    let mut findings = Vec::new();
    for set in padded_sets {
        let (overlay, _) = document::parse(set);
        if let Err(mistake) = document::overlay(&mut root, overlay, document::depth(set)) {
            findings.push(finding(mistake.span, &mistake.message));
        }
    }
    let mut rest = root.clone();
    let mut taken_out = Vec::new();
    loop {
        match T::deserialize(toml::de::Deserializer::from(rest.clone())) {
            Ok(typed) => return Read { root, typed, findings, taken_out, whole: true },
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                if !follows(&root, &span, error.message()) {
                    findings.push(finding(span.clone(), error.message()));
                }
                let gone = document::remove_at(rest.get_mut(), &span);
                taken_out.push(path(&root, &span));
                if !gone || taken_out.len() >= MOST {
                    return Read { root, typed: T::default(), findings, taken_out, whole: false };
                }
            }
        }
    }
}

/// Whether something is only missing because it was taken out.
fn follows(root: &Root<'_>, span: &Range<usize>, message: &str) -> bool {
    match message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
        Some((key, _)) => document::lost_entries(root, span, Some(key)),
        None => message == "wanted exactly 1 element, found 0 elements" && document::lost_entries(root, span, None),
    }
}

/// Words serde's and TOML's messages for the reader.
fn finding(span: Range<usize>, message: &str) -> Finding {
    let (problem, advice) = reword(message);
    Finding::at(&span, problem, advice)
}

fn syntax(mistake: &Mistake) -> Finding {
    let (what, expected) = mistake.message.split_once(", expected ").unwrap_or((&mistake.message, ""));
    let advice = match (what, expected) {
        ("string values must be quoted", _) => "write it between double quotes".to_string(),
        ("duplicate key", _) => "the key is there already; leave one of them out".to_string(),
        (_, "") => String::new(),
        _ => format!("expected {expected}"),
    };
    Finding { about: "not TOML", ..Finding::at(&mistake.span, what, advice) }
}

impl<T> Read<'_, T> {
    /// The key path of a finding.
    pub(super) fn key(&self, finding: &Finding) -> String {
        match (finding.about, &finding.span) {
            ("", Some(span)) => path(&self.root, span),
            ("not TOML", _) => "not TOML".to_string(),
            _ => String::new(),
        }
    }

    /// Whether a finding may only follow from something that was taken out: a part of the same table.
    pub(super) fn follows_from_taken_out(&self, finding: &Finding) -> bool {
        let key = if finding.about.is_empty() { self.key(finding) } else { finding.about.to_string() };
        let within = |path: &str, table: &str| {
            !table.is_empty() && path.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let related = |gone: &String| {
            let parent = gone.rfind(['.', '[']).map_or("", |end| gone.get(..end).unwrap_or_default());
            within(gone, &key) || within(&key, parent)
        };
        finding.follows && self.taken_out.iter().any(related)
    }
}

fn reword(message: &str) -> (String, String) {
    if let Some((problem, advice)) = message.split_once('\n') {
        return (problem.to_string(), advice.to_string());
    }
    for (start, what) in [("unknown field `", "key"), ("unknown variant `", "choice")] {
        if let Some((found, known)) = message.strip_prefix(start).and_then(|rest| rest.split_once('`')) {
            return (format!("unknown {what} `{found}`"), nearest(found, known, what));
        }
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return (format!("{name} is missing"), format!("add {name} here"));
    }
    for start in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some((found, expected)) = message.strip_prefix(start).and_then(|rest| rest.split_once(", expected ")) {
            let found = found
                .replace("sequence", "a list")
                .replace("map", "a table")
                .replace("string ", "text ")
                .replace(" as i128", "")
                .replace(" as u128", "");
            return (format!("found {found}"), format!("expected {}", plainer(expected)));
        }
    }
    match message {
        "wanted exactly 1 element, found 0 elements" => ("says no kind".to_string(), "write exactly one kind here".to_string()),
        "wanted exactly 1 element, more than 1 element" => ("says more than one kind".to_string(), "write exactly one kind here".to_string()),
        "wanted string or table" => ("is neither a text nor a table".to_string(), "write one kind here".to_string()),
        _ => (message.to_string(), String::new()),
    }
}

/// Rust's names of types in plain words.
fn plainer(expected: &str) -> &str {
    match expected {
        "u32" | "u64" | "a nonzero u32" => "a whole number of at least 0",
        "a boolean" => "true or false",
        "a string" => "a text",
        "struct Machine" | "struct Disk" | "struct Policy" | "struct Links" => "a table of keys",
        "a sequence" => "a list",
        "a map" => "a table of keys",
        other if other.starts_with("struct ") => "a table of keys",
        other => other,
    }
}

/// The nearest known name, else all of them, from serde's list.
fn nearest(found: &str, known: &str, what: &str) -> String {
    let names: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    // A unit of a record: `MBps` is a rate, `MB` is not, and `Mbps` counts bits.
    let rates = names.iter().any(|name| name.ends_with("/s"));
    if rates && let Some(amount) = ["ps", "/s", "/sec"].iter().find_map(|end| found.strip_suffix(end)) {
        let rate = format!("{amount}/s");
        return match names.iter().find(|name| **name == rate) {
            Some(rate) => format!("write `{rate}`; without /s, amounts per bucket"),
            None => format!(
                "bytes are counted, not bits: {} for rates; without /s, amounts per bucket",
                names.iter().filter(|name| name.ends_with("/s")).copied().collect::<Vec<_>>().join(", ")
            ),
        };
    }
    match closest(found, names.iter().copied()) {
        Some(near) if rates => format!("a {what} with a similar name exists: `{near}` (amounts per bucket; rates end with /s)"),
        Some(near) => format!("a {what} with a similar name exists: `{near}`"),
        None if names.is_empty() => "no key is expected here".to_string(),
        None => format!("known: {}", names.join(", ")),
    }
}

/// The key path at a position; the position of the whole text has none.
pub(super) fn path(root: &Root<'_>, span: &Range<usize>) -> String {
    if *span == (0..0) { String::new() } else { document::path_at(root, span) }
}

/// The name most like `found`, if one is like it at all.
pub(super) fn closest<'a>(found: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let score = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &found.to_lowercase());
    let best = names.map(|name| (score(name), name)).fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.filter(|(score, _)| *score > 0.8).map(|(_, name)| name)
}

/// What was probably meant, and what there is, for a name that is not among the known ones.
pub(super) fn suggest<'a>(found: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = Vec::new();
    for name in names.take(1000) {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    let few = if known.len() <= 12 { format!("known: {}", known.join(", ")) } else { String::new() };
    match closest(found, known.iter().copied()) {
        _ if known.is_empty() => "there are none in this scenario".to_string(),
        Some(near) if few.is_empty() || known.len() == 1 => format!("did you mean `{near}`?"),
        Some(near) => format!("did you mean `{near}`? ({few})"),
        None if few.is_empty() => format!("known: {} and {} more", known.iter().take(12).copied().collect::<Vec<_>>().join(", "), known.len() - 12),
        None => few,
    }
}
