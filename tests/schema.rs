//! The schemas that ship are those of the code, and describe every key.

use std::collections::BTreeSet;
use std::path::Path;

use failback::experiment::{sensitivity, size, sweep};
use failback::scenario;
use serde_json::Value;

/// The kinds of files that people write: what `failback schema` calls each, and its schema.
fn files() -> [(&'static str, Value); 4] {
    [("scenario", scenario::schema()), ("sweep", sweep::schema()), ("size", size::schema()), ("sensitivity", sensitivity::schema())]
}

#[test]
fn the_committed_schemas_are_the_generated_ones() {
    for (of, schema) in files() {
        let path = format!("scenarios/{of}.schema.json");
        let committed = std::fs::read_to_string(Path::new(&path)).unwrap_or_default();
        assert!(format!("{schema:#}\n") == committed, "{path} is out of date: write it anew with `failback schema {of} > {path}`");
    }
}

#[test]
fn every_key_is_described() {
    let mut bare = BTreeSet::new();
    files().iter().for_each(|(of, schema)| undescribed(schema, of, &mut bare));
    undescribed(&size::record_schema(), "size-results", &mut bare);
    assert!(bare.is_empty(), "keys without a description: {bare:?}");
}

fn undescribed(schema: &Value, path: &str, bare: &mut BTreeSet<String>) {
    let Some(object) = schema.as_object() else { return };
    for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if property.get("description").is_none() {
            bare.insert(format!("{path}/{name}"));
        }
        undescribed(property, &format!("{path}/{name}"), bare);
    }
    for (name, definition) in object.get("definitions").and_then(Value::as_object).into_iter().flatten() {
        undescribed(definition, name, bare);
    }
}

#[test]
fn toml_has_no_null_and_neither_has_the_schema() {
    for (_, schema) in files() {
        assert!(!schema.to_string().contains("\"null\""), "a key may be left out, not be null");
    }
}

#[test]
fn unknown_keys_are_refused_by_the_schema_too() {
    for (_, schema) in files() {
        let open: Vec<&String> = schema["definitions"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, definition)| definition.get("properties").is_some() && definition.get("additionalProperties") != Some(&Value::Bool(false)))
            .map(|(name, _)| name)
            .collect();
        assert!(open.is_empty(), "definitions that take any key: {open:?}");
        assert_eq!(schema["additionalProperties"], Value::Bool(false));
    }
}

#[test]
fn the_schema_offers_the_profiles_by_name() {
    let schema = scenario::schema();
    let offered = schema["properties"]["profile"]["enum"].as_array().cloned().unwrap_or_default();
    assert!(offered.contains(&Value::from("azure-to-azure-2025")), "{offered:?}");
}
