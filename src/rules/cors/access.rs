//! Do the declared origins read the answers, the refusals included?

use super::{
    CORS_CHECK, CORS_CREDENTIALS, allowed, decide, each_said_once, on_answer, on_preflight,
};
use crate::facts::cors::{Answer, Asker, CorsFacts, Occasion};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::cors::AccessFault;

const SEEN_BY: &str = "Fetch's CORS check on what was answered to each declared origin, preflights \
                       included: at what `cors.probe` names and at every declared endpoint, without \
                       credentials and with the valid one.";
const ERRORS_SEEN_BY: &str = "Fetch's CORS check on the errors that declared origins were answered: the \
                       refusal of each protected endpoint, a path that nobody made beside a place that \
                       shares, declared errors, and a 429 where one was met.";

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
        title: "An answer is closed to a declared origin that others let in",
        severity: Severity::High,
        rationale: "The origin is let in elsewhere, and not here: the browser sends the request, the server acts \
                    on it, and the page is told that it failed.",
        expected: EXACT,
        remediation: "Set the CORS fields on the real answer as well as on the preflight, of every endpoint that \
                      pages call; declare the others with `cors = false`.",
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
        observed_by: ERRORS_SEEN_BY,
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
        rests_on: &[Topic::AllowedOrigin, Topic::Preflight],
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
        rests_on: &[Topic::AllowedOrigin, Topic::Preflight],
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
        rests_on: &[Topic::AllowedOrigin, Topic::Preflight],
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
        rests_on: &[Topic::AllowedOrigin, Topic::Preflight],
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
        rests_on: &[Topic::AllowedOrigin, Topic::Preflight],
        check: Check::Cors(|cors| by_fault(cors, &[AccessFault::CredentialsMisspelt])),
    },
    Rule {
        id: RuleId::new("cors/declared-origin-error"),
        title: "A declared origin makes the server fail",
        severity: Severity::High,
        rationale: "What is answered without an Origin breaks for the page that is meant to call it: its users \
                    meet a server error that no test without a browser shows.",
        expected: "the declared answer",
        remediation: "Read the server's log for this request: most often the code that compares origins throws.",
        observed_by: "A 5xx that is not declared, to a declared origin, twice, where the same request without \
                      an Origin was answered otherwise, or was not seen.",
        references: &[Reference::Rfc(9110, "15.6")],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(works_for_the_origin),
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

fn is_allowed(cors: &CorsFacts) -> Verdict {
    let refused = cors.to_declared().filter(|answer| {
        cors.leaves_out(answer) && cors.is_told(answer) && cors.is_refused(answer.origin.as_ref())
    });
    let observed = refused.map(|answer| {
        let origin = answer.origin.as_deref().unwrap_or_default();
        let said = format!("Origin {origin}: {}", allowed(answer.allow_origin.as_ref()));
        on_answer(answer, said).wanted(format!("Access-Control-Allow-Origin: {origin}"))
    });
    decide(cors, DECLARED, NONE, each_said_once(observed.collect()))
}

fn is_readable(cors: &CorsFacts) -> Verdict {
    let observed = cors
        .to_declared()
        .filter(|answer| (200..400).contains(&answer.status) && is_lost(cors, answer))
        .map(unreadable)
        .collect();
    decide(cors, DECLARED, NONE, observed)
}

/// An error that the origin alone brings about is another rule's.
fn errors_are_readable(cors: &CorsFacts) -> Verdict {
    let errors = || {
        let all = cors.answers.iter().chain(&cors.limited);
        all.filter(|answer| cors.serves(answer.asker) && answer.status >= 400)
    };
    let observed: Vec<Observed> = errors()
        .filter(|answer| is_lost(cors, answer) && !breaks_for_the_origin(cors, answer))
        .map(unreadable)
        .collect();
    if observed.is_empty() && errors().next().is_none() && cors.unseen.is_empty() {
        let answered = cors.answers.iter().any(|answer| cors.serves(answer.asker));
        return if answered {
            Verdict::NotTested("no error was answered to a declared origin".to_owned())
        } else {
            Verdict::NotApplicable(NONE)
        };
    }
    decide(cors, |asker| cors.serves(asker), NONE, observed)
}

fn unreadable(answer: &Answer) -> Observed {
    let origin = answer.origin.as_deref().unwrap_or_default();
    let credential = match answer.occasion {
        Occasion::Credential => " and the valid credential",
        Occasion::Plain | Occasion::Root | Occasion::NotFound | Occasion::Limited => "",
    };
    let said = format!(
        "{} to {origin}{credential}: {}",
        answer.status,
        allowed(answer.allow_origin.as_ref())
    );
    on_answer(answer, said)
}

/// Whether an answer leaves out an origin that gets in elsewhere, in a part of the service that shares.
fn is_lost(cors: &CorsFacts, answer: &Answer) -> bool {
    let not_called = matches!(answer.status, 404 | 405 | 501)
        && !answer.is_called
        && answer.occasion == Occasion::Plain;
    cors.leaves_out(answer)
        && !not_called
        && !cors.is_outside(answer)
        && !cors.is_refused(answer.origin.as_ref())
        && is_shared(cors, answer)
}

/// What nobody made belongs to a part that shares where the place beside it does; of all others, an
/// origin that gets in anywhere shows that the service shares.
fn is_shared(cors: &CorsFacts, answer: &Answer) -> bool {
    let let_in = |other: &Answer| cors.serves(other.asker) && !cors.leaves_out(other);
    if answer.occasion == Occasion::NotFound {
        let mut beside = cors.answers.iter();
        return beside.any(|other| other.place == answer.place && let_in(other));
    }
    let preflights = cors.declared_preflights();
    let mut own = preflights.filter(|one| one.origin == answer.origin);
    cors.answers.iter().any(let_in) || own.any(|one| one.access().is_none() && one.status < 300)
}

/// A 5xx that is not declared, to an origin, where the same request without one is answered.
fn breaks_for_the_origin(cors: &CorsFacts, answer: &Answer) -> bool {
    answer.status >= 500 && !answer.is_declared && cors.is_well_without(answer)
}

/// Where no answer without an origin is known, one that is not declared counts all the same.
fn works_for_the_origin(cors: &CorsFacts) -> Verdict {
    let control = |answer: &Answer| {
        let nobody =
            |other: &&Answer| other.asker == Asker::Nobody && other.endpoint == answer.endpoint;
        cors.answers.iter().find(nobody).map(|other| other.status)
    };
    let broken = cors.to_declared().filter(|answer| {
        answer.status >= 500
            && !answer.is_declared
            && answer.occasion != Occasion::NotFound
            && control(answer).is_none_or(|status| status < 500)
            && !cors.is_refused(answer.origin.as_ref())
    });
    let observed = broken.map(|answer| {
        let origin = answer.origin.as_deref().unwrap_or_default();
        let without = control(answer).map_or(String::new(), |status| format!(", {status} without"));
        on_answer(
            answer,
            format!("{} to Origin {origin}{without}", answer.status),
        )
    });
    decide(cors, DECLARED, NONE, observed.collect())
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
