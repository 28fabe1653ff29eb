//! Whether two answers hand out the same data.
//!
//! Two users' own data may differ in a number alone, so that nothing is left out here but what
//! belongs to the answer rather than to the data: the moment it was made, and the request's own name.

use serde_json::{Number, Value};

use crate::evidence::{Exchange, Response, holds_the_words};
use crate::model::Timestamp;
use crate::wire::http::date::http_date;
use crate::wire::http::problem::is_bare;

/// A moment so near the exchange's own is the answer's. A clock that leaves its zone unsaid is off by
/// fourteen hours at most.
const NEAR_MS: i64 = 24 * 60 * 60 * 1000;

/// Whether both were answered with one status and the same data. An answer of which nothing remains
/// is like none but its own copy.
pub(super) fn is_same(one: &Exchange, other: &Exchange) -> bool {
    let (Some(ours), Some(theirs)) = (one.response.seen(), other.response.seen()) else {
        return false;
    };
    let (status, ours, theirs) = (
        ours.status == theirs.status,
        ours.content(),
        theirs.content(),
    );
    // Nothing at all of a body tells nothing; the same beginning does.
    let same_bytes = || ours.bytes() == theirs.bytes();
    let same_leaves = || {
        let leaves = leaves(ours.bytes(), one.at);
        leaves.is_some_and(|all| Some(all) == self::leaves(theirs.bytes(), other.at))
    };
    status && !ours.is_unseen() && !theirs.is_unseen() && (same_bytes() || same_leaves())
}

/// Whether an answer with any status holds all that another one hands out: its very bytes, each of its
/// values, or the same page with other tokens in it.
pub(super) fn holds(found: &Exchange, handed_out: &Exchange) -> bool {
    let (Some(ours), Some(theirs)) = (found.response.seen(), handed_out.response.seen()) else {
        return false;
    };
    let is_page = |response: &Response| response.media_type() == "text/html";
    let pages = is_page(ours) && is_page(theirs);
    let (ours, theirs) = (ours.content(), theirs.content());
    if theirs.whole().map_or(true, is_bare) {
        return false;
    }
    let same_values = || {
        let here = leaves(ours.bytes(), found.at).unwrap_or_default();
        let there = leaves(theirs.bytes(), handed_out.at);
        there.is_some_and(|all| all.iter().all(|leaf| here.contains(leaf)))
    };
    let same_page = || pages && holds_the_words(found, handed_out);
    ours.bytes() == theirs.bytes() || same_values() || same_page()
}

/// The values of a JSON body by JSON Pointer, in no order of its own, without what belongs to the
/// answer; `None` where none remains.
fn leaves(body: &[u8], at: Timestamp) -> Option<Vec<(String, String)>> {
    let mut leaves = Vec::new();
    let value = serde_json::from_slice(body).ok()?;
    collect("", &value, at, &mut leaves);
    leaves.sort_unstable();
    (!leaves.is_empty()).then_some(leaves)
}

fn collect(pointer: &str, value: &Value, at: Timestamp, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect(&format!("{pointer}/{name}"), value, at, into);
            }
        }
        Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                collect(&format!("{pointer}/{index}"), value, at, into);
            }
        }
        Value::String(text) if is_now(text, at) || names_the_request(pointer, text) => {}
        Value::Number(number) if is_now_in_number(number, at) => {}
        Value::String(_) | Value::Number(_) | Value::Null | Value::Bool(_) => {
            into.push((pointer.to_owned(), value.to_string()));
        }
    }
}

fn is_near(millis: i128, at: Timestamp) -> bool {
    (millis - i128::from(at.millis())).abs() <= i128::from(NEAR_MS)
}

/// RFC 3339 with or without its zone, or an HTTP date.
fn is_now(text: &str, at: Timestamp) -> bool {
    let spelt = text.replacen(' ', "T", 1);
    let moment = Timestamp::parse(&spelt)
        .or_else(|| Timestamp::parse(&format!("{spelt}Z")))
        .or_else(|| http_date(text));
    moment.is_some_and(|moment| is_near(moment.millis().into(), at))
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970.
fn is_now_in_number(number: &Number, at: Timestamp) -> bool {
    let text = number.to_string();
    let whole = text.split('.').next().unwrap_or_default().parse::<i64>();
    let whole = i128::from(whole.unwrap_or_default());
    let readings = [whole * 1000, whole, whole / 1000, whole / 1_000_000];
    readings.into_iter().any(|millis| is_near(millis, at))
}

/// A long word with digits in it under a name that says whose it is.
fn names_the_request(pointer: &str, text: &str) -> bool {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let generated = text.len() >= 8
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && !text.contains(char::is_whitespace);
    let names = ["request", "trace", "correlation", "nonce", "csrf"];
    generated && names.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::is_same;
    use crate::evidence::sample;
    use crate::model::{Ask, Timestamp};

    #[test]
    fn the_answer_s_own_moment_and_name_are_no_data() {
        #[rustfmt::skip]
        let rows = [
            (r#"{"user":42}"#,                                     r#"{"user":42}"#,                                      true),
            ("<p>Anna",                                            "<p>Anna",                                             true),
            ("",                                                   "",                                                    true),
            (r#"{"user":42,"at":"2026-11-21T09:00:00.5Z"}"#,       r#"{"user":42,"at":"2026-11-21T09:00:02Z"}"#,          true),
            (r#"{"user":42,"at":"2026-11-21 09:00:00.123456"}"#,   r#"{"user":42,"at":"2026-11-21 09:00:01.2"}"#,         true),
            (r#"{"user":42,"at":"Sat, 21 Nov 2026 09:00:00 GMT"}"#, r#"{"user":42,"at":"Sat, 21 Nov 2026 09:00:01 GMT"}"#, true),
            (r#"{"user":42,"at":1795251600123}"#,                  r#"{"user":42,"at":1795251601456}"#,                   true),
            (r#"{"user":42,"at":1795251600.25}"#,                  r#"{"user":42,"at":1795251601.5}"#,                    true),
            (r#"{"user":42,"requestId":"0.4fzyo82mvyr"}"#,         r#"{"user":42,"requestId":"0.9q3zkx81b"}"#,            true),
            (r#"{"user":42}"#,                                     r#"{"user":77}"#,                                      false),
            (r#"{"id":42,"iban":"DE89370400440532013000"}"#,       r#"{"id":42,"iban":"DE02120300000000202051"}"#,        false),
            (r#"{"balance":10001234}"#,                            r#"{"balance":20004321}"#,                             false),
            (r#"{"born":"1990-01-01"}"#,                           r#"{"born":"1985-02-02"}"#,                            false),
            (r#"{"requested_by":"anna"}"#,                         r#"{"requested_by":"bert"}"#,                          false),
            (r#"{"at":1795251600123}"#,                            r#"{"at":1795251601456}"#,                             false), // nothing remains
            ("<p>Anna",                                            "<p>Bert",                                             false),
        ];
        let exchange = |body: &str| {
            let mut exchange =
                sample::exchange(Ask::Page.of_target(), "GET /users/42", 200, &[], body);
            exchange.at = Timestamp::parse("2026-11-21T09:00:00Z").unwrap();
            exchange
        };
        for (one, other, expected) in rows {
            let same = is_same(&exchange(one), &exchange(other));
            assert_eq!(same, expected, "{one} {other}");
        }
    }
}
