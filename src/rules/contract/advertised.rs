//! Whether a limit is advertised as it is declared.

use std::time::Duration;

use crate::facts::contract::{ContractFacts, Stated};
use crate::model::{RuleId, Severity};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::ratelimit::Quota;

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("contract/rate-advertised-other"),
    title: "Another rate limit is advertised than declared",
    severity: Severity::Low,
    rationale: "Clients pace themselves by what answers advertise: too slowly, or until they are \
                refused.",
    expected: "the declared limit, where answers advertise any",
    remediation: "Configure the limiter of this route as documented, or correct the declaration: \
                  an audit is paced by both.",
    observed_by: "RateLimit and X-RateLimit fields of answers to the request that the limit is \
                  declared for. One of several is enough, and a number without a window is compared \
                  by itself.",
    references: &[Reference::Standard(
        "RateLimit header fields for HTTP (IETF draft)",
        "https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/",
    )],
    cap: None,
    rests_on: &[],
    check: Check::Contract(is_as_declared),
}];

fn is_as_declared(contract: &ContractFacts) -> Verdict {
    if contract.stated_limits.is_empty() {
        let why = "no answer at the place of a declared limit advertises one";
        return Verdict::NotApplicable(why);
    }
    let stated = contract.stated_limits.iter();
    let other = stated.filter(|stated| !stated.is_as_declared());
    let observed = other.map(|stated| {
        let said = format!("{}, declared {}", advertised(stated), declared(stated));
        Observed::new(&stated.at, said).about(stated.label.as_str())
    });
    Verdict::unless(observed.collect())
}

fn declared(stated: &Stated) -> String {
    let seconds = Duration::from(stated.window_ms).as_secs_f64();
    format!("{} in {seconds} s", stated.declared)
}

fn advertised(stated: &Stated) -> String {
    let said = |quota: &Quota| {
        let limit = quota.limit?;
        Some(match quota.window {
            Some(window) => format!("{limit} in {} s", window.0),
            None => limit.to_string(),
        })
    };
    let all: Vec<String> = stated.quotas.iter().filter_map(said).collect();
    format!("advertised {}", all.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::is_as_declared;
    use crate::evidence::sample;
    use crate::facts::State;
    use crate::facts::contract::read;
    use crate::model::{Ask, Method, Millis, RateLimit};
    use crate::rules::Verdict;

    /// Requests and seconds declared of `GET /orders`, where which fields stand, and what is said;
    /// nothing where that is the declared limit, `-` where nothing is advertised there.
    type Row = (
        u32,
        u64,
        &'static str,
        &'static [(&'static str, &'static str)],
        &'static str,
    );

    #[rustfmt::skip]
    const ROWS: &[Row] = &[
        (60,  60,  "GET /orders",     &[("x-ratelimit-limit", "60")],                     ""),
        (60,  60,  "GET /orders?a=1", &[("x-ratelimit-limit", "60")],                     ""),
        (60,  60,  "GET /orders",     &[("x-ratelimit-limit", "100")],                    "advertised 100, declared 60 in 60 s"),
        (100, 900, "GET /orders",     &[("ratelimit-policy", "\"a\";q=100;w=900")],     ""),
        (100, 900, "GET /orders",     &[("ratelimit-policy", "\"a\";q=100;w=60")],      "advertised 100 in 60 s, declared 100 in 900 s"),
        (100, 900, "GET /orders",     &[("ratelimit-policy", "\"a\";q=10;w=1, \"b\";q=100;w=900")], ""),
        (60,  60,  "GET /",           &[("x-ratelimit-limit", "100")],                    "-"),
        (60,  60,  "POST /orders",    &[("x-ratelimit-limit", "100")],                    "-"),
        (60,  60,  "GET /orders",     &[],                                                "-"),
        (60,  60,  "GET /orders",     &[("x-ratelimit-limit", "many")],                   "-"),
    ];

    #[test]
    fn what_is_advertised_is_held_against_what_is_declared() {
        for (requests, window, line, fields, said) in ROWS {
            let mut target = sample::target();
            target.rate = vec![RateLimit {
                method: Method::get(),
                path: "/orders".to_owned(),
                requests: *requests,
                window: Millis(window * 1000),
                retry_after: false,
            }];
            let asked = sample::exchange(Ask::Declared.of_endpoint(0), line, 200, fields, "");
            let evidence = sample::evidence(target, vec![asked]);
            let State::Known(facts) = read(&evidence, &[]) else {
                panic!("a limit is declared");
            };
            let found = match is_as_declared(&facts) {
                Verdict::Pass => String::new(),
                Verdict::NotApplicable(_) => "-".to_owned(),
                Verdict::Fail(observed) => observed[0].said.raw().to_owned(),
                other @ (Verdict::NotTested(_) | Verdict::Unknown(_)) => panic!("{other:?}"),
            };
            assert_eq!(found, *said, "{requests} in {window} s, {line} {fields:?}");
        }
    }
}
