//! Declared endpoints: status, fields, JSON, body, size, time.

use crate::facts::contract::{Answer, Answered, Checked, ContractFacts, Part, Standing};
use crate::model::{Family, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};

const ASKED: &str = "The endpoint, asked as declared. Where an origin rode along and the status \
                     was another, the same request without one counts.";

const DECLARATION: &str = "Mend the endpoint, or the declaration if it is out of date.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("contract/not-measured"),
        title: "Declared endpoints could not be looked at",
        severity: Severity::High,
        rationale: "Nothing can be said about the contract.",
        expected: "answers from the declared endpoints",
        remediation: "Make the address answer requests.",
        observed_by: "Requests to the declared endpoints.",
        references: &[Reference::Rfc(9110, "15")],
        cap: None,
        rests_on: &[],
        check: Check::Measured(Family::Contract),
    },
    Rule {
        id: RuleId::new("contract/wrong-status"),
        title: "An endpoint does not answer the declared status",
        severity: Severity::High,
        rationale: "Clients built against the contract fail here.",
        expected: "the declared status",
        remediation: DECLARATION,
        observed_by: ASKED,
        references: &[Reference::Rfc(9110, "15")],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(answers_as_declared),
    },
    Rule {
        id: RuleId::new("contract/platform-error"),
        title: "The platform answers for the application",
        severity: Severity::High,
        rationale: "502, 503 and 504 come from the proxy in front: the application is not up, not \
                    reachable, or not in time. Its own logs may show nothing.",
        expected: "an answer of the application",
        remediation: "Look at the deployment and its health checks first, at the code second.",
        observed_by: "A 502, 503 or 504 that is not the declared status; asked twice.",
        references: &[
            Reference::Rfc(9110, "15.6.3"),
            Reference::Rfc(9110, "15.6.5"),
        ],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(application_answers),
    },
    Rule {
        id: RuleId::new("contract/no-answer"),
        title: "An endpoint gives no answer",
        severity: Severity::High,
        rationale: "Clients wait for their own timeout.",
        expected: "an answer within the timeout",
        remediation: "Look for a handler that hangs or a process that dies on this path.",
        observed_by: "The endpoint, asked twice while others answered. An answer that ends before its \
                      length or its last chunk is none.",
        references: &[Reference::Rfc(9110, "15"), Reference::Rfc(9112, "8")],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(answers_at_all),
    },
    Rule {
        id: RuleId::new("contract/not-json"),
        title: "An answer that should be JSON is not",
        severity: Severity::Medium,
        rationale: "Clients fail on the first byte. It is often an error page with a good status.",
        expected: "a JSON document",
        remediation: DECLARATION,
        observed_by: "The whole body, up to 1 MiB or the declared size. Where it goes on, was cut \
                      short, or came compressed unasked, nothing is said.",
        references: &[Reference::Rfc(8259, "2")],
        cap: None,
        rests_on: &[Topic::DeclaredBody],
        check: Check::Contract(is_json),
    },
    Rule {
        id: RuleId::new("contract/wrong-json"),
        title: "A value in an answer is not as declared",
        severity: Severity::Medium,
        rationale: "The service runs, but not as it should: another version, another environment, a \
                    part that is switched off.",
        expected: "the declared value",
        remediation: DECLARATION,
        observed_by: "JSON Pointers into the body of an answer with the declared status.",
        references: &[Reference::Rfc(6901, "4")],
        cap: None,
        rests_on: &[Topic::DeclaredBody],
        check: Check::Contract(has_values),
    },
    Rule {
        id: RuleId::new("contract/near-alert"),
        title: "A value is beyond its bound, and not yet its alert",
        severity: Severity::Low,
        rationale: "The service holds, with less room than was planned for.",
        expected: "a value within its bound",
        remediation: "Find out what grows, before it reaches the alert.",
        observed_by: "JSON Pointers, fields and bodies with `max` or `min` and an `alert` beside it. \
                      Beyond the alert it is contract/wrong-json, contract/wrong-header or \
                      contract/wrong-body.",
        references: &[],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(has_room),
    },
    Rule {
        id: RuleId::new("contract/wrong-header"),
        title: "A field of an answer is not as declared",
        severity: Severity::Medium,
        rationale: "Caches and clients act on the field, not on the intention.",
        expected: "the declared field",
        remediation: DECLARATION,
        observed_by: "Every line of the field, and all of them joined.",
        references: &[Reference::Rfc(9110, "5.3")],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(has_fields),
    },
    Rule {
        id: RuleId::new("contract/wrong-body"),
        title: "The body of an answer is not as declared",
        severity: Severity::Medium,
        rationale: "Whoever reads it, a monitor or a client, takes the service for broken.",
        expected: "the declared text",
        remediation: DECLARATION,
        observed_by: "The body as text; a line end after it is forgiven.",
        references: &[],
        cap: None,
        rests_on: &[Topic::DeclaredBody],
        check: Check::Contract(has_body),
    },
    Rule {
        id: RuleId::new("contract/wrong-size"),
        title: "The body of an answer has another size than declared",
        severity: Severity::Low,
        rationale: "A body that grew or shrank unnoticed is often another document.",
        expected: "the declared size",
        remediation: DECLARATION,
        observed_by: "The bytes of the body after transfer decoding, compression not asked for, \
                      counted to one more than is declared.",
        references: &[],
        cap: None,
        rests_on: &[Topic::DeclaredBody],
        check: Check::Contract(has_size),
    },
    Rule {
        id: RuleId::new("contract/slow"),
        title: "An answer takes longer than declared",
        severity: Severity::Low,
        rationale: "The declared time is what callers were built for.",
        expected: "the declared time",
        remediation: "Look at what the endpoint waits for.",
        observed_by: "The least of three times from the request to the last byte, less one TCP \
                      connect where the declaration is over the network. Load of this machine can \
                      only add.",
        references: &[],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(is_in_time),
    },
    Rule {
        id: RuleId::new("contract/differs"),
        title: "An answer differs from the one it must be like",
        severity: Severity::Medium,
        rationale: "Clients that are moved from the one to the other fail.",
        expected: "the same status, type and shape, and the values in `equal`",
        remediation: "Deploy the same contract to both, or declare them apart.",
        observed_by: "The same request of both targets: status, media type, names and kinds of JSON \
                      members, messages word by word; other values may differ, but for those in \
                      `equal`.",
        references: &[],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(is_alike),
    },
];

/// 429 is never a failure of the contract: where nothing else is wrong, it leaves it undecided.
fn answers_as_declared(contract: &ContractFacts) -> Verdict {
    if let Some(open) = none_asked(contract) {
        return open;
    }
    let wrong = contract.endpoints.iter().filter_map(|seen| {
        let Answer::Status(status) = seen.answer else {
            return None;
        };
        // An answer with a system file in it is contract/reveals-file.
        let own_rule = seen.by_platform || seen.file.is_some();
        let other = !seen.wanted.contains(status) && !own_rule;
        other.then(|| told(seen, status))
    });
    let wrong: Vec<Observed> = wrong.collect();
    let limited = contract
        .endpoints
        .iter()
        .find(|seen| seen.answer == Answer::Limited);
    match limited {
        Some(seen) if wrong.is_empty() => {
            Verdict::Unknown(format!("{} answered 429: rate limited", seen.label))
        }
        Some(_) | None => {
            let verdict = Verdict::unless(wrong);
            match (&verdict, contract.unasked.first()) {
                (Verdict::Pass, Some((label, why))) => {
                    let more = contract.unasked.len();
                    Verdict::NotTested(format!("{more} not asked, first {label}: {why}"))
                }
                _ => verdict,
            }
        }
    }
}

/// With what further looks found, where they found something else.
fn told(seen: &Answered, status: u16) -> Observed {
    let again: Vec<String> = seen
        .again
        .iter()
        .filter(|again| **again != status)
        .map(u16::to_string)
        .collect();
    let place = seen.moved_to.as_ref();
    let place = place.map_or_else(String::new, |place| format!(" to {}", place.raw()));
    let said = if again.is_empty() {
        format!("answered {status}{place}")
    } else {
        format!("answered {status}{place}, then {}", again.join(", "))
    };
    observed(seen, said)
        .wanted(seen.wanted.to_string())
        .of_part("status")
}

fn observed(seen: &Answered, said: impl Into<crate::model::Untrusted>) -> Observed {
    Observed::new(&seen.at, said).about(seen.label.as_str())
}

/// Where not one of the declared endpoints was asked, nothing about answers has passed.
fn none_asked(contract: &ContractFacts) -> Option<Verdict> {
    let (label, why) = contract.unasked.first()?;
    let why = format!("no declared endpoint was asked, {label} because {why}");
    contract
        .endpoints
        .is_empty()
        .then_some(Verdict::NotTested(why))
}

fn application_answers(contract: &ContractFacts) -> Verdict {
    if let Some(open) = none_asked(contract) {
        return open;
    }
    let platform = contract
        .endpoints
        .iter()
        .filter_map(|seen| match seen.answer {
            Answer::Status(status) if seen.by_platform && !seen.wanted.contains(status) => {
                Some(told(seen, status))
            }
            Answer::Status(_) | Answer::Limited | Answer::Failed(_) => None,
        });
    Verdict::unless(platform.collect())
}

fn answers_at_all(contract: &ContractFacts) -> Verdict {
    if let Some(open) = none_asked(contract) {
        return open;
    }
    let silent = contract
        .endpoints
        .iter()
        .filter_map(|seen| match &seen.answer {
            Answer::Failed(why) => Some(observed(seen, why.as_str())),
            Answer::Status(_) | Answer::Limited => None,
        });
    Verdict::unless(silent.collect())
}

fn has_room(contract: &ContractFacts) -> Verdict {
    if let Some(open) = none_asked(contract) {
        return open;
    }
    let near = with(contract, |one| one.standing == Standing::NearAlert);
    let warnings = near.map(|(seen, one)| observed(seen, one.said()).wanted(one.declared()));
    let of_values = |one: &Checked| !matches!(one.part, Part::Size | Part::Time);
    let open = with(contract, |one| {
        of_values(one) && one.standing == Standing::Open
    });
    unless_open(Verdict::unless(warnings.collect()), open)
}

/// What is declared of answers, of this kind.
fn with(
    contract: &ContractFacts,
    which: impl Fn(&Checked) -> bool,
) -> impl Iterator<Item = (&Answered, &Checked)> {
    let all = contract.endpoints.iter();
    let all = all.flat_map(|seen| seen.checked.iter().map(move |one| (seen, one)));
    all.filter(move |(_, one)| which(one))
}

/// Nothing passes while something of it was not seen.
fn unless_open<'f>(
    verdict: Verdict,
    mut open: impl Iterator<Item = (&'f Answered, &'f Checked)>,
) -> Verdict {
    match open.next() {
        Some((seen, open)) if verdict == Verdict::Pass => {
            Verdict::NotTested(format!("{}: {}", seen.label, open.found.raw()))
        }
        Some(_) | None => verdict,
    }
}

/// Whether a part was not seen. Values stand in a document, which has to be JSON before they are.
fn is_open(part: Part, one: &Checked) -> bool {
    let open = one.standing == Standing::Open;
    match part {
        Part::NotJson => open && matches!(one.part, Part::NotJson | Part::Json),
        Part::Json => one.part == Part::NotJson || (open && one.part == Part::Json),
        Part::Header | Part::Body | Part::Size | Part::Time => open && one.part == part,
    }
}

fn holds(contract: &ContractFacts, part: Part) -> Verdict {
    if let Some(open) = none_asked(contract) {
        return open;
    }
    let missed = with(contract, |one| {
        (one.part, one.standing) == (part, Standing::NotMet)
    });
    let missed = missed.map(|(seen, missed)| {
        let found = observed(seen, missed.said())
            .wanted(missed.declared())
            .of_part(missed.name());
        match part {
            Part::Size => found.shown_by(ShownBy::Size),
            Part::Time => found.shown_by(ShownBy::Time),
            Part::Header | Part::NotJson | Part::Json | Part::Body => found,
        }
    });
    let open = with(contract, |one| is_open(part, one));
    unless_open(Verdict::unless(missed.collect()), open)
}

fn is_json(contract: &ContractFacts) -> Verdict {
    holds(contract, Part::NotJson)
}

fn has_values(contract: &ContractFacts) -> Verdict {
    holds(contract, Part::Json)
}

fn has_fields(contract: &ContractFacts) -> Verdict {
    holds(contract, Part::Header)
}

fn has_body(contract: &ContractFacts) -> Verdict {
    holds(contract, Part::Body)
}

fn has_size(contract: &ContractFacts) -> Verdict {
    holds(contract, Part::Size)
}

fn is_in_time(contract: &ContractFacts) -> Verdict {
    holds(contract, Part::Time)
}

fn is_alike(contract: &ContractFacts) -> Verdict {
    if contract.comparisons.is_empty() {
        return Verdict::NotApplicable("no endpoint is declared to be like another target's");
    }
    let differing = contract.comparisons.iter().filter_map(|pair| {
        let difference = pair.difference.as_ref()?;
        let said = format!("{} of {}", difference.raw(), pair.other);
        Some(Observed::new(&pair.at, said).about(pair.label.as_str()))
    });
    let differing: Vec<Observed> = differing.collect();
    match contract.comparisons.iter().find(|pair| !pair.seen) {
        Some(pair) if differing.is_empty() => {
            let why = format!("{} of {} is not in this run", pair.label, pair.other);
            Verdict::NotTested(why)
        }
        Some(_) | None => Verdict::unless(differing),
    }
}

#[cfg(test)]
mod tests;
