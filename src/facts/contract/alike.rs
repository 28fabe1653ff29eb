//! Endpoints that must answer as another target's do.

use serde_json::Value;

use crate::evidence::{Evidence, Exchange, Response};
use crate::model::{Ask, Pointer, Question, Untrusted};

/// An endpoint beside its counterpart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The exchange in this target's evidence.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// The other target.
    pub other: String,
    /// Places whose values must be the same, beside status, type and shape.
    pub equal: Vec<String>,
    /// What differs; `None` when they are alike.
    pub difference: Option<Untrusted>,
    /// False when the counterpart was not seen, or not all of both.
    pub seen: bool,
}

/// Every endpoint, and the login, with `same_as`.
pub(super) fn read(evidence: &Evidence, all: &[Evidence]) -> Vec<Comparison> {
    let exchanges = evidence.exchanges.iter().enumerate();
    exchanges
        .filter_map(|(index, exchange)| {
            let other = counterpart(evidence, &exchange.question)?;
            let endpoint = exchange.question.declared();
            let endpoint = endpoint.and_then(|index| evidence.target.endpoints.get(index));
            let equal = endpoint.map_or(&[][..], |endpoint| &endpoint.equal);
            let there = all.iter().find(|there| there.target.name == *other);
            let theirs = there.and_then(|there| like(exchange, there));
            let ours = exchange.response.seen();
            let whole = |response: &&Response| response.content().unread().is_none();
            let pair = ours.filter(whole).zip(theirs.filter(whole));
            Some(Comparison {
                at: Pointer::exchange(index),
                label: super::label(exchange),
                other: other.clone(),
                equal: equal.to_vec(),
                difference: pair.and_then(|(ours, theirs)| {
                    difference(ours, theirs).or_else(|| other_value(equal, ours, theirs))
                }),
                seen: pair.is_some(),
            })
        })
        .collect()
}

fn counterpart<'e>(evidence: &'e Evidence, question: &Question) -> Option<&'e String> {
    if let Some(index) = question.declared() {
        return evidence.target.endpoints.get(index)?.same_as.as_ref();
    }
    let login = evidence.target.login.as_ref();
    login
        .filter(|_| matches!(question.ask, Ask::Login(_)))?
        .same_as
        .as_ref()
}

/// The same request of the other target: a login by its role, an endpoint by method and path.
fn like<'e>(exchange: &Exchange, there: &'e Evidence) -> Option<&'e Response> {
    let is_login = matches!(exchange.question.ask, Ask::Login(_));
    let mut theirs = there.exchanges.iter().filter(|theirs| {
        if is_login {
            return theirs.question == exchange.question;
        }
        matches!(theirs.question.ask, Ask::Declared)
            && theirs.request.method == exchange.request.method
            && theirs.request.url.target == exchange.request.url.target
    });
    theirs.next()?.response.seen()
}

/// Status, media type, and the body: of JSON the shape, because values such as times and versions
/// may differ where the contract is the same; of anything else every byte.
fn difference(ours: &Response, theirs: &Response) -> Option<Untrusted> {
    if ours.status != theirs.status {
        let said = format!("status {}, theirs {}", ours.status, theirs.status);
        return Some(Untrusted::from(said));
    }
    let (our_type, their_type) = (ours.media_type(), theirs.media_type());
    if our_type != their_type {
        return Some(Untrusted::from(format!(
            "type {our_type}, theirs {their_type}"
        )));
    }
    let (ours, theirs) = (ours.content(), theirs.content());
    match (ours.json(), theirs.json()) {
        (Some(ours), Some(theirs)) => shape_difference("", &ours, &theirs).map(Untrusted::from),
        _ if ours.bytes() == theirs.bytes() => None,
        _ => Some(Untrusted::from("another body")),
    }
}

/// The first of the places at which both must have the same value, and have not.
fn other_value(equal: &[String], ours: &Response, theirs: &Response) -> Option<Untrusted> {
    let first = equal.first()?;
    let json = |response: &Response| response.content().json::<Value>();
    let (Some(ours), Some(theirs)) = (json(ours), json(theirs)) else {
        return Some(Untrusted::from(format!(
            "no JSON, so that there is no {first}"
        )));
    };
    let said = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    equal.iter().find_map(|place| {
        let (ours, theirs) = (ours.pointer(place), theirs.pointer(place));
        let is_same = ours.is_some() && ours == theirs;
        let (ours, theirs) = (said(ours), said(theirs));
        (!is_same).then(|| Untrusted::from(format!("{place} is {ours}, theirs {theirs}")))
    })
}

/// The first place where two documents differ in kind or in the names of members; `null` is a value
/// of any kind, one that is missing today. Texts that are messages are compared too: `message` and
/// `error` are what clients show.
fn shape_difference(at: &str, ours: &Value, theirs: &Value) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let missing = b.keys().find(|name| !a.contains_key(*name));
            let extra = a.keys().find(|name| !b.contains_key(*name));
            if let Some(name) = missing {
                return Some(format!("no {at}/{name}, which theirs has"));
            }
            if let Some(name) = extra {
                return Some(format!("{at}/{name}, which theirs has not"));
            }
            a.iter().find_map(|(name, ours)| {
                let theirs = b.get(name)?;
                let place = format!("{at}/{name}");
                let said = matches!(name.as_str(), "message" | "error" | "detail" | "code");
                match (ours.as_str(), theirs.as_str()) {
                    (Some(ours), Some(theirs)) if said && ours != theirs => {
                        Some(format!("{place} is {ours:?}, theirs {theirs:?}"))
                    }
                    _ => shape_difference(&place, ours, theirs),
                }
            })
        }
        (Value::Array(a), Value::Array(b)) => {
            let first = a.first().zip(b.first());
            first.and_then(|(ours, theirs)| shape_difference(&format!("{at}/0"), ours, theirs))
        }
        (Value::Null, _) | (_, Value::Null) => None,
        _ if std::mem::discriminant(ours) == std::mem::discriminant(theirs) => None,
        _ => Some(format!("{at} is of another kind than theirs")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::shape_difference;

    #[test]
    fn shapes_are_compared_and_messages() {
        #[rustfmt::skip]
        let rows = [
            (json!({"at": 1, "n": 2.5}),       json!({"at": 9, "n": 2}),         None),
            (json!({"last": null}),            json!({"last": "2026-01-01"}),    None),
            (json!({"last": {"a": 1}}),        json!({"last": null}),            None),
            (json!({"error": null}),           json!({"error": "x"}),            None),
            (json!({"error": "y"}),            json!({"error": "x"}),            Some("/error is \"y\", theirs \"x\"")),
            (json!({"a": 1}),                  json!({"a": "1"}),                Some("/a is of another kind than theirs")),
            (json!({"a": 1}),                  json!({"a": 1, "b": null}),       Some("no /b, which theirs has")),
            (json!({"a": 1, "b": null}),       json!({"a": 1}),                  Some("/b, which theirs has not")),
            (json!([{"a": 1}]),                json!([]),                        None),
            (json!([{"a": 1}]),                json!([{"a": true}]),             Some("/0/a is of another kind than theirs")),
        ];
        for (ours, theirs, expected) in rows {
            let found = shape_difference("", &ours, &theirs);
            assert_eq!(found.as_deref(), expected, "{ours} {theirs}");
        }
    }
}
