//! Each way a preflight fails, by its cause.

use super::{CORS_CREDENTIALS, CORS_PREFLIGHT, allowed, decide, on_preflight};
use crate::facts::cors::{Asker, CorsFacts, Preflight};
use crate::model::{RuleId, Severity, Topic, Untrusted};
use crate::rules::{Check, LEFT_OUT, Observed, Rule, Verdict};
use crate::wire::cors::PreflightFault as Fault;

const FAILS: &str = "Browsers ask with OPTIONS before such a call and never send it when the answer \
                     is not a yes: the call fails for every user, while curl and tests succeed.";
const SEEN_BY: &str = "The preflight a browser would send for the declared method and headers, from \
                       each declared origin, without cookies and without Authorization; none where \
                       a browser sends none. A method without a declared endpoint is asked for at \
                       another's: refused there, it counts where a made-up path refuses it alike. \
                       Where nothing in a refusal tells its cause, further preflights do: with the \
                       method alone, with each header alone, and for another declared origin.";

const OK: &str = "a status from 200 to 299";

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("cors/preflight-unauthorized"),
        title: "The preflight is asked for credentials",
        severity: Severity::High,
        rationale: FAILS,
        expected: OK,
        remediation: "Run CORS before authentication, or exempt OPTIONS from it: preflights never carry \
         credentials.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| by_fault(cors, |fault| matches!(fault, Fault::Unauthorized))),
    },
    Rule {
        id: RuleId::new("cors/preflight-forbidden"),
        title: "The preflight is refused with 403",
        severity: Severity::High,
        rationale: FAILS,
        expected: OK,
        remediation: "Let OPTIONS through to the CORS layer: authorization, CSRF protection and firewalls often \
         run before it.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| by_fault(cors, |fault| matches!(fault, Fault::Forbidden))),
    },
    Rule {
        id: RuleId::new("cors/preflight-not-routed"),
        title: "No route answers the preflight",
        severity: Severity::High,
        rationale: FAILS,
        expected: OK,
        remediation: "Mount the CORS layer ahead of the router, or route OPTIONS to it on this path.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| by_fault(cors, |fault| matches!(fault, Fault::NotRouted))),
    },
    Rule {
        id: RuleId::new("cors/preflight-rejected"),
        title: "The preflight is taken for a bad request",
        severity: Severity::High,
        rationale: FAILS,
        expected: OK,
        remediation: "Answer OPTIONS in the CORS layer before the request is validated.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| by_fault(cors, |fault| matches!(fault, Fault::BadRequest))),
    },
    Rule {
        id: RuleId::new("cors/preflight-redirected"),
        title: "The preflight is redirected",
        severity: Severity::High,
        rationale: FAILS,
        expected: OK,
        remediation: "Call the final URL (scheme, host, trailing slash), or exempt OPTIONS from the redirect: \
         browsers never follow it.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| by_fault(cors, |fault| matches!(fault, Fault::Redirected))),
    },
    Rule {
        id: RuleId::new("cors/preflight-throttled"),
        title: "The preflight is rate limited",
        severity: Severity::High,
        rationale: FAILS,
        expected: OK,
        remediation: "Exempt OPTIONS from the rate limit.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(throttled),
    },
    Rule {
        id: RuleId::new("cors/preflight-error"),
        title: "The preflight breaks the server",
        severity: Severity::High,
        rationale: FAILS,
        expected: OK,
        remediation: "Answer OPTIONS with 204 and the CORS fields.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| {
            by_fault(cors, |fault| {
                matches!(fault, Fault::ServerError | Fault::Status)
            })
        }),
    },
    Rule {
        id: RuleId::new("cors/preflight-origin-refused"),
        title: "The preflight does not allow a declared origin",
        severity: Severity::High,
        rationale: FAILS,
        expected: "Access-Control-Allow-Origin with exactly the origin that asked",
        remediation: "Set the CORS fields on the preflight as well as on the real answer.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(origin_refused),
    },
    Rule {
        id: RuleId::new("cors/preflight-method-missing"),
        title: "A declared method is not allowed",
        severity: Severity::High,
        rationale: FAILS,
        expected: "the method in Access-Control-Allow-Methods",
        remediation: "Add the method to Access-Control-Allow-Methods, in upper case: methods compare byte for byte.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| {
            by_fault(cors, |fault| {
                matches!(fault, Fault::MethodAbsent(_) | Fault::MethodCase(_))
            })
        }),
    },
    Rule {
        id: RuleId::new("cors/preflight-header-missing"),
        title: "A declared request header is not allowed",
        severity: Severity::High,
        rationale: FAILS,
        expected: "the header in Access-Control-Allow-Headers",
        remediation: "Add the header to Access-Control-Allow-Headers.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| by_fault(cors, |fault| matches!(fault, Fault::HeaderAbsent(_)))),
    },
    Rule {
        id: RuleId::new("cors/preflight-list-malformed"),
        title: "Access-Control-Allow-Methods or -Headers is not a list of names",
        severity: Severity::High,
        rationale: FAILS,
        expected: "names separated by commas",
        remediation: "Separate the names by commas, without brackets or quotation marks.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| {
            by_fault(cors, |fault| {
                matches!(fault, Fault::MethodsMalformed | Fault::HeadersMalformed)
            })
        }),
    },
    Rule {
        id: RuleId::new("cors/preflight-wildcard-literal"),
        title: "`*` is no wildcard when credentials are sent",
        severity: Severity::High,
        rationale: FAILS,
        expected: "the method and headers by name",
        remediation: "Name the methods and headers: with credentials, `*` is a method or header called `*`.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT, CORS_CREDENTIALS],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| {
            by_fault(cors, |fault| {
                matches!(
                    fault,
                    Fault::MethodBehindWildcard(_) | Fault::HeaderBehindWildcard(_)
                )
            })
        }),
    },
    Rule {
        id: RuleId::new("cors/authorization-behind-wildcard"),
        title: "Authorization hides behind `*`",
        severity: Severity::Medium,
        rationale: "`*` never covers Authorization. Firefox refuses the call; Chromium still lets it \
                    through and says that it will not for ever.",
        expected: "authorization, by name",
        remediation: "Name `Authorization` in Access-Control-Allow-Headers.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(|cors| {
            by_fault(cors, |fault| {
                matches!(fault, Fault::AuthorizationBehindWildcard)
            })
        }),
    },
    Rule {
        id: RuleId::new("cors/preflight-status"),
        title: "The preflight has another status than declared",
        severity: Severity::Low,
        rationale: "Browsers take any status from 200 to 299, but the target file declares one.",
        expected: "the declared status",
        remediation: "Answer the declared status, or correct `preflight_status` in the target file.",
        observed_by: SEEN_BY,
        references: &[CORS_PREFLIGHT],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(status),
    },
];

const DECLARED: fn(Asker) -> bool = |asker| asker == Asker::Declared;
const NONE: &str = "no declared call asks first";

fn by_fault(cors: &CorsFacts, wanted: fn(&Fault) -> bool) -> Verdict {
    let judged = cors
        .declared_preflights()
        .filter(|preflight| !is_for_the_origin(cors, preflight));
    let observed = judged.flat_map(|preflight| {
        preflight
            .faults
            .iter()
            .filter(move |fault| wanted(fault))
            .map(|fault| observe(preflight, fault))
    });
    let guess = cors.guesses().find(|guess| guess.faults.iter().any(wanted));
    judge(cors, guess, observed.collect())
}

/// Where other requests were throttled too, the audit ran into a limit, and no page may have.
fn throttled(cors: &CorsFacts) -> Verdict {
    let verdict = by_fault(cors, |fault| matches!(fault, Fault::Throttled));
    if matches!(verdict, Verdict::Fail(_)) && !cors.limited.is_empty() {
        return Verdict::Unknown("rate limited, like other requests of this run".to_owned());
    }
    verdict
}

/// The preflight of an origin that is off the list fails with the answers, whatever its status; that is
/// one cause, judged by cors/origin-refused. So is a path without any CORS, where the answer cannot be
/// read either: cors/answer-unreadable says so. What a preflight allows by name it has on its list.
fn is_for_the_origin(cors: &CorsFacts, preflight: &Preflight) -> bool {
    let refused = !preflight.names_its_origin() && cors.is_refused(preflight.origin.as_ref());
    refused || (preflight.allow_origin.is_none() && cors.is_bare(preflight.path()))
}

/// A refusal where nobody said that the method is called is no fault, and no pass.
pub(super) fn judge(
    cors: &CorsFacts,
    guess: Option<&Preflight>,
    observed: Vec<Observed>,
) -> Verdict {
    if !observed.is_empty() || cors.unseen.iter().any(|unseen| DECLARED(unseen.asker)) {
        return decide(cors, DECLARED, NONE, observed);
    }
    let judged = cors.declared_preflights().next().is_some();
    let guess = guess.or(cors.guesses().next().filter(|_| !judged));
    match guess {
        Some(guess) => Verdict::NotTested(format!(
            "no endpoint is declared for {}: name one, or where to ask in `cors.probe`",
            guess.method()
        )),
        None if judged => Verdict::Pass,
        None if cors.left_out.iter().any(|asker| DECLARED(*asker)) => {
            Verdict::NotTested(LEFT_OUT.to_owned())
        }
        None => Verdict::NotApplicable(NONE),
    }
}

/// What was answered, and what was wanted instead.
fn observe(preflight: &Preflight, fault: &Fault) -> Observed {
    let list = |name: &str, value: &Option<Untrusted>| {
        value.as_ref().map_or_else(
            || format!("no {name}"),
            |value| format!("{name}: {}", value.raw()),
        )
    };
    let methods = || list("Access-Control-Allow-Methods", &preflight.allow_methods);
    let headers = || list("Access-Control-Allow-Headers", &preflight.allow_headers);
    let (said, wanted) = match fault {
        Fault::MethodAbsent(name) | Fault::MethodCase(name) | Fault::MethodBehindWildcard(name) => {
            (methods(), format!("{name} in Access-Control-Allow-Methods"))
        }
        Fault::HeaderAbsent(name) | Fault::HeaderBehindWildcard(name) => {
            (headers(), format!("{name} in Access-Control-Allow-Headers"))
        }
        Fault::AuthorizationBehindWildcard => (
            headers(),
            "authorization in Access-Control-Allow-Headers".to_owned(),
        ),
        Fault::MethodsMalformed => (methods(), fault.fix().to_owned()),
        Fault::HeadersMalformed => (headers(), fault.fix().to_owned()),
        Fault::Access(_) => (
            allowed(preflight.allow_origin.as_ref()),
            format!(
                "Access-Control-Allow-Origin: {}",
                preflight.origin.as_deref().unwrap_or("the origin")
            ),
        ),
        Fault::Redirected
        | Fault::Unauthorized
        | Fault::Forbidden
        | Fault::NotRouted
        | Fault::BadRequest
        | Fault::Throttled
        | Fault::ServerError
        | Fault::Status => (
            format!("OPTIONS answered {}", preflight.status),
            "a 2xx answer to OPTIONS".to_owned(),
        ),
    };
    let said = match preflight.compared {
        Some(status) => format!(
            "OPTIONS answered {} ({said}), {status} without it",
            preflight.status
        ),
        None => said,
    };
    on_preflight(preflight, said).wanted(wanted)
}

/// The preflight leaves the origin out although the real answer lets it in, or none was seen.
fn origin_refused(cors: &CorsFacts) -> Verdict {
    by_fault(
        cors,
        |fault| matches!(fault, Fault::Access(fault) if fault.is_left_out()),
    )
}

fn status(cors: &CorsFacts) -> Verdict {
    if cors
        .declared
        .as_ref()
        .is_none_or(|cors| cors.preflight_status.is_none())
    {
        return Verdict::NotApplicable("no status was declared for preflights");
    }
    let observed = cors.declared_preflights().filter_map(|preflight| {
        let wanted = preflight
            .declared_status
            .filter(|_| (200..300).contains(&preflight.status))?;
        Some(
            on_preflight(preflight, format!("OPTIONS answered {}", preflight.status))
                .wanted(wanted.to_string()),
        )
    });
    judge(cors, None, observed.collect())
}
