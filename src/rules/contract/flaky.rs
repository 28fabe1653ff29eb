//! Endpoints that fail now and then.

use crate::facts::contract::ContractFacts;
use crate::model::{Pointer, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("contract/flaky"),
    title: "An endpoint fails now and then",
    severity: Severity::Medium,
    rationale: "The same request is answered and then met by an error of the server: some clients get \
                no answer, and a check that asks once shows green most of the time.",
    expected: "no 5xx to a request that is answered otherwise",
    remediation: "Compare the instances behind the address: one of several that is broken, out of \
                  memory or being replaced answers so. Look for the time of the failure in the proxy's log.",
    observed_by: "All requests of the run for a declared endpoint, with its own method: as declared, from \
                  each declared origin, with the valid credential and without one. 5xx counts, but for \
                  501, a declared status and one with Retry-After, where a request like it was \
                  answered. What the first request for the endpoint was answered is contract/wrong-status \
                  or contract/platform-error where it fails.",
    references: &[Reference::Rfc(9110, "15.6")],
    cap: None,
    rests_on: &[Topic::Declared],
    check: Check::Contract(is_steady),
}];

/// An endpoint whose own question was answered by the failure is told of once.
fn is_steady(contract: &ContractFacts) -> Verdict {
    if contract.endpoints.is_empty() {
        return Verdict::NotApplicable("no declared endpoint was asked");
    }
    let own = |at: &Pointer| contract.endpoints.iter().any(|answered| answered.at == *at);
    let flaky = contract.flaky.iter().filter(|flaky| !own(&flaky.at));
    let observed = flaky.map(|flaky| {
        let (failed, asked, status) = (flaky.failed, flaky.asked, flaky.status);
        let said = format!("{failed} of {asked} requests failed, the first with {status}");
        let observed = Observed::new(&flaky.at, said).about(flaky.label.as_str());
        observed.shown_by(ShownBy::Often)
    });
    Verdict::unless(observed.collect())
}

#[cfg(test)]
mod tests {
    use super::is_steady;
    use crate::evidence::{Exchange, OriginSent, sample};
    use crate::facts::contract::read;
    use crate::model::{Ask, Attempt, Endpoint, Method, StatusSet};

    /// Who asks, and the status and a field of the answer.
    type Asked = (&'static str, u16, &'static [(&'static str, &'static str)]);

    #[rustfmt::skip]
    const ROWS: &[(&[Asked], &str)] = &[
        (&[("client", 200, &[])],                                                "pass"),
        (&[("client", 200, &[]), ("page a", 502, &[])],                          "fail"),
        (&[("client", 200, &[]), ("page a", 200, &[]), ("page a", 500, &[])],    "fail"),
        (&[("client", 200, &[]), ("page a", 500, &[]), ("page a", 500, &[])],    "pass"), // the origin's doing
        (&[("client", 200, &[]), ("page a", 502, &[]), ("page a", 502, &[])],    "pass"),
        (&[("client", 200, &[]), ("page a", 500, &[]), ("page b", 200, &[])],    "pass"),
        (&[("client", 200, &[]), ("attack", 503, &[])],                          "pass"), // a firewall
        (&[("client", 200, &[]), ("page a", 503, &[("Retry-After", "9")])],      "pass"), // a limiter
        (&[("client", 200, &[]), ("page a", 501, &[])],                          "pass"),
        (&[("client", 200, &[]), ("page a", 507, &[]), ("page a", 200, &[])],    "pass"), // as declared
        (&[("client", 401, &[]), ("valid", 502, &[]), ("valid", 502, &[])],      "pass"), // turned away before the gateway asks
        (&[("client", 401, &[]), ("valid", 502, &[]), ("valid", 200, &[])],      "fail"),
        (&[("client", 502, &[]), ("page a", 200, &[])],                          "pass"), // contract/platform-error
    ];

    fn exchange((who, status, fields): &Asked) -> Exchange {
        let ask = match *who {
            "client" => Ask::Declared,
            "valid" => Ask::Credentials(Attempt::Valid),
            _ => Ask::Read,
        };
        let origin = match *who {
            "page a" => Some(("declared", "https://a.example.com")),
            "page b" => Some(("declared", "https://b.example.com")),
            "attack" => Some(("reflection", "https://attack.example")),
            _ => None,
        };
        Exchange {
            origin: origin.map(|(class, value)| OriginSent {
                value: value.to_owned(),
                class: sample::origin_class(class),
                from: None,
            }),
            ..sample::exchange(ask.of_endpoint(0), "GET /x", *status, fields, "")
        }
    }

    #[test]
    fn alike_requests_are_answered_alike() {
        for (asked, word) in ROWS {
            let mut target = sample::target();
            let mut endpoint = Endpoint::new(Method::get(), "/x");
            endpoint.status = Some(StatusSet::of(&["2xx", "401", "507"]));
            target.endpoints.push(endpoint);
            let evidence = sample::evidence(target, asked.iter().map(exchange).collect());
            let state = read(&evidence, &[]);
            assert_eq!(is_steady(state.known().unwrap()).word(), *word, "{asked:?}");
        }
    }
}
