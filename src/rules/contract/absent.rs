//! Paths that must not be there.

use crate::facts::contract::{ContractFacts, Vacancy};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::soft404::Absence;

const COMPARED: &str = "A GET of the path; where it is not a 404 or 410, also of a made-up path \
                        beside it. Answered alike, the path is not there, whatever the status.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("contract/absent-path-answers"),
        title: "A path that must be absent is there",
        severity: Severity::Medium,
        rationale: "What was meant to be off in this deployment is on: documentation, a debug \
                    route, a file that was not meant to be served.",
        expected: "404 or 410",
        remediation: "Switch it off in this environment, or take it out of the web root.",
        observed_by: COMPARED,
        references: &[Reference::Rfc(9110, "15.5.5")],
        cap: None,
        rests_on: &[Topic::Absent],
        check: Check::Contract(are_absent),
    },
    Rule {
        id: RuleId::new("contract/absent-path-refused"),
        title: "A path that must be absent is refused instead",
        severity: Severity::Info,
        rationale: "Whoever asks learns that there is something, or a rule about it. Often that is \
                    meant.",
        expected: "404 or 410",
        remediation: "Answer 404 where existence itself should stay unknown.",
        observed_by: COMPARED,
        references: &[Reference::Rfc(9110, "15.5.4")],
        cap: None,
        rests_on: &[Topic::Absent],
        check: Check::Contract(are_not_refused),
    },
    Rule {
        id: RuleId::new("contract/soft-404"),
        title: "Unknown paths are answered like known ones",
        severity: Severity::Info,
        rationale: "Monitors, crawlers and clients take a wrong path for a right one. A single page \
                    application does this on purpose.",
        expected: "404 for a path nobody made",
        remediation: "Answer 404 where the application has no route, at least below the API's \
                      prefix.",
        observed_by: COMPARED,
        references: &[Reference::Rfc(9110, "15.5.5")],
        cap: None,
        rests_on: &[Topic::Absent],
        check: Check::Contract(unknown_is_404),
    },
];

fn judge(contract: &ContractFacts, wrong: impl Fn(Absence) -> Option<String>) -> Verdict {
    if contract.absent.is_empty() {
        return Verdict::NotApplicable("no path is declared to be absent");
    }
    let found = contract.absent.iter().filter_map(|path| {
        let said = wrong(path.absence?)?;
        Some(Observed::new(&path.at, said).about(path.label.as_str()))
    });
    Verdict::unless(found.collect())
}

fn are_absent(contract: &ContractFacts) -> Verdict {
    let verdict = judge(contract, |absence| match absence {
        Absence::There(status) => Some(format!(
            "answered {status}, unlike a made-up path beside it"
        )),
        Absence::Absent | Absence::LikeMadeUp(_) | Absence::Refused(_) | Absence::Unclear(_) => {
            None
        }
    });
    let unclear = contract.absent.iter().find_map(unclear);
    match (verdict, unclear) {
        (Verdict::Pass, Some(why)) => Verdict::NotTested(why),
        (verdict, _) => verdict,
    }
}

fn unclear(path: &Vacancy) -> Option<String> {
    match path.absence {
        None => Some(format!("{} got no answer", path.label)),
        Some(Absence::Unclear(status)) => Some(format!("{} answered {status}", path.label)),
        Some(
            Absence::Absent | Absence::LikeMadeUp(_) | Absence::Refused(_) | Absence::There(_),
        ) => None,
    }
}

fn are_not_refused(contract: &ContractFacts) -> Verdict {
    judge(contract, |absence| match absence {
        Absence::Refused(status) => Some(format!("answered {status}")),
        Absence::Absent | Absence::LikeMadeUp(_) | Absence::There(_) | Absence::Unclear(_) => None,
    })
}

/// A guard that refuses everything below a prefix is no soft 404.
fn unknown_is_404(contract: &ContractFacts) -> Verdict {
    judge(contract, |absence| match absence {
        Absence::LikeMadeUp(status @ 200..400) => {
            Some(format!("answered {status}, like a made-up path beside it"))
        }
        Absence::Absent
        | Absence::LikeMadeUp(_)
        | Absence::Refused(_)
        | Absence::There(_)
        | Absence::Unclear(_) => None,
    })
}
