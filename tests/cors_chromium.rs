//! The CORS evaluator against a real browser: `golden/cors_chromium.json` is what headless Chromium
//! did in every cell of variant × origin × method × headers × credentials, recorded by
//! `tests/real/test_cors_chromium.py`, which also checks that the browser still does it.

use seaworthy::wire::cors::{Call, Reply, access_check, preflight_faults};
use serde::Deserialize;

#[derive(Deserialize)]
struct Record {
    methods: Vec<String>,
    headers: Vec<Headers>,
    credentials: Vec<bool>,
    /// Method, headers, then what the browser put into `Access-Control-Request-Headers` and
    /// `Access-Control-Request-Method`, when it asked first.
    requested: Vec<(String, Headers, Option<String>, Option<String>)>,
    variants: Vec<Variant>,
    /// Name, value, and whether it made the browser ask first.
    lone_headers: Vec<(String, String, bool)>,
}

type Headers = Vec<(String, String)>;

#[derive(Deserialize)]
struct Variant {
    name: String,
    preflight: Answer,
    answer: Answer,
    outcomes: Outcomes,
}

#[derive(Deserialize)]
struct Answer {
    status: u16,
    fields: Headers,
}

/// A letter a cell: `r` readable, `s` sent but not readable, `p` stopped at the preflight.
#[derive(Deserialize)]
struct Outcomes {
    page: String,
    null: String,
}

/// The page's origin; the recorded fields hold a placeholder for it.
const PAGE: &str = "http://127.0.0.1:8080";

#[expect(clippy::unwrap_used, reason = "a test's own record")]
fn record() -> Record {
    serde_json::from_str(include_str!("golden/cors_chromium.json")).unwrap()
}

fn filled(fields: &Headers, origin: &str) -> Headers {
    let fill = |value: &String| {
        value
            .replace("{origin}", origin)
            .replace("{upper}", &origin.to_uppercase())
            .replace("{other}", "http://other.example")
    };
    fields
        .iter()
        .map(|(name, value)| (name.clone(), fill(value)))
        .collect()
}

fn borrowed(fields: &Headers) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// What our evaluator says the browser does.
fn outcome(call: &Call, variant: &Variant) -> char {
    let preflight = filled(&variant.preflight.fields, call.origin);
    let answer = filled(&variant.answer.fields, call.origin);
    let (preflight, answer) = (borrowed(&preflight), borrowed(&answer));
    let preflight = Reply {
        status: variant.preflight.status,
        fields: &preflight,
    };
    let answer = Reply {
        status: variant.answer.status,
        fields: &answer,
    };
    let mut faults = preflight_faults(call, &preflight).into_iter();
    match () {
        () if call.needs_preflight() && faults.any(|fault| !fault.is_forgiven_by_chromium()) => 'p',
        () if access_check(call, &answer).is_err() => 's',
        () => 'r',
    }
}

#[test]
fn the_evaluator_agrees_with_chromium_in_every_cell() {
    let record = record();
    let (mut cells, mut readable) = (0, 0);
    for variant in &record.variants {
        for (origin, outcomes) in [
            (PAGE, &variant.outcomes.page),
            ("null", &variant.outcomes.null),
        ] {
            let mut expected = outcomes.chars();
            for method in &record.methods {
                for headers in &record.headers {
                    for credentials in &record.credentials {
                        let headers = borrowed(headers);
                        let call = Call {
                            origin,
                            method,
                            headers: &headers,
                            credentials: *credentials,
                        };
                        let said = outcome(&call, variant);
                        assert_eq!(Some(said), expected.next(), "{}: {call:?}", variant.name);
                        cells += 1;
                        readable += u32::from(said == 'r');
                    }
                }
            }
            assert_eq!(expected.next(), None);
        }
    }
    assert!(
        cells > 3000 && readable > 500,
        "{cells} cells, {readable} readable"
    );
}

#[test]
fn the_preflight_request_is_chromium_s() {
    for (method, headers, names, asked_for) in record().requested {
        let headers = borrowed(&headers);
        let call = Call {
            origin: PAGE,
            method: &method,
            headers: &headers,
            credentials: false,
        };
        assert_eq!(
            call.needs_preflight(),
            asked_for.is_some(),
            "{method} {headers:?}"
        );
        if let Some(asked_for) = asked_for {
            let fields = call.preflight_fields();
            let value = |name: &str| {
                fields
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| value.clone())
            };
            assert_eq!(value("Access-Control-Request-Method"), Some(asked_for));
            assert_eq!(value("Access-Control-Request-Headers"), names);
        }
    }
}

#[test]
fn the_safelist_is_chromium_s() {
    for (name, value, asks_first) in record().lone_headers {
        let headers = [(name.as_str(), value.as_str())];
        let call = Call {
            origin: PAGE,
            method: "GET",
            headers: &headers,
            credentials: false,
        };
        assert_eq!(call.needs_preflight(), asks_first, "{name}: {value}");
    }
}
