//! The JSON Schema of scenario files, from the raw structs and their documentation. Draft 07, which the TOML language servers read.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::profile;
use crate::scenario::raw::Scenario;

/// The schema as JSON.
pub fn schema() -> Value {
    let mut value = schema_of::<Scenario>();
    let names: Vec<Value> = profile::names().map(Value::from).collect();
    if let Some(property) = value.pointer_mut("/properties/profile").and_then(Value::as_object_mut) {
        property.insert("enum".to_string(), Value::from(names));
    }
    value
}

/// The schema of another kind of file, made the same way.
pub fn schema_of<T: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>();
    RecursiveTransform(drop_null).transform(&mut schema);
    schema.to_value()
}

/// TOML has no null: an optional key is left out.
fn drop_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(types) = object.get_mut("type")
        && let Some(list) = types.as_array_mut()
    {
        list.retain(|name| name != "null");
        if let [one] = list.as_slice() {
            *types = one.clone();
        }
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if let Some(choices) = object.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| choice.get("type") != Some(&Value::from("null")));
        // A single choice says the same without the wrapper, next to the key's own description.
        if let [Value::Object(one)] = choices.as_slice() {
            let one = one.clone();
            object.remove("anyOf");
            match one.get("$ref") {
                // In draft 07 everything beside a `$ref` is ignored, so the reference is wrapped once more.
                Some(_) => {
                    object.insert("allOf".to_string(), Value::from(vec![Value::Object(one)]));
                }
                None => object.extend(one),
            }
        }
    }
}
