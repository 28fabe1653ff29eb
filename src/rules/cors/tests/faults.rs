//! Every way in which a browser refuses, and that a rule fails on it.

use super::{A, ACAC, ACAH, ACAM, ACAO, ALLOWED, B, GOOD, LEAVE, contract, facts, failing};
use crate::facts::cors::CorsFacts;
use crate::model::{CorsContract, Severity};
use crate::rules::find;
use crate::wire::cors::{AccessFault, PreflightFault};

/// One answer for each way in which the CORS check fails a call with credentials.
const ACCESS: [(AccessFault, &[(&str, &str)]); 16] = [
    (AccessFault::Absent, &[(ACAC, "true")]),
    (AccessFault::Empty, &[(ACAO, ""), (ACAC, "true")]),
    (
        AccessFault::Doubled,
        &[(ACAO, "O"), (ACAO, "O"), (ACAC, "true")],
    ),
    (
        AccessFault::List,
        &[
            (ACAO, "https://app.example.com, https://b.example.com"),
            (ACAC, "true"),
        ],
    ),
    (
        AccessFault::WildcardWithCredentials,
        &[(ACAO, "*"), (ACAC, "true")],
    ),
    (
        AccessFault::Pattern,
        &[(ACAO, "https://*.example.com"), (ACAC, "true")],
    ),
    (
        AccessFault::TrailingSlash,
        &[(ACAO, "https://app.example.com/"), (ACAC, "true")],
    ),
    (
        AccessFault::Path,
        &[(ACAO, "https://app.example.com/app"), (ACAC, "true")],
    ),
    (
        AccessFault::LetterCase,
        &[(ACAO, "https://App.example.com"), (ACAC, "true")],
    ),
    (
        AccessFault::Scheme,
        &[(ACAO, "http://app.example.com"), (ACAC, "true")],
    ),
    (
        AccessFault::NoScheme,
        &[(ACAO, "app.example.com"), (ACAC, "true")],
    ),
    (
        AccessFault::Port,
        &[(ACAO, "https://app.example.com:443"), (ACAC, "true")],
    ),
    (
        AccessFault::Quoted,
        &[(ACAO, "\"https://app.example.com\""), (ACAC, "true")],
    ),
    (
        AccessFault::Other,
        &[(ACAO, "https://other.example.com"), (ACAC, "true")],
    ),
    (AccessFault::CredentialsAbsent, &[(ACAO, "O")]),
    (
        AccessFault::CredentialsMisspelt,
        &[(ACAO, "O"), (ACAC, "yes")],
    ),
];

/// The place of a fault in that table: a new one does not compile until it has an answer there.
const fn place(fault: AccessFault) -> usize {
    match fault {
        AccessFault::Absent => 0,
        AccessFault::Empty => 1,
        AccessFault::Doubled => 2,
        AccessFault::List => 3,
        AccessFault::WildcardWithCredentials => 4,
        AccessFault::Pattern => 5,
        AccessFault::TrailingSlash => 6,
        AccessFault::Path => 7,
        AccessFault::LetterCase => 8,
        AccessFault::Scheme => 9,
        AccessFault::NoScheme => 10,
        AccessFault::Port => 11,
        AccessFault::Quoted => 12,
        AccessFault::Other => 13,
        AccessFault::CredentialsAbsent => 14,
        AccessFault::CredentialsMisspelt => 15,
    }
}

/// What fails, and is as grave as a call that fails for every user.
fn grave(facts: &CorsFacts) -> Vec<&'static str> {
    let mut ids = failing(facts);
    ids.retain(|id| find(id).is_some_and(|rule| rule.severity >= Severity::Medium));
    ids
}

#[test]
fn every_fault_of_the_cors_check_is_a_finding() {
    let mut preflight: Vec<(&str, &str)> = LEAVE.to_vec();
    preflight.retain(|(name, _)| ![ACAO, ACAC].contains(name));
    for (nth, (fault, fields)) in ACCESS.iter().enumerate() {
        assert_eq!(place(*fault), nth);
        let answers = [("GET /x", 200), ("GET /me", 401)];
        for (what, status) in answers {
            let mut seen = GOOD.to_vec();
            seen.push((what, "declared", A, status, fields));
            let facts = facts(Some(contract()), &seen);
            let met = facts.to_declared().filter_map(|one| facts.fault(one));
            assert_eq!(met.collect::<Vec<_>>(), [*fault]);
            assert!(!grave(&facts).is_empty(), "{fault:?} on {what}");
        }
        let fields: &'static [(&str, &str)] = [*fields, preflight.as_slice()].concat().leak();
        let mut seen = GOOD.to_vec();
        seen.push(("? PUT /me", "declared", A, 204, fields));
        assert!(
            !grave(&facts(Some(contract()), &seen)).is_empty(),
            "{fault:?} on a preflight"
        );
    }
}

/// A status, fields, and the place of the fault in [`kind`].
type Refusal = (u16, &'static [(&'static str, &'static str)], usize);

/// One answer for each way in which a preflight fails, beside the CORS check.
const PREFLIGHT: [Refusal; 16] = [
    (307, LEAVE, 0),
    (401, &[], 1),
    (403, &[], 2),
    (405, &[], 3),
    (422, &[], 4),
    (429, &[], 5),
    (503, &[], 6),
    (600, &[], 7),
    (
        204,
        &[
            (ACAO, "*"),
            (ACAM, "PUT"),
            (ACAH, "authorization, content-type"),
        ],
        8,
    ),
    (
        204,
        &[
            (ACAO, "O"),
            (ACAC, "true"),
            (ACAM, "PUT GET"),
            (ACAH, "authorization, content-type"),
        ],
        9,
    ),
    (
        204,
        &[
            (ACAO, "O"),
            (ACAC, "true"),
            (ACAM, "PUT"),
            (ACAH, "[authorization, content-type]"),
        ],
        10,
    ),
    (
        204,
        &[
            (ACAO, "O"),
            (ACAC, "true"),
            (ACAM, "GET"),
            (ACAH, "authorization, content-type"),
        ],
        11,
    ),
    (
        204,
        &[
            (ACAO, "O"),
            (ACAC, "true"),
            (ACAM, "put"),
            (ACAH, "authorization, content-type"),
        ],
        12,
    ),
    (
        204,
        &[
            (ACAO, "O"),
            (ACAC, "true"),
            (ACAM, "*"),
            (ACAH, "authorization, content-type"),
        ],
        13,
    ),
    (
        204,
        &[
            (ACAO, "O"),
            (ACAC, "true"),
            (ACAM, "PUT"),
            (ACAH, "content-type"),
        ],
        14,
    ),
    (
        204,
        &[(ACAO, "O"), (ACAC, "true"), (ACAM, "PUT"), (ACAH, "*")],
        15,
    ),
];

const fn kind(fault: &PreflightFault) -> usize {
    match fault {
        PreflightFault::Redirected => 0,
        PreflightFault::Unauthorized => 1,
        PreflightFault::Forbidden => 2,
        PreflightFault::NotRouted => 3,
        PreflightFault::BadRequest => 4,
        PreflightFault::Throttled => 5,
        PreflightFault::ServerError => 6,
        PreflightFault::Status => 7,
        PreflightFault::Access(_) => 8,
        PreflightFault::MethodsMalformed => 9,
        PreflightFault::HeadersMalformed => 10,
        PreflightFault::MethodAbsent(_) => 11,
        PreflightFault::MethodCase(_) => 12,
        PreflightFault::MethodBehindWildcard(_) => 13,
        PreflightFault::HeaderAbsent(_) => 14,
        PreflightFault::HeaderBehindWildcard(_) => 15,
        PreflightFault::AuthorizationBehindWildcard => 16,
    }
}

#[test]
fn every_fault_of_a_preflight_is_a_finding() {
    for (status, fields, expected) in PREFLIGHT {
        let mut seen = GOOD[2..].to_vec();
        seen.extend([A, B].map(|origin| ("? PUT /me", "declared", origin, status, fields)));
        let facts = facts(Some(contract()), &seen);
        let mut faults = facts.declared_preflights().flat_map(|one| &one.faults);
        assert!(
            faults.any(|fault| kind(fault) == expected),
            "{status} {fields:?}"
        );
        assert!(!grave(&facts).is_empty(), "{status} {fields:?}");
    }
    // Only a call without credentials can meet the last one.
    let anonymous = CorsContract {
        credentials: false,
        ..contract()
    };
    let fields = &[(ACAO, "*"), (ACAM, "*"), (ACAH, "*")];
    let seen = [
        ("? PUT /me", "declared", A, 204, &fields[..]),
        ("GET /x", "declared", A, 200, ALLOWED),
    ];
    let facts = facts(Some(anonymous), &seen);
    let mut faults = facts.declared_preflights().flat_map(|one| &one.faults);
    assert!(faults.any(|fault| kind(fault) == 16));
    assert_eq!(grave(&facts), ["cors/authorization-behind-wildcard"]);
}
