//! OpenAPI documents beside the declaration.

use crate::evidence::Evidence;
use crate::model::{Ask, Endpoint, Pointer};
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
                        |api| compare(&api, evidence, endpoint),
                    ),
                }
            }),
        })
    })
    .collect()
}

/// What viewers of such documents are called where their pages load them.
const VIEWERS: [&str; 5] = ["swagger-ui", "redoc", "rapidoc", "scalar", "stoplight"];

/// The document need not describe itself, nor the page that shows it.
fn compare(api: &Api, evidence: &Evidence, own: &Endpoint) -> Document {
    let declared = &evidence.target.endpoints;
    let missing = declared.iter().enumerate().filter(|(index, endpoint)| {
        let itself = endpoint.path == own.path;
        let described = || api.describes(endpoint.method.as_str(), &endpoint.path);
        !itself && !described() && !shows(evidence, *index, own)
    });
    let missing = missing.map(|(_, endpoint)| endpoint);
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

/// Whether an endpoint answers with a page that shows the document: it names its path, or a viewer.
fn shows(evidence: &Evidence, index: usize, document: &Endpoint) -> bool {
    let mut answers = super::super::exchanges(evidence, Ask::Declared.of_endpoint(index));
    answers.any(|(_, exchange)| {
        let page = exchange.response.seen();
        page.filter(|page| page.media_type() == "text/html")
            .is_some_and(|page| {
                let text = page.content().text().to_ascii_lowercase();
                let path = document.path.to_ascii_lowercase();
                text.contains(&path) || VIEWERS.iter().any(|viewer| text.contains(viewer))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::Document;
    use crate::evidence::sample;
    use crate::model::{Ask, Endpoint, Method};

    /// The media type and the body of a page that the document does not describe, and whether it
    /// must.
    #[rustfmt::skip]
    const PAGES: &[(&str, &str, bool)] = &[
        ("text/html",        "<script>SwaggerUIBundle({url: '/openapi.json'})</script>", false),
        ("text/html",        "<redoc spec-url=\"/openapi.json\"></redoc>",              false),
        ("text/html",        "<link href=\"./swagger-ui.css\" rel=\"stylesheet\">",     false),
        ("text/html",        "<h1>Orders</h1>",                                          true),
        ("application/json", "{\"document\": \"/openapi.json\"}",                      true),
    ];

    #[test]
    fn the_page_that_shows_the_document_is_not_described_by_it() {
        for (media_type, body, must) in PAGES {
            let mut target = sample::target();
            target.endpoints = vec![
                Endpoint {
                    documents: true,
                    ..Endpoint::new(Method::get(), "/openapi.json")
                },
                Endpoint::new(Method::get(), "/docs"),
            ];
            let answer = |index, place, media_type, body| {
                let fields = [("Content-Type", media_type)];
                sample::exchange(Ask::Declared.of_endpoint(index), place, 200, &fields, body)
            };
            let api = r#"{"openapi": "3.1.0", "paths": {"/health": {"get": {}}}}"#;
            let exchanges = vec![
                answer(0, "GET /openapi.json", "application/json", api),
                answer(1, "GET /docs", *media_type, *body),
            ];
            let state = read(&sample::evidence(target, exchanges), &[]);
            let document = &state.known().unwrap().documents[0].document;
            let Document::Read { undocumented, .. } = document else {
                unreachable!("{document:?}");
            };
            assert_eq!(!undocumented.is_empty(), *must, "{media_type} {body}");
        }
    }
}
