//! Error bodies: `application/problem+json` (RFC 9457), and JSON that says "no" under a 200.

use serde_json::{Map, Value};

/// A member of a problem document that is not of the type RFC 9457 §3.1 gives it; consumers ignore
/// such a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemFault {
    /// Not a JSON object.
    NotAnObject,
    /// This member has the wrong type.
    Member(&'static str),
    /// `status` is not the status it was sent with.
    Status(u64),
}

/// Reads a body declared as `application/problem+json`, sent with `status`.
///
/// # Errors
/// The first thing that a consumer would ignore or be misled by.
pub fn problem(body: &[u8], status: u16) -> Result<(), ProblemFault> {
    let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(body) else {
        return Err(ProblemFault::NotAnObject);
    };
    let mistyped = ["type", "title", "detail", "instance"]
        .into_iter()
        .find(|name| members.get(*name).is_some_and(|value| !value.is_string()));
    if let Some(name) = mistyped {
        return Err(ProblemFault::Member(name));
    }
    match members.get("status").map(Value::as_u64) {
        None => Ok(()),
        Some(None) => Err(ProblemFault::Member("status")),
        Some(Some(said)) if said == u64::from(status) => Ok(()),
        Some(Some(said)) => Err(ProblemFault::Status(said)),
    }
}

/// Whether a JSON body says that the request failed, and by which member. `None` for a body that
/// carries data, and for one that is not a JSON object.
#[must_use]
pub fn says_error(body: &[u8]) -> Option<&'static str> {
    let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(body) else {
        return None;
    };
    if members.get("data").is_some_and(is_filled) {
        return None;
    }
    flag(&members)
        .or_else(|| error_member(&members))
        .or_else(|| code(&members))
        .or_else(|| error_code(&members))
        .or_else(|| words(&members))
}

/// Whether a body hands nothing out: it is empty, or JSON of nothing but empty lists, objects and
/// texts, nulls and flags. Numbers beside an empty list count what is not there: `{"items":[],"page":1}`.
#[must_use]
pub fn is_bare(body: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return body.trim_ascii().is_empty();
    };
    match value {
        Value::Object(members) => !members_hold_data(&members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            !is_filled(&value)
        }
    }
}

fn members_hold_data(members: &Map<String, Value>) -> bool {
    let of_envelope = ["status", "code", "success", "ok"];
    let empty = |value: &Value| match value {
        Value::Array(_) | Value::Object(_) => !is_filled(value),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    let counts = members.values().any(empty);
    let own = members.iter();
    let own = own.filter(|(name, _)| !counts || !of_envelope.contains(&name.as_str()));
    own.map(|(_, value)| value).any(|value| match value {
        Value::Number(_) => !counts,
        Value::Bool(_) | Value::Null => false,
        Value::String(_) | Value::Array(_) | Value::Object(_) => is_filled(value),
    })
}

/// Whether a JSON body holds nothing, or is an envelope without data, where the body that `valid`
/// users get holds some: in whatever words, it says no.
#[must_use]
pub fn withholds_data(body: &[u8], valid: &[u8]) -> bool {
    if is_bare(body) {
        return !is_bare(valid);
    }
    let members = |body| match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(members)) => Some(members),
        Ok(_) | Err(_) => None,
    };
    let (Some(ours), Some(theirs)) = (members(body), members(valid)) else {
        return false;
    };
    let holds = |value: &Value| (value.is_object() || value.is_array()) && is_filled(value);
    theirs.get("data").is_some_and(is_filled)
        && !ours.get("data").is_some_and(is_filled)
        && !ours.values().any(holds)
}

fn flag(members: &Map<String, Value>) -> Option<&'static str> {
    ["success", "ok", "authenticated", "authorized"]
        .into_iter()
        .find(|name| members.get(*name) == Some(&Value::Bool(false)))
}

fn error_member(members: &Map<String, Value>) -> Option<&'static str> {
    ["error", "errors"]
        .into_iter()
        .find(|name| members.get(*name).is_some_and(is_filled))
}

fn code(members: &Map<String, Value>) -> Option<&'static str> {
    ["status", "statusCode", "status_code", "code"]
        .into_iter()
        .find(|name| match members.get(*name) {
            Some(Value::Number(number)) => number.as_u64().is_some_and(is_error_code),
            Some(Value::String(word)) => matches!(
                word.to_ascii_lowercase().as_str(),
                "error"
                    | "fail"
                    | "failed"
                    | "failure"
                    | "unauthorized"
                    | "unauthenticated"
                    | "forbidden"
                    | "401"
                    | "403"
            ),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => false,
        })
}

/// A status, or one with two or three digits of the service's own behind it: 40101.
const fn is_error_code(code: u64) -> bool {
    matches!(code, 400..=599 | 40_000..=59_999 | 400_000..=599_999)
}

/// Zero is no error; anything else is one.
fn error_code(members: &Map<String, Value>) -> Option<&'static str> {
    ["errcode", "errCode", "error_code", "errorCode", "errno"]
        .into_iter()
        .find(|name| match members.get(*name) {
            Some(Value::Number(number)) => number.as_i64() != Some(0),
            Some(Value::String(word)) => !matches!(word.as_str(), "" | "0"),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => false,
        })
}

/// Only for a body that has nothing but a message: prose inside data proves nothing.
fn words(members: &Map<String, Value>) -> Option<&'static str> {
    const REFUSALS: [&str; 20] = [
        "please log in",
        "please login",
        "please sign in",
        "not logged in",
        "must be logged in",
        "token missing",
        "missing token",
        "token expired",
        "expired token",
        "unauthorized",
        "unauthorised",
        "unauthenticated",
        "not authenticated",
        "not authorized",
        "forbidden",
        "access denied",
        "invalid token",
        "login required",
        "authentication required",
        "invalid credential",
    ];
    ["detail", "message", "msg", "errmsg"]
        .into_iter()
        .find(|name| {
            let said = members
                .get(*name)
                .and_then(Value::as_str)
                .map(str::to_ascii_lowercase);
            members.len() <= 3
                && said.is_some_and(|said| REFUSALS.iter().any(|words| said.contains(words)))
        })
}

/// Neither null, nor false, nor empty, nor full of nothing but such.
fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => elements.iter().any(is_filled),
        Value::Object(members) => members.values().any(is_filled),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{ProblemFault, is_bare, problem, says_error, withholds_data};

    #[rustfmt::skip]
    const PROBLEMS: &[(&str, Result<(), ProblemFault>)] = &[
        (r#"{"type":"about:blank","title":"Unauthorized","status":401}"#, Ok(())),
        ("{}",                        Ok(())),                          // §3.1: every member is optional
        (r#"{"detail":"x","own":1}"#, Ok(())),                          // §3.2: extensions
        (r#"{"status":200}"#,         Err(ProblemFault::Status(200))),
        (r#"{"status":"401"}"#,       Err(ProblemFault::Member("status"))),
        (r#"{"title":7}"#,            Err(ProblemFault::Member("title"))),
        ("[]",                        Err(ProblemFault::NotAnObject)),
        ("no",                        Err(ProblemFault::NotAnObject)),
    ];

    #[test]
    fn problem_documents() {
        for (body, expected) in PROBLEMS {
            assert_eq!(problem(body.as_bytes(), 401), *expected, "{body}");
        }
    }

    #[rustfmt::skip]
    const BODIES: &[(&str, Option<&str>)] = &[
        (r#"{"success":false,"message":"no"}"#,               Some("success")),
        (r#"{"error":"Unauthorized"}"#,                       Some("error")),
        (r#"{"error":{"code":401}}"#,                         Some("error")),
        (r#"{"data":null,"errors":[{"message":"x"}]}"#,       Some("errors")),
        (r#"{"status":"error"}"#,                             Some("status")),
        (r#"{"statusCode":401}"#,                             Some("statusCode")),
        (r#"{"detail":"Not authenticated"}"#,                 Some("detail")),
        (r#"{"message":"Login required"}"#,                   Some("message")),
        (r#"{"code":40101,"msg":"token missing","data":null}"#, Some("code")),
        (r#"{"code":401001,"msg":"no","data":{}}"#,           Some("code")),
        (r#"{"errcode":40001,"errmsg":"invalid credential"}"#, Some("errcode")),
        (r#"{"errcode":0,"errmsg":"ok"}"#,                    None),
        (r#"{"code":10001,"message":"please log in","data":{}}"#, Some("message")),
        (r#"{"code":10000,"message":"ok","data":{}}"#,        None),
        (r#"{"message":"Please log in"}"#,                    Some("message")),
        (r#"{"errors":[{"message":"UNAUTHENTICATED"}],"data":{"me":null}}"#, Some("errors")),
        (r#"{"errors":[{"message":"x"}],"data":{"me":null,"shop":{"id":1}}}"#, None), // some was handed out
        (r#"{"success":true,"data":[1]}"#,                    None),
        (r#"{"error":null,"data":{"a":1}}"#,                  None),
        (r#"{"error":"partial","data":{"a":1}}"#,             None), // data was handed out
        (r#"{"errors":[]}"#,                                  None),
        (r#"{"id":1,"name":"x","role":"y","message":"Forbidden Planet"}"#, None),
        (r#"{"status":"ok"}"#,                                None),
        (r#"{"code":200}"#,                                   None),
        ("[]",                                                None),
        ("",                                                  None),
        ("<html>",                                            None),
    ];

    #[test]
    fn a_body_that_says_no() {
        for (body, expected) in BODIES {
            assert_eq!(says_error(body.as_bytes()), *expected, "{body}");
        }
    }

    #[test]
    fn what_hands_nothing_out() {
        #[rustfmt::skip]
        let rows = [
            ("",                                        true),
            ("[]",                                      true),
            ("{}",                                      true),
            ("null",                                    true),
            (r#"{"data":null}"#,                        true),
            (r#"{"items":[],"page":1,"total":0}"#,      true),
            (r#"{"status":"ok","data":{"user":null}}"#, true),
            (r#"{"id":7}"#,                             false),
            (r#"{"items":[],"owner":"anna"}"#,          false),
            (r#"[{"id":0}]"#,                           false),
            ("<p>",                                     false),
        ];
        for (body, expected) in rows {
            assert_eq!(is_bare(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn an_envelope_without_the_data_that_others_get() {
        #[rustfmt::skip]
        let rows = [
            (r#"{"code":7,"msg":"hors service","data":null}"#, r#"{"code":0,"data":[{"id":1}]}"#, true),
            (r#"{"code":7,"msg":"hors service"}"#,             r#"{"code":0,"data":[{"id":1}]}"#, true),
            (r#"{"code":0,"data":[]}"#,                        r#"{"code":0,"data":[]}"#,         false), // there is none
            (r#"{"code":0,"data":[{"id":2}]}"#,                r#"{"code":0,"data":[{"id":1}]}"#, false),
            (r#"{"users":[{"id":2}]}"#,                        r#"{"code":0,"data":[{"id":1}]}"#, false), // other data
            (r#"[{"id":2}]"#,                                  r#"{"code":0,"data":[{"id":1}]}"#, false),
            (r#"{"code":7}"#,                                  r#"{"user":"anna"}"#,              false),
        ];
        for (body, valid, expected) in rows {
            let found = withholds_data(body.as_bytes(), valid.as_bytes());
            assert_eq!(found, expected, "{body} {valid}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(body in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = (problem(&body, 401), says_error(&body));
        }
    }
}
