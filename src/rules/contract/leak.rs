//! Answers that give away what they should not.

use crate::facts::contract::ContractFacts;
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("contract/reveals-file"),
        title: "A file of the system comes back",
        severity: Severity::Critical,
        rationale: "A path in the request reaches the file system: whatever the process can read, \
                    keys and configuration included, anybody can.",
        expected: "no file from outside the served directory",
        remediation: "Resolve the path and check that it is still below the directory before \
                      opening it; decode once, before the check.",
        observed_by: "Lines that the file always has and talk about it does not, in the body of a \
                      declared endpoint.",
        references: &[
            Reference::Rfc(9110, "17.3"),
            Reference::Standard("CWE-22", "https://cwe.mitre.org/data/definitions/22.html"),
        ],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(keeps_files),
    },
    Rule {
        id: RuleId::new("contract/error-leaks"),
        title: "An error answer gives away internals",
        severity: Severity::Medium,
        rationale: "Stack traces, statements and secrets tell an attacker what to try next.",
        expected: "an error that says no more than the client needs",
        remediation: "Answer errors with a fixed shape; log the rest.",
        observed_by: "Bodies with a status of 400 or above, searched for what only the software \
                      itself writes.",
        references: &[Reference::Standard(
            "OWASP API8:2023",
            "https://owasp.org/API-Security/editions/2023/en/0xa8-security-misconfiguration/",
        )],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(keeps_quiet),
    },
];

/// Nothing was found, which says something where all was read.
fn unless_found(found: Vec<Observed>, unread: Option<String>) -> Verdict {
    match unread {
        Some(why) if found.is_empty() => Verdict::NotTested(why),
        Some(_) | None => Verdict::unless(found),
    }
}

fn keeps_files(contract: &ContractFacts) -> Verdict {
    let revealed = contract.endpoints.iter().filter_map(|seen| {
        let said = format!("the content of {}", seen.file?);
        Some(Observed::new(&seen.at, said).about(seen.label.as_str()))
    });
    let unread = contract.endpoints.iter().find_map(|seen| {
        let why = seen.unread.as_ref()?;
        Some(format!("{}: {why}", seen.label))
    });
    unless_found(revealed.collect(), unread)
}

fn keeps_quiet(contract: &ContractFacts) -> Verdict {
    let leaking = contract.leaks.iter().map(|leaking| {
        let said = format!("{}: {}", leaking.leak.what, leaking.leak.excerpt.raw());
        Observed::new(&leaking.at, said).about(leaking.label.as_str())
    });
    if !contract.met_errors {
        return Verdict::NotApplicable("no error was answered");
    }
    unless_found(leaking.collect(), contract.unread_error.clone())
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::evidence::{Field, Observation, sample};
    use crate::facts::State;
    use crate::facts::contract::read;
    use crate::model::{Ask, Endpoint, Method};
    use crate::rules::Check;

    const TRACE: &str = "Traceback (most recent call last):\n  File \"/app/x.py\", line 3, in f\n";
    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n";

    /// A status, a body, its coding, whether it was read to its end; what is said of files and of
    /// errors.
    #[rustfmt::skip]
    const ROWS: &[(u16, &str, &str, bool, [&str; 2])] = &[
        (200, "fine",  "",     true,  ["pass",       "n/a"]),        // a good answer is no error
        (404, "{}",    "",     true,  ["pass",       "pass"]),
        (200, PASSWD,  "",     true,  ["fail",       "n/a"]),
        (500, TRACE,   "",     true,  ["pass",       "fail"]),
        (200, "fine",  "",     false, ["not tested", "n/a"]),
        (500, "sorry", "",     false, ["not tested", "not tested"]),
        (500, "sorry", "dcz",  true,  ["not tested", "not tested"]),
        (404, "\u{1f}", "gzip", true,  ["not tested", "not tested"]),
        (500, TRACE,   "",     false, ["not tested", "fail"]),       // what was read shows enough
        (200, PASSWD,  "",     false, ["fail",       "n/a"]),
    ];

    #[test]
    fn nothing_is_kept_quiet_in_a_body_that_was_not_read() {
        for (status, body, coding, complete, expected) in ROWS {
            let mut target = sample::target();
            target.endpoints = vec![Endpoint::new(Method::get(), "/x")];
            let question = Ask::Declared.of_endpoint(0);
            let mut exchange = sample::exchange(question, "GET /x", *status, &[], body);
            if let Observation::Seen(response) = &mut exchange.response {
                response.body.complete = *complete;
                if !coding.is_empty() {
                    response.fields.push(Field::new("Content-Encoding", coding));
                }
            }
            let evidence = sample::evidence(target, vec![exchange]);
            let State::Known(facts) = read(&evidence, &[]) else {
                panic!("an endpoint is declared");
            };
            let words = RULES.iter().map(|rule| {
                let Check::Contract(check) = rule.check else {
                    panic!("{} is no rule of the contract", rule.id);
                };
                check(&facts).word()
            });
            let words: Vec<&str> = words.collect();
            assert_eq!(words, *expected, "{status} {body:?} {coding} {complete}");
        }
    }
}
