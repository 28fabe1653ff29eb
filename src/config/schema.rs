//! The JSON Schema of the target file, made from the vocabulary, for editors.
//!
//! Draft 4, which all of them read. It knows keys, types and forms; what a value means, and whether
//! two fit together, only [`parse`](super::parse) knows.

use serde_json::{Map, Value, json};

use super::vocabulary::{Key, SHAPES, Shape};

/// The schema, as JSON.
#[must_use]
pub fn schema() -> Value {
    let mut definitions = Map::new();
    for shape in SHAPES {
        definitions.insert(name(shape).to_owned(), definition(shape));
    }
    let mut root = json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "Target file of seaworthy",
    });
    if let (Some(root), Some(Value::Object(file))) =
        (root.as_object_mut(), definitions.remove(FILE))
    {
        root.extend(file);
        root.insert("definitions".to_owned(), Value::Object(definitions));
    }
    root
}

/// What the file itself is called among the tables.
const FILE: &str = "file";

/// What forms call a table: `endpoint` for "`endpoint`", `target` for "[[target]]".
fn name(shape: &Shape) -> &'static str {
    let title = shape.title.trim_matches(['`', '[', ']']);
    let articles = ["a ", "an ", "the "];
    let bare = articles
        .iter()
        .find_map(|article| title.strip_prefix(article));
    bare.unwrap_or(title)
}

fn definition(shape: &Shape) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in shape.keys() {
        let mut takes = takes(key).unwrap_or_else(|| json!({}));
        if let Some(members) = takes.as_object_mut() {
            members.insert("description".to_owned(), json!(key.about));
        }
        if key.default == "required" {
            required.push(key.name);
        }
        properties.insert(key.name.to_owned(), takes);
    }
    let mut table = json!({
        "type": "object",
        "description": shape.about,
        "properties": properties,
        "additionalProperties": false,
    });
    // An empty list of required names is none in draft 4 (JSON Schema Validation §5.4.3).
    if let Some(members) = table.as_object_mut().filter(|_| !required.is_empty()) {
        members.insert("required".to_owned(), json!(required));
    }
    match name(shape) {
        // A text is short for an endpoint's path.
        "endpoint" => json!({ "anyOf": [text(), table] }),
        // A plain value is short for `equals`.
        "assertion" => json!({ "anyOf": [{ "not": { "type": "object" } }, table] }),
        _ => table,
    }
}

/// What a key takes; `None` for a form that is not known here, which a test rules out.
fn takes(key: &Key) -> Option<Value> {
    match key.form {
        "table" => Some(table(key.name)),
        "tables by name" => Some(by_name(&table(key.name))),
        "`[[target]]` tables" | "`[[waiver]]` tables" => Some(list(&table(key.name))),
        "table of texts or secrets" => Some(by_name(&any_of([text(), table("secret")]))),
        // Any texts of theirs, not these two alone.
        form => alternatives(form),
    }
}

/// `name or table `cors``, `text, or list of texts`, `"a", "b" or "c"`.
fn alternatives(form: &str) -> Option<Value> {
    let parts = form.replace(", or ", " or ").replace(", ", " or ");
    let mut literals = Vec::new();
    let mut all: Vec<Value> = Vec::new();
    for part in parts.split(" or ") {
        match (part, literal(part)) {
            ("list of them", _) => all.push(list(all.last()?)),
            (_, Some(literal)) => literals.push(literal),
            (one, None) => all.push(one_form(one)?),
        }
    }
    if !literals.is_empty() {
        all.push(json!({ "enum": literals }));
    }
    match all.as_slice() {
        [one] => Some(one.clone()),
        _ => Some(any_of(all)),
    }
}

fn one_form(form: &str) -> Option<Value> {
    if let Some(items) = form.strip_prefix("list of ") {
        return of_several(items).as_ref().map(list);
    }
    if let Some(values) = form.strip_prefix("table of ") {
        return of_several(values).as_ref().map(by_name);
    }
    if let Some(named) = form.strip_prefix("table ") {
        return Some(table(named.trim_matches('`')));
    }
    if let Some((low, high)) = form.split_once(" to ") {
        return range(&literal(low)?, &literal(high)?);
    }
    match form {
        "text" | "line of text" | "name" | "target name" | "cookie name" | "field name" | "path"
        | "method" | "media type" | "URL" | "rule id" | "regular expression"
        // Examples of a form that has no name.
        | "`\"60/min\"`" | "`\"METHOD /path\"`" => Some(text()),
        "`\"1%\"`" => Some(matching("^[0-9]+([.][0-9]+)?%$")),
        "`\"close:4401\"`" => Some(matching("^close:[0-9]{4}$")),
        "boolean" => Some(json!({ "type": "boolean" })),
        "table" => Some(json!({ "type": "object" })),
        "number" => Some(json!({ "type": "number" })),
        "whole number" => Some(json!({ "type": "integer", "minimum": 0 })),
        // A date of TOML's own has no type in JSON.
        "value" | "date" => Some(json!({})),
        "duration" => Some(matching("^[0-9]+([.][0-9]+)?(ms|s|m|min|h|d)$")),
        "size" => Some(any_of([
            json!({ "type": "integer", "minimum": 0 }),
            matching("^[0-9]+([.][0-9]+)?(B|KB|KiB|MB|MiB|GiB)$"),
        ])),
        "status" => Some(any_of([
            json!({ "type": "integer", "minimum": 100, "maximum": 599 }),
            matching("^[1-5]xx$"),
        ])),
        "secret" | "assertion" => Some(table(form)),
        _ => None,
    }
}

/// What a list, or a table by names of the user's, holds.
fn of_several(items: &str) -> Option<Value> {
    match items {
        "names" | "texts" | "paths" | "methods" | "origins" | "field names" | "JSON Pointers"
        | "conditions" | "`\"METHOD /path\"`" => Some(text()),
        "values" => Some(json!({})),
        "assertions" => Some(table("assertion")),
        tables => tables
            .strip_prefix("tables ")
            .map(|named| table(named.trim_matches('`'))),
    }
}

/// A value between backticks, unless it stands for others like it.
fn literal(form: &str) -> Option<Value> {
    let examples = ["60/min", "1%", "close:4401", "METHOD /path"];
    let is_example = examples
        .iter()
        .any(|example| form == format!("`\"{example}\"`"));
    let code = form.strip_prefix('`')?.strip_suffix('`')?;
    serde_json::from_str(code).ok().filter(|_| !is_example)
}

/// Whole numbers, or versions with one digit behind the point, from one to another.
fn range(low: &Value, high: &Value) -> Option<Value> {
    if let (Some(low), Some(high)) = (low.as_u64(), high.as_u64()) {
        return Some(json!({ "type": "integer", "minimum": low, "maximum": high }));
    }
    let minor = |version: &Value| version.as_str()?.strip_prefix("1.")?.parse::<u8>().ok();
    let versions = minor(low)?..=minor(high)?;
    let versions: Vec<String> = versions.map(|minor| format!("1.{minor}")).collect();
    Some(json!({ "enum": versions }))
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn matching(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn by_name(values: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": values })
}

fn any_of(all: impl Into<Vec<Value>>) -> Value {
    json!({ "anyOf": all.into() })
}

/// By reference. Beside a reference nothing else counts (JSON Reference §3), so that it is wrapped.
fn table(name: &str) -> Value {
    json!({ "allOf": [{ "$ref": format!("#/definitions/{name}") }] })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{SHAPES, name, schema, takes};

    #[test]
    fn every_form_of_the_vocabulary_is_known() {
        let keys = SHAPES.iter().flat_map(|shape| shape.keys());
        let unknown = keys.filter(|key| takes(key).is_none());
        let unknown: Vec<&str> = unknown.map(|key| key.form).collect();
        assert_eq!(unknown, [""; 0]);
    }

    #[test]
    fn every_reference_names_a_table() {
        let schema = schema();
        let mut names = SHAPES.iter().map(|shape| name(shape));
        let definitions = schema.pointer("/definitions").unwrap();
        assert!(names.all(|name| name == super::FILE || definitions.get(name).is_some()));
        let mut open = vec![&schema];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        let pointer = reference.trim_start_matches('#');
                        assert!(schema.pointer(pointer).is_some(), "{reference}");
                    }
                    open.extend(members.values());
                }
                Value::Array(items) => open.extend(items),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    }
}
