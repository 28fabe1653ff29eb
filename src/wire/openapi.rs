//! OpenAPI documents: which operations one describes, and whether a request is among them.
//!
//! Only paths, methods, servers and security are read, which versions 2.0, 3.0 and 3.1 share but
//! for the base path (OpenAPI 3.1.0 §4.8.8 and §4.8.5; Swagger 2.0 `basePath`).

use serde_json::{Map, Value};

use super::percent;
use crate::model::normal_path;

/// Path Item members that are operations (§4.8.9), as written.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What a document describes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Api {
    /// Every operation, in document order.
    pub operations: Vec<Operation>,
}

/// One method on one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Upper case.
    pub method: String,
    /// The path template, `{…}` for parameters.
    pub path: String,
    /// Whether a security requirement applies to it.
    pub secured: bool,
    /// Path prefixes of its servers, `{…}` for variables, without a trailing slash; `""` for the root.
    bases: Vec<String>,
}

/// Reads a document that was served at the path `at`; `None` if it is not an OpenAPI document at all.
#[must_use]
pub fn read(document: &Value, at: &str) -> Option<Api> {
    let is_openapi = document.get("openapi").or_else(|| document.get("swagger"));
    is_openapi?.as_str()?;
    let paths = document.get("paths")?.as_object()?;
    let by_default = demands(document.get("security")).unwrap_or(false);
    let everywhere = bases(document, at).unwrap_or_else(|| vec![String::new()]);
    let operations = paths.iter().flat_map(|(path, item)| {
        let item = referred(document, item);
        let bases = bases(item, at).unwrap_or_else(|| everywhere.clone());
        item.as_object()
            .into_iter()
            .flat_map(move |item| operations(path, item, by_default, &bases, at))
    });
    Some(Api {
        operations: operations.collect(),
    })
}

/// What a Path Item that stands elsewhere in the document says (§4.8.9 `$ref`).
fn referred<'a>(document: &'a Value, item: &'a Value) -> &'a Value {
    let pointer = item.get("$ref").and_then(Value::as_str);
    let pointer = pointer.and_then(|reference| reference.strip_prefix('#'));
    let there = pointer.and_then(|pointer| document.pointer(&percent::decode(pointer)));
    there.unwrap_or(item)
}

fn operations(
    path: &str,
    item: &Map<String, Value>,
    by_default: bool,
    bases: &[String],
    at: &str,
) -> Vec<Operation> {
    let methods = METHODS.into_iter();
    methods
        .filter_map(|method| {
            let operation = item.get(method)?;
            Some(Operation {
                method: method.to_ascii_uppercase(),
                path: path.to_owned(),
                secured: demands(operation.get("security")).unwrap_or(by_default),
                bases: self::bases(operation, at).unwrap_or_else(|| bases.to_vec()),
            })
        })
        .collect()
}

/// Whether a Security Requirement list demands anything: `[]` lifts a default, and an empty
/// requirement beside others makes them optional (§4.8.10).
fn demands(security: Option<&Value>) -> Option<bool> {
    let alternatives = security?.as_array()?;
    let is_empty = |one: &Value| one.as_object().is_none_or(Map::is_empty);
    Some(!alternatives.is_empty() && !alternatives.iter().any(is_empty))
}

/// The base paths of the servers that a document, a path or an operation names, if it does (§4.8.5).
fn bases(of: &Value, at: &str) -> Option<Vec<String>> {
    let servers = of.get("servers").and_then(Value::as_array);
    let urls = servers.into_iter().flatten().flat_map(server_urls);
    let paths = urls.map(|url| path_of(&url, at));
    // Swagger 2.0 §Fixed Fields: relative to the host, whatever the document's own path is.
    let base_path = of.get("basePath").and_then(Value::as_str);
    let base_path =
        base_path.map(|path| path_of(&format!("/{}", path.trim_start_matches('/')), at));
    let mut bases: Vec<String> = paths
        .chain(base_path)
        .map(|path| path.trim_end_matches('/').to_owned())
        .collect();
    bases.sort();
    bases.dedup();
    (!bases.is_empty()).then_some(bases)
}

/// The URLs that a server stands for: with the variables' defaults, with each value that one of them
/// may have beside the others' defaults, and with the variables left in, for those of one segment
/// that may have any value. Where the URL begins with a variable, only its values tell what it is.
fn server_urls(server: &Value) -> Vec<String> {
    let Some(url) = server.get("url").and_then(Value::as_str) else {
        return Vec::new();
    };
    let variables = server.get("variables").and_then(Value::as_object);
    let variables: Vec<(String, &str, Vec<&str>)> = variables
        .into_iter()
        .flatten()
        .filter_map(|(name, variable)| {
            let default = variable.get("default")?.as_str()?;
            let values = variable.get("enum").and_then(Value::as_array);
            let values = values.into_iter().flatten().filter_map(Value::as_str);
            Some((format!("{{{name}}}"), default, values.collect()))
        })
        .collect();
    let with_defaults = |url: String| {
        let all = variables.iter();
        all.fold(url, |url, (name, default, _)| url.replace(name, default))
    };
    let mut urls = vec![with_defaults(url.to_owned())];
    for (name, _, values) in &variables {
        let each = values.iter().map(|value| url.replace(name, value));
        urls.extend(each.map(with_defaults));
    }
    if !url.starts_with('{') {
        urls.push(url.to_owned());
    }
    urls
}

/// The path of a server's URL, which may be relative to where the document was served
/// (RFC 3986 §5.2). A template keeps its braces.
fn path_of(url: &str, at: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    let at = at.split(['?', '#']).next().unwrap_or(at);
    let authority = url
        .split_once("://")
        .map(|(_, rest)| rest)
        .or_else(|| url.strip_prefix("//"));
    let path = match authority {
        Some(rest) => rest
            .find('/')
            .map_or("/", |at| rest.get(at..).unwrap_or("/"))
            .to_owned(),
        None if url.starts_with('/') => url.to_owned(),
        None if url.is_empty() => at.to_owned(),
        None => {
            let folder = at
                .rfind('/')
                .map_or("/", |end| at.get(..=end).unwrap_or("/"));
            format!("{folder}{url}")
        }
    };
    normal_path(&path)
}

impl Api {
    /// Whether a request of `method` for `target` (path and query) is described. `HEAD` is
    /// described wherever `GET` is (RFC 9110 §9.3.2).
    #[must_use]
    pub fn describes(&self, method: &str, target: &str) -> bool {
        self.find(method, target).is_some()
    }

    /// The operation that describes a request; one without parameters wins (§4.8.8.2).
    #[must_use]
    pub fn find(&self, method: &str, target: &str) -> Option<&Operation> {
        let path = target.split(['?', '#']).next().unwrap_or(target);
        let mut fits = self.operations.iter().filter(|operation| {
            let same =
                operation.method == method || (method == "HEAD" && operation.method == "GET");
            same && operation.fits(path)
        });
        let first = fits.next();
        first
            .into_iter()
            .chain(fits)
            .min_by_key(|operation| operation.path.contains('{'))
    }
}

impl Operation {
    fn fits(&self, path: &str) -> bool {
        let template = |base: &String| format!("{base}{}", self.path);
        let mut templates = self.bases.iter().map(template);
        templates.any(|template| fits_template(&template, path))
    }
}

/// Segment by segment; a parameter is one segment or a part of one, and never empty. Documents write
/// a path as it is read, requests as it is encoded.
fn fits_template(template: &str, path: &str) -> bool {
    let (mut wanted, mut found) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found))
                if fits_segment(&percent::decode(wanted), &percent::decode(found)) => {}
            _ => return false,
        }
    }
}

/// The literal parts have to be found in order with at least one character for each parameter.
/// Taking the leftmost place of each part is enough, and linear.
fn fits_segment(wanted: &str, found: &str) -> bool {
    let mut literals = wanted.split('{');
    let Some(rest) = literals
        .next()
        .and_then(|before| found.strip_prefix(before))
    else {
        return false;
    };
    let mut literals = literals.map(|part| part.split_once('}').map_or("", |(_, after)| after));
    let Some(last) = literals.next_back() else {
        return rest.is_empty();
    };
    let mut rest = rest;
    for literal in literals {
        match after_parameter(rest, literal) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    let parameter = rest.strip_suffix(last);
    parameter.is_some_and(|parameter| !parameter.is_empty())
}

/// What follows a parameter of at least one character and then `literal`.
fn after_parameter<'a>(text: &'a str, literal: &str) -> Option<&'a str> {
    let first = text.chars().next()?.len_utf8();
    let rest = text.get(first..)?;
    let at = rest.find(literal)?;
    rest.get(at + literal.len()..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{fits_segment, read};

    #[test]
    fn requests_are_found_in_a_document() {
        let api = read(
            &json!({
                "openapi": "3.1.0", "servers": [{"url": "https://api.example.com/v1/"}],
                "security": [{"bearer": []}],
                "paths": {
                    "/users/{id}": {"get": {}, "summary": "x"},
                    "/users/me": {"get": {"security": []}, "patch": {}},
                    "/files/{name}.{type}": {"get": {"security": [{"a": []}, {}]}},
                },
            }),
            "/openapi.json",
        )
        .unwrap();
        #[rustfmt::skip]
        let rows = [
            ("GET",    "/v1/users/42",      Some(true)),
            ("GET",    "/v1/users/42?x=1",  Some(true)),
            ("HEAD",   "/v1/users/42",      Some(true)),
            ("GET",    "/v1/users/me",      Some(false)),
            ("PATCH",  "/v1/users/me",      Some(true)),
            ("GET",    "/v1/files/a.b.png", Some(false)),
            ("GET",    "/v1/files/a",       None),
            ("GET",    "/v1/files/.png",    None),
            ("GET",    "/v1/files/a.",      None),
            ("GET",    "/v1/users/",        None),
            ("GET",    "/users/42",         None),
            ("POST",   "/v1/users/42",      None),
            ("get",    "/v1/users/42",      None), // methods are case-sensitive
        ];
        for (method, target, secured) in rows {
            let found = api.find(method, target);
            assert_eq!(
                found.map(|operation| operation.secured),
                secured,
                "{method} {target}"
            );
        }
    }

    #[test]
    fn base_paths_of_every_version() {
        #[rustfmt::skip]
        let rows = [
            (json!({"openapi": "3.0.0", "paths": {"/a": {"get": {}}}}),                        true),
            (json!({"openapi": "3.0.0", "servers": [{"url": "/"}], "paths": {"/a": {"get": {}}}}), true),
            (json!({"swagger": "2.0", "basePath": "/", "paths": {"/a": {"get": {}}}}),         true),
            (json!({"swagger": "2.0", "basePath": "/v2", "paths": {"/a": {"get": {}}}}),       false),
            (json!({"openapi": "3.0.0", "servers": [{"url": "https://h"}, {"url": "/b"}], "paths": {"/a": {"get": {}}}}), true),
            (json!({"openapi": "3.0.0", "servers": [{"url": "https://{h}/{b}", "variables": {"h": {"default": "x"}, "b": {"default": ""}}}],
                    "paths": {"/a": {"get": {}}}}),                                            true),
            (json!({"openapi": "3.0.0", "servers": [{"url": "/b"}], "paths": {"/a": {"servers": [{"url": "/"}], "get": {}}}}), true),
            (json!({"openapi": "3.0.0", "paths": {"/a": {"servers": [{"url": "/b"}], "get": {}}}}), false),
            (json!({"openapi": "3.0.0", "paths": {"/a": {"get": {"servers": [{"url": "/b"}]}}}}), false),
            (json!({"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/components/pathItems/a%20b"}},
                    "components": {"pathItems": {"a b": {"get": {}}}}}),                       true),
            (json!({"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/components/pathItems/x"}}}), false),
        ];
        for (document, described) in rows {
            assert_eq!(
                read(&document, "/openapi.json")
                    .unwrap()
                    .describes("GET", "/a"),
                described,
                "{document}"
            );
        }
    }

    #[test]
    fn variables_of_a_server_may_have_any_value() {
        let document = json!({
            "openapi": "3.0.0",
            "servers": [{"url": "https://{host}/{base}", "variables": {"base": {"default": "api/v2"}}}],
            "paths": {"/café": {"get": {}}},
        });
        let api = read(&document, "/docs/openapi.json").unwrap();
        for (target, described) in [
            ("/api/v2/caf%C3%A9", true),
            ("/v3/caf%c3%a9", true),
            ("/caf%C3%A9", false),
            ("/v3/cafe", false),
            ("/v3/caf%", false),
        ] {
            assert_eq!(api.describes("GET", target), described, "{target}");
        }
    }

    /// A server's URL, where the document was served, and where its path `/a` is then. RFC 3986 §5.4
    /// has the relative ones.
    #[rustfmt::skip]
    const SERVED: &[(&str, &str, &str)] = &[
        ("./",                    "/api/v1/openapi.json",   "/api/v1/a"),
        (".",                     "/api/v1/openapi.json",   "/api/v1/a"),
        ("../v2",                 "/api/v1/openapi.json",   "/api/v2/a"),
        ("../../..",              "/api/v1/openapi.json",   "/a"), // no higher than the root
        ("v3/",                   "/api/openapi.json?x=/y", "/api/v3/a"),
        ("v3/./x/../y",           "/openapi.json",          "/v3/y/a"),
        ("/",                     "/api/v1/openapi.json",   "/a"),
        ("/v1/../v2",             "/api/openapi.json",      "/v2/a"),
        ("//api.example.com/v4",  "/openapi.json",          "/v4/a"),
        ("https://api.example.com", "/docs/openapi.json",   "/a"),
        ("https://api.example.com/v5?x#y", "/openapi.json", "/v5/a"),
    ];

    #[test]
    fn relative_servers_are_relative_to_the_document() {
        for (url, at, path) in SERVED {
            let document = json!({
                "openapi": "3.1.0", "servers": [{"url": url}], "paths": {"/a": {"get": {}}},
            });
            let api = read(&document, at).unwrap();
            assert!(api.describes("GET", path), "{url} at {at} is {path}");
            let elsewhere = format!("/elsewhere{path}");
            assert!(!api.describes("GET", &elsewhere), "{url} at {at}");
        }
    }

    #[test]
    fn every_value_of_a_variable_is_a_server() {
        let document = json!({
            "openapi": "3.1.0",
            "servers": [{"url": "{base}/{version}", "variables": {
                "base": {"default": "https://api.example.com/eu", "enum": ["https://api.example.com/eu", "../us"]},
                "version": {"default": "v2/beta", "enum": ["v2/beta", "v1"]},
            }}],
            "paths": {"/a": {"get": {}}},
        });
        let api = read(&document, "/docs/openapi.json").unwrap();
        #[rustfmt::skip]
        let rows = [
            ("/eu/v2/beta/a",  true),
            ("/eu/v1/a",       true),
            ("/us/v2/beta/a",  true),
            ("/eu/v3/a",       false), // no value of it
            ("/docs/a",        false),
        ];
        for (target, described) in rows {
            assert_eq!(api.describes("GET", target), described, "{target}");
        }
    }

    #[test]
    fn other_documents_are_not_openapi() {
        for document in [
            json!({}),
            json!([]),
            json!({"openapi": "3.0.0"}),
            json!({"paths": {}}),
            json!({"openapi": 3, "paths": {}}),
        ] {
            assert_eq!(read(&document, "/"), None);
        }
    }

    proptest! {
        #[test]
        fn any_segment_is_compared(wanted in "[a{}.]{0,12}", found in "[a.é]{0,12}") {
            let fits = fits_segment(&wanted, &found);
            let is_literal = !wanted.contains('{');
            prop_assert!(!is_literal || fits == (wanted == found));
        }
    }
}
