//! Declared rate limits, measured by a burst.

use crate::facts::contract::{Burst, ContractFacts, Refused};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};

const BURST: &str = "With --burst, last in the run: one request after the other on the declared \
                     path until one is refused, at most two more than twice the limit, for a window \
                     may end meanwhile; without credentials, and at a login as a user nobody is.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("contract/rate-unlimited"),
        title: "A declared rate limit is not enforced",
        severity: Severity::Medium,
        rationale: "Nothing stops a script: guessing of passwords, scraping, cost without end.",
        expected: "429 at the declared limit",
        remediation: "Check that the limiter is in the path of this route, and that its store is \
                      shared by all processes.",
        observed_by: BURST,
        references: &[
            Reference::Rfc(6585, "4"),
            Reference::Standard(
                "OWASP API4:2023",
                "https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/",
            ),
        ],
        cap: None,
        rests_on: &[Topic::RateLimit],
        check: Check::Contract(is_enforced),
    },
    Rule {
        id: RuleId::new("contract/rate-other"),
        title: "The rate limit is lower than declared",
        severity: Severity::Low,
        rationale: "Clients that keep to the declared limit are refused.",
        expected: "the declared limit, give or take one",
        remediation: "Set the limit that is declared, or declare the one that is set.",
        observed_by: "The requests before the first refusal; all requests of the run in the same \
                      window are counted in favour of the server, which may count them too. A limiter \
                      that wants requests evenly spaced, as nginx's `limit_req` without `burst`, \
                      refuses sooner than a count says.",
        references: &[Reference::Rfc(6585, "4")],
        cap: None,
        rests_on: &[Topic::RateLimit],
        check: Check::Contract(is_as_declared),
    },
    Rule {
        id: RuleId::new("contract/rate-status"),
        title: "The rate limit answers another status than 429",
        severity: Severity::Low,
        rationale: "Clients and proxies take it for an outage or a missing right and retry at once, \
                    or never.",
        expected: "429",
        remediation: "Answer 429; in nginx `limit_req_status 429`.",
        observed_by: BURST,
        references: &[Reference::Rfc(6585, "4")],
        cap: None,
        rests_on: &[Topic::RateLimit],
        check: Check::Contract(is_429),
    },
    Rule {
        id: RuleId::new("contract/retry-after-missing"),
        title: "The refusal does not say when to come back",
        severity: Severity::Low,
        rationale: "Clients guess, and most guess too soon.",
        expected: "a Retry-After field",
        remediation: "Send `Retry-After` with the 429; in slowapi `headers_enabled=True`.",
        observed_by: BURST,
        references: &[Reference::Rfc(6585, "4"), Reference::Rfc(9110, "10.2.3")],
        cap: None,
        rests_on: &[Topic::RateLimit],
        check: Check::Contract(says_when),
    },
    Rule {
        id: RuleId::new("contract/retry-after-malformed"),
        title: "Retry-After cannot be read",
        severity: Severity::Low,
        rationale: "Clients ignore it, and guess.",
        expected: "whole seconds or an HTTP date",
        remediation: "Send whole seconds.",
        observed_by: BURST,
        references: &[
            Reference::Rfc(9110, "10.2.3"),
            Reference::Rfc(9110, "5.6.7"),
        ],
        cap: None,
        rests_on: &[Topic::RateLimit],
        check: Check::Contract(is_readable),
    },
    Rule {
        id: RuleId::new("contract/rate-resettable"),
        title: "The rate limit is lifted by X-Forwarded-For",
        severity: Severity::Medium,
        rationale: "Whoever writes another address into each request is never limited.",
        expected: "a refusal whatever the field says",
        remediation: "Take the client's address from the field only as far as your own proxies \
                      wrote it.",
        observed_by: "After the refusal, one request more with `X-Forwarded-For: 203.0.113.77`; where \
                      it is allowed, two without the field, two with other addresses and one without: \
                      only those with it may be. A server on this machine may trust the field from \
                      here and from nowhere else, as uvicorn does.",
        references: &[
            Reference::Rfc(7239, "8.1"),
            Reference::Standard(
                "OWASP API4:2023",
                "https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/",
            ),
        ],
        cap: None,
        rests_on: &[Topic::RateLimit],
        check: Check::Contract(is_firm),
    },
    Rule {
        id: RuleId::new("contract/rate-body"),
        title: "The refusal is not JSON",
        severity: Severity::Info,
        rationale: "API clients parse every answer; this one breaks them at the worst moment.",
        expected: "a JSON body, like the API's other errors",
        remediation: "Give the limiter a JSON handler.",
        observed_by: BURST,
        references: &[Reference::Rfc(9457, "3")],
        cap: None,
        rests_on: &[Topic::RateLimit],
        check: Check::Contract(is_json),
    },
];

fn judge(contract: &ContractFacts, wrong: impl Fn(&Burst) -> Option<String>) -> Verdict {
    if contract.bursts.is_empty() && contract.unmeasured_limits == 0 {
        return Verdict::NotApplicable("no rate limit is declared");
    }
    if contract.bursts.is_empty() {
        return Verdict::NotTested(
            "a burst needs --burst, a limit up to 600, and a request that changes nothing"
                .to_owned(),
        );
    }
    let found = contract.bursts.iter().filter_map(|burst| {
        Some(Observed::new(&burst.at, wrong(burst)?).about(burst.label.as_str()))
    });
    let verdict = Verdict::unless(found.collect());
    let unmet = contract.bursts.iter().find_map(unmet);
    match (verdict, unmet) {
        (Verdict::Pass, Some(why)) => Verdict::NotTested(why),
        (Verdict::Pass, None) if contract.unmeasured_limits > 0 => Verdict::NotTested(format!(
            "{} of the declared limits: above 600, or its request may change something",
            contract.unmeasured_limits
        )),
        (verdict, _) => verdict,
    }
}

/// Why a burst neither met its limit nor shows that there is none.
fn unmet(burst: &Burst) -> Option<String> {
    let Burst { label, allowed, .. } = burst;
    let unmet = burst.refused.is_none() && (burst.guarded || !burst.is_unlimited());
    let why = if burst.guarded {
        "were refused for want of credentials, perhaps before they were counted".to_owned()
    } else {
        format!(
            "were allowed, but took {}: a window of {} may have ended meanwhile",
            burst.took_ms, burst.window_ms
        )
    };
    unmet.then(|| format!("{label}: all {allowed} {why}"))
}

fn refused(
    contract: &ContractFacts,
    wrong: impl Fn(&Burst, &Refused) -> Option<String>,
) -> Verdict {
    let verdict = judge(contract, |burst| wrong(burst, burst.refused.as_ref()?));
    let any = contract.bursts.iter().any(|burst| burst.refused.is_some());
    if verdict == Verdict::Pass && !any {
        return Verdict::NotApplicable("no request was refused: contract/rate-unlimited");
    }
    verdict
}

/// A refusal after more requests in all than the limit, and fewer on this path, may be another
/// limit's.
fn is_enforced(contract: &ContractFacts) -> Verdict {
    let verdict = judge(contract, |burst| {
        let sent = burst.allowed;
        let endless = burst.is_unlimited() && !burst.guarded;
        endless.then(|| {
            format!(
                "{sent} requests in a row were allowed, limit {}",
                burst.declared
            )
        })
    });
    let mut bursts = contract.bursts.iter();
    let hidden = bursts.find(|burst| !burst.is_as_declared() && !burst.is_too_soon());
    match hidden {
        Some(burst) if verdict == Verdict::Pass && burst.allowed > burst.declared => {
            Verdict::NotTested(format!(
                "{} was refused after {} requests, limit {}: a window may have ended meanwhile, or \
                 the limit allows more at once",
                burst.label, burst.allowed, burst.declared
            ))
        }
        Some(burst) if verdict == Verdict::Pass => Verdict::NotTested(format!(
            "{} was refused after {} requests, {} in all: another limit may have answered for the \
             one of {}",
            burst.label, burst.on_path, burst.at_most, burst.declared
        )),
        Some(_) | None => verdict,
    }
}

/// Refused too soon even when every request of the window is counted.
fn is_as_declared(contract: &ContractFacts) -> Verdict {
    refused(contract, |burst, _| {
        let counted = burst.allowed.max(burst.at_most);
        let said = format!("refused after {counted} requests, limit {}", burst.declared);
        burst.is_too_soon().then_some(said)
    })
}

fn is_429(contract: &ContractFacts) -> Verdict {
    refused(contract, |_, refusal| match refusal.status {
        Some(429) => None,
        Some(status) => Some(format!("answered {status}")),
        None => Some("the connection was ended".to_owned()),
    })
}

fn says_when(contract: &ContractFacts) -> Verdict {
    refused(contract, |burst, refusal| {
        let silent = burst.retry_after && refusal.status.is_some() && refusal.retry_after.is_none();
        silent.then(|| "no Retry-After".to_owned())
    })
}

fn is_readable(contract: &ContractFacts) -> Verdict {
    refused(contract, |_, refusal| {
        let said = refusal
            .retry_after
            .as_ref()
            .filter(|_| refusal.wait.is_none())?;
        Some(format!("Retry-After: {said}"))
    })
}

fn is_firm(contract: &ContractFacts) -> Verdict {
    let verdict = judge(contract, |burst| {
        let lifted = burst.reset_by_forwarded_for == Some(true);
        lifted.then(|| "allowed again with another X-Forwarded-For".to_owned())
    });
    if let Verdict::Fail(found) = verdict {
        let shown = |one: Observed| one.shown_by(ShownBy::Forwarded);
        return Verdict::Fail(found.into_iter().map(shown).collect());
    }
    let mut bursts = contract.bursts.iter();
    let untold =
        bursts.find(|burst| burst.refused.is_some() && burst.reset_by_forwarded_for.is_none());
    match untold {
        Some(burst) if verdict == Verdict::Pass => Verdict::NotTested(format!(
            "{}: what followed the refusal is no proof: allowed again without the field too, or not answered",
            burst.label
        )),
        Some(_) | None => verdict,
    }
}

fn is_json(contract: &ContractFacts) -> Verdict {
    refused(contract, |_, refusal| {
        let json =
            refusal.media_type == "application/json" || refusal.media_type.ends_with("+json");
        let other = refusal.status.is_some() && !json;
        other.then(|| match refusal.media_type.as_str() {
            "" => "no media type".to_owned(),
            other => other.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{is_as_declared, is_enforced, is_firm};
    use crate::evidence::{
        Evidence, Exchange, LatencyEvidence, Observation, Sample, Skip, Temperature, sample,
    };
    use crate::facts::State;
    use crate::facts::contract::{ContractFacts, read};
    use crate::model::{
        Ask, Method, Micros, Millis, Phases, Place, Question, RateLimit, Timestamp,
    };

    /// Requests that were allowed before the burst: others, preflights, timed samples; those that
    /// were throttled; those of the burst, and the status of its last; the verdicts.
    type Row = ([usize; 4], usize, u16, (&'static str, &'static str));

    #[rustfmt::skip]
    const ROWS: &[Row] = &[
        // A limit of ten.
        ([0, 0, 0, 0],   22, 200, ("fail", "n/a")),        // none at all
        ([0, 0, 0, 0],   21, 200, ("not tested", "not tested")), // a window may have ended
        ([0, 0, 0, 0],   12, 200, ("not tested", "not tested")),
        ([0, 0, 0, 0],   15, 429, ("not tested", "pass")),
        ([0, 0, 0, 0],   10, 429, ("pass", "pass")),
        ([0, 0, 0, 0],    9, 429, ("pass", "pass")),       // give or take one
        ([0, 0, 0, 0],   11, 429, ("pass", "pass")),
        ([0, 0, 0, 0],    8, 429, ("pass", "fail")),
        ([4, 0, 0, 0],    6, 429, ("pass", "pass")),       // the others count too
        ([2, 0, 2, 0],    6, 429, ("pass", "pass")),       // samples do
        ([2, 3, 0, 0],    8, 429, ("pass", "pass")),       // preflights do not
        ([2, 3, 0, 0],    5, 429, ("pass", "pass")),       // preflights do
        ([2, 0, 0, 9],    5, 429, ("pass", "fail")),       // what was throttled was not allowed
        ([30, 0, 0, 0],   2, 429, ("not tested", "pass")), // another limit, for all we know
        ([30, 0, 0, 0],  10, 429, ("pass", "pass")),       // this one
        ([0, 0, 0, 0],   10, 503, ("pass", "pass")),       // contract/rate-status
    ];

    const REFUSED: Row = ([0, 0, 0, 0], 10, 429, ("pass", "pass"));

    fn evidence(([others, preflights, samples, throttled], allowed, last, _): &Row) -> Evidence {
        let some = |question: Question, line: &str, status: u16, number: usize| {
            vec![sample::exchange(question.clone(), line, status, &[], ""); number]
        };
        let preflight = Ask::Preflight {
            method: Method::of("PUT"),
            headers: Vec::new(),
        };
        let burst =
            |status, number| some(Ask::Burst.at(Place::Rate(0)), "GET /health", status, number);
        let refused = usize::from(*last != 200);
        let exchanges: Vec<Exchange> = [
            some(Ask::Declared.of_endpoint(0), "GET /x", 200, *others),
            some(preflight.of_target(), "OPTIONS /x", 204, *preflights),
            some(Ask::Declared.of_endpoint(0), "GET /x", 429, *throttled),
            burst(200, *allowed),
            burst(*last, refused),
        ]
        .concat();
        let mut target = sample::target();
        target.rate = vec![RateLimit {
            method: Method::get(),
            path: "/health".to_owned(),
            requests: 10,
            window: Millis(60_000),
            retry_after: false,
        }];
        Evidence {
            latency: timed(*samples),
            ..sample::evidence(target, exchanges)
        }
    }

    fn timed(number: usize) -> Observation<LatencyEvidence> {
        let one = Sample {
            place: Place::Target,
            temperature: Temperature::Cold,
            address: String::new(),
            outcome: Observation::Seen((200, Phases::default())),
            pinned: false,
            reused: false,
            fallback: Micros(0),
            passed_over: Vec::new(),
            lag: Micros(0),
            retaken: false,
            bytes: 0,
        };
        Observation::Seen(LatencyEvidence {
            samples: vec![one; number],
            limited: false,
            load: Observation::Skipped(Skip::NotNeeded),
        })
    }

    fn known(evidence: &Evidence) -> ContractFacts {
        match read(evidence, &[]) {
            State::Known(facts) => facts,
            State::Unseen(failure) => panic!("{failure:?}"),
            State::NotConfigured(why) => panic!("{why}"),
        }
    }

    #[test]
    fn a_refusal_counts_for_the_limit_it_is_of() {
        for row in ROWS {
            let facts = known(&evidence(row));
            let verdicts = (is_enforced(&facts).word(), is_as_declared(&facts).word());
            assert_eq!(verdicts, row.3, "{row:?}");
        }
    }

    /// Requests that were all allowed, how long they took in milliseconds, and what is said of a limit
    /// of ten in a minute.
    #[rustfmt::skip]
    const ENDLESS: &[(usize, i64, &str)] = &[
        (21,  1_000, "not tested"), // ten, ten of the next window, and give or take one
        (22,  1_000, "fail"),
        (22, 59_999, "fail"),
        (22, 60_000, "not tested"), // three windows
        (32, 60_000, "fail"),
        (12, 90_000, "not tested"),
    ];

    #[test]
    fn a_burst_counts_for_the_windows_it_may_touch() {
        for (allowed, lasted, word) in ENDLESS {
            let mut evidence = evidence(&([0, 0, 0, 0], *allowed, 200, REFUSED.3));
            if let Some(last) = evidence.exchanges.last_mut() {
                last.at = Timestamp::from_millis(*lasted);
            }
            let verdict = is_enforced(&known(&evidence));
            assert_eq!(verdict.word(), *word, "{allowed} {lasted}");
        }
    }

    /// What followed a refusal: `e` as if from elsewhere, `b` as the burst was, in capitals where it
    /// was allowed.
    #[rustfmt::skip]
    const AFTER: &[(&str, &str)] = &[
        ("e",      "pass"),
        ("EbbEEb", "fail"),
        ("EB",     "not tested"), // a bucket fills by itself
        ("EbB",    "not tested"),
        ("Ebbe",   "not tested"),
        ("EbbEe",  "not tested"), // a window of two
        ("EbbEEB", "not tested"),
        ("",       "not tested"),
    ];

    #[test]
    fn a_limit_is_lifted_by_the_field_alone() {
        for (after, word) in AFTER {
            let mut evidence = evidence(&REFUSED);
            evidence.exchanges.extend(after.chars().map(|one| {
                let role = match one.to_ascii_lowercase() {
                    'e' => Ask::BurstElsewhere.at(Place::Rate(0)),
                    _ => Ask::BurstControl.at(Place::Rate(0)),
                };
                let status = if one.is_uppercase() { 200 } else { 429 };
                sample::exchange(role, "GET /health", status, &[], "")
            }));
            assert_eq!(is_firm(&known(&evidence)).word(), *word, "{after}");
        }
    }

    #[test]
    fn a_limit_without_a_burst_is_not_tested() {
        let mut facts = known(&evidence(&REFUSED));
        facts.unmeasured_limits = 1;
        assert_eq!(is_enforced(&facts).word(), "not tested");
    }
}
