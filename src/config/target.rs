//! `[[target]]`: one deployment and all that is declared about it.

use super::auth::refuse_written_out;
use super::endpoint::{Reference, endpoint, rate};
use super::lines::of_target;
use super::login::login;
use super::node::Node;
use super::request::{Path, request};
use super::section::Section;
use super::shared::{Known, Shared};
use super::urls::mended;
use super::vars::Vars;
use super::vocabulary;
use super::websocket::websocket;
use super::words::line;
use crate::model::{Endpoint, Host, Method, Scheme, SchemeKind, Target, Url, UrlScheme};

/// Reads a target; other targets it mentions are left in `references`, to be looked up later.
pub(super) fn target<'d>(
    node: Node<'d>,
    known: &Known<'d>,
    defaults: &Shared<'d>,
    references: &mut Vec<Reference<'d>>,
) -> Option<Target> {
    let mut section = Section::open(node, &vocabulary::TARGET)?;
    let at = section.require("url", "\"https://app.example\"", Some);
    let url = at.and_then(url);
    let name = section.read("name", line);
    let for_reader = section.read("note", line);
    let shared = Shared::read(&mut section, known).or(defaults);

    // Without a URL the rest is read all the same, to report at once what is wrong there.
    let mut target = Target::new("", url.clone().unwrap_or_else(stand_in));
    target.name = name.unwrap_or_else(|| target.url.authority());
    target.source = Some(node.record.source(node.span().start));
    target.note = for_reader;
    target.lines = of_target(node);
    let vars = shared.settle(&mut target, node.record);
    requests(&mut section, &vars, &mut target, references);
    target.login = section.read("login", |node| login(node, &vars, references));
    target.websocket = section.read("websocket", |node| websocket(node, &vars, &target));
    section.close();
    if target.url.host.is_metadata() && !target.allow_metadata {
        at?.refuse::<()>(
            "this is a cloud's metadata service",
            "it hands out credentials; if it is meant, add `allow_metadata = true`",
        );
    }
    url.map(|_| target)
}

fn url(node: Node<'_>) -> Option<Url> {
    let text = node.text()?;
    if text.contains('@') && text.contains("://") && text.parse::<Url>().is_err() {
        return refuse_written_out(node);
    }
    match text.parse() {
        Ok(url) => Some(url),
        Err(why) => node.refuse(why.to_string(), format!("write {}", mended(text))),
    }
}

fn stand_in() -> Url {
    Url {
        scheme: UrlScheme::Https,
        host: Host::Name("invalid".to_owned()),
        port: 443,
        target: "/".to_owned(),
    }
}

/// Everything that is asked of it, whatever the table it is declared in.
fn requests<'d>(
    section: &mut Section<'d>,
    vars: &Vars,
    target: &mut Target,
    references: &mut Vec<Reference<'d>>,
) {
    let listed = section
        .take("endpoint")
        .map_or_else(Vec::new, Node::elements)
        .into_iter();
    let mut endpoints: Vec<(Endpoint, Node<'d>)> = listed
        .filter_map(|node| Some((endpoint(node, vars, references)?, node)))
        .collect();
    for (method, path) in section.list("protected", request).unwrap_or_default() {
        protect(&mut endpoints, method, path, vars);
    }
    if let Some(scheme) = &target.auth {
        refuse_own_credentials(&endpoints, scheme);
    }
    target.endpoints = endpoints
        .into_iter()
        .map(|(endpoint, _)| endpoint)
        .collect();

    let wrong = section
        .list("wrong_method", request)
        .unwrap_or_default()
        .into_iter();
    let wrong = wrong.filter_map(|(method, path)| Some((method, path.filled(vars)?)));
    target.wrong_method = wrong.collect();
    let rates = section
        .take("rate")
        .map_or_else(Vec::new, Node::elements)
        .into_iter();
    target.rate = rates.filter_map(|node| rate(node, vars)).collect();
}

/// Marks every endpoint of this request as protected, declaring one first if nobody has.
fn protect<'d>(
    endpoints: &mut Vec<(Endpoint, Node<'d>)>,
    method: Method,
    path: Path<'d>,
    vars: &Vars,
) {
    let Some(filled) = path.filled(vars) else {
        return;
    };
    let known = endpoints.iter_mut().map(|(endpoint, _)| endpoint);
    let mut is_known = false;
    // The same request may be declared more than once, with other fields or another body.
    for endpoint in known.filter(|known| known.method == method && known.path == filled) {
        endpoint.protected = true;
        is_known = true;
    }
    if is_known {
        return;
    }
    let endpoint = Endpoint {
        protected: true,
        source: Some(path.node.record.source(path.node.span().start)),
        ..Endpoint::new(method, &filled)
    };
    endpoints.push((endpoint, path.node));
}

/// A refusal proves nothing when the request carried the very credential it was to lack.
fn refuse_own_credentials(endpoints: &[(Endpoint, Node<'_>)], scheme: &Scheme) {
    let field = match &scheme.kind {
        SchemeKind::Bearer | SchemeKind::Basic => "Authorization",
        SchemeKind::ApiKey { header } => header,
        SchemeKind::Cookie { .. } => "Cookie",
    };
    for (endpoint, node) in endpoints.iter().filter(|(endpoint, _)| endpoint.protected) {
        let mut sent = endpoint
            .send_headers
            .keys()
            .chain(endpoint.send_secrets.keys());
        if sent.any(|name| name.eq_ignore_ascii_case(field)) {
            node.refuse::<()>(
                format!(
                    "{} is protected, and its send_headers carry {field}",
                    endpoint.label()
                ),
                "remove the field: `auth` sends credentials where they belong, and leaves them out",
            );
        }
    }
}
