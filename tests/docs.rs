//! The documents cannot drift from the program: the scenario reference is the schema in words, commands shown in the README exist, and links lead somewhere.
//!
//! To renew the reference after a change of the scenario format: `FAILBACK_RENEW=1 cargo test --test docs`.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::PathBuf;

use failback::cli::Arguments;
use serde_json::Value;

const BEGIN: &str = "<!-- generated from the schema: begin -->\n";
const END: &str = "<!-- generated from the schema: end -->\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_scenario_reference_lists_every_key_of_the_schema() {
    let path = root().join("docs/scenario-reference.md");
    let text = fs::read_to_string(&path).unwrap();
    let (head, rest) = text.split_once(BEGIN).unwrap();
    let (written, tail) = rest.split_once(END).unwrap();
    let generated = Reference::new(&failback::scenario::schema()).to_markdown();
    if std::env::var_os("FAILBACK_RENEW").is_some() {
        fs::write(&path, format!("{head}{BEGIN}{generated}{END}{tail}")).unwrap();
        return;
    }
    assert!(written == generated, "docs/scenario-reference.md is stale; renew it: FAILBACK_RENEW=1 cargo test --test docs");
}

#[test]
fn every_command_shown_in_the_documents_is_understood() {
    let mut seen = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for line in shell_lines(&text) {
            let Some(arguments) = line.strip_prefix("failback ").or_else(|| line.strip_prefix("cargo run --release -- ")) else { continue };
            let arguments = arguments.split(" # ").next().unwrap_or_default();
            let words = std::iter::once("failback".to_owned()).chain(words(arguments));
            let understood = <Arguments as clap::Parser>::try_parse_from(words);
            assert!(understood.is_ok(), "{}: `{line}`: {}", document.display(), understood.unwrap_err());
            seen += 1;
        }
    }
    assert!(seen >= 8, "only {seen} commands found");
}

#[test]
fn the_readme_quotes_what_the_quickstart_prints() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let quoted = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let out = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_failback"))
        .current_dir(root())
        .args(["run", "scenarios/quickstart.toml", "--out"])
        .arg(out.path().join("quickstart"))
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    for line in quoted.lines().filter(|line| !line.is_empty() && *line != "…") {
        assert!(printed.contains(&line), "README.md quotes `{line}`, which is not in\n{}", printed.join("\n"));
    }
}

/// docs/model.md, "The horizon and the lag": 10 MB/s for 10 minutes on a link of 4 MB/s; the lag peaks at 15 minutes as the last byte lands, 25 minutes after the
/// burst began.
#[test]
fn the_worked_example_of_the_model_page_comes_out() {
    let scenario = r#"
        horizon = "3 h"
        limits  = { disk = "off", vm = "off" }
        agent   = { buffer = "unlimited" }
        vm      = [{ name = "a", churn = "idle", disks = [{ size = "2 TiB", io = "64 KiB" }] }]
        event   = [{ at = "1 h", bulk_load = { vms = ["a"], bytes = "6 GB", over = "10 min" } }]
        process_server = [{ name = "p", compression = "0 %" }]
        link.forward.internet = { bandwidth = "32 Mbps", payload = "100 %", rtt = "0 ms" }
    "#;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("burst.toml");
    fs::write(&file, scenario).unwrap();
    let loaded = failback::scenario::load(&file, &[]).unwrap();
    let lag = failback::simulate::run(&loaded.world, 0, &mut |_| ()).results.lag.fleet_worst;
    assert!((lag.max - 900.0).abs() < 1e-3, "{lag:?}");
    assert!((lag.max_at_s - (3600.0 + 1500.0)).abs() < 1e-3, "{lag:?}");
    // A triangle: from 0 at the burst's beginning straight up to 900 s, 1,500 s later.
    assert!((lag.mean - 0.5 * 900.0 * 1500.0 / 10_800.0).abs() < 0.1, "{lag:?}");
}

#[test]
fn relative_links_lead_somewhere() {
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let images = text.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for target in targets.chain(images).filter(|target| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
            let path = if file.is_empty() { document.clone() } else { document.parent().unwrap().join(file) };
            assert!(path.exists(), "{}: {target} does not exist", document.display());
            if let Some(anchor) = anchor {
                let headings = fs::read_to_string(&path).unwrap();
                let found = headings.lines().filter(|line| line.starts_with('#')).any(|line| slug(line) == anchor);
                assert!(found, "{}: no heading for {target}", document.display());
            }
        }
    }
}

fn documents() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "scenarios/data/README.md"].map(|name| root().join(name)).to_vec();
    found.extend(
        fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "md")),
    );
    found
}

/// Lines of the shell blocks of a document.
fn shell_lines(text: &str) -> impl Iterator<Item = &str> {
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines)
}

/// Splits a command line at spaces outside quotes, and drops the quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in line.trim().chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// The anchor that a heading gets on the usual sites.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_').map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The schema as tables of keys.
struct Reference<'a> {
    schema: &'a Value,
    /// Tables in the order in which they are reached, with every place they are used at.
    places: Vec<(String, Vec<String>)>,
    index: BTreeMap<String, usize>,
}

impl<'a> Reference<'a> {
    fn new(schema: &'a Value) -> Self {
        let mut reference = Reference { schema, places: Vec::new(), index: BTreeMap::new() };
        let mut queue = VecDeque::from([(String::new(), schema)]);
        while let Some((place, table)) = queue.pop_front() {
            // Machines first, so that what a machine and a template share is shown at its usual place.
            let (machines, others): (Vec<_>, Vec<_>) = properties(table).partition(|(key, _)| *key == "vm");
            for (key, property) in machines.into_iter().chain(others) {
                let inner = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                for (suffix, name) in reference.tables_of(property) {
                    let at = format!("{inner}{suffix}");
                    if let Some(index) = reference.index.get(&name) {
                        reference.places[*index].1.push(at);
                        continue;
                    }
                    reference.index.insert(name.clone(), reference.places.len());
                    reference.places.push((name.clone(), vec![at.clone()]));
                    queue.push_back((at, &schema["definitions"][&name]));
                }
            }
        }
        reference
    }

    fn definition(&self, schema: &'a Value) -> Option<(String, &'a Value)> {
        let name = schema["$ref"].as_str()?.rsplit('/').next()?;
        Some((name.to_owned(), &self.schema["definitions"][name]))
    }

    /// The tables that a value may hold, and what to add to its key to get there.
    fn tables_of(&self, property: &'a Value) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut look = vec![(String::new(), property)];
        while let Some((suffix, schema)) = look.pop() {
            if let Some((name, definition)) = self.definition(schema) {
                if definition["properties"].is_object() {
                    found.push((suffix.clone(), name));
                } else {
                    look.push((suffix.clone(), definition));
                }
            }
            for choice in ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|kind| schema[kind].as_array()).flatten().rev() {
                look.push((suffix.clone(), choice));
                // Externally tagged: `churn.daily = { … }`.
                if choice["required"].as_array().is_some_and(|required| required.len() == 1) {
                    look.extend(properties(choice).map(|(tag, inner)| (format!("{suffix}.{tag}"), inner)));
                }
            }
            if schema["items"].is_object() {
                look.push((format!("{suffix}[]"), &schema["items"]));
            }
            if schema["additionalProperties"].is_object() {
                look.push((format!("{suffix}.NAME"), &schema["additionalProperties"]));
            }
        }
        found
    }

    fn to_markdown(&self) -> String {
        let mut text = String::from("## The file\n\n");
        text.push_str(&self.keys(self.schema));
        for (name, places) in &self.places {
            let definition = &self.schema["definitions"][name];
            let places = places.iter().map(|place| format!("`{place}`")).collect::<Vec<_>>().join(", ");
            text.push_str(&format!("\n## {name}\n\n{} At {places}.\n\n", sentence(definition)));
            text.push_str(&self.keys(definition));
        }
        text
    }

    fn keys(&self, table: &'a Value) -> String {
        let required = |key: &str| table["required"].as_array().is_some_and(|list| list.iter().any(|name| name == key));
        let mut text = String::from("| key | value | meaning |\n|---|---|---|\n");
        for (key, property) in properties(table) {
            let star = if required(key) { " (needed)" } else { "" };
            text.push_str(&format!("| `{key}`{star} | {} | {} |\n", self.value(property), sentence(property).replace('|', "\\|")));
        }
        text
    }

    /// What may be written, in a few words.
    fn value(&self, property: &'a Value) -> String {
        let mut parts = Vec::new();
        let mut look = vec![property];
        while let Some(schema) = look.pop() {
            if let Some((name, definition)) = self.definition(schema) {
                match definition["properties"].is_object() {
                    true => parts.push(format!("[{name}](#{})", name.to_lowercase())),
                    false => look.push(definition),
                }
                continue;
            }
            if let Some(choices) = ["allOf", "anyOf", "oneOf"].into_iter().find_map(|kind| schema[kind].as_array()) {
                look.extend(choices.iter().rev());
            } else if let Some(values) = schema["enum"].as_array() {
                parts.extend(values.iter().filter_map(Value::as_str).map(|value| format!("`{value}`")));
            } else if let Some(value) = schema["const"].as_str() {
                parts.push(format!("`{value}`"));
            } else if schema["required"].as_array().is_some_and(|required| required.len() == 1) && properties(schema).count() == 1 {
                parts.extend(properties(schema).map(|(tag, _)| format!("`{tag}`")));
            } else if schema["items"].is_object() {
                parts.push(format!("list of {}", self.value(&schema["items"])));
            } else if schema["additionalProperties"].is_object() {
                parts.push(format!("by name: {}", self.value(&schema["additionalProperties"])));
            } else if let Some(examples) = schema["examples"].as_array() {
                parts.push(
                    examples
                        .iter()
                        .map(|example| format!("`{}`", example.as_str().map_or_else(|| example.to_string(), str::to_owned)))
                        .collect::<Vec<_>>()
                        .join(", "),
                );
            } else {
                parts.push(plain(&schema["type"]));
            }
        }
        parts.dedup();
        parts.join(" · ")
    }
}

fn properties(table: &Value) -> impl Iterator<Item = (&String, &Value)> {
    table["properties"].as_object().into_iter().flatten()
}

fn sentence(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().replace('\n', " ")
}

fn plain(kind: &Value) -> String {
    match kind.as_str() {
        Some("integer") => "whole number".into(),
        Some("boolean") => "`true` · `false`".into(),
        Some("string") => "text".into(),
        Some(other) => other.into(),
        None => "text or number".into(),
    }
}
