//! OpenAPI documents beside the declaration.

use crate::evidence::Evidence;
use crate::model::{Endpoint, Pointer};
use crate::wire::openapi::{self, Api};

/// A document that must describe the declared endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documented {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /openapi.json`.
    pub label: String,
    /// What it says.
    pub document: Document,
}

/// A document, compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// Not there, or not with a good status: the endpoint's own findings say so.
    Unseen,
    /// What it says could not be read, and why.
    Unread(String),
    /// Not JSON, or not OpenAPI.
    Unreadable(&'static str),
    /// Read.
    Read {
        /// How many operations it describes.
        operations: usize,
        /// Declared endpoints it does not describe.
        undocumented: Vec<String>,
        /// Operations it describes and nobody declared.
        undeclared: Vec<String>,
    },
}

/// Every endpoint with `documents`.
pub(super) fn read(evidence: &Evidence) -> Vec<Documented> {
    let all = evidence.exchanges.iter().enumerate();
    all.filter_map(|(index, exchange)| {
        let declared = exchange.question.declared()?;
        let endpoint = evidence.target.endpoints.get(declared)?;
        let response = exchange.response.seen();
        let response = response.filter(|response| (200..300).contains(&response.status));
        endpoint.documents.then(|| Documented {
            at: Pointer::exchange(index),
            label: endpoint.label(),
            document: response.map_or(Document::Unseen, |response| {
                let content = response.content();
                if let Some(why) = content.unread() {
                    return Document::Unread(why.to_string());
                }
                match content.json() {
                    None => Document::Unreadable("not JSON"),
                    Some(document) => openapi::read(&document, &endpoint.path).map_or(
                        Document::Unreadable("JSON, but not an OpenAPI document"),
                        |api| compare(&api, &evidence.target.endpoints, endpoint),
                    ),
                }
            }),
        })
    })
    .collect()
}

/// The document need not describe itself.
fn compare(api: &Api, declared: &[Endpoint], own: &Endpoint) -> Document {
    let missing = declared.iter().filter(|endpoint| {
        let itself = endpoint.path == own.path;
        !itself && !api.describes(endpoint.method.as_str(), &endpoint.path)
    });
    let known = |method: &str, path: &str| {
        let found = |endpoint: &&Endpoint| {
            let operation = api.find(endpoint.method.as_str(), &endpoint.path);
            operation.is_some_and(|operation| operation.method == method && operation.path == path)
        };
        declared.iter().any(|endpoint| found(&endpoint))
    };
    let undeclared = api
        .operations
        .iter()
        .filter(|operation| !known(&operation.method, &operation.path));
    Document::Read {
        operations: api.operations.len(),
        undocumented: missing.map(Endpoint::label).collect(),
        undeclared: undeclared
            .map(|operation| format!("{} {}", operation.method, operation.path))
            .collect(),
    }
}
