//! Is there an application behind the address at all?

use crate::facts::outage::Outage;
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Nothing of the service answers.
pub const NO_APPLICATION: RuleId = RuleId::new("contract/no-application");

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: NO_APPLICATION,
    title: "No application answers: the deployment is down",
    severity: Severity::High,
    rationale: "Whatever is asked, the platform answers in its place: no client is served. Header \
                fields, refusals and times are the platform's then, and nothing is said of them.",
    expected: "an answer of the application",
    remediation: "Look at the deployment: whether it exists under this name, whether the process \
                  runs and listens where the platform expects it, and what it logged last.",
    observed_by: "Every request that the application should answer: the page, declared endpoints, \
                  absent paths, refused methods, logins and credentials. All are answered 502, 503, 504 \
                  or a status of Cloudflare's for an origin it cannot reach, or by a page that only \
                  a platform writes. One answer of another kind, a declared one or an open socket, \
                  and nothing is found. A service that answers 503 to everybody while it is \
                  maintained is down as well.",
    references: &[
        Reference::Rfc(9110, "15.6.3"),
        Reference::Rfc(9110, "15.6.4"),
    ],
    cap: None,
    rests_on: &[Topic::Declared],
    check: Check::Outage(is_there),
}];

fn is_there(outage: Option<&Outage>) -> Verdict {
    let Some(outage) = outage else {
        return Verdict::NotApplicable("something of the service answers");
    };
    let said = match outage.requests {
        1 => outage.said.clone(),
        all => format!("{}; all {all} requests were answered so", outage.said),
    };
    Verdict::Fail(vec![Observed::new(&outage.at, said)])
}
