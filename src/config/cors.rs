//! `cors`: who may read across origins.

use super::node::Node;
use super::request::{self, Path, origin, token};
use super::section::Section;
use super::vars::Vars;
use super::vocabulary;
use crate::model::{CorsContract, CorsExpectation, Method};

/// A contract whose probe paths are still to be filled in for each target.
#[derive(Clone)]
pub(super) struct Cors<'d> {
    contract: CorsContract,
    probe: Vec<(Method, Path<'d>)>,
}

impl<'d> Cors<'d> {
    pub(super) fn read(node: Node<'d>) -> Option<Self> {
        let mut section = Section::open(node, &vocabulary::CORS)?;
        let origins = section.take("origins");
        let public = section.read("public", Node::boolean).unwrap_or(false);
        let credentials = section.take("credentials");
        let contract = CorsContract {
            expectation: CorsExpectation::AllowList,
            origins: origins
                .and_then(|node| node.each(origin))
                .unwrap_or_default(),
            denied: section.list("denied", denied).unwrap_or_default(),
            credentials: credentials.and_then(Node::boolean).unwrap_or(false),
            methods: section
                .list("methods", request::method)
                .unwrap_or_else(|| vec![Method::get()]),
            headers: section.list("headers", token).unwrap_or_default(),
            expose: section.list("expose", token).unwrap_or_default(),
            preflight_status: section.read("preflight_status", preflight_status),
            probe: Vec::new(),
        };
        let probe = section.list("probe", request::request).unwrap_or_default();
        let said = !section.misspells("origins") && !section.misspells("public");
        section.close();
        let contract = CorsContract {
            expectation: said.then(|| expectation(node, public, origins))??,
            ..contract
        };
        if let Some(node) = credentials.filter(|_| public && contract.credentials) {
            // Fetch, "CORS check": `*` allows no request with credentials.
            let message = "`public` and `credentials` exclude each other";
            node.refuse::<()>(message, "list the `origins` whose users are logged in");
        }
        refuse_denied_and_allowed(node, &contract);
        Some(Self { contract, probe })
    }

    /// For one target.
    pub(super) fn contract(self, vars: &Vars) -> CorsContract {
        let probe = self.probe.into_iter();
        let probe = probe.filter_map(|(method, path)| Some((method, path.filled(vars)?)));
        CorsContract {
            probe: probe.collect(),
            ..self.contract
        }
    }
}

fn expectation(node: Node<'_>, public: bool, origins: Option<Node<'_>>) -> Option<CorsExpectation> {
    match (public, origins) {
        (false, Some(_)) => Some(CorsExpectation::AllowList),
        (true, None) => Some(CorsExpectation::Public),
        (true, Some(origins)) => origins.refuse(
            "`public` and `origins` exclude each other",
            "everybody may read, or only these: keep one of the two",
        ),
        (false, None) => node.refuse(
            "`cors` does not say who may read",
            "add `origins = [\"https://app.example\"]`, `origins = []` for nobody, or `public = true`",
        ),
    }
}

fn denied(node: Node<'_>) -> Option<String> {
    match node.text()? {
        "null" => Some("null".to_owned()),
        _ => origin(node),
    }
}

fn refuse_denied_and_allowed(node: Node<'_>, contract: &CorsContract) {
    let both = contract
        .denied
        .iter()
        .find(|denied| contract.origins.contains(denied));
    if let Some(both) = both {
        node.refuse::<()>(
            format!("{both:?} is allowed and denied"),
            "keep it in one of the two lists",
        );
    }
}

fn preflight_status(node: Node<'_>) -> Option<u16> {
    node.whole(200..=299)
        .and_then(|status| u16::try_from(status).ok())
}
