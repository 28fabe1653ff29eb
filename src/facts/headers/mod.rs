//! Responses and their fields.

mod chain;
mod cookies;
mod document;
mod embedding;
mod exposed;
mod page;
mod plain;
mod read;
mod subresource;

use super::{Header, State};
use crate::evidence::{Evidence, Field, with_lines};
use crate::model::{Ask, Kind, Pointer};
use crate::wire::http::class::Class;
use crate::wire::http::fingerprint::{self, Software};

pub use chain::Chain;
pub use cookies::CookieSeen;
pub use document::{Document, Nonces, PolicySeen, ScriptTrust};
pub use embedding::Embedding;
pub use exposed::{Exposed, SecurityTxtSeen};
pub use page::{Body, Page, Part};
pub use plain::Plain;
pub(super) use read::is_ours;
pub use subresource::{Integrity, Mixed, Subresource};

/// The responses that header rules are asked of, and what else was looked for beside them.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadersFacts {
    /// What kind of service it is.
    pub kind: Kind,
    /// Why it is taken for that.
    pub kind_reason: &'static str,
    /// Which server answers, as far as its fields tell.
    pub software: Option<Software>,
    /// Every response looked at.
    pub pages: Vec<Page>,
    /// The answer as markup, if it is a document.
    pub document: Option<Document>,
    /// How the redirects from the target's URL end.
    pub chain: Chain,
    /// What plain `http` does.
    pub plain: Plain,
    /// The status for a path that cannot exist, where one was asked for.
    pub made_up_path: Header<u16>,
    /// Whether paths were asked for that a web root should not serve.
    pub looked_for_artefacts: bool,
    /// Things a web root should not serve, that were there.
    pub exposed: Vec<Exposed>,
    /// `/.well-known/security.txt`; `None` when it was not asked for.
    pub security_txt: Option<SecurityTxtSeen>,
}

impl HeadersFacts {
    /// The page a visitor ends on.
    #[must_use]
    pub fn answer(&self) -> Option<&Page> {
        self.pages.iter().find(|page| page.part == Part::Answer)
    }
}

/// Reads the responses.
#[must_use]
pub fn read(evidence: &Evidence) -> State<HeadersFacts> {
    let Some((_, first)) = super::exchanges(evidence, Ask::Page.of_target()).next() else {
        return State::Unseen(super::never());
    };
    super::state(&first.response, |_| {
        let pages = read::pages(evidence);
        let (kind, kind_reason) = kind(evidence, &pages);
        let answers = pages.iter().filter(|page| page.part == Part::Answer);
        let fields: Vec<Field> = answers.flat_map(|page| page.fields.clone()).collect();
        HeadersFacts {
            kind,
            kind_reason,
            software: with_lines(&fields, fingerprint::identify),
            document: document::read(evidence, &pages),
            chain: chain::read(evidence),
            plain: plain::read(evidence),
            made_up_path: made_up_path(evidence),
            looked_for_artefacts: exposed::looked_for(evidence),
            exposed: exposed::read(evidence),
            security_txt: exposed::security_txt(evidence),
            pages,
        }
    })
}

fn made_up_path(evidence: &Evidence) -> Header<u16> {
    let asked = super::exchanges(evidence, Ask::NotFound.of_target()).next();
    let seen = asked.and_then(|(index, exchange)| Some((index, exchange.response.seen()?)));
    match seen {
        Some((index, response)) => Header::Present {
            at: Pointer::exchange(index),
            value: response.status,
        },
        None => Header::Absent,
    }
}

fn kind(evidence: &Evidence, pages: &[Page]) -> (Kind, &'static str) {
    if let Some(kind) = evidence.target.kind {
        return (kind, "declared");
    }
    let answer = pages.iter().find(|page| page.part == Part::Answer);
    match answer.map(|page| page.class) {
        Some(Class::Document) => (Kind::Web, "it answers with a page"),
        Some(Class::Redirect) => (Kind::Web, "it redirects visitors elsewhere"),
        Some(Class::Api | Class::Asset | Class::Error | Class::Empty) | None => {
            (Kind::Api, "it does not answer with a page")
        }
    }
}
