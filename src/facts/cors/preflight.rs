//! One preflight, and whether a browser would go on.

use serde::Serialize;

use super::Asker;
use super::answer::pairs;
use crate::evidence::{Exchange, Response};
use crate::model::{CorsContract, Method, Pointer, Untrusted};
use crate::wire::cors::{
    AccessFault, Call, MaxAge, PreflightFault, Reply, max_age, preflight_faults,
};

/// The answer to an `OPTIONS` request that asks for leave.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preflight {
    /// The exchange.
    pub at: Pointer,
    /// `METHOD /path` of the request it asks leave for.
    pub endpoint: String,
    /// Who asked.
    pub asker: Asker,
    /// The `Origin` sent.
    pub origin: Option<String>,
    /// The status code.
    pub status: u16,
    /// The status declared for preflights, when it is another one.
    pub declared_status: Option<u16>,
    /// `Access-Control-Allow-Origin`, all fields combined.
    pub allow_origin: Option<Untrusted>,
    /// `Access-Control-Allow-Methods`, all fields combined.
    pub allow_methods: Option<Untrusted>,
    /// `Access-Control-Allow-Headers`, all fields combined.
    pub allow_headers: Option<Untrusted>,
    /// How long the answer is remembered.
    pub max_age: MaxAge,
    /// What stops the page; nothing when empty.
    pub faults: Vec<PreflightFault>,
}

impl Preflight {
    /// From an exchange that was answered.
    #[must_use]
    pub fn new(
        at: &Pointer,
        exchange: &Exchange,
        response: &Response,
        declared: Option<&CorsContract>,
        method: &Method,
        headers: &[String],
    ) -> Self {
        let pairs = pairs(response);
        let borrowed: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let reply = Reply {
            status: response.status,
            fields: &borrowed,
        };
        let origin = exchange.origin.as_ref().map(|sent| sent.value.clone());
        let asked: Vec<(&str, &str)> = headers
            .iter()
            .map(|name| (name.as_str(), asked_value(name)))
            .collect();
        let call = Call {
            origin: origin.as_deref().unwrap_or_default(),
            method: method.as_str(),
            headers: &asked,
            credentials: declared.is_some_and(|cors| cors.credentials),
        };
        let wanted = declared.and_then(|cors| cors.preflight_status);
        Self {
            at: at.clone(),
            endpoint: format!("{method} {}", exchange.request.url.target),
            asker: Asker::of(exchange.origin.as_ref()),
            status: response.status,
            declared_status: wanted.filter(|status| *status != response.status),
            allow_origin: reply
                .combined("access-control-allow-origin")
                .map(Untrusted::from),
            allow_methods: reply
                .combined("access-control-allow-methods")
                .map(Untrusted::from),
            allow_headers: reply
                .combined("access-control-allow-headers")
                .map(Untrusted::from),
            max_age: max_age(&reply),
            faults: preflight_faults(&call, &reply),
            origin,
        }
    }
}

impl Preflight {
    /// The fault of the CORS check, if that is one of them.
    #[must_use]
    pub fn access(&self) -> Option<AccessFault> {
        self.faults.iter().find_map(|fault| {
            if let PreflightFault::Access(fault) = fault {
                Some(*fault)
            } else {
                None
            }
        })
    }
}

/// A usual value: JSON for `Content-Type`, for which it needs leave, and one that leaves a header a
/// form could send as safe as it is.
fn asked_value(name: &str) -> &'static str {
    if name.eq_ignore_ascii_case("content-type") {
        "application/json"
    } else {
        "x"
    }
}
