//! One preflight, and whether a browser would go on.

use super::Asker;
use super::answer::field;
use crate::evidence::Exchange;
use crate::model::{Method, Pointer, Target, Untrusted};
use crate::wire::cors::{
    AccessFault, Call, MaxAge, PreflightFault, Reply, max_age, preflight_faults,
};

/// The answer to an `OPTIONS` request that asks for leave.
#[derive(Clone, Debug, PartialEq)]
pub struct Preflight {
    /// The exchange.
    pub at: Pointer,
    /// `METHOD /path` of the request it asks leave for.
    pub endpoint: String,
    /// Whether the target file says that the method is called here.
    pub is_called: bool,
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
        reply: &Reply<'_>,
        target: &Target,
        (method, headers): (&Method, &[String]),
    ) -> Self {
        let declared = target.cors.as_ref();
        let origin = exchange.origin.as_ref().map(|sent| sent.value.clone());
        let asked: Vec<(&str, &str)> = headers
            .iter()
            .map(|name| (name.as_str(), Call::usual_value(name)))
            .collect();
        let call = Call {
            origin: origin.as_deref().unwrap_or_default(),
            method: method.as_str(),
            headers: &asked,
            credentials: declared.is_some_and(|cors| cors.credentials),
        };
        let path = &exchange.request.url.target;
        let wanted = declared.and_then(|cors| cors.preflight_status);
        Self {
            at: at.clone(),
            endpoint: format!("{method} {path}"),
            is_called: target.calls(method, path),
            asker: Asker::of(exchange.origin.as_ref()),
            status: reply.status,
            declared_status: wanted.filter(|status| *status != reply.status),
            allow_origin: field(reply, "access-control-allow-origin"),
            allow_methods: field(reply, "access-control-allow-methods"),
            allow_headers: field(reply, "access-control-allow-headers"),
            max_age: max_age(reply),
            faults: preflight_faults(&call, reply),
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

    /// The method it asks leave for.
    #[must_use]
    pub fn method(&self) -> &str {
        self.endpoint.split(' ').next().unwrap_or_default()
    }
}
