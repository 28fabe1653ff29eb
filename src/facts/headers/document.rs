//! The page a visitor ends on, as markup: the policies over it, what it loads, what it runs.

use super::page::{Page, Part};
use super::subresource::{self, Mixed, Subresource};
use crate::evidence::{Evidence, Exchange, Response, Unread};
use crate::model::{Ask, Pointer};
use crate::wire::html;
use crate::wire::http::class::Class;
use crate::wire::http::csp::page::{Blocked, blocked};
use crate::wire::http::csp::reach::{self, Reach};
use crate::wire::http::csp::suggest::{self, Suggestion};
use crate::wire::http::csp::{Delivery, Policies, Policy, nonce, split_field};
use crate::wire::url::WebUrl;

const FIELD: &str = "content-security-policy";

/// One HTML answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// Whether it came over TLS.
    pub secure: bool,
    /// Why not all of its body was read, if so: what was not found may stand in the rest.
    pub unread: Option<Unread>,
    /// Whether policies in `<meta>` may stand in what was not read.
    pub head_unread: bool,
    /// The enforced policies, each of which must allow.
    pub policies: Vec<PolicySeen>,
    /// Policies that only report.
    pub report_only: Vec<Pointer>,
    /// What all policies together leave of each path of attack.
    pub effective: Vec<Reach>,
    /// How scripts come to be trusted.
    pub scripts: ScriptTrust,
    /// The nonces of the policies.
    pub nonces: Nonces,
    /// What of the page its own policies stop.
    pub blocked: Vec<Blocked>,
    /// A policy under which what was seen of the page works, and that stops injected script.
    /// `None` when the body was cut short.
    pub suggestion: Option<Suggestion>,
    /// Scripts and style sheets of other origins.
    pub foreign: Vec<Subresource>,
    /// What a page that came over TLS asks for in the clear.
    pub mixed: Vec<Mixed>,
}

/// A policy, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicySeen {
    /// The field line, or the body for one in `<meta>`.
    pub at: Pointer,
    /// Read.
    pub policy: Policy,
}

/// How scripts come to be trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScriptTrust {
    /// By nonce or hash, in some policy.
    pub by_nonce_or_hash: bool,
    /// Strings may be compiled although scripts are restricted.
    pub evaluates: bool,
    /// `'strict-dynamic'` with nothing to start from: nothing runs.
    pub blocks_all: bool,
}

/// The nonces of the policies over one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nonces {
    /// Each once.
    pub named: Vec<String>,
    /// Whether any element of the page carries one of them.
    pub used: bool,
    /// What is wrong with the first weak one.
    pub weakness: Option<nonce::Weakness>,
    /// Those that a second answer carried again, with the second exchange; `None` when there was
    /// no second answer to compare with.
    pub reused: Option<(Pointer, Vec<String>)>,
}

impl Document {
    /// What is left of one path.
    #[must_use]
    pub fn reach(&self, path: reach::AttackPath) -> Option<&Reach> {
        self.effective.iter().find(|reach| reach.path == path)
    }

    /// Whether any policy restricts scripts.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        let restricts = |seen: &PolicySeen| seen.policy.restricts_scripts();
        self.policies.iter().any(restricts)
    }

    /// Where to point for the policies as a whole: the first, or the field section without one.
    #[must_use]
    pub fn place(&self) -> Pointer {
        match self.policies.first() {
            Some(seen) => seen.at.clone(),
            None => self.at.join("response/seen/fields"),
        }
    }

    /// Whether plain-text addresses are rewritten before they are asked (Upgrade Insecure
    /// Requests §3.1).
    #[must_use]
    pub fn upgrades(&self) -> bool {
        let says = |seen: &PolicySeen| seen.policy.directive("upgrade-insecure-requests").is_some();
        self.policies.iter().any(says)
    }
}

/// The answer, if it is a document.
pub(super) fn read(evidence: &Evidence, pages: &[Page]) -> Option<Document> {
    let page = pages
        .iter()
        .find(|page| page.part == Part::Answer && page.class == Class::Document)?;
    let exchange = evidence.exchanges.get(page.at.exchange_index()?)?;
    let response = exchange.response.seen()?;
    let url = &exchange.request.url;
    let own = WebUrl::parse(&format!("{}{}", url.origin(), url.target))?;
    let markup = page.markup.as_ref()?;
    let seen = policies(&page.at, response, markup);
    let mut document = over(&own, markup, seen);
    document.at = page.at.clone();
    document.label.clone_from(&page.label);
    document.unread.clone_from(&page.unread);
    document.head_unread = document.unread.is_some() && !markup.past_head;
    if document.unread.is_some() {
        document.suggestion = None;
    }
    document.report_only = page
        .all("content-security-policy-report-only")
        .map(|(at, _)| at)
        .collect();
    document.nonces.reused = again(evidence, exchange, &document);
    Some(document)
}

/// What these policies over this markup come to, at a place yet to be filled in.
fn over(own: &WebUrl, markup: &html::Page, seen: Vec<PolicySeen>) -> Document {
    let list: Vec<Policy> = seen.iter().map(|seen| seen.policy.clone()).collect();
    let policies = Policies::new(&list, own);
    Document {
        at: Pointer::default(),
        label: String::new(),
        secure: own.scheme == "https",
        unread: None,
        head_unread: false,
        report_only: Vec::new(),
        effective: reach::of(&policies),
        scripts: ScriptTrust {
            by_nonce_or_hash: policies.trusts_by_nonce_or_hash(),
            evaluates: reach::evaluates(&policies),
            blocks_all: reach::blocks_all_scripts(&policies),
        },
        nonces: nonces(&policies, markup),
        blocked: blocked(markup, &policies),
        suggestion: Some(suggest::for_page(markup, own, &list)),
        foreign: subresource::foreign(markup, own),
        mixed: subresource::mixed(markup, own),
        policies: seen,
    }
}

/// Of the fields, then of `<meta>` elements in the head.
fn policies(at: &Pointer, response: &Response, markup: &html::Page) -> Vec<PolicySeen> {
    let lines = response.fields.iter().enumerate();
    let fields = lines.filter(|(_, field)| field.is(FIELD));
    let of_fields = fields.flat_map(|(index, field)| {
        let at = at.join("response/seen/fields").join(index);
        let text = field.text();
        split_field(&text)
            .into_iter()
            .map(|(offset, text)| PolicySeen {
                at: at.clone(),
                policy: Policy::parse(text, Delivery::Header, offset),
            })
            .collect::<Vec<_>>()
    });
    let of_metas = markup
        .metas
        .iter()
        .filter(|meta| meta.http_equiv && meta.in_head && meta.name == FIELD)
        .map(|meta| PolicySeen {
            at: at.join("response/seen/body"),
            policy: Policy::parse(&meta.content, Delivery::Meta, 0).holding_from(meta.at),
        });
    of_fields.chain(of_metas).collect()
}

fn nonces(policies: &Policies<'_>, markup: &html::Page) -> Nonces {
    let mut named: Vec<String> = policies.nonces().map(str::to_owned).collect();
    named.sort_unstable();
    named.dedup();
    Nonces {
        used: named.iter().any(|nonce| markup.nonces.contains(nonce)),
        weakness: named.iter().find_map(|nonce| nonce::weakness(nonce)),
        named,
        reused: None,
    }
}

/// The nonces that the second answer for the same URL carried again.
fn again(
    evidence: &Evidence,
    first: &Exchange,
    document: &Document,
) -> Option<(Pointer, Vec<String>)> {
    let (index, exchange) = crate::facts::exchanges(evidence, Ask::Again.of_target())
        .find(|(_, exchange)| exchange.request.url == first.request.url)?;
    let response = exchange.response.seen()?;
    let at = Pointer::exchange(index);
    let own = WebUrl::parse(&exchange.request.url.origin())?;
    let markup = html::Page::read(&response.content().text());
    let seen = policies(&at, response, &markup);
    let later = over(&own, &markup, seen).nonces.named;
    if later.is_empty() {
        // An error, or another page: nothing to compare with.
        return None;
    }
    let same = document
        .nonces
        .named
        .iter()
        .filter(|nonce| later.contains(nonce));
    Some((at, same.cloned().collect()))
}
