//! What an answer says, so that two of them can be compared.

use serde_json::Value;

use crate::evidence::Response;

/// The texts of a body by JSON Pointer, or the whole text, without what changes from one answer to
/// the next by itself.
pub(super) fn words(response: &Response) -> Vec<(String, String)> {
    let mut words = Vec::new();
    match serde_json::from_slice::<Value>(&response.body.bytes.0) {
        Ok(value) => collect("", &value, &mut words),
        Err(_) => words.push((String::new(), steady(&response.body.text()))),
    }
    words
}

fn collect(at: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !is_volatile(name)) {
                collect(&format!("{at}/{name}"), value, into);
            }
        }
        Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                collect(&format!("{at}/{index}"), value, into);
            }
        }
        Value::String(text) => into.push((at.to_owned(), steady(text))),
        Value::Null | Value::Bool(_) => into.push((at.to_owned(), value.to_string())),
        Value::Number(_) => into.push((at.to_owned(), steady(&value.to_string()))),
    }
}

/// Members that differ between any two answers.
fn is_volatile(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "time",
        "stamp",
        "date",
        "trace",
        "request",
        "correlation",
        "instance",
        "nonce",
    ]
    .iter()
    .any(|part| name.contains(part))
        || name == "id"
}

/// Without the user's own name, and with long numbers and identifiers blotted out.
fn steady(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let named = word.contains("seaworthy-nobody") || word.contains('$');
        if named || digits >= 4 { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{collect, steady};

    #[test]
    fn what_changes_by_itself_is_no_difference() {
        let read = |text: &str| {
            let mut words = Vec::new();
            collect("", &serde_json::from_str(text).unwrap(), &mut words);
            words
        };
        let one = r#"{"error":"Invalid credentials","timestamp":"2026-01-01","request_id":"a1"}"#;
        let two = r#"{"error":"Invalid credentials","timestamp":"2026-01-02","request_id":"b2"}"#;
        assert_eq!(read(one), read(two));
        assert_ne!(read(one), read(r#"{"error":"User not found"}"#));
        assert_eq!(
            steady("No user seaworthy-nobody@example.com."),
            steady("No user $PAM_USER.")
        );
    }
}
