//! What an answer says, so that two of them can be compared.

use serde_json::Value;

/// Who nobody is: what every login that must fail goes by.
pub(super) const NOBODY: &str = "seaworthy-nobody";

/// The texts of a body by JSON Pointer, or the whole text, without what changes from one answer to
/// the next by itself.
pub(super) fn words(body: &str) -> Vec<(String, String)> {
    let mut words = texts(body);
    for (_, text) in &mut words {
        *text = steady(text);
    }
    words
}

/// The texts of a body by JSON Pointer, or the whole text.
pub(super) fn texts(body: &str) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    match serde_json::from_str::<Value>(body) {
        Ok(value) => collect("", &value, &mut texts),
        Err(_) => texts.push((String::new(), body.to_owned())),
    }
    texts
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
        Value::String(text) => into.push((at.to_owned(), text.clone())),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            into.push((at.to_owned(), value.to_string()));
        }
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
#[must_use]
pub fn steady(text: &str) -> String {
    let words = text.split_whitespace().map(blotted);
    words.collect::<Vec<_>>().join(" ")
}

/// A word of many digits, or a long one with any, is an identifier, a moment or a nonce.
fn blotted(word: &str) -> &str {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let named = word.contains(NOBODY) || word.contains('$');
    if named || digits >= 4 || (digits > 0 && word.len() >= 16) {
        "…"
    } else {
        word
    }
}

/// Whether a text says of one user what it does not say of another. `again` is what it says of one
/// more of the `unknown` kind, if that is known: where those two differ, it is by themselves.
#[must_use]
pub fn differ(known: &str, unknown: &str, again: Option<&str>) -> bool {
    let (known, unknown) = (pieces(known), pieces(unknown));
    let alike = |one: &str, other: &str| blotted(one) == blotted(other);
    let Some(again) = again.map(pieces) else {
        return known.len() != unknown.len()
            || known
                .iter()
                .zip(&unknown)
                .any(|(one, other)| !alike(one, other));
    };
    if unknown.len() != again.len() {
        // No two pieces stand in one place: what all such users are told, this one must be told, too.
        let told = unknown.iter().filter(|piece| again.contains(piece));
        return told.into_iter().any(|piece| !known.contains(piece));
    }
    let mut places = known.iter().zip(unknown.iter().zip(&again));
    known.len() != unknown.len()
        || places.any(|(known, (unknown, again))| unknown == again && !alike(known, unknown))
}

/// Words, and the names and values of attributes.
fn pieces(text: &str) -> Vec<&str> {
    let between = |c: char| c.is_whitespace() || "<>\"=".contains(c);
    text.split(between)
        .filter(|piece| !piece.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{differ, steady, words};

    #[test]
    fn what_changes_by_itself_is_no_difference() {
        let one = r#"{"error":"Invalid credentials","timestamp":"2026-01-01","request_id":"a1"}"#;
        let two = r#"{"error":"Invalid credentials","timestamp":"2026-01-02","request_id":"b2"}"#;
        assert_eq!(words(one), words(two));
        assert_ne!(words(one), words(r#"{"error":"User not found"}"#));
        assert_eq!(
            steady("No user seaworthy-nobody@example.com."),
            steady("No user $PAM_USER.")
        );
    }

    #[test]
    fn what_tells_one_user_from_another() {
        #[rustfmt::skip]
        let rows = [
            ("Wrong login",          "Wrong login",          Some("Wrong login"),          false),
            ("Wrong password",       "Wrong login",          Some("Wrong login"),          true),
            ("Wrong login, friend",  "Wrong login",          Some("Wrong login"),          true),
            ("Wrong password",       "Wrong login",          None,                         true),
            ("3 left",               "5 left",               Some("4 left"),               false), // a client's
            ("4 left",               "5 left",               Some("5 left"),               true),  // an account's
            ("Wrong password 3",     "Wrong login 5",        Some("Wrong login 4"),        true),
            ("<p n=\"xY+a/\">No",   "<p n=\"Qr/st\">No",   Some("<p n=\"kL+mn\">No"),   false), // a nonce
            ("<p n=\"xY+a/\">Bad",  "<p n=\"Qr/st\">No",   Some("<p n=\"kL+mn\">No"),   true),
            ("at 10:00:02",          "at 10:00:01",          Some("at 10:00:01"),          false),
            ("n q7GhTpWzXcVbNmKl",   "n Zx1QwErTyUiOpAsD",   None,                         false),
            ("No. It is a fine day", "No. It is hot",        Some("No. It is so cold"), false), // a motto
            ("Bad. It is hot",       "No. It is hot",        Some("No. It is so cold"), true),
        ];
        for (known, unknown, again, expected) in rows {
            assert_eq!(differ(known, unknown, again), expected, "{known} {unknown}");
        }
    }
}
