//! Methods that must be refused.

use crate::facts::contract::{Allow, ContractFacts, Refusal};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("contract/wrong-method-accepted"),
        title: "A method that must be refused is accepted",
        severity: Severity::Medium,
        rationale: "A route answers to a method it was not written for: guards, caches and logs \
                    that look at the method are passed.",
        expected: "405 with Allow",
        remediation: "Route the declared methods only.",
        observed_by: "The declared method on the declared path, without credentials and body. PUT, \
                      PATCH and DELETE are not sent.",
        references: &[Reference::Rfc(9110, "15.5.6")],
        cap: None,
        rests_on: &[Topic::WrongMethod],
        check: Check::Contract(is_refused),
    },
    Rule {
        id: RuleId::new("contract/wrong-method-status"),
        title: "A wrong method is refused with another status than 405",
        severity: Severity::Low,
        rationale: "The client cannot tell a wrong method from a wrong path or a missing right.",
        expected: "405 with Allow",
        remediation: "Answer 405 and list the methods in Allow; check the method before the \
                      credentials.",
        observed_by: "The declared method on the declared path, without credentials and body.",
        references: &[Reference::Rfc(9110, "15.5.6")],
        cap: None,
        rests_on: &[Topic::WrongMethod],
        check: Check::Contract(is_405),
    },
    Rule {
        id: RuleId::new("contract/allow-missing"),
        title: "A 405 does not say which methods are allowed",
        severity: Severity::Low,
        rationale: "An origin server must say it; tools that look for the right method stop here.",
        expected: "an Allow field",
        remediation: "Send `Allow` with every 405.",
        observed_by: "The fields of each 405. Which methods it lists is not judged: frameworks \
                      list those of the first route that fits.",
        references: &[
            Reference::Rfc(9110, "15.5.6"),
            Reference::Rfc(9110, "10.2.1"),
        ],
        cap: None,
        rests_on: &[Topic::WrongMethod],
        check: Check::Contract(says_allow),
    },
];

fn judge(contract: &ContractFacts, wrong: impl Fn(&Refusal, u16) -> Option<String>) -> Verdict {
    if contract.refused_methods.is_empty() {
        return Verdict::NotApplicable("no method is declared to be refused");
    }
    let found = contract.refused_methods.iter().filter_map(|refusal| {
        let said = wrong(refusal, refusal.status?)?;
        Some(Observed::new(&refusal.at, said).about(refusal.label.as_str()))
    });
    Verdict::unless(found.collect())
}

fn is_refused(contract: &ContractFacts) -> Verdict {
    let verdict = judge(contract, |_, status| {
        (status < 400).then(|| format!("answered {status}"))
    });
    let silent = contract
        .refused_methods
        .iter()
        .find(|refusal| matches!(refusal.status, None | Some(429)));
    match (verdict, silent) {
        (Verdict::Pass, Some(refusal)) => Verdict::NotTested(match refusal.status {
            Some(status) => format!("{} answered {status}", refusal.label),
            None => format!("{} got no answer", refusal.label),
        }),
        (verdict, _) => verdict,
    }
}

/// A verdict on refusals of one kind: where every method was answered otherwise, nothing has passed.
fn of_refusals(
    contract: &ContractFacts,
    which: fn(u16) -> bool,
    none: &'static str,
    verdict: Verdict,
) -> Verdict {
    let otherwise = |refusal: &Refusal| {
        let status = refusal.status;
        status.is_some_and(|status| status < 500 && status != 429 && !which(status))
    };
    if verdict == Verdict::Pass && contract.refused_methods.iter().all(otherwise) {
        return Verdict::NotApplicable(none);
    }
    verdict
}

fn is_405(contract: &ContractFacts) -> Verdict {
    let refuses = |status| status >= 400 && status != 429;
    let verdict = judge(contract, |_, status| {
        let other = refuses(status) && status != 405;
        other.then(|| format!("answered {status}"))
    });
    of_refusals(contract, refuses, "no such method was refused", verdict)
}

fn says_allow(contract: &ContractFacts) -> Verdict {
    let verdict = judge(contract, |refusal, status| match (&refusal.allow, status) {
        (Allow::Absent, 405) => Some("405 without Allow".to_owned()),
        (Allow::Malformed, 405) => Some("405 with an Allow that is no list of methods".to_owned()),
        (Allow::Absent | Allow::Malformed | Allow::Methods(_), _) => None,
    });
    let is_405 = |status| status == 405;
    of_refusals(contract, is_405, "no such method was answered 405", verdict)
}
