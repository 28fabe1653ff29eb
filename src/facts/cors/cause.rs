//! What a preflight is refused for, where only a comparison tells: layers that send no field of CORS
//! refuse an origin, a method and a header alike.

use super::{Asker, Preflight};
use crate::wire::cors::{AccessFault, PreflightFault};

/// Names the cause of each refusal that names none itself, as far as others tell it.
pub(super) fn settle(preflights: &mut [Preflight]) {
    let known: Vec<(usize, Cause)> = preflights
        .iter()
        .enumerate()
        .filter(|(_, one)| one.asker == Asker::Declared && one.names_no_cause)
        .filter_map(|(index, one)| Some((index, cause(one, preflights)?)))
        .collect();
    // What was compared at one place holds for the same refusal at the others.
    let settled: Vec<(Preflight, Cause)> = known
        .iter()
        .filter_map(|(index, cause)| Some((preflights.get(*index)?.clone(), cause.clone())))
        .collect();
    for one in preflights
        .iter_mut()
        .filter(|one| one.asker == Asker::Declared)
    {
        let own = settled.iter().find(|(other, _)| other.at == one.at);
        let alike = settled.iter().find(|(other, _)| is_alike(other, one));
        if let Some((_, cause)) = own.or(alike).filter(|_| one.names_no_cause) {
            one.faults.clone_from(&cause.faults);
            one.compared = Some(cause.allowed);
        }
    }
}

/// What is at fault, and the status of what was allowed without it.
#[derive(Clone)]
struct Cause {
    faults: Vec<PreflightFault>,
    allowed: u16,
}

/// The same call of the same page, refused in the same way.
fn is_alike(one: &Preflight, other: &Preflight) -> bool {
    (
        &one.origin,
        one.method(),
        &one.headers,
        one.status,
        &one.faults,
    ) == (
        &other.origin,
        other.method(),
        &other.headers,
        other.status,
        &other.faults,
    )
}

fn cause(refused: &Preflight, all: &[Preflight]) -> Option<Cause> {
    let same_page = |method: &str, headers: &[String]| {
        all.iter().find(|one| {
            one.asker == Asker::Control
                && one.origin == refused.origin
                && one.path() == refused.path()
                && one.method() == method
                && one.headers == headers
        })
    };
    let allowed =
        |one: Option<&Preflight>| Some(one?.status).filter(|_| one.is_some_and(is_allowed));
    let method_alone = match refused.headers.as_slice() {
        [] => None,
        _ => allowed(same_page(refused.method(), &[])),
    };
    let plain = allowed(same_page("GET", &[]));
    let alone = |method: &str, header: &String| same_page(method, std::slice::from_ref(header));
    // Each header was asked with one of the two: where that is refused by itself, it tells nothing.
    let of_header = |header: &String| match alone("GET", header) {
        Some(one) => (plain.is_some(), is_allowed(one)),
        None => (
            method_alone.is_some(),
            alone(refused.method(), header).is_some_and(is_allowed),
        ),
    };
    let headers: Vec<(&String, bool, bool)> = refused
        .headers
        .iter()
        .map(|name| (name, of_header(name)))
        .map(|(name, (tells, allowed))| (name, tells, allowed))
        .collect();
    let without = method_alone.or(plain).or_else(|| {
        let mut all = headers.iter();
        all.find(|(_, _, allowed)| *allowed).map(|_| 200)
    });
    if let Some(allowed) = without {
        let is_method = method_alone.is_none() && refused.method() != "GET";
        let method = is_method.then(|| PreflightFault::MethodAbsent(refused.method().to_owned()));
        let culprits = headers
            .iter()
            .filter(|(_, tells, allowed)| *tells && !allowed);
        let names = culprits.map(|(name, _, _)| PreflightFault::HeaderAbsent((*name).clone()));
        let faults: Vec<PreflightFault> = method.into_iter().chain(names).collect();
        return (!faults.is_empty()).then_some(Cause { faults, allowed });
    }
    let other = all.iter().find(|one| {
        matches!(one.asker, Asker::Declared | Asker::Control)
            && one.origin != refused.origin
            && one.endpoint == refused.endpoint
            && one.headers == refused.headers
            && is_allowed(one)
    })?;
    let fault = refused.access().unwrap_or(AccessFault::Absent);
    Some(Cause {
        faults: vec![PreflightFault::Access(fault)],
        allowed: other.status,
    })
}

fn is_allowed(one: &Preflight) -> bool {
    one.faults.is_empty()
}

#[cfg(test)]
mod tests {
    use super::settle;
    use crate::evidence::sample;
    use crate::evidence::{Exchange, OriginClass, OriginSent, with_lines};
    use crate::facts::cors::Preflight;
    use crate::model::{Ask, CorsContract, CorsExpectation, Endpoint, Method, Pointer, Target};
    use crate::wire::cors::{PreflightFault, Reply};

    const PAGE: &str = "https://app.example.com";
    const ACAO: (&str, &str) = ("Access-Control-Allow-Origin", PAGE);
    const ACAM: (&str, &str) = ("Access-Control-Allow-Methods", "GET, PUT");
    const ACAH: (&str, &str) = ("Access-Control-Allow-Headers", "authorization, x-client");

    type Said = (u16, &'static [(&'static str, &'static str)]);
    const ALLOWED: Said = (200, &[ACAO, ACAM, ACAH]);

    /// What a layer answers an origin on its list, given whether the method and all headers are on
    /// theirs; nothing in a refusal says which of the two it was.
    type Dialect = fn(bool, bool) -> Said;

    #[rustfmt::skip]
    const DIALECTS: [(&str, Dialect); 5] = [
        ("rack-cors, jetty: no field of CORS", |method, headers| if method && headers { ALLOWED } else { (200, &[]) }),
        ("aiohttp-cors, Tomcat: 403",          |method, headers| if method && headers { ALLOWED } else { (403, &[]) }),
        ("Litestar: 400",                      |method, headers| if method && headers { ALLOWED } else { (400, &[]) }),
        ("a gateway: 418",                     |method, headers| if method && headers { ALLOWED } else { (418, &[]) }),
        ("flask-cors: neither list, where the method is refused", |method, headers| match (method, headers) {
            (true, true) => ALLOWED,
            (true, false) => (200, &[ACAO, ACAM, ("Access-Control-Allow-Headers", "authorization")]),
            (false, _) => (200, &[ACAO]),
        }),
    ];

    fn target() -> Target {
        let mut target = sample::target();
        target.cors = Some(CorsContract {
            expectation: CorsExpectation::AllowList,
            origins: vec![PAGE.to_owned()],
            denied: Vec::new(),
            credentials: false,
            methods: vec![Method::get(), Method::of("PUT")],
            headers: vec!["Authorization".to_owned(), "X-Client".to_owned()],
            expose: Vec::new(),
            preflight_status: None,
            probe: Vec::new(),
        });
        target.endpoints = vec![Endpoint::new(Method::of("PUT"), "/me")];
        target
    }

    /// The declared call, then all that is asked to find the cause.
    const ASKED: [(OriginClass, &str, &[&str]); 5] = [
        (OriginClass::Declared, "PUT", &["Authorization", "X-Client"]),
        (OriginClass::Control, "PUT", &[]),
        (OriginClass::Control, "GET", &[]),
        (OriginClass::Control, "GET", &["Authorization"]),
        (OriginClass::Control, "GET", &["X-Client"]),
    ];

    fn preflights(answer: impl Fn(&str, &[&str]) -> Said) -> Vec<Preflight> {
        let target = target();
        let asked = ASKED.iter().enumerate();
        asked
            .map(|(index, (class, method, headers))| {
                let (status, fields) = answer(method, headers);
                let method = Method::of(method);
                let headers: Vec<String> = headers.iter().map(|name| (*name).to_owned()).collect();
                let ask = Ask::Preflight {
                    method: method.clone(),
                    headers: headers.clone(),
                };
                let exchange = Exchange {
                    origin: Some(OriginSent {
                        value: PAGE.to_owned(),
                        class: *class,
                        from: None,
                    }),
                    ..sample::exchange(ask.of_endpoint(0), "OPTIONS /me", status, fields, "")
                };
                let response = exchange.response.seen().unwrap();
                with_lines(&response.fields, |fields| {
                    let reply = Reply { status, fields };
                    let at = Pointer::exchange(index);
                    Preflight::new(&at, &exchange, &reply, &target, (&method, &headers))
                })
            })
            .collect()
    }

    #[test]
    fn each_dialect_is_asked_until_the_cause_is_known() {
        let method = || PreflightFault::MethodAbsent("PUT".to_owned());
        let header = || PreflightFault::HeaderAbsent("x-client".to_owned());
        let cases = [
            (true, true, vec![]),
            (false, true, vec![method()]),
            (true, false, vec![header()]),
            (false, false, vec![method(), header()]),
        ];
        for (name, dialect) in DIALECTS {
            for (puts, knows_client, expected) in &cases {
                let mut seen = preflights(|method, headers| {
                    let method = *puts || method != "PUT";
                    dialect(method, *knows_client || !headers.contains(&"X-Client"))
                });
                settle(&mut seen);
                assert_eq!(
                    seen[0].faults, *expected,
                    "{name}: PUT {puts}, X-Client {knows_client}"
                );
            }
        }
    }
}
