//! What connecting costs: addresses that do not answer, connections that are not kept.

use crate::facts::Cause;
use crate::facts::latency::{LatencyFacts, PassedOverFacts, Series};
use crate::model::statistics::Standing;
use crate::model::{Pointer, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("latency/dead-address"),
        title: "An address of the name does not answer",
        severity: Severity::Medium,
        rationale: "Clients try it first. Those that race addresses lose a quarter of a second on \
                    every new connection; those that do not wait for a whole timeout.",
        expected: "every address in the DNS answers",
        remediation: "Make the service listen and be reachable there, or remove the A or AAAA \
                      record.",
        observed_by: "Connections attempted in the order the resolver gave, the next address after \
                      250 ms of silence (RFC 8305). Seen from here: a network on the way that drops \
                      that address family looks the same.",
        references: &[Reference::Rfc(8305, "5")],
        cap: None,
        rests_on: &[Topic::Samples],
        check: Check::Latency(none_is_silent),
    },
    Rule {
        id: RuleId::new("latency/refusing-address"),
        title: "An address of the name refuses connections",
        severity: Severity::Low,
        rationale: "Clients that try one address only cannot reach the service; all others pay a \
                    round trip for nothing on every new connection.",
        expected: "every address in the DNS accepts connections",
        remediation: "Make the service listen there, or remove the A or AAAA record.",
        observed_by: "A connection attempt that was refused or reset before another address \
                      answered (RFC 8305).",
        references: &[Reference::Rfc(8305, "5")],
        cap: None,
        rests_on: &[Topic::Samples],
        check: Check::Latency(none_refuses),
    },
    Rule {
        id: RuleId::new("latency/slow-address"),
        title: "One address is slower than the declared target, others are not",
        severity: Severity::Low,
        rationale: "Which address a visitor gets is chance: some of them wait longer every time.",
        expected: "every address within the target",
        remediation: "Compare the instance behind that address with the others.",
        observed_by: "With --all-addresses: cold samples of each address by itself, judged like \
                      those of the name.",
        references: &[Reference::Rfc(8305, "4")],
        cap: None,
        rests_on: &[Topic::Samples],
        check: Check::Latency(addresses_are_alike),
    },
    Rule {
        id: RuleId::new("latency/connection-not-kept"),
        title: "Connections are not kept alive",
        severity: Severity::Low,
        rationale: "Every request pays for connecting and for the TLS handshake again.",
        expected: "a connection that serves several requests",
        remediation: "Enable keep-alive in the server or proxy, and send a Content-Length or chunked \
                      body, so that a response can end without closing.",
        observed_by: "Requests in a row on one connection, which the server closed after an answer. \
                      A pause of some 50 ms lies between them.",
        references: &[Reference::Rfc(9112, "9.3")],
        cap: None,
        rests_on: &[Topic::Samples],
        check: Check::Latency(keeps_connections),
    },
];

const LEFT_OUT: &str = "samples were left out to stay within half of a rate limit (--burst)";

fn none_is_silent(latency: &LatencyFacts) -> Verdict {
    none(latency, |cause| cause == Cause::TimedOut)
}

/// An address this machine has no route to is not the target's fault, and no finding.
fn none_refuses(latency: &LatencyFacts) -> Verdict {
    none(latency, |cause| {
        matches!(cause, Cause::Refused | Cause::Reset)
    })
}

/// Addresses that another one had to stand in for, and those that were asked on their own.
fn none(latency: &LatencyFacts, at_fault: impl Fn(Cause) -> bool) -> Verdict {
    let stood_in = |address: &str| latency.passed_over.iter().any(|one| one.address == address);
    let silent = latency
        .silent
        .iter()
        .filter(|silent| !stood_in(&silent.address));
    let places = latency.passed_over.iter().chain(silent);
    Verdict::unless(
        places
            .filter(|passed| at_fault(passed.cause))
            .map(observed)
            .collect(),
    )
}

fn observed(passed: &PassedOverFacts) -> Observed {
    let at = Pointer("/latency/seen/samples".to_owned()).join(passed.first);
    let did = match passed.cause {
        Cause::TimedOut => "was silent",
        Cause::Refused
        | Cause::Reset
        | Cause::NoAddress
        | Cause::Unreachable
        | Cause::Closed
        | Cause::Alert(_)
        | Cause::Garbage
        | Cause::TooLarge
        | Cause::Interrupted
        | Cause::OutOfResources
        | Cause::NotTried
        | Cause::NotMeant
        | Cause::Bug => "refused",
    };
    let said = format!("{} {did}, which cost {}", passed.address, passed.cost_us);
    Observed::new(&at, said)
}

fn addresses_are_alike(latency: &LatencyFacts) -> Verdict {
    if latency.addresses.is_empty() {
        return Verdict::NotApplicable("addresses were not looked at one by one");
    }
    let beyond =
        |series: &Series| series.against(latency.target_ms.into()) == Some(Standing::Beyond);
    let answered = || {
        latency
            .addresses
            .iter()
            .filter_map(|(at, series)| Some((at, series.as_ref()?)))
    };
    if answered().all(|(_, series)| beyond(series)) {
        return Verdict::NotApplicable("all alike: latency/cold-over-target");
    }
    let slow = answered().filter(|(_, series)| beyond(series));
    let places = slow.map(|(address, series)| {
        let at = Pointer("/latency/seen/samples".to_owned()).join(series.at);
        let (first, confidence) = (series.median.ttfb(), series.confidence());
        Observed::new(
            &at,
            format!("{address}: median {first} cold ({confidence})"),
        )
    });
    Verdict::unless(places.collect())
}

fn keeps_connections(latency: &LatencyFacts) -> Verdict {
    match latency.keeps_alive {
        None if latency.limited => Verdict::NotTested(LEFT_OUT.to_owned()),
        None => Verdict::NotApplicable("no second request on a connection"),
        Some(true) => Verdict::Pass,
        Some(false) => Verdict::fail(
            &Pointer("/latency/seen/samples".to_owned()),
            "the connection was closed after an answer",
        ),
    }
}
