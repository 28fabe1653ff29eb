//! Do the declared origins read the answers, the refusals included?

use super::{
    CORS_CHECK, CORS_CREDENTIALS, allowed, decide, each_said_once, on_answer, on_preflight,
};
use crate::facts::cors::{Answer, Asker, CorsFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Rule, Verdict};
use crate::wire::cors::{AccessFault, PreflightFault};

const SEEN_BY: &str = "Fetch's CORS check on what was answered to each declared origin, preflights \
                       included.";

const EXACT: &str = "Access-Control-Allow-Origin with exactly the origin that asked";

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("cors/origin-refused"),
        title: "A declared origin is not allowed",
        severity: Severity::High,
        rationale: "No page of this origin can read anything: the browser reports a CORS error for every call.",
        expected: EXACT,
        remediation: "Add the origin to the server's allow-list, spelt as the browser sends it.",
        observed_by: SEEN_BY,
        references: &[CORS_CHECK],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(is_allowed),
    },
    Rule {
        id: RuleId::new("cors/answer-unreadable"),
        title: "The preflight is allowed, the answer is not",
        severity: Severity::High,
        rationale: "The browser sends the request, the server acts on it, and the page is told that it failed.",
        expected: EXACT,
        remediation: "Set the CORS fields on the real answer as well as on the preflight.",
        observed_by: SEEN_BY,
        references: &[CORS_CHECK],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(is_readable),
    },
    Rule {
        id: RuleId::new("cors/error-unreadable"),
        title: "Error answers lack the CORS fields",
        severity: Severity::Medium,
        rationale: "The page cannot tell a 401 from a dead network: instead of asking to log in it shows a \
             connection error. Often the handler that makes the error runs outside the CORS layer.",
        expected: EXACT,
        remediation: "Put the CORS layer around error handling and authentication (nginx: `add_header … always`).",
        observed_by: SEEN_BY,
        references: &[CORS_CHECK],
        cap: None,
        rests_on: &[Topic::ReadableError],
        check: Check::Cors(errors_are_readable),
    },
    Rule {
        id: RuleId::new("cors/allow-origin-doubled"),
        title: "Access-Control-Allow-Origin is sent twice",
        severity: Severity::High,
        rationale: "Two fields combine to a list, and a list equals no origin: every call fails in the browser.",
        expected: EXACT,
        remediation: "Set the field in one place only: the proxy or the application, not both.",
        observed_by: SEEN_BY,
        references: &[CORS_CHECK],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(|cors| by_fault(cors, &[AccessFault::Doubled])),
    },
    Rule {
        id: RuleId::new("cors/allow-origin-list"),
        title: "Access-Control-Allow-Origin lists several origins",
        severity: Severity::High,
        rationale: "The field holds one origin; browsers compare the whole value and refuse.",
        expected: EXACT,
        remediation: "Answer the one origin that asked, chosen from the list by the server, with `Vary: Origin`.",
        observed_by: SEEN_BY,
        references: &[CORS_CHECK],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(|cors| by_fault(cors, &[AccessFault::List])),
    },
    Rule {
        id: RuleId::new("cors/allow-origin-misspelt"),
        title: "Access-Control-Allow-Origin is not spelt as the browser spells it",
        severity: Severity::High,
        rationale: "Browsers compare byte for byte: a slash, a path, a capital, quotes, a pattern or a wrong \
         port is a different origin.",
        expected: EXACT,
        remediation: "Answer the Origin field of the request, unchanged, when it is on the list.",
        observed_by: SEEN_BY,
        references: &[CORS_CHECK],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(|cors| by_fault(cors, MISSPELT)),
    },
    Rule {
        id: RuleId::new("cors/credentials-missing"),
        title: "Credentials are declared and not allowed",
        severity: Severity::High,
        rationale: "Calls that send cookies or HTTP authentication fail in the browser.",
        expected: "Access-Control-Allow-Credentials: true",
        remediation: "Send `Access-Control-Allow-Credentials: true` on the answer and on its preflight.",
        observed_by: SEEN_BY,
        references: &[CORS_CHECK, CORS_CREDENTIALS],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(|cors| by_fault(cors, &[AccessFault::CredentialsAbsent])),
    },
    Rule {
        id: RuleId::new("cors/credentials-misspelt"),
        title: "Access-Control-Allow-Credentials is not exactly `true`",
        severity: Severity::High,
        rationale: "Only the four bytes `true` count; `True` and `1` are refused like a missing field.",
        expected: "Access-Control-Allow-Credentials: true",
        remediation: "Spell the value `true`, in lower case and once.",
        observed_by: SEEN_BY,
        references: &[CORS_CHECK, CORS_CREDENTIALS],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(|cors| by_fault(cors, &[AccessFault::CredentialsMisspelt])),
    },
];

const MISSPELT: &[AccessFault] = &[
    AccessFault::Pattern,
    AccessFault::TrailingSlash,
    AccessFault::Path,
    AccessFault::LetterCase,
    AccessFault::Scheme,
    AccessFault::NoScheme,
    AccessFault::Port,
    AccessFault::Quoted,
];

const DECLARED: fn(Asker) -> bool = |asker| asker == Asker::Declared;
const NONE: &str = "no declared origin to try";

/// The origin is simply not there: the other faults are ways to spell it wrong.
const fn is_left_out(fault: AccessFault) -> bool {
    matches!(
        fault,
        AccessFault::Absent | AccessFault::Empty | AccessFault::Other
    )
}

fn leaves_out(cors: &CorsFacts, answer: &Answer) -> bool {
    answer
        .fault(cors.with_credentials())
        .is_some_and(is_left_out)
}

/// Whether anything that was answered to the origin lets it in; `None` when the question was not
/// put.
fn gets_in(cors: &CorsFacts, origin: Option<&String>) -> (Option<bool>, Option<bool>) {
    let preflights: Vec<bool> =
        cors.declared_preflights()
            .filter(|preflight| preflight.origin.as_ref() == origin)
            .filter(|preflight| {
                (200..300).contains(&preflight.status) || preflight.allow_origin.is_some()
            })
            .map(|preflight| {
                !preflight.faults.iter().any(
                    |fault| matches!(fault, PreflightFault::Access(fault) if is_left_out(*fault)),
                )
            })
            .collect();
    let answers: Vec<bool> = cors
        .to_declared()
        .filter(|answer| answer.origin.as_ref() == origin)
        .map(|answer| !leaves_out(cors, answer))
        .collect();
    let any = |seen: &[bool]| (!seen.is_empty()).then(|| seen.contains(&true));
    (any(&preflights), any(&answers))
}

fn is_allowed(cors: &CorsFacts) -> Verdict {
    let observed = cors
        .to_declared()
        .filter(|answer| leaves_out(cors, answer))
        .filter_map(|answer| {
            let refused = !matches!(
                gets_in(cors, answer.origin.as_ref()),
                (Some(true), _) | (_, Some(true))
            );
            let origin = answer.origin.as_deref().unwrap_or_default();
            let said = format!("Origin {origin}: {}", allowed(answer.allow_origin.as_ref()));
            refused.then(|| {
                on_answer(answer, said).wanted(format!("Access-Control-Allow-Origin: {origin}"))
            })
        });
    decide(cors, DECLARED, NONE, each_said_once(observed.collect()))
}

fn is_readable(cors: &CorsFacts) -> Verdict {
    let good = |status: u16| (200..400).contains(&status);
    let observed = left_out(cors, good, |ins| {
        matches!(ins, (Some(true), _) | (_, Some(true)))
    });
    decide(cors, DECLARED, NONE, observed)
}

fn errors_are_readable(cors: &CorsFacts) -> Verdict {
    let bad = |status: u16| status >= 400;
    let observed = left_out(cors, bad, |ins| {
        matches!(ins, (Some(true), _) | (_, Some(true)))
    });
    decide(cors, DECLARED, NONE, observed)
}

fn left_out(
    cors: &CorsFacts,
    status: impl Fn(u16) -> bool,
    otherwise: impl Fn((Option<bool>, Option<bool>)) -> bool,
) -> Vec<Observed> {
    cors.to_declared()
        .filter(|answer| status(answer.status) && leaves_out(cors, answer))
        .filter(|answer| otherwise(gets_in(cors, answer.origin.as_ref())))
        .map(|answer| {
            let origin = answer.origin.as_deref().unwrap_or_default();
            let said = format!(
                "{} to {origin}: {}",
                answer.status,
                allowed(answer.allow_origin.as_ref())
            );
            on_answer(answer, said)
        })
        .collect()
}

fn by_fault(cors: &CorsFacts, wanted: &[AccessFault]) -> Verdict {
    let answers = cors.to_declared().filter_map(|answer| {
        let fault = answer
            .fault(cors.with_credentials())
            .filter(|fault| wanted.contains(fault))?;
        let said = format!(
            "{}: {}",
            allowed(answer.allow_origin.as_ref()),
            fault.text()
        );
        Some(on_answer(answer, said))
    });
    let preflights = cors.declared_preflights().filter_map(|preflight| {
        let fault = preflight.access().filter(|fault| wanted.contains(fault))?;
        let said = format!(
            "{}: {}",
            allowed(preflight.allow_origin.as_ref()),
            fault.text()
        );
        Some(on_preflight(preflight, said))
    });
    let observed: Vec<Observed> = answers.chain(preflights).collect();
    decide(cors, DECLARED, NONE, each_said_once(observed))
}
