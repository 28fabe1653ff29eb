//! What is declared of an answer, held against it: what is met as well as what is not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::network;
use crate::evidence::{Evidence, Response, Unread};
use crate::model::{Assertion, Endpoint, Micros, Untrusted};
use crate::wire::json::{Assertion as Pointed, Expect, Miss, quoted, text_misses, wanted};

/// Something declared of an answer, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Of what.
    pub part: Part,
    /// The field's name or the JSON Pointer; empty for parts that an answer has once.
    pub place: String,
    /// What is declared.
    pub wanted: String,
    /// What was found.
    pub found: Untrusted,
    /// Whether it holds.
    pub standing: Standing,
}

/// Whether something declared holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It was seen to hold.
    Met,
    /// It was seen to be beyond its bound, and not beyond the alert that is declared with it.
    NearAlert,
    /// It was seen not to.
    NotMet,
    /// What it depends on was not seen.
    Open,
}

/// The parts of an answer that something can be declared of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A header field.
    Header,
    /// The body, read as JSON at all.
    NotJson,
    /// A place in the JSON.
    Json,
    /// The body as text.
    Body,
    /// How long the body is.
    Size,
    /// How long the answer took.
    Time,
}

impl Checked {
    /// The part's name in the lines of a declaration.
    #[must_use]
    pub fn name(&self) -> String {
        match self.part {
            Part::Header => format!("headers {}", self.place),
            Part::Json => format!("json {}", self.place),
            Part::NotJson => "json".to_owned(),
            Part::Body => "body".to_owned(),
            Part::Size => "size".to_owned(),
            Part::Time => "time".to_owned(),
        }
    }

    /// What was found, with the place it was found at.
    #[must_use]
    pub fn said(&self) -> Untrusted {
        match self.named() {
            Some(place) => format!("{place}: {}", self.found.raw()).into(),
            None => self.found.clone(),
        }
    }

    /// What is declared, with the place it is declared of.
    #[must_use]
    pub fn declared(&self) -> String {
        match self.named() {
            Some(place) => format!("{place}: {}", self.wanted),
            None => self.wanted.clone(),
        }
    }

    /// The whole document has the empty pointer for its name (RFC 6901 §5).
    fn named(&self) -> Option<&str> {
        match self.part {
            Part::Header | Part::Json => Some(&self.place),
            Part::Body if self.standing != Standing::Open => Some("body"),
            Part::Body | Part::NotJson | Part::Size | Part::Time => None,
        }
    }
}

/// Everything declared of an answer beside its status: of what, where, and what is wanted.
pub fn declared_parts(endpoint: &Endpoint) -> impl Iterator<Item = (Part, String, String)> {
    let words =
        |assertion| Expect::all_of(assertion).map_or_else(|_| String::new(), |all| wanted(&all));
    let fields = endpoint.headers.iter();
    let fields = fields.map(move |(name, one)| (Part::Header, name.clone(), words(one)));
    let values = endpoint.json.iter();
    let values = values.map(move |(at, one)| (Part::Json, at.clone(), words(one)));
    let body = endpoint.body.iter();
    let body = body.map(move |one| (Part::Body, String::new(), words(one)));
    let exact = endpoint
        .bytes
        .map(|exact| format!("exactly {} bytes", exact.0));
    let most = endpoint
        .max_bytes
        .map(|most| format!("at most {} bytes", most.0));
    let size = exact
        .or(most)
        .map(|wanted| (Part::Size, String::new(), wanted));
    let in_all = endpoint.max_time.map(|most| format!("at most {most}"));
    let beyond = endpoint.max_over_network;
    let beyond = beyond.map(|most| format!("at most {most} beyond the network"));
    let time = in_all
        .or(beyond)
        .map(|wanted| (Part::Time, String::new(), wanted));
    fields.chain(values).chain(body).chain(size).chain(time)
}

/// Everything declared of an answer that did not come: another one came, or none.
pub(super) fn unseen(endpoint: &Endpoint, answered: &str) -> Vec<Checked> {
    let found = format!("not seen: {answered}");
    declared_parts(endpoint)
        .map(|(part, place, wanted)| Checked {
            part,
            place,
            wanted,
            found: found.as_str().into(),
            standing: Standing::Open,
        })
        .collect()
}

/// Everything declared of a response but its time.
pub(super) fn of_response(endpoint: &Endpoint, response: &Response) -> Vec<Checked> {
    let mut checked = fields(&endpoint.headers, response);
    checked.extend(json(&endpoint.json, response));
    checked.extend(body(endpoint.body.as_ref(), response));
    checked.extend(size(endpoint, response));
    checked
}

/// A field that was sent several times holds when one line holds, or all of them together do.
fn fields(declared: &BTreeMap<String, Assertion>, response: &Response) -> Vec<Checked> {
    let one = |(name, assertion): (&String, &Assertion)| {
        let expects = Expect::all_of(assertion).ok()?;
        let lines: Vec<String> = response.values(name).collect();
        let joined = lines.join(", ");
        let standing = if lines.is_empty() {
            Standing::of(expects.iter().all(Expect::allows_absence))
        } else {
            let texts = lines.iter().chain([&joined]);
            let each = texts.map(|text| Standing::after(&text_misses(&expects, text)));
            each.min().unwrap_or(Standing::Open)
        };
        let found = if lines.is_empty() {
            "not sent".to_owned()
        } else {
            quoted(&Value::String(joined))
        };
        Some(Checked {
            part: Part::Header,
            place: name.clone(),
            wanted: wanted(&expects),
            found: found.into(),
            standing,
        })
    };
    declared.iter().filter_map(one).collect()
}

impl Standing {
    const fn of(holds: bool) -> Self {
        if holds { Self::Met } else { Self::NotMet }
    }

    fn after(misses: &[Miss]) -> Self {
        match misses {
            [] => Self::Met,
            misses if misses.iter().all(|miss| miss.warns) => Self::NearAlert,
            _ => Self::NotMet,
        }
    }
}

/// What a body that could be read would tell.
fn open(part: Part, why: &Unread, wanted: String) -> Checked {
    Checked {
        part,
        place: String::new(),
        wanted,
        found: Untrusted::from(why.to_string()),
        standing: Standing::Open,
    }
}

/// A JSON body. One that could not be read, or is no JSON, is one thing, however much is declared
/// of it.
pub(in crate::facts) fn json(
    declared: &BTreeMap<String, Assertion>,
    response: &Response,
) -> Vec<Checked> {
    if declared.is_empty() {
        return Vec::new();
    }
    let document_wanted = "a JSON document (RFC 8259)".to_owned();
    let content = response.content();
    if let Some(why) = content.unread() {
        return vec![open(Part::NotJson, why, document_wanted)];
    }
    let text = content.text();
    let document: Value = match serde_json::from_str(&text) {
        Ok(document) => document,
        Err(error) => {
            let start: String = text.chars().take(60).collect();
            return vec![Checked {
                part: Part::NotJson,
                place: String::new(),
                wanted: document_wanted,
                found: Untrusted::from(format!("not JSON ({error}): {start}")),
                standing: Standing::NotMet,
            }];
        }
    };
    let asserted = declared
        .iter()
        .filter_map(|(at, wanted)| Pointed::of(at, wanted).ok());
    let one = |assertion: Pointed| {
        let misses = assertion.misses(&document);
        let found = misses.first().map(|miss| miss.found.clone());
        Checked {
            part: Part::Json,
            place: assertion.pointer().to_owned(),
            wanted: assertion.wanted(),
            standing: Standing::after(&misses),
            found: found.unwrap_or_else(|| assertion.found(&document)),
        }
    };
    asserted.map(one).collect()
}

/// A declared text without a line end also fits one that ends in it: editors and `echo` add it,
/// and nobody means it.
fn body(declared: Option<&Assertion>, response: &Response) -> Option<Checked> {
    let expects = Expect::all_of(declared?).ok()?;
    let content = response.content();
    let text = content.text();
    let trimmed = text.trim_end_matches(['\r', '\n']);
    let misses = text_misses(&expects, &text);
    let standing = Standing::after(&misses).min(Standing::after(&text_misses(&expects, trimmed)));
    let holds = standing == Standing::Met;
    if let Some(why) = content.unread() {
        let certain = holds && expects.iter().all(Expect::holds_whatever_follows);
        if !certain {
            return Some(open(Part::Body, why, format!("body: {}", wanted(&expects))));
        }
    }
    let found = misses.into_iter().next().map(|miss: Miss| miss.found);
    Some(Checked {
        part: Part::Body,
        place: String::new(),
        wanted: wanted(&expects),
        found: found
            .filter(|_| !holds)
            .unwrap_or_else(|| quoted(&Value::String(trimmed.to_owned())).into()),
        standing,
    })
}

/// Of an exact size and a largest one, the one that is broken.
fn size(endpoint: &Endpoint, response: &Response) -> Option<Checked> {
    let content = response.content();
    let (size, whole) = (content.size(), content.is_measured());
    let coded = matches!(content.unread(), Some(Unread::Undecoded(_)));
    let exact = endpoint.bytes.map(|exact| {
        let holds = whole && !coded && exact.0 == size;
        (format!("exactly {} bytes", exact.0), exact.0, holds)
    });
    let most = endpoint.max_bytes.map(|most| {
        let holds = whole && size <= most.0;
        (format!("at most {} bytes", most.0), most.0, holds)
    });
    let broken = [&exact, &most]
        .into_iter()
        .flatten()
        .find(|(_, _, holds)| !holds);
    let (wanted, limit, holds) = broken.or(exact.as_ref()).or(most.as_ref())?.clone();
    let too_many = !whole && size > limit;
    if let Some(why) = content
        .unread()
        .filter(|_| !holds && ((!whole && !too_many) || coded))
    {
        return Some(open(Part::Size, why, wanted));
    }
    let at_least = if whole { "" } else { "at least " };
    Some(Checked {
        part: Part::Size,
        place: String::new(),
        wanted,
        found: Untrusted::from(format!("{at_least}{size} bytes")),
        standing: Standing::of(holds),
    })
}

/// One slow look may be this machine's, or the first of the day.
pub(super) fn of_time(
    evidence: &Evidence,
    endpoint: &Endpoint,
    took: Micros,
    looked_again: bool,
) -> Option<Checked> {
    let network = network(evidence);
    let in_all = endpoint.max_time.map(|limit| {
        let holds = took <= Micros::from(limit);
        (format!("{took}"), format!("at most {limit}"), holds)
    });
    let beyond = endpoint.max_over_network.map(|limit| {
        let over = took - network;
        let found = format!("{over} beyond the network's {network}");
        let wanted = format!("at most {limit} beyond the network");
        (found, wanted, over <= Micros::from(limit))
    });
    let broken = [&in_all, &beyond]
        .into_iter()
        .flatten()
        .find(|(_, _, holds)| !holds);
    let (found, wanted, holds) = broken.or(in_all.as_ref()).or(beyond.as_ref())?.clone();
    let (found, standing) = match (holds, looked_again) {
        (false, false) => (
            format!("{found} at first, and half of the rate limit is used up: --burst"),
            Standing::Open,
        ),
        (holds, _) => (found, Standing::of(holds)),
    };
    Some(Checked {
        part: Part::Time,
        place: String::new(),
        wanted,
        found: Untrusted::from(found),
        standing,
    })
}
