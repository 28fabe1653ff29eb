//! Tokens in the URL.

use super::{NO_ENDPOINT, OWASP_AUTHENTICATION};
use crate::facts::auth::{AuthFacts, Taken};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[Rule {
    id: RuleId::new("auth/query-token"),
    title: "Tokens are taken from the URL",
    severity: Severity::Low,
    rationale: "URLs are kept in the logs of every server and proxy on the way, in histories and in \
                bookmarks: whoever reads those can use the tokens in them.",
    expected: "the answer to a request without credentials",
    remediation: "Read the credential from its header field only (passport-http-bearer and \
                  express-bearer-token read the query unless told not to).",
    observed_by: "A made-up token as `access_token`, `token` and `api_key`: it is answered as a made-up \
                  one in the field is, and not as none is. No valid token is put into a URL.",
    references: &[
        Reference::Rfc(6750, "2.3"),
        Reference::Rfc(6750, "5.3"),
        Reference::Standard(
            "CWE-598, sensitive query strings",
            "https://cwe.mitre.org/data/definitions/598.html",
        ),
        OWASP_AUTHENTICATION,
    ],
    cap: None,
    rests_on: &[Topic::Refusal, Topic::BadCredential, Topic::Bypass],
    check: Check::Auth(keeps_to_fields),
}];

fn keeps_to_fields(auth: &AuthFacts) -> Verdict {
    if auth.in_query.is_empty() {
        return match (auth.attempts.is_empty(), auth.scheme.as_str()) {
            (true, _) => Verdict::NotApplicable(NO_ENDPOINT),
            (false, "basic" | "cookie") => Verdict::NotApplicable("the credential is no token"),
            (false, _) => Verdict::NotTested(super::NEEDS_REFUSAL.to_owned()),
        };
    }
    let taken = |taken: Taken| {
        auth.in_query
            .iter()
            .filter(move |tried| tried.taken == taken)
    };
    let observed: Vec<Observed> = taken(Taken::ForCredential)
        .map(|tried| {
            let said = format!("{}, as to a made-up token in its field", tried.status);
            Observed::new(&tried.at, said).about(tried.label.clone())
        })
        .collect();
    if !observed.is_empty() {
        return Verdict::Fail(observed);
    }
    if taken(Taken::ForValid).next().is_some() {
        let why = "a made-up token there gets in, see auth/accepts-garbage";
        return Verdict::NotTested(why.to_owned());
    }
    match taken(Taken::Unclear).next() {
        None => Verdict::Pass,
        Some(tried) => Verdict::NotTested(format!(
            "{}: a made-up credential is answered like none, or any query otherwise than none",
            tried.label
        )),
    }
}
