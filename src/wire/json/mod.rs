//! Assertions on JSON: RFC 6901 pointers, each with what must hold at the place it names.
//!
//! ```toml
//! json = { "/version" = "2.0.4", "/memory/percent" = { max = 90 }, "/debug" = { absent = true } }
//! ```
//!
//! A pointer names one value or none, in one dialect, which is why it is not a query language.
//! [`Assertion::of`] is what the file's reader checks with; [`Assertion::misses`] is total: any
//! document, any assertion, and a reason for everything that does not hold.

mod expect;
mod hold;

use serde_json::Value;

use crate::model::{self, Untrusted};

pub use expect::{Bound, Expect, Fault, Kind, Pattern};
pub use hold::quoted;

/// What must hold at one place of a document. Without expectations, that something is there.
#[derive(Clone, Debug)]
pub struct Assertion {
    pointer: String,
    expects: Vec<Expect>,
}

/// One expectation that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// Where: an RFC 6901 pointer, `""` being the whole document.
    pub pointer: String,
    /// What should have been there, in words.
    pub wanted: String,
    /// What was there, in words that quote the peer.
    pub found: Untrusted,
    /// Whether it is beyond its bound, and not beyond the alert that is declared with it.
    pub warns: bool,
}

impl Assertion {
    /// One line of a `json` table: a pointer and what was declared for it.
    ///
    /// # Errors
    /// The pointer is not RFC 6901, or the declaration is not one that [`Expect::all_of`] reads.
    pub fn of(pointer: &str, declared: &model::Assertion) -> Result<Self, Fault> {
        check_pointer(pointer)?;
        Ok(Self {
            pointer: pointer.to_owned(),
            expects: Expect::all_of(declared)?,
        })
    }

    /// That something, whatever it is, stands at `pointer`.
    ///
    /// # Errors
    /// The pointer is not RFC 6901.
    pub fn exists(pointer: &str) -> Result<Self, Fault> {
        check_pointer(pointer)?;
        Ok(Self {
            pointer: pointer.to_owned(),
            expects: vec![Expect::Absent(false)],
        })
    }

    /// What must hold, in words.
    #[must_use]
    pub fn wanted(&self) -> String {
        wanted(&self.expects)
    }

    /// What stands there in `document`, in words that quote the peer.
    #[must_use]
    pub fn found(&self, document: &Value) -> Untrusted {
        let value = document.pointer(&self.pointer);
        let first = self.expects.first();
        match (value, first) {
            (Some(value), Some(expect)) => expect.found(value),
            (Some(value), None) => Untrusted::from(quoted(value)),
            (None, _) => Untrusted::from("nothing"),
        }
    }

    /// Where it looks.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Everything that does not hold in `document`, in the order it was written.
    #[must_use]
    pub fn misses(&self, document: &Value) -> Vec<Miss> {
        let Some(value) = document.pointer(&self.pointer) else {
            return self.misses_of_nothing(document);
        };
        let broken = self.expects.iter().filter(|expect| !expect.holds(value));
        broken
            .map(|expect| Miss {
                warns: expect.only_warns(value),
                ..self.miss(expect.wanted(), expect.found(value))
            })
            .collect()
    }

    /// A place that is not there fails once, however much was expected of it.
    fn misses_of_nothing(&self, document: &Value) -> Vec<Miss> {
        let wants = self
            .expects
            .iter()
            .filter(|expect| !expect.allows_absence());
        let wanted: Vec<String> = wants.map(Expect::wanted).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        vec![self.miss(wanted.join(", "), nearest(document, &self.pointer))]
    }

    fn miss(&self, wanted: String, found: Untrusted) -> Miss {
        Miss {
            pointer: self.pointer.clone(),
            wanted,
            found,
            warns: false,
        }
    }
}

/// Expectations in words.
#[must_use]
pub fn wanted(expects: &[Expect]) -> String {
    let each: Vec<String> = expects.iter().map(Expect::wanted).collect();
    each.join(", ")
}

/// Everything of `expects` that does not hold for a text, such as a header's value or a body.
///
/// A text that is a number may also be held against numbers: `Age: 12`.
#[must_use]
pub fn text_misses(expects: &[Expect], text: &str) -> Vec<Miss> {
    let value = Value::String(text.to_owned());
    let number = text.trim().parse::<f64>().ok().map(Value::from);
    let holds = |expect: &Expect| {
        expect.holds(&value) || number.as_ref().is_some_and(|number| expect.holds(number))
    };
    let broken = expects.iter().filter(|expect| !holds(expect));
    broken
        .map(|expect| Miss {
            pointer: String::new(),
            wanted: expect.wanted(),
            found: expect.found(number.as_ref().unwrap_or(&value)),
            warns: number
                .as_ref()
                .is_some_and(|number| expect.only_warns(number)),
        })
        .collect()
}

/// RFC 6901 §3: empty, or `/`-separated steps in which `~` is only `~0` or `~1`.
fn check_pointer(pointer: &str) -> Result<(), Fault> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(Fault::Pointer("a JSON Pointer starts with `/`"));
    }
    let mut escapes = pointer.split('~').skip(1);
    if escapes.any(|after| !after.starts_with(['0', '1'])) {
        return Err(Fault::Pointer("in a JSON Pointer `~` is written `~0`"));
    }
    Ok(())
}

/// Names the deepest step that is there, so that a moved or misspelt member is seen at once.
fn nearest(document: &Value, pointer: &str) -> Untrusted {
    let mut at = pointer;
    while let Some(cut) = at.rfind('/') {
        at = at.get(..cut).unwrap_or("");
        if let Some(value) = document.pointer(at) {
            let place = if at.is_empty() { "the document" } else { at };
            return Untrusted::from(format!("nothing: {place} is {}", hold::outline(value)));
        }
    }
    Untrusted::from("nothing")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Assertion, Expect, text_misses};
    use crate::model;

    /// As in a target file: a plain value means equals, a table names what it expects.
    fn declared(expected: &Value) -> model::Assertion {
        let equals = || model::Assertion {
            equals: Some(expected.clone()),
            ..Default::default()
        };
        if !expected.is_object() {
            return equals();
        }
        serde_json::from_value(expected.clone()).unwrap_or_else(|_| equals())
    }

    /// A document, a pointer, what is expected there, and what is said if it does not hold.
    fn cases() -> Vec<(Value, &'static str, Value, &'static str)> {
        let health = json!({"version": "2.0.4", "memory": {"percent": 70.4}, "ok": true,
                            "tags": ["a", "b"], "a/b": 1, "m~n": 2, "none": null, "n": 60, "big": 9_007_199_254_740_993_u64});
        #[rustfmt::skip]
        let rows = vec![
            ("/version",        json!("2.0.4"),                   ""),
            ("/version",        json!("2.0.5"),                   "\"2.0.5\", not \"2.0.4\""),
            ("/version",        json!(2),                         "2, not \"2.0.4\""),
            ("/n",              json!(60.0),                      ""), // RFC 8259 §6: one kind of number
            ("/big",            json!(9_007_199_254_740_993_u64), ""),
            ("/big",            json!(9_007_199_254_740_992_u64), "9007199254740992, not 9007199254740993"),
            ("/none",           json!(null),                      ""),
            ("/ok",             json!("true"),                    "\"true\", not true"),
            ("/a~1b",           json!(1),                         ""), // RFC 6901 §4
            ("/m~0n",           json!(2),                         ""),
            ("/tags/1",         json!("b"),                       ""),
            ("/tags/01",        json!("b"),                       "\"b\", not nothing: /tags is an array of 2"), // §4: no leading zero
            ("/tags/-",         json!("b"),                       "\"b\", not nothing: /tags is an array of 2"),
            ("/memory/percent", json!({"max": 90}),               ""),
            ("/memory/percent", json!({"max": 70}),               "at most 70, not 70.4"),
            ("/memory/percent", json!({"min": 80, "max": 70}),    "at least 80, not 70.4; at most 70, not 70.4"),
            ("/version",        json!({"max": 90}),               "at most 90, not \"2.0.4\", a string"),
            ("/memory/percnt",  json!({"max": 90, "min": 1}),     "at least 1, at most 90, not nothing: /memory is an object with percent"),
            ("/redis/enabled",  json!(true),                      "true, not nothing: the document is an object with version, memory, ok, tags, a/b, …"),
            ("/version",        json!({"type": "string"}),        ""),
            ("/n",              json!({"type": "integer"}),       ""),
            ("/memory/percent", json!({"type": "integer"}),       "an integer, not 70.4"),
            ("/none",           json!({"type": "object"}),        "an object, not null"),
            ("/version",        json!({"matches": "^2\\."}),      ""),
            ("/version",        json!({"matches": "^3\\."}),      "text matching `^3\\.`, not \"2.0.4\""),
            ("/n",              json!({"matches": "6"}),          "text matching `6`, not 60"),
            ("/version",        json!({"contains": "0.4"}),       ""),
            ("/tags",           json!({"contains": "b"}),         ""),
            ("/tags",           json!({"contains": "z"}),         "something containing \"z\", not [\"a\",\"b\"]"),
            ("/memory",         json!({"contains": "percent"}),   ""),
            ("/tags",           json!({"len": 2}),                ""),
            ("/tags",           json!({"len": 3}),                "a length of 3, not 2 elements: [\"a\",\"b\"]"),
            ("/version",        json!({"len": 4}),                "a length of 4, not 5 characters: \"2.0.4\""),
            ("/tags",           json!({"len": {"min": 2, "max": 2}}), ""),
            ("/tags",           json!({"len": {"min": 1}}),       ""),
            ("/tags",           json!({"len": {"max": 2}}),       ""),
            ("/tags",           json!({"len": {"min": 3}}),       "a length of at least 3, not 2 elements: [\"a\",\"b\"]"),
            ("/tags",           json!({"len": {"max": 1}}),       "a length of at most 1, not 2 elements: [\"a\",\"b\"]"),
            ("/version",        json!({"len": {"min": 6, "max": 9}}), "a length from 6 to 9, not 5 characters: \"2.0.4\""),
            ("/n",              json!({"len": {"min": 0}}),       "a length of at least 0, not 60"),
            ("/n",              json!({"len": 2}),                "a length of 2, not 60"),
            ("/version",        json!({"any": ["1", "2.0.4"]}),   ""),
            ("/version",        json!({"any": ["1", "2"]}),       "one of \"1\", \"2\", not \"2.0.4\""),
            ("/debug",          json!({"absent": true}),          ""),
            ("/none",           json!({"absent": true}),          "nothing there, not null"),
            ("/none",           json!({"absent": false}),         ""),
            ("/debug",          json!({"absent": false}),         "something there, not nothing: the document is an object with version, memory, ok, tags, a/b, …"),
            ("",                json!({"type": "object"}),        ""),
            ("/memory",         json!({"equals": {"percent": 70.4}}), ""),
            ("/tags",           json!(["b", "a"]),                "[\"b\",\"a\"], not [\"a\",\"b\"]"),
        ];
        let rows = rows.into_iter();
        rows.map(|(at, expected, said)| (health.clone(), at, expected, said))
            .collect()
    }

    /// A number, what is declared of it, and what is said: nothing, a warning, or a failure.
    fn levels() -> Vec<(Value, Value, &'static str)> {
        let memory = json!({"max": 70, "alert": 85});
        let free = json!({"min": 30, "alert": 10});
        #[rustfmt::skip]
        let rows = vec![
            (json!(70),     memory.clone(),       "good"),
            (json!(70.1),   memory.clone(),       "warning"),
            (json!(85),     memory.clone(),       "warning"),
            (json!(85.5),   memory.clone(),       "failure"),
            (json!("80"),   memory,               "failure"), // no number
            (json!(30),     free.clone(),         "good"),
            (json!(10),     free.clone(),         "warning"),
            (json!(9.9),    free.clone(),         "failure"),
            (json!(null),   free,                 "failure"),
            (json!(80),     json!({"max": 70}),   "failure"), // no alert: the bound is one
        ];
        rows
    }

    #[test]
    fn a_bound_with_an_alert_has_two_levels() {
        for (value, expected, level) in levels() {
            let assertion = Assertion::of("", &declared(&expected)).unwrap();
            let misses = assertion.misses(&value);
            let said = match misses.first() {
                None => "good",
                Some(miss) if miss.warns => "warning",
                Some(_) => "failure",
            };
            assert_eq!(said, level, "{value} {expected}");
        }
        let age = Expect::all_of(&declared(&json!({"max": 60, "alert": 600}))).unwrap();
        let warns = text_misses(&age, "120")
            .iter()
            .map(|miss| miss.warns)
            .collect::<Vec<_>>();
        assert_eq!(warns, [true], "a header field is a text");
    }

    #[test]
    fn every_assertion_says_what_is_missing() {
        for (document, pointer, expected, said) in cases() {
            let assertion = Assertion::of(pointer, &declared(&expected)).unwrap();
            let misses = assertion.misses(&document);
            let words = misses
                .iter()
                .map(|miss| format!("{}, not {}", miss.wanted, miss.found.raw()))
                .collect::<Vec<_>>()
                .join("; ");
            assert_eq!(words, said, "{pointer} {expected}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        #[rustfmt::skip]
        let rows = [
            ("version", json!(1),                   "a JSON Pointer starts with `/`"),
            ("/a~2",    json!(1),                   "in a JSON Pointer `~` is written `~0`"),
            ("/a",      json!({"type": "text"}),    "`type` takes one of null, boolean, integer, number, string, array, object"),
            ("/a",      json!({"matches": "("}),    "`matches` takes a regular expression"),
            ("/a",      json!({}),                  "an assertion without expectations"),
        ];
        for (pointer, expected, said) in rows {
            let fault = Assertion::of(pointer, &declared(&expected)).unwrap_err();
            assert_eq!(fault.to_string(), said);
        }
    }

    #[test]
    fn a_text_may_be_measured() {
        #[rustfmt::skip]
        let rows = [
            (json!({"max": 60}),          "12",        true),
            (json!({"max": 60}),          "61",        false),
            (json!({"max": 60}),          "soon",      false),
            (json!({"contains": "no-store"}), "private, no-store", true),
            (json!("12"),                 "12",        true),
            (json!(12),                   "12",        true),
            (json!({"absent": true}),     "12",        false),
            (json!({"matches": "^a+$"}),  "aab",       false),
        ];
        for (expected, text, holds) in rows {
            let expects = Expect::all_of(&declared(&expected)).unwrap();
            assert_eq!(text_misses(&expects, text).is_empty(), holds, "{text}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec(("[a-c/~]{0,3}", inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_document_answers_any_assertion(document in any_json(), expected in any_json(), pointer in "(/[a-c~01]{0,3}){0,3}") {
            if let Ok(assertion) = Assertion::of(&pointer, &declared(&expected)) {
                prop_assert!(assertion.misses(&document).len() <= 9);
            }
        }

        #[test]
        fn everything_equals_itself(document in any_json()) {
            let equals = model::Assertion { equals: Some(document.clone()), ..Default::default() };
            let assertion = Assertion::of("", &equals).unwrap();
            prop_assert_eq!(assertion.misses(&document), vec![]);
        }
    }
}
