//! Declared endpoints, their answers, and the rules that speak of them.

use std::collections::BTreeMap;

use super::{RULES, is_in_time};
use crate::evidence::{Exchange, Flag, Observation, Skip, sample};
use crate::facts::State;
use crate::facts::contract::read;
use crate::model::{
    Ask, Assertion, Bytes, Endpoint, Method, Micros, Millis, Phases, Question, StatusSet,
};
use crate::rules::Check;

/// How long the first look took and those that followed, in milliseconds; nothing for one that
/// was left out. At most 100 are declared.
#[rustfmt::skip]
const LOOKS: &[(u64, &[Option<u64>], &str)] = &[
    (90,  &[],                      "pass"),
    (110, &[Some(120), Some(130)],  "fail"),
    (110, &[Some(90),  Some(130)],  "pass"), // the least counts
    (110, &[None,      None],       "not tested"),
    (90,  &[None,      None],       "pass"),
];

fn look(question: Question, took: Option<u64>) -> Exchange {
    let mut exchange = sample::exchange(question, "GET /x", 200, &[], "");
    exchange.phases = Phases {
        server: Micros(took.unwrap_or_default() * 1000),
        ..Phases::default()
    };
    if took.is_none() {
        exchange.response = Observation::Skipped(Skip::NeedsFlag(Flag::Burst));
    }
    exchange
}

#[test]
fn one_slow_look_decides_nothing() {
    for (first, further, word) in LOOKS {
        let mut target = sample::target();
        target.endpoints = vec![Endpoint {
            max_time: Some(Millis(100)),
            ..Endpoint::new(Method::get(), "/x")
        }];
        let mut looks = vec![look(Ask::Declared.of_endpoint(0), Some(*first))];
        looks.extend(
            further
                .iter()
                .map(|took| look(Ask::Repeat.of_endpoint(0), *took)),
        );
        let State::Known(facts) = read(&sample::evidence(target, looks), &[]) else {
            panic!("a contract is declared");
        };
        assert_eq!(is_in_time(&facts).word(), *word, "{first} {further:?}");
    }
}

/// What is declared of every part of an answer, and of which status.
fn wholly_declared() -> Endpoint {
    let text = |text: &str| Assertion {
        equals: Some(text.into()),
        ..Assertion::default()
    };
    Endpoint {
        status: Some(StatusSet::of(&["200"])),
        headers: BTreeMap::from([("X-Version".to_owned(), text("2"))]),
        json: BTreeMap::from([("/version".to_owned(), text("2"))]),
        body: Some(text("{\"version\":\"2\"}")),
        max_bytes: Some(Bytes(100)),
        max_time: Some(Millis(100)),
        ..Endpoint::new(Method::get(), "/x")
    }
}

/// The rules that hold an answer against what is declared of it.
const OF_PARTS: [&str; 7] = [
    "contract/not-json",
    "contract/wrong-json",
    "contract/near-alert",
    "contract/wrong-header",
    "contract/wrong-body",
    "contract/wrong-size",
    "contract/slow",
];

/// Status and body of the answer, and what those rules say of it.
#[rustfmt::skip]
const ANSWERS: &[(u16, &str, [&str; 7])] = &[
    (200, "{\"version\":\"2\"}", ["pass"; 7]),
    (200, "<h1>2</h1>",          ["fail", "not tested", "pass", "pass", "fail", "pass", "pass"]),
    (200, "{\"version\":\"1\"}", ["pass", "fail",       "pass", "pass", "fail", "pass", "pass"]),
    (201, "{\"version\":\"2\"}", ["not tested"; 7]), // another answer, however alike
    (301, "",                    ["not tested"; 7]),
    (401, "{}",                  ["not tested"; 7]),
    (429, "slow down",           ["not tested"; 7]),
    (500, "{\"version\":\"2\"}", ["not tested"; 7]),
    (503, "<h1>maintenance",     ["not tested"; 7]),
];

#[test]
fn another_answer_decides_nothing_of_the_declared_one() {
    for (status, body, expected) in ANSWERS {
        let mut target = sample::target();
        target.endpoints = vec![wholly_declared()];
        let fields = [("X-Version", "2")];
        let question = Ask::Declared.of_endpoint(0);
        let answer = sample::exchange(question, "GET /x", *status, &fields, body);
        let State::Known(facts) = read(&sample::evidence(target, vec![answer]), &[]) else {
            panic!("a contract is declared");
        };
        let of_parts = OF_PARTS.map(|id| RULES.iter().find(|rule| rule.id.as_str() == id));
        let words = of_parts.map(|rule| match rule.map(|rule| rule.check) {
            Some(Check::Contract(check)) => check(&facts).word(),
            _ => "no rule of the contract",
        });
        assert_eq!(words, *expected, "{status} {body}");
    }
}
