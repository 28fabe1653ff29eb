//! One preflight, and whether a browser would go on.

use super::Asker;
use super::answer::field;
use crate::evidence::Exchange;
use crate::model::{Method, Pointer, Target, Untrusted};
use crate::wire::cors::{
    AccessFault, Call, MaxAge, PreflightFault, Reply, max_age, names_no_cause, preflight_faults,
};

/// The answer to an `OPTIONS` request that asks for leave.
#[derive(Clone, Debug, PartialEq)]
pub struct Preflight {
    /// The exchange.
    pub at: Pointer,
    /// `METHOD /path` of the request it asks leave for.
    pub endpoint: String,
    /// The fields it asks leave for.
    pub headers: Vec<String>,
    /// Whether the target file says that the method is called here.
    pub is_called: bool,
    /// Whether the target file knows nothing of the path.
    pub is_nowhere: bool,
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
    /// Whether nothing in the answer itself tells what of the call is refused.
    pub names_no_cause: bool,
    /// The status of one that asked for less, or for another page, and was allowed: what it lacks is
    /// the cause.
    pub compared: Option<u16>,
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
        let asked = Call::usual_headers(headers);
        let call = Call {
            origin: origin.as_deref().unwrap_or_default(),
            method: method.as_str(),
            headers: &asked,
            credentials: declared.is_some_and(|cors| cors.credentials),
        };
        let path = &exchange.request.url.target;
        let wanted = declared.and_then(|cors| cors.preflight_status);
        let faults = preflight_faults(&call, reply);
        Self {
            at: at.clone(),
            endpoint: format!("{method} {path}"),
            headers: call.unsafe_headers().into_iter().collect(),
            is_called: target.calls(method, path),
            is_nowhere: !is_known(target, path),
            asker: Asker::of(exchange.origin.as_ref()),
            status: reply.status,
            declared_status: wanted.filter(|status| *status != reply.status),
            allow_origin: field(reply, "access-control-allow-origin"),
            allow_methods: field(reply, "access-control-allow-methods"),
            allow_headers: field(reply, "access-control-allow-headers"),
            max_age: max_age(reply),
            names_no_cause: names_no_cause(&faults, reply),
            compared: None,
            faults,
            origin,
        }
    }
}

fn is_known(target: &Target, path: &str) -> bool {
    let probe = target.cors.as_ref().map_or(&[][..], |cors| &cors.probe);
    target.url.target == path
        || target
            .endpoints
            .iter()
            .any(|endpoint| endpoint.path == path)
        || probe.iter().any(|(_, place)| place == path)
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

    /// Whether it allows the origin that asked, by its name.
    #[must_use]
    pub fn names_its_origin(&self) -> bool {
        let allowed = self.allow_origin.as_ref().map(Untrusted::raw);
        self.origin.is_some() && allowed == self.origin.as_deref()
    }

    /// The method it asks leave for.
    #[must_use]
    pub fn method(&self) -> &str {
        self.endpoint.split(' ').next().unwrap_or_default()
    }

    /// Where.
    #[must_use]
    pub fn path(&self) -> &str {
        let path = self.endpoint.split_once(' ').map(|(_, path)| path);
        path.unwrap_or_default()
    }
}
