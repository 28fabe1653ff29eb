//! The declared error rate, over all requests of the run.

use crate::facts::contract::ContractFacts;
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("contract/error-rate"),
    title: "More requests fail than is declared",
    severity: Severity::High,
    rationale: "Each failed request is a client without an answer, while the rest of the service \
                seems to be well.",
    expected: "no larger share of failed requests than `max_error_rate`",
    remediation: "Look at the first failure, then at what failed requests have in common: a path, an \
                  instance, a moment.",
    observed_by: "Every request of the run to the target, timed ones included. No answer and a 5xx \
                  are failures, but for 501 and a declared status; bursts, a cold start and paths \
                  that often leak are left out. It is the rate of this run; few requests say little \
                  about a rate in general.",
    references: &[Reference::Rfc(9110, "15.6")],
    cap: None,
    rests_on: &[Topic::Declared],
    check: Check::Contract(errs_within_limit),
}];

fn errs_within_limit(contract: &ContractFacts) -> Verdict {
    let Some(rate) = &contract.error_rate else {
        return Verdict::NotApplicable("no `max_error_rate` is declared");
    };
    let Some((at, label, why)) = rate.first.as_ref().filter(|_| !rate.holds()) else {
        return Verdict::Pass;
    };
    let (failed, asked) = (rate.failed, rate.asked);
    let said = format!("{failed} of {asked} requests failed, first {label}: {why}");
    Verdict::Fail(vec![
        Observed::new(at, said)
            .about("all requests of this run")
            .wanted(format!("at most {} of all requests", rate.declared))
            .of_part("max_error_rate"),
    ])
}

#[cfg(test)]
mod tests {
    use super::errs_within_limit;
    use crate::evidence::sample;
    use crate::facts::contract::read;
    use crate::model::{Ask, Endpoint, Method, PartsPerMillion, Place, Question, StatusSet};

    /// A place, a status, and how often it was answered there.
    type Answers = (Place, u16, usize);

    /// So many answers of each status, what is declared, and the verdict. The endpoint's declared
    /// status is 503.
    #[rustfmt::skip]
    const ROWS: &[(&[Answers], &str, &str)] = &[
        (&[(Place::Target, 200, 10), (Place::Target, 502, 6)],   "1%",   "fail"),
        (&[(Place::Target, 200, 99), (Place::Target, 500, 1)],   "1%",   "pass"), // as many as declared
        (&[(Place::Target, 200, 98), (Place::Target, 500, 1)],   "1%",   "fail"),
        (&[(Place::Target, 200, 9), (Place::Target, 500, 1)],    "0%",   "fail"),
        (&[(Place::Target, 200, 9), (Place::Target, 429, 9)],    "0%",   "pass"), // the limiter's
        (&[(Place::Target, 404, 9), (Place::WrongMethod(0), 501, 1)], "0%", "pass"), // RFC 9110 §15.6.2
        (&[(Place::Endpoint(0), 503, 9)],                        "0%",   "pass"), // as declared
        (&[(Place::Endpoint(0), 502, 9)],                        "50%",  "fail"),
        (&[(Place::Target, 200, 1), (Place::Rate(0), 503, 9)],   "0%",   "pass"), // a burst
    ];

    #[test]
    fn the_rate_is_that_of_the_run() {
        for (answers, declared, expected) in ROWS {
            let mut target = sample::target();
            target.max_error_rate = PartsPerMillion::percent(declared);
            let mut endpoint = Endpoint::new(Method::get(), "/maintenance");
            endpoint.status = Some(StatusSet::of(&["503"]));
            target.endpoints.push(endpoint);
            let ask = |place: Place| match place {
                Place::Endpoint(_) => Ask::Declared,
                Place::Rate(_) => Ask::Burst,
                Place::WrongMethod(_) => Ask::WrongMethod,
                Place::Target
                | Place::Probe(_)
                | Place::Absent(_)
                | Place::Login
                | Place::Socket => Ask::Page,
            };
            let exchanges = answers.iter().flat_map(|(place, status, count)| {
                let question: Question = ask(*place).at(*place);
                vec![sample::exchange(question, "GET /x", *status, &[], ""); *count]
            });
            let evidence = sample::evidence(target, exchanges.collect());
            let state = read(&evidence, &[]);
            let verdict = errs_within_limit(state.known().unwrap());
            assert_eq!(verdict.word(), *expected, "{answers:?} {declared}");
        }
    }

    #[test]
    fn shares_are_read_and_written() {
        #[rustfmt::skip]
        let rows = [("1%", Some("1%")), ("0.05 %", Some("0.05%")), ("100%", Some("100%")),
                    ("100.1%", None), ("1", None), ("-1%", None), ("%", None)];
        for (text, expected) in rows {
            let found = PartsPerMillion::percent(text).map(|share| share.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
