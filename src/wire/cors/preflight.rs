//! Fetch §4.8, "CORS-preflight fetch": does the answer to `OPTIONS` let the real request out?

use super::reply::TokenList;
use super::{AccessFault, Call, Reply, access_check, safelist};

/// One thing on which a preflight fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PreflightFault {
    /// 3xx: browsers never follow a preflight.
    Redirected,
    /// 401 or 407: authentication ran before CORS.
    Unauthorized,
    /// 403: something refused it before CORS answered, or the CORS layer refused the origin, the
    /// method or a header.
    Forbidden,
    /// 404, 405 or 501: no route answers `OPTIONS`.
    NotRouted,
    /// 400, 415 or 422: the application took the preflight for a request of its own.
    BadRequest,
    /// 429: preflights count against the rate limit.
    Throttled,
    /// 5xx.
    ServerError,
    /// Any other status outside 200–299.
    Status,
    /// The status is good, and the page may not read the answer.
    Access(AccessFault),
    /// `Access-Control-Allow-Methods` is not a list of tokens.
    MethodsMalformed,
    /// `Access-Control-Allow-Headers` is not a list of tokens.
    HeadersMalformed,
    /// The method is not listed.
    MethodAbsent(String),
    /// The method is listed in another letter case, and methods compare byte for byte.
    MethodCase(String),
    /// Only `*` would cover the method, and with credentials that is a method called `*`.
    MethodBehindWildcard(String),
    /// The header is not listed.
    HeaderAbsent(String),
    /// Only `*` would cover the header, and with credentials that is a header called `*`.
    HeaderBehindWildcard(String),
    /// Only `*` would cover `Authorization`, which has to be named even without credentials.
    AuthorizationBehindWildcard,
}

impl PreflightFault {
    /// The one line that mends it.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        match self {
            Self::Redirected => {
                "Answer OPTIONS where it arrives: call the final URL, or exempt OPTIONS from the redirect."
            }
            Self::Unauthorized => {
                "Run CORS before authentication: preflights never carry credentials."
            }
            Self::Forbidden => {
                "Let OPTIONS through to the CORS layer: preflights never carry credentials."
            }
            Self::NotRouted => {
                "Route OPTIONS to the CORS layer on this path: mount it ahead of the router."
            }
            Self::BadRequest => {
                "Answer OPTIONS in the CORS layer, before the request is validated."
            }
            Self::Throttled => "Exempt OPTIONS from the rate limit.",
            Self::ServerError | Self::Status => "Answer OPTIONS with 204 and the CORS fields.",
            Self::Access(fault) => fault.fix(),
            Self::MethodsMalformed => {
                "Send method names separated by commas in Access-Control-Allow-Methods."
            }
            Self::HeadersMalformed => {
                "Send header names separated by commas in Access-Control-Allow-Headers."
            }
            Self::MethodAbsent(_) => "Add the method to Access-Control-Allow-Methods.",
            Self::MethodCase(_) => "Spell the method in upper case.",
            Self::MethodBehindWildcard(_) => {
                "Name the methods: `*` is no wildcard when credentials are sent."
            }
            Self::HeaderAbsent(_) => "Add the header to Access-Control-Allow-Headers.",
            Self::HeaderBehindWildcard(_) => {
                "Name the headers: `*` is no wildcard when credentials are sent."
            }
            Self::AuthorizationBehindWildcard => {
                "Name `Authorization` in Access-Control-Allow-Headers: `*` never covers it."
            }
        }
    }

    /// Whether Chromium goes on all the same. It has yet to follow the standard in one point: to it,
    /// `*` covers `Authorization` while no credentials are sent. Firefox does follow.
    #[must_use]
    pub const fn is_forgiven_by_chromium(&self) -> bool {
        matches!(self, Self::AuthorizationBehindWildcard)
    }

    /// The class of a status that fails the preflight, `None` for 200–299 ("ok status").
    #[must_use]
    pub const fn of_status(status: u16) -> Option<Self> {
        Some(match status {
            200..=299 => return None,
            300..=399 => Self::Redirected,
            401 | 407 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 | 405 | 410 | 501 => Self::NotRouted,
            400 | 406 | 415 | 422 => Self::BadRequest,
            429 => Self::Throttled,
            500..=599 => Self::ServerError,
            _ => Self::Status,
        })
    }
}

/// Everything on which the preflight of `call` fails; empty exactly when a browser goes on to send
/// the real request.
///
/// A browser stops at the first fault; whoever mends the server wants the independent ones at once.
/// A bad status hides them, but for 400: CORS layers that answer it (Starlette's) do so because the
/// origin, the method or a header is not allowed, and that is the fault to name.
#[must_use]
pub fn preflight_faults(call: &Call, reply: &Reply) -> Vec<PreflightFault> {
    let status = PreflightFault::of_status(reply.status);
    let answered = reply
        .fields
        .iter()
        .any(|(name, _)| is_preflight_field(name));
    match status {
        Some(PreflightFault::BadRequest) if answered => {
            let mut faults = field_faults(call, reply);
            if faults.is_empty() {
                faults.push(PreflightFault::BadRequest);
            }
            faults
        }
        Some(fault) => vec![fault],
        // Without any list, there is one thing to say: no field of CORS was sent.
        None if !answered && access_check(call, reply).is_err_and(AccessFault::is_left_out) => {
            field_faults(call, reply).into_iter().take(1).collect()
        }
        None => field_faults(call, reply),
    }
}

/// Whether nothing in the answer tells what of the call is refused: the origin, the method or a
/// header. Some layers send no field of CORS for any of the three; others let the origin in and send
/// neither list when only one of the other two is refused (flask-cors does so for a method).
#[must_use]
pub fn names_no_cause(faults: &[PreflightFault], reply: &Reply) -> bool {
    let has_list = reply
        .fields
        .iter()
        .any(|(name, _)| is_preflight_field(name));
    let refused = |fault: &PreflightFault| {
        matches!(
            fault,
            PreflightFault::Forbidden
                | PreflightFault::BadRequest
                | PreflightFault::ServerError
                | PreflightFault::Status
        )
    };
    let left_out = |fault: &PreflightFault| matches!(fault, PreflightFault::Access(fault) if fault.is_left_out());
    let absent = |fault: &PreflightFault| matches!(fault, PreflightFault::HeaderAbsent(_));
    let both = faults.iter().any(absent)
        && faults
            .iter()
            .any(|fault| matches!(fault, PreflightFault::MethodAbsent(_)));
    faults.iter().any(refused) || (!has_list && (both || faults.iter().any(left_out)))
}

fn is_preflight_field(name: &str) -> bool {
    [
        "access-control-allow-methods",
        "access-control-allow-headers",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known))
}

fn field_faults(call: &Call, reply: &Reply) -> Vec<PreflightFault> {
    let access = access_check(call, reply).err().map(PreflightFault::Access);
    let methods = reply.tokens("access-control-allow-methods");
    let headers = reply.tokens("access-control-allow-headers");
    access
        .into_iter()
        .chain(method_fault(call, &methods))
        .chain(header_faults(call, &headers))
        .collect()
}

fn method_fault(call: &Call, listed: &TokenList) -> Option<PreflightFault> {
    if matches!(listed, TokenList::Malformed(_)) {
        return Some(PreflightFault::MethodsMalformed);
    }
    let has = |wanted: &str| listed.elements().iter().any(|name| name == wanted);
    let method = call.method.to_owned();
    match () {
        () if has(call.method) || safelist::method(call.method) => None,
        () if has("*") && !call.credentials => None,
        () if has("*") => Some(PreflightFault::MethodBehindWildcard(method)),
        () if listed
            .elements()
            .iter()
            .any(|name| name.eq_ignore_ascii_case(call.method)) =>
        {
            Some(PreflightFault::MethodCase(method))
        }
        () => Some(PreflightFault::MethodAbsent(method)),
    }
}

fn header_faults(call: &Call, listed: &TokenList) -> Vec<PreflightFault> {
    if matches!(listed, TokenList::Malformed(_)) {
        return vec![PreflightFault::HeadersMalformed];
    }
    let has = |wanted: &str| {
        listed
            .elements()
            .iter()
            .any(|name| name.eq_ignore_ascii_case(wanted))
    };
    let fault = |name: String| match () {
        () if has(&name) => None,
        () if !has("*") => Some(PreflightFault::HeaderAbsent(name)),
        () if call.credentials => Some(PreflightFault::HeaderBehindWildcard(name)),
        // "CORS non-wildcard request-header name".
        () if name == "authorization" => Some(PreflightFault::AuthorizationBehindWildcard),
        () => None,
    };
    call.unsafe_headers()
        .into_iter()
        .filter_map(fault)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{PreflightFault as Fault, preflight_faults};
    use crate::wire::cors::{AccessFault, Call, Reply};

    const PAGE: Call = Call {
        origin: "https://a.example",
        method: "PUT",
        headers: &[("Authorization", "x"), ("Content-Type", "application/json")],
        credentials: true,
    };
    const ORIGIN: (&str, &str) = ("Access-Control-Allow-Origin", "https://a.example");
    const CREDENTIALS: (&str, &str) = ("Access-Control-Allow-Credentials", "true");
    const METHODS: &str = "Access-Control-Allow-Methods";
    const HEADERS: &str = "Access-Control-Allow-Headers";
    const FULL: [(&str, &str); 4] = [
        ORIGIN,
        CREDENTIALS,
        (METHODS, "GET, PUT"),
        (HEADERS, "authorization,Content-Type"),
    ];

    /// The fields of a 204, then what is wrong with them.
    type Case = (&'static [(&'static str, &'static str)], Vec<Fault>);

    fn judge(status: u16, fields: &[(&str, &str)]) -> Vec<Fault> {
        preflight_faults(&PAGE, &Reply { status, fields })
    }

    #[test]
    fn any_2xx_will_do_and_nothing_else() {
        for status in [200, 201, 202, 203, 204, 205, 206, 299] {
            assert_eq!(judge(status, &FULL), []);
        }
        #[rustfmt::skip]
        let bad = [
            (301, Fault::Redirected), (304, Fault::Redirected), (307, Fault::Redirected),
            (401, Fault::Unauthorized), (403, Fault::Forbidden), (404, Fault::NotRouted), (405, Fault::NotRouted),
            (400, Fault::BadRequest), (422, Fault::BadRequest), (429, Fault::Throttled),
            (500, Fault::ServerError), (502, Fault::ServerError), (501, Fault::NotRouted), (418, Fault::Status), (199, Fault::Status),
        ];
        for (status, fault) in bad {
            assert_eq!(judge(status, &FULL), [fault], "{status}");
        }
    }

    #[test]
    fn each_independent_fault_is_named() {
        #[rustfmt::skip]
        let cases: [Case; 10] = [
            (&[CREDENTIALS, (METHODS, "PUT"), (HEADERS, "authorization, content-type")], vec![Fault::Access(AccessFault::Absent)]),
            (&[ORIGIN, CREDENTIALS, (METHODS, "GET"), (HEADERS, "content-type")],
                vec![Fault::MethodAbsent("PUT".into()), Fault::HeaderAbsent("authorization".into())]),
            (&[ORIGIN, CREDENTIALS], vec![Fault::MethodAbsent("PUT".into()),
                Fault::HeaderAbsent("authorization".into()), Fault::HeaderAbsent("content-type".into())]),
            (&[ORIGIN, CREDENTIALS, (METHODS, "put"), (HEADERS, "authorization, content-type")], vec![Fault::MethodCase("PUT".into())]),
            (&[ORIGIN, CREDENTIALS, (METHODS, "*"), (HEADERS, "authorization, content-type")], vec![Fault::MethodBehindWildcard("PUT".into())]),
            (&[ORIGIN, CREDENTIALS, (METHODS, "PUT"), (HEADERS, "*")],
                vec![Fault::HeaderBehindWildcard("authorization".into()), Fault::HeaderBehindWildcard("content-type".into())]),
            (&[ORIGIN, CREDENTIALS, (METHODS, "[PUT]"), (HEADERS, "authorization content-type")],
                vec![Fault::MethodsMalformed, Fault::HeadersMalformed]),
            (&[ORIGIN, CREDENTIALS, (METHODS, "PUT"), (HEADERS, "AUTHORIZATION"), (HEADERS, "Content-Type")], vec![]),
            (&[ORIGIN, (METHODS, "PUT"), (HEADERS, "authorization,content-type")], vec![Fault::Access(AccessFault::CredentialsAbsent)]),
            (&[("Access-Control-Allow-Origin", "*"), CREDENTIALS, (METHODS, "PUT"), (HEADERS, "authorization,content-type")],
                vec![Fault::Access(AccessFault::WildcardWithCredentials)]),
        ];
        for (fields, expected) in cases {
            assert_eq!(judge(204, fields), expected, "{fields:?}");
        }
    }

    #[test]
    fn without_credentials_a_wildcard_covers_all_but_authorization() {
        let fields = [
            ("Access-Control-Allow-Origin", "*"),
            (METHODS, "*"),
            (HEADERS, "*"),
        ];
        let call = Call {
            credentials: false,
            ..PAGE
        };
        let faults = preflight_faults(
            &call,
            &Reply {
                status: 204,
                fields: &fields,
            },
        );
        assert_eq!(faults, [Fault::AuthorizationBehindWildcard]);
    }

    #[test]
    fn a_400_from_the_cors_layer_names_what_it_disallowed() {
        let listed = [
            ORIGIN,
            CREDENTIALS,
            (METHODS, "GET, PUT"),
            (HEADERS, "Accept"),
        ];
        assert_eq!(
            judge(400, &listed),
            [
                Fault::HeaderAbsent("authorization".into()),
                Fault::HeaderAbsent("content-type".into())
            ]
        );
        assert_eq!(
            judge(
                400,
                &[(METHODS, "PUT"), (HEADERS, "authorization, content-type")]
            ),
            [Fault::Access(AccessFault::Absent)]
        );
        assert_eq!(judge(400, &[ORIGIN]), [Fault::BadRequest]);
    }

    proptest! {
        #[test]
        fn never_panics(status in any::<u16>(), values in prop::collection::vec(any::<String>(), 4)) {
            let names = ["access-control-allow-origin", METHODS, HEADERS, "access-control-allow-credentials"];
            let fields: Vec<(&str, &str)> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
            let _ = judge(status, &fields);
        }
    }
}
