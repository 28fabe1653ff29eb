//! Header fields: the page itself, what errors look like, the plain-http twin, and what a web root
//! should not serve.

use super::lane::location;
use super::{MayFollow, View};
use crate::evidence::{Exchange, Flag};
use crate::model::{Ask, Method, Url, UrlScheme};
use crate::net::http::Outgoing;
use crate::wire::exposure::ARTEFACTS;
use crate::wire::html::{LoadKind, Page};
use crate::wire::url::resolve;

/// A path nobody has: long, and the same in every run so that evidence can be compared.
pub(super) const NOWHERE: &str = "/seaworthy-7d1f0c53-not-found";

/// Scripts whose source maps are asked for.
const MAPS: usize = 2;

/// What does not depend on any answer. A passive run asks for the page and nothing else.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    if is_passive(view) {
        return Vec::new();
    }
    let url = &view.target.url;
    let mut requests = vec![
        made_up_path(view),
        Outgoing::new(Ask::Head.of_target(), Method::of("HEAD"), url.clone()),
        wrong_method(url),
    ];
    requests.extend(plain_twin(url));
    if looks_for_artefacts(view) {
        requests.extend(ARTEFACTS.iter().map(|artefact| {
            let role = Ask::Exposure(artefact.path.to_owned()).of_target();
            Outgoing::new(role, Method::get(), url.with_target(artefact.path))
        }));
    }
    requests
}

/// What an error looks like, and what a path gets that nobody has: other answers are held beside it.
#[must_use]
pub fn made_up_path(view: &View<'_>) -> Outgoing {
    let url = view.target.url.with_target(NOWHERE);
    Outgoing::new(Ask::NotFound.of_target(), Method::get(), url)
}

/// What the answers call for: a page has scripts, and somebody to report its holes to.
#[must_use]
pub fn follow_up(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let on_the_way =
        |exchange: &&Exchange| matches!(exchange.question.ask, Ask::Page | Ask::Hop(_));
    let Some(last) = seen.iter().rfind(on_the_way).filter(|_| !is_passive(view)) else {
        return Vec::new();
    };
    let html = last.response.seen().filter(|response| {
        let media = response.value("content-type").unwrap_or_default();
        media.to_ascii_lowercase().starts_with("text/html")
    });
    let Some(html) = html.filter(|_| location(last).is_none()) else {
        return Vec::new();
    };
    let url = last.request.url.with_target("/.well-known/security.txt");
    let role = Ask::SecurityTxt.of_target();
    let mut requests = vec![Outgoing::new(role, Method::get(), url)];
    if view.run.selects_rule("headers/source-map") {
        requests.extend(source_maps(&last.request.url, &html.content().text()));
    }
    requests
}

/// As many as [`follow_up`] has at most.
#[must_use]
pub fn may_follow(view: &View<'_>) -> Vec<MayFollow> {
    if is_passive(view) {
        return Vec::new();
    }
    let mut kinds = vec![MayFollow::new(1, "/.well-known/security.txt, of a page")];
    if view.run.selects_rule("headers/source-map") {
        kinds.push(MayFollow::new(
            MAPS,
            "source maps of the page's own scripts",
        ));
    }
    kinds
}

fn is_passive(view: &View<'_>) -> bool {
    view.run.conditions.has(Flag::Passive)
}

/// Any of the rules that judge artefacts is asked for.
fn looks_for_artefacts(view: &View<'_>) -> bool {
    [
        "headers/exposed-secret",
        "headers/exposed-internal",
        "headers/exposed-description",
    ]
    .iter()
    .any(|rule| view.run.selects_rule(rule))
}

/// `PROPFIND` is registered as safe and idempotent (RFC 4918 §9.1), so that even a server that
/// takes it changes nothing; hardly any page does.
fn wrong_method(url: &Url) -> Outgoing {
    Outgoing::new(
        Ask::MethodNotAllowed.of_target(),
        Method::of("PROPFIND"),
        url.clone(),
    )
    .with("Depth", "0")
}

/// Port 80 of an `https` target on port 443. An address on another port has no twin one could
/// know of.
fn plain_twin(url: &Url) -> Option<Outgoing> {
    let usual = url.scheme == UrlScheme::Https && url.port == UrlScheme::Https.default_port();
    let twin = url.with_scheme(UrlScheme::Http, UrlScheme::Http.default_port());
    usual.then(|| Outgoing::new(Ask::PlainHttp.of_target(), Method::get(), twin))
}

/// `.map` beside the first scripts of the page's own origin.
fn source_maps(page: &Url, html: &str) -> Vec<Outgoing> {
    let scripts = Page::read(html).loads;
    let own = |url: &Url| url.origin() == page.origin();
    scripts
        .iter()
        .filter(|load| load.kind == LoadKind::Script)
        .filter_map(|load| resolve(page, &load.reference))
        .filter(own)
        .map(|script| {
            let path = script.target.split('?').next().unwrap_or_default();
            script.with_target(&format!("{path}.map"))
        })
        .filter(|map| map.target.ends_with("js.map"))
        .take(MAPS)
        .map(|map| {
            Outgoing::new(
                Ask::Exposure("source-map".to_owned()).of_target(),
                Method::get(),
                map,
            )
        })
        .collect()
}
